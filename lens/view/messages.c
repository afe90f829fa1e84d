/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Step 4: connections, messages, and ends that the other side noticed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "lens/view/fields.h"
#include "lens/view/pipes.h"
#include "lens/view/story.h"
#include "lens/view/table.h"

static struct ends ends;
static struct piece pieces[LENS_RECORDS];

/** Whether an item's process is the other end's, as far as the lens knew. */
static bool peer_agrees(
    const struct story *story, int index, const struct end *other)
{
    uint32_t peer = index != NOTHING ? story->item[index].record->peer : 0;
    return peer == 0
           || peer == story_process(story, &story->item[other->opened])->pid;
}

/** Whether an end has this name; the case of letters doesn't count. */
static bool same_name(const struct end *end, const char *name, size_t length)
{
    return end->name_length == length
           && _strnicmp(end->name, name, length) == 0;
}

/** When the server knew of its client; the end of time if it never did. */
static int64_t connected_at(const struct story *story, const struct end *server)
{
    if (server->connect == NOTHING)
        return INT64_MAX;
    const struct item *connect = &story->item[server->connect];
    if (connect->inside)
        return INT64_MAX;
    return story->item[story_finish(story, server->connect)].to;
}

/** Whether these two can have been connected. */
static bool can_join(const struct story *story, int client_end, int server_end)
{
    const struct end *client = &ends.end[client_end];
    const struct end *server = &ends.end[server_end];
    const struct item *open = &story->item[client->opened];
    if (!server->server || server->mailslot || server->partner != NOTHING
        || !same_name(server, client->name, client->name_length)
        || server->since > open->to
        || (server->closed != NOTHING
            && story->item[server->closed].to < open->from)
        || connected_at(story, server) < open->from)
        return false;
    if (server->connect != NOTHING) {
        const struct item *connect = &story->item[server->connect];
        if (item_succeeded(connect) && connect->from > open->to)
            return false;
        if (connect->inside)
            return false;
    }
    return peer_agrees(story, client->opened, server)
           && peer_agrees(story, server->connect, client)
           && pipes_follow(story, &ends, client_end, server_end, NULL, 0) >= 0
           && pipes_follow(story, &ends, server_end, client_end, NULL, 0) >= 0;
}

/** Joins each client with the server's end that knew of it first. */
static void join_ends(const struct story *story)
{
    for (int i = 0; i < ends.count; i++) {
        struct end *client = &ends.end[i];
        if (client->server || client->mailslot)
            continue;
        for (int k = 0; k < ends.count; k++)
            if (can_join(story, i, k)
                && (client->partner == NOTHING
                    || connected_at(story, &ends.end[k])
                           < connected_at(story, &ends.end[client->partner])))
                client->partner = k;
        if (client->partner != NOTHING)
            ends.end[client->partner].partner = i;
    }
}

/** Adds a message that has other bytes in front of its text: what these begin
 *  with, up to their first zero, and the text. */
static void add_letter(
    const unsigned char *bytes, unsigned header, unsigned count,
    struct text *text)
{
    text_add(text, "\"%.*s … ", (int)header, (const char *)bytes);
    for (unsigned i = header; i < count; i++)
        text_add(text, bytes[i] < ' ' ? "\\x%02x" : "%c", bytes[i]);
    text_add(text, "\"");
}

/** Adds a part of what was written, as far as it is known: "hello". */
static void add_data(
    const struct story *story, const struct item *write, unsigned offset,
    unsigned count, struct text *text)
{
    unsigned char bytes[sizeof write->record->in];
    struct field data;
    size_t known = 0;
    if (field_find(write->record->call, write->record->in, 'w', &data))
        known = field_bytes(&data, bytes);
    bool whole = offset == 0 && count == pipes_bytes(write, true);
    if (whole && story->header > 0 && known == count && count > story->header) {
        add_letter(bytes, story->header, count, text);
    } else if (whole && known > 0) {
        text_add_part(text, data.value, data.value_length);
        text_add(text, field_is_cut(&data) ? "…\"" : "");
    } else if (count <= known && offset <= known - count) {
        text_add(text, "\"");
        for (unsigned i = 0; i < count; i++) {
            unsigned char byte = bytes[offset + i];
            if (byte == '"' || byte == '\\')
                text_add(text, "\\");
            text_add(text, byte < ' ' ? "\\x%02x" : "%c", byte);
        }
        text_add(text, "\"");
    } else {
        text_add_bytes(text, count);
    }
}

/** Draws the bytes of one direction. */
static void draw_stream(struct story *story, int writer, int reader)
{
    int count =
        pipes_follow(story, &ends, writer, reader, pieces, LENS_RECORDS);
    for (int i = 0; i < count && i < (int)LENS_RECORDS; i++) {
        const struct piece *piece = &pieces[i];
        struct text text = {0};
        add_data(
            story,
            &story->item[piece->write],
            piece->offset,
            piece->count,
            &text);
        story_add_arrow(
            story,
            ARROW_MESSAGE,
            piece->write,
            story_finish(story, piece->read),
            text.at);
    }
}

/** Draws how one side's end shows on the other side: by an error. */
static void draw_close(struct story *story, int closer, int other)
{
    int closed = ends.end[closer].closed;
    if (closed == NOTHING)
        return;
    for (int i = 0; i < story->items; i++) {
        const struct item *item = &story->item[i];
        if (ends.end_of[i] != other || item->kind != ITEM_CALL)
            continue;
        int finish = story_finish(story, i);
        const struct item *told = &story->item[finish];
        if (told->to > story->item[closed].from
            && (item_failed_with(told, ERROR_BROKEN_PIPE)
                || item_failed_with(told, ERROR_NO_DATA)
                || item_failed_with(told, ERROR_PIPE_NOT_CONNECTED))) {
            story_add_arrow(story, ARROW_CLOSE, closed, finish, "closed");
            return;
        }
    }
}

/** Draws all that happens between two ends. */
static void draw_connection(struct story *story, int client_end)
{
    const struct end *client = &ends.end[client_end];
    const struct end *server = &ends.end[client->partner];
    if (client->pipe == 0)
        story_add_arrow(
            story,
            ARROW_ORDER,
            server->opened,
            client->opened,
            NULL);
    if (server->connect != NOTHING) {
        story_add_arrow(
            story,
            ARROW_CONNECT,
            client->opened,
            story_finish(story, server->connect),
            "connects");
        /* A success says that the server was waiting when the client came. */
        const struct item *connect = &story->item[server->connect];
        if (item_succeeded(connect) || connect->operation_end != NOTHING)
            story_add_arrow(
                story,
                ARROW_ORDER,
                server->connect,
                client->opened,
                NULL)
                ->from_end = false;
    }
    draw_stream(story, client_end, client->partner);
    if (client->pipe == 0)
        draw_stream(story, client->partner, client_end);
    draw_close(story, client_end, client->partner);
    draw_close(story, client->partner, client_end);
}

/** Whether a write may be the message that a read of a mailslot got. */
static bool may_be_letter(
    const struct story *story, const struct end *slot, int write, int read)
{
    const struct item *given = &story->item[write];
    const struct item *got = &story->item[read];
    const struct end *writer =
        ends.end_of[write] != NOTHING ? &ends.end[ends.end_of[write]] : NULL;
    unsigned count = pipes_bytes(got, false);
    return writer != NULL && !writer->server
           && same_name(writer, slot->name, slot->name_length)
           && table_role(given->record->call) == ROLE_WRITE
           && item_succeeded(given)
           && given->from <= story->item[story_finish(story, read)].to
           && pipes_bytes(given, true) == count
           && pipes_data_agree(given, 0, got, 0, count);
}

/** Draws each read of a mailslot: one message, from whoever wrote it first. */
static void draw_mailslot(struct story *story, int slot)
{
    static bool taken[ITEMS_MAX];
    for (int i = 0; i < story->items; i++) {
        const struct item *read = &story->item[i];
        int write = 0;
        if (ends.end_of[i] != slot
            || table_role(read->record->call) != ROLE_READ
            || !(item_succeeded(read) || read->operation_end != NOTHING))
            continue;
        while (write < story->items
               && (taken[write]
                   || !may_be_letter(story, &ends.end[slot], write, i)))
            write++;
        if (write == story->items)
            continue;
        taken[write] = true;
        struct text text = {0};
        add_data(
            story,
            &story->item[write],
            0,
            pipes_bytes(read, false),
            &text);
        story_add_arrow(
            story,
            ARROW_MESSAGE,
            write,
            story_finish(story, i),
            text.at);
    }
}

/** Notes that a mailslot was there before anybody has opened it. */
static void find_order_of_mailslot(struct story *story, const struct end *slot)
{
    for (int i = 0; i < ends.count; i++) {
        const struct end *writer = &ends.end[i];
        if (!writer->server && same_name(writer, slot->name, slot->name_length)
            && story->item[slot->opened].to <= story->item[writer->opened].from)
            story_add_arrow(
                story,
                ARROW_ORDER,
                slot->opened,
                writer->opened,
                NULL);
    }
}

/** Draws what let a client stop waiting for a free instance. */
static void draw_free(struct story *story, int wait)
{
    const struct item *item = &story->item[wait];
    struct field name;
    int last = NOTHING;
    if (!field_find(item->record->call, item->record->in, 's', &name))
        return;
    for (int i = 0; i < story->items; i++) {
        const struct item *other = &story->item[i];
        const struct end *end =
            ends.end_of[i] != NOTHING ? &ends.end[ends.end_of[i]] : NULL;
        if (end == NULL || !end->server || other->from <= item->from
            || other->from >= item->to
            || table_role(other->record->call) != ROLE_CONNECT
            || !same_name(end, name.value, name.value_length))
            continue;
        last = i;
    }
    if (last != NOTHING)
        story_add_arrow(story, ARROW_SIGNAL, last, wait, "is free");
}

/** What ends an operation also ends the wait for its event: the wait that
 *  came just before its end was seen. */
static void find_wakers(struct story *story)
{
    int drawn = story->arrows;
    for (int i = 0; i < drawn; i++) {
        const struct arrow *arrow = &story->arrow[i];
        const struct item *told = &story->item[arrow->to];
        int wait = arrow->to - 1;
        if (arrow->to_start || told->operation == NOTHING)
            continue;
        while (wait > told->operation
               && story->item[wait].thread != told->thread)
            wait--;
        const struct item *item = &story->item[wait];
        if (wait <= told->operation || item->kind != ITEM_CALL
            || table_role(item->record->call) != ROLE_WAIT
            || !item_succeeded(item)
            || item->record->result >= MAXIMUM_WAIT_OBJECTS
            || story->item[arrow->from].from > item->to)
            continue;
        struct arrow *waker =
            story_add_arrow(story, ARROW_ORDER, arrow->from, wait, NULL);
        waker->from_end = false;
        waker->to_start = false;
        story->item[wait].gets = true;
    }
}

void story_find_messages(struct story *story)
{
    pipes_find(&ends, story);
    join_ends(story);
    for (int i = 0; i < ends.count; i++) {
        if (ends.end[i].mailslot && ends.end[i].server) {
            find_order_of_mailslot(story, &ends.end[i]);
            draw_mailslot(story, i);
        } else if (!ends.end[i].server && ends.end[i].partner != NOTHING)
            draw_connection(story, i);
    }
    for (int i = 0; i < story->items; i++)
        if (item_succeeded(&story->item[i])
            && table_role(story->item[i].record->call) == ROLE_WAIT_PIPE)
            draw_free(story, i);
    find_wakers(story);
}
