/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Runs a filter as its child, feeds it, and collects what it says.
 *
 * Usage: `parent TEXT PROGRAM [WORD...]` feeds the program with the text and
 * prints what it says; `-k KIB` in the place of the text feeds that many KiB,
 * and counts what comes back.
 *
 * Read main first, then start_child, feed and collect.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/procthread/creating-a-child-process-with-redirected-input-and-output
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "command_line.h"
#include "common/console.h"
#include "common/error.h"

/** What the child is fed with. */
struct food {
    HANDLE pipe;  // closed when all is eaten
    const char *text;
    size_t size;  // bytes in all; the text again and again
    bool failed;  // not all was eaten
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

/** Lets a child inherit a handle, if its list has it, too. */
static void let_inherit(HANDLE handle)
{
    if (!SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT))
        die("SetHandleInformation");
}

/** A list of the handles that the child inherits: it gets no others. (Another
 * child that is started meanwhile gets ours, unless it has a list, too.) */
static LPPROC_THREAD_ATTRIBUTE_LIST make_list(HANDLE *handles, size_t size)
{
    SIZE_T room = 0;
    if (!InitializeProcThreadAttributeList(NULL, 1, 0, &room)
        && GetLastError() != ERROR_INSUFFICIENT_BUFFER)  // room is the size now
        die("InitializeProcThreadAttributeList");
    LPPROC_THREAD_ATTRIBUTE_LIST list = malloc(room);
    if (list == NULL || !InitializeProcThreadAttributeList(list, 1, 0, &room))
        die("InitializeProcThreadAttributeList");
    if (!UpdateProcThreadAttribute(
            list,
            0,  // no flags
            PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
            handles,
            size,
            NULL,   // reserved
            NULL))  // reserved
        die("UpdateProcThreadAttribute");
    return list;
}

/** Starts a program whose input and output are these ends of pipes. */
static HANDLE start_child(char *const *arguments, HANDLE input, HANDLE output)
{
    HANDLE handles[] = {input, output, GetStdHandle(STD_ERROR_HANDLE)};
    if (handles[2] == INVALID_HANDLE_VALUE)
        die("GetStdHandle");  // not NULL: a console program has one
    STARTUPINFOEXW startup = {
        .StartupInfo =
            {
                .cb = sizeof startup,
                .dwFlags = STARTF_USESTDHANDLES,
                .hStdInput = handles[0],
                .hStdOutput = handles[1],
                .hStdError = handles[2],
            },
        .lpAttributeList = make_list(handles, sizeof handles),
    };
    PROCESS_INFORMATION child;
    wchar_t *command_line = make_command_line(arguments);
    if (!CreateProcessW(
            NULL,  // the program is the command line's first word
            command_line,
            NULL,  // default security
            NULL,  // default security
            TRUE,  // inherits the handles of the list
            EXTENDED_STARTUPINFO_PRESENT,
            NULL,  // our environment
            NULL,  // our folder
            &startup.StartupInfo,
            &child))
        die("CreateProcessW");
    free(command_line);
    DeleteProcThreadAttributeList(startup.lpAttributeList);
    free(startup.lpAttributeList);
    CloseHandle(child.hThread);
    return child.hProcess;
}

/** A thread: writes all, then closes the pipe: that is the end of the data. */
static DWORD WINAPI feed(void *argument)
{
    struct food *food = argument;
    size_t length = strlen(food->text);
    DWORD bytes_written;
    for (size_t done = 0; done < food->size; done += bytes_written) {
        const char *next = food->text + done % length;
        DWORD left = (DWORD)strlen(next);
        if (left > food->size - done)
            left = (DWORD)(food->size - done);
        if (!WriteFile(food->pipe, next, left, &bytes_written, NULL)) {
            report_error("WriteFile", GetLastError());
            food->failed = true;
            break;
        }
    }
    CloseHandle(food->pipe);
    return EXIT_SUCCESS;
}

/** Reads up to the end, and prints what it reads, or nothing of it. */
static size_t collect(HANDLE pipe, bool print)
{
    char data[4096];
    DWORD bytes_read;
    size_t sum = 0;
    while (ReadFile(pipe, data, sizeof data, &bytes_read, NULL)) {
        if (print)
            fwrite(data, 1, bytes_read, stdout);
        sum += bytes_read;
    }
    /* The child, and whoever else had the writing end, has closed it. */
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
    return sum;
}

/** Feeds a child and collects what it says; returns its exit status. */
static DWORD run(struct food *food, char *const *arguments, bool print)
{
    HANDLE childs_input, childs_output, from_child;
    make_pipe(&childs_input, &food->pipe);
    make_pipe(&from_child, &childs_output);
    let_inherit(childs_input);
    let_inherit(childs_output);
    HANDLE child = start_child(arguments, childs_input, childs_output);

    /* The child has its own now. With ours open, too, our reading would never
     * come to an end. */
    CloseHandle(childs_input);
    CloseHandle(childs_output);

    /* Who writes all before he reads stands still when both pipes are full. */
    HANDLE feeder = CreateThread(NULL, 0, feed, food, 0, NULL);
    if (feeder == NULL)
        die("CreateThread");
    size_t sum = collect(from_child, print);
    if (print)
        printf("\n");
    else
        printf("%zu bytes came back\n", sum);

    DWORD status;
    if (WaitForSingleObject(feeder, INFINITE) == WAIT_FAILED
        || WaitForSingleObject(child, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    if (!GetExitCodeProcess(child, &status))
        die("GetExitCodeProcess");
    CloseHandle(feeder);
    CloseHandle(child);
    CloseHandle(from_child);
    return status;
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    static char page[4096 + 1];
    bool much = argc > 3 && strcmp(argv[1], "-k") == 0;
    struct food food = {.text = argc > 1 ? argv[1] : ""};
    food.size = strlen(food.text);
    if (much) {
        food.text = memset(page, 'a', sizeof page - 1);
        food.size = 1024 * strtoul(argv[2], NULL, 10);
    }
    if (argc < 3 || food.size == 0) {
        fprintf(stderr, "usage: parent TEXT|-k KIB PROGRAM [WORD...]\n");
        return EXIT_USAGE;
    }
    char **arguments = argv + (much ? 3 : 2);
    DWORD status = run(&food, arguments, !much);
    printf("%s ended with exit status %lu\n", arguments[0], status);
    return food.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
