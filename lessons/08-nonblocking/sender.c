/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe client: sends each argument as a line, and never waits
 * inside a write.
 *
 * Usage: `sender MESSAGE...`
 *
 * Read send_line first.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-writefile
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** The sender takes its time before each line, so that somebody has to wait. */
enum { THINKING_MS = 30 };

/** Sends a line: however much of it the pipe takes at a time. */
static void send_line(HANDLE pipe, const char *line, DWORD size)
{
    DWORD sent = 0;
    int looks_in_vain = 0;

    for (;;) {
        DWORD bytes_written;
        if (!WriteFile(pipe, line + sent, size - sent, &bytes_written, NULL))
            die("WriteFile");
        /* TRUE does not mean that all was written: a pipe with too little room
         * takes nothing, or the part that a read waits for: no failure. */
        sent += bytes_written;
        if (sent == size)
            return;
        looks_in_vain = bytes_written > 0 ? 0 : looks_in_vain + 1;
        if (looks_in_vain == LOOKS_MAX) {
            fprintf(stderr, "sender: nobody reads\n");
            exit(EXIT_FAILURE);
        }
        Sleep(PAUSE_MS);
    }
}

/** Opens the pipe, sends one line after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    if (argc < 2) {
        fprintf(stderr, "usage: sender MESSAGE...\n");
        return EXIT_USAGE;
    }
    for (int i = 1; i < argc; i++)
        if (strlen(argv[i]) >= LINE_BYTES) {
            fprintf(stderr, "sender: a message has 511 bytes at most\n");
            return EXIT_USAGE;
        }

    HANDLE pipe = CreateFileW(
        PIPE_NAME,
        GENERIC_WRITE,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // pipes are not created here
        0,              // no flags
        NULL);          // no template
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateFileW");

    DWORD mode = PIPE_READMODE_BYTE | PIPE_NOWAIT;
    if (!SetNamedPipeHandleState(pipe, &mode, NULL, NULL))
        die("SetNamedPipeHandleState");

    for (int i = 1; i < argc; i++) {
        char line[LINE_BYTES];
        size_t length = strlen(argv[i]);
        memcpy(line, argv[i], length);
        line[length] = '\n';
        Sleep(THINKING_MS);
        send_line(pipe, line, (DWORD)length + 1);
        printf("sent %zu bytes\n", length + 1);
        fflush(stdout);
    }
    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
