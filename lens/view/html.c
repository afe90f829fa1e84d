/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The story as a page.
 *
 * page.html is kept in the program as a resource. Each line of it that is
 * `@WORD@` alone is replaced.
 *
 * @see "Introduction to Resources" on Microsoft Learn
 */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "lens/view/file.h"
#include "lens/view/html.h"
#include "lens/view/svg.h"
#include "lens/view/words.h"

/** The template; its length is stored. */
static const char *page(size_t *length)
{
    HRSRC place = FindResourceW(NULL, L"PAGE", (LPCWSTR)RT_RCDATA);
    HGLOBAL resource = place != NULL ? LoadResource(NULL, place) : NULL;
    const char *text = resource != NULL ? LockResource(resource) : NULL;
    *length = text != NULL ? SizeofResource(NULL, place) : 0;
    return text;
}

/** Writes "key":"text", and a comma in front of all but the first. */
static void write_detail(
    FILE *file, const char *key, const char *text, const char *comma)
{
    fprintf(file, "%s\"%s\":", comma, key);
    write_json(file, text);
}

/** Writes the arguments as a list, one string each. */
static void write_arguments(
    FILE *file, const struct story *story, const struct item *item,
    const char *key, const char *fields)
{
    struct field field;
    const char *comma = "";
    fprintf(file, ",\"%s\":[", key);
    while (item->kind == ITEM_CALL
           && field_next(item->record->call, &fields, &field)) {
        struct text text = {0};
        words_field(story, item, &field, &text);
        fprintf(file, "%s", comma);
        write_json(file, text.at);
        comma = ",";
    }
    fprintf(file, "]");
}

/** Writes what the page shows of an item. */
static void write_item(
    FILE *file, const struct story *story, const struct item *item)
{
    struct text who = {0}, argument = {0}, result = {0}, notes = {0},
                took = {0};
    words_who(story, item->thread, &who);
    if (item->kind != ITEM_CALL)
        words_argument(story, item, &argument);
    words_result(story, item, &result);
    words_notes(story, item, &notes);
    words_duration(story, item, &took);
    write_detail(file, "who", who.at, "{");
    write_detail(file, "title", words_title(item), ",");
    write_detail(file, "about", argument.at, ",");
    write_detail(file, "result", result.at, ",");
    write_detail(file, "notes", notes.at, ",");
    write_detail(file, "took", took.at, ",");
    write_detail(file, "source", item->source, ",");
    if (!story->stable) {
        struct text at = {0};
        text_add(
            &at,
            "%.3f ms",
            story_us(story, story->start, item->from) / 1000);
        write_detail(file, "at", at.at, ",");
    }
    const struct lens_record *record = item->record;
    write_arguments(file, story, item, "in", record != NULL ? record->in : "");
    write_arguments(
        file,
        story,
        item,
        "out",
        record != NULL ? record->out : "");
    fprintf(
        file,
        ",\"row\":%d,\"column\":%d}",
        item->row,
        story->thread[item->thread].column);
}

/** Writes what the page's script needs: processes and items. */
static void write_story(FILE *file, const struct story *story)
{
    fprintf(file, "{\"processes\":[");
    for (int i = 0; i < story->processes; i++) {
        fprintf(file, i > 0 ? "," : "");
        write_json(file, story->process[i].label);
    }
    fprintf(file, "],\n\"items\":[\n");
    for (int i = 0; i < story->items; i++) {
        fprintf(file, i > 0 ? ",\n" : "");
        write_item(file, story, &story->item[story->by_row[i]]);
    }
    fprintf(file, "]}\n");
}

/** Writes what stands in the place of a word; false if it is none. */
static bool write_word(
    FILE *file, const char *word, size_t length, const struct story *story,
    const char *title)
{
    static const char *const words[] = {"@TITLE@", "@PICTURE@", "@STORY@"};
    size_t which = 0;
    while (which < 3
           && (strlen(words[which]) != length
               || memcmp(words[which], word, length) != 0))
        which++;
    if (which == 0)
        write_xml(file, title);
    else if (which == 1)
        svg_write(file, story, title, SVG_IN_PAGE);
    else if (which == 2)
        write_story(file, story);
    return which < 3;
}

void html_write(FILE *file, const struct story *story, const char *title)
{
    size_t length;
    const char *text = page(&length);
    const char *end = text + length;
    while (text < end) {
        const char *line = memchr(text, '\n', (size_t)(end - text));
        size_t size = (size_t)((line != NULL ? line : end) - text);
        if (!write_word(file, text, size, story, title))
            fwrite(text, 1, size, file);
        fputc('\n', file);
        text += size + 1;
    }
}
