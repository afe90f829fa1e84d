/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What a check says of itself, and how it ends: the ground on which the
 * rest of the harness stands.
 */
#ifndef CHECKS_DIAGNOSIS_H
#define CHECKS_DIAGNOSIS_H

#include <stdbool.h>

/** What a check that failed is reported with. */
struct diagnosis {
    char tried[400];    /**< what it did */
    char likely[600];   /**< the cause, or nothing */
    char expected[400]; /**< what should have been */
    char seen[1200];    /**< what was */
    long mistake;       /**< which one, where many checks show it; or 0 */
};

/** Says what the check does: shown when it fails. */
void tried(const char *format, ...) __attribute__((format(gnu_printf, 1, 2)));

/** Says what most likely is wrong if one of the next steps fails. */
void likely(const char *format, ...) __attribute__((format(gnu_printf, 1, 2)));

/** Adds what may be wrong besides, or in its place: both are told. */
void also_likely(const char *format, ...)
    __attribute__((format(gnu_printf, 1, 2)));

/** Takes back what likely() said: of the next steps, what was expected and what
 * was seen have to say it all. */
void no_cause(void);

/**
 * Ends the running check as failed.
 * @param expected what should have been
 * @param format   what was seen, as for printf; lines are parted by `\n`
 */
_Noreturn void fail_check(const char *expected, const char *format, ...)
    __attribute__((format(gnu_printf, 2, 3)));

/**
 * Ends everything: the machine, not the learner's program, is in the way.
 * @param call the Windows call that failed, for the message with its code
 * @param what what it was needed for
 */
_Noreturn void environment_trouble(const char *call, const char *what);

/**
 * Says that the failure which comes now is a mistake that does not belong to
 * this check: whatever else uses the same place shows it, too. Only the first
 * check that does is reported.
 * @param program whose it is
 * @param kind    what has gone wrong
 * @param place   where: the address of the call
 */
void whole_kind(const char *program, const char *kind, unsigned long place);

/**
 * Runs a check. Its diagnosis is empty at first.
 * @return whether it came to its end: not by fail_check()
 */
bool attempt(void (*run)(void));

/** The diagnosis of the check that was run last. */
const struct diagnosis *diagnosis(void);

/** Names a function that environment_trouble() calls before it ends all. */
void tidy_up_by(void (*function)(void));

#endif
