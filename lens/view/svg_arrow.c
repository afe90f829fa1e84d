/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The picture: arrows, and the legend.
 */
#include <stdlib.h>
#include <string.h>

#include "lens/view/file.h"
#include "lens/view/label.h"
#include "lens/view/svg.h"
#include "lens/view/table.h"
#include "lens/view/words.h"

/** An arrow within one column: a bow on the side without labels. */
static void draw_bow(
    FILE *file, const char *class, const char *head, int x, int side, int y0,
    int y1)
{
    int edge = x + side * (PLAN_BAR / 2 + 1);
    fprintf(
        file,
        "<path class=\"%s\" d=\"M%d %dC%d %d %d %d %d %d\" "
        "marker-end=\"url(#%s)\"/>",
        class,
        edge,
        y0,
        edge + side * 36,
        y0,
        edge + side * 36,
        y1,
        edge,
        y1,
        head);
}

/** Where an arrow's words stand: beside its beginning, or beside its end if
 *  the beginning has the item's own words on that side. */
struct spot {
    int item;
    bool end;  ///< in its last row
    int side;
};

static struct spot spot_of(const struct story *story, const struct arrow *arrow)
{
    int from = story->thread[story->item[arrow->from].thread].column;
    int to = story->thread[story->item[arrow->to].thread].column;
    int side = to > from ? 1 : -1;
    if (to == from)
        return (struct spot){arrow->from, false, -plan_side(story, from)};
    if (side == plan_side(story, from))
        return (struct spot){arrow->to, !arrow->to_start, -side};
    return (struct spot){arrow->from, false, side};
}

/** The row of a spot. */
static int spot_row(const struct story *story, struct spot spot)
{
    const struct item *item = &story->item[spot.item];
    return spot.end ? item->end_row : item->row;
}

/** The columns that earlier arrows' words take at the same spot. */
static int columns_taken(const struct story *story, const struct arrow *arrow)
{
    int columns = 0;
    struct spot spot = spot_of(story, arrow);
    int row = spot_row(story, spot);
    for (const struct arrow *one = story->arrow; one < arrow; one++) {
        struct spot other = spot_of(story, one);
        if (one->kind != ARROW_ORDER && one->text[0] != '\0'
            && other.side == spot.side && spot_row(story, other) == row)
            columns += text_columns(one->text) + 1;
    }
    return columns;
}

/** Whether the words at an arrow's end go below it: the arrow comes from above,
 *  and must not cross them. Not where the next row has words of its own. */
static bool goes_below(const struct story *story, const struct arrow *arrow)
{
    struct spot spot = spot_of(story, arrow);
    int row = spot_row(story, spot);
    int column = story->thread[story->item[spot.item].thread].column;
    if (spot.item != arrow->to || story->item[arrow->from].row >= row)
        return false;
    for (int i = 0; i < story->arrows; i++) {
        const struct arrow *one = &story->arrow[i];
        struct spot other = spot_of(story, one);
        if (one->kind != ARROW_ORDER && one->text[0] != '\0'
            && other.side == spot.side && spot_row(story, other) == row + 1
            && story->thread[story->item[other.item].thread].column == column)
            return false;
    }
    return true;
}

/** Writes what an arrow carries; `away` is how far from the column. */
static void write_note(
    FILE *file, const struct story *story, const struct plan *plan,
    const struct arrow *arrow, int away)
{
    struct text text = {0};
    struct spot spot = spot_of(story, arrow);
    const struct item *item = &story->item[spot.item];
    int taken = columns_taken(story, arrow);
    text_add(&text, "%s", arrow->text);
    if (text.length == 0 || taken + 4 > PLAN_NOTE)
        return;
    text_cut(&text, PLAN_NOTE - taken);
    away += PLAN_BAR / 2 + 16 + taken * 7;
    fprintf(
        file,
        "<text class=\"halo %s\" x=\"%d\" y=\"%d\"%s>",
        arrow->kind == ARROW_MESSAGE ? "message" : "reason",
        plan_x(plan, story->thread[item->thread].column) + spot.side * away,
        plan_y(plan, spot_row(story, spot))
            + (goes_below(story, arrow) ? 12 : -3),
        spot.side < 0 ? " text-anchor=\"end\"" : "");
    write_xml(file, text.at);
    fprintf(file, "</text>");
}

/** How far the operations of a thread reach at a row. */
static int operations_at(const struct story *story, int thread, int row)
{
    int count = 0, last;
    for (int i = 0; i < story->items; i++) {
        const struct item *item = &story->item[i];
        if (item->thread == thread && svg_operation_reaches(story, item, &last)
            && item->end_row <= row && last >= row)
            count++;
    }
    return count > 0 ? 3 + count * PLAN_OPERATION : 0;
}

/** How far an item reaches to one side: its bar, or its words there. */
static int reach_of(
    const struct story *story, const struct item *item, int side, bool last_row)
{
    int reach = PLAN_BAR / 2 + 1;
    if (plan_side(story, story->thread[item->thread].column) == side)
        reach += 10 + label_width(story, item, last_row);
    return reach;
}

void svg_arrow(
    FILE *file, const struct story *story, const struct plan *plan,
    const struct arrow *arrow)
{
    if (arrow->kind == ARROW_ORDER)
        return;
    const struct item *from = &story->item[arrow->from];
    const struct item *to = &story->item[arrow->to];
    int source = story->thread[from->thread].column;
    int target = story->thread[to->thread].column;
    int x0 = plan_x(plan, source), x1 = plan_x(plan, target);
    int y0 = plan_y(plan, from->row);
    int y1 = plan_y(plan, arrow->to_start ? to->row : to->end_row);
    bool message = arrow->kind == ARROW_MESSAGE;
    const char *class = message ? "arrow" : "faint";
    const char *head = message ? "head" : "faint-head";
    fprintf(
        file,
        "<g class=\"link\" data-process=\"%d %d\" data-from=\"%d\" "
        "data-to=\"%d\">",
        story->thread[from->thread].process,
        story->thread[to->thread].process,
        story->rank[arrow->from],
        story->rank[arrow->to]);
    if (source == target) {
        int side = -plan_side(story, source);
        draw_bow(file, class, head, x0, side, y0, y1);
        write_note(file, story, plan, arrow, 18);
    } else {
        int side = x1 > x0 ? 1 : -1;
        struct spot spot = spot_of(story, arrow);
        const struct item *item = &story->item[spot.item];
        int away = operations_at(
            story,
            item->thread,
            spot.end ? item->end_row : item->row);
        fprintf(
            file,
            "<line class=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" "
            "marker-end=\"url(#%s)\"/>",
            class,
            x0 + side * reach_of(story, from, side, false),
            y0,
            x1 - side * reach_of(story, to, -side, !arrow->to_start),
            y1,
            head);
        write_note(file, story, plan, arrow, away);
    }
    fprintf(file, "</g>\n");
}

/** One entry of the legend. */
struct entry {
    const char *class;
    const char *text;
    int width;  ///< of its sample
};

/** Whether an item is one of those that an entry explains. */
static bool is_explained(const struct item *item, const char *class)
{
    bool bar = item->kind == ITEM_CALL || item->kind == ITEM_ROUTINE;
    if (item->hidden)
        return false;
    if (strcmp(class, "forgotten") == 0)
        return item->forgotten;
    if (strcmp(class, "operation") == 0)
        return item->operation_end != NOTHING
               && table_role(item->record->call) != ROLE_POST;
    if (strcmp(class, "blocked") == 0 && item->blocked && !item->inside)
        return bar;
    return bar && strcmp(svg_class(item), class) == 0;
}

/** Whether the picture has what an entry explains. */
static bool is_needed(const struct story *story, const struct entry *entry)
{
    for (int i = 0; i < story->items; i++)
        if (is_explained(&story->item[i], entry->class))
            return true;
    return false;
}

int svg_legend(FILE *file, const struct story *story, const struct plan *plan)
{
    static const struct entry entries[] = {
        {"good", "a call that returns at once", 12},
        {"blocked", "a call that waits", 12},
        {"routine", "a completion routine", 12},
        {"told", "told by a code", 12},
        {"failed", "failed", 12},
        {"injected", "injected by the lens", 12},
        {"inside", "never returned", 12},
        {"operation", "an overlapped operation", 4},
        {"forgotten", "one whose end nobody asked for", 4},
    };
    int x = 14, y = plan->bottom + 14;
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        if (!is_needed(story, &entries[i]))
            continue;
        int width = 24 + (int)plan_width(entries[i].text, 11) + 16;
        if (x > 14 && x + width > plan->width) {
            x = 14;
            y += 18;
        }
        if (file != NULL)
            fprintf(
                file,
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" "
                "height=\"12\" rx=\"2\"/><text class=\"small\" x=\"%d\" "
                "y=\"%d\">%s</text>\n",
                entries[i].class,
                x,
                y - 9,
                entries[i].width,
                x + 18,
                y,
                entries[i].text);
        x += width;
    }
    return y + 12 - plan->bottom;
}
