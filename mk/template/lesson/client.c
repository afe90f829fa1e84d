/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief FILL IN: what the client shows, in a sentence.
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

/** Sends one message and prints the reply, piece by piece. */
static void exchange(HANDLE pipe, const char *message, DWORD length)
{
    char reply[MESSAGE_MAX];
    DWORD bytes_written, bytes_read;
    if (!WriteFile(pipe, message, length, &bytes_written, NULL))
        die("WriteFile");
    for (DWORD received = 0; received < length; received += bytes_read) {
        DWORD rest = length - received;
        if (!ReadFile(pipe, reply, rest, &bytes_read, NULL))
            die("ReadFile");
        fwrite(reply, 1, bytes_read, stdout);
    }
    printf("\n");
    fflush(stdout);
}

/** Opens the pipe and sends one message after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    for (int i = 1; i < argc; i++)
        if (argv[i][0] == '\0' || strlen(argv[i]) > MESSAGE_MAX)
            argc = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: client MESSAGE... (1 to 512 bytes)\n");
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
