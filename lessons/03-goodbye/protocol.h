/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the server and the clients of lesson 03 agree on.
 *
 * A client orders by one letter, and gets one ticket: the letter and a number
 * of three digits. It thanks with one byte. (A single byte never comes in two
 * pieces; four may.)
 */
#ifndef PROTOCOL_03_H
#define PROTOCOL_03_H

#define PIPE_NAME L"\\\\.\\pipe\\pipework-03"

/** The bytes of a ticket: `A001`. */
enum { TICKET_SIZE = 4 };

/** What a client sends when it has its ticket. */
#define THANKS '+'

#endif
