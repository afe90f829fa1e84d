/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What is said of an item: in the picture, its tooltips, the listing.
 *
 * In a stable story handles are h1, h2 and so on, pointers and numbers of
 * processes are left out, and no time is told.
 */
#ifndef VIEW_WORDS_H
#define VIEW_WORDS_H

#include "lens/view/fields.h"
#include "lens/view/story.h"

/** How an item turned out. */
enum outcome {
    OUTCOME_GOOD,
    OUTCOME_BLOCKED,  ///< good, after a wait
    OUTCOME_TOLD,     ///< failed with a code that a protocol lives with
    OUTCOME_FAILED,
    OUTCOME_INJECTED,  ///< the lens meddled with it
    OUTCOME_INSIDE,    ///< it never returned
};
enum outcome words_outcome(const struct item *item);

/** The name of the call, or what else the item is. */
const char *words_title(const struct item *item);

/** What is worth seeing of the arguments: `0x44 "hello"`. */
void words_argument(
    const struct story *story, const struct item *item, struct text *text);

/** What came of it: `5 bytes`, `error 109 ERROR_BROKEN_PIPE`; may be empty. */
void words_result(
    const struct story *story, const struct item *item, struct text *text);

/** All arguments, or all that came back: `file=0x44 size=5`. */
void words_fields(
    const struct story *story, const struct item *item, const char *fields,
    struct text *text);

/** One of them. */
void words_field(
    const struct story *story, const struct item *item,
    const struct field *field, struct text *text);

/** "was held at a gate", "injected", who had the mutex, and so on; may be
 * empty.
 */
void words_notes(
    const struct story *story, const struct item *item, struct text *text);

/** How long it took; empty in a stable story. */
void words_duration(
    const struct story *story, const struct item *item, struct text *text);

/** Whether title, argument, result, notes and duration fit one line. */
bool words_fit(const struct story *story, const struct item *item);

/** Whose item it is: "server", "client 2, thread 3". */
void words_who(const struct story *story, int thread, struct text *text);

#endif
