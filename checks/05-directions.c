/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 05: one-way pipes.
 *
 * Usage: `05-directions FOLDER [LESSON-FOLDER]`
 */
#include <stdbool.h>
#include <stdio.h>
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
#include "lessons/05-directions/protocol.h"

/* Whether a writer or the collector is first is luck. Where a check is not
 * about that, 535 is taken for a success: it is for another check to find. So
 * is a program that asks for the code behind a success: it gets 535, too. */
#define NO_RACE "ConnectNamedPipe:*:pass=535"
#define CALM    NO_RACE ",ConnectNamedPipe:*:leave=535"

/** Buffers that no program can know by heart, in bytes. */
enum { SMALL = 64, LARGE = 4096, ROOM_MAX = 20000 };

/** Starts a server and waits until a client may come. */
static struct program *start_ready(const char *command_line)
{
    return start_until_ready(command_line, &(struct conditions){.fault = CALM});
}

/** Comes as a client, as soon as an instance is free. */
static struct peer *come(const wchar_t *name, DWORD access)
{
    /* If the server has ended, the wait fails at once, and so does the rest.
     * One is added because 0 would mean the pipe's default time-out. */
    WaitNamedPipeW(scene_name(name), ms_until(scene_deadline()) + 1);
    return connect_peer_as(name, access, 0);
}

/** Writes a line to the collector. */
static void write_line(struct peer *writer, const char *line)
{
    send_bytes(writer, line, strlen(line));
}

/** The check's own end in the place of the collector or the ticker. */
static struct peer *serve(const wchar_t *name, DWORD access, DWORD buffer)
{
    return create_peer_as(
        name,
        &(struct peer_pipe){.access = access, .buffer = buffer});
}

CHECK(
    says_ready_in_time, .name = "The collector says `ready` when one may come",
    .read = READ_IT)
{
    expect_ready_in_time("collector 1", LOG_PIPE, GENERIC_WRITE);
}

CHECK(
    collects, .name = "The collector prints each line it gets", .read = READ_IT,
    .needs = &says_ready_in_time)
{
    tried("came as a writer with two lines, then as a second one with one");
    struct program *collector = start_ready("collector 2");
    likely("the collector does not print what it reads, or does not make an "
           "instance for the next writer");
    struct peer *writer = come(LOG_PIPE, GENERIC_WRITE);
    write_line(writer, "one\n");
    expect_line(collector, "one", 1);
    write_line(writer, "two\n");
    expect_line(collector, "two", 1);
    close_peer(writer);
    writer = come(LOG_PIPE, GENERIC_WRITE);
    write_line(writer, "three\n");
    expect_line(collector, "three", 1);
    close_peer(writer);
    expect_end(collector, EXIT_SUCCESS);
    expect_output(collector, "ready\none\ntwo\nthree\n");
    likely("a handle is not closed, or closed twice");
    expect_no_leak(collector);
    expect_no_bad_close(collector);
    expect_right_on_windows(collector);
}

CHECK(
    hears_the_writers_only, .name = "The collector's pipe goes one way only",
    .read = READ_IT, .needs = &says_ready_in_time)
{
    unsigned long long open = 0, mode = 0;
    tried("looked at the arguments of CreateNamedPipeW, and opened the pipe "
          "for reading and writing");
    struct program *collector = start_ready("collector 1");
    likely("the collector's pipe is to be PIPE_ACCESS_INBOUND, and without "
           "PIPE_REJECT_REMOTE_CLIENTS (0x8) other computers may write, too");
    const struct lens_record *call =
        find_call(collector, "CreateNamedPipeW", 1);
    call_argument(call, "open", &open);
    call_argument(call, "mode", &mode);
    if ((open & PIPE_ACCESS_DUPLEX) != PIPE_ACCESS_INBOUND)
        fail_check("an inbound pipe", "the open mode is 0x%llx", open);
    if ((mode & PIPE_REJECT_REMOTE_CLIENTS) == 0)
        fail_check("PIPE_REJECT_REMOTE_CLIENTS", "the mode is 0x%llx", mode);
    DWORD error = try_connect(LOG_PIPE, GENERIC_READ | GENERIC_WRITE);
    if (error != ERROR_ACCESS_DENIED)
        fail_check("error 5", "the check's CreateFileW gave %lu", error);
}

CHECK(
    writer_wins_the_race, .name = "A writer that comes early is heard (535)",
    .todo = 4, .read = WRONG, .needs = &collects)
{
    tried("held the collector before ConnectNamedPipe, came as a writer "
          "meanwhile, let it go on and wrote a line");
    struct program *collector = start_with(
        "collector 1",
        &(struct conditions){.gate = "ConnectNamedPipe:1"});
    wait_at_gate(collector);
    struct peer *writer = connect_peer_as(LOG_PIPE, GENERIC_WRITE, 0);
    likely("ConnectNamedPipe gives FALSE with error 535, "
           "ERROR_PIPE_CONNECTED, when the writer came first. The pipe is "
           "connected: go on");
    open_gate(collector);
    wait_called(collector, "ConnectNamedPipe", 1);
    write_line(writer, "early\n");
    expect_line(collector, "early", 1);
}

/** Expects a line among what the collector has printed up to now. */
static void expect_kept(struct program *collector, const char *line)
{
    if (strstr(collector->out.text, line) == NULL)
        fail_program(collector, "the line of the writer that left is printed");
}

CHECK(
    keeps_the_line, .name = "A writer that left is heard (232)", .todo = 4,
    .read = WRONG, .needs = &collects)
{
    tried("held the collector before ConnectNamedPipe; meanwhile a writer "
          "wrote \"short visit\" and left. Then another one came");
    struct program *collector = start_with(
        "collector 2",
        &(struct conditions){.gate = "ConnectNamedPipe:1", .fault = CALM});
    wait_at_gate(collector);
    struct peer *writer = connect_peer_as(LOG_PIPE, GENERIC_WRITE, 0);
    likely("ConnectNamedPipe gives FALSE with error 232, ERROR_NO_DATA, when "
           "the writer has left. What it wrote is still there, until the "
           "instance is disconnected or closed: read it");
    write_line(writer, "short visit\n");
    close_peer(writer);
    open_gate(collector);
    writer = come(LOG_PIPE, GENERIC_WRITE);
    write_line(writer, "later\n");
    expect_line(collector, "later", 1);
    expect_kept(collector, "short visit\n");
    close_peer(writer);
    likely("the writer that left counts like any other: the collector was "
           "told to end after two");
    expect_end(collector, EXIT_SUCCESS);
    expect_output(collector, "ready\nshort visit\nlater\n");
    likely("a handle is not closed, or closed twice");
    expect_no_leak(collector);
}

CHECK(
    keeps_lines_while_busy, .name = "One that comes meanwhile is heard, too",
    .todo = 4, .read = WRONG, .needs = &keeps_the_line)
{
    tried("came as a writer and stayed; meanwhile a second one wrote two "
          "lines and left");
    struct program *collector = start_ready("collector 2");
    likely("a writer can come, write and leave while the collector reads "
           "another one. Its lines wait in the next instance");
    struct peer *first = come(LOG_PIPE, GENERIC_WRITE);
    wait_called(collector, "CreateNamedPipeW", 2);
    struct peer *second = come(LOG_PIPE, GENERIC_WRITE);
    write_line(second, "second, one\n");
    write_line(second, "second, two\n");
    close_peer(second);
    write_line(first, "first\n");
    close_peer(first);
    expect_end(collector, EXIT_SUCCESS);
    expect_output(collector, "ready\nfirst\nsecond, one\nsecond, two\n");
}

CHECK(
    empty_visit_does_no_harm, .name = "One that leaves nothing does no harm",
    .todo = 4, .read = WRONG, .needs = &keeps_the_line)
{
    tried("held the collector before ConnectNamedPipe; meanwhile a writer "
          "came and left without a word. Then another one came");
    struct program *collector = start_with(
        "collector 2",
        &(struct conditions){.gate = "ConnectNamedPipe:1", .fault = CALM});
    wait_at_gate(collector);
    likely("not every writer that left has left a line: the first ReadFile "
           "may fail with 109. That is its end, not a failure");
    close_peer(connect_peer_as(LOG_PIPE, GENERIC_WRITE, 0));
    open_gate(collector);
    struct peer *writer = come(LOG_PIPE, GENERIC_WRITE);
    write_line(writer, "later\n");
    expect_line(collector, "later", 1);
}

CHECK(
    success_is_a_success, .name = "A success of ConnectNamedPipe is one",
    .todo = 4, .read = WRONG, .needs = &collects)
{
    tried("let ConnectNamedPipe succeed, with an old code, 997, behind it");
    struct program *collector = start_with(
        "collector 1",
        &(struct conditions){.fault = NO_RACE ",ConnectNamedPipe:*:leave=997"});
    expect_line(collector, "ready", 1);
    likely("the collector asks GetLastError without looking at the result: "
           "after a success the code means nothing");
    struct peer *writer = come(LOG_PIPE, GENERIC_WRITE);
    write_line(writer, "hello\n");
    expect_line(collector, "hello", 1);
}

CHECK(
    other_connect_errors_count,
    .name = "Any other error of ConnectNamedPipe is reported", .todo = 4,
    .read = WRONG)
{
    struct program *collector = expect_reported(
        "collector 1",
        "ConnectNamedPipe",
        "1",
        "only 535 and 232 mean that there was a writer: every other error has to be reported, by die(\"ConnectNamedPipe\")");
    if (count_calls(collector, "ReadFile") > 0)
        fail_check("the collector ends there", "it goes on, and reads");
}

CHECK(
    read_errors_count, .name = "Any other error of ReadFile is reported",
    .read = READ_IT, .needs = &says_ready_in_time)
{
    tried("made ReadFile fail with error %s", other_error_text());
    struct program *collector = start_with(
        "collector 1",
        &(struct conditions){.fault = CALM ",ReadFile:1:other"});
    expect_line(collector, "ready", 1);
    connect_peer_as(LOG_PIPE, GENERIC_WRITE, 0);
    likely("only 109 is the end of what a writer sends: any other error has "
           "to be reported, by die(\"ReadFile\")");
    expect_failure(collector, "ReadFile", other_error());
}

CHECK(
    unfinished_line_stays_alone, .name = "A line that was cut off stays alone",
    .read = READ_IT, .needs = &collects)
{
    tried("wrote a line without its end and left, then came with another");
    struct program *collector = start_ready("collector 2");
    likely("the collector does not end the line of a writer that left");
    struct peer *writer = come(LOG_PIPE, GENERIC_WRITE);
    wait_called(collector, "ConnectNamedPipe", 1);
    write_line(writer, "cut o");
    close_peer(writer);
    expect_line(collector, "cut o", 1);
    writer = come(LOG_PIPE, GENERIC_WRITE);
    write_line(writer, "next\n");
    expect_line(collector, "next", 1);
}

CHECK(wrong_count_is_refused, .name = "A wrong number of writers is refused")
{
    expect_refused("collector many,collector -1");
}

/** Waits until the client has tried to open the pipe, and names a cause only
 * where it was turned away: what fails behind that has another one. */
static void if_turned_away(struct program *client, const char *cause)
{
    const struct lens_record *call = wait_called(client, "CreateFileW", 1);
    if (call->error == ERROR_ACCESS_DENIED)
        likely("%s", cause);
}

static const struct check the_size_is_asked_for;  // stands further down

CHECK(
    log_client_is_let_in, .name = "The log client is let in (5)", .todo = 1,
    .program = "client", .read = WRONG, .needs = &the_size_is_asked_for)
{
    tried("let `client log hello` write to an inbound pipe");
    struct peer *server = serve(LOG_PIPE, PIPE_ACCESS_INBOUND, 0);
    struct program *client = start("client log hello 안녕");
    if_turned_away(
        client,
        "the server reads only (PIPE_ACCESS_INBOUND), so a client may ask "
        "for GENERIC_WRITE, and not for GENERIC_READ: error 5");
    expect_end(client, EXIT_SUCCESS);
    expect_bytes(server, "hello\n안녕\n", 13);
    expect_close(server);
    likely("a handle is not closed, or closed twice");
    expect_no_leak(client);
    expect_right_on_windows(client);
}

/** The rights that a call of CreateFileW asks for. */
static DWORD rights_of(const struct program *client, uint32_t nth)
{
    unsigned long long access = 0;
    if (!call_argument(
            find_call(client, "CreateFileW", nth),
            "access",
            &access))
        fail_check("the client opens the pipe by CreateFileW", "no such call");
    return (DWORD)access;
}

/** Expects that no right is asked for but those of @p useful. */
static void expect_no_more(const struct program *client, DWORD useful)
{
    for (uint32_t i = 1; i <= count_calls(client, "CreateFileW"); i++) {
        DWORD rights = rights_of(client, i);
        if ((rights & ~useful) != 0)
            fail_check(
                "CreateFileW asks for what the client does, no more",
                "it asks for 0x%lx, of which 0x%lx is too much",
                rights,
                rights & ~useful);
    }
}

/** Lets the client write one line, and waits for its end. */
static struct program *log_a_line(void)
{
    serve(LOG_PIPE, PIPE_ACCESS_INBOUND, 0);
    struct program *client = start("client log hello");
    expect_end(client, EXIT_SUCCESS);
    return client;
}

CHECK(
    log_client_asks_for_no_more, .name = "The log client asks for no more",
    .todo = 1, .program = "client", .read = WRONG,
    .needs = &log_client_is_let_in)
{
    tried("looked at the second argument of CreateFileW");
    struct program *client = log_a_line();
    likely("this client writes, and asks for the pipe's buffer: "
           "GENERIC_WRITE and FILE_READ_ATTRIBUTES are all that it needs. "
           "(Wine opens with GENERIC_ALL, too)");
    expect_no_more(
        client,
        GENERIC_WRITE | FILE_GENERIC_WRITE | FILE_READ_ATTRIBUTES);
}

/** Where the size of a buffer stands in what GetNamedPipeInfo gave, or NULL. */
static const char *find_size(const char *told)
{
    const char *size = strstr(told, "out=");
    return size != NULL ? size : strstr(told, "in=");
}

CHECK(
    the_size_is_asked_for, .name = "GetNamedPipeInfo is asked for a size",
    .todo = 2, .program = "client", .read = READ_IT)
{
    tried("let `client log x` write, and looked at the arguments of "
          "GetNamedPipeInfo");
    serve(LOG_PIPE, PIPE_ACCESS_INBOUND, 0);
    struct program *client = start("client log x");
    DWORD status;
    wait_for_scene_end(client, &status);
    /* Whether it is called at all is for another check. */
    const struct lens_record *call = find_call(client, "GetNamedPipeInfo", 1);
    likely("its second argument gets the flags of the pipe; the sizes of the "
           "buffers go to the third (out) and the fourth (in)");
    if (call != NULL && call->t1 != 0 && call->error == 0
        && find_size(call->out) == NULL)
        fail_check(
            "GetNamedPipeInfo is asked for the size of a buffer",
            "it was asked for nothing but this: \"%s\"",
            call->out);
}

/** The size of the buffer that the client was told. */
static size_t room_of(const struct program *client)
{
    const struct lens_record *call = find_call(client, "GetNamedPipeInfo", 1);
    const char *told = call != NULL ? call->out : "";
    if (call == NULL)
        fail_check(
            "the client asks for the buffer's size by GetNamedPipeInfo",
            "no such call");
    const char *size = find_size(told);
    unsigned long room =
        size != NULL ? strtoul(strchr(size, '=') + 1, NULL, 10) : 0;
    if (room < 2 || room > ROOM_MAX)
        fail_check("the size of a buffer", "the call gave: \"%s\"", told);
    return room;
}

/** Finds out what size a client is told of a buffer. */
static size_t find_room(DWORD buffer)
{
    struct peer *server = serve(LOG_PIPE, PIPE_ACCESS_INBOUND, buffer);
    struct program *client = start("client log x");
    expect_end(client, EXIT_SUCCESS);
    close_peer(server);
    return room_of(client);
}

/** Lets a client log @p first, then @p count lines of @p letters letters. */
static struct program *start_long(
    const char *first, unsigned count, size_t letters)
{
    static char command[2 * ROOM_MAX];
    size_t used =
        (size_t)snprintf(command, sizeof command, "client log%s", first);
    for (unsigned i = 0; i < count; i++) {
        command[used++] = ' ';
        memset(command + used, 'x', letters);
        used += letters;
    }
    command[used] = '\0';
    return start(command);
}

/** Waits until the client writes (true) or has ended (false). */
static bool writes(struct program *client)
{
    while (is_running(client) && ms_until(scene_deadline()) > 0) {
        if (count_calls(client, "WriteFile") > 0)
            return true;
        Sleep(1);
    }
    return count_calls(client, "WriteFile") > 0;
}

CHECK(
    long_line_is_refused, .name = "A line that does not fit is refused",
    .todo = 2, .program = "client", .read = WRONG,
    .needs = &log_client_is_let_in)
{
    tried("gave the pipe a small buffer, and `client log` a line that needs "
          "one byte more");
    size_t room = find_room(SMALL);
    serve(LOG_PIPE, PIPE_ACCESS_INBOUND, SMALL);
    likely("a write that does not fit waits until the server reads. The size "
           "is what GetNamedPipeInfo says, not what a header says, and the "
           "line's end counts");
    struct program *client = start_long("", 1, room);
    if (writes(client))
        fail_check(
            "the client refuses the line, with exit status 2",
            "it writes it: %zu bytes and the line's end, into a buffer of "
            "%zu",
            room,
            room);
    likely("what is refused is wrong usage: exit status 2, EXIT_USAGE of "
           "common/error.h");
    expect_end(client, 2);
}

CHECK(
    refusal_is_reported, .name = "The refusal is reported", .todo = 2,
    .program = "client", .read = READ_IT, .needs = &long_line_is_refused)
{
    tried("gave the pipe a small buffer, and `client log` a line that needs "
          "one byte more");
    size_t room = find_room(SMALL);
    serve(LOG_PIPE, PIPE_ACCESS_INBOUND, SMALL);
    likely("the client refuses the line and does not say so, or says it on "
           "standard output, where nobody looks for errors");
    struct program *client = start_long("", 1, room);
    expect_end(client, 2);
    if (client->err.length == 0)
        fail_program(client, "a line on standard error");
    likely("one line is asked for, and no second one, nor the refused line "
           "itself");
    if (strcspn(client->err.text, "\n") + 1 < client->err.length)
        fail_program(client, "one line on standard error");
}

CHECK(
    second_line_is_looked_at, .name = "The second line is looked at, too",
    .todo = 2, .program = "client", .read = READ_IT,
    .needs = &long_line_is_refused)
{
    tried("gave the pipe a small buffer, and `client log` a short line, then "
          "one that needs one byte more than the buffer has");
    size_t room = find_room(SMALL);
    serve(LOG_PIPE, PIPE_ACCESS_INBOUND, SMALL);
    likely("not only the first line may be too long. All are looked at "
           "before one is written: what is refused leaves nothing behind");
    struct program *client = start_long(" x", 1, room);
    if (writes(client))
        fail_check("exit status 2, and nothing written", "it writes");
    likely("not only the first line may be too long, and each refusal ends "
           "with exit status 2");
    expect_end(client, 2);
}

/** Lets a client log a line that fills the buffer to the last byte. */
static void expect_fit(DWORD buffer)
{
    static char line[ROOM_MAX + 1];
    size_t room = find_room(buffer);
    struct peer *server = serve(LOG_PIPE, PIPE_ACCESS_INBOUND, buffer);
    expect_end(start_long("", 1, room - 1), EXIT_SUCCESS);
    memset(line, 'x', room - 1);
    line[room - 1] = '\n';
    expect_bytes(server, line, room);
}

CHECK(
    fitting_line_is_sent, .name = "A line that just fits is sent", .todo = 2,
    .program = "client", .read = WRONG, .needs = &long_line_is_refused)
{
    tried("gave the pipe a small buffer, and `client log` a line that just "
          "fits it");
    likely("the line's end takes one byte, no more");
    expect_fit(SMALL);
}

/** Starts a client that logs a line of @p letters letters of three bytes. */
static struct program *start_korean(size_t letters)
{
    static char command[sizeof "client log " + ROOM_MAX + 3];
    char *end = command + sprintf(command, "client log ");
    for (size_t i = 0; i < letters; i++)
        end += sprintf(end, "안");
    return start(command);
}

CHECK(
    bytes_are_counted, .name = "Bytes are counted, not letters", .todo = 2,
    .program = "client", .read = READ_IT, .needs = &fitting_line_is_sent)
{
    tried("gave the pipe a small buffer, and `client log` a line of letters "
          "that take three bytes each: as many as fit, then one more");
    size_t room = find_room(SMALL);
    struct peer *server = serve(LOG_PIPE, PIPE_ACCESS_INBOUND, SMALL);
    likely("a line is as long as its bytes in UTF-8 are, and its end");
    expect_end(start_korean((room - 1) / 3), EXIT_SUCCESS);
    close_peer(server);
    serve(LOG_PIPE, PIPE_ACCESS_INBOUND, SMALL);
    likely("letters are counted, or UTF-16 units, but the buffer takes bytes: "
           "in UTF-8 a letter has up to four");
    struct program *client = start_korean((room - 1) / 3 + 1);
    if (writes(client))
        fail_check(
            "the client refuses the line, with exit status 2",
            "it writes it: %zu bytes and the line's end, into a buffer of "
            "%zu",
            (room - 1) / 3 * 3 + 3,
            room);
    expect_end(client, 2);
}

CHECK(
    large_buffer_is_used, .name = "A larger buffer takes a longer line",
    .todo = 2, .program = "client", .read = READ_IT,
    .needs = &fitting_line_is_sent)
{
    tried("gave the pipe a buffer of 4,096 bytes, and `client log` a line "
          "that just fits it");
    likely("the size is the pipe's alone: the one in protocol.h, or in a "
           "variable of the client, may be smaller");
    expect_fit(LARGE);
}

CHECK(
    lines_are_measured_one_by_one, .name = "Lines that fit one by one are sent",
    .todo = 2, .program = "client", .read = READ_IT,
    .needs = &fitting_line_is_sent)
{
    static char lines[2 * ROOM_MAX];
    tried("gave the pipe a small buffer, and `client log` three lines that "
          "fit it, each for itself; read them as they came");
    size_t room = find_room(SMALL);
    likely("each line has to fit, not all of them together: the collector "
           "reads while the client writes");
    size_t letters = room / 2;
    struct peer *server = serve(LOG_PIPE, PIPE_ACCESS_INBOUND, SMALL);
    struct program *client = start_long("", 3, letters);
    wait_called(client, "WriteFile", 1);
    size_t size = 0;
    for (int i = 0; i < 3; i++) {
        memset(lines + size, 'x', letters);
        size += letters;
        lines[size++] = '\n';
    }
    expect_bytes(server, lines, size);
    expect_end(client, EXIT_SUCCESS);
}

CHECK(
    success_of_info_is_a_success,
    .name = "A success of GetNamedPipeInfo is one", .todo = 2,
    .program = "client", .read = READ_IT, .needs = &long_line_is_refused)
{
    tried("let GetNamedPipeInfo succeed, with an old code, 997, behind it");
    serve(LOG_PIPE, PIPE_ACCESS_INBOUND, 0);
    likely("the client asks GetLastError without looking at the result: "
           "after a success the code means nothing");
    expect_end(
        start_with(
            "client log hello",
            &(struct conditions){.fault = "GetNamedPipeInfo:*:leave=997"}),
        EXIT_SUCCESS);
}

CHECK(
    info_errors_count, .name = "An error of GetNamedPipeInfo is reported",
    .todo = 2, .program = "client", .read = READ_IT,
    .needs = &long_line_is_refused)
{
    tried("made GetNamedPipeInfo fail with error %s", other_error_text());
    serve(LOG_PIPE, PIPE_ACCESS_INBOUND, 0);
    struct program *client = start_with(
        "client log hello",
        &(struct conditions){.fault = "GetNamedPipeInfo:1:other"});
    likely("the client does not look at the result: what stands in the "
           "variable then is nothing that anybody has said");
    expect_failure(client, "GetNamedPipeInfo", other_error());
}

/** Lets `client watch` read two lines, and waits for its end. */
static struct program *watch_two_lines(void)
{
    struct peer *server = serve(TICK_PIPE, PIPE_ACCESS_OUTBOUND, 0);
    struct program *client = start("client watch");
    if_turned_away(
        client,
        "the server writes only (PIPE_ACCESS_OUTBOUND), so a client may ask "
        "for GENERIC_READ, and not for GENERIC_WRITE: error 5");
    wait_inside(client, "ReadFile", 1);
    accept_peer(server);
    send_bytes(server, "up\ndown\n", 8);
    close_peer(server);
    expect_end(client, EXIT_SUCCESS);
    return client;
}

CHECK(
    watch_client_is_let_in, .name = "The watch client is let in (5)", .todo = 3,
    .program = "client", .read = WRONG)
{
    tried("let `client watch` read from an outbound pipe");
    struct program *client = watch_two_lines();
    expect_output(client, "up\ndown\n");
    likely("a handle is not closed, or closed twice");
    expect_no_leak(client);
    expect_right_on_windows(client);
}

CHECK(
    watch_client_asks_for_no_more, .name = "The watch client asks for no more",
    .todo = 3, .program = "client", .read = WRONG,
    .needs = &watch_client_is_let_in)
{
    tried("looked at the second argument of CreateFileW");
    struct program *client = watch_two_lines();
    likely("this client reads, and changes nothing of the pipe: GENERIC_READ "
           "is all that it needs");
    expect_no_more(client, GENERIC_READ | FILE_GENERIC_READ);
}

CHECK(
    client_waits_while_busy,
    .name = "The client waits while the pipe is busy (231)",
    .program = "client", .read = READ_IT, .needs = &log_client_is_let_in)
{
    tried("took the only instance, started `client log hello`, and gave the "
          "instance back");
    struct peer *server = serve(LOG_PIPE, PIPE_ACCESS_INBOUND, 0);
    struct peer *other = connect_peer_as(LOG_PIPE, GENERIC_WRITE, 0);
    struct program *client = start("client log hello");
    likely("the client does not wait by WaitNamedPipeW after error 231");
    wait_inside(client, "WaitNamedPipeW", 1);
    close_peer(other);
    disconnect_peer(server);
    accept_peer(server);
    expect_bytes(server, "hello\n", 6);
    expect_end(client, EXIT_SUCCESS);
}

CHECK(
    client_names_the_missing_server,
    .name = "The client says so when there is no server (2)",
    .program = "client", .read = WRONG)
{
    expect_missing_server("client log hello");
}

CHECK(
    ticks, .name = "The ticker sends each reader its lines",
    .program = "ticker", .read = READ_IT)
{
    tried("came to `ticker 2` as two readers, one after the other");
    struct program *ticker = start_ready("ticker 2");
    likely("the ticker does not send its lines to each reader");
    for (int i = 0; i < 2; i++) {
        struct peer *reader = come(TICK_PIPE, GENERIC_READ);
        expect_bytes(reader, "tick 1\ntick 2\ntick 3\n", 21);
        expect_close(reader);
        close_peer(reader);
    }
    expect_end(ticker, EXIT_SUCCESS);
    likely("a handle is not closed, or closed twice");
    expect_no_leak(ticker);
    expect_no_bad_close(ticker);
    expect_right_on_windows(ticker);
}

CHECK(
    lost_reader_does_no_harm,
    .name = "A reader that left does the ticker no harm (232)",
    .program = "ticker", .read = WRONG, .needs = &ticks)
{
    tried("held the ticker before ConnectNamedPipe, came as a reader and left "
          "meanwhile, then came with another one");
    struct program *ticker = start_with(
        "ticker 2",
        &(struct conditions){.gate = "ConnectNamedPipe:1", .fault = CALM});
    wait_at_gate(ticker);
    likely("the ticker ends when a reader has left: 232");
    close_peer(connect_peer_as(TICK_PIPE, GENERIC_READ, 0));
    open_gate(ticker);
    struct peer *reader = come(TICK_PIPE, GENERIC_READ);
    expect_bytes(reader, "tick 1\ntick 2\ntick 3\n", 21);
    expect_end(ticker, EXIT_SUCCESS);
}

CHECK(
    nobody_writes_to_the_ticker, .name = "Nobody can write to the ticker (5)",
    .program = "ticker", .read = WRONG, .needs = &ticks)
{
    tried("opened the ticker's pipe for writing, too");
    start_ready("ticker 1");
    likely("the pipe is to be PIPE_ACCESS_OUTBOUND");
    DWORD error = try_connect(TICK_PIPE, GENERIC_READ | GENERIC_WRITE);
    if (error != ERROR_ACCESS_DENIED)
        fail_check("error 5", "the check's CreateFileW gave %lu", error);
}

CHECK(
    five_of_nine_open, .name = "Of nine combinations five open",
    .program = "combinations", .read = "Run it")
{
    tried("started `combinations`");
    struct program *combinations = start("combinations");
    likely("the table in the notes is another one now");
    expect_end(combinations, EXIT_SUCCESS);
    expect_output(
        combinations,
        "server        read    write     both\n"
        "inbound          5    opens        5\n"
        "outbound     opens        5        5\n"
        "duplex       opens    opens    opens\n");
    likely("a handle is not closed, or closed twice");
    expect_no_leak(combinations);
}

static const struct check *const CHECKS[] = {
    &says_ready_in_time,
    &collects,
    &hears_the_writers_only,
    &the_size_is_asked_for,
    &log_client_is_let_in,
    &log_client_asks_for_no_more,
    &long_line_is_refused,
    &refusal_is_reported,
    &second_line_is_looked_at,
    &fitting_line_is_sent,
    &bytes_are_counted,
    &large_buffer_is_used,
    &lines_are_measured_one_by_one,
    &success_of_info_is_a_success,
    &info_errors_count,
    &watch_client_is_let_in,
    &watch_client_asks_for_no_more,
    &keeps_the_line,
    &keeps_lines_while_busy,
    &empty_visit_does_no_harm,
    &writer_wins_the_race,
    &success_is_a_success,
    &other_connect_errors_count,
    &read_errors_count,
    &unfinished_line_stays_alone,
    &wrong_count_is_refused,
    &client_waits_while_busy,
    &client_names_the_missing_server,
    &ticks,
    &lost_reader_does_no_harm,
    &nobody_writes_to_the_ticker,
    &five_of_nine_open,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "05-directions", CHECKS);
}
