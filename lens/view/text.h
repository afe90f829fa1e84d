/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Short texts that are put together, and their width on a line.
 */
#ifndef VIEW_TEXT_H
#define VIEW_TEXT_H

#include <stddef.h>

/** A text under construction; what does not fit is left out. */
struct text {
    size_t length;
    char at[1000];  ///< UTF-8, ends with 0
};

/** Adds to the end, in the form of printf. */
void text_add(struct text *text, const char *format, ...)
    __attribute__((format(gnu_printf, 2, 3)));

/** Adds @p length bytes. */
void text_add_part(struct text *text, const char *part, size_t length);

/** Adds a number of bytes: "1 byte", "5 bytes". */
void text_add_bytes(struct text *text, unsigned bytes);

/** How many bytes the UTF-8 character takes that begins here, at least 1. */
size_t text_character(const char *at);

/** How many columns of a fixed-width font a text takes; Korean letters take
 *  two. */
int text_columns(const char *at);

/** Cuts a text to @p columns columns, and ends it with an ellipsis if it was
 *  longer. */
void text_cut(struct text *text, int columns);

#endif
