/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 02: a client that waits for its pipe, and a server that
 * serves one client after another on one instance.
 *
 * Usage: `02-polite-open FOLDER [LESSON-FOLDER]`
 */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/describe.h"
#include "checks/harness/expect.h"
#include "checks/harness/forgiven.h"
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"
#include "checks/harness/servers.h"
#include "checks/harness/values.h"
#include "lens/reader.h"
#include "lessons/02-polite-open/protocol.h"

/* A client that is told to wait for 20 s never sees the end of that: the check
 * is over before. */
#define PATIENT "client 20000 hello"

/* Behind the deadline the difference is negative; as a DWORD it is longer than
 * any client may wait. */
enum { WAIT_MAX_MS = 3600000 };
static const char NEGATIVE[] =
    "behind the deadline, deadline - now is negative, and as a DWORD it is up "
    "to 49 days: ms_until has to say 0 (TODO 3)";

/** The calls by which a program pauses, and the argument that says how long. */
static const struct {
    const char *call, *argument;
} PAUSES[] = {
    {"WaitNamedPipeW", "wait"},
    {"Sleep", "time"},
    {"SleepEx", "time"},
    {"WaitForSingleObject", "wait"},
    {"WaitForSingleObjectEx", "wait"},
    {"WaitForMultipleObjects", "wait"},
    {"WaitForMultipleObjectsEx", "wait"},
};

/* A pause that the lens does not see shows by the time between two tries; one
 * that is not there would have to be kept waiting by the machine this often. */
enum { UNSEEN_PAUSES = 16, UNSEEN_US = 500 };

/** Tells whether a call waits for an object, such as a timer that is set. */
static bool waits_for_object(const char *call)
{
    return strncmp(call, "WaitFor", 7) == 0;
}

/** A call's time in milliseconds; without an end: the greatest number. */
static unsigned long long time_of(
    const struct lens_record *record, const char *argument)
{
    unsigned long long time;
    if (!call_argument(record, argument, &time) || time == INFINITE)
        return INFINITE;
    return time;
}

/** Microseconds between two moments of the record. */
static unsigned long long us_between(int64_t from, int64_t to)
{
    LARGE_INTEGER frequency;
    QueryPerformanceFrequency(&frequency);
    return (unsigned long long)((to - from) * 1000000 / frequency.QuadPart);
}

/** Milliseconds between two moments of the record. */
static unsigned long long ms_between(int64_t from, int64_t to)
{
    return us_between(from, to) / 1000;
}

/**
 * Expects that no call asks for more time than was left when the last try to
 * open failed. A try that begins `total_ms` before the end leaves that much.
 * @return when the longest wait is to end, in ms behind the first try; this
 *         rests on what was asked for, not on how long it took
 */
static unsigned long long expect_no_longer_wait(
    struct program *client, unsigned long long total_ms)
{
    unsigned long long latest = 0;
    const struct lens_record *first = find_call(client, "CreateFileW", 1);
    for (size_t i = 0; first != NULL && i < ARRAYSIZE(PAUSES); i++) {
        const struct lens_record *pause;
        for (uint32_t n = 1;
             (pause = find_call(client, PAUSES[i].call, n)) != NULL;
             n++) {
            const struct lens_record *before = first, *next;
            for (uint32_t k = 2;
                 (next = find_call(client, "CreateFileW", k)) != NULL
                 && next->t0 < pause->t0;
                 k++)
                before = next;
            unsigned long long gone = ms_between(first->t0, before->t1);
            unsigned long long left = gone < total_ms ? total_ms - gone : 0;
            unsigned long long time = time_of(pause, PAUSES[i].argument);
            /* It may wait for an object without an end, such as a timer that
             * it has set: whether it comes back, its end tells. */
            if (time == INFINITE && waits_for_object(PAUSES[i].call))
                continue;
            /* One more: what is left may be rounded up. */
            if (time == INFINITE)
                fail_check(
                    "each wait is for what is left of the time",
                    "%s number %u asked to wait for ever",
                    PAUSES[i].call,
                    n);
            if (time > WAIT_MAX_MS)
                likely(NEGATIVE);
            if (time > left + 1)
                fail_check(
                    "each wait is for what is left of the time",
                    "%s number %u asked for %llu ms when at most %llu of the "
                    "%llu ms were left",
                    PAUSES[i].call,
                    n,
                    time,
                    left,
                    total_ms);
            if (gone + time > latest)
                latest = gone + time;
        }
    }
    return latest;
}

/**
 * Expects the client to give up by itself, without asking for more time.
 * @return as expect_no_longer_wait()
 */
static unsigned long long expect_to_give_up(
    struct program *client, unsigned long long total_ms)
{
    DWORD code;
    enum wait_result result;
    while ((result = wait_for_end(client, now_ms() + 10, &code)) != IN_TIME
           && ms_until(scene_deadline()) > 0)
        expect_no_longer_wait(client, total_ms);
    if (result == IN_TIME)
        no_cause();
    if (result == IN_TIME && code == EXIT_SUCCESS)
        likely("it gives up, and its exit status says that all is well: a "
               "failure ends with EXIT_FAILURE, 1");
    expect_end(client, EXIT_FAILURE);
    return expect_no_longer_wait(client, total_ms);
}

/** Expects that a client which could not open the pipe does nothing more. */
static void expect_nothing_more(struct program *client)
{
    likely("the failure is reported, and then pipe_open returns a handle that "
           "is none: exit(EXIT_FAILURE) ends the client");
    if (find_call(client, "WriteFile", 1) != NULL)
        fail_check(
            "the client ends when it has no pipe",
            "it called WriteFile");
}

/** Expects that one of the client's tries to open the pipe succeeds. */
static void expect_open(struct program *client)
{
    static const char expected[] = "the client opens the pipe";
    for (uint32_t n = 1;;) {
        bool ended = !is_running(client);
        const struct lens_record *one = find_call(client, "CreateFileW", n);
        if (one != NULL && one->t1 != 0) {
            if ((one->flags & LENS_FLAG_FAILED) == 0)
                return;
            n++;
            continue;
        }
        if (ended)
            fail_program(client, expected);
        if (ms_until(scene_deadline()) == 0)
            fail_late(expected);
        Sleep(1);
    }
}

/** Serves one message on the check's own end, and expects a good end. */
static void expect_conversation(struct peer *server, struct program *client)
{
    expect_open(client);
    no_cause();
    accept_peer(server);
    expect_bytes(server, "hello", 5);
    send_bytes(server, "hello", 5);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "hello\n");
}

/** The check's own pipe, all of whose instances are taken. */
struct busy_pipe {
    struct peer *server; /**< the server's end of its only instance so far */
    struct peer *holder; /**< the client that has it */
};

/** Makes a pipe and takes its only instance; three more may be made. */
static struct busy_pipe make_busy_pipe(void)
{
    struct busy_pipe pipe;
    pipe.server =
        create_peer_as(PIPE_NAME, &(struct peer_pipe){.instances = 4});
    pipe.holder = connect_peer(PIPE_NAME);
    accept_peer(pipe.server);
    return pipe;
}

/** Another instance of the same pipe, free at once. */
static struct peer *add_instance(void)
{
    return create_peer_as(PIPE_NAME, &(struct peer_pipe){.instances = 4});
}

CHECK(
    opens_at_once, .name = "The client opens a pipe that is there",
    .program = "client", .read = READ_IT)
{
    tried("created the pipe, and let `client 20000 hello` open it");
    likely("CreateFileW has opened the pipe: its handle is to be returned");
    struct peer *server = create_peer(PIPE_NAME);
    struct program *client = start(PATIENT);
    expect_conversation(server, client);
    likely("a handle that a call gave is not passed to CloseHandle");
    expect_no_leak(client);
    likely("a handle is closed twice, or it never was one");
    expect_no_bad_close(client);
    expect_right_on_windows(client);
}

CHECK(
    finds_a_late_server, .name = "A server that comes later is found (2)",
    .program = "client", .todo = 1, .read = READ_IT, .needs = &opens_at_once)
{
    tried("started `client 20000 hello` first, and created the pipe when its "
          "CreateFileW had failed");
    likely("error 2, ERROR_FILE_NOT_FOUND, means that nobody owns the name "
           "yet: try again while there is time, after a short pause");
    struct program *client = start(PATIENT);
    wait_called(client, "CreateFileW", 1);
    expect_conversation(create_peer(PIPE_NAME), client);
    likely("what a pause needs, such as an event or a timer, is made anew for "
           "each of them, and not passed to CloseHandle");
    expect_no_leak(client);
}

/** Tells whether a client called a function between two of its calls, with a
 * time of more than 0 if the argument that says it is named. */
static bool called_between(
    const struct program *client, const struct lens_record *one,
    const struct lens_record *next, const char *call, const char *argument)
{
    const struct lens_record *between;
    for (uint32_t at = 0; (between = next_call(client, call, &at)) != NULL;)
        if (one->t0 < between->t0 && between->t0 < next->t0
            && (argument == NULL || time_of(between, argument) > 0))
            return true;
    return false;
}

/** Tells whether a client pauses in a call of the list between two tries. */
static bool pauses_between(
    const struct program *client, const struct lens_record *one,
    const struct lens_record *next)
{
    for (size_t i = 1; i < ARRAYSIZE(PAUSES); i++)
        if (called_between(
                client,
                one,
                next,
                PAUSES[i].call,
                PAUSES[i].argument))
            return true;
    return false;
}

CHECK(
    pauses_between_tries, .name = "It pauses between two tries",
    .program = "client", .todo = 1, .read = WRONG,
    .needs = &finds_a_late_server)
{
    tried("started `client 20000 hello` without a server, and looked at what "
          "it does between two tries to open the pipe");
    struct program *client = start(PATIENT);
    uint32_t tries = 4;
    for (uint32_t n = 2; n <= tries; n++) {
        const struct lens_record *next = wait_called(client, "CreateFileW", n);
        const struct lens_record *one = find_call(client, "CreateFileW", n - 1);
        if (pauses_between(client, one, next))
            continue;
        bool waits = called_between(client, one, next, PAUSES[0].call, NULL);
        if (!waits && us_between(one->t1, next->t0) >= UNSEEN_US) {
            tries = UNSEEN_PAUSES;
            continue;
        }
        if (waits)
            likely("without an instance WaitNamedPipeW returns at once: it "
                   "can't wait for a name that nobody owns. A short Sleep can");
        else
            likely("one try comes right behind the other: a short Sleep "
                   "between them leaves the processor to the others");
        fail_check(
            "it pauses for 1 ms or more between two tries",
            "CreateFileW number %u and number %u, and no Sleep between, nor "
            "another pause",
            n - 1,
            n);
    }
}

CHECK(
    gives_up_on_nobody, .name = "It gives up when nobody comes in time (2)",
    .program = "client", .todo = 1, .read = READ_IT,
    .needs = &pauses_between_tries)
{
    tried("started `client 60 hello` without a server, and let its second "
          "CreateFileW come 100 ms late");
    struct program *client = start_with(
        "client 60 hello",
        &(struct conditions){.fault = "CreateFileW:2:delay=100"});
    likely("the time is not looked at when nobody owns the name: when nothing "
           "is left, report the error of CreateFileW. If you do, ms_until does "
           "not say 0 when the deadline has passed: TODO(3)");
    expect_to_give_up(client, 60);
    expect_error(client, "CreateFileW", ERROR_FILE_NOT_FOUND);
    expect_nothing_more(client);
}

/** How long the client paused, from its first try on, in milliseconds: up to
 * the end of its last pause, or to the last try, if the lens sees no pause. */
static unsigned long long ms_paused(struct program *client)
{
    const struct lens_record *first = find_call(client, "CreateFileW", 1);
    const struct lens_record *latest =
        find_call(client, "CreateFileW", count_calls(client, "CreateFileW"));
    int64_t end = latest != NULL ? latest->t0 : 0;
    for (size_t i = 0; i < ARRAYSIZE(PAUSES); i++) {
        uint32_t count = count_calls(client, PAUSES[i].call);
        const struct lens_record *last =
            find_call(client, PAUSES[i].call, count);
        if (last != NULL && last->t1 > end)
            end = last->t1;
    }
    return end == 0 ? 0 : ms_between(first->t0, end);
}

/** Says that the client sees no time where there is some, if it is so. */
static void find_lost_time(struct program *client)
{
    if (ms_paused(client) == 0 && count_calls(client, "CreateFileW") == 1)
        likely("ms_until says 0 while 600 ms are left (TODO 3): a division "
               "that comes before the multiplication leaves whole seconds");
}

/**
 * Expects that a client with 600 ms gives up when they are over. Half of them
 * is far too early; how long it took to its first try, nobody sees. If the
 * machine kept it waiting there, the second one shows it.
 */
static struct program *expect_patience(const char *cause)
{
    unsigned long long paused = 0;
    for (int i = 0; i < 2; i++) {
        struct program *client = start("client 600 hello");
        likely("%s", cause);
        expect_to_give_up(client, 600);
        paused = ms_paused(client);
        if (paused >= 350)
            return client;
        likely("%s", cause);
        find_lost_time(client);
    }
    fail_check(
        "it waits until its time is over",
        "it gave up after %llu ms",
        paused);
}

CHECK(
    sleeps_no_longer, .name = "It sleeps no longer than what is left",
    .program = "client", .todo = 1, .read = READ_IT,
    .needs = &gives_up_on_nobody)
{
    tried("started `client 15 hello` without a server: 15 ms in all");
    /* A client that is kept waiting by the machine tries once, and shows
     * nothing: then another one. */
    for (int i = 0; i < 15; i++) {
        struct program *client = start("client 8 hello");
        likely("Sleep gets a fixed number: it must not get more than what is "
               "left");
        expect_to_give_up(client, 8);
        /* A pause that the lens does not see stands between two tries. */
        if (count_calls(client, "CreateFileW") > 1)
            return;
        for (size_t k = 1; k < ARRAYSIZE(PAUSES); k++)
            if (count_calls(client, PAUSES[k].call) > 0)
                return;
    }
    struct program *longer = start("client 600 hello");
    no_cause();
    expect_to_give_up(longer, 600);
    likely("it gives up when less than a whole pause is left: the last pause "
           "is for what is left, and the last try comes behind it");
    find_lost_time(longer);
    fail_check("a pause of 8 ms or less", "no pause in 15 runs");
}

/** For how long it has asked to pause, in milliseconds, in all. */
static unsigned long long ms_asked(struct program *client)
{
    unsigned long long sum = 0;
    const struct lens_record *pause;
    for (size_t i = 0; i < ARRAYSIZE(PAUSES); i++)
        for (uint32_t at = 0;
             (pause = next_call(client, PAUSES[i].call, &at)) != NULL;) {
            unsigned long long time = time_of(pause, PAUSES[i].argument);
            sum += time != INFINITE ? time : 0;
        }
    return sum;
}

CHECK(
    tries_until_the_end, .name = "It tries until the time is over (2)",
    .slow = true, .limit_ms = 15000, .program = "client", .todo = 1,
    .read = READ_IT, .needs = &sleeps_no_longer)
{
    static const char CAUSE[] = "it gives up after a number of tries: how many "
                                "they are does not matter, only the time does";
    tried("started `client 600 hello` without a server");
    unsigned long long asked = ms_asked(expect_patience(CAUSE));
    if (asked == 0 || asked >= 350)
        return;
    /* The machine made few pauses take all the time; for ten times as long it
     * won't. */
    tried("started `client 6000 hello` without a server");
    struct program *client = start("client 6000 hello");
    likely(CAUSE);
    expect_to_give_up(client, 6000);
    likely(CAUSE);
    unsigned long long paused = ms_paused(client);
    if (paused < 3500)
        fail_check(
            "it waits until its time is over",
            "it gave up after %llu ms",
            paused);
}

CHECK(
    other_open_errors_count, .name = "Another error of CreateFileW is reported",
    .program = "client", .todo = 1, .read = WRONG)
{
    tried("made CreateFileW fail with error 5, ERROR_ACCESS_DENIED, each time");
    struct program *client = start_with(
        "client 1000 hello",
        &(struct conditions){.fault = "CreateFileW:*:5"});
    likely("only 2 and 231 are worth another try: every other error is "
           "reported at once, as CreateFileW's");
    expect_failure(client, "CreateFileW", ERROR_ACCESS_DENIED);
    if (count_calls(client, "CreateFileW") > 1)
        fail_check(
            "it tries once",
            "it called CreateFileW %u times",
            count_calls(client, "CreateFileW"));
    expect_nothing_more(client);
}

CHECK(
    waits_for_the_instance, .name = "It waits for the only instance (231)",
    .program = "client", .todo = 2, .read = READ_IT, .needs = &opens_at_once)
{
    tried("took the only instance, held `client 20000 hello` before "
          "WaitNamedPipeW, made an instance free, and let it go on");
    make_busy_pipe();
    struct program *client =
        start_with(PATIENT, &(struct conditions){.gate = "WaitNamedPipeW:1"});
    likely("error 231, ERROR_PIPE_BUSY, means that every instance is taken: "
           "WaitNamedPipeW waits for a free one, then CreateFileW again");
    wait_at_gate(client);
    struct peer *server = add_instance();
    open_gate(client);
    expect_conversation(server, client);
}

CHECK(
    success_has_no_code, .name = "After a success no code is looked at",
    .program = "client", .todo = 2, .read = READ_IT,
    .needs = &waits_for_the_instance)
{
    tried(
        "let WaitNamedPipeW succeed, with %lu left over in GetLastError",
        other_error());
    make_busy_pipe();
    struct program *client = start_with(
        PATIENT,
        &(struct conditions){
            .gate = "WaitNamedPipeW:1",
            .fault = "WaitNamedPipeW:*:leave=other"});
    wait_at_gate(client);
    struct peer *server = add_instance();
    open_gate(client);
    likely("the code is looked at although the call has succeeded: first its "
           "result, FALSE, then GetLastError (lesson 00)");
    expect_conversation(server, client);
}

CHECK(
    other_wait_errors_count, .name = "Another error of the wait is reported",
    .program = "client", .todo = 2, .read = WRONG,
    .needs = &waits_for_the_instance)
{
    tried(
        "took the only instance, and made WaitNamedPipeW fail with error %s",
        other_error_text());
    likely("the result of WaitNamedPipeW is not looked at: besides 121 and 2, "
           "every error has to be reported, by die(\"WaitNamedPipeW\")");
    make_busy_pipe();
    struct program *client = start_with(
        "client 2000 hello",
        &(struct conditions){.fault = "WaitNamedPipeW:1:other"});
    expect_failure(client, "WaitNamedPipeW", other_error());
}

CHECK(
    gives_up_when_busy, .name = "It gives up on a busy pipe in time (121)",
    .slow = true, .program = "client", .todo = 2, .read = WRONG,
    .needs = &waits_for_the_instance)
{
    tried("took the only instance for good, and started `client 600 hello`");
    make_busy_pipe();
    struct program *client = expect_patience(
        "WaitNamedPipeW gets another time-out than what is left until the "
        "deadline; or ms_until says too little (TODO 3): a thousand times "
        "the counts that are left may be more than a DWORD holds");
    likely("nothing, or something else, is said of the reason: 121 by "
           "WaitNamedPipeW, or 231 by CreateFileW");
    if (strstr(client->err.text, "231") == NULL)
        expect_error(client, "WaitNamedPipeW", ERROR_SEM_TIMEOUT);
}

/**
 * Lets a client wait for an instance that another one takes before it can open
 * it. It comes back from its second try without one.
 */
static struct program *rob_a_client(void)
{
    make_busy_pipe();
    struct program *client = start_with(
        PATIENT,
        &(struct conditions){
            .gate = "CreateFileW:2,CreateFileW:3",
            .fault = "WaitNamedPipeW:1:delay=200",
        });
    wait_inside(client, "WaitNamedPipeW", 1);
    add_instance();
    wait_at_gate(client);
    connect_peer(PIPE_NAME);  // the thief
    open_gate(client);
    return client;
}

CHECK(
    survives_a_robbery, .name = "A stolen instance is no end (231)",
    .program = "client", .todo = 2, .read = WRONG, .needs = &gives_up_when_busy)
{
    tried("let the client's WaitNamedPipeW succeed, and took the free "
          "instance before its next CreateFileW; then once more");
    likely("a success of WaitNamedPipeW is a hint only: CreateFileW may fail "
           "with 231 again, and then it is to wait again");
    struct program *client = rob_a_client();
    wait_inside(client, "WaitNamedPipeW", 2);
    add_instance();
    wait_at_gate_number(client, 1);
    connect_peer(PIPE_NAME);
    open_gate_number(client, 1);
    wait_inside(client, "WaitNamedPipeW", 3);
    expect_conversation(add_instance(), client);
}

CHECK(
    has_one_deadline, .name = "One deadline holds for all waits together",
    .program = "client", .todo = 2, .read = WRONG, .needs = &survives_a_robbery)
{
    tried("let the client wait twice, the first time for 200 ms, and compared "
          "the two time-outs");
    struct program *client = rob_a_client();
    wait_inside(client, "WaitNamedPipeW", 2);
    likely("each WaitNamedPipeW gets a time-out of its own: all of them "
           "together have 20000 ms, so the second gets what is left");
    expect_no_longer_wait(client, 20000);
}

CHECK(
    survives_a_leaving_server, .name = "A server that leaves is no end (2)",
    .program = "client", .todo = 2, .read = WRONG,
    .needs = &waits_for_the_instance)
{
    tried("held the client before WaitNamedPipeW, removed the pipe meanwhile, "
          "and made it anew after the client's next try");
    struct busy_pipe pipe = make_busy_pipe();
    struct program *client =
        start_with(PATIENT, &(struct conditions){.gate = "WaitNamedPipeW:1"});
    wait_at_gate(client);
    close_peer(pipe.holder);
    close_peer(pipe.server);
    open_gate(client);
    likely("WaitNamedPipeW says 2, too, when the last instance is gone: that "
           "is no reason to give up, another may come");
    wait_called(client, "CreateFileW", 2);
    expect_conversation(create_peer(PIPE_NAME), client);
}

/**
 * Looks at the time-outs that the client has given to WaitNamedPipeW so far.
 * @return whether one was too long: that is for another check
 */
static bool expect_no_default(struct program *client)
{
    const struct lens_record *call;
    bool too_long = false;
    for (uint32_t n = 1;
         (call = find_call(client, "WaitNamedPipeW", n)) != NULL;
         n++) {
        unsigned long long time = time_of(call, "wait");
        if (time == NMPWAIT_USE_DEFAULT_WAIT)
            fail_check(
                "no WaitNamedPipeW with the time-out 0",
                "WaitNamedPipeW number %u of `client 1 hello` or `client 0 "
                "hello` got 0",
                n);
        too_long |= time > 1;
    }
    return too_long;
}

/** Watches a client until it ends, or waits for what it should not. */
static void watch_time_outs(struct program *client)
{
    DWORD code;
    while (wait_for_end(client, now_ms() + 10, &code) != IN_TIME)
        if (expect_no_default(client) || ms_until(scene_deadline()) == 0)
            return;
    expect_no_default(client);
}

CHECK(
    never_asks_for_the_default,
    .name = "It never asks for the default time-out (0)", .program = "client",
    .todo = 3, .read = WRONG, .needs = &waits_for_the_instance)
{
    tried("took the only instance, and started `client 1 hello` and `client 0 "
          "hello`");
    likely("the time-out 0 does not mean \"do not wait\": it is the server's "
           "default, 50 ms or a minute. Round up, and end when nothing is "
           "left");
    make_busy_pipe();
    watch_time_outs(start("client 1 hello"));
    watch_time_outs(start("client 0 hello"));
}

CHECK(
    knows_that_time_is_over, .name = "It does not wait when the time is over",
    .program = "client", .todo = 3, .read = WRONG,
    .needs = &waits_for_the_instance)
{
    tried("took the only instance, and let CreateFileW of `client 20 hello` "
          "come 100 ms late: the deadline has passed");
    likely(NEGATIVE);
    make_busy_pipe();
    struct program *client = start_with(
        "client 20 hello",
        &(struct conditions){.fault = "CreateFileW:1:delay=100"});
    expect_to_give_up(client, 20);
}

CHECK(
    tells_that_it_was_thrown_out,
    .name = "A client that is thrown out says so (233)", .program = "client",
    .read = WRONG, .needs = &opens_at_once)
{
    tried("disconnected the client by DisconnectNamedPipe while it waited "
          "for its reply");
    struct peer *server = create_peer(PIPE_NAME);
    struct program *client =
        start_with(PATIENT, &(struct conditions){.gate = "ReadFile:1"});
    accept_peer(server);
    expect_bytes(server, "hello", 5);
    wait_at_gate(client);
    disconnect_peer(server);
    open_gate(client);
    likely("the client does not report the error of ReadFile");
    expect_failure(client, "ReadFile", ERROR_PIPE_NOT_CONNECTED);
}

CHECK(
    client_gets_its_replies, .name = "The client prints each reply",
    .program = "client", .needs = &opens_at_once)
{
    tried("let `client 20000 one two` talk to the lesson's server");
    struct program *server = start("server 1");
    expect_line(server, "ready", 1);
    struct program *client = start("client 20000 one two");
    expect_end(client, EXIT_SUCCESS);
    likely("the client does not print each reply on a line of its own");
    expect_output(client, "one\ntwo\n");
    no_cause();
    expect_end(server, EXIT_SUCCESS);
}

CHECK(
    wrong_wait_is_refused, .name = "A wrong number of milliseconds is refused",
    .slow = true, .program = "client")
{
    tried("started `client soon hello`, `client -1 hello` and `client 1000`");
    likely("the client does not look at its arguments");
    expect_end(start("client soon hello"), 2);
    expect_end(start("client -1 hello"), 2);
    expect_end(start("client 1000"), 2);
}

/** Starts the server and waits until a client may come. */
static struct program *start_ready(
    const char *command_line, struct conditions conditions)
{
    if (conditions.fault == NULL)
        conditions.fault = NO_RACE;
    return start_until_ready(command_line, &conditions);
}

CHECK(
    serves_one_after_another,
    .name = "The server serves one client after another", .program = "server",
    .read = READ_IT)
{
    tried("started `server 3`, and came with three clients, one after the "
          "other");
    struct program *server = start_ready("server 3", (struct conditions){0});
    for (int i = 0; i < 3; i++) {
        struct peer *client = connect_peer_waiting(PIPE_NAME);
        expect_echo(client, i == 0 ? "first" : "again", 5);
        close_peer(client);
        likely("DisconnectNamedPipe is missing, or ConnectNamedPipe is not "
               "called again");
    }
    no_cause();
    expect_end(server, EXIT_SUCCESS);
    if (count_calls(server, "CreateNamedPipeW") != 1)
        fail_check(
            "one instance serves all clients",
            "CreateNamedPipeW was called %u times",
            count_calls(server, "CreateNamedPipeW"));
    likely("a handle that a call gave is not passed to CloseHandle");
    expect_no_leak(server);
    likely("a handle is closed twice, or it never was one");
    expect_no_bad_close(server);
    expect_right_on_windows(server);
}

CHECK(
    name_stays_owned, .name = "Between two clients the name stays owned (231)",
    .program = "server", .read = READ_IT, .needs = &serves_one_after_another)
{
    tried("held the server between two clients, before ConnectNamedPipe, and "
          "tried to open the pipe");
    struct program *server = start_ready(
        "server 2",
        (struct conditions){.gate = "ConnectNamedPipe:2"});
    struct peer *client = connect_peer(PIPE_NAME);
    expect_echo(client, "hello", 5);
    close_peer(client);
    wait_at_gate(server);
    DWORD error = try_connect(PIPE_NAME, GENERIC_READ | GENERIC_WRITE);
    likely("the server closes its instance between two clients");
    if (error != ERROR_PIPE_BUSY)
        fail_check(
            "the name stays owned: a client is told 231, not 2",
            "it was told %lu",
            error);
    no_cause();
    open_gate(server);
    client = connect_peer_waiting(PIPE_NAME);
    expect_echo(client, "again", 5);
}

CHECK(
    second_client_waits, .name = "The second client waits for the first",
    .program = "server", .read = "A picture",
    .needs = &serves_one_after_another)
{
    tried("let a client of the lesson wait while another one was served");
    struct program *server = start_ready("server 2", (struct conditions){0});
    struct peer *first = connect_peer(PIPE_NAME);
    expect_echo(first, "hello", 5);
    struct program *second = start("client 20000 again");
    wait_inside(second, "WaitNamedPipeW", 1);
    close_peer(first);
    likely("the server does not make its instance free for the next client");
    expect_end(second, EXIT_SUCCESS);
    no_cause();
    expect_output(second, "again\n");
    expect_end(server, EXIT_SUCCESS);
}

CHECK(
    early_client_is_served, .name = "A client that comes early is served (535)",
    .program = "server", .needs = &serves_one_after_another)
{
    tried("held the server before ConnectNamedPipe, opened its pipe "
          "meanwhile, let it go on and sent \"hello\"");
    struct program *server = start_with(
        "server 1",
        &(struct conditions){.gate = "ConnectNamedPipe:1"});
    wait_at_gate(server);
    struct peer *client = connect_peer(PIPE_NAME);
    open_gate(server);
    likely("535 is a success: the client came first (lesson 01)");
    expect_echo(client, "hello", 5);
}

CHECK(
    hasty_client_does_no_harm,
    .name = "A client that leaves early does no harm (232)",
    .program = "server", .needs = &serves_one_after_another)
{
    tried("held the server before WriteFile, closed the client's end "
          "meanwhile, and came with a second client");
    struct program *server =
        start_ready("server 2", (struct conditions){.gate = "WriteFile:1"});
    struct peer *client = connect_peer(PIPE_NAME);
    send_bytes(client, "hello", 5);
    wait_at_gate(server);
    close_peer(client);
    open_gate(server);
    likely("a client that leaves before its reply makes WriteFile fail with "
           "error 232, ERROR_NO_DATA: the server goes on with the next one");
    expect_echo(connect_peer_waiting(PIPE_NAME), "hello", 5);
}

CHECK(
    disconnect_errors_count,
    .name = "An error of DisconnectNamedPipe is reported", .program = "server")
{
    tried("made DisconnectNamedPipe fail with error %lu", other_error());
    struct program *server = start_ready(
        "server 2",
        (struct conditions){.fault = NO_RACE ",DisconnectNamedPipe:1:other"});
    struct peer *client = connect_peer(PIPE_NAME);
    expect_echo(client, "hello", 5);
    close_peer(client);
    likely("its result is not looked at");
    expect_failure(server, "DisconnectNamedPipe", other_error());
}

CHECK(
    pipe_is_made_well, .name = "The pipe has one instance and its own time-out",
    .program = "server", .read = READ_IT)
{
    tried("looked at the arguments of CreateNamedPipeW");
    struct program *server = start_ready("server 1", (struct conditions){0});
    const struct lens_record *call = find_call(server, "CreateNamedPipeW", 1);
    unsigned long long mode = 0, wait = 0, max = 0;
    call_argument(call, "mode", &mode);
    call_argument(call, "wait", &wait);
    call_argument(call, "max", &max);
    if (mode != PIPE_REJECT_REMOTE_CLIENTS)
        fail_check("a byte pipe, not for others", "mode is 0x%llx", mode);
    if (wait == 0 || max != 1)
        fail_check(
            "one instance, and a default time-out of its own",
            "max is %llu, the default time-out is %llu",
            max,
            wait);
}

CHECK(
    wrong_count_is_refused, .name = "A wrong number of clients is refused",
    .program = "server")
{
    expect_refused("server many,server -1");
}

static const struct check *const CHECKS[] = {
    &opens_at_once,
    &finds_a_late_server,
    &pauses_between_tries,
    &gives_up_on_nobody,
    &sleeps_no_longer,
    &tries_until_the_end,
    &other_open_errors_count,
    &waits_for_the_instance,
    &gives_up_when_busy,
    &survives_a_robbery,
    &has_one_deadline,
    &survives_a_leaving_server,
    &success_has_no_code,
    &other_wait_errors_count,
    &never_asks_for_the_default,
    &knows_that_time_is_over,
    &client_gets_its_replies,
    &tells_that_it_was_thrown_out,
    &wrong_wait_is_refused,
    &serves_one_after_another,
    &name_stays_owned,
    &second_client_waits,
    &early_client_is_served,
    &hasty_client_does_no_harm,
    &disconnect_errors_count,
    &pipe_is_made_well,
    &wrong_count_is_refused,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "02-polite-open", CHECKS);
}
