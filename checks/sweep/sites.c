/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The places in the source from which Windows is called.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/program.h"
#include "checks/sweep/sites.h"
#include "lens/reader.h"
#include "lens/table.h"

enum { PROGRAMS_MAX = 32 };

/** Where a call of one program returns to, and which site that is. */
struct address {
    size_t program;
    uint32_t offset;
    int site;
};

static SRWLOCK lock = SRWLOCK_INIT;  // guards what follows
static char programs[PROGRAMS_MAX][NAME_MAX_BYTES];
static size_t program_count;
static struct site sites[SITES_MAX];
static int count;
static struct address addresses[SITES_MAX];
static size_t address_count;

/** Which program of those whose list was read; PROGRAMS_MAX: none. */
static size_t find_program(const char *name)
{
    for (size_t i = 0; i < program_count; i++)
        if (strcmp(programs[i], name) == 0)
            return i;
    return PROGRAMS_MAX;
}

/** Finds a call in the source by its place, or adds it. */
static int find_or_add(const char *file, unsigned line, uint32_t call)
{
    for (int i = 0; i < count; i++)
        if (sites[i].line == line && sites[i].call == call
            && strcmp(sites[i].file, file) == 0)
            return i;
    if (count == SITES_MAX)
        stop("the programs have more than %d calls", SITES_MAX);
    struct site *site = &sites[count];
    snprintf(site->file, sizeof site->file, "%s", file);
    site->line = line;
    site->call = call;
    return count++;
}

/** Opens the list of a program, in the folder that has it first. */
static FILE *open_list(
    const struct conversation *conversation, const char *program)
{
    for (size_t i = 0; i < ARRAYSIZE(conversation->folders); i++) {
        char path[MAX_PATH];
        wchar_t wide[MAX_PATH];
        if (conversation->folders[i] == NULL)
            continue;
        snprintf(
            path,
            sizeof path,
            "%s/%s.sites",
            conversation->folders[i],
            program);
        FILE *list = _wfopen(widen(path, wide, MAX_PATH), L"rb");
        if (list != NULL)
            return list;
    }
    return NULL;
}

/** Takes over what is in the lens's table; false if the lens itself is not in
 * the program. */
static bool read_list(FILE *list, size_t program)
{
    char row[200], file[NAME_MAX_BYTES], name[80];
    unsigned long long base = 0, address = 0;
    unsigned line = 0;
    bool has_lens = false;
    while (fgets(row, sizeof row, list) != NULL) {
        has_lens = has_lens || strcmp(row, "lens\n") == 0;
        if (sscanf(row, "base %llx", &base) == 1
            || sscanf(row, "%llx %39s %u %79s", &address, file, &line, name)
                   != 4)
            continue;
        uint32_t call = lens_call_find(name, strlen(name));
        if (call == LENS_CALL_COUNT)
            continue;
        if (address_count == SITES_MAX)
            stop("the programs have more than %d calls", SITES_MAX);
        addresses[address_count++] = (struct address){
            .program = program,
            .offset = (uint32_t)(address - base),
            .site = find_or_add(file, line, call),
        };
    }
    return has_lens;
}

bool sites_read(const struct conversation *conversation, const char *program)
{
    AcquireSRWLockExclusive(&lock);
    bool known = find_program(program) != PROGRAMS_MAX;
    FILE *list = known ? NULL : open_list(conversation, program);
    if (list != NULL) {
        if (program_count == PROGRAMS_MAX)
            stop("there are more than %d programs", PROGRAMS_MAX);
        snprintf(programs[program_count], NAME_MAX_BYTES, "%s", program);
        if (!read_list(list, program_count++))
            stop("%s was not built with the lens", program);
        fclose(list);
    }
    ReleaseSRWLockExclusive(&lock);
    return known || list != NULL;
}

int site_reach(const char *program, uint32_t caller)
{
    int found = SITE_NONE;
    AcquireSRWLockExclusive(&lock);
    size_t which = find_program(program);
    for (size_t i = 0; i < address_count && found == SITE_NONE; i++)
        if (addresses[i].program == which && addresses[i].offset == caller)
            found = addresses[i].site;
    if (found != SITE_NONE)
        sites[found].reached = true;
    ReleaseSRWLockExclusive(&lock);
    return found;
}

void site_tolerate(int number)
{
    sites[number].warns = true;
}

const struct site *site_at(int number)
{
    return &sites[number];
}

int site_count(void)
{
    return count;
}

const char *site_name(int number, char *text, size_t size)
{
    snprintf(
        text,
        size,
        "%s:%u %s",
        sites[number].file,
        sites[number].line,
        lens_call_name(sites[number].call));
    return text;
}
