/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Files by names in UTF-8, and text that a format would misunderstand.
 */
#ifndef VIEW_FILE_H
#define VIEW_FILE_H

#include <stdbool.h>
#include <stdio.h>
#include <wchar.h>

/** fopen, with a name in UTF-8. */
FILE *file_open(const char *path_utf8, const wchar_t *mode);

/** Writes text into XML or HTML. What is no UTF-8 or no text becomes `?`. */
void write_xml(FILE *file, const char *text);

/** Writes text as a string of JSON, in quotes. It may stand in a `<script>`
 *  of a page, too. */
void write_json(FILE *file, const char *text);

#endif
