/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe server: up to 63 clients at a time, and one thread.
 *
 * Usage: `server [CLIENTS]`: ends when so many clients have left, or at Ctrl+C.
 *
 * Read main first, then serve_round, take_turn, next_state and begin.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/ipc/named-pipe-server-using-overlapped-i-o
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** One thread waits for 64 handles at most, and one is the stop event's. */
enum { CLIENTS_MAX = MAXIMUM_WAIT_OBJECTS - 1 };

/** One instance of the pipe, and what it is doing. */
struct connection {
    enum { CONNECTING, READING, WRITING } state;
    HANDLE pipe;
    OVERLAPPED operation;      // the one that is under way, with its event
    DWORD begun;               // what the call that began it said
    DWORD size, sent;          // bytes in the buffer; of these, sent back
    unsigned long long total;  // bytes sent back since the client came
    char data[MESSAGE_MAX];
};

static struct connection connections[CLIENTS_MAX];
static DWORD count;        // of these there are so many,
static DWORD connecting;   // and so many of them wait for a client
static long left;          // so many clients have come and left again
static HANDLE stop_event;  // Ctrl+C was pressed

/** The client is gone, or as good as gone: the instance is for the next. */
static void hang_up(struct connection *c, const char *call, DWORD error)
{
    if (error != ERROR_BROKEN_PIPE && error != ERROR_NO_DATA
        && error != ERROR_PIPE_NOT_CONNECTED)
        report_error(call, error);
    printf("a client has left: %llu bytes\n", c->total);
    fflush(stdout);
    left++;
    if (!DisconnectNamedPipe(c->pipe))
        die("DisconnectNamedPipe");
    c->state = CONNECTING;
    connecting++;
}

/** An operation is over: what is the instance to do next? */
static void next_state(
    struct connection *c, const char *call, DWORD error, DWORD bytes)
{
    switch (c->state) {
    case CONNECTING:
        /* 535: the client came first.  232: it has left again, too, and what
         * it wrote can still be read. */
        if (error != ERROR_SUCCESS && error != ERROR_PIPE_CONNECTED
            && error != ERROR_NO_DATA) {
            report_error(call, error);
            exit(EXIT_FAILURE);
        }
        connecting--;
        c->total = 0;
        c->state = READING;
        break;
    case READING:
        c->size = bytes;
        c->sent = 0;
        c->state = WRITING;
        if (error != ERROR_SUCCESS)
            hang_up(c, call, error);
        break;
    case WRITING:
        c->sent += bytes;
        c->total += bytes;
        if (error != ERROR_SUCCESS)
            hang_up(c, call, error);
        else if (c->sent == c->size)
            c->state = READING;
        break;
    }
}

/** Begins what the state asks for.  The call resets the event; the end of the
 * operation sets it. */
static const char *begin(struct connection *c)
{
    const char *call = NULL;
    BOOL done = FALSE;
    switch (c->state) {
    case CONNECTING:
        call = "ConnectNamedPipe";
        done = ConnectNamedPipe(c->pipe, &c->operation);
        break;
    case READING:
        call = "ReadFile";
        done = ReadFile(c->pipe, c->data, MESSAGE_MAX, NULL, &c->operation);
        break;
    case WRITING:
        call = "WriteFile";
        done = WriteFile(
            c->pipe,
            c->data + c->sent,
            c->size - c->sent,
            NULL,  // the count comes with the result
            &c->operation);
        break;
    }
    c->begun = done ? ERROR_SUCCESS : GetLastError();
    return call;
}

/** Goes on with one instance, whose operation is over, until the next one is
 * pending, or a read is done: then it is the others' turn. */
static void take_turn(struct connection *c)
{
    const char *call = "GetOverlappedResult";
    for (;;) {
        DWORD error = c->begun, bytes = 0;
        if (error == ERROR_SUCCESS || error == ERROR_IO_PENDING) {
            call = "GetOverlappedResult";
            error = ERROR_SUCCESS;
            if (!GetOverlappedResult(c->pipe, &c->operation, &bytes, FALSE))
                error = GetLastError();
        }
        next_state(c, call, error, bytes);
        call = begin(c);
        if (c->begun == ERROR_IO_PENDING
            || (c->begun == ERROR_SUCCESS && c->state == READING))
            return;
    }
}

/** Creates one more instance, which waits for its client. */
static void add_connection(void)
{
    struct connection *c = &connections[count++];
    c->pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        CLIENTS_MAX,  // instances at most
        MESSAGE_MAX,  // output buffer, bytes
        MESSAGE_MAX,  // input buffer, bytes
        0,            // default time-out
        NULL);        // default security
    if (c->pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    c->operation.hEvent = CreateEventW(
        NULL,   // default security
        TRUE,   // manual-reset
        FALSE,  // not set
        NULL);  // no name
    if (c->operation.hEvent == NULL)
        die("CreateEventW");

    c->state = CONNECTING;
    connecting++;
    begin(c);
    if (c->begun != ERROR_IO_PENDING)
        take_turn(c);
}

#ifdef ROTATE
static bool serve_round(void)
{
    static DWORD first;
    HANDLE events[MAXIMUM_WAIT_OBJECTS] = {stop_event};
    for (DWORD i = 0; i < count; i++)
        events[1 + i] = connections[(first + i) % count].operation.hEvent;
    DWORD result = WaitForMultipleObjects(1 + count, events, FALSE, INFINITE);
    if (result == WAIT_FAILED)
        die("WaitForMultipleObjects");
    if (result == WAIT_OBJECT_0)
        return false;
    DWORD turn = (first + result - WAIT_OBJECT_0 - 1) % count;
    first = turn + 1;
    take_turn(&connections[turn]);
    return true;
}
#else
static bool serve_round(void)
{
    static HANDLE events[MAXIMUM_WAIT_OBJECTS];
    events[0] = stop_event;
    for (DWORD i = 0; i < count; i++)
        events[1 + i] = connections[i].operation.hEvent;
    DWORD result = WaitForMultipleObjects(1 + count, events, FALSE, INFINITE);
    if (result == WAIT_FAILED)
        die("WaitForMultipleObjects");
    if (result == WAIT_OBJECT_0)
        return false;
    for (DWORD i = result - WAIT_OBJECT_0 - 1; i < count; i++)
        if (HasOverlappedIoCompleted(&connections[i].operation))
            take_turn(&connections[i]);
    return true;
}
#endif

/** Ends what is under way, and gives everything back. */
static void close_connection(struct connection *c)
{
    DWORD bytes;
    if (!CancelIoEx(c->pipe, &c->operation)
        && GetLastError() != ERROR_NOT_FOUND)
        die("CancelIoEx");
    GetOverlappedResult(c->pipe, &c->operation, &bytes, TRUE);
    CloseHandle(c->pipe);
    CloseHandle(c->operation.hEvent);
}

/** Windows calls this at Ctrl+C, on a thread of its own. */
static BOOL WINAPI on_ctrl_c(DWORD event)
{
    (void)event;
    if (!SetEvent(stop_event))
        die("SetEvent");
    return TRUE;  // it is handled: the process goes on
}

int main(int argc, char *argv[])
{
    use_utf8_console();

    long client_limit = 0;  // none
    if (argc > 1) {
        char *end;
        client_limit = strtol(argv[1], &end, 10);
        if (argc > 2 || *end != '\0' || client_limit <= 0) {
            fprintf(stderr, "usage: server [CLIENTS]\n");
            return EXIT_USAGE;
        }
    }

    stop_event = CreateEventW(NULL, TRUE /* manual */, FALSE, NULL);
    if (stop_event == NULL)
        die("CreateEventW");
    if (!SetConsoleCtrlHandler(on_ctrl_c, TRUE))
        die("SetConsoleCtrlHandler");
    add_connection();
    printf("ready\n");
    fflush(stdout);

    while ((client_limit == 0 || left < client_limit) && serve_round())
        while (connecting == 0 && count < CLIENTS_MAX)
            add_connection();

    while (count > 0)
        close_connection(&connections[--count]);
    CloseHandle(stop_event);
    return EXIT_SUCCESS;
}
