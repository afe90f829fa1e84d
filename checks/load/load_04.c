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

#include "checks/harness/program.h"
#include "common/console.h"
#include "common/error.h"
#include "lessons/04-threads/protocol.h"

enum {
    HASTY_THREADS = 4,
    HASTY_EACH = 50,
    HONEST = 20,
    LINES = 20,
    SLOW_MS = 100,
    LIMIT_MS = 10000,
    HANDLES = 8192
};

static wchar_t pipe_name[120];
static volatile LONG refused;  // opens that failed with another code than 231
static volatile LONG wrong;    // lines that did not come back
static volatile LONG hasty;    // hasty clients that were there
static LONG took_ms[HONEST];   // how long each honest one took
static unsigned tests;

/** Opens the pipe, and waits while all instances are taken. */
static HANDLE open_pipe(void)
{
    unsigned long long deadline = now_ms() + LIMIT_MS;
    while (ms_until(deadline) > 0) {
        HANDLE pipe = CreateFileW(
            pipe_name,
            GENERIC_READ | GENERIC_WRITE,
            0,              // no sharing
            NULL,           // default security
            OPEN_EXISTING,  // pipes are not created here
            0,              // no flags
            NULL);          // no template
        if (pipe != INVALID_HANDLE_VALUE)
            return pipe;
        if (GetLastError() != ERROR_PIPE_BUSY)
            break;
        WaitNamedPipeW(pipe_name, 1000);
    }
    InterlockedIncrement(&refused);
    return INVALID_HANDLE_VALUE;
}

/** A thread: comes and leaves, again and again. */
static DWORD WINAPI be_hasty(void *unused)
{
    (void)unused;
    for (int i = 0; i < HASTY_EACH; i++) {
        HANDLE pipe = open_pipe();
        if (pipe == INVALID_HANDLE_VALUE)
            return EXIT_FAILURE;
        InterlockedIncrement(&hasty);
        CloseHandle(pipe);
    }
    return EXIT_SUCCESS;
}

/** Sends a line; false if another one comes back, or none. */
static bool exchange(HANDLE pipe, const char *line)
{
    char reply[80];
    DWORD length = (DWORD)strlen(line), received = 0, count;
    if (!WriteFile(pipe, line, length, &count, NULL))
        return false;
    while (received < length) {
        if (!ReadFile(pipe, reply + received, length - received, &count, NULL))
            return false;
        received += count;
    }
    return memcmp(line, reply, length) == 0;
}

/** A thread: an honest client; the first one is slow. */
static DWORD WINAPI be_honest(void *argument)
{
    int number = (int)(INT_PTR)argument;
    unsigned long long begin = now_ms();
    HANDLE pipe = open_pipe();
    if (pipe == INVALID_HANDLE_VALUE)
        return EXIT_FAILURE;
    for (int i = 0; i < LINES; i++) {
        char line[80];
        snprintf(line, sizeof line, "client %d, line %d", number, i);
        if (!exchange(pipe, line))
            InterlockedIncrement(&wrong);
        if (number == 0)
            Sleep(SLOW_MS);
    }
    CloseHandle(pipe);
    took_ms[number] = (LONG)(now_ms() - begin);
    return EXIT_SUCCESS;
}

/** Prints the line of a test. */
static bool test(bool good, const char *what)
{
    printf("%sok %u - %s\n", good ? "" : "not ", ++tests, what);
    return good;
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

/** One client, for the server to notice whose threads have ended. */
static void visit(void)
{
    HANDLE pipe = open_pipe();
    if (pipe == INVALID_HANDLE_VALUE)
        return;
    exchange(pipe, "hello");
    CloseHandle(pipe);
}

/** Starts the server with an event for Ctrl+C. */
static struct program *start_server(const char *folder, HANDLE *ctrl_c)
{
    char environment[120] = {0}, suffix[40], event[80];
    wchar_t wide[80];
    snprintf(suffix, sizeof suffix, "-load-%lu", GetCurrentProcessId());
    snprintf(event, sizeof event, "pipework-load%s", suffix);
    *ctrl_c =
        CreateEventW(NULL, FALSE, FALSE, widen(event, wide, ARRAYSIZE(wide)));
    if (*ctrl_c == NULL)
        die("CreateEventW");
    int length = snprintf(
        environment,
        sizeof environment - 1,
        "LENS_CTRL_C=pipework-load\nLENS_SUFFIX=%s\n",
        suffix);
    for (int i = 0; i < length; i++)
        if (environment[i] == '\n')
            environment[i] = '\0';
    _snwprintf(
        pipe_name,
        ARRAYSIZE(pipe_name),
        L"%ls%ls",
        PIPE_NAME,
        widen(suffix, wide, ARRAYSIZE(wide)));

    HANDLE job = create_job();
    struct program *server = start_suspended(
        "server",
        &(struct launch){
            .folders = {folder},
            .environment = environment,
            .job = job,
        });
    if (server == NULL) {
        report_error("CreateProcessW", GetLastError());
        exit(EXIT_FAILURE);
    }
    resume_program(server);
    if (wait_for_line(server, &server->out, "ready", 1, now_ms() + LIMIT_MS)
        != IN_TIME) {
        fprintf(stderr, "load_04: the server is not ready\n");
        exit(EXIT_FAILURE);
    }
    return server;
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    if (argc != 2) {
        fprintf(stderr, "usage: load_04 FOLDER\n");
        return EXIT_USAGE;
    }
    HANDLE ctrl_c;
    struct program *server = start_server(argv[1], &ctrl_c);
    visit();
    visit();
    Sleep(100);
    unsigned before = count_handles(server, HANDLES);

    unsigned long long begin = now_ms();
    let_them_come();
    unsigned took = (unsigned)(now_ms() - begin);
    LONG longest = 0;
    for (int i = 1; i < HONEST; i++)
        longest = max(longest, took_ms[i]);

    bool good = test(refused == 0, "nobody is told that there is no pipe");
    good = test(hasty == HASTY_THREADS * HASTY_EACH, "200 hasty ones came")
           && good;
    good = test(wrong == 0, "each honest one gets its own lines back") && good;
    good = test(longest < took_ms[0], "nobody waits for the slow one") && good;

    unsigned after = HANDLES;
    unsigned long long deadline = now_ms() + LIMIT_MS;
    while (after > before && ms_until(deadline) > 0) {
        visit();
        Sleep(20);
        after = count_handles(server, HANDLES);
    }
    good = test(after <= before, "the server has as many handles as before")
           && good;
    good = test(server->err.length == 0, "the server reports no error") && good;

    DWORD code = 1;
    SetEvent(ctrl_c);
    bool ended = wait_for_end(server, now_ms() + LIMIT_MS, &code) == IN_TIME;
    good = test(ended && code == 0, "Ctrl+C ends the server with 0") && good;
    printf(
        "1..%u\n# all in %u ms; the slow one %ld ms, the longest of the others "
        "%ld ms; handles %u, then %u\n",
        tests,
        took,
        took_ms[0],
        longest,
        before,
        after);
    free_program(server);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
