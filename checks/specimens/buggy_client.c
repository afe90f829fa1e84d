/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Lesson 01's client with bugs that no run shows in which all goes well.
 *
 * Usage: `buggy_client MESSAGE`
 *
 * checks/project/sweep.t looks whether the sweep finds each of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "lessons/01-blocking-echo/protocol.h"

/** What to do about an error; NULL: nobody knows. */
static const char *advice(DWORD error)
{
    return error == ERROR_SEM_TIMEOUT ? "try again later" : NULL;
}

/** Opens the pipe; waits for it while another client has it. */
static HANDLE open_pipe(void)
{
    for (;;) {
        HANDLE pipe = CreateFileW(
            PIPE_NAME,
            GENERIC_READ | GENERIC_WRITE,
            0,              // no sharing
            NULL,           // default security
            OPEN_EXISTING,  // pipes are not created here
            0,              // no flags
            NULL);          // no template
        if (pipe != INVALID_HANDLE_VALUE)
            return pipe;
        if (GetLastError() != ERROR_PIPE_BUSY)
            die("CreateFileW");
        if (!WaitNamedPipeW(PIPE_NAME, 2000)) {
            DWORD error = GetLastError();
            report_error("WaitNamedPipeW", error);
            const char *text = advice(error);
            printf("%.*s\n", (int)strlen(text), text);  // BUG 5: may be NULL
            exit(EXIT_FAILURE);
        }
    }
}

/** Sends one message and prints the reply. */
static void exchange(HANDLE pipe, const char *message, DWORD length)
{
    char reply[MESSAGE_MAX];
    DWORD bytes_written, bytes_read;

    WriteFile(pipe, message, length, &bytes_written, NULL);  // BUG 6: as bug 2
    if (!ReadFile(pipe, reply, sizeof reply, &bytes_read, NULL)) {
        if (GetLastError() == ERROR_BROKEN_PIPE) {
            printf("the server has left\n");
            exit(EXIT_SUCCESS);  // BUG 7: as bug 1
        }
        report_error("ReadFile", GetLastError());
        CloseHandle(pipe);  // BUG 8: main closes it again
        return;             // BUG 9: and ends with 0
    }
    fwrite(reply, 1, bytes_read, stdout);
    printf("\n");
}

/** Opens the pipe and sends a message. */
int main(int argc, char *argv[])
{
    use_utf8_console();
    if (argc != 2 || strlen(argv[1]) > MESSAGE_MAX)
        return EXIT_USAGE;

    HANDLE pipe = open_pipe();
    exchange(pipe, argv[1], (DWORD)strlen(argv[1]));
    CloseHandle(pipe);
    return EXIT_SUCCESS;
}
