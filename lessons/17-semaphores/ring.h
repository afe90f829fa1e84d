/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A ring of bytes in shared memory, for one writer and one reader.
 *
 * No lock, and no call of the system as long as both are awake: each of the two
 * numbers has one who writes it. Who has waited in vain for a moment says that
 * it sleeps, and waits for an event.
 */
#ifndef RING_17_H
#define RING_17_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>

/** Bytes in the ring: a power of two. How often one looks before it sleeps. */
enum { RING_SIZE = 256 * 1024, SPINS = 4000 };

/** What both processes see; all zero, it is empty. What different processes
 * write lies in different lines of the processors' caches (64 bytes). */
struct ring_memory {
    alignas(64) _Atomic uint32_t put;   /**< bytes put; the writer's */
    _Atomic uint32_t writer_sleeps;     /**< 1: wake it by `has_room` */
    alignas(64) _Atomic uint32_t taken; /**< bytes taken; the reader's */
    _Atomic uint32_t reader_sleeps;     /**< 1: wake it by `has_data` */
    alignas(64) char data[RING_SIZE];
};

/** One process's view of it. */
struct ring {
    HANDLE mapping;
    struct ring_memory *memory;
    HANDLE has_data; /**< auto-reset event, for the reader */
    HANDLE has_room; /**< auto-reset event, for the writer */
    unsigned spins;  /**< SPINS, or 0: sleep at once */
};

/**
 * Makes or opens a ring. Ends the program if that fails.
 * @param name `Local\name`; its parts have names with something behind it
 */
struct ring open_ring(const wchar_t *name, unsigned spins);

/** Closes it. */
void close_ring(struct ring *ring);

/** Puts so many bytes; waits for room. */
void ring_write(struct ring *ring, const void *data, size_t size);

/** Takes so many bytes, no fewer; waits for them. */
void ring_read(struct ring *ring, void *data, size_t size);

#endif
