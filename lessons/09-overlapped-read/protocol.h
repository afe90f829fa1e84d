/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the server and the client of lesson 09 agree on.
 */
#ifndef PROTOCOL_09_H
#define PROTOCOL_09_H

/** The pipe's name: the part behind `\\.\pipe\` is ours to choose. */
#define PIPE_NAME L"\\\\.\\pipe\\pipework-09"

/** The longest message, in bytes; the pipe's buffers have the same size. */
enum { MESSAGE_MAX = 512 };

/** What the server asks a client that has been silent for too long. */
#define REMINDER "still there?"

#endif
