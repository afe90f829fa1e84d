/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Named pipe client that gives up when no reply comes in time.
 *
 * Usage: `client MESSAGE...`: sends each; for `-` it says nothing, until the
 * server asks.
 *
 * Read server.c first: here GetOverlappedResultEx does the waiting.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/ioapiset/nf-ioapiset-getoverlappedresultex
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** How long a client waits for the server, in milliseconds. */
enum { REPLY_MS = 5000 };

/**
 * Waits for the end of an operation; ends the program when that takes too
 * long. Returns how many bytes were moved.
 */
static DWORD finish(HANDLE pipe, OVERLAPPED *operation)
{
    DWORD bytes;
    if (GetOverlappedResultEx(
            pipe,
            operation,
            &bytes,
            REPLY_MS,
            FALSE))  // not alertable: lesson 12
        return bytes;
    DWORD error = GetLastError();

    /* Only when it is over may we leave the function that owns it. */
    if (error == WAIT_TIMEOUT) {
        if (!CancelIoEx(pipe, operation) && GetLastError() != ERROR_NOT_FOUND)
            die("CancelIoEx");
        if (!GetOverlappedResult(pipe, operation, &bytes, TRUE)
            && GetLastError() != ERROR_OPERATION_ABORTED)
            die("GetOverlappedResult");
    }
    report_error("GetOverlappedResultEx", error);
    exit(EXIT_FAILURE);
}

/** Sends one message. */
static void send_message(HANDLE pipe, HANDLE event, const char *message)
{
    OVERLAPPED operation = {.hEvent = event};
    if (!WriteFile(pipe, message, (DWORD)strlen(message), NULL, &operation)
        && GetLastError() != ERROR_IO_PENDING)
        die("WriteFile");
    finish(pipe, &operation);
}

/** Receives @p length bytes and prints them as a line. */
static void receive(HANDLE pipe, HANDLE event, DWORD length)
{
    char reply[MESSAGE_MAX] = {0};
    DWORD received = 0;
    while (received < length) {
        OVERLAPPED operation = {.hEvent = event};
        if (!ReadFile(
                pipe,
                reply + received,
                length - received,
                NULL,
                &operation)
            && GetLastError() != ERROR_IO_PENDING)
            die("ReadFile");
        received += finish(pipe, &operation);
    }
    fwrite(reply, 1, received, stdout);
    printf("\n");
    fflush(stdout);
}

/** Opens the pipe and sends one message after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    if (argc < 2) {
        fprintf(stderr, "usage: client MESSAGE...\n");
        return EXIT_USAGE;
    }
    for (int i = 1; i < argc; i++)
        if (argv[i][0] == '\0' || strlen(argv[i]) > MESSAGE_MAX) {
            fprintf(stderr, "client: a message has 1 to 512 bytes\n");
            return EXIT_USAGE;
        }

    HANDLE pipe = CreateFileW(
        PIPE_NAME,
        GENERIC_READ | GENERIC_WRITE,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // pipes are not created here
        FILE_FLAG_OVERLAPPED,
        NULL);  // no template
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateFileW");

    /* One event is enough: there is never more than one operation. */
    HANDLE event = CreateEventW(NULL, TRUE /* manual */, FALSE, NULL);
    if (event == NULL)
        die("CreateEventW");

    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "-") == 0)
            receive(pipe, event, (DWORD)strlen(REMINDER));
        else {
            send_message(pipe, event, argv[i]);
            receive(pipe, event, (DWORD)strlen(argv[i]));
        }

    CloseHandle(event);
    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
