/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Whether anything can still happen in a run.
 */
#include "checks/harness/where.h"
#include "checks/sweep/hope.h"

unsigned long long activity(const struct run *run)
{
    unsigned long long seen = run->count;
    for (size_t i = 0; i < run->count; i++)
        seen += run->actors[i].ended;
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++)
        seen += lens_view_at(&run->stage.view, i)->t1 != 0 ? 2 : 1;
    return seen;
}

bool all_wait(const struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (!run->actors[i].ended
            && !where_all_wait(
                &run->stage.view,
                run->actors[i].program->id,
                false))
            return false;
    return true;
}

/** The bytes that all calls of a function have moved so far. */
static unsigned long long count_bytes(
    const struct run *run, uint32_t call, uint32_t process_id)
{
    unsigned long long bytes = 0;
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        if (record->kind == LENS_KIND_CALL && record->call == call
            && record->t1 != 0
            && (process_id == 0 || record->pid == process_id))
            bytes += record->bytes;
    }
    return bytes;
}

bool all_read_in_vain(const struct run *run)
{
    if (run->started < run->conversation->count
        || processes_in(run->stage.job) != run->count)
        return false;
    for (size_t i = 0; i < run->count; i++) {
        DWORD id = run->actors[i].program->id;
        if (run->actors[i].ended
            || !where_waits_to_read(
                &run->stage.view,
                id,
                count_bytes(run, LENS_ReadFile, id)))
            return false;
    }
    return count_bytes(run, LENS_WriteFile, 0)
           == count_bytes(run, LENS_ReadFile, 0);
}
