/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the server and the client of lesson 02 agree on.
 */
#ifndef PROTOCOL_02_H
#define PROTOCOL_02_H

/** The pipe's name: the part behind `\\.\pipe\` is ours to choose. */
#define PIPE_NAME L"\\\\.\\pipe\\pipework-02"

/** The longest message, in bytes; the pipe's buffers have the same size. */
enum { MESSAGE_MAX = 512 };

#endif
