/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Short texts that are put together, and their width on a line.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lens/view/text.h"

void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;
    size_t room = sizeof text->at - text->length;

    va_start(arguments, format);
    int length = vsnprintf(text->at + text->length, room, format, arguments);
    va_end(arguments);
    if (length > 0)
        text->length += (size_t)length < room ? (size_t)length : room - 1;
}

void text_add_part(struct text *text, const char *part, size_t length)
{
    size_t room = sizeof text->at - 1 - text->length;
    if (length > room)
        length = room;
    memcpy(text->at + text->length, part, length);
    text->length += length;
    text->at[text->length] = '\0';
}

void text_add_bytes(struct text *text, unsigned bytes)
{
    text_add(text, bytes == 1 ? "%u byte" : "%u bytes", bytes);
}

size_t text_character(const char *at)
{
    unsigned char first = (unsigned char)*at;
    size_t wanted = first >= 0xF0   ? 4
                    : first >= 0xE0 ? 3
                    : first >= 0xC2 ? 2
                                    : 1;
    size_t there = 1;
    while (there < wanted && ((unsigned char)at[there] & 0xC0) == 0x80)
        there++;
    return there == wanted ? wanted : 1;
}

/** Whether a character is as wide as two: Korean, Chinese, Japanese, emoji. */
static int columns_of(const char *at)
{
    size_t length = text_character(at);
    uint32_t first = (unsigned char)at[0];
    if (length == 4)
        return 2;
    if (length < 3)
        return 1;
    uint32_t code = (first & 15) << 12 | ((unsigned char)at[1] & 63u) << 6
                    | ((unsigned char)at[2] & 63u);
    return (code >= 0x1100 && code < 0x1160)
                   || (code >= 0x2E80 && code < 0xD7A4)
                   || (code >= 0xF900 && code < 0xFB00)
                   || (code >= 0xFE30 && code < 0xFE70)
                   || (code >= 0xFF00 && code < 0xFF61)
               ? 2
               : 1;
}

int text_columns(const char *at)
{
    int columns = 0;
    for (; *at != '\0'; at += text_character(at))
        columns += columns_of(at);
    return columns;
}

void text_cut(struct text *text, int columns)
{
    const char *at = text->at;
    int used = 0;
    if (text_columns(text->at) <= columns)
        return;
    while (used + columns_of(at) < columns) {
        used += columns_of(at);
        at += text_character(at);
    }
    text->length = (size_t)(at - text->at);
    text_add(text, "…");
}
