/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Makes up a record: the story of a run that is hard to bring about.
 *
 * Usage: `write_record FILE <STORY`
 *
 * Each line of the story is a record: its kind, then parts that are a word and
 * a value, all separated by ` | `. Times are in microseconds.
 *
 *     start | pid 100 | tid 1 | t0 0 | in server
 *     call | pid 100 | tid 1 | t0 5 | t1 9 | name CloseHandle | handle 0x44
 *     lost | bytes 12
 *
 * The word `name` gives the call, `flags` its flags, separated by commas, and
 * `lost` is how many calls found no room. A line that begins with # is none.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lens/record.h"

/** Of the file's clock in a microsecond. */
enum { TICKS = 10 };

static struct lens_file record;

/** Ends the program. */
static _Noreturn void refuse(const char *what)
{
    fprintf(stderr, "write_record: what is \"%s\"?\n", what);
    exit(2);
}

/** A name's place in a list that ends with NULL. */
static uint32_t place_in(const char *const *names, const char *name)
{
    uint32_t place = 0;
    while (names[place] != NULL && strcmp(names[place], name) != 0)
        place++;
    if (names[place] == NULL)
        refuse(name);
    return place;
}

/** The number of a call. */
static uint32_t read_call(const char *name)
{
    static const char *const names[] = {
#define LENS_CALL(result, name, ...) #name,
#include "lens/calls.h"
        NULL,
    };
    return place_in(names, name);
}

/** The value of flags by their names. */
static uint32_t read_flags(char *names)
{
    static const char *const known[] = {
        "failed",
        "injected",
        "at-gate",
        "gated",
        "opens",
        "closes",
        "pending",
        "closes-other",
        NULL,
    };
    uint32_t flags = 0;
    for (char *name = strtok(names, ","); name != NULL;
         name = strtok(NULL, ","))
        flags |= 1u << place_in(known, name);
    return flags;
}

/** Sets a part that is a number; false if there is none of that name. */
static bool set_number(
    struct lens_record *one, const char *word, unsigned long long value)
{
    struct {
        const char *word;
        uint32_t *part;
    } parts[] = {
        {"pid", &one->pid},
        {"tid", &one->tid},
        {"nth", &one->nth},
        {"error", &one->error},
        {"caller", &one->caller},
        {"handle", &one->handle},
        {"handle2", &one->handle2},
        {"other", &one->other},
        {"bytes", &one->bytes},
        {"peer", &one->peer},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(parts[i].word, word) == 0) {
            *parts[i].part = (uint32_t)value;
            return true;
        }
    return false;
}

/** Sets one part of a record. */
static void set_part(struct lens_record *one, const char *word, char *value)
{
    unsigned long long number = strtoull(value, NULL, 0);
    if (strcmp(word, "t0") == 0)
        one->t0 = (int64_t)number * TICKS;
    else if (strcmp(word, "t1") == 0)
        one->t1 = (int64_t)number * TICKS;
    else if (strcmp(word, "result") == 0)
        one->result = number;
    else if (strcmp(word, "overlapped") == 0)
        one->overlapped = number;
    else if (strcmp(word, "link") == 0)
        one->link = (uint32_t)number;
    else if (strcmp(word, "name") == 0)
        one->call = read_call(value);
    else if (strcmp(word, "flags") == 0)
        one->flags = read_flags(value);
    else if (strcmp(word, "in") == 0)
        snprintf(one->in, sizeof one->in, "%s", value);
    else if (strcmp(word, "out") == 0)
        snprintf(one->out, sizeof one->out, "%s", value);
    else if (!set_number(one, word, number))
        refuse(word);
}

/** Takes the next part off a line; NULL when there is none. */
static char *next_part(char **line)
{
    char *part = *line;
    if (part == NULL)
        return NULL;
    char *end = strstr(part, " | ");
    *line = end != NULL ? end + 3 : NULL;
    if (end != NULL)
        *end = '\0';
    return part;
}

/** Reads one line. */
static void read_line(char *line)
{
    static const char *const kinds[] = {
        "unwritten",
        "call",
        "start",
        "exit",
        "leak",
        "crash",
        "routine",
        "warning",
        "lost",
        NULL,
    };
    struct lens_record one = {0};
    uint32_t kind = place_in(kinds, next_part(&line));
    for (char *part; (part = next_part(&line)) != NULL;) {
        size_t word = strcspn(part, " ");
        char *value = part + word + (part[word] == ' ');
        part[word] = '\0';
        set_part(&one, part, value);
    }
    if (strcmp(kinds[kind], "lost") == 0) {
        record.header.lost = one.bytes;
        return;
    }
    if (record.header.used == LENS_RECORDS)
        refuse("one more than a record holds");
    one.kind = kind;
    memcpy(&record.record[record.header.used++], &one, sizeof one);
}

int main(int argc, char *argv[])
{
    char line[1000];
    if (argc != 2) {
        fprintf(stderr, "usage: write_record FILE <STORY\n");
        return 2;
    }
    lens_header_write(&record.header, 1000000 * TICKS);
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '\0' && line[0] != '#')
            read_line(line);
    }
    FILE *file = fopen(argv[1], "wb");
    if (file == NULL || fwrite(&record, sizeof record, 1, file) != 1
        || fclose(file) != 0) {
        fprintf(stderr, "write_record: cannot write %s\n", argv[1]);
        return 2;
    }
    return 0;
}
