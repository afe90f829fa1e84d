/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe server: a dictionary. A word comes in, its meaning goes
 * out.
 *
 * Usage: `server [-greet] [CLIENTS]`: with -greet, the first client gets a
 * message that it has not asked for. Ends after that many clients, or at
 * Ctrl+C.
 *
 * Read main first, then answer_questions; client.c is the other side.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/ipc/transactions-on-named-pipes
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

static const char *const DICTIONARY[][2] = {
    {"pipe", "= two ends, and bytes between"},
    {"instance", "= one connection with its buffers; a name can have many"},
    {"message",
     "= what one write has put in; one read takes it out, if it has room"},
};
static const char UNKNOWN[] = "= not in this dictionary";
static const char GREETING[] = "! welcome; this dictionary knows three words";

/** Creates another instance of the pipe: its messages are read as such. */
static HANDLE create_instance(void)
{
    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX,  // both directions
        PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        MESSAGE_MAX,  // output buffer, bytes
        MESSAGE_MAX,  // input buffer, bytes
        1000,         // default time-out, ms: CallNamedPipeW may use it
        NULL);        // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    return pipe;
}

/** The meaning of a word, whose end is its length and no zero byte. */
static const char *look_up(const char *word, DWORD length)
{
    for (size_t i = 0; i < ARRAYSIZE(DICTIONARY); i++)
        if (strlen(DICTIONARY[i][0]) == length
            && memcmp(DICTIONARY[i][0], word, length) == 0)
            return DICTIONARY[i][1];
    return UNKNOWN;
}

/** Sends one message; tells whether the client is still there. */
static bool send_message(HANDLE pipe, const char *text)
{
    DWORD bytes_written;
    if (WriteFile(pipe, text, (DWORD)strlen(text), &bytes_written, NULL))
        return true;
    if (GetLastError() != ERROR_NO_DATA && GetLastError() != ERROR_BROKEN_PIPE)
        die("WriteFile");
    return false;
}

/** Answers one client until it leaves. */
static void answer_questions(HANDLE pipe)
{
    char word[WORD_MAX];
    DWORD bytes_read;

    while (ReadFile(pipe, word, sizeof word, &bytes_read, NULL)) {
        const char *meaning = look_up(word, bytes_read);
        if (!send_message(pipe, meaning))
            return;
        printf("answered with %zu bytes\n", strlen(meaning));
        fflush(stdout);
    }
    if (GetLastError() == ERROR_MORE_DATA)
        printf("a word is too long: this client is not served\n");
    else if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
}

/** Serves one client after another; there is always one instance more. */
static void serve(long clients, bool greet)
{
    HANDLE next = create_instance();
    printf("ready\n");
    fflush(stdout);

    for (long served = 0; clients == 0 || served < clients; served++) {
        HANDLE pipe = next;
        /* 232: the client has left again; the first read or write tells. */
        if (!ConnectNamedPipe(pipe, NULL)
            && GetLastError() != ERROR_PIPE_CONNECTED
            && GetLastError() != ERROR_NO_DATA)
            die("ConnectNamedPipe");
        bool stays = !greet || served > 0 || send_message(pipe, GREETING);
        next = create_instance();

        if (stays)
            answer_questions(pipe);
        printf("the client has left\n");
        fflush(stdout);
        CloseHandle(pipe);
    }
    CloseHandle(next);
}

/** Reads the command line and serves. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    bool greet = argc > 1 && strcmp(argv[1], "-greet") == 0;
    int left = argc - (greet ? 2 : 1);
    long clients = 0;  // 0: no limit
    if (left > 0) {
        char *end;
        clients = strtol(argv[argc - 1], &end, 10);
        if (left > 1 || *end != '\0' || clients <= 0) {
            fprintf(stderr, "usage: server [-greet] [CLIENTS]\n");
            return EXIT_USAGE;
        }
    }

    serve(clients, greet);
    return EXIT_SUCCESS;
}
