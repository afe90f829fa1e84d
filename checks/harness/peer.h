/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The check's own end of a pipe: a raw client or server that never
 * waits longer than the check may take.
 *
 * As in scene.h, a step that does not succeed ends the check.
 */
#ifndef CHECKS_PEER_H
#define CHECKS_PEER_H

#include <stddef.h>
#include <windows.h>

/** One end of a pipe. It belongs to the check that opened it. */
struct peer;

/**
 * Opens a pipe as a client.
 * @param name the pipe's name without the check's suffix, as in protocol.h
 */
struct peer *connect_peer(const wchar_t *name);

/**
 * Creates the pipe as a server: byte type, one instance.
 * @param name the pipe's name without the check's suffix
 */
struct peer *create_peer(const wchar_t *name);

/** Waits until a client has opened the pipe of create_peer(). */
void accept_peer(struct peer *peer);

/** Writes @p size bytes; expects the other side to take them. */
void send_bytes(struct peer *peer, const void *data, size_t size);

/** Reads until @p size bytes came; expects them to be those of @p data. */
void expect_bytes(struct peer *peer, const void *data, size_t size);

/** Expects that the other side closes its end without sending anything. */
void expect_close(struct peer *peer);

/** Closes this end. */
void close_peer(struct peer *peer);

/** Closes every end that the check opened. */
void clear_peers(void);

#endif
