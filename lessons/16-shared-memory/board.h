/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A board of notes in shared memory: what keeper, writer and reader must
 * agree on.
 *
 * Each program has the memory at another address, and may be built by another
 * compiler: so there are no pointers in it, and every width is fixed.
 */
#ifndef BOARD_16_H
#define BOARD_16_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

/** The memory, and the mutex that guards it. Nobody else may use these names
 * for an object of another kind. */
#define BOARD_NAME L"Local\\pipework-16-board"
#define LOCK_NAME  L"Local\\pipework-16-lock"

/** The version of the layout below: another layout gets another number. */
enum { BOARD_VERSION = 1 };

/** How many notes the board shows, and the room for a text with its end. */
enum { NOTES_MAX = 100, TEXT_MAX = 60 };

/** One note. */
struct note {
    uint32_t number;     /**< from 1; 0: there is none */
    char text[TEXT_MAX]; /**< UTF-8, ends with a zero */
};

/** The whole memory: all of it is zero at first. */
struct board {
    _Atomic uint32_t version;  /**< written last: all else is ready then */
    uint32_t notes_max;        /**< NOTES_MAX */
    _Atomic uint32_t written;  /**< the number of the last whole note */
    _Atomic uint32_t changing; /**< the note that is being written; 0: none */
    struct note notes[NOTES_MAX]; /**< number n is in notes[n % NOTES_MAX] */
};

/** What a program has that uses the board. */
struct access {
    HANDLE lock;         /**< the mutex */
    HANDLE mapping;      /**< the memory as an object */
    struct board *board; /**< the memory as an address, in this process */
};

/**
 * @brief Opens the board for writing, and makes it if it is not there yet.
 *
 * Ends the program if that fails, or if the board is another version's.
 */
struct access open_board(void);

/** @brief Gives back what open_board has given. */
void close_board(struct access *access);

/**
 * @brief Waits until nobody else has the lock.
 * @return true if its last owner has ended without giving it back. The lock is
 *         the caller's then, too.
 */
bool take_lock(HANDLE lock);

/** @brief Gives the lock back: the caller must have it. */
void release_lock(HANDLE lock);

/**
 * @brief Makes the board whole again if somebody has ended while they wrote.
 *
 * The caller has the lock.
 * @return the number of the note that is thrown away, or 0
 */
uint32_t repair_board(struct board *board);

#endif
