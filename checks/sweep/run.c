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
    snprintf(
        run->suffix,
        sizeof run->suffix,
        "-sweep-%lu-%ld",
        GetCurrentProcessId(),
        InterlockedIncrement(&number));
    run->group = create_job();
    if (run->group == NULL)
        give_up("CreateJobObjectW");
    if (!name_record(run->suffix, run->record, sizeof run->record))
        give_up("GetModuleFileNameW");
    if (!lens_view_open(&run->view, run->record))
        give_up("CreateFileW");
}

/** Makes the event that the lens of the next program takes for Ctrl+C. */
static HANDLE make_ctrl_c(const struct run *run)
{
    char name[80];
    wchar_t wide[80];
    snprintf(
        name,
        sizeof name,
        "pipework-ctrl-c-%zu%s",
        run->count,
        run->suffix);
    HANDLE event = CreateEventW(
        NULL,   // default security
        FALSE,  // reset by whom it wakes
        FALSE,  // not set
        widen(name, wide, ARRAYSIZE(wide)));
    if (event == NULL)
        give_up("CreateEventW");
    return event;
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
    char fault[400] = "", ctrl_c[60] = "", environment[1024] = {0};
    bool takes_ctrl_c = run->conversation->has_presses;
    HANDLE event = takes_ctrl_c ? make_ctrl_c(run) : NULL;
    if (takes_ctrl_c)
        snprintf(
            ctrl_c,
            sizeof ctrl_c,
            "LENS_CTRL_C=pipework-ctrl-c-%zu\n",
            run->count);
    if (run->job != NULL && !substitute)
        plan_write(run->job, part, fault, sizeof fault);
    /* The strings of an environment end with a zero each, here `\n` first. */
    int length = snprintf(
        environment,
        sizeof environment - 1,
        "LENS_RECORD=%s\nLENS_SUFFIX=%s\n%s%s%s%s",
        run->record,
        run->suffix,
        ctrl_c,
        fault[0] != '\0' ? "LENS_FAULT=" : "",
        fault,
        fault[0] != '\0' ? "\n" : "");
    for (int i = 0; i < length; i++)
        if (environment[i] == '\n')
            environment[i] = '\0';

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
            .job = run->group,
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
    while (processes_in(run->group) > 0) {
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
    wchar_t wide[MAX_PATH];
    TerminateJobObject(run->group, EXIT_FAILURE);
    for (size_t i = 0; i < run->count; i++) {
        free_program(run->actors[i].program);
        if (run->actors[i].ctrl_c != NULL)
            CloseHandle(run->actors[i].ctrl_c);
    }
    CloseHandle(run->group);
    lens_view_close(&run->view);
    DeleteFileW(widen(run->record, wide, MAX_PATH));
}

size_t run_part_of(const struct run *run, uint32_t process_id)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->actors[i].program->id == process_id)
            return run->actors[i].substitute ? PARTS_MAX : run->actors[i].part;
    for (uint32_t i = 0; i < lens_view_count(&run->view); i++) {
        const struct lens_record *record = lens_view_at(&run->view, i);
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
    for (uint32_t i = 0; i < lens_view_count(&run->view); i++) {
        const struct lens_record *record = lens_view_at(&run->view, i);
        if (record->kind == LENS_KIND_START && record->pid == process_id)
            return record->in;
    }
    return NULL;
}
