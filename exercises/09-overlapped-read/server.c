/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 09: a server whose reads shall have a deadline.
 *
 * Usage: `server WAIT_MS [CLIENTS]`: asks a client that is silent for so long,
 * then hangs up; ends after that many clients, or at Ctrl+C.
 *
 * Change what stands between each TODO(n) and its END; README.md tells the
 * task, lessons/09-overlapped-read the way.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/ipc/synchronous-and-overlapped-input-and-output
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** Tells whether an operation failed because the client has left. */
static bool client_left(DWORD error)
{
    return error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA
           || error == ERROR_PIPE_NOT_CONNECTED;
}

/** Tells whether a call has begun an operation: done, pending, or in part. */
static bool has_begun(DWORD error)
{
    return error == ERROR_SUCCESS || error == ERROR_IO_PENDING
           || error == ERROR_MORE_DATA;
}

/**
 * Waits until an operation that has begun is over, and says how it ended. Then
 * the system has let go of the structure and of the buffer.
 */
static DWORD finish(
    HANDLE pipe, OVERLAPPED *operation, DWORD error, DWORD wait_ms,
    DWORD *bytes)
{
    /* TODO(2): wait until the deadline; be sure that it is over then. */
    (void)error;
    WaitForSingleObject(operation->hEvent, wait_ms);
    if (GetOverlappedResult(pipe, operation, bytes, FALSE))
        return ERROR_SUCCESS;
    /* It is still under way: give it up. */
    if (GetLastError() == ERROR_IO_PENDING)
        CancelIoEx(pipe, operation);
    return WAIT_TIMEOUT;
    /* END TODO(2) */
}

/** Waits for a client, for as long as it takes. */
static void accept_client(HANDLE pipe, HANDLE event)
{
    OVERLAPPED operation = {.hEvent = event};
    DWORD unused, error = ERROR_SUCCESS;
    if (!ConnectNamedPipe(pipe, &operation))
        error = GetLastError();

    /* 535 and 232 begin nothing: nobody would ever set the event. */
    if (has_begun(error))
        finish(pipe, &operation, error, INFINITE, &unused);
    else if (error != ERROR_PIPE_CONNECTED && error != ERROR_NO_DATA)
        die("ConnectNamedPipe");
}

/** Reads what comes within @p wait_ms; else gives WAIT_TIMEOUT. */
static DWORD read_within(
    HANDLE pipe, HANDLE event, void *data, DWORD wait_ms, DWORD *bytes_read)
{
    /* TODO(1): begin the read, and tell its three outcomes apart. */
    static OVERLAPPED operation;
    operation.hEvent = event;
    ReadFile(pipe, data, MESSAGE_MAX, bytes_read, &operation);
    return finish(pipe, &operation, ERROR_IO_PENDING, wait_ms, bytes_read);
    /* END TODO(1) */
}

/** Writes; gives WAIT_TIMEOUT when nobody reads it within that time. */
static DWORD write_within(
    HANDLE pipe, HANDLE event, const void *data, DWORD size, DWORD wait_ms)
{
    OVERLAPPED operation = {.hEvent = event};
    DWORD bytes_written, error = ERROR_SUCCESS;
    if (!WriteFile(pipe, data, size, NULL, &operation))
        error = GetLastError();

    if (has_begun(error))
        return finish(pipe, &operation, error, wait_ms, &bytes_written);
    if (!client_left(error))
        die("WriteFile");
    return error;
}

/** Echoes until the client leaves, or is silent twice; says which. */
static const char *serve_client(HANDLE pipe, HANDLE event, DWORD wait_ms)
{
    char data[MESSAGE_MAX];
    for (bool reminded = false;;) {
        DWORD size;
        DWORD error = read_within(pipe, event, data, wait_ms, &size);
        if (client_left(error))
            return "the client has left";
        if (error == WAIT_TIMEOUT && reminded)
            return "silent again: hung up";

        reminded = error == WAIT_TIMEOUT;
        if (reminded) {
            size = (DWORD)strlen(REMINDER);
            memcpy(data, REMINDER, size);
        }
        error = write_within(pipe, event, data, size, wait_ms);
        if (client_left(error))
            return "the client has left";
        if (error == WAIT_TIMEOUT)
            return "the client does not read: hung up";
        printf(reminded ? "silent: asked\n" : "sent %lu bytes back\n", size);
        fflush(stdout);
    }
}

/** Serves one client after another, on one instance. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    char *end = NULL, *last = NULL;
    long wait_ms = argc > 1 ? strtol(argv[1], &end, 10) : 0;
    long clients = argc > 2 ? strtol(argv[2], &last, 10) : 0;  // 0: no limit
    if (argc < 2 || argc > 3 || *end != '\0' || wait_ms <= 0
        || (argc > 2 && (*last != '\0' || clients <= 0))) {
        fprintf(stderr, "usage: server WAIT_MS [CLIENTS]\n");
        return EXIT_USAGE;
    }

    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
        PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        1,            // instances at most
        MESSAGE_MAX,  // output buffer, bytes
        MESSAGE_MAX,  // input buffer, bytes
        1000,         // default time-out, ms
        NULL);        // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");

    /* One is enough: there is never more than one operation under way. */
    HANDLE event = CreateEventW(
        NULL,   // default security
        TRUE,   // manual-reset
        FALSE,  // not set
        NULL);  // no name
    if (event == NULL)
        die("CreateEventW");
    printf("ready\n");
    fflush(stdout);

    for (long served = 0; clients == 0 || served < clients; served++) {
        accept_client(pipe, event);
        printf("%s\n", serve_client(pipe, event, (DWORD)wait_ms));
        fflush(stdout);
        if (!DisconnectNamedPipe(pipe))
            die("DisconnectNamedPipe");
    }
    CloseHandle(event);
    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
