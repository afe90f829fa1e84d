/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What a check says of itself, and how it ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/diagnosis.h"
#include "common/error.h"

static struct diagnosis now;   // of the running check
static jmp_buf way_out;        // of it
static void (*tidy_up)(void);  // before the grader ends

static void format_text(
    char *text, size_t size, const char *format, va_list arguments)
{
    vsnprintf(text, size, format, arguments);
}

void tried(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_text(now.tried, sizeof now.tried, format, arguments);
    va_end(arguments);
}

void likely(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_text(now.likely, sizeof now.likely, format, arguments);
    va_end(arguments);
}

void also_likely(const char *format, ...)
{
    char particular[sizeof now.likely];
    va_list arguments;
    memcpy(particular, now.likely, sizeof particular);
    va_start(arguments, format);
    format_text(now.likely, sizeof now.likely, format, arguments);
    va_end(arguments);
    size_t used = strlen(now.likely);
    if (particular[0] != '\0')
        snprintf(
            now.likely + used,
            sizeof now.likely - used,
            "; or: %s",
            particular);
}

void no_cause(void)
{
    now.likely[0] = '\0';
}

/** How many bytes of UTF-8 the character here has; 0: it is none. */
static size_t utf8_length(const char *text)
{
    unsigned char first = (unsigned char)*text;
    size_t length = first < 0x80   ? 1
                    : first < 0xC2 ? 0
                    : first < 0xE0 ? 2
                    : first < 0xF0 ? 3
                    : first < 0xF5 ? 4
                                   : 0;
    for (size_t i = 1; i < length; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

/** Makes visible what is no text, lest a program's output writes it to the
 * terminal: `\x1b`, `\xfe`. What does not fit is cut off. */
static void show_controls(char *text, size_t size)
{
    char shown[sizeof now.seen];
    size_t used = 0;
    for (const char *p = text; *p != '\0' && used + 5 < size;) {
        size_t length = utf8_length(p);
        if (length > 1
            || (length == 1
                && ((unsigned char)*p >= ' ' ? *p != 0x7F : *p == '\n'))) {
            memcpy(shown + used, p, length);
            used += length;
            p += length;
        } else
            used += (size_t)snprintf(
                shown + used,
                sizeof shown - used,
                "\\x%02x",
                (unsigned char)*p++);
    }
    shown[used] = '\0';
    memcpy(text, shown, used + 1);
}

void fail_check(const char *expected, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_text(now.seen, sizeof now.seen, format, arguments);
    va_end(arguments);
    show_controls(now.seen, sizeof now.seen);
    snprintf(now.expected, sizeof now.expected, "%s", expected);
    longjmp(way_out, 1);
}

void whole_kind(const char *program, const char *kind, unsigned long place)
{
    unsigned long sum = place + 1;
    for (const char *p = program; *p != '\0'; p++)
        sum = sum * 31 + (unsigned char)*p;
    for (const char *p = kind; *p != '\0'; p++)
        sum = sum * 31 + (unsigned char)*p;
    now.mistake = (long)(sum | 1);
}

bool attempt(void (*run)(void))
{
    memset(&now, 0, sizeof now);
    if (setjmp(way_out) != 0)
        return false;
    run();
    return true;
}

const struct diagnosis *diagnosis(void)
{
    return &now;
}

void tidy_up_by(void (*function)(void))
{
    tidy_up = function;
}

void environment_trouble(const char *call, const char *what)
{
    DWORD code = GetLastError();
    printf("Bail out!  environment: %s failed with error %lu", call, code);
    if (error_name(code) != NULL)
        printf(", %s", error_name(code));
    printf(": %s\n", what);
    fflush(stdout);
    if (tidy_up != NULL)
        tidy_up();
    exit(EXIT_USAGE);
}
