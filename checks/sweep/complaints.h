/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What programs say of failed calls, compared with the record.
 */
#ifndef CHECKS_SWEEP_COMPLAINTS_H
#define CHECKS_SWEEP_COMPLAINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "checks/sweep/running.h"

/**
 * Tells whether a line of the output names the call that was made to fail and
 * the number, in whatever words.
 */
bool report_names(
    struct output *output, const struct run *run, const struct fault *fault);

/**
 * Looks for a line `Call: ... error N` on standard error, of a call of the
 * lens's table, that is not true: that call has not failed so in this process.
 * @param line  gets the first such line
 */
bool report_is_untrue(
    struct program *program, const struct run *run, char *line, size_t size);

/** Copies the first line of what the program said on standard error; returns
 * @p line. */
const char *report_first(struct program *program, char *line, size_t size);

#endif
