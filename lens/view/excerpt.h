/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A part of a run: what the picture shows of it.
 */
#ifndef VIEW_EXCERPT_H
#define VIEW_EXCERPT_H

#include "lens/view/order.h"
#include "lens/view/story.h"

/**
 * @brief Chooses what lies between the two calls of the story's excerpt.
 * @param story    the story; items that are left out become hidden
 * @param nodes    all that happened, in order
 * @param count    how many; changes to how many are left
 * @param missing  set to the name of a call that the run does not have
 * @return what is left
 */
const struct node *excerpt_choose(
    struct story *story, const struct node *nodes, int *count,
    const char **missing);

/** Places what is hidden at the edges: an operation that goes on there is
 *  drawn as far as that. */
void excerpt_hide(struct story *story);

#endif
