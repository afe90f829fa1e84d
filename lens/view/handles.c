/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Step 2: follows the handles, and operations that end later.
 *
 * A handle's number is given again when the handle was closed; so a number
 * means the handle that was opened last under it.
 */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "lens/view/fields.h"
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

/** Whether a handle that an item has opened was closed before a time. */
static bool was_closed(
    const struct story *story, const struct item *opener, int64_t time)
{
    for (int i = 0; i < story->items; i++) {
        const struct item *item = &story->item[i];
        if (item->kind == ITEM_CALL
            && table_role(item->record->call) == ROLE_CLOSE
            && item->record->handle == opener->record->handle
            && story_process(story, item) == story_process(story, opener)
            && item->from >= opener->to && item->from < time)
            return true;
    }
    return false;
}

/** Whether a call was given a handle of an object that was there already: its
 *  process has made one of that name, and still has it. The lens does not ask
 *  for the last error of a call that succeeded. */
static bool has_existed(const struct story *story, const struct item *item)
{
    struct field name, other_name;
    if (item->kind != ITEM_CALL || !item_succeeded(item)
        || table_role(item->record->call) != ROLE_CREATE_NAMED
        || !field_find(item->record->call, item->record->in, 's', &name)
        || name.value[0] != '"' || field_is_cut(&name))
        return false;
    for (int i = 0; i < story->items; i++) {
        const struct item *other = &story->item[i];
        if (other->kind == ITEM_CALL && other->record != NULL
            && other->record->call == item->record->call
            && item_succeeded(other) && other->to <= item->from
            && story_process(story, other) == story_process(story, item)
            && field_find(
                other->record->call,
                other->record->in,
                's',
                &other_name)
            && other_name.value_length == name.value_length
            && memcmp(other_name.value, name.value, name.value_length) == 0
            && !was_closed(story, other, item->from))
            return true;
    }
    return false;
}

/** The process with this number; NOTHING: it has left no record. */
static int process_with(const struct story *story, uint32_t pid)
{
    for (int i = 0; i < story->processes; i++)
        if (story->process[i].pid == pid)
            return i;
    return NOTHING;
}

/** Gives children the ends of pipes that they have inherited, or were given. */
static void add_inherited(struct story *story)
{
    story->helds = lens_ends_find(
        story->file->record,
        story->file->header.used,
        story->held);
    for (size_t i = 0; i < story->helds; i++) {
        const struct lens_end *end = &story->held[i];
        const struct lens_record *came = &story->file->record[end->from - 1];
        int process = process_with(story, end->pid);
        int opener = story->item_of[end->from - 1];
        if (came->pid != end->pid && process != NOTHING && opener != NOTHING) {
            add_life(story, process, end->handle, opener);
            story->life[story->lives - 1].from = story->item[opener].from;
        }
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
    add_inherited(story);
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
    for (int i = 0; i < story->items; i++)
        story->item[i].existed = has_existed(story, &story->item[i]);
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
