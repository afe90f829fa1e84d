/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe client: orders tickets, and counts those that are lost.
 *
 * Usage: `client prompt|late|mute LETTER...`: one visit for each letter. A late
 * client orders, and reads a second later; a mute one orders, reads nothing,
 * and stays until Enter is pressed.
 *
 * Read server.c first.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/named-pipe-client
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** How long to wait for an instance, and how late a late client is. */
enum { OPEN_MS = 2000, LATE_MS = 1000 };

/** Tells whether a call failed because the server has said goodbye. */
static bool server_left(DWORD error)
{
    return error == ERROR_BROKEN_PIPE /* it has closed: a reader is told */
           || error == ERROR_NO_DATA  /* it has closed: a writer is told */
           || error == ERROR_PIPE_NOT_CONNECTED; /* it has disconnected */
}

/** Opens the pipe, and waits while the server is busy with somebody else. */
static HANDLE open_pipe(void)
{
    for (;;) {
        HANDLE pipe = CreateFileW(
            PIPE_NAME,
            GENERIC_READ | GENERIC_WRITE,
            0,              // no sharing
            NULL,           // default security
            OPEN_EXISTING,  // pipes are not created here
            0,              // no flags
            NULL);          // no template
        if (pipe != INVALID_HANDLE_VALUE)
            return pipe;
        if (GetLastError() != ERROR_PIPE_BUSY)
            die("CreateFileW");
        if (!WaitNamedPipeW(PIPE_NAME, OPEN_MS))
            die("WaitNamedPipeW");
    }
}

/** Reads a ticket. Returns 0, or the code that says that it is lost. */
static DWORD read_ticket(HANDLE pipe, char *ticket)
{
    DWORD received = 0;
    while (received < TICKET_SIZE) {
        DWORD bytes_read;
        if (!ReadFile(
                pipe,
                ticket + received,
                TICKET_SIZE - received,
                &bytes_read,
                NULL)) {
            DWORD error = GetLastError();
            if (!server_left(error))
                die("ReadFile");
            return error;
        }
        received += bytes_read;
    }
    return ERROR_SUCCESS;
}

/** One visit that ends without a ticket. */
static void be_mute(char letter)
{
    HANDLE pipe = open_pipe();
    DWORD bytes_written;
    if (!WriteFile(pipe, &letter, 1, &bytes_written, NULL))
        die("WriteFile");
    printf("%c: ordered; Enter to leave\n", letter);
    fflush(stdout);
    getchar();
    CloseHandle(pipe);
}

/** One visit: order, ticket, thanks. Returns whether the ticket came. */
static bool fetch_ticket(char letter, bool late)
{
    HANDLE pipe = open_pipe();
    DWORD bytes_written;
    if (!WriteFile(pipe, &letter, 1, &bytes_written, NULL))
        die("WriteFile");

    if (late)
        Sleep(LATE_MS);  // stands for other work

    char ticket[TICKET_SIZE];
    DWORD error = read_ticket(pipe, ticket);
    if (error == ERROR_SUCCESS)
        printf("%.*s\n", TICKET_SIZE, ticket);
    else
        printf("%c: lost (error %lu)\n", letter, error);
    fflush(stdout);

    /* Only one of the four goodbyes waits for this. */
    const char thanks = THANKS;
    if (error == ERROR_SUCCESS
        && !WriteFile(pipe, &thanks, 1, &bytes_written, NULL)
        && !server_left(GetLastError()))
        die("WriteFile");
    CloseHandle(pipe);
    return error == ERROR_SUCCESS;
}

/** Makes one visit for each letter. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    bool late = argc > 2 && strcmp(argv[1], "late") == 0;
    bool mute = argc > 2 && strcmp(argv[1], "mute") == 0;
    bool good = late || mute || (argc > 2 && strcmp(argv[1], "prompt") == 0);
    for (int i = 2; i < argc; i++)
        good = good && argv[i][0] >= 'A' && argv[i][0] <= 'Z'
               && argv[i][1] == '\0';
    if (!good) {
        fprintf(stderr, "usage: client prompt|late|mute LETTER...  (A to Z)\n");
        return EXIT_USAGE;
    }

    int lost = 0;
    for (int i = 2; i < argc; i++) {
        if (mute)
            be_mute(argv[i][0]);
        else if (!fetch_ticket(argv[i][0], late))
            lost++;
    }
    if (!mute)
        printf("%d ordered, %d lost\n", argc - 2, lost);
    return EXIT_SUCCESS;
}
