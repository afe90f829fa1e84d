/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 00: explain and failures.
 *
 * Usage: `00-errors FOLDER [LESSON-FOLDER]`
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/describe.h"
#include "checks/harness/expect.h"
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"
#include "checks/harness/servers.h"
#include "checks/harness/values.h"

enum { LINE_MAX = 400, TEXT_UNITS = 4096 };

/** Codes whose texts have inserts, under Wine and on Windows. */
static const DWORD WITH_INSERTS[] = {ERROR_BAD_EXE_FORMAT, 182, 190};

/** A number that has no text: bit 29 marks the codes of applications. */
enum { NO_TEXT = 0x20000000 };

/* Which code tells so depends on the version and the language of Windows; the
 * task names all four. */
static const DWORD NO_TEXT_CODES[] = {
    ERROR_MR_MID_NOT_FOUND,
    ERROR_RESOURCE_TYPE_NOT_FOUND,
    ERROR_MUI_FILE_NOT_FOUND,
    ERROR_MUI_FILE_NOT_LOADED,
};
#define NO_TEXT_FAULT "FormatMessageW:1:317"

/** Codes that no call of the program gives by itself. */
static DWORD unforeseen(size_t i)
{
    return i == 0 ? other_error() : ERROR_NOT_ENOUGH_QUOTA;
}

enum { UNFORESEEN = 2 };

/** What a line of the output has to hold. */
struct wanted {
    const char *call;  // it begins with this name
    long number;       // and has this number; -1: any or none
    bool failed;       // and does, or does not, say `failed`
};

/** Tells whether a line of the text is as wanted. */
static bool has_line(const char *text, const struct wanted *wanted)
{
    char line[LINE_MAX];
    for (; *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n') {
        snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
        if (strncmp(line, wanted->call, strlen(wanted->call)) == 0
            && (strstr(line, " failed") != NULL) == wanted->failed
            && (wanted->number < 0 || has_number(line, (DWORD)wanted->number)))
            return true;
    }
    return false;
}

/** The line to show when none is as wanted: of those about the call, one with
 * the wanted number, or else with the wanted verdict, or else the first. */
static const char *nearest_line(const char *text, const struct wanted *wanted)
{
    static char line[LINE_MAX];
    const char *nearest = NULL;
    int most = 0;
    for (; *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n') {
        if (strncmp(text, wanted->call, strlen(wanted->call)) != 0)
            continue;
        snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
        int points = 1 + ((strstr(line, " failed") != NULL) == wanted->failed);
        if (wanted->number >= 0 && has_number(line, (DWORD)wanted->number))
            points += 2;
        if (points > most) {
            most = points;
            nearest = text;
        }
    }
    if (nearest == NULL) {
        no_cause();
        return "no line that begins with its name";
    }
    snprintf(line, sizeof line, "%.*s", (int)strcspn(nearest, "\n"), nearest);
    return line;
}

/** Expects a line about a call, of a program that has ended. */
static void expect_report(
    struct program *program, const char *call, bool failed, long number)
{
    static char text[OUTPUT_LIMIT + 1];
    char expected[200], with[40] = "";
    copy_output(&program->out, text);
    const struct wanted wanted = {call, number, failed};
    if (has_line(text, &wanted))
        return;
    if (number >= 0)
        snprintf(with, sizeof with, ", with the number %ld", number);
    snprintf(
        expected,
        sizeof expected,
        "a line that says that %s %s%s",
        call,
        failed ? "failed" : "succeeded",
        with);
    fail_check(expected, "%s", nearest_line(text, &wanted));
}

/** Expects that no line says that a call has failed. */
static void expect_no_failure(struct program *program, const char *call)
{
    static char text[OUTPUT_LIMIT + 1];
    copy_output(&program->out, text);
    const struct wanted wanted = {call, -1, true};
    if (has_line(text, &wanted))
        fail_check(
            "no line that says that it failed",
            "%s",
            nearest_line(text, &wanted));
}

/** Expects that no line says that a call has succeeded. */
static void expect_no_success(struct program *program, const char *call)
{
    static char text[OUTPUT_LIMIT + 1];
    copy_output(&program->out, text);
    const struct wanted wanted = {call, -1, false};
    if (has_line(text, &wanted))
        fail_check(
            "no line that says that it succeeded",
            "%s",
            nearest_line(text, &wanted));
}

/** Plays `failures` to its end; a fault makes one of its calls fail. */
static struct program *play_failures(const char *fault)
{
    struct program *program =
        start_with("failures", &(struct conditions){.fault = fault});
    expect_end(program, EXIT_SUCCESS);
    return program;
}

/** Plays `failures` while the first call of a function fails with a code. */
static struct program *fail_one(const char *call, DWORD code)
{
    char fault[80];
    tried("made %s fail with error %lu", call, code);
    no_cause();
    snprintf(fault, sizeof fault, "%s:1:%lu", call, code);
    return play_failures(fault);
}

CHECK(
    missing_pipe_is_a_failure,
    .name = "A pipe that is not there is a failure (2)", .todo = 2,
    .read = WRONG)
{
    tried("started `failures`; nobody has made the pipe that it opens");
    struct program *program = play_failures(NULL);
    likely("CreateFileW does not return NULL when it fails, but "
           "INVALID_HANDLE_VALUE, which is -1");
    expect_report(program, "CreateFileW", true, -1);
    likely("the code that is logged is that of another call: it is read too "
           "late");
    expect_report(program, "CreateFileW", true, ERROR_FILE_NOT_FOUND);
    likely("after the failure the program goes on as if it had the pipe");
    expect_no_success(program, "CreateFileW");
}

CHECK(
    any_code_of_create_file_counts,
    .name = "Any failure of CreateFileW counts (1450)", .todo = 2,
    .read = WRONG, .needs = &missing_pipe_is_a_failure)
{
    for (size_t i = 0; i < UNFORESEEN; i++) {
        struct program *program = fail_one("CreateFileW", unforeseen(i));
        likely("the result decides whether a call has failed, not its code: "
               "INVALID_HANDLE_VALUE is a failure with every code");
        expect_report(program, "CreateFileW", true, -1);
    }
}

CHECK(
    pipe_that_is_there_is_opened, .name = "A pipe that is there is opened",
    .todo = 2, .read = READ_IT)
{
    tried("made the pipe first; CreateFileW succeeds, with an old code, 997");
    struct peer *server = create_peer(L"\\\\.\\pipe\\pipework-00");
    struct program *program = start_with(
        "failures",
        &(struct conditions){.fault = "CreateFileW:1:leave=997"});
    accept_peer(server);
    expect_end(program, EXIT_SUCCESS);
    likely("a good handle is taken for a failure; only the result decides, "
           "not the code, which may be an old one");
    expect_report(program, "CreateFileW", false, -1);
    expect_no_failure(program, "CreateFileW");
}

CHECK(
    misnamed_event_is_a_failure,
    .name = "An event that cannot be made is a failure", .todo = 2,
    .read = WRONG)
{
    tried("started `failures`, which makes an event with a backslash in its "
          "name");
    struct program *program = play_failures(NULL);
    likely("CreateEventW returns NULL when it fails, not "
           "INVALID_HANDLE_VALUE: each call has a failure value of its own");
    expect_report(program, "CreateEventW", true, -1);
}

CHECK(
    codes_are_their_own, .name = "Each failure is logged with its own code",
    .todo = 1, .read = WRONG, .needs = &misnamed_event_is_a_failure)
{
    tried("started `failures`");
    struct program *program = play_failures(NULL);
    likely("the code is read too late: another call has left its own in its "
           "place. GetLastError comes right behind the call that failed");
    expect_report(program, "CreateEventW", true, ERROR_PATH_NOT_FOUND);
    expect_report(program, "CloseHandle", true, ERROR_INVALID_HANDLE);
}

CHECK(
    any_code_is_logged, .name = "Every code is logged, known or not (1450)",
    .todo = 1, .read = WRONG, .needs = &codes_are_their_own)
{
    for (size_t i = 0; i < UNFORESEEN; i++) {
        struct program *program = fail_one("CreateEventW", unforeseen(i));
        likely("only some codes are logged: the number is there for every "
               "code, with a name or without");
        expect_report(program, "CreateEventW", true, (long)unforeseen(i));
    }
}

/** Counts the lines that say that CreateEventW succeeded, with 183. */
static unsigned count_old_events(struct program *program)
{
    static char text[OUTPUT_LIMIT + 1];
    char line[LINE_MAX];
    unsigned found = 0;
    copy_output(&program->out, text);
    for (const char *p = text; *p != '\0'; p += *p == '\n') {
        size_t length = strcspn(p, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, p);
        found += strncmp(line, "CreateEventW", 12) == 0
                 && strstr(line, "failed") == NULL
                 && has_number(line, ERROR_ALREADY_EXISTS);
        p += length;
    }
    return found;
}

CHECK(
    event_that_was_there_is_a_success,
    .name = "An event that was there is a success (183)", .todo = 2,
    .read = WRONG)
{
    tried("started `failures`, which makes the same event twice");
    struct program *program = play_failures(NULL);
    likely("the second CreateEventW returns a good handle and leaves 183, "
           "ERROR_ALREADY_EXISTS: it has succeeded, and tells that the event "
           "was there");
    expect_report(program, "CreateEventW", false, ERROR_ALREADY_EXISTS);
    likely("183 is logged although the event was new: it is meant only when "
           "the code right behind CreateEventW is ERROR_ALREADY_EXISTS");
    unsigned found = count_old_events(program);
    if (found != 1)
        fail_check("one event was there already", "%u lines say so", found);
}

CHECK(
    handles_are_closed, .name = "Every handle is closed", .read = READ_IT,
    .needs = &pipe_that_is_there_is_opened)
{
    tried("made the pipe first, and looked at the handles of `failures` when "
          "it ended");
    create_peer(L"\\\\.\\pipe\\pipework-00");
    struct program *program = play_failures(NULL);
    likely("a handle that a call gave is not passed to CloseHandle");
    expect_no_leak(program);
}

/** Makes a single blank of each run of blanks and line breaks. */
static void squeeze(wchar_t *text)
{
    wchar_t *to = text;
    for (const wchar_t *from = text; *from != L'\0'; from++) {
        if (*from > L' ')
            *to++ = *from;
        else if (to != text && to[-1] != L' ')
            *to++ = L' ';
    }
    *to = L'\0';
}

/** The longest piece of a code's text that is free of inserts, in UTF-8. */
static const char *piece_of_text(DWORD code)
{
    static char piece[LINE_MAX];
    wchar_t text[TEXT_UNITS];
    if (FormatMessageW(
            FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
            NULL,  // the system's own texts
            code,
            0,  // the user's language
            text,
            TEXT_UNITS,
            NULL)  // no inserts
        == 0)
        environment_trouble("FormatMessageW", "the text to compare with");
    squeeze(text);

    const wchar_t *longest = text;
    size_t length = 0;
    for (const wchar_t *part = text; *part != L'\0';) {
        size_t size = wcscspn(part, L"%");
        if (size > length)
            longest = part, length = size;
        part += size;
        if (*part == L'%')
            part += 1 + wcsspn(part + 1, L"%0123456789");
    }
    while (length > 0 && longest[length - 1] == L' ')
        length--;
    int size = WideCharToMultiByte(
        CP_UTF8,
        0,
        longest,
        (int)length,
        piece,
        (int)sizeof piece - 1,
        NULL,
        NULL);
    piece[size] = '\0';
    return piece;
}

/** Expects that a program, which has ended, has printed some words. */
static void expect_words(struct program *program, const char *words)
{
    static char text[OUTPUT_LIMIT + 1];
    char expected[LINE_MAX + 40];
    copy_output(&program->out, text);
    if (strstr(text, words) != NULL)
        return;
    snprintf(expected, sizeof expected, "the words \"%s\"", words);
    fail_program(program, expected);
}

/** Lets `explain` explain one code. */
static struct program *explain_one(DWORD code)
{
    char command_line[40];
    snprintf(command_line, sizeof command_line, "explain %lu", code);
    struct program *program = start(command_line);
    expect_end(program, EXIT_SUCCESS);
    return program;
}

CHECK(
    number_name_and_text, .name = "A number gets its name and its text",
    .read = READ_IT)
{
    tried("started `explain 2`");
    struct program *program = explain_one(ERROR_FILE_NOT_FOUND);
    expect_words(program, "2");
    expect_words(program, "ERROR_FILE_NOT_FOUND");
    likely("the text is missing, or it is not printed as UTF-8");
    expect_words(program, piece_of_text(ERROR_FILE_NOT_FOUND));
}

CHECK(
    texts_with_inserts, .name = "A text with an insert is printed, too (193)",
    .todo = 3, .read = WRONG, .needs = &number_name_and_text)
{
    for (size_t i = 0; i < ARRAYSIZE(WITH_INSERTS); i++) {
        tried("started `explain %lu`", WITH_INSERTS[i]);
        likely("these texts hold an insert, %%1. Without "
               "FORMAT_MESSAGE_IGNORE_INSERTS, FormatMessageW looks for what "
               "to insert, finds nothing, and returns 0 with error 87");
        expect_words(
            explain_one(WITH_INSERTS[i]),
            piece_of_text(WITH_INSERTS[i]));
    }
}

CHECK(
    other_failures_count, .name = "Other failures of FormatMessageW count",
    .todo = 3, .read = WRONG, .needs = &texts_with_inserts)
{
    expect_reported(
        "explain 2",
        "FormatMessageW",
        "1",
        "the failure goes unnoticed: when FormatMessageW returns 0, four "
        "codes mean that there is no text (317, 1813, 15100, 15105). Any "
        "other code is a failure: die(\"FormatMessageW\")");
}

CHECK(
    number_without_text, .name = "A number without a text does no harm (317)",
    .todo = 3, .read = WRONG, .needs = &number_name_and_text)
{
    char command_line[60], fault[60];
    snprintf(command_line, sizeof command_line, "explain %d 2", NO_TEXT);
    for (size_t i = 0; i < ARRAYSIZE(NO_TEXT_CODES); i++) {
        tried(
            "started `%s`; the first number has no text, which "
            "FormatMessageW tells by error %lu",
            command_line,
            NO_TEXT_CODES[i]);
        likely(
            "FormatMessageW returns 0 with error %lu for a number that has "
            "no text: say so, and go on",
            NO_TEXT_CODES[i]);
        snprintf(fault, sizeof fault, "FormatMessageW:1:%lu", NO_TEXT_CODES[i]);
        struct program *program =
            start_with(command_line, &(struct conditions){.fault = fault});
        expect_end(program, EXIT_SUCCESS);
        expect_words(program, "536870912");
        expect_words(program, piece_of_text(ERROR_FILE_NOT_FOUND));
    }
}

CHECK(
    one_line_each, .name = "Each number gets one line", .todo = 3,
    .read = READ_IT, .needs = &number_without_text)
{
    tried("started `explain %d 2 5` and counted the lines", NO_TEXT);
    char command_line[60];
    snprintf(command_line, sizeof command_line, "explain %d 2 5", NO_TEXT);
    struct program *program =
        start_with(command_line, &(struct conditions){.fault = NO_TEXT_FAULT});
    expect_end(program, EXIT_SUCCESS);
    likely("a line more is printed for a number without a text, or a line "
           "break of the text is left in it");
    if (program->out.lines != 3)
        fail_check("three lines", "%zu lines", program->out.lines);
}

CHECK(wrong_numbers_are_refused, .name = "What is no number is refused")
{
    tried("started `explain` without a number, and `explain two`");
    likely("the program does not look at its arguments");
    expect_end(start("explain"), 2);
    expect_end(start("explain two"), 2);
}

static const struct check *const CHECKS[] = {
    &misnamed_event_is_a_failure,
    &codes_are_their_own,
    &any_code_is_logged,
    &missing_pipe_is_a_failure,
    &any_code_of_create_file_counts,
    &pipe_that_is_there_is_opened,
    &event_that_was_there_is_a_success,
    &handles_are_closed,
    &number_name_and_text,
    &texts_with_inserts,
    &other_failures_count,
    &number_without_text,
    &one_line_each,
    &wrong_numbers_are_refused,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "00-errors", CHECKS);
}
