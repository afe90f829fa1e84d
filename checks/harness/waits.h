/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Questions to the record: what a program has done, and whether it waits
 * now.
 */
#ifndef CHECKS_WAITS_H
#define CHECKS_WAITS_H

#include <stdbool.h>
#include <stdint.h>

#include "checks/harness/program.h"
#include "lens/record.h"

/**
 * The next record of a program, of any kind: for loops over all that it did, in
 * the order in which it did it.
 * @param cursor where to go on, 0 at first; set behind the record
 * @return the record, or NULL when there is no more, so far
 */
const struct lens_record *next_record(
    const struct program *program, uint32_t *cursor);

/** Whether a record is a call of this name. */
bool is_call(const struct lens_record *record, const char *name);

/** Whether a record is a wait for objects: WaitForSingleObject and so on. */
bool is_wait(const struct lens_record *record);

/** Whether a record is a Sleep or SleepEx. */
bool is_sleep(const struct lens_record *record);

/** Whether a record is one of both: a call that takes time until something
 * happens. */
bool takes_time(const struct lens_record *record);

/** As next_call(), for waits for objects, of whatever name. */
const struct lens_record *next_wait(
    const struct program *program, uint32_t *cursor);

/** The last call of a function so far, or NULL. */
const struct lens_record *last_call(
    const struct program *program, const char *call);

/** Whether a program has not returned from its last call of a function. */
bool is_inside(const struct program *program, const char *call);

/** How long a wait or a sleep lasts at most, in milliseconds: INFINITE where
 * it does not say. */
unsigned long long wait_time(const struct lens_record *wait);

/** Whether a call has begun an operation of which the program has not been told
 * the end. */
bool is_pending(const struct lens_record *call);

/** Whether to wait goes on to make sense: the program runs, and the check may
 * take more time. */
bool may_come(const struct program *program);

/** One round of a wait for something that a program is to do: ends the check
 * when the program has ended, or the check's time is over. */
void wait_a_round(struct program *program, const char *expected);

#endif
