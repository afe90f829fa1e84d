/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Children to try a parent with: each has a way of its own to end.
 *
 * Usage: `child words WORD...` prints its words, `child linger` closes its
 * output and ends a moment later, with exit status 7, `child end STATUS` ends
 * at once, `child crash` says a word and crashes. None of them reads its input.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/procthread/terminating-a-process
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

/** How long it lingers, in milliseconds, and what it ends with then. */
enum { MOMENT_MS = 300, LINGERED = 7 };

/** Prints each word in a line. */
static int print_words(char *const *words)
{
    for (; *words != NULL; words++)
        printf("%s\n", *words);
    return EXIT_SUCCESS;
}

/** Closes its output: all that its parent hears of it comes to an end, and the
 * process does not. */
static int linger(void)
{
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    if (output == INVALID_HANDLE_VALUE)
        die("GetStdHandle");
    CloseHandle(output);
    Sleep(MOMENT_MS);
    return LINGERED;
}

/** Writes to an address that nobody has. */
static int crash(void)
{
    printf("word");
    fflush(stdout);                   // what is kept back would be lost
    volatile uintptr_t nobodys = 16;  // nothing is ever put there
    *(volatile char *)nobodys = 0;
    return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    const char *action = argc > 1 ? argv[1] : "";
    if (strcmp(action, "words") == 0)
        return print_words(argv + 2);
    if (strcmp(action, "linger") == 0)
        return linger();
    if (strcmp(action, "end") == 0 && argc > 2)
        return (int)strtoul(argv[2], NULL, 10);
    if (strcmp(action, "crash") == 0)
        return crash();
    fprintf(stderr, "usage: child words WORD...|linger|end STATUS|crash\n");
    return EXIT_USAGE;
}
