/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Four producers and four consumers for the queue of lesson 17.
 *
 * Usage: `queue_17 [ITEMS]`: so many items (1,000,000) go through the queue,
 * each with its number. It starts itself: `queue_17 put TALLY FIRST COUNT` and
 * `queue_17 take TALLY`, where the tally is the name of a mapping. Prints TAP:
 * whether each item came once, and each producer's in their order; and how many
 * a second. It is linked with the lesson's own queue.c.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/error.h"
#include "lessons/17-semaphores/queue.h"

enum {
    PRODUCERS = 4,
    CONSUMERS = 4,
    ITEMS = 1000000,
    ITEMS_MAX = 10000000,
    LOOK_MS = 1000,
    STALLED = 10  // looks without anything taken
};

/** What came so far, for all processes. */
struct tally {
    _Atomic uint32_t items;       // how many there are
    _Atomic uint32_t taken;       // of whatever number
    _Atomic uint32_t twice;       // came once more
    _Atomic uint32_t strange;     // no item's number
    _Atomic uint32_t disordered;  // behind one that was put later
    _Atomic uint8_t seen[ITEMS_MAX];
};

static struct tally *open_tally(const char *name)
{
    HANDLE mapping = CreateFileMappingA(
        INVALID_HANDLE_VALUE,
        NULL,
        PAGE_READWRITE,
        0,
        sizeof(struct tally),
        name);
    if (mapping == NULL)
        die("CreateFileMappingA");
    struct tally *tally =
        MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, sizeof *tally);
    if (tally == NULL)
        die("MapViewOfFile");
    return tally;
}

/** A producer: puts so many numbers. */
static int put_numbers(uint32_t first, uint32_t count)
{
    struct queue queue = open_queue();
    for (uint32_t i = 0; i < count; i++) {
        char text[TEXT_SIZE];
        uint32_t number;
        snprintf(text, sizeof text, "%u", first + i);
        while (!put(&queue, text, &number)) {
            // full: try again
        }
    }
    close_queue(&queue);
    return EXIT_SUCCESS;
}

/** A consumer: takes numbers, and counts, until all have come. */
static int take_numbers(struct tally *tally)
{
    struct queue queue = open_queue();
    uint32_t next[PRODUCERS] = {0}, each = tally->items / PRODUCERS;
    while (tally->taken < tally->items) {
        char text[TEXT_SIZE], *end;
        uint32_t place;
        if (!take(&queue, text, &place))
            continue;
        uint32_t number = strtoul(text, &end, 10);
        if (end == text || *end != '\0' || number >= tally->items)
            tally->strange++;
        else {
            if (atomic_exchange(&tally->seen[number], 1) != 0)
                tally->twice++;
            if (number < next[number / each])
                tally->disordered++;
            next[number / each] = number + 1;
        }
        tally->taken++;
    }
    close_queue(&queue);
    return EXIT_SUCCESS;
}

/** Starts this program once more. */
static HANDLE start_part(const char *arguments)
{
    char path[MAX_PATH] = "", command[MAX_PATH + 100];
    if (GetModuleFileNameA(NULL, path, MAX_PATH) == 0)
        die("GetModuleFileNameA");
    snprintf(command, sizeof command, "\"%s\" %s", path, arguments);
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    if (!CreateProcessA(
            NULL,
            command,
            NULL,
            NULL,
            FALSE,
            0,
            NULL,
            NULL,
            &startup,
            &child))
        die("CreateProcessA");
    CloseHandle(child.hThread);
    return child.hProcess;
}

/** Whatever ends us ends the parts, too. */
static void keep_together(void)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {
        .BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE};
    HANDLE job = CreateJobObjectW(NULL, NULL);
    if (job == NULL)
        die("CreateJobObjectW");
    if (!SetInformationJobObject(
            job,
            JobObjectExtendedLimitInformation,
            &limits,
            sizeof limits))
        die("SetInformationJobObject");
    if (!AssignProcessToJobObject(job, GetCurrentProcess()))
        die("AssignProcessToJobObject");
}

static void tell(bool well, unsigned number, const char *what)
{
    printf("%sok %u - %s\n", well ? "" : "not ", number, what);
}

/** Waits for the end of all parts; false: nothing is taken any more. */
static bool wait_for_all(
    const HANDLE *parts, DWORD count, const struct tally *tally)
{
    uint32_t seen = 0;
    for (unsigned looks = 0; looks < STALLED; looks++) {
        DWORD result = WaitForMultipleObjects(count, parts, TRUE, LOOK_MS);
        if (result == WAIT_FAILED)
            die("WaitForMultipleObjects");
        if (result != WAIT_TIMEOUT)
            return true;
        if (tally->taken != seen)
            looks = 0;
        seen = tally->taken;
    }
    for (DWORD i = 0; i < count; i++)
        TerminateProcess(parts[i], EXIT_FAILURE);
    return false;
}

static int show(uint32_t items)
{
    char name[60], arguments[100];
    HANDLE parts[PRODUCERS + CONSUMERS];
    DWORD count = 0;
    snprintf(
        name,
        sizeof name,
        "Local\\pipework-17-tally-%lu",
        GetCurrentProcessId());
    keep_together();
    struct tally *tally = open_tally(name);
    tally->items = items;
    struct queue queue = open_queue();  // it lives as long as we do
    ULONGLONG begin = GetTickCount64();
    for (int i = 0; i < CONSUMERS; i++) {
        snprintf(arguments, sizeof arguments, "take %s", name);
        parts[count++] = start_part(arguments);
    }
    uint32_t each = items / PRODUCERS;
    for (uint32_t i = 0; i < PRODUCERS; i++) {
        snprintf(
            arguments,
            sizeof arguments,
            "put %s %u %u",
            name,
            i * each,
            each);
        parts[count++] = start_part(arguments);
    }
    bool well = wait_for_all(parts, count, tally);
    double seconds = (double)(GetTickCount64() - begin) / 1000;
    uint32_t missing = 0;
    for (uint32_t i = 0; i < items; i++)
        missing += tally->seen[i] == 0;
    tell(well, 1, "all come to their end");
    tell(missing == 0, 2, "each item comes");
    tell(tally->twice == 0 && tally->strange == 0, 3, "and comes once");
    tell(tally->disordered == 0, 4, "each producer's in their order");
    printf(
        "1..4\n# %u items: %u taken, %u missing, %u twice, %u strange, %u out "
        "of order; %.0f a second\n",
        items,
        tally->taken,
        missing,
        tally->twice,
        tally->strange,
        tally->disordered,
        items / seconds);
    close_queue(&queue);
    return well && missing == 0 && tally->twice + tally->strange == 0
                   && tally->disordered == 0
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}

int main(int argc, char *argv[])
{
    if (argc == 5 && strcmp(argv[1], "put") == 0)
        return put_numbers(
            strtoul(argv[3], NULL, 10),
            strtoul(argv[4], NULL, 10));
    if (argc == 3 && strcmp(argv[1], "take") == 0)
        return take_numbers(open_tally(argv[2]));
    unsigned long items = argc > 1 ? strtoul(argv[1], NULL, 10) : ITEMS;
    if (argc > 2 || items < PRODUCERS || items > ITEMS_MAX
        || items % PRODUCERS != 0) {
        fprintf(stderr, "usage: queue_17 [ITEMS]\n");
        return EXIT_USAGE;
    }
    return show(items);
}
