/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 15: two children, and what the first says the second reads.
 *
 * Usage: `pipeline TEXT FIRST [WORD...] : SECOND [WORD...]` feeds the first
 * child with the text and prints what the second says. `-k KIB` in the place of
 * the text feeds that many KiB, and counts what comes.
 *
 * Read main first, then run, start_child, feed and finish.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/pipe-handle-inheritance
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include "command_line.h"
#include "common/console.h"
#include "common/error.h"

/** What the first child is fed with. */
struct food {
    const char *text;
    size_t size;  // bytes in all; the text again and again
};

/** One of our two ends: a pipe with a name, because an anonymous one knows no
 * overlapped operations. */
struct end {
    HANDLE pipe;
    OVERLAPPED operation;
};

/** Makes a pipe whose ends no child inherits. */
static void make_pipe(HANDLE *reads, HANDLE *writes)
{
    if (!CreatePipe(
            reads,
            writes,
            NULL,  // default security, not inherited
            0))    // default size
        die("CreatePipe");
}

/** Makes a pipe of which we have one end, for overlapped operations; returns
 * the other one, for a child. */
static HANDLE make_end(struct end *end, bool we_write)
{
    wchar_t name[80];
    static int count;
    swprintf(
        name,
        sizeof name / sizeof *name,
        L"\\\\.\\pipe\\pipework-15-%lu-%d",
        GetCurrentProcessId(),
        count++);
    end->pipe = CreateNamedPipeW(
        name,
        (we_write ? PIPE_ACCESS_OUTBOUND : PIPE_ACCESS_INBOUND)
            | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
        PIPE_TYPE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
        1,      // instances
        4096,   // output buffer
        4096,   // input buffer
        0,      // default time-out
        NULL);  // default security, not inherited
    if (end->pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    HANDLE other = CreateFileW(
        name,
        we_write ? GENERIC_READ : GENERIC_WRITE,
        0,     // not shared
        NULL,  // default security, not inherited
        OPEN_EXISTING,
        0,      // the child's operations are synchronous
        NULL);  // no template
    if (other == INVALID_HANDLE_VALUE)
        die("CreateFileW");
    end->operation =
        (OVERLAPPED){.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    if (end->operation.hEvent == NULL)
        die("CreateEventW");
    return other;
}

/** A list with room for the handles that a child inherits. */
static LPPROC_THREAD_ATTRIBUTE_LIST make_list(void)
{
    SIZE_T room = 0;
    InitializeProcThreadAttributeList(NULL, 1, 0, &room);  // tells the size
    LPPROC_THREAD_ATTRIBUTE_LIST list = malloc(room);
    if (list == NULL || !InitializeProcThreadAttributeList(list, 1, 0, &room))
        die("InitializeProcThreadAttributeList");
    return list;
}

/**
 * Starts a program with this input and output, which are closed here in any
 * case. Returns its process; NULL, and a message, if it can't be started.
 */
static HANDLE start_child(char *const *words, HANDLE input, HANDLE output)
{
    HANDLE handles[] = {input, output, GetStdHandle(STD_ERROR_HANDLE)};
    STARTUPINFOEXW startup = {
        .StartupInfo =
            {
                .cb = sizeof startup,
                .dwFlags = STARTF_USESTDHANDLES,
                .hStdInput = handles[0],
                .hStdOutput = handles[1],
                .hStdError = handles[2],
            },
        .lpAttributeList = make_list(),
    };
    PROCESS_INFORMATION child = {0};
    wchar_t *command_line = make_command_line(words);

    /* TODO(1): the child inherits the three handles, and no other one. */
    for (int i = 0; i < 2; i++)
        if (!SetHandleInformation(
                handles[i],
                HANDLE_FLAG_INHERIT,
                HANDLE_FLAG_INHERIT))
            die("SetHandleInformation");
    if (!UpdateProcThreadAttribute(
            startup.lpAttributeList,
            0,  // no flags
            PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
            handles,
            sizeof handles,
            NULL,   // reserved
            NULL))  // reserved
        die("UpdateProcThreadAttribute");
    /* END TODO(1) */

    if (!CreateProcessW(
            NULL,  // the program is the command line's first word
            command_line,
            NULL,  // default security
            NULL,  // default security
            TRUE,  // inherits
            EXTENDED_STARTUPINFO_PRESENT,
            NULL,  // our environment
            NULL,  // our folder
            &startup.StartupInfo,
            &child))
        report_error("CreateProcessW", GetLastError());
    else
        CloseHandle(child.hThread);
    free(command_line);
    DeleteProcThreadAttributeList(startup.lpAttributeList);
    free(startup.lpAttributeList);

    /* TODO(2): who has these two ends from now on? Not we. */
    CloseHandle(input);
    CloseHandle(output);
    /* END TODO(2) */
    return child.hProcess;
}

/** Closes an end, and its event. No operation is under way. */
static void close_end(struct end *end)
{
    CloseHandle(end->operation.hEvent);
    CloseHandle(end->pipe);
    end->pipe = NULL;
}

/** Looks at a write that has failed. */
static void look_at_failure(DWORD error)
{
    /* TODO(3): a child may end before it has read all: that is its
     * right. Any other failure is reported. */
    if (error != ERROR_NO_DATA && error != ERROR_BROKEN_PIPE)
        report_error("WriteFile", error);
    /* END TODO(3) */
}

/** Begins the next write. Closes the end when there is none. */
static void write_next(struct end *to, const struct food *food, size_t done)
{
    static char part[4096];  // stays as it is until the write has ended
    size_t length = strlen(food->text);
    DWORD size = 0;
    for (; size < sizeof part && done + size < food->size; size++)
        part[size] = food->text[(done + size) % length];
    if (size == 0) {
        close_end(to);
        return;
    }
    if (!WriteFile(to->pipe, part, size, NULL, &to->operation)) {
        DWORD error = GetLastError();
        if (error != ERROR_IO_PENDING) {
            look_at_failure(error);
            close_end(to);
        }
    }
}

/** Begins the next read. Tells whether there is one. */
static bool read_next(struct end *from, char *data, DWORD size)
{
    if (ReadFile(from->pipe, data, size, NULL, &from->operation))
        return true;
    DWORD error = GetLastError();
    if (error != ERROR_IO_PENDING && error != ERROR_BROKEN_PIPE) {
        report_error("ReadFile", error);
        exit(EXIT_FAILURE);
    }
    return error == ERROR_IO_PENDING;
}

/** Feeds and collects, whichever is ready. */
static void work(
    struct end *to, struct end *from, const struct food *food, bool print)
{
    char data[4096];
    size_t done = 0, sum = 0;
    DWORD bytes;
    bool reading = read_next(from, data, sizeof data);
    write_next(to, food, done);
    while (reading || to->pipe != NULL) {
        HANDLE events[2];
        DWORD count = 0;
        if (reading)
            events[count++] = from->operation.hEvent;
        if (to->pipe != NULL)
            events[count++] = to->operation.hEvent;
        DWORD which = WaitForMultipleObjects(count, events, FALSE, INFINITE);
        if (which == WAIT_FAILED)
            die("WaitForMultipleObjects");
        if (events[which] == to->operation.hEvent && to->pipe != NULL) {
            if (GetOverlappedResult(to->pipe, &to->operation, &bytes, FALSE)) {
                done += bytes;
                write_next(to, food, done);
            } else {
                look_at_failure(GetLastError());
                close_end(to);
            }
        } else if (GetOverlappedResult(
                       from->pipe,
                       &from->operation,
                       &bytes,
                       FALSE)) {
            if (print)
                fwrite(data, 1, bytes, stdout);
            sum += bytes;
            reading = read_next(from, data, sizeof data);
        } else if (GetLastError() == ERROR_BROKEN_PIPE)
            reading = false;
        else
            die("GetOverlappedResult");
    }
    if (!print)
        printf("%zu bytes came\n", sum);
    fflush(stdout);
}

/** Waits for a child and says how it ended. Tells whether all was well. */
static bool finish(const char *name, HANDLE child)
{
    DWORD status = EXIT_FAILURE;
    /* TODO(4): wait for its end, print `NAME ended with exit status N`, and
     * close it. One that could not be started was not well. */
    if (child == NULL)
        return false;
    if (WaitForSingleObject(child, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    if (!GetExitCodeProcess(child, &status))
        die("GetExitCodeProcess");
    CloseHandle(child);
    printf("%s ended with exit status %lu\n", name, status);
    fflush(stdout);
    /* END TODO(4) */
    return status == EXIT_SUCCESS;
}

/** Lets two children work, the one for the other. */
static bool run(
    struct food *food, char *const *first, char *const *second, bool print)
{
    struct end to, from;
    HANDLE from_first, to_second;
    HANDLE to_first = make_end(&to, true);
    make_pipe(&to_second, &from_first);
    HANDLE from_second = make_end(&from, false);
    HANDLE one = start_child(first, to_first, from_first);
    HANDLE two = start_child(second, to_second, from_second);
    work(&to, &from, food, print);
    close_end(&from);
    bool first_well = finish(first[0], one);
    return finish(second[0], two) && first_well;
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    bool much = argc > 2 && strcmp(argv[1], "-k") == 0;
    struct food food = {.text = "all work and no play\n"};
    char **first = argv + (much ? 3 : 2), **second = first;
    if (much)
        food.size = 1024 * strtoul(argv[2], NULL, 10);
    else if (argc > 1) {
        food.text = argv[1];
        food.size = strlen(food.text);
    }
    while (second < argv + argc && strcmp(*second, ":") != 0)
        second++;
    if (second >= argv + argc - 1 || second == first || food.size == 0) {
        fprintf(
            stderr,
            "usage: pipeline TEXT|-k KIB FIRST [WORD...] : SECOND [WORD...]\n");
        return EXIT_USAGE;
    }
    *second++ = NULL;  // the end of the first one's words
    return run(&food, first, second, !much) ? EXIT_SUCCESS : EXIT_FAILURE;
}
