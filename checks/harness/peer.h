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

/** How a server's end is made; what is 0 is as create_peer() makes it. */
struct peer_pipe {
    DWORD access;     /**< PIPE_ACCESS_INBOUND and so on; 0: duplex */
    DWORD mode;       /**< PIPE_TYPE_MESSAGE and so on; 0: byte type */
    DWORD instances;  /**< at most; 0: one */
    DWORD buffer;     /**< each way, in bytes; 0: 4,096 */
    DWORD timeout_ms; /**< default time-out; 0: 50 */
};

/** Creates an instance of the pipe as a server, made as asked for. */
struct peer *create_peer_as(const wchar_t *name, const struct peer_pipe *how);

/**
 * Opens a pipe as a client.
 * @param access    GENERIC_READ and so on
 * @param read_mode PIPE_READMODE_MESSAGE (needs FILE_WRITE_ATTRIBUTES, which
 *                  GENERIC_WRITE has); or 0, as it is
 */
struct peer *connect_peer_as(
    const wchar_t *name, DWORD access, DWORD read_mode);

/** Opens a pipe as a client, and waits while all instances are taken. */
struct peer *connect_peer_waiting(const wchar_t *name);

/**
 * Tries to open a pipe, and closes it at once.
 * @return 0, or the error
 */
DWORD try_connect(const wchar_t *name, DWORD access);

/** Waits until a client has opened the pipe of create_peer(). */
void accept_peer(struct peer *peer);

/** Writes @p size bytes; expects the other side to take them. */
void send_bytes(struct peer *peer, const void *data, size_t size);

/**
 * Begins to write; the other side may take its time. Until finish_send(),
 * nothing else may be done with this end.
 */
void begin_send(struct peer *peer, const void *data, size_t size);

/** Waits until all that begin_send() writes is taken. */
void finish_send(struct peer *peer);

/** How many bytes wait to be read (by PeekNamedPipe: it does not wait). */
size_t peek_peer(struct peer *peer);

/**
 * Reads one message, on an end in message read mode.
 * @param size may be 0: an empty message
 */
void expect_message(struct peer *peer, const void *data, size_t size);

/** Reads until @p size bytes came; expects them to be those of @p data. */
void expect_bytes(struct peer *peer, const void *data, size_t size);

/** Expects that the other side closes its end without sending anything. */
void expect_close(struct peer *peer);

/**
 * Disconnects the client of a server's end: what it has not read is lost, and
 * accept_peer() may wait for the next one.
 */
void disconnect_peer(struct peer *peer);

/** Closes this end. */
void close_peer(struct peer *peer);

/** Closes every end that the check opened. */
void clear_peers(void);

#endif
