/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Step 5: which row each item takes, and which column each thread.
 *
 * Each event has a row of its own, so twenty microseconds and a minute are
 * both easy to read, and no two labels meet.
 */
#include <stdlib.h>
#include <string.h>

#include "lens/view/excerpt.h"
#include "lens/view/order.h"
#include "lens/view/story.h"
#include "lens/view/words.h"

enum {
    HEAD_ROWS = 3,  ///< for a name that stands in the middle of the picture
    /* How long a line of a label may be: shorter where there are many. */
    FEW_COLUMNS = 3,
    LONG_LABEL = 42,
    SHORT_LABEL = 34,
    EXCERPT_LABEL = 30,
};

/** Notes each item's place in the order, and each thread's first and last. */
static void note_places(
    struct story *story, const struct node *nodes, int count)
{
    for (int i = 0; i < story->threads; i++)
        story->thread[i].first = NOTHING;
    for (int i = 0; i < count; i++) {
        struct item *item = &story->item[nodes[i].item];
        struct thread *thread = &story->thread[item->thread];
        if (!nodes[i].end)
            item->row = i;
        if (thread->first == NOTHING)
            thread->first = i;
        thread->last = i;
    }
}

/** Whether two threads are of one kind: they can follow in one column. */
static bool same_kind(const struct story *story, int left, int right)
{
    const struct thread *a = &story->thread[left];
    const struct thread *b = &story->thread[right];
    const struct lens_record *one = story->process[a->process].start;
    const struct lens_record *two = story->process[b->process].start;
    return (a->number == 1) == (b->number == 1) && one != NULL && two != NULL
           && strcmp(one->in, two->in) == 0;
}

/** For qsort, which has no room for what they need to know. */
static const struct story *sorted;

/** Threads from left to right. */
static int compare_ranks(const void *left, const void *right)
{
    return order_rank(sorted, *(const int *)left)
           - order_rank(sorted, *(const int *)right);
}

/** Whether a thread was started by another one: then it does not follow it in
 *  its column, or the arrow between them would go round the name. */
static bool was_started_by(const struct story *story, int thread, int other)
{
    for (int i = 0; i < story->arrows; i++) {
        const struct arrow *arrow = &story->arrow[i];
        if (arrow->kind == ARROW_START
            && story->item[arrow->to].thread == thread
            && story->item[arrow->from].thread == other)
            return true;
    }
    return false;
}

/** Gives each thread a column: the first of its kind that is free again. */
static void choose_columns(struct story *story)
{
    static int order[LENS_RECORDS], tail[LENS_RECORDS];
    for (int i = 0; i < story->threads; i++)
        order[i] = i;
    story->columns = 0;
    sorted = story;
    qsort(order, (size_t)story->threads, sizeof *order, compare_ranks);
    for (int i = 0; i < story->threads; i++) {
        struct thread *thread = &story->thread[order[i]];
        int column = 0;
        if (thread->first == NOTHING) {
            thread->column = NOTHING;
            continue;
        }
        while (column < story->columns
               && !(
                   same_kind(story, order[i], tail[column])
                   && story->thread[tail[column]].last < thread->first
                   && !was_started_by(story, order[i], tail[column])))
            column++;
        thread->heads = column == story->columns;
        story->columns += thread->heads;
        thread->column = column;
        tail[column] = order[i];
    }
}

/** Turns places into rows. */
static void choose_rows(
    struct story *story, const struct node *nodes, int count)
{
    static bool has_end[ITEMS_MAX];
    int row = 0;
    for (int i = 0; i < story->items; i++)
        has_end[i] = false;
    for (int i = 0; i < count; i++)
        has_end[nodes[i].item] |= nodes[i].end;

    for (int i = 0; i < count; i++) {
        struct item *item = &story->item[nodes[i].item];
        struct thread *thread = &story->thread[item->thread];
        bool follows =
            i > 0 && nodes[i].end && nodes[i - 1].item == nodes[i].item;
        if (i == thread->first && !thread->heads)
            row += HEAD_ROWS;
        if (follows && words_fit(story, item))
            row--;
        if (nodes[i].end) {
            item->end_row = row++;
            item->ends_apart = item->end_row > item->row;
            continue;
        }
        item->row = row;
        item->end_row = row++;
        if (!has_end[nodes[i].item] && !words_fit(story, item))
            item->end_row = row++;
    }
    story->rows = row;
}

/** Stretches calls that never returned to the end of their process. */
static void stretch_calls(struct story *story)
{
    for (int i = 0; i < story->items; i++) {
        struct item *item = &story->item[i];
        for (int k = 0; k < story->items && item->inside; k++) {
            const struct item *end = &story->item[k];
            if ((end->kind == ITEM_EXIT || end->kind == ITEM_CRASH
                 || end->kind == ITEM_LOST)
                && story_process(story, end) == story_process(story, item)
                && end->row > item->end_row)
                item->end_row = end->row - 1;
        }
    }
}

/** Finds the calls that waited for something. */
static void find_waits(struct story *story)
{
    for (int i = 0; i < story->items; i++) {
        struct item *item = &story->item[i];
        item->blocked = item_waited_long(story, item);
    }
    for (int i = 0; i < story->arrows; i++) {
        const struct arrow *arrow = &story->arrow[i];
        if (!arrow->to_start
            && story->item[arrow->from].row > story->item[arrow->to].row)
            story->item[arrow->to].blocked = true;
    }
}

/** Each thread's first and last row. */
static void note_rows(struct story *story)
{
    for (int i = 0; i < story->threads; i++) {
        story->thread[i].first = NOTHING;
        story->thread[i].last = NOTHING;
    }
    for (int i = 0; i < story->items; i++) {
        const struct item *item = &story->item[i];
        struct thread *thread = &story->thread[item->thread];
        if (item->hidden)
            continue;
        if (thread->first == NOTHING || item->row < thread->first)
            thread->first = item->row;
        if (item->end_row > thread->last)
            thread->last = item->end_row;
    }
}

/** Items from top to bottom. */
static int compare_items(const void *left, const void *right)
{
    const struct item *a = &sorted->item[*(const int *)left];
    const struct item *b = &sorted->item[*(const int *)right];
    return a->row - b->row;
}

/** Arrows by where they begin, then by where they end. */
static int compare_arrows(const void *left, const void *right)
{
    const struct arrow *a = left;
    const struct arrow *b = right;
    int first = sorted->rank[a->from] - sorted->rank[b->from];
    int second = sorted->rank[a->to] - sorted->rank[b->to];
    return first != 0    ? first
           : second != 0 ? second
                         : (int)a->kind - (int)b->kind;
}

/** Sorts items and arrows from top to bottom: so they are written. */
static void sort_by_rows(struct story *story)
{
    for (int i = 0; i < story->items; i++)
        story->by_row[i] = i;
    sorted = story;
    qsort(
        story->by_row,
        (size_t)story->items,
        sizeof story->by_row[0],
        compare_items);
    for (int i = 0; i < story->items; i++)
        story->rank[story->by_row[i]] = i;
    qsort(
        story->arrow,
        (size_t)story->arrows,
        sizeof story->arrow[0],
        compare_arrows);
}

/** Gives columns and rows to what the nodes tell. */
static void place(struct story *story, const struct node *nodes, int count)
{
    bool few;
    note_places(story, nodes, count);
    choose_columns(story);
    few = story->columns <= FEW_COLUMNS;
    if (story->excerpt.from == NULL)
        story->label_columns = few ? LONG_LABEL : SHORT_LABEL;
    else
        story->label_columns = few ? SHORT_LABEL : EXCERPT_LABEL;
    choose_rows(story, nodes, count);
    stretch_calls(story);
}

const char *story_lay_out(struct story *story)
{
    int count;
    const char *missing = NULL;
    const struct node *nodes = order_nodes(story, &count);
    note_places(story, nodes, count);
    story_number_handles(story);
    place(story, nodes, count);
    find_waits(story);
    if (story->excerpt.from != NULL && story->excerpt.to != NULL) {
        nodes = excerpt_choose(story, nodes, &count, &missing);
        place(story, nodes, count);
        excerpt_hide(story);
    }
    note_rows(story);
    sort_by_rows(story);
    return missing;
}
