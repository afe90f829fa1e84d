/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The clients of the server: one instance of the pipe for each.
 */
#ifndef CLIENTS_13_H
#define CLIENTS_13_H

#include <windows.h>

#include "protocol.h"

/** What the operation of a client is. */
enum state { CONNECTING, READING, WRITING };

/** A client, or the instance that waits for one: all that it ever needs. */
struct client {
    OVERLAPPED operation; /**< there is one at a time */
    enum state state;     /**< and this is what it does */
    DWORD error;          /**< of an operation that failed at once, or 0 */
    HANDLE pipe;          /**< the server's end */
    DWORD filled;         /**< bytes in data */
    DWORD sent;           /**< how many of them went back */
    char data[MESSAGE_MAX];
    unsigned long long total; /**< bytes that went back since it came */
    long number;              /**< the first to come is 1; 0: not here yet */
    struct client *next;      /**< in the list, or NULL */
};

/** The list of all clients. */
extern struct client *all_clients;

/**
 * Makes a client with an instance of the pipe, for overlapped operations, and
 * puts it on the list. A failure is reported.
 * @return the client, or NULL
 */
struct client *add_client(void);

/** Takes a client off the list, closes its pipe and frees its memory. */
void remove_client(struct client *client);

#endif
