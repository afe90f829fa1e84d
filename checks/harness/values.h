/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Values that are others in each grade, so that a program that was
 * written for one of them is found out.
 *
 * A seed decides: the same seed gives the same values. Seed 0 gives those that
 * the notes name; the proofs are made with it.
 */
#ifndef CHECKS_VALUES_H
#define CHECKS_VALUES_H

#include <windows.h>

/** Chooses the values of this grade. */
void choose_values(unsigned seed);

/**
 * The code of a failure that no lesson speaks of: 1450 with seed 0. In a fault
 * it is called `other`: `ReadFile:1:other`.
 */
DWORD other_error(void);

/** Its number and its name, for a diagnosis:
 * `1450, ERROR_NO_SYSTEM_RESOURCES`. */
const char *other_error_text(void);

/** A word of 3 to 9 letters: `hello` with seed 0. */
const char *other_word(void);

/** A number from @p least, which it is with seed 0, to @p most. */
unsigned other_number(unsigned least, unsigned most);

#endif
