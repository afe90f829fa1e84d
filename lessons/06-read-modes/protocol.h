/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the server and the client of lesson 06 agree on.
 *
 * The client sends a line of text in one message. The server answers with one
 * message for each word of it and an empty message behind the last.
 */
#ifndef PROTOCOL_06_H
#define PROTOCOL_06_H

/** The pipe of message type: each write is a message. */
#define PIPE_NAME L"\\\\.\\pipe\\pipework-06"

/** The pipe of byte type: each message has its length before it. */
#define BYTE_PIPE_NAME L"\\\\.\\pipe\\pipework-06-bytes"

/** The longest message that either side accepts, in bytes. */
enum { MESSAGE_MAX = 1024 * 1024 };

/** The size of a pipe's buffers, in bytes. A message may be longer. */
enum { PIPE_BUFFER = 4096 };

#endif
