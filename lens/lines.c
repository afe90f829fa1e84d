/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Which line of the source stands at an address of a program.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "lens/lines.h"

/** One row of a list: from this address on, this line. */
struct row {
    unsigned long long address;
    char place[64];  // empty: no source
};

struct lens_lines {
    unsigned long long base;  // the address at which the image begins
    size_t count, room;
    struct row *rows;
};

/** The address for which the program was linked, from its file's header. */
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

/** Room for one more row, or NULL. */
static struct row *add_row(struct lens_lines *lines)
{
    if (lines->count == lines->room) {
        size_t room = 2 * lines->room + 256;
        struct row *rows = realloc(lines->rows, room * sizeof *rows);
        if (rows == NULL)
            return NULL;
        lines->rows = rows;
        lines->room = room;
    }
    return &lines->rows[lines->count++];
}

struct lens_lines *lens_lines_read(FILE *list, FILE *program)
{
    char text[200], name[48], line[12] = "";
    struct lens_lines *lines = calloc(1, sizeof *lines);
    if (lines == NULL)
        return NULL;
    lines->base = image_base(program);
    while (fgets(text, sizeof text, list) != NULL) {
        unsigned long long address = 0;
        if (sscanf(text, "%47s %11s %llx", name, line, &address) != 3)
            continue;
        struct row *row = add_row(lines);
        if (row == NULL)
            break;
        *row = (struct row){.address = address};
        /* A `-` ends a stretch of code: behind it is another source. */
        if (line[0] != '-')
            snprintf(row->place, sizeof row->place, "%s:%s", name, line);
    }
    return lines;
}

const char *lens_lines_at(const struct lens_lines *lines, uint32_t offset)
{
    const struct row *best = NULL;
    for (size_t i = 0; i < lines->count; i++)
        if (lines->rows[i].address <= lines->base + offset
            && (best == NULL || lines->rows[i].address >= best->address))
            best = &lines->rows[i];
    return best != NULL ? best->place : "";
}

void lens_lines_free(struct lens_lines *lines)
{
    if (lines != NULL)
        free(lines->rows);
    free(lines);
}
