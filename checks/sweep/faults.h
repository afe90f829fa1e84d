/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Which faults are tried: the list of runs.
 */
#ifndef CHECKS_SWEEP_FAULTS_H
#define CHECKS_SWEEP_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>

#include "checks/sweep/conversation.h"

/** Limits: faults in one run; calls from one site in the run without a fault,
 * beyond which the rest is left out; new sites followed of one run. */
enum { FAULTS_MAX = 2, CALLS_MAX = 16, NEWS_MAX = 8 };

/** A call of a run: which process makes it, and which of its calls it is. */
struct call {
    size_t part;                  /**< whose process it is, or whose child */
    char program[NAME_MAX_BYTES]; /**< the program that makes the call */
    uint32_t call;                /**< which function of the lens's table */
    uint32_t nth;                 /**< of this process's calls of it */
    int site;                     /**< where in the source */
};

/** A call that is made to fail. */
struct fault {
    struct call call;
    DWORD error;
    bool hard; /**< an error for which nobody can be ready */
};

/** One run, and what came out of it. */
struct job {
    struct fault faults[FAULTS_MAX];
    size_t count;
    struct call news[NEWS_MAX]; /**< calls from sites not seen before */
    size_t news_count;
    char *wrong; /**< what was wrong, one sentence a line; NULL: nothing */
    bool ended[PARTS_MAX];     /**< which programs have ended by themselves */
    DWORD statuses[PARTS_MAX]; /**< and how */
    bool missed;  /**< a fault found its call not made, in every try */
    bool rescued; /**< somebody needed another partner, and got one */
};

/** All runs. */
struct plan {
    struct job *jobs;
    size_t count;
    size_t left_out; /**< calls that CALLS_MAX left out */
};

/** Adds a run for each error of a call; @p before: the fault before, or NULL.
 */
void plan_call(
    struct plan *plan, const struct call *call, const struct fault *before);

/**
 * Adds a run for faults that somebody wrote down: `server/ReadFile:2:109`, two
 * parted by a comma. Ends the sweep where they make no sense.
 */
void plan_text(
    struct plan *plan, const struct conversation *conversation,
    const char *text);

/**
 * Writes faults as LENS_FAULT has them.
 * @param part  only the faults of this part; PARTS_MAX: of all
 * @return @p text, empty when there are none
 */
const char *plan_write(
    const struct job *job, size_t part, char *text, size_t size);

/** Releases the plan. */
void plan_free(struct plan *plan);

#endif
