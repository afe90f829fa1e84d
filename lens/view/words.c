/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What is said of an item.
 */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/error.h"
#include "lens/table.h"
#include "lens/view/fields.h"
#include "lens/view/pipes.h"
#include "lens/view/table.h"
#include "lens/view/words.h"

/** Whether a code is part of a conversation rather than a failure of it: 995
 * and 1168, too, which somebody has asked for by a cancel. */
static bool is_told(uint32_t error)
{
    static const uint32_t codes[] = {
        ERROR_HANDLE_EOF,
        ERROR_BROKEN_PIPE,
        ERROR_SEM_TIMEOUT,
        ERROR_INSUFFICIENT_BUFFER,
        ERROR_PIPE_BUSY,
        ERROR_NO_DATA,
        ERROR_PIPE_NOT_CONNECTED,
        ERROR_MORE_DATA,
        WAIT_TIMEOUT,
        ERROR_PIPE_CONNECTED,
        ERROR_PIPE_LISTENING,
        ERROR_IO_INCOMPLETE,
        ERROR_OPERATION_ABORTED,
        ERROR_NOT_FOUND,
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] == error)
            return true;
    return false;
}

/** Whether the call has begun an operation that goes on: 997 says so, and is no
 *  failure. */
static bool is_pending(const struct item *item)
{
    return item_failed_with(item, ERROR_IO_PENDING);
}

/** Whether a wait has got a mutex whose owner has ended with it. */
static bool is_abandoned(const struct item *item)
{
    return item->kind == ITEM_CALL && item_succeeded(item)
           && table_role(item->record->call) == ROLE_WAIT
           && item->record->result >= WAIT_ABANDONED_0
           && item->record->result < WAIT_ABANDONED_0 + MAXIMUM_WAIT_OBJECTS;
}

enum outcome words_outcome(const struct item *item)
{
    switch (item->kind) {
    case ITEM_LEAK:
    case ITEM_WARNING:
    case ITEM_CRASH:
        return OUTCOME_FAILED;
    case ITEM_EXIT:
        return OUTCOME_GOOD;
    case ITEM_LOST:
        return OUTCOME_INSIDE;
    case ITEM_CALL:
    case ITEM_ROUTINE:
        break;
    }
    uint32_t flags = item->record->flags;
    if (item->goes_on)
        return item->blocked ? OUTCOME_BLOCKED : OUTCOME_GOOD;
    if (item->kind == ITEM_ROUTINE && item->record->error != 0)
        return is_told(item->record->error) ? OUTCOME_TOLD : OUTCOME_FAILED;
    if (item->inside)
        return OUTCOME_INSIDE;
    if ((flags & LENS_FLAG_INJECTED) != 0)
        return OUTCOME_INJECTED;
    if ((flags & LENS_FLAG_FAILED) != 0 && !is_pending(item))
        return is_told(item->record->error) ? OUTCOME_TOLD : OUTCOME_FAILED;
    if (item->existed || is_abandoned(item))
        return OUTCOME_TOLD;
    return item->blocked ? OUTCOME_BLOCKED : OUTCOME_GOOD;
}

const char *words_title(const struct item *item)
{
    switch (item->kind) {
    case ITEM_CALL:
        return lens_call_name(item->record->call);
    case ITEM_ROUTINE:
        return "completion routine";
    case ITEM_LEAK:
        return "leak";
    case ITEM_WARNING:
        return "warning";
    case ITEM_CRASH:
        return "crash";
    case ITEM_EXIT:
        return "ends";
    case ITEM_LOST:
        return "no end recorded";
    }
    return "?";
}

/** Adds a handle: its number, or the name that a stable picture gives it. */
static void add_handle(
    const struct story *story, const struct item *item, uint32_t value,
    struct text *text)
{
    int process = story->thread[item->thread].process;
    int life = story_life(story, process, value, item->to);
    if (!story->stable || value == 0 || value >= UINT32_MAX - 8)
        text_add(text, "0x%x", value);
    else if (life != NOTHING)
        text_add(text, "h%d", story->life[life].number);
    else
        text_add(text, "h?");
}

/** Adds a value in which a stable story names handles: 0x44,0x48. */
static void add_handles(
    const struct story *story, const struct item *item,
    const struct field *field, struct text *text)
{
    const char *at = field->value;
    const char *end = at + field->value_length;
    while (at < end) {
        size_t digits = 0;
        if (end - at > 2 && at[0] == '0' && at[1] == 'x')
            digits = strspn(at + 2, "0123456789abcdef");
        if (digits > 0) {
            add_handle(story, item, strtoul(at, NULL, 16), text);
            at += 2 + digits;
        } else {
            text_add_part(text, at++, 1);
        }
    }
}

/** Adds an argument's value. */
static void add_value(
    const struct story *story, const struct item *item,
    const struct field *field, struct text *text)
{
    bool null =
        field->value_length == 4 && memcmp(field->value, "NULL", 4) == 0;
    if (!story->stable || null || field->letter == '\0')
        text_add_part(text, field->value, field->value_length);
    else if (strchr("hbda", field->letter) != NULL)
        add_handles(story, item, field, text);
    else if (strchr("opqkefc", field->letter) != NULL)
        text_add(text, "…");  // an address
    else if (field->letter == 'i')
        text_add(text, "a process");
    else
        text_add_part(text, field->value, field->value_length);
}

void words_field(
    const struct story *story, const struct item *item,
    const struct field *field, struct text *text)
{
    text_add_part(text, field->key, field->key_length + 1);
    add_value(story, item, field, text);
}

void words_fields(
    const struct story *story, const struct item *item, const char *fields,
    struct text *text)
{
    struct field field;
    while (field_next(item->record->call, &fields, &field)) {
        text_add(text, text->length > 0 ? " " : "");
        words_field(story, item, &field, text);
    }
}

/** Adds the last part of a name: "pipework-01" of \\.\pipe\pipework-01. */
static void add_name(const struct field *field, struct text *text)
{
    const char *end = field->value + field->value_length - !field_is_cut(field);
    const char *at = end;
    if (field->value[0] != '"')
        return;
    while (at > field->value + 1 && at[-1] != '\\' && at[-1] != '/')
        at--;
    text_add(text, text->length > 0 ? " " : "");
    text_add_part(text, at, (size_t)(end - at));
}

/** Adds the arguments of a call that are worth seeing. */
static void add_arguments(
    const struct story *story, const struct item *item, struct text *text)
{
    const struct lens_record *record = item->record;
    const char *at = record->in;
    struct field field;
    while (field_next(record->call, &at, &field)) {
        bool shown = field.letter == 'h' || field.letter == 'b'
                     || field.letter == 'a' || field.letter == 't'
                     || (field.letter == 'w' && !item->sends);
        if (field.letter == 's')
            add_name(&field, text);
        if (shown) {
            text_add(text, text->length > 0 ? " " : "");
            add_value(story, item, &field, text);
        }
    }
}

void words_argument(
    const struct story *story, const struct item *item, struct text *text)
{
    switch (item->kind) {
    case ITEM_CALL:
        add_arguments(story, item, text);
        return;
    case ITEM_ROUTINE:
        text_add(text, "of %s", lens_call_name(item->record->call));
        return;
    case ITEM_LEAK:
        add_handle(story, item, item->record->handle, text);
        text_add(text, " of %s", lens_call_name(item->record->call));
        break;
    case ITEM_WARNING:
        text_add(text, "%s", lens_call_name(item->record->call));
        break;
    case ITEM_CRASH:
        text_add(text, "%s", item->record->in);
        break;
    case ITEM_EXIT:
    case ITEM_LOST:
        return;
    }
    if (item->source[0] != '\0')
        text_add(text, ", %s", item->source);
}

/** Adds what a crash was, or what a warning says. */
static void add_remark(const struct item *item, struct text *text)
{
    static const struct {
        uint32_t code;
        const char *name;
    } crashes[] = {
        {EXCEPTION_ACCESS_VIOLATION, "access violation"},
        {EXCEPTION_STACK_OVERFLOW, "stack overflow"},
        {EXCEPTION_INT_DIVIDE_BY_ZERO, "division by zero"},
        {EXCEPTION_ILLEGAL_INSTRUCTION, "illegal instruction"},
        {EXCEPTION_BREAKPOINT, "breakpoint"},
    };
    const struct lens_record *record = item->record;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        if (item->kind == ITEM_CRASH && crashes[i].code == record->error)
            text_add(text, "%s", crashes[i].name);
    if (item->kind == ITEM_WARNING) {
        const char *name = lens_call_name(record->call);
        size_t length = strlen(name);
        bool twice = strncmp(record->in, name, length) == 0;
        const char *rest = record->in + (twice ? length : 0);
        text_add(text, "%s", rest + (*rest == ' '));
    }
}

/** Adds a code and its name. */
static void add_error(struct text *text, uint32_t error)
{
    const char *name = error_name(error);
    text_add(text, error == ERROR_IO_PENDING ? "%u" : "error %u", error);
    if (name != NULL)
        text_add(text, " %s", name);
}

/** Adds what a successful call returned. */
static void add_success(
    const struct story *story, const struct item *item, struct text *text)
{
    const struct lens_record *record = item->record;
    enum role role = table_role(record->call);
    if ((record->flags & LENS_FLAG_OPENS) != 0) {
        add_handle(story, item, record->handle, text);
        if (item->existed)
            text_add(text, ", 183 ERROR_ALREADY_EXISTS");
    } else if (
        role == ROLE_READ || role == ROLE_TRANSACT || role == ROLE_CALL_PIPE) {
        text_add_bytes(text, pipes_bytes(item, false));
    } else if (role == ROLE_WRITE) {
        text_add_bytes(text, pipes_bytes(item, true));
    } else if (role == ROLE_WAIT && record->result == WAIT_TIMEOUT) {
        text_add(text, "WAIT_TIMEOUT");
    } else if (
        (role == ROLE_WAIT || role == ROLE_SLEEP)
        && record->result == WAIT_IO_COMPLETION) {
        text_add(text, "WAIT_IO_COMPLETION");
    } else if (is_abandoned(item)) {
        text_add(text, "WAIT_ABANDONED");
    } else {
        words_fields(story, item, record->out, text);
    }
}

void words_result(
    const struct story *story, const struct item *item, struct text *text)
{
    if (item->kind == ITEM_ROUTINE) {
        if (item->record->error != 0)
            add_error(text, item->record->error);
        else
            text_add_bytes(text, item->record->bytes);
        return;
    }
    if (item->kind != ITEM_CALL) {
        add_remark(item, text);
        return;
    }
    if (item->inside)
        text_add(
            text,
            (item->record->flags & LENS_FLAG_AT_GATE) != 0 ? "held at a gate"
                                                           : "never returned");
    else if (item_succeeded(item))
        add_success(story, item, text);
    else
        add_error(text, item->record->error);
    if (item_failed_with(item, ERROR_MORE_DATA)) {
        text_add(text, ", ");
        text_add_bytes(text, item->record->bytes);
    }
}

/** Says who had the mutex for which a call waits. */
static void add_holder(
    const struct story *story, const struct item *item, struct text *text)
{
    const struct item *taken = &story->item[item->holder];
    text_add(text, "held by ");
    words_who(story, taken->thread, text);
    if (!story->stable)
        text_add(
            text,
            " since %.1f ms",
            story_us(story, story->start, taken->to) / 1000);
}

void words_notes(
    const struct story *story, const struct item *item, struct text *text)
{
    if (item->kind != ITEM_CALL)
        return;
    if (item->holder != NOTHING && (item->blocked || item->inside))
        add_holder(story, item, text);
    if ((item->record->flags & LENS_FLAG_INJECTED) != 0)
        text_add(text, text->length > 0 ? ", injected" : "injected");
    if ((item->record->flags & LENS_FLAG_GATED) != 0)
        text_add(
            text,
            text->length > 0 ? ", was held at a gate" : "was held at a gate");
}

void words_duration(
    const struct story *story, const struct item *item, struct text *text)
{
    double us = story_us(story, item->from, item->to);
    if (story->stable || (item->kind != ITEM_CALL && item->kind != ITEM_ROUTINE)
        || item->inside)
        return;
    if (us < 999.5)
        text_add(text, "%.0f µs", us);
    else if (us < 99950)
        text_add(text, "%.1f ms", us / 1e3);
    else if (us < 999500)
        text_add(text, "%.0f ms", us / 1e3);
    else
        text_add(text, "%.1f s", us / 1e6);
}

bool words_fit(const struct story *story, const struct item *item)
{
    struct text text = {0};
    words_argument(story, item, &text);
    text_add(&text, " → ");
    words_result(story, item, &text);
    text_add(&text, " ");
    words_notes(story, item, &text);
    text_add(&text, " ");
    words_duration(story, item, &text);
    return (int)strlen(words_title(item)) + 1 + text_columns(text.at)
           <= story->label_columns;
}

void words_who(const struct story *story, int thread, struct text *text)
{
    const struct thread *its = &story->thread[thread];
    text_add(text, "%s", story->process[its->process].label);
    if (its->number > 1)
        text_add(text, ", thread %d", its->number);
}
