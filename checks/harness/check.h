/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The frame of a grader: a list of checks, run one after another, each
 * reported as a line of TAP.
 *
 * A check is a block that simply comes to its end when all is well:
 *
 *     CHECK(echoes, .name = "The server sends back what it reads",
 *           .read = READ_IT, .needs = &says_ready)
 *     {
 *         tried("opened the pipe and sent \"hello\"");
 *         ...
 *     }
 *
 * Any step of it may end it by fail_check(); what it started is then ended by
 * the harness. A list says in which order the checks are made.
 *
 * @see https://testanything.org/tap-version-12-specification.html
 */
#ifndef CHECKS_CHECK_H
#define CHECKS_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "checks/harness/diagnosis.h"

/** How long a check may take in all, in milliseconds, if it does not say. */
enum { CHECK_MS = 5000 };

/** How long all checks of a grade may take together, in milliseconds: 60,000.
 */
extern unsigned grade_limit_ms;

/** Sections of the notes, for a check's `read`. */
#define READ_IT "Read it"
#define WRONG   "What goes wrong"

/** Begins a check: its name in the program, then fields of struct check. What
 * it does stands behind it, as the block of a function. */
#define CHECK(id, ...)                                                         \
    static void run_##id(void);                                                \
    static const struct check id = {.run = run_##id, __VA_ARGS__};             \
    static void run_##id(void)

/** One check of a lesson. */
struct check {
    const char *name;          /**< a sentence: what is right when it passes */
    void (*run)(void);         /**< does it: CHECK's block */
    int todo;                  /**< the TODO block that it is about, or 0 */
    const char *read;          /**< the section of the notes to read, or NULL */
    const struct check *needs; /**< without which this one says nothing, or
                                    NULL; in the list it stands before it */
    const char *program; /**< the program that it is about: left out where the
                              graded folder does not have it */
    unsigned limit_ms;   /**< its deadline in milliseconds; 0: CHECK_MS */
    bool slow;           /**< much of it is waiting: begun early where several
                              graders share the checks */
    bool needs_windows;  /**< Wine does not show it: skipped there */
};

/**
 * Runs the checks and prints TAP.
 * @param argc,argv main's: the folder that is graded and, where other programs
 *                  are needed, the lesson's; then how many graders share the
 *                  checks (share.h), and the seed of the values
 * @param lesson    the lesson's folder name, for instance `01-blocking-echo`
 * @param checks    what to run, in this order; NULL ends it
 * @return the exit status: 0 all passed, 1 some failed, 2 the check could not
 *         be made (wrong usage, trouble of the machine)
 */
int run_checks(
    int argc, char *argv[], const char *lesson,
    const struct check *const checks[]);

#endif
