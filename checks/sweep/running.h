/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A run of the conversation: who takes part, and how far it has come.
 */
#ifndef CHECKS_SWEEP_RUNNING_H
#define CHECKS_SWEEP_RUNNING_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>

#include "checks/harness/program.h"
#include "checks/harness/stage.h"
#include "checks/sweep/faults.h"
#include "lens/reader.h"

/**
 * How long nothing may be recorded while everybody waits, in ms; and how often
 * we must have looked meanwhile, or the whole machine may have stood still. It
 * takes less when everybody reads and all that was written has been read.
 */
enum { QUIET_MS = 2000, QUIET_LOOKS = 100, VAIN_MS = 200, VAIN_LOOKS = 20 };

/** How long a run is watched. */
struct patience {
    unsigned run_ms;   /**< the whole run, at most */
    unsigned quiet_ms; /**< silence, while everybody waits: QUIET_MS or more */
};

/** A program of the run. */
struct actor {
    size_t part;
    struct program *program;
    const char *child; /**< NULL; or it was started by the part's program, and
                            this is its name */
    bool ended;
    DWORD status;    /**< its true exit code, once it has ended */
    bool substitute; /**< came for one that had failed; without a fault */
    bool replaced;   /**< such a one came for it */
    HANDLE ctrl_c;   /**< the event that presses Ctrl+C for it, or NULL */
    bool pressed;    /**< that was done */
};

/** A run, from run_play() to run_clear(). */
struct run {
    const struct conversation *conversation;
    const struct job *job; /**< the faults; NULL: none */
    struct actor actors[2 * PARTS_MAX];
    size_t count;
    size_t started; /**< parts of the conversation started so far */
    struct stage stage;
    struct patience patience;
    unsigned long long deadline;
    bool hangs;    /**< somebody had not ended when there was no more hope */
    bool in_vain;  /**< that was since everybody read, and nobody would write */
    bool too_long; /**< the time was over */
    bool leaves;   /**< a process was left when all had ended */
};

#endif
