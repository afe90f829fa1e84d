/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades specimens; checks/project/harness.t looks at the verdicts.
 *
 * Usage: `judge FOLDER [LESSON-FOLDER [1|2]] [ms=NUMBER]`: all together in so
 * much time.
 */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"

/** A part of a second: these checks are meant to run out of time. */
enum { SHORT_MS = 700, HANDLES = 10 };

static void good(void)
{
    struct program *specimen = start("specimen end 0");
    expect_line(specimen, "ready", 1);
    expect_end(specimen, 0);
    expect_no_errors(specimen);
}

static void true_exit_code(void)
{
    expect_end(start("specimen end 3000000000"), 3000000000u);
}

static void hangs(void)
{
    expect_line(start("specimen hang"), "ready", 1);
}

static void spins(void)
{
    expect_end(start("specimen spin"), 0);
}

static void crashes(void)
{
    expect_end(start("specimen crash 0x10"), 0);
}

/** One byte too far does no harm that can be seen. */
static void oversteps(void)
{
    expect_end(start("specimen overstep 1"), 0);
}

static void uses_what_is_freed(void)
{
    expect_end(start("specimen touch 5"), 0);
}

static void loses_memory(void)
{
    struct program *program = start("specimen lose 30");
    expect_end(program, 0);
    expect_no_leak(program);
}

static void floods_for_ever(void)
{
    expect_line(start("specimen flood 0"), "ready", 1);
}

static void floods_and_ends(void)
{
    struct program *specimen = start("specimen flood 4000");
    expect_end(specimen, 0);
    if (specimen->out.length != OUTPUT_LIMIT || specimen->out.lost == 0)
        fail_check("64 KiB are kept", "%zu bytes", specimen->out.length);
}

static void leaves_a_child(void)
{
    expect_end(start("specimen leave-child 0"), 0);
}

static void leaves_a_quiet_child(void)
{
    expect_end(start("specimen leave-child 1"), 0);
}

static void ends_at_once(void)
{
    expect_line(start("specimen end-at-once"), "ready", 1);
}

static void ends_otherwise(void)
{
    expect_end(start("specimen end 3"), 0);
}

static void counts_handles(void)
{
    const struct conditions held = {.gate = "Sleep:1"};
    struct program *none = start_with("specimen open-handles 0", &held);
    wait_at_gate(none);
    unsigned without = count_handles(none, 4096);
    struct program *ten = start_with("specimen open-handles 10", &held);
    wait_at_gate(ten);
    unsigned with = count_handles(ten, 4096);
    if (with - without != HANDLES)
        fail_check("ten handles more", "%u and %u", without, with);
}

static void leaks(void)
{
    struct program *specimen = start("specimen leak");
    expect_end(specimen, 0);
    expect_no_leak(specimen);
}

static void closes_twice(void)
{
    struct program *specimen = start("specimen close-twice");
    expect_end(specimen, 0);
    expect_no_leak(specimen);
    expect_no_bad_close(specimen);
}

static void prints_errors(void)
{
    struct program *specimen = start_with(
        "specimen end",
        &(struct conditions){.fault = "NoSuchCall:1:5"});
    expect_end(specimen, 2);
    expect_no_errors(specimen);
}

static void waits_for_calls(void)
{
    struct program *specimen = start_with(
        "specimen open-handles 2",
        &(struct conditions){.gate = "CreateEventW:2,Sleep:1"});
    wait_at_gate_number(specimen, 0);
    unsigned long long size;
    const struct lens_record *first = wait_called(specimen, "CreateEventW", 1);
    if (count_calls(specimen, "CreateEventW") != 2
        || !call_argument(first, "manual", &size) || size != 1
        || call_argument(first, "size", &size))
        fail_check("the second of two events is held", "%s", first->in);
    open_gate_number(specimen, 0);
    wait_at_gate_number(specimen, 1);
    open_gate_number(specimen, 1);
    wait_inside(specimen, "Sleep", 1);
}

static void waits_in_vain(void)
{
    wait_called(start("specimen hang"), "ConnectNamedPipe", 1);
}

static void waits_for_what_never_comes(void)
{
    wait_inside(start("specimen end 0"), "ReadFile", 1);
}

static void ctrl_c_ends_it(void)
{
    struct program *specimen = start("specimen hang");
    wait_inside(specimen, "ConnectNamedPipe", 1);
    press_ctrl_c(specimen);
    expect_end(specimen, (DWORD)STATUS_CONTROL_C_EXIT);
}

#define PEERS L"\\\\.\\pipe\\pipework-judge"

static void peers_talk(void)
{
    const struct peer_pipe how = {
        .mode = PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE,
        .instances = 2,
        .buffer = 8};
    struct peer *server = create_peer_as(PEERS, &how);
    struct peer *client = connect_peer_as(
        PEERS,
        GENERIC_READ | GENERIC_WRITE,
        PIPE_READMODE_MESSAGE);
    accept_peer(server);
    if (try_connect(PEERS, GENERIC_READ) != ERROR_PIPE_BUSY)
        fail_check("the only instance is taken", "it is not");
    send_bytes(client, "ab", 2);
    send_bytes(client, "", 0);
    begin_send(client, "more than eight", 15);  // waits for the reader
    if (peek_peer(server) < 2)
        fail_check("two bytes wait", "%zu", peek_peer(server));
    expect_message(server, "ab", 2);
    expect_message(server, "", 0);
    expect_message(server, "more than eight", 15);
    finish_send(client);
    disconnect_peer(server);
    expect_close(client);
    close_peer(client);
    server = create_peer_as(PEERS, &how);
    connect_peer_waiting(PEERS);
    accept_peer(server);
}

static void peer_gets_another_message(void)
{
    struct peer *server =
        create_peer_as(PEERS, &(struct peer_pipe){.mode = PIPE_TYPE_MESSAGE});
    struct peer *client = connect_peer_as(
        PEERS,
        GENERIC_READ | GENERIC_WRITE,
        PIPE_READMODE_MESSAGE);
    accept_peer(server);
    send_bytes(server, "two", 3);
    expect_message(client, "one", 3);
}

/** Lets the specimen make a mistake that Wine forgives. */
static void forgives(const char *command_line)
{
    struct program *specimen =
        start_with(command_line, &(struct conditions){.gate = "Sleep:1"});
    if (strchr(command_line, '5') != NULL) {
        wait_at_gate(specimen);
        wait_inside(specimen, "ReadFile", 1);
        open_gate(specimen);
    }
    expect_end(specimen, 0);
    expect_right_on_windows(specimen);
}

static void forgives_0(void)
{
    forgives("specimen forgiven 0");
}

static void forgives_1(void)
{
    forgives("specimen forgiven 1");
}

static void forgives_2(void)
{
    forgives("specimen forgiven 2");
}

static void forgives_3(void)
{
    forgives("specimen forgiven 3");
}

static void forgives_4(void)
{
    forgives("specimen forgiven 4");
}

static void forgives_5(void)
{
    forgives("specimen forgiven 5");
}

static void forgives_6(void)
{
    forgives("specimen forgiven 6");
}

static void spins_for_long(void)
{
    likely("a cause of its own");
    expect_end(start("specimen spin"), 0);
}

static void rests(void)
{
    expect_line(start("specimen rest 600000"), "ready", 1);
}

static void polls(void)
{
    expect_line(start("specimen poll 0"), "ready", 1);
}

static void polls_without_a_pause(void)
{
    expect_line(start("specimen poll 1"), "ready", 1);
}

/** One stands for good, the other one for a while: that one is waited for. */
static void rests_beside_one_that_stands(void)
{
    struct program *stands = start("specimen hang");
    struct program *specimen = start("specimen rest 1000");
    wait_inside(stands, "ConnectNamedPipe", 1);
    expect_end(specimen, 0);
}

static void timer_goes_off(void)
{
    expect_end(start("specimen wait-for-timer 1000"), 0);
}

static void pool_goes_on(void)
{
    expect_end(start("specimen wait-for-pool 1000"), 0);
}

/** What the check does makes a program that stands move again. */
static void stands_until_something_is_done(void)
{
    struct program *specimen = start_with(
        "specimen end 0",
        &(struct conditions){.gate = "ExitProcess:1"});
    wait_at_gate(specimen);
    while (ms_until(scene_deadline()) > 0)
        Sleep(1);
    open_gate(specimen);
    expect_end(specimen, 0);
}

static void takes_memory(void)
{
    expect_line(start("specimen take-memory 600"), "ready", 1);
}

static void starts_children(void)
{
    expect_line(start("specimen start-children 80"), "ready", 1);
}

static void prints_controls(void)
{
    expect_line(start("specimen print-controls"), "ready", 1);
}

static void nobody_grasps_the_grader(void)
{
    expect_end(start("specimen grasp"), 0);
}

static const char FAILS[] = "ends otherwise";

static const struct check CHECKS[] = {
    {.name = "good", .run = good},
    {.name = "true exit code", .run = true_exit_code},
    {.name = "hangs", .run = hangs, .limit_ms = SHORT_MS},
    {.name = "spins", .run = spins, .limit_ms = SHORT_MS},
    {.name = "crashes", .run = crashes},
    {.name = "oversteps", .run = oversteps},
    {.name = "uses what is freed", .run = uses_what_is_freed},
    {.name = "loses memory", .run = loses_memory},
    {.name = "floods", .run = floods_for_ever, .limit_ms = SHORT_MS},
    {.name = "floods and ends", .run = floods_and_ends},
    {.name = "leaves a child", .run = leaves_a_child, .limit_ms = SHORT_MS},
    {.name = "leaves a quiet child", .run = leaves_a_quiet_child},
    {.name = "ends at once", .run = ends_at_once},
    {.name = FAILS, .run = ends_otherwise, .todo = 7},
    {.name = "counts handles", .run = counts_handles},
    {.name = "leaks", .run = leaks},
    {.name = "closes twice", .run = closes_twice},
    {.name = "prints errors", .run = prints_errors},
    {.name = "waits for calls", .run = waits_for_calls},
    {.name = "waits in vain", .run = waits_in_vain, .limit_ms = SHORT_MS},
    {.name = "waits for none", .run = waits_for_what_never_comes},
    {.name = "Ctrl+C ends it", .run = ctrl_c_ends_it},
    {.name = "peers talk", .run = peers_talk},
    {.name = "another message", .run = peer_gets_another_message},
    {.name = "forgiven 0", .run = forgives_0},
    {.name = "forgiven 1", .run = forgives_1},
    {.name = "forgiven 2", .run = forgives_2},
    {.name = "forgiven 3", .run = forgives_3},
    {.name = "forgiven 4", .run = forgives_4},
    {.name = "forgiven 5", .run = forgives_5},
    {.name = "forgiven 6", .run = forgives_6},
    {.name = "spins for long", .run = spins_for_long},
    {.name = "rests", .run = rests, .limit_ms = SHORT_MS},
    {.name = "polls", .run = polls, .limit_ms = SHORT_MS},
    {.name = "polls at once", .run = polls_without_a_pause},
    {.name = "rests beside one", .run = rests_beside_one_that_stands},
    {.name = "a timer", .run = timer_goes_off},
    {.name = "a pool", .run = pool_goes_on},
    {.name = "stands until", .run = stands_until_something_is_done},
    {.name = "takes memory", .run = takes_memory},
    {.name = "starts children", .run = starts_children},
    {.name = "prints controls", .run = prints_controls},
    {.name = "nobody grasps", .run = nobody_grasps_the_grader},
    {.name = "after a failure", .run = good, .needs = FAILS},
    {.name = "on Windows", .run = good, .needs_windows = true},
    {.name = "of another program", .run = good, .program = "other"},
};

int main(int argc, char *argv[])
{
    if (argc > 2 && strncmp(argv[argc - 1], "ms=", 3) == 0)
        grade_limit_ms = (unsigned)strtoul(argv[--argc] + 3, NULL, 10);
    return run_checks(argc, argv, "specimens", CHECKS, ARRAYSIZE(CHECKS));
}
