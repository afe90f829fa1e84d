/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Whether anything can still come from the programs of a check.
 */
#ifndef CHECKS_STILL_H
#define CHECKS_STILL_H

/** What the programs do, as far as a deadline is concerned. */
enum stillness {
    MOVES,    /**< or may move: wait for it */
    STANDS,   /**< all stand in calls that nobody can end any more */
    COMPUTES, /**< one has computed for too long */
    CALLS,    /**< they have made too many calls */
    TOO_MANY, /**< they have started too many processes */
    TOO_LARGE /**< one has taken too much memory */
};

/** A check begins: nothing is known. */
void still_begin(void);

/**
 * The check has done something that may make a program move: what was seen
 * before counts no more.
 */
void still_stir(void);

/**
 * Looks what the programs of the scene do. They stand when for a while nothing
 * has changed, and the lens has seen each of their threads go into a call that
 * ends only when somebody else does something. Where it can't see that (a wait
 * with a time-out, a timer, a thread of a pool, another process), they may
 * move.
 */
enum stillness still_look(void);

/** The same in words, behind "nothing": why nothing can come. */
const char *still_words(enum stillness found);

#endif
