/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Several graders that share the checks of a grade. Most of a check is
 * waiting, so there are more of them than processors.
 *
 * One only reports. It starts the others, which take the next check from a
 * common board, one after the other, and print what they have found; it passes
 * that on in the order of the checks.
 */
#ifndef CHECKS_SHARE_H
#define CHECKS_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>

/** How many checks a grade can have, and how many graders. */
enum { CHECKS_MAX = 100, GRADERS_MAX = 16 };

/** What came of a check. */
enum verdict { UNKNOWN, PASSED, FAILED, SKIPPED };

/** What the graders know in common: memory without a name, which only those
 * have who inherit its handle. */
struct board {
    volatile LONG next;                 /**< the check that nobody has taken */
    volatile LONG over;                 /**< the time is over */
    unsigned seed;                      /**< of the values of this grade */
    volatile LONG who[CHECKS_MAX];      /**< who has taken it, from 1; or 0 */
    volatile LONG verdicts[CHECKS_MAX]; /**< an enum verdict each */
    volatile LONG mistakes[CHECKS_MAX]; /**< struct diagnosis has them */
};

/**
 * Starts the other graders: this same program.
 * @param argv  the arguments of main: folder and lesson's folder
 * @param count how many, at most GRADERS_MAX
 * @param seed  for the board
 * @return the board; NULL if that failed: GetLastError() tells why
 */
struct board *start_graders(char *argv[], unsigned count, unsigned seed);

/**
 * The board, for one of the others.
 * @param handle its handle as the one that reports has written it down
 * @return NULL: it is none
 */
struct board *find_board(const char *handle);

/** Says, behind the report on a check, that it is whole. */
void end_block(size_t number);

/**
 * Waits until one of the others has reported on a check.
 * @param number    the check's, from 1
 * @param limit_ms  how long to wait, in milliseconds
 * @return the report, valid until the next call; NULL: one of them has ended
 *         before, or takes too long
 */
const char *report_on(struct board *board, size_t number, unsigned limit_ms);

/** What one of them has printed in the place of a report, if anything. */
const char *last_words(void);

#endif
