/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Takes the text of a call's arguments apart.
 *
 * The lens writes `file=0x44 data="hello" size=5`. Data are escaped as in C;
 * names of files and pipes are not. A text that did not fit ends anywhere.
 */
#ifndef VIEW_FIELDS_H
#define VIEW_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One argument. */
struct field {
    char letter;      ///< what it is, see calls.h
    const char *key;  ///< not ended by a zero
    size_t key_length;
    const char *value;  ///< the same; with its quotes
    size_t value_length;
};

/** The next argument of `*at`, which moves on; false when there is none. */
bool field_next(uint32_t call, const char **at, struct field *field);

/** The first argument with this letter. */
bool field_find(
    uint32_t call, const char *text, char letter, struct field *field);

/** The first argument with this name, as a number; 0 if there is none. */
uint32_t field_number(const char *text, const char *key);

/** The bytes that data in quotes stand for; returns how many. At most
 *  `value_length` are written. */
size_t field_bytes(const struct field *field, unsigned char *bytes);

/** Whether the closing quote of data or of a name is missing. */
bool field_is_cut(const struct field *field);

#endif
