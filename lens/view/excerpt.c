/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A part of a run: what the picture shows of it.
 *
 * All that has to do with time is found in the whole run before; here calls
 * are only left out.
 */
#include <stdio.h>
#include <string.h>

#include "lens/table.h"
#include "lens/view/excerpt.h"
#include "lens/view/table.h"
#include "lens/view/words.h"

static struct node chosen[2 * ITEMS_MAX];
static int begins[ITEMS_MAX], ends[ITEMS_MAX];  // each item's places
static int last_place;                          // of the excerpt

/** The call that is named, as server/ReadFile:2, or NOTHING. */
static int find_call(const struct story *story, const char *name)
{
    for (int i = 0; i < story->items; i++) {
        const struct item *item = &story->item[i];
        struct text text = {0};
        if (item->kind != ITEM_CALL)
            continue;
        text_add(
            &text,
            "%s/%s:%u",
            story_process(story, item)->label,
            lens_call_name(item->record->call),
            item->record->nth);
        if (strcmp(text.at, name) == 0)
            return i;
    }
    return NOTHING;
}

/** Whether a thread is one of those that are left out. */
static bool is_left_out(const struct story *story, int thread)
{
    struct text who = {0};
    words_who(story, thread, &who);
    for (int i = 0; i < EXCERPT_WITHOUT; i++)
        if (story->excerpt.without[i] != NULL
            && strcmp(story->excerpt.without[i], who.at) == 0)
            return true;
    return false;
}

/** Notes at which places each item begins and ends. */
static void note_ends(const struct node *nodes, int count)
{
    for (int i = 0; i < count; i++) {
        if (!nodes[i].end)
            begins[nodes[i].item] = i;
        ends[nodes[i].item] = i;
    }
}

const struct node *excerpt_choose(
    struct story *story, const struct node *nodes, int *count,
    const char **missing)
{
    int left = 0;
    int from = find_call(story, story->excerpt.from);
    int to = find_call(story, story->excerpt.to);
    if (from == NOTHING || to == NOTHING) {
        *missing = from == NOTHING ? story->excerpt.from : story->excerpt.to;
        return nodes;
    }
    note_ends(nodes, *count);
    last_place = ends[to];
    for (int i = 0; i < story->arrows; i++) {
        const struct arrow *arrow = &story->arrow[i];
        int place = arrow->to_start ? begins[arrow->to] : ends[arrow->to];
        if (arrow->from == to && arrow->kind != ARROW_ORDER
            && place > last_place)
            last_place = place;
    }
    for (int i = 0; i < story->items; i++)
        story->item[i].goes_on = ends[i] > last_place;
    for (int i = 0; i < story->items; i++)
        story->item[i].hidden = begins[i] > last_place || ends[i] < begins[from]
                                || is_left_out(story, story->item[i].thread);
    for (int i = 0; i < *count; i++)
        if (!story->item[nodes[i].item].hidden)
            chosen[left++] = nodes[i];
    for (int i = 0; i < story->arrows; i++) {
        struct arrow *arrow = &story->arrow[i];
        if (story->item[arrow->from].hidden || story->item[arrow->to].hidden)
            arrow->kind = ARROW_ORDER;
    }
    *count = left;
    return chosen;
}

void excerpt_hide(struct story *story)
{
    for (int i = 0; i < story->items; i++) {
        struct item *item = &story->item[i];
        int last = story->rows > 0 ? story->rows - 1 : 0;
        if (item->hidden)
            item->row = item->end_row = begins[i] > last_place ? last : 0;
    }
}
