/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Questions to the record of a program that looks again and again: how
 * often in vain, and whether it pauses between two looks.
 */
#ifndef CHECKS_LOOKS_H
#define CHECKS_LOOKS_H

#include <stdbool.h>

#include "checks/harness/program.h"

/** The longest pause that is allowed, in milliseconds. */
enum { LONGEST_MS = 100 };

/** How often the program has looked in vain, by one function. */
unsigned count_in_vain(const struct program *program, const char *name);

/**
 * Expects a pause between each two looks in vain, neither none nor long.
 * @return whether there are some that the lens has not seen
 */
bool expect_pauses(const struct program *program, const char *name);

#endif
