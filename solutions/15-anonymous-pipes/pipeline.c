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
#include <windows.h>

#include "command_line.h"
#include "common/console.h"
#include "common/error.h"

/** What the first child is fed with. */
struct food {
    HANDLE pipe;  // closed when all is eaten
    const char *text;
    size_t size;  // bytes in all; the text again and again
    bool failed;  // not all was eaten, and that is no child's wish
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

/** A list of the handles that a child inherits: it gets no others. */
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

/**
 * Starts a program with this input and output. Returns its process; NULL, and
 * a message, if it can't be started.
 */
static HANDLE start_child(char *const *words, HANDLE input, HANDLE output)
{
    HANDLE error = GetStdHandle(STD_ERROR_HANDLE);
    HANDLE handles[3];
    size_t count = 0;
    /* TODO(1): list what the child inherits: its input, its output, and our
     * error output, if we have one. Each of them must be inheritable. */
    handles[count++] = input;
    handles[count++] = output;
    if (error != NULL && error != INVALID_HANDLE_VALUE)
        handles[count++] = error;
    for (size_t i = 0; i < count; i++)
        if (!SetHandleInformation(
                handles[i],
                HANDLE_FLAG_INHERIT,
                HANDLE_FLAG_INHERIT))
            die("SetHandleInformation");
    /* END TODO(1) */

    STARTUPINFOEXW startup = {
        .StartupInfo =
            {
                .cb = sizeof startup,
                .dwFlags = STARTF_USESTDHANDLES,
                .hStdInput = input,
                .hStdOutput = output,
                .hStdError = error,
            },
        .lpAttributeList = make_list(handles, count * sizeof *handles),
    };
    PROCESS_INFORMATION child = {0};
    wchar_t *command_line = make_command_line(words);
    if (!CreateProcessW(
            NULL,  // the program is the command line's first word
            command_line,
            NULL,  // default security
            NULL,  // default security
            TRUE,  // inherits what the list has
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

    /* TODO(2): who has these two ends from now on? */
    CloseHandle(input);
    CloseHandle(output);
    /* END TODO(2) */
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
            /* TODO(3): a child may end before it has read all: that is its
             * right. Any other failure is reported, and noted in food. */
            DWORD error = GetLastError();
            if (error != ERROR_NO_DATA && error != ERROR_BROKEN_PIPE) {
                report_error("WriteFile", error);
                food->failed = true;
            }
            /* END TODO(3) */
            break;
        }
    }
    CloseHandle(food->pipe);
    return EXIT_SUCCESS;
}

/** Reads up to the end, and prints what it reads, or how many bytes it was. */
static void collect(HANDLE pipe, bool print)
{
    char data[4096];
    DWORD bytes_read;
    size_t sum = 0;
    while (ReadFile(pipe, data, sizeof data, &bytes_read, NULL)) {
        if (print)
            fwrite(data, 1, bytes_read, stdout);
        sum += bytes_read;
    }
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
    if (print)
        printf("\n");
    else
        printf("%zu bytes came\n", sum);
    fflush(stdout);
}

/** Waits for a child and says how it ended. Tells whether all was well. */
static bool finish(const char *name, HANDLE child)
{
    DWORD status = EXIT_FAILURE;  // until the child says otherwise
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
    HANDLE to_first, from_first, to_second, from_second, reads;
    make_pipe(&to_first, &food->pipe);
    make_pipe(&to_second, &from_first);
    make_pipe(&reads, &from_second);
    HANDLE one = start_child(first, to_first, from_first);
    HANDLE two = start_child(second, to_second, from_second);

    /* Who writes all before he reads stands still when the pipes are full. */
    HANDLE feeder = CreateThread(NULL, 0, feed, food, 0, NULL);
    if (feeder == NULL)
        die("CreateThread");
    collect(reads, print);
    if (WaitForSingleObject(feeder, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    CloseHandle(feeder);
    CloseHandle(reads);
    bool first_well = finish(first[0], one);
    return finish(second[0], two) && first_well && !food->failed;
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    static char page[4096 + 1];
    bool much = argc > 2 && strcmp(argv[1], "-k") == 0;
    struct food food = {.text = memset(page, 'a', sizeof page - 1)};
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
