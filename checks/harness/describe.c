/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Says what the programs of a check are doing, and ends the check.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/describe.h"
#include "checks/harness/diagnosis.h"
#include "checks/harness/scene.h"
#include "checks/harness/still.h"
#include "checks/harness/where.h"
#include "lens/table.h"

/** Names the call that a program made last: `, after ReadFile (server.c:36)`.
 */
static const char *last_call(
    const struct program *program, char *text, size_t size)
{
    char place[80];
    const struct lens_record *last = where_last(scene_view(), program->id);
    if (last == NULL)
        return "";
    snprintf(
        text,
        size,
        ", after %s%s",
        lens_call_name(last->call),
        where_line(program, last->caller, place, sizeof place));
    return text;
}

enum { THREADS_MAX = 600, SHOWN_MAX = 6, COMPUTES_MS = 200 };

/** Says of each thread which call it is inside; of those that are at the same
 * place, how many there are. */
static void describe_threads(
    const struct program *program, const struct lens_record **inside,
    size_t count, char *text, size_t size)
{
    char place[80];
    size_t used = (size_t)snprintf(
        text,
        size,
        "%s has %zu threads inside calls:",
        program->name,
        count);
    for (size_t i = 0, shown = 0; i < count && used < size; i++) {
        const struct lens_record *record = inside[i];
        size_t same = 0;
        if (record == NULL)
            continue;
        if (shown++ == SHOWN_MAX) {
            snprintf(text + used, size - used, " and others");
            return;
        }
        for (size_t k = i; k < count; k++)
            if (inside[k] != NULL && inside[k]->caller == record->caller
                && ((inside[k]->flags ^ record->flags) & LENS_FLAG_AT_GATE)
                       == 0) {
                same++;
                inside[k] = NULL;
            }
        used += (size_t)snprintf(
            text + used,
            size - used,
            "%s %s%s%s",
            shown > 1 ? "," : "",
            record->flags & LENS_FLAG_AT_GATE ? "held by the check before "
                                              : "",
            lens_call_name(record->call),
            where_line(program, record->caller, place, sizeof place));
        if (same > 1 && used < size)
            used += (size_t)snprintf(text + used, size - used, " x %zu", same);
    }
}

/** Names the call of a program that got memory which is not the program's:
 * whatever the check is about, that comes first. */
static void blame_memory(const struct program *program)
{
    for (uint32_t i = 0; i < lens_view_count(scene_view()); i++) {
        const struct lens_record *call = lens_view_at(scene_view(), i);
        if (call->kind == LENS_KIND_CALL && call->pid == program->id
            && call->error == ERROR_NOACCESS)
            likely(
                "%s got memory that is not the program's: a wild pointer, or "
                "one that was kept while its block moved or was freed",
                lens_call_name(call->call));
    }
}

/** Says what a program that has crashed did with memory, if that is known. */
static bool describe_memory(
    const struct program *program, char *text, size_t size)
{
    char what[300];
    for (uint32_t i = 0; i < lens_view_count(scene_view()); i++) {
        const struct lens_record *record = lens_view_at(scene_view(), i);
        if (record->kind != LENS_KIND_MEMORY || record->pid != program->id
            || record->error != 0
            || where_memory(program, record, what, sizeof what)[0] == '\0')
            continue;
        also_likely(WRONG_MEMORY);
        snprintf(
            text,
            size,
            "%s has ended%s: %s",
            program->name,
            where_crashed(scene_view(), program->id) != NULL ? " by a crash"
                                                             : "",
            what);
        return true;
    }
    return false;
}

/** Says which call a program with one thread at work is inside. */
static void describe_call(
    const struct program *program, const struct lens_record *inside, char *text,
    size_t size)
{
    char place[80], holders[200];
    snprintf(
        text,
        size,
        "%s is %s %s%s%s",
        program->name,
        inside->flags & LENS_FLAG_AT_GATE ? "held by the check before"
                                          : "inside",
        lens_call_name(inside->call),
        where_line(program, inside->caller, place, sizeof place),
        where_holders(scene_view(), program, inside, holders, sizeof holders));
}

/** Says that a program is in no call, and whether it computes. */
static void describe_silence(
    const struct program *program, char *text, size_t size)
{
    char place[80];
    bool computes = where_computed_ms(scene_view(), program) >= COMPUTES_MS;
    snprintf(
        text,
        size,
        "%s is in no call that the lens sees: it %s",
        program->name,
        computes ? "computes" : "waits elsewhere");
    if (computes)
        also_likely(
            "a loop that does not end, or nothing but computing, in %s%s",
            program->name,
            last_call(program, place, sizeof place));
}

/** Says what a program is doing. */
static void describe_running(
    const struct program *program, char *text, size_t size)
{
    static const struct lens_record *threads[THREADS_MAX];
    size_t count =
        where_threads(scene_view(), program->id, threads, THREADS_MAX);
    if (lens_view_full(scene_view())
        && !where_all_wait(scene_view(), program->id, true)) {
        snprintf(
            text,
            size,
            "%s makes call after call, more than can be recorded",
            program->name);
        also_likely("a loop that does not end, in %s", program->name);
    } else if (count > 1)
        describe_threads(program, threads, count, text, size);
    else if (count == 1)
        describe_call(program, threads[0], text, size);
    else
        describe_silence(program, text, size);
}

/** Says how a program has crashed: where, if the record knows. */
static void describe_crash(
    const struct program *program, const struct lens_record *crash, DWORD code,
    char *text, size_t size)
{
    char place[80] = "";
    also_likely(
        "%s crashed: look for what writes or reads outside its memory",
        program->name);
    if (crash != NULL)
        where_line(program, crash->caller, place, sizeof place);
    snprintf(
        text,
        size,
        "%s crashed: exception 0x%08lX%s%s",
        program->name,
        code,
        code == EXCEPTION_ACCESS_VIOLATION ? ", access violation"
        : code == EXCEPTION_STACK_OVERFLOW ? ", stack overflow"
                                           : "",
        place);
}

/** Says in one sentence what a program is doing, or how it ended. */
static void describe_program(struct program *program, char *text, size_t size)
{
    DWORD code;
    /* A program that is about to end says more when it has ended. */
    if (still_look() != STANDS)
        wait_for_end(program, now_ms() + LAST_WORDS_MS, &code);
    if (is_running(program)) {
        describe_running(program, text, size);
        return;
    }
    GetExitCodeProcess(program->process, &code);
    if (describe_memory(program, text, size))
        return;
    blame_memory(program);
    const struct lens_record *crash = where_crashed(scene_view(), program->id);
    if (crash != NULL || (code >= 0xC0000000 && code < 0xF0000000))
        describe_crash(program, crash, code, text, size);
    else
        snprintf(
            text,
            size,
            "%s ended with exit status %lu",
            program->name,
            code);
}

/** Adds what a stream says last, in one line, if it says anything. */
static void describe_output(
    struct output *output, const char *how, char *text, size_t size)
{
    static char all[OUTPUT_LIMIT + 1];
    size_t length = copy_output(output, all);
    while (length > 0 && all[length - 1] == '\n')
        all[--length] = '\0';
    if (length == 0)
        return;
    const char *last = strrchr(all, '\n');
    last = last == NULL ? all : last + 1;
    size_t used = strlen(text);
    snprintf(
        text + used,
        size - used,
        "; %s %s%.300s%s",
        how,
        last != all ? "... " : "",
        last,
        output->lost > 0 ? " (and more than can be kept)" : "");
}

/** Adds the last line of a program's error output, if there is one. */
static void describe_errors(struct program *program, char *text, size_t size)
{
    describe_output(&program->err, "its error output:", text, size);
}

_Noreturn void fail_program(struct program *program, const char *expected)
{
    char text[1000];
    describe_program(program, text, sizeof text);
    describe_errors(program, text, sizeof text);
    describe_output(&program->out, "its output:", text, sizeof text);
    if (program->out.length == 0 && program->err.length == 0)
        strncat(text, "; it printed nothing", sizeof text - strlen(text) - 1);
    fail_check(expected, "%s", text);
}

_Noreturn void fail_late(const char *expected)
{
    char text[100];
    enum stillness found = still_look();
    if (found == MOVES)
        snprintf(text, sizeof text, "nothing within %u ms", scene_limit_ms());
    else
        snprintf(text, sizeof text, "nothing, %s", still_words(found));
    fail_scene(expected, text);
}

_Noreturn void fail_scene(const char *expected, const char *seen)
{
    char text[1000] = "";
    if (seen != NULL)
        snprintf(text, sizeof text, "%s", seen);
    struct program *program;
    for (size_t i = 0; (program = scene_program(i)) != NULL; i++) {
        size_t used = strlen(text);
        if (used > 0)
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s", "\n");
        describe_program(program, text + used, sizeof text - used);
        describe_errors(program, text, sizeof text);
        describe_output(&program->out, "its output:", text, sizeof text);
    }
    fail_check(expected, "%s", text);
}
