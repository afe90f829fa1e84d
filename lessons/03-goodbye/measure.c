/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Measures how the server says goodbye: `make compare` starts both.
 *
 * Usage: `measure [COUNT]`: COUNT prompt visits (1000), as many late ones, but
 * no more than 20, and two in the end: the server must serve them all.
 *
 * Read client.c first.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** Visits at most; late ones, how late; the patience behind a mute client. */
enum { COUNT_MAX = 1000, LATE_MAX = 20, LATE_MS = 50, PATIENCE_MS = 1000 };

/** Tells whether a call failed because the server has said goodbye. */
static bool server_left(DWORD error)
{
    return error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA
           || error == ERROR_PIPE_NOT_CONNECTED;
}

/** Opens the pipe and orders. INVALID_HANDLE_VALUE: it took too long. */
static HANDLE place_order(DWORD wait_ms)
{
    HANDLE pipe;
    while ((pipe = CreateFileW(
                PIPE_NAME,
                GENERIC_READ | GENERIC_WRITE,
                0,              // no sharing
                NULL,           // default security
                OPEN_EXISTING,  // pipes are not created here
                0,              // no flags
                NULL))          // no template
           == INVALID_HANDLE_VALUE) {
        if (GetLastError() != ERROR_PIPE_BUSY)
            die("CreateFileW");
        if (!WaitNamedPipeW(PIPE_NAME, wait_ms)) {
            if (GetLastError() != ERROR_SEM_TIMEOUT)
                die("WaitNamedPipeW");
            return INVALID_HANDLE_VALUE;
        }
    }
    DWORD bytes_written;
    if (!WriteFile(pipe, "M", 1, &bytes_written, NULL))
        die("WriteFile");
    return pipe;
}

/** Reads a ticket, thanks and leaves. Returns whether there was one. */
static bool take_ticket(HANDLE pipe)
{
    char ticket[TICKET_SIZE];
    DWORD received = 0, bytes_read, bytes_written;
    while (received < TICKET_SIZE
           && ReadFile(
               pipe,
               ticket + received,
               TICKET_SIZE - received,
               &bytes_read,
               NULL))
        received += bytes_read;
    bool got = received == TICKET_SIZE;
    if (!got && !server_left(GetLastError()))
        die("ReadFile");

    const char thanks = THANKS;
    if (got && !WriteFile(pipe, &thanks, 1, &bytes_written, NULL)
        && !server_left(GetLastError()))
        die("WriteFile");
    CloseHandle(pipe);
    return got;
}

/** Makes prompt visits, and says how many tickets were lost, and how long. */
static void visit_promptly(int count)
{
    static long long ticks[COUNT_MAX];
    int lost = 0;
    LARGE_INTEGER start, end, frequency;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&start);
    for (int i = 0; i < count; i++) {
        lost += !take_ticket(place_order(NMPWAIT_WAIT_FOREVER));
        QueryPerformanceCounter(&end);
        /* Sorted as it grows.  One of the quick ones, that at a tenth, says
         * more than the mean: that one measures who else uses the machine. */
        int k = i;
        for (; k > 0 && ticks[k - 1] > end.QuadPart - start.QuadPart; k--)
            ticks[k] = ticks[k - 1];
        ticks[k] = end.QuadPart - start.QuadPart;
        start = end;
    }
    printf(
        "%4lld us, %d of %d lost; ",
        ticks[count / 10] * 1000000 / frequency.QuadPart,
        lost,
        count);
}

/** Measures what the server that runs makes of its clients. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    long count = argc == 1 ? COUNT_MAX : 0;
    if (argc == 2) {
        char *end;
        count = strtol(argv[1], &end, 10);
        if (*end != '\0')
            count = 0;
    }
    if (count < 1 || count > COUNT_MAX) {
        fprintf(stderr, "usage: measure [COUNT]  (1 to 1000)\n");
        return EXIT_USAGE;
    }

    visit_promptly((int)count);

    int late = count < LATE_MAX ? (int)count : LATE_MAX;
    int lost = 0;
    for (int i = 0; i < late; i++) {
        HANDLE pipe = place_order(NMPWAIT_WAIT_FOREVER);
        Sleep(LATE_MS);
        lost += !take_ticket(pipe);
    }
    printf("late: %d of %d lost; ", lost, late);

    HANDLE mute = place_order(NMPWAIT_WAIT_FOREVER);
    HANDLE next = place_order(PATIENCE_MS);
    bool stopped = next == INVALID_HANDLE_VALUE;
    CloseHandle(mute);
    take_ticket(stopped ? place_order(NMPWAIT_WAIT_FOREVER) : next);
    printf("a mute one %s\n", stopped ? "stops it" : "does no harm");
    return EXIT_SUCCESS;
}
