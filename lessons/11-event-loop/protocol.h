/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the server and the client of lesson 11 agree on.
 */
#ifndef PROTOCOL_11_H
#define PROTOCOL_11_H

/** The pipe's name: the part behind `\\.\pipe\` is ours to choose. */
#define PIPE_NAME L"\\\\.\\pipe\\pipework-11"

/** The longest message, in bytes; the pipe's buffers have the same size. */
enum { MESSAGE_MAX = 4096 };

#endif
