/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Shows what calls with PIPE_NOWAIT say, situation by situation.
 *
 * Usage: `states`. Both ends of the pipe are here, in one program.
 *
 * Read main from top to bottom.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-connectnamedpipe
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** Prints a result, and the code behind it where it is FALSE. */
static void tell(const char *situation, const char *call, BOOL result)
{
    DWORD error = GetLastError();
    const char *name = error_name(error);

    printf("%-20s %-17s", situation, call);
    if (result)
        printf("TRUE\n");
    else
        printf("FALSE  %lu %s\n", error, name != NULL ? name : "");
    fflush(stdout);
}

/** The same for a write, which says how much it took. */
static void tell_written(const char *situation, BOOL result, DWORD bytes)
{
    if (!result) {
        tell(situation, "WriteFile", FALSE);
        return;
    }
    printf("%-20s %-17s", situation, "WriteFile");
    printf("TRUE   %lu of %d bytes\n", bytes, LINE_BYTES / 2);
    fflush(stdout);
}

/** Creates the pipe with PIPE_NOWAIT. */
static HANDLE create_pipe(void)
{
    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX,  // both directions
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_NOWAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        LINE_BYTES,  // output buffer, bytes
        LINE_BYTES,  // input buffer, bytes
        0,           // default time-out
        NULL);       // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    return pipe;
}

/** Opens the other end. */
static HANDLE open_pipe(void)
{
    HANDLE client = CreateFileW(
        PIPE_NAME,
        GENERIC_READ | GENERIC_WRITE,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // pipes are not created here
        0,              // no flags
        NULL);          // no template
    if (client == INVALID_HANDLE_VALUE)
        die("CreateFileW");
    return client;
}

/** Goes through the life of a connection. */
int main(void)
{
    use_utf8_console();

    char piece[LINE_BYTES / 2], data[LINE_BYTES];
    DWORD bytes;
    memset(piece, 'x', sizeof piece);

    HANDLE pipe = create_pipe();
    BOOL result = ConnectNamedPipe(pipe, NULL);
    tell("nobody has come", "ConnectNamedPipe", result);

    HANDLE client = open_pipe();
    result = ConnectNamedPipe(pipe, NULL);
    tell("a client is there", "ConnectNamedPipe", result);
    result = ReadFile(pipe, data, sizeof data, &bytes, NULL);
    tell("nothing was written", "ReadFile", result);
    result = WriteFile(pipe, piece, sizeof piece, &bytes, NULL);
    tell_written("the pipe has room", result, bytes);
    do
        result = WriteFile(pipe, piece, sizeof piece, &bytes, NULL);
    while (result && bytes == sizeof piece);
    tell_written("the pipe is full", result, bytes);

    CloseHandle(client);
    result = WriteFile(pipe, piece, sizeof piece, &bytes, NULL);
    tell_written("the client has left", result, bytes);
    result = ReadFile(pipe, data, sizeof data, &bytes, NULL);
    tell("the client has left", "ReadFile", result);
    result = ConnectNamedPipe(pipe, NULL);
    tell("the client has left", "ConnectNamedPipe", result);

    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
