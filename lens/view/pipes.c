/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Finds the ends of pipes and mailslots.
 */
#include <string.h>
#include <windows.h>

#include "lens/view/fields.h"
#include "lens/view/pipes.h"
#include "lens/view/table.h"

/** The handle that an item works on; a copy stands for what it was made of. */
static int life_of(const struct story *story, const struct item *item)
{
    int process = story->thread[item->thread].process;
    int life = story_life(story, process, item->record->handle, item->from);
    for (int steps = 0; life != NOTHING && steps < 8; steps++) {
        const struct item *opener = &story->item[story->life[life].opener];
        if (table_role(opener->record->call) != ROLE_DUPLICATE)
            break;
        life = story_life(story, process, opener->record->other, opener->from);
    }
    return life;
}

/** Whether a name begins so; the case of letters doesn't count. */
static bool begins(const struct field *name, const char *start)
{
    size_t length = strlen(start);
    return name->value_length > length + 1
           && _strnicmp(name->value + 1, start, length) == 0;
}

/** Adds an end. */
static struct end *add_end(struct ends *ends, struct end end)
{
    if (ends->count == LENS_RECORDS)
        ends->count--;  // a record has no room for so many
    ends->end[ends->count] = end;
    return &ends->end[ends->count++];
}

/** Adds the end that a call has opened, if it is one of a pipe or mailslot. */
static void add_opened(struct ends *ends, const struct story *story, int index)
{
    const struct item *item = &story->item[index];
    enum role role = table_role(item->record->call);
    struct field name;
    bool server = role == ROLE_CREATE_PIPE || role == ROLE_CREATE_MAILSLOT;
    if ((!server && role != ROLE_OPEN && role != ROLE_CALL_PIPE)
        || !field_find(item->record->call, item->record->in, 's', &name))
        return;
    bool mailslot = begins(&name, "\\\\.\\mailslot\\");
    if (!mailslot && !begins(&name, "\\\\.\\pipe\\"))
        return;
    bool once = role == ROLE_CALL_PIPE;
    add_end(
        ends,
        (struct end){
            .server = server,
            .mailslot = mailslot,
            .name = name.value,
            .name_length = name.value_length,
            .life = once ? NOTHING
                         : story_life(
                             story,
                             story->thread[item->thread].process,
                             item->record->handle,
                             item->to),
            .opened = index,
            .connect = NOTHING,
            .closed = once ? index : NOTHING,
            .since = item->from,
            .partner = NOTHING,
        });
    if (once)
        ends->end_of[index] = ends->count - 1;
}

/** The end that a handle is at a time, or NOTHING. */
static int end_at(const struct ends *ends, int life, int64_t time)
{
    for (int i = ends->count - 1; i >= 0; i--)
        if (life != NOTHING && ends->end[i].life == life
            && ends->end[i].since <= time)
            return i;
    return NOTHING;
}

/** Whether a ConnectNamedPipe has met no client: then a later one did. */
static bool found_nobody(const struct item *connect)
{
    return !connect->inside && !item_succeeded(connect)
           && connect->operation_end == NOTHING
           && !item_failed_with(connect, ERROR_PIPE_CONNECTED)
           && !item_failed_with(connect, ERROR_NO_DATA);
}

/** Lets an item play its part at the end it works on. */
static void note_use(struct ends *ends, const struct story *story, int index)
{
    const struct item *item = &story->item[index];
    enum role role = table_role(item->record->call);
    int at = end_at(ends, life_of(story, item), item->from);
    if (at == NOTHING || ends->end_of[index] != NOTHING)
        return;
    struct end *end = &ends->end[at];
    ends->end_of[index] = at;
    if (role == ROLE_CONNECT) {
        if (end->connect == NOTHING || found_nobody(&story->item[end->connect]))
            end->connect = index;
    } else if (role == ROLE_CLOSE && item_succeeded(item)) {
        if (end->closed == NOTHING)
            end->closed = index;
    } else if (role == ROLE_DISCONNECT && item_succeeded(item)) {
        end->closed = index;
        struct end next = *end;
        next.connect = NOTHING;
        next.closed = NOTHING;
        next.since = item->from + 1;
        add_end(ends, next);
    }
}

/** The item with which the last handle of an end was closed, in whatever
 * process; NOTHING: one is open. */
static int last_closed(const struct story *story, uint32_t pipe, bool writes)
{
    uint32_t last = 0;
    for (size_t i = 0; i < story->helds; i++) {
        const struct lens_end *held = &story->held[i];
        if (held->pipe != pipe || held->writes != writes)
            continue;
        if (held->to == 0)
            return NOTHING;
        if (held->to > last)
            last = held->to;
    }
    return last != 0 ? story->item_of[last - 1] : NOTHING;
}

/** Adds the two ends that CreatePipe has made, joined from the beginning: the
 * one that is written stands for the client. */
static void add_pair(struct ends *ends, const struct story *story, int index)
{
    const struct item *item = &story->item[index];
    uint32_t pipe = (uint32_t)(item->record - story->file->record) + 1;
    if (ends->count + 2 > (int)LENS_RECORDS)
        return;
    for (int i = 0; i < 2; i++)
        add_end(
            ends,
            (struct end){
                .server = i == 1,
                .pipe = pipe,
                .name = "",
                .life = NOTHING,
                .opened = index,
                .connect = NOTHING,
                .closed = last_closed(story, pipe, i == 0),
                .since = item->from,
                .partner = i == 0 ? ends->count + 1 : ends->count - 1,
            });
}

/** The end of a pipe without a name on which an item works, or NOTHING. */
static int unnamed_end(
    const struct ends *ends, const struct story *story, const struct item *item)
{
    const struct lens_end *held = lens_ends_at(
        story->held,
        story->helds,
        item->record->pid,
        item->record->handle,
        (uint32_t)(item->record - story->file->record) + 1);
    for (int i = 0; held != NULL && i < ends->count; i++)
        if (ends->end[i].pipe == held->pipe
            && ends->end[i].server != held->writes)
            return i;
    return NOTHING;
}

void pipes_find(struct ends *ends, const struct story *story)
{
    ends->count = 0;
    for (int i = 0; i < story->items; i++) {
        const struct item *item = &story->item[i];
        ends->end_of[i] = NOTHING;
        if (item->kind != ITEM_CALL)
            continue;
        if (item->record->call == LENS_CreatePipe && item_succeeded(item))
            add_pair(ends, story, i);
        if (table_role(item->record->call) == ROLE_CALL_PIPE
            || item_succeeded(item))
            add_opened(ends, story, i);
        note_use(ends, story, i);
        if (ends->end_of[i] == NOTHING)
            ends->end_of[i] = unnamed_end(ends, story, item);
    }
}
