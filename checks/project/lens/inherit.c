/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Gives a child ends of a pipe, in each of the ways in which it can get
 *        them; for the tests of the lens.
 *
 * Usage: `inherit all|none|one|list|copy|talk`. As a child, `inherit close
 * READS WRITES` closes the writing end, `read` reads from the other one, and
 * `wait` waits to be ended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static HANDLE ends[2];  // the reading and the writing one

static void expect(BOOL good, const char *call)
{
    if (good)
        return;
    printf("%s: error %lu\n", call, GetLastError());
    exit(1);
}

/** Starts this program again, as a child. */
static PROCESS_INFORMATION start(
    const char *action, BOOL inherit, LPPROC_THREAD_ATTRIBUTE_LIST list)
{
    STARTUPINFOEXW start = {.StartupInfo = {.cb = sizeof start}};
    PROCESS_INFORMATION child;
    WCHAR program[MAX_PATH], command[80];

    start.lpAttributeList = list;
    GetModuleFileNameW(NULL, program, MAX_PATH);
    _snwprintf(
        command,
        80,
        L"inherit %hs %lu %lu",
        action,
        (DWORD)(ULONG_PTR)ends[0],
        (DWORD)(ULONG_PTR)ends[1]);
    expect(
        CreateProcessW(
            program,
            command,
            NULL,
            NULL,
            inherit,
            list != NULL ? EXTENDED_STARTUPINFO_PRESENT : 0,
            NULL,
            NULL,
            &start.StartupInfo,
            &child),
        "CreateProcessW");
    return child;
}

/** Waits for the child, and closes what is left. */
static void finish(PROCESS_INFORMATION child)
{
    WaitForSingleObject(child.hProcess, INFINITE);
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
    CloseHandle(ends[0]);
    if (ends[1] != NULL)
        CloseHandle(ends[1]);
}

static void make_pipe(BOOL inherit)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, inherit};

    expect(CreatePipe(&ends[0], &ends[1], &inherited, 0), "CreatePipe");
}

/** A list of the writing end alone. */
static LPPROC_THREAD_ATTRIBUTE_LIST make_list(void)
{
    SIZE_T size = 0;

    InitializeProcThreadAttributeList(NULL, 1, 0, &size);
    LPPROC_THREAD_ATTRIBUTE_LIST list = malloc(size);
    expect(
        list != NULL && InitializeProcThreadAttributeList(list, 1, 0, &size),
        "InitializeProcThreadAttributeList");
    expect(
        UpdateProcThreadAttribute(
            list,
            0,
            PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
            &ends[1],
            sizeof ends[1],
            NULL,
            NULL),
        "UpdateProcThreadAttribute");
    return list;
}

/** Gives the end to a child that runs already. */
static void copy(void)
{
    HANDLE copied;

    make_pipe(FALSE);
    PROCESS_INFORMATION child = start("wait", FALSE, NULL);
    expect(
        DuplicateHandle(
            GetCurrentProcess(),
            ends[1],
            child.hProcess,
            &copied,
            0,
            FALSE,
            DUPLICATE_SAME_ACCESS),
        "DuplicateHandle");
    TerminateProcess(child.hProcess, 0);
    finish(child);
}

/** Writes to a child that inherits only the reading end. */
static void talk(void)
{
    DWORD n;

    make_pipe(FALSE);
    SetHandleInformation(ends[0], HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    PROCESS_INFORMATION child = start("read", TRUE, NULL);
    expect(WriteFile(ends[1], "hello", 5, &n, NULL), "WriteFile");
    CloseHandle(ends[1]);
    ends[1] = NULL;
    finish(child);
}

/** Reads up to the end. */
static void read_all(HANDLE pipe)
{
    char data[10];
    DWORD n;

    while (ReadFile(pipe, data, sizeof data, &n, NULL))
        printf("%lu bytes\n", n);
    expect(GetLastError() == ERROR_BROKEN_PIPE, "ReadFile");
}

/** A handle that stands in an argument. */
static HANDLE handle_in(const char *argument)
{
    return (HANDLE)(ULONG_PTR)strtoul(argument, NULL, 10);
}

int main(int argc, char *argv[])
{
    const char *action = argc > 1 ? argv[1] : "";

    if (strcmp(action, "close") == 0) {
        CloseHandle(handle_in(argv[3]));
    } else if (strcmp(action, "read") == 0) {
        read_all(handle_in(argv[2]));
    } else if (strcmp(action, "talk") == 0) {
        talk();
    } else if (strcmp(action, "wait") == 0) {
        Sleep(INFINITE);
    } else if (strcmp(action, "all") == 0) {
        make_pipe(TRUE);
        finish(start("close", TRUE, NULL));
    } else if (strcmp(action, "none") == 0) {
        make_pipe(TRUE);
        finish(start("wait-not", FALSE, NULL));
    } else if (strcmp(action, "one") == 0) {
        make_pipe(FALSE);
        SetHandleInformation(ends[1], HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
        finish(start("close", TRUE, NULL));
    } else if (strcmp(action, "list") == 0) {
        make_pipe(TRUE);
        LPPROC_THREAD_ATTRIBUTE_LIST list = make_list();
        finish(start("close", TRUE, list));
        DeleteProcThreadAttributeList(list);
        free(list);
    } else if (strcmp(action, "copy") == 0) {
        copy();
    }
    return 0;
}
