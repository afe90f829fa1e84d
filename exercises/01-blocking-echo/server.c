/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 01: an echo server that has to withstand real clients.
 *
 * Usage: `server [CLIENTS]`: ends after that many clients, or at Ctrl+C.
 *
 * Change what stands between each TODO(n) and its END; README.md tells the
 * task, lessons/01-blocking-echo the way.
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
    /* TODO(2): send back exactly what came, zero bytes included. */
    char text[MESSAGE_MAX + 1];
    DWORD bytes_read;

    while (ReadFile(pipe, text, MESSAGE_MAX, &bytes_read, NULL)) {
        text[bytes_read] = '\0';
        DWORD length = (DWORD)lstrlenA(text);
        DWORD bytes_written;
        if (!WriteFile(pipe, text, length, &bytes_written, NULL)) {
            if (client_left(GetLastError()))
                return;
            die("WriteFile");
        }
        printf("sent %lu bytes back\n", bytes_written);
        fflush(stdout);
    }
    /* END TODO(2) */

    /* TODO(3): tell the end of the conversation from a failure. */
    die("ReadFile");
    /* END TODO(3) */
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

    /* TODO(1): serve the client that came before this call, too. */
    if (!ConnectNamedPipe(pipe, NULL))
        die("ConnectNamedPipe");
    /* END TODO(1) */

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
