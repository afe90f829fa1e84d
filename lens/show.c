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

#define WORDS_MAX 10

/** One word of the column: "pipe=%h". */
struct word {
    const char *name;
    uint8_t length;  ///< of the name, with the `=`
    char letter;     ///< 0 behind the last word
    bool after;      ///< shown after the call
};

static struct word words[LENS_CALL_COUNT][WORDS_MAX + 1];

/** Takes one function's column apart. */
static void read_words(const char *shows, struct word *word)
{
    for (int i = 0; *shows != '\0'; i++, word++) {
        size_t length = strcspn(shows, "%");

        if (i == WORDS_MAX)
            lens_stop("the table shows more arguments than there are", "", "");
        word->name = shows;
        word->length = (uint8_t)length;
        word->letter = shows[length + 1];
        word->after = strchr("rnmkdlizqe", word->letter) != NULL;
        shows += length + 2;
        shows += *shows == ' ';
    }
}

void lens_show_prepare(void)
{
    for (int i = 0; i < LENS_CALL_COUNT; i++)
        read_words(lens_table[i].shows, words[i]);
}

/**
 * Whether the lens can look at what a pointer points to. The program's mistake
 * must show in its own call, not here. The function is called obsolete since
 * it proves nothing about the next moment; for a look at the moment itself it
 * is right.
 */
static bool is_readable(const void *data, size_t count)
{
    return data != NULL && !IsBadReadPtr(data, count);
}

/** Bytes of the program's. */
static void show_bytes(
    struct lens_text *text, const void *data, ULONG_PTR count)
{
    size_t room = (size_t)(text->end - text->at);

    if (count > room)
        count = room;
    if (is_readable(data, count))
        lens_put_bytes(text, data, count);
    else
        lens_put(text, "?");
}

/** Bytes that were read; their number stands where `count` points to. */
static void show_read(
    struct lens_text *text, const void *data, const DWORD *count)
{
    if (count == NULL)
        lens_put(text, "?");
    else
        lens_put_bytes(text, data, *count);
}

void lens_show_operation(
    struct lens_text *text, enum lens_call_id id, const void *data, DWORD n)
{
    const struct word *word = words[id];

    while (word->letter != 'r' && word->letter != '\0')
        word++;
    if (word->letter == 'r' && data != NULL) {
        lens_put_part(text, word->name, word->length);
        show_bytes(text, data, n);
        lens_put(text, " ");
    }
    lens_put(text, "n=");
    lens_put_number(text, n);
}

/** The two handles that CreateProcessW opened. */
static void show_process(
    struct lens_record *record, struct lens_text *text,
    const PROCESS_INFORMATION *made)
{
    record->handle = (uint32_t)(ULONG_PTR)made->hProcess;
    record->handle2 = (uint32_t)(ULONG_PTR)made->hThread;
    record->peer = made->dwProcessId;
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

static void show_time(struct lens_text *text, DWORD time)
{
    if (time == INFINITE)
        lens_put(text, "INFINITE");
    else
        lens_put_number(text, time);
}

/** A process's handle; most often it is the one that means "myself". */
static void show_whose(struct lens_text *text, ULONG_PTR process)
{
    if ((HANDLE)process == GetCurrentProcess())
        lens_put(text, "self");
    else
        lens_put_hex(text, (uint32_t)process);
}

/** Another handle; to CreateIoCompletionPort, none is a special one. */
static void show_other(
    struct lens_record *record, struct lens_text *text, HANDLE other)
{
    if (other == INVALID_HANDLE_VALUE) {
        lens_put(text, "none");
        return;
    }
    record->other = (uint32_t)(ULONG_PTR)other;
    lens_put_hex(text, record->other);
}

/** The number that an argument points to, before the call. */
static void show_given(struct lens_text *text, const DWORD *number)
{
    if (number == NULL)
        lens_put(text, "NULL");
    else if (is_readable(number, sizeof *number))
        lens_put_hex(text, *number);
    else
        lens_put(text, "?");
}

/** The handles of an array. */
static void show_handles(
    struct lens_text *text, const HANDLE *handles, ULONG_PTR count)
{
    if (count > MAXIMUM_WAIT_OBJECTS)
        count = MAXIMUM_WAIT_OBJECTS;
    if (!is_readable(handles, count * sizeof *handles)) {
        lens_put(text, "?");
        return;
    }
    for (ULONG_PTR i = 0; i < count; i++) {
        if (i > 0)
            lens_put(text, ",");
        lens_put_hex(text, (uint32_t)(ULONG_PTR)handles[i]);
    }
}

/** Which of a process's three standard handles is meant. */
static void show_standard(struct lens_text *text, DWORD which)
{
    lens_put(
        text,
        which == STD_INPUT_HANDLE    ? "input"
        : which == STD_OUTPUT_HANDLE ? "output"
        : which == STD_ERROR_HANDLE  ? "error"
                                     : "?");
}

/** What a child is given: its standard handles, and the list of those that it
 * inherits, if there is one. */
static void show_startup(
    struct lens_text *text, const STARTUPINFOW *start, DWORD flags)
{
    const STARTUPINFOEXW *more = (const STARTUPINFOEXW *)(const void *)start;

    if ((start->dwFlags & STARTF_USESTDHANDLES) != 0) {
        const HANDLE handles[] = {
            start->hStdInput,
            start->hStdOutput,
            start->hStdError};
        show_handles(text, handles, 3);
    } else {
        lens_put(text, "none");
    }
    if ((flags & EXTENDED_STARTUPINFO_PRESENT) != 0) {
        lens_put(text, " list=");
        lens_put_hex(text, (uint64_t)(ULONG_PTR)more->lpAttributeList);
    }
}

/** An OVERLAPPED that the call works on, or that it gave. */
static void show_overlapped(
    struct lens_record *record, struct lens_text *text, ULONG_PTR overlapped)
{
    record->overlapped = overlapped;
    show_pointer(text, overlapped);
}

/** The first packet of those that a port gave. */
static void show_entry(
    struct lens_record *record, struct lens_text *text,
    const OVERLAPPED_ENTRY *entry)
{
    record->bytes = entry->dwNumberOfBytesTransferred;
    show_overlapped(record, text, (ULONG_PTR)entry->lpOverlapped);
    lens_put(text, " key=");
    show_pointer(text, entry->lpCompletionKey);
    lens_put(text, " n=");
    lens_put_number(text, record->bytes);
}

/** Shows an argument as it is; its neighbours stand beside it. */
static void show_before(
    struct lens_record *record, struct lens_text *text, char letter,
    const ULONG_PTR *value)
{
    switch (letter) {
    case 's':
        show_string(text, (const WCHAR *)value[0]);
        break;
    case 'h':
        record->handle = (uint32_t)value[0];
        lens_put_hex(text, record->handle);
        break;
    case 'b':
        show_other(record, text, (HANDLE)value[0]);
        break;
    case 'c':
        show_whose(text, value[0]);
        break;
    case 'a':
        show_handles(text, (const HANDLE *)value[0], value[-1]);
        break;
    case 'o':
        show_overlapped(record, text, value[0]);
        break;
    case 'u':
        lens_put_number(text, value[0]);
        break;
    case 'y':
        lens_put_number(
            text,
            (ULONG_PTR)((const SECURITY_ATTRIBUTES *)value[0])->bInheritHandle);
        break;
    case 'g':
        show_handles(text, (const HANDLE *)value[0], value[1] / sizeof(HANDLE));
        break;
    case 'j':
        show_standard(text, (DWORD)value[0]);
        break;
    case 'x':
        lens_put_hex(text, value[0]);
        break;
    case 'v':
        show_given(text, (const DWORD *)value[0]);
        break;
    case 't':
        show_time(text, (DWORD)value[0]);
        break;
    case 'p':
        show_pointer(text, value[0]);
        break;
    case 'f':
        lens_put(text, "exe+");
        lens_put_hex(text, lens_place((const void *)value[0]));
        break;
    case 'w':
        show_bytes(text, (const void *)value[0], value[1]);
        break;
    default:
        lens_stop("the table has a letter that nobody knows", "", "");
    }
}

/** Shows what an argument points to, which the call has filled. */
static void show_after(
    struct lens_record *record, struct lens_text *text, char letter,
    const ULONG_PTR *value)
{
    switch (letter) {
    case 'r':
        show_read(text, (const void *)value[0], (const DWORD *)value[2]);
        break;
    case 'n':
        record->bytes = *(const DWORD *)value[0];
        lens_put_number(text, record->bytes);
        break;
    case 'm':
        lens_put_number(text, *(const DWORD *)value[0]);
        break;
    case 'k':
        show_pointer(text, *(const ULONG_PTR *)value[0]);
        break;
    case 'd':
        record->handle = *(const uint32_t *)value[0];
        lens_put_hex(text, record->handle);
        break;
    case 'l':
        record->handle2 = *(const uint32_t *)value[0];
        lens_put_hex(text, record->handle2);
        break;
    case 'z':
        show_startup(text, (const STARTUPINFOW *)value[0], (DWORD)value[-3]);
        break;
    case 'i':
        show_process(record, text, (const PROCESS_INFORMATION *)value[0]);
        break;
    case 'q':
        show_overlapped(record, text, *(const ULONG_PTR *)value[0]);
        break;
    default:
        show_entry(record, text, (const OVERLAPPED_ENTRY *)value[0]);
    }
}

/** Whether this argument is shown now. */
static bool is_due(
    const struct word *word, enum lens_when when, ULONG_PTR value)
{
    if (word->letter == '.' || word->after != (when == LENS_AFTER))
        return false;
    /* Where nothing was to be filled, there is nothing to show. */
    return (!word->after && word->letter != 'y') || value != 0;
}

void lens_show(
    struct lens_record *record, enum lens_call_id id, enum lens_when when,
    const ULONG_PTR *values)
{
    struct lens_text text =
        when == LENS_BEFORE ? LENS_TEXT(record->in) : LENS_TEXT(record->out);
    const char *start = text.at;
    const struct word *word = words[id];

    for (int i = 0; word->letter != '\0'; i++, word++) {
        if (!is_due(word, when, values[i]))
            continue;
        if (text.at != start)
            lens_put_part(&text, " ", 1);
        lens_put_part(&text, word->name, word->length);
        if (when == LENS_BEFORE)
            show_before(record, &text, word->letter, &values[i]);
        else
            show_after(record, &text, word->letter, &values[i]);
    }
}
