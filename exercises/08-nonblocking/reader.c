/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 08: a reader that looks, instead of waiting inside a call.
 *
 * Usage: `reader wait|nowait|peek [SENDERS]`: ends after that many, or at
 * Ctrl+C.
 *
 * Change what stands between each TODO(n) and its END; README.md tells the
 * task, lessons/08-nonblocking the way.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/ipc/named-pipe-type-read-and-wait-modes
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** Prints what came. */
static void print(const char *data, DWORD size)
{
    fwrite(data, 1, size, stdout);
    fflush(stdout);
}

/** Pauses after a look in vain, or gives up. */
static void pause_or_give_up(int looks_in_vain)
{
    /* TODO(2): spare the processor; give up after LOOKS_MAX looks in vain. */
    (void)looks_in_vain;
    Sleep(0);
    /* END TODO(2) */
}

/** Form `wait`: the call returns when there is something to say. */
static void read_waiting(HANDLE pipe)
{
    char data[LINE_BYTES];
    DWORD bytes_read;
    while (ReadFile(pipe, data, sizeof data, &bytes_read, NULL))
        print(data, bytes_read);
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
}

/** Form `nowait`: the call always returns; mostly it has nothing to say. */
static void read_nowait(HANDLE pipe)
{
    char data[LINE_BYTES];
    DWORD bytes_read;

    DWORD mode = PIPE_READMODE_BYTE | PIPE_NOWAIT;
    if (!SetNamedPipeHandleState(pipe, &mode, NULL, NULL))
        die("SetNamedPipeHandleState");

    /* TODO(3): tell "nothing yet" from "gone", and both from a failure. */
    while (ReadFile(pipe, data, sizeof data, &bytes_read, NULL))
        print(data, bytes_read);
    if (GetLastError() != ERROR_NO_DATA && GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
    /* END TODO(3) */
}

/** Form `peek`: asks first, and reads only what is there. */
static void read_peeking(HANDLE pipe)
{
    char data[LINE_BYTES];
    int looks_in_vain = 0;
    for (;;) {
        DWORD bytes_waiting;  // all that is asked for
        if (!PeekNamedPipe(pipe, NULL, 0, NULL, &bytes_waiting, NULL)) {
            if (GetLastError() == ERROR_BROKEN_PIPE)
                return;
            die("PeekNamedPipe");
        }
        if (bytes_waiting == 0) {
            pause_or_give_up(++looks_in_vain);
            continue;
        }
        DWORD bytes_read;
        if (!ReadFile(pipe, data, sizeof data, &bytes_read, NULL))
            die("ReadFile");
        print(data, bytes_read);
        looks_in_vain = 0;
    }
}

/** Creates the pipe, waits for a sender and prints what it writes. */
static void serve_sender(void (*read)(HANDLE pipe))
{
    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX,  // who can't write can't change the mode
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        LINE_BYTES,  // output buffer, bytes
        LINE_BYTES,  // input buffer, bytes
        0,           // default time-out
        NULL);       // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    printf("ready\n");
    fflush(stdout);

    /* 535: the sender came first. 232: it has even left again; what it wrote
     * can be read all the same. */
    if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED
        && GetLastError() != ERROR_NO_DATA)
        die("ConnectNamedPipe");
    read(pipe);
    printf("the sender has left\n");
    fflush(stdout);
    CloseHandle(pipe);
}

/** Serves one sender after another, all in one form. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    const char *form = argc > 1 ? argv[1] : "";
    void (*read)(HANDLE pipe) = strcmp(form, "wait") == 0     ? read_waiting
                                : strcmp(form, "nowait") == 0 ? read_nowait
                                : strcmp(form, "peek") == 0   ? read_peeking
                                                              : NULL;
    char *end = NULL;
    long senders = argc > 2 ? strtol(argv[2], &end, 10) : 0;
    if (read == NULL || argc > 3
        || (argc == 3 && (*end != '\0' || senders <= 0))) {
        fprintf(stderr, "usage: reader wait|nowait|peek [SENDERS]\n");
        return EXIT_USAGE;
    }
    for (long served = 0; senders == 0 || served < senders; served++)
        serve_sender(read);
    return EXIT_SUCCESS;
}
