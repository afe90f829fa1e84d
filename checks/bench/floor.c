/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What `make bench-servers` compares with: one client, no server logic.
 *
 * Usage: `floor`: sends back what its only client sends, and ends with it.
 *
 * The least that a pipe and two processes can do: a blocking read and a
 * blocking write, over and over.
 */
#include <stdlib.h>
#include <windows.h>

#include "common/error.h"

enum { BUFFER_SIZE = 4096 };

int main(void)
{
    HANDLE pipe = CreateNamedPipeW(
        L"\\\\.\\pipe\\pipework-floor",
        PIPE_ACCESS_DUPLEX,  // both directions
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        1,            // instance
        BUFFER_SIZE,  // output buffer, bytes
        BUFFER_SIZE,  // input buffer, bytes
        0,            // default time-out
        NULL);        // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
        die("ConnectNamedPipe");

    char data[BUFFER_SIZE];
    DWORD bytes_read, bytes_written;
    for (;;) {
        if (!ReadFile(pipe, data, sizeof data, &bytes_read, NULL))
            break;
        if (!WriteFile(pipe, data, bytes_read, &bytes_written, NULL))
            break;
    }
    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
