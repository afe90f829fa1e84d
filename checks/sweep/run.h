/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief One run of the conversation under faults, watched through its record.
 *
 * Nothing here judges. Whether a program is ready, waits or hangs is told from
 * what it has printed and from the record of its calls.
 */
#ifndef CHECKS_SWEEP_RUN_H
#define CHECKS_SWEEP_RUN_H

#include "checks/sweep/running.h"

/** Plays the conversation to its end, or until it hangs. */
void run_play(
    struct run *run, const struct conversation *conversation,
    const struct job *job, struct patience patience);

/** Ends what still runs, and releases everything. */
void run_clear(struct run *run);

/** The part to which a process belongs, its own or as a child; PARTS_MAX: none.
 */
size_t run_part_of(const struct run *run, uint32_t process_id);

/** The name of a process's program, as the record has it, or NULL. */
const char *run_program_of(const struct run *run, uint32_t process_id);

#endif
