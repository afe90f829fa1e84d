/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Rules of mappings, mutexes and names, each tried out.
 *
 * Usage: `rules`. Each line tells what was tried and what came of it.
 *
 * @see https://learn.microsoft.com/windows/win32/sync/object-names
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

#define NAME       L"Local\\pipework-16-rules"
#define OTHER_CASE L"Local\\PIPEWORK-16-RULES"

/** Sizes: a page of memory, and the step of a view's beginning. */
enum { PAGE = 4096, STEP = 65536 };

/** Makes the mapping, or opens it. */
static HANDLE make_mapping(DWORD size)
{
    HANDLE mapping = CreateFileMappingW(
        INVALID_HANDLE_VALUE,  // no file
        NULL,                  // default security
        PAGE_READWRITE,
        0,  // size, upper half
        size,
        NAME);
    if (mapping == NULL)
        die("CreateFileMappingW");
    return mapping;
}

/** Maps all of a mapping. */
static char *map(HANDLE mapping, DWORD access)
{
    char *view = MapViewOfFile(mapping, access, 0, 0, 0);
    if (view == NULL)
        die("MapViewOfFile");
    return view;
}

/** What Windows says of a view. */
static MEMORY_BASIC_INFORMATION ask(const void *view)
{
    MEMORY_BASIC_INFORMATION about;
    if (VirtualQuery(view, &about, sizeof about) == 0)
        die("VirtualQuery");
    return about;
}

static void unmap(const void *view)
{
    if (!UnmapViewOfFile(view))
        die("UnmapViewOfFile");
}

/** Prints what was tried, and the number that came of it. */
static void tell(const char *what, size_t number)
{
    printf("%-46s %zu\n", what, number);
}

static void try_memory(void)
{
    HANDLE first = make_mapping(2 * PAGE);
    char *view = map(first, FILE_MAP_WRITE);
    size_t zeros = 0;
    while (zeros < 2 * PAGE && view[zeros] == 0)
        zeros++;
    tell("8,192 new bytes; zeros among them", zeros);
    view[0] = 'a';

    SetLastError(ERROR_SUCCESS);
    HANDLE second = make_mapping(100 * PAGE);
    tell("the same name, 409,600 bytes: succeeds, code", GetLastError());
    char *other = map(second, FILE_MAP_READ);
    tell("its size", ask(other).RegionSize);
    tell("its first byte is the other's: 1", other[0] == 'a');
    tell("its view is PAGE_READONLY: 2", ask(other).Protect);

    CloseHandle(first);
    CloseHandle(second);
    HANDLE third = OpenFileMappingW(FILE_MAP_READ, FALSE, NAME);
    tell("no handle is open: OpenFileMappingW", GetLastError());
    if (third != NULL)
        CloseHandle(third);
    view[0] = 'b';
    tell("the two views go on, and are one memory: 1", other[0] == 'b');
    unmap(view);
    unmap(other);
}

static void try_names_and_offsets(void)
{
    HANDLE mapping = make_mapping(2 * STEP);
    HANDLE mutex = CreateMutexW(NULL, FALSE, NAME);
    tell("a mutex of the mapping's name", GetLastError());
    if (mutex != NULL)
        CloseHandle(mutex);
    HANDLE other = OpenFileMappingW(FILE_MAP_READ, FALSE, OTHER_CASE);
    tell("the name in capital letters", GetLastError());
    if (other != NULL)
        CloseHandle(other);

    char *view = MapViewOfFile(mapping, FILE_MAP_READ, 0, PAGE, PAGE);
    tell("a view that begins at 4,096", GetLastError());
    if (view != NULL)
        unmap(view);
    view = MapViewOfFile(mapping, FILE_MAP_READ, 0, STEP, PAGE);
    if (view == NULL)
        die("MapViewOfFile");
    tell("a view that begins at 65,536; its size", ask(view).RegionSize);
    unmap(view);
    CloseHandle(mapping);
}

/** What a thread does with the mutex, after looking whether it is free. */
static DWORD WINAPI look(void *mutex)
{
    return WaitForSingleObject(mutex, 0);  // ends with the mutex, if it has it
}

/** Lets another thread look whether the mutex is free. */
static DWORD look_from_elsewhere(HANDLE mutex)
{
    HANDLE thread = CreateThread(NULL, 0, look, mutex, 0, NULL);
    if (thread == NULL)
        die("CreateThread");
    DWORD result;
    if (WaitForSingleObject(thread, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    if (!GetExitCodeThread(thread, &result))
        die("GetExitCodeThread");
    CloseHandle(thread);
    return result;
}

static void try_mutex(void)
{
    HANDLE mutex = CreateMutexW(NULL, TRUE, NULL);
    if (mutex == NULL)
        die("CreateMutexW");
    if (WaitForSingleObject(mutex, 0) != WAIT_OBJECT_0)
        die("WaitForSingleObject");
    if (!ReleaseMutex(mutex))
        die("ReleaseMutex");
    tell(
        "taken twice, released once; another's wait",
        look_from_elsewhere(mutex));
    if (!ReleaseMutex(mutex))
        die("ReleaseMutex");
    tell("released again; another's wait", look_from_elsewhere(mutex));
    tell(
        "that one has ended with it; the next wait",
        WaitForSingleObject(mutex, 0));
    if (!ReleaseMutex(mutex))
        die("ReleaseMutex");
    if (!ReleaseMutex(mutex))
        tell("released by somebody who has it not", GetLastError());
    CloseHandle(mutex);
}

int main(void)
{
    use_utf8_console();
    try_memory();
    try_names_and_offsets();
    try_mutex();
    return EXIT_SUCCESS;
}
