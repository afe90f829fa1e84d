/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the load tests share: the server, its clients' pipes, the tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/load/crowd.h"
#include "common/error.h"

static unsigned tests;
static bool all_good = true;

HANDLE open_pipe(const struct crowded *server, DWORD flags)
{
    unsigned long long deadline = now_ms() + LIMIT_MS;
    for (;;) {
        HANDLE pipe = CreateFileW(
            server->pipe,
            GENERIC_READ | GENERIC_WRITE,
            0,              // no sharing
            NULL,           // default security
            OPEN_EXISTING,  // pipes are not created here
            flags,
            NULL);  // no template
        if (pipe != INVALID_HANDLE_VALUE || GetLastError() != ERROR_PIPE_BUSY
            || ms_until(deadline) == 0)
            return pipe;
        WaitNamedPipeW(server->pipe, 1000);
    }
}

bool exchange(HANDLE pipe, const void *data, DWORD size)
{
    char reply[4096];
    DWORD received = 0, count;
    if (!WriteFile(pipe, data, size, &count, NULL))
        return false;
    while (received < size) {
        if (!ReadFile(pipe, reply + received, size - received, &count, NULL))
            return false;
        received += count;
    }
    return memcmp(data, reply, size) == 0;
}

void visit(const struct crowded *server)
{
    HANDLE pipe = open_pipe(server, 0);
    if (pipe == INVALID_HANDLE_VALUE)
        return;
    exchange(pipe, "hello", 5);
    CloseHandle(pipe);
}

unsigned settled_handles(const struct crowded *server, unsigned wanted)
{
    enum { SAME = 3, PAUSE_MS = 100 };
    unsigned long long deadline = now_ms() + LIMIT_MS;
    unsigned before = 0, same = 0;
    for (;;) {
        visit(server);
        Sleep(PAUSE_MS);
        unsigned now = count_handles(server->program, server->handles_up_to);
        same = now == before ? same + 1 : 1;
        before = now;
        bool enough = wanted == 0 ? same == SAME : now <= wanted;
        if (enough || ms_until(deadline) == 0)
            return now;
    }
}

bool test(bool good, const char *what)
{
    printf("%sok %u - %s\n", good ? "" : "not ", ++tests, what);
    fflush(stdout);
    all_good = all_good && good;
    return good;
}

/** A thread: ends a load test that hangs, and with it the server. */
static DWORD WINAPI watch_over(void *minutes)
{
    Sleep((DWORD)(INT_PTR)minutes * 60000);
    printf("Bail out! It hangs, after test %u.\n", tests);
    fflush(stdout);
    ExitProcess(EXIT_FAILURE);
}

void end_after(unsigned minutes)
{
    HANDLE thread = CreateThread(
        NULL,  // default security
        0,     // default stack
        watch_over,
        (void *)(INT_PTR)minutes,
        0,      // runs at once
        NULL);  // its identifier is not needed
    if (thread == NULL)
        die("CreateThread");
    CloseHandle(thread);
}

void start_server(
    struct crowded *server, const char *folder, const wchar_t *pipe_name)
{
    char environment[120] = {0}, suffix[40], event[80];
    wchar_t wide[80];
    snprintf(suffix, sizeof suffix, "-load-%lu", GetCurrentProcessId());
    snprintf(event, sizeof event, "pipework-load%s", suffix);
    server->ctrl_c =
        CreateEventW(NULL, FALSE, FALSE, widen(event, wide, ARRAYSIZE(wide)));
    if (server->ctrl_c == NULL)
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
        server->pipe,
        ARRAYSIZE(server->pipe),
        L"%ls%ls",
        pipe_name,
        widen(suffix, wide, ARRAYSIZE(wide)));

    HANDLE job = create_job();
    server->program = start_suspended(
        "server",
        &(struct launch){
            .folders = {folder},
            .environment = environment,
            .job = job,
        });
    if (server->program == NULL) {
        report_error("CreateProcessW", GetLastError());
        exit(EXIT_FAILURE);
    }
    resume_program(server->program);
    if (wait_for_line(
            server->program,
            &server->program->out,
            "ready",
            1,
            now_ms() + LIMIT_MS)
        != IN_TIME) {
        fprintf(stderr, "load: the server is not ready\n");
        exit(EXIT_FAILURE);
    }
}

int end_server(struct crowded *server)
{
    static char said[OUTPUT_LIMIT + 1];
    DWORD code = 1;
    SetEvent(server->ctrl_c);
    bool ended =
        wait_for_end(server->program, now_ms() + LIMIT_MS, &code) == IN_TIME;
    if (!test(
            copy_output(&server->program->err, said) == 0,
            "the server reports no error"))
        printf("# it said: %.200s\n", said);
    if (!test(ended && code == 0, "Ctrl+C ends the server with 0"))
        printf("# %s, %#lx\n", ended ? "exit code" : "it runs on", code);
    printf("1..%u\n", tests);
    free_program(server->program);
    return all_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
