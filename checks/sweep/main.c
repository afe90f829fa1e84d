/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The fault sweep: makes each call of a conversation fail, in a run of
 * its own, and reports each run that ends otherwise than it should.
 *
 * Usage: `sweep [-f FAULT]... [-g PROGRAM]... [-u FILE:FUNCTION:N]...
 * CONVERSATION FOLDER [FOLDER]`: see mk/sweep, which knows what to write there.
 *
 * Each error of the lens's table is tried at each call that the conversation
 * makes when nothing fails. A failure may lead to a call site where the
 * conversation has not been before: the calls there are made to fail as well,
 * in runs with both faults. The runs go side by side, with names of their own.
 *
 * The exit status is 0 when all was well, 1 when something was not, 2 when the
 * sweep could not be made.
 */
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/where.h"
#include "checks/sweep/conversation.h"
#include "checks/sweep/faults.h"
#include "checks/sweep/mistakes.h"
#include "checks/sweep/report.h"
#include "checks/sweep/run.h"
#include "checks/sweep/sites.h"
#include "common/console.h"
#include "common/error.h"
#include "lens/table.h"

/** How long a run may take: the first, and what the others get on top of
 * many times as much as the first has taken, in ms; how often a run is tried.
 */
enum {
    FIRST_MS = 20000,
    MORE_MS = 10000,
    TIMES = 20,
    TRIES = 3,
    TIMES_MORE = 3,
    WORKERS_MAX = 32
};

static struct conversation conversation;
static struct plan plan;
static struct patience patience = {.run_ms = FIRST_MS, .quiet_ms = QUIET_MS};
static bool known[SITES_MAX];  // sites that no further run needs to follow
static volatile LONG next_job;
static LONG jobs_to_do;

/** Reads the list of call sites of each program of the run. */
static void read_sites(const struct run *run)
{
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        if (record->kind == LENS_KIND_START)
            sites_read(&conversation, record->in);
    }
}

/** Stops if a call that is not in the list has a line in the source: the list
 * is wrong, and not all calls would be tried. */
static void check_list(const struct run *run, const struct lens_record *record)
{
    char place[80];
    for (size_t i = 0; i < run->count; i++) {
        const struct program *program = run->actors[i].program;
        if (program->id == record->pid
            && where_line(program, record->caller, place, sizeof place)[0]
                   != '\0')
            stop(
                "%s.sites lacks a call of %s%s",
                program->name,
                lens_call_name(record->call),
                place);
    }
}

/** Takes a call from the record; false if it is not one of the source's. */
static bool read_call(
    const struct run *run, const struct lens_record *record, struct call *call)
{
    if (record->kind != LENS_KIND_CALL)
        return false;
    const char *program = run_program_of(run, record->pid);
    if (program == NULL)
        return false;
    *call = (struct call){
        .part = run_part_of(run, record->pid),
        .call = record->call,
        .nth = record->nth,
        .site = site_reach(program, record->caller),
    };
    snprintf(call->program, sizeof call->program, "%s", program);
    if (call->site == SITE_NONE)
        check_list(run, record);
    return call->site != SITE_NONE && call->part != PARTS_MAX;
}

/** Notes calls from sites where no run before this round has been. */
static void note_news(const struct run *run, struct job *job)
{
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        struct call call;
        if (!read_call(run, lens_view_at(&run->stage.view, i), &call)
            || known[call.site] || job->news_count == NEWS_MAX)
            continue;
        bool again = false;
        for (size_t k = 0; k < job->news_count; k++)
            again = again || job->news[k].site == call.site;
        if (!again)
            job->news[job->news_count++] = call;
    }
}

/** Notes how a run ended that has been judged. */
static void note_end(const struct run *run, struct job *job)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct actor *actor = &run->actors[i];
        job->rescued = job->rescued || actor->substitute;
        if (actor->substitute)
            continue;
        job->ended[actor->part] = actor->ended;
        job->statuses[actor->part] = actor->status;
    }
    note_news(run, job);
}

/**
 * Plays, judges and notes what came out. Programs with several threads don't
 * make the same calls every time: a fault whose call was not made is tried
 * again. So is a run that seems to hang; with more patience if that was told by
 * silence alone.
 */
static void do_job(struct job *job)
{
    char wrong[WRONG_MAX];
    struct run run;
    struct patience mine = patience;
    for (int tries = 1;; tries++) {
        run_play(&run, &conversation, job, mine);
        job->missed = !all_have_struck(&run);
        bool again = job->missed || (run.hangs && tries == 1);
        if (!again || tries == TRIES)
            break;
        if (run.hangs && !run.in_vain)
            mine.quiet_ms = TIMES_MORE * patience.quiet_ms;
        run_clear(&run);
    }
    read_sites(&run);
    judge(&run, wrong);
    if (wrong[0] != '\0' && !job->missed)
        job->wrong = _strdup(wrong);
    note_end(&run, job);
    run_clear(&run);
}

/** A thread: does one run after another until there is none left. */
static DWORD WINAPI work(void *unused)
{
    (void)unused;
    for (;;) {
        LONG mine = InterlockedIncrement(&next_job) - 1;
        if (mine >= jobs_to_do)
            return 0;
        do_job(&plan.jobs[mine]);
    }
}

/** Does all runs that are planned and not done, several at a time. */
static void do_round(unsigned workers)
{
    HANDLE threads[WORKERS_MAX];
    jobs_to_do = (LONG)plan.count;
    for (unsigned i = 0; i < workers; i++) {
        threads[i] = CreateThread(NULL, 0, work, NULL, 0, NULL);
        if (threads[i] == NULL) {
            report_error("CreateThread", GetLastError());
            exit(EXIT_USAGE);
        }
    }
    WaitForMultipleObjects(workers, threads, TRUE, INFINITE);
    for (unsigned i = 0; i < workers; i++)
        CloseHandle(threads[i]);
    next_job = jobs_to_do;
}

/** Plans a run for each error of each call of the run without a fault. */
static void plan_calls(const struct run *run)
{
    static unsigned planned[SITES_MAX];
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        struct call call;
        if (!read_call(run, record, &call))
            continue;
        known[call.site] = true;
        if (planned[call.site]++ < CALLS_MAX)
            plan_call(&plan, &call, NULL);
        else
            plan.left_out++;
    }
}

/** Plans runs with a second fault, where a first one led to a new site. */
static void plan_news(void)
{
    size_t singles = plan.count;
    for (size_t i = 0; i < singles; i++)
        for (size_t k = 0; k < plan.jobs[i].news_count; k++) {
            struct call call = plan.jobs[i].news[k];
            struct fault before = plan.jobs[i].faults[0];
            if (known[call.site] || plan.jobs[i].count > 1)
                continue;
            known[call.site] = true;
            plan_call(&plan, &call, &before);
        }
}

/** Every program must have its list of call sites, and the lens. */
static void check_programs(void)
{
    for (size_t i = 0; i < conversation.count; i++) {
        const char *program = conversation.parts[i].program;
        if (!conversation.parts[i].presses
            && !sites_read(&conversation, program))
            stop("there is no %s.sites, which mk/sites makes", program);
    }
}

/** Finds out where the faults are that somebody wrote down. */
static void find_places(const struct run *run)
{
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        struct call call;
        if (!read_call(run, lens_view_at(&run->stage.view, i), &call))
            continue;
        for (size_t k = 0; k < plan.count; k++)
            for (size_t f = 0; f < plan.jobs[k].count; f++) {
                struct call *wanted = &plan.jobs[k].faults[f].call;
                if (wanted->part == call.part && wanted->call == call.call
                    && wanted->nth == call.nth)
                    wanted->site = call.site;
            }
    }
}

/** Plays the conversation without a fault, and plans the others by it; returns
 * whether all was well. */
static bool do_clean_run(void)
{
    char wrong[WRONG_MAX];
    struct job job = {0};
    struct run run;
    unsigned long long begin = wall_ms();
    run_play(&run, &conversation, NULL, patience);
    read_sites(&run);
    judge(&run, wrong);
    note_end(&run, &job);
    job.wrong = wrong[0] != '\0' ? wrong : NULL;
    report_clean(&conversation, &job);
    fflush(stdout);
    if (conversation.only_count > 0)
        find_places(&run);
    else
        plan_calls(&run);
    run_clear(&run);
    unsigned took = (unsigned)(wall_ms() - begin);
    patience.run_ms = MORE_MS + TIMES * took;
    patience.quiet_ms = QUIET_MS + took;
    return job.wrong == NULL;
}

/** Orders two sites by their place in the source. */
static int compare_sites(const void *left, const void *right)
{
    const struct site *a = site_at(*(const int *)left);
    const struct site *b = site_at(*(const int *)right);
    int files = strcmp(a->file, b->file);
    return files != 0 ? files : (int)a->line - (int)b->line;
}

/** Reports on all runs, site after site; returns whether all was well. */
static bool report_all(void)
{
    int order[SITES_MAX];
    char name[200];
    bool good = true;
    if (conversation.only_count > 0)
        return report_runs(
            &conversation,
            "the faults asked for",
            &plan,
            SITE_NONE);
    for (int i = 0; i < site_count(); i++)
        order[i] = i;
    qsort(order, (size_t)site_count(), sizeof order[0], compare_sites);
    for (int i = 0; i < site_count(); i++)
        good = report_runs(
                   &conversation,
                   site_name(order[i], name, sizeof name),
                   &plan,
                   order[i])
               && good;
    return report_sites(&conversation) && good;
}

/** The settings of whoever called are not for the programs. */
static void clear_settings(void)
{
    static const wchar_t *const settings[] = {
        L"LENS_FAULT",
        L"LENS_GATE",
        L"LENS_RECORD",
        L"LENS_SUFFIX"};
    for (size_t i = 0; i < ARRAYSIZE(settings); i++)
        SetEnvironmentVariableW(settings[i], NULL);
}

/** As many as there are processors. */
static unsigned count_workers(void)
{
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return info.dwNumberOfProcessors < WORKERS_MAX ? info.dwNumberOfProcessors
                                                   : WORKERS_MAX;
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    _setmode(_fileno(stdout), _O_BINARY);  // line ends without `\r`
    clear_settings();
    conversation_read(&conversation, argc, argv);

    check_programs();
    unsigned workers = count_workers();
    unsigned long long begin = wall_ms();
    for (size_t i = 0; i < conversation.only_count; i++)
        plan_text(&plan, &conversation, conversation.only[i]);
    bool good = do_clean_run();
    if (good) {
        do_round(workers);
        if (conversation.only_count == 0)
            plan_news();
        do_round(workers);
        good = report_all();
    } else {
        plan_free(&plan);  // none of it was tried
    }
    report_end(&plan, (double)(wall_ms() - begin) / 1000, workers);
    plan_free(&plan);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
