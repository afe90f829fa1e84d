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

/** Expects that a child got one end to read from and one to write to. */
static void expect_two_ends(const struct lens_record *start, unsigned nth)
{
    size_t count, reads = 0, writes = 0;
    const struct lens_end *ends = find_ends(&count);
    for (size_t i = 0; i < count; i++)
        if (ends[i].pid == start->peer && ends[i].from == number_of(start)) {
            reads += !ends[i].writes;
            writes += ends[i].writes;
        }
    if (reads != 1 || writes != 1)
        fail_check(
            "a child has one end to read from and one to write to",
            "child %u has got %zu reading and %zu writing ends",
            nth,
            reads,
            writes);
}

/** Expects that the program, when it reads, has none of the ends that its
 * children have. */
static void expect_no_childs_end(const struct program *program)
{
    static const char *const KINDS[] = {"reading", "writing"};
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

/** Expects that a program has ended with a status, and printed this, where `$`
 * is as in command(). */
static void expect_result(
    struct program *program, DWORD status, const char *first, const char *last)
{
    expect_end(program, status);
    const char *text = program->out.text;
    size_t length = strlen(text), end = strlen(last);
    if (strncmp(text, first, strlen(first)) != 0 || length < end
        || strcmp(text + length - end, last) != 0)
        fail_check(
            "the output that belongs to it",
            "it printed:\n%s",
            text[0] != '\0' ? text : "nothing");
}

CHECK(
    both_work, .name = "What the first says the second reads", .todo = 2,
    .read = READ_IT, .program = "pipeline")
{
    char word[20];
    snprintf(word, sizeof word, "%s\n", other_word());
    for (char *p = word; *p != '\0'; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    tried("started `pipeline %s filter : filter`", other_word());
    likely("somebody still has a writing end: its reader is told of the end "
           "only when the last one is closed, the parent's own, too");
    char words[60];
    snprintf(
        words,
        sizeof words,
        "pipeline %s $filter : $filter",
        other_word());
    struct program *pipeline = start(command(words));
    expect_result(pipeline, EXIT_SUCCESS, word, "ended with exit status 0\n");
    expect_no_errors(pipeline);
}

CHECK(
    children_have_their_own, .name = "A child has its own ends and no other",
    .todo = 1, .read = WRONG, .program = "pipeline")
{
    tried("started `pipeline hello filter : filter`, and looked which ends of "
          "pipes each child has inherited");
    struct program *pipeline =
        start(command("pipeline hello $filter : $filter"));
    wait_called(pipeline, "CreateProcessW", 2);
    likely("a child inherits every handle that can be inherited, unless it has "
           "a list: PROC_THREAD_ATTRIBUTE_HANDLE_LIST");
    expect_two_ends(find_call(pipeline, "CreateProcessW", 1), 1);
    expect_two_ends(find_call(pipeline, "CreateProcessW", 2), 2);
}

CHECK(
    parent_keeps_none, .name = "The parent keeps none of its children's ends",
    .todo = 2, .read = WRONG, .program = "pipeline",
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
    likely("CreateProcessW gives the child handles of its own: the parent's "
           "must be closed as well, or nobody is told of the end");
    expect_no_childs_end(pipeline);
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

CHECK(
    first_is_let_go, .name = "The first is let go when the second has ended",
    .todo = 2, .read = WRONG, .program = "pipeline", .needs = &both_work)
{
    tried("started `pipeline -k 1024 filter : filter 5`: the second ends after "
          "5 bytes");
    struct program *pipeline =
        start(command("pipeline -k 1024 $filter : $filter 5"));
    likely("somebody still has the reading end of the pipe between the two: "
           "then a write into it waits for ever, and never fails");
    expect_result(
        pipeline,
        EXIT_FAILURE,
        "5 bytes came\n",
        "ended with exit status 0\n");
}

CHECK(
    early_end_is_no_failure, .name = "A child may end before it has read all",
    .todo = 3, .read = WRONG, .program = "pipeline", .needs = &both_work)
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
    write_errors_count, .name = "Any other error of WriteFile is reported",
    .todo = 3, .read = WRONG, .program = "pipeline", .needs = &both_work)
{
    tried("made WriteFile fail with error %s", other_error_text());
    struct program *pipeline = start_with(
        command("pipeline hello $filter : $filter"),
        &(struct conditions){.fault = "pipeline/WriteFile:1:other"});
    DWORD code;
    wait_for_scene_end(pipeline, &code);
    likely("only 232 and 109 say that the child has gone: report the others");
    expect_error(pipeline, "WriteFile", other_error());
}

CHECK(
    status_is_told, .name = "Each child's exit status is told", .todo = 4,
    .read = READ_IT, .program = "pipeline", .needs = &both_work)
{
    tried("started `pipeline hello filter : ends linger`: the second closes "
          "its output, and ends later, with 7");
    struct program *pipeline = start_with(
        command("pipeline hello $filter : $ends linger"),
        &(struct conditions){.gate = "ends/Sleep:1"});
    wait_at_gate(pipeline);
    likely("the end of a child's output is not the end of the child: wait for "
           "its process, then ask GetExitCodeProcess (259 means that it still "
           "runs)");
    while (is_running(pipeline)
           && !where_all_wait(scene_view(), pipeline->id, true)
           && ms_until(scene_deadline()) > 0)
        Sleep(1);
    open_gate(pipeline);
    expect_result(pipeline, EXIT_FAILURE, "\n", "ended with exit status 7\n");
}

CHECK(
    second_is_missing, .name = "A second that can't be started (2)", .todo = 2,
    .read = WRONG, .program = "pipeline", .needs = &both_work)
{
    tried("started `pipeline hello filter : nobody`");
    struct program *pipeline =
        start(command("pipeline hello $filter : nobody"));
    likely("the first runs already, and writes to nobody: with the ends that "
           "the second should have had closed, it is told, and ends");
    expect_end(pipeline, EXIT_FAILURE);
    expect_error(pipeline, "CreateProcessW", ERROR_FILE_NOT_FOUND);
}

CHECK(
    first_is_missing, .name = "A first that can't be started (2)", .todo = 2,
    .read = WRONG, .program = "pipeline", .needs = &both_work)
{
    tried("started `pipeline hello nobody : filter`");
    struct program *pipeline =
        start(command("pipeline hello nobody : $filter"));
    likely("the second waits for the end of what never begins: it comes when "
           "the ends of the first are closed, whether it runs or not");
    expect_result(pipeline, EXIT_FAILURE, "\n", "ended with exit status 0\n");
    expect_error(pipeline, "CreateProcessW", ERROR_FILE_NOT_FOUND);
}

CHECK(
    nothing_is_left_open, .name = "Every handle is closed, and only once",
    .todo = 4, .read = READ_IT, .program = "pipeline", .needs = &both_work)
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
    expect_two_ends(find_call(parent, "CreateProcessW", 1), 1);
    expect_no_childs_end(parent);
    parent = start(command("parent -k 1024 $filter"));
    expect_result(
        parent,
        EXIT_SUCCESS,
        "1048576 bytes came back\n",
        "with exit status 0\n");
}

CHECK(
    words_arrive, .name = "Words arrive as they were", .read = READ_IT,
    .program = "parent")
{
    tried("gave a child words with blanks, quotes, backslashes and Korean");
    struct program *parent = start(command(
        "parent x $ends words \"a b\" \"q\\\"q\" back\\ \"\" \"c\\\\\\\"d\" 안녕"));
    expect_result(
        parent,
        EXIT_SUCCESS,
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
        "another child has inherited it               waits on\n"
        "then that one ends                           the end comes\n"
        "200,000 bytes, and nobody reads the answer   waits on\n"
        "then the answer is read                      the end comes\n");
}

static const struct check *const CHECKS[] = {
    &children_have_their_own,
    &parent_keeps_none,
    &both_work,
    &much_passes,
    &first_is_let_go,
    &early_end_is_no_failure,
    &write_errors_count,
    &status_is_told,
    &second_is_missing,
    &first_is_missing,
    &nothing_is_left_open,
    &wrong_usage,
    &parent_collects,
    &words_arrive,
    &missing_program,
    &ends_are_shown,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "15-anonymous-pipes", CHECKS);
}
