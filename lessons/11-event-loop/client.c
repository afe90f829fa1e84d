/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe client: sends each argument and prints what comes back.
 *
 * Usage: `client [-p MS] MESSAGE...`: pauses so long before each message but
 * the first.
 *
 * Read server.c first.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/named-pipe-client
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** How long to wait while all instances are taken, in milliseconds. */
enum { BUSY_MS = 5000 };

/** Opens the pipe; waits for a free instance, within one deadline. */
static HANDLE open_pipe(void)
{
    ULONGLONG deadline = GetTickCount64() + BUSY_MS;
    for (;;) {
        HANDLE pipe = CreateFileW(
            PIPE_NAME,
            GENERIC_READ | GENERIC_WRITE,
            0,              // no sharing
            NULL,           // default security
            OPEN_EXISTING,  // pipes are not created here
            0,              // no flags
            NULL);          // no template
        if (pipe != INVALID_HANDLE_VALUE)
            return pipe;
        ULONGLONG now = GetTickCount64();
        if (GetLastError() != ERROR_PIPE_BUSY || now >= deadline)
            die("CreateFileW");

        /* Another client may be quicker to open it: then once more. */
        if (!WaitNamedPipeW(PIPE_NAME, (DWORD)(deadline - now)))
            die("WaitNamedPipeW");
    }
}

/** Sends one message and prints the reply, which may come in pieces. */
static void exchange(HANDLE pipe, const char *message, DWORD length)
{
    DWORD bytes_written;
    if (!WriteFile(pipe, message, length, &bytes_written, NULL))
        die("WriteFile");

    char reply[MESSAGE_MAX] = {0};
    DWORD received = 0;
    while (received < length) {
        DWORD bytes_read;
        if (!ReadFile(
                pipe,
                reply + received,
                length - received,
                &bytes_read,
                NULL))
            die("ReadFile");
        received += bytes_read;
    }

    fwrite(reply, 1, received, stdout);
    printf("\n");
    fflush(stdout);
}

/** Reads the arguments; returns the first message's place, or 0. */
static int read_arguments(int argc, char *argv[], DWORD *pause)
{
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "-p") == 0) {
        char *end;
        long milliseconds = strtol(argv[2], &end, 10);
        if (*end != '\0' || milliseconds <= 0)
            return 0;
        *pause = (DWORD)milliseconds;
        first = 3;
    }
    for (int i = first; i < argc; i++)
        if (argv[i][0] == '\0' || strlen(argv[i]) > MESSAGE_MAX)
            return 0;
    return first < argc ? first : 0;
}

/** Opens the pipe and sends one message after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    DWORD pause = 0;
    int first = read_arguments(argc, argv, &pause);
    if (first == 0) {
        fprintf(
            stderr,
            "usage: client [-p MS] MESSAGE... (of 1 to 4096 bytes)\n");
        return EXIT_USAGE;
    }

    HANDLE pipe = open_pipe();
    for (int i = first; i < argc; i++) {
        if (i > first && pause > 0)
            Sleep(pause);
        exchange(pipe, argv[i], (DWORD)strlen(argv[i]));
    }

    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
