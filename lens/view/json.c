/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The story as a trace that Perfetto and Chrome's tracing page read.
 */
#include "lens/view/json.h"
#include "lens/view/file.h"
#include "lens/view/table.h"
#include "lens/view/words.h"

/** When an item begins or ends, in microseconds. */
static double time_of(
    const struct story *story, const struct item *item, bool end)
{
    if (!story->stable)
        return story_us(story, story->start, end ? item->to : item->from);
    return end ? item->end_row * 1000.0 + 900 : item->row * 1000.0;
}

/** Writes where an event belongs: "pid":1,"tid":2. */
static void write_place(FILE *file, const struct story *story, int thread)
{
    const struct thread *its = &story->thread[thread];
    fprintf(
        file,
        "\"pid\":%u,\"tid\":%u",
        story->stable ? (unsigned)its->process + 1
                      : story->process[its->process].pid,
        story->stable ? (unsigned)thread + 1 : its->tid);
}

/** Writes the beginning of an event. */
static void write_event(
    FILE *file, const struct story *story, const struct item *item,
    const char *phase, double time)
{
    fprintf(file, ",\n{\"ph\":\"%s\",", phase);
    write_place(file, story, item->thread);
    fprintf(file, ",\"ts\":%.3f", time);
}

/** Writes a name of a process or a thread. */
static void write_name(
    FILE *file, const struct story *story, int thread, const char *what,
    const char *name)
{
    fprintf(file, ",\n{\"ph\":\"M\",\"name\":\"%s\",", what);
    write_place(file, story, thread);
    fprintf(file, ",\"args\":{\"name\":");
    write_json(file, name);
    fprintf(file, "}}");
}

/** Writes the names of all processes and threads. */
static void write_names(FILE *file, const struct story *story)
{
    for (int i = 0; i < story->threads; i++) {
        const struct thread *thread = &story->thread[i];
        struct text name = {0};
        text_add(&name, "thread %d", thread->number);
        if (thread->number == 1)
            write_name(
                file,
                story,
                i,
                "process_name",
                story->process[thread->process].label);
        write_name(file, story, i, "thread_name", name.at);
    }
}

/** Writes one detail: "key":"text". */
static void write_detail(FILE *file, const char *key, const char *text)
{
    if (text[0] == '\0')
        return;
    fprintf(file, ",\"%s\":", key);
    write_json(file, text);
}

/** Writes what is known of an item. */
static void write_details(
    FILE *file, const struct story *story, const struct item *item)
{
    struct text arguments = {0}, out = {0}, result = {0}, notes = {0};
    if (item->kind == ITEM_CALL) {
        words_fields(story, item, item->record->in, &arguments);
        words_fields(story, item, item->record->out, &out);
    } else {
        words_argument(story, item, &arguments);
    }
    words_result(story, item, &result);
    words_notes(story, item, &notes);
    fprintf(
        file,
        ",\"args\":{\"number\":%u",
        item->record != NULL ? item->record->nth : 0);
    write_detail(file, "arguments", arguments.at);
    write_detail(file, "came back", out.at);
    write_detail(file, "result", result.at);
    write_detail(file, "notes", notes.at);
    write_detail(file, "source", item->source);
    fprintf(file, "}}");
}

/** Writes an item: a slice, or a mark of what takes no time. */
static void write_item(
    FILE *file, const struct story *story, const struct item *item)
{
    bool slice = item->kind == ITEM_CALL || item->kind == ITEM_ROUTINE;
    double from = time_of(story, item, false);
    write_event(
        file,
        story,
        item,
        !slice         ? "i"
        : item->inside ? "B"
                       : "X",
        from);
    if (!slice)
        fprintf(file, ",\"s\":\"t\"");
    else if (!item->inside)
        fprintf(file, ",\"dur\":%.3f", time_of(story, item, true) - from);
    write_detail(file, "name", words_title(item));
    write_details(file, story, item);
}

/** Writes an overlapped operation, from its start to its end. */
static void write_operation(FILE *file, const struct story *story, int index)
{
    const struct item *item = &story->item[index];
    if (item->operation_end == NOTHING
        || table_role(item->record->call) == ROLE_POST)
        return;
    const struct item *end = &story->item[item->operation_end];
    for (int i = 0; i < 2; i++) {
        write_event(
            file,
            story,
            item,
            i == 0 ? "b" : "e",
            i == 0 ? time_of(story, item, false) : time_of(story, end, true));
        fprintf(file, ",\"cat\":\"overlapped\",\"id\":%d", story->rank[index]);
        write_detail(file, "name", words_title(item));
        fprintf(file, "}");
    }
}

/** Writes an arrow: both of its ends lie inside of slices. */
static void write_arrow(
    FILE *file, const struct story *story, const struct arrow *arrow, int id)
{
    const struct item *from = &story->item[arrow->from];
    const struct item *to = &story->item[arrow->to];
    if (arrow->kind == ARROW_ORDER || from->record == NULL)
        return;
    double end = time_of(story, to, !arrow->to_start) - 0.001;
    double begin = time_of(story, to, false);
    write_event(file, story, from, "s", time_of(story, from, false));
    fprintf(file, ",\"cat\":\"cause\",\"id\":%d", id);
    write_detail(file, "name", arrow->text[0] != '\0' ? arrow->text : "signal");
    fprintf(file, "}");
    write_event(file, story, to, "f", end > begin ? end : begin);
    fprintf(file, ",\"bp\":\"e\",\"cat\":\"cause\",\"id\":%d", id);
    write_detail(file, "name", arrow->text[0] != '\0' ? arrow->text : "signal");
    fprintf(file, "}");
}

void json_write(FILE *file, const struct story *story)
{
    fprintf(
        file,
        "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"calls missing\":%u},"
        "\"traceEvents\":[\n"
        "{\"ph\":\"M\",\"name\":\"trace\",\"pid\":0,\"args\":{}}",
        story->file->header.lost);
    write_names(file, story);
    for (int i = 0; i < story->items; i++)
        write_item(file, story, &story->item[story->by_row[i]]);
    for (int i = 0; i < story->items; i++)
        write_operation(file, story, story->by_row[i]);
    for (int i = 0; i < story->arrows; i++)
        write_arrow(file, story, &story->arrow[i], i);
    fprintf(file, "\n]}\n");
}
