/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe client: asks a dictionary, question and answer in one call.
 *
 * Usage: `client WORD...`: over one connection; `client -call WORD`: connects,
 * asks and closes in one call. Read server.c first.
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

/** The client's buffer, in bytes: many an answer fits, some do not. */
enum { PART_MAX = 32 };

/** Opens the pipe and reads it by messages, as a transaction must. */
static HANDLE open_pipe(void)
{
    HANDLE pipe = CreateFileW(
        PIPE_NAME,
        GENERIC_READ | GENERIC_WRITE,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // pipes are not created here
        0,              // no flags
        NULL);          // no template
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateFileW");

    DWORD mode = PIPE_READMODE_MESSAGE | PIPE_WAIT;
    if (!SetNamedPipeHandleState(pipe, &mode, NULL, NULL))
        die("SetNamedPipeHandleState");
    return pipe;
}

/** Reads a part of a message; tells whether it was the last one. */
static bool read_part(HANDLE pipe, char *part, DWORD *length)
{
    bool last = ReadFile(pipe, part, PART_MAX, length, NULL);
    if (!last && GetLastError() != ERROR_MORE_DATA)
        die("ReadFile");
    return last;
}

/** Prints a message: the part that is there, and those that follow it. */
static void print_message(HANDLE pipe, char *part, DWORD length, bool last)
{
    fwrite(part, 1, length, stdout);
    while (!last) {
        last = read_part(pipe, part, &length);
        fwrite(part, 1, length, stdout);
    }
    printf("\n");
    fflush(stdout);
}

/** Gets the first part of an answer; tells whether it is the last one, too. */
static bool ask(HANDLE pipe, char *word, char *part, DWORD *length)
{
    DWORD size = (DWORD)strlen(word);
    bool last;

    for (;;) {
        last =
            TransactNamedPipe(pipe, word, size, part, PART_MAX, length, NULL);
        if (last || GetLastError() != ERROR_PIPE_BUSY)
            break;
        /* A message lies in the pipe, unread: the word was not sent. */
        print_message(pipe, part, 0, false);
    }
    if (!last && GetLastError() != ERROR_MORE_DATA)
        die("TransactNamedPipe");

    /* A notice that came just after the question was taken for its answer. */
    while (*length > 0 && part[0] == NOTICE) {
        print_message(pipe, part, *length, last);
        last = read_part(pipe, part, length);
    }
    return last;
}

/** How many bytes of this word's answer do not fit into one part. */
static DWORD count_rest(char *word)
{
    /* What was cut off is gone: ask again, on a connection that stays. */
    HANDLE pipe = open_pipe();
    char part[PART_MAX];
    DWORD length, left = 0;
    if (!ask(pipe, word, part, &length)
        && !PeekNamedPipe(pipe, NULL, 0, NULL, NULL, &left))
        die("PeekNamedPipe");
    CloseHandle(pipe);
    return left;
}

/** Asks for one word in one call, and tells how much of the answer it lost. */
static void call(char *word)
{
    char part[PART_MAX];
    DWORD length;
    bool whole = CallNamedPipeW(
        PIPE_NAME,
        word,
        (DWORD)strlen(word),
        part,
        sizeof part,
        &length,
        NMPWAIT_USE_DEFAULT_WAIT);  // for an instance, not for the answer
    if (!whole && GetLastError() != ERROR_MORE_DATA)
        die("CallNamedPipeW");

    fwrite(part, 1, length, stdout);
    printf("\n%lu bytes came\n", length);
    printf("%lu bytes are lost\n", whole ? 0 : count_rest(word));
}

/** Asks for one word after another, or for one by `call`. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    bool by_call = argc > 1 && strcmp(argv[1], "-call") == 0;
    if (by_call ? argc != 3 : argc < 2) {
        fprintf(stderr, "usage: client WORD... | client -call WORD\n");
        return EXIT_USAGE;
    }
    for (int i = 1; i < argc; i++)
        if (argv[i][0] == '\0' || strlen(argv[i]) > WORD_MAX) {
            fprintf(stderr, "client: a word has 1 to 64 bytes\n");
            return EXIT_USAGE;
        }

    if (by_call) {
        call(argv[2]);
        return EXIT_SUCCESS;
    }
    HANDLE pipe = open_pipe();
    for (int i = 1; i < argc; i++) {
        char part[PART_MAX];
        DWORD length;
        bool last = ask(pipe, argv[i], part, &length);
        print_message(pipe, part, length, last);
    }
    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
