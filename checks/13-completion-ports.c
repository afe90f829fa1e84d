/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 13: a server on a completion port.
 *
 * Usage: `13-completion-ports FOLDER [LESSON-FOLDER]`
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/expect.h"
#include "checks/harness/forgiven.h"
#include "checks/harness/packets.h"
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"
#include "checks/harness/servers.h"
#include "checks/harness/values.h"
#include "lessons/13-completion-ports/protocol.h"

/** How many come at a time. */
enum { CROWD = 8 };

/**
 * Comes as client number @p nth, when the server has begun to wait for it: who
 * is first is the matter of other checks.
 */
static struct peer *come(struct program *server, uint32_t nth)
{
    wait_called(server, "ConnectNamedPipe", nth);
    return connect_peer_waiting(PIPE_NAME);
}

/**
 * Sends a message when each client's read is pending, and expects it back.
 * @param clients how many are there
 */
static void talk(
    struct program *server, struct peer *client, const char *text,
    unsigned clients)
{
    wait_pending(server, "ReadFile", clients);
    expect_echo(client, text, strlen(text));
}

CHECK(
    pending_is_no_failure, .name = "A pending connection is no failure (997)",
    .todo = 1, .read = READ_IT)
{
    tried("started `server 1`, came with nobody, and looked at what it does "
          "behind ConnectNamedPipe");
    struct program *server = start("server 1");
    const struct lens_record *connect =
        wait_called(server, "ConnectNamedPipe", 1);
    wait_until_quiet(server);
    likely("FALSE with 997, ERROR_IO_PENDING, is no failure: it has begun, and "
           "its packet comes when a client does. Post none");
    const struct lens_record *post;
    for (uint32_t at = 0;
         (post = next_call(server, "PostQueuedCompletionStatus", &at)) != NULL;)
        if (post->overlapped == connect->overlapped
            && connect->error == ERROR_IO_PENDING)
            fail_check(
                "no packet is posted for what is under way",
                "one is posted behind a ConnectNamedPipe that is pending");
}

CHECK(
    says_ready_in_time,
    .name = "The server says `ready` when a client may come", .read = READ_IT,
    .needs = &pending_is_no_failure)
{
    expect_ready_in_time("server 1", PIPE_NAME, GENERIC_READ | GENERIC_WRITE);
}

CHECK(
    echoes, .name = "The server sends back what it reads", .read = READ_IT,
    .needs = &says_ready_in_time)
{
    static const char data[] = "\0zero\0bytes\0\0";
    tried(
        "opened the pipe, sent \"%s\" and, when it was back, %zu bytes "
        "with zeros among them",
        other_word(),
        sizeof data);
    struct program *server = start_serving("server", NULL, NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    likely("the server does not send back what it read, or more than that");
    talk(server, client, other_word(), 1);
    wait_pending(server, "ReadFile", 1);
    expect_echo(client, data, sizeof data);
}

/** Expects that a second client can come behind one that came early. */
static void expect_next_client(struct program *server)
{
    likely("a client that came early goes on by its packet, like any other: "
           "`go_on` counts it and makes the next instance. Whoever begins its "
           "read at once leaves that out");
    come(server, 2);
}

CHECK(
    early_client_is_served, .name = "A client that comes early is served (535)",
    .todo = 1, .read = WRONG, .needs = &echoes, .limit_ms = 2500)
{
    tried("held the server before ConnectNamedPipe, opened its pipe "
          "meanwhile, let it go on and sent \"hello\"; then came with another "
          "client");
    struct program *server = start_held("server", "ConnectNamedPipe:1", NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    open_gate(server);
    likely("after 535, ERROR_PIPE_CONNECTED, the system queues no packet: "
           "unless the server posts one, nobody ever goes on with this client");
    talk(server, client, "hello", 1);
    expect_next_client(server);
}

CHECK(
    last_words_are_not_lost, .name = "What a client in a hurry wrote counts",
    .todo = 1, .read = WRONG, .needs = &echoes, .limit_ms = 2500)
{
    tried("held the server before ConnectNamedPipe, opened its pipe, wrote "
          "\"hello\" and closed it again meanwhile; then came with another "
          "client");
    struct program *server =
        start_held("server", "ConnectNamedPipe:1,WriteFile:1", NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    send_bytes(client, "hello", 5);
    close_peer(client);
    open_gate(server);
    likely("232, ERROR_NO_DATA, means that the client has come, and left "
           "again: what it wrote can still be read. Go on as after 535; the "
           "read behind it will tell the end");
    const struct lens_record *read = wait_called(server, "ReadFile", 1);
    if (read->error != 0)
        fail_check(
            "the server's first ReadFile finds the 5 bytes",
            "it failed with error %u",
            read->error);
    wait_at_gate_number(server, 1);
    open_gate_number(server, 1);
    expect_next_client(server);
}

CHECK(
    other_connect_errors_count, .name = "Another failed connection is reported",
    .todo = 1, .read = WRONG, .limit_ms = 2500)
{
    expect_reported(
        "server 1",
        "ConnectNamedPipe",
        "1",
        "no packet comes of an operation that has failed at once. Post one with the code, and `end_client` reports it");
}

CHECK(
    immediate_read_counts_once,
    .name = "A read that is done at once counts once", .todo = 2, .read = WRONG,
    .needs = &echoes)
{
    tried("held the server before ReadFile, sent \"hello\" meanwhile, so that "
          "ReadFile returns TRUE; then sent \"again\"");
    struct program *server = start_serving("server", "ReadFile:1", NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    wait_at_gate(server);
    send_bytes(client, "hello", 5);
    open_gate(server);
    likely("after TRUE the system queues a packet, too. Whoever handles the "
           "data at once, or posts a packet of his own, has them twice");
    expect_bytes(client, "hello", 5);
    talk(server, client, "again", 1);
}

CHECK(
    read_fits, .name = "A read asks for no more than fits", .todo = 2,
    .read = READ_IT, .needs = &echoes)
{
    tried("came with a client, and looked at how much ReadFile asks for");
    struct program *server = start_serving("server", NULL, NULL);
    connect_peer(PIPE_NAME);
    wait_called(server, "ReadFile", 1);
    likely("ReadFile is given more room than there is: what does not fit into "
           "`data` is written behind it, over the client's other members");
    unsigned long long size = 0;
    call_argument(find_call(server, "ReadFile", 1), "size", &size);
    if (size > MESSAGE_MAX)
        fail_check(
            "ReadFile asks for 4096 bytes at most",
            "it asks for %llu",
            size);
}

/** Expects that two operations of a kind, both under way, share nothing. */
static void expect_two_structures(
    const struct program *server, const char *name)
{
    uint32_t at = 0;
    const struct lens_record *one = next_pending(server, name, &at);
    const struct lens_record *other = next_pending(server, name, &at);
    if (other == NULL)
        fail_check(
            "two clients have an operation under way at a time",
            "there are not two calls of %s that are pending",
            name);
    else if (one->overlapped == other->overlapped)
        fail_check(
            "each operation under way has an OVERLAPPED of its own",
            "number %lu and number %lu of %s have the same",
            (unsigned long)one->nth,
            (unsigned long)other->nth,
            name);
}

CHECK(
    reads_share_no_structure, .name = "Two reads have two structures",
    .todo = 2, .read = READ_IT, .needs = &echoes)
{
    tried("came with two clients that said nothing, and looked at the "
          "OVERLAPPED of each read");
    struct program *server = start_serving("server", NULL, NULL);
    connect_peer(PIPE_NAME);
    likely("the system writes into the structure of each operation that is "
           "under way: use the client's own, `client->operation`");
    come(server, 2);
    wait_called(server, "ReadFile", 2);
    expect_two_structures(server, "ReadFile");
}

CHECK(
    good_read_has_no_code, .name = "A read that succeeded has no code",
    .todo = 2, .read = READ_IT, .needs = &immediate_read_counts_once)
{
    tried("let a second client come before ConnectNamedPipe (535), and the "
          "first send \"hello\" before ReadFile");
    struct program *server =
        start_serving("server", "ConnectNamedPipe:2", NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    wait_at_gate(server);
    connect_peer(PIPE_NAME);
    send_bytes(client, "hello", 5);
    open_gate(server);
    likely("after TRUE, GetLastError still has the code of an earlier call: "
           "look at the result first");
    expect_bytes(client, "hello", 5);
    talk(server, client, "again", 1);
}

/** Expects that the server closes a pipe only when nothing of it is due. */
static void expect_nothing_due(const struct program *server)
{
    const struct lens_record *close = find_call(server, "CloseHandle", 1);
    if (close != NULL && close->t1 != 0)
        close = NULL;
    struct packets packets = count_packets(server);
    if (close == NULL || !all_are_taken(packets))
        fail_check(
            "nothing of a client is under way when it is freed",
            "it is freed while %u more of its packets %s to come",
            packets.due - packets.taken,
            packets.due - packets.taken == 1 ? "is" : "are");
}

CHECK(
    freed_with_its_last_packet,
    .name = "A client is freed with its last packet", .todo = 2, .read = WRONG,
    .needs = &echoes)
{
    tried("held the server before ReadFile, sent \"hello\" meanwhile, got it "
          "back and left; held the server before it closes the pipe");
    struct program *server =
        start_serving("server 1", "ReadFile:1,CloseHandle:1", NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    wait_at_gate(server);
    send_bytes(client, "hello", 5);
    open_gate(server);
    likely("after TRUE there are two packets where there should be one: the "
           "first that fails frees the client, the second finds freed memory "
           "and frees it again");
    expect_bytes(client, "hello", 5);
    wait_until_quiet(server);
    close_peer(client);
    wait_at_gate_number(server, 1);
    expect_nothing_due(server);
    open_gate_number(server, 1);
    expect_success(server);
    expect_all_taken(server);
    expect_tidy(server);
    expect_right_on_windows(server);
}

CHECK(
    more_data_have_a_packet, .name = "More data have a packet, too (234)",
    .todo = 2, .read = WRONG, .needs = &echoes)
{
    tried("made ReadFile of `server 1` fail at once with error 234, "
          "ERROR_MORE_DATA");
    struct program *server =
        start_serving("server 1", "CloseHandle:1", "ReadFile:1:234");
    struct peer *client = connect_peer(PIPE_NAME);
    wait_called(server, "ReadFile", 1);
    close_peer(client);
    wait_at_gate(server);
    likely("234 tells of a read that has ended, with data, and there is more: "
           "the system has queued a packet, as after TRUE");
    expect_nothing_due(server);
    open_gate(server);
    expect_all_taken(server);
    likely("a handle is not closed, or closed twice");
    expect_no_bad_close(server);
}

/** Sends something where the server has to have it before it calls this. */
static void make_it_call(
    struct program *server, struct peer *client, const char *call)
{
    if (strcmp(call, "WriteFile") != 0)
        return;
    wait_pending(server, "ReadFile", 1);
    send_bytes(client, "hello", 5);
}

/** Lets a call of `server 1` fail at once, and expects that it ends well. */
static void end_by_fault(const char *call, int code, const char *code_name)
{
    char fault[60];
    snprintf(fault, sizeof fault, "%s:1:%d", call, code);
    tried(
        "made %s of `server 1` fail at once with error %d, %s",
        call,
        code,
        code_name);
    likely("no packet comes of it: unless the server posts one, or ends the "
           "client there, it keeps it for ever");
    struct program *server = start_serving("server 1", NULL, fault);
    make_it_call(server, connect_peer(PIPE_NAME), call);
    expect_success(server);
    expect_all_taken(server);
    expect_tidy(server);
}

CHECK(
    failed_read_ends_the_client,
    .name = "A read that fails at once ends a client", .todo = 2, .read = WRONG,
    .needs = &echoes, .limit_ms = 2500)
{
    end_by_fault("ReadFile", ERROR_BROKEN_PIPE, "ERROR_BROKEN_PIPE");
}

CHECK(
    failed_write_ends_the_client,
    .name = "A write that fails at once ends a client", .todo = 3,
    .read = WRONG, .needs = &echoes, .limit_ms = 2500)
{
    end_by_fault("WriteFile", ERROR_NO_DATA, "ERROR_NO_DATA");
}

/** Lets a call fail at once with an odd code, and expects a report. */
static void report_fault(const char *call)
{
    char fault[60];
    snprintf(fault, sizeof fault, "%s:1:other", call);
    tried(
        "made %s fail at once with error %s, and came with another client",
        call,
        other_error_text());
    struct program *server = start_serving("server 2", NULL, fault);
    struct peer *client = connect_peer(PIPE_NAME);
    likely(
        "no packet comes of it: post one. And GetLastError is asked at once: "
        "its code goes with the packet that you post");
    make_it_call(server, client, call);
    expect_close(client);
    struct peer *other = come(server, 2);
    talk(server, other, "other", 1);
    wait_pending(server, "ReadFile", 1);
    close_peer(other);
    expect_end(server, EXIT_SUCCESS);
    expect_error(server, call, other_error());
}

CHECK(
    other_read_errors_count, .name = "Any other failed read is reported",
    .todo = 2, .read = WRONG, .needs = &echoes, .limit_ms = 2500)
{
    report_fault("ReadFile");
}

CHECK(
    other_write_errors_count, .name = "Any other failed write is reported",
    .todo = 3, .read = WRONG, .needs = &echoes, .limit_ms = 2500)
{
    report_fault("WriteFile");
}

CHECK(
    short_writes_go_on, .name = "A short write goes on with the rest",
    .todo = 3, .read = READ_IT, .needs = &echoes)
{
    tried("let each WriteFile take one byte only, and sent \"hello\"");
    struct program *server = start_serving("server", NULL, "WriteFile:*:short");
    likely("WriteFile's result is the count that it took: the rest begins at "
           "data + sent, and is filled - sent bytes long");
    talk(server, connect_peer(PIPE_NAME), "hello", 1);
    for (uint32_t nth = 1; nth <= 5; nth++) {
        unsigned long long size = 0, left = 6 - nth;
        call_argument(find_call(server, "WriteFile", nth), "size", &size);
        if (size > left)
            fail_check(
                "no WriteFile is given more than what is left",
                "number %lu is given %llu bytes, and %llu are left",
                (unsigned long)nth,
                size,
                left);
    }
}

/**
 * Sends twice as much as goes into the pipe's buffer, reads nothing, and waits
 * until the server has a write pending.
 * @param clients how many are there
 */
static void send_without_reading(
    struct program *server, struct peer *mute, char data[2 * MESSAGE_MAX],
    unsigned clients)
{
    for (size_t i = 0; i < 2 * MESSAGE_MAX; i++)
        data[i] = (char)('a' + i % 26);
    for (size_t i = 0; i < 2; i++) {
        wait_pending(server, "ReadFile", clients);
        uint32_t writes = count_calls(server, "WriteFile");
        send_bytes(mute, data + i * MESSAGE_MAX, MESSAGE_MAX);
        wait_called(server, "WriteFile", writes + 1);
    }
    wait_pending(server, "WriteFile", 1);
}

CHECK(
    mute_client_harms_nobody, .name = "A client that never reads harms nobody",
    .todo = 3, .read = WRONG, .needs = &echoes)
{
    static char data[2 * MESSAGE_MAX];
    tried(
        "sent %zu bytes from a client that read nothing, let another one "
        "talk, then read them",
        sizeof data);
    struct program *server = start_serving("server", NULL, NULL);
    struct peer *mute = connect_peer(PIPE_NAME);
    send_without_reading(server, mute, data, 1);
    struct peer *other = come(server, 2);
    likely("a WriteFile that is pending (997) is no failure and no success: "
           "its packet comes when the client reads");
    talk(server, other, "hello", 1);
    expect_bytes(mute, data, sizeof data);
    talk(server, mute, "at last", 2);
    expect_no_errors(server);
}

CHECK(
    writes_share_no_structure, .name = "Two writes have two structures",
    .todo = 3, .read = READ_IT, .needs = &echoes)
{
    static char data[2 * MESSAGE_MAX];
    tried(
        "sent %zu bytes from each of two clients that read nothing, and "
        "looked at the OVERLAPPED of each write",
        sizeof data);
    struct program *server = start_serving("server", NULL, NULL);
    send_without_reading(server, connect_peer(PIPE_NAME), data, 1);
    send_without_reading(server, come(server, 2), data, 1);
    likely("the system writes into the structure of each operation that is "
           "under way: use the client's own, `client->operation`");
    wait_pending(server, "WriteFile", 2);
    expect_two_structures(server, "WriteFile");
}

CHECK(
    good_write_has_no_code, .name = "A write that succeeded has no code",
    .todo = 3, .read = READ_IT, .needs = &echoes)
{
    tried("came with two clients; the first left, so that 109 is the last "
          "error, and then the second sent \"hello\" and \"again\"");
    struct program *server = start_serving("server", NULL, NULL);
    struct peer *first = connect_peer(PIPE_NAME);
    struct peer *second = come(server, 2);
    likely("after TRUE, GetLastError still has the code of an earlier call: "
           "look at the result first");
    wait_pending(server, "ReadFile", 2);
    close_peer(first);
    expect_line(server, "client 1 is gone: 0 bytes", 1);
    talk(server, second, "hello", 1);
    talk(server, second, "again", 1);
}

CHECK(
    next_instance_comes_first, .name = "One more instance is always there",
    .read = READ_IT, .needs = &echoes)
{
    tried("came with a client, held the server before it makes the second "
          "instance, and looked for a ReadFile");
    struct program *server =
        start_serving("server", "CreateNamedPipeW:2", NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    wait_at_gate(server);
    likely("make the next instance as soon as a client has come, before it is "
           "served");
    if (find_call(server, "ReadFile", 1) != NULL)
        fail_check(
            "nobody is served before the next can come",
            "the server reads from the first");
    open_gate(server);
    talk(server, client, "hello", 1);
}

CHECK(
    crowd_is_served, .name = "Many clients are served, and end", .todo = 2,
    .read = READ_IT, .needs = &immediate_read_counts_once)
{
    struct peer *clients[CROWD];
    char text[30];
    tried(
        "came with %d clients that stay and as many that leave at once, one "
        "of them before its read, and sent a line from each, the first one "
        "last",
        CROWD);
    char command_line[20];
    snprintf(command_line, sizeof command_line, "server %d", 2 * CROWD);
    struct program *server = start_serving(command_line, "ReadFile:1", NULL);
    likely("what one client does reaches another: each has its own structure "
           "and buffer, and its packets bring the key that leads to them");
    for (int i = 0; i < CROWD; i++) {
        struct peer *hasty = come(server, 2 * (uint32_t)i + 1);
        if (i == 0)
            wait_at_gate(server);
        close_peer(hasty);
        if (i == 0)
            open_gate(server);
        clients[i] = come(server, 2 * (uint32_t)i + 2);
    }
    for (int i = CROWD - 1; i >= 0; i--) {
        snprintf(text, sizeof text, "this is number %d", i);
        talk(server, clients[i], text, CROWD);
    }
    for (int i = 0; i < CROWD; i++)
        close_peer(clients[i]);
    expect_success(server);
    expect_all_taken(server);
    expect_tidy(server);
}

/** Expects the clean end that follows Ctrl+C. */
static void expect_clean_end(struct program *server)
{
    expect_success(server);
    likely("what CancelIoEx ends still has a packet: whoever frees a client, "
           "or leaves the loop, before it is dequeued frees what the system "
           "still uses");
    expect_all_taken(server);
    expect_tidy(server);
}

CHECK(
    ctrl_c_ends_a_waiting_server,
    .name = "Ctrl+C ends a server without clients", .todo = 4, .read = READ_IT,
    .needs = &pending_is_no_failure)
{
    tried("pressed Ctrl+C while nobody was there");
    struct program *server = start_serving("server", NULL, NULL);
    likely("ConnectNamedPipe is under way: cancel it, too");
    press_ctrl_c(server);
    expect_clean_end(server);
}

CHECK(
    ctrl_c_ends_every_state, .name = "Ctrl+C ends clients in every state",
    .todo = 4, .read = WRONG, .needs = &ctrl_c_ends_a_waiting_server)
{
    static char data[2 * MESSAGE_MAX];
    tried("pressed Ctrl+C while one client was silent, another one read "
          "nothing, and an instance waited for the next; then read what the "
          "server had sent before");
    struct program *server = start_serving("server", NULL, NULL);
    struct peer *silent = connect_peer(PIPE_NAME);
    likely("`stop` has to ask for the end of each client's operation, of the "
           "reads, the writes and the wait for a client");
    talk(server, silent, "hello", 1);
    struct peer *mute = come(server, 2);
    send_without_reading(server, mute, data, 2);
    press_ctrl_c(server);
    expect_close(silent);
    expect_clean_end(server);
    likely("DisconnectNamedPipe throws away what the client has not read yet. "
           "Cancel, and leave the rest to the packets");
    expect_bytes(mute, data, MESSAGE_MAX);
}

CHECK(
    ended_operations_are_no_failure,
    .name = "What has ended needs no cancel (1168)", .todo = 4, .read = WRONG,
    .needs = &ctrl_c_ends_a_waiting_server, .limit_ms = 2500)
{
    tried("pressed Ctrl+C while a client was silent, held the server before "
          "CancelIoEx, and came with another client meanwhile");
    struct program *server = start_serving("server", "CancelIoEx:1", NULL);
    likely("1168, ERROR_NOT_FOUND, means that the operation has ended by "
           "itself: its packet is queued, so go on, with the next client");
    talk(server, connect_peer(PIPE_NAME), "hello", 1);
    wait_called(server, "ConnectNamedPipe", 2);
    wait_pending(server, "ReadFile", 1);
    press_ctrl_c(server);
    wait_at_gate(server);
    connect_peer(PIPE_NAME);
    open_gate(server);
    expect_clean_end(server);
}

CHECK(
    other_cancel_errors_count, .name = "Any other failed cancel is reported",
    .todo = 4, .read = WRONG, .needs = &pending_is_no_failure)
{
    tried(
        "pressed Ctrl+C and made CancelIoEx fail with error %s",
        other_error_text());
    struct program *server =
        start_serving("server", NULL, "CancelIoEx:1:other");
    likely("only 1168 means that there was nothing to cancel: report the "
           "others by die(\"CancelIoEx\")");
    press_ctrl_c(server);
    expect_failure(server, "CancelIoEx", other_error());
}

CHECK(
    failed_wait_is_reported, .name = "A wait that fails has no packet",
    .read = WRONG, .needs = &pending_is_no_failure)
{
    tried(
        "made GetQueuedCompletionStatus fail with error %lu, without a packet",
        other_error());
    struct program *server =
        start_serving("server", NULL, "GetQueuedCompletionStatus:1:other");
    likely("FALSE with a NULL OVERLAPPED: the call itself has failed, and key "
           "and count hold nothing");
    press_ctrl_c(server);
    expect_failure(server, "GetQueuedCompletionStatus", other_error());
}

CHECK(
    wrong_count_is_refused, .name = "Wrong arguments are refused", .slow = true)
{
    expect_refused("server many,server 0,server -1,server 1 2");
}

CHECK(
    client_gets_its_replies, .name = "The client prints each reply",
    .program = "client", .read = READ_IT)
{
    struct program *client =
        expect_replies(start_serving("server 1", NULL, NULL));
    likely("a handle is not closed, or closed twice");
    expect_no_leak(client);
    expect_right_on_windows(client);
}

CHECK(
    client_puts_pieces_together, .name = "The client puts pieces together",
    .program = "client", .read = READ_IT)
{
    expect_reply_in_pieces(PIPE_NAME);
}

CHECK(
    client_waits_while_busy,
    .name = "The client waits for a free instance (231)", .program = "client",
    .read = WRONG)
{
    expect_wait_while_busy(PIPE_NAME);
}

CHECK(
    client_names_the_missing_server,
    .name = "The client says so when nobody is there (2)", .program = "client",
    .read = WRONG)
{
    expect_missing_server("client hello");
    expect_refused("client");
}

static const struct check *const CHECKS[] = {
    &pending_is_no_failure,
    &says_ready_in_time,
    &echoes,
    &early_client_is_served,
    &last_words_are_not_lost,
    &other_connect_errors_count,
    &immediate_read_counts_once,
    &freed_with_its_last_packet,
    &failed_read_ends_the_client,
    &other_read_errors_count,
    &read_fits,
    &reads_share_no_structure,
    &good_read_has_no_code,
    &more_data_have_a_packet,
    &failed_write_ends_the_client,
    &other_write_errors_count,
    &short_writes_go_on,
    &mute_client_harms_nobody,
    &writes_share_no_structure,
    &good_write_has_no_code,
    &next_instance_comes_first,
    &crowd_is_served,
    &ctrl_c_ends_a_waiting_server,
    &ctrl_c_ends_every_state,
    &ended_operations_are_no_failure,
    &other_cancel_errors_count,
    &failed_wait_is_reported,
    &wrong_count_is_refused,
    &client_gets_its_replies,
    &client_puts_pieces_together,
    &client_waits_while_busy,
    &client_names_the_missing_server,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "13-completion-ports", CHECKS);
}
