/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Several graders that share the checks of a grade.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/harness/clock.h"
#include "checks/harness/program.h"
#include "checks/harness/share.h"

static struct program *graders[GRADERS_MAX];  // the others
static unsigned grader_count;
static char said[OUTPUT_LIMIT + 1];

/** Makes the board; @p handle can be inherited. */
static struct board *make_board(HANDLE *handle)
{
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    *handle = CreateFileMappingW(
        INVALID_HANDLE_VALUE,
        &inherit,
        PAGE_READWRITE,
        0,
        sizeof(struct board),
        NULL);  // no name
    return *handle == NULL ? NULL
                           : MapViewOfFile(*handle, FILE_MAP_WRITE, 0, 0, 0);
}

/** Splits the path of this program into its folder and its name. */
static bool find_own_name(char *folder, int size, char **name)
{
    wchar_t own[MAX_PATH];
    if (GetModuleFileNameW(NULL, own, MAX_PATH) == 0
        || WideCharToMultiByte(CP_UTF8, 0, own, -1, folder, size, NULL, NULL)
               == 0)
        return false;
    *name = strrchr(folder, '\\');
    *(*name)++ = '\0';
    (*name)[strlen(*name) - strlen(".exe")] = '\0';
    return true;
}

struct board *start_graders(char *argv[], unsigned count, unsigned seed)
{
    char command[1200], folder[MAX_PATH], *name;
    HANDLE job = create_job();  // with us, the others end
    HANDLE handle;
    struct board *board = make_board(&handle);
    if (job == NULL || board == NULL
        || !find_own_name(folder, sizeof folder, &name))
        return NULL;
    board->seed = seed;
    for (grader_count = 0; grader_count < count; grader_count++) {
        snprintf(
            command,
            sizeof command,
            "%s \"%s\" \"%s\" of %u %llu",
            name,
            argv[1],
            argv[2],
            grader_count + 1,
            (unsigned long long)(uintptr_t)handle);
        struct program *grader = start_suspended(
            command,
            &(struct launch){
                .folders = {folder},
                .job = job,
                .handle = handle});
        if (grader == NULL)
            return NULL;
        resume_program(grader);
        graders[grader_count] = grader;
    }
    return board;
}

struct board *find_board(const char *handle)
{
    HANDLE board = (HANDLE)(uintptr_t)strtoull(handle, NULL, 10);
    /* The programs that are graded shall not inherit it. */
    if (!SetHandleInformation(board, HANDLE_FLAG_INHERIT, 0))
        return NULL;
    return MapViewOfFile(board, FILE_MAP_WRITE, 0, 0, 0);
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

/** Whether one of the others has ended, and not because all was done. */
static bool someone_failed(void)
{
    for (unsigned i = 0; i < grader_count; i++) {
        DWORD code;
        if (!is_running(graders[i])
            && GetExitCodeProcess(graders[i]->process, &code)
            && code != EXIT_SUCCESS)
            return true;
    }
    return false;
}

/** Waits until somebody has taken a check; NULL: nobody does. */
static struct program *wait_for_taker(
    const struct board *board, size_t number, unsigned long long deadline)
{
    for (;;) {
        LONG who = board->who[number - 1];
        if (who > 0 && who <= (LONG)grader_count)
            return graders[who - 1];
        if (someone_failed() || ms_until(deadline) == 0)
            return NULL;
        Sleep(1);
    }
}

/** What stands between the end of the block before and @p end, a line; NULL if
 * that is not there. Writes a zero behind it. */
static char *find_block(char *text, const char *end)
{
    static const char any_end[] = "# end ";
    for (char *block = text, *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        char *next = line + length + (line[length] == '\n');
        if (length == strlen(end) && strncmp(line, end, length) == 0) {
            *line = '\0';
            return block;
        }
        if (strncmp(line, any_end, sizeof any_end - 1) == 0)
            block = next;
        line = next;
    }
    return NULL;
}

const char *report_on(struct board *board, size_t number, unsigned limit_ms)
{
    unsigned long long deadline = now_ms() + limit_ms;
    const char *end = end_line(number);
    struct program *grader = wait_for_taker(board, number, deadline);
    if (grader == NULL
        || wait_for_line(grader, &grader->out, end, 1, deadline) != IN_TIME)
        return NULL;
    copy_output(&grader->out, said);
    return find_block(said, end);
}

const char *last_words(void)
{
    for (unsigned i = 0; i < grader_count; i++) {
        copy_output(&graders[i]->out, said);
        const char *words = strstr(said, "Bail out!");
        if (words != NULL)
            return words;
    }
    return NULL;
}
