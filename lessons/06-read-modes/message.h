/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Messages of any length up to MESSAGE_MAX, on pipes of both types.
 *
 * On a message pipe Windows keeps the messages apart. On a byte pipe each of
 * them is a frame: its length in four bytes (uint32_t, in the machine's byte
 * order), then its bytes.
 *
 * Every function here ends the program when a call fails for a reason that is
 * not the other side's leaving.
 */
#ifndef MESSAGE_06_H
#define MESSAGE_06_H

#include <stdbool.h>
#include <windows.h>

/** A message and the memory that holds it. All zero at first; free data. */
struct message {
    char *data;
    DWORD length; /**< bytes of the message; may be 0, with data NULL */
    DWORD room;   /**< bytes of memory, at most MESSAGE_MAX */
};

/** What came of the attempt to read a message. */
enum outcome {
    READ_MESSAGE,  /**< a whole message, perhaps an empty one */
    READ_END,      /**< the other side has left, between two messages */
    READ_CUT_OFF,  /**< the other side has left in the middle of one */
    READ_TOO_LONG, /**< it is longer than MESSAGE_MAX; the rest is not read */
};

/**
 * Sets a handle to message read mode, and blocking.
 * @param pipe an end of a message pipe
 * @see
 * https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-setnamedpipehandlestate
 */
void set_message_mode(HANDLE pipe);

/**
 * Reads one message from a handle in message read mode.
 * @param message gets the message; its memory grows as needed, to MESSAGE_MAX
 *                bytes at most
 * @return what came; the message counts only with READ_MESSAGE
 */
enum outcome read_message(HANDLE pipe, struct message *message);

/** Reads one frame from a byte pipe; all else is as in read_message(). */
enum outcome read_frame(HANDLE pipe, struct message *message);

/**
 * Writes one message.
 * @param length may be 0: an empty message
 * @return false: the reader has left
 */
bool write_message(HANDLE pipe, const char *data, DWORD length);

/** Writes one frame; all else is as in write_message(). */
bool write_frame(HANDLE pipe, const char *data, DWORD length);

#endif
