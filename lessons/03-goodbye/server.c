/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe server that has the last word: hands out tickets.
 *
 * Usage: `server [HOW] [CLIENTS]`: HOW it says goodbye is disconnect, flush,
 * acknowledge or close (as it does without the word); ends after that many
 * clients, or at Ctrl+C.
 *
 * Read main first, then say_goodbye; client.c is the other side.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/named-pipe-operations
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

#define USAGE "usage: server [disconnect|flush|acknowledge|close] [CLIENTS]\n"

/** The four goodbyes, and their names on the command line. */
enum goodbye { DISCONNECT, FLUSH, ACKNOWLEDGE, CLOSE };
static const char *const GOODBYES[] = {
    "disconnect", "flush", "acknowledge", "close"};

/** Tells whether a call failed because the client has left. */
static bool client_left(DWORD error)
{
    return error == ERROR_BROKEN_PIPE /* what a reader is told */
           || error == ERROR_NO_DATA; /* what a writer is told */
}

/** Creates an instance of the pipe: from now on a client can open it. */
static HANDLE create_instance(void)
{
    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX,  // both directions
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,  // two at a time are enough
        TICKET_SIZE,               // output buffer: the whole reply
        1,                         // input buffer: an order
        1000,                      // default time-out, ms
        NULL);                     // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    return pipe;
}

/** Waits until a client has come. What one wrote that has left is kept. */
static void wait_for_client(HANDLE pipe)
{
    if (!ConnectNamedPipe(pipe, NULL)
        && GetLastError() != ERROR_PIPE_CONNECTED /* it came before the call */
        && GetLastError() != ERROR_NO_DATA /* and it has left again */)
        die("ConnectNamedPipe");
}

/** Reads an order and writes a ticket. Returns false if the client left. */
static bool hand_out_ticket(HANDLE pipe)
{
    static unsigned int number;
    char letter;
    DWORD bytes_read;
    if (!ReadFile(pipe, &letter, 1, &bytes_read, NULL)) {
        if (!client_left(GetLastError()))
            die("ReadFile");
        return false;  // without a word
    }

    number = number % 999 + 1;
    char ticket[TICKET_SIZE + 1];
    snprintf(ticket, sizeof ticket, "%c%03u", letter, number);
    DWORD bytes_written;
    bool written = WriteFile(pipe, ticket, TICKET_SIZE, &bytes_written, NULL);
    if (!written && !client_left(GetLastError()))
        die("WriteFile");
    printf("ticket %s\n", ticket);
    fflush(stdout);
    return written;
}

/** Two of the goodbyes wait until the client has its ticket, or leaves. */
static void wait_for_reader(HANDLE pipe, enum goodbye how)
{
    /* Returns when there is nothing left to read.  It has no time-out. */
    if (how == FLUSH && !FlushFileBuffers(pipe) && !client_left(GetLastError()))
        die("FlushFileBuffers");

    char thanks;
    DWORD bytes_read;
    if (how == ACKNOWLEDGE && !ReadFile(pipe, &thanks, 1, &bytes_read, NULL)
        && !client_left(GetLastError()))
        die("ReadFile");
}

/** Lets the client go. Returns the instance for the next one, if any. */
static HANDLE say_goodbye(HANDLE pipe, enum goodbye how, bool more)
{
    if (how == CLOSE) {
        /* First the next instance, then the goodbye: the name is never gone.
         * What the client has not read stays in the pipe until it closes. */
        HANDLE next = more ? create_instance() : INVALID_HANDLE_VALUE;
        CloseHandle(pipe);
        return next;
    }

    /* Throws away whatever the client has not read. */
    if (!DisconnectNamedPipe(pipe))
        die("DisconnectNamedPipe");
    if (more)
        return pipe;
    CloseHandle(pipe);
    return INVALID_HANDLE_VALUE;
}

/** Serves one client after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    enum goodbye how = CLOSE;
    int next = 1;
    for (int i = 0; argc > 1 && i <= CLOSE; i++)
        if (strcmp(argv[1], GOODBYES[i]) == 0) {
            how = (enum goodbye)i;
            next = 2;
        }
    long clients = 0;  // 0: no limit
    if (next < argc) {
        char *end;
        clients = strtol(argv[next], &end, 10);
        if (next + 1 < argc || *end != '\0' || clients <= 0) {
            fprintf(stderr, USAGE);
            return EXIT_USAGE;
        }
    }

    HANDLE pipe = create_instance();
    printf("ready\n");
    fflush(stdout);
    for (long served = 1; pipe != INVALID_HANDLE_VALUE; served++) {
        wait_for_client(pipe);
        if (hand_out_ticket(pipe))
            wait_for_reader(pipe, how);
        pipe = say_goodbye(pipe, how, served != clients);
    }
    return EXIT_SUCCESS;
}
