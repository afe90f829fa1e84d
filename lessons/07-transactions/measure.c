/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Measures a question and its answer, three ways side by side.
 *
 * Usage: `measure [ROUNDS]`: takes some seconds. `make measure` runs it.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/ipc/transactions-on-named-pipes
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

#define PIPE_NAME L"\\\\.\\pipe\\pipework-07-measure"

/** Rounds at most; the questions that each way asks in a round. */
enum { ROUNDS_MAX = 201, QUESTIONS = 20, BYTES = 32 };

enum { WRITE_READ, TRANSACT, CALL, WAYS };
static const char *const NAMES[WAYS] = {
    "WriteFile, ReadFile", "TransactNamedPipe", "CallNamedPipeW"};
static char question[BYTES], answer[BYTES];

/** Creates another instance of the pipe. */
static HANDLE create_instance(void)
{
    HANDLE pipe = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX,
        PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        BYTES,  // output buffer
        BYTES,  // input buffer
        1000,   // default time-out, ms
        NULL);  // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    return pipe;
}

/** The other side, in a thread: answers one client after another. */
static DWORD WINAPI answer_all(void *first)
{
    char data[BYTES];
    for (HANDLE pipe = first;;) {
        if (!ConnectNamedPipe(pipe, NULL)
            && GetLastError() != ERROR_PIPE_CONNECTED)
            die("ConnectNamedPipe");
        HANDLE next = create_instance();
        DWORD bytes;
        while (ReadFile(pipe, data, sizeof data, &bytes, NULL))
            if (!WriteFile(pipe, data, bytes, &bytes, NULL))
                die("WriteFile");
        if (GetLastError() != ERROR_BROKEN_PIPE)
            die("ReadFile");
        CloseHandle(pipe);
        pipe = next;
    }
}

/** Opens the pipe and reads it by messages. */
static HANDLE open_pipe(void)
{
    HANDLE pipe = CreateFileW(
        PIPE_NAME,
        GENERIC_READ | GENERIC_WRITE,
        0,
        NULL,
        OPEN_EXISTING,
        0,
        NULL);
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateFileW");
    DWORD mode = PIPE_READMODE_MESSAGE | PIPE_WAIT;
    if (!SetNamedPipeHandleState(pipe, &mode, NULL, NULL))
        die("SetNamedPipeHandleState");
    return pipe;
}

/** Asks one question, this way. */
static void ask(HANDLE pipe, int way)
{
    DWORD n;
    if (way == CALL) {
        if (!CallNamedPipeW(PIPE_NAME, question, BYTES, answer, BYTES, &n, 0))
            die("CallNamedPipeW");
    } else if (way == TRANSACT) {
        if (!TransactNamedPipe(pipe, question, BYTES, answer, BYTES, &n, NULL))
            die("TransactNamedPipe");
    } else {
        if (!WriteFile(pipe, question, BYTES, &n, NULL))
            die("WriteFile");
        if (!ReadFile(pipe, answer, BYTES, &n, NULL))
            die("ReadFile");
    }
}

/** Microseconds for one question this way: the mean of one turn. */
static double take_turn(int way)
{
    HANDLE pipe = way == CALL ? NULL : open_pipe();
    LARGE_INTEGER start, end, frequency;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&start);
    for (int i = 0; i < QUESTIONS; i++)
        ask(pipe, way);
    QueryPerformanceCounter(&end);
    if (pipe != NULL)
        CloseHandle(pipe);
    return (double)(end.QuadPart - start.QuadPart) * 1e6
           / (double)frequency.QuadPart / QUESTIONS;
}

/** Orders two doubles. */
static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/** Takes the turns, in another order each round; prints what they took. */
int main(int argc, char *argv[])
{
    use_utf8_console();
    int rounds = argc > 1 ? atoi(argv[1]) : ROUNDS_MAX;
    if (argc > 2 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: measure [ROUNDS]: 1 to %d\n", ROUNDS_MAX);
        return EXIT_USAGE;
    }

    HANDLE first = create_instance();
    HANDLE server = CreateThread(NULL, 0, answer_all, first, 0, NULL);
    if (server == NULL)
        die("CreateThread");

    static double turns[WAYS][ROUNDS_MAX];
    for (int round = 0; round < rounds; round++) {
        int start = rand() % WAYS, step = 1 + rand() % (WAYS - 1);
        for (int i = 0; i < WAYS; i++) {
            int way = (start + i * step) % WAYS;
            turns[way][round] = take_turn(way);
        }
    }

    printf("microseconds for a question and its answer, 32 bytes each way\n");
    printf("%-21s %8s %18s %6s\n", "", "median", "half of them", "ratio");
    for (int way = 0; way < WAYS; way++) {
        qsort(turns[way], (size_t)rounds, sizeof turns[way][0], compare);
        printf(
            "%-21s %8.1f %8.1f to %6.1f %6.2f\n",
            NAMES[way],
            turns[way][rounds / 2],
            turns[way][rounds / 4],
            turns[way][rounds * 3 / 4],
            turns[way][rounds / 2] / turns[0][rounds / 2]);
    }
    return EXIT_SUCCESS;  // the thread ends with the process
}
