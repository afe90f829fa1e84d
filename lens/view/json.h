/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The story as a trace that Perfetto and Chrome's tracing page read.
 */
#ifndef VIEW_JSON_H
#define VIEW_JSON_H

#include <stdio.h>

#include "lens/view/story.h"

/** Writes it in the Trace Event Format, times in microseconds. In a stable
 *  story each row of the picture takes a millisecond. */
void json_write(FILE *file, const struct story *story);

#endif
