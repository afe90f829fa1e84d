/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe server: one instance, for one client after another.
 *
 * Usage: `server [CLIENTS]`: ends after that many clients, or at Ctrl+C.
 *
 * Read main first, then serve_client; echo is that of lesson 01.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-disconnectnamedpipe
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** How long WaitNamedPipe waits when a client leaves it to the server, in ms.
 */
enum { DEFAULT_WAIT_MS = 1000 };

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

/** Waits for a client, serves it, and makes room for the next one. */
static void serve_client(HANDLE pipe)
{
    if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
        die("ConnectNamedPipe");

    echo(pipe);
    printf("the client has left\n");
    fflush(stdout);

    /* The client has closed its end, but the instance still belongs to it:
     * without this call ConnectNamedPipe would fail from now on. */
    if (!DisconnectNamedPipe(pipe))
        die("DisconnectNamedPipe");
}

/** Creates the pipe once, and serves one client after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    unsigned long clients = 0;  // 0: no limit
    if (argc > 1) {
        char *end;
        clients = strtoul(argv[1], &end, 10);
        if (argc > 2 || !isdigit((unsigned char)argv[1][0]) || *end != '\0'
            || clients == 0) {
            fprintf(stderr, "usage: server [CLIENTS]\n");
            return EXIT_USAGE;
        }
    }

    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX,  // both directions
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        1,                // instances at most
        MESSAGE_MAX,      // output buffer, bytes
        MESSAGE_MAX,      // input buffer, bytes
        DEFAULT_WAIT_MS,  // default time-out
        NULL);            // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");

    /* Said once: from here on the name is never without an owner. */
    printf("ready\n");
    fflush(stdout);

    for (unsigned long served = 0; clients == 0 || served < clients; served++)
        serve_client(pipe);

    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
