/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What was wrong in a run.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/harness/where.h"
#include "checks/sweep/complaints.h"
#include "checks/sweep/mistakes.h"
#include "checks/sweep/sites.h"
#include "lens/table.h"

/** Of how many threads is told where they hang. */
enum { THREADS_SHOWN = 6 };

/** The exit statuses from here on are exceptions that nobody handled. */
#define FIRST_EXCEPTION 0xC0000000u

/** Adds a sentence. */
static void __attribute__((format(gnu_printf, 2, 3)))
add(char wrong[WRONG_MAX], const char *format, ...)
{
    size_t used = strlen(wrong);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(wrong + used, WRONG_MAX - 1 - used, format, arguments);
    va_end(arguments);
    strcat(wrong, "\n");
}

/** How the report calls a program of the run. */
static const char *label_of(const struct run *run, const struct actor *actor)
{
    return actor->child != NULL ? actor->child
           : actor->substitute  ? "the client that came instead"
                                : run->conversation->parts[actor->part].label;
}

/** Says of everybody who still runs where it is. */
static void judge_end(const struct run *run, char *wrong)
{
    char place[80];
    for (size_t i = 0; run->hangs && i < run->count; i++) {
        const struct actor *actor = &run->actors[i];
        if (actor->ended)
            continue;
        const struct lens_record *inside[THREADS_SHOWN];
        size_t count = where_threads(
            &run->stage.view,
            actor->program->id,
            inside,
            THREADS_SHOWN);
        char calls[600] = "";
        for (size_t k = 0; k < count; k++) {
            size_t used = strlen(calls);
            snprintf(
                calls + used,
                sizeof calls - used,
                "%s%s%s",
                k > 0 ? ", " : "",
                lens_call_name(inside[k]->call),
                where_line(
                    actor->program,
                    inside[k]->caller,
                    place,
                    sizeof place));
        }
        if (count == 0)
            add(wrong, "%s does not end; it computes", label_of(run, actor));
        else
            add(wrong,
                "%s %s inside %s",
                label_of(run, actor),
                run->too_long ? "has not ended; it is" : "hangs",
                calls);
    }
    if (run->started < run->conversation->count)
        add(wrong,
            "%s was not started: the one before was not ready",
            run->conversation->parts[run->started].label);
    if (run->leaves)
        add(wrong, "a process that one of them started still runs");
    if (lens_view_full(&run->stage.view))
        add(wrong, "the record is full: what is missing can't be judged");
}

/** Whether there is a record of this kind of the process. */
static bool has_record(
    const struct run *run, uint32_t process_id, enum lens_kind kind)
{
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++)
        if (lens_view_at(&run->stage.view, i)->kind == kind
            && lens_view_at(&run->stage.view, i)->pid == process_id)
            return true;
    return false;
}

/** Says so if the program crashed; returns whether. */
static bool judge_crash(
    const struct run *run, const struct actor *actor, char *wrong)
{
    char place[80] = "";
    const struct lens_record *crash =
        where_crashed(&run->stage.view, actor->program->id);
    if (crash != NULL)
        where_line(actor->program, crash->caller, place, sizeof place);
    if (crash != NULL || actor->status >= FIRST_EXCEPTION)
        add(wrong,
            "%s crashed: exception 0x%lX%s",
            label_of(run, actor),
            crash != NULL ? crash->error : actor->status,
            place);
    else if (!has_record(run, actor->program->id, LENS_KIND_EXIT))
        add(wrong,
            "%s ended, but not by the end of main or exit: status %lu",
            label_of(run, actor),
            actor->status);
    else
        return false;
    return true;
}

/** Whether a call is one of those that clean up or tell of the failure. */
static bool is_last_word(uint32_t call)
{
    return call == LENS_CloseHandle || call == LENS_FormatMessageW
           || call == LENS_DisconnectNamedPipe || call == LENS_ExitProcess
           || call == LENS_UnmapViewOfFile;
}

/** The thread that ended the program, by exit or by the end of main; 0: it
 * ended otherwise. */
static uint32_t ending_thread(const struct run *run, uint32_t process_id)
{
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        if (record->kind == LENS_KIND_EXIT && record->pid == process_id)
            return record->tid;
    }
    return 0;
}

/** Whether a call ends an operation that must not outlive its structure. */
static bool ends_operation(uint32_t call)
{
    return call == LENS_CancelIo || call == LENS_CancelIoEx
           || call == LENS_GetOverlappedResult;
}

/**
 * Whether the program ended at a failed call: the thread that ended it only
 * told of it and cleaned up. What is open then, the process's end closes.
 */
static bool gave_up(const struct run *run, uint32_t process_id)
{
    bool failed = false;
    uint32_t thread = ending_thread(run, process_id);
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        if (record->kind != LENS_KIND_CALL || record->pid != process_id
            || record->tid != thread)
            continue;
        uint32_t flags = record->flags;
        if ((flags & LENS_FLAG_FAILED) != 0 && (flags & LENS_FLAG_PENDING) == 0)
            failed = true;
        else if (!is_last_word(record->call) && !ends_operation(record->call))
            failed = false;
    }
    return failed;
}

/** Looks for handles that nobody closed. */
static void judge_leaks(
    const struct run *run, const struct actor *actor, char *wrong)
{
    char place[80];
    uint32_t id = actor->program->id;
    if ((actor->status != 0 || actor->child != NULL) && gave_up(run, id))
        return;
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *leak = lens_view_at(&run->stage.view, i);
        if (leak->kind == LENS_KIND_LEAK && leak->pid == id)
            add(wrong,
                "%s %s, but left a handle open that %s gave it%s",
                label_of(run, actor),
                actor->status == 0 && actor->child == NULL ? "ended with 0"
                                                           : "went on",
                lens_call_name(leak->call),
                where_line(actor->program, leak->caller, place, sizeof place));
    }
}

/** Whether nobody need be told of the failure. */
static bool is_silent(const struct run *run, const struct fault *fault)
{
    return fault->call.site != SITE_NONE
           && conversation_is_silent(
               run->conversation,
               site_at(fault->call.site)->file,
               lens_call_name(fault->call.call));
}

/** Judges what a program got that failed on purpose. */
static void judge_fault(
    const struct run *run, const struct actor *actor, char *wrong)
{
    const struct part *part = &run->conversation->parts[actor->part];
    const struct fault *hard = NULL;
    bool goes_on = conversation_goes_on(run->conversation, part->program);
    bool said = false, own = false;
    for (size_t i = 0; i < run->job->count; i++) {
        const struct fault *fault = &run->job->faults[i];
        if (!fault->hard || fault->call.part != actor->part
            || is_silent(run, fault))
            continue;
        hard = fault;
        own = own || strcmp(fault->call.program, part->program) == 0;
        said = said || report_names(&actor->program->err, run, fault)
               || (goes_on && report_names(&actor->program->out, run, fault));
    }
    if (hard == NULL)
        return;
    if (!said)
        add(wrong,
            "%s does not say that %s failed with error %lu",
            part->label,
            lens_call_name(hard->call.call),
            hard->error);
    if (own && actor->status == 0 && !goes_on)
        add(wrong,
            "%s ended with 0, although %s failed with error %lu",
            part->label,
            lens_call_name(hard->call.call),
            hard->error);
}

/** Whether the program has had an answer by CallNamedPipeW. */
static bool has_called(const struct run *run, uint32_t process_id)
{
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        if (record->kind == LENS_KIND_CALL && record->pid == process_id
            && record->call == LENS_CallNamedPipeW && record->t1 != 0
            && ((record->flags & LENS_FLAG_FAILED) == 0
                || record->error == ERROR_MORE_DATA))
            return true;
    }
    return false;
}

/**
 * Whether one that came instead finds partners without faults of their own,
 * and as many connections as it needs: its predecessor has not used up some.
 */
static bool must_be_served(const struct run *run, const struct actor *actor)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->actors[i].part == actor->part && run->actors[i].replaced
            && has_called(run, run->actors[i].program->id))
            return false;
    for (size_t i = 0; i < run->job->count; i++)
        if (run->job->faults[i].call.part != actor->part)
            return false;
    return true;
}

/** Looks for CloseHandle calls that closed nothing, other than those that do so
 * when no call fails. */
static void judge_closes(
    const struct run *run, const struct actor *actor, char *wrong)
{
    char place[80];
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        if (record->kind != LENS_KIND_WARNING
            || record->pid != actor->program->id)
            continue;
        int site = site_reach(actor->program->name, record->caller);
        if (run->job == NULL && site != SITE_NONE)
            site_tolerate(site);
        else if (run->job != NULL && site != SITE_NONE && !site_at(site)->warns)
            add(wrong,
                "%s closes a handle that is not open%s",
                label_of(run, actor),
                where_line(
                    actor->program,
                    record->caller,
                    place,
                    sizeof place));
    }
}

/** What is known of a process that a program has started; to be freed. */
static struct program *make_child(
    const struct run *run, const struct actor *actor, uint32_t process_id)
{
    struct program *child = malloc(sizeof *child);
    if (child != NULL) {
        *child = *actor->program;
        child->id = process_id;
        snprintf(
            child->name,
            sizeof child->name,
            "%s",
            where_name(&run->stage.view, process_id));
        return child;
    }
    stop("no memory for a child");
}

/** Judges what a program has started, as far as it was built with the lens:
 * children, and theirs. What they say they say where the program does. */
static void judge_children(
    const struct run *run, const struct actor *actor, char *wrong)
{
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *start = lens_view_at(&run->stage.view, i);
        if (start->kind != LENS_KIND_CALL || start->call != LENS_CreateProcessW
            || start->peer == 0 || start->pid != actor->program->id)
            continue;
        struct program *program = make_child(run, actor, start->peer);
        struct actor child = *actor;
        child.program = program;
        child.child = program->name;
        if (where_crashed(&run->stage.view, program->id) != NULL)
            judge_crash(run, &child, wrong);
        judge_closes(run, &child, wrong);
        judge_leaks(run, &child, wrong);
        judge_children(run, &child, wrong);
        free(program);
    }
}

/** Judges one program that has ended. */
static void judge_actor(
    const struct run *run, const struct actor *actor, char *wrong)
{
    char line[200];
    if (judge_crash(run, actor, wrong))
        return;
    if (run->job != NULL && !actor->substitute)
        judge_fault(run, actor, wrong);
    if (report_is_untrue(actor->program, run, line, sizeof line))
        add(wrong,
            "%s says what no call has done: %s",
            label_of(run, actor),
            line);
    if (actor->status != 0 && actor->program->err.length == 0)
        add(wrong,
            "%s ended with %lu and did not say why",
            label_of(run, actor),
            actor->status);
    if (actor->status != 0
        && (run->job == NULL
            || (actor->substitute && must_be_served(run, actor))))
        add(wrong,
            "%s ended with %lu: %s",
            label_of(run, actor),
            actor->status,
            report_first(actor->program, line, sizeof line));
    judge_closes(run, actor, wrong);
    judge_leaks(run, actor, wrong);
    judge_children(run, actor, wrong);
}

bool all_have_struck(const struct run *run)
{
    for (size_t i = 0; run->job != NULL && i < run->job->count; i++) {
        const struct call *call = &run->job->faults[i].call;
        bool struck = false;
        for (uint32_t k = 0; k < lens_view_count(&run->stage.view); k++) {
            const struct lens_record *record =
                lens_view_at(&run->stage.view, k);
            struck =
                struck
                || (record->kind == LENS_KIND_CALL
                    && (record->flags & LENS_FLAG_INJECTED) != 0
                    && record->call == call->call && record->nth == call->nth);
        }
        if (!struck)
            return false;
    }
    return true;
}

void judge(const struct run *run, char wrong[WRONG_MAX])
{
    wrong[0] = '\0';
    judge_end(run, wrong);
    for (size_t i = 0; i < run->count; i++)
        if (run->actors[i].ended)
            judge_actor(run, &run->actors[i], wrong);
}
