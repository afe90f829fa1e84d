/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The places in the source from which Windows is called.
 *
 * The build lists them beside each program (mk/sites). A line of common/ is one
 * place, however many programs hold it. All functions may be called by several
 * threads at a time.
 */
#ifndef CHECKS_SWEEP_SITES_H
#define CHECKS_SWEEP_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checks/sweep/conversation.h"

enum { SITES_MAX = 1024, SITE_NONE = -1 };

/** A call in the source. */
struct site {
    char file[NAME_MAX_BYTES]; /**< `server.c` */
    unsigned line;
    uint32_t call; /**< which function of the lens's table */
    bool reached;  /**< some run has called it */
    bool warns;    /**< it closes what is not open, even when no call fails */
};

/**
 * Reads the list of a program, if that has not been done.
 * @return false if there is none
 */
bool sites_read(const struct conversation *conversation, const char *program);

/**
 * Finds where a call was made, and notes that it was reached.
 * @param caller  from the record: bytes from the start of the image
 * @return its number, or SITE_NONE for a place that is not in the source: in
 *         the C library, for instance
 */
int site_reach(const char *program, uint32_t caller);

/** Notes that the site closes what is not open even when no call fails. */
void site_tolerate(int number);

/** The site of this number. */
const struct site *site_at(int number);

/** How many there are. */
int site_count(void);

/** Makes `server.c:38 ReadFile` of a site; returns @p text. */
const char *site_name(int number, char *text, size_t size);

#endif
