/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief FILL IN: what the server shows, in a sentence.
 *
 * Usage: `server [CLIENTS]`: ends after so many clients, or at Ctrl+C.
 *
 * Read main first; client.c is the other side.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/named-pipe-operations
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** Creates the pipe and says so. */
static HANDLE create_pipe(void)
{
    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX,  // both directions
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        1,            // instances at most
        MESSAGE_MAX,  // output buffer, bytes
        MESSAGE_MAX,  // input buffer, bytes
        0,            // default time-out
        NULL);        // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    printf("ready\n");
    fflush(stdout);
    return pipe;
}

/** Sends back whatever comes, until the client closes its end. */
static void echo(HANDLE pipe)
{
    char data[MESSAGE_MAX];
    DWORD bytes_read, bytes_written;
    while (ReadFile(pipe, data, sizeof data, &bytes_read, NULL))
        if (!WriteFile(pipe, data, bytes_read, &bytes_written, NULL))
            die("WriteFile");
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
}

/** Waits for a client and serves it. */
static void serve_client(void)
{
    HANDLE pipe = create_pipe();

    /* A client may have come between the two calls: 535 is a success. */
    if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
        die("ConnectNamedPipe");

    echo(pipe);
    CloseHandle(pipe);
}

/** Serves one client after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    long clients = argc > 1 ? strtol(argv[1], NULL, 10) : 0;  // 0: no limit
    if (argc > 2 || (argc > 1 && clients <= 0)) {
        fprintf(stderr, "usage: server [CLIENTS]\n");
        return EXIT_USAGE;
    }

    for (long served = 0; clients == 0 || served < clients; served++)
        serve_client();
    return EXIT_SUCCESS;
}
