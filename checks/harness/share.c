/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Two graders that share the checks of a grade.
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/clock.h"
#include "checks/harness/program.h"
#include "checks/harness/share.h"

static struct program *other;
static char said[OUTPUT_LIMIT + 1];
static size_t used;  // how much of it was reported

bool start_other(char *argv[])
{
    char command[1200], folder[MAX_PATH];
    wchar_t own[MAX_PATH];
    HANDLE job = create_job();  // with us, the other one ends
    if (job == NULL || GetModuleFileNameW(NULL, own, MAX_PATH) == 0)
        return false;
    WideCharToMultiByte(
        CP_UTF8,
        0,
        own,
        -1,  // up to its end
        folder,
        sizeof folder,
        NULL,
        NULL);
    char *name = strrchr(folder, '\\');
    *name++ = '\0';
    name[strlen(name) - strlen(".exe")] = '\0';
    snprintf(
        command,
        sizeof command,
        "%s \"%s\" \"%s\" 2",
        name,
        argv[1],
        argv[2]);
    other = start_suspended(
        command,
        &(struct launch){.folders = {folder}, .job = job});
    if (other == NULL)
        return false;
    resume_program(other);
    return true;
}

/** The line that ends a block. */
static const char *end_line(size_t number)
{
    static char line[40];
    snprintf(line, sizeof line, "# end %zu", number);
    return line;
}

void end_block(size_t number)
{
    printf("%s\n", end_line(number));
}

const char *report_of_other(size_t number, unsigned limit_ms)
{
    const char *end = end_line(number);
    if (wait_for_line(other, &other->out, end, 1, now_ms() + limit_ms)
        != IN_TIME)
        return NULL;
    copy_output(&other->out, said);
    char *begin = said + used;
    char *behind = strstr(begin, end);
    used = (size_t)(behind - said) + strlen(end) + 1;
    *behind = '\0';
    return begin;
}

const char *last_words_of_other(void)
{
    copy_output(&other->out, said);
    return strstr(said + used, "Bail out!");
}
