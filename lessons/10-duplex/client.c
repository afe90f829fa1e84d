/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Chat: opens the pipe and talks with the one who created it.
 *
 * Usage: `client [LINE...]`: says these lines, then what is typed; `-` waits
 * until the other has said something. Ends when the other leaves, at the end of
 * the input or at Ctrl+C.
 *
 * Read server.c first.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "chat.h"
#include "keyboard.h"
#include "protocol.h"

/** Opens the pipe and talks. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    for (int i = 1; i < argc; i++)
        if (strlen(argv[i]) >= TEXT_MAX) {
            fprintf(stderr, "usage: client [LINE...] (below 512 bytes)\n");
            return EXIT_USAGE;
        }

    HANDLE pipe = CreateFileW(
        PIPE_NAME,
        GENERIC_READ | GENERIC_WRITE,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // pipes are not created here
        FILE_FLAG_OVERLAPPED,
        NULL);  // no template
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateFileW");

    HANDLE stop = create_event();
    catch_ctrl_c(stop);
    chat(pipe, stop, argc - 1, argv + 1);

    release_ctrl_c();
    CloseHandle(pipe);
    CloseHandle(stop);
    return EXIT_SUCCESS;
}
