/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the sweep prints: TAP, with a test for each call site.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/sweep/report.h"
#include "checks/sweep/sites.h"
#include "lens/reader.h"
#include "lens/table.h"

enum { COLUMNS = 80, INDENT = 12 };

/** The exit statuses from here on are exceptions that nobody handled. */
#define FIRST_EXCEPTION 0xC0000000u

static unsigned tests;

/** Whether the run's last fault is at this site; SITE_NONE: any. */
static bool is_at(const struct job *job, int site)
{
    return site == SITE_NONE || job->faults[job->count - 1].call.site == site;
}

/** Prints the line of a test. */
static void print_test(bool good, const char *name)
{
    printf("%sok %u - %s\n", good ? "" : "not ", ++tests, name);
}

/** How much of a text goes on a line: up to a blank where there is one. */
static size_t fit(const char *text, size_t length, size_t room)
{
    if (length <= room)
        return length;
    for (size_t i = room; i > room / 2; i--)
        if (text[i] == ' ')
            return i;
    /* Not inside a character of several bytes. */
    while (room > 1 && ((unsigned char)text[room] & 0xC0) == 0x80)
        room--;
    return room;
}

/** Prints a text behind a label, over as many lines as it takes. */
static void print_text(const char *label, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        while (length > 0) {
            size_t part = fit(text, length, COLUMNS - INDENT);
            printf("#   %-*s%.*s\n", INDENT - 4, label, (int)part, text);
            label = "";
            text += part;
            length -= part;
            while (length > 0 && *text == ' ')
                text++, length--;
        }
        text += *text == '\n';
    }
}

/** Prints the command that plays the run again. It is not broken into lines of
 * 80 columns anywhere but where a shell allows it. */
static void print_command(
    const struct conversation *conversation, const struct job *job)
{
    char faults[400];
    printf("#   by hand:\n");
    if (job->count > 0)
        printf(
            "# LENS_FAULT=%s \\\n",
            plan_write(job, PARTS_MAX, faults, sizeof faults));
    printf("#   mk/run build/checks/play.exe '%s' \\\n", conversation->text);
    for (size_t i = 0; i < 2 && conversation->folders[i] != NULL; i++)
        printf("%s%s", i > 0 ? " \\\n#   " : "#   ", conversation->folders[i]);
    printf("\n");
}

/** Prints which call failed, with its place in the source. */
static void print_faults(const struct job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        const struct fault *fault = &job->faults[i];
        char text[300], place[120] = "";
        if (fault->call.site != SITE_NONE)
            snprintf(
                place,
                sizeof place,
                " (%s:%u)",
                site_at(fault->call.site)->file,
                site_at(fault->call.site)->line);
        snprintf(
            text,
            sizeof text,
            "%s: call %u of %s fails with error %lu%s",
            fault->call.program,
            fault->call.nth,
            lens_call_name(fault->call.call),
            fault->error,
            place);
        print_text(i == 0 ? "fault" : "then", text);
    }
}

/** Prints how each program ended. */
static void print_statuses(
    const struct conversation *conversation, const struct job *job)
{
    char text[PARTS_MAX * 80] = "";
    for (size_t i = 0; i < conversation->count; i++) {
        size_t used = strlen(text);
        if (conversation->parts[i].presses)
            continue;
        snprintf(
            text + used,
            sizeof text - used,
            !job->ended[i]                       ? "%s%s has not ended"
            : job->statuses[i] < FIRST_EXCEPTION ? "%s%s ended with %lu"
                                                 : "%s%s ended with 0x%lX",
            i > 0 ? ", " : "",
            conversation->parts[i].label,
            job->statuses[i]);
    }
    print_text("end", text);
}

/** Prints what happened in a run in which something was wrong. */
static void print_run(
    const struct conversation *conversation, const struct job *job)
{
    print_faults(job);
    print_text("wrong", job->wrong);
    print_statuses(conversation, job);
    print_command(conversation, job);
}

/** Prints the failed runs of a site; what repeats itself, in one line. */
static void print_failed(
    const struct conversation *conversation, const struct plan *plan, int site)
{
    const struct job *last = NULL;
    char faults[400];
    for (size_t i = 0; i < plan->count; i++) {
        const struct job *job = &plan->jobs[i];
        if (job->wrong == NULL || !is_at(job, site))
            continue;
        if (last != NULL && strcmp(last->wrong, job->wrong) == 0) {
            plan_write(job, PARTS_MAX, faults, sizeof faults);
            printf("#   the same with\n# LENS_FAULT=%s\n", faults);
        } else {
            print_run(conversation, job);
        }
        last = job;
    }
}

bool report_clean(
    const struct conversation *conversation, const struct job *job)
{
    print_test(job->wrong == NULL, "all is well when no call fails");
    if (job->wrong != NULL)
        print_run(conversation, job);
    return job->wrong == NULL;
}

bool report_runs(
    const struct conversation *conversation, const char *name,
    const struct plan *plan, int site)
{
    size_t single = 0, twice = 0, failed = 0;
    char text[200], number[80] = "";
    for (size_t i = 0; i < plan->count; i++) {
        const struct job *job = &plan->jobs[i];
        if (!is_at(job, site))
            continue;
        *(job->count == 1 ? &single : &twice) += 1;
        failed += job->wrong != NULL || (job->missed && site == SITE_NONE);
    }
    if (single + twice == 0)
        return true;
    if (twice > 0)
        snprintf(
            number,
            sizeof number,
            "%s%zu after another",
            single > 0 ? ", " : "",
            twice);
    if (single > 0)
        snprintf(
            text,
            sizeof text,
            "%s: %zu fault%s%s",
            name,
            single,
            single > 1 ? "s" : "",
            number);
    else
        snprintf(text, sizeof text, "%s: %s", name, number);
    print_test(failed == 0, text);
    print_failed(conversation, plan, site);
    return failed == 0;
}

/** How many calls of a function in a file were declared as out of reach. */
static unsigned declared(
    const struct conversation *conversation, const struct site *site)
{
    for (size_t i = 0; i < conversation->unreached_count; i++) {
        char file[NAME_MAX_BYTES], name[80];
        unsigned count = 0;
        if (sscanf(
                conversation->unreached[i],
                "%39[^:]:%79[^:]:%u",
                file,
                name,
                &count)
            != 3)
            stop(
                "out of reach is FILE:FUNCTION:N, not \"%s\"",
                conversation->unreached[i]);
        if (strcmp(file, site->file) == 0
            && strcmp(name, lens_call_name(site->call)) == 0)
            return count;
    }
    return 0;
}

/** How many calls of the same function in the same file were not reached. */
static unsigned unreached_like(const struct site *site)
{
    unsigned found = 0;
    for (int i = 0; i < site_count(); i++)
        found += !site_at(i)->reached && site_at(i)->call == site->call
                 && strcmp(site_at(i)->file, site->file) == 0;
    return found;
}

bool report_sites(const struct conversation *conversation)
{
    int reached = 0, excused = 0;
    char text[200];
    for (int i = 0; i < site_count(); i++) {
        const struct site *site = site_at(i);
        reached += site->reached;
        excused += !site->reached
                   && unreached_like(site) == declared(conversation, site);
    }
    snprintf(
        text,
        sizeof text,
        excused == 0 ? "call sites reached: %d of %d%s"
                     : "call sites reached: %d of %d%s, and %d that can't be",
        reached,
        site_count(),
        conversation->unseen_count > 0 ? " that the lens sees" : "",
        excused);
    bool all = reached + excused == site_count();
    bool good = all || conversation->may_be_unreached;
    print_test(good, text);
    for (int i = 0; i < site_count() && !all; i++)
        if (!site_at(i)->reached)
            print_text("never", site_name(i, text, sizeof text));
    return good;
}

/** Whether another run tried the same: the same error at the same place. With
 * several threads a call may be made sometimes once more, and sometimes not. */
static bool was_tried(const struct plan *plan, const struct job *missed)
{
    const struct fault *last = &missed->faults[missed->count - 1];
    for (size_t i = 0; i < plan->count; i++) {
        const struct job *job = &plan->jobs[i];
        const struct fault *its = &job->faults[job->count - 1];
        if (!job->missed && job->count == missed->count
            && last->call.site != SITE_NONE && its->call.site == last->call.site
            && its->error == last->error)
            return true;
    }
    return false;
}

void report_end(const struct plan *plan, double seconds, unsigned workers)
{
    size_t twice = 0, failed = 0, rescued = 0, missed = 0;
    for (size_t i = 0; i < plan->count; i++) {
        twice += plan->jobs[i].count > 1;
        failed += plan->jobs[i].wrong != NULL;
        rescued += plan->jobs[i].rescued;
        missed += plan->jobs[i].missed && !was_tried(plan, &plan->jobs[i]);
    }
    printf("1..%u\n", tests);
    printf(
        "# runs: %zu (two faults: %zu), failed: %zu, rescued: %zu;"
        " %.1f s, %u at a time\n",
        plan->count,
        twice,
        failed,
        rescued,
        seconds,
        workers);
    if (missed > 0)
        printf("# faults whose call was not made again: %zu\n", missed);
    if (plan->left_out > 0)
        printf(
            "# calls left out, being more than %d from one place: %zu\n",
            CALLS_MAX,
            plan->left_out);
}
