/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The words beside an item's bar: one line, or two.
 */
#ifndef VIEW_LABEL_H
#define VIEW_LABEL_H

#include "lens/view/story.h"

/** What they are. The title stands in front: words_title(). */
struct label {
    struct text argument;
    struct text result;  ///< with its arrow; begins the second line
    struct text took;
    bool one_line;
    int row;  ///< of the result
};

void label_make(
    const struct story *story, const struct item *item, struct label *label);

/** The width of the line in the item's first or last row, in pixels. */
int label_width(
    const struct story *story, const struct item *item, bool last_row);

#endif
