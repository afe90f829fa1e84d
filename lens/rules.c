/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief LENS_FAULT and LENS_GATE: which call of which function is meant.
 *
 *     LENS_FAULT=[program/]Function:N:WHAT[,...]
 *     LENS_GATE=[program/]Function:N[=NAME][,...]
 */
#include "lens/lens.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RULES_MAX 32

struct rule {
    enum lens_call_id id;
    uint32_t nth;  ///< 0: every call
    uint32_t error;
    uint32_t delay;
    uint32_t pass;
    uint32_t leave;
    bool shorten;
    bool hide;
    char gate[24];  ///< the gate's name
};

static struct rule faults[RULES_MAX];
static struct rule gates[RULES_MAX];
static int fault_count;
static int gate_count;

/** Cuts the text in two at the mark; returns the first, leaves the rest. */
static char *cut(char **rest, char mark)
{
    char *piece = *rest;
    char *end = piece != NULL ? strchr(piece, mark) : NULL;

    *rest = end != NULL ? end + 1 : NULL;
    if (end != NULL)
        *end = '\0';
    return piece;
}

/** Reads a whole number from 1 on; false if the text is anything else. */
static bool read_number(const char *text, uint32_t *number)
{
    char *end;
    unsigned long long value;

    if (text == NULL || *text < '0' || *text > '9')
        return false;
    errno = 0;
    value = strtoull(text, &end, 10);
    if (*end != '\0' || errno != 0 || value == 0 || value > UINT32_MAX)
        return false;
    *number = (uint32_t)value;
    return true;
}

/** Finds a function of the table; stops if it is not there. */
static enum lens_call_id find_function(const char *setting, const char *name)
{
    for (int i = 0; i < LENS_CALL_COUNT; i++)
        if (strcmp(lens_table[i].name, name) == 0)
            return (enum lens_call_id)i;
    lens_stop(setting, " names a function that is not in the table: ", name);
}

/** Takes "program/" off, and tells whether that is this program. */
static char *without_program(char *item, bool *ours)
{
    char *slash = strchr(item, '/');

    *ours = true;
    if (slash == NULL)
        return item;
    *slash = '\0';
    *ours = _stricmp(item, lens_program()) == 0;
    return slash + 1;
}

/** Reads WHAT into the rule; false if it makes no sense. */
static bool read_what(const char *what, struct rule *rule)
{
    const struct lens_row *row = &lens_table[rule->id];

    if (what == NULL)
        return false;
    if (strncmp(what, "delay=", 6) == 0)
        return read_number(what + 6, &rule->delay);
    if (strncmp(what, "leave=", 6) == 0)
        return read_number(what + 6, &rule->leave);
    if (strncmp(what, "pass=", 5) == 0) {
        if (rule->id != LENS_ConnectNamedPipe)
            lens_stop("LENS_FAULT: only ConnectNamedPipe can pass", "", "");
        return read_number(what + 5, &rule->pass);
    }
    if (strcmp(what, "short") == 0) {
        if (rule->id != LENS_ReadFile && rule->id != LENS_WriteFile
            && rule->id != LENS_ReadFileEx && rule->id != LENS_WriteFileEx)
            lens_stop(
                "LENS_FAULT: only ReadFile, WriteFile and their Ex forms can "
                "come short",
                "",
                "");
        rule->shorten = true;
        return true;
    }
    if (strcmp(what, "pending") == 0) {
        if (rule->id != LENS_ReadFile && rule->id != LENS_WriteFile)
            lens_stop(
                "LENS_FAULT: only ReadFile and WriteFile can be pending",
                "",
                "");
        rule->hide = true;
        return true;
    }
    if (*row->errors == '\0')
        lens_stop("LENS_FAULT: ", row->name, " cannot be made to fail");
    return read_number(what, &rule->error);
}

/** Reads one fault; the text is cut to pieces. */
static void read_fault(char *item)
{
    char whole[128] = {0};
    struct lens_text copy = LENS_TEXT(whole);
    struct rule rule = {0};
    bool ours;
    const char *nth;
    static const char *const form =
        "LENS_FAULT is not [program/]Function:N:WHAT: ";

    lens_put(&copy, item);
    item = without_program(item, &ours);
    rule.id = find_function("LENS_FAULT", cut(&item, ':'));
    nth = cut(&item, ':');
    if (nth == NULL || (strcmp(nth, "*") != 0 && !read_number(nth, &rule.nth)))
        lens_stop(form, whole, "");
    if (!read_what(item, &rule))
        lens_stop(form, whole, "");
    if (!ours)
        return;
    if (fault_count == RULES_MAX)
        lens_stop("LENS_FAULT has too many entries", "", "");
    faults[fault_count++] = rule;
}

/** Reads one gate; the text is cut to pieces. */
static void read_gate(char *item, int position)
{
    char whole[128] = {0};
    struct lens_text copy = LENS_TEXT(whole);
    struct rule rule = {0};
    struct lens_text name = LENS_TEXT(rule.gate);
    bool ours;
    const char *nth;

    lens_put(&copy, item);
    item = without_program(item, &ours);
    rule.id = find_function("LENS_GATE", cut(&item, ':'));
    nth = cut(&item, '=');
    if (!read_number(nth, &rule.nth) || (item != NULL && *item == '\0'))
        lens_stop("LENS_GATE is not [program/]Function:N[=NAME]: ", whole, "");
    if (item != NULL)
        lens_put(&name, item);
    else
        lens_put_number(&name, (uint64_t)position);
    if (!ours)
        return;
    if (gate_count == RULES_MAX)
        lens_stop("LENS_GATE has too many entries", "", "");
    gates[gate_count++] = rule;
}

void lens_faults_read(char *text)
{
    while (text != NULL)
        read_fault(cut(&text, ','));
}

void lens_gates_read(char *text)
{
    for (int position = 0; text != NULL; position++)
        read_gate(cut(&text, ','), position);
}

/** Whether the rule is meant for this call. */
static bool is_meant(const struct rule *rule, const struct lens_call *call)
{
    return rule->id == call->id && (rule->nth == 0 || rule->nth == call->nth);
}

void lens_faults_find(struct lens_call *call)
{
    for (int i = 0; i < fault_count; i++) {
        if (!is_meant(&faults[i], call))
            continue;
        if (faults[i].error != 0)
            call->fault = faults[i].error;
        if (faults[i].delay != 0)
            call->delay = faults[i].delay;
        if (faults[i].leave != 0)
            call->leave = faults[i].leave;
        if (faults[i].pass != 0)
            call->pass = faults[i].pass;
        if (faults[i].hide)
            call->hide = true;
        if (faults[i].shorten)
            call->shorten = true;
    }
}

const char *lens_gate_find(const struct lens_call *call)
{
    for (int i = 0; i < gate_count; i++)
        if (is_meant(&gates[i], call))
            return gates[i].gate;
    return NULL;
}
