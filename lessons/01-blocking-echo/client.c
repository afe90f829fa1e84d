/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe client: sends each argument and prints what comes back.
 *
 * Usage: `client MESSAGE...`
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

/** Sends one message and prints the reply. */
static void exchange(HANDLE pipe, const char *message, DWORD length)
{
    DWORD bytes_written;
    if (!WriteFile(pipe, message, length, &bytes_written, NULL))
        die("WriteFile");

    /* A byte pipe keeps the bytes in order, but not how they were written: the
     * reply may come in several reads.  The client knows its length. */
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

    if (argc < 2) {
        fprintf(stderr, "usage: client MESSAGE...\n");
        return EXIT_USAGE;
    }
    for (int i = 1; i < argc; i++)
        if (argv[i][0] == '\0' || strlen(argv[i]) > MESSAGE_MAX) {
            fprintf(stderr, "client: a message has 1 to 512 bytes\n");
            return EXIT_USAGE;
        }

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

    for (int i = 1; i < argc; i++)
        exchange(pipe, argv[i], (DWORD)strlen(argv[i]));

    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
