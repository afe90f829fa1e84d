/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 02: a client that has to wait politely, until a deadline.
 *
 * Usage: `client WAIT_MS MESSAGE...`: waits at most that many milliseconds.
 *
 * Change what stands between each TODO(n) and its END; README.md tells the
 * task, lessons/02-polite-open the way.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-waitnamedpipew
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** The pause between two tries; the longest wait that is accepted: an hour. */
enum { RETRY_MS = 20, WAIT_MAX_MS = 3600000 };

/** The time @p wait_ms from now, as the counter counts. */
static LONGLONG deadline_in(DWORD wait_ms)
{
    LARGE_INTEGER now, frequency;
    QueryPerformanceFrequency(&frequency);  // counts in a second
    QueryPerformanceCounter(&now);
    return now.QuadPart + wait_ms * frequency.QuadPart / 1000;
}

/** The milliseconds until a deadline: 0 when it is over, and only then. */
static DWORD ms_until(LONGLONG deadline)
{
    LARGE_INTEGER now, frequency;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);

    /* TODO(3): what is left, never too much, and 0 only when it is over. */
    if (now.QuadPart >= deadline)
        return 0;
    LONGLONG left = (deadline - now.QuadPart) * 1000;
    return (DWORD)((left + frequency.QuadPart - 1) / frequency.QuadPart);
    /* END TODO(3) */
}

/** Opens the pipe as soon as it can be opened, until the deadline. */
static HANDLE pipe_open(const wchar_t *name, LONGLONG deadline)
{
    for (;;) {
        HANDLE pipe = CreateFileW(
            name,
            GENERIC_READ | GENERIC_WRITE,
            0,              // no sharing
            NULL,           // default security
            OPEN_EXISTING,  // pipes are not created here
            0,              // no flags
            NULL);          // no template
        if (pipe != INVALID_HANDLE_VALUE)
            return pipe;
        DWORD error = GetLastError();
        DWORD left = ms_until(deadline);

        /* TODO(1): go on, in time, also when nobody owns the name yet. */
        if ((error != ERROR_FILE_NOT_FOUND && error != ERROR_PIPE_BUSY)
            || left == 0) {
            report_error("CreateFileW", error);
            exit(EXIT_FAILURE);
        }

        if (error == ERROR_FILE_NOT_FOUND) {
            Sleep(left < RETRY_MS ? left : RETRY_MS);
            continue;
        }
        /* END TODO(1) */

        /* TODO(2): wait for a free instance, for what is left at most. */
        if (!WaitNamedPipeW(name, left)
            && GetLastError() != ERROR_FILE_NOT_FOUND)
            die("WaitNamedPipeW");
        /* END TODO(2) */
    }
}

/** Sends one message and prints the reply. */
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

/** Opens the pipe and sends one message after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    char *end = NULL;
    unsigned long wait_ms = argc > 2 ? strtoul(argv[1], &end, 10) : 0;
    if (argc <= 2 || !isdigit((unsigned char)argv[1][0]) || *end != '\0'
        || wait_ms > WAIT_MAX_MS) {
        fprintf(stderr, "usage: client WAIT_MS MESSAGE...\n");
        return EXIT_USAGE;
    }
    for (int i = 2; i < argc; i++)
        if (argv[i][0] == '\0' || strlen(argv[i]) > MESSAGE_MAX) {
            fprintf(stderr, "client: a message has 1 to 512 bytes\n");
            return EXIT_USAGE;
        }

    HANDLE pipe = pipe_open(PIPE_NAME, deadline_in(wait_ms));
    for (int i = 2; i < argc; i++)
        exchange(pipe, argv[i], (DWORD)strlen(argv[i]));

    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
