/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A crowd for the server of lesson 04: hasty clients beside honest ones.
 *
 * Usage: `load_04 FOLDER`: where server.exe is, built with the lens.
 *
 * 200 clients open the pipe and leave at once. 20 honest ones send their own
 * lines meanwhile and must get them back; one of them is slow. Then the
 * server's handles are counted, and Ctrl+C is pressed. Prints TAP.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/load/crowd.h"
#include "common/console.h"
#include "common/error.h"
#include "lessons/04-threads/protocol.h"

enum {
    HASTY_THREADS = 4,
    HASTY_EACH = 50,
    HONEST = 20,
    LINES = 20,
    SLOW_MS = 100
};

static struct crowded server = {.handles_up_to = 8192};
static volatile LONG refused;  // opens that failed with another code than 231
static volatile LONG wrong;    // lines that did not come back
static volatile LONG hasty;    // hasty clients that were there
static LONG took_ms[HONEST];   // how long each honest one took

/** Opens the pipe, and counts a failure. */
static HANDLE come(void)
{
    HANDLE pipe = open_pipe(&server, 0);
    if (pipe == INVALID_HANDLE_VALUE)
        InterlockedIncrement(&refused);
    return pipe;
}

/** A thread: comes and leaves, again and again. */
static DWORD WINAPI be_hasty(void *unused)
{
    (void)unused;
    for (int i = 0; i < HASTY_EACH; i++) {
        HANDLE pipe = come();
        if (pipe == INVALID_HANDLE_VALUE)
            return EXIT_FAILURE;
        InterlockedIncrement(&hasty);
        CloseHandle(pipe);
    }
    return EXIT_SUCCESS;
}

/** A thread: an honest client; the first one is slow. */
static DWORD WINAPI be_honest(void *argument)
{
    int number = (int)(INT_PTR)argument;
    unsigned long long begin = wall_ms();
    HANDLE pipe = come();
    if (pipe == INVALID_HANDLE_VALUE)
        return EXIT_FAILURE;
    for (int i = 0; i < LINES; i++) {
        char line[80];
        snprintf(line, sizeof line, "client %d, line %d", number, i);
        if (!exchange(pipe, line, (DWORD)strlen(line)))
            InterlockedIncrement(&wrong);
        if (number == 0)
            Sleep(SLOW_MS);
    }
    CloseHandle(pipe);
    took_ms[number] = (LONG)(wall_ms() - begin);
    return EXIT_SUCCESS;
}

/** Starts the crowd and waits until it has left. */
static void let_them_come(void)
{
    HANDLE threads[HASTY_THREADS + HONEST];
    for (int i = 0; i < HASTY_THREADS + HONEST; i++) {
        threads[i] = CreateThread(
            NULL,
            0,
            i < HONEST ? be_honest : be_hasty,
            (void *)(INT_PTR)i,
            0,
            NULL);
        if (threads[i] == NULL)
            die("CreateThread");
    }
    WaitForMultipleObjects(ARRAYSIZE(threads), threads, TRUE, LIMIT_MS);
    for (size_t i = 0; i < ARRAYSIZE(threads); i++)
        CloseHandle(threads[i]);
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    if (argc != 2) {
        fprintf(stderr, "usage: load_04 FOLDER\n");
        return EXIT_USAGE;
    }
    end_after(2);
    start_server(&server, argv[1], PIPE_NAME);
    unsigned before = settled_handles(&server, 0);

    unsigned long long begin = wall_ms();
    let_them_come();
    unsigned took = (unsigned)(wall_ms() - begin);
    LONG longest = 0;
    for (int i = 1; i < HONEST; i++)
        longest = max(longest, took_ms[i]);

    test(refused == 0, "nobody is told that there is no pipe");
    test(hasty == HASTY_THREADS * HASTY_EACH, "200 hasty ones came");
    test(wrong == 0, "each honest one gets its own lines back");
    test(longest < took_ms[0], "nobody waits for the slow one");
    unsigned after = settled_handles(&server, before);
    test(after <= before, "the server has as many handles as before");
    printf(
        "# all in %u ms; the slow one %ld ms, the longest of the others "
        "%ld ms; handles %u, then %u\n",
        took,
        took_ms[0],
        longest,
        before,
        after);
    return end_server(&server);
}
