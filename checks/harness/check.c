/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The frame of a grader.
 */
#include <fcntl.h>
#include <io.h>
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/built.h"
#include "checks/harness/check.h"
#include "checks/harness/clock.h"
#include "checks/harness/guard.h"
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"
#include "checks/harness/share.h"
#include "checks/harness/values.h"
#include "common/console.h"
#include "common/error.h"

enum { COLUMNS = 80, LABEL_WIDTH = 14 };

unsigned grade_limit_ms = 60000;

static const char TIME_OVER[] = "not run: the time for one grade is over";

/** Tells whether this is Wine. */
static bool on_wine(void)
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
    print_field("tried:", diagnosis()->tried, 2);
    print_field("expected:", diagnosis()->expected, 2);
    print_field("seen:", diagnosis()->seen, 4);
    print_field("cause:", diagnosis()->likely, 3);
    print_field("read:", read, 1);
}

/** Ends all that the running check has started. */
static void clear_all(void)
{
    clear_peers();
    clear_scene();
}

/** Runs one check; whatever it started has ended when this returns. */
static enum verdict run_check(const struct check *check)
{
    open_scene(check->limit_ms != 0 ? check->limit_ms : CHECK_MS);
    enum verdict verdict = attempt(check->run) ? PASSED : FAILED;
    clear_all();
    return verdict;
}

/** A grade: what is to be done, and what came of it. */
struct grade {
    const char *lesson;
    const struct check *checks[CHECKS_MAX];
    struct board *board;       // the verdicts, and who takes which check
    size_t order[CHECKS_MAX];  // in which they are taken
    size_t count, passed, failed;
    const struct check *first;  // that failed
    unsigned long long deadline;
};

/** The place of a check among the first of them; their number: none. */
static size_t place_of(
    const struct check *check, const struct check *const *checks, size_t count)
{
    size_t place = 0;
    while (place < count && checks[place] != check)
        place++;
    return place;
}

/** What came of a check; where another grader makes it, in the end. */
static enum verdict verdict_on(const struct grade *grade, size_t i)
{
    while (grade->board->verdicts[i] == UNKNOWN
           && ms_until(grade->deadline) > 0)
        Sleep(1);
    return grade->board->verdicts[i];
}

/** Why a check can't be run now, or NULL. */
static const char *reason_to_skip(const struct grade *grade, size_t i)
{
    static char reason[200];
    if (grade->checks[i]->needs_windows && on_wine())
        return "needs real Windows";
    size_t needed = place_of(grade->checks[i]->needs, grade->checks, i);
    if (needed < i && verdict_on(grade, needed) != PASSED) {
        snprintf(reason, sizeof reason, "needs check %zu", needed + 1);
        return reason;
    }
    return grade->board->over ? TIME_OVER : NULL;
}

/** A check that is not run, since those before it have taken all the time. */
static void fail_for_time(void)
{
    char expected[80];
    tried("ran the checks above");
    snprintf(
        expected,
        sizeof expected,
        "all checks together take less than %u ms",
        grade_limit_ms);
    fail_check(
        expected,
        "the time is over, so this check and those below are not run");
}

/** Tells of a check that needs one which does not stand before it: then it
 * would never be skipped. */
static bool find_lost_need(const struct check *const *checks)
{
    for (size_t i = 0; checks[i] != NULL; i++) {
        const struct check *needed = checks[i]->needs;
        if (needed == NULL || place_of(needed, checks, i) < i)
            continue;
        printf(
            "Bail out!  check %zu, \"%s\", needs \"%s\", "
            "which does not stand before it in the list\n",
            i + 1,
            checks[i]->name,
            needed->name);
        return true;
    }
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
    const struct check *const *checks, const struct check **chosen)
{
    size_t kept = 0;
    for (size_t i = 0; checks[i] != NULL && kept < CHECKS_MAX; i++)
        if (checks[i]->program == NULL || graded_folder_has(checks[i]->program))
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

/** Takes a verdict into account. */
static void count_verdict(struct grade *grade, size_t i, enum verdict verdict)
{
    grade->passed += verdict == PASSED;
    if (verdict == FAILED && grade->failed++ == 0)
        grade->first = grade->checks[i];
}

/** The check before this one that shows the same mistake, or this one. */
static size_t first_with_mistake(const struct grade *grade, size_t i)
{
    LONG mistake = grade->board->mistakes[i];
    for (size_t k = 0; mistake != 0 && k < i; k++)
        if (grade->board->mistakes[k] == mistake)
            return k;
    return i;
}

/** Reports a mistake that has been reported before. */
static void refer_to(const struct grade *grade, size_t i, size_t first)
{
    char reason[40];
    snprintf(reason, sizeof reason, "see check %zu", first + 1);
    print_result(SKIPPED, i + 1, grade->checks[i], reason);
}

/** Makes a check and reports on it. */
static void make_check(struct grade *grade, size_t i, bool all)
{
    const struct check *check = grade->checks[i];
    const char *reason = reason_to_skip(grade, i);
    enum verdict verdict = SKIPPED;
    if (reason == NULL && ms_until(grade->deadline) > 0)
        verdict = run_check(check);
    else if (reason == NULL && InterlockedExchange(&grade->board->over, TRUE))
        reason = TIME_OVER;
    else if (reason == NULL)
        verdict = attempt(fail_for_time) ? PASSED : FAILED;
    grade->board->mistakes[i] = verdict == FAILED ? diagnosis()->mistake : 0;
    size_t first = all ? first_with_mistake(grade, i) : i;
    if (first < i)
        refer_to(grade, i, first);
    else
        print_result(verdict, i + 1, check, reason);
    if (verdict == FAILED && first == i)
        print_failure(check, grade->lesson);
    count_verdict(grade, i, first == i ? verdict : SKIPPED);
    grade->board->verdicts[i] = verdict;
}

/** Reports what another grader has found. */
static void pass_on(struct grade *grade, size_t i)
{
    const char *report = report_on(grade->board, i + 1, 2 * grade_limit_ms);
    if (report == NULL) {
        /* Cut off, or in trouble: then this report is no whole one, either. */
        const char *words = last_words();
        printf("%s", words != NULL ? words : "");
        exit(EXIT_USAGE);
    }
    size_t first = first_with_mistake(grade, i);
    if (first < i)
        refer_to(grade, i, first);
    else
        printf("%s", report);
    count_verdict(grade, i, first == i ? grade->board->verdicts[i] : SKIPPED);
}

/** Puts a check next in the order, behind those that it needs. */
static void put_next(struct grade *grade, bool *is_put, size_t *used, size_t i)
{
    if (is_put[i])
        return;
    size_t needed = place_of(grade->checks[i]->needs, grade->checks, i);
    if (needed < i)
        put_next(grade, is_put, used, needed);
    is_put[i] = true;
    grade->order[(*used)++] = i;
}

/** Orders the checks: those that wait long are begun first. */
static void order_checks(struct grade *grade)
{
    bool is_put[CHECKS_MAX] = {false};
    size_t used = 0;
    for (size_t i = 0; i < grade->count; i++)
        if (grade->checks[i]->slow)
            put_next(grade, is_put, &used, i);
    for (size_t i = 0; i < grade->count; i++)
        put_next(grade, is_put, &used, i);
}

/** Makes the checks that no other grader has taken; as number @p own of them,
 * from 1. */
static void make_free_checks(struct grade *grade, LONG own)
{
    LONG next;
    order_checks(grade);
    while ((next = InterlockedIncrement(&grade->board->next) - 1)
           < (LONG)grade->count) {
        size_t i = grade->order[next];
        grade->board->who[i] = own;
        make_check(grade, i, false);
        end_block(i + 1);
        fflush(stdout);
    }
}

/** Makes all checks, or reports on those that others make. */
static void make_all_checks(struct grade *grade, bool shared)
{
    printf("1..%zu\n", grade->count);
    for (size_t i = 0; i < grade->count; i++) {
        if (shared)
            pass_on(grade, i);
        else
            make_check(grade, i, true);
        fflush(stdout);
    }
    print_summary(grade->passed, grade->count, grade->first, grade->lesson);
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

/** What the arguments behind the folders say. */
struct share {
    unsigned graders;   // that share the checks; 0: there is only this one
    unsigned seed;      // of the values
    unsigned own;       // this one's number, from 1; 0: it reports
    const char *board;  // the handle that it has inherited
};

/** Reads a number that is not too large, or says that it is none. */
static bool read_number(const char *text, unsigned max, unsigned *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    *number = (unsigned)value;
    return isdigit((unsigned char)text[0]) && *end == '\0' && value <= max;
}

/** Reads them: how many graders, and the seed; or, from one that reports, `of`,
 * number and board. */
static bool read_share(int argc, char *argv[], struct share *share)
{
    *share = (struct share){0};
    if (argc == 6 && strcmp(argv[3], "of") == 0) {
        share->board = argv[5];
        return read_number(argv[4], GRADERS_MAX, &share->own) && share->own > 0;
    }
    if (argc < 2 || argc > 5)
        return false;
    return (argc < 4
            || (read_number(argv[3], GRADERS_MAX, &share->graders)
                && share->graders > 0))
           && (argc < 5 || read_number(argv[4], UINT_MAX, &share->seed));
}

/** Prepares the grade, for one that works alone or with others. */
static void share_checks(struct grade *grade, char *argv[], struct share *share)
{
    static struct board own_board;
    grade->board = &own_board;
    if (share->own != 0)
        grade->board = find_board(share->board);
    else if (share->graders != 0)
        grade->board = start_graders(argv, share->graders, share->seed);
    if (grade->board == NULL)
        environment_trouble("MapViewOfFile", "the graders' board");
    choose_values(share->own != 0 ? grade->board->seed : share->seed);
}

int run_checks(
    int argc, char *argv[], const char *lesson,
    const struct check *const checks[])
{
    static struct grade grade;
    struct share share;
    grade.lesson = lesson;
    grade.deadline = now_ms() + grade_limit_ms;

    tidy_up_by(clear_all);
    use_utf8_console();
    SetConsoleCtrlHandler(end_interrupted, TRUE);
    _setmode(_fileno(stdout), _O_BINARY);  // line ends without `\r`
    if (!read_share(argc, argv, &share)) {
        fprintf(
            stderr,
            "usage: %s FOLDER [LESSON-FOLDER [GRADERS [SEED]]]\n",
            lesson);
        return EXIT_USAGE;
    }
    if (!guard_this_process())
        environment_trouble("SetKernelObjectSecurity", "the grader's guard");
    if (find_lost_need(checks) || !look_at_folders(argc, argv))
        return EXIT_USAGE;

    grade.count = choose_checks(checks, grade.checks);
    share_checks(&grade, argv, &share);
    if (share.own != 0) {
        make_free_checks(&grade, (LONG)share.own);
        return EXIT_SUCCESS;
    }
    make_all_checks(&grade, share.graders != 0);
    return grade.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
