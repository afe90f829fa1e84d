/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Message server: takes a line apart, and answers word by word.
 *
 * Usage: `server [--bytes] [CLIENTS]`: on a message pipe, or with frames on a
 * byte pipe; ends after that many clients, or at Ctrl+C.
 *
 * Read main first, then serve and send_words, then message.c; client.c is the
 * other side.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/ipc/named-pipe-type-read-and-wait-modes
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "message.h"
#include "protocol.h"

/** Sends one message; false: the client has left. */
static bool answer(HANDLE pipe, bool framed, const char *data, DWORD length)
{
    return framed ? write_frame(pipe, data, length)
                  : write_message(pipe, data, length);
}

/** Sends each word of a line, then an empty message; false: it has left. */
static bool send_words(HANDLE pipe, bool framed, const struct message *line)
{
    unsigned words = 0;
    for (DWORD start = 0, end; start < line->length; start = end + 1) {
        for (end = start; end < line->length; end++)
            if (line->data[end] == ' ')
                break;
        if (end == start)
            continue;  // two blanks in a row, or one in front
        if (!answer(pipe, framed, line->data + start, end - start))
            return false;
        words++;
    }
    if (!answer(pipe, framed, "", 0))
        return false;
    printf("words: %u\n", words);
    fflush(stdout);
    return true;
}

/** Answers until the client leaves or sends what no client may send. */
static void serve(HANDLE pipe, bool framed, struct message *line)
{
    enum outcome outcome;
    do
        outcome = framed ? read_frame(pipe, line) : read_message(pipe, line);
    while (outcome == READ_MESSAGE && send_words(pipe, framed, line));

    if (outcome == READ_TOO_LONG)
        printf("refused: longer than %d bytes\n", MESSAGE_MAX);
    else if (outcome == READ_CUT_OFF)
        printf("the client has left in the middle of a message\n");
    else
        printf("the client has left\n");
    fflush(stdout);
}

/** Creates the pipe, waits for a client and serves it. */
static void serve_client(bool framed)
{
    HANDLE pipe = CreateNamedPipeW(
        framed ? BYTE_PIPE_NAME : PIPE_NAME,
        PIPE_ACCESS_DUPLEX,  // both directions
        (framed ? PIPE_TYPE_BYTE | PIPE_READMODE_BYTE
                : PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE)
            | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
        1,            // instances at most
        PIPE_BUFFER,  // output buffer, bytes
        PIPE_BUFFER,  // input buffer, bytes
        0,            // default time-out
        NULL);        // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");

    printf("ready\n");
    fflush(stdout);

    /* 535: a client came before this call.  232: it has left, too, and what
     * it wrote is still there (lesson 03). */
    if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED
        && GetLastError() != ERROR_NO_DATA)
        die("ConnectNamedPipe");

    struct message line = {0};
    serve(pipe, framed, &line);
    CloseHandle(pipe);
    free(line.data);
}

/** Serves one client after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    bool framed = argc > 1 && strcmp(argv[1], "--bytes") == 0;
    const char *number = argv[framed ? 2 : 1];  // NULL behind the last one
    long clients = 0;                           // 0: no limit
    if (number != NULL) {
        char *end;
        clients = strtol(number, &end, 10);
        if (argc > (framed ? 3 : 2) || *end != '\0' || clients <= 0) {
            fprintf(stderr, "usage: server [--bytes] [CLIENTS]\n");
            return EXIT_USAGE;
        }
    }

    for (long served = 0; clients == 0 || served < clients; served++)
        serve_client(framed);
    return EXIT_SUCCESS;
}
