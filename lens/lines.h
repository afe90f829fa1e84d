/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Which line of the source stands at an address of a program: from the
 * list that the build makes beside it, `server.lines`.
 */
#ifndef LENS_LINES_H
#define LENS_LINES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** A program's lines. */
struct lens_lines;

/**
 * Reads the lines of a program.
 * @param list    the list, `server.lines`, from its beginning
 * @param program the program itself, `server.exe`: where its image begins
 * @return NULL if memory is short; release it with lens_lines_free()
 */
struct lens_lines *lens_lines_read(FILE *list, FILE *program);

/**
 * The line at an address.
 * @param offset counted from the beginning of the image
 * @return `server.c:23`, or "" where no source is known
 */
const char *lens_lines_at(const struct lens_lines *lines, uint32_t offset);

void lens_lines_free(struct lens_lines *lines);

#endif
