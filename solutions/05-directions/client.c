/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 05: a client that asks for what it needs, and no more.
 *
 * Usage: `client log LINE...` or `client watch`
 *
 * Change what stands between each TODO(n) and its END; README.md tells the
 * task, lessons/05-directions the way.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-getnamedpipeinfo
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** How long the client waits while all instances are taken. */
enum { WAIT_MS = 5000 };

/** Opens a pipe with the rights that are asked for, and no others. */
static HANDLE open_pipe(const wchar_t *name, DWORD access)
{
    for (;;) {
        HANDLE pipe = CreateFileW(
            name,
            access,         // what this client does with the pipe
            0,              // no sharing
            NULL,           // default security
            OPEN_EXISTING,  // pipes are not created here
            0,              // no flags
            NULL);          // no template
        if (pipe != INVALID_HANDLE_VALUE)
            return pipe;
        if (GetLastError() != ERROR_PIPE_BUSY)
            die("CreateFileW");

        /* The server has a writer and has not made the next instance yet.
         * Lesson 02 has this loop with one deadline for all tries. */
        if (!WaitNamedPipeW(name, WAIT_MS))
            die("WaitNamedPipeW");
    }
}

/** Ends the program if a line is too long for the pipe's buffer. */
static void check_lines(HANDLE pipe, int count, char *lines[])
{
    /* TODO(2): a line and its end must fit the buffer that the pipe has. */
    DWORD room;
    if (!GetNamedPipeInfo(
            pipe,
            NULL,   // not its type
            &room,  // buffer for what goes out, bytes
            NULL,   // nothing comes in
            NULL))  // not how many instances there may be
        die("GetNamedPipeInfo");

    for (int i = 0; i < count; i++)
        if (strlen(lines[i]) + 1 > room) {  // 1: the line's end
            fprintf(stderr, "client: a line needs more than the buffer has\n");
            exit(EXIT_USAGE);
        }
    /* END TODO(2) */
}

/** Writes the lines and leaves; nobody says whether they were read. */
static void log_lines(int count, char *lines[])
{
    /* TODO(1): ask for what this client does with the pipe, no more. */
    DWORD rights = GENERIC_WRITE            // for WriteFile
                   | FILE_READ_ATTRIBUTES;  // for GetNamedPipeInfo
    HANDLE pipe = open_pipe(LOG_PIPE, rights);
    /* END TODO(1) */
    check_lines(pipe, count, lines);

    for (int i = 0; i < count; i++) {
        /* The zero behind the text gives its place to the line's end. */
        DWORD length = (DWORD)strlen(lines[i]);
        lines[i][length] = '\n';
        DWORD bytes_written;
        if (!WriteFile(pipe, lines[i], length + 1, &bytes_written, NULL))
            die("WriteFile");
    }
    CloseHandle(pipe);
}

/** Prints what the ticker sends, until it closes its end. */
static void watch(void)
{
    /* TODO(3): ask for what this client does with the pipe, no more. */
    HANDLE pipe = open_pipe(TICK_PIPE, GENERIC_READ);  // for ReadFile
    /* END TODO(3) */
    char data[BUFFER_SIZE];
    DWORD bytes_read;

    while (ReadFile(pipe, data, sizeof data, &bytes_read, NULL)) {
        fwrite(data, 1, bytes_read, stdout);
        fflush(stdout);
    }
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
    CloseHandle(pipe);
}

/** Does the one or the other. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    if (argc > 2 && strcmp(argv[1], "log") == 0)
        log_lines(argc - 2, argv + 2);
    else if (argc == 2 && strcmp(argv[1], "watch") == 0)
        watch();
    else {
        fprintf(stderr, "usage: client log LINE... | client watch\n");
        return EXIT_USAGE;
    }
    return EXIT_SUCCESS;
}
