/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Where programs play.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/program.h"
#include "checks/harness/stage.h"

const char *stage_open(struct stage *stage, const char *suffix)
{
    *stage = (struct stage){0};
    snprintf(stage->suffix, sizeof stage->suffix, "%s", suffix);
    stage->job = create_job();
    if (stage->job == NULL)
        return "CreateJobObjectW";
    if (!name_record(suffix, stage->record, sizeof stage->record))
        return "GetModuleFileNameW";
    if (!lens_view_open(&stage->view, stage->record))
        return "CreateFileW";
    return NULL;
}

void stage_stop(struct stage *stage)
{
    if (stage->job != NULL)
        TerminateJobObject(stage->job, EXIT_FAILURE);
}

void stage_close(struct stage *stage)
{
    wchar_t wide[MAX_PATH];
    if (stage->job != NULL)
        CloseHandle(stage->job);
    stage->job = NULL;
    if (stage->record[0] != '\0') {
        lens_view_close(&stage->view);
        DeleteFileW(widen(stage->record, wide, MAX_PATH));
        stage->record[0] = '\0';
    }
}

const wchar_t *stage_name(
    const struct stage *stage, const wchar_t *name, wchar_t *full, size_t size)
{
    wchar_t suffix[sizeof stage->suffix];
    widen(stage->suffix, suffix, ARRAYSIZE(suffix));
    _snwprintf(full, size, L"%ls%ls", name, suffix);
    return full;
}

HANDLE stage_event(
    const struct stage *stage, const char *name, bool manual_reset)
{
    wchar_t wide[80], full[160];
    widen(name, wide, ARRAYSIZE(wide));
    return CreateEventW(
        NULL,  // default security
        manual_reset,
        FALSE,  // not set
        stage_name(stage, wide, full, ARRAYSIZE(full)));
}

/** Adds `NAME=value` and its ending zero to an environment. */
static size_t add_variable(
    char *all, size_t size, size_t used, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return used;
    int length = snprintf(all + used, size - used, "%s=%s", name, value);
    return used + (size_t)length + 1;
}

void stage_environment(
    const struct stage *stage, const struct script *script, char *environment,
    size_t size)
{
    size_t used = 0;
    memset(environment, 0, size--);
    used = add_variable(environment, size, used, "LENS_RECORD", stage->record);
    used = add_variable(environment, size, used, "LENS_SUFFIX", stage->suffix);
    used = add_variable(environment, size, used, "LENS_CTRL_C", script->ctrl_c);
    used = add_variable(environment, size, used, "LENS_GATE", script->gates);
    add_variable(environment, size, used, "LENS_FAULT", script->fault);
}
