/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The line of the source at which each call stands.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "lens/lines.h"
#include "lens/view/file.h"
#include "lens/view/lines.h"

/** Opens FOLDER/NAME and the ending in the first folder that has it. */
static FILE *open_in(
    char *const *folders, int count, const char *name, const char *ending)
{
    FILE *file = NULL;
    for (int i = 0; i < count && file == NULL; i++) {
        struct text path = {0};
        text_add(&path, "%s/%s%s", folders[i], name, ending);
        file = file_open(path.at, L"rb");
    }
    return file;
}

/** Finds the lines of one process. */
static void find_process_lines(
    struct story *story, int process, const struct lens_lines *lines)
{
    for (int i = 0; i < story->items; i++) {
        struct item *item = &story->item[i];
        if (story->thread[item->thread].process != process
            || item->record == NULL || item->record->caller == 0)
            continue;
        /* What is noted is where the call returns to: one byte before is still
         * the call. A crash or a routine has its own place. */
        bool returns = item->kind != ITEM_CRASH && item->kind != ITEM_ROUTINE;
        snprintf(
            item->source,
            sizeof item->source,
            "%s",
            lens_lines_at(lines, item->record->caller - returns));
    }
}

void lines_find(struct story *story, char *const *folders, int count)
{
    for (int i = 0; i < story->processes; i++) {
        const struct lens_record *start = story->process[i].start;
        if (start == NULL || strpbrk(start->in, "/\\:") != NULL)
            continue;
        FILE *list = open_in(folders, count, start->in, ".lines");
        FILE *program = open_in(folders, count, start->in, ".exe");
        struct lens_lines *lines = list != NULL && program != NULL
                                       ? lens_lines_read(list, program)
                                       : NULL;
        if (lines != NULL)
            find_process_lines(story, i, lines);
        lens_lines_free(lines);
        if (list != NULL)
            fclose(list);
        if (program != NULL)
            fclose(program);
    }
}
