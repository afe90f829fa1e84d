/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The clients of `make bench-servers`: one cell of its table.
 *
 * Usage: `visitors NAME CLIENTS MS VISIT_MS PROCESSOR`
 *
 * Connects CLIENTS clients, a thread each, to the pipe `\\.\pipe\NAME`. For MS
 * milliseconds each sends 64 bytes, reads them back and compares them, over and
 * over. Then, for VISIT_MS (0: not at all), one after another connects, makes
 * one round trip and closes, while the others are still there. PROCESSOR is the
 * one for clients and server, from 0; -1: all.
 *
 * Prints lines `NAME VALUE`. After `begin` and `end` it waits for a line on its
 * input: mk/bench-servers reads then how much processor time was used.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <psapi.h>

#include "common/console.h"
#include "common/error.h"

enum {
    MESSAGE_SIZE = 64,
    WARM_UP = 20,  // round trips that are not counted
    STACK_SIZE = 64 * 1024,
    LIMIT_MS = 20000,  // for whatever may hang
    FINE = 32,         // steps between two powers of two
    STEPS = FINE * 40
};

/** One client. */
struct visitor {
    HANDLE pipe, thread;
    unsigned number;
    unsigned trips;        // round trips within the time
    unsigned took[STEPS];  // how many of them took how long: see step_of()
};

static wchar_t pipe_name[80];
static HANDLE arrived;         // a semaphore: how many are warmed up
static HANDLE start;           // an event: all begin
static volatile bool stopped;  // the time is over
static LARGE_INTEGER frequency;

/** Ends with a line; an error that the clients meet spoils the cell. */
static void fail(const char *what)
{
    fprintf(stderr, "visitors: %s\n", what);
    exit(EXIT_FAILURE);
}

static long long now(void)
{
    LARGE_INTEGER count;
    QueryPerformanceCounter(&count);
    return count.QuadPart;
}

static double seconds_since(long long begin)
{
    return (double)(now() - begin) / (double)frequency.QuadPart;
}

/** Opens the pipe; waits for the server, and while all instances are taken. */
static HANDLE open_pipe(void)
{
    long long begin = now();
    do {
        HANDLE pipe = CreateFileW(
            pipe_name,
            GENERIC_READ | GENERIC_WRITE,
            0,              // no sharing
            NULL,           // default security
            OPEN_EXISTING,  // pipes are not created here
            0,              // no flags
            NULL);          // no template
        if (pipe != INVALID_HANDLE_VALUE)
            return pipe;
        DWORD error = GetLastError();
        if (error == ERROR_PIPE_BUSY)
            WaitNamedPipeW(pipe_name, 1000);
        else if (error == ERROR_FILE_NOT_FOUND)
            Sleep(5);
        else
            die("CreateFileW");
    } while (seconds_since(begin) * 1000 < LIMIT_MS);
    fail("nobody serves the pipe");
    return NULL;
}

/** Sends a message and gets it back. */
static void exchange(HANDLE pipe, unsigned client, unsigned trip)
{
    unsigned message[MESSAGE_SIZE / sizeof(unsigned)];
    char reply[MESSAGE_SIZE] = {0};
    for (size_t i = 0; i < ARRAYSIZE(message); i++)
        message[i] = client * 1000003 + trip * 16 + (unsigned)i;

    DWORD received = 0, count;
    if (!WriteFile(pipe, message, sizeof message, &count, NULL))
        die("WriteFile");
    while (received < sizeof reply) {
        if (!ReadFile(
                pipe,
                reply + received,
                (DWORD)sizeof reply - received,
                &count,
                NULL))
            die("ReadFile");
        received += count;
    }
    if (memcmp(message, reply, sizeof reply) != 0)
        fail("other bytes came back");
}

/** Which step a duration belongs to: exact below FINE, then FINE for each
 * doubling. */
static unsigned step_of(unsigned long long ticks)
{
    unsigned power = 0;
    while (ticks >> power >= 2 * FINE)
        power++;
    unsigned step = power * FINE + (unsigned)(ticks >> power);
    return min(step, STEPS - 1);
}

/** The middle of a step, in microseconds. */
static double length_of(unsigned step)
{
    unsigned power = step < 2 * FINE ? 0 : step / FINE - 1;
    unsigned long long ticks = (unsigned long long)(step - power * FINE)
                               << power;
    unsigned long long half = (1ULL << power) / 2;
    return (double)(ticks + half) * 1e6 / (double)frequency.QuadPart;
}

/** A thread: one client. */
static DWORD WINAPI visit(void *argument)
{
    struct visitor *visitor = argument;
    unsigned trip = 0;
    while (trip < WARM_UP)
        exchange(visitor->pipe, visitor->number, trip++);
    ReleaseSemaphore(arrived, 1, NULL);
    WaitForSingleObject(start, INFINITE);

    for (;;) {
        long long begin = now();
        exchange(visitor->pipe, visitor->number, trip++);
        long long end = now();
        if (stopped)
            return EXIT_SUCCESS;
        visitor->trips++;
        visitor->took[step_of((unsigned long long)(end - begin))]++;
    }
}

/** Connects one client, and waits until it has made its first round trips. */
static void invite(struct visitor *visitor, unsigned number)
{
    visitor->number = number;
    visitor->pipe = open_pipe();
    visitor->thread = CreateThread(
        NULL,  // default security
        STACK_SIZE,
        visit,
        visitor,
        STACK_SIZE_PARAM_IS_A_RESERVATION,
        NULL);  // its identifier is not needed
    if (visitor->thread == NULL)
        die("CreateThread");
    if (WaitForSingleObject(arrived, LIMIT_MS) != WAIT_OBJECT_0)
        fail("a client is not served");
}

/** The server's process, which has the other end of the pipe. */
static HANDLE open_server(HANDLE pipe)
{
    ULONG id;
    if (!GetNamedPipeServerProcessId(pipe, &id))
        die("GetNamedPipeServerProcessId");
    HANDLE server = OpenProcess(
        PROCESS_QUERY_INFORMATION | PROCESS_VM_READ | PROCESS_SET_INFORMATION,
        FALSE,  // not for children
        id);
    if (server == NULL)
        die("OpenProcess");
    return server;
}

/** Prints how much memory of a process is resident. */
static void print_memory(const char *name, HANDLE process)
{
    PROCESS_MEMORY_COUNTERS memory;
    if (!GetProcessMemoryInfo(process, &memory, sizeof memory))
        die("GetProcessMemoryInfo");
    printf("%s %lu\n", name, (unsigned long)(memory.WorkingSetSize / 1024));
}

/** Processor time of a process in microseconds. (Under Wine 8.0 it is that of
 * the caller: mk/bench-servers does not use it there.) */
static double processor_time(HANDLE process)
{
    FILETIME created, ended, kernel, user;
    if (!GetProcessTimes(process, &created, &ended, &kernel, &user))
        die("GetProcessTimes");
    unsigned long long both =
        ((unsigned long long)kernel.dwHighDateTime << 32) + kernel.dwLowDateTime
        + ((unsigned long long)user.dwHighDateTime << 32) + user.dwLowDateTime;
    return (double)both / 10;
}

/** Says where we are, and waits for a line. */
static void pause_at(const char *where)
{
    char line[80];
    printf("%s\n", where);
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL)
        fail("the input has ended");
}

/** Prints the time within which so many of all round trips ended. */
static void print_percentile(
    const char *name, const struct visitor *visitors, unsigned count,
    double part)
{
    unsigned long long all = 0, seen = 0;
    unsigned step = 0;
    for (unsigned i = 0; i < count; i++)
        all += visitors[i].trips;
    for (; step < STEPS - 1; step++) {
        for (unsigned i = 0; i < count; i++)
            seen += visitors[i].took[step];
        if ((double)seen >= (double)all * part)
            break;
    }
    printf("%s %.1f\n", name, length_of(step));
}

/** All make round trips for some time; the figures are printed. */
static void run(struct visitor *visitors, unsigned count, DWORD ms)
{
    HANDLE server = open_server(visitors[0].pipe);
    pause_at("begin");
    double time_before = processor_time(server);
    double own_before = processor_time(GetCurrentProcess());
    long long begin = now();
    SetEvent(start);
    Sleep(ms);
    stopped = true;
    double seconds = seconds_since(begin);
    for (unsigned i = 0; i < count; i++)
        if (WaitForSingleObject(visitors[i].thread, LIMIT_MS) != WAIT_OBJECT_0)
            fail("a client waits for ever");
    printf("cpu %.0f\n", processor_time(server) - time_before);
    printf(
        "client_cpu %.0f\n",
        processor_time(GetCurrentProcess()) - own_before);
    pause_at("end");

    unsigned long long trips = 0;
    unsigned slowest = visitors[0].trips, fastest = 0;
    for (unsigned i = 0; i < count; i++) {
        trips += visitors[i].trips;
        slowest = min(slowest, visitors[i].trips);
        fastest = max(fastest, visitors[i].trips);
    }
    printf("trips %llu\nseconds %.6f\n", trips, seconds);
    printf("slowest %u\nfastest %u\n", slowest, fastest);
    print_percentile("p50", visitors, count, 0.50);
    print_percentile("p99", visitors, count, 0.99);
    print_memory("memory_all", server);
    CloseHandle(server);
}

/** One after another comes, makes one round trip and leaves. */
static void come_and_go(DWORD ms)
{
    unsigned visits = 0;
    long long begin = now();
    double seconds;
    do {
        HANDLE pipe = open_pipe();
        exchange(pipe, 0, visits++);
        CloseHandle(pipe);
        seconds = seconds_since(begin);
    } while (seconds * 1000 < ms);
    printf("visits %u\nvisit_seconds %.6f\n", visits, seconds);
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    if (argc != 6) {
        fprintf(stderr, "usage: visitors NAME CLIENTS MS VISIT_MS PROCESSOR\n");
        return EXIT_USAGE;
    }
    unsigned count = (unsigned)atoi(argv[2]);
    DWORD ms = (DWORD)atoi(argv[3]), visit_ms = (DWORD)atoi(argv[4]);
    int processor = atoi(argv[5]);
    _snwprintf(pipe_name, ARRAYSIZE(pipe_name), L"\\\\.\\pipe\\%hs", argv[1]);

    QueryPerformanceFrequency(&frequency);
    arrived = CreateSemaphoreW(NULL, 0, 1, NULL);
    start = CreateEventW(NULL, TRUE, FALSE, NULL);
    struct visitor *visitors = calloc(count, sizeof *visitors);
    if (arrived == NULL || start == NULL || visitors == NULL)
        fail("no memory");

    invite(&visitors[0], 0);
    HANDLE server = open_server(visitors[0].pipe);
    DWORD_PTR mask = (DWORD_PTR)1 << max(processor, 0);
    if (processor >= 0
        && (!SetProcessAffinityMask(GetCurrentProcess(), mask)
            || !SetProcessAffinityMask(server, mask)))
        die("SetProcessAffinityMask");
    print_memory("memory_one", server);
    CloseHandle(server);

    for (unsigned i = 1; i < count; i++)
        invite(&visitors[i], i);
    run(visitors, count, ms);

    /* A server that takes so many and no more has room for one again. */
    CloseHandle(visitors[0].pipe);
    if (visit_ms > 0)
        come_and_go(visit_ms);
    for (unsigned i = 1; i < count; i++)
        CloseHandle(visitors[i].pipe);
    printf("done 0\n");
    return EXIT_SUCCESS;
}
