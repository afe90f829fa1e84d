/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Makes a record file and reads it while programs write into it.
 *
 * For a Windows program that starts others with LENS_RECORD set: the grader.
 * It needs record.h and calls.h, but not the lens itself.
 */
#ifndef LENS_READER_H
#define LENS_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>
#include "lens/record.h"

/** A record file, mapped. */
struct lens_view {
    HANDLE file;
    HANDLE mapping;
    struct lens_file *record;
};

/**
 * @brief Creates a record file, empty, and maps it.
 *
 * A file of that name is overwritten, unless a program still has it mapped
 * (ERROR_USER_MAPPED_FILE). Programs that are started with LENS_RECORD set to
 * the same path write into it.
 *
 * @param[out] view  to be closed with lens_view_close(); also after a failure
 *                   that call does no harm
 * @param path_utf8  where to make it, on a local disk
 * @return false on failure, and GetLastError() says why
 * @see "Creating a File Mapping Object" on Microsoft Learn
 */
bool lens_view_open(struct lens_view *view, const char *path_utf8);

/** Unmaps the record; the file is deleted, here or when the process ends. */
void lens_view_close(struct lens_view *view);

/** How many records were taken so far; it only grows. */
uint32_t lens_view_count(const struct lens_view *view);

/**
 * @brief One record.
 * @param view   an open view
 * @param index  below lens_view_count()
 * @return the record, never NULL. Look at `kind` first: while it is
 *         LENS_KIND_UNWRITTEN, a program is about to write the rest. While
 *         `t1` is 0, the program is inside the call: result, error, out and
 *         bytes are not there yet. It lives as long as the view.
 */
const struct lens_record *lens_view_at(
    const struct lens_view *view, uint32_t index);

/** Whether some call found no room: then what is missing proves nothing. */
bool lens_view_full(const struct lens_view *view);

/** How many records were asked for so far, those without room included. */
uint64_t lens_view_asked(const struct lens_view *view);

#endif
