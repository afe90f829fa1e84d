/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe server: one thread and one completion port for all clients.
 *
 * Usage: `server [CLIENTS]`: ends after that many clients, or at Ctrl+C.
 *
 * Read clients.h first, then main, dequeue, go_on and begin_read.
 *
 * @see https://learn.microsoft.com/windows/win32/fileio/i-o-completion-ports
 */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "clients.h"
#include "common/console.h"
#include "common/error.h"

static HANDLE port;
static struct client *waiting;  // the one that has not come yet, or NULL
static long came, client_limit = LONG_MAX;  // how many did, and how many may
static bool stopping;                       // Ctrl+C was pressed

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

/** Begins to wait for a client. Whatever comes of it, one packet tells. */
static void begin_connect(struct client *client)
{
    client->state = CONNECTING;
    client->operation = (OVERLAPPED){0};
    /* TODO(1): wait for a client, by ConnectNamedPipe. Whatever it says,
     * exactly one packet comes: where the system queues none, `post` one, with
     * 0 if a client was there, and with the code if it failed. */
    if (!ConnectNamedPipe(client->pipe, &client->operation)) {
        DWORD error = GetLastError();
        /* 535: it came before the call.  232: it has left again, too, and what
         * it wrote can still be read. */
        if (error == ERROR_PIPE_CONNECTED || error == ERROR_NO_DATA)
            post(client, ERROR_SUCCESS);
        else if (error != ERROR_IO_PENDING)
            post(client, error);
    }
    /* END TODO(1) */
}

/** Lets one more client come, unless it was the last. Where that fails, those
 * that are there are served on. */
static void open_next(void)
{
    if (stopping || came == client_limit)
        return;
    struct client *client = add_client();
    if (client == NULL)
        return;
    /* From now on this client is the key of each packet of its pipe. */
    if (CreateIoCompletionPort(
            client->pipe,
            port,
            (ULONG_PTR)client,
            0)  // ignored: the port is there
        == NULL) {
        report_error("CreateIoCompletionPort", GetLastError());
        remove_client(client);
        return;
    }
    waiting = client;
    begin_connect(client);
}

/** Tells whether an operation of a client ends so although nothing is wrong. */
static bool is_expected(const struct client *client, DWORD error)
{
    if (stopping && error == ERROR_OPERATION_ABORTED)
        return true;
    return error == ERROR_SUCCESS
           || (client->state != CONNECTING
               && (error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA
                   || error == ERROR_PIPE_NOT_CONNECTED));
}

/** Ends a client whose last packet was dequeued. */
static void end_client(struct client *client, DWORD error)
{
    static const char *const calls[] = {
        [CONNECTING] = "ConnectNamedPipe",
        [READING] = "ReadFile",
        [WRITING] = "WriteFile"};
    if (!is_expected(client, error))
        report_error(calls[client->state], error);
    bool had_come = client != waiting;
    if (had_come) {
        printf(
            "client %ld is gone: %llu bytes\n",
            client->number,
            client->total);
        fflush(stdout);
    }

    remove_client(client);
    if (!had_come)
        waiting = NULL;
    else if (waiting == NULL)
        open_next();  // there may be room for one again
}

/** Begins to read. Whatever comes of it, one packet tells. */
static void begin_read(struct client *client)
{
    client->state = READING;
    client->operation = (OVERLAPPED){0};
    /* TODO(2): read, by ReadFile. Whatever it says, exactly one packet comes:
     * the system's, or yours. */
    if (!ReadFile(
            client->pipe,
            client->data,
            MESSAGE_MAX,
            NULL,  // the packet has the count
            &client->operation)) {
        DWORD error = GetLastError();
        if (error != ERROR_IO_PENDING && error != ERROR_MORE_DATA)
            post(client, error);
    }
    /* END TODO(2) */
}

/** Begins to send back what has not gone back yet; likewise. */
static void begin_write(struct client *client)
{
    client->state = WRITING;
    client->operation = (OVERLAPPED){0};
    /* TODO(3): send data from `sent` to `filled`, by WriteFile. Whatever it
     * says, exactly one packet comes. */
    if (!WriteFile(
            client->pipe,
            client->data + client->sent,
            client->filled - client->sent,
            NULL,  // the packet has the count
            &client->operation)
        && GetLastError() != ERROR_IO_PENDING)
        post(client, GetLastError());
    /* END TODO(3) */
}

/** The operation of a client has succeeded: begins the next one. */
static void go_on(struct client *client, DWORD bytes)
{
    switch (client->state) {
    case CONNECTING:
        client->number = ++came;
        waiting = NULL;
        open_next();  // first: there must always be one to open
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

/** Ctrl+C: asks for the end of each operation. Its packet still comes. */
static void stop(void)
{
    /* TODO(4): set `stopping` and ask for the end of the operation of each
     * client. Free nothing here: `dequeue` ends each client with its last
     * packet. */
    stopping = true;
    for (struct client *client = all_clients; client != NULL;
         client = client->next)
        if (!CancelIoEx(client->pipe, &client->operation)
            && GetLastError() != ERROR_NOT_FOUND)  // it has ended by itself
            die("CancelIoEx");
    /* END TODO(4) */
}

/** Waits for one packet, and does what is to be done next. */
static void dequeue(void)
{
    DWORD bytes, error = ERROR_SUCCESS;
    ULONG_PTR key;
    OVERLAPPED *operation;
    if (!GetQueuedCompletionStatus(port, &bytes, &key, &operation, INFINITE)) {
        error = GetLastError();
        if (operation == NULL)  // no packet: bytes and key hold nothing
            die("GetQueuedCompletionStatus");
    }

    struct client *client = (struct client *)key;
    if (client == NULL) {
        stop();
        return;
    }
    if (client->error != ERROR_SUCCESS)
        error = client->error;  // it comes with a packet of our own
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
    return TRUE;  // it is handled: the process goes on
}

/** Makes the port and the first instance, then serves one packet at a time. */
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
        INVALID_HANDLE_VALUE,  // no pipe yet
        NULL,                  // a new port
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

    while (all_clients != NULL)
        dequeue();

    if (!SetConsoleCtrlHandler(on_ctrl_c, FALSE))
        die("SetConsoleCtrlHandler");
    CloseHandle(port);
    return stopping || came == client_limit ? EXIT_SUCCESS : EXIT_FAILURE;
}
