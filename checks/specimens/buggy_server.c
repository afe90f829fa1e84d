/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Lesson 01's server with bugs that no run shows in which all goes well.
 *
 * checks/project/sweep.t looks whether the sweep finds each of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "lessons/01-blocking-echo/protocol.h"

/** Sends back whatever comes, until the client closes its end. */
static void echo(HANDLE pipe)
{
    char data[MESSAGE_MAX];
    DWORD bytes_read, bytes_written;

    while (ReadFile(pipe, data, sizeof data, &bytes_read, NULL)) {
        if (!WriteFile(pipe, data, bytes_read, &bytes_written, NULL)) {
            if (GetLastError() == ERROR_NO_DATA)
                exit(EXIT_SUCCESS);  // BUG 1: the pipe stays open
            die("WriteFile");
        }
        FlushFileBuffers(pipe);  // BUG 2: may fail, and nobody looks
    }
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
}

/** Creates the pipe, waits for a client and serves it. */
int main(void)
{
    use_utf8_console();

    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX,
        PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
        1,            // instances at most
        MESSAGE_MAX,  // output buffer, bytes
        MESSAGE_MAX,  // input buffer, bytes
        0,            // default time-out
        NULL);        // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateFileW");  // BUG 3: the name of another call

    printf("ready\n");
    fflush(stdout);
    if (!ConnectNamedPipe(pipe, NULL)
        && GetLastError() != ERROR_PIPE_CONNECTED) {
        CloseHandle(pipe);
        DisconnectNamedPipe(pipe);  // BUG 4: leaves an error of its own
        die("ConnectNamedPipe");
    }
    echo(pipe);
    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
