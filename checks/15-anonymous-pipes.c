/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 15: a parent that feeds a child, and a pipeline of two.
 *
 * What matters is who holds which end of which pipe: the lens follows the
 * handles from CreatePipe to the children and to their end.
 *
 * Usage: `15-anonymous-pipes FOLDER [LESSON-FOLDER]`
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/describe.h"
#include "checks/harness/expect.h"
#include "checks/harness/forgiven.h"
#include "checks/harness/scene.h"
#include "checks/harness/servers.h"
#include "checks/harness/values.h"
#include "checks/harness/where.h"
#include "lens/ends.h"
#include "lens/table.h"

/** Room for a command line with the paths of two programs. */
enum { COMMAND_MAX = 800 };

/** Puts a command line together: `$` stands for a program of the lesson, whose
 * name follows: `pipeline hello $filter : $filter 5`. */
static const char *command(const char *words)
{
    static char line[COMMAND_MAX];
    size_t used = 0;
    while (*words != '\0') {
        size_t length = strcspn(words, "$");
        used += (size_t)snprintf(
            line + used,
            sizeof line - used,
            "%.*s",
            (int)length,
            words);
        words += length;
        if (*words == '$') {
            char name[20];
            length = strcspn(++words, " ");
            snprintf(name, sizeof name, "%.*s", (int)length, words);
            used += (size_t)snprintf(
                line + used,
                sizeof line - used,
                "%s",
                lesson_program(name));
            words += length;
        }
    }
    return line;
}

/** The number of a record, from 1. */
static uint32_t number_of(const struct lens_record *record)
{
    uint32_t number = 1;
    while (lens_view_at(scene_view(), number - 1) != record)
        number++;
    return number;
}

/** Where the ends of all pipes are. */
static const struct lens_end *find_ends(size_t *count)
{
    static struct lens_end ends[LENS_ENDS_MAX];
    *count = lens_ends_find(
        lens_view_at(scene_view(), 0),
        lens_view_count(scene_view()),
        ends);
    return ends;
}

/** The ends of a pipe. */
static const char *const KINDS[] = {"reading", "writing"};

/** The three standard handles. */
static const char *const STANDARD[] = {"input", "output", "error output"};

/** The standard handles that a child is started with. */
static void read_standard(const struct lens_record *made, uint32_t *standard)
{
    const char *at = strstr(made->out, "start=");
    memset(standard, 0, 3 * sizeof *standard);
    for (int i = 0; i < 3 && at != NULL && *at != '\0'; i++) {
        char *end;
        standard[i] = (uint32_t)strtoul(at + strcspn(at, "=,") + 1, &end, 0);
        at = end;
    }
}

/** Whether a child got an end by its start. */
static bool has_got(const struct lens_end *end, const struct lens_record *made)
{
    return end->pid == made->peer && end->from == number_of(made);
}

/** Expects that a child got the ends that are its standard handles, and no
 * other one. */
static void expect_own_ends(const struct program *program, unsigned nth)
{
    const struct lens_record *made = find_call(program, "CreateProcessW", nth);
    uint32_t standard[3];
    char place[80];
    size_t count;
    const struct lens_end *ends = find_ends(&count);
    read_standard(made, standard);
    for (int i = 0; i < 2; i++) {
        bool found =
            lens_ends_at(ends, count, program->id, standard[i], number_of(made))
            == NULL;
        for (size_t k = 0; k < count; k++)
            found =
                found
                || (has_got(&ends[k], made) && ends[k].handle == standard[i]);
        if (!found)
            fail_check(
                "a child inherits its input and its output",
                "child %u has not inherited its %s",
                nth,
                STANDARD[i]);
    }
    for (size_t k = 0; k < count; k++)
        if (has_got(&ends[k], made) && ends[k].handle != standard[0]
            && ends[k].handle != standard[1])
            fail_check(
                "a child has its own ends and no other",
                "child %u has got a %s end as well, CreatePipe%s",
                nth,
                KINDS[ends[k].writes],
                where_line(
                    program,
                    lens_view_at(scene_view(), ends[k].pipe - 1)->caller,
                    place,
                    sizeof place));
}

/** Whether a handle is none: a program without an error output, or a failure
 * of GetStdHandle. */
static bool is_none(uint32_t handle)
{
    return handle == 0 || handle == UINT32_MAX;
}

/** Expects that the list of a child has its standard handles and no others. */
static void expect_listed(const struct program *program, unsigned nth)
{
    uint32_t list[LENS_LIST_MAX], standard[3];
    const struct lens_record *made = find_call(program, "CreateProcessW", nth);
    int count =
        lens_ends_list(lens_view_at(scene_view(), 0), number_of(made), list);
    if (count < 0)
        fail_check(
            "each child has a list of handles",
            "child %u has none, and gets all that can be inherited",
            nth);
    read_standard(made, standard);
    for (int i = 0; i < count; i++)
        if (is_none(list[i]))
            fail_check(
                "the list has handles only",
                "the list of child %u has 0x%lx, which is none",
                nth,
                (unsigned long)list[i]);
    for (int i = 0; i < 3; i++) {
        int found = 0;
        for (int k = 0; k < count; k++)
            found += list[k] == standard[i];
        if (found == 0 && !is_none(standard[i]))
            fail_check(
                "the list has the child's standard handles",
                "the list of child %u lacks its %s",
                nth,
                STANDARD[i]);
    }
    if (count > 3)
        fail_check(
            "the list has the child's standard handles and no others",
            "the list of child %u has %d",
            nth,
            count);
}

/** Expects that the program, when it reads, has none of the ends that its
 * children have. */
static void expect_no_childs_end(const struct program *program)
{
    char place[80];
    size_t count;
    const struct lens_end *ends = find_ends(&count);
    uint32_t now = number_of(find_call(program, "ReadFile", 1));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++)
            if (ends[i].pid == program->id && ends[i].from < now
                && (ends[i].to == 0 || ends[i].to > now)
                && ends[k].pid != program->id && ends[k].pipe == ends[i].pipe
                && ends[k].writes == ends[i].writes)
                fail_check(
                    "what a child has, its parent has closed",
                    "%s still has the %s end that a child has%s",
                    program->name,
                    KINDS[ends[i].writes],
                    where_line(
                        program,
                        lens_view_at(scene_view(), ends[i].pipe - 1)->caller,
                        place,
                        sizeof place));
}

/** Where a check is not about a program's exit status. */
enum { ANY_STATUS = -1 };

/** Expects that a program ends, somehow: the cause is one of its hanging. */
static void expect_no_hang(struct program *program, const char *cause)
{
    DWORD code;
    if (wait_for_scene_end(program, &code) == TOO_LATE) {
        likely("%s", cause);
        fail_program(program, "it ends");
    }
}

/** Expects that a program ends with a status, and that what it has printed
 * begins and ends so. */
static void expect_result(
    struct program *program, int status, const char *first, const char *last)
{
    DWORD code = EXIT_SUCCESS;
    if (status == ANY_STATUS)
        wait_for_scene_end(program, &code);
    else
        code = (DWORD)status;
    expect_end(program, code);
    const char *text = program->out.text;
    size_t length = strlen(text), end = strlen(last);
    if (strncmp(text, first, strlen(first)) != 0)
        fail_program(program, "first what the last child has said");
    if (length < end || strcmp(text + length - end, last) != 0) {
        const char *line = text;
        for (const char *p = text; *p != '\0'; p++)
            if ((*p == '\n' && p[1] != '\0') || *p == '\\')
                line = p + 1;
        char expected[80];
        snprintf(
            expected,
            sizeof expected,
            "a last line that says: %.*s",
            (int)strcspn(last, "\n"),
            last);
        fail_check(
            expected,
            "its last line is: %.*s",
            (int)strcspn(line, "\n"),
            line);
    }
}

CHECK(
    children_have_their_own, .name = "A child has its own ends and no other",
    .todo = 1, .read = READ_IT, .program = "pipeline")
{
    tried("started `pipeline hello filter : filter`, and looked which ends of "
          "pipes each child has inherited");
    struct program *pipeline =
        start(command("pipeline hello $filter : $filter"));
    wait_called(pipeline, "CreateProcessW", 2);
    likely("a child inherits a handle that stands on its list, if it can be "
           "inherited: HANDLE_FLAG_INHERIT");
    expect_own_ends(pipeline, 1);
    expect_own_ends(pipeline, 2);
}

CHECK(
    list_is_right, .name = "The list has the three handles and no other",
    .todo = 1, .read = READ_IT, .program = "pipeline",
    .needs = &children_have_their_own)
{
    tried("started `pipeline hello filter : filter`, and looked at the list of "
          "each child");
    struct program *pipeline =
        start(command("pipeline hello $filter : $filter"));
    wait_called(pipeline, "CreateProcessW", 2);
    likely("what does not stand on the list the child has not got, whatever "
           "STARTUPINFO names; without a list it gets all, also what this "
           "program has been given by its own parent");
    expect_listed(pipeline, 1);
    expect_listed(pipeline, 2);
}

CHECK(
    parent_keeps_none, .name = "The parent keeps no end of its children's",
    .todo = 2, .read = READ_IT, .program = "pipeline",
    .needs = &children_have_their_own)
{
    tried("started `pipeline hello filter : filter`, and looked which ends it "
          "has when it begins to read");
    struct program *pipeline =
        start(command("pipeline hello $filter : $filter"));
    wait_called(pipeline, "CreateProcessW", 2);
    while (find_call(pipeline, "ReadFile", 1) == NULL && is_running(pipeline)
           && ms_until(scene_deadline()) > 0)
        Sleep(1);
    likely(
        "CreateProcessW gives the child handles of its own, and the parent's "
        "stay open: with a writing end a reader waits on, with a reading end "
        "a writer does");
    expect_no_childs_end(pipeline);
}

CHECK(
    both_work, .name = "What the first says the second reads", .todo = 2,
    .read = READ_IT, .program = "pipeline", .needs = &children_have_their_own)
{
    char word[20];
    snprintf(word, sizeof word, "%s\n", other_word());
    for (char *p = word; *p != '\0'; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    tried("started `pipeline %s filter : filter`", other_word());
    char words[60];
    snprintf(
        words,
        sizeof words,
        "pipeline %s $filter : $filter",
        other_word());
    struct program *pipeline = start(command(words));
    expect_no_hang(
        pipeline,
        "somebody still has a writing end: its reader is told of the end only "
        "when the last one is closed, the parent's own, too");
    expect_result(pipeline, EXIT_SUCCESS, word, "ended with exit status 0\n");
    expect_no_errors(pipeline);
}

CHECK(
    no_error_output, .name = "Without an error output, two are listed",
    .todo = 1, .read = READ_IT, .program = "pipeline", .needs = &both_work)
{
    tried("made GetStdHandle fail: this program has no error output");
    struct program *pipeline = start_with(
        command("pipeline hello $filter : $filter"),
        &(struct conditions){.fault = "pipeline/GetStdHandle:*:other"});
    likely("NULL, or INVALID_HANDLE_VALUE, is no handle: it has no place on a "
           "list, and cannot be made inheritable");
    expect_result(
        pipeline,
        EXIT_SUCCESS,
        "HELLO\n",
        "ended with exit status 0\n");
    expect_listed(pipeline, 1);
    expect_listed(pipeline, 2);
}

CHECK(
    much_passes, .name = "1 MiB passes both", .todo = 2, .read = READ_IT,
    .program = "pipeline", .needs = &both_work)
{
    tried("started `pipeline -k 1024 filter : filter`");
    struct program *pipeline =
        start(command("pipeline -k 1024 $filter : $filter"));
    likely("all is written before anything is read: both pipes are full then");
    expect_result(
        pipeline,
        EXIT_SUCCESS,
        "1048576 bytes came\n",
        "ended with exit status 0\n");
    expect_no_errors(pipeline);
}

/** Why it hangs when a write has failed. */
#define STILL_WAITS                                                            \
    "the pipe is not closed: the first child still waits for the end of its "  \
    "input"

CHECK(
    both_codes_end_it, .name = "232 and 109 both mean that nobody reads",
    .todo = 3, .read = WRONG, .program = "pipeline", .needs = &both_work)
{
    static const char *const FAULTS[] = {
        "pipeline/WriteFile:1:232",
        "pipeline/WriteFile:1:109"};
    tried("made WriteFile fail with 232, and once with 109, while the first "
          "child still waits for its input");
    for (int i = 0; i < 2; i++) {
        struct program *pipeline = start_with(
            command("pipeline hello $filter : $filter"),
            &(struct conditions){.fault = FAULTS[i]});
        expect_no_hang(pipeline, STILL_WAITS);
        likely("the lines behind the block close the pipe, too");
        expect_no_bad_close(pipeline);
        no_cause();
        if (strstr(pipeline->out.text, "HELLO") != NULL) {
            likely("nobody reads any more: the thread ends, and does not try "
                   "again");
            fail_check("one write that fails", "the word was written after it");
        }
        likely("232 comes when the reader has gone before the write, 109 when "
               "it goes while the write waits: neither is a failure");
        expect_no_errors(pipeline);
        no_cause();
        expect_result(
            pipeline,
            EXIT_SUCCESS,
            "\n",
            "ended with exit status 0\n");
    }
}

CHECK(
    write_errors_count, .name = "Any other error of WriteFile is reported",
    .todo = 3, .read = WRONG, .program = "pipeline", .needs = &both_work)
{
    tried("made WriteFile fail with error %s", other_error_text());
    struct program *pipeline = start_with(
        command("pipeline hello $filter : $filter"),
        &(struct conditions){.fault = "pipeline/WriteFile:1:other"});
    expect_no_hang(pipeline, STILL_WAITS);
    likely("only 232 and 109 say that the child has gone: report the others, "
           "and note it in food->failed: not all was well");
    expect_failure(pipeline, "WriteFile", other_error());
}

CHECK(
    first_is_let_go, .name = "An early end of the second frees the first",
    .todo = 2, .read = WRONG, .program = "pipeline",
    .needs = &both_codes_end_it)
{
    tried("started `pipeline -k 1024 filter : filter 5`: the second ends after "
          "5 bytes");
    struct program *pipeline =
        start(command("pipeline -k 1024 $filter : $filter 5"));
    likely("somebody still has the reading end of the pipe between the two: "
           "then a write into it waits for ever, and never fails");
    expect_result(
        pipeline,
        ANY_STATUS,
        "5 bytes came\n",
        "ended with exit status 0\n");
}

CHECK(
    early_end_is_no_failure, .name = "A child may end before it has read all",
    .todo = 3, .read = WRONG, .program = "pipeline", .needs = &first_is_let_go)
{
    tried("started `pipeline -k 1024 filter 5 : filter`: the first ends after "
          "5 bytes");
    struct program *pipeline =
        start(command("pipeline -k 1024 $filter 5 : $filter"));
    likely("232, ERROR_NO_DATA, or 109: nobody reads any more, and nobody has "
           "to. It is the end of the feeding, and no failure");
    expect_result(
        pipeline,
        EXIT_SUCCESS,
        "5 bytes came\n",
        "ended with exit status 0\n");
    expect_no_errors(pipeline);
}

CHECK(
    second_is_missing, .name = "A second that can't be started (2)", .todo = 2,
    .read = WRONG, .program = "pipeline", .needs = &both_codes_end_it)
{
    tried("started `pipeline hello filter : nobody`");
    struct program *pipeline =
        start(command("pipeline hello $filter : nobody"));
    expect_no_hang(
        pipeline,
        "the first runs already, and writes to nobody: with the ends that the "
        "second should have had closed, it is told, and ends");
    expect_end(pipeline, EXIT_FAILURE);
    expect_error(pipeline, "CreateProcessW", ERROR_FILE_NOT_FOUND);
}

CHECK(
    first_is_missing, .name = "A first that can't be started (2)", .todo = 2,
    .read = WRONG, .program = "pipeline", .needs = &both_codes_end_it)
{
    tried("started `pipeline hello nobody : filter`");
    struct program *pipeline =
        start(command("pipeline hello nobody : $filter"));
    expect_no_hang(
        pipeline,
        "the second waits for the end of what never begins: it comes when the "
        "ends of the first are closed, whether it runs or not");
    likely(
        "what was not started is no process to wait for: NULL. How the other "
        "one ended is told all the same");
    expect_result(pipeline, ANY_STATUS, "\n", "ended with exit status 0\n");
    likely("a child that could not be started was not well");
    expect_end(pipeline, EXIT_FAILURE);
    expect_error(pipeline, "CreateProcessW", ERROR_FILE_NOT_FOUND);
}

CHECK(
    other_failures_count, .name = "Each other failure is reported",
    .read = READ_IT, .program = "pipeline", .needs = &both_work)
{
    const char *line = command("pipeline hello $filter : $filter");
    expect_reported(
        line,
        "SetHandleInformation",
        "*",
        "a handle that cannot be made inheritable is no input: die");
    expect_reported(line, "WaitForSingleObject", "*", "a wait can fail: die");
    expect_reported(
        line,
        "GetExitCodeProcess",
        "*",
        "without a status there is nothing to print: die");
}

/** After so many waits a program waits for as long as it takes, bit by bit. */
enum { MANY_WAITS = 20 };

/** Whether the program waits for a child that it has started, for as long as it
 * takes. */
static bool waits_for_child(const struct program *program, unsigned nth)
{
    const struct lens_record *made = find_call(program, "CreateProcessW", nth);
    const struct lens_record *inside[4];
    size_t count = where_threads(scene_view(), program->id, inside, 4);
    if (count_calls(program, "WaitForSingleObject") > MANY_WAITS)
        return true;
    for (size_t i = 0; made != NULL && i < count; i++) {
        char handle[20];
        snprintf(handle, sizeof handle, "0x%lx", (unsigned long)made->handle);
        if (strncmp(lens_call_name(inside[i]->call), "WaitFor", 7) == 0
            && where_waits(inside[i])
            && (inside[i]->handle == made->handle
                || strstr(inside[i]->in, handle) != NULL))
            return true;
    }
    return false;
}

CHECK(
    status_is_told, .name = "Each child's exit status is told", .todo = 4,
    .read = READ_IT, .program = "pipeline", .needs = &both_work)
{
    tried("started `pipeline hello filter : child linger`: the second closes "
          "its output, and ends later, with 7");
    struct program *pipeline = start_with(
        command("pipeline hello $filter : $child linger"),
        &(struct conditions){.gate = "child/Sleep:1"});
    likely("the end of a child's output is not the end of the child: wait for "
           "its process, then ask GetExitCodeProcess (259 means that it still "
           "runs)");
    wait_at_gate(pipeline);
    while (is_running(pipeline) && !waits_for_child(pipeline, 2)
           && count_calls(pipeline, "GetExitCodeProcess") < 2
           && ms_until(scene_deadline()) > 0)
        Sleep(1);
    open_gate(pipeline);
    if (count_calls(pipeline, "TerminateProcess") > 0) {
        likely("what takes long is still at work");
        fail_check("a child ends by itself", "TerminateProcess is called");
    }
    expect_result(pipeline, EXIT_FAILURE, "\n", "ended with exit status 7\n");
}

CHECK(
    any_status_is_told, .name = "259 is a status like any other", .todo = 4,
    .read = READ_IT, .program = "pipeline", .needs = &status_is_told)
{
    tried("started `pipeline hello filter : child end 259`");
    struct program *pipeline =
        start(command("pipeline hello $filter : $child end 259"));
    likely("a process may end with 259, too: only the wait tells that it has "
           "ended");
    expect_result(pipeline, EXIT_FAILURE, "\n", "ended with exit status 259\n");
}

CHECK(
    nothing_is_left_open, .name = "Every handle is closed, and only once",
    .todo = 4, .read = READ_IT, .program = "pipeline",
    .needs = &first_is_let_go)
{
    tried("let `pipeline hello filter : filter` work to its end");
    struct program *pipeline =
        start(command("pipeline hello $filter : $filter"));
    expect_end(pipeline, EXIT_SUCCESS);
    likely("a process's handle, a thread's or a pipe's end is not closed");
    expect_no_leak(pipeline);
    likely("a handle is closed a second time");
    expect_no_bad_close(pipeline);
}

CHECK(wrong_usage, .name = "Wrong arguments are refused", .program = "pipeline")
{
    expect_refused("pipeline,pipeline hello,pipeline hello filter,"
                   "pipeline hello : filter,pipeline hello filter :");
}

CHECK(
    parent_collects, .name = "The parent gets back what it has fed",
    .read = READ_IT, .program = "parent")
{
    tried("let `parent hello filter` and `parent -k 1024 filter` work");
    struct program *parent = start(command("parent hello $filter"));
    expect_result(parent, EXIT_SUCCESS, "HELLO\n", "with exit status 0\n");
    expect_no_leak(parent);
    expect_no_bad_close(parent);
    expect_own_ends(parent, 1);
    expect_no_childs_end(parent);
    parent = start(command("parent -k 1024 $filter"));
    expect_result(
        parent,
        EXIT_SUCCESS,
        "1048576 bytes came back\n",
        "with exit status 0\n");
}

/** What the parent ends with where its child does not read: it may have been
 * quicker than the child's end, or not (232). */
static int fed_status(struct program *parent)
{
    DWORD code;
    wait_for_scene_end(parent, &code);
    const struct lens_record *write = find_call(parent, "WriteFile", 1);
    return write != NULL && (write->flags & LENS_FLAG_FAILED) != 0
                   && write->error == ERROR_NO_DATA
               ? EXIT_FAILURE
               : EXIT_SUCCESS;
}

CHECK(
    words_arrive, .name = "Words arrive as they were", .read = READ_IT,
    .program = "parent")
{
    tried("gave a child words with blanks, quotes, backslashes and Korean");
    struct program *parent = start(command(
        "parent x $child words \"a b\" \"q\\\"q\" back\\ \"\" \"c\\\\\\\"d\" 안녕"));
    expect_result(
        parent,
        fed_status(parent),
        "a b\nq\"q\nback\\\n\nc\\\"d\n안녕\n",
        "with exit status 0\n");
}

CHECK(
    missing_program, .name = "A program that is not there is told (2)",
    .read = WRONG, .program = "parent")
{
    tried("started `parent hello nobody`");
    expect_failure(
        start("parent hello nobody"),
        "CreateProcessW",
        ERROR_FILE_NOT_FOUND);
}

CHECK(
    ends_are_shown, .name = "Whoever keeps an end open is shown",
    .read = "Run it", .program = "ends")
{
    tried("started `ends`");
    struct program *ends = start("ends");
    expect_end(ends, EXIT_SUCCESS);
    expect_output(
        ends,
        "nobody keeps the writing end                 the end comes\n"
        "the parent keeps it                          waits on\n"
        "then it closes it                            the end comes\n"
        "the child has inherited it itself            waits on\n"
        "another thread's child has it                waits on\n"
        "then that one ends                           the end comes\n"
        "each child has a list                        the end comes\n"
        "200,000 bytes, and nobody reads the answer   waits on\n"
        "then the answer is read                      the end comes\n");
}

CHECK(
    child_leaves_early, .name = "A child may leave its input unread (232)",
    .read = WRONG, .program = "parent")
{
    tried("fed `child words enough`, which reads nothing, with 100 KiB");
    struct program *parent =
        start(command("parent -k 100 $child words enough"));
    expect_result(
        parent,
        EXIT_FAILURE,
        "8 bytes came back\n",
        "with exit status 0\n");
}

CHECK(
    crash_is_told, .name = "A child's crash is told", .read = READ_IT,
    .program = "parent")
{
    tried("started `parent hello child crash`");
    struct program *parent = start(command("parent hello $child crash"));
    expect_result(
        parent,
        fed_status(parent),
        "word\n",
        "with exit status 3221225477\n");
}

CHECK(
    parent_waits_for_the_child,
    .name = "The end of the output is not the child's", .read = READ_IT,
    .program = "parent")
{
    tried("started `parent hello child linger`, which closes its output and "
          "is held there");
    struct program *parent = start_with(
        command("parent hello $child linger"),
        &(struct conditions){.gate = "child/Sleep:1"});
    wait_at_gate(parent);
    wait_inside(parent, "WaitForSingleObject", 2);
    open_gate(parent);
    expect_result(parent, EXIT_SUCCESS, "\n", "with exit status 7\n");
}

static const struct check *const CHECKS[] = {
    &children_have_their_own,
    &list_is_right,
    &parent_keeps_none,
    &both_work,
    &no_error_output,
    &much_passes,
    &both_codes_end_it,
    &write_errors_count,
    &first_is_let_go,
    &early_end_is_no_failure,
    &second_is_missing,
    &first_is_missing,
    &status_is_told,
    &any_status_is_told,
    &other_failures_count,
    &nothing_is_left_open,
    &wrong_usage,
    &parent_collects,
    &words_arrive,
    &missing_program,
    &child_leaves_early,
    &crash_is_told,
    &parent_waits_for_the_child,
    &ends_are_shown,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "15-anonymous-pipes", CHECKS);
}
