/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The story as text.
 */
#include <string.h>

#include "lens/view/file.h"
#include "lens/view/listing.h"
#include "lens/view/words.h"

enum { COLUMNS = 100, WHO_MAX = 22, INDENT = 4 };

/** Writes blanks. */
static void pad(FILE *file, int columns)
{
    fprintf(file, "%*s", columns > 0 ? columns : 0, "");
}

/** Writes text, with a `?` for each byte that is none. */
static void write_plain(FILE *file, const char *text)
{
    for (; *text != '\0'; text += text_character(text)) {
        size_t length = text_character(text);
        unsigned char first = (unsigned char)*text;
        if (first < ' ' || first == 0x7F || (first >= 0x80 && length == 1))
            fputc('?', file);
        else
            fwrite(text, 1, length, file);
    }
}

/** How wide the names of threads are. */
static int who_columns(const struct story *story)
{
    int most = 0;
    for (int i = 0; i < story->threads; i++) {
        struct text who = {0};
        words_who(story, i, &who);
        int columns = text_columns(who.at);
        if (columns > most)
            most = columns;
    }
    return most < WHO_MAX ? most : WHO_MAX;
}

/** Writes text in lines that begin at a column, broken at blanks where they
 *  have some. */
static void write_wrapped(FILE *file, const char *text, int column)
{
    while (*text != '\0') {
        const char *end = text, *blank = NULL;
        int used = column;
        while (*end != '\0' && *end != '\n') {
            struct text one = {0};
            text_add_part(&one, end, text_character(end));
            used += text_columns(one.at);
            if (used > COLUMNS)
                break;
            if (*end == ' ')
                blank = end;
            end += text_character(end);
        }
        if (*end != '\0' && *end != '\n' && blank != NULL && blank > text)
            end = blank;
        struct text line = {0};
        text_add_part(&line, text, (size_t)(end - text));
        pad(file, column);
        write_plain(file, line.at);
        fputc('\n', file);
        text = end;
        while (*text == ' ' || *text == '\n')
            text++;
    }
}

/** Writes when, how long, who: the first columns. */
static int write_first(
    FILE *file, const struct story *story, const struct item *item, int who)
{
    int used = 0;
    if (!story->stable) {
        struct text took = {0};
        words_duration(story, item, &took);
        fprintf(
            file,
            "%10.3f  ",
            story_us(story, story->start, item->from) / 1000);
        pad(file, 7 - text_columns(took.at));
        fprintf(file, "%s  ", took.at);
        used = 21;
    }
    struct text name = {0};
    words_who(story, item->thread, &name);
    text_cut(&name, who);
    write_plain(file, name.at);
    pad(file, who + 2 - text_columns(name.at));
    return used + who + 2;
}

/** Writes to whom an item's messages went. */
static void write_messages(
    FILE *file, const struct story *story, int index, int column)
{
    for (int i = 0; i < story->arrows; i++) {
        const struct arrow *arrow = &story->arrow[i];
        if (arrow->from != index || arrow->kind != ARROW_MESSAGE)
            continue;
        struct text text = {0};
        text_add(&text, "%s to ", arrow->text);
        words_who(story, story->item[arrow->to].thread, &text);
        write_wrapped(file, text.at, column);
    }
}

/** Writes an item. */
static void write_item(
    FILE *file, const struct story *story, int index, int who)
{
    const struct item *item = &story->item[index];
    int column = write_first(file, story, item, who);
    struct text line = {0}, result = {0}, notes = {0};
    text_add(&line, "%*s%s", 2 * item->depth, "", words_title(item));
    if (item->kind != ITEM_CALL) {
        struct text argument = {0};
        words_argument(story, item, &argument);
        text_add(&line, argument.length > 0 ? " %s" : "", argument.at);
    }
    words_result(story, item, &result);
    words_notes(story, item, &notes);
    if (result.length > 0)
        text_add(&line, " → %s", result.at);
    if (notes.length > 0)
        text_add(&line, " (%s)", notes.at);
    bool placed = (item->kind != ITEM_CALL && item->kind != ITEM_ROUTINE)
                  || item->source[0] == '\0';
    text_cut(
        &line,
        COLUMNS - column - (placed ? 0 : text_columns(item->source) + 2));
    write_plain(file, line.at);
    if (!placed) {
        pad(file,
            COLUMNS - column - text_columns(line.at)
                - text_columns(item->source));
        write_plain(file, item->source);
    }
    fputc('\n', file);

    struct text arguments = {0};
    if (item->kind == ITEM_CALL)
        words_fields(story, item, item->record->in, &arguments);
    write_wrapped(file, arguments.at, column + INDENT);
    write_messages(file, story, index, column + INDENT);
}

void listing_write(FILE *file, const struct story *story)
{
    int who = who_columns(story);
    if (!story->stable)
        fprintf(
            file,
            "%10s  %7s  %-*s%s\n",
            "ms",
            "took",
            who + 2,
            "who",
            "call, result, place in the source; arguments");
    for (int i = 0; i < story->items; i++)
        write_item(file, story, story->by_row[i], who);
    if (story->items == 0)
        fprintf(file, "Nothing was recorded.\n");
    if (story->file->header.lost > 0)
        fprintf(
            file,
            "The record is full: %u %s missing.\n",
            story->file->header.lost,
            story->file->header.lost == 1 ? "call is" : "calls are");
}
