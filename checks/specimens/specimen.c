/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A program that behaves badly in one way, for the harness's own tests.
 *
 * Usage: `specimen WAY [NUMBER]`, see WAYS at the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
/* This one needs windows.h. */
#include <tlhelp32.h>

static void say_ready(void)
{
    printf("ready\n");
    fflush(stdout);
}

/** Ends with a status that needs all 32 bits, or with the one given. */
static void end(unsigned long status)
{
    say_ready();
    ExitProcess(status);
}

/** Waits for a client that never comes. */
static void hang(unsigned long unused)
{
    (void)unused;
    HANDLE pipe = CreateNamedPipeW(
        L"\\\\.\\pipe\\pipework-specimen",
        PIPE_ACCESS_DUPLEX,
        PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
        1,
        512,
        512,
        0,
        NULL);
    ConnectNamedPipe(pipe, NULL);
}

/** Computes for ever. */
static void spin(unsigned long unused)
{
    for (volatile unsigned long i = unused;; i++) {
    }
}

/** Writes where it may not. */
static void crash(unsigned long address)
{
    *(volatile int *)(ULONG_PTR)address = 1;
}

static char *volatile block;

/** Writes so far behind the last of ten bytes. */
static void overstep(unsigned long by)
{
    block = malloc(10);
    block[9 + by] = 0;
    free(block);
}

/** Uses memory that it has freed. */
static void touch(unsigned long index)
{
    char *data = malloc(10);
    block = data;
    free(data);
    block[index] = 0;
}

/** Takes memory twice, and forgets where it is. */
static void lose(unsigned long size)
{
    for (int i = 0; i < 2; i++)
        block = malloc(size);
    block = NULL;
}

/** Prints @p lines lines; 0: for ever. */
static void flood(unsigned long lines)
{
    for (unsigned long i = 1; i != lines + 1 || lines == 0; i++)
        printf("line %lu of very many\n", i);
    say_ready();
}

/** Starts another process that stays, and ends itself. */
static void start_child(BOOL inherit, const wchar_t *command_line)
{
    wchar_t file[MAX_PATH], command[40];
    wcscpy(command, command_line);
    STARTUPINFOW start = {.cb = sizeof start};
    if (!inherit)
        start.dwFlags = STARTF_USESTDHANDLES;  // all three NULL: none
    PROCESS_INFORMATION child;
    GetModuleFileNameW(NULL, file, MAX_PATH);
    /* Where much is being started, Wine now and then cannot start one more. */
    int tries = 20;
    while (!CreateProcessW(
        file,
        command,
        NULL,
        NULL,
        inherit,
        0,
        NULL,
        NULL,
        &start,
        &child)) {
        if (--tries == 0)
            exit(EXIT_FAILURE);
        Sleep(50);
    }
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
}

/** Leaves a process behind that holds our output open, or (1) does not. */
static void leave_child(unsigned long closed)
{
    start_child(closed == 0, L"specimen spin");
}

/** Opens @p count handles and waits to be looked at. */
static void open_handles(unsigned long count)
{
    for (unsigned long i = 0; i < count; i++)
        CreateEventW(NULL, TRUE, FALSE, NULL);
    Sleep(INFINITE);
}

/** Forgets to close a handle. */
static void leak(unsigned long unused)
{
    (void)unused;
    CreateEventW(NULL, TRUE, FALSE, NULL);
}

/** Closes a handle twice. */
static void close_twice(unsigned long unused)
{
    (void)unused;
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    CloseHandle(event);
    CloseHandle(event);
}

/** Creates an instance of a pipe. */
static HANDLE make_pipe(DWORD open, DWORD mode, DWORD most, DWORD wait)
{
    return CreateNamedPipeW(
        L"\\\\.\\pipe\\pipework-specimen",
        open,
        mode | PIPE_REJECT_REMOTE_CLIENTS,
        most,
        512,
        512,
        wait,
        NULL);
}

/** Opens it as a client. */
static HANDLE open_pipe(DWORD access, DWORD flags)
{
    return CreateFileW(
        L"\\\\.\\pipe\\pipework-specimen",
        access,
        0,
        NULL,
        OPEN_EXISTING,
        flags,
        NULL);
}

static DWORD WINAPI read_one(void *pipe)
{
    char byte;
    DWORD bytes_read;
    ReadFile(pipe, &byte, 1, &bytes_read, NULL);
    return 0;
}

/** Writes while another thread reads: each side of the pipe is ours. */
static void write_while_reading(HANDLE ours, HANDLE theirs)
{
    DWORD bytes;
    HANDLE reader = CreateThread(NULL, 0, read_one, ours, 0, NULL);
    Sleep(0);  // where the check waits until the reader is inside
    WriteFile(ours, "a", 1, &bytes, NULL);
    WriteFile(theirs, "b", 1, &bytes, NULL);
    WaitForSingleObject(reader, INFINITE);
    CloseHandle(reader);
}

/** Makes the mistake of that number, or (0) none; Wine forgives them all.
 * That two instances differ in type, maximum and time-out is none: Windows
 * takes it as well. */
static void forgiven(unsigned long mistake)
{
    const DWORD both = GENERIC_READ | GENERIC_WRITE;
    const DWORD overlapped = mistake == 3 ? FILE_FLAG_OVERLAPPED : 0;
    DWORD mode = PIPE_READMODE_BYTE, bytes;
    OVERLAPPED structure = {0};
    HANDLE first = make_pipe(
        PIPE_ACCESS_DUPLEX | overlapped,
        PIPE_TYPE_BYTE,
        mistake == 1 ? 256 : 2,
        50);
    HANDLE second = make_pipe(
        PIPE_ACCESS_DUPLEX | (mistake == 6 ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0),
        PIPE_TYPE_MESSAGE,
        3,
        100);
    HANDLE client = open_pipe(mistake == 2 ? GENERIC_READ : both, 0);
    SetNamedPipeHandleState(client, &mode, NULL, NULL);
    if (mistake == 5)
        write_while_reading(client, first);
    else if (mistake != 2) {
        WriteFile(client, "a", 1, &bytes, mistake == 4 ? &structure : NULL);
        ReadFile(first, &mode, 1, &bytes, NULL);
    }
    say_ready();
    CloseHandle(client);
    CloseHandle(second);
    CloseHandle(first);
}

/** Waits @p ms milliseconds, for nobody. */
static void rest(unsigned long ms)
{
    Sleep(ms);
    say_ready();
}

/** Waits without a limit, for a timer: nobody else has to do anything. */
static void wait_for_timer(unsigned long ms)
{
    LARGE_INTEGER due = {.QuadPart = -10000LL * ms};
    HANDLE timer = CreateWaitableTimerW(NULL, TRUE, NULL);
    SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE);
    WaitForSingleObject(timer, INFINITE);
    say_ready();
}

static HANDLE set_later;

static DWORD WINAPI set_in_a_while(void *ms)
{
    /* Not by Sleep: the lens shall see nothing of this thread. */
    WaitForSingleObject(GetCurrentProcess(), (DWORD)(ULONG_PTR)ms);
    SetEvent(set_later);
    return 0;
}

/** Waits without a limit, for a thread that the lens has not seen begin. */
static void wait_for_pool(unsigned long ms)
{
    set_later = CreateEventW(NULL, TRUE, FALSE, NULL);
    QueueUserWorkItem(
        set_in_a_while,
        (void *)(ULONG_PTR)ms,
        WT_EXECUTELONGFUNCTION);
    WaitForSingleObject(set_later, INFINITE);
    CloseHandle(set_later);
    say_ready();
}

/** Makes call after call, with a good pause or (1) none. */
static void poll(unsigned long without)
{
    for (;;)
        Sleep(without ? 0 : 5);
}

/** Takes @p mb MB of memory, and waits. */
static void take_memory(unsigned long mb)
{
    char *memory = malloc((size_t)mb << 20);
    for (size_t i = 0; memory != NULL && i < (size_t)mb << 20; i += 4096)
        memory[i] = 1;
    hang(0);
}

/** Starts @p count processes, which stay, and waits. */
static void start_children(unsigned long count)
{
    for (unsigned long i = 0; i < count; i++)
        start_child(FALSE, L"specimen rest 600000");
    Sleep(INFINITE);
}

/** Prints what a terminal would take for an order. */
static void print_controls(unsigned long unused)
{
    (void)unused;
    printf("\x1b[2Jgone\x07 \xfe\xc3\xa9\n");
    fflush(stdout);
}

/** The process that has started this one. */
static DWORD parent(void)
{
    PROCESSENTRY32W entry = {.dwSize = sizeof entry};
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    DWORD found = 0;
    for (BOOL more = Process32FirstW(all, &entry); more;
         more = Process32NextW(all, &entry))
        if (entry.th32ProcessID == GetCurrentProcessId())
            found = entry.th32ParentProcessID;
    CloseHandle(all);
    return found;
}

/** Tries to get hold of the grader; ends with 1 if one of the rights is given.
 */
static void grasp(unsigned long unused)
{
    (void)unused;
    static const DWORD rights[] = {
        PROCESS_TERMINATE,
        PROCESS_DUP_HANDLE,
        PROCESS_VM_WRITE | PROCESS_VM_OPERATION,
        PROCESS_CREATE_THREAD,
        WRITE_DAC,
        WRITE_OWNER,
    };
    DWORD grader = parent();
    if (grader == 0)
        ExitProcess(2);
    for (size_t i = 0; i < ARRAYSIZE(rights); i++)
        if (OpenProcess(rights[i], FALSE, grader) != NULL)
            ExitProcess(1);
    say_ready();
}

/** Reads from a pipe of its own, and holds the writing end, too. */
static void read_own_pipe(unsigned long unused)
{
    HANDLE ends[2];
    char byte;
    DWORD bytes_read;
    (void)unused;
    CreatePipe(&ends[0], &ends[1], NULL, 0);
    ReadFile(ends[0], &byte, 1, &bytes_read, NULL);
    say_ready();
}

static const struct {
    const char *name;
    void (*behave)(unsigned long number);
} WAYS[] = {
    {"end", end},
    {"hang", hang},
    {"spin", spin},
    {"crash", crash},
    {"overstep", overstep},
    {"touch", touch},
    {"lose", lose},
    {"flood", flood},
    {"leave-child", leave_child},
    {"open-handles", open_handles},
    {"leak", leak},
    {"close-twice", close_twice},
    {"forgiven", forgiven},
    {"rest", rest},
    {"wait-for-timer", wait_for_timer},
    {"wait-for-pool", wait_for_pool},
    {"poll", poll},
    {"take-memory", take_memory},
    {"start-children", start_children},
    {"print-controls", print_controls},
    {"grasp", grasp},
    {"read-own-pipe", read_own_pipe},
};

int main(int argc, char *argv[])
{
    unsigned long number = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
    for (size_t i = 0; argc > 1 && i < ARRAYSIZE(WAYS); i++)
        if (strcmp(argv[1], WAYS[i].name) == 0)
            WAYS[i].behave(number);
    return EXIT_SUCCESS;
}
