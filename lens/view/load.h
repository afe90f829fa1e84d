/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Reads a record file.
 */
#ifndef VIEW_LOAD_H
#define VIEW_LOAD_H

#include "lens/record.h"

/**
 * @brief Reads a whole record, and checks that it is one.
 *
 * Texts in it end with a zero afterwards, whatever the file holds.
 *
 * @param path  UTF-8
 * @return the record, in memory of its own that stays until the end; if it
 *         can't be read, the program ends with one line and exit status 2.
 */
const struct lens_file *load_record(const char *path);

#endif
