/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Step 1: makes processes, threads and items out of the record.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "lens/view/fields.h"
#include "lens/view/story.h"
#include "lens/view/table.h"

/** How many records there are. */
static uint32_t record_count(const struct story *story)
{
    return story->file->header.used;
}

/** The process that has this number now: the last one that started. */
static int find_process(const struct story *story, uint32_t pid)
{
    for (int i = story->processes - 1; i >= 0; i--)
        if (story->process[i].pid == pid)
            return i;
    return NOTHING;
}

/** Adds a process; its record of the start may be missing. */
static int add_process(
    struct story *story, uint32_t pid, const struct lens_record *start)
{
    int process = story->processes++;
    story->process[process] = (struct process){.start = start, .pid = pid};
    return process;
}

/** What kind of item a record is; false if it is none. */
static bool kind_of(const struct lens_record *record, enum item_kind *kind)
{
    switch (record->kind) {
    case LENS_KIND_CALL:
        *kind = ITEM_CALL;
        return true;
    case LENS_KIND_EXIT:
        *kind = ITEM_EXIT;
        return true;
    case LENS_KIND_LEAK:
        *kind = ITEM_LEAK;
        return true;
    case LENS_KIND_CRASH:
        *kind = ITEM_CRASH;
        return true;
    case LENS_KIND_ROUTINE:
        *kind = ITEM_ROUTINE;
        return true;
    case LENS_KIND_WARNING:
        *kind = ITEM_WARNING;
        return true;
    default:
        return false;
    }
}

/** The thread with this number, made when it is new. */
static int find_thread(struct story *story, int process, uint32_t tid)
{
    int number = 1;
    for (int i = 0; i < story->threads; i++)
        if (story->thread[i].process == process) {
            if (story->thread[i].tid == tid)
                return i;
            number++;
        }
    story->thread[story->threads] =
        (struct thread){.process = process, .tid = tid, .number = number};
    return story->threads++;
}

/** Makes an item that stands for nothing yet. */
static struct item *add_item(struct story *story, enum item_kind kind)
{
    struct item *item = &story->item[story->items++];
    *item = (struct item){
        .kind = kind,
        .opener = NOTHING,
        .holder = NOTHING,
        .operation_end = NOTHING,
        .operation = NOTHING,
        .forgotten_to = NOTHING,
    };
    return item;
}

/** Goes through the record once. */
static void read_records(struct story *story)
{
    for (uint32_t i = 0; i < record_count(story); i++) {
        const struct lens_record *record = &story->file->record[i];
        enum item_kind kind;
        int process = find_process(story, record->pid);
        if (record->kind == LENS_KIND_START) {
            process = add_process(story, record->pid, record);
            find_thread(story, process, record->tid);
        }
        if (!kind_of(record, &kind))
            continue;
        if (process == NOTHING)
            process = add_process(story, record->pid, NULL);
        struct item *item = add_item(story, kind);
        item->record = record;
        item->thread = find_thread(story, process, record->tid);
        item->from = record->t0;
        item->to = record->t1 > record->t0 ? record->t1 : record->t0;
        item->inside =
            (kind == ITEM_CALL || kind == ITEM_ROUTINE) && record->t1 == 0;
    }
}

/** When the story begins and ends; when each process does. */
static void find_times(struct story *story)
{
    for (int i = 0; i < story->items; i++) {
        const struct item *item = &story->item[i];
        if (i == 0 || item->from < story->start)
            story->start = item->from;
        if (i == 0 || item->to > story->end)
            story->end = item->to;
    }
    for (int i = 0; i < story->processes; i++) {
        const struct lens_record *start = story->process[i].start;
        if (start != NULL && start->t0 < story->start)
            story->start = start->t0;
        story->process[i].ended = story->end;
    }
    for (int i = 0; i < story->items; i++) {
        const struct item *item = &story->item[i];
        struct process *process =
            &story->process[story->thread[item->thread].process];
        if (item->kind == ITEM_EXIT || item->kind == ITEM_CRASH) {
            process->ended = item->from;
            process->is_over = true;
        }
    }
}

/** Adds an item for each end that is not recorded; lets calls that never
 *  returned last until then. */
static void add_ends(struct story *story)
{
    int recorded = story->items;
    for (int i = 0; i < recorded; i++)
        if (story->item[i].inside)
            story->item[i].to = story_process(story, &story->item[i])->ended;
    for (int i = 0; i < story->processes; i++)
        if (!story->process[i].is_over) {
            const struct lens_record *start = story->process[i].start;
            uint32_t tid = start != NULL ? start->tid : 0;
            for (int k = 0; k < story->threads && start == NULL; k++)
                if (story->thread[k].process == i) {
                    tid = story->thread[k].tid;
                    break;
                }
            struct item *item = add_item(story, ITEM_LOST);
            item->thread = find_thread(story, i, tid);
            item->from = story->end;
            item->to = story->end;
        }
}

/** For qsort: items in the order in which they began. */
static int compare_items(const void *left, const void *right)
{
    const struct item *a = left;
    const struct item *b = right;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->record == NULL || b->record == NULL)
        return (a->record == NULL) - (b->record == NULL);
    return a->record < b->record ? -1 : a->record > b->record;
}

/** How deep each call is inside of others: a routine runs inside a wait. */
static void find_depths(struct story *story)
{
    for (int i = 0; i < story->items; i++) {
        struct item *item = &story->item[i];
        if (item->kind != ITEM_CALL && item->kind != ITEM_ROUTINE)
            continue;
        for (int k = 0; k < i; k++) {
            const struct item *outer = &story->item[k];
            if (outer->thread == item->thread && outer->from < item->from
                && (outer->inside || outer->to > item->from)
                && (outer->kind == ITEM_CALL || outer->kind == ITEM_ROUTINE))
                item->depth++;
        }
    }
}

/** Names the processes; a number tells two of a kind apart. */
static void make_labels(struct story *story)
{
    for (int i = 0; i < story->processes; i++) {
        struct process *process = &story->process[i];
        const char *name = process->start != NULL ? process->start->in : "?";
        int same = 0, before = 0;
        for (int k = 0; k < story->processes; k++) {
            const struct lens_record *other = story->process[k].start;
            if (strcmp(other != NULL ? other->in : "?", name) == 0) {
                same++;
                before += k < i;
            }
        }
        snprintf(
            process->label,
            sizeof process->label,
            same > 1 ? "%.60s %d" : "%.60s",
            name,
            before + 1);
    }
}

void story_read(struct story *story, const struct lens_file *file)
{
    story->file = file;
    read_records(story);
    find_times(story);
    add_ends(story);
    qsort(
        story->item,
        (size_t)story->items,
        sizeof story->item[0],
        compare_items);
    for (uint32_t i = 0; i < LENS_RECORDS; i++)
        story->item_of[i] = NOTHING;
    for (int i = 0; i < story->items; i++)
        if (story->item[i].record != NULL)
            story->item_of[story->item[i].record - file->record] = i;
    find_depths(story);
    make_labels(story);
}

struct arrow *story_add_arrow(
    struct story *story, enum arrow_kind kind, int from, int to,
    const char *text)
{
    static struct arrow none;
    if (story->arrows == ARROWS_MAX || from == to)
        return &none;
    struct arrow *arrow = &story->arrow[story->arrows++];
    *arrow = (struct arrow){
        .kind = kind,
        .from = from,
        .to = to,
        .from_end = kind == ARROW_ORDER,
        .to_start = kind == ARROW_ORDER
                    || kind == ARROW_START
                    /* A routine begins when the data are there. */
                    || story->item[to].kind == ITEM_ROUTINE,
    };
    snprintf(arrow->text, sizeof arrow->text, "%s", text != NULL ? text : "");
    if (!arrow->to_start)
        story->item[to].gets = true;
    if (kind == ARROW_MESSAGE)
        story->item[from].sends = true;
    return arrow;
}

double story_us(const struct story *story, int64_t from, int64_t to)
{
    return (double)(to - from) * 1e6 / (double)story->file->header.frequency;
}

bool item_succeeded(const struct item *item)
{
    return item->kind == ITEM_CALL && !item->inside
           && (item->record->flags & LENS_FLAG_FAILED) == 0;
}

bool item_failed_with(const struct item *item, uint32_t error)
{
    return item->kind == ITEM_CALL && !item->inside
           && (item->record->flags & LENS_FLAG_FAILED) != 0
           && item->record->error == error;
}

/** Whether a call may not wait at all: its time limit is 0. */
static bool has_no_time(const struct item *item)
{
    struct field limit;
    return field_find(item->record->call, item->record->in, 't', &limit)
           && limit.value_length == 1 && limit.value[0] == '0';
}

bool item_waited_long(const struct story *story, const struct item *item)
{
    enum { LONG_US = 1000 };
    if (item->kind != ITEM_CALL || item->inside)
        return false;
    if (!story->stable)
        return story_us(story, item->from, item->to) >= LONG_US;
    enum role role = table_role(item->record->call);
    return role == ROLE_SLEEP || item_failed_with(item, ERROR_SEM_TIMEOUT)
           || item_failed_with(item, WAIT_TIMEOUT)
           || (role == ROLE_WAIT && item->record->result == WAIT_IO_COMPLETION)
           || (role == ROLE_WAIT && item->record->result == WAIT_TIMEOUT
               && !has_no_time(item));
}

int story_finish(const struct story *story, int index)
{
    int end = story->item[index].operation_end;
    return end != NOTHING ? end : index;
}
