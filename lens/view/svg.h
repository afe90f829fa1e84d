/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The picture: one lifeline a thread, time downwards.
 */
#ifndef VIEW_SVG_H
#define VIEW_SVG_H

#include <stdio.h>

#include "lens/view/plan.h"
#include "lens/view/story.h"

/** Where the picture will stand. */
enum svg_use {
    SVG_ALONE,    ///< a file: a browser shows the details as tooltips
    SVG_IN_PAGE,  ///< our page, which shows them itself
};

/** Writes the picture of a story that is laid out. */
void svg_write(
    FILE *file, const struct story *story, const char *title, enum svg_use use);

/* What follows is used by the parts of the picture only. */

/** Draws an item: its bar and its words. */
void svg_item(
    FILE *file, const struct story *story, const struct plan *plan, int index,
    enum svg_use use);

/** Whether an item's overlapped operation has a bar, and down to which row. */
bool svg_operation_reaches(
    const struct story *story, const struct item *item, int *row);

/** Draws an overlapped operation: a bar from its start to its end. */
void svg_operation(
    FILE *file, const struct story *story, const struct plan *plan, int index);

/** Draws an arrow. */
void svg_arrow(
    FILE *file, const struct story *story, const struct plan *plan,
    const struct arrow *arrow);

/** Draws the legend; returns its height. */
int svg_legend(FILE *file, const struct story *story, const struct plan *plan);

/** The class of an outcome. */
const char *svg_class(const struct item *item);

#endif
