/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The ends of pipes and mailslots, and who is connected with whom.
 */
#ifndef VIEW_PIPES_H
#define VIEW_PIPES_H

#include "lens/view/story.h"

/** One side of one connection; or a mailslot, or one of its writers. */
struct end {
    bool server;  ///< of CreateNamedPipeW or CreateMailslotW
    bool mailslot;
    uint32_t pipe;     ///< CreatePipe's record, from 1; 0: it has a name
    const char *name;  ///< with its quotes, not ended by a zero
    size_t name_length;
    int life;       ///< the handle, or NOTHING: CallNamedPipeW
    int opened;     ///< the item that opened the handle
    int connect;    ///< ConnectNamedPipe, or NOTHING
    int closed;     ///< CloseHandle or DisconnectNamedPipe, or NOTHING
    int64_t since;  ///< a second client on the same handle is another end
    int partner;    ///< the end that it is connected with, or NOTHING
};

/** The ends of a story, sorted by the time from which on they were there. */
struct ends {
    int count;
    struct end end[LENS_RECORDS];
    int end_of[ITEMS_MAX];  ///< the end on which an item works, or NOTHING
};

/** Finds all ends. */
void pipes_find(struct ends *ends, const struct story *story);

/** One piece of a message: some bytes of a write that one read got. */
struct piece {
    int write, read;         ///< items
    unsigned offset, count;  ///< which bytes of the write
};

/**
 * @brief Follows the bytes in one direction.
 * @param story   the story
 * @param ends    its ends
 * @param writer  the end that writes
 * @param reader  the end that reads
 * @param pieces  room for `limit` pieces, or NULL to count only
 * @param limit   how many
 * @return the number of pieces; -1 if the two can't be connected: bytes were
 *         read before they were written, or others than those.
 */
int pipes_follow(
    const struct story *story, const struct ends *ends, int writer, int reader,
    struct piece *pieces, int limit);

/** The bytes that a write gave or a read got. */
unsigned pipes_bytes(const struct item *item, bool written);

/** Whether a write's data and a read's, as far as both are shown, agree. */
bool pipes_data_agree(
    const struct item *write, unsigned write_offset, const struct item *read,
    unsigned read_offset, unsigned count);

#endif
