/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Gives report_error texts that no system has at hand.
 *
 * error.c is compiled here with a FormatMessageW of ours, which checks its
 * arguments and returns the text that the case sets. Each case reports the
 * code 2 to stderr; common.t compares.
 *
 * Usage: `texts CASE`
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

static const wchar_t *system_text = L"";

static DWORD our_text(
    DWORD flags, const void *source, DWORD code, DWORD language,
    wchar_t *buffer, DWORD units, const void *inserts)
{
    DWORD length = (DWORD)wcslen(system_text);

    if ((flags & FORMAT_MESSAGE_IGNORE_INSERTS) == 0 || source != NULL
        || code != ERROR_FILE_NOT_FOUND || language != 0 || inserts != NULL) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return 0;
    }
    if (length >= units) {
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
        return 0;
    }
    wcscpy(buffer, system_text);
    return length;
}

#define FormatMessageW our_text
#include "common/error.c"

/** A text of @p length Korean letters: three bytes each in UTF-8. */
static const wchar_t *long_text(size_t length)
{
    static wchar_t text[4096];

    wmemset(text, 0xD55C, length);
    return text;
}

int main(int argc, char *argv[])
{
    static char long_call[10000];
    const char *name = argc > 1 ? argv[1] : "";

    memset(long_call, 'c', sizeof long_call - 1);
    if (strcmp(name, "blank at the end") == 0)
        system_text = L"Not there. ";
    else if (strcmp(name, "several lines") == 0)
        system_text = L"\r\nOne.\r\n\r\n\tTwo %1!\nThree.\r\n";
    else if (strcmp(name, "nothing but breaks") == 0)
        system_text = L" \r\n";
    else if (strcmp(name, "percent signs") == 0)
        system_text = L"%s %n 100%";
    else if (strcmp(name, "outside ASCII") == 0)
        system_text = L"\xD30C\xC77C caf\xE9 \xD83D\xDE00.";
    else if (strcmp(name, "half a character") == 0)
        system_text = L"a\xD83D z";
    else if (strcmp(name, "900 bytes") == 0)
        system_text = long_text(300);
    else if (strcmp(name, "as long as the room") == 0)
        system_text = long_text(2047);
    else if (strcmp(name, "longer than the room") == 0)
        system_text = long_text(2048);
    else if (strcmp(name, "a long call") == 0)
        system_text = L"Not there.";
    else
        return EXIT_USAGE;

    setvbuf(stderr, NULL, _IONBF, 0);  // see subject.c
    report_error(
        strcmp(name, "a long call") == 0 ? long_call : "CreateFileW",
        ERROR_FILE_NOT_FOUND);
    return EXIT_SUCCESS;
}
