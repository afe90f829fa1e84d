/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The order of all events: by the clock, or by their reasons.
 */
#include <stdlib.h>

#include "lens/view/order.h"
#include "lens/view/table.h"

enum {
    NODES_MAX = 2 * ITEMS_MAX,
    EDGES_MAX = 2 * NODES_MAX + ARROWS_MAX,
    PASSES_MAX = 100,
};

/** One node can't come before another has. */
struct edge {
    int from, to;
};

static struct node nodes[NODES_MAX];
static struct edge edges[EDGES_MAX];
static int node_count, edge_count;
static int start_of[ITEMS_MAX], end_of[ITEMS_MAX];  // nodes; the same for
                                                    // an item that has one

/** Whether an item is short and simple enough to have no end of its own. */
static bool is_instant(const struct story *story, int index)
{
    const struct item *item = &story->item[index];
    if ((item->kind != ITEM_CALL && item->kind != ITEM_ROUTINE) || item->inside)
        return true;
    if (item->gets || item_waited_long(story, item))
        return false;
    bool waits = !story->stable && table_waits(item->record->call);
    for (int i = 0; i < story->items; i++) {
        const struct item *other = &story->item[i];
        bool began = other->from > item->from && other->from < item->to;
        bool ended = other->to > item->from && other->to < item->to;
        if (other->thread == item->thread ? began : waits && (began || ended))
            return false;
    }
    return true;
}

int order_rank(const struct story *story, int thread)
{
    const struct thread *its = &story->thread[thread];
    return its->process * (int)LENS_RECORDS + its->number;
}

/** Adds a node. */
static void add_node(
    const struct story *story, int item, bool end, int64_t time)
{
    nodes[node_count++] = (struct node){
        .item = item,
        .end = end,
        .time = time,
        .thread = order_rank(story, story->item[item].thread),
    };
}

/** Makes one or two nodes of each item. */
static void make_nodes(const struct story *story)
{
    node_count = 0;
    for (int i = 0; i < story->items; i++) {
        add_node(story, i, false, story->item[i].from);
        if (!is_instant(story, i))
            add_node(story, i, true, story->item[i].to);
    }
}

/** For qsort: by the clock. */
static int compare_times(const void *left, const void *right)
{
    const struct node *a = left;
    const struct node *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->item != b->item)
        return a->item - b->item;
    return a->end - b->end;
}

/** For qsort: by the reasons. */
static int compare_levels(const void *left, const void *right)
{
    const struct node *a = left;
    const struct node *b = right;
    if (a->level != b->level)
        return a->level - b->level;
    if (a->thread != b->thread)
        return a->thread - b->thread;
    return compare_times(left, right);
}

/** Adds an edge. */
static void add_edge(int from, int to)
{
    if (from != to && edge_count < EDGES_MAX)
        edges[edge_count++] = (struct edge){from, to};
}

/** Each thread's nodes come one after the other. The nodes are sorted by the
 *  clock here. */
static void add_thread_edges(const struct story *story)
{
    static int last[LENS_RECORDS];
    for (int i = 0; i < story->threads; i++)
        last[i] = NOTHING;
    for (int i = 0; i < node_count; i++) {
        const struct item *item = &story->item[nodes[i].item];
        if (last[item->thread] != NOTHING)
            add_edge(last[item->thread], i);
        last[item->thread] = i;
        if (item->kind != ITEM_EXIT && item->kind != ITEM_CRASH
            && item->kind != ITEM_LOST)
            continue;
        for (int k = 0; k < story->threads; k++)
            if (last[k] != NOTHING
                && story->thread[k].process
                       == story->thread[item->thread].process)
                add_edge(last[k], i);
    }
}

/** What the arrows say. */
static void add_arrow_edges(const struct story *story)
{
    for (int i = 0; i < story->arrows; i++) {
        const struct arrow *arrow = &story->arrow[i];
        int from =
            arrow->from_end ? end_of[arrow->from] : start_of[arrow->from];
        int to = arrow->to_start ? start_of[arrow->to] : end_of[arrow->to];
        add_edge(from, to);
    }
}

/** Orders the nodes by their reasons; false if there is a circle. */
static bool order_by_reasons(const struct story *story)
{
    bool settled = false;
    edge_count = 0;
    /* An item's beginning comes before its end, so the end is what stays. */
    for (int i = 0; i < node_count; i++) {
        end_of[nodes[i].item] = i;
        if (!nodes[i].end)
            start_of[nodes[i].item] = i;
    }
    add_thread_edges(story);
    add_arrow_edges(story);
    for (int pass = 0; pass < PASSES_MAX && !settled; pass++) {
        settled = true;
        for (int i = 0; i < edge_count; i++) {
            int level = nodes[edges[i].from].level + 1;
            if (nodes[edges[i].to].level < level) {
                nodes[edges[i].to].level = level;
                settled = false;
            }
        }
    }
    if (settled)
        qsort(nodes, (size_t)node_count, sizeof *nodes, compare_levels);
    return settled;
}

const struct node *order_nodes(const struct story *story, int *count)
{
    make_nodes(story);
    qsort(nodes, (size_t)node_count, sizeof *nodes, compare_times);
    if (story->stable)
        order_by_reasons(story);
    *count = node_count;
    return nodes;
}
