/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Whether anything can still happen in a run: told from the record.
 */
#ifndef CHECKS_SWEEP_HOPE_H
#define CHECKS_SWEEP_HOPE_H

#include <stdbool.h>

#include "checks/sweep/running.h"

/** A number that changes whenever anything happens that can be seen. */
unsigned long long activity(const struct run *run);

/** Tells whether everybody who still runs is inside a call that waits for as
 * long as it takes. */
bool all_wait(const struct run *run);

/**
 * Tells whether everybody waits in vain: all have been started, nobody has
 * ended, each has one thread, which reads, and all that was written has been
 * read. It can be true for a moment, when a read is about to fail.
 */
bool all_read_in_vain(const struct run *run);

#endif
