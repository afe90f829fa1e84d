/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Shows when a completion routine runs, and when it does not.
 *
 * Usage: `routines`. Both ends of the pipe are here, in one program.
 *
 * Read main from top to bottom: each line of output is one call that waits.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/minwinbase/nc-minwinbase-lpoverlapped_completion_routine
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** How many bytes one read takes, and how long a wait takes, at most. */
enum { ROOM = 8, WAIT_MS = 20 };

/** One read, and what its routine was told. */
struct reading {
    OVERLAPPED operation;  // first
    char data[ROOM];
    int runs;
    DWORD error, bytes;
};

/** The routine: notes what it is told. */
static void CALLBACK on_read(DWORD error, DWORD bytes, OVERLAPPED *operation)
{
    struct reading *reading = (struct reading *)operation;
    reading->runs++;
    reading->error = error;
    reading->bytes = bytes;
}

/** Prints what a wait gave, and what the routine was told until then. Of a
 * buffer that is full it may be told 0 or 234. */
static void tell(const char *wait, DWORD result, const struct reading *reading)
{
    printf("%-33s %3lu  runs %d", wait, result, reading->runs);
    if (reading->runs > 0 && reading->bytes < ROOM)
        printf(", error %lu, bytes %lu", reading->error, reading->bytes);
    printf("\n");
}

/** Begins to read. FALSE with 234 is a read that has ended, not a failure. */
static void begin_read(HANDLE pipe, struct reading *reading)
{
    memset(reading, 0, sizeof *reading);
    if (!ReadFileEx(pipe, reading->data, ROOM, &reading->operation, on_read)
        && GetLastError() != ERROR_MORE_DATA)
        die("ReadFileEx");
}

/** Another thread, which has not asked for this read, waits alertably. */
static DWORD WINAPI wait_elsewhere(void *argument)
{
    tell("SleepEx in another thread", SleepEx(WAIT_MS, TRUE), argument);
    return EXIT_SUCCESS;
}

/** Opens both ends of a pipe. */
static void open_pipe(DWORD mode, HANDLE *pipe, HANDLE *client)
{
    *pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
        mode | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        MESSAGE_MAX,  // output buffer, bytes
        MESSAGE_MAX,  // input buffer, bytes
        0,            // default time-out
        NULL);        // default security
    if (*pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    *client = CreateFileW(
        PIPE_NAME,
        GENERIC_READ | GENERIC_WRITE,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // pipes are not created here
        0,              // no flags
        NULL);          // no template
    if (*client == INVALID_HANDLE_VALUE)
        die("CreateFileW");
}

/** Writes at the client's end. */
static void send_text(HANDLE client, const char *text)
{
    DWORD bytes;
    if (!WriteFile(client, text, (DWORD)strlen(text), &bytes, NULL))
        die("WriteFile");
}

/** Goes through what can become of a read. */
int main(void)
{
    use_utf8_console();

    static struct reading reading;
    HANDLE pipe, client;
    open_pipe(PIPE_TYPE_BYTE | PIPE_READMODE_BYTE, &pipe, &client);

    begin_read(pipe, &reading);
    send_text(client, "hello");
    Sleep(WAIT_MS);
    tell("Sleep", 0, &reading);
    HANDLE thread = CreateThread(NULL, 0, wait_elsewhere, &reading, 0, NULL);
    if (thread == NULL)
        die("CreateThread");
    if (WaitForSingleObject(thread, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    DWORD result = WaitForSingleObjectEx(thread, INFINITE, TRUE);
    if (result == WAIT_FAILED)
        die("WaitForSingleObjectEx");
    tell("WaitForSingleObjectEx, object set", result, &reading);
    tell("SleepEx", SleepEx(WAIT_MS, TRUE), &reading);
    CloseHandle(thread);

    begin_read(pipe, &reading);
    if (!CancelIoEx(pipe, &reading.operation))
        die("CancelIoEx");
    tell("SleepEx after CancelIoEx", SleepEx(WAIT_MS, TRUE), &reading);

    begin_read(pipe, &reading);
    CloseHandle(client);
    tell("SleepEx, the client has left", SleepEx(WAIT_MS, TRUE), &reading);
    CloseHandle(pipe);

    open_pipe(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, &pipe, &client);
    send_text(client, "hello, world");
    begin_read(pipe, &reading);
    tell("SleepEx, more data (234)", SleepEx(WAIT_MS, TRUE), &reading);
    CloseHandle(client);
    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
