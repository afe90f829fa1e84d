/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 00: a log of calls whose codes can be believed.
 *
 * Usage: `failures`
 *
 * Change what stands between each TODO(n) and its END; README.md tells the
 * task, lessons/00-errors the way.
 *
 * @see https://learn.microsoft.com/windows/win32/debug/last-error-code
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

/** Opens a pipe of this computer; each caller tests what comes back. */
static HANDLE open_pipe(const wchar_t *name, DWORD access)
{
    return CreateFileW(
        name,
        access,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // it must be there
        0,              // no flags
        NULL);          // no template
}

/** Prints a line of the log, and sends it to the viewer if there is one. */
static void print_line(HANDLE viewer, const char *line)
{
    printf("%s", line);
    fflush(stdout);
    if (viewer != INVALID_HANDLE_VALUE) {
        /* A viewer that has just left misses the line; that does no harm. */
        DWORD bytes_written;
        WriteFile(viewer, line, (DWORD)strlen(line), &bytes_written, NULL);
        CloseHandle(viewer);
    }
}

/** Opens the log viewer's pipe.  Most of the time nobody looks at the log, and
 * this fails: that is no failure worth a line. */
static HANDLE open_viewer(void)
{
    return open_pipe(L"\\\\.\\pipe\\pipework-00-log", GENERIC_WRITE);
}

/** Logs that a call has failed.  To be called right behind it. */
static void log_failure(const char *call)
{
    /* TODO(1): log the code that the failed call has left. */
    DWORD error = GetLastError();
    HANDLE viewer = open_viewer();
    /* END TODO(1) */

    char line[200];
    const char *name = error_name(error);
    snprintf(
        line,
        sizeof line,
        "%s failed: error %lu %s\n",
        call,
        error,
        name != NULL ? name : "");
    print_line(viewer, line);
}

/** Logs that a call has succeeded; a note may say more. */
static void log_success(const char *call, const char *note)
{
    char line[200];
    snprintf(line, sizeof line, "%s succeeded%s\n", call, note);
    print_line(open_viewer(), line);
}

/* TODO(2): know from its result whether each call has failed. */

/** Opens the pipe of a server that may not be there. */
static void visit_server(void)
{
    HANDLE pipe =
        open_pipe(L"\\\\.\\pipe\\pipework-00", GENERIC_READ | GENERIC_WRITE);
    if (pipe == INVALID_HANDLE_VALUE) {
        log_failure("CreateFileW");
        return;
    }
    log_success("CreateFileW", "");
    CloseHandle(pipe);
}

/** Makes an event, or opens the one that has the name already. */
static HANDLE make_event(const wchar_t *name)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, name);
    bool was_there = event != NULL && GetLastError() == ERROR_ALREADY_EXISTS;
    if (event == NULL)
        log_failure("CreateEventW");
    else
        log_success(
            "CreateEventW",
            was_there ? ", and it was there already: 183" : "");
    return event;
}

/* END TODO(2) */

/** Closes a handle that make_event() gave. */
static void close_event(HANDLE event)
{
    if (!CloseHandle(event))
        log_failure("CloseHandle");
}

/** Makes one call after another. */
int main(void)
{
    use_utf8_console();

    visit_server();

    /* A name with a backslash: there is no event to close afterwards. */
    close_event(make_event(L"pipework-00\\stop"));

    HANDLE first = make_event(L"pipework-00");
    HANDLE second = make_event(L"pipework-00");
    close_event(second);
    close_event(first);
    return EXIT_SUCCESS;
}
