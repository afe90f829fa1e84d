/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The story as a page: the picture, with zoom, details and a filter.
 */
#ifndef VIEW_HTML_H
#define VIEW_HTML_H

#include <stdio.h>

#include "lens/view/story.h"

/** Writes one file that needs no other. */
void html_write(FILE *file, const struct story *story, const char *title);

#endif
