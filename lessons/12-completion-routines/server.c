/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe server for many clients in one thread: Windows calls it
 * back when a read or a write is over.
 *
 * Usage: `server [CLIENTS]`: ends after that many clients, or at Ctrl+C.
 *
 * Read main first, then accept_client, go_on, on_read, on_write and stop.
 *
 * @see https://learn.microsoft.com/windows/win32/fileio/alertable-i-o
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** A client that is connected. Exactly one operation of it is under way, or
 * over with its routine still to run: each will be called back once more. */
struct client {
    OVERLAPPED operation;  // first: its address is the client's, too
    HANDLE pipe;
    long number;                     // 1 is the first that came
    unsigned long long echoed;       // bytes, in all
    DWORD size;                      // bytes that were read
    DWORD written;                   // how many of them are sent back
    struct client *next, *previous;  // in the list of all clients
    char data[MESSAGE_MAX];
};

static struct client *clients;  // the list
static long client_count;       // how many have come
static long client_limit;       // 0: none

static HANDLE next_pipe;       // the instance for the next client, or NULL
static OVERLAPPED connecting;  // its ConnectNamedPipe,
static bool came_early;        // unless the client came before that

static atomic_bool stopping;  // Ctrl+C was pressed:
static HANDLE stop_event;     // wakes main then

static void CALLBACK on_read(DWORD error, DWORD bytes, OVERLAPPED *operation);
static void CALLBACK on_write(DWORD error, DWORD bytes, OVERLAPPED *operation);

/** Forgets a client of which nothing is under way; says why, if need be. */
static void close_client(struct client *client, const char *call, DWORD error)
{
    if (error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA
        || error == ERROR_PIPE_NOT_CONNECTED) {
        long number = client->number;
        printf("client %ld has left: %llu bytes\n", number, client->echoed);
        fflush(stdout);
    } else if (!stopping)
        report_error(call, error);

    if (client->next != NULL)
        client->next->previous = client->previous;
    if (client->previous != NULL)
        client->previous->next = client->next;
    else
        clients = client->next;
    CloseHandle(client->pipe);
    free(client);
}

/** Begins what comes next: to write what is left of the echo, or to read. What
 * fails at once has not begun, and calls nobody back. */
static void go_on(struct client *client, const char *call, DWORD error)
{
    if (error != ERROR_SUCCESS || stopping) {
        close_client(client, call, error);
        return;
    }
    if (client->written < client->size) {
        if (!WriteFileEx(
                client->pipe,
                client->data + client->written,
                client->size - client->written,
                &client->operation,
                on_write))
            close_client(client, "WriteFileEx", GetLastError());
        return;
    }
    if (!ReadFileEx(
            client->pipe,
            client->data,
            MESSAGE_MAX,
            &client->operation,
            on_read))
        close_client(client, "ReadFileEx", GetLastError());
}

/** Makes one more instance and begins to wait for its client. */
static void listen_for_next(void)
{
    next_pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        MESSAGE_MAX,  // output buffer, bytes
        MESSAGE_MAX,  // input buffer, bytes
        0,            // default time-out
        NULL);        // default security
    if (next_pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");

    came_early = false;
    if (!ConnectNamedPipe(next_pipe, &connecting)) {
        DWORD error = GetLastError();
        came_early = error == ERROR_PIPE_CONNECTED || error == ERROR_NO_DATA;
        if (!came_early && error != ERROR_IO_PENDING)
            die("ConnectNamedPipe");
        /* Nothing has begun that would set the event. */
        if (came_early && !SetEvent(connecting.hEvent))
            die("SetEvent");
    }
}

/** If a client has come: waits for the next one, then serves it. */
static void accept_client(void)
{
    if (next_pipe == NULL || stopping
        || (!came_early && !HasOverlappedIoCompleted(&connecting)))
        return;
    DWORD unused;
    if (!came_early
        && !GetOverlappedResult(next_pipe, &connecting, &unused, FALSE))
        die("GetOverlappedResult");

    struct client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        report_error("calloc", ERROR_NOT_ENOUGH_MEMORY);
        exit(EXIT_FAILURE);
    }
    client->pipe = next_pipe;
    client->number = ++client_count;
    client->next = clients;
    if (clients != NULL)
        clients->previous = client;
    clients = client;

    if (client_count == client_limit)
        next_pipe = NULL;
    else
        listen_for_next();
    go_on(client, "ConnectNamedPipe", ERROR_SUCCESS);
}

/** A read is over, says the system, in an alertable wait of this thread. */
static void CALLBACK on_read(DWORD error, DWORD bytes, OVERLAPPED *operation)
{
    struct client *client = (struct client *)operation;
    client->size = bytes;
    client->written = 0;
    go_on(client, "ReadFileEx", error);

    /* The wait goes on while routines are queued: main may not come to it. */
    accept_client();
}

/** A write is over; it may have taken a part only. */
static void CALLBACK on_write(DWORD error, DWORD bytes, OVERLAPPED *operation)
{
    struct client *client = (struct client *)operation;
    client->written += bytes;
    client->echoed += bytes;
    go_on(client, "WriteFileEx", error);
}

/** Windows calls this at Ctrl+C, on a thread of its own. */
static BOOL WINAPI on_ctrl_c(DWORD event)
{
    (void)event;
    stopping = true;
    if (!SetEvent(stop_event))
        die("SetEvent");
    return TRUE;  // it is handled: the process goes on
}

/** Cancels whatever is under way, and waits until all of it is over. */
static void stop(void)
{
    for (struct client *client = clients; client != NULL; client = client->next)
        if (!CancelIoEx(client->pipe, &client->operation)
            && GetLastError() != ERROR_NOT_FOUND)
            die("CancelIoEx");

    /* To cancel is to ask: each routine runs once more, and only that frees
     * the client. */
    while (clients != NULL)
        SleepEx(INFINITE, TRUE /* alertable */);

    if (next_pipe == NULL)
        return;
    if (!came_early) {
        DWORD unused;
        if (!CancelIoEx(next_pipe, &connecting)
            && GetLastError() != ERROR_NOT_FOUND)
            die("CancelIoEx");
        if (!GetOverlappedResult(next_pipe, &connecting, &unused, TRUE)
            && GetLastError() != ERROR_OPERATION_ABORTED)
            die("GetOverlappedResult");
    }
    CloseHandle(next_pipe);
}

/** Makes an event that stays set. */
static HANDLE create_event(void)
{
    HANDLE event = CreateEventW(
        NULL,   // default security
        TRUE,   // manual-reset
        FALSE,  // not set
        NULL);  // no name
    if (event == NULL)
        die("CreateEventW");
    return event;
}

/** Waits, and accepts clients; the routines do the rest, inside the wait. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    if (argc > 1) {
        char *end;
        client_limit = strtol(argv[1], &end, 10);
        if (argc > 2 || *end != '\0' || client_limit <= 0) {
            fprintf(stderr, "usage: server [CLIENTS]\n");
            return EXIT_USAGE;
        }
    }

    stop_event = create_event();
    connecting.hEvent = create_event();
    if (!SetConsoleCtrlHandler(on_ctrl_c, TRUE))
        die("SetConsoleCtrlHandler");
    listen_for_next();
    printf("ready\n");
    fflush(stdout);

    HANDLE events[] = {stop_event, connecting.hEvent};
    while (!stopping && (next_pipe != NULL || clients != NULL)) {
        DWORD wait = WaitForMultipleObjectsEx(
            next_pipe != NULL ? 2 : 1,  // how many of them
            events,
            FALSE,  // one is enough
            INFINITE,
            TRUE);  // alertable: the routines run in here
        if (wait == WAIT_FAILED)
            die("WaitForMultipleObjectsEx");

        /* WAIT_IO_COMPLETION: routines have run, no event is set. */
        if (wait == WAIT_OBJECT_0 + 1) {
            accept_client();
            SleepEx(0, TRUE);  // however many come: the routines have a turn
        }
    }
    stop();

    if (!SetConsoleCtrlHandler(on_ctrl_c, FALSE))
        die("SetConsoleCtrlHandler");
    CloseHandle(connecting.hEvent);
    CloseHandle(stop_event);
    return EXIT_SUCCESS;
}
