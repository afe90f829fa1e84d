/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What programs say of failed calls, compared with the record.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/sweep/complaints.h"
#include "lens/table.h"

/** Whether the character can be a part of a name or number. */
static bool is_part(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/** Whether the line holds the word: not as a part of another. */
static bool has_word(const char *line, size_t length, const char *word)
{
    size_t size = strlen(word);
    for (size_t i = 0; i + size <= length; i++)
        if (memcmp(line + i, word, size) == 0
            && (i == 0 || !is_part(line[i - 1]))
            && (i + size == length || !is_part(line[i + size])))
            return true;
    return false;
}

/** Whether both calls stand for one operation: an overlapped call, and the one
 * that was told its end. */
static bool is_linked(
    const struct run *run, const struct lens_record *record, uint32_t call)
{
    return record->link != 0
           && lens_view_at(&run->stage.view, record->link - 1)->call == call;
}

/** A copy of what was printed; to be freed. */
static char *copy(struct output *output)
{
    char *text = malloc(OUTPUT_LIMIT + 1);
    if (text != NULL) {
        copy_output(output, text);
        return text;
    }
    stop("no memory for what a program printed");
}

bool report_names(
    struct output *output, const struct run *run, const struct fault *fault)
{
    char number[20];
    char *text = copy(output);
    bool found = false;
    snprintf(number, sizeof number, "%lu", fault->error);
    for (const char *line = text; *line != '\0' && !found;) {
        size_t length = strcspn(line, "\n");
        if (has_word(line, length, number))
            for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
                const struct lens_record *record =
                    lens_view_at(&run->stage.view, i);
                uint32_t other =
                    record->link != 0
                        ? lens_view_at(&run->stage.view, record->link - 1)->call
                        : record->call;
                found =
                    found
                    || ((record->flags & LENS_FLAG_INJECTED) != 0
                        && record->call == fault->call.call
                        && (has_word(line, length, lens_call_name(record->call))
                            || has_word(line, length, lens_call_name(other))));
            }
        line += length;
        line += *line == '\n';
    }
    free(text);
    return found;
}

/** Whether a process is this one, or was started by it, or by one of its: then
 * it may have inherited its error output. */
static bool belongs_to(
    const struct run *run, uint32_t process_id, uint32_t family)
{
    for (uint32_t i = lens_view_count(&run->stage.view);
         i-- > 0 && process_id != family;) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        if (record->kind == LENS_KIND_CALL
            && record->call == LENS_CreateProcessW
            && record->peer == process_id)
            process_id = record->pid;
    }
    return process_id == family;
}

/** Whether the process, or one that it has started, has a call that failed so,
 * or was told so. */
static bool has_failed(
    const struct run *run, uint32_t process_id, uint32_t call, DWORD error)
{
    for (uint32_t i = 0; i < lens_view_count(&run->stage.view); i++) {
        const struct lens_record *record = lens_view_at(&run->stage.view, i);
        bool told =
            record->kind == LENS_KIND_ROUTINE
            || (record->kind == LENS_KIND_CALL
                && ((record->flags & LENS_FLAG_FAILED) != 0
                    /* A success that tells something by the last error. */
                    || error == ERROR_ALREADY_EXISTS));
        if (told && belongs_to(run, record->pid, process_id)
            && (record->error == error || error == ERROR_ALREADY_EXISTS)
            && (record->call == call || is_linked(run, record, call)))
            return true;
    }
    return false;
}

/** Reads a line `Call: ... error N`; false if it is another, or another's. */
static bool read_report(const char *line, uint32_t *call, DWORD *error)
{
    size_t name = 0;
    const char *number = NULL;
    while (is_part(line[name]))
        name++;
    if (line[name] != ':')
        return false;
    *call = lens_call_find(line, name);
    for (const char *p = strstr(line, "error "); p != NULL;
         p = strstr(p + 1, "error "))
        if (isdigit((unsigned char)p[6]))
            number = p + 6;
    if (*call == LENS_CALL_COUNT || number == NULL)
        return false;
    *error = strtoul(number, NULL, 10);
    return true;
}

bool report_is_untrue(
    struct program *program, const struct run *run, char *line, size_t size)
{
    char *text = copy(&program->err);
    bool untrue = false;
    for (char *p = text, *next; *p != '\0' && !untrue; p = next) {
        uint32_t call;
        DWORD error;
        size_t length = strcspn(p, "\n");
        next = p + length + (p[length] == '\n');
        p[length] = '\0';
        untrue = read_report(p, &call, &error)
                 && !has_failed(run, program->id, call, error);
        if (untrue)
            snprintf(line, size, "%s", p);
    }
    free(text);
    return untrue;
}

const char *report_first(struct program *program, char *line, size_t size)
{
    char *text = copy(&program->err);
    snprintf(line, size, "%.*s", (int)strcspn(text, "\n"), text);
    free(text);
    return line;
}
