/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Where everything of the picture is, in pixels.
 */
#include "lens/view/plan.h"

/* A letter of a usual font of fixed width is 0.602 of its size wide. */
static const double letter = 0.61;

double plan_width(const char *text, double size)
{
    return text_columns(text) * letter * size;
}

/** The room left of a column that stands alone: its arrows, and their words,
 *  are there. */
static int room_alone(const struct story *story)
{
    for (int i = 0; i < story->arrows; i++)
        if (story->arrow[i].kind != ARROW_ORDER)
            return (int)(PLAN_NOTE * letter * 11) + 44;
    return 70;
}

struct plan plan_make(const struct story *story)
{
    int label = (int)(story->label_columns * letter * 12) + 24;
    int clock = story->stable ? 6 : 88;
    struct plan plan = {
        .top = 74,
        .first = clock + (story->columns > 1 ? label : room_alone(story)),
        .gap = 230,
        .pitch = label + 14,
    };
    int last = plan_x(&plan, story->columns > 0 ? story->columns - 1 : 0);
    plan.width = last + label + 6;
    plan.bottom = plan.top + story->rows * PLAN_ROW + 8;
    return plan;
}

int plan_x(const struct plan *plan, int column)
{
    return plan->first
           + (column > 0 ? plan->gap + (column - 1) * plan->pitch : 0);
}

int plan_y(const struct plan *plan, int row)
{
    return plan->top + row * PLAN_ROW;
}

int plan_side(const struct story *story, int column)
{
    return column == 0 && story->columns > 1 ? -1 : 1;
}
