/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The ends of pipes without a name, and who holds them.
 */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "lens/ends.h"

/** What is found, and from what. */
struct search {
    const struct lens_record *records;
    uint32_t now;  // the number of the record that is looked at
    struct lens_end *ends;
    size_t count;
};

/** A number that stands behind a key in a call's text; 0 if none does. */
static uint64_t number_in(const char *text, const char *key)
{
    const char *at = strstr(text, key);
    return at != NULL ? strtoull(at + strlen(key), NULL, 0) : 0;
}

static void add_end(struct search *search, struct lens_end end)
{
    if (search->count == LENS_ENDS_MAX || end.handle == 0)
        return;
    end.from = search->now;
    end.to = 0;
    search->ends[search->count++] = end;
}

/** The open end that a handle is now, or NULL. */
static struct lens_end *find_open(
    const struct search *search, uint32_t pid, uint32_t handle)
{
    for (size_t i = search->count; i-- > 0;)
        if (search->ends[i].pid == pid && search->ends[i].handle == handle
            && search->ends[i].to == 0)
            return &search->ends[i];
    return NULL;
}

/** CreatePipe: two ends. */
static void add_pipe(struct search *search, const struct lens_record *call)
{
    bool inherits = number_in(call->in, "inherit=") != 0;
    struct lens_end end = {
        .pid = call->pid,
        .handle = call->handle,
        .inherits = inherits,
        .pipe = search->now,
    };
    add_end(search, end);
    end.handle = call->handle2;
    end.writes = true;
    add_end(search, end);
}

/** The process to which a handle of CreateProcessW leads; 0: not known. */
static uint32_t process_of(
    const struct search *search, uint32_t pid, uint32_t handle)
{
    for (uint32_t i = search->now - 1; i-- > 0;) {
        const struct lens_record *call = &search->records[i];
        if (call->kind == LENS_KIND_CALL && call->call == LENS_CreateProcessW
            && call->pid == pid && call->handle == handle && call->peer != 0)
            return call->peer;
    }
    return 0;
}

/** Whose a handle in DuplicateHandle's text is: "self", or a process's. */
static uint32_t whose(
    const struct search *search, const struct lens_record *call,
    const char *key)
{
    const char *at = strstr(call->in, key);
    if (at == NULL || strncmp(at + strlen(key), "self", 4) == 0)
        return call->pid;
    return process_of(search, call->pid, (uint32_t)number_in(call->in, key));
}

/** DuplicateHandle: one more, here or in another process. */
static void add_copy(struct search *search, const struct lens_record *call)
{
    uint32_t from = whose(search, call, "from=");
    uint32_t to = whose(search, call, " to=");
    struct lens_end *source = find_open(search, from, call->other);
    if (source == NULL)
        return;
    struct lens_end copy = *source;
    if ((number_in(call->in, "options=") & DUPLICATE_CLOSE_SOURCE) != 0)
        source->to = search->now;
    copy.pid = to;
    copy.handle = call->handle;
    copy.inherits = number_in(call->in, "inherit=") != 0;
    if (to != 0)
        add_end(search, copy);
}

/** UpdateProcThreadAttribute, which has made the list of the handles that a
 * child inherits; NULL if there is none, and it inherits all that can be. */
static const struct lens_record *list_of(
    const struct lens_record *records, uint32_t number)
{
    const struct lens_record *start = &records[number - 1];
    uint64_t list = number_in(start->out, "list=");
    for (uint32_t i = number - 1; list != 0 && i-- > 0;) {
        const struct lens_record *call = &records[i];
        if (call->kind == LENS_KIND_CALL
            && call->call == LENS_UpdateProcThreadAttribute
            && call->pid == start->pid && call->t1 != 0
            && (call->flags & LENS_FLAG_FAILED) == 0
            && number_in(call->in, "list=") == list
            && number_in(call->in, "attribute=")
                   == PROC_THREAD_ATTRIBUTE_HANDLE_LIST)
            return call;
    }
    return NULL;
}

int lens_ends_list(
    const struct lens_record *records, uint32_t start, uint32_t *handles)
{
    int count = 0;
    const struct lens_record *call = list_of(records, start);
    const char *at = call != NULL ? strstr(call->in, "handles=") : NULL;
    if (at == NULL)
        return -1;
    char *next = (char *)at + strlen("handles");
    do
        handles[count++] = (uint32_t)strtoul(next + 1, &next, 0);
    while (*next == ',' && count < LENS_LIST_MAX);
    return count;
}

/** Whether a handle stands on the list; without one each does. */
static bool is_listed(const uint32_t *list, int count, uint32_t handle)
{
    for (int i = 0; i < count; i++)
        if (list[i] == handle)
            return true;
    return count < 0;
}

/** CreateProcessW: the child has what it inherits. */
static void add_inherited(struct search *search, const struct lens_record *call)
{
    uint32_t list[LENS_LIST_MAX];
    int listed = lens_ends_list(search->records, search->now, list);
    size_t count = search->count;
    if (number_in(call->in, "inherit=") == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        struct lens_end end = search->ends[i];
        if (end.pid != call->pid || end.to != 0 || !end.inherits
            || !is_listed(list, listed, end.handle))
            continue;
        end.pid = call->peer;
        add_end(search, end);
    }
}

/** A process is over: so is all that it has. 0: none. */
static void end_process(struct search *search, uint32_t pid)
{
    if (pid == 0)
        return;
    for (size_t i = 0; i < search->count; i++)
        if (search->ends[i].pid == pid && search->ends[i].to == 0)
            search->ends[i].to = search->now;
}

/** A call that has succeeded. */
static void look_at_call(struct search *search, const struct lens_record *call)
{
    struct lens_end *end = find_open(search, call->pid, call->handle);
    switch (call->call) {
    case LENS_CreatePipe:
        add_pipe(search, call);
        break;
    case LENS_DuplicateHandle:
        add_copy(search, call);
        break;
    case LENS_CreateProcessW:
        add_inherited(search, call);
        break;
    case LENS_SetHandleInformation:
        if (end != NULL
            && (number_in(call->in, "mask=") & HANDLE_FLAG_INHERIT) != 0)
            end->inherits =
                (number_in(call->in, "flags=") & HANDLE_FLAG_INHERIT) != 0;
        break;
    case LENS_CloseHandle:
        if (end != NULL)
            end->to = search->now;
        break;
    case LENS_TerminateProcess:
        end_process(search, process_of(search, call->pid, call->handle));
        break;
    default:
        break;
    }
}

size_t lens_ends_find(
    const struct lens_record *records, uint32_t count, struct lens_end *ends)
{
    struct search search = {.records = records, .ends = ends};
    for (search.now = 1; search.now <= count; search.now++) {
        const struct lens_record *record = &records[search.now - 1];
        if (record->kind == LENS_KIND_EXIT || record->kind == LENS_KIND_CRASH)
            end_process(&search, record->pid);
        else if (
            record->kind == LENS_KIND_CALL && record->t1 != 0
            && (record->flags & LENS_FLAG_FAILED) == 0)
            look_at_call(&search, record);
    }
    /* Who has left no record of its end has ended all the same, if somebody has
     * waited for it. */
    for (search.now = 1; search.now <= count; search.now++) {
        const struct lens_record *wait = &records[search.now - 1];
        if (wait->kind == LENS_KIND_CALL
            && wait->call == LENS_WaitForSingleObject && wait->t1 != 0
            && wait->result == WAIT_OBJECT_0)
            end_process(&search, process_of(&search, wait->pid, wait->handle));
    }
    return search.count;
}

const struct lens_end *lens_ends_at(
    const struct lens_end *ends, size_t count, uint32_t pid, uint32_t handle,
    uint32_t number)
{
    for (size_t i = count; i-- > 0;)
        if (ends[i].pid == pid && ends[i].handle == handle
            && ends[i].from <= number
            && (ends[i].to == 0 || ends[i].to >= number))
            return &ends[i];
    return NULL;
}
