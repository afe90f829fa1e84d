/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Measures what waiting costs: the same messages, read in several forms.
 *
 * Usage: `measure`. A thread writes, the first thread reads.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getthreadtimes
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

enum { MESSAGES = 100, NO_PAUSE = -1 };

/** How the reader waits: forms of one job. The last one is that of lesson 09.
 */
static const struct form {
    const char *name;
    DWORD mode;    // of the pipe handle
    BOOL peeks;    // asks before it reads
    int pause_ms;  // after a look in vain
    DWORD flags;   // of the pipe: FILE_FLAG_OVERLAPPED, or 0
} FORMS[] = {
    {"ReadFile waits", PIPE_WAIT, FALSE, NO_PAUSE, 0},
    {"PIPE_NOWAIT, no pause", PIPE_NOWAIT, FALSE, NO_PAUSE, 0},
    {"PIPE_NOWAIT, Sleep(1)", PIPE_NOWAIT, FALSE, 1, 0},
    {"PIPE_NOWAIT, Sleep(20)", PIPE_NOWAIT, FALSE, 20, 0},
    {"PeekNamedPipe, Sleep(1)", PIPE_WAIT, TRUE, 1, 0},
    {"PeekNamedPipe, Sleep(20)", PIPE_WAIT, TRUE, 20, 0},
    {"overlapped, its event", PIPE_WAIT, FALSE, NO_PAUSE, FILE_FLAG_OVERLAPPED},
};

/** The writing thread: sends the time, at intervals of 11 to 40 ms. */
static DWORD WINAPI write_times(void *unused)
{
    (void)unused;
    HANDLE pipe =
        CreateFileW(PIPE_NAME, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateFileW");
    for (int i = 0; i < MESSAGES; i++) {
        LARGE_INTEGER now;
        DWORD bytes_written;
        Sleep(11 + (DWORD)(i * 7 % 30));
        QueryPerformanceCounter(&now);
        if (!WriteFile(pipe, &now, sizeof now, &bytes_written, NULL))
            die("WriteFile");
    }
    CloseHandle(pipe);
    return 0;
}

/** Waits for the event of an operation that has begun, or is over already. */
static void finish(HANDLE pipe, OVERLAPPED *operation, const char *call)
{
    DWORD bytes;
    if (GetLastError() != ERROR_IO_PENDING)
        die(call);
    if (!GetOverlappedResult(pipe, operation, &bytes, TRUE))
        die("GetOverlappedResult");
}

/** Reads the next message in the form of lesson 09. */
static LARGE_INTEGER read_overlapped(HANDLE pipe, HANDLE event)
{
    LARGE_INTEGER sent;
    OVERLAPPED operation = {.hEvent = event};
    if (!ReadFile(pipe, &sent, sizeof sent, NULL, &operation))
        finish(pipe, &operation, "ReadFile");
    return sent;
}

/** Reads the next message and counts the looks in vain. */
static LARGE_INTEGER read_next(
    HANDLE pipe, const struct form *form, unsigned *looks_in_vain)
{
    LARGE_INTEGER sent;
    for (;; ++*looks_in_vain) {
        DWORD bytes = sizeof sent;
        if (form->peeks && !PeekNamedPipe(pipe, NULL, 0, NULL, &bytes, NULL))
            die("PeekNamedPipe");
        if (bytes > 0) {
            if (ReadFile(pipe, &sent, sizeof sent, &bytes, NULL))
                return sent;
            if (GetLastError() != ERROR_NO_DATA)
                die("ReadFile");
        }
        if (form->pause_ms != NO_PAUSE)
            Sleep((DWORD)form->pause_ms);
    }
}

/** The processor time that this thread has used, in milliseconds. */
static double processor_ms(void)
{
    FILETIME made, ended, kernel, user;
    if (!GetThreadTimes(GetCurrentThread(), &made, &ended, &kernel, &user))
        die("GetThreadTimes");
    return ((double)kernel.dwLowDateTime + (double)user.dwLowDateTime) / 1e4;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/** Lets the writer write, reads in one form, prints a line of the table. */
static void measure(const struct form *form)
{
    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX | form->flags,
        PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_REJECT_REMOTE_CLIENTS,
        1,           // instances at most
        LINE_BYTES,  // output buffer, bytes
        LINE_BYTES,  // input buffer, bytes
        0,           // default time-out
        NULL);       // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    HANDLE writer = CreateThread(NULL, 0, write_times, NULL, 0, NULL);
    if (writer == NULL)
        die("CreateThread");
    HANDLE event = CreateEventW(NULL, TRUE /* manual */, FALSE, NULL);
    if (event == NULL)
        die("CreateEventW");
    OVERLAPPED accepting = {.hEvent = event};
    if (!ConnectNamedPipe(pipe, form->flags != 0 ? &accepting : NULL)
        && GetLastError() != ERROR_PIPE_CONNECTED)
        finish(pipe, &accepting, "ConnectNamedPipe");
    DWORD mode = PIPE_READMODE_MESSAGE | form->mode;
    if (!SetNamedPipeHandleState(pipe, &mode, NULL, NULL))
        die("SetNamedPipeHandleState");

    LARGE_INTEGER frequency, now;
    double delays[MESSAGES], before = processor_ms();
    unsigned looks_in_vain = 0;
    QueryPerformanceFrequency(&frequency);
    for (int i = 0; i < MESSAGES; i++) {
        LARGE_INTEGER sent = form->flags != 0
                                 ? read_overlapped(pipe, event)
                                 : read_next(pipe, form, &looks_in_vain);
        QueryPerformanceCounter(&now);
        delays[i] = 1e3 * (double)(now.QuadPart - sent.QuadPart)
                    / (double)frequency.QuadPart;
    }
    qsort(delays, MESSAGES, sizeof delays[0], compare);
    printf(
        "%-26s %9u %8.0f ms %8.2f ms %8.2f ms\n",
        form->name,
        looks_in_vain,
        processor_ms() - before,
        delays[MESSAGES / 2],
        delays[MESSAGES - 1]);
    fflush(stdout);
    WaitForSingleObject(writer, INFINITE);
    CloseHandle(writer);
    CloseHandle(event);
    CloseHandle(pipe);
}

int main(void)
{
    use_utf8_console();
    printf("%38s %11s %11s %11s\n", "looks in vain", "processor", "delay:", "");
    printf("%50s %11s %11s\n", "time", "median", "largest");
    for (size_t i = 0; i < ARRAYSIZE(FORMS); i++)
        measure(&FORMS[i]);
    return EXIT_SUCCESS;
}
