/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 00: explains error codes, and leaves none of them blank.
 *
 * Usage: `explain CODE...`: the codes are decimal numbers.
 *
 * Change what stands between TODO(3) and its END; failures.c has the others.
 *
 * @see https://learn.microsoft.com/windows/win32/debug/system-error-codes
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

/** Room for a text: in UTF-16 units, and in bytes of UTF-8, three a unit. */
enum { TEXT_UNITS = 2048, TEXT_BYTES = 3 * TEXT_UNITS };

/** Gets the system's text for a code; false where it has none. */
static bool get_text(DWORD code, wchar_t text[TEXT_UNITS])
{
    /* TODO(3): get every text that there is, and notice every failure. */
    DWORD length = FormatMessageW(
        FORMAT_MESSAGE_FROM_SYSTEM            // the system's own texts
            | FORMAT_MESSAGE_IGNORE_INSERTS   // leave %1 as it is
            | FORMAT_MESSAGE_MAX_WIDTH_MASK,  // on one line
        NULL,                                 // no other source
        code,
        0,  // the user's language
        text,
        TEXT_UNITS,
        NULL);  // nothing to insert
    if (length == 0) {
        switch (GetLastError()) {
        /* No text: the version and language of Windows decide which one. */
        case ERROR_MR_MID_NOT_FOUND:         // 317
        case ERROR_RESOURCE_TYPE_NOT_FOUND:  // 1813
        case ERROR_MUI_FILE_NOT_FOUND:       // 15100
        case ERROR_MUI_FILE_NOT_LOADED:      // 15105
            return false;
        default:
            die("FormatMessageW");
        }
    }
    /* END TODO(3) */

    /* In the place of the last line break stands a blank. */
    while (length > 0 && text[length - 1] <= L' ')
        text[--length] = L'\0';
    return true;
}

/** Prints a line about one code. */
static void explain(DWORD code)
{
    wchar_t wide[TEXT_UNITS];
    char text[TEXT_BYTES] = "(the system has no text for it)";

    /* Windows gives UTF-16; the program prints UTF-8. */
    if (get_text(code, wide)
        && !WideCharToMultiByte(
            CP_UTF8,
            0,  // no flags
            wide,
            -1,  // up to the end of the text
            text,
            TEXT_BYTES,
            NULL,
            NULL))
        die("WideCharToMultiByte");

    const char *name = error_name(code);
    printf("%lu %s: %s\n", code, name != NULL ? name : "(no name here)", text);
}

/** Reads a decimal number; false if the text is anything else. */
static bool read_code(const char *text, DWORD *code)
{
    char *end;
    *code = strtoul(text, &end, 10);
    return end != text && *end == '\0';
}

/** Explains one argument after another. */
int main(int argc, char *argv[])
{
    use_utf8_console();

    bool good = argc > 1;
    for (int i = 1; i < argc && good; i++) {
        DWORD code;
        good = read_code(argv[i], &code);
        if (good)
            explain(code);
    }
    if (!good) {
        fprintf(stderr, "usage: explain CODE...\n");
        return EXIT_USAGE;
    }
    return EXIT_SUCCESS;
}
