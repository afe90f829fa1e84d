/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the reader and the sender of lesson 08 agree on.
 */
#ifndef PROTOCOL_08_H
#define PROTOCOL_08_H

/** The pipe's name; each text that goes through it ends with `\n`. */
#define PIPE_NAME L"\\\\.\\pipe\\pipework-08"

/** The longest line with its end, in bytes; the pipe's buffers have the same
 * size: a line that fits can be sent without waiting for ever. */
enum { LINE_BYTES = 512 };

/** The pause between two looks, in milliseconds; and how many looks in vain,
 * one after another, are enough. */
enum { PAUSE_MS = 10, LOOKS_MAX = 50 };

#endif
