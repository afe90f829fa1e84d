/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 10: a thread at the keyboard, a thread at the pipe.
 *
 * Change what stands between each TODO(n) and its END; README.md tells the
 * task, lessons/10-duplex the way.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/ipc/synchronous-and-overlapped-input-and-output
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/error.h"
#include "chat.h"
#include "keyboard.h"
#include "protocol.h"

/* The keyboard's thread holds this lock whenever it may use a handle. */
static SRWLOCK handles = SRWLOCK_INIT;

/** What the keyboard's thread works with. */
static struct speaker {
    HANDLE pipe, stop;
    HANDLE written;  // the event of its writes
    HANDLE heard;    // the other has said a line: an auto-reset event
    int count;
    char **lines;
} mine;

static bool in_line;  // the other has begun a line and not ended it

/** Tells whether the other has left; what it sent may still be there. */
static bool has_left(DWORD error)
{
    return error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA
           || error == ERROR_PIPE_NOT_CONNECTED;
}

HANDLE create_event(void)
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

/** Waits for an event, or for the end of the chat: then it gives false. */
static bool wait_for(HANDLE event, HANDLE stop)
{
    HANDLE either[] = {stop, event};
    DWORD result = WaitForMultipleObjects(2, either, FALSE, INFINITE);
    if (result == WAIT_FAILED)
        die("WaitForMultipleObjects");
    return result != WAIT_OBJECT_0;  // the lowest that is set
}

DWORD finish(HANDLE pipe, OVERLAPPED *operation, HANDLE stop, DWORD *bytes)
{
    if (!wait_for(operation->hEvent, stop) && !CancelIoEx(pipe, operation)
        && GetLastError() != ERROR_NOT_FOUND)
        die("CancelIoEx");

    if (GetOverlappedResult(pipe, operation, bytes, TRUE))
        return ERROR_SUCCESS;
    DWORD error = GetLastError();
    if (error != ERROR_OPERATION_ABORTED && !has_left(error))
        die("GetOverlappedResult");
    return error;
}

/** Tells whether an event is set; does not wait. */
static bool is_set(HANDLE event)
{
    DWORD result = WaitForSingleObject(event, 0);
    if (result == WAIT_FAILED)
        die("WaitForSingleObject");
    return result == WAIT_OBJECT_0;
}

/** Says something and waits until it is written; tells whether it was. */
static bool say(const char *text, DWORD size)
{
    /* TODO(3): begin the write, and finish it. */
    DWORD bytes_written;
    if (WriteFile(mine.pipe, text, size, &bytes_written, NULL))
        return true;
    if (!has_left(GetLastError()))
        die("WriteFile");
    return false;
    /* END TODO(3) */
}

/** Says the lines of the command line; tells whether it could. */
static bool say_lines(void)
{
    char text[TEXT_MAX + 1];
    bool said = true;
    for (int i = 0; i < mine.count && said; i++)
        if (strcmp(mine.lines[i], "-") == 0)
            said = wait_for(mine.heard, mine.stop);
        else {
            int size = snprintf(text, sizeof text, "%s\n", mine.lines[i]);
            said = say(text, (DWORD)size);
        }
    return said;
}

/** The keyboard's thread: says what is typed, until the end of the input. */
static DWORD WINAPI speak(void *unused)
{
    (void)unused;
    AcquireSRWLockExclusive(&handles);
    for (bool more = say_lines(); more;) {
        /* At the keyboard the thread may stay for ever, so it lets go of the
         * handles.  When main has taken the lock, it never gets them back. */
        ReleaseSRWLockExclusive(&handles);
        char text[TEXT_MAX];
        DWORD size = read_keyboard(text, sizeof text);
        AcquireSRWLockExclusive(&handles);

        more = size > 0 && say(text, size) && !is_set(mine.stop);
        if (size == 0 && !SetEvent(mine.stop))
            die("SetEvent");
    }
    ReleaseSRWLockExclusive(&handles);
    return EXIT_SUCCESS;
}

/** Prints what the other says, with a mark before each line. */
static void show(const char *text, DWORD size)
{
    for (DWORD i = 0; i < size; i++) {
        if (!in_line)
            printf("> ");
        if (text[i] != '\r')
            putchar(text[i]);
        in_line = text[i] != '\n';
    }
    fflush(stdout);
}

/** Hears until the other leaves or the chat is to end. */
static void hear(HANDLE pipe, HANDLE stop, HANDLE event)
{
    while (!is_set(stop)) {
        char text[TEXT_MAX];
        DWORD bytes_read, error = ERROR_SUCCESS;
        /* TODO(4): begin the read, and finish it. */
        (void)event;
        if (!ReadFile(pipe, text, sizeof text, &bytes_read, NULL)) {
            error = GetLastError();
            if (!has_left(error))
                die("ReadFile");
        }
        /* END TODO(4) */
        if (has_left(error)) {
            printf("%sthe other has left\n", in_line ? "\n" : "");
            fflush(stdout);
            return;
        }
        if (error == ERROR_SUCCESS) {
            show(text, bytes_read);
            if (!in_line && !SetEvent(mine.heard))
                die("SetEvent");
        }
    }
}

void chat(HANDLE pipe, HANDLE stop, int count, char *lines[])
{
    HANDLE heard = CreateEventW(NULL, FALSE /* auto-reset */, FALSE, NULL);
    if (heard == NULL)
        die("CreateEventW");
    HANDLE read = create_event();
    HANDLE written = create_event();
    mine = (struct speaker){pipe, stop, written, heard, count, lines};
    HANDLE thread = CreateThread(
        NULL,  // default security
        0,     // default stack
        speak,
        NULL,   // what it needs is in `mine`
        0,      // runs at once
        NULL);  // its identifier is not needed
    if (thread == NULL)
        die("CreateThread");

    hear(pipe, stop, read);

    /* TODO(5): from here on nobody may use the handles. */
    /* The end of the process ends the keyboard's thread. */
    /* END TODO(5) */
    CloseHandle(thread);
    CloseHandle(written);
    CloseHandle(read);
    CloseHandle(heard);
}
