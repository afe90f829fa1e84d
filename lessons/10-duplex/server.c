/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Chat: creates the pipe and talks with the one who comes.
 *
 * Usage: `server [LINE...]`: says these lines, then what is typed; `-` waits
 * until the other has said something. Ends when the other leaves, at the end of
 * the input or at Ctrl+C.
 *
 * Read main first, then chat.c.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-createnamedpipew
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "chat.h"
#include "keyboard.h"
#include "protocol.h"

/** Creates the only instance of the pipe. */
static HANDLE create_pipe(void)
{
    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        1,         // instances at most
        TEXT_MAX,  // output buffer, bytes
        TEXT_MAX,  // input buffer, bytes
        0,         // default time-out
        NULL);     // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    return pipe;
}

/** Waits for somebody; gives false when the chat ends before. */
static bool accept_client(HANDLE pipe, HANDLE stop)
{
    OVERLAPPED operation = {.hEvent = create_event()};
    DWORD unused, error = ERROR_SUCCESS;
    if (!ConnectNamedPipe(pipe, &operation))
        error = GetLastError();

    if (error == ERROR_SUCCESS || error == ERROR_IO_PENDING)
        error = finish(pipe, &operation, stop, &unused);
    else if (error == ERROR_PIPE_CONNECTED || error == ERROR_NO_DATA)
        error = ERROR_SUCCESS;  // 232: what it said can still be read
    else
        die("ConnectNamedPipe");
    CloseHandle(operation.hEvent);
    return error == ERROR_SUCCESS;
}

/** Creates the pipe, waits for the other, and talks. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    for (int i = 1; i < argc; i++)
        if (strlen(argv[i]) >= TEXT_MAX) {
            fprintf(stderr, "usage: server [LINE...] (below 512 bytes)\n");
            return EXIT_USAGE;
        }

    HANDLE stop = create_event();
    catch_ctrl_c(stop);
    HANDLE pipe = create_pipe();
    printf("ready\n");
    fflush(stdout);

    if (accept_client(pipe, stop))
        chat(pipe, stop, argc - 1, argv + 1);

    release_ctrl_c();
    CloseHandle(pipe);
    CloseHandle(stop);
    return EXIT_SUCCESS;
}
