/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Questions to the record of a program that is called back.
 */
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/clock.h"
#include "checks/harness/expect.h"
#include "checks/harness/routines.h"
#include "checks/harness/scene.h"
#include "checks/harness/waits.h"
#include "checks/harness/where.h"
#include "lens/reader.h"
#include "lens/table.h"

/** For how long nothing may change until a wait that the lens does not see is
 * taken for one, in milliseconds. */
enum { UNSEEN_MS = 500 };

/** Whether routines may run in it. */
static bool is_alertable(const struct lens_record *record)
{
    unsigned long long alertable = 0;
    return takes_time(record) && call_argument(record, "alertable", &alertable)
           && alertable != 0;
}

bool has_routine(const struct lens_record *record)
{
    return is_call(record, "ReadFileEx") || is_call(record, "WriteFileEx");
}

bool is_deaf(const struct program *server)
{
    int deaf = 0;
    const struct lens_record *record;
    for (uint32_t at = 0; (record = next_record(server, &at)) != NULL;) {
        if (record->kind == LENS_KIND_ROUTINE || is_alertable(record))
            deaf = 0;
        else if (takes_time(record))
            deaf += record->t1 == 0 && where_waits(record) ? DEAF_WAITS : 1;
    }
    return deaf >= DEAF_WAITS;
}

/** Whether the server has been in a wait that the lens sees and that does not
 * only look. */
static bool has_waited(const struct program *server)
{
    const struct lens_record *record;
    for (uint32_t at = 0; (record = next_record(server, &at)) != NULL;)
        if (takes_time(record) && wait_time(record) != 0)
            return true;
    return false;
}

bool waits_unseen(const struct program *server)
{
    static struct {
        DWORD id;
        uint32_t records;
        unsigned long long since;
    } last;
    uint32_t records = lens_view_count(scene_view());
    if (last.id != server->id || last.records != records
        || where_inside(scene_view(), server->id) != NULL) {
        last.id = server->id;
        last.records = records;
        last.since = now_ms();
    }
    return now_ms() - last.since >= UNSEEN_MS && !has_waited(server);
}

void settle_routines(struct program *server)
{
    for (;;) {
        bool inside = false, stops = false;
        const struct lens_record *record;
        for (uint32_t at = 0; (record = next_record(server, &at)) != NULL;) {
            stops = stops || is_call(record, "CancelIoEx");
            if (takes_time(record))
                inside = record->t1 == 0 && wait_time(record) != 0;
            else if (record->kind == LENS_KIND_ROUTINE || has_routine(record))
                inside = false;
        }
        if ((inside && !stops) || is_deaf(server) || waits_unseen(server))
            return;
        wait_a_round(server, "the server waits for what comes next");
    }
}

void wait_called_back(struct program *server, uint32_t nth)
{
    while (wait_called(server, "ReadFileEx", nth)->link == 0
           && !is_deaf(server))
        wait_a_round(server, "the routine of a read that is over runs");
}

unsigned count_routines(const struct program *server, bool inside)
{
    unsigned count = 0;
    const struct lens_record *record;
    for (uint32_t at = 0; (record = next_record(server, &at)) != NULL;)
        count +=
            record->kind == LENS_KIND_ROUTINE && (!inside || record->t1 == 0);
    return count;
}

unsigned count_waits(const struct program *server)
{
    unsigned count = 0;
    const struct lens_record *record;
    for (uint32_t at = 0; (record = next_record(server, &at)) != NULL;)
        count += takes_time(record);
    return count;
}

/** Whether the operation of this call can call its routine. */
static bool is_operation(const struct lens_record *record)
{
    return has_routine(record) && (record->flags & LENS_FLAG_FAILED) == 0;
}

void expect_all_called_back(struct program *server)
{
    const struct lens_record *record;
    for (uint32_t at = 0; (record = next_record(server, &at)) != NULL;) {
        uint32_t link = record->link;
        if (is_operation(record) && link == 0)
            fail_check(
                "each operation has called its routine before the end",
                "%s number %u has not: it may still be under way",
                lens_call_name(record->call),
                record->nth);
        if (is_operation(record)
            && lens_view_at(scene_view(), link - 1)->kind != LENS_KIND_ROUTINE)
            fail_check(
                "each operation has called its routine before the end",
                "%s number %u has not: it is over, and its routine is still "
                "queued, with a structure that is freed",
                lens_call_name(record->call),
                record->nth);
    }
}

/** Whether somebody has asked for the end of an operation. */
static bool is_cancelled(
    const struct program *server, const struct lens_record *operation)
{
    const struct lens_record *call;
    for (uint32_t at = 0; (call = next_record(server, &at)) != NULL;) {
        bool one = is_call(call, "CancelIoEx");
        bool all = is_call(call, "CancelIo") || (one && call->overlapped == 0);
        if (call->t0 > operation->t0
            && ((all && call->handle == operation->handle)
                || (one && call->overlapped == operation->overlapped)))
            return true;
    }
    return false;
}

const struct lens_record *find_uncancelled(const struct program *server)
{
    const struct lens_record *record;
    for (uint32_t at = 0; (record = next_record(server, &at)) != NULL;)
        if (is_operation(record) && record->t1 != 0 && record->link == 0
            && !is_cancelled(server, record))
            return record;
    return NULL;
}
