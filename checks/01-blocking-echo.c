/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 01: a blocking echo server and its client.
 *
 * Usage: `01-blocking-echo FOLDER [LESSON-FOLDER]`
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/expect.h"
#include "checks/harness/forgiven.h"
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"
#include "checks/harness/servers.h"
#include "checks/harness/values.h"
#include "lessons/01-blocking-echo/protocol.h"

/** Starts the server and waits until a client may come. */
static struct program *start_ready(const char *command_line)
{
    return start_until_ready(
        command_line,
        &(struct conditions){.fault = NO_RACE});
}

CHECK(
    says_ready_in_time,
    .name = "The server says `ready` when a client may come", .read = READ_IT)
{
    expect_ready_in_time("server 1", PIPE_NAME, GENERIC_READ | GENERIC_WRITE);
}

CHECK(
    echoes, .name = "The server sends back what it reads", .read = READ_IT,
    .needs = &says_ready_in_time)
{
    tried(
        "opened the pipe, sent \"%s\" and, when it was back, \"again\"",
        other_word());
    start_ready("server 1");
    struct peer *client = connect_peer(PIPE_NAME);
    likely("the server does not send back what it read, or more than that");
    expect_echo(client, other_word(), strlen(other_word()));
    expect_echo(client, "again", 5);  // and nothing came between
}

CHECK(
    client_wins_the_race, .name = "A client that comes early is served (535)",
    .todo = 1, .read = WRONG, .needs = &echoes)
{
    tried("held the server before ConnectNamedPipe, opened its pipe "
          "meanwhile, let it go on and sent \"hello\"");
    struct program *server = start_with(
        "server 1",
        &(struct conditions){.gate = "ConnectNamedPipe:1"});
    wait_at_gate(server);
    struct peer *client = connect_peer(PIPE_NAME);
    open_gate(server);
    likely("ConnectNamedPipe gives FALSE with error 535, "
           "ERROR_PIPE_CONNECTED, when the client came first. The pipe is "
           "connected: go on");
    expect_echo(client, "hello", 5);
}

CHECK(
    success_is_a_success, .name = "A success of ConnectNamedPipe is one",
    .todo = 1, .read = WRONG, .needs = &echoes)
{
    tried("let ConnectNamedPipe succeed, with an old code, 997, behind it");
    struct program *server = start_with(
        "server 1",
        &(struct conditions){.fault = NO_RACE ",ConnectNamedPipe:*:leave=997"});
    expect_line(server, "ready", 1);
    struct peer *client = connect_peer(PIPE_NAME);
    likely("the server asks GetLastError without looking at the result: after "
           "a success the code means nothing");
    expect_echo(client, "hello", 5);
}

CHECK(
    other_connect_errors_count,
    .name = "Any other error of ConnectNamedPipe is reported", .todo = 1,
    .read = WRONG)
{
    struct program *server = expect_reported(
        "server 1",
        "ConnectNamedPipe",
        "1",
        "only 535 means that the pipe is connected: every other error has to be reported, by die(\"ConnectNamedPipe\")");
    likely("the failure is reported, and then the server goes on as if it had "
           "a client: die(\"ConnectNamedPipe\") ends it");
    if (find_call(server, "ReadFile", 1) != NULL)
        fail_check(
            "the server ends behind the failure",
            "it reported the failure, and then it called ReadFile");
}

CHECK(
    zero_bytes_come_back, .name = "Zero bytes come back like all others",
    .todo = 2, .read = WRONG, .needs = &echoes)
{
    static const char data[] = "\0zero\0bytes\0\0";
    tried("sent %zu bytes, some of them zero", sizeof data);
    start_ready("server 1");
    struct peer *client = connect_peer(PIPE_NAME);
    likely("the server takes the data for a string, which ends at the first "
           "zero byte: use the count that ReadFile gave");
    expect_echo(client, data, sizeof data);
}

CHECK(
    nothing_is_added, .name = "A short message after a long one is alone",
    .todo = 2, .read = WRONG, .needs = &echoes)
{
    tried("sent \"a longer message\", read it back, sent \"hi\"");
    start_ready("server 1");
    struct peer *client = connect_peer(PIPE_NAME);
    expect_echo(client, "a longer message", 16);
    likely("the server sends its whole buffer, or what an earlier read left "
           "in it: WriteFile gets the count of this read");
    /* "!" shows what came between: nothing may. */
    expect_echo(client, "hi", 2);
    expect_echo(client, "!", 1);
}

/**
 * Says why a message does not come back whole, by what the server's first
 * WriteFile gets: less than what was read before it, or all that was read.
 */
static void find_what_is_lost(struct program *server)
{
    unsigned long long bytes_read = 0, size = 0;
    const struct lens_record *reading,
        *writing = wait_called(server, "WriteFile", 1);
    for (uint32_t n = 1; (reading = find_call(server, "ReadFile", n)) != NULL
                         && reading->t0 < writing->t0;
         n++)
        bytes_read += reading->bytes;
    call_argument(writing, "size", &size);
    if (size < bytes_read)
        likely(
            "ReadFile gave %llu bytes and WriteFile gets %llu: the count is a "
            "DWORD, and what keeps it has to be as large",
            bytes_read,
            size);
    else
        likely("the server does not read on until everything has come");
}

CHECK(
    largest_message_comes_back, .name = "The longest message comes back whole",
    .todo = 2, .read = WRONG, .needs = &echoes)
{
    char data[MESSAGE_MAX];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)('a' + i % 26);
    tried("sent %d bytes, as many as a message may have", MESSAGE_MAX);
    struct program *server = start_ready("server 1");
    struct peer *client = connect_peer(PIPE_NAME);
    send_bytes(client, data, sizeof data);
    find_what_is_lost(server);
    expect_bytes(client, data, sizeof data);
}

CHECK(
    ends_cleanly, .name = "The server ends cleanly after its client", .todo = 3,
    .read = WRONG, .needs = &echoes)
{
    tried("started `server 1`, sent \"hello\", closed the client's end");
    struct program *server = start_ready("server 1");
    struct peer *client = connect_peer(PIPE_NAME);
    expect_echo(client, "hello", 5);
    close_peer(client);
    likely("when the client has closed its end, ReadFile gives FALSE with "
           "error 109, ERROR_BROKEN_PIPE: that is the end, not a failure");
    expect_end(server, EXIT_SUCCESS);
}

/** Expects a program not to come to a call: neither before it ends nor when
 * nothing else can come any more. */
static void expect_not_called(
    struct program *program, const char *call, uint32_t nth)
{
    DWORD code;
    enum wait_result result;
    do
        result = wait_for_end(program, now_ms() + 10, &code);
    while (result == TOO_LATE && find_call(program, call, nth) == NULL
           && ms_until(scene_deadline()) > 0);
    if (find_call(program, call, nth) != NULL)
        fail_check(
            "the server ends behind the failure",
            "it called %s again",
            call);
}

CHECK(
    read_errors_count, .name = "Any other error of ReadFile is reported",
    .todo = 3, .read = WRONG, .needs = &says_ready_in_time)
{
    tried("made ReadFile fail with error %s", other_error_text());
    struct program *server = start_with(
        "server 1",
        &(struct conditions){.fault = NO_RACE ",ReadFile:1:other"});
    expect_line(server, "ready", 1);
    connect_peer(PIPE_NAME);
    likely("a read that has failed is tried again: only 109 is expected, and "
           "any other error ends the server, by die(\"ReadFile\")");
    expect_not_called(server, "ReadFile", 2);
    likely("the server takes every failed read for the end: only 109 is, and "
           "any other error has to be reported, by die(\"ReadFile\")");
    expect_failure(server, "ReadFile", other_error());
}

CHECK(
    serves_the_next, .name = "The server serves as many clients as it is told",
    .read = READ_IT, .needs = &ends_cleanly)
{
    tried("started `server 2` and came with two clients, one after the other");
    struct program *server = start_ready("server 2");
    struct peer *client = connect_peer(PIPE_NAME);
    expect_echo(client, "first", 5);
    close_peer(client);
    likely("the server ends after its first client, or does not create the "
           "pipe again for the second");
    expect_line(server, "ready", 2);
    no_cause();
    client = connect_peer(PIPE_NAME);
    char data[UCHAR_MAX];  // more is for another check
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)('A' + i % 23);
    expect_echo(client, data, sizeof data);
    close_peer(client);
    expect_end(server, EXIT_SUCCESS);
    likely("a handle that a call gave is not passed to CloseHandle");
    expect_no_leak(server);
    likely("a handle is closed twice, or it never was one");
    expect_no_bad_close(server);
    expect_right_on_windows(server);
}

CHECK(
    hasty_client_does_no_harm,
    .name = "A client that leaves early does no harm (232)", .read = WRONG,
    .needs = &ends_cleanly)
{
    tried("held the server before WriteFile, closed the client's end "
          "meanwhile, and came with a second client");
    struct program *server = start_with(
        "server 2",
        &(struct conditions){.gate = "WriteFile:1", .fault = NO_RACE});
    expect_line(server, "ready", 1);
    struct peer *client = connect_peer(PIPE_NAME);
    send_bytes(client, "hello", 5);
    wait_at_gate(server);
    close_peer(client);
    open_gate(server);
    likely("a client that leaves before its reply makes WriteFile fail with "
           "error 232, ERROR_NO_DATA: the server goes on with the next one");
    expect_line(server, "ready", 2);
    no_cause();
    client = connect_peer(PIPE_NAME);
    expect_echo(client, "hello", 5);
}

CHECK(
    remote_clients_are_refused,
    .name = "Clients on other computers are refused", .read = READ_IT,
    .needs = &says_ready_in_time)
{
    struct program *server = start_ready("server 1");
    unsigned long long mode = 0;
    expect_local_only(server);
    no_cause();
    call_argument(find_call(server, "CreateNamedPipeW", 1), "mode", &mode);
    if ((mode & (PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE)) != 0)
        fail_check("a byte pipe (PIPE_TYPE_BYTE)", "mode is 0x%llx", mode);
}

CHECK(wrong_count_is_refused, .name = "A wrong number of clients is refused")
{
    expect_refused("server many,server -1");
}

CHECK(
    client_gets_its_replies, .name = "The client prints each reply",
    .program = "client", .read = READ_IT)
{
    expect_replies(start_ready("server 1"));
}

CHECK(
    client_puts_pieces_together,
    .name = "The client puts a reply together from two reads",
    .program = "client", .read = WRONG)
{
    tried("answered `client hello` in two pieces, \"hel\" and \"lo\"");
    struct peer *server = create_peer(PIPE_NAME);
    struct program *client =
        start_with("client hello", &(struct conditions){.gate = "ReadFile:2"});
    accept_peer(server);
    expect_bytes(server, "hello", 5);
    send_bytes(server, "hel", 3);
    likely("the client takes one ReadFile for one reply: on a byte pipe it "
           "reads until it has as many bytes as it sent");
    wait_at_gate(client);
    send_bytes(server, "lo", 2);
    open_gate(client);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "hello\n");
    no_cause();
    expect_no_leak(client);
    expect_right_on_windows(client);
}

CHECK(
    client_names_the_missing_server,
    .name = "The client says so when there is no server (2)",
    .program = "client", .read = WRONG)
{
    expect_missing_server("client hello");
}

static const struct check *const CHECKS[] = {
    &says_ready_in_time,
    &echoes,
    &client_wins_the_race,
    &success_is_a_success,
    &other_connect_errors_count,
    &zero_bytes_come_back,
    &nothing_is_added,
    &largest_message_comes_back,
    &ends_cleanly,
    &read_errors_count,
    &serves_the_next,
    &hasty_client_does_no_harm,
    &remote_clients_are_refused,
    &wrong_count_is_refused,
    &client_gets_its_replies,
    &client_puts_pieces_together,
    &client_names_the_missing_server,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "01-blocking-echo", CHECKS);
}
