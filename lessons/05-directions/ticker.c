/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Outbound pipe: sends each reader the same lines, hears nobody.
 *
 * Usage: `ticker [READERS]`: ends after that many readers, or at Ctrl+C.
 *
 * Read collector.c first; `client watch` reads.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/named-pipe-open-modes
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** How many lines a reader gets; they fit the buffer, so no write waits. */
enum { TICKS = 3 };

/** Creates an instance. All are made here, so that they are alike. */
static HANDLE create_instance(void)
{
    HANDLE pipe = CreateNamedPipeW(
        TICK_PIPE,
        PIPE_ACCESS_OUTBOUND,  // from the server to the client only
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        BUFFER_SIZE,  // output buffer, bytes
        BUFFER_SIZE,  // input buffer: nothing comes in
        0,            // default time-out
        NULL);        // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    return pipe;
}

/** Waits for a reader; that it has left already, the first write says. */
static void accept_reader(HANDLE pipe)
{
    if (!ConnectNamedPipe(pipe, NULL)) {
        DWORD error = GetLastError();
        if (error != ERROR_PIPE_CONNECTED && error != ERROR_NO_DATA)
            die("ConnectNamedPipe");
    }
}

/** Sends the lines. */
static void send_ticks(HANDLE pipe)
{
    for (int i = 1; i <= TICKS; i++) {
        char line[32];
        int length = snprintf(line, sizeof line, "tick %d\n", i);
        DWORD bytes_written;
        if (!WriteFile(pipe, line, (DWORD)length, &bytes_written, NULL)) {
            if (GetLastError() != ERROR_NO_DATA)
                die("WriteFile");
            printf("the reader has left\n");
            fflush(stdout);
            return;
        }
    }
    printf("sent %d lines\n", TICKS);
    fflush(stdout);
}

/** Serves one reader after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    long readers = 0;  // 0: no limit
    if (argc > 1) {
        char *end;
        readers = strtol(argv[1], &end, 10);
        if (argc > 2 || *end != '\0' || readers <= 0) {
            fprintf(stderr, "usage: ticker [READERS]\n");
            return EXIT_USAGE;
        }
    }

    HANDLE pipe = create_instance();
    printf("ready\n");
    fflush(stdout);

    for (long served = 1;; served++) {
        accept_reader(pipe);
        bool last = served == readers;
        HANDLE next = last ? INVALID_HANDLE_VALUE : create_instance();
        send_ticks(pipe);
        CloseHandle(pipe);  // what is not read yet stays (lesson 03)
        if (last)
            return EXIT_SUCCESS;
        pipe = next;
    }
}
