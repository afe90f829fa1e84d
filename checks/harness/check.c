/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The frame of a grader.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/built.h"
#include "checks/harness/check.h"
#include "checks/harness/clock.h"
#include "checks/harness/guard.h"
#include "checks/harness/scene.h"
#include "checks/harness/share.h"
#include "common/console.h"
#include "common/error.h"

enum { COLUMNS = 80, LABEL_WIDTH = 14, CHECKS_MAX = 100 };

enum verdict { PASSED, FAILED, SKIPPED };

unsigned grade_limit_ms = 60000;

static const char TIME_OVER[] = "not run: the time for one grade is over";

/* The running check: what it has said so far, and the way out of it. */
static struct {
    char tried[400], likely[600], expected[400], seen[1200];
    jmp_buf way_out;
} now;

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

/** Makes control characters visible, lest a program's output writes them to the
 * terminal: `\x1b`. What does not fit is cut off. */
static void show_controls(char *text, size_t size)
{
    char shown[sizeof now.seen];
    size_t used = 0;
    for (const char *p = text; *p != '\0' && used + 5 < size; p++)
        if ((unsigned char)*p >= ' ' ? *p != 0x7F : *p == '\n')
            shown[used++] = *p;
        else
            used += (size_t)snprintf(
                shown + used,
                sizeof shown - used,
                "\\x%02x",
                (unsigned char)*p);
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
    longjmp(now.way_out, 1);
}

void environment_trouble(const char *call, const char *what)
{
    DWORD code = GetLastError();
    printf("Bail out!  environment: %s failed with error %lu", call, code);
    if (error_name(code) != NULL)
        printf(", %s", error_name(code));
    printf(": %s\n", what);
    fflush(stdout);
    clear_scene();
    exit(EXIT_USAGE);
}

bool on_wine(void)
{
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    return ntdll != NULL && GetProcAddress(ntdll, "wine_get_version") != NULL;
}

/** How many bytes of @p text fill one line, broken at a blank where it can. */
static size_t line_length(const char *text, size_t room)
{
    size_t length = strcspn(text, "\n");
    if (length <= room)
        return length;
    for (size_t i = room; i > room / 2; i--)
        if (text[i] == ' ')
            return i;
    /* No blank: break between two characters, not inside one (UTF-8). */
    while (room > 1 && ((unsigned char)text[room] & 0xC0) == 0x80)
        room--;
    return room;
}

/** Prints one labelled field of a failure in at most @p lines lines. */
static void print_field(const char *label, const char *text, int lines)
{
    for (int i = 0; i < lines && *text != '\0'; i++) {
        size_t length = line_length(text, COLUMNS - LABEL_WIDTH - 4);
        bool cut =
            i + 1 == lines && text[length] != '\0' && text[length + 1] != '\0';
        printf(
            "#   %-*s%.*s%s\n",
            LABEL_WIDTH - 4,
            i == 0 ? label : "",
            (int)length,
            text,
            cut ? " ..." : "");
        text += length;
        text += *text == '\n' || *text == ' ';
    }
}

/** Prints the failure of a check: twelve lines at most. */
static void print_failure(const struct check *check, const char *lesson)
{
    char read[300];
    snprintf(
        read,
        sizeof read,
        "lessons/%s/README.md%s%s%s",
        lesson,
        check->read != NULL ? ", \"" : "",
        check->read != NULL ? check->read : "",
        check->read != NULL ? "\"" : "");
    print_field("tried:", now.tried, 2);
    print_field("expected:", now.expected, 2);
    print_field("seen:", now.seen, 4);
    print_field("cause:", now.likely, 3);
    print_field("read:", read, 1);
}

/** Runs one check; whatever it started has ended when this returns. */
static enum verdict run_check(const struct check *check)
{
    memset(now.tried, 0, sizeof now.tried);
    memset(now.likely, 0, sizeof now.likely);
    open_scene(check->limit_ms != 0 ? check->limit_ms : CHECK_MS);
    enum verdict verdict = FAILED;
    if (setjmp(now.way_out) == 0) {
        check->run();
        verdict = PASSED;
    }
    clear_scene();
    return verdict;
}

/** Why a check can't be run now, or NULL. */
static const char *reason_to_skip(
    const struct check *checks, size_t i, const enum verdict *verdicts)
{
    static char reason[200];
    if (checks[i].needs_windows && on_wine())
        return "needs real Windows";
    for (size_t k = 0; checks[i].needs != NULL && k < i; k++)
        if (strcmp(checks[k].name, checks[i].needs) == 0
            && verdicts[k] != PASSED) {
            snprintf(reason, sizeof reason, "needs check %zu", k + 1);
            return reason;
        }
    return NULL;
}

/** A check that is not run, since those before it have taken all the time. */
static enum verdict fail_for_time(void)
{
    tried("ran the checks above");
    no_cause();
    snprintf(
        now.expected,
        sizeof now.expected,
        "all checks together take less than %u ms",
        grade_limit_ms);
    snprintf(
        now.seen,
        sizeof now.seen,
        "the time is over, so this check and those below are not run");
    return FAILED;
}

/** Tells of a check that needs one which does not stand before it: the name may
 * be misspelt, and then it would never be skipped. */
static bool find_lost_need(const struct check *checks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (checks[i].needs != NULL && k < i
               && strcmp(checks[k].name, checks[i].needs) != 0)
            k++;
        if (checks[i].needs == NULL || k < i)
            continue;
        printf(
            "Bail out!  check %zu, \"%s\", needs \"%s\", "
            "and no check before it has that name\n",
            i + 1,
            checks[i].name,
            checks[i].needs);
        return true;
    }
    return false;
}

/** Whether another check needs this one: each part of a grade then runs it. */
static bool is_needed(const struct check *checks, size_t count, size_t i)
{
    for (size_t k = 0; k < count; k++)
        if (checks[k].needs != NULL
            && strcmp(checks[k].needs, checks[i].name) == 0)
            return true;
    return false;
}

/** Prints the line of a check: whether it passed, or why it was not run. */
static void print_result(
    enum verdict verdict, size_t number, const struct check *check,
    const char *reason)
{
    printf(
        "%sok %zu - %s",
        verdict == FAILED ? "not " : "",
        number,
        check->name);
    if (check->todo != 0)
        printf(" (TODO %d)", check->todo);
    if (verdict == SKIPPED)
        printf(" # SKIP %s", reason);
    printf("\n");
}

/** Prints how many passed and, if one failed, what to do next. */
static void print_summary(
    size_t passed, size_t count, const struct check *first, const char *lesson)
{
    printf("# %zu of %zu checks passed", passed, count);
    if (first != NULL && first->todo != 0)
        printf("; next: TODO(%d)", first->todo);
    else if (first != NULL)
        printf("; next: the first that failed");
    if (first != NULL)
        printf(", a hint: make hint-%.2s", lesson);
    printf("\n");
}

/** Keeps only the checks of programs that the graded folder has. */
static size_t choose_checks(
    const struct check *checks, size_t count, struct check *chosen)
{
    size_t kept = 0;
    for (size_t i = 0; i < count && kept < CHECKS_MAX; i++)
        if (checks[i].program == NULL || graded_folder_has(checks[i].program))
            chosen[kept++] = checks[i];
    return kept;
}

/** Ctrl+C: what was not finished is no success. (Wine ends with 0.) */
static BOOL WINAPI end_interrupted(DWORD event)
{
    (void)event;
    TerminateProcess(GetCurrentProcess(), EXIT_USAGE);
    return TRUE;
}

/** A grade: what is to be done, and what came of it. */
struct grade {
    const char *lesson;
    struct check checks[CHECKS_MAX];
    enum verdict verdicts[CHECKS_MAX];
    size_t count, passed, failed;
    const struct check *first;  // that failed
    enum share share;
    bool over;  // the time is
    unsigned long long deadline;
};

/** Takes a verdict into account. */
static void count_verdict(struct grade *grade, size_t i)
{
    grade->passed += grade->verdicts[i] == PASSED;
    if (grade->verdicts[i] == FAILED && grade->failed++ == 0)
        grade->first = &grade->checks[i];
}

/** Makes a check and, where @p shown, reports on it. */
static void make_check(struct grade *grade, size_t i, bool shown)
{
    const struct check *check = &grade->checks[i];
    const char *reason =
        grade->over ? TIME_OVER
                    : reason_to_skip(grade->checks, i, grade->verdicts);
    if (reason != NULL)
        grade->verdicts[i] = SKIPPED;
    else if (ms_until(grade->deadline) == 0) {
        grade->over = true;
        grade->verdicts[i] = fail_for_time();
    } else
        grade->verdicts[i] = run_check(check);
    if (!shown)
        return;
    print_result(grade->verdicts[i], i + 1, check, reason);
    if (grade->verdicts[i] == FAILED)
        print_failure(check, grade->lesson);
    count_verdict(grade, i);
}

/** Reports what the other grader has found. */
static void pass_on(struct grade *grade, size_t i)
{
    const char *report = report_of_other(i + 1, 2 * grade_limit_ms);
    if (report == NULL) {
        /* Cut off, or in trouble: then this report is no whole one, either. */
        const char *words = last_words_of_other();
        printf("%s", words != NULL ? words : "");
        exit(EXIT_USAGE);
    }
    /* The plan is before the first. */
    if (strncmp(report, "1..", 3) == 0)
        report += strcspn(report, "\n") + 1;
    size_t first_line = strcspn(report, "\n");
    const char *skip = strstr(report, " # SKIP ");
    grade->verdicts[i] = strncmp(report, "not ", 4) == 0              ? FAILED
                         : skip != NULL && skip < report + first_line ? SKIPPED
                                                                      : PASSED;
    printf("%s", report);
    count_verdict(grade, i);
}

/** Makes all checks, or every second one. */
static void make_checks(struct grade *grade)
{
    for (size_t i = 0; i < grade->count; i++) {
        bool second = i % 2 == 1;
        if (grade->share == FIRST_OF_TWO && second)
            pass_on(grade, i);
        else if (grade->share != SECOND_OF_TWO || second)
            make_check(grade, i, true);
        else if (is_needed(grade->checks, grade->count, i))
            make_check(grade, i, false);
        if (grade->share == SECOND_OF_TWO && second)
            end_block(i + 1);
        fflush(stdout);
    }
}

/** Whether the folders can be graded; says why not. */
static bool look_at_folders(int argc, char *argv[])
{
    char plain[MAX_PATH];
    if (!set_folders(argv[1], argc >= 3 ? argv[2] : NULL)) {
        printf("Bail out!  there is no program in %s: build it\n", argv[1]);
        return false;
    }
    for (int i = 1; i < argc && i < 3; i++)
        if (find_plain_program(argv[i], plain, sizeof plain)) {
            printf("Bail out!  %s was not built with the lens\n", plain);
            return false;
        }
    return true;
}

/** Reads the third argument: 1 or 2. */
static bool read_share(int argc, char *argv[], enum share *share)
{
    *share = ALL_CHECKS;
    if (argc == 4 && strcmp(argv[3], "1") == 0)
        *share = FIRST_OF_TWO;
    else if (argc == 4 && strcmp(argv[3], "2") == 0)
        *share = SECOND_OF_TWO;
    return argc >= 2 && (argc <= 3 || *share != ALL_CHECKS) && argc <= 4;
}

int run_checks(
    int argc, char *argv[], const char *lesson, const struct check *checks,
    size_t count)
{
    static struct grade grade;
    grade.lesson = lesson;
    grade.deadline = now_ms() + grade_limit_ms;

    use_utf8_console();
    SetConsoleCtrlHandler(end_interrupted, TRUE);
    _setmode(_fileno(stdout), _O_BINARY);  // line ends without `\r`
    if (!read_share(argc, argv, &grade.share)) {
        fprintf(stderr, "usage: %s FOLDER [LESSON-FOLDER [1|2]]\n", lesson);
        return EXIT_USAGE;
    }
    if (!guard_this_process())
        environment_trouble("SetKernelObjectSecurity", "the grader's guard");
    if (find_lost_need(checks, count) || !look_at_folders(argc, argv))
        return EXIT_USAGE;
    if (grade.share == FIRST_OF_TWO && !start_other(argv))
        environment_trouble("CreateProcessW", "the other grader");

    grade.count = choose_checks(checks, count, grade.checks);
    printf("1..%zu\n", grade.count);
    make_checks(&grade);
    if (grade.share != SECOND_OF_TWO)
        print_summary(grade.passed, grade.count, grade.first, lesson);
    return grade.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
