/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The picture: calls, and what else befell a thread.
 */
#include <stdlib.h>
#include <string.h>

#include "lens/view/file.h"
#include "lens/view/label.h"
#include "lens/view/svg.h"
#include "lens/view/table.h"
#include "lens/view/words.h"

const char *svg_class(const struct item *item)
{
    static const char *const classes[] = {
        [OUTCOME_GOOD] = "good",
        [OUTCOME_BLOCKED] = "blocked",
        [OUTCOME_TOLD] = "told",
        [OUTCOME_FAILED] = "failed",
        [OUTCOME_INJECTED] = "injected",
        [OUTCOME_INSIDE] = "inside",
    };
    /* A routine lies inside a wait, and would not be seen in its colour. */
    return item->kind == ITEM_ROUTINE ? "routine"
                                      : classes[words_outcome(item)];
}

/** All that is known of an item, for a tooltip: lines of text. */
static void write_details(
    FILE *file, const struct story *story, const struct item *item)
{
    struct text text = {0};
    words_who(story, item->thread, &text);
    text_add(&text, ": %s", words_title(item));
    if (item->kind == ITEM_CALL) {
        text_add(&text, "(");
        struct text fields = {0};
        words_fields(story, item, item->record->in, &fields);
        text_add_part(&text, fields.at, fields.length);
        text_add(&text, ")");
    } else {
        struct text argument = {0};
        words_argument(story, item, &argument);
        text_add(&text, argument.length > 0 ? " %s" : "", argument.at);
    }
    write_xml(file, text.at);

    struct text after = {0};
    words_result(story, item, &after);
    if (item->kind == ITEM_CALL && !item->inside) {
        struct text out = {0};
        words_fields(story, item, item->record->out, &out);
        if (out.length > 0 && strcmp(out.at, after.at) != 0)
            text_add(&after, after.length > 0 ? "; %s" : "%s", out.at);
    }
    struct text notes = {0};
    words_notes(story, item, &notes);
    if (notes.length > 0)
        text_add(&after, "; %s", notes.at);
    struct text took = {0};
    words_duration(story, item, &took);
    if (took.length > 0)
        text_add(&after, "; %s", took.at);
    if (item->kind == ITEM_CALL && item->source[0] != '\0')
        text_add(&after, "; %s", item->source);
    if (after.length > 0) {
        fprintf(file, "\n→ ");
        write_xml(file, after.at);
    }
}

/** The class in which a result is written. */
static const char *result_class(const struct item *item)
{
    switch (words_outcome(item)) {
    case OUTCOME_FAILED:
    case OUTCOME_INSIDE:
        return "bad";
    case OUTCOME_TOLD:
        return "code";
    case OUTCOME_INJECTED:
        return "odd";
    case OUTCOME_GOOD:
    case OUTCOME_BLOCKED:
        return "result";
    }
    return "result";
}

/** Writes the result, the notes and the duration. */
static void write_result(
    FILE *file, const struct item *item, const struct label *label)
{
    if (label->result.length > 0) {
        fprintf(file, " <tspan class=\"%s\">", result_class(item));
        write_xml(file, label->result.at);
        fprintf(file, "</tspan>");
    }
    if (label->took.length > 0) {
        fprintf(file, " <tspan class=\"small\">");
        write_xml(file, label->took.at);
        fprintf(file, "</tspan>");
    }
}

/** Begins a line of words beside a bar. */
static void open_text(FILE *file, int x, int y, int side)
{
    fprintf(
        file,
        "<text class=\"halo\" x=\"%d\" y=\"%d\"%s>",
        x,
        y + 4,
        side < 0 ? " text-anchor=\"end\"" : "");
}

/** Writes the words beside the bar. */
static void write_label(
    FILE *file, const struct story *story, const struct plan *plan,
    const struct item *item)
{
    int column = story->thread[item->thread].column;
    int side = plan_side(story, column);
    int x = plan_x(plan, column)
            + side * (PLAN_BAR / 2 + 7 + PLAN_DEEP * (side > 0) * item->depth);
    struct label label;
    label_make(story, item, &label);
    open_text(file, x, plan_y(plan, item->row), side);
    bool bad = item->kind != ITEM_CALL && item->kind != ITEM_ROUTINE
               && item->kind != ITEM_EXIT;
    fprintf(
        file,
        "<tspan class=\"name%s\">%s</tspan>%s",
        bad ? " bad" : "",
        words_title(item),
        label.argument.length > 0 ? " " : "");
    write_xml(file, label.argument.at);
    if (!label.one_line) {
        fprintf(file, "</text>");
        open_text(file, x, plan_y(plan, label.row), side);
    }
    write_result(file, item, &label);
    fprintf(file, "</text>");
}

/** Draws a part of a bar. */
static void draw_box(FILE *file, const char *class, int x, int top, int end)
{
    fprintf(
        file,
        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
        "rx=\"2\"/>",
        class,
        x,
        top,
        PLAN_BAR,
        end - top);
}

/** Draws the bar, or the mark of what takes no time. */
static void draw_bar(
    FILE *file, const struct story *story, const struct plan *plan,
    const struct item *item)
{
    int x = plan_x(plan, story->thread[item->thread].column)
            + PLAN_DEEP * item->depth;
    int top = plan_y(plan, item->row);
    int end = plan_y(plan, item->end_row);
    if (item->kind == ITEM_CALL || item->kind == ITEM_ROUTINE) {
        /* What waited is dark; how that ended shows at the end. */
        bool both = item->blocked && !item->inside && item->ends_apart
                    && words_outcome(item) != OUTCOME_BLOCKED;
        draw_box(
            file,
            both ? "blocked" : svg_class(item),
            x - PLAN_BAR / 2,
            top - 7,
            end + 7);
        if (both)
            draw_box(file, svg_class(item), x - PLAN_BAR / 2, end - 7, end + 7);
    }
    if (item->kind == ITEM_EXIT)
        fprintf(
            file,
            "<path d=\"M%d %dh%d\" stroke=\"#44525f\" stroke-width=\"3\"/>",
            x - 8,
            top,
            16);
    if (item->kind != ITEM_CALL && item->kind != ITEM_ROUTINE
        && item->kind != ITEM_EXIT)
        fprintf(
            file,
            "<path d=\"M%d %dl10 10m0 -10l-10 10\" stroke=\"%s\" "
            "stroke-width=\"3\"/>",
            x - 5,
            top - 5,
            item->kind == ITEM_LOST ? "#6b6f75" : "#c8321f");
}

void svg_item(
    FILE *file, const struct story *story, const struct plan *plan, int index,
    enum svg_use use)
{
    const struct item *item = &story->item[index];
    int column = story->thread[item->thread].column;
    int x = plan_x(plan, column);
    int width = (int)plan_width("", 12) + plan->pitch - 30;
    fprintf(
        file,
        "<g class=\"item\" id=\"item-%d\" data-process=\"%d\"",
        story->rank[index],
        story->thread[item->thread].process);
    if (use == SVG_IN_PAGE) {
        fprintf(file, " role=\"button\" tabindex=\"-1\" aria-label=\"");
        write_details(file, story, item);
        fprintf(file, "\">");
    } else {
        fprintf(file, "><title>");
        write_details(file, story, item);
        fprintf(file, "</title>");
    }
    fprintf(
        file,
        "<rect class=\"area\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
        plan_side(story, column) < 0 ? x - width : x - 10,
        plan_y(plan, item->row) - PLAN_ROW / 2,
        width + 10,
        PLAN_ROW);
    draw_bar(file, story, plan, item);
    write_label(file, story, plan, item);
    fprintf(file, "</g>\n");
}

bool svg_operation_reaches(
    const struct story *story, const struct item *item, int *row)
{
    if (item->record == NULL || table_role(item->record->call) == ROLE_POST)
        return false;
    if (item->operation_end != NOTHING)
        *row = story->item[item->operation_end].end_row;
    else if (item->forgotten_to != NOTHING)
        *row = story->item[item->forgotten_to].row;
    else
        *row = story->thread[item->thread].last;
    if (story->thread[item->thread].first == NOTHING
        || (item->hidden && *row <= item->end_row))
        return false;
    return item->operation_end != NOTHING || item->forgotten;
}

/** How many calls are inside of others, at most, in a thread. */
static int deepest(const struct story *story, int thread)
{
    int depth = 0;
    for (int i = 0; i < story->items; i++)
        if (story->item[i].thread == thread && story->item[i].depth > depth)
            depth = story->item[i].depth;
    return depth;
}

void svg_operation(
    FILE *file, const struct story *story, const struct plan *plan, int index)
{
    const struct item *item = &story->item[index];
    int row, other_row;
    if (!svg_operation_reaches(story, item, &row))
        return;
    int place = 0;  // beside other operations that go on
    for (int i = 0; i < index; i++) {
        const struct item *other = &story->item[i];
        if (other->thread == item->thread
            && svg_operation_reaches(story, other, &other_row)
            && other_row > item->row)
            place++;
    }
    int column = story->thread[item->thread].column;
    int side = -plan_side(story, column);
    /* Bars inside of others reach out to the right. */
    int deep = side > 0 ? PLAN_DEEP * deepest(story, item->thread) : 0;
    int x = plan_x(plan, column)
            + side * (PLAN_BAR / 2 + 5 + deep + PLAN_OPERATION * place);
    int top = plan_y(plan, item->end_row);
    fprintf(
        file,
        "<rect class=\"%s\" data-process=\"%d\" x=\"%d\" y=\"%d\" "
        "width=\"4\" height=\"%d\" rx=\"2\"><title>%s %s</title></rect>\n",
        item->forgotten ? "forgotten" : "operation",
        story->thread[item->thread].process,
        x - 2,
        top - 4,
        plan_y(plan, row) - top + 8,
        words_title(item),
        item->forgotten ? "goes on: nobody asked for its end" : "goes on");
}
