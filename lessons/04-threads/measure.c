/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Measures what a thread for each client costs, in memory and in time.
 *
 * Usage: `measure`: starts server.exe, which must be beside it.
 *
 * Read server.c first. The memory is what is resident, as the system counts
 * it; the times hold both sides, which share the machine's processors.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/named-pipe-instances
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>
#include <psapi.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

enum { CLIENTS_MAX = 250, EXCHANGES = 1000, ROUNDS = 5, START_MS = 5000 };

static HANDLE pipes[CLIENTS_MAX];

/** Starts `server CLIENTS` from this program's folder, with nothing to see. */
static HANDLE start_server(unsigned clients)
{
    wchar_t path[MAX_PATH] = L"", command[40];
    DWORD length = GetModuleFileNameW(NULL, path, MAX_PATH);
    if (length == 0 || length == MAX_PATH)
        die("GetModuleFileNameW");
    wchar_t *name = wcsrchr(path, L'\\') + 1;
    _snwprintf(name, (size_t)(path + MAX_PATH - name), L"server.exe");
    _snwprintf(command, ARRAYSIZE(command), L"server %u", clients);

    PROCESS_INFORMATION made;
    STARTUPINFOW start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
    if (!CreateProcessW(
            path,
            command,
            NULL,   // default security of the process
            NULL,   // and of its thread
            FALSE,  // inherits no handle
            0,      // no flags
            NULL,   // our environment
            NULL,   // our folder
            &start,
            &made))
        die("CreateProcessW");
    CloseHandle(made.hThread);
    return made.hProcess;
}

/** Opens the pipe, as soon as there is a server with a free instance. */
static HANDLE open_pipe(void)
{
    ULONGLONG deadline = GetTickCount64() + START_MS;
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
        if (GetTickCount64() >= deadline)
            die("CreateFileW");
        if (!WaitNamedPipeW(PIPE_NAME, 100))
            Sleep(1);
    }
}

/** Sends a byte and waits until it comes back. */
static void exchange(HANDLE pipe)
{
    char byte = 'x';
    DWORD count;
    if (!WriteFile(pipe, &byte, 1, &count, NULL))
        die("WriteFile");
    if (!ReadFile(pipe, &byte, 1, &count, NULL))
        die("ReadFile");
}

/** The memory of a process that is resident now, in bytes. */
static double resident(HANDLE process)
{
    PROCESS_MEMORY_COUNTERS counters;
    if (!GetProcessMemoryInfo(process, &counters, sizeof counters))
        die("GetProcessMemoryInfo");
    return (double)counters.WorkingSetSize;
}

/** The time in microseconds. */
static double now_us(void)
{
    LARGE_INTEGER count, frequency;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&count);
    return (double)count.QuadPart * 1e6 / (double)frequency.QuadPart;
}

/** What a number of clients costs, for each of them. */
struct cost {
    double memory;   // bytes
    double coming;   // microseconds until the first reply
    double message;  // microseconds, there and back
};

/** Measures once, with a server of its own. */
static struct cost measure(unsigned clients)
{
    struct cost cost;
    HANDLE server = start_server(clients + 1);
    HANDLE first = open_pipe();  // only to see that the server is there
    exchange(first);
    double memory = resident(server), begin = now_us();
    for (unsigned i = 0; i < clients; i++) {
        pipes[i] = open_pipe();
        exchange(pipes[i]);
    }
    cost.coming = (now_us() - begin) / clients;
    cost.memory = (resident(server) - memory) / clients;

    begin = now_us();
    for (unsigned i = 0; i < EXCHANGES; i++)
        exchange(pipes[i % clients]);
    cost.message = (now_us() - begin) / EXCHANGES;

    for (unsigned i = 0; i < clients; i++)
        CloseHandle(pipes[i]);
    CloseHandle(first);
    if (WaitForSingleObject(server, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    CloseHandle(server);
    return cost;
}

int main(void)
{
    static const unsigned sizes[] = {1, 10, 100, CLIENTS_MAX};
    double coming = 0, message = 0;  // with one client
    use_utf8_console();
    printf("clients   bytes each   us to come     us a message\n");
    for (size_t i = 0; i < ARRAYSIZE(sizes); i++) {
        struct cost best = measure(sizes[i]);
        /* The least of several is what others have disturbed least. */
        for (int round = 1; round < ROUNDS; round++) {
            struct cost cost = measure(sizes[i]);
            best.memory = fmin(best.memory, cost.memory);
            best.coming = fmin(best.coming, cost.coming);
            best.message = fmin(best.message, cost.message);
        }
        coming = i == 0 ? best.coming : coming;
        message = i == 0 ? best.message : message;
        printf(
            "%7u %12.0f %7.0f (x%.1f) %7.0f (x%.1f)\n",
            sizes[i],
            best.memory,
            best.coming,
            best.coming / coming,
            best.message,
            best.message / message);
        fflush(stdout);
    }
    return EXIT_SUCCESS;
}
