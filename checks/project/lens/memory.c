/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A program that the tests of the lens look at: what can be done wrong
 *        with memory.
 *
 * Usage: memory ACTION.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define PIPE_NAME L"\\\\.\\pipe\\pipework-memory"

/* Mistakes made on purpose: neither compiler nor analyser shall see them. */
static char *volatile block;
static volatile size_t beyond = 10;
static HANDLE server;
static HANDLE client;

static void open_pipe(void)
{
    server = CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
        PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
        1,    // instances
        512,  // output buffer
        512,  // input buffer
        0,    // default time-out
        NULL);
    client = CreateFileW(
        PIPE_NAME,
        GENERIC_READ | GENERIC_WRITE,
        0,
        NULL,
        OPEN_EXISTING,
        0,
        NULL);
}

static void close_pipe(void)
{
    CloseHandle(client);
    CloseHandle(server);
}

/** All that is right: each size, grown and freed. */
static void right(void)
{
    char *lost;

    for (size_t size = 0; size < 5000; size += 7) {
        char *data = malloc(size);
        memset(data, 'x', size);
        data = realloc(data, size + 100);
        if (size > 0 && (data[0] != 'x' || data[size - 1] != 'x'))
            printf("lost at %u\n", (unsigned)size);
        memset(data, 'y', size + 100);
        free(data);
        data = calloc(size + 1, 3);
        for (size_t i = 0; i < 3 * size + 3; i++)
            if (data[i] != 0)
                printf("not 0\n");
        free(data);
    }
    free(NULL);
    lost = _strdup("text");
    if (strcmp(lost, "text") != 0)
        printf("no copy\n");
    lost = realloc(lost, 100);
    free(lost);
    block = malloc((size_t)20 << 20);
    memset(block, 1, (size_t)20 << 20);
    free(block);
    block = malloc(10);  // not freed, and not lost
}

static void behind(void)
{
    block = malloc(10);
    block[beyond] = 0;
    free(block);
}

static void before(void)
{
    block = malloc(10);
    block[9 - beyond] = 0;
    free(block);
}

static void far_behind(void)
{
    block = malloc(32);
    block[beyond + 22] = 0;
}

static void behind_and_kept(void)
{
    block = malloc(10);
    block[beyond] = 0;
}

static void after_free(void)
{
    char *data = malloc(10);
    block = data;
    free(data);
    printf("%d\n", block[0]);
}

static void twice(void)
{
    char *data = malloc(10);
    block = data;
    free(data);
    free(block);
}

static void call_after_free(void)
{
    DWORD n;
    char *data = malloc(10);
    block = data;
    free(data);
    open_pipe();
    WriteFile(client, block, 5, &n, NULL);
    close_pipe();
}

static void call_beyond(void)
{
    DWORD n;
    open_pipe();
    WriteFile(client, "hello", 5, &n, NULL);
    block = malloc(10);
    CloseHandle(server);
    ReadFile(client, block, (DWORD)beyond + 1, &n, NULL);
    CloseHandle(client);
    free(block);
}

static void __attribute__((noinline)) lose(int times)
{
    for (int i = 0; i < times; i++) {
        block = malloc(10);
        block[0] = 'x';
    }
    block = NULL;
}

static void leak(void)
{
    lose(3);
}

/** One that is kept for as long as the program runs. */
static void leak_once(void)
{
    lose(1);
}

/** Those to which other memory leads, of a kind that is not watched. */
static void leak_none(void)
{
    char **rows = HeapAlloc(GetProcessHeap(), 0, 3 * sizeof *rows);
    DWORD slot = TlsAlloc();
    for (int i = 0; i < 3; i++) {
        block = malloc(10);
        rows[i] = block;
    }
    TlsSetValue(slot, rows);
    for (int i = 0; i < 3; i++) {
        block = malloc(20);
        TlsSetValue(TlsAlloc(), block);
    }
    block = NULL;
}

static void copy_of_text(void)
{
    block = _strdup("nine char");
    block[beyond] = 0;
    free(block);
}

static void free_variable(void)
{
    static char variable[20];
    char on_stack[20] = "";
    block = variable;
    free(block);
    block = on_stack;
    free(block);
}

static void free_inside(void)
{
    char *data = malloc(10);
    block = data + 4;
    free(block);
    free(data);
}

static void stack(void)
{
    char text[10];
    for (size_t i = 0; i < beyond + 12; i++)
        ((volatile char *)text)[i] = 'x';
}

static OVERLAPPED operation;

static void __attribute__((noinline)) read_into_stack(void)
{
    char text[200];
    ReadFile(server, text, sizeof text, NULL, &operation);
}

static void __attribute__((noinline)) read_by_stack(void)
{
    static char text[200];
    OVERLAPPED own = {0};
    ReadFile(server, text, sizeof text, NULL, &own);
}

static void stack_buffer(void)
{
    open_pipe();
    read_into_stack();
    Sleep(0);
    CancelIo(server);
    close_pipe();
}

static void stack_structure(void)
{
    open_pipe();
    read_by_stack();
    Sleep(0);
    close_pipe();
}

/** The same, and right: it has ended before the function returns. */
static void stack_waits(void)
{
    char text[200];
    DWORD n;
    OVERLAPPED own = {.hEvent = CreateEventW(NULL, FALSE, FALSE, NULL)};
    open_pipe();
    ReadFile(server, text, sizeof text, NULL, &own);
    WriteFile(client, "hello", 5, &n, NULL);
    WaitForSingleObject(own.hEvent, INFINITE);
    CloseHandle(own.hEvent);
}

static void stack_right(void)
{
    stack_waits();
    Sleep(0);
    close_pipe();
}

static void freed_structure(void)
{
    OVERLAPPED *own = calloc(1, sizeof *own);
    open_pipe();
    ReadFile(server, &operation, 1, NULL, own);
    free(own);
    CancelIo(server);
    close_pipe();
}

static void not_zero(void)
{
    static char byte;
    OVERLAPPED own;
    own.hEvent = NULL;
    open_pipe();
    ReadFile(server, &byte, 1, NULL, &own);
    CancelIo(server);
    close_pipe();
}

static const struct {
    const char *name;
    void (*action)(void);
} actions[] = {
    {"after-free", after_free},
    {"before", before},
    {"behind", behind},
    {"behind-and-kept", behind_and_kept},
    {"call-after-free", call_after_free},
    {"call-beyond", call_beyond},
    {"copy-of-text", copy_of_text},
    {"far-behind", far_behind},
    {"free-inside", free_inside},
    {"free-variable", free_variable},
    {"freed-structure", freed_structure},
    {"leak", leak},
    {"leak-none", leak_none},
    {"leak-once", leak_once},
    {"not-zero", not_zero},
    {"right", right},
    {"stack", stack},
    {"stack-buffer", stack_buffer},
    {"stack-right", stack_right},
    {"stack-structure", stack_structure},
    {"twice", twice},
};

int main(int argc, char *argv[])
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (argc == 2 && strcmp(argv[1], actions[i].name) == 0) {
            actions[i].action();
            return 0;
        }
    fprintf(stderr, "usage: memory ACTION\n");
    return 2;
}
