/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the viewer knows of each call of the table.
 */
#ifndef VIEW_TABLE_H
#define VIEW_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a call means for the picture. */
enum role {
    ROLE_OTHER,
    ROLE_CREATE_PIPE,
    ROLE_CREATE_MAILSLOT,
    ROLE_OPEN,
    ROLE_CREATE_NAMED,  ///< makes an object, or opens one of that name
    ROLE_CONNECT,
    ROLE_DISCONNECT,
    ROLE_CLOSE,
    ROLE_READ,
    ROLE_WRITE,
    ROLE_TRANSACT,   ///< writes and reads
    ROLE_CALL_PIPE,  ///< opens, writes, reads and closes
    ROLE_DUPLICATE,
    ROLE_WAIT_PIPE,
    ROLE_SIGNAL,
    ROLE_WAIT,
    ROLE_SLEEP,
    ROLE_POST,
    ROLE_NEW_THREAD,
    ROLE_NEW_PROCESS,
};

enum role table_role(uint32_t call);

/** Whether it may wait for somebody. (A write may, too; but it is drawn where
 *  it began.) */
bool table_waits(uint32_t call);

/** The letter that the table has for an argument (see calls.h); 0 if none.
 *  The key's end is not marked. */
char table_letter(uint32_t call, const char *key, size_t length);

#endif
