/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Questions to the record of a program with a completion port: which
 * packets are due, and which it has taken.
 */
#ifndef CHECKS_PACKETS_H
#define CHECKS_PACKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "checks/harness/program.h"
#include "lens/record.h"

/** Packets of operations: those that there must be, and those taken. The one
 * that Ctrl+C posts has no OVERLAPPED, and is not counted where that is seen.
 * And posts that have not returned: main may take the packet, and end the
 * process, before the handler comes back from its call. */
struct packets {
    unsigned due, taken, unfinished;
};

/** Counts the packets of all operations so far. Where several are taken at a
 * time, it is not known which of them have an OVERLAPPED: all are counted. */
struct packets count_packets(const struct program *server);

/** Whether none is due any more. */
bool all_are_taken(struct packets packets);

/** Expects that every packet has been taken. */
void expect_all_taken(const struct program *server);

/** The next call that has begun an operation which is under way, as next_call()
 * finds it. */
const struct lens_record *next_pending(
    const struct program *server, const char *name, uint32_t *cursor);

/**
 * Waits until that many operations are pending. An answer that has none is
 * given a moment.
 */
void wait_pending(struct program *server, const char *name, unsigned count);

/** Waits until the server waits for a packet, and none is in the queue; gives
 * one that never does a moment. */
void wait_until_quiet(struct program *server);

#endif
