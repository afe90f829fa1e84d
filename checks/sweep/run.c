/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief One run of the conversation under faults.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/sweep/hope.h"
#include "checks/sweep/partner.h"
#include "checks/sweep/run.h"
#include "common/error.h"

/** How often the record is looked at, at least; and how long after the last
 * end a process of the group may still be counted. In ms. */
enum { LOOK_MS = 5, LAST_WORDS_MS = 2000 };

/** Ends the sweep: the machine is in the way. */
static _Noreturn void give_up(const char *call)
{
    report_error(call, GetLastError());
    exit(EXIT_USAGE);
}

/** Makes the group of processes, a record and a suffix of this run's own. */
static void open_run(struct run *run)
{
    static volatile LONG number;
    char suffix[40];
    snprintf(
        suffix,
        sizeof suffix,
        "-sweep-%lu-%ld",
        GetCurrentProcessId(),
        InterlockedIncrement(&number));
    const char *failed = stage_open(&run->stage, suffix);
    if (failed != NULL)
        give_up(failed);
}

/** Presses Ctrl+C for the first program of this name. */
static void press(struct run *run, const char *program)
{
    for (size_t i = 0; i < run->count; i++) {
        struct actor *actor = &run->actors[i];
        if (strcmp(actor->program->name, program) != 0 || actor->substitute)
            continue;
        SetEvent(actor->ctrl_c);
        actor->pressed = true;
        return;
    }
}

/** Starts a program of the conversation. */
static void start(struct run *run, size_t part, bool substitute)
{
    const struct part *what = &run->conversation->parts[part];
    char fault[400] = "", ctrl_c[40] = "", environment[1024];
    HANDLE event = NULL;
    if (run->conversation->has_presses) {
        snprintf(ctrl_c, sizeof ctrl_c, "pipework-ctrl-c-%zu", run->count);
        event = stage_event(&run->stage, ctrl_c, false);
        if (event == NULL)
            give_up("CreateEventW");
    }
    if (run->job != NULL && !substitute)
        plan_write(run->job, part, fault, sizeof fault);
    const struct script script = {.ctrl_c = ctrl_c, .fault = fault};
    stage_environment(&run->stage, &script, environment, sizeof environment);

    struct actor *actor = &run->actors[run->count];
    *actor = (struct actor){
        .part = part,
        .substitute = substitute,
        .ctrl_c = event,
    };
    actor->program = start_suspended(
        what->command_line,
        &(struct launch){
            .folders =
                {run->conversation->folders[0], run->conversation->folders[1]},
            .environment = environment,
            .job = run->stage.job,
        });
    if (actor->program == NULL) {
        if (GetLastError() == ERROR_FILE_NOT_FOUND)
            stop("there is no program %s.exe", what->program);
        give_up("CreateProcessW");
    }
    run->count++;
    resume_program(actor->program);
}

/** Starts the next parts: each when the one before is ready or has ended. */
static void start_due(struct run *run)
{
    while (run->started < run->conversation->count) {
        struct program *last =
            run->count > 0 ? run->actors[run->count - 1].program : NULL;
        if (last != NULL
            && wait_for_line(last, &last->out, "ready", 1, now_ms())
                   == TOO_LATE)
            return;
        const struct part *next = &run->conversation->parts[run->started];
        if (next->presses)
            press(run, next->program);
        else
            start(run, run->started, false);
        run->started++;
    }
}

/** Notes who has ended; returns how many have not. */
static size_t count_running(struct run *run)
{
    size_t running = 0;
    for (size_t i = 0; i < run->count; i++) {
        struct actor *actor = &run->actors[i];
        if (!actor->ended && !is_running(actor->program)) {
            wait_for_end(
                actor->program,
                now_ms() + LAST_WORDS_MS,
                &actor->status);
            actor->ended = true;
        }
        running += !actor->ended;
    }
    return running;
}

/** Waits until a program ends or prints something, or for a moment. */
static void wait_for_news(const struct run *run)
{
    HANDLE objects[MAXIMUM_WAIT_OBJECTS];
    DWORD count = 0;
    for (size_t i = 0; i < run->count && count + 2 <= ARRAYSIZE(objects); i++)
        if (!run->actors[i].ended) {
            objects[count++] = run->actors[i].program->process;
            objects[count++] = run->actors[i].program->changed;
        }
    WaitForMultipleObjects(count, objects, FALSE, LOOK_MS);
}

/** Sends a partner to those who wait, if that may help; returns whether. */
static bool send_partner(struct run *run, bool quiet)
{
    if (run->started < run->conversation->count)
        return false;
    struct actor *failed = partner_missing(run, quiet);
    if (failed == NULL || run->count == ARRAYSIZE(run->actors))
        return false;
    failed->replaced = true;
    start(run, failed->part, true);
    return true;
}

/** Goes on until all have ended, or nobody can. */
static void watch(struct run *run)
{
    unsigned long long seen = 0, since = now_ms();
    unsigned looks = 0;
    for (;;) {
        start_due(run);
        if (count_running(run) == 0 && run->started == run->conversation->count)
            return;
        unsigned long long now = now_ms();
        unsigned long long seen_now = activity(run);
        if (seen_now != seen) {
            since = now;
            looks = 0;
        }
        looks++;
        seen = seen_now;
        if (all_wait(run)) {
            unsigned long long silence = now - since;
            bool quiet =
                silence >= run->patience.quiet_ms && looks >= QUIET_LOOKS;
            if (!send_partner(run, quiet)) {
                run->in_vain = silence >= VAIN_MS && looks >= VAIN_LOOKS
                               && all_read_in_vain(run);
                if (quiet || run->in_vain)
                    break;
            }
        }
        if (ms_until(run->deadline) == 0) {
            run->too_long = true;
            break;
        }
        wait_for_news(run);
    }
    run->hangs = true;
}

/** Whether a process is left that no part of the conversation is. */
static bool someone_is_left(const struct run *run)
{
    unsigned long long deadline = now_ms() + LAST_WORDS_MS;
    /* A process that has just ended may still be counted for a moment. */
    while (processes_in(run->stage.job) > 0) {
        if (ms_until(deadline) == 0)
            return true;
        Sleep(1);
    }
    return false;
}

void run_play(
    struct run *run, const struct conversation *conversation,
    const struct job *job, struct patience patience)
{
    *run = (struct run){
        .conversation = conversation,
        .job = job,
        .patience = patience,
        .deadline = now_ms() + patience.run_ms,
    };
    open_run(run);
    watch(run);
    run->leaves = !run->hangs && someone_is_left(run);
}

void run_clear(struct run *run)
{
    stage_stop(&run->stage);
    for (size_t i = 0; i < run->count; i++) {
        free_program(run->actors[i].program);
        if (run->actors[i].ctrl_c != NULL)
            CloseHandle(run->actors[i].ctrl_c);
    }
    stage_close(&run->stage);
}

size_t run_part_of(const struct run *run, uint32_t process_id)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->actors[i].program->id == process_id)
            return run->actors[i].substitute ? PARTS_MAX : run->actors[i].part;
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        if (record->kind == LENS_KIND_CALL
            && record->call == LENS_CreateProcessW && record->peer == process_id
            && record->pid != process_id)
            return run_part_of(run, record->pid);
    }
    return PARTS_MAX;
}

const char *run_program_of(const struct run *run, uint32_t process_id)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->actors[i].program->id == process_id)
            return run->actors[i].program->name;
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        if (record->kind == LENS_KIND_START && record->pid == process_id)
            return record->in;
    }
    return NULL;
}
