/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Looks at the console's output code page around use_utf8_console.
 *
 * `page` starts `page console` with a console that has no window, which sets a
 * Korean code page, lets `page use` do its work there, and prints the code page
 * before, during and after it: `949 65001 949`. How `page use` ends is the
 * argument: return, exit or die.
 *
 * Usage: `page return`, `page exit` or `page die`
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

enum { KOREAN = 949, DEADLINE_MS = 10000 };

/** Starts this program once more and waits until it has ended. */
static void run_role(const wchar_t *role, const char *ending, DWORD flags)
{
    wchar_t file[MAX_PATH];
    wchar_t line[2 * MAX_PATH];
    STARTUPINFOW start = {
        .cb = sizeof start,
        .dwFlags = STARTF_USESTDHANDLES,
        .hStdInput = GetStdHandle(STD_INPUT_HANDLE),
        .hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE),
        .hStdError = GetStdHandle(STD_ERROR_HANDLE)};
    PROCESS_INFORMATION process;

    GetModuleFileNameW(NULL, file, ARRAYSIZE(file));
    _snwprintf(line, ARRAYSIZE(line), L"\"%ls\" %ls %hs", file, role, ending);
    if (!CreateProcessW(
            NULL,  // the program's name stands in the line
            line,
            NULL,  // default security of the process
            NULL,  // and of its thread
            TRUE,  // inherits the standard handles
            flags,
            NULL,  // our environment
            NULL,  // our folder
            &start,
            &process))
        die("CreateProcessW");
    if (WaitForSingleObject(process.hProcess, DEADLINE_MS) != WAIT_OBJECT_0) {
        TerminateProcess(process.hProcess, EXIT_FAILURE);
        fprintf(stderr, "page: the program did not end\n");
        exit(EXIT_FAILURE);
    }
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
}

static void print_page(void)
{
    printf("%u\n", GetConsoleOutputCP());
    fflush(stdout);
}

int main(int argc, char *argv[])
{
    const char *role = argc == 3 ? argv[1] : "";
    const char *ending = argv[argc - 1];

    if (argc == 2) {
        run_role(L"console", ending, CREATE_NO_WINDOW);
    } else if (strcmp(role, "console") == 0) {
        if (!SetConsoleOutputCP(KOREAN)) {
            puts("no console");
            return EXIT_SUCCESS;
        }
        print_page();
        run_role(L"use", ending, 0);
        print_page();
    } else if (strcmp(role, "use") == 0) {
        use_utf8_console();
        use_utf8_console();  // a second call changes nothing
        print_page();
        if (strcmp(ending, "exit") == 0)
            exit(EXIT_SUCCESS);
        if (strcmp(ending, "die") == 0)
            die("page");
    } else {
        return EXIT_USAGE;
    }
    return EXIT_SUCCESS;
}
