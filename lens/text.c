/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Writes text into a fixed room; what does not fit is left out.
 *
 * Why not snprintf: it is slower, and needs more stack than a thread whose
 * stack has overflowed has left. The room holds zeros beforehand, or the text
 * is used by its length.
 */
#include "lens/lens.h"
#include <string.h>

/** Writes all of it or nothing; after a miss, nothing more is written. */
void lens_put_part(struct lens_text *text, const char *string, size_t length)
{
    char *at = text->at;

    if (length > (size_t)(text->end - at)) {
        text->end = at;
        return;
    }
    /* Mostly a few bytes: a call of memcpy would take longer. */
    for (size_t i = 0; i < length; i++)
        at[i] = string[i];
    text->at = at + length;
}

void lens_put(struct lens_text *text, const char *string)
{
    while (*string != '\0' && text->at < text->end)
        *text->at++ = *string++;
}

void lens_put_number(struct lens_text *text, uint64_t number)
{
    char digits[20];
    char *first = digits + sizeof digits;

    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    lens_put_part(text, first, (size_t)(digits + sizeof digits - first));
}

void lens_put_hex(struct lens_text *text, uint64_t number)
{
    char digits[18];
    char *first = digits + sizeof digits;

    do {
        *--first = "0123456789abcdef"[number & 15];
        number >>= 4;
    } while (number != 0);
    *--first = 'x';
    *--first = '0';
    lens_put_part(text, first, (size_t)(digits + sizeof digits - first));
}

/** One byte that is no text: \x and two digits. */
static void put_escaped(struct lens_text *text, unsigned char byte)
{
    const char *digits = "0123456789abcdef";
    const char escape[4] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};

    lens_put_part(text, escape, sizeof escape);
}

/** Converts one character at a time, so no long name needs a long room. */
void lens_put_wide(struct lens_text *text, const WCHAR *string)
{
    while (*string != L'\0') {
        char utf8[4];
        int units =
            IS_HIGH_SURROGATE(string[0]) && IS_LOW_SURROGATE(string[1]) ? 2 : 1;
        int bytes = WideCharToMultiByte(
            CP_UTF8,
            0,
            string,
            units,
            utf8,
            sizeof utf8,
            NULL,
            NULL);

        if (*string < L' ')
            put_escaped(text, (unsigned char)*string);
        else
            lens_put_part(text, utf8, bytes > 0 ? (size_t)bytes : 0);
        if (text->at == text->end)
            return;
        string += units;
    }
}

/** How long the UTF-8 character is that begins here; 0 if none does. */
static size_t utf8_length(const unsigned char *byte, size_t count)
{
    if (*byte < 0x80)
        return 1;

    size_t length = *byte >= 0xC2 && *byte < 0xE0   ? 2
                    : *byte >= 0xE0 && *byte < 0xF0 ? 3
                    : *byte >= 0xF0 && *byte < 0xF5 ? 4
                                                    : 0;

    if (length > count
        || (length != 0
            && MultiByteToWideChar(
                   CP_UTF8,
                   MB_ERR_INVALID_CHARS,
                   (const char *)byte,
                   (int)length,
                   NULL,
                   0)
                   == 0))
        return 0;
    return length;
}

/** How many bytes from here on are plain text. */
static size_t plain_length(const unsigned char *byte, size_t count)
{
    size_t length = 0;

    while (length < count && byte[length] >= ' ' && byte[length] < 0x7F
           && byte[length] != '"' && byte[length] != '\\')
        length++;
    return length;
}

/** Writes the first character; returns how many bytes it has. */
static size_t put_character(
    struct lens_text *text, const unsigned char *byte, size_t count)
{
    size_t length = utf8_length(byte, count);

    if (*byte == '"' || *byte == '\\')
        lens_put_part(text, "\\", 1);
    if (length == 0 || *byte < ' ' || *byte == 0x7F) {
        put_escaped(text, *byte);
        return 1;
    }
    lens_put_part(text, (const char *)byte, length);
    return length;
}

/** Data in quotes: text as it is, every other byte as \x and two digits. */
void lens_put_bytes(struct lens_text *text, const void *bytes, size_t count)
{
    const unsigned char *byte = bytes;

    lens_put_part(text, "\"", 1);
    while (count > 0 && text->at < text->end) {
        size_t room = (size_t)(text->end - text->at);
        size_t length = plain_length(byte, count < room ? count : room);

        if (length > 0)
            lens_put_part(text, (const char *)byte, length);
        else
            length = put_character(text, byte, count);
        byte += length;
        count -= length;
    }
    lens_put_part(text, "\"", 1);
}
