/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Question and answer: over two mailslots, and over one pipe.
 *
 * Usage: `compare`: asks in both ways, with a server that answers, with one
 * that goes away, and with a stranger who interferes. Prints what the client
 * gets: an answer or an error.
 *
 * One thread plays all parts: each call finds what it needs, so none waits for
 * another part. Read by_slots and by_pipe side by side.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/mailslots
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

#define QUESTIONS L"\\\\.\\mailslot\\pipework\\14-questions"
#define ANSWERS   L"\\\\.\\mailslot\\pipework\\14-answers"
#define BOTH      L"\\\\.\\pipe\\pipework-14"

enum { QUESTION = 42, ANSWER = 43, LIE = 666, WAIT_MS = 50 };

/** What happens after the question. */
enum scene { ANSWERED, LEFT, DISTURBED, SCENES };

static HANDLE create_slot(const wchar_t *name)
{
    HANDLE slot = CreateMailslotW(name, sizeof(DWORD), WAIT_MS, NULL);
    if (slot == INVALID_HANDLE_VALUE)
        die("CreateMailslotW");
    return slot;
}

/** Opens a slot or a pipe. */
static HANDLE open_for(const wchar_t *name, DWORD access)
{
    return CreateFileW(
        name,
        access,
        FILE_SHARE_READ | FILE_SHARE_WRITE,
        NULL,           // default security
        OPEN_EXISTING,  // made by somebody else
        0,              // no flags
        NULL);          // no template
}

static void write_number(HANDLE file, DWORD number)
{
    DWORD bytes_written;
    if (!WriteFile(file, &number, sizeof number, &bytes_written, NULL))
        die("WriteFile");
}

/** Puts a number into a slot: open, write, close. */
static void post(const wchar_t *name, DWORD number)
{
    HANDLE slot = open_for(name, GENERIC_WRITE);
    if (slot == INVALID_HANDLE_VALUE)
        die("CreateFileW");
    write_number(slot, number);
    CloseHandle(slot);
}

/** Takes a number out of a slot: 0, or 121 when none has come in time. */
static DWORD fetch(HANDLE slot, HANDLE event, DWORD *number)
{
    OVERLAPPED operation = {.hEvent = event};
    DWORD size, error = ERROR_SUCCESS;
    if (!ReadFile(slot, number, sizeof *number, NULL, &operation))
        error = GetLastError();
    if (error == ERROR_SUCCESS || error == ERROR_IO_PENDING) {
        if (GetOverlappedResult(slot, &operation, &size, TRUE))
            return ERROR_SUCCESS;
        error = GetLastError();
        if (error != ERROR_SEM_TIMEOUT)
            die("GetOverlappedResult");
    } else if (error != ERROR_SEM_TIMEOUT)
        die("ReadFile");
    return error;
}

/** Makes the pipe, with one instance. */
static HANDLE create_pipe(void)
{
    HANDLE pipe = CreateNamedPipeW(
        BOTH,
        PIPE_ACCESS_DUPLEX,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT
            | PIPE_REJECT_REMOTE_CLIENTS,
        1,              // instances at most
        sizeof(DWORD),  // output buffer, bytes
        sizeof(DWORD),  // input buffer, bytes
        0,              // default time-out
        NULL);          // default security
    if (pipe == INVALID_HANDLE_VALUE)
        die("CreateNamedPipeW");
    return pipe;
}

/** Takes a number out of a pipe: 0, or 109 when the other side has left. */
static DWORD receive(HANDLE pipe, DWORD *number)
{
    DWORD size;
    if (ReadFile(pipe, number, sizeof *number, &size, NULL))
        return ERROR_SUCCESS;
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
    return ERROR_BROKEN_PIPE;
}

/** Two slots: each side makes one, and writes to the other one's. */
static DWORD by_slots(enum scene scene, HANDLE event, DWORD *answer)
{
    HANDLE server = create_slot(QUESTIONS);
    HANDLE client = create_slot(ANSWERS);
    post(QUESTIONS, QUESTION);

    DWORD question;
    if (fetch(server, event, &question) != ERROR_SUCCESS)
        die("ReadFile");
    if (scene == DISTURBED)
        post(ANSWERS, LIE);  // whoever knows the name may
    if (scene != LEFT)
        post(ANSWERS, question + 1);
    CloseHandle(server);

    DWORD error = fetch(client, event, answer);
    CloseHandle(client);
    return error;
}

/** One pipe: what the one side writes, the other side reads. */
static DWORD by_pipe(enum scene scene, DWORD *answer)
{
    HANDLE server = create_pipe();
    HANDLE client = open_for(BOTH, GENERIC_READ | GENERIC_WRITE);
    if (client == INVALID_HANDLE_VALUE)
        die("CreateFileW");
    if (!ConnectNamedPipe(server, NULL)
        && GetLastError() != ERROR_PIPE_CONNECTED)
        die("ConnectNamedPipe");
    write_number(client, QUESTION);

    DWORD question;
    if (receive(server, &question) != ERROR_SUCCESS)
        die("ReadFile");
    if (scene == DISTURBED) {
        HANDLE stranger = open_for(BOTH, GENERIC_WRITE);
        if (stranger != INVALID_HANDLE_VALUE
            || GetLastError() != ERROR_PIPE_BUSY)
            die("CreateFileW");  // the only instance is the client's
    }
    if (scene != LEFT)
        write_number(server, question + 1);
    CloseHandle(server);

    DWORD error = receive(client, answer);
    CloseHandle(client);
    return error;
}

/** Prints what a client got: an answer or an error. */
static void print_result(DWORD error, DWORD answer)
{
    char text[20];
    snprintf(
        text,
        sizeof text,
        error == 0 ? "%lu" : "error %lu",
        error == 0 ? answer : error);
    printf("%12s", text);
}

/** Plays each scene in both ways. */
int main(void)
{
    use_utf8_console();

    HANDLE event = CreateEventW(NULL, TRUE /* manual */, FALSE, NULL);
    if (event == NULL)
        die("CreateEventW");

    static const char *const NAMES[] = {
        "answered",
        "server left",
        "a stranger"};
    printf("                two slots    one pipe\n");
    for (enum scene scene = ANSWERED; scene < SCENES; scene++) {
        DWORD answer = 0;
        printf("%-13s", NAMES[scene]);
        DWORD error = by_slots(scene, event, &answer);
        print_result(error, answer);
        error = by_pipe(scene, &answer);
        print_result(error, answer);
        printf("\n");
        fflush(stdout);
    }
    CloseHandle(event);
    return EXIT_SUCCESS;
}
