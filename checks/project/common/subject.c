/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Does with common/ what its arguments say; common.t looks on.
 *
 * Usage: `subject report CALL CODE`, `subject die CALL CODE`,
 * `subject killed CALL CODE`,
 * `subject names`, `subject arguments [ARGUMENT...]`, `subject keep CODE`,
 * `subject korean`, `subject code-page`
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/codes.h"
#include "common/console.h"
#include "common/error.h"

#define PRINT_ROW(name, number)                                                \
    printf("%lu %s %s\n", (DWORD)(name), #name, error_name(number));

/** Prints number and name of each row, and what error_name makes of it. */
static void print_names(void)
{
    ERROR_CODES(PRINT_ROW)
    printf("%s\n", error_name(12345) == NULL ? "NULL" : "not NULL");
}

/** Prints whether the system has Korean texts. */
static void print_korean(void)
{
    wchar_t text[256];
    DWORD length = FormatMessageW(
        FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
        NULL,  // the system's own texts
        ERROR_FILE_NOT_FOUND,
        MAKELANGID(LANG_KOREAN, SUBLANG_KOREAN),
        text,
        ARRAYSIZE(text),
        NULL);  // no inserts
    puts(length == 0 ? "none" : "some");
}

int main(int argc, char *argv[])
{
    const char *verb = argc > 1 ? argv[1] : "";
    DWORD code = argc > 2 ? strtoul(argv[argc - 1], NULL, 10) : 0;

    if (strcmp(verb, "report") == 0 && argc == 4) {
        /* Wine gives a redirected stderr a buffer; it would hide in how many
         * pieces the line is written. */
        setvbuf(stderr, NULL, _IONBF, 0);
        report_error(argv[2], code);
    } else if (strcmp(verb, "killed") == 0 && argc == 4) {
        report_error(argv[2], code);
        TerminateProcess(GetCurrentProcess(), EXIT_SUCCESS);
    } else if (strcmp(verb, "die") == 0 && argc == 4) {
        SetLastError(code);
        die(argv[2]);
    } else if (strcmp(verb, "names") == 0) {
        print_names();
    } else if (strcmp(verb, "arguments") == 0) {
        for (int i = 2; i < argc; i++)
            printf("<%s>\n", argv[i]);
    } else if (strcmp(verb, "keep") == 0 && argc == 3) {
        SetLastError(code);
        use_utf8_console();
        printf("%lu\n", GetLastError());
    } else if (strcmp(verb, "korean") == 0) {
        print_korean();
    } else if (strcmp(verb, "code-page") == 0) {
        printf("%u\n", GetACP());
    } else {
        return EXIT_USAGE;
    }
    return EXIT_SUCCESS;
}
