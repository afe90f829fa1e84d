/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The picture: its frame, its lifelines, names and clock.
 */
#include <stdlib.h>
#include <string.h>

#include "lens/view/file.h"
#include "lens/view/svg.h"
#include "lens/view/words.h"

/* Colours that differ in brightness, too. White behind all: the picture is
 * readable on a dark page as well. */
static const char style[] =
    "text{font-family:DejaVu Sans Mono,Consolas,Menlo,monospace;"
    "font-size:12px;fill:#1b2733}"
    ".halo{paint-order:stroke;stroke:#fff;stroke-width:4px;"
    "stroke-linejoin:round}"
    ".name{font-weight:bold}"
    ".small{font-size:11px;fill:#5a6772}"
    ".result{fill:#44525f}"
    ".good{fill:#9ec5e8}.blocked{fill:#17456e}.told{fill:#f2b84b}"
    ".routine{fill:#8766b8;stroke:#fff}"
    ".failed{fill:#c8321f}.injected{fill:#b3199c}.inside{fill:#6b6f75}"
    ".operation{fill:#cfe0d4;stroke:#3b7d54}"
    ".forgotten{fill:#fff;stroke:#a32312;stroke-dasharray:3 2}"
    ".life{stroke:#9aa7b3;stroke-dasharray:3 4}"
    "text .bad{fill:#a32312}text .code{fill:#7d5400}"
    "text .odd{fill:#8f1180}"
    ".arrow{stroke:#1d6b3f;fill:none;stroke-width:1.4}"
    ".faint{stroke:#6f7d89;fill:none;stroke-dasharray:5 3}"
    ".message{font-size:11px;font-style:italic;fill:#145231}"
    ".reason{font-size:11px;fill:#5a6772}"
    ".area{fill:transparent}";

/** Writes the beginning: sizes, colours, arrowheads. */
static void write_start(
    FILE *file, const struct plan *plan, int height, const char *title,
    enum svg_use use)
{
    fprintf(
        file,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
        "viewBox=\"0 0 %d %d\" role=\"%s\" aria-label=\"",
        plan->width,
        height,
        plan->width,
        height,
        use == SVG_ALONE ? "img" : "group");
    write_xml(file, title);
    fprintf(file, "\">\n<style>%s</style>\n<defs>", style);
    const char *heads[2][2] = {{"head", "#1d6b3f"}, {"faint-head", "#6f7d89"}};
    for (int i = 0; i < 2; i++)
        fprintf(
            file,
            "<marker id=\"%s\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" "
            "markerWidth=\"8\" markerHeight=\"8\" "
            "markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
            "<path d=\"M0 0L8 4L0 8z\" fill=\"%s\"/></marker>",
            heads[i][0],
            heads[i][1]);
    fprintf(
        file,
        "</defs>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
        plan->width,
        height);
}

/** Where a thread's name begins. */
static int head_top(const struct plan *plan, const struct thread *thread)
{
    return thread->heads ? 14 : plan_y(plan, thread->first) - 56;
}

/** Draws a thread's lifeline. */
static void draw_life(
    FILE *file, const struct plan *plan, const struct thread *thread)
{
    int x = plan_x(plan, thread->column);
    fprintf(
        file,
        "<line class=\"life\" data-process=\"%d\" x1=\"%d\" y1=\"%d\" "
        "x2=\"%d\" y2=\"%d\"/>\n",
        thread->process,
        x,
        head_top(plan, thread),
        x,
        plan_y(plan, thread->last));
}

/** Draws a thread's name. */
static void draw_head(
    FILE *file, const struct story *story, const struct plan *plan, int index)
{
    const struct thread *thread = &story->thread[index];
    const struct process *process = &story->process[thread->process];
    int x = plan_x(plan, thread->column);
    int top = head_top(plan, thread);
    struct text who = {0}, ids = {0};
    words_who(story, index, &who);
    text_cut(&who, 24);
    if (!story->stable)
        text_add(&ids, "process %u, thread %u", process->pid, thread->tid);
    int width = (int)plan_width(who.at, 12) + 24;
    int other = (int)plan_width(ids.at, 11) + 16;
    if (width < other)
        width = other;
    fprintf(
        file,
        "<g data-process=\"%d\"><rect x=\"%d\" y=\"%d\" width=\"%d\" "
        "height=\"%d\" rx=\"5\" fill=\"#e8edf2\" stroke=\"#6f7d89\"/>"
        "<text class=\"name\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">",
        thread->process,
        x - width / 2,
        top,
        width,
        PLAN_HEAD,
        x,
        top + (ids.length > 0 ? 15 : 21));
    write_xml(file, who.at);
    fprintf(file, "</text>");
    if (ids.length > 0)
        fprintf(
            file,
            "<text class=\"small\" x=\"%d\" y=\"%d\" "
            "text-anchor=\"middle\">%s</text>",
            x,
            top + 28,
            ids.at);
    fprintf(file, "</g>\n");
}

/** Writes the clock at one row. */
static void write_time(
    FILE *file, const struct story *story, const struct plan *plan, int row,
    int64_t time)
{
    fprintf(
        file,
        "<text class=\"small\" x=\"80\" y=\"%d\" text-anchor=\"end\">%.3f "
        "ms</text>\n",
        plan_y(plan, row) + 4,
        story_us(story, story->start, time) / 1000);
}

/** Writes when each item began and ended. */
static void write_clock(
    FILE *file, const struct story *story, const struct plan *plan)
{
    for (int i = 0; i < story->items && !story->stable; i++) {
        const struct item *item = &story->item[story->by_row[i]];
        if (item->hidden)
            continue;
        write_time(file, story, plan, item->row, item->from);
        if (item->ends_apart && !item->inside)
            write_time(file, story, plan, item->end_row, item->to);
    }
}

/** Says what is missing. */
static void write_missing(
    FILE *file, const struct story *story, const struct plan *plan)
{
    unsigned lost = story->file->header.lost;
    int y = plan->bottom + 4;
    if (story->items == 0)
        fprintf(file, "<text x=\"12\" y=\"40\">Nothing was recorded.</text>\n");
    if (lost > 0)
        fprintf(
            file,
            "<text x=\"12\" y=\"%d\"><tspan class=\"bad\">The record is full: "
            "%u %s missing.</tspan></text>\n",
            y,
            lost,
            lost == 1 ? "call is" : "calls are");
}

void svg_write(
    FILE *file, const struct story *story, const char *title, enum svg_use use)
{
    struct plan plan = plan_make(story);
    int missing = story->file->header.lost > 0 ? 20 : 0;
    int height = plan.bottom + missing + svg_legend(NULL, story, &plan);
    write_start(file, &plan, height, title, use);
    for (int i = 0; i < story->threads; i++)
        if (story->thread[i].first != NOTHING)
            draw_life(file, &plan, &story->thread[i]);
    write_clock(file, story, &plan);
    for (int i = 0; i < story->items; i++)
        svg_operation(file, story, &plan, story->by_row[i]);
    for (int i = 0; i < story->arrows; i++)
        svg_arrow(file, story, &plan, &story->arrow[i]);
    for (int i = 0; i < story->threads; i++)
        if (story->thread[i].first != NOTHING)
            draw_head(file, story, &plan, i);
    for (int i = 0; i < story->items; i++)
        if (!story->item[story->by_row[i]].hidden)
            svg_item(file, story, &plan, story->by_row[i], use);
    write_missing(file, story, &plan);
    plan.bottom += missing;
    svg_legend(file, story, &plan);
    fprintf(file, "</svg>\n");
}
