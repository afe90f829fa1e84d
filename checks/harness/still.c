/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Whether anything can still come from the programs of a check.
 *
 * @see "GetThreadTimes" and "GetProcessMemoryInfo" on Microsoft Learn
 */
#include <stdbool.h>
#include <stddef.h>
#include <windows.h>
/* This one needs windows.h. */
#include <psapi.h>
#include <tlhelp32.h>

#include "checks/harness/clock.h"
#include "checks/harness/program.h"
#include "checks/harness/scene.h"
#include "checks/harness/still.h"
#include "checks/harness/where.h"

/** How often is looked, and how long nothing may change, in ms. */
enum { LOOK_MS = 20, STAND_MS = 250 };

/** What one check's programs may take. */
enum { COMPUTES_MS = 2500, CALLS_MAX = 20000 };

static struct {
    unsigned long long looked, since;  // as of now_ms()
    unsigned long long activity;
    unsigned looks;  // since the last change
    enum stillness found;
} last;

void still_begin(void)
{
    last.looked = last.since = now_ms();
    last.activity = 0;
    last.looks = 0;
    last.found = MOVES;
}

void still_stir(void)
{
    last.since = now_ms();
    last.looks = 0;
    if (last.found == STANDS)
        last.found = MOVES;
}

/** A number that changes with everything that the programs do. */
static unsigned long long activity(void)
{
    const struct lens_view *view = scene_view();
    unsigned long long seen = 0;
    struct program *program;
    for (uint32_t i = 0; i < lens_view_count(view); i++) {
        const struct lens_record *record = lens_view_at(view, i);
        seen += (record->t1 != 0 ? 200 : 100) + record->flags;
    }
    for (size_t i = 0; (program = scene_program(i)) != NULL; i++)
        seen += 1000000 + program->out.length + program->err.length
                + program->out.ended + program->err.ended
                + (is_running(program) ? 0 : 7);
    return seen;
}

/** How many threads of a process there are. */
static size_t count_threads(DWORD process_id)
{
    size_t count = 0;
    THREADENTRY32 thread = {.dwSize = sizeof thread};
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    if (all == INVALID_HANDLE_VALUE)
        return SIZE_MAX;
    for (BOOL more = Thread32First(all, &thread); more;
         more = Thread32Next(all, &thread))
        count += thread.th32OwnerProcessID == process_id;
    CloseHandle(all);
    return count;
}

/** The lens has one thread, which waits for Ctrl+C. */
enum { OF_THE_LENS = 1 };

/** Whether no thread of a process can go on. */
static bool stands(DWORD process_id)
{
    size_t threads = count_threads(process_id);
    return threads > 0 && where_all_wait(scene_view(), process_id, true)
           && threads <= where_alive(scene_view(), process_id) + OF_THE_LENS;
}

/** How many processes that the programs have started stand. */
static DWORD count_standing_children(void)
{
    const struct lens_view *view = scene_view();
    DWORD count = 0;
    for (uint32_t i = 0; i < lens_view_count(view); i++) {
        const struct lens_record *record = lens_view_at(view, i);
        if (record->kind == LENS_KIND_CALL
            && record->call == LENS_CreateProcessW && record->peer != 0)
            count += stands(record->peer);
    }
    return count;
}

/** Whether no thread of any program can go on, nor one of a process that they
 * have started. */
static bool nobody_can_go_on(void)
{
    DWORD running = 0;
    struct program *program;
    if (lens_view_full(scene_view()))
        return false;
    for (size_t i = 0; (program = scene_program(i)) != NULL; i++) {
        if (!is_running(program))
            continue;
        running++;
        if (!stands(program->id))
            return false;
    }
    return scene_program(0) != NULL
           && processes_in(scene_job()) <= running + count_standing_children();
}

/** Looks whether a program has taken more than any needs. */
static enum stillness find_excess(void)
{
    const struct lens_view *view = scene_view();
    struct program *program;
    if (lens_view_asked(view) > CALLS_MAX)
        return CALLS;
    if (processes_in(scene_job()) > PROCESSES_MAX)
        return TOO_MANY;
    for (size_t i = 0; (program = scene_program(i)) != NULL; i++) {
        PROCESS_MEMORY_COUNTERS memory = {.cb = sizeof memory};
        if (K32GetProcessMemoryInfo(program->process, &memory, sizeof memory)
            && memory.WorkingSetSize > MEMORY_MAX)
            return TOO_LARGE;
        if (where_computed_ms(view, program) > COMPUTES_MS)
            return COMPUTES;
    }
    return MOVES;
}

enum stillness still_look(void)
{
    unsigned long long now = now_ms();
    if (now - last.looked < LOOK_MS)
        return last.found;
    last.looked = now;

    unsigned long long activity_now = activity();
    if (activity_now != last.activity) {
        last.activity = activity_now;
        last.since = now;
        last.looks = 0;
    }
    last.looks++;
    last.found = find_excess();
    if (last.found == MOVES && now - last.since >= STAND_MS
        && last.looks > STAND_MS / LOOK_MS / 2 && nobody_can_go_on())
        last.found = STANDS;
    return last.found;
}

const char *still_words(enum stillness found)
{
    static const char *const words[] = {
        [MOVES] = "",
        [STANDS] = "and nothing can come any more",
        [COMPUTES] = "and nothing can come: it computes without an end",
        [CALLS] = "and nothing can come: call after call, without an end",
        [TOO_MANY] = "but more than 64 processes",
        [TOO_LARGE] = "but more than 512 MB of memory are taken",
    };
    return words[found];
}
