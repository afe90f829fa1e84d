/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Reads the command line of the sweep.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/sweep/conversation.h"
#include "common/error.h"

void stop(const char *format, ...)
{
    char line[1200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    fprintf(stderr, "sweep: %s\n", line);
    exit(EXIT_USAGE);
}

/** A part that begins so presses Ctrl+C for a program. */
#define CTRL_C "^C "

/** Adds a program: a command line without the blanks around it. */
static void add_part(
    struct conversation *conversation, const char *text, size_t length)
{
    while (length > 0 && *text == ' ')
        text++, length--;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (conversation->count == PARTS_MAX)
        stop("a conversation has %d programs at most", PARTS_MAX);

    struct part *part = &conversation->parts[conversation->count++];
    if (length == 0 || length >= sizeof part->command_line)
        stop("a program of the conversation has no name, or is too long");
    memcpy(part->command_line, text, length);
    const char *program = part->command_line;
    part->presses = strncmp(program, CTRL_C, strlen(CTRL_C)) == 0;
    if (part->presses)
        program += strlen(CTRL_C);
    size_t name = strcspn(program, " ");
    if (name >= sizeof part->program)
        stop("a program's name is too long: %s", part->command_line);
    memcpy(part->program, program, name);
    conversation->has_presses = conversation->has_presses || part->presses;
}

/** Each Ctrl+C must be for a program that comes before it. */
static void check_presses(const struct conversation *conversation)
{
    for (size_t i = 0; i < conversation->count; i++) {
        const struct part *part = &conversation->parts[i];
        bool found = !part->presses;
        for (size_t k = 0; k < i; k++)
            found = found
                    || (!conversation->parts[k].presses
                        && strcmp(conversation->parts[k].program, part->program)
                               == 0);
        if (!found)
            stop(
                "no program %s is there for \"%s\"",
                part->program,
                part->command_line);
    }
}

/** Splits the conversation at each `|`. */
static void split(struct conversation *conversation)
{
    const char *text = conversation->text;
    for (;;) {
        size_t length = strcspn(text, "|");
        add_part(conversation, text, length);
        if (text[length] == '\0')
            return;
        text += length + 1;
    }
}

/** Gives each part the name under which the report speaks of it. */
static void label(struct conversation *conversation)
{
    for (size_t i = 0; i < conversation->count; i++) {
        struct part *part = &conversation->parts[i];
        unsigned same = 0, number = 0;
        for (size_t k = 0; k < conversation->count; k++)
            if (conversation->parts[k].presses == part->presses
                && strcmp(conversation->parts[k].program, part->program) == 0) {
                same++;
                number += k <= i;
            }
        if (part->presses)
            snprintf(
                part->label,
                sizeof part->label,
                "%s%s",
                CTRL_C,
                part->program);
        else if (same > 1)
            snprintf(
                part->label,
                sizeof part->label,
                "%s %u",
                part->program,
                number);
        else
            snprintf(part->label, sizeof part->label, "%s", part->program);
    }
}

/** Keeps the value of an option that may come several times. */
static void keep(const char **list, size_t *count, const char *value)
{
    if (*count == OPTIONS_MAX)
        stop("there are more than %d options of one kind", OPTIONS_MAX);
    list[(*count)++] = value;
}

void conversation_read(
    struct conversation *conversation, int argc, char *argv[])
{
    struct conversation *c = conversation;
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (strcmp(argv[i], "-g") == 0)
            keep(c->goes_on, &c->goes_on_count, argv[i + 1]);
        else if (strcmp(argv[i], "-s") == 0)
            keep(c->silent, &c->silent_count, argv[i + 1]);
        else if (strcmp(argv[i], "-u") == 0 && strcmp(argv[i + 1], "any") == 0)
            c->may_be_unreached = true;
        else if (strcmp(argv[i], "-u") == 0)
            keep(c->unreached, &c->unreached_count, argv[i + 1]);
        else if (strcmp(argv[i], "-n") == 0)
            keep(c->unseen, &c->unseen_count, argv[i + 1]);
        else if (strcmp(argv[i], "-f") == 0)
            keep(c->only, &c->only_count, argv[i + 1]);
        else
            stop("there is no option %s", argv[i]);
    }
    if (argc - i < 2 || argc - i > 3) {
        fprintf(
            stderr,
            "usage: sweep [-f FAULT] [-g PROGRAM] [-n FUNCTION]"
            " [-s FILE:FUNCTION] [-u FILE:FUNCTION:N] CONVERSATION FOLDER [FOLDER]\n");
        exit(EXIT_USAGE);
    }
    c->text = argv[i];
    c->folders[0] = argv[i + 1];
    c->folders[1] = argv[i + 2];  // NULL at the end of argv
    split(c);
    check_presses(c);
    label(c);
}

bool conversation_goes_on(
    const struct conversation *conversation, const char *program)
{
    for (size_t i = 0; i < conversation->goes_on_count; i++)
        if (strcmp(conversation->goes_on[i], program) == 0)
            return true;
    return false;
}

bool conversation_is_silent(
    const struct conversation *conversation, const char *file,
    const char *function)
{
    char both[120];
    snprintf(both, sizeof both, "%s:%s", file, function);
    for (size_t i = 0; i < conversation->silent_count; i++)
        if (strcmp(conversation->silent[i], both) == 0)
            return true;
    return false;
}
