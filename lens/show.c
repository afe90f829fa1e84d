/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Turns the arguments of a call into text, by the table's column.
 *
 * "pipe=%h overlapped=%o" has a word for each argument; its letter says what
 * the argument is. A few are shown only after the call, when they hold what
 * came back.
 */
#include "lens/lens.h"
#include <string.h>

/** Bytes that are about to be written; the pointer may be a wrong one. */
static void show_written(
    struct lens_text *text, const void *data, ULONG_PTR count)
{
    size_t room = (size_t)(text->end - text->at);

    if (count > room)
        count = room;
    /* The program's mistake must show in its own call, not here. The function
       is called obsolete since it proves nothing about the next moment; for
       a look at the moment itself it is right. */
    if (data == NULL || IsBadReadPtr(data, count))
        lens_put(text, "?");
    else
        lens_put_bytes(text, data, count);
}

/** Bytes that were read; their number stands where `count` points to. */
static void show_read(
    struct lens_text *text, const void *data, const DWORD *count)
{
    if (data == NULL || count == NULL)
        lens_put(text, "?");
    else
        lens_put_bytes(text, data, *count);
}

/** The two handles that CreateProcessW opened. */
static void show_process(
    struct lens_record *record, struct lens_text *text,
    const PROCESS_INFORMATION *made)
{
    record->handle = (uint32_t)(ULONG_PTR)made->hProcess;
    record->handle2 = (uint32_t)(ULONG_PTR)made->hThread;
    lens_put(text, "pid ");
    lens_put_number(text, made->dwProcessId);
}

static void show_string(struct lens_text *text, const WCHAR *string)
{
    if (string == NULL) {
        lens_put(text, "NULL");
        return;
    }
    lens_put(text, "\"");
    lens_put_wide(text, string);
    lens_put(text, "\"");
}

static void show_pointer(struct lens_text *text, ULONG_PTR pointer)
{
    if (pointer == 0)
        lens_put(text, "NULL");
    else
        lens_put_hex(text, pointer);
}

/** Shows the argument that `value` points to; its neighbours stand behind. */
static void show_value(
    struct lens_record *record, struct lens_text *text, char letter,
    const ULONG_PTR *value)
{
    switch (letter) {
    case 's':
        show_string(text, (const WCHAR *)value[0]);
        break;
    case 'h':
        record->handle = (uint32_t)value[0];
        lens_put_hex(text, (uint32_t)value[0]);
        break;
    case 'o':
        record->overlapped = value[0];
        show_pointer(text, value[0]);
        break;
    case 'u':
        lens_put_number(text, value[0]);
        break;
    case 'x':
        lens_put_hex(text, value[0]);
        break;
    case 't':
        if ((DWORD)value[0] == INFINITE)
            lens_put(text, "INFINITE");
        else
            lens_put_number(text, value[0]);
        break;
    case 'p':
        show_pointer(text, value[0]);
        break;
    case 'f':
        lens_put(text, "exe+");
        lens_put_hex(text, lens_place((const void *)value[0]));
        break;
    case 'w':
        show_written(text, (const void *)value[0], value[1]);
        break;
    case 'r':
        show_read(text, (const void *)value[0], (const DWORD *)value[2]);
        break;
    case 'n':
        record->bytes = *(const DWORD *)value[0];
        lens_put_number(text, record->bytes);
        break;
    case 'i':
        show_process(record, text, (const PROCESS_INFORMATION *)value[0]);
        break;
    default:
        lens_stop("the table has a letter that nobody knows", "", "");
    }
}

/** Whether this argument is shown now. */
static bool is_due(char letter, enum lens_when when, ULONG_PTR value)
{
    bool after = letter == 'r' || letter == 'n' || letter == 'i';

    if (letter == '.' || after != (when == LENS_AFTER))
        return false;
    return letter != 'n' || value != 0;
}

void lens_show(
    struct lens_record *record, const char *shows, enum lens_when when,
    const ULONG_PTR *values)
{
    struct lens_text text =
        when == LENS_BEFORE ? LENS_TEXT(record->in) : LENS_TEXT(record->out);
    const char *start = text.at;

    for (int i = 0; *shows != '\0'; i++) {
        size_t name = strcspn(shows, "%");
        char letter = shows[name + 1];

        if (is_due(letter, when, values[i])) {
            if (text.at != start)
                lens_put(&text, " ");
            lens_put_part(&text, shows, name);
            show_value(record, &text, letter, &values[i]);
        }
        shows += name + 2;
        shows += *shows == ' ';
    }
}
