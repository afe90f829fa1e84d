/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades specimens; checks/project/harness.t looks at the verdicts.
 *
 * Usage: `judge FOLDER [LESSON-FOLDER [GRADERS]] [ms=NUMBER]`: all together in
 * so much time.
 */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/expect.h"
#include "checks/harness/forgiven.h"
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"

/** A part of a second: these checks are meant to run out of time. */
enum { SHORT_MS = 700, HANDLES = 10 };

CHECK(good, .name = "good")
{
    struct program *specimen = start("specimen end 0");
    expect_line(specimen, "ready", 1);
    expect_end(specimen, 0);
    expect_no_errors(specimen);
}

CHECK(true_exit_code, .name = "true exit code")
{
    expect_end(start("specimen end 3000000000"), 3000000000u);
}

CHECK(hangs, .name = "hangs", .limit_ms = SHORT_MS)
{
    expect_line(start("specimen hang"), "ready", 1);
}

CHECK(spins, .name = "spins", .limit_ms = SHORT_MS)
{
    expect_end(start("specimen spin"), 0);
}

CHECK(crashes, .name = "crashes")
{
    expect_end(start("specimen crash 0x10"), 0);
}

/** One byte too far does no harm that can be seen. */
CHECK(oversteps, .name = "oversteps")
{
    expect_end(start("specimen overstep 1"), 0);
}

CHECK(uses_what_is_freed, .name = "uses what is freed")
{
    expect_end(start("specimen touch 5"), 0);
}

CHECK(loses_memory, .name = "loses memory")
{
    struct program *program = start("specimen lose 30");
    expect_end(program, 0);
    expect_no_leak(program);
}

CHECK(floods_for_ever, .name = "floods", .limit_ms = SHORT_MS)
{
    expect_line(start("specimen flood 0"), "ready", 1);
}

CHECK(floods_and_ends, .name = "floods and ends")
{
    struct program *specimen = start("specimen flood 4000");
    expect_end(specimen, 0);
    if (specimen->out.length != OUTPUT_LIMIT || specimen->out.lost == 0)
        fail_check("64 KiB are kept", "%zu bytes", specimen->out.length);
}

CHECK(leaves_a_child, .name = "leaves a child", .limit_ms = SHORT_MS)
{
    expect_end(start("specimen leave-child 0"), 0);
}

CHECK(leaves_a_quiet_child, .name = "leaves a quiet child")
{
    expect_end(start("specimen leave-child 1"), 0);
}

CHECK(ends_at_once, .name = "ends at once")
{
    expect_line(start("specimen end-at-once"), "ready", 1);
}

CHECK(ends_otherwise, .name = "ends otherwise", .todo = 7)
{
    expect_end(start("specimen end 3"), 0);
}

CHECK(counts_handles, .name = "counts handles")
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

CHECK(leaks, .name = "leaks")
{
    struct program *specimen = start("specimen leak");
    expect_end(specimen, 0);
    expect_no_leak(specimen);
}

CHECK(closes_twice, .name = "closes twice")
{
    struct program *specimen = start("specimen close-twice");
    expect_end(specimen, 0);
    expect_no_leak(specimen);
    expect_no_bad_close(specimen);
}

CHECK(prints_errors, .name = "prints errors")
{
    struct program *specimen = start_with(
        "specimen end",
        &(struct conditions){.fault = "NoSuchCall:1:5"});
    expect_end(specimen, 2);
    expect_no_errors(specimen);
}

CHECK(waits_for_calls, .name = "waits for calls")
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

CHECK(waits_in_vain, .name = "waits in vain", .limit_ms = SHORT_MS)
{
    wait_called(start("specimen hang"), "ConnectNamedPipe", 1);
}

CHECK(waits_for_itself, .name = "waits for itself", .limit_ms = SHORT_MS)
{
    expect_line(start("specimen read-own-pipe"), "ready", 1);
}

CHECK(waits_for_what_never_comes, .name = "waits for none")
{
    wait_inside(start("specimen end 0"), "ReadFile", 1);
}

CHECK(ctrl_c_ends_it, .name = "Ctrl+C ends it")
{
    struct program *specimen = start("specimen hang");
    wait_inside(specimen, "ConnectNamedPipe", 1);
    press_ctrl_c(specimen);
    expect_end(specimen, (DWORD)STATUS_CONTROL_C_EXIT);
}

#define PEERS L"\\\\.\\pipe\\pipework-judge"

CHECK(peers_talk, .name = "peers talk")
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

CHECK(peer_gets_another_message, .name = "another message")
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

CHECK(forgives_0, .name = "forgiven 0")
{
    forgives("specimen forgiven 0");
}

CHECK(forgives_1, .name = "forgiven 1")
{
    forgives("specimen forgiven 1");
}

CHECK(forgives_2, .name = "forgiven 2")
{
    forgives("specimen forgiven 2");
}

CHECK(forgives_3, .name = "forgiven 3")
{
    forgives("specimen forgiven 3");
}

CHECK(forgives_4, .name = "forgiven 4")
{
    forgives("specimen forgiven 4");
}

CHECK(forgives_5, .name = "forgiven 5")
{
    forgives("specimen forgiven 5");
}

CHECK(forgives_6, .name = "forgiven 6")
{
    forgives("specimen forgiven 6");
}

CHECK(spins_for_long, .name = "spins for long")
{
    likely("a cause of its own");
    expect_end(start("specimen spin"), 0);
}

CHECK(rests, .name = "rests", .limit_ms = SHORT_MS)
{
    expect_line(start("specimen rest 600000"), "ready", 1);
}

CHECK(polls, .name = "polls", .limit_ms = SHORT_MS)
{
    expect_line(start("specimen poll 0"), "ready", 1);
}

CHECK(polls_without_a_pause, .name = "polls at once")
{
    expect_line(start("specimen poll 1"), "ready", 1);
}

/** One stands for good, the other one for a while: that one is waited for. */
CHECK(rests_beside_one_that_stands, .name = "rests beside one")
{
    struct program *stands = start("specimen hang");
    struct program *specimen = start("specimen rest 1000");
    wait_inside(stands, "ConnectNamedPipe", 1);
    expect_end(specimen, 0);
}

CHECK(timer_goes_off, .name = "a timer")
{
    expect_end(start("specimen wait-for-timer 1000"), 0);
}

CHECK(pool_goes_on, .name = "a pool")
{
    expect_end(start("specimen wait-for-pool 1000"), 0);
}

/** What the check does makes a program that stands move again. */
CHECK(stands_until_something_is_done, .name = "stands until")
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

CHECK(takes_memory, .name = "takes memory")
{
    expect_line(start("specimen take-memory 600"), "ready", 1);
}

CHECK(starts_children, .name = "starts children")
{
    expect_line(start("specimen start-children 80"), "ready", 1);
}

CHECK(prints_controls, .name = "prints controls")
{
    expect_line(start("specimen print-controls"), "ready", 1);
}

CHECK(nobody_grasps_the_grader, .name = "nobody grasps")
{
    expect_end(start("specimen grasp"), 0);
}

CHECK(after_a_failure, .name = "after a failure", .needs = &ends_otherwise)
{
    run_good();
}

CHECK(on_windows, .name = "on Windows", .needs_windows = true)
{
    run_good();
}

CHECK(oversteps_again, .name = "oversteps again")
{
    expect_end(start("specimen overstep 1"), 0);
}

CHECK(of_another_program, .name = "of another program", .program = "other")
{
    run_good();
}

static const struct check *const CHECKS[] = {
    &good,
    &true_exit_code,
    &hangs,
    &spins,
    &crashes,
    &oversteps,
    &uses_what_is_freed,
    &loses_memory,
    &floods_for_ever,
    &floods_and_ends,
    &leaves_a_child,
    &leaves_a_quiet_child,
    &ends_at_once,
    &ends_otherwise,
    &counts_handles,
    &leaks,
    &closes_twice,
    &prints_errors,
    &waits_for_calls,
    &waits_in_vain,
    &waits_for_itself,
    &waits_for_what_never_comes,
    &ctrl_c_ends_it,
    &peers_talk,
    &peer_gets_another_message,
    &forgives_0,
    &forgives_1,
    &forgives_2,
    &forgives_3,
    &forgives_4,
    &forgives_5,
    &forgives_6,
    &spins_for_long,
    &rests,
    &polls,
    &polls_without_a_pause,
    &rests_beside_one_that_stands,
    &timer_goes_off,
    &pool_goes_on,
    &stands_until_something_is_done,
    &takes_memory,
    &starts_children,
    &prints_controls,
    &nobody_grasps_the_grader,
    &after_a_failure,
    &on_windows,
    &oversteps_again,
    &of_another_program,
    NULL,
};

int main(int argc, char *argv[])
{
    if (argc > 2 && strncmp(argv[argc - 1], "ms=", 3) == 0)
        grade_limit_ms = (unsigned)strtoul(argv[--argc] + 3, NULL, 10);
    return run_checks(argc, argv, "specimens", CHECKS);
}
