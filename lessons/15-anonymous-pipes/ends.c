/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Shows who can keep the end of a pipe open, so that its reader never
 *        comes to the end; and who stands still though all is closed.
 *
 * Usage: `ends`. As a child: `ends read` reads its input to the end, `ends
 * copy` copies it.
 *
 * Read main from below: each step is a mistake but for the first, and the one
 * with lists.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/pipe-handle-inheritance
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

/** How long we wait for what comes, and for what does not, in ms. */
enum { SURE_MS = 20000, VAIN_MS = 300 };

/** Bytes: more than two pipes and the child between them can hold. */
enum { MUCH = 200000, PART = 1000 };

struct pipe {
    HANDLE reads, writes;
};

/** Makes a pipe whose ends are both inherited by every child: a mistake. */
static struct pipe make_pipe(void)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    struct pipe pipe;
    if (!CreatePipe(&pipe.reads, &pipe.writes, &inherited,
                    0))  // default size
        die("CreatePipe");
    return pipe;
}

/** Lets no child inherit it from now on. */
static void keep(HANDLE end)
{
    if (!SetHandleInformation(end, HANDLE_FLAG_INHERIT, 0))
        die("SetHandleInformation");
}

/** A list of these handles: a child that gets it inherits no others. */
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

/** Starts this program again. It inherits all that can be inherited, or, with
 * a list, its three standard handles. */
static HANDLE start(
    const wchar_t *action, HANDLE input, HANDLE output, bool has_list)
{
    HANDLE handles[] = {input, output, GetStdHandle(STD_ERROR_HANDLE)};
    if (handles[2] == INVALID_HANDLE_VALUE)
        die("GetStdHandle");
    STARTUPINFOEXW startup = {
        .StartupInfo =
            {
                .cb = has_list ? sizeof startup : sizeof startup.StartupInfo,
                .dwFlags = STARTF_USESTDHANDLES,
                .hStdInput = input,
                .hStdOutput = output,
                .hStdError = handles[2],
            },
    };
    PROCESS_INFORMATION child;
    if (has_list)
        startup.lpAttributeList = make_list(handles, sizeof handles);
    wchar_t command_line[20] = L"ends ";
    wcscat(command_line, action);
    if (!CreateProcessW(
            NULL,  // the program is the command line's first word
            command_line,
            NULL,  // default security
            NULL,  // default security
            TRUE,  // inherits
            has_list ? EXTENDED_STARTUPINFO_PRESENT : 0,
            NULL,  // our environment
            NULL,  // our folder
            &startup.StartupInfo,
            &child))
        die("CreateProcessW");
    if (has_list) {
        DeleteProcThreadAttributeList(startup.lpAttributeList);
        free(startup.lpAttributeList);
    }
    CloseHandle(child.hThread);
    return child.hProcess;
}

/** Waits for the end of a process or thread; tells whether it has come. */
static bool ends_within(HANDLE object, DWORD ms)
{
    DWORD result = WaitForSingleObject(object, ms);
    if (result == WAIT_FAILED)
        die("WaitForSingleObject");
    return result == WAIT_OBJECT_0;
}

/** Prints whether somebody ends in time. */
static void tell(const char *who, bool ends)
{
    printf("%-44s %s\n", who, ends ? "the end comes" : "waits on");
    fflush(stdout);
}

/** Starts a child that reads from the pipe up to its end. */
static HANDLE start_reader(struct pipe pipe, bool has_list)
{
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    if (output == INVALID_HANDLE_VALUE)
        die("GetStdHandle");
    HANDLE child = start(L"read", pipe.reads, output, has_list);
    CloseHandle(pipe.reads);
    return child;
}

static void nobody_keeps_it(void)
{
    struct pipe pipe = make_pipe();
    keep(pipe.writes);
    HANDLE child = start_reader(pipe, false);
    CloseHandle(pipe.writes);
    tell("nobody keeps the writing end", ends_within(child, SURE_MS));
    CloseHandle(child);
}

static void parent_keeps_it(void)
{
    struct pipe pipe = make_pipe();
    keep(pipe.writes);
    HANDLE child = start_reader(pipe, false);
    tell("the parent keeps it", ends_within(child, VAIN_MS));
    CloseHandle(pipe.writes);
    tell("then it closes it", ends_within(child, SURE_MS));
    CloseHandle(child);
}

static void child_keeps_it(void)
{
    struct pipe pipe = make_pipe();
    HANDLE child = start_reader(pipe, false);
    CloseHandle(pipe.writes);
    tell("the child has inherited it itself", ends_within(child, VAIN_MS));
    if (!TerminateProcess(child, EXIT_FAILURE))
        die("TerminateProcess");
    ends_within(child, SURE_MS);
    CloseHandle(child);
}

/** A child of another thread. */
struct sibling {
    bool has_list;
    HANDLE child, pipe;  // the process, and what it reads is written here
};

/** A thread: starts a child of its own. */
static DWORD WINAPI start_sibling(void *argument)
{
    struct sibling *sibling = argument;
    struct pipe pipe = make_pipe();
    keep(pipe.writes);
    sibling->child = start_reader(pipe, sibling->has_list);
    sibling->pipe = pipe.writes;
    return EXIT_SUCCESS;
}

/** Between our pipe and our child, another thread starts a child. (Seldom, by
 * chance; here we wait for it.) */
static void sibling_comes_between(bool has_list)
{
    struct sibling sibling = {.has_list = has_list};
    struct pipe pipe = make_pipe();
    HANDLE thread = CreateThread(NULL, 0, start_sibling, &sibling, 0, NULL);
    if (thread == NULL)
        die("CreateThread");
    ends_within(thread, SURE_MS);
    CloseHandle(thread);

    keep(pipe.writes);
    HANDLE child = start_reader(pipe, has_list);
    CloseHandle(pipe.writes);
    if (has_list)
        tell("each child has a list", ends_within(child, SURE_MS));
    else
        tell("another thread's child has it", ends_within(child, VAIN_MS));
    CloseHandle(sibling.pipe);
    if (!has_list)
        tell("then that one ends", ends_within(child, SURE_MS));
    ends_within(sibling.child, SURE_MS);
    CloseHandle(sibling.child);
    CloseHandle(child);
}

/** A thread: writes much, part by part, and closes the end. */
static DWORD WINAPI write_much(void *argument)
{
    HANDLE pipe = argument;
    char part[PART];
    DWORD bytes_written;
    memset(part, 'x', sizeof part);
    for (int done = 0; done < MUCH; done += PART)
        if (!WriteFile(pipe, part, PART, &bytes_written, NULL))
            die("WriteFile");
    CloseHandle(pipe);
    return EXIT_SUCCESS;
}

/** Reads a pipe to its end. */
static void read_all(HANDLE pipe)
{
    char data[4096];
    DWORD bytes_read;
    while (ReadFile(pipe, data, sizeof data, &bytes_read, NULL)) {
        // what comes does not matter here
    }
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
}

static void all_is_written_first(void)
{
    struct pipe to = make_pipe(), from = make_pipe();
    keep(to.writes);
    keep(from.reads);
    HANDLE child = start(L"copy", to.reads, from.writes, false);
    CloseHandle(to.reads);
    CloseHandle(from.writes);
    HANDLE writer = CreateThread(NULL, 0, write_much, to.writes, 0, NULL);
    if (writer == NULL)
        die("CreateThread");
    tell(
        "200,000 bytes, and nobody reads the answer",
        ends_within(writer, VAIN_MS));
    read_all(from.reads);
    tell("then the answer is read", ends_within(writer, SURE_MS));
    ends_within(child, SURE_MS);
    CloseHandle(writer);
    CloseHandle(child);
    CloseHandle(from.reads);
}

/** As a child: reads its input to the end, and copies it, or does not. */
static int be_child(bool copies)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    char data[4096];
    DWORD bytes_read, bytes_written;
    while (ReadFile(input, data, sizeof data, &bytes_read, NULL))
        if (copies
            && !WriteFile(output, data, bytes_read, &bytes_written, NULL))
            die("WriteFile");
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
    return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    const char *action = argc > 1 ? argv[1] : "";
    if (strcmp(action, "read") == 0 || strcmp(action, "copy") == 0)
        return be_child(action[0] == 'c');

    nobody_keeps_it();
    parent_keeps_it();
    child_keeps_it();
    sibling_comes_between(false);
    sibling_comes_between(true);
    all_is_written_first();
    return EXIT_SUCCESS;
}
