/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Whether somebody waits for a partner that can't come any more.
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "checks/sweep/partner.h"

static const char PIPES[] = "name=\"\\\\.\\pipe\\";
static const char MAILSLOTS[] = "name=\"\\\\.\\mailslot\\";

/** Whether the name in the record is that of a pipe or mailslot. */
static bool names(const struct lens_record *record, const char *start)
{
    return _strnicmp(record->in, start, strlen(start)) == 0;
}

/** Whether this call made a pipe or a mailslot. */
static bool is_server_call(const struct lens_record *record)
{
    return record->kind == LENS_KIND_CALL && record->t1 != 0
           && (record->flags & LENS_FLAG_FAILED) == 0
           && (record->call == LENS_CreateNamedPipeW
               || record->call == LENS_CreateMailslotW);
}

/** Whether this call reached a server. */
static bool is_client_call(const struct lens_record *record)
{
    return record->kind == LENS_KIND_CALL && record->t1 != 0
           && (record->flags & LENS_FLAG_FAILED) == 0
           && (record->call == LENS_CreateFileW
               || record->call == LENS_CallNamedPipeW)
           && (names(record, PIPES) || names(record, MAILSLOTS));
}

/** Whether the process has made such a call. */
static bool has_made(
    const struct run *run, uint32_t process_id,
    bool (*is_such)(const struct lens_record *record))
{
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        if (record->pid == process_id && is_such(record))
            return true;
    }
    return false;
}

/** Whether an instance of the pipe waits for a client, by Windows's word. */
static bool is_listening(const struct run *run, const struct lens_record *made)
{
    char name[200];
    wchar_t wide[200];
    const char *path = made->in + strlen("name=\"");
    snprintf(
        name,
        sizeof name,
        "%.*s%s",
        (int)strcspn(path, "\""),
        path,
        run->stage.suffix);
    return WaitNamedPipeW(widen(name, wide, ARRAYSIZE(wide)), 1);
}

/** Whether the process is a server to which a client can come now. */
static bool expects_client(const struct run *run, uint32_t process_id)
{
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        if (record->pid != process_id || !is_server_call(record))
            continue;
        if (record->call == LENS_CreateMailslotW || is_listening(run, record))
            return true;
    }
    return false;
}

/** The first part behind the last Ctrl+C: who came before is missed by nobody
 * any more. */
static size_t first_after_press(const struct run *run)
{
    size_t first = 0;
    for (size_t i = 0; i < run->started; i++)
        if (run->conversation->parts[i].presses)
            first = i + 1;
    return first;
}

struct actor *partner_missing(struct run *run, bool quiet)
{
    struct actor *failed = NULL;
    bool expected = false;
    size_t first = first_after_press(run);
    for (size_t i = 0; i < run->count; i++) {
        struct actor *actor = &run->actors[i];
        uint32_t id = actor->program->id;
        if (actor->pressed && !actor->ended)
            return NULL;  // it is about to end, whoever comes
        if (!actor->ended)
            expected = expected || expects_client(run, id);
        else if (
            failed == NULL && actor->part >= first && actor->status != 0
            && !actor->replaced && !actor->substitute
            && !has_made(run, id, is_server_call)
            && (quiet || !has_made(run, id, is_client_call)))
            failed = actor;
    }
    return expected || quiet ? failed : NULL;
}
