/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the programs of lesson 05 agree on.
 */
#ifndef PROTOCOL_05_H
#define PROTOCOL_05_H

/** From the clients to the collector: lines, each ended by `\n`. */
#define COLLECTOR_NAME L"\\\\.\\pipe\\pipework-05-collector"

/** From the ticker to its clients: lines, too. */
#define TICKER_NAME L"\\\\.\\pipe\\pipework-05-ticker"

/** What the servers ask for as the size of a pipe's buffer, in bytes. */
enum { BUFFER_SIZE = 512 };

#endif
