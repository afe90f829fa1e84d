/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A ring of bytes in shared memory, for one writer and one reader.
 *
 * No lock, and no call of the system as long as both are awake: each of the two
 * numbers has one who writes it. Who has waited in vain for a moment says that
 * it sleeps, and waits: for an event, or for the end of the other side.
 */
#ifndef RING_17_H
#define RING_17_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>

/** Bytes in the ring: a power of two. How often one looks before it sleeps. */
enum { RING_SIZE = 256 * 1024, SPINS = 4000 };

/** What both processes see; all zero, it is empty. What different processes
 * write all the time lies in different lines of the processors' caches (64
 * bytes). */
struct ring_memory {
    alignas(64) _Atomic uint32_t put;   /**< bytes put; the writer's */
    _Atomic uint32_t writer_sleeps;     /**< 1: wake it by `has_room` */
    _Atomic uint32_t is_whole;          /**< 1: the writer has put all */
    alignas(64) _Atomic uint32_t taken; /**< bytes taken; the reader's */
    _Atomic uint32_t reader_sleeps;     /**< 1: wake it by `has_data` */
    alignas(64) char data[RING_SIZE];
};

/** One process's view of it; used by the thread that opened it, since a mutex
 * belongs to a thread. */
struct ring {
    HANDLE mapping;
    struct ring_memory *memory;
    HANDLE has_data; /**< auto-reset event, for the reader */
    HANDLE has_room; /**< auto-reset event, for the writer */
    HANDLE me;       /**< mutex that is mine as long as I live */
    HANDLE peer;     /**< the other side's */
    bool appeared;   /**< `me` is mine */
    bool peer_came;  /**< so its end can be waited for */
    bool peer_left;  /**< its mutex came free */
    unsigned spins;  /**< SPINS, or 0: sleep at once */
};

/**
 * Makes a ring, for its reader.
 * @param name `Local\name`; its parts have names with something behind it
 * @return false: somebody has one of that name. Ends the program if it fails
 *         otherwise.
 */
bool make_ring(struct ring *ring, const wchar_t *name, unsigned spins);

/**
 * Opens a ring, for its writer.
 * @return false: there is none, or it has its writer already
 */
bool join_ring(struct ring *ring, const wchar_t *name, unsigned spins);

/** Closes it, on either side. */
void close_ring(struct ring *ring);

/**
 * Puts so many bytes; waits for room.
 * @return false: the reader has left
 */
bool ring_write(struct ring *ring, const void *data, size_t size);

/** Tells the reader that this was all. */
void ring_end(struct ring *ring);

/**
 * Takes so many bytes, no fewer; waits for them.
 * @return false: the writer has left before; is_whole tells whether it meant to
 */
bool ring_read(struct ring *ring, void *data, size_t size);

#endif
