/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe server: sends everything back, to one client at a time.
 *
 * Usage: `server [CLIENTS]`: ends after that many clients, or at Ctrl+C.
 *
 * Read main first, then serve_client and echo; client.c is the other side.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/named-pipe-operations
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** Tells whether a read or a write failed because the client has left. */
static bool client_left(DWORD error)
{
    return error == ERROR_BROKEN_PIPE /* what a reader is told */
           || error == ERROR_NO_DATA; /* what a writer is told */
}

/** Sends back whatever comes, until the client closes its end. */
static void echo(HANDLE pipe)
{
    char data[MESSAGE_MAX];
    DWORD bytes_read;

    while (ReadFile(pipe, data, sizeof data, &bytes_read, NULL)) {
        /* The count is the only end that the data has: they may hold zero
         * bytes, and the rest of the buffer is what came before. */
        DWORD bytes_written;
        if (!WriteFile(pipe, data, bytes_read, &bytes_written, NULL)) {
            if (client_left(GetLastError()))
                return;
            die("WriteFile");
        }
        printf("sent %lu bytes back\n", bytes_written);
        fflush(stdout);
    }
    if (!client_left(GetLastError()))
        die("ReadFile");
}

/** Creates the pipe, waits for a client and serves it. */
static void serve_client(void)
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

    /* A client may have come between the two calls.  ConnectNamedPipe then
     * says FALSE, although the pipe is connected and all is well. */
    if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
        die("ConnectNamedPipe");

    echo(pipe);
    printf("the client has left\n");
    fflush(stdout);
    CloseHandle(pipe);
}

/** Serves one client after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    long clients = 0;  // 0: no limit
    if (argc > 1) {
        char *end;
        clients = strtol(argv[1], &end, 10);
        if (argc > 2 || *end != '\0' || clients <= 0) {
            fprintf(stderr, "usage: server [CLIENTS]\n");
            return EXIT_USAGE;
        }
    }

    for (long served = 0; clients == 0 || served < clients; served++)
        serve_client();
    return EXIT_SUCCESS;
}
