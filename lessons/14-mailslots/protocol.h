/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the collector and its writers agree on.
 */
#ifndef PROTOCOL_14_H
#define PROTOCOL_14_H

#include <stdint.h>

/** The mailslot's name: behind `\\.\mailslot\`, folders are allowed. */
#define LOG_SLOT L"\\\\.\\mailslot\\pipework\\14-log"

/** The largest note that the slot takes, in bytes: what is before the text, and
 * the text. */
enum { NOTE_MAX = 4096 };

/** One note is one message. Nobody answers, so it says who speaks. */
struct note {
    char name[20];   /**< the writer's; ends with a zero */
    uint32_t number; /**< 1, 2, 3 ...: of this run */
    uint64_t run;    /**< tells one run of a writer from all others; not 0 */
    char text[];     /**< UTF-8, up to the end of the message; no zero */
};

#endif
