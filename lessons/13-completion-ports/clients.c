/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The clients of the server: one instance of the pipe for each.
 *
 * Nothing here knows of the port.
 */
#include <stdlib.h>
#include <windows.h>

#include "clients.h"
#include "common/error.h"
#include "protocol.h"

struct client *all_clients;

struct client *add_client(void)
{
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        report_error("calloc", ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }

    client->pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        MESSAGE_MAX,  // output buffer, bytes
        MESSAGE_MAX,  // input buffer, bytes
        0,            // default time-out
        NULL);        // default security
    if (client->pipe == INVALID_HANDLE_VALUE) {
        report_error("CreateNamedPipeW", GetLastError());
        free(client);
        return NULL;
    }

    client->next = all_clients;
    all_clients = client;
    return client;
}

void remove_client(struct client *client)
{
    struct client **link = &all_clients;
    while (*link != NULL && *link != client)
        link = &(*link)->next;
    if (*link != NULL)
        *link = client->next;
    CloseHandle(client->pipe);
    free(client);
}
