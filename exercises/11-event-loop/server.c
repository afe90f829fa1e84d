/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 11: one thread that serves many clients, all of them alike.
 *
 * Usage: `server [CLIENTS]`: ends when that many clients have left, or at
 * Ctrl+C.
 *
 * Change what stands between each TODO(n) and its END; README.md tells the
 * task, lessons/11-event-loop the way.
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

/* TODO(1): how many clients can one thread serve at a time? */
enum { CLIENTS_MAX = 100 };
/* END TODO(1) */

/** An instance of the pipe. There is always one operation under way on it. */
struct connection {
    HANDLE pipe;
    enum { CONNECTING, READING, WRITING } state;
    OVERLAPPED operation;      // the one under way, with an event of its own
    const char *call;          // which call began it,
    DWORD begun;               // and with what code
    DWORD size, sent;          // bytes in data, and how many are sent back
    unsigned long long total;  // sent back since the client came
    char data[MESSAGE_MAX];
};

static struct connection connections[CLIENTS_MAX];
static DWORD connection_count;  // how many there are; they only get more
static DWORD connecting_count;  // how many of them wait for a client
static long left_count;         // how many clients have come and left
static HANDLE stop_event;       // set at Ctrl+C

/** Reports a failure, unless the client has left or we have cancelled. */
static void report_failure(const char *call, DWORD error)
{
    if (error != ERROR_BROKEN_PIPE && error != ERROR_NO_DATA
        && error != ERROR_PIPE_NOT_CONNECTED
        && error != ERROR_OPERATION_ABORTED)
        report_error(call, error);
}

/** Parts from a client, so that the instance can take the next one. */
static void hang_up(struct connection *c)
{
    printf("a client has left: %llu bytes\n", c->total);
    fflush(stdout);
    left_count++;

    if (!DisconnectNamedPipe(c->pipe))
        die("DisconnectNamedPipe");
    c->state = CONNECTING;
    connecting_count++;
}

/** Moves on to the next state, when an operation has ended so. */
static void next_state(struct connection *c, DWORD error, DWORD bytes)
{
    if (error != ERROR_SUCCESS && c->state != CONNECTING) {
        report_failure(c->call, error);
        hang_up(c);
        return;
    }
    switch (c->state) {
    case CONNECTING:
        /* TODO(2): which codes say that a client has come? */
        if (error != ERROR_SUCCESS && error != ERROR_PIPE_CONNECTED) {
            report_error(c->call, error);
            exit(EXIT_FAILURE);
        }
        /* END TODO(2) */
        connecting_count--;
        c->total = 0;
        c->state = READING;
        break;
    case READING:
        c->size = bytes;
        c->sent = 0;
        c->state = WRITING;
        break;
    case WRITING:
        c->sent += bytes;
        c->total += bytes;
        if (c->sent == c->size)
            c->state = READING;
        break;
    }
}

/** Begins the operation of the state.  The call resets the event. */
static void begin(struct connection *c)
{
    BOOL done = FALSE;
    switch (c->state) {
    case CONNECTING:
        c->call = "ConnectNamedPipe";
        done = ConnectNamedPipe(c->pipe, &c->operation);
        break;
    case READING:
        c->call = "ReadFile";
        done = ReadFile(c->pipe, c->data, MESSAGE_MAX, NULL, &c->operation);
        break;
    case WRITING:
        c->call = "WriteFile";
        done = WriteFile(
            c->pipe,
            c->data + c->sent,
            c->size - c->sent,
            NULL,  // the count comes with the result
            &c->operation);
        break;
    }
    c->begun = done ? ERROR_SUCCESS : GetLastError();
}

/** Says how the operation has ended, and how many bytes it moved. */
static DWORD finish(struct connection *c, DWORD *bytes)
{
    *bytes = 0;
    if (c->begun != ERROR_SUCCESS && c->begun != ERROR_IO_PENDING)
        return c->begun;  // it failed at once: there is nothing to collect

    if (GetOverlappedResult(c->pipe, &c->operation, bytes, FALSE))
        return ERROR_SUCCESS;
    c->call = "GetOverlappedResult";
    return GetLastError();
}

/** Goes on with a connection whose operation is over, for one turn. */
static void take_turn(struct connection *c)
{
    /* TODO(3): go on while nobody else would, and no longer. */
    do {
        DWORD bytes;
        DWORD error = finish(c, &bytes);
        next_state(c, error, bytes);
        begin(c);
    } while (c->begun != ERROR_IO_PENDING);
    /* END TODO(3) */
}

/* TODO(4): wait, and give a turn to everybody whose turn it is. */
/** Waits until an operation is over, and gives a turn to its client.  Returns
 * false at Ctrl+C. */
static bool serve_round(void)
{
    HANDLE events[1 + CLIENTS_MAX] = {stop_event};
    for (DWORD i = 0; i < connection_count; i++)
        events[1 + i] = connections[i].operation.hEvent;
    DWORD result =
        WaitForMultipleObjects(1 + connection_count, events, FALSE, INFINITE);
    if (result == WAIT_FAILED)
        die("WaitForMultipleObjects");
    if (result == WAIT_OBJECT_0)
        return false;
    for (DWORD i = 0; i < connection_count; i++)
        if (result == WAIT_OBJECT_0 + 1 + i)
            take_turn(&connections[i]);
    return true;
}
/* END TODO(4) */

/** Creates one more instance, and begins to wait for its client. */
static void add_connection(void)
{
    struct connection *c = &connections[connection_count++];
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
    connecting_count++;
    begin(c);
    if (c->begun != ERROR_IO_PENDING)
        take_turn(c);  // its client is quicker than we are
}

/** Ends the operation that is under way, and closes the instance. */
static void close_connection(struct connection *c)
{
    DWORD bytes;
    if (!CancelIoEx(c->pipe, &c->operation)
        && GetLastError() != ERROR_NOT_FOUND)
        die("CancelIoEx");
    if (!GetOverlappedResult(c->pipe, &c->operation, &bytes, TRUE))
        report_failure("GetOverlappedResult", GetLastError());
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

/** Serves whoever comes, with always one instance more than clients. */
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

    stop_event = CreateEventW(NULL, TRUE /* stays set */, FALSE, NULL);
    if (stop_event == NULL)
        die("CreateEventW");
    if (!SetConsoleCtrlHandler(on_ctrl_c, TRUE))
        die("SetConsoleCtrlHandler");
    add_connection();
    printf("ready\n");
    fflush(stdout);

    while ((client_limit == 0 || left_count < client_limit) && serve_round())
        while (connecting_count == 0 && connection_count < CLIENTS_MAX)
            add_connection();

    for (DWORD i = 0; i < connection_count; i++)
        close_connection(&connections[i]);
    if (!SetConsoleCtrlHandler(on_ctrl_c, FALSE))
        die("SetConsoleCtrlHandler");
    CloseHandle(stop_event);
    return EXIT_SUCCESS;
}
