/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the harness's own files share of a scene; checks use scene.h.
 */
#ifndef CHECKS_STAGE_H
#define CHECKS_STAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "checks/harness/program.h"
#include "lens/reader.h"

/** How long a program may take to end before it is described, and between two
 * looks of a check that waits, in ms. */
enum { LAST_WORDS_MS = 200, LOOK_AGAIN_MS = 15 };

/** The cause of what a program has done with memory that is not its own. */
#define WRONG_MEMORY                                                           \
    "memory is used that is not, or no longer, its own: count its bytes, and " \
    "ask who needs it how long"

/** The programs of the running check, in the order of their start, or NULL. */
struct program *scene_program(size_t index);

/** What the lens records of them. */
const struct lens_view *scene_view(void);

/** How long the check may take in all, in milliseconds. */
unsigned scene_limit_ms(void);

/** The job of the programs. */
HANDLE scene_job(void);

/** Tells whether the check has started programs, and all have ended. */
bool all_have_ended(void);

/** Tells whether a process runs that the check itself did not start. */
bool someone_is_left(void);

#endif
