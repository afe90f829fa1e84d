/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe server: one thread and one completion port for all clients.
 *
 * Usage: `server [CLIENTS]`: ends after so many clients, or at Ctrl+C.
 *
 * Read main first, then dequeue, go_on and begin_read.
 *
 * @see https://learn.microsoft.com/windows/win32/fileio/i-o-completion-ports
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** What the operation of a client is. */
enum state { CONNECTING, READING, WRITING };

/** A client, or the instance that waits for one. */
struct client {
    OVERLAPPED operation;  // there is one at a time
    enum state state;
    DWORD error;  // of an operation that has no packet of its own
    HANDLE pipe;
    DWORD filled, sent;        // bytes in data; how many of them went back
    unsigned long long total;  // bytes that went back in all
    long number;
    struct client *previous, *next;
    char data[MESSAGE_MAX];
};

static HANDLE port;
static struct client *clients;   // all of them
static struct client *waiting;   // the one that has not come yet
static long came, client_limit;  // how many did, and may; 0: no limit
static bool stopping;            // Ctrl+C was pressed

/** Queues the packet that the system does not queue. */
static void post(struct client *client, DWORD error)
{
    client->error = error;
    if (!PostQueuedCompletionStatus(
            port,
            0,  // bytes
            (ULONG_PTR)client,
            &client->operation))
        die("PostQueuedCompletionStatus");
}

/** Begins to wait for a client. */
static void begin_connect(struct client *client)
{
    client->state = CONNECTING;
    if (ConnectNamedPipe(client->pipe, &client->operation))
        return;  // there is a packet
    DWORD error = GetLastError();
    /* 535: it came before the call.  232: it has left again, too, and what it
     * wrote can still be read. */
    if (error == ERROR_PIPE_CONNECTED || error == ERROR_NO_DATA)
        post(client, ERROR_SUCCESS);
    else if (error != ERROR_IO_PENDING)
        post(client, error);
}

/** Begins to read. */
static void begin_read(struct client *client)
{
    client->state = READING;
    client->operation = (OVERLAPPED){0};
    if (!ReadFile(
            client->pipe,
            client->data,
            sizeof client->data,
            NULL,  // the packet has the count
            &client->operation)
        && GetLastError() != ERROR_IO_PENDING)
        post(client, GetLastError());
}

/** Begins to send back what has not gone back yet. */
static void begin_write(struct client *client)
{
    client->state = WRITING;
    client->operation = (OVERLAPPED){0};
    if (!WriteFile(
            client->pipe,
            client->data + client->sent,
            client->filled - client->sent,
            NULL,  // the packet has the count
            &client->operation)
        && GetLastError() != ERROR_IO_PENDING)
        post(client, GetLastError());
}

/** Makes an instance whose packets have its client as their key. */
static HANDLE create_instance(struct client *client)
{
    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        MESSAGE_MAX,  // output buffer, bytes
        MESSAGE_MAX,  // input buffer, bytes
        0,            // default time-out
        NULL);        // default security
    if (pipe == INVALID_HANDLE_VALUE) {
        report_error("CreateNamedPipeW", GetLastError());
        return NULL;
    }
    if (CreateIoCompletionPort(pipe, port, (ULONG_PTR)client, 0) == NULL) {
        report_error("CreateIoCompletionPort", GetLastError());
        CloseHandle(pipe);
        return NULL;
    }
    return pipe;
}

/** Lets one more client come; without room for it, serves those that came. */
static void open_next(void)
{
    if (stopping || waiting != NULL
        || (client_limit > 0 && came == client_limit))
        return;
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        report_error("calloc", ERROR_NOT_ENOUGH_MEMORY);
        return;
    }
    client->pipe = create_instance(client);
    if (client->pipe == NULL) {
        free(client);
        return;
    }
    client->next = clients;
    if (clients != NULL)
        clients->previous = client;
    clients = waiting = client;
    begin_connect(client);
}

/** Ends a client of which nothing is under way any more. */
static void end_client(struct client *client, DWORD error)
{
    static const char *const calls[] = {
        "ConnectNamedPipe",
        "ReadFile",
        "WriteFile"};
    if (error != ERROR_SUCCESS && error != ERROR_BROKEN_PIPE
        && error != ERROR_NO_DATA && error != ERROR_PIPE_NOT_CONNECTED
        && !(stopping && error == ERROR_OPERATION_ABORTED))
        report_error(calls[client->state], error);
    if (client->number > 0) {
        printf(
            "client %ld is gone: %llu bytes\n",
            client->number,
            client->total);
        fflush(stdout);
    }

    if (client->previous != NULL)
        client->previous->next = client->next;
    else
        clients = client->next;
    if (client->next != NULL)
        client->next->previous = client->previous;
    if (client != waiting)
        open_next();  // there may be room again
    else
        waiting = NULL;
    CloseHandle(client->pipe);
    free(client);
}

/** Goes on with a client whose operation has succeeded. */
static void go_on(struct client *client, DWORD bytes)
{
    switch (client->state) {
    case CONNECTING:
        client->number = ++came;
        waiting = NULL;
        open_next();  // first: there must always be an instance to open
        break;
    case READING:
        client->filled = bytes;
        client->sent = 0;
        break;
    case WRITING:
        client->sent += bytes;
        client->total += bytes;
        break;
    }
    if (client->sent < client->filled)
        begin_write(client);
    else
        begin_read(client);
}

/** Asks for the end of every operation. */
static void stop(void)
{
    stopping = true;
    for (struct client *client = clients; client != NULL; client = client->next)
        if (!CancelIoEx(client->pipe, &client->operation)
            && GetLastError() != ERROR_NOT_FOUND)  // its packet is queued
            die("CancelIoEx");
}

/** Waits for a packet, and does what it asks for. */
static void dequeue(void)
{
    DWORD bytes, error = ERROR_SUCCESS;
    ULONG_PTR key;
    OVERLAPPED *operation;
    if (!GetQueuedCompletionStatus(port, &bytes, &key, &operation, INFINITE)) {
        if (operation == NULL)  // then bytes and key are nothing
            die("GetQueuedCompletionStatus");
        error = GetLastError();  // of the operation
    }

    struct client *client = (struct client *)key;
    if (client == NULL) {
        stop();
        return;
    }
    if (error == ERROR_SUCCESS)
        error = client->error;
    if (error != ERROR_SUCCESS || stopping)
        end_client(client, error);
    else
        go_on(client, bytes);
}

/** Windows calls this at Ctrl+C, on a thread of its own. */
static BOOL WINAPI on_ctrl_c(DWORD event)
{
    (void)event;
    if (!PostQueuedCompletionStatus(port, 0, 0, NULL))
        die("PostQueuedCompletionStatus");
    return TRUE;
}

/** Serves all clients, one packet after another. */
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

    port = CreateIoCompletionPort(
        INVALID_HANDLE_VALUE,  // a port, no pipe yet
        NULL,                  // a new one
        0,                     // no key
        1);                    // one thread at a time
    if (port == NULL)
        die("CreateIoCompletionPort");
    if (!SetConsoleCtrlHandler(on_ctrl_c, TRUE))
        die("SetConsoleCtrlHandler");
    open_next();
    if (waiting == NULL)
        return EXIT_FAILURE;
    printf("ready\n");
    fflush(stdout);

    while (clients != NULL)
        dequeue();

    if (!SetConsoleCtrlHandler(on_ctrl_c, FALSE))
        die("SetConsoleCtrlHandler");
    CloseHandle(port);
    return stopping || came == client_limit ? EXIT_SUCCESS : EXIT_FAILURE;
}
