/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What both people agree on: the pipe's name, and what goes over it.
 */
#ifndef PROTOCOL_10_H
#define PROTOCOL_10_H

/** The pipe's name. */
#define PIPE_NAME L"\\\\.\\pipe\\pipework-10"

/**
 * How much is sent in one piece, in bytes. A line is UTF-8 text up to and with
 * its `\n`. It may come in several pieces, and a piece may hold several lines:
 * the pipe is of byte type.
 */
enum { TEXT_MAX = 512 };

#endif
