/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Counts the writes with which a program fills its stderr.
 *
 * stderr is a pipe of message type here, so each write is a message.
 *
 * Usage: `pieces COMMAND`, one argument; prints the number of writes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/error.h"

enum { DEADLINE_MS = 10000, ROOM = 65536 };

/** Starts the command with that stderr and waits until it has ended. */
static void run(const char *command, HANDLE pipe)
{
    wchar_t line[1024];
    STARTUPINFOW start = {
        .cb = sizeof start,
        .dwFlags = STARTF_USESTDHANDLES,
        .hStdInput = GetStdHandle(STD_INPUT_HANDLE),
        .hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE),
        .hStdError = pipe};
    PROCESS_INFORMATION process;

    if (!MultiByteToWideChar(CP_UTF8, 0, command, -1, line, ARRAYSIZE(line)))
        die("MultiByteToWideChar");
    if (!CreateProcessW(
            NULL,  // the program's name stands in the line
            line,
            NULL,  // default security of the process
            NULL,  // and of its thread
            TRUE,  // inherits the pipe
            0,     // no flags
            NULL,  // our environment
            NULL,  // our folder
            &start,
            &process))
        die("CreateProcessW");
    if (WaitForSingleObject(process.hProcess, DEADLINE_MS) != WAIT_OBJECT_0) {
        TerminateProcess(process.hProcess, EXIT_FAILURE);
        fprintf(stderr, "pieces: the program did not end\n");
        exit(EXIT_FAILURE);
    }
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
}

int main(int argc, char *argv[])
{
    wchar_t name[64];
    char message[ROOM];
    DWORD length;
    int writes = 0;
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};

    if (argc != 2)
        return EXIT_USAGE;

    _snwprintf(
        name,
        ARRAYSIZE(name),
        L"\\\\.\\pipe\\pipework-pieces-%lu",
        GetCurrentProcessId());
    HANDLE reader = CreateNamedPipeW(
        name,
        PIPE_ACCESS_INBOUND,
        PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_REJECT_REMOTE_CLIENTS,
        1,      // one instance
        0,      // nothing goes out
        ROOM,   // the whole output, so that the program never waits
        0,      // default time-out
        NULL);  // default security
    if (reader == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    HANDLE writer = CreateFileW(
        name,
        GENERIC_WRITE,
        0,  // not shared
        &inherited,
        OPEN_EXISTING,
        0,      // no flags
        NULL);  // no template
    if (writer == INVALID_HANDLE_VALUE)
        die("CreateFileW");

    run(argv[1], writer);
    CloseHandle(writer);
    while (ReadFile(reader, message, ROOM, &length, NULL))
        writes++;
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
    CloseHandle(reader);
    printf("%d\n", writes);
    return EXIT_SUCCESS;
}
