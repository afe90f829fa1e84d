/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Where everything of the picture is, in pixels.
 */
#ifndef VIEW_PLAN_H
#define VIEW_PLAN_H

#include "lens/view/story.h"

enum {
    PLAN_ROW = 18,  ///< the height of a row
    PLAN_BAR = 12,  ///< the width of a call's bar
    PLAN_DEEP = 5,  ///< how far a call stands out that is inside of another
    PLAN_OPERATION = 7,  ///< the same for operations that go on side by side
    PLAN_NOTE = 28,      ///< the columns of a message beside its arrow
    PLAN_HEAD = 34,      ///< the height of a thread's name
};

/** The picture's measures. */
struct plan {
    int top;    ///< the middle of the first row
    int first;  ///< the middle of the first column
    int gap;    ///< from there to the second column
    int pitch;  ///< from each further column to the next
    int width;
    int bottom;  ///< below the last row: the legend
};

struct plan plan_make(const struct story *story);

/** The middle of a column. */
int plan_x(const struct plan *plan, int column);

/** The middle of a row. */
int plan_y(const struct plan *plan, int row);

/** Which way the labels of a column lie: -1 to the left, 1 to the right. */
int plan_side(const struct story *story, int column);

/** The width of a text in the picture's font of this size. */
double plan_width(const char *text, double size);

#endif
