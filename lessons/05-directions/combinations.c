/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Tries each direction of a pipe with each access of a client.
 *
 * Usage: `combinations`: prints which open, and the error of the others.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/named-pipe-open-modes
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

/** A pipe for the trial only. */
#define PIPE_NAME L"\\\\.\\pipe\\pipework-05-nine"

/** What is tried, with the word for it in the table. */
struct choice {
    const char *word;
    DWORD access;
};

static const struct choice SERVERS[] = {
    {"inbound", PIPE_ACCESS_INBOUND},
    {"outbound", PIPE_ACCESS_OUTBOUND},
    {"duplex", PIPE_ACCESS_DUPLEX},
};

static const struct choice CLIENTS[] = {
    {"read", GENERIC_READ},
    {"write", GENERIC_WRITE},
    {"both", GENERIC_READ | GENERIC_WRITE},
};

/** Creates a pipe and opens it: 0, or the error when it is refused. */
static DWORD open_as(DWORD server_access, DWORD client_access)
{
    HANDLE server = CreateNamedPipeW(
        PIPE_NAME,
        server_access,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        1,      // instances at most
        0,      // output buffer: nothing is written
        0,      // input buffer
        0,      // default time-out
        NULL);  // default security
    if (server == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");

    HANDLE client = CreateFileW(
        PIPE_NAME,
        client_access,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // pipes are not created here
        0,              // no flags
        NULL);          // no template
    DWORD error = 0;
    if (client != INVALID_HANDLE_VALUE)
        CloseHandle(client);
    else {
        error = GetLastError();
        if (error != ERROR_ACCESS_DENIED)
            die("CreateFileW");
    }
    CloseHandle(server);
    return error;
}

/** Prints the table. */
int main(void)
{
    use_utf8_console();

    printf("server   ");
    for (size_t k = 0; k < ARRAYSIZE(CLIENTS); k++)
        printf(" %8s", CLIENTS[k].word);
    printf("\n");

    for (size_t i = 0; i < ARRAYSIZE(SERVERS); i++) {
        printf("%-9s", SERVERS[i].word);
        for (size_t k = 0; k < ARRAYSIZE(CLIENTS); k++) {
            DWORD error = open_as(SERVERS[i].access, CLIENTS[k].access);
            if (error == 0)
                printf(" %8s", "opens");
            else
                printf(" %8lu", error);
        }
        printf("\n");
    }
    fflush(stdout);
    return EXIT_SUCCESS;
}
