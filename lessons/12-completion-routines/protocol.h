/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the server and the clients of lesson 12 agree on.
 */
#ifndef PROTOCOL_12_H
#define PROTOCOL_12_H

/** The pipe's name: the part behind `\\.\pipe\` is ours to choose. */
#define PIPE_NAME L"\\\\.\\pipe\\pipework-12"

/** The longest message, in bytes; the pipe's buffers have the same size. */
enum { MESSAGE_MAX = 4096 };

#endif
