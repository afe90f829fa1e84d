/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Questions to the record of a program that is called back: whether it
 * waits so that its completion routines can run, and which of them ran.
 */
#ifndef CHECKS_ROUTINES_H
#define CHECKS_ROUTINES_H

#include <stdbool.h>
#include <stdint.h>

#include "checks/harness/program.h"
#include "lens/record.h"

/** After how many waits that let no routine run there is no hope. */
enum { DEAF_WAITS = 20 };

/** Whether a record is a call that has a routine. */
bool has_routine(const struct lens_record *record);

/** Tells whether the server waits, or has waited again and again, in such a
 * way that no routine can run; what ran before that does not count. */
bool is_deaf(const struct program *server);

/**
 * Tells whether the server waits where the lens does not see it, for instance
 * in MsgWaitForMultipleObjectsEx: it has never been in a wait that is seen, is
 * in no call now, and for a while nothing has changed.
 */
bool waits_unseen(const struct program *server);

/**
 * Waits until the server waits for what comes next, in a wait that began after
 * the last routine; one that only looks is none.
 */
void settle_routines(struct program *server);

/** Waits until the routine of the nth ReadFileEx has run. */
void wait_called_back(struct program *server, uint32_t nth);

/** How many routines of the server have begun; or, only those that have not
 * returned. */
unsigned count_routines(const struct program *server, bool inside);

/** How often the server has waited. */
unsigned count_waits(const struct program *server);

/** Expects that each operation that began has called its routine. */
void expect_all_called_back(struct program *server);

/** An operation that goes on and that nobody has cancelled, or NULL. */
const struct lens_record *find_uncancelled(const struct program *server);

#endif
