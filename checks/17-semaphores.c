/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 17: a queue in shared memory, and one that can be
 * closed.
 *
 * What is accepted must be taken, what is refused must not; and nobody may wait
 * for ever. Gates hold a program in each gap where that can go wrong. Whatever
 * happens in which order then, these two must hold: so any design that keeps to
 * them passes.
 *
 * Usage: `17-semaphores FOLDER [LESSON-FOLDER]`
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/describe.h"
#include "checks/harness/expect.h"
#include "checks/harness/scene.h"
#include "checks/harness/servers.h"
#include "checks/harness/values.h"
#include "checks/harness/where.h"
#include "lessons/17-semaphores/ring.h"

#define RING_NAME  L"Local\\pipework-17-ring"
#define QUEUE_NAME L"Local\\pipework-17-memory"
#define BOARD_NAME L"Local\\pipework-17-jobs-board"

/** The queues' size, that of a text, and how often a program must be seen to
 * stand. */
enum { SLOTS = 4, TEXT_SIZE = 64, LOOKS = 10 };

/** Waits until a program has ended, or stands in calls that wait without a
 * limit. Tells whether it has ended. */
static bool settle(struct program *program)
{
    unsigned stood = 0;
    while (is_running(program) && stood < LOOKS
           && ms_until(scene_deadline()) > 0) {
        stood = where_all_wait(scene_view(), program->id, true) ? stood + 1 : 0;
        Sleep(LOOK_AGAIN_MS);
    }
    return !is_running(program);
}

/** Expects that a program waits, for as long as it takes. */
static void expect_waits(struct program *program, const char *what)
{
    if (settle(program))
        fail_check(what, "it has ended:\n%s", program->out.text);
    if (!where_all_wait(scene_view(), program->id, true)) {
        likely("a wait with a time-out, over and over, is no wait: "
               "WaitForMultipleObjects waits for several objects at once, "
               "INFINITE");
        fail_check(what, "it does not stand in a wait without a limit");
    }
}

/** Makes or opens a mapping of the programs, for the check. */
static HANDLE make_mapping(const wchar_t *name, DWORD size)
{
    HANDLE mapping = CreateFileMappingW(
        INVALID_HANDLE_VALUE,
        NULL,
        PAGE_READWRITE,
        0,
        size,
        scene_name(name));
    if (mapping == NULL)
        environment_trouble("CreateFileMappingW", "the programs' memory");
    return mapping;
}

/** Maps all of it. */
static void *map_all(HANDLE mapping)
{
    void *view = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    if (view == NULL)
        environment_trouble("MapViewOfFile", "the programs' memory");
    return view;
}

/** Lets a program do all that it does. */
static void run(const char *command_line)
{
    expect_end(start(command_line), EXIT_SUCCESS);
}

/** The queue lives as long as this program. */
static void keep(void)
{
    start_until_ready("jobs keep", NULL);
}

/** Tells whether a program has printed a line. */
static bool has_line(struct program *program, const char *line)
{
    static char text[OUTPUT_LIMIT + 2];
    char wanted[100];
    text[0] = '\n';
    copy_output(&program->out, text + 1);
    snprintf(wanted, sizeof wanted, "\n%s\n", line);
    return strstr(text, wanted) != NULL;
}

/** Expects that a job that was accepted has been taken, and no other; of
 * programs that have ended. */
static void expect_honest(
    struct program *producer, struct program *consumer, const char *job)
{
    char put[80], refused[80], took[80];
    snprintf(put, sizeof put, "put %s", job);
    snprintf(refused, sizeof refused, "refused %s", job);
    snprintf(took, sizeof took, "took %s", job);
    bool accepted = has_line(producer, put), taken = has_line(consumer, took);
    if (!accepted && !has_line(producer, refused))
        fail_check(
            "a job is accepted or refused",
            "the producer printed:\n%s",
            producer->out.text);
    if (accepted && !taken)
        fail_check(
            "a job that was accepted is taken",
            "`%s`, said the producer; the consumer printed:\n%s",
            put,
            consumer->out.text);
    if (!accepted && taken)
        fail_check(
            "a job that was refused is not taken",
            "`%s`, said the producer; the consumer printed:\n%s",
            refused,
            consumer->out.text);
}

/** Waits until a program has come to a gate that it has not passed yet.
 * Returns its number; -1: the program has ended, or stands elsewhere. */
static int next_gate(struct program *program, bool passed[GATES_MAX])
{
    for (unsigned stood = 0; is_running(program) && stood < LOOKS;) {
        for (int i = 0; i < GATES_MAX; i++)
            if (program->gates[i].reached != NULL && !passed[i]
                && WaitForSingleObject(program->gates[i].reached, 0)
                       == WAIT_OBJECT_0) {
                passed[i] = true;
                return i;
            }
        if (ms_until(scene_deadline()) == 0)
            break;
        stood =
            where_all_wait(scene_view(), program->id, false) ? stood + 1 : 0;
        Sleep(LOOK_AGAIN_MS);
    }
    return -1;
}

/** Opens all gates of a program, also those that it has not come to. */
static void open_all_gates(struct program *program)
{
    for (size_t i = 0; i < GATES_MAX; i++)
        if (program->gates[i].open != NULL)
            open_gate_number(program, i);
}

/** Ends all programs: the queues are gone. */
static void end_all(void)
{
    unsigned limit_ms = scene_limit_ms();
    clear_scene();
    open_scene(limit_ms);
}

/** Begins anew, with an empty queue. */
static void begin_anew(void)
{
    end_all();
    keep();
}

/** Starts a program that is held before one of its calls; NULL: it never comes
 * to that call. */
static struct program *hold(const char *command_line, const char *gate)
{
    bool passed[GATES_MAX] = {false};
    struct program *program =
        start_with(command_line, &(struct conditions){.gate = gate});
    return next_gate(program, passed) >= 0 ? program : NULL;
}

/** Whether a program has waited for the lock, and not given it back. */
static bool has_lock(struct program *program)
{
    const struct lens_record *made = find_call(program, "CreateMutexW", 1);
    const struct lens_record *call;
    int locks = 0;
    for (uint32_t at = 0;
         (call = next_call(program, "WaitForSingleObject", &at)) != NULL;)
        locks += call->t1 != 0 && call->result == WAIT_OBJECT_0 && made != NULL
                 && call->handle == made->handle;
    for (uint32_t at = 0;
         (call = next_call(program, "ReleaseMutex", &at)) != NULL;)
        locks -= call->t1 != 0;
    return locks > 0;
}

/** As jobs.c has the board: three numbers, then the jobs. */
enum {
    PUT = 0,
    TAKEN = 1,
    JOBS = 3,
    BOARD_SIZE = JOBS * sizeof(uint32_t) + SLOTS * TEXT_SIZE
};

/** Reads a number on the board. */
static uint32_t on_board(int which)
{
    HANDLE mapping = make_mapping(BOARD_NAME, BOARD_SIZE);
    const uint32_t *board = map_all(mapping);
    uint32_t number = board[which];
    UnmapViewOfFile(board);
    CloseHandle(mapping);
    return number;
}

/** The calls by which a program may lock. */
static const char *const LOCKS[] = {
    "WaitForSingleObject:1", "WaitForSingleObject:2", "WaitForSingleObject:3"};

CHECK(
    job_then_token, .name = "The token of a job comes after the job", .todo = 2,
    .read = READ_IT, .program = "jobs")
{
    for (size_t i = 0; i < ARRAYSIZE(LOCKS); i++) {
        begin_anew();
        tried(
            "let `jobs take` wait, and held `jobs put x` before its %s",
            LOCKS[i]);
        struct program *take = start_until_ready("jobs take", NULL);
        settle(take);
        struct program *put = hold("jobs put x", LOCKS[i]);
        if (put == NULL)
            return;
        if (count_calls(put, "ReleaseSemaphore") == 0 || on_board(PUT) > 0)
            continue;
        likely("the token is released before the job is there: who is woken "
               "by it finds nothing");
        if (settle(take))
            fail_check(
                "a consumer goes on waiting",
                "it has ended:\n%s",
                take->out.text);
    }
}

CHECK(
    job_then_room, .name = "The token of a slot comes after the slot",
    .todo = 3, .read = READ_IT, .program = "jobs", .needs = &job_then_token)
{
    for (size_t i = 0; i < ARRAYSIZE(LOCKS); i++) {
        begin_anew();
        tried(
            "let `jobs put 1 2 3 4 5` wait for room, and held `jobs take` "
            "before its %s",
            LOCKS[i]);
        struct program *put = start("jobs put 1 2 3 4 5");
        settle(put);
        struct program *take = hold("jobs take", LOCKS[i]);
        if (take == NULL)
            return;
        if (count_calls(take, "ReleaseSemaphore") == 0 || on_board(TAKEN) > 0)
            continue;
        likely("the token of `room` is released before the job is taken: its "
               "slot is still full");
        if (settle(put))
            fail_check(
                "the producer goes on waiting",
                "it has ended:\n%s",
                put->out.text);
    }
}

CHECK(
    in_order, .name = "What is put is taken, in order", .todo = 3,
    .read = READ_IT, .program = "jobs", .needs = &job_then_room)
{
    char line[60];
    tried(
        "let `jobs take` wait, and started `jobs put one %s three`",
        other_word());
    struct program *take = start_until_ready("jobs take", NULL);
    snprintf(line, sizeof line, "jobs put one %s three", other_word());
    struct program *put = start(line);
    if (!settle(put) && (has_lock(take) || has_lock(put)))
        likely("who waits for a job or for room has the lock meanwhile, and "
               "the others need it: first the wait, then the lock");
    else {
        likely("`closed` is not set at first, and a wait for any of two "
               "objects has FALSE as its third argument");
        also_likely("each job is put with the lock held, and its token "
                    "released afterwards");
    }
    expect_end(put, EXIT_SUCCESS);
    snprintf(line, sizeof line, "took %s", other_word());
    expect_line(take, "took one", 1);
    expect_line(take, line, 1);
    expect_line(take, "took three", 1);
    expect_no_errors(put);
}

CHECK(
    consumers_wait, .name = "Who finds no job waits for one", .todo = 3,
    .read = READ_IT, .program = "jobs", .needs = &in_order)
{
    tried("started `jobs take` on an empty queue, and then `jobs put late`");
    likely("the consumer does not wait for the token of a job");
    struct program *take = start_until_ready("jobs take", NULL);
    expect_waits(take, "a consumer waits while the queue is empty and open");
    run("jobs put late");
    expect_line(take, "took late", 1);
}

CHECK(
    producers_wait, .name = "Who finds no room waits for it", .todo = 2,
    .read = READ_IT, .program = "jobs", .needs = &consumers_wait)
{
    tried("started `jobs put 1 2 3 4 5` for a queue of 4, and then `jobs "
          "take`");
    likely(
        "each job takes a token of `room`, and who takes the job releases it again: after four jobs nothing goes on otherwise");
    also_likely(
        "who waits for room must not have the lock: who would make room needs it");
    keep();
    struct program *put = start("jobs put 1 2 3 4 5");
    expect_waits(put, "a producer waits while the queue is full");
    if (has_line(put, "put 5"))
        fail_check("four jobs have room", "it put a fifth");
    struct program *take = start_until_ready("jobs take", NULL);
    expect_end(put, EXIT_SUCCESS);
    for (int i = 1; i <= 5; i++) {
        char line[20];
        snprintf(line, sizeof line, "took %d", i);
        expect_line(take, line, 1);
    }
}

CHECK(
    end_is_told, .name = "Consumers empty it, then learn of the end", .todo = 3,
    .read = READ_IT, .program = "jobs", .needs = &producers_wait)
{
    tried("started `jobs put a b c`, `jobs close`, and then `jobs take` "
          "twice");
    keep();
    run("jobs put a b c");
    run("jobs close");
    likely(
        "a consumer hears of the close whether it waits already or comes later; and it is the end only when all that was put has been taken");
    struct program *take = start("jobs take");
    expect_end(take, EXIT_SUCCESS);
    expect_output(take, "ready\ntook a\ntook b\ntook c\nend\n");
    likely("the end is told once only: who comes later must hear of it, too");
    take = start("jobs take");
    expect_end(take, EXIT_SUCCESS);
    expect_output(take, "ready\nend\n");
}

CHECK(
    all_consumers_wake, .name = "All consumers that wait learn of the end",
    .todo = 1, .read = READ_IT, .program = "jobs", .needs = &consumers_wait)
{
    enum { CONSUMERS = 5 };
    struct program *take[CONSUMERS];
    tried("let %d consumers wait, and started `jobs close`", CONSUMERS);
    for (int i = 0; i < CONSUMERS; i++)
        take[i] = start_until_ready("jobs take", NULL);
    for (int i = 0; i < CONSUMERS; i++)
        expect_waits(take[i], "a consumer waits while the queue is empty");
    run("jobs close");
    likely(
        "each consumer waits for the close as well as for a job; a wait that takes what it has waited for wakes one only, and so many tokens wake so many: use what stays set, or let who was woken pass it on");
    for (int i = 0; i < CONSUMERS; i++) {
        expect_end(take[i], EXIT_SUCCESS);
        expect_output(take[i], "ready\nend\n");
    }
    likely("who finds the end has the lock, too, and must release it");
    for (int i = 0; i < CONSUMERS; i++)
        expect_no_errors(take[i]);
}

CHECK(
    refused_later, .name = "After the close, producers are refused", .todo = 2,
    .read = READ_IT, .program = "jobs", .needs = &in_order)
{
    tried("started `jobs close`, and then `jobs put x y`");
    keep();
    run("jobs close");
    struct program *put = start("jobs put x y");
    likely("there is room, but the queue is closed: who has the lock must look "
           "whether it is");
    expect_end(put, EXIT_FAILURE);
    expect_output(put, "refused x\nrefused y\n");
    likely("who is refused has the lock, too, and must release it");
    expect_no_errors(put);
    struct program *look = start("jobs close");
    if (settle(look))
        likely("a second close is no mistake");
    expect_end(look, EXIT_SUCCESS);
    expect_no_errors(look);
}

CHECK(
    on_its_way, .name = "A job whose token comes late is not lost", .todo = 3,
    .read = READ_IT, .program = "jobs", .needs = &end_is_told)
{
    tried("held `jobs put late` before its ReleaseSemaphore, started `jobs "
          "close` and `jobs take` meanwhile, and let it go on");
    likely("a consumer that finds the queue closed must look, with the lock, "
           "whether a job is there: its token may come a moment later");
    keep();
    struct program *put = start_with(
        "jobs put late",
        &(struct conditions){.gate = "ReleaseSemaphore:1"});
    wait_at_gate(put);
    struct program *close = start("jobs close");
    settle(close);
    struct program *take = start("jobs take");
    settle(take);
    open_gate(put);
    DWORD code;
    wait_for_scene_end(put, &code);
    expect_end(close, EXIT_SUCCESS);
    expect_end(take, EXIT_SUCCESS);
    expect_honest(put, take, "late");
}

CHECK(
    between, .name = "Accepted is taken, refused is not", .todo = 2,
    .read = READ_IT, .program = "jobs", .needs = &end_is_told)
{
    static const char *const GATES[] = {
        "WaitForSingleObject:1",
        "WaitForSingleObject:2",
        "WaitForSingleObject:3",
        "WaitForMultipleObjects:2",
        "WaitForMultipleObjects:3"};
    for (size_t i = 0; i < ARRAYSIZE(GATES); i++) {
        begin_anew();
        tried(
            "held `jobs put x` before its %s; `jobs close` and `jobs take` "
            "came to their end meanwhile",
            GATES[i]);
        likely("whether the queue is closed must be asked with the lock held, "
               "after the wait for room, and the job be put before the lock is "
               "given back: what was true before may be old by then");
        struct program *put = hold("jobs put x", GATES[i]);
        if (put == NULL)
            continue;
        struct program *close = start("jobs close");
        settle(close);
        struct program *take = start("jobs take");
        settle(take);
        open_gate(put);
        DWORD code;
        wait_for_scene_end(put, &code);
        expect_end(close, EXIT_SUCCESS);
        expect_end(take, EXIT_SUCCESS);
        expect_honest(put, take, "x");
    }
}

CHECK(
    whole_at_unlock, .name = "A job that counts is there", .todo = 2,
    .read = READ_IT, .program = "jobs", .needs = &in_order)
{
    tried("held `jobs put x` before its ReleaseMutex, and looked at the board");
    likely("the number counts a job that is not written yet: who gets the lock "
           "now takes what is not there");
    keep();
    if (hold("jobs put x", "ReleaseMutex:1") == NULL)
        return;
    HANDLE mapping = make_mapping(BOARD_NAME, BOARD_SIZE);
    const uint32_t *board = map_all(mapping);
    bool counts = board[PUT] != board[TAKEN];
    bool is_there = strcmp((const char *)(board + JOBS), "x") == 0;
    UnmapViewOfFile(board);
    CloseHandle(mapping);
    if (counts && !is_there)
        fail_check(
            "who gives the lock back has written the job",
            "`put` has counted it, and its slot is empty");
}

CHECK(
    two_takers, .name = "The last job is taken once", .todo = 3,
    .read = READ_IT, .program = "jobs", .needs = &end_is_told)
{
    static const char *const GATES[] = {
        "WaitForSingleObject:1",
        "WaitForSingleObject:2",
        "WaitForMultipleObjects:2"};
    for (size_t i = 0; i < ARRAYSIZE(GATES); i++) {
        begin_anew();
        tried(
            "put one job, closed the queue, held `jobs take` before its %s, "
            "and started another one meanwhile",
            GATES[i]);
        likely("whether a job is there must be asked with the lock held, and "
               "the job be taken before the lock is given back");
        run("jobs put a");
        run("jobs close");
        struct program *held = hold("jobs take", GATES[i]);
        if (held == NULL)
            continue;
        struct program *other = start("jobs take");
        settle(other);
        open_gate(held);
        expect_end(held, EXIT_SUCCESS);
        expect_end(other, EXIT_SUCCESS);
        int times = has_line(held, "took a") + has_line(other, "took a");
        if (times != 1)
            fail_check(
                "one of them takes the job",
                "`took a` was printed %d times",
                times);
    }
}

CHECK(
    no_gap, .name = "The close has no gap", .todo = 4, .read = READ_IT,
    .program = "jobs", .needs = &end_is_told)
{
    bool passed[GATES_MAX] = {false};
    struct program *put[GATES_MAX];
    char job[20], line[40];
    int count = 0;
    tried("let `jobs take` wait, held `jobs close` before each of its calls, "
          "and started `jobs put` each time");
    likely("first the queue is closed for all who have the lock, then those "
           "who wait are woken: the other way round, a consumer has gone, and "
           "a job still comes");
    keep();
    struct program *take = start_until_ready("jobs take", NULL);
    struct program *close = start_with(
        "jobs close",
        &(struct conditions){
            .gate = "WaitForSingleObject:1,ReleaseMutex:1,SetEvent:1,"
                    "ReleaseSemaphore:1,ReleaseSemaphore:2"});
    for (int gate; (gate = next_gate(close, passed)) >= 0; count++) {
        settle(take);
        snprintf(line, sizeof line, "jobs put x%d", count);
        put[count] = start(line);
        settle(put[count]);
        open_gate_number(close, (size_t)gate);
    }
    open_all_gates(close);
    expect_end(close, EXIT_SUCCESS);
    expect_end(take, EXIT_SUCCESS);
    for (int i = 0; i < count; i++) {
        DWORD code;
        wait_for_scene_end(put[i], &code);
        snprintf(job, sizeof job, "x%d", i);
        expect_honest(put[i], take, job);
    }
}

CHECK(
    all_producers_wake, .name = "All producers that wait are refused",
    .todo = 2, .read = READ_IT, .program = "jobs", .needs = &no_gap)
{
    enum { PRODUCERS = 5 };
    struct program *put[PRODUCERS];
    tried(
        "let %d producers wait before a full queue, and started `jobs "
        "close`, then `jobs take`",
        PRODUCERS);
    keep();
    run("jobs put 1 2 3 4");
    for (int i = 0; i < PRODUCERS; i++)
        put[i] = start("jobs put x");
    for (int i = 0; i < PRODUCERS; i++)
        expect_waits(put[i], "a producer waits while the queue is full");
    run("jobs close");
    likely("a producer must wait for two things, and the close must wake every "
           "one of those who wait for room");
    for (int i = 0; i < PRODUCERS; i++) {
        expect_end(put[i], EXIT_FAILURE);
        expect_output(put[i], "refused x\n");
    }
    likely("who is refused has the lock, too, and must release it");
    for (int i = 0; i < PRODUCERS; i++)
        expect_no_errors(put[i]);
    likely("what was accepted before the close is taken all the same");
    struct program *take = start("jobs take");
    expect_end(take, EXIT_SUCCESS);
    expect_output(take, "ready\ntook 1\ntook 2\ntook 3\ntook 4\nend\n");
}

CHECK(
    many, .name = "Three put and three take: each job once", .todo = 2,
    .read = READ_IT, .program = "jobs", .needs = &end_is_told)
{
    enum { EACH = 12 };
    struct program *put[3], *take[3];
    tried(
        "let three producers put %d jobs each and three consumers take "
        "them, and started `jobs close` afterwards",
        EACH);
    likely("the board is looked at or changed without the lock, or a token is "
           "released that stands for nothing");
    for (int i = 0; i < 3; i++)
        take[i] = start_until_ready("jobs take", NULL);
    for (int i = 0; i < 3; i++) {
        char line[200] = "jobs put";
        for (int k = 0; k < EACH; k++)
            snprintf(
                line + strlen(line),
                sizeof line - strlen(line),
                " %c%d",
                'a' + i,
                k);
        put[i] = start(line);
    }
    for (int i = 0; i < 3; i++)
        expect_end(put[i], EXIT_SUCCESS);
    run("jobs close");
    for (int i = 0; i < 3; i++)
        expect_end(take[i], EXIT_SUCCESS);
    for (int i = 0; i < 3 * EACH; i++) {
        char line[40];
        snprintf(line, sizeof line, "took %c%d", 'a' + i / EACH, i % EACH);
        int times = has_line(take[0], line) + has_line(take[1], line)
                    + has_line(take[2], line);
        if (times != 1)
            fail_check(
                "each job is taken once",
                "`%s` was printed %d times",
                line,
                times);
    }
}

/** Expects that a program reports each of some calls where it fails; a call
 * that it does not make is passed over. */
static void expect_all_reported(const char *command_line, const char *calls)
{
    while (*calls != '\0') {
        char fault[60], name[40];
        size_t length = strcspn(calls, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, calls);
        calls += length;
        calls += *calls == ',';
        tried("made %s fail with error %s", name, other_error_text());
        snprintf(fault, sizeof fault, "%s:1:other", name);
        struct program *program =
            start_with(command_line, &(struct conditions){.fault = fault});
        DWORD code;
        wait_for_scene_end(program, &code);
        likely("the call's failure is not looked at, or not by die()");
        if (count_calls(program, name) > 0)
            expect_failure(program, name, other_error());
    }
}

CHECK(
    failures, .name = "A call that fails is reported", .todo = 2,
    .read = READ_IT, .program = "jobs", .needs = &in_order)
{
    keep();
    expect_all_reported(
        "jobs put x",
        "CreateEventW,WaitForMultipleObjects,ReleaseSemaphore");
    expect_all_reported("jobs close", "SetEvent");
    expect_all_reported("jobs take", "WaitForMultipleObjects,ReleaseSemaphore");
}

CHECK(
    nothing_left, .name = "Every handle is closed, and only once",
    .read = READ_IT, .program = "jobs", .needs = &end_is_told)
{
    tried("let `jobs put one`, `jobs close` and `jobs take` do their work");
    likely("a handle is not closed, or closed twice");
    keep();
    static const char *const LINES[] = {
        "jobs put one",
        "jobs close",
        "jobs take"};
    for (int i = 0; i < 3; i++) {
        struct program *program = start(LINES[i]);
        expect_end(program, EXIT_SUCCESS);
        expect_no_leak(program);
        expect_no_bad_close(program);
    }
}

CHECK(wrong_usage, .name = "Wrong arguments are refused", .program = "jobs")
{
    expect_refused("jobs,jobs put,jobs take 1,jobs close x,jobs open");
}

/* The lesson's programs. */

CHECK(
    lesson_queue, .name = "Texts go through the queue, in order",
    .read = READ_IT, .program = "producer")
{
    tried("let `consumer 6` take what `producer 1 2 3 4 5 6` puts");
    struct program *producer = start("producer 1 2 3 4 5 6");
    expect_line(producer, "put number 3", 1);  // four have room
    struct program *consumer = start("consumer 6");
    expect_end(producer, EXIT_SUCCESS);
    expect_end(consumer, EXIT_SUCCESS);
    expect_output(
        consumer,
        "ready\ntook number 0: 1\ntook number 1: 2\ntook number 2: 3\n"
        "took number 3: 4\ntook number 4: 5\ntook number 5: 6\n");
    expect_no_leak(producer);
    expect_no_leak(consumer);
}

/** Ends a producer before a call, its text put and nobody told of it, and
 * expects that a consumer finds the text all the same. */
static void expect_found(const char *gate)
{
    struct program *consumer = start_with(
        "consumer 1",
        &(struct conditions){.gate = "WaitForSingleObject:1"});
    wait_at_gate(consumer);
    struct program *dead =
        start_with("producer lost", &(struct conditions){.gate = gate});
    wait_at_gate(dead);
    TerminateProcess(dead->process, EXIT_FAILURE);
    open_gate(consumer);
    expect_end(consumer, EXIT_SUCCESS);
    expect_output(
        consumer,
        "ready\na text that nobody told of: number 0\n"
        "took number 0: lost\n");
}

CHECK(
    found_by_number, .name = "A text without a token is found by its number",
    .read = WRONG, .program = "producer", .needs = &lesson_queue, .slow = true)
{
    tried("ended a producer between ReleaseMutex and ReleaseSemaphore");
    expect_found("ReleaseSemaphore:1");
}

CHECK(
    dead_with_the_lock, .name = "Who dies with the lock harms nobody",
    .read = WRONG, .program = "producer", .needs = &lesson_queue, .slow = true)
{
    tried("ended a producer before ReleaseMutex");
    expect_found("ReleaseMutex:1");
}

CHECK(
    dead_with_a_slot, .name = "A slot whose token died is found, too",
    .read = WRONG, .program = "producer", .needs = &lesson_queue, .slow = true)
{
    tried("ended a producer between its token and the lock; the next one puts "
          "four texts");
    struct program *consumer = start_with(
        "consumer 4",
        &(struct conditions){.gate = "WaitForSingleObject:1"});
    wait_at_gate(consumer);
    struct program *dead = start_with(
        "producer lost",
        &(struct conditions){.gate = "WaitForSingleObject:2"});
    wait_at_gate(dead);
    TerminateProcess(dead->process, EXIT_FAILURE);
    struct program *producer = start("producer 1 2 3 4");
    expect_end(producer, EXIT_SUCCESS);
    expect_output(
        producer,
        "put number 0\nput number 1\nput number 2\n"
        "a slot that nobody told of: number 3\nput number 3\n");
    open_gate(consumer);
    expect_end(consumer, EXIT_SUCCESS);
}

CHECK(
    dead_consumer, .name = "Who dies while it takes harms nobody else",
    .read = READ_IT, .program = "producer", .needs = &lesson_queue,
    .slow = true)
{
    static const char *const GATES[] = {
        "WaitForSingleObject:2",
        "ReleaseMutex:1",
        "ReleaseSemaphore:1"};
    for (size_t i = 0; i < ARRAYSIZE(GATES); i++) {
        end_all();
        tried(
            "let `producer 0 1 2 3 4 5` put, ended a consumer before its %s, "
            "and started another one",
            GATES[i]);
        struct program *dead =
            start_with("consumer", &(struct conditions){.gate = GATES[i]});
        struct program *producer = start("producer 0 1 2 3 4 5");
        wait_at_gate(dead);
        TerminateProcess(dead->process, EXIT_FAILURE);
        struct program *consumer = start(i == 0 ? "consumer 6" : "consumer 5");
        expect_end(consumer, EXIT_SUCCESS);
        expect_end(producer, EXIT_SUCCESS);
        for (int n = i == 0 ? 0 : 1; n < 6; n++) {
            char line[40];
            snprintf(line, sizeof line, "took number %d: %d", n, n);
            expect_line(consumer, line, 1);
        }
    }
}

CHECK(
    drained, .name = "At Ctrl+C a consumer takes what is there",
    .read = "Run it", .program = "producer", .needs = &lesson_queue)
{
    tried("held `consumer` before its first wait, let `producer one two` put, "
          "pressed Ctrl+C and let it go on");
    struct program *consumer = start_with(
        "consumer",
        &(struct conditions){.gate = "WaitForSingleObject:1"});
    wait_at_gate(consumer);
    run("producer one two");
    press_ctrl_c(consumer);
    open_gate(consumer);
    expect_end(consumer, EXIT_SUCCESS);
    expect_output(consumer, "ready\ntook number 0: one\ntook number 1: two\n");
    expect_no_leak(consumer);
}

CHECK(
    no_wakeup_lost, .name = "No wake-up is lost between look and wait",
    .read = "Read it", .program = "fast")
{
    tried("held `fast read` before its WaitForMultipleObjects, and let `fast "
          "write hello` do its work");
    struct program *reader = start_with(
        "fast read",
        &(struct conditions){.gate = "WaitForMultipleObjects:1"});
    wait_at_gate(reader);
    struct program *writer = start("fast write hello");
    expect_end(writer, EXIT_SUCCESS);
    if (count_calls(writer, "SetEvent") != 2)
        fail_check(
            "the writer says that it is there, and wakes who sleeps",
            "it called SetEvent %u times",
            count_calls(writer, "SetEvent"));
    open_gate(reader);
    expect_end(reader, EXIT_SUCCESS);
    expect_output(reader, "ready\nhello\n");
    expect_no_leak(reader);
    expect_no_leak(writer);
}

/** Ends `fast write hello` before a call, while the reader is held before its
 * first wait; returns the reader, let go. */
static struct program *end_writer_before(const char *gate)
{
    struct program *reader = start_with(
        "fast read",
        &(struct conditions){.gate = "WaitForMultipleObjects:1"});
    wait_at_gate(reader);
    struct program *writer =
        start_with("fast write hello", &(struct conditions){.gate = gate});
    wait_at_gate(writer);
    TerminateProcess(writer->process, EXIT_FAILURE);
    DWORD code;
    wait_for_scene_end(writer, &code);
    open_gate(reader);
    return reader;
}

CHECK(
    writer_dies_unheard, .name = "Who dies before it was heard is replaced",
    .read = "Read it", .program = "fast", .needs = &no_wakeup_lost)
{
    static const char *const GATES[] = {
        "OpenFileMappingW:1",
        "CreateMutexW:2",
        "MapViewOfFile:1",
        "WaitForSingleObject:1",
        "SetEvent:1"};
    for (size_t i = 0; i < ARRAYSIZE(GATES); i++) {
        tried(
            "ended `fast write hello` before its %s, and started another",
            GATES[i]);
        struct program *reader = end_writer_before(GATES[i]);
        run("fast write again");
        expect_end(reader, EXIT_SUCCESS);
        expect_output(reader, "ready\nagain\n");
    }
}

CHECK(
    writer_dies, .name = "A reader learns that its writer has died",
    .read = "Read it", .program = "fast", .needs = &no_wakeup_lost)
{
    tried("ended `fast write hello` before its second SetEvent");
    struct program *reader = end_writer_before("SetEvent:2");
    expect_end(reader, EXIT_FAILURE);
    expect_output(reader, "ready\nhello\n");
    if (strstr(reader->err.text, "the writer has died") == NULL)
        fail_program(reader, "it says that the writer has died");
}

CHECK(
    writer_has_put_all, .name = "Who dies when all was put harms nobody",
    .read = "Read it", .program = "fast", .needs = &no_wakeup_lost)
{
    static const char *const GATES[] = {"CloseHandle:1", "UnmapViewOfFile:1"};
    for (size_t i = 0; i < ARRAYSIZE(GATES); i++) {
        tried("ended `fast write hello` before its %s", GATES[i]);
        struct program *reader = end_writer_before(GATES[i]);
        expect_end(reader, EXIT_SUCCESS);
        expect_output(reader, "ready\nhello\n");
    }
}

CHECK(
    reader_dies, .name = "A writer learns that its reader has died",
    .read = "Read it", .program = "fast", .needs = &no_wakeup_lost)
{
    tried("made the ring full, let `fast write hello` wait, and ended `fast "
          "read`");
    struct program *reader = start_until_ready("fast read", NULL);
    struct program *writer = start_with(
        "fast write hello",
        &(struct conditions){.gate = "SetEvent:1"});
    wait_at_gate(writer);
    HANDLE mapping = make_mapping(RING_NAME, sizeof(struct ring_memory));
    struct ring_memory *memory = map_all(mapping);
    memory->taken = memory->put - RING_SIZE;
    UnmapViewOfFile(memory);
    CloseHandle(mapping);
    settle(reader);
    TerminateProcess(reader->process, EXIT_FAILURE);
    DWORD code;
    wait_for_scene_end(reader, &code);
    open_gate(writer);
    expect_end(writer, EXIT_FAILURE);
    if (strstr(writer->err.text, "the reader has left") == NULL)
        fail_program(writer, "it says that the reader has left");
}

CHECK(
    one_of_each, .name = "A second reader or writer is refused",
    .read = "Read it", .program = "fast", .needs = &no_wakeup_lost)
{
    tried("started `fast read` and `fast write` twice");
    struct program *reader = start_until_ready("fast read", NULL);
    expect_end(start("fast read"), EXIT_FAILURE);
    struct program *writer = start_with(
        "fast write hello",
        &(struct conditions){.gate = "SetEvent:2"});
    wait_at_gate(writer);
    expect_end(start("fast write again"), EXIT_FAILURE);
    open_gate(writer);
    expect_end(writer, EXIT_SUCCESS);
    expect_end(reader, EXIT_SUCCESS);
    expect_output(reader, "ready\nhello\n");
    expect_end(start("fast write late"), EXIT_FAILURE);
}

CHECK(
    liars, .name = "What a stranger puts there stays within bounds",
    .read = "Read it", .program = "producer", .needs = &lesson_queue)
{
    char expected[200];
    tried(
        "made a queue of 2,021,161,080 texts, each without an end, and started "
        "`consumer 1`");
    /* As queue.h has it: two numbers, then the texts. */
    DWORD size = 2 * sizeof(uint32_t) + SLOTS * TEXT_SIZE;
    HANDLE mapping = make_mapping(QUEUE_NAME, size);
    uint32_t *memory = map_all(mapping);
    memset(memory, 'x', size);
    memory[1] = 0;
    struct program *consumer = start("consumer 1");
    expect_end(consumer, EXIT_SUCCESS);
    UnmapViewOfFile(memory);
    CloseHandle(mapping);
    int used = snprintf(
        expected,
        sizeof expected,
        "ready\na text that nobody told of: number 0\ntook number 0: ");
    memset(expected + used, 'x', TEXT_SIZE - 1);
    strcpy(expected + used + TEXT_SIZE - 1, "\n");
    expect_output(consumer, expected);
}

CHECK(
    too_small, .name = "A mapping that is too small is refused (5)",
    .read = WRONG, .program = "fast", .needs = &no_wakeup_lost)
{
    tried("made a mapping of 16 bytes of the ring's name, and started `fast "
          "write x`");
    HANDLE mapping = make_mapping(RING_NAME, 16);
    expect_failure(start("fast write x"), "MapViewOfFile", ERROR_ACCESS_DENIED);
    CloseHandle(mapping);
}

CHECK(
    other_kind, .name = "A name of another kind is told (6)", .read = WRONG,
    .program = "producer", .needs = &lesson_queue)
{
    tried("made events of the names of a semaphore and of a mutex, and started "
          "`producer x` and `fast read`");
    HANDLE event =
        CreateEventW(NULL, TRUE, FALSE, scene_name(L"Local\\pipework-17-free"));
    HANDLE other = CreateEventW(
        NULL,
        TRUE,
        FALSE,
        scene_name(L"Local\\pipework-17-ring-reader"));
    if (event == NULL || other == NULL)
        environment_trouble("CreateEventW", "an event of a name");
    expect_failure(
        start("producer x"),
        "CreateSemaphoreW",
        ERROR_INVALID_HANDLE);
    expect_failure(start("fast read"), "CreateMutexW", ERROR_INVALID_HANDLE);
    CloseHandle(other);
    CloseHandle(event);
}

CHECK(
    counts_are_shown, .name = "What semaphores and events remember is shown",
    .read = "Run it", .program = "counts")
{
    tried("started `counts`");
    struct program *counts = start("counts");
    expect_end(counts, EXIT_SUCCESS);
    expect_output(
        counts,
        "three waits on a semaphore of 2         0, 0, 258\n"
        "2 released: how many there were before  0\n"
        "1 more than at most                     298\n"
        "made with 3 of at most 2                87\n"
        "opened before it was made               2\n"
        "opened to release, and waited for       5\n"
        "an event by the semaphore's name        6\n"
        "auto-reset, set twice: two waits        0, 258\n"
        "manual-reset, set once: two waits       0, 0\n"
        "pulsed, then waited for                 258\n"
        "lock, then slot; who would free one     0, 258; 258\n"
        "both at once; who would free one        258; 0\n"
        "looked, reset, waited: text, result     1, 258\n"
        "reset, looked, waited: text, result     1, 0\n"
        "ping set, pong waited for, in one call  0\n");
    expect_no_leak(counts);
}

CHECK(
    lesson_usage, .name = "The lesson's programs refuse wrong arguments",
    .program = "producer")
{
    expect_refused("producer,consumer 0,consumer 1 2,fast,fast read 0,fast "
                   "write,fast take x");
}

static const struct check *const CHECKS[] = {
    &job_then_token,
    &job_then_room,
    &in_order,
    &consumers_wait,
    &producers_wait,
    &end_is_told,
    &all_consumers_wake,
    &refused_later,
    &on_its_way,
    &between,
    &whole_at_unlock,
    &two_takers,
    &no_gap,
    &all_producers_wake,
    &many,
    &failures,
    &nothing_left,
    &wrong_usage,
    &lesson_queue,
    &found_by_number,
    &dead_with_the_lock,
    &dead_with_a_slot,
    &dead_consumer,
    &drained,
    &no_wakeup_lost,
    &writer_dies_unheard,
    &writer_dies,
    &writer_has_put_all,
    &reader_dies,
    &one_of_each,
    &liars,
    &too_small,
    &other_kind,
    &counts_are_shown,
    &lesson_usage,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "17-semaphores", CHECKS);
}
