/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Log service: prints the notes that come into its mailslot.
 *
 * Usage: `collector [NOTES]`: ends after that many notes, or at Ctrl+C.
 *
 * Read main first, then read_message and count_note.
 *
 * @see https://learn.microsoft.com/windows/win32/ipc/about-mailslots
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "protocol.h"

/**
 * How long a read waits, in milliseconds; how many runs are remembered; how
 * many notes are read at most when the end has come.
 */
enum { WAIT_MS = 500, RUNS_MAX = 64, LAST_NOTES = 1000 };

static atomic_bool stopping;  // Ctrl+C was pressed

/** A run of a writer, and the number of its last note. */
static struct run {
    uint64_t run;  // 0: a free place
    uint32_t last;
} runs[RUNS_MAX];  // the one that was heard last comes first

static unsigned long notes, lost, repeated, unheard;

/** Finds a run. An unknown one takes the place of the longest silent. */
static struct run *find_run(uint64_t run)
{
    size_t at = 0;
    while (at < RUNS_MAX - 1 && runs[at].run != run)
        at++;
    struct run found = {.run = run};
    if (runs[at].run == run)
        found = runs[at];
    memmove(runs + 1, runs, at * sizeof *runs);
    runs[0] = found;
    return &runs[0];
}

/** Counts a note; returns how many were lost between it and the last one. */
static uint32_t count_note(struct run *run, uint32_t number)
{
    bool known = run->last != 0;
    if (known && number <= run->last) {
        repeated++;
        return 0;
    }
    uint32_t missing = number - run->last - 1;
    run->last = number;

    /* What a new run has sent before may have reached another collector. */
    if (!known) {
        unheard += missing;
        return 0;
    }
    lost += missing;
    return missing;
}

/** Prints a message, if it is a note: anybody may write anything here. */
static void take_message(const struct note *note, DWORD size)
{
    if (size == 0)
        return;
    if (size < sizeof *note || note->run == 0 || note->number == 0
        || memchr(note->name, '\0', sizeof note->name) == NULL) {
        fprintf(stderr, "collector: %lu bytes that are no note\n", size);
        return;
    }
    notes++;
    uint32_t missing = count_note(find_run(note->run), note->number);
    if (missing > 0)
        printf("%s: %lu lost\n", note->name, (unsigned long)missing);
    printf("%s %lu: ", note->name, (unsigned long)note->number);
    fwrite(note->text, 1, size - sizeof *note, stdout);
    printf("\n");
    fflush(stdout);
}

/** Windows calls this at Ctrl+C, on a thread of its own. */
static BOOL WINAPI on_ctrl_c(DWORD event)
{
    (void)event;
    stopping = true;  // the next look at it is WAIT_MS away at most
    printf("stopping\n");
    fflush(stdout);
    return TRUE;  // it is handled: the process goes on
}

/** Makes the slot; only this handle can read what others write to it. */
static HANDLE create_slot(void)
{
    HANDLE slot = CreateMailslotW(
        LOG_SLOT,
        NOTE_MAX,  // largest message, bytes
        WAIT_MS,   // how long a read waits
        NULL);     // default security
    if (slot == INVALID_HANDLE_VALUE)
        die("CreateMailslotW");
    return slot;
}

/** Makes a buffer for the largest message that the slot takes. */
static void *create_buffer(HANDLE slot, DWORD *room)
{
    if (!GetMailslotInfo(
            slot,
            room,   // largest message, bytes
            NULL,   // size of the next one
            NULL,   // how many there are
            NULL))  // how long a read waits
        die("GetMailslotInfo");
    void *buffer = malloc(*room);
    if (buffer == NULL) {
        report_error("malloc", ERROR_NOT_ENOUGH_MEMORY);
        exit(EXIT_FAILURE);
    }
    return buffer;
}

/** Reads a message; returns false if none has come in the slot's time. */
static bool read_message(
    HANDLE slot, HANDLE event, void *data, DWORD room, DWORD *size)
{
    OVERLAPPED operation = {.hEvent = event};
    DWORD error = ERROR_SUCCESS;
    if (!ReadFile(slot, data, room, NULL, &operation))
        error = GetLastError();
    if (error == ERROR_BROKEN_PIPE) {
        *size = 0;  // Wine's word for a message without a byte
        return true;
    }

    /* It has begun; the slot's time-out ends it, so this wait has an end. */
    if (error == ERROR_SUCCESS || error == ERROR_IO_PENDING) {
        if (GetOverlappedResult(slot, &operation, size, TRUE))
            return true;
        if (GetLastError() != ERROR_SEM_TIMEOUT)
            die("GetOverlappedResult");
    } else if (error != ERROR_SEM_TIMEOUT)
        die("ReadFile");
    return false;
}

/** Reads notes until the end has come, then those that are there already. */
static void collect(HANDLE slot, HANDLE event, unsigned long limit)
{
    DWORD room, size;
    void *buffer = create_buffer(slot, &room);

    while (!stopping && (limit == 0 || notes < limit))
        if (read_message(slot, event, buffer, room, &size))
            take_message(buffer, size);

    /* What is unread dies with the slot: read it, but wait for no more. */
    if (!SetMailslotInfo(slot, 0))
        die("SetMailslotInfo");
    for (int i = 0; i < LAST_NOTES; i++) {
        if (!read_message(slot, event, buffer, room, &size))
            break;
        take_message(buffer, size);
    }
    free(buffer);
}

/** Makes the slot, collects, and prints the count. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    char *end = NULL;
    long limit = argc > 1 ? strtol(argv[1], &end, 10) : 0;  // 0: none
    if (argc > 2 || (argc > 1 && (*end != '\0' || limit <= 0))) {
        fprintf(stderr, "usage: collector [NOTES]\n");
        return EXIT_USAGE;
    }

    if (!SetConsoleCtrlHandler(on_ctrl_c, TRUE))
        die("SetConsoleCtrlHandler");
    HANDLE event = CreateEventW(NULL, TRUE /* manual */, FALSE, NULL);
    if (event == NULL)
        die("CreateEventW");
    HANDLE slot = create_slot();
    printf("ready\n");
    fflush(stdout);

    collect(slot, event, (unsigned long)limit);
    printf(
        "%lu notes, %lu lost, %lu repeated, %lu unheard\n",
        notes,
        lost,
        repeated,
        unheard);
    CloseHandle(slot);
    CloseHandle(event);
    return EXIT_SUCCESS;
}
