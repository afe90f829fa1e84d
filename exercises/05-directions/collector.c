/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 05: a collector that must not lose a line.
 *
 * Usage: `collector [WRITERS]`: ends after that many writers, or at Ctrl+C.
 *
 * Change what stands between TODO(4) and its END; README.md tells the task,
 * lessons/05-directions the way.
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

/** Creates an instance. All are made here, so that they are alike. */
static HANDLE create_instance(void)
{
    HANDLE pipe = CreateNamedPipeW(
        LOG_PIPE,
        PIPE_ACCESS_INBOUND,  // from the client to the server only
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        BUFFER_SIZE,  // output buffer: nothing goes out
        BUFFER_SIZE,  // input buffer, bytes
        0,            // default time-out
        NULL);        // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    return pipe;
}

/** Waits for a writer, who may have come already, and even left. */
static void accept_writer(HANDLE pipe)
{
    /* TODO(4): hear every writer, whenever it comes and leaves. */
    while (!ConnectNamedPipe(pipe, NULL)) {
        DWORD error = GetLastError();
        if (error == ERROR_PIPE_CONNECTED)
            return;
        if (error != ERROR_NO_DATA)
            die("ConnectNamedPipe");

        /* This writer has left already: free the pipe for the next one. */
        if (!DisconnectNamedPipe(pipe))
            die("DisconnectNamedPipe");
    }
    /* END TODO(4) */
}

/** Prints what the writer sends or has sent, until there is no more. */
static void collect(HANDLE pipe)
{
    char data[BUFFER_SIZE];
    DWORD bytes_read;
    char last = '\n';

    while (ReadFile(pipe, data, sizeof data, &bytes_read, NULL)) {
        fwrite(data, 1, bytes_read, stdout);
        fflush(stdout);
        if (bytes_read > 0)
            last = data[bytes_read - 1];
    }
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");

    /* A writer that was ended in the middle of a line. */
    if (last != '\n') {
        printf("\n");
        fflush(stdout);
    }
}

/** Hears one writer after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    long writers = 0;  // 0: no limit
    if (argc > 1) {
        char *end;
        writers = strtol(argv[1], &end, 10);
        if (argc > 2 || *end != '\0' || writers <= 0) {
            fprintf(stderr, "usage: collector [WRITERS]\n");
            return EXIT_USAGE;
        }
    }

    HANDLE pipe = create_instance();
    printf("ready\n");
    fflush(stdout);

    for (long heard = 1;; heard++) {
        accept_writer(pipe);

        /* The next writer finds an instance while this one is read.  After
         * the last there is none: nobody would read what comes there. */
        bool last = heard == writers;
        HANDLE next = last ? INVALID_HANDLE_VALUE : create_instance();
        collect(pipe);
        CloseHandle(pipe);
        if (last)
            return EXIT_SUCCESS;
        pipe = next;
    }
}
