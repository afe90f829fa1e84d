/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Which faults are tried: the list of runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/sweep/faults.h"
#include "checks/sweep/sites.h"
#include "lens/reader.h"
#include "lens/table.h"

/** Adds an empty run. */
static struct job *add_job(struct plan *plan)
{
    struct job *jobs = realloc(plan->jobs, (plan->count + 1) * sizeof *jobs);
    if (jobs == NULL)
        stop("no memory for %zu runs", plan->count + 1);
    plan->jobs = jobs;
    struct job *job = &jobs[plan->count++];
    memset(job, 0, sizeof *job);
    return job;
}

void plan_call(
    struct plan *plan, const struct call *call, const struct fault *before)
{
    const char *errors = lens_call_errors(call->call);
    bool hard = true;
    while (*errors != '\0') {
        char *end;
        DWORD error = strtoul(errors, &end, 10);
        struct job *job = add_job(plan);
        if (before != NULL)
            job->faults[job->count++] = *before;
        job->faults[job->count++] = (struct fault){*call, error, hard};
        hard = false;
        errors = end + (*end == ' ');
    }
}

/** Whether the error is the first of its row, which must be reported. */
static bool is_hard(uint32_t call, DWORD error)
{
    return strtoul(lens_call_errors(call), NULL, 10) == error;
}

/** Reads one fault; @p text ends behind it. */
static void read_fault(
    struct fault *fault, const struct conversation *conversation,
    const char *text)
{
    char program[NAME_MAX_BYTES], name[80], rest;
    unsigned long nth = 0, error = 0;
    if (sscanf(
            text,
            "%39[^/,:]/%79[^:,]:%lu:%lu%c",
            program,
            name,
            &nth,
            &error,
            &rest)
            != 4
        || nth == 0 || error == 0)
        stop("a fault is PROGRAM/FUNCTION:N:ERROR, not \"%s\"", text);

    size_t part = 0;
    while (part < conversation->count
           && (conversation->parts[part].presses
               || strcmp(conversation->parts[part].program, program) != 0))
        part++;
    if (part == conversation->count)
        stop("the conversation has no program %s", program);
    uint32_t call = lens_call_find(name, strlen(name));
    if (call == LENS_CALL_COUNT)
        stop("%s is no function of the lens's table", name);
    if (*lens_call_errors(call) == '\0')
        stop("%s can't be made to fail", name);

    *fault = (struct fault){
        .call = {.part = part, .call = call, .nth = nth, .site = SITE_NONE},
        .error = error,
        .hard = is_hard(call, error),
    };
    memcpy(fault->call.program, program, sizeof program);
}

void plan_text(
    struct plan *plan, const struct conversation *conversation,
    const char *text)
{
    struct job *job = add_job(plan);
    for (;;) {
        char one[200];
        size_t length = strcspn(text, ",");
        if (length >= sizeof one)
            stop("a fault is too long: %s", text);
        if (job->count == FAULTS_MAX)
            stop("a run has %d faults at most", FAULTS_MAX);
        memcpy(one, text, length);
        one[length] = '\0';
        read_fault(&job->faults[job->count++], conversation, one);
        if (text[length] == '\0')
            return;
        text += length + 1;
    }
}

const char *plan_write(
    const struct job *job, size_t part, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < job->count; i++) {
        const struct fault *fault = &job->faults[i];
        if (part != PARTS_MAX && fault->call.part != part)
            continue;
        int length = snprintf(
            text + used,
            size - used,
            "%s%s/%s:%u:%lu",
            used > 0 ? "," : "",
            fault->call.program,
            lens_call_name(fault->call.call),
            fault->call.nth,
            fault->error);
        if (length < 0 || (size_t)length >= size - used)
            break;
        used += (size_t)length;
    }
    return text;
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        free(plan->jobs[i].wrong);
    free(plan->jobs);
    *plan = (struct plan){0};
}
