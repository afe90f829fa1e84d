/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The program that the tests of the lens look at.
 *
 * Usage: subject ACTION. It is built twice, with the lens and without, and
 * knows nothing of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define PIPE_NAME L"\\\\.\\pipe\\pipework-lens"

/* Mistakes made on purpose, so that no analyser takes offence. */
static char *volatile nowhere = (char *)8;
static HANDLE volatile no_event;
static HANDLE left_open[3];

/** What is not being tested must not go wrong unseen. */
static void expect(BOOL success, const char *call)
{
    DWORD error = GetLastError();

    if (success)
        return;
    printf("%s: error %lu\n", call, error);
    exit(1);
}

static HANDLE make_pipe(LPCWSTR name)
{
    HANDLE pipe = CreateNamedPipeW(
        name,
        PIPE_ACCESS_DUPLEX,
        PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
        1,     // instances
        4096,  // output buffer
        4096,  // input buffer
        0,     // default time-out
        NULL);

    expect(pipe != INVALID_HANDLE_VALUE, "CreateNamedPipeW");
    return pipe;
}

static HANDLE open_pipe(LPCWSTR name)
{
    HANDLE file = CreateFileW(
        name,
        GENERIC_READ | GENERIC_WRITE,
        0,
        NULL,
        OPEN_EXISTING,
        0,
        NULL);

    expect(file != INVALID_HANDLE_VALUE, "CreateFileW");
    return file;
}

/** Accepts one client and says how that went. */
static void serve(void)
{
    HANDLE pipe = make_pipe(PIPE_NAME);

    if (ConnectNamedPipe(pipe, NULL))
        printf("connected\n");
    else
        printf("ConnectNamedPipe: error %lu\n", GetLastError());
    CloseHandle(pipe);
}

static HANDLE handled;

static BOOL WINAPI first_handler(DWORD event)
{
    printf("first: %lu\n", event);
    SetEvent(handled);
    return TRUE;
}

static BOOL WINAPI second_handler(DWORD event)
{
    printf("second: %lu\n", event);
    return FALSE;
}

static BOOL WINAPI third_handler(DWORD event)
{
    printf("third: %lu\n", event);
    return TRUE;
}

/** Waits for Ctrl+C, with two handlers; a third one is taken back. */
static void wait_for_ctrl_c(void)
{
    handled = CreateEventW(NULL, TRUE, FALSE, NULL);
    expect(handled != NULL, "CreateEventW");
    expect(SetConsoleCtrlHandler(first_handler, TRUE), "handler");
    expect(SetConsoleCtrlHandler(second_handler, TRUE), "handler");
    expect(SetConsoleCtrlHandler(third_handler, TRUE), "handler");
    expect(SetConsoleCtrlHandler(third_handler, FALSE), "handler");
    WaitForSingleObject(handled, INFINITE);
    CloseHandle(handled);
}

/** Both sides in one process: two messages there, and back again. */
static void echo(void)
{
    HANDLE pipe = make_pipe(PIPE_NAME);
    HANDLE file = open_pipe(PIPE_NAME);
    const char *messages[] = {"hello", "\xEC\x95\x88 \"x\"\n\xFF\xE0\x80\x80"};

    if (!ConnectNamedPipe(pipe, NULL))
        printf("ConnectNamedPipe: error %lu\n", GetLastError());
    for (int i = 0; i < 2; i++) {
        DWORD size = (DWORD)strlen(messages[i]);
        DWORD n = 99;
        char data[64];

        expect(WriteFile(file, messages[i], size, &n, NULL), "WriteFile");
        if (ReadFile(pipe, data, sizeof data, &n, NULL))
            printf("read %lu\n", n);
        else
            printf("ReadFile: error %lu, %lu bytes\n", GetLastError(), n);
    }
    CloseHandle(file);
    CloseHandle(pipe);
}

/** Bytes that are no text, which the lens must find out without a trace. */
static void bytes_and_last_error(void)
{
    HANDLE pipe = make_pipe(PIPE_NAME L"-bytes");
    HANDLE file = open_pipe(PIPE_NAME L"-bytes");
    char bytes[3] = {'\xE0', '\x80', '\x80'};
    DWORD n = 0;

    SetLastError(4242);
    WriteFile(file, bytes, 3, &n, NULL);
    printf("WriteFile leaves %lu\n", GetLastError());
    SetLastError(4242);
    ReadFile(pipe, bytes, 3, &n, NULL);
    printf("ReadFile leaves %lu\n", GetLastError());
    CloseHandle(file);
    CloseHandle(pipe);
}

/** The last error after calls that succeed, and that fail. */
static void last_error(void)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, L"pipework-lens-twice");
    HANDLE again;
    HANDLE pipe = make_pipe(PIPE_NAME);
    DWORD n = 0;

    SetLastError(4242);
    SetEvent(event);
    printf("success leaves %lu\n", GetLastError());
    bytes_and_last_error();
    again = CreateEventW(NULL, TRUE, FALSE, L"pipework-lens-twice");
    printf("made twice: %lu\n", GetLastError());
    SetEvent(no_event);
    printf("no handle: %lu\n", GetLastError());
    left_open[0] = open_pipe(PIPE_NAME);
    SetLastError(4242);
    printf("a wrong pointer: %d", WriteFile(pipe, (void *)8, 5, &n, NULL));
    printf(" %lu\n", GetLastError());
    CloseHandle(again);
    CloseHandle(event);
    CloseHandle(pipe);
}

/** Leaves open: the second event of two, a client, a process, its thread. */
static void leak(void)
{
    STARTUPINFOW start = {.cb = sizeof start};
    PROCESS_INFORMATION process;
    WCHAR path[MAX_PATH];
    WCHAR command[MAX_PATH + 16];
    HANDLE first = CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE pipe = make_pipe(PIPE_NAME);

    left_open[0] = CreateEventW(NULL, TRUE, FALSE, L"pipework-lens-leak");
    left_open[1] = open_pipe(PIPE_NAME);
    GetModuleFileNameW(NULL, path, MAX_PATH);
    _snwprintf(command, MAX_PATH + 16, L"\"%ls\" nothing", path);
    expect(
        CreateProcessW(
            NULL,
            command,
            NULL,
            NULL,
            FALSE,
            0,
            NULL,
            NULL,
            &start,
            &process),
        "CreateProcessW");
    WaitForSingleObject(process.hProcess, INFINITE);
    CloseHandle(pipe);
    CloseHandle(first);
}

/** A handle number that is used again is still one handle. */
static void reuse(void)
{
    for (int i = 0; i < 20; i++)
        CloseHandle(CreateEventW(NULL, TRUE, FALSE, NULL));
    CloseHandle((HANDLE)(ULONG_PTR)0xDEAC);
}

/** Closes nothing, and something twice. */
static void close_wrongly(void)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);

    printf("nothing: %d\n", CloseHandle(INVALID_HANDLE_VALUE));
    printf("once: %d\n", CloseHandle(event));
    printf("twice: %d\n", CloseHandle(event));
}

static void leave(void)
{
    left_open[0] = CreateEventW(NULL, TRUE, FALSE, NULL);
    ExitProcess(7);
}

static void crash(void)
{
    *nowhere = 1;  // crash: here
}

static void crash_inside(void)
{
    printf("%u\n", (unsigned)strlen(nowhere));  // crash-inside: here
}

/** Needs a kilobyte of stack a step, for more steps than there is stack. */
static int fall(int steps)
{
    volatile char room[1024];

    room[0] = 1;  // overflow: here
    return steps == 0 ? 0 : fall(steps - 1) + room[0];
}

static void overflow(void)
{
    printf("%d\n", fall(1 << 22));
}

/** Waits for a client that never comes. */
static void hang(void)
{
    HANDLE pipe = make_pipe(PIPE_NAME);

    ConnectNamedPipe(pipe, NULL);
}

static DWORD WINAPI call_often(void *go)
{
    WaitForSingleObject(go, INFINITE);
    for (int i = 0; i < 400; i++)
        FreeLibrary(NULL);
    return 0;
}

/** Eight threads make a call at the same time, 400 times each. */
static void threads(void)
{
    HANDLE thread[8];
    HANDLE go = CreateEventW(NULL, TRUE, FALSE, NULL);

    for (int i = 0; i < 8; i++) {
        thread[i] = CreateThread(NULL, 0, call_often, go, 0, NULL);
        expect(thread[i] != NULL, "CreateThread");
    }
    SetEvent(go);
    for (int i = 0; i < 8; i++) {
        WaitForSingleObject(thread[i], INFINITE);
        CloseHandle(thread[i]);
    }
    CloseHandle(go);
}

/** More calls than the record has room for; the handle is closed at last. */
static void fill(void)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);

    for (int i = 0; i < 5000; i++)
        SetEvent(event);
    CloseHandle(event);
    printf("done\n");
}

/** A pipe and an event stay there until somebody sets the event. */
static void names(void)
{
    HANDLE pipe = make_pipe(PIPE_NAME L"-\uAC00");
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, L"pipework-lens-event");
    HANDLE file = CreateFileW(
        L"subject.tmp",
        GENERIC_WRITE,
        0,
        NULL,
        CREATE_ALWAYS,
        0,
        NULL);

    expect(file != INVALID_HANDLE_VALUE, "CreateFileW");
    CloseHandle(file);
    expect(DeleteFileW(L"subject.tmp"), "DeleteFileW");
    WaitForSingleObject(event, INFINITE);
    CloseHandle(event);
    CloseHandle(pipe);
}

/** Calls that come another way than by name, and the rest of the table. */
static void others(void)
{
    BOOL(WINAPI * set)(HANDLE) = SetEvent;
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    HMODULE library = LoadLibraryW(L"version.dll");
    WCHAR text[100];

    set(event);
    CloseHandle(event);
    FreeLibrary(library);
    FormatMessageW(
        FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
        NULL,
        2,  // code
        0,  // language
        text,
        100,
        NULL);
    WaitNamedPipeW(PIPE_NAME L"-none", 50);
}

static void free_nothing(void)
{
    for (int i = 0; i < 100; i++)
        FreeLibrary(NULL);
}

static HANDLE server;
static HANDLE client;

static void round_trip(void)
{
    char data[8];
    DWORD n;

    WriteFile(client, "hello", 5, &n, NULL);
    ReadFile(server, data, 5, &n, NULL);
    WriteFile(server, data, 5, &n, NULL);
    ReadFile(client, data, 5, &n, NULL);
}

/** Nanoseconds of an action: the best of several tries. */
static long long best_of(int tries, void (*action)(void))
{
    LARGE_INTEGER begin, end, second;
    long long best = 0;

    QueryPerformanceFrequency(&second);
    for (int i = 0; i < tries; i++) {
        QueryPerformanceCounter(&begin);
        action();
        QueryPerformanceCounter(&end);
        if (i == 0 || end.QuadPart - begin.QuadPart < best)
            best = end.QuadPart - begin.QuadPart;
    }
    return best * 1000000000 / second.QuadPart;
}

/** Nanoseconds of a call that does nothing, and of a round trip of four. */
static void measure(void)
{
    server = make_pipe(PIPE_NAME);
    client = open_pipe(PIPE_NAME);
    printf(
        "%lld %lld\n",
        best_of(10, free_nothing) / 100,
        best_of(600, round_trip));
    CloseHandle(client);
    CloseHandle(server);
}

static void nothing(void)
{
}

static char **environment;

/** Says what of the lens's settings it finds in its environment. */
static void settings(void)
{
    static const char *const names[] = {
        "LENS_RECORD",
        "LENS_SUFFIX",
        "LENS_GATE",
        "PATH"};
    WCHAR wide[2];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        WCHAR name[16] = L"";
        mbstowcs(name, names[i], 15);
        printf(
            "%s: %d %d\n",
            names[i],
            GetEnvironmentVariableW(name, wide, 1) != 0,
            getenv(names[i]) != NULL);
    }
    for (char **entry = environment; *entry != NULL; entry++)
        if (strncmp(*entry, "LENS_", 5) == 0)
            printf("main was given %s\n", *entry);
}

static const struct {
    const char *name;
    void (*action)(void);
} actions[] = {
    {"close-wrongly", close_wrongly},
    {"crash", crash},
    {"crash-inside", crash_inside},
    {"echo", echo},
    {"fill", fill},
    {"hang", hang},
    {"last-error", last_error},
    {"leak", leak},
    {"leave", leave},
    {"measure", measure},
    {"names", names},
    {"nothing", nothing},
    {"others", others},
    {"overflow", overflow},
    {"reuse", reuse},
    {"serve", serve},
    {"settings", settings},
    {"wait-for-ctrl-c", wait_for_ctrl_c},
    {"threads", threads},
};

int main(int argc, char *argv[], char *envp[])
{
    environment = envp;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (argc == 2 && strcmp(argv[1], actions[i].name) == 0) {
            actions[i].action();
            return 0;
        }
    fprintf(stderr, "usage: subject ACTION\n");
    return 2;
}
