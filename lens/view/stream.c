/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Follows bytes from the writes to the reads that got them.
 *
 * A pipe keeps the bytes in order, so counting is enough to know them again;
 * that the data are the same, as far as the record shows them, is the proof
 * that the right ends are joined.
 */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "lens/view/fields.h"
#include "lens/view/pipes.h"
#include "lens/view/table.h"

/** Whether a call can write, or read, at an end. */
static bool can(const struct item *item, bool write)
{
    enum role role = table_role(item->record->call);
    return role == ROLE_TRANSACT || role == ROLE_CALL_PIPE
           || role == (write ? ROLE_WRITE : ROLE_READ);
}

unsigned pipes_bytes(const struct item *item, bool written)
{
    const struct lens_record *record = item->record;
    bool is_write = table_role(record->call) == ROLE_WRITE;
    struct field count;
    bool told = item->operation_end != NOTHING
                || field_find(record->call, record->out, 'n', &count);

    if (!written)
        return item_succeeded(item) || item_failed_with(item, ERROR_MORE_DATA)
                       || item->operation_end != NOTHING
                   ? record->bytes
                   : 0;
    if (is_write && told)
        return record->bytes;
    /* Not told how many: all of them. A write that waits for its reader may
     * have been read already; a transaction whose answer is too long has
     * written its question. */
    return item_succeeded(item) || item->inside
                   || item_failed_with(item, ERROR_IO_PENDING)
                   || item_failed_with(item, ERROR_MORE_DATA)
               ? field_number(record->in, "size")
               : 0;
}

/** The next item that moves bytes at an end, or NOTHING. */
static int next_transfer(
    const struct story *story, const struct ends *ends, int end, bool write,
    int index)
{
    for (index++; index < story->items; index++) {
        const struct item *item = &story->item[index];
        if (ends->end_of[index] == end && can(item, write)
            && (pipes_bytes(item, write) > 0 || item_succeeded(item)))
            return index;
    }
    return NOTHING;
}

/** The data that an item shows, as bytes; returns how many. */
static size_t shown(const struct item *item, bool written, unsigned char *bytes)
{
    const struct lens_record *record = item->record;
    struct field data;
    if (!field_find(
            record->call,
            written ? record->in : record->out,
            written ? 'w' : 'r',
            &data))
        return 0;
    return field_bytes(&data, bytes);
}

bool pipes_data_agree(
    const struct item *write, unsigned write_offset, const struct item *read,
    unsigned read_offset, unsigned count)
{
    unsigned char given[256], got[256];
    size_t given_count = shown(write, true, given);
    size_t got_count = shown(read, false, got);
    for (size_t i = 0; i < count && write_offset + i < given_count
                       && read_offset + i < got_count;
         i++)
        if (given[write_offset + i] != got[read_offset + i])
            return false;
    return true;
}

int pipes_follow(
    const struct story *story, const struct ends *ends, int writer, int reader,
    struct piece *pieces, int limit)
{
    int count = 0;
    unsigned given = 0, got = 0;  // bytes of the write, of the read, so far
    int write = next_transfer(story, ends, writer, true, NOTHING);
    int read = next_transfer(story, ends, reader, false, NOTHING);
    while (write != NOTHING && read != NOTHING) {
        unsigned left = pipes_bytes(&story->item[write], true) - given;
        unsigned wanted = pipes_bytes(&story->item[read], false) - got;
        unsigned both = left < wanted ? left : wanted;
        bool whole = left == 0 && wanted == 0 && given == 0 && got == 0;
        if (both > 0 || whole) {
            int finish = story_finish(story, read);
            if (story->item[finish].to < story->item[write].from
                || !pipes_data_agree(
                    &story->item[write],
                    given,
                    &story->item[read],
                    got,
                    both))
                return -1;
            if (pieces != NULL && count < limit)
                pieces[count] = (struct piece){write, read, given, both};
            count++;
        }
        given += both;
        got += both;
        if (both == left) {
            write = next_transfer(story, ends, writer, true, write);
            given = 0;
        }
        if (both == wanted) {
            read = next_transfer(story, ends, reader, false, read);
            got = 0;
        }
    }
    /* Nobody reads what nobody wrote. */
    return write == NOTHING && read != NOTHING
                   && pipes_bytes(&story->item[read], false) > got
               ? -1
               : count;
}
