/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the programs of lesson 05 agree on.
 */
#ifndef PROTOCOL_05_H
#define PROTOCOL_05_H

/** From the clients to the collector: lines, each ended by `\n`. */
#define LOG_PIPE L"\\\\.\\pipe\\pipework-05-log"

/** From the ticker to its clients: lines, too. */
#define TICK_PIPE L"\\\\.\\pipe\\pipework-05-tick"

/** What the servers ask for as the size of a pipe's buffer, in bytes. */
enum { BUFFER_SIZE = 512 };

#endif
