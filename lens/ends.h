/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The ends of pipes without a name, and who holds them: for those who
 * read a record.
 *
 * CreatePipe gives both ends to one process. A child gets those that it
 * inherits, under the same numbers; DuplicateHandle makes more of them. A
 * reader is told of the end of the data only when the last handle of the
 * writing end is closed: so it matters who has one.
 *
 * What is told of a process holds as far as its calls are recorded: a program
 * that was built without the lens is taken to keep what it has inherited until
 * its parent has waited for its end.
 */
#ifndef LENS_ENDS_H
#define LENS_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lens/record.h"

/** A handle of one end of a pipe, in one process. */
struct lens_end {
    uint32_t pid;
    uint32_t handle;
    bool writes;    ///< the writing end
    bool inherits;  ///< a child that is made now gets it, too
    uint32_t pipe;  ///< the number of CreatePipe's record, from 1
    uint32_t from;  ///< the number of the record by which it came: CreatePipe,
                    ///< DuplicateHandle or CreateProcessW
    uint32_t to;    ///< of the one by which it went; 0: it is open
};

/** How many are followed at most; the others are not seen. */
#define LENS_ENDS_MAX 1024

/**
 * Finds the ends of all pipes that CreatePipe has made.
 * @param records the records, from the first
 * @param count   how many
 * @param ends    room for LENS_ENDS_MAX
 * @return how many there are
 */
size_t lens_ends_find(
    const struct lens_record *records, uint32_t count, struct lens_end *ends);

/** How many handles of a list are read at most. */
#define LENS_LIST_MAX 16

/**
 * The handles on the list that a call of CreateProcessW has got.
 * @param start   the number of its record, from 1
 * @param handles room for LENS_LIST_MAX
 * @return how many there are; -1 if it has got no list
 */
int lens_ends_list(
    const struct lens_record *records, uint32_t start, uint32_t *handles);

/**
 * The end that a handle is, or NULL.
 * @param number at this record: from 1
 */
const struct lens_end *lens_ends_at(
    const struct lens_end *ends, size_t count, uint32_t pid, uint32_t handle,
    uint32_t number);

#endif
