/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Shows which calls lead to a packet at the port, and which do not.
 *
 * Usage: `packets`. Both ends of the pipe are here, in one program.
 *
 * Read main from top to bottom.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/ioapiset/nf-ioapiset-getqueuedcompletionstatus
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

static HANDLE port;
static OVERLAPPED operation;
static char data[4];

/** Prints what a call has said. */
static void tell_call(const char *situation, BOOL result)
{
    DWORD error = GetLastError();
    if (result)
        printf("%-29s TRUE        -> ", situation);
    else
        printf("%-29s FALSE, %-4lu -> ", situation, error);
}

/** Takes a packet, if there is one, and prints it. */
static void tell_packet(void)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *which;
    BOOL success = GetQueuedCompletionStatus(port, &bytes, &key, &which, 0);
    DWORD error = GetLastError();
    if (success)
        printf("TRUE, %lu bytes\n", bytes);
    else if (which != NULL)
        printf("FALSE, %lu, %lu bytes\n", error, bytes);
    else
        printf("no packet (%lu)\n", error);
    fflush(stdout);
}

/** Makes an instance of a message pipe and binds it to the port. */
static HANDLE create_pipe(void)
{
    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
        PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        MESSAGE_MAX,  // output buffer, bytes
        MESSAGE_MAX,  // input buffer, bytes
        0,            // default time-out
        NULL);        // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    if (CreateIoCompletionPort(pipe, port, 0, 0) == NULL)
        die("CreateIoCompletionPort");
    return pipe;
}

/** Opens the other end. */
static HANDLE open_pipe(void)
{
    HANDLE pipe = CreateFileW(
        PIPE_NAME,
        GENERIC_READ | GENERIC_WRITE,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // pipes are not created here
        0,              // no flags: this end waits in its calls
        NULL);          // no template
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateFileW");
    return pipe;
}

/** Writes @p length bytes into the other end. */
static void send_bytes(HANDLE client, DWORD length)
{
    DWORD bytes_written;
    if (!WriteFile(client, "abcdefgh", length, &bytes_written, NULL))
        die("WriteFile");
}

/** Begins to read at most four bytes. */
static BOOL begin_read(HANDLE pipe)
{
    operation = (OVERLAPPED){0};
    return ReadFile(pipe, data, sizeof data, NULL, &operation);
}

/** Reads in every situation that the server of this lesson can meet. */
static void read_all_ways(HANDLE pipe, HANDLE client)
{
    send_bytes(client, 4);
    tell_call("ReadFile, 4 bytes are there", begin_read(pipe));
    tell_packet();

    tell_call("ReadFile, nothing is there", begin_read(pipe));
    tell_packet();
    send_bytes(client, 3);
    printf("    3 bytes come              %13s-> ", "");
    tell_packet();

    send_bytes(client, 6);
    tell_call("ReadFile, 6 bytes are there", begin_read(pipe));
    tell_packet();
    tell_call("ReadFile, the rest", begin_read(pipe));
    tell_packet();
}

/** A cancelled read, dequeued by the call that takes many packets at once. */
static void cancel_read(HANDLE pipe)
{
    tell_call("ReadFile, then CancelIoEx", begin_read(pipe));
    if (!CancelIoEx(pipe, &operation))
        die("CancelIoEx");
    if (!PostQueuedCompletionStatus(port, 42, 0, NULL))
        die("PostQueuedCompletionStatus");

    OVERLAPPED_ENTRY entries[8];
    ULONG count;
    if (!GetQueuedCompletionStatusEx(
            port,
            entries,
            8,
            &count,
            INFINITE,
            FALSE))  // not alertable: lesson 12
        die("GetQueuedCompletionStatusEx");
    printf("%lu packets at once:\n", count);
    for (ULONG i = 0; i < count; i++) {
        DWORD bytes = entries[i].dwNumberOfBytesTransferred;
        /* The entry does not say how the operation ended; the structure does.
         * A packet of our own need not have one. */
        if (entries[i].lpOverlapped == NULL)
            printf("    posted, %lu bytes\n", bytes);
        else if (GetOverlappedResult(
                     pipe,
                     entries[i].lpOverlapped,
                     &bytes,
                     FALSE))  // it is over
            printf("    ended well, %lu bytes\n", bytes);
        else
            printf("    failed, %lu\n", GetLastError());
    }
    fflush(stdout);
}

/** A completion routine (lesson 12): it is never called. */
static void CALLBACK on_read(DWORD error, DWORD bytes, OVERLAPPED *which)
{
    (void)error;
    (void)bytes;
    (void)which;
}

/** Makes one situation after another, and looks for a packet each time. */
int main(void)
{
    use_utf8_console();

    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (port == NULL)
        die("CreateIoCompletionPort");
    HANDLE pipe = create_pipe();
    HANDLE client = open_pipe();

    tell_call(
        "ConnectNamedPipe, it is here",
        ConnectNamedPipe(pipe, &operation));
    tell_packet();
    read_all_ways(pipe, client);
    cancel_read(pipe);

    if (!SetFileCompletionNotificationModes(
            pipe,
            FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))
        die("SetFileCompletionNotificationModes");
    send_bytes(client, 4);
    tell_call("ReadFile, skip on success", begin_read(pipe));
    tell_packet();
    /* Windows 8 and later say 997 here, and there is a packet. */
    send_bytes(client, 6);
    tell_call("ReadFile, skip, 6 bytes", begin_read(pipe));
    tell_packet();
    begin_read(pipe);  // the rest

    tell_call(
        "ReadFileEx, with a routine",
        ReadFileEx(pipe, data, sizeof data, &operation, on_read));
    tell_packet();

    CloseHandle(client);
    tell_call("ReadFile, it has left", begin_read(pipe));
    tell_packet();
    CloseHandle(pipe);
    CloseHandle(port);
    return EXIT_SUCCESS;
}
