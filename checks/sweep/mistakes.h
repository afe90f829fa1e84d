/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What was wrong in a run.
 */
#ifndef CHECKS_SWEEP_MISTAKES_H
#define CHECKS_SWEEP_MISTAKES_H

#include <stdbool.h>

#include "checks/sweep/faults.h"
#include "checks/sweep/running.h"

/** Tells whether every fault of the run has struck its call. */
bool all_have_struck(const struct run *run);

/** Room for what was wrong in one run. */
enum { WRONG_MAX = 4000 };

/**
 * Judges a run that is over, and not cleared yet.
 *
 * Whoever got a hard fault must say so on standard error, by the call's name
 * and the number, and end with a status other than 0. A program of those that
 * go on may say it on standard output and end with 0. Everybody must end, must
 * not crash, must say nothing that the record does not confirm, must not end
 * with a failure in silence, must not close what is not open, and may leave
 * handles open only when it gave up at a failed call.
 *
 * @param wrong  gets a sentence a line; empty when all was well
 */
void judge(const struct run *run, char wrong[WRONG_MAX]);

#endif
