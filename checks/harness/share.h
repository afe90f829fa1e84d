/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Two graders that share the checks of a grade, so that two processors
 * have something to do: every second check is the other one's.
 */
#ifndef CHECKS_SHARE_H
#define CHECKS_SHARE_H

#include <stdbool.h>
#include <stddef.h>

/** What a grader's third argument says of its part of the work. */
enum share { ALL_CHECKS, FIRST_OF_TWO, SECOND_OF_TWO };

/**
 * Starts the other grader: this same program.
 * @param argv the arguments of main: folder and lesson's folder
 * @return false if that failed; GetLastError() tells why
 */
bool start_other(char *argv[]);

/** Says, behind the report on a check, that it is whole. */
void end_block(size_t number);

/**
 * Waits until the other grader has reported on a check.
 * @param number    the check's, from 1
 * @param limit_ms  how long to wait, in milliseconds
 * @return the report, valid until the next call; NULL: it has ended before, or
 *         takes too long
 */
const char *report_of_other(size_t number, unsigned limit_ms);

/** What it has printed in the place of a report, if anything. */
const char *last_words_of_other(void);

#endif
