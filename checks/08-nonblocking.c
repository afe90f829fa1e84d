/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 08: a reader that looks, and a sender that never waits.
 *
 * Usage: `08-nonblocking FOLDER [LESSON-FOLDER]`
 *
 * Looks and pauses are counted in the record. The clock is asked only where a
 * program pauses in a way that the lens does not see.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/describe.h"
#include "checks/harness/expect.h"
#include "checks/harness/forgiven.h"
#include "checks/harness/looks.h"
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"
#include "checks/harness/servers.h"
#include "checks/harness/values.h"
#include "checks/harness/where.h"
#include "lessons/08-nonblocking/protocol.h"

/** How many looks in vain are watched; how long the patient ones may take; how
 * long one that pauses does surely not compute (a processor's time is told in
 * steps of some 10 ms). */
enum { WATCHED = 10, PATIENT_MS = 12000, COMPUTES_MS = 40 };

/** Starts a program with gates, waits for `ready` and comes as a sender. */
static struct program *meet_reader(
    const char *command_line, const char *gate, struct peer **sender)
{
    struct program *reader = start_serving(command_line, gate, NULL);
    *sender = connect_peer_as(PIPE_NAME, GENERIC_WRITE, 0);
    return reader;
}

/** Waits until the program is at one of its first two gates, or has ended;
 * returns whether it is at a gate. */
static bool stops_at_a_gate(struct program *program)
{
    /* Who is held at a gate has not ended. */
    HANDLE any[] = {
        program->gates[0].reached,
        program->process,
        program->gates[1].reached};
    DWORD which = wait_for_any(any, any[2] != NULL ? 3 : 2);
    if (which == WAIT_TIMEOUT)
        fail_late("it looks again, or ends");
    return which != WAIT_OBJECT_0 + 1;
}

/** Lets it go on from whichever gate it is at. */
static void open_gates(struct program *program)
{
    for (size_t i = 0; i < GATES_MAX; i++)
        if (program->gates[i].open != NULL)
            open_gate_number(program, i);
}

/** Expects that a program which pauses in a way that the lens does not see does
 * not compute meanwhile: lets it go on to the gates from @p later on. */
static void expect_rest(
    struct program *program, unsigned long long before_ms, size_t later)
{
    for (size_t i = 0; i < later; i++)
        open_gate_number(program, i);
    HANDLE any[] = {
        program->process,
        program->gates[later].reached,
        program->gates[later + 1].reached};
    wait_for_any(any, any[2] != NULL ? 3 : 2);
    unsigned long long all_ms = where_computed_ms(scene_view(), program);
    unsigned long long computed_ms =
        all_ms > before_ms ? all_ms - before_ms : 0;
    likely("a loop that asks the clock until its time is over is no pause: it "
           "keeps the processor as busy as looking does");
    if (computed_ms >= COMPUTES_MS)
        fail_check(
            "a pause in which the program does not compute",
            "%s looked, and computed for %llu ms between its looks; the lens "
            "has seen no call there that waits",
            program->name,
            computed_ms);
}

/** Expects that a program ended of its own will, patience used up. */
static void expect_given_up(
    struct program *program, const char *name, const char *other_name)
{
    char expected[120];
    snprintf(
        expected,
        sizeof expected,
        "%s gives up after %d looks in vain, with exit status 1",
        program->name,
        LOOKS_MAX);
    bool goes_on = stops_at_a_gate(program);
    unsigned looks = count_in_vain(program, name);
    if (other_name != NULL)
        looks += count_in_vain(program, other_name);
    if (goes_on)
        fail_check(expected, "it has looked %u times and goes on", looks);
    expect_end(program, EXIT_FAILURE);
    if (looks < LOOKS_MAX)
        fail_check(expected, "it gave up after %u looks in vain", looks);
    if (program->err.length == 0)
        fail_check(
            "a line on standard error says why",
            "%s ended with exit status 1 and said nothing",
            program->name);
    likely("giving up is no failure of a call, and what GetLastError says then "
           "means nothing: say in words of your own that nothing came, or "
           "that nobody reads, and not by die()");
    if (strstr(program->err.text, "(error ") != NULL)
        fail_program(program, "a line on standard error says why");
    likely(
        "the pauses grow without an end, and a line that comes now waits long: "
        "%d ms at most",
        LONGEST_MS);
    expect_pauses(program, name);
    if (other_name != NULL)
        expect_pauses(program, other_name);
}

/* The reader */

CHECK(
    says_ready_in_time,
    .name = "The reader says `ready` when a sender may come",
    .program = "reader", .read = READ_IT)
{
    expect_ready_in_time("reader wait 1", PIPE_NAME, GENERIC_WRITE);
}

CHECK(
    waits_inside_the_read, .name = "Waiting: one call, no looks",
    .program = "reader", .read = READ_IT, .needs = &says_ready_in_time)
{
    tried("started `reader wait 1`, sent \"one\" when it waited, and left");
    struct peer *sender;
    struct program *reader = meet_reader("reader wait 1", NULL, &sender);
    likely("form `wait` needs ReadFile alone: no pause, no look");
    wait_inside(reader, "ReadFile", 1);
    send_bytes(sender, "one\n", 4);
    expect_line(reader, "one", 1);
    close_peer(sender);
    expect_end(reader, EXIT_SUCCESS);
    if (count_calls(reader, "Sleep") != 0)
        fail_check("no pause", "the reader called Sleep");
}

/** Sends while the reader has not looked yet, and leaves. */
static void prints_what_is_there(const char *command_line, const char *gate)
{
    struct peer *sender;
    struct program *reader = meet_reader(command_line, gate, &sender);
    wait_at_gate(reader);
    send_bytes(sender, "one\ntwo\n", 8);
    close_peer(sender);
    open_gate(reader);
    expect_line(reader, "one", 1);
    expect_line(reader, "two", 1);
    expect_success(reader);
    likely("ReadFile says how many bytes came: print these, once. Whatever is "
           "behind them in the buffer is old");
    expect_output(reader, "ready\none\ntwo\nthe sender has left\n");
}

CHECK(
    nowait_prints_what_is_there, .name = "Polling: what is there is printed",
    .program = "reader", .todo = 3, .read = READ_IT,
    .needs = &says_ready_in_time)
{
    tried("started `reader nowait 1`; before it looked, sent \"one\" and "
          "\"two\" and left");
    likely("a pipe whose other side is gone still gives what was written: "
           "109 comes only behind the last byte, and it is the end, with exit "
           "status 0");
    prints_what_is_there("reader nowait 1", "SetNamedPipeHandleState:1");
}

CHECK(
    peek_prints_what_is_there, .name = "Peeking: what is there is printed",
    .program = "reader", .read = READ_IT, .needs = &says_ready_in_time)
{
    tried("started `reader peek 1`; before it looked, sent \"one\" and "
          "\"two\" and left");
    likely("PeekNamedPipe gives 109 only when nothing is left to be read: "
           "that is the end, with exit status 0");
    prints_what_is_there("reader peek 1", "PeekNamedPipe:1");
}

CHECK(
    nothing_yet_is_not_the_end,
    .name = "Polling: nothing yet is not the end (232)", .program = "reader",
    .todo = 3, .read = WRONG, .needs = &says_ready_in_time)
{
    tried("started `reader nowait 1`, let it look three times in vain, then "
          "sent \"late\"");
    struct peer *sender;
    likely("with PIPE_NOWAIT, ReadFile gives 232, ERROR_NO_DATA, when there "
           "is nothing yet. For a reader that is not the end: the end is 109");
    struct program *reader =
        meet_reader("reader nowait 1", "ReadFile:4,PeekNamedPipe:4", &sender);
    if (!stops_at_a_gate(reader))
        fail_program(reader, "it looks again after three looks in vain");
    send_bytes(sender, "late\n", 5);
    open_gates(reader);
    expect_line(reader, "late", 1);
}

CHECK(
    gone_is_the_end, .name = "Polling: gone is the end (109)",
    .program = "reader", .todo = 3, .read = WRONG,
    .needs = &nothing_yet_is_not_the_end)
{
    tried("started `reader nowait 1`, let it look three times in vain, then "
          "closed the sender's end");
    struct peer *sender;
    likely("109, ERROR_BROKEN_PIPE, means that nothing can come any more: "
           "stop looking, and end with exit status 0");
    struct program *reader =
        meet_reader("reader nowait 1", "ReadFile:4,PeekNamedPipe:4", &sender);
    if (!stops_at_a_gate(reader))
        fail_program(reader, "it looks again after three looks in vain");
    close_peer(sender);
    open_gates(reader);
    expect_end(reader, EXIT_SUCCESS);
    expect_tidy(reader);
}

CHECK(
    read_errors_count, .name = "Any other error of ReadFile is reported",
    .program = "reader", .todo = 3, .read = WRONG, .needs = &says_ready_in_time)
{
    tried("made ReadFile fail with error %s", other_error_text());
    likely("only 232 means \"nothing yet\", and only 109 the end: every other "
           "error has to be reported, by die(\"ReadFile\")");
    struct program *reader =
        start_held("reader nowait 1", "ConnectNamedPipe:1", "ReadFile:1:other");
    struct peer *sender = connect_peer_as(PIPE_NAME, GENERIC_WRITE, 0);
    send_bytes(sender, "one\n", 4);
    open_gate(reader);
    expect_failure(reader, "ReadFile", other_error());
}

/** Lets a program go on from where it has not looked yet; returns how long it
 * has computed up to there, in ms. */
static unsigned long long begin_looks(struct program *program, size_t gate)
{
    wait_at_gate_number(program, gate);
    unsigned long long computed_ms = where_computed_ms(scene_view(), program);
    open_gate_number(program, gate);
    return computed_ms;
}

#define NO_PAUSE                                                               \
    "without a pause the reader does nothing but look, as fast as it can. "    \
    "Sleep(0) is no pause: it returns at once when nobody else wants the "     \
    "processor"

CHECK(
    peek_pauses, .name = "Peeking: the reader pauses between looks",
    .program = "reader", .todo = 2, .read = "What a look costs",
    .needs = &says_ready_in_time)
{
    tried(
        "started `reader peek 1`, sent nothing, held it at the %dth look",
        WATCHED + 1);
    struct peer *sender;
    struct program *reader = meet_reader(
        "reader peek 1",
        "PeekNamedPipe:11,PeekNamedPipe:1,PeekNamedPipe:46",
        &sender);
    unsigned long long before_ms = begin_looks(reader, 1);
    wait_at_gate(reader);
    likely(NO_PAUSE);
    if (expect_pauses(reader, "PeekNamedPipe"))
        expect_rest(reader, before_ms, 2);
}

CHECK(
    nowait_pauses, .name = "Polling: the reader pauses between looks",
    .program = "reader", .todo = 2, .read = "What a look costs",
    .needs = &nothing_yet_is_not_the_end)
{
    tried(
        "started `reader nowait 1`, sent nothing, held it at the %dth look",
        WATCHED + 1);
    struct peer *sender;
    struct program *reader = meet_reader(
        "reader nowait 1",
        "ReadFile:11,PeekNamedPipe:11,SetNamedPipeHandleState:1,"
        "ReadFile:46,PeekNamedPipe:46",
        &sender);
    unsigned long long before_ms = begin_looks(reader, 2);
    if (!stops_at_a_gate(reader))
        fail_program(reader, "it looks again after ten looks in vain");
    likely(NO_PAUSE);
    bool unseen = expect_pauses(reader, "ReadFile");
    if (expect_pauses(reader, "PeekNamedPipe") || unseen)
        expect_rest(reader, before_ms, 3);
}

CHECK(
    peek_gives_up, .name = "Peeking: the reader gives up in the end",
    .slow = true, .program = "reader", .todo = 2, .read = READ_IT,
    .needs = &peek_pauses, .limit_ms = PATIENT_MS)
{
    tried("started `reader peek 1` and sent nothing at all");
    struct peer *sender;
    likely("nobody counts the looks in vain, or nobody acts on the number: "
           "after LOOKS_MAX of them the reader says so on standard error and "
           "ends with exit status 1");
    struct program *reader =
        meet_reader("reader peek 1", "PeekNamedPipe:80", &sender);
    expect_given_up(reader, "PeekNamedPipe", NULL);
}

CHECK(
    nowait_gives_up, .name = "Polling: the reader gives up in the end",
    .slow = true, .program = "reader", .todo = 2, .read = READ_IT,
    .needs = &nowait_pauses, .limit_ms = PATIENT_MS)
{
    tried("started `reader nowait 1` and sent nothing at all");
    struct peer *sender;
    likely("nobody counts the looks in vain, or nobody acts on the number: "
           "after LOOKS_MAX of them the reader says so on standard error and "
           "ends with exit status 1");
    struct program *reader =
        meet_reader("reader nowait 1", "ReadFile:80,PeekNamedPipe:80", &sender);
    expect_given_up(reader, "ReadFile", "PeekNamedPipe");
}

CHECK(
    the_last_look_counts, .name = "Polling: 109 at the last look is the end",
    .slow = true, .program = "reader", .todo = 3, .read = READ_IT,
    .needs = &nowait_gives_up, .limit_ms = PATIENT_MS)
{
    tried(
        "started `reader nowait 1`, let it look %d times in vain, and closed "
        "the sender's end before the next look",
        LOOKS_MAX - 1);
    struct peer *sender;
    likely("look at the code of ReadFile first: only 232 is a look in vain, "
           "which is counted and paused after. 109 is the end, and never a "
           "reason to give up");
    struct program *reader =
        meet_reader("reader nowait 1", "ReadFile:50,PeekNamedPipe:50", &sender);
    if (!stops_at_a_gate(reader))
        fail_program(reader, "it looks a 50th time");
    close_peer(sender);
    open_gates(reader);
    expect_success(reader);
}

CHECK(
    a_line_renews_patience, .name = "Polling: a line renews the patience",
    .slow = true, .program = "reader", .todo = 3, .read = READ_IT,
    .needs = &nowait_pauses, .limit_ms = PATIENT_MS)
{
    tried("started `reader nowait 1`, sent a line after 35 looks in vain and "
          "another one after 35 more");
    struct peer *sender;
    struct program *reader = meet_reader(
        "reader nowait 1",
        "ReadFile:36,PeekNamedPipe:36,ReadFile:72,PeekNamedPipe:72",
        &sender);
    likely("the looks in vain are counted in a row: whatever comes sets the "
           "number back to 0");
    if (!stops_at_a_gate(reader))
        fail_program(reader, "it looks again after 35 looks in vain");
    send_bytes(sender, "one\n", 4);
    open_gate_number(reader, 0);
    open_gate_number(reader, 1);
    expect_line(reader, "one", 1);
    HANDLE any[] = {
        reader->gates[2].reached,
        reader->gates[3].reached,
        reader->process};
    switch (wait_for_any(any, 3)) {
    case WAIT_TIMEOUT:
        fail_late("it looks again after 35 looks more");
    case WAIT_OBJECT_0 + 2:
        fail_program(reader, "it looks again after 35 looks more");
    }
    send_bytes(sender, "two\n", 4);
    open_gates(reader);
    expect_line(reader, "two", 1);
}

CHECK(
    quick_sender_is_read, .name = "A sender that was too quick is read (232)",
    .program = "reader", .read = READ_IT, .needs = &says_ready_in_time)
{
    tried("held the reader before ConnectNamedPipe; opened its pipe, sent "
          "\"quick\" and left meanwhile");
    likely("ConnectNamedPipe gives FALSE with 232, ERROR_NO_DATA: the sender "
           "has come and gone. What it wrote can be read");
    struct program *reader =
        start_held("reader wait 1", "ConnectNamedPipe:1", NULL);
    struct peer *sender = connect_peer_as(PIPE_NAME, GENERIC_WRITE, 0);
    send_bytes(sender, "quick\n", 6);
    close_peer(sender);
    open_gate(reader);
    expect_line(reader, "quick", 1);
    expect_end(reader, EXIT_SUCCESS);
}

CHECK(
    serves_the_next, .name = "The reader serves as many senders as told",
    .program = "reader", .read = READ_IT, .needs = &nowait_prints_what_is_there)
{
    tried("started `reader nowait 2` and came twice, one after the other");
    struct peer *sender;
    struct program *reader = meet_reader(
        "reader nowait 2",
        "SetNamedPipeHandleState:1,SetNamedPipeHandleState:2",
        &sender);
    likely("the reader ends after its first sender, or does not create the "
           "pipe again for the second");
    wait_at_gate(reader);
    send_bytes(sender, "first\n", 6);
    close_peer(sender);
    open_gate(reader);
    expect_line(reader, "first", 1);
    expect_line(reader, "ready", 2);
    sender = connect_peer_as(PIPE_NAME, GENERIC_WRITE, 0);
    wait_at_gate_number(reader, 1);
    send_bytes(sender, "second\n", 7);
    close_peer(sender);
    open_gate_number(reader, 1);
    expect_line(reader, "second", 1);
    expect_end(reader, EXIT_SUCCESS);
    expect_tidy(reader);
    likely("Wine forgives it, Windows does not");
    expect_right_on_windows(reader);
}

CHECK(
    remote_clients_are_refused,
    .name = "Clients on other computers are refused", .program = "reader",
    .needs = &says_ready_in_time)
{
    struct peer *sender;
    expect_local_only(meet_reader("reader wait 1", NULL, &sender));
}

CHECK(
    wrong_usage_of_reader, .name = "A wrong form or number is refused",
    .program = "reader")
{
    tried("started `reader`, `reader often` and `reader wait many`");
    likely("the reader does not look at its arguments");
    struct program *programs[] = {
        start("reader"),
        start("reader often"),
        start("reader wait many")};
    for (size_t i = 0; i < ARRAYSIZE(programs); i++)
        expect_end(programs[i], 2);
}

/* The sender */

/** Creates the pipe, starts the sender and accepts it. */
static struct program *meet_sender(
    const char *command_line, const char *gate, const char *fault,
    struct peer **reader)
{
    *reader =
        create_peer_as(PIPE_NAME, &(struct peer_pipe){.buffer = LINE_BYTES});
    struct program *sender = start_as(command_line, gate, fault);
    accept_peer(*reader);
    return sender;
}

CHECK(
    sends_every_line, .name = "The sender sends each message as a line",
    .program = "sender", .todo = 1, .read = READ_IT)
{
    tried("let `sender one 안녕` write to a reader with room");
    struct peer *reader;
    likely("the sender does not send each message as a line");
    struct program *sender =
        meet_sender("sender one 안녕", NULL, NULL, &reader);
    expect_bytes(reader, "one\n안녕\n", 11);
    expect_close(reader);
    expect_end(sender, EXIT_SUCCESS);
    expect_tidy(sender);
    expect_right_on_windows(sender);
}

CHECK(
    short_line_is_sent_alone, .name = "A line is sent without what lies behind",
    .program = "sender", .todo = 1, .read = READ_IT, .needs = &sends_every_line)
{
    tried("let `sender` write a line of 30 letters, then one of two");
    struct peer *reader;
    struct program *sender = meet_sender(
        "sender abcdefghijklmnopqrstuvwxyzabcd hi",
        NULL,
        NULL,
        &reader);
    likely("a line has no zero behind it, and there are older letters: how "
           "long it is, size says, and not strlen");
    expect_bytes(reader, "abcdefghijklmnopqrstuvwxyzabcd\nhi\n", 34);
    expect_close(reader);
    expect_end(sender, EXIT_SUCCESS);
}

/** Expects that no write offers more than what is left of the only line. */
static void expect_no_more_than_left(
    const struct program *sender, unsigned long long left)
{
    const struct lens_record *call;
    for (uint32_t at = 0; (call = next_call(sender, "WriteFile", &at));) {
        unsigned long long size = 0;
        call_argument(call, "size", &size);
        if (size > left)
            fail_check(
                "each WriteFile offers what is left of the line, and no more",
                "WriteFile number %u offers %llu bytes, where %llu are left",
                call->nth,
                size,
                left);
        left -= call->bytes;
    }
}

CHECK(
    a_part_is_gone_on_with, .name = "The sender goes on where a write stopped",
    .program = "sender", .todo = 1, .read = WRONG)
{
    tried("let each WriteFile of `sender hello` take one byte only, and say "
          "TRUE");
    struct peer *reader;
    struct program *sender =
        meet_sender("sender hello", NULL, "WriteFile:*:short", &reader);
    likely(
        "TRUE does not mean that all was written: with PIPE_NOWAIT it may be "
        "less, down to 0 bytes. Go on with what is left, from there");
    expect_bytes(reader, "hello\n", 6);
    expect_close(reader);
    expect_end(sender, EXIT_SUCCESS);
    expect_no_more_than_left(sender, 6);
}

/** A sender with ten lines of 500 bytes, for a reader that does not read:
 * more than a pipe of 512 bytes takes, and more than one that was rounded up
 * to a page. */
enum { LONG_LINES = 10, LONG_LINE = 500 };

static const char *long_command(void)
{
    static char command[sizeof "sender" + LONG_LINES * LONG_LINE];
    size_t used = (size_t)snprintf(command, sizeof command, "sender");
    for (int i = 0; i < LONG_LINES; i++) {
        command[used++] = ' ';
        memset(command + used, 'a' + i, LONG_LINE - 1);
        used += LONG_LINE - 1;
    }
    command[used] = '\0';
    return command;
}

/** What such a sender sends. */
static const char *long_lines(void)
{
    static char lines[LONG_LINES * LONG_LINE];
    for (int i = 0; i < LONG_LINES; i++) {
        memset(lines + i * LONG_LINE, 'a' + i, LONG_LINE - 1);
        lines[i * LONG_LINE + LONG_LINE - 1] = '\n';
    }
    return lines;
}

CHECK(
    pauses_while_it_is_full, .name = "The sender pauses while the pipe is full",
    .program = "sender", .todo = 1, .read = "What a look costs",
    .needs = &a_part_is_gone_on_with)
{
    tried("started `sender` with more than the pipe takes, read nothing, held "
          "it at the 30th write");
    struct peer *reader;
    struct program *sender = meet_sender(
        long_command(),
        "WriteFile:30,SetNamedPipeHandleState:1,WriteFile:48",
        NULL,
        &reader);
    unsigned long long before_ms = begin_looks(sender, 1);
    likely("a full pipe takes 0 bytes and says TRUE: no failure. Try again "
           "after a pause: not at once, nor by a write that waits, nor after a "
           "wait for the pipe, which may return at once");
    wait_at_gate(sender);
    if (expect_pauses(sender, "WriteFile"))
        expect_rest(sender, before_ms, 2);
}

CHECK(
    nothing_is_lost_when_full, .name = "Nothing is lost in a full pipe",
    .slow = true, .program = "sender", .todo = 1, .read = WRONG,
    .needs = &pauses_while_it_is_full)
{
    tried("started `sender` with more than the pipe takes, let it try 19 times "
          "and then read everything");
    struct peer *reader;
    struct program *sender =
        meet_sender(long_command(), "WriteFile:20", NULL, &reader);
    likely("what a full pipe did not take is sent twice, or not at all");
    wait_at_gate(sender);
    open_gate(sender);
    expect_bytes(reader, long_lines(), (size_t)LONG_LINES * LONG_LINE);
    expect_close(reader);
    expect_end(sender, EXIT_SUCCESS);
}

CHECK(
    sender_gives_up, .name = "The sender gives up when nobody reads",
    .slow = true, .program = "sender", .todo = 1, .read = READ_IT,
    .needs = &pauses_while_it_is_full, .limit_ms = PATIENT_MS)
{
    tried("started `sender` with more than the pipe takes, and never read");
    struct peer *reader;
    struct program *sender =
        meet_sender(long_command(), "WriteFile:95", NULL, &reader);
    likely("nobody counts the tries in vain: after LOOKS_MAX of them, one "
           "after another, the sender says so on standard error and ends with "
           "exit status 1");
    expect_given_up(sender, "WriteFile", NULL);
}

CHECK(
    a_byte_renews_patience, .name = "Each byte renews the sender's patience",
    .slow = true, .program = "sender", .todo = 1, .read = READ_IT,
    .needs = &pauses_while_it_is_full, .limit_ms = PATIENT_MS)
{
    tried("gave `sender` a pipe of 16 bytes that takes one byte a write, and "
          "read what it holds after 51 writes");
    likely("the tries in vain are counted in a row: a write that takes "
           "something, be it one byte, sets the number back to 0");
    char line[200], command[sizeof "sender " + sizeof line];
    memset(line, 'a', sizeof line);
    snprintf(
        command,
        sizeof command,
        "sender %.*s",
        (int)sizeof line - 1,
        line);
    struct peer *reader =
        create_peer_as(PIPE_NAME, &(struct peer_pipe){.buffer = 16});
    struct program *sender =
        start_as(command, "WriteFile:52,WriteFile:104", "WriteFile:*:short");
    accept_peer(reader);
    wait_at_gate(sender);
    expect_bytes(reader, line, peek_peer(reader));
    open_gate(sender);
    wait_at_gate_number(sender, 1);
}

CHECK(
    gone_is_noticed_when_full, .name = "A full pipe's reader has left (232)",
    .program = "sender", .todo = 1, .read = WRONG,
    .needs = &pauses_while_it_is_full)
{
    tried("started `sender` with more than the pipe takes, let it try 19 times "
          "and then closed the reader's end");
    struct peer *reader;
    struct program *sender =
        meet_sender(long_command(), "WriteFile:20", NULL, &reader);
    likely("a write that is tried again can fail like the first one: look at "
           "the result of each WriteFile, and report it by die(\"WriteFile\")");
    wait_at_gate(sender);
    close_peer(reader);
    open_gate(sender);
    expect_failure(sender, "WriteFile", ERROR_NO_DATA);
}

CHECK(
    gone_reader_is_noticed,
    .name = "The sender notices that the reader left (232)",
    .program = "sender", .todo = 1, .read = WRONG)
{
    tried("held `sender one two` before its second write, and closed the "
          "reader's end");
    struct peer *reader;
    struct program *sender =
        meet_sender("sender one two", "WriteFile:2", NULL, &reader);
    likely("WriteFile gives FALSE with 232, ERROR_NO_DATA: to a writer it "
           "means that the reader is gone. Report it, by die(\"WriteFile\")");
    wait_at_gate(sender);
    close_peer(reader);
    open_gate(sender);
    expect_failure(sender, "WriteFile", ERROR_NO_DATA);
}

CHECK(
    write_errors_count, .name = "Any other error of WriteFile is reported",
    .program = "sender", .todo = 1, .read = WRONG)
{
    tried("made WriteFile fail with error %s", other_error_text());
    struct peer *reader;
    struct program *sender =
        meet_sender("sender one", NULL, "WriteFile:1:other", &reader);
    likely("FALSE is a failure, and has to be reported by die(\"WriteFile\"): "
           "a full pipe says TRUE");
    expect_failure(sender, "WriteFile", other_error());
}

CHECK(
    missing_reader_is_named,
    .name = "The sender says so when there is no reader (2)",
    .program = "sender")
{
    tried("started `sender hello` without a reader");
    struct program *sender = start("sender hello");
    likely("the sender does not report the error of CreateFileW");
    expect_failure(sender, "CreateFileW", ERROR_FILE_NOT_FOUND);
}

CHECK(
    wrong_usage_of_sender, .name = "A sender without a message is refused",
    .program = "sender")
{
    tried("started `sender` without a message");
    likely("the sender does not look at its arguments");
    expect_end(start("sender"), 2);
}

CHECK(
    both_work_together, .name = "Reader and sender work together",
    .program = "sender", .read = "Run it",
    .needs = &nowait_prints_what_is_there)
{
    tried("let `sender one two` write to `reader nowait 1`, which is held "
          "before its first look meanwhile");
    struct program *reader =
        start_serving("reader nowait 1", "SetNamedPipeHandleState:1", NULL);
    struct program *sender = start("sender one two");
    likely("what one of them does to the pipe does not suit the other");
    wait_at_gate(reader);
    expect_end(sender, EXIT_SUCCESS);
    open_gate(reader);
    expect_end(reader, EXIT_SUCCESS);
    expect_line(reader, "one", 1);
    expect_line(reader, "two", 1);
}

/* The lesson's own table */

CHECK(
    states_tells_the_codes, .name = "The table of codes is true",
    .program = "states", .read = "Run it")
{
    tried("started `states`");
    likely("a code is told wrongly");
    static const char *const lines[] = {
        "nobody has come      ConnectNamedPipe FALSE  536 ERROR_PIPE_LISTENING",
        "a client is there    ConnectNamedPipe FALSE  535 ERROR_PIPE_CONNECTED",
        "nothing was written  ReadFile         FALSE  232 ERROR_NO_DATA",
        "the pipe has room    WriteFile        TRUE   256 of 256 bytes",
        "the client has left  WriteFile        FALSE  232 ERROR_NO_DATA",
        "the client has left  ReadFile         FALSE  109 ERROR_BROKEN_PIPE",
        "the client has left  ConnectNamedPipe FALSE  232 ERROR_NO_DATA",
    };
    struct program *states = start("states");
    expect_end(states, EXIT_SUCCESS);
    for (size_t i = 0; i < ARRAYSIZE(lines); i++)
        expect_line(states, lines[i], 1);
    likely("a handle is not closed, or closed twice");
    expect_no_leak(states);
}

static const struct check *const CHECKS[] = {
    &says_ready_in_time,
    &waits_inside_the_read,
    &nowait_prints_what_is_there,
    &peek_prints_what_is_there,
    &nothing_yet_is_not_the_end,
    &gone_is_the_end,
    &read_errors_count,
    &peek_pauses,
    &nowait_pauses,
    &peek_gives_up,
    &nowait_gives_up,
    &the_last_look_counts,
    &a_line_renews_patience,
    &quick_sender_is_read,
    &serves_the_next,
    &remote_clients_are_refused,
    &wrong_usage_of_reader,
    &sends_every_line,
    &short_line_is_sent_alone,
    &a_part_is_gone_on_with,
    &pauses_while_it_is_full,
    &nothing_is_lost_when_full,
    &sender_gives_up,
    &a_byte_renews_patience,
    &gone_is_noticed_when_full,
    &gone_reader_is_noticed,
    &write_errors_count,
    &missing_reader_is_named,
    &wrong_usage_of_sender,
    &both_work_together,
    &states_tells_the_codes,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "08-nonblocking", CHECKS);
}
