/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The story as text, in lines of at most 100 columns.
 */
#ifndef VIEW_LISTING_H
#define VIEW_LISTING_H

#include <stdio.h>

#include "lens/view/story.h"

void listing_write(FILE *file, const struct story *story);

#endif
