/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Reports failed Windows calls.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/codes.h"
#include "common/error.h"

/* The compiler compares the table's numbers with those of <winerror.h>. */
#define CHECK_ROW(name, number) _Static_assert((name) == (number), #name);
ERROR_CODES(CHECK_ROW)

/* The text's room in UTF-16, longer than any known text; in UTF-8 a unit takes
 * up to three bytes. */
enum { TEXT_UNITS = 2048, TEXT_BYTES = 3 * TEXT_UNITS };

#define CASE_ROW(name, number)                                                 \
    case number:                                                               \
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
static bool get_text(DWORD code, char text[TEXT_BYTES])
{
    wchar_t wide[TEXT_UNITS];

    /* Without IGNORE_INSERTS the call would look for arguments to fill inserts
     * such as %1, and fail.  MAX_WIDTH_MASK leaves out most line breaks. */
    if (FormatMessageW(
            FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS
                | FORMAT_MESSAGE_MAX_WIDTH_MASK,
            NULL,  // the system's own texts
            code,
            0,  // the user's language
            wide,
            TEXT_UNITS,
            NULL)  // no inserts
        == 0)
        return false;
    make_one_line(wide);

    /* Not printf("%ls"): it stops at the first character outside ASCII. */
    return WideCharToMultiByte(
               CP_UTF8,
               0,
               wide,
               -1,  // up to its end
               text,
               TEXT_BYTES,
               NULL,
               NULL)
               > 0
           && text[0] != '\0';
}

/** Prints to stderr in one piece.  Where stderr has no buffer, mingw-w64's
 * fprintf writes each character by itself, and two programs' lines mix. */
static void print_whole(const char *format, ...)
{
    char line[TEXT_BYTES + 2048];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);

    if (length >= 0 && (size_t)length < sizeof line) {
        fputs(line, stderr);
    } else {  // a very long name of the call: whole, but in pieces
        va_start(arguments, format);
        vfprintf(stderr, format, arguments);
        va_end(arguments);
    }
    fflush(stderr);
}

void report_error(const char *call, DWORD code)
{
    const char *name = error_name(code);
    char text[TEXT_BYTES];
    char number[80];

    snprintf(
        number,
        sizeof number,
        "error %lu%s%s",
        code,
        name != NULL ? ", " : "",
        name != NULL ? name : "");
    if (get_text(code, text))
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
