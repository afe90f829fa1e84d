/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 14: a log service that shall know what it has lost.
 *
 * Usage: `collector [NOTES]`: ends after that many notes, or at Ctrl+C.
 *
 * Change what stands between each TODO(n) and its END; README.md tells the
 * task, lessons/14-mailslots the way.
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
    /* TODO(5): how many notes are missing before this one? */
    uint32_t missing = number - run->last - 1;
    run->last = number;
    lost += missing;
    return missing;
    /* END TODO(5) */
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
    /* TODO(1): make the slot; a read of it waits, but not for ever. */
    HANDLE slot = CreateMailslotW(LOG_SLOT, 0, MAILSLOT_WAIT_FOREVER, NULL);
    if (slot == NULL)
        die("CreateMailslotW");
    return slot;
    /* END TODO(1) */
}

/** Makes a buffer for the largest message that the slot takes. */
static void *create_buffer(HANDLE slot, DWORD *room)
{
    /* TODO(2): a buffer for the largest message that the slot takes. */
    (void)slot;
    *room = 100;
    void *buffer = malloc(*room);
    /* END TODO(2) */
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

    /* TODO(3): a message, no message in time, or a failure? */
    if (error != ERROR_SUCCESS)
        die("ReadFile");
    return GetOverlappedResult(slot, &operation, size, FALSE);
    /* END TODO(3) */
}

/** Reads notes until the end has come, then those that are there already. */
static void collect(HANDLE slot, HANDLE event, unsigned long limit)
{
    DWORD room, size;
    void *buffer = create_buffer(slot, &room);

    /* TODO(4): until the end has come; then what is still in the slot. */
    while (limit == 0 || notes < limit)
        if (read_message(slot, event, buffer, room, &size))
            take_message(buffer, size);
    /* END TODO(4) */
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
