/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe server for many clients in one thread, which Windows calls
 * back when a read or a write is over.
 *
 * Usage: `server [CLIENTS]`: ends after so many clients, or at Ctrl+C.
 *
 * Read main first, then accept_client, and from go_on upwards.
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

/**
 * A client that is connected. At any time exactly one operation of it is under
 * way, or over with its routine still to run: whoever is in the list will be
 * called back once.
 */
struct client {
    OVERLAPPED operation;  // first: its address is the client's
    HANDLE pipe;
    struct client *next, *previous;
    long number;                // 1 for the first that came
    unsigned long long echoed;  // bytes, in all
    DWORD size;                 // bytes in data
    DWORD written;              // how many of them are sent
    char data[MESSAGE_MAX];
};

static struct client *clients;  // all that are connected
static long client_count;       // how many have come
static long client_limit;       // 0: none

/* The instance that waits for the next client; NULL after the last one. */
static HANDLE next_pipe;
static OVERLAPPED connecting;
static bool came_early;  // before ConnectNamedPipe, which began nothing

static atomic_bool stopping;  // Ctrl+C was pressed:
static HANDLE stop_event;     // wakes main then

/** Forgets a client whose last routine has run, or will never run. */
static void close_client(struct client *client, const char *call, DWORD error)
{
    if (error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA
        || error == ERROR_PIPE_NOT_CONNECTED)
        printf(
            "client %ld has left: %llu bytes\n",
            client->number,
            client->echoed);
    else if (!stopping)
        report_error(call, error);
    fflush(stdout);

    if (client->next != NULL)
        client->next->previous = client->previous;
    if (client->previous != NULL)
        client->previous->next = client->next;
    else
        clients = client->next;
    CloseHandle(client->pipe);
    free(client);
}

static void begin_read(struct client *client);
static void begin_write(struct client *client);
static void accept_client(void);

/** The system calls this when a read is over, in an alertable wait. */
static void CALLBACK on_read(DWORD error, DWORD bytes, OVERLAPPED *operation)
{
    struct client *client = (struct client *)operation;
    client->size = bytes;
    client->written = 0;
    if (error != ERROR_SUCCESS || stopping)
        close_client(client, "ReadFileEx", error);
    else if (bytes == 0)
        begin_read(client);
    else
        begin_write(client);
}

/** The same for a write, which may have taken a part of it only. */
static void CALLBACK on_write(DWORD error, DWORD bytes, OVERLAPPED *operation)
{
    struct client *client = (struct client *)operation;
    client->written += bytes;
    client->echoed += bytes;
    if (error != ERROR_SUCCESS || stopping)
        close_client(client, "WriteFileEx", error);
    else if (client->written < client->size)
        begin_write(client);
    else
        begin_read(client);
    accept_client();
}

/** Begins to read; on_read goes on. */
static void begin_read(struct client *client)
{
    if (!ReadFileEx(
            client->pipe,
            client->data,
            MESSAGE_MAX,
            &client->operation,
            on_read))
        close_client(client, "ReadFileEx", GetLastError());
}

/** Begins to write what is not sent yet; on_write goes on. */
static void begin_write(struct client *client)
{
    if (!WriteFileEx(
            client->pipe,
            client->data + client->written,
            client->size - client->written,
            &client->operation,
            on_write))
        close_client(client, "WriteFileEx", GetLastError());
}

/** Makes one more instance, and waits for its client without waiting. */
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
        if (came_early && !SetEvent(connecting.hEvent))
            die("SetEvent");
    }
}

/** If a client has come: begins to wait for the next one, then serves it. */
static void accept_client(void)
{
    DWORD unused;
    if (next_pipe == NULL || stopping
        || (!came_early && !HasOverlappedIoCompleted(&connecting)))
        return;
    if (!came_early
        && !GetOverlappedResult(next_pipe, &connecting, &unused, FALSE))
        die("GetOverlappedResult");

    struct client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        report_error("calloc", ERROR_NOT_ENOUGH_MEMORY);
        exit(EXIT_FAILURE);
    }
    client->number = ++client_count;
    client->pipe = next_pipe;
    client->next = clients;
    if (clients != NULL)
        clients->previous = client;
    clients = client;

    if (client_count == client_limit)
        next_pipe = NULL;
    else
        listen_for_next();
    begin_read(client);
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

/** Ends every operation, and waits until each routine has run. */
static void stop(void)
{
    DWORD unused;
    if (next_pipe != NULL) {
        if (!CancelIoEx(next_pipe, &connecting)
            && GetLastError() != ERROR_NOT_FOUND)
            die("CancelIoEx");
        if (!came_early
            && !GetOverlappedResult(next_pipe, &connecting, &unused, TRUE)
            && GetLastError() != ERROR_OPERATION_ABORTED)
            die("GetOverlappedResult");
        CloseHandle(next_pipe);
    }
    for (struct client *c = clients; c != NULL; c = c->next)
        if (!CancelIoEx(c->pipe, &c->operation)
            && GetLastError() != ERROR_NOT_FOUND)
            die("CancelIoEx");
    while (clients != NULL)
        SleepEx(INFINITE, TRUE);
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

/** Waits for clients; all the rest is done by the routines. */
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
            next_pipe != NULL ? 2 : 1,
            events,
            FALSE,  // any of them
            INFINITE,
            TRUE);  // alertable: here the routines run
        if (wait == WAIT_FAILED)
            die("WaitForMultipleObjectsEx");
        accept_client();
    }
    stop();

    if (!SetConsoleCtrlHandler(on_ctrl_c, FALSE))
        die("SetConsoleCtrlHandler");
    CloseHandle(connecting.hEvent);
    CloseHandle(stop_event);
    return EXIT_SUCCESS;
}
