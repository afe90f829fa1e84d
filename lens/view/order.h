/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The order of all events: by the clock, or by their reasons.
 *
 * In a stable story an event comes as soon as all that it depends on has come,
 * as if each took one beat; so the same conversation has the same order,
 * whichever thread was a little faster.
 */
#ifndef VIEW_ORDER_H
#define VIEW_ORDER_H

#include "lens/view/story.h"

/** The beginning or the end of an item. An item that is short and waits for
 *  nothing has no end of its own. */
struct node {
    int item;
    bool end;
    int64_t time;
    int level;   ///< the longest way of reasons that leads here
    int thread;  ///< rank of its thread
};

/** All events in their order; they stay until the next call. */
const struct node *order_nodes(const struct story *story, int *count);

/** Where a thread stands, from left to right: by process, then by number. */
int order_rank(const struct story *story, int thread);

#endif
