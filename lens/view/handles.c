/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Step 2: follows the handles, and operations that end later.
 *
 * A handle's number is given again when the handle was closed; so a number
 * means the handle that was opened last under it.
 */
#include <stdlib.h>
#include <windows.h>

#include "lens/view/story.h"
#include "lens/view/table.h"

/** Notes that a process knows a handle by this number from now on. */
static void add_life(
    struct story *story, int process, uint32_t value, int opener)
{
    if (value == 0)
        return;
    story->life[story->lives++] = (struct life){
        .process = process,
        .value = value,
        .from = story->item[opener].to,
        .opener = opener,
    };
}

/** The item that belongs to an item's record, or NOTHING. */
static int linked(const struct story *story, const struct item *item)
{
    uint32_t link = item->record->link;
    if (link > 0 && link <= LENS_RECORDS)
        return story->item_of[link - 1];
    return NOTHING;
}

/** Whether something that the call began may end later. */
static bool is_pending(const struct item *item)
{
    if (table_role(item->record->call) == ROLE_POST)
        return true;
    if ((item->record->flags & LENS_FLAG_PENDING) != 0)
        return true;
    return item_failed_with(item, ERROR_IO_PENDING);
}

/** Notes that nobody asked for the end of an operation. It has ended at the
 *  latest when its handle was closed, or its client disconnected. */
static void find_forgotten(struct story *story, int index)
{
    struct item *item = &story->item[index];
    int process = story->thread[item->thread].process;
    item->forgotten = true;
    for (int i = 0; i < story->items && item->forgotten_to == NOTHING; i++) {
        const struct item *later = &story->item[i];
        enum role role = later->kind == ITEM_CALL
                             ? table_role(later->record->call)
                             : ROLE_OTHER;
        if ((role == ROLE_CLOSE || role == ROLE_DISCONNECT)
            && later->from >= item->to
            && story->thread[later->thread].process == process
            && later->record->handle == item->record->handle)
            item->forgotten_to = i;
    }
}

/** Joins the beginning of an operation with its end. */
static void find_operations(struct story *story)
{
    for (int i = 0; i < story->items; i++) {
        struct item *item = &story->item[i];
        if (item->kind != ITEM_CALL || !is_pending(item))
            continue;
        int end = linked(story, item);
        if (item->record->link == 0
            && table_role(item->record->call) != ROLE_POST)
            find_forgotten(story, i);
        if (end == NOTHING || story->item[end].to < item->to)
            continue;
        item->operation_end = end;
        story->item[end].operation = i;
    }
}

void story_find_handles(struct story *story)
{
    for (int i = 0; i < story->items; i++) {
        const struct item *item = &story->item[i];
        if (item->kind != ITEM_CALL || item->inside
            || (item->record->flags & LENS_FLAG_OPENS) == 0)
            continue;
        int process = story->thread[item->thread].process;
        add_life(story, process, item->record->handle, i);
        add_life(story, process, item->record->handle2, i);
    }
    for (int i = 0; i < story->items; i++) {
        struct item *item = &story->item[i];
        if (item->record != NULL)
            item->opener = story_life(
                story,
                story->thread[item->thread].process,
                item->record->handle,
                item->from);
        if (item->opener != NOTHING)
            item->opener = story->life[item->opener].opener;
    }
    find_operations(story);
}

int story_life(
    const struct story *story, int process, uint32_t value, int64_t time)
{
    int best = NOTHING;
    for (int i = 0; i < story->lives; i++) {
        const struct life *life = &story->life[i];
        if (life->process == process && life->value == value
            && life->from <= time
            && (best == NOTHING || life->from >= story->life[best].from))
            best = i;
    }
    return best;
}

void story_number_handles(struct story *story)
{
    for (int i = 0; i < story->lives; i++) {
        struct life *life = &story->life[i];
        life->number = 1;
        for (int k = 0; k < story->lives; k++) {
            const struct life *other = &story->life[k];
            int before =
                story->item[other->opener].row - story->item[life->opener].row;
            if (other->process == life->process
                && (before < 0 || (before == 0 && k < i)))
                life->number++;
        }
    }
}
