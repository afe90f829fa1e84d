/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the server and the client of lesson 07 agree on.
 *
 * A question is a message, too: the word alone, without a zero byte behind it.
 */
#ifndef PROTOCOL_07_H
#define PROTOCOL_07_H

#define PIPE_NAME L"\\\\.\\pipe\\pipework-07"

/** In bytes: the longest word, and the longest message. */
enum { WORD_MAX = 64, MESSAGE_MAX = 512 };

/**
 * The first byte of each message from the server says what it is: the answer
 * to a question, or a notice that nobody has asked for.
 */
enum { ANSWER = '=', NOTICE = '!' };

#endif
