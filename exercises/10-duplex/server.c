/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 10: a chat that shall hear and speak at the same time.
 *
 * Usage: `server [LINE...]`: says these lines, then what is typed; `-` waits
 * until the other has said something. Ends when the other leaves, at the end of
 * the input or at Ctrl+C.
 *
 * Change what stands between each TODO(n) and its END; README.md tells the
 * task, lessons/10-duplex the way.
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
        /* TODO(1): both threads use this handle at the same time. */
        PIPE_ACCESS_DUPLEX,
        /* END TODO(1) */
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
    /* TODO(2): begin to wait for a client, and finish it. */
    (void)stop;
    if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
        die("ConnectNamedPipe");
    return true;
    /* END TODO(2) */
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
