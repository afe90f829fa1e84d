/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A queue of texts in shared memory, for any number of producers and
 * consumers.
 *
 * Four objects with names make it. Whoever comes first makes them, the others
 * get the same ones. They live as long as somebody has them open.
 */
#ifndef QUEUE_17_H
#define QUEUE_17_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

/* One name space for all kinds of objects: four names. */
#define MEMORY_NAME L"Local\\pipework-17-memory"
#define FREE_NAME   L"Local\\pipework-17-free"
#define FILLED_NAME L"Local\\pipework-17-filled"
#define LOCK_NAME   L"Local\\pipework-17-lock"

/** How many texts the queue holds, and their size in bytes with the final 0. */
enum { SLOTS = 4, TEXT_SIZE = 64 };

/**
 * What all processes see. It needs no first contents: a new mapping is all
 * zero, and that is an empty queue.
 *
 * The numbers count from the beginning, and begin again after 2^32: so SLOTS
 * is a power of two.
 */
struct queue_memory {
    _Atomic uint32_t put;         /**< texts put so far */
    _Atomic uint32_t taken;       /**< texts taken so far; the rest is there */
    char texts[SLOTS][TEXT_SIZE]; /**< number n lies in slot n % SLOTS */
};

/** One process's view of it. */
struct queue {
    HANDLE mapping;
    struct queue_memory *memory;
    HANDLE free;   /**< semaphore: slots that a producer may fill */
    HANDLE filled; /**< semaphore: texts that a consumer may take */
    HANDLE lock;   /**< mutex: for the memory */
};

/** Makes or opens the queue. Ends the program if that fails. */
struct queue open_queue(void);

/** Closes it. */
void close_queue(struct queue *queue);

/**
 * Puts a text behind the others; waits a moment for a free slot.
 * @param text what does not fit into TEXT_SIZE bytes is cut off
 * @param number gets the text's number, from 0
 * @return false: there was no slot, so try again
 */
bool put(struct queue *queue, const char *text, uint32_t *number);

/**
 * Takes the first text; waits a moment for one.
 * @param text gets it, with a final 0
 * @param number gets its number
 * @return false: there was none
 */
bool take(struct queue *queue, char text[TEXT_SIZE], uint32_t *number);

#endif
