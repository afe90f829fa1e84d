/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Step 3: what led to what, besides the messages.
 *
 * Arrows are drawn for new threads and processes, and for waits that another
 * thread ended. What merely came first for a reason is noted, too: a stable
 * picture is laid out by reasons, not by the clock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "lens/table.h"
#include "lens/view/fields.h"
#include "lens/view/story.h"
#include "lens/view/table.h"

/** A process's or a thread's first item; NOTHING in the place of a thread
 *  means any. */
static int first_item(const struct story *story, int process, int thread)
{
    for (int i = 0; i < story->items; i++) {
        int its = story->item[i].thread;
        if (story->thread[its].process == process
            && (thread == NOTHING || its == thread))
            return i;
    }
    return NOTHING;
}

/** The last item of a thread. */
static int last_item(const struct story *story, int thread)
{
    for (int i = story->items - 1; i >= 0; i--)
        if (story->item[i].thread == thread)
            return i;
    return NOTHING;
}

/** The thread that a call made, or NOTHING. */
static int new_thread(const struct story *story, const struct item *item)
{
    int process = story->thread[item->thread].process;
    for (int i = 0; i < story->threads; i++)
        if (story->thread[i].process == process && item->record->peer != 0
            && story->thread[i].tid == item->record->peer)
            return i;
    return NOTHING;
}

/** The process that a call made, or NOTHING: `made=pid 1234`. */
static int new_process(const struct story *story, const struct item *item)
{
    struct field made;
    if (!field_find(item->record->call, item->record->out, 'i', &made)
        || strncmp(made.value, "pid ", 4) != 0)
        return NOTHING;
    uint32_t pid = strtoul(made.value + 4, NULL, 10);
    for (int i = 0; i < story->processes; i++) {
        const struct lens_record *start = story->process[i].start;
        if (story->process[i].pid == pid && start != NULL
            && start->t0 >= item->from)
            return i;
    }
    return NOTHING;
}

/** Draws the arrow from a call that made a thread or a process. */
static void find_start(struct story *story, int index)
{
    const struct item *item = &story->item[index];
    enum role role = table_role(item->record->call);
    int first = NOTHING;
    if (role == ROLE_NEW_THREAD) {
        int thread = new_thread(story, item);
        if (thread != NOTHING)
            first = first_item(story, story->thread[thread].process, thread);
    } else if (role == ROLE_NEW_PROCESS) {
        int process = new_process(story, item);
        if (process != NOTHING)
            first = first_item(story, process, NOTHING);
    }
    if (first == NOTHING)
        return;
    story_add_arrow(story, ARROW_START, index, first, "starts");
}

/** Whether two items work on the same object: the same handle, or one name. */
static bool same_object(const struct item *items, int left, int right)
{
    struct field a, b;
    if (left == NOTHING || right == NOTHING)
        return false;
    const struct lens_record *one = items[left].record;
    const struct lens_record *two = items[right].record;
    return left == right
           || (field_find(one->call, one->in, 's', &a)
               && field_find(two->call, two->in, 's', &b) && a.value[0] == '"'
               && a.value_length == b.value_length
               && memcmp(a.value, b.value, a.value_length) == 0);
}

/** Whether an item has made or opened a semaphore. */
static bool opens_semaphore(const struct item *item)
{
    const char *name = lens_call_name(item->record->call);
    return strcmp(name, "CreateSemaphoreW") == 0
           || strcmp(name, "OpenSemaphoreW") == 0;
}

/** Whether an item has ended a wait already. */
static bool has_ended_one(const struct story *story, int signal)
{
    for (int i = 0; i < story->arrows; i++)
        if (story->arrow[i].from == signal
            && story->arrow[i].kind == ARROW_SIGNAL)
            return true;
    return false;
}

/** The item that ended a wait for what another item has opened, or NOTHING. Of
 *  a semaphore each token ends one wait: the first. Else it is the last one. */
static int find_signal(const struct story *story, int wait, int opened)
{
    const struct item *item = &story->item[wait];
    if (opened == NOTHING)
        return NOTHING;
    const struct item *opener = &story->item[opened];
    enum role role = table_role(opener->record->call);
    if (role == ROLE_NEW_THREAD) {
        int thread = new_thread(story, opener);
        return thread != NOTHING ? last_item(story, thread) : NOTHING;
    }
    if (role == ROLE_NEW_PROCESS) {
        int process = new_process(story, opener);
        for (int i = 0; i < story->items && process != NOTHING; i++)
            if (story->thread[story->item[i].thread].process == process
                && story->item[i].kind == ITEM_EXIT)
                return i;
        return NOTHING;
    }
    bool first = opens_semaphore(opener);
    int found = NOTHING;
    for (int i = 0; i < story->items; i++) {
        const struct item *signal = &story->item[i];
        if (signal->kind == ITEM_CALL && signal->from < item->to
            && signal->to >= item->from && signal->thread != item->thread
            && table_role(signal->record->call) == ROLE_SIGNAL
            && item_succeeded(signal)
            && same_object(story->item, signal->opener, opened)
            && (!first || !has_ended_one(story, i))) {
            found = i;
            if (first)
                break;
        }
    }
    return found;
}

/** Draws the arrow from what ended a wait. One that would not have waited was
 *  told of it only. */
static void find_end_of_wait(struct story *story, int wait, int opened)
{
    struct field limit;
    const struct lens_record *record = story->item[wait].record;
    int signal = find_signal(story, wait, opened);
    bool asks = field_find(record->call, record->in, 't', &limit)
                && limit.value_length == 1 && limit.value[0] == '0';
    if (signal != NOTHING)
        story_add_arrow(
            story,
            asks ? ARROW_ORDER : ARROW_SIGNAL,
            signal,
            wait,
            NULL);
}

/** The same for a wait for one or all of several objects. */
static void find_ends_of_wait(struct story *story, int wait)
{
    struct field handles;
    const struct item *item = &story->item[wait];
    const struct lens_record *record = item->record;
    if (!field_find(record->call, record->in, 'a', &handles)) {
        if (record->result == 0)
            find_end_of_wait(story, wait, item->opener);
        return;
    }
    bool all = field_number(record->in, "all") != 0;
    const char *at = handles.value, *end = at + handles.value_length;
    for (uint32_t i = 0; at < end; i++) {
        char *next;
        uint32_t value = strtoul(at, &next, 0);
        if (next == at)
            return;
        int life = story_life(
            story,
            story->thread[item->thread].process,
            value,
            item->from);
        if (life != NOTHING
            && (all ? record->result == 0 : record->result == i))
            find_end_of_wait(story, wait, story->life[life].opener);
        at = next + 1;
    }
}

/** Whether an item has opened a mutex. */
static bool opens_mutex(const struct item *item)
{
    const char *name = lens_call_name(item->record->call);
    return strcmp(name, "CreateMutexW") == 0 || strcmp(name, "OpenMutexW") == 0;
}

/** When a thread gave a mutex back that it had got by a wait. */
static int64_t end_of_holding(const struct story *story, int wait)
{
    const struct item *taken = &story->item[wait];
    for (int i = 0; i < story->items; i++) {
        const struct item *item = &story->item[i];
        if (item->kind == ITEM_CALL && item->thread == taken->thread
            && item->from >= taken->to
            && table_role(item->record->call) == ROLE_SIGNAL
            && item_succeeded(item)
            && same_object(story->item, item->opener, taken->opener))
            return item->from;
    }
    return INT64_MAX;
}

/** The wait by which another thread had the mutex when this wait began. */
static int find_holder(const struct story *story, int wait)
{
    const struct item *its = &story->item[wait];
    int found = NOTHING;
    if (its->opener == NOTHING || !opens_mutex(&story->item[its->opener]))
        return NOTHING;
    for (int i = 0; i < story->items; i++) {
        const struct item *item = &story->item[i];
        bool takes = item->kind == ITEM_CALL && item->thread != its->thread
                     && table_role(item->record->call) == ROLE_WAIT
                     && item_succeeded(item)
                     && (item->record->result == WAIT_OBJECT_0
                         || item->record->result == WAIT_ABANDONED);
        if (takes && item->to <= its->from
            && same_object(story->item, item->opener, its->opener)
            && end_of_holding(story, i) > its->from)
            found = i;
    }
    return found;
}

/** Notes what came before a process's first item. */
static void find_order_of_processes(struct story *story)
{
    for (int i = 0; i < story->processes; i++) {
        const struct lens_record *start = story->process[i].start;
        if (start == NULL)
            continue;
        for (int k = 0; k < story->threads; k++) {
            int first = story->thread[k].process == i ? first_item(story, i, k)
                                                      : NOTHING;
            for (int j = 0; j < story->items && first != NOTHING; j++)
                if ((story->item[j].kind == ITEM_EXIT
                     || story->item[j].kind == ITEM_CRASH)
                    && story->item[j].from < start->t0)
                    story_add_arrow(story, ARROW_ORDER, j, first, NULL);
        }
    }
}

/** Notes what others did while a thread slept: all that had plenty of time to
 *  happen before the sleep's end, in every run. */
static void find_order_of_sleep(struct story *story, int sleep)
{
    enum { SPARE_US = 100000 };
    const struct item *its = &story->item[sleep];
    for (int k = 0; k < story->threads; k++) {
        int last = NOTHING;
        for (int i = 0; i < story->items && k != its->thread; i++) {
            const struct item *item = &story->item[i];
            if (item->thread == k && !item->inside && item->to > its->from
                && story_us(story, item->to, its->to) >= SPARE_US)
                last = i;
        }
        if (last != NOTHING)
            story_add_arrow(story, ARROW_ORDER, last, sleep, NULL)->to_start =
                false;
    }
}

void story_find_causes(struct story *story)
{
    for (int i = 0; i < story->items; i++) {
        const struct item *item = &story->item[i];
        if (item->kind != ITEM_CALL)
            continue;
        enum role role = table_role(item->record->call);
        if (item->opener != NOTHING)
            story_add_arrow(story, ARROW_ORDER, item->opener, i, NULL);
        if (item_succeeded(item))
            find_start(story, i);
        if (role == ROLE_SLEEP && !item->inside)
            find_order_of_sleep(story, i);
        if (role == ROLE_POST && item->operation_end != NOTHING)
            story_add_arrow(
                story,
                ARROW_SIGNAL,
                i,
                item->operation_end,
                "packet");
        if (role == ROLE_WAIT && item_succeeded(item))
            find_ends_of_wait(story, i);
        if (role == ROLE_WAIT)
            story->item[i].holder = find_holder(story, i);
    }
    find_order_of_processes(story);
}
