/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the server and the client of lesson @NN@ agree on.
 */
#ifndef PROTOCOL_@NN@_H
#define PROTOCOL_@NN@_H

/** The pipe's name. */
#define PIPE_NAME L"\\\\.\\pipe\\pipework-@NN@"

/** The longest message, in bytes; the pipe's buffers have the same size. */
enum { MESSAGE_MAX = 512 };

#endif
