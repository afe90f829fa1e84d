/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Two processes add 1 to the same number: what remains?
 *
 * Usage: `counter`. It starts itself twice for each way of adding. Two events
 * hold the first process between its reading and its writing, so that what is
 * rare by luck happens each time.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/sync/interlocked-variable-access
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

#define COUNT_NAME L"Local\\pipework-16-count"
#define LOCK_NAME  L"Local\\pipework-16-count-lock"
#define READ_NAME  L"Local\\pipework-16-count-read"
#define GO_NAME    L"Local\\pipework-16-count-go"

/** What parent and children share. */
struct shared {
    HANDLE mapping, lock;
    HANDLE read;  // set: a child has read the number
    HANDLE go;    // set: children may write
    _Atomic uint32_t *count;
};

static HANDLE make_event(const wchar_t *name)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, name);
    if (event == NULL)
        die("CreateEventW");
    return event;
}

static struct shared open_shared(void)
{
    struct shared shared;
    shared.mapping = CreateFileMappingW(
        INVALID_HANDLE_VALUE,  // no file
        NULL,                  // default security
        PAGE_READWRITE,
        0,                 // size, upper half
        sizeof(uint32_t),  // lower half
        COUNT_NAME);
    if (shared.mapping == NULL)
        die("CreateFileMappingW");
    shared.count = MapViewOfFile(shared.mapping, FILE_MAP_WRITE, 0, 0, 0);
    if (shared.count == NULL)
        die("MapViewOfFile");
    shared.lock = CreateMutexW(NULL, FALSE, LOCK_NAME);
    if (shared.lock == NULL)
        die("CreateMutexW");
    shared.read = make_event(READ_NAME);
    shared.go = make_event(GO_NAME);
    return shared;
}

static void wait_for(HANDLE object)
{
    if (WaitForSingleObject(object, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
}

static void set(HANDLE event)
{
    if (!SetEvent(event))
        die("SetEvent");
}

static void reset(HANDLE event)
{
    if (!ResetEvent(event))
        die("ResetEvent");
}

/** What `number++` is if nobody makes it one step: read, add, write. Each of
 * them is atomic here; together they are not. */
static void add_in_steps(struct shared *shared)
{
    uint32_t number = *shared->count;
    set(shared->read);
    wait_for(shared->go);  // the gate: a moment that never is this long
    *shared->count = number + 1;
}

/** As a child: adds 1. */
static void add(struct shared *shared, const char *way)
{
    if (strcmp(way, "plain") == 0)
        add_in_steps(shared);
    else if (strcmp(way, "mutex") == 0) {
        wait_for(shared->lock);
        add_in_steps(shared);
        if (!ReleaseMutex(shared->lock))
            die("ReleaseMutex");
    } else {
        atomic_fetch_add(shared->count, 1);  // no gap, so no gate
        set(shared->read);
    }
}

/** Starts this program as a child that adds 1 in some way. */
static HANDLE start_adder(const char *way)
{
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    wchar_t command_line[40];
    swprintf(command_line, ARRAYSIZE(command_line), L"counter %hs", way);
    if (!CreateProcessW(
            NULL,  // the program is the command line's first word
            command_line,
            NULL,   // default security
            NULL,   // default security
            FALSE,  // inherits nothing: names are enough
            0,      // no flags
            NULL,   // our environment
            NULL,   // our folder
            &startup,
            &child))
        die("CreateProcessW");
    CloseHandle(child.hThread);
    return child.hProcess;
}

/** Waits until a child has read the number, or has ended. */
static void wait_until_read(const struct shared *shared, HANDLE child)
{
    HANDLE either[] = {shared->read, child};
    if (WaitForMultipleObjects(2, either, FALSE, INFINITE) == WAIT_FAILED)
        die("WaitForMultipleObjects");
}

/** Lets two children add 1, and prints what comes of it. */
static void try_way(struct shared *shared, const char *way, bool both_read)
{
    *shared->count = 0;
    reset(shared->read);
    reset(shared->go);
    HANDLE one = start_adder(way);
    wait_until_read(shared, one);
    reset(shared->read);
    HANDLE other = start_adder(way);
    if (both_read)  // with a mutex the second one can't, before the first ends
        wait_until_read(shared, other);
    set(shared->go);
    wait_for(one);
    wait_for(other);
    printf("%-8s 0 + 1 + 1 = %u\n", way, *shared->count);
    fflush(stdout);
    CloseHandle(one);
    CloseHandle(other);
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    struct shared shared = open_shared();
    if (argc > 1)
        add(&shared, argv[1]);
    else {
        try_way(&shared, "plain", true);
        try_way(&shared, "mutex", false);
        try_way(&shared, "atomic", true);
    }
    if (!UnmapViewOfFile(shared.count))
        die("UnmapViewOfFile");
    CloseHandle(shared.go);
    CloseHandle(shared.read);
    CloseHandle(shared.lock);
    CloseHandle(shared.mapping);
    return EXIT_SUCCESS;
}
