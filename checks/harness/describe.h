/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Ends a check, and says what its programs are doing.
 */
#ifndef CHECKS_DESCRIBE_H
#define CHECKS_DESCRIBE_H

#include "checks/harness/program.h"

/**
 * Ends the check: what it expects can't come any more. Says what every program
 * is doing.
 * @param seen what the check itself saw, or NULL
 */
_Noreturn void fail_scene(const char *expected, const char *seen);

/** Ends the check: it waited in vain, until its deadline or until nothing could
 * come any more. */
_Noreturn void fail_late(const char *expected);

/** Ends the check: says what this program is doing or how it ended. */
_Noreturn void fail_program(struct program *program, const char *expected);

#endif
