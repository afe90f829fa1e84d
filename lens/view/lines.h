/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The line of the source at which each call stands.
 */
#ifndef VIEW_LINES_H
#define VIEW_LINES_H

#include "lens/view/story.h"

/**
 * @brief Finds the source line of each item.
 *
 * The build lists a program's lines beside it: NAME.exe, NAME.lines. A program
 * that is in no folder, or has no list, has no lines.
 *
 * @param story    after story_read()
 * @param folders  where the programs are, UTF-8; searched in this order
 * @param count    how many folders
 */
void lines_find(struct story *story, char *const *folders, int count);

#endif
