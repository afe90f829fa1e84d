/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Reports failed Windows calls.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/codes.h"
#include "common/error.h"

/* The compiler compares the table's numbers with those of <winerror.h>. */
#define CHECK_ROW(name, number) _Static_assert((name) == (number), #name);
ERROR_CODES(CHECK_ROW)

#define CASE_ROW(name, number) \
    case number:               \
        return #name;

const char *error_name(DWORD code)
{
    switch (code) {
        ERROR_CODES(CASE_ROW)
    default:
        return NULL;
    }
}

/** Makes one line of the text: a blank for each run of blanks and breaks. */
static void make_one_line(wchar_t *text)
{
    wchar_t *to = text;

    for (const wchar_t *from = text; *from != L'\0'; from++) {
        if (*from > L' ')
            *to++ = *from;
        else if (to != text && to[-1] != L' ')
            *to++ = L' ';
    }
    if (to != text && to[-1] == L' ')
        to--;
    *to = L'\0';
}

/** Gets the system's text in UTF-8; false where it has none. */
static BOOL get_text(DWORD code, char *text, int size)
{
    wchar_t wide[2048];  // longer than any known text

    /* Without IGNORE_INSERTS the call would look for arguments to fill inserts
     * such as %1, and fail.  MAX_WIDTH_MASK leaves out most line breaks. */
    if (FormatMessageW(
            FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS
                | FORMAT_MESSAGE_MAX_WIDTH_MASK,
            NULL,  // the system's own texts
            code,
            0,  // the user's language
            wide,
            ARRAYSIZE(wide),
            NULL)  // no inserts
        == 0)
        return FALSE;
    make_one_line(wide);

    /* Not printf("%ls"): it stops at the first character outside ASCII. */
    return WideCharToMultiByte(
               CP_UTF8,
               0,
               wide,
               -1,  // up to its end
               text,
               size,
               NULL,
               NULL)
               > 0
           && text[0] != '\0';
}

/** Prints to stderr in one piece: it has no buffer, and fprintf alone would
 * write some of it character by character. */
static void print_whole(const char *format, ...)
{
    char line[8192];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);

    if (length >= 0 && (size_t)length < sizeof line) {
        fputs(line, stderr);
    } else {
        va_start(arguments, format);
        vfprintf(stderr, format, arguments);
        va_end(arguments);
    }
    fflush(stderr);
}

void report_error(const char *call, DWORD code)
{
    const char *name = error_name(code);
    char text[3 * 2048];
    char number[80];

    snprintf(
        number,
        sizeof number,
        "error %lu%s%s",
        code,
        name != NULL ? ", " : "",
        name != NULL ? name : "");
    if (get_text(code, text, sizeof text))
        print_whole("%s: %s (%s)\n", call, text, number);
    else
        print_whole("%s: %s\n", call, number);
}

void die(const char *call)
{
    DWORD code = GetLastError();

    report_error(call, code);
    exit(EXIT_FAILURE);
}
