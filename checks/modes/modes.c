/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Prints the tables of docs/pipe-modes.md, each cell by trying it.
 *
 * Usage: `modes`. Whether a call would wait is told without a clock: the same
 * call on an overlapped handle says 997.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/ipc/named-pipe-type-read-and-wait-modes
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

#define PIPE_NAME L"\\\\.\\pipe\\pipework-modes"

enum { BUFFER = 512, PIECE = 256 };

static const struct {
    const char *name;
    DWORD flag;
} ACCESSES[] =
    {{"INBOUND", PIPE_ACCESS_INBOUND},
     {"OUTBOUND", PIPE_ACCESS_OUTBOUND},
     {"DUPLEX", PIPE_ACCESS_DUPLEX}},
  RIGHTS[] =
      {{"GENERIC_READ", GENERIC_READ},
       {"GENERIC_WRITE", GENERIC_WRITE},
       {"both", GENERIC_READ | GENERIC_WRITE}},
  MODES[] =
      {{"BYTE | BYTE", PIPE_TYPE_BYTE | PIPE_READMODE_BYTE},
       {"BYTE | MESSAGE", PIPE_TYPE_BYTE | PIPE_READMODE_MESSAGE},
       {"MESSAGE | BYTE", PIPE_TYPE_MESSAGE | PIPE_READMODE_BYTE},
       {"MESSAGE | MESSAGE", PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE}},
  WAITS[] = {{"WAIT", PIPE_WAIT}, {"NOWAIT", PIPE_NOWAIT}};

static HANDLE create_pipe(DWORD open_mode, DWORD mode)
{
    return CreateNamedPipeW(
        PIPE_NAME,
        open_mode,
        mode | PIPE_REJECT_REMOTE_CLIENTS,
        1,       // instances at most
        BUFFER,  // output buffer, bytes
        BUFFER,  // input buffer, bytes
        0,       // default time-out
        NULL);   // default security
}

static HANDLE open_pipe(DWORD access)
{
    return CreateFileW(PIPE_NAME, access, 0, NULL, OPEN_EXISTING, 0, NULL);
}

static HANDLE must(HANDLE handle, const char *call)
{
    if (handle == INVALID_HANDLE_VALUE)
        die(call);
    return handle;
}

/** Prints a cell: what was done, or the error. */
static void print_cell(HANDLE handle, const char *done)
{
    if (handle == INVALID_HANDLE_VALUE) {
        printf(" %lu |", GetLastError());
        return;
    }
    printf(" %s |", done);
    CloseHandle(handle);
}

/** Who may open which pipe. */
static void print_access(void)
{
    printf("| server | `GENERIC_READ` | `GENERIC_WRITE` | both |\n");
    printf("|---|---|---|---|\n");
    for (size_t i = 0; i < ARRAYSIZE(ACCESSES); i++) {
        printf("| `PIPE_ACCESS_%s` |", ACCESSES[i].name);
        for (size_t k = 0; k < ARRAYSIZE(RIGHTS); k++) {
            HANDLE pipe = must(
                create_pipe(ACCESSES[i].flag, PIPE_TYPE_BYTE),
                "CreateNamedPipeW");
            print_cell(open_pipe(RIGHTS[k].flag), "opens");
            CloseHandle(pipe);
        }
        printf("\n");
    }
}

/** Which pipes can be created. */
static void print_modes(void)
{
    printf("| type, read mode | wait mode | `INBOUND` | `OUTBOUND` "
           "| `DUPLEX` |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < ARRAYSIZE(MODES); i++)
        for (size_t w = 0; w < ARRAYSIZE(WAITS); w++) {
            printf("| `%.*s`", (int)strcspn(MODES[i].name, " "), MODES[i].name);
            printf(", `%s` |", strrchr(MODES[i].name, ' ') + 1);
            printf(" `%s` |", WAITS[w].name);
            for (size_t k = 0; k < ARRAYSIZE(ACCESSES); k++)
                print_cell(
                    create_pipe(
                        ACCESSES[k].flag,
                        MODES[i].flag | WAITS[w].flag),
                    "yes");
            printf("\n");
        }
}

/** What reads bring of two writes, 3 bytes and 4 bytes. */
static void print_reads(void)
{
    printf("| type, read mode | room for 10 bytes | room for 2 bytes |\n"
           "|---|---|---|\n");
    for (size_t i = 0; i < ARRAYSIZE(MODES); i++) {
        if (i == 1)  // does not exist
            continue;
        printf("| `%.*s`", (int)strcspn(MODES[i].name, " "), MODES[i].name);
        printf(", `%s` |", strrchr(MODES[i].name, ' ') + 1);
        for (DWORD room = 10; room > 0; room = room == 10 ? 2 : 0) {
            HANDLE pipe = must(
                create_pipe(PIPE_ACCESS_INBOUND, MODES[i].flag),
                "CreateNamedPipeW");
            HANDLE client = must(open_pipe(GENERIC_WRITE), "CreateFileW");
            char data[10];
            DWORD bytes;
            if (!WriteFile(client, "abc", 3, &bytes, NULL)
                || !WriteFile(client, "defg", 4, &bytes, NULL))
                die("WriteFile");
            if (ReadFile(pipe, data, room, &bytes, NULL))
                printf(" TRUE, %lu bytes |", bytes);
            else
                printf(" FALSE, %lu, %lu bytes |", GetLastError(), bytes);
            CloseHandle(client);
            CloseHandle(pipe);
        }
        printf("\n");
    }
}

/** What the client has done before the call. */
enum before {
    NOT_COME,
    DISCONNECTED,
    IS_THERE,
    HAS_WRITTEN,
    READS_NOT,
    WROTE_AND_LEFT,
    LEFT
};

/** Brings a pipe into a situation; gives the client's handle, or NULL. */
static HANDLE prepare(HANDLE pipe, enum before before)
{
    static const char piece[PIECE];
    DWORD bytes;
    if (before == NOT_COME)
        return NULL;
    HANDLE client =
        must(open_pipe(GENERIC_READ | GENERIC_WRITE), "CreateFileW");
    if (before == DISCONNECTED && !DisconnectNamedPipe(pipe))
        die("DisconnectNamedPipe");
    if ((before == HAS_WRITTEN || before == WROTE_AND_LEFT)
        && !WriteFile(client, "hello", 5, &bytes, NULL))
        die("WriteFile");
    OVERLAPPED overlapped = {0};
    for (int i = 0; before == READS_NOT && i < BUFFER / PIECE; i++)
        if (!WriteFile(pipe, piece, PIECE, &bytes, &overlapped))
            die("WriteFile");
    if (before == WROTE_AND_LEFT || before == LEFT || before == DISCONNECTED) {
        CloseHandle(client);
        return NULL;
    }
    return client;
}

/** A call, by the number of its row. */
enum call { CONNECT, READ, WRITE, WRITE_MORE, PEEK };

/** Makes the call in a situation and prints the cell. */
static void print_call(enum call call, enum before before, DWORD wait)
{
    static char data[BUFFER + 1];
    DWORD size = call == WRITE_MORE ? BUFFER + 1 : PIECE;
    DWORD bytes = 0, open = PIPE_ACCESS_DUPLEX;
    if (wait == PIPE_WAIT)
        open |= FILE_FLAG_OVERLAPPED;
    HANDLE pipe = must(create_pipe(open, wait), "CreateNamedPipeW");
    HANDLE client = prepare(pipe, before);

    OVERLAPPED overlapped = {0};
    OVERLAPPED *how = wait == PIPE_WAIT ? &overlapped : NULL;
    BOOL done = call == CONNECT ? ConnectNamedPipe(pipe, how)
                : call == READ  ? ReadFile(pipe, data, size, &bytes, how)
                : call == PEEK
                    ? PeekNamedPipe(pipe, NULL, 0, NULL, &bytes, NULL)
                    : WriteFile(pipe, data, size, &bytes, how);
    DWORD error = done ? 0 : GetLastError();
    if (error == ERROR_IO_PENDING) {
        printf(" waits |");
        CancelIo(pipe);
        GetOverlappedResult(pipe, &overlapped, &bytes, TRUE);
    } else if (!done) {
        printf(" FALSE, %lu |", error);
    } else if (call == PEEK || (call >= WRITE && bytes < size)) {
        printf(" TRUE, %lu bytes |", bytes);
    } else {
        printf(" TRUE |");
    }
    if (client != NULL)
        CloseHandle(client);
    CloseHandle(pipe);
}

/** What each call says in either wait mode. */
static void print_calls(void)
{
    static const struct {
        const char *call, *situation;
        enum call what;
        enum before before;
    } rows[] = {
        {"ConnectNamedPipe", "nobody has come", CONNECT, NOT_COME},
        {"ConnectNamedPipe", "a client is there", CONNECT, IS_THERE},
        {"ConnectNamedPipe", "the client has left", CONNECT, LEFT},
        {"ConnectNamedPipe", "it was disconnected", CONNECT, DISCONNECTED},
        {"ReadFile", "nothing was written", READ, IS_THERE},
        {"ReadFile", "something was written", READ, HAS_WRITTEN},
        {"ReadFile", "written, and the client has left", READ, WROTE_AND_LEFT},
        {"ReadFile", "the client has left", READ, LEFT},
        {"WriteFile", "there is room", WRITE, IS_THERE},
        {"WriteFile", "the pipe is full", WRITE, READS_NOT},
        {"WriteFile", "more than the empty pipe holds", WRITE_MORE, IS_THERE},
        {"WriteFile", "the client has left", WRITE, LEFT},
        {"PeekNamedPipe", "nothing was written", PEEK, IS_THERE},
        {"PeekNamedPipe", "something was written", PEEK, HAS_WRITTEN},
        {"PeekNamedPipe", "the client has left", PEEK, LEFT},
    };
    printf("| call | situation | `PIPE_WAIT` | `PIPE_NOWAIT` |\n"
           "|---|---|---|---|\n");
    for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
        printf("| `%s` | %s |", rows[i].call, rows[i].situation);
        print_call(rows[i].what, rows[i].before, PIPE_WAIT);
        print_call(rows[i].what, rows[i].before, PIPE_NOWAIT);
        printf("\n");
    }
}

int main(void)
{
    use_utf8_console();
    print_access();
    printf("\n");
    print_modes();
    printf("\n");
    print_reads();
    printf("\n");
    print_calls();
    return EXIT_SUCCESS;
}
