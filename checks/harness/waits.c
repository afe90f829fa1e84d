/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Questions to the record: what a program has done, and whether it waits
 * now.
 */
#include <string.h>
#include <windows.h>

#include "checks/harness/clock.h"
#include "checks/harness/describe.h"
#include "checks/harness/scene.h"
#include "checks/harness/waits.h"
#include "lens/reader.h"
#include "lens/table.h"

const struct lens_record *next_record(
    const struct program *program, uint32_t *cursor)
{
    while (*cursor < lens_view_count(scene_view())) {
        const struct lens_record *record =
            lens_view_at(scene_view(), (*cursor)++);
        if (record->pid == program->id)
            return record;
    }
    return NULL;
}

bool is_call(const struct lens_record *record, const char *name)
{
    return record->kind == LENS_KIND_CALL
           && strcmp(lens_call_name(record->call), name) == 0;
}

bool is_wait(const struct lens_record *record)
{
    return is_call(record, "WaitForSingleObject")
           || is_call(record, "WaitForSingleObjectEx")
           || is_call(record, "WaitForMultipleObjects")
           || is_call(record, "WaitForMultipleObjectsEx");
}

bool is_sleep(const struct lens_record *record)
{
    return is_call(record, "Sleep") || is_call(record, "SleepEx");
}

bool takes_time(const struct lens_record *record)
{
    return is_wait(record) || is_sleep(record);
}

const struct lens_record *next_wait(
    const struct program *program, uint32_t *cursor)
{
    const struct lens_record *record;
    do
        record = next_record(program, cursor);
    while (record != NULL && !is_wait(record));
    return record;
}

const struct lens_record *last_call(
    const struct program *program, const char *call)
{
    return find_call(program, call, count_calls(program, call));
}

bool is_inside(const struct program *program, const char *call)
{
    const struct lens_record *last = last_call(program, call);
    return last != NULL && last->t1 == 0;
}

unsigned long long wait_time(const struct lens_record *wait)
{
    unsigned long long time = INFINITE;
    if (!call_argument(wait, "time", &time))
        call_argument(wait, "wait", &time);
    return time;
}

bool is_pending(const struct lens_record *call)
{
    return call->t1 != 0 && (call->flags & LENS_FLAG_PENDING) != 0
           && call->link == 0;
}

bool may_come(const struct program *program)
{
    return is_running(program) && ms_until(scene_deadline()) > 0;
}

void wait_a_round(struct program *program, const char *expected)
{
    if (!is_running(program))
        fail_program(program, expected);
    if (ms_until(scene_deadline()) == 0)
        fail_late(expected);
    Sleep(1);
}
