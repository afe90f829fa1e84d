/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Message client: sends each line and prints the words that come back.
 *
 * Usage: `client [--bytes] LINE...`: on the message pipe, or with frames on
 * the byte pipe.
 *
 * Read server.c first.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/named-pipe-client
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

/** Says what is wrong with the other side, and ends the program. */
static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "client: %s\n", what);
    exit(EXIT_FAILURE);
}

/** Sends one line and prints its words, up to the empty message. */
static void exchange(HANDLE pipe, bool framed, const char *line)
{
    DWORD length = (DWORD)strlen(line);
    if (!(framed ? write_frame(pipe, line, length)
                 : write_message(pipe, line, length)))
        give_up("the server has left");

    struct message word = {0};
    for (;;) {
        switch (framed ? read_frame(pipe, &word) : read_message(pipe, &word)) {
        case READ_MESSAGE:
            break;
        case READ_END:
            give_up("the server has left before the end of its answer");
        case READ_CUT_OFF:
            give_up("the server has left in the middle of a message");
        case READ_TOO_LONG:
            give_up("the server has sent more than a message may have");
        }
        if (word.length == 0)
            break;
        fwrite(word.data, 1, word.length, stdout);
        printf("\n");
        fflush(stdout);
    }
    free(word.data);
}

/** Opens the pipe and sends one line after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    bool framed = argc > 1 && strcmp(argv[1], "--bytes") == 0;
    int first = framed ? 2 : 1;
    if (argc <= first) {
        fprintf(stderr, "usage: client [--bytes] LINE...\n");
        return EXIT_USAGE;
    }

    HANDLE pipe = CreateFileW(
        framed ? BYTE_PIPE_NAME : PIPE_NAME,
        GENERIC_READ | GENERIC_WRITE,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // pipes are not created here
        0,              // no flags
        NULL);          // no template
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateFileW");

    /* On this computer, the handle reads bytes at first, whatever the type of
     * the pipe. */
    if (!framed)
        set_message_mode(pipe);
    for (int i = first; i < argc; i++)
        exchange(pipe, framed, argv[i]);

    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
