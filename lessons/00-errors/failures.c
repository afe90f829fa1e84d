/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Makes six calls that do not simply succeed, and reports each rightly.
 *
 * Usage: `failures`
 *
 * Read main first, then each function in its order; explain.c is next.
 *
 * @see https://learn.microsoft.com/windows/win32/debug/last-error-code
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

/** The name of a code, for printing. */
static const char *name_of(DWORD code)
{
    const char *name = error_name(code);
    return name != NULL ? name : "(no name here)";
}

/** Reports a call that failed. The code comes as an argument: whoever prints
 * first and asks for the code later gets that of another call. */
static void report_failure(const char *call, const char *result, DWORD error)
{
    printf("%s failed (%s): %lu %s\n", call, result, error, name_of(error));
}

/** Calls CloseHandle(NULL), which fails with code 6. */
static void close_nothing(void)
{
    if (!CloseHandle(NULL))
        report_failure("CloseHandle", "FALSE", GetLastError());
}

/** Opens a pipe that nobody has made, and cleans up before the report. */
static void open_missing_pipe(void)
{
    HANDLE pipe = CreateFileW(
        L"\\\\.\\pipe\\pipework-00",
        GENERIC_READ | GENERIC_WRITE,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // it must be there
        0,              // no flags
        NULL);          // no template
    if (pipe == INVALID_HANDLE_VALUE) {
        /* Now: the clean-up fails too, and leaves a code of its own. */
        DWORD error = GetLastError();
        close_nothing();
        report_failure("CreateFileW", "INVALID_HANDLE_VALUE", error);
        return;
    }
    printf("CreateFileW succeeded: somebody has made that pipe\n");
    CloseHandle(pipe);
}

/** Makes an event under a name that can't be one. */
static void create_misnamed_event(void)
{
    HANDLE event = CreateEventW(
        NULL,                   // default security
        TRUE,                   // manual-reset
        FALSE,                  // not set
        L"pipework-00\\stop");  // there is no folder pipework-00
    if (event == NULL) {
        report_failure("CreateEventW", "NULL", GetLastError());
        return;
    }
    printf("CreateEventW succeeded\n");
    CloseHandle(event);
}

/** Makes an event that is there already: a success, with a code. */
static void create_event_again(void)
{
    HANDLE first = CreateEventW(NULL, TRUE, FALSE, L"pipework-00");
    if (first == NULL) {
        report_failure("CreateEventW", "NULL", GetLastError());
        return;
    }

    HANDLE second = CreateEventW(NULL, TRUE, FALSE, L"pipework-00");
    DWORD code = GetLastError();
    if (second == NULL) {
        report_failure("CreateEventW", "NULL", code);
    } else {
        if (code == ERROR_ALREADY_EXISTS)
            printf(
                "CreateEventW succeeded (a handle): %lu %s\n",
                code,
                name_of(code));
        CloseHandle(second);
    }
    CloseHandle(first);
}

/** Waits for nothing. */
static void wait_for_nothing(void)
{
    if (WaitForSingleObject(NULL, 0) == WAIT_FAILED)
        report_failure("WaitForSingleObject", "WAIT_FAILED", GetLastError());
}

/** Asks for a text that has an insert, and gives nothing to insert. */
static void forget_the_insert(void)
{
    wchar_t text[200];
    if (FormatMessageW(
            FORMAT_MESSAGE_FROM_SYSTEM,
            NULL,                  // the system's own texts
            ERROR_BAD_EXE_FORMAT,  // 193
            0,                     // the user's language
            text,
            ARRAYSIZE(text),
            NULL)  // nothing to insert
        == 0)
        report_failure("FormatMessageW", "0", GetLastError());
}

/** Makes one call after another. */
int main(void)
{
    use_utf8_console();

    open_missing_pipe();  // two failures: its clean-up fails too
    create_misnamed_event();
    create_event_again();
    wait_for_nothing();
    forget_the_insert();
    return EXIT_SUCCESS;
}
