/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Where a program is: which call, which line of its source.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/where.h"
#include "lens/ends.h"
#include "lens/lines.h"
#include "lens/table.h"

const struct lens_record *where_inside(
    const struct lens_view *view, DWORD process_id)
{
    const struct lens_record *last = NULL;
    for (uint32_t i = 0; i < lens_view_count(view); i++) {
        const struct lens_record *record = lens_view_at(view, i);
        if (record->kind == LENS_KIND_CALL && record->pid == process_id
            && record->t1 == 0)
            last = record;
    }
    return last;
}

enum { THREADS_MAX = 600 };

/** What is known of a thread: whether it is inside a call, and of which. */
struct thread {
    DWORD id;
    const struct lens_record *inside;
};

/** The place of a thread in the list; it is added if it is new. */
static struct thread *find_thread(
    struct thread *threads, size_t *count, DWORD id)
{
    for (size_t i = 0; i < *count; i++)
        if (threads[i].id == id)
            return &threads[i];
    if (*count == THREADS_MAX)
        return NULL;
    threads[*count] = (struct thread){.id = id};
    return &threads[(*count)++];
}

/** Lists the threads that have made a call or were made by one. */
static size_t list_threads(
    const struct lens_view *view, DWORD process_id, struct thread *threads)
{
    size_t count = 0;
    for (uint32_t i = 0; i < lens_view_count(view); i++) {
        const struct lens_record *record = lens_view_at(view, i);
        if (record->kind != LENS_KIND_CALL || record->pid != process_id)
            continue;
        struct thread *thread = find_thread(threads, &count, record->tid);
        if (thread != NULL && record->t1 == 0)
            thread->inside = record;
        if ((record->call == LENS_CreateThread
             || record->call == LENS__beginthreadex)
            && record->t1 != 0 && record->peer != 0)
            find_thread(threads, &count, record->peer);
    }
    return count;
}

size_t where_threads(
    const struct lens_view *view, DWORD process_id,
    const struct lens_record **inside, size_t room)
{
    struct thread threads[THREADS_MAX];
    size_t all = list_threads(view, process_id, threads), count = 0;
    for (size_t i = 0; i < all && count < room; i++)
        if (threads[i].inside != NULL)
            inside[count++] = threads[i].inside;
    return count;
}

bool where_waits(const struct lens_record *record)
{
    /* What the lens holds up (a fault `delay=`) goes on by itself. */
    if (record->kind != LENS_KIND_CALL || record->t1 != 0
        || (record->flags & (LENS_FLAG_AT_GATE | LENS_FLAG_DELAYED)) != 0
        || (strcmp(lens_call_does(record->call), "LENS_BLOCKS") != 0
            && strcmp(lens_call_does(record->call), "LENS_COLLECTS") != 0))
        return false;
    /* Here `wait` is no time, but yes or no; data can hold anything. */
    if (record->call == LENS_GetOverlappedResult
        || record->call == LENS_ReadFile || record->call == LENS_WriteFile)
        return true;
    const char *limit = strstr(record->in, "wait=");
    if (limit == NULL)
        limit = strstr(record->in, "time=");
    return limit == NULL || strncmp(limit + 5, "INFINITE", 8) == 0;
}

/** How long a thread has computed, in milliseconds; 0 if it has ended. */
static unsigned long long thread_computed_ms(HANDLE thread)
{
    FILETIME begin, end, kernel, user;
    if (thread == NULL || !GetThreadTimes(thread, &begin, &end, &kernel, &user))
        return 0;
    /* In steps of 100 ns; what is above 32 bits would be seven minutes. */
    return ((unsigned long long)kernel.dwLowDateTime + user.dwLowDateTime)
           / 10000;
}

unsigned long long where_computed_ms(
    const struct lens_view *view, const struct program *program)
{
    struct thread threads[THREADS_MAX];
    size_t count = list_threads(view, program->id, threads);
    DWORD first = GetThreadId(program->thread);
    unsigned long long sum = thread_computed_ms(program->thread);
    for (size_t i = 0; i < count; i++) {
        HANDLE thread =
            threads[i].id == first
                ? NULL
                : OpenThread(THREAD_QUERY_INFORMATION, FALSE, threads[i].id);
        sum += thread_computed_ms(thread);
        if (thread != NULL)
            CloseHandle(thread);
    }
    return sum;
}

/** Whether a thread has ended. */
static bool has_ended(DWORD thread_id)
{
    HANDLE thread = OpenThread(SYNCHRONIZE, FALSE, thread_id);
    if (thread == NULL)
        return true;
    bool ended = WaitForSingleObject(thread, 0) == WAIT_OBJECT_0;
    CloseHandle(thread);
    return ended;
}

/** Whether an event that stays set was set, and not reset since. */
static bool is_set_event(
    const struct lens_view *view, const struct lens_record *made)
{
    bool set = false;
    if (made->call != LENS_CreateEventW || strstr(made->in, "manual=1") == NULL)
        return false;
    for (uint32_t i = 0; i < lens_view_count(view); i++) {
        const struct lens_record *record = lens_view_at(view, i);
        if (record->kind == LENS_KIND_CALL && record->pid == made->pid
            && record->handle == made->handle && record > made
            && (record->call == LENS_SetEvent
                || record->call == LENS_ResetEvent))
            set = record->call == LENS_SetEvent;
    }
    return set;
}

/** The call that has opened a handle, or NULL. */
static const struct lens_record *opening_of(
    const struct lens_view *view, DWORD process_id, unsigned long handle)
{
    const struct lens_record *made = NULL;
    for (uint32_t i = 0; i < lens_view_count(view); i++) {
        const struct lens_record *record = lens_view_at(view, i);
        if (record->kind == LENS_KIND_CALL && record->pid == process_id
            && record->t1 != 0 && record->handle == handle
            && (record->flags & LENS_FLAG_OPENS) != 0)
            made = record;
    }
    return made;
}

/** Whether a handle may be signalled without anybody's doing: it stands for a
 * thread that has ended or for a set event; or for something that the lens has
 * not seen, as a timer is. */
static bool is_set(
    const struct lens_view *view, DWORD process_id, unsigned long handle)
{
    const struct lens_record *made = opening_of(view, process_id, handle);
    if (made == NULL)
        return true;
    if (made->call == LENS_CreateThread || made->call == LENS__beginthreadex)
        return made->peer != 0 && has_ended(made->peer);
    return is_set_event(view, made);
}

/** Whether a call waits for objects of which one may be set: then it may be
 * about to return. A mailslot has a time-out of its own. */
static bool waits_for_the_past(
    const struct lens_view *view, const struct lens_record *record)
{
    const char *handles = strstr(record->in, "objects=");
    if (record->call == LENS_WaitForSingleObject
        || record->call == LENS_WaitForSingleObjectEx)
        return is_set(view, record->pid, record->handle);
    if (record->call == LENS_ReadFile) {
        const struct lens_record *made =
            opening_of(view, record->pid, record->handle);
        return made != NULL && made->call == LENS_CreateMailslotW;
    }
    if (handles == NULL || strstr(record->in, "all=1") != NULL)
        return false;
    handles += strlen("objects=");
    for (;;) {
        char *end;
        unsigned long handle = strtoul(handles, &end, 0);
        if (is_set(view, record->pid, handle))
            return true;
        if (*end != ',')
            return false;
        handles = end + 1;
    }
}

/** Whether a thread can't go on by itself. */
static bool stands(
    const struct lens_view *view, const struct thread *thread, bool held)
{
    const struct lens_record *inside = thread->inside;
    if (inside == NULL)
        return has_ended(thread->id);
    if ((inside->flags & LENS_FLAG_AT_GATE) != 0)
        return held;
    return where_waits(inside) && !waits_for_the_past(view, inside);
}

size_t where_alive(const struct lens_view *view, DWORD process_id)
{
    struct thread threads[THREADS_MAX];
    size_t count = list_threads(view, process_id, threads), alive = 0;
    for (size_t i = 0; i < count; i++)
        alive += !has_ended(threads[i].id);
    return alive;
}

bool where_all_wait(const struct lens_view *view, DWORD process_id, bool held)
{
    struct thread threads[THREADS_MAX];
    size_t count = list_threads(view, process_id, threads);
    for (size_t i = 0; i < count; i++)
        if (!stands(view, &threads[i], held))
            return false;
    return count > 0;
}

const struct lens_record *where_last(
    const struct lens_view *view, DWORD process_id)
{
    const struct lens_record *last = NULL;
    for (uint32_t i = 0; i < lens_view_count(view); i++) {
        const struct lens_record *record = lens_view_at(view, i);
        if (record->kind == LENS_KIND_CALL && record->pid == process_id)
            last = record;
    }
    return last;
}

bool where_waits_to_read(
    const struct lens_view *view, DWORD process_id, unsigned long long bytes)
{
    const struct lens_record *last = NULL;
    unsigned long long bytes_read = 0;
    for (uint32_t i = 0; i < lens_view_count(view); i++) {
        const struct lens_record *record = lens_view_at(view, i);
        if (record->kind != LENS_KIND_CALL || record->pid != process_id)
            continue;
        if (last != NULL && last->tid != record->tid)
            return false;
        /* A thread that has made no call yet is one, too. */
        if (record->call == LENS_CreateThread
            || record->call == LENS__beginthreadex)
            return false;
        last = record;
        if (record->call == LENS_ReadFile && record->t1 != 0)
            bytes_read += record->bytes;
    }
    return last != NULL && last->call == LENS_ReadFile && last->t1 == 0
           && last->overlapped == 0  // else it returns at once
           && (last->flags & LENS_FLAG_AT_GATE) == 0 && bytes_read == bytes;
}

const struct lens_record *where_crashed(
    const struct lens_view *view, DWORD process_id)
{
    for (uint32_t i = 0; i < lens_view_count(view); i++) {
        const struct lens_record *record = lens_view_at(view, i);
        if (record->kind == LENS_KIND_CRASH && record->pid == process_id)
            return record;
    }
    return NULL;
}

/** Opens a file of the program: FOLDER/NAME and the ending. */
static FILE *open_beside(const struct program *program, const char *ending)
{
    char path[MAX_PATH];
    wchar_t wide[MAX_PATH];
    snprintf(
        path,
        sizeof path,
        "%s/%s%s",
        program->folder,
        program->name,
        ending);
    return _wfopen(widen(path, wide, MAX_PATH), L"rb");
}

const char *where_line(
    const struct program *program, uint32_t address, char *text, size_t size)
{
    text[0] = '\0';
    FILE *list = open_beside(program, ".lines");
    FILE *file = open_beside(program, ".exe");
    struct lens_lines *lines =
        list != NULL && file != NULL ? lens_lines_read(list, file) : NULL;
    if (lines != NULL) {
        /* The return address is that of the next instruction: one byte back is
         * inside the call. */
        const char *place = lens_lines_at(lines, address - 1);
        if (place[0] != '\0')
            snprintf(text, size, " (%s)", place);
    }
    lens_lines_free(lines);
    if (list != NULL)
        fclose(list);
    if (file != NULL)
        fclose(file);
    return text;
}

const char *where_name(const struct lens_view *view, DWORD process_id)
{
    for (uint32_t i = 0; i < lens_view_count(view); i++) {
        const struct lens_record *record = lens_view_at(view, i);
        if (record->kind == LENS_KIND_START && record->pid == process_id)
            return record->in;
    }
    return "another program";
}

/** Adds one holder: which program, and by which call it came to the end. */
static void add_holder(
    const struct lens_view *view, const struct program *program,
    const struct lens_end *end, char *text, size_t size)
{
    char place[80];
    const struct lens_record *came = lens_view_at(view, end->from - 1);
    struct program whose = *program;
    size_t used = strlen(text);
    snprintf(whose.name, sizeof whose.name, "%s", where_name(view, came->pid));
    where_line(&whose, came->caller, place, sizeof place);
    snprintf(
        text + used,
        size - used,
        "%s%s: %s%s",
        used == 0               ? ""
        : text[used - 1] == ' ' ? ""
                                : ", and in ",
        where_name(view, end->pid),
        came->call == LENS_CreateProcessW ? "inherited by " : "",
        came->call == LENS_CreateProcessW ? "CreateProcessW"
                                          : lens_call_name(came->call));
    used = strlen(text);
    snprintf(text + used, size - used, "%s", place);
}

const char *where_holders(
    const struct lens_view *view, const struct program *program,
    const struct lens_record *inside, char *text, size_t size)
{
    static struct lens_end ends[LENS_ENDS_MAX];
    uint32_t all = lens_view_count(view), number = 1;
    size_t count = lens_ends_find(lens_view_at(view, 0), all, ends);
    text[0] = '\0';
    while (number < all && lens_view_at(view, number - 1) != inside)
        number++;
    const struct lens_end *own =
        lens_ends_at(ends, count, inside->pid, inside->handle, number);
    if (own == NULL
        || (inside->call != LENS_ReadFile && inside->call != LENS_WriteFile))
        return text;
    snprintf(
        text,
        size,
        "; its %s end is open in ",
        own->writes ? "reading" : "writing");
    size_t head = strlen(text);
    for (size_t i = 0; i < count; i++)
        if (ends[i].pipe == own->pipe && ends[i].writes != own->writes
            && ends[i].to == 0)
            add_holder(view, program, &ends[i], text, size);
    if (text[head] == '\0')
        text[0] = '\0';
    return text;
}

const char *where_memory(
    const struct program *program, const struct lens_record *record, char *text,
    size_t size)
{
    char place[80] = "", made[80] = "", freed[80] = "";
    /* Who wrote beside a block is not known, only who made it. */
    if (record->caller != record->handle2)
        where_line(program, record->caller, place, sizeof place);
    if (record->handle2 != 0)
        where_line(program, record->handle2, made, sizeof made);
    if (record->other != 0 && record->other != record->caller)
        where_line(program, record->other, freed, sizeof freed);
    snprintf(
        text,
        size,
        "%s%s%s%s%s%s",
        record->in,
        place,
        made[0] != '\0' ? ", made at" : "",
        made,
        freed[0] != '\0' ? ", freed at" : "",
        freed);
    if (place[0] == '\0' && made[0] == '\0')
        text[0] = '\0';
    return text;
}
