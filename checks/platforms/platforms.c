/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Tries what docs/platforms.md says of Wine, row by row.
 *
 * Usage: `platforms`. Prints each row's first cell, a tab, and what it has
 * seen. Run on Windows, it shows what Windows really does: in the first two
 * tables something else, in the third the same. Its last line is the system's
 * name.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/pipes
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

#define PIPE_NAME L"\\\\.\\pipe\\pipework-platforms"
#define SLOT_NAME L"\\\\.\\mailslot\\pipework-platforms"

/* After a moment, whoever is to wait is inside the call, most likely: where it
 * matters, it is tried again. What happens on Wine gets more time. */
enum { BUFFER = 512, MOMENT_MS = 200, LONG_MS = 5000 };

static char seen[80];

/** What a call says that may fail: the words for success, or the error. */
static const char *outcome(bool good, const char *words)
{
    DWORD error = GetLastError();
    if (good)
        snprintf(seen, sizeof seen, "%s", words);
    else
        snprintf(seen, sizeof seen, "error %lu", error);
    return seen;
}

static HANDLE must(HANDLE handle, const char *call)
{
    if (handle == INVALID_HANDLE_VALUE)
        die(call);
    return handle;
}

static HANDLE create(DWORD open_mode, DWORD mode, DWORD instances, DWORD wait)
{
    return CreateNamedPipeW(
        PIPE_NAME,
        PIPE_ACCESS_DUPLEX | open_mode,
        mode | PIPE_REJECT_REMOTE_CLIENTS,
        instances,
        BUFFER,  // output buffer, bytes
        BUFFER,  // input buffer, bytes
        wait,    // default time-out
        NULL);   // default security
}

static HANDLE create_one(DWORD open_mode, DWORD mode)
{
    return must(create(open_mode, mode, 1, 0), "CreateNamedPipeW");
}

static HANDLE open_pipe(DWORD access)
{
    return CreateFileW(PIPE_NAME, access, 0, NULL, OPEN_EXISTING, 0, NULL);
}

static HANDLE open_both_ways(void)
{
    return must(open_pipe(GENERIC_READ | GENERIC_WRITE), "CreateFileW");
}

static HANDLE start(LPTHREAD_START_ROUTINE function, void *argument)
{
    HANDLE thread = CreateThread(NULL, 0, function, argument, 0, NULL);
    if (thread == NULL)
        die("CreateThread");
    return thread;
}

static DWORD WINAPI read_byte(void *pipe)
{
    char data;
    DWORD bytes_read;
    ReadFile(pipe, &data, 1, &bytes_read, NULL);
    return 0;
}

static DWORD WINAPI write_byte(void *pipe)
{
    DWORD bytes_written;
    WriteFile(pipe, "a", 1, &bytes_written, NULL);
    return 0;
}

static const char *read_and_write(void)
{
    HANDLE pipe = create_one(0, PIPE_TYPE_BYTE), client = open_both_ways();
    HANDLE reader = start(read_byte, client);
    Sleep(MOMENT_MS);
    HANDLE writer = start(write_byte, client);
    bool done = WaitForSingleObject(writer, LONG_MS) == WAIT_OBJECT_0;
    write_byte(pipe);
    WaitForSingleObject(reader, INFINITE);
    WaitForSingleObject(writer, INFINITE);
    CloseHandle(reader);
    CloseHandle(writer);
    CloseHandle(client);
    CloseHandle(pipe);
    return done ? "works without it" : "the write waits";
}

/** A second instance beside one of 5, of byte type. */
static bool second_fits(DWORD open_mode, DWORD mode, DWORD max, DWORD wait)
{
    HANDLE first =
        must(create(open_mode, PIPE_TYPE_BYTE, 5, 0), "CreateNamedPipeW");
    HANDLE second = create(open_mode, mode, max, wait);
    DWORD error = GetLastError();
    if (second != INVALID_HANDLE_VALUE)
        CloseHandle(second);
    CloseHandle(first);
    SetLastError(error);
    return second != INVALID_HANDLE_VALUE;
}

static const char *first_instance(void)
{
    return outcome(
        second_fits(FILE_FLAG_FIRST_PIPE_INSTANCE, PIPE_TYPE_BYTE, 5, 0),
        "succeeds");
}

static const char *other_instance(void)
{
    return outcome(
        second_fits(0, PIPE_TYPE_MESSAGE, 5, 0)
            && second_fits(0, PIPE_TYPE_BYTE, 9, 0)
            && second_fits(0, PIPE_TYPE_BYTE, 5, 70),
        "is accepted");
}

/** A pipe that nobody may open: its list of who may is there, and empty. */
static const char *empty_list(void)
{
    ACL nobody;
    SECURITY_DESCRIPTOR descriptor;
    SECURITY_ATTRIBUTES security = {sizeof security, &descriptor, FALSE};
    if (!InitializeAcl(&nobody, sizeof nobody, ACL_REVISION)
        || !InitializeSecurityDescriptor(
            &descriptor,
            SECURITY_DESCRIPTOR_REVISION)
        || !SetSecurityDescriptorDacl(&descriptor, TRUE, &nobody, FALSE))
        die("SetSecurityDescriptorDacl");
    HANDLE pipe = must(
        CreateNamedPipeW(
            PIPE_NAME,
            PIPE_ACCESS_DUPLEX,
            PIPE_REJECT_REMOTE_CLIENTS,
            1,       // instances at most
            BUFFER,  // output buffer, bytes
            BUFFER,  // input buffer, bytes
            0,       // default time-out
            &security),
        "CreateNamedPipeW");
    HANDLE client = open_pipe(GENERIC_READ | GENERIC_WRITE);
    outcome(client != INVALID_HANDLE_VALUE, "is ignored");
    if (client != INVALID_HANDLE_VALUE)
        CloseHandle(client);
    CloseHandle(pipe);
    return seen;
}

static const char *maximum(void)
{
    HANDLE none = create(0, PIPE_TYPE_BYTE, 0, 0);
    if (none == INVALID_HANDLE_VALUE)
        return outcome(false, "");
    CloseHandle(none);
    HANDLE many = create(0, PIPE_TYPE_BYTE, PIPE_UNLIMITED_INSTANCES + 1, 0);
    outcome(many != INVALID_HANDLE_VALUE, "is accepted");
    CloseHandle(many);
    return seen;
}

static const char *count_instances(void)
{
    HANDLE pipe = create_one(0, PIPE_TYPE_BYTE), client = open_both_ways();
    CloseHandle(pipe);
    pipe = create(0, PIPE_TYPE_BYTE, 1, 0);
    outcome(pipe != INVALID_HANDLE_VALUE, "is not counted any more");
    CloseHandle(pipe);
    CloseHandle(client);
    return seen;
}

static const char *buffer_size(void)
{
    HANDLE pipe = create_one(FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE);
    HANDLE client = open_both_ways();
    OVERLAPPED operation = {0};
    int bytes = 0;
    while (bytes < 10 * BUFFER && WriteFile(pipe, "a", 1, NULL, &operation))
        bytes++;
    CloseHandle(client);
    DWORD written;
    GetOverlappedResult(pipe, &operation, &written, TRUE);
    CloseHandle(pipe);
    snprintf(seen, sizeof seen, "%d bytes fit", bytes);
    return bytes == BUFFER ? "as many bytes as it was made for" : seen;
}

static const char *set_state(void)
{
    HANDLE pipe = create_one(0, PIPE_TYPE_MESSAGE);
    HANDLE client = must(open_pipe(GENERIC_READ), "CreateFileW");
    DWORD mode = PIPE_READMODE_MESSAGE;
    outcome(SetNamedPipeHandleState(client, &mode, NULL, NULL), "succeeds");
    CloseHandle(client);
    CloseHandle(pipe);
    return seen;
}

static const char *cancel_nothing(void)
{
    HANDLE pipe = create_one(FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE);
    outcome(CancelIoEx(pipe, NULL), "succeeds");
    CloseHandle(pipe);
    return seen;
}

static const char *localhost(void)
{
    HANDLE pipe = must(create(0, PIPE_TYPE_BYTE, 2, 0), "CreateNamedPipeW");
    HANDLE client = CreateFileW(
        L"\\\\localhost\\pipe\\pipework-platforms",
        GENERIC_READ,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // pipes are not created here
        0,              // no flags
        NULL);          // no template
    outcome(client != INVALID_HANDLE_VALUE, "opens");
    CloseHandle(client);
    CloseHandle(pipe);
    return seen;
}

static const char *name_without_server(void)
{
    HANDLE pipe = create_one(0, PIPE_TYPE_BYTE), client = open_both_ways();
    CloseHandle(pipe);
    HANDLE next = open_pipe(GENERIC_READ);
    DWORD error = GetLastError();
    snprintf(
        seen,
        sizeof seen,
        "%s: error %lu",
        error == ERROR_FILE_NOT_FOUND ? "is gone" : "exists",
        error);
    CloseHandle(next);
    CloseHandle(client);
    return seen;
}

/** The shortest of five waits: a busy machine makes them longer only. */
static const char *default_wait(void)
{
    HANDLE pipe = create_one(0, PIPE_TYPE_BYTE), client = open_both_ways();
    LARGE_INTEGER frequency, before, after;
    QueryPerformanceFrequency(&frequency);
    LONGLONG least = MAXLONGLONG;
    for (int i = 0; i < 5; i++) {
        QueryPerformanceCounter(&before);
        WaitNamedPipeW(PIPE_NAME, NMPWAIT_USE_DEFAULT_WAIT);
        QueryPerformanceCounter(&after);
        least = min(least, after.QuadPart - before.QuadPart);
    }
    CloseHandle(client);
    CloseHandle(pipe);
    least = least * 1000 / frequency.QuadPart;
    snprintf(seen, sizeof seen, "waits %lld ms", least);
    return least < 25 ? "does not wait" : seen;
}

static DWORD WINAPI wait_for_instance(void *milliseconds)
{
    return WaitNamedPipeW(PIPE_NAME, *(DWORD *)milliseconds) ? 0
                                                             : GetLastError();
}

/** What a wait says whose server goes away, perhaps with the other client. */
static DWORD wait_abandoned(DWORD milliseconds, bool client_stays)
{
    DWORD error = ERROR_FILE_NOT_FOUND;
    /* 2: perhaps the wait began after the end. The third time it is believed:
     * it may well be what Windows says. */
    DWORD ms = MOMENT_MS;
    for (int i = 0; i < 3 && error == ERROR_FILE_NOT_FOUND; i++, ms *= 2) {
        HANDLE pipe = create_one(0, PIPE_TYPE_BYTE), client = open_both_ways();
        HANDLE waiter = start(wait_for_instance, &milliseconds);
        Sleep(ms);
        CloseHandle(pipe);
        if (!client_stays)
            CloseHandle(client);
        WaitForSingleObject(waiter, INFINITE);
        if (!GetExitCodeThread(waiter, &error))
            die("GetExitCodeThread");
        CloseHandle(waiter);
        if (client_stays)
            CloseHandle(client);
    }
    return error;
}

static const char *wait_without_server(void)
{
    DWORD alone = wait_abandoned(60000, false);
    snprintf(
        seen,
        sizeof seen,
        "error %lu; %lu in the end",
        alone,
        wait_abandoned(1000, true));
    return seen;
}

static const char *write_nothing(void)
{
    HANDLE pipe = create_one(FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE);
    HANDLE client = open_both_ways();
    OVERLAPPED operation = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    char data;
    DWORD bytes;
    if (ReadFile(pipe, &data, 1, NULL, &operation)
        || GetLastError() != ERROR_IO_PENDING)
        die("ReadFile");
    if (!WriteFile(client, "", 0, &bytes, NULL))
        die("WriteFile");
    bool ended =
        WaitForSingleObject(operation.hEvent, MOMENT_MS) == WAIT_OBJECT_0;
    CloseHandle(client);
    GetOverlappedResult(pipe, &operation, &bytes, TRUE);
    CloseHandle(operation.hEvent);
    CloseHandle(pipe);
    return ended ? "ends the read" : "the reader waits on";
}

static const char *write_without_room(void)
{
    static const char data[BUFFER - 1];
    HANDLE pipe = create_one(0, PIPE_TYPE_BYTE | PIPE_NOWAIT);
    HANDLE client = open_both_ways();
    DWORD bytes_written;
    if (!WriteFile(pipe, data, sizeof data, &bytes_written, NULL)
        || !WriteFile(pipe, data, sizeof data, &bytes_written, NULL))
        die("WriteFile");
    CloseHandle(client);
    CloseHandle(pipe);
    snprintf(seen, sizeof seen, "takes %lu bytes", bytes_written);
    return seen;
}

static const char *connect_again(void)
{
    HANDLE pipe = create_one(0, PIPE_TYPE_BYTE | PIPE_NOWAIT);
    HANDLE client = open_both_ways();
    if (!DisconnectNamedPipe(pipe))
        die("DisconnectNamedPipe");
    outcome(ConnectNamedPipe(pipe, NULL), "TRUE");
    CloseHandle(client);
    CloseHandle(pipe);
    return seen;
}

static HANDLE open_slot(void)
{
    HANDLE writer = CreateFileW(
        SLOT_NAME,
        GENERIC_WRITE,
        FILE_SHARE_READ | FILE_SHARE_WRITE,
        NULL,           // default security
        OPEN_EXISTING,  // slots are not created here
        0,              // no flags
        NULL);          // no template
    return must(writer, "CreateFileW");
}

/** A slot with as many messages in it, of five bytes each. */
static HANDLE create_slot(int messages)
{
    HANDLE slot = CreateMailslotW(SLOT_NAME, 0, 0, NULL);
    must(slot, "CreateMailslotW");
    HANDLE writer = open_slot();
    DWORD bytes_written;
    while (messages-- > 0)
        if (!WriteFile(writer, "hello", 5, &bytes_written, NULL))
            die("WriteFile");
    CloseHandle(writer);
    return slot;
}

static const char *short_buffer(void)
{
    HANDLE slot = create_slot(1);
    OVERLAPPED operation = {0};
    char data[2];
    DWORD bytes_read;
    bool begun = ReadFile(slot, data, sizeof data, NULL, &operation)
                 || GetLastError() == ERROR_IO_PENDING;
    outcome(
        begun && GetOverlappedResult(slot, &operation, &bytes_read, TRUE),
        "succeeds, the rest is lost");
    CloseHandle(slot);
    return seen;
}

static const char *count_messages(void)
{
    HANDLE slot = create_slot(3);
    DWORD messages;
    if (!GetMailslotInfo(slot, NULL, NULL, &messages, NULL))
        die("GetMailslotInfo");
    CloseHandle(slot);
    snprintf(seen, sizeof seen, "%lu of 3", messages);
    return messages <= 1 ? "0 or 1" : seen;
}

static const char *long_message(void)
{
    HANDLE slot = CreateMailslotW(SLOT_NAME, 2, 0, NULL);
    must(slot, "CreateMailslotW");
    HANDLE writer = open_slot();
    DWORD bytes_written;
    outcome(WriteFile(writer, "hello", 5, &bytes_written, NULL), "is taken");
    CloseHandle(writer);
    CloseHandle(slot);
    return seen;
}

static HANDLE open_slot_alone(void)
{
    return CreateFileW(
        SLOT_NAME,
        GENERIC_WRITE,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // slots are not created here
        0,              // no flags
        NULL);          // no template
}

static const char *share_nothing(void)
{
    HANDLE slot = create_slot(0), writer = open_slot_alone();
    outcome(writer != INVALID_HANDLE_VALUE, "opens");
    CloseHandle(writer);
    CloseHandle(slot);
    return seen;
}

static const char *slot_again(void)
{
    HANDLE slot = create_slot(0), writer = open_slot();
    CloseHandle(slot);
    slot = CreateMailslotW(SLOT_NAME, 0, 0, NULL);
    outcome(slot != INVALID_HANDLE_VALUE, "a new slot can be made");
    CloseHandle(slot);
    CloseHandle(writer);
    return seen;
}

static int routines;

static void CALLBACK on_read(DWORD error, DWORD bytes, OVERLAPPED *operation)
{
    (void)error;
    (void)bytes;
    (void)operation;
    routines++;
}

static const char *read_a_part(void)
{
    HANDLE pipe = create_one(
        FILE_FLAG_OVERLAPPED,
        PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
    HANDLE client = open_both_ways();
    OVERLAPPED operation = {0};
    char data[2];
    DWORD bytes_written;
    if (!WriteFile(client, "hello", 5, &bytes_written, NULL))
        die("WriteFile");
    routines = 0;
    BOOL begun = ReadFileEx(pipe, data, sizeof data, &operation, on_read);
    DWORD error = GetLastError();
    SleepEx(MOMENT_MS, TRUE /* alertable */);
    CloseHandle(client);
    CloseHandle(pipe);
    snprintf(
        seen,
        sizeof seen,
        "%s with %lu, and the routine %s",
        begun ? "TRUE" : "FALSE",
        error,
        routines == 1 ? "runs" : "does not run");
    return seen;
}

static DWORD WINAPI wait_for_packet(void *port)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *operation;
    GetQueuedCompletionStatus(port, &bytes, &key, &operation, INFINITE);
    return GetLastError();
}

/** The thread that waits on ends with the process. */
static const char *close_port(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (port == NULL)
        die("CreateIoCompletionPort");
    HANDLE waiter = start(wait_for_packet, port);
    Sleep(MOMENT_MS);
    CloseHandle(port);
    DWORD error = 0;
    if (WaitForSingleObject(waiter, MOMENT_MS) == WAIT_TIMEOUT)
        return "the thread waits on";
    GetExitCodeThread(waiter, &error);
    snprintf(seen, sizeof seen, "error %lu", error);
    return seen;
}

/** As a child: prints a line, and then a byte past the buffer of stdout. */
static void print_line(void)
{
    DWORD bytes_written;
    printf("line\n");
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), ".", 1, &bytes_written, NULL);
}

/** What comes first out of a child: its line, or what it wrote behind it. */
static const char *line_without_flush(void)
{
    wchar_t program[MAX_PATH], command[] = L"platforms line";
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    HANDLE output;
    if (!CreatePipe(&output, &startup.hStdOutput, &inherited, 0))
        die("CreatePipe");
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    GetModuleFileNameW(NULL, program, ARRAYSIZE(program));
    if (!CreateProcessW(
            program,
            command,
            NULL,  // default security
            NULL,  // default security
            TRUE,  // inherits the pipe
            0,     // no flags
            NULL,  // our environment
            NULL,  // our folder
            &startup,
            &child))
        die("CreateProcessW");
    CloseHandle(startup.hStdOutput);

    char first = 0;
    DWORD bytes_read;
    if (!ReadFile(output, &first, 1, &bytes_read, NULL))
        die("ReadFile");
    WaitForSingleObject(child.hProcess, INFINITE);
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
    CloseHandle(output);
    return first == 'l' ? "arrives at once" : "stays in the buffer";
}

static const struct {
    const char *what;
    const char *(*find_out)(void);
} ROWS[] = {
    /* Wine lets wrong programs pass. */
    {"One thread reads from a handle while another writes to it",
     read_and_write},
    {"`FILE_FLAG_FIRST_PIPE_INSTANCE`, but the name exists", first_instance},
    {"The pipe's list of who may come in", empty_list},
    {"A maximum of 0 instances, or of more than 255", maximum},
    {"`SetNamedPipeHandleState` by a client with `GENERIC_READ` alone",
     set_state},
    {"`CancelIoEx` without a structure, and nothing to cancel", cancel_nothing},
    {"A message longer than the mailslot's largest size", long_message},
    {"A line printed without `fflush` when the output is a pipe or file",
     line_without_flush},
    /* Wine breaks right programs. */
    {"Names with a computer, `\\\\localhost\\pipe\\…`", localhost},
    {"`WaitNamedPipeW` with the default time-out, when the server gave 0",
     default_wait},
    {"The server goes away while a client is inside `WaitNamedPipeW`",
     wait_without_server},
    {"A short buffer for a mailslot's message", short_buffer},
    {"The number of messages in a mailslot", count_messages},
    {"A mailslot's writer that shares nothing", share_nothing},
    {"A mailslot made anew, while a writer of the old one is still there",
     slot_again},
    {"`ReadFileEx` with a buffer that is too small for the message",
     read_a_part},
    {"Closing a completion port while a thread waits on it", close_port},
    /* No difference, though a reference page tells of one. */
    {"A second instance of another type, maximum or time-out", other_instance},
    {"An instance whose server has closed its end, while the client's end is "
     "still open",
     count_instances},
    {"The name of a pipe whose server is gone, while a client still has its "
     "end open",
     name_without_server},
    {"How much goes into a pipe's buffer", buffer_size},
    {"A write of 0 bytes into a byte pipe", write_nothing},
    {"A write into a full byte pipe with `PIPE_NOWAIT`", write_without_room},
    {"`ConnectNamedPipe` with `PIPE_NOWAIT`, after `DisconnectNamedPipe`",
     connect_again},
};

int main(int argc, char *argv[])
{
    use_utf8_console();
    if (argc == 2 && strcmp(argv[1], "line") == 0) {
        print_line();
        return EXIT_SUCCESS;
    }
    for (size_t i = 0; i < ARRAYSIZE(ROWS); i++)
        printf("%s\t%s\n", ROWS[i].what, ROWS[i].find_out());

    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    FARPROC version = ntdll ? GetProcAddress(ntdll, "wine_get_version") : NULL;
    printf(
        "%s\n",
        version ? ((const char *(*)(void))(void (*)(void))version)()
                : "Windows");
    return EXIT_SUCCESS;
}
