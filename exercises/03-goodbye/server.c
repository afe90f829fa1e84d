/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 03: a ticket machine that loses no ticket.
 *
 * Usage: `server [CLIENTS]`: ends after that many clients, or at Ctrl+C.
 *
 * Change what stands between each TODO(n) and its END; README.md tells the
 * task, lessons/03-goodbye the way.
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

/** Tells whether a call failed because the client has left. */
static bool client_left(DWORD error)
{
    return error == ERROR_BROKEN_PIPE /* what a reader is told */
           || error == ERROR_NO_DATA; /* what a writer is told */
}

/** Creates an instance of the pipe: from now on a client can open it. */
static HANDLE create_instance(void)
{
    /* TODO(1): leave room for all instances that there are at a time. */
    const DWORD instances = 1;
    const DWORD output_buffer = TICKET_SIZE;
    /* END TODO(1) */

    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX,  // both directions
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        instances,      // at most
        output_buffer,  // in bytes
        1,              // input buffer: an order
        1000,           // default time-out, ms
        NULL);          // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    return pipe;
}

/** Waits until a client has come. It may have left again. */
static void wait_for_client(HANDLE pipe)
{
    /* TODO(2): take the order of a client that has left already, too. */
    if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
        die("ConnectNamedPipe");
    /* END TODO(2) */
}

/** Reads an order and writes a ticket: the last word of the conversation. */
static void hand_out_ticket(HANDLE pipe)
{
    static unsigned int number;
    char letter;
    DWORD bytes_read;
    if (!ReadFile(pipe, &letter, 1, &bytes_read, NULL)) {
        if (!client_left(GetLastError()))
            die("ReadFile");
        return;  // it left without a word
    }

    number = number % 999 + 1;
    char ticket[TICKET_SIZE + 1];
    snprintf(ticket, sizeof ticket, "%c%03u", letter, number);
    DWORD bytes_written;
    if (!WriteFile(pipe, ticket, TICKET_SIZE, &bytes_written, NULL)
        && !client_left(GetLastError()))
        die("WriteFile");
    printf("ticket %s\n", ticket);
    fflush(stdout);
}

/**
 * Ends the conversation. Returns the instance for the next client, or
 * INVALID_HANDLE_VALUE when no more are to come.
 */
static HANDLE say_goodbye(HANDLE pipe, bool more)
{
    /* TODO(3): lose no ticket, and wait for nobody. */
    if (!DisconnectNamedPipe(pipe))
        die("DisconnectNamedPipe");
    if (more)
        return pipe;
    CloseHandle(pipe);
    return INVALID_HANDLE_VALUE;
    /* END TODO(3) */
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

    HANDLE pipe = create_instance();
    printf("ready\n");
    fflush(stdout);
    for (long served = 1; pipe != INVALID_HANDLE_VALUE; served++) {
        wait_for_client(pipe);
        hand_out_ticket(pipe);
        pipe = say_goodbye(pipe, served != clients);
    }
    return EXIT_SUCCESS;
}
