/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Writes notes into the collector's mailslot.
 *
 * Usage: `note NAME [TEXT...]`: sends each; without TEXT, each line that is
 * typed. For `-` a number is used up and nothing is sent, as if it were lost.
 *
 * Read send_note.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/mailslot-names
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/** How long a note may take, in milliseconds: the log is not our work. */
enum { WRITE_MS = 1000 };

/** Writes a message; gives up after WRITE_MS. Tells whether it is written. */
static bool write_message(
    HANDLE slot, HANDLE event, const void *data, DWORD size)
{
    OVERLAPPED operation = {.hEvent = event};
    if (!WriteFile(slot, data, size, NULL, &operation)
        && GetLastError() != ERROR_IO_PENDING) {
        report_error("WriteFile", GetLastError());
        return false;
    }
    DWORD bytes_written;
    if (GetOverlappedResultEx(
            slot,
            &operation,
            &bytes_written,
            WRITE_MS,
            FALSE))  // not alertable
        return true;
    DWORD error = GetLastError();
    report_error("GetOverlappedResultEx", error);

    /* Nobody reads, the slot is full (seen under Wine). Until the write is
     * over, structure and data are lent (lesson 09). */
    if (error == WAIT_TIMEOUT) {
        if (!CancelIoEx(slot, &operation) && GetLastError() != ERROR_NOT_FOUND)
            die("CancelIoEx");
        if (GetOverlappedResult(slot, &operation, &bytes_written, TRUE))
            return true;  // in the last moment
        if (GetLastError() != ERROR_OPERATION_ABORTED)
            die("GetOverlappedResult");
    }
    return false;
}

/**
 * Opens the slot, writes a note and closes the slot. So each note finds the
 * collector of its time. Tells whether it is in the slot, not whether it is
 * read.
 */
static bool send_note(HANDLE event, const struct note *note, DWORD size)
{
    HANDLE slot = CreateFileW(
        LOG_SLOT,
        GENERIC_WRITE,
        FILE_SHARE_READ | FILE_SHARE_WRITE,  // with collector and writers
        NULL,                                // default security
        OPEN_EXISTING,                       // the collector has made it
        FILE_FLAG_OVERLAPPED,
        NULL);  // no template
    if (slot == INVALID_HANDLE_VALUE) {
        report_error("CreateFileW", GetLastError());
        return false;
    }
    bool sent = write_message(slot, event, note, size);
    CloseHandle(slot);
    return sent;
}

/** Numbers a text and sends it. Lost or not: the next one's number is higher.
 */
static bool send_text(HANDLE event, struct note *note, const char *text)
{
    size_t length = strlen(text);
    note->number++;
    if (strcmp(text, "-") == 0)
        return true;
    if (length > NOTE_MAX - sizeof *note) {
        fprintf(
            stderr,
            "note: %lu is lost, a text has at most 4064 bytes\n",
            (unsigned long)note->number);
        return false;
    }
    memcpy(note->text, text, length);
    if (send_note(event, note, (DWORD)(sizeof *note + length)))
        return true;
    fprintf(stderr, "note: %lu is lost\n", (unsigned long)note->number);
    return false;
}

/** Sends one note after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    /* A union: the texts have their room behind the structure. */
    static union {
        struct note note;
        char room[NOTE_MAX];
    } message;
    if (argc < 2 || argv[1][0] == '\0'
        || strlen(argv[1]) >= sizeof message.note.name) {
        fprintf(stderr, "usage: note NAME [TEXT...], NAME of 1 to 19 bytes\n");
        return EXIT_USAGE;
    }
    strcpy(message.note.name, argv[1]);

    /* Process identifiers are used again: with the time, none is the same. */
    message.note.run = (uint64_t)time(NULL) << 32 | GetCurrentProcessId();

    HANDLE event = CreateEventW(NULL, TRUE /* manual */, FALSE, NULL);
    if (event == NULL)
        die("CreateEventW");

    bool all_sent = true;
    for (int i = 2; i < argc; i++)
        all_sent &= send_text(event, &message.note, argv[i]);

    char line[NOTE_MAX];
    while (argc == 2 && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        all_sent &= send_text(event, &message.note, line);
    }
    CloseHandle(event);
    return all_sent ? EXIT_SUCCESS : EXIT_FAILURE;
}
