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
#if LENS_VERSION >= 2
    uint32_t peer = index != NOTHING ? story->item[index].record->peer : 0;
    return peer == 0
           || peer == story_process(story, &story->item[other->opened])->pid;
#else
    (void)story;
    (void)index;
    (void)other;
    return true;
#endif
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
        || server->name_length != client->name_length
        || _strnicmp(server->name, client->name, client->name_length) != 0
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
                    || connected_at(story, &ends.end[k]) < connected_at(
                           story,
                           &ends.end[client->partner])))
                client->partner = k;
        if (client->partner != NOTHING)
            ends.end[client->partner].partner = i;
    }
}

/** Draws the bytes of one direction. */
static void draw_stream(struct story *story, int writer, int reader)
{
    int count =
        pipes_follow(story, &ends, writer, reader, pieces, LENS_RECORDS);
    for (int i = 0; i < count && i < (int)LENS_RECORDS; i++) {
        const struct piece *piece = &pieces[i];
        const struct item *write = &story->item[piece->write];
        unsigned char bytes[256];
        struct text text = {0};
        struct field data;
        size_t known = 0;
        if (field_find(write->record->call, write->record->in, 'w', &data))
            known = field_bytes(&data, bytes);
        if (piece->count == pipes_bytes(write, true) && known > 0) {
            text_add_part(&text, data.value, data.value_length);
            text_add(&text, field_is_cut(&data) ? "…\"" : "");
        } else if (piece->offset + piece->count <= known) {
            text_add(&text, "\"");
            for (unsigned k = 0; k < piece->count; k++) {
                unsigned char byte = bytes[piece->offset + k];
                text_add(&text, byte < ' ' ? "\\x%02x" : "%c", byte);
            }
            text_add(&text, "\"");
        } else {
            text_add_bytes(&text, piece->count);
        }
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
        if (item_succeeded(connect) || connect->operation_end != NOTHING) {
            int before = story->arrows;
            story_add_arrow(
                story,
                ARROW_ORDER,
                server->connect,
                client->opened,
                NULL);
            if (story->arrows > before)
                story->arrow[before].from_start = true;
        }
    }
    draw_stream(story, client_end, client->partner);
    draw_stream(story, client->partner, client_end);
    draw_close(story, client_end, client->partner);
    draw_close(story, client->partner, client_end);
}

/** Draws each read of a mailslot: one message, from whoever wrote it first. */
static void draw_mailslot(struct story *story, int slot)
{
    static bool taken[ITEMS_MAX];
    const struct end *reader = &ends.end[slot];
    for (int i = 0; i < story->items; i++) {
        const struct item *read = &story->item[i];
        if (ends.end_of[i] != slot
            || table_role(read->record->call) != ROLE_READ
            || !(item_succeeded(read) || read->operation_end != NOTHING))
            continue;
        int finish = story_finish(story, i);
        for (int k = 0; k < story->items; k++) {
            const struct item *write = &story->item[k];
            const struct end *writer =
                ends.end_of[k] != NOTHING ? &ends.end[ends.end_of[k]] : NULL;
            if (writer == NULL || writer->server || taken[k]
                || table_role(write->record->call) != ROLE_WRITE
                || !item_succeeded(write)
                || writer->name_length != reader->name_length
                || _strnicmp(writer->name, reader->name, reader->name_length)
                       != 0
                || write->from > story->item[finish].to
                || pipes_bytes(write, true) != pipes_bytes(read, false)
                || !pipes_data_agree(
                    write,
                    0,
                    read,
                    0,
                    pipes_bytes(read, false)))
                continue;
            struct field data = {0};
            struct text text = {0};
            if (field_find(write->record->call, write->record->in, 'w', &data))
                text_add_part(&text, data.value, data.value_length);
            taken[k] = true;
            story_add_arrow(story, ARROW_MESSAGE, k, finish, text.at);
            break;
        }
    }
}

void story_find_messages(struct story *story)
{
    pipes_find(&ends, story);
    join_ends(story);
    for (int i = 0; i < ends.count; i++) {
        if (ends.end[i].mailslot && ends.end[i].server)
            draw_mailslot(story, i);
        else if (!ends.end[i].server && ends.end[i].partner != NOTHING)
            draw_connection(story, i);
    }
}
