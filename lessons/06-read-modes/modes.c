/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Shows where a read ends, for each type of pipe and each read mode.
 *
 * Usage: `modes`. Both ends of each pipe are in this one program.
 *
 * It writes "abc" and "defg" and prints how many bytes each read brings; `+`
 * stands for error 234, ERROR_MORE_DATA. Read main first.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/ipc/named-pipe-type-read-and-wait-modes
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

#define MODES_PIPE_NAME L"\\\\.\\pipe\\pipework-06-modes"

/** Writes 3 and 4 bytes at one end, and reads them at the other. */
static void show_reads(HANDLE server, HANDLE client, DWORD room, int width)
{
    DWORD bytes_written;
    if (!WriteFile(server, "abc", 3, &bytes_written, NULL))
        die("WriteFile");
    if (!WriteFile(server, "defg", 4, &bytes_written, NULL))
        die("WriteFile");

    int printed = 0;
    for (DWORD received = 0; received < 7;) {
        char data[16];
        DWORD bytes_read;
        const char *mark = "";
        if (!ReadFile(client, data, room, &bytes_read, NULL)) {
            if (GetLastError() != ERROR_MORE_DATA)
                die("ReadFile");
            mark = "+";
        }
        const char *blank = received == 0 ? "" : " ";
        received += bytes_read;
        printed += printf("%s%lu%s", blank, bytes_read, mark);
    }
    printf("%*s", width > printed ? width - printed : 0, "");
}

/** Prints what Windows says of a handle: the pipe's type, its own mode. */
static void show_state(HANDLE pipe)
{
    DWORD flags, state;
    if (!GetNamedPipeInfo(
            pipe,
            &flags,
            NULL,   // output buffer
            NULL,   // input buffer
            NULL))  // instances at most
        die("GetNamedPipeInfo");
    if (!GetNamedPipeHandleStateW(
            pipe,
            &state,
            NULL,  // instances that there are
            NULL,  // only for pipes over a network
            NULL,  // only for pipes over a network
            NULL,  // the client's name
            0))    // its room
        die("GetNamedPipeHandleStateW");
    printf(
        "%-9s %-9s ",
        (flags & PIPE_TYPE_MESSAGE) != 0 ? "messages" : "bytes",
        (state & PIPE_READMODE_MESSAGE) != 0 ? "messages" : "bytes");
}

/** Prints one row; mode NULL: the client's end stays as it was opened. */
static void show(DWORD type, DWORD *mode)
{
    HANDLE server = CreateNamedPipeW(
        MODES_PIPE_NAME,
        PIPE_ACCESS_OUTBOUND,  // the server writes
        type | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
        1,      // instances at most
        64,     // output buffer, bytes
        0,      // input buffer, bytes
        0,      // default time-out
        NULL);  // default security
    if (server == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    HANDLE client = CreateFileW(
        MODES_PIPE_NAME,
        GENERIC_READ | FILE_WRITE_ATTRIBUTES,  // read, and set the mode
        0,                                     // no sharing
        NULL,                                  // default security
        OPEN_EXISTING,                         // pipes are not created here
        0,                                     // no flags
        NULL);                                 // no template
    if (client == INVALID_HANDLE_VALUE)
        die("CreateFileW");

    if (mode != NULL && !SetNamedPipeHandleState(client, mode, NULL, NULL)) {
        DWORD error = GetLastError();
        if (error != ERROR_INVALID_PARAMETER)
            die("SetNamedPipeHandleState");
        show_state(client);
        printf("message mode: error %lu\n", error);
    } else {
        show_state(client);
        show_reads(server, client, 16, 9);
        show_reads(server, client, 2, 0);
        printf("\n");
    }
    CloseHandle(client);
    CloseHandle(server);
}

/** Shows each type with the mode that a client gets, and with message mode. */
int main(void)
{
    use_utf8_console();

    DWORD message_mode = PIPE_READMODE_MESSAGE | PIPE_WAIT;
    printf("%-9s %-9s %-8s %s\n", "pipe", "handle", "room 16", "room 2");
    show(PIPE_TYPE_BYTE, NULL);
    show(PIPE_TYPE_MESSAGE, NULL);
    show(PIPE_TYPE_MESSAGE, &message_mode);
    show(PIPE_TYPE_BYTE, &message_mode);
    return EXIT_SUCCESS;
}
