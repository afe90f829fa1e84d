/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The line of the source at which each call stands.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "lens/view/file.h"
#include "lens/view/lines.h"

/** The address of a list that stands for the beginning of the program. */
static unsigned long long image_base(FILE *program)
{
    unsigned char start[1024] = {0};
    unsigned long long base = 0;
    fread(start, 1, sizeof start, program);
    LONG header = ((const IMAGE_DOS_HEADER *)(const void *)start)->e_lfanew;
    if (header > 0
        && (size_t)header + sizeof(IMAGE_NT_HEADERS64) <= sizeof start)
        memcpy(
            &base,
            start + header + offsetof(IMAGE_NT_HEADERS64, OptionalHeader)
                + offsetof(IMAGE_OPTIONAL_HEADER64, ImageBase),
            sizeof base);
    return base;
}

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

/** One row of a list: from this address on, this line. */
struct row {
    unsigned long long address;
    char place[64];  ///< empty: no source
};

/** Reads a list; returns the number of rows. */
static int read_rows(FILE *list, struct row *rows, int limit)
{
    char row[200], name[48], line[12] = "";
    int count = 0;
    while (count < limit && fgets(row, sizeof row, list) != NULL) {
        unsigned long long address = 0;
        if (sscanf(row, "%47s %11s %llx", name, line, &address) != 3)
            continue;
        rows[count].address = address;
        rows[count].place[0] = '\0';
        /* A `-` ends a stretch of code: behind it is another source. */
        if (line[0] != '-')
            snprintf(
                rows[count].place,
                sizeof rows[count].place,
                "%s:%s",
                name,
                line);
        count++;
    }
    return count;
}

/** Finds the lines of one process. */
static void find_process_lines(
    struct story *story, int process, const struct row *rows, int count,
    unsigned long long base)
{
    for (int i = 0; i < story->items; i++) {
        struct item *item = &story->item[i];
        if (story->thread[item->thread].process != process
            || item->record == NULL || item->record->caller == 0)
            continue;
        /* What is noted is where the call returns to: one byte before is still
         * the call. A crash or a routine has its own place. */
        bool returns = item->kind != ITEM_CRASH && item->kind != ITEM_ROUTINE;
        unsigned long long wanted = base + item->record->caller - returns;
        const struct row *best = NULL;
        for (int k = 0; k < count; k++)
            if (rows[k].address <= wanted
                && (best == NULL || rows[k].address >= best->address))
                best = &rows[k];
        if (best != NULL)
            snprintf(item->source, sizeof item->source, "%s", best->place);
    }
}

void lines_find(struct story *story, char *const *folders, int count)
{
    enum { ROWS_MAX = 20000 };
    static struct row rows[ROWS_MAX];
    for (int i = 0; i < story->processes; i++) {
        const struct lens_record *start = story->process[i].start;
        if (start == NULL || strpbrk(start->in, "/\\:") != NULL)
            continue;
        FILE *list = open_in(folders, count, start->in, ".lines");
        FILE *program = open_in(folders, count, start->in, ".exe");
        if (list != NULL && program != NULL) {
            int found = read_rows(list, rows, ROWS_MAX);
            find_process_lines(story, i, rows, found, image_base(program));
        }
        if (list != NULL)
            fclose(list);
        if (program != NULL)
            fclose(program);
    }
}
