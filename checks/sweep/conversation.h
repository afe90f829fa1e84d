/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What is swept: the conversation, and what its lesson says about it.
 */
#ifndef CHECKS_SWEEP_CONVERSATION_H
#define CHECKS_SWEEP_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>

/** How much there may be of each; more is refused. */
enum { PARTS_MAX = 16, NAME_MAX_BYTES = 40, OPTIONS_MAX = 64 };

/** One program of the conversation. */
struct part {
    char command_line[1024];
    char program[NAME_MAX_BYTES];   /**< its file's name without `.exe` */
    char label[NAME_MAX_BYTES + 8]; /**< `client`, or `client 2` of several */
    bool presses; /**< no program: Ctrl+C is pressed for `program` */
};

/** What the command line said. */
struct conversation {
    const char *text; /**< as the lesson has it: `server 1 | client hello` */
    struct part parts[PARTS_MAX];
    size_t count;
    bool has_presses;       /**< Ctrl+C is pressed in it */
    const char *folders[2]; /**< where the programs are; the second or NULL */
    const char *goes_on[OPTIONS_MAX]; /**< programs that report a failure and
                                           may all the same end with 0 */
    size_t goes_on_count;
    const char *silent[OPTIONS_MAX]; /**< `FILE:FUNCTION`: its failure is none
                                          of which anybody need be told */
    size_t silent_count;
    bool may_be_unreached; /**< calls that no run reaches are only told */
    const char *unreached[OPTIONS_MAX]; /**< `FILE:FUNCTION:N`: so many calls
                                             no failure leads to */
    size_t unreached_count;
    const char *unseen[OPTIONS_MAX]; /**< functions that are called, and that
                                          the lens does not see */
    size_t unseen_count;
    const char *only[OPTIONS_MAX]; /**< the faults to try, if not all */
    size_t only_count;
};

/**
 * Reads the command line. Whatever makes no sense ends the program with one
 * line and exit status 2.
 */
void conversation_read(
    struct conversation *conversation, int argc, char *argv[]);

/** Tells whether the program is one that reports a failure and goes on. */
bool conversation_goes_on(
    const struct conversation *conversation, const char *program);

/** Tells whether a failure of this function in this file need not be told. */
bool conversation_is_silent(
    const struct conversation *conversation, const char *file,
    const char *function);

/**
 * Ends the sweep with one line on stderr and exit status 2.
 * @param format as for printf, without the line's end
 */
_Noreturn void stop(const char *format, ...)
    __attribute__((format(gnu_printf, 1, 2)));

#endif
