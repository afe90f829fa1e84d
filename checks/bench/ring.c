/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief How fast the ring of lesson 17 is, beside a byte pipe, in one run.
 *
 * Usage: `ring [ROUNDS [MS]]`: so many rounds (5) of every way, each for so
 * long (300 ms); the medians are printed, and how they compare with the pipe
 * of the same run. It starts itself, as the other side: `ring echo WAY MASK`,
 * where the mask says on which processors.
 *
 * A round trip takes 64 bytes there and back; one way, blocks of 64 KiB go
 * there, and one byte comes back at the end of all.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/error.h"
#include "lessons/17-semaphores/ring.h"

#define PIPE_NAME L"\\\\.\\pipe\\pipework-17-bench"
#define THERE     L"Local\\pipework-17-there"
#define BACK      L"Local\\pipework-17-back"

enum { SMALL = 64, LARGE = 64 * 1024, ROUNDS_MAX = 50, ROUNDS = 5, MS = 300 };

/** What the other side shall do with what comes; the first byte of each. */
enum { ANSWER = 'a', SWALLOW = 's', LAST = 'l', END = 'e' };

/** A way to carry bytes. Each side has one to send and one to receive. */
struct way {
    const char *name;
    unsigned spins;  // of the ring
    bool pipe;
};

static const struct way WAYS[] = {
    {"byte pipe", 0, true},
    {"ring, events only", 0, false},
    {"ring, spins, then waits", SPINS, false},
};
enum { WAYS_COUNT = sizeof WAYS / sizeof WAYS[0] };

static HANDLE pipe = INVALID_HANDLE_VALUE;
static struct ring out, in;

static _Noreturn void give_up(const char *why)
{
    fprintf(stderr, "ring: %s\n", why);
    exit(EXIT_FAILURE);
}

static void send(const void *data, DWORD size)
{
    DWORD bytes_written;
    if (pipe == INVALID_HANDLE_VALUE) {
        if (!ring_write(&out, data, size))
            give_up("the other side has left");
    } else if (!WriteFile(pipe, data, size, &bytes_written, NULL))
        die("WriteFile");
}

static void receive(void *data, DWORD size)
{
    char *to = data;
    DWORD bytes_read;
    if (pipe == INVALID_HANDLE_VALUE) {
        if (!ring_read(&in, data, size))
            give_up("the other side has left");
        return;
    }
    for (; size > 0; to += bytes_read, size -= bytes_read)
        if (!ReadFile(pipe, to, size, &bytes_read, NULL))
            die("ReadFile");
}

/** What we read from is ours: each side makes one. The one that was started
 * joins the other's, and says so. */
static void open_rings(const struct way *way, bool is_echo)
{
    if (!make_ring(&in, is_echo ? THERE : BACK, way->spins))
        give_up("a ring of that name is there");
    if (is_echo && !join_ring(&out, BACK, way->spins))
        give_up("there is no ring back");
}

/** The other side: answers or swallows what comes, up to its end. */
static int echo(const struct way *way)
{
    static char data[LARGE];
    if (!way->pipe) {
        open_rings(way, true);
        send(data, SMALL);
    } else {
        pipe = CreateFileW(
            PIPE_NAME,
            GENERIC_READ | GENERIC_WRITE,
            0,     // not shared
            NULL,  // default security
            OPEN_EXISTING,
            0,      // synchronous
            NULL);  // no template
        if (pipe == INVALID_HANDLE_VALUE)
            die("CreateFileW");
    }
    for (;;) {
        receive(data, SMALL);
        if (data[0] == SWALLOW)
            receive(data + SMALL, LARGE - SMALL);
        else if (data[0] == END)
            return EXIT_SUCCESS;
        if (data[0] != SWALLOW)
            send(data, SMALL);
    }
}

static double now_s(void)
{
    LARGE_INTEGER now, frequency;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    return (double)now.QuadPart / (double)frequency.QuadPart;
}

/** Starts this program as the other side. */
static HANDLE start_echo(size_t way, DWORD_PTR mask)
{
    wchar_t path[MAX_PATH], command[MAX_PATH + 40];
    if (GetModuleFileNameW(NULL, path, MAX_PATH) == 0)
        die("GetModuleFileNameW");
    swprintf(
        command,
        sizeof command / sizeof command[0],
        L"\"%ls\" echo %u %llu",
        path,
        (unsigned)way,
        (unsigned long long)mask);
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    if (!CreateProcessW(
            NULL,  // the program is the command line's first word
            command,
            NULL,   // default security
            NULL,   // default security
            FALSE,  // inherits nothing
            0,      // no flags
            NULL,   // our environment
            NULL,   // our folder
            &startup,
            &child))
        die("CreateProcessW");
    CloseHandle(child.hThread);
    return child.hProcess;
}

/** One round of one way: trips a second, and bytes a second. */
static void measure(
    size_t number, DWORD_PTR mask, double ms, double *trips, double *bytes)
{
    static char data[LARGE];
    const struct way *way = &WAYS[number];
    if (!way->pipe)
        open_rings(way, false);
    else {
        pipe = CreateNamedPipeW(
            PIPE_NAME,
            PIPE_ACCESS_DUPLEX,  // both directions
            PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
                | PIPE_REJECT_REMOTE_CLIENTS,
            1,      // instance
            LARGE,  // output buffer, bytes
            LARGE,  // input buffer, bytes
            0,      // default time-out
            NULL);  // default security
        if (pipe == INVALID_HANDLE_VALUE)
            die("CreateNamedPipeW");
    }
    HANDLE child = start_echo(number, mask);
    if (way->pipe && !ConnectNamedPipe(pipe, NULL)
        && GetLastError() != ERROR_PIPE_CONNECTED)
        die("ConnectNamedPipe");

    if (!way->pipe) {
        receive(data, SMALL);  // now the other ring is there, too
        if (!join_ring(&out, THERE, way->spins))
            give_up("there is no ring there");
    }
    memset(data, ANSWER, SMALL);
    for (int i = 0; i < 200; i++) {  // until both are warm
        send(data, SMALL);
        receive(data, SMALL);
    }
    double count = 0, begin = now_s(), end;
    do {
        for (int i = 0; i < 20; i++) {
            send(data, SMALL);
            receive(data, SMALL);
        }
        count += 20;
        end = now_s();
    } while (end - begin < ms / 1000);
    *trips = count / (end - begin);

    memset(data, SWALLOW, LARGE);
    count = 0;
    begin = now_s();
    do {
        for (int i = 0; i < 20; i++)
            send(data, LARGE);
        count += 20;
    } while (now_s() - begin < ms / 1000);
    memset(data, LAST, SMALL);
    send(data, SMALL);
    receive(data, SMALL);  // all has been read
    *bytes = count * LARGE / (now_s() - begin);

    memset(data, END, SMALL);
    send(data, SMALL);
    if (WaitForSingleObject(child, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    CloseHandle(child);
    if (way->pipe) {
        CloseHandle(pipe);
        pipe = INVALID_HANDLE_VALUE;
    } else {
        close_ring(&out);
        close_ring(&in);
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof values[0], compare);
    return values[count / 2];
}

/** Keeps this process to some processors. */
static void stay_on(DWORD_PTR mask)
{
    if (!SetProcessAffinityMask(GetCurrentProcess(), mask))
        die("SetProcessAffinityMask");
}

/** All rounds of all ways on some processors, as a table. */
static void show(
    const char *where, DWORD_PTR mask, unsigned long rounds, double ms)
{
    static double trips[WAYS_COUNT][ROUNDS_MAX], bytes[WAYS_COUNT][ROUNDS_MAX];
    stay_on(mask);
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < WAYS_COUNT; i++)
            measure(i, mask, ms, &trips[i][round], &bytes[i][round]);

    printf("%-24s %12s %7s %10s %7s\n", where, "64 B, /s", "", "MB/s", "");
    double trips_pipe = median(trips[0], rounds);
    double bytes_pipe = median(bytes[0], rounds);
    for (size_t i = 0; i < WAYS_COUNT; i++) {
        double t = median(trips[i], rounds), b = median(bytes[i], rounds);
        printf(
            "%-24s %12.0f %6.1fx %10.0f %6.1fx\n",
            WAYS[i].name,
            t,
            t / trips_pipe,
            b / 1e6,
            b / bytes_pipe);
    }
}

int main(int argc, char *argv[])
{
    unsigned long way = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    if (argc == 4 && strcmp(argv[1], "echo") == 0 && way < WAYS_COUNT) {
        stay_on((DWORD_PTR)strtoull(argv[3], NULL, 10));
        return echo(&WAYS[way]);
    }
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : ROUNDS;
    double ms = argc > 2 ? strtod(argv[2], NULL) : MS;
    if (rounds < 1 || rounds > ROUNDS_MAX || ms < 1 || argc > 3) {
        fprintf(stderr, "usage: ring [ROUNDS [MS]]\n");
        return EXIT_USAGE;
    }
    DWORD_PTR mine, all;
    if (!GetProcessAffinityMask(GetCurrentProcess(), &mine, &all))
        die("GetProcessAffinityMask");
    if ((mine & (mine - 1)) != 0)
        show("On any processor", mine, rounds, ms);
    show("Both on one processor", mine & -mine, rounds, ms);
    return EXIT_SUCCESS;
}
