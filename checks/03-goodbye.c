/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 03: a ticket machine that says goodbye without loss.
 *
 * The lesson's own server says goodbye in four ways; without a word on its
 * command line, in the way that the exercise asks for.
 *
 * Usage: `03-goodbye FOLDER [LESSON-FOLDER]`
 */
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
#include "checks/harness/where.h"
#include "lens/table.h"
#include "lessons/03-goodbye/protocol.h"

/* How many late clients there are: the exercise's README. An instance counts as
 * long as the server has its end, so two are enough: the next one is there
 * before the old one is closed. */
enum { LATE_CLIENTS = 16, INSTANCES_MIN = 2 };

/* Who has looked so often whether its client is still there waits for it. */
enum { LOOKS = 8 };

/* How long threads get at most to settle, in milliseconds. */
enum { SETTLE_MS = 1500 };

/** Starts the server and waits until a client may come. */
static struct program *start_ready(const char *command_line, const char *gate)
{
    return start_until_ready(
        command_line,
        &(struct conditions){.fault = NO_RACE, .gate = gate});
}

/** Comes as the first client, and orders. */
static struct peer *order(char letter)
{
    struct peer *client = connect_peer_waiting(PIPE_NAME);
    send_bytes(client, &letter, 1);
    return client;
}

/** Comes when the server has turned to its nth client, and orders. */
static struct peer *order_next(
    struct program *server, uint32_t nth, char letter)
{
    wait_inside(server, "ConnectNamedPipe", nth);
    return order(letter);
}

static void expect_ticket(struct peer *client, const char *ticket)
{
    expect_bytes(client, ticket, TICKET_SIZE);
}

/**
 * Waits until the server has said goodbye to its client, or waits for it to
 * read, to answer or to leave: whoever reads after that is late.
 * @param nth which client, from 1
 */
static void wait_for_goodbye(struct program *server, uint32_t nth)
{
    while (is_running(server)
           && find_call(server, "ConnectNamedPipe", nth + 1) == NULL
           && find_call(server, "FlushFileBuffers", nth) == NULL
           && find_call(server, "ReadFile", nth + 1) == NULL
           && count_calls(server, "PeekNamedPipe") < LOOKS) {
        if (ms_until(scene_deadline()) == 0)
            fail_late("the server has done with its client, or waits for it");
        Sleep(1);
    }
}

/** The first call that got a handle that is not open, or NULL. */
static const struct lens_record *find_bad_handle(const struct program *program)
{
    for (uint32_t i = 0; i < lens_view_count(scene_view()); i++) {
        const struct lens_record *call = lens_view_at(scene_view(), i);
        if (call->kind == LENS_KIND_CALL && call->pid == program->id
            && (call->flags & LENS_FLAG_FAILED) != 0
            && call->error == ERROR_INVALID_HANDLE)
            return call;
    }
    return NULL;
}

/** Expects that each call got an open handle. */
static void expect_no_bad_handle(const struct program *program)
{
    const struct lens_record *call = find_bad_handle(program);
    likely("a handle is used that is not open, or not any more: by then it may "
           "be another one's");
    if (call != NULL)
        fail_check(
            "only open handles are used",
            "%s: error 6, ERROR_INVALID_HANDLE",
            lens_call_name(call->call));
}

/** Expects a good end; the cause holds where no handle was to blame. */
static void expect_good_end(struct program *server, const char *cause)
{
    DWORD code;
    wait_for_scene_end(server, &code);
    likely("%s", cause);
    if (find_bad_handle(server) != NULL)
        likely("a handle that is none is taken for one: the server goes on "
               "until say_goodbye returns INVALID_HANDLE_VALUE");
    expect_end(server, EXIT_SUCCESS);
}

/** Lets all threads come to the calls in which they wait; one that has nothing
 * to wait for has ended then. */
static void wait_until_settled(const struct program *program)
{
    unsigned long long late = now_ms() + SETTLE_MS;
    while (!where_all_wait(scene_view(), program->id, true)
           && ms_until(late) > 0)
        Sleep(1);
}

CHECK(
    says_ready_in_time,
    .name = "The server says `ready` when a client may come", .read = READ_IT)
{
    expect_ready_in_time("server 1", PIPE_NAME, GENERIC_READ | GENERIC_WRITE);
}

CHECK(
    prompt_client_gets_its_ticket,
    .name = "A client that reads at once gets its ticket", .read = READ_IT,
    .needs = &says_ready_in_time)
{
    tried("ordered with \"A\" and read at once, before the server could "
          "disconnect; then the same with \"B\"");
    struct program *server =
        start_ready("server 3", "DisconnectNamedPipe:1,DisconnectNamedPipe:2");
    likely("the server does not come as far as WriteFile, or not to its "
           "second client. (If CreateNamedPipeW gives 231, it has allowed "
           "itself too few instances: TODO(1).)");
    struct peer *client = order('A');
    expect_ticket(client, "A001");
    close_peer(client);
    open_gate_number(server, 0);
    expect_ticket(order_next(server, 2, 'B'), "B002");
}

CHECK(
    late_client_gets_its_ticket,
    .name = "A client that reads late gets its ticket", .todo = 3,
    .read = WRONG, .needs = &prompt_client_gets_its_ticket)
{
    tried("ordered with \"A\", waited until the server had done all that it "
          "does for this client, and only then read the ticket");
    struct program *server = start_ready("server 2", NULL);
    struct peer *client = order('A');
    likely("DisconnectNamedPipe throws away what the client has not read, "
           "however long ago it was written. CloseHandle leaves it in the "
           "pipe. Or else WriteFile waits: the output buffer is too small");
    wait_for_goodbye(server, 1);
    expect_ticket(client, "A001");
}

CHECK(
    last_client_gets_its_ticket,
    .name = "A late client that is the last one, too", .todo = 3, .read = WRONG,
    .needs = &late_client_gets_its_ticket)
{
    tried("came as the only client of `server 1`, ordered, and read when the "
          "server had done all that it does");
    struct program *server = start_ready("server 1", NULL);
    struct peer *client = order('Z');
    wait_for_goodbye(server, 1);
    likely("after its last client the server disconnects. Closing the "
           "instance is all that is left to do, then as before");
    expect_ticket(client, "Z001");
    close_peer(client);
    expect_good_end(server, "");
}

/** The first wait for an object that was over because its time was, or NULL. */
static const struct lens_record *find_timed_wait(
    const struct program *server, const char *call)
{
    const struct lens_record *accept = find_call(server, "ConnectNamedPipe", 1);
    const struct lens_record *wait;
    for (uint32_t at = 0; (wait = next_call(server, call, &at)) != NULL;) {
        unsigned long long ms = 0;
        call_argument(wait, "wait", &ms);
        if (accept != NULL && wait->tid == accept->tid && wait->t1 != 0
            && ms > 0 && wait->result == WAIT_TIMEOUT)
            return wait;
    }
    return NULL;
}

/** Expects that the server has not paused by any call that the lens knows. */
static void expect_no_pause(const struct program *server)
{
    static const char *const waits[] = {
        "WaitForSingleObject",
        "WaitForSingleObjectEx",
        "WaitForMultipleObjects",
        "WaitForMultipleObjectsEx"};
    likely("a pause is a wait, too: each client waits for the one before it. "
           "No length of it is right, and no goodbye needs one");
    if (find_call(server, "Sleep", 1) != NULL
        || find_call(server, "SleepEx", 1) != NULL)
        fail_check("the server does not call Sleep", "it does");
    for (size_t i = 0; i < ARRAYSIZE(waits); i++)
        if (find_timed_wait(server, waits[i]) != NULL)
            fail_check(
                "the server does not pause between two clients",
                "it called %s until its time was over",
                waits[i]);
}

CHECK(
    mute_client_stops_nobody, .name = "A client that never reads stops nobody",
    .todo = 3, .read = WRONG, .needs = &late_client_gets_its_ticket)
{
    tried("ordered with \"A\", read nothing, closed nothing, and came as a "
          "second client");
    struct program *server = start_ready("server 3", NULL);
    struct peer *mute = order('A');
    wait_for_goodbye(server, 1);
    likely("to look again and again whether the client has read, or has left, "
           "is to wait for it");
    if (count_calls(server, "PeekNamedPipe") >= LOOKS)
        fail_check(
            "the server turns to its next client",
            "it calls PeekNamedPipe again and again");
    likely("the server waits for a client that may never move: in "
           "FlushFileBuffers until it reads, in ReadFile until it answers");
    expect_ticket(order_next(server, 2, 'B'), "B002");
    wait_inside(server, "ConnectNamedPipe", 3);
    likely("what the first client had not read is lost");
    expect_ticket(mute, "A001");
    expect_no_pause(server);
}

CHECK(
    last_mute_client_stops_nothing,
    .name = "A mute client that is the last one, too", .todo = 3, .read = WRONG,
    .needs = &mute_client_stops_nobody)
{
    tried("came as the only client of `server 1`, ordered, read nothing, and "
          "closed nothing until the server had ended");
    struct program *server = start_ready("server 1", NULL);
    struct peer *mute = order('A');
    expect_good_end(
        server,
        "the server waits for its last client, in FlushFileBuffers or in "
        "ReadFile, and does not end");
    close_peer(mute);
}

CHECK(
    all_late_clients_get_theirs,
    .name = "16 late clients all get their tickets", .todo = 3, .read = WRONG,
    .needs = &mute_client_stops_nobody)
{
    tried(
        "came as %d clients who order and don't read; as the next one, who "
        "reads at once; then read the tickets of all the others",
        LATE_CLIENTS);
    struct program *server = start_ready("server 20", NULL);
    struct peer *late[LATE_CLIENTS];
    for (uint32_t i = 0; i < LATE_CLIENTS; i++)
        late[i] = order_next(server, i + 1, (char)('A' + i));
    expect_ticket(order_next(server, LATE_CLIENTS + 1, 'Z'), "Z017");
    wait_inside(server, "ConnectNamedPipe", LATE_CLIENTS + 2);
    likely("the server takes a ticket away when some more clients have come: "
           "DisconnectNamedPipe comes too early whenever it comes");
    for (int i = 0; i < LATE_CLIENTS; i++) {
        char ticket[TICKET_SIZE + 1];
        snprintf(ticket, sizeof ticket, "%c%03d", 'A' + i, i + 1);
        expect_ticket(late[i], ticket);
    }
    likely("the server keeps its end of every instance: a server that runs "
           "for long has more and more of them, until it has no memory");
    if (find_call(server, "CloseHandle", 1) == NULL)
        fail_check(
            "an old instance is closed when 17 clients are served",
            "no CloseHandle so far");
}

CHECK(
    name_is_always_there, .name = "Between two clients the name is there",
    .todo = 3, .read = WRONG, .needs = &mute_client_stops_nobody)
{
    tried("held the server where it creates its second instance, let the "
          "first client leave, and tried to open the pipe");
    struct program *server = start_ready("server 3", "CreateNamedPipeW:2");
    struct peer *client = order('A');
    wait_at_gate(server);
    close_peer(client);
    DWORD error = try_connect(PIPE_NAME, GENERIC_READ | GENERIC_WRITE);
    likely("the old instance is closed before there is a new one: for a "
           "moment nobody owns the name. Create first, then close");
    if (error != ERROR_PIPE_BUSY)
        fail_check(
            "error 231, ERROR_PIPE_BUSY: the name is there, and is busy",
            error == ERROR_FILE_NOT_FOUND
                ? "error %lu, ERROR_FILE_NOT_FOUND: the name is gone"
                : "error %lu",
            error);
    no_cause();
    open_gate(server);
    expect_ticket(order_next(server, 2, 'B'), "B002");
}

CHECK(
    there_is_room, .name = "There is room for the next instance", .todo = 1,
    .read = WRONG, .needs = &says_ready_in_time)
{
    tried("looked at the fourth argument of CreateNamedPipeW");
    struct program *server = start_ready("server 1", NULL);
    unsigned long long most = 0;
    likely("the next instance is created before the old one is closed: the "
           "maximum must be higher");
    call_argument(find_call(server, "CreateNamedPipeW", 1), "max", &most);
    if (most < INSTANCES_MIN)
        fail_check(
            "2 or more: one for the client, and the next one",
            "the maximum is %llu",
            most);
    likely("the parameter holds 1 to 254, or PIPE_UNLIMITED_INSTANCES for no "
           "limit. (Wine takes any number)");
    if (most > PIPE_UNLIMITED_INSTANCES)
        fail_check(
            "the maximum is not above 255, PIPE_UNLIMITED_INSTANCES",
            "the maximum is %llu, which Windows refuses with error 87",
            most);
}

CHECK(
    ticket_fits_the_buffer, .name = "A ticket fits the output buffer",
    .todo = 1, .read = WRONG, .needs = &says_ready_in_time)
{
    tried("looked at the fifth argument of CreateNamedPipeW");
    struct program *server = start_ready("server 1", NULL);
    unsigned long long size = 0;
    likely("in a smaller buffer the ticket finds no room, and WriteFile waits "
           "until the client reads: a mute one stops the server there");
    call_argument(find_call(server, "CreateNamedPipeW", 1), "out", &size);
    if (size < TICKET_SIZE)
        fail_check(
            "the output buffer has 4 bytes or more, as a ticket has",
            "the output buffer has %llu",
            size);
}

CHECK(
    order_of_the_gone_counts, .name = "A gone client's order counts (232)",
    .todo = 2, .read = WRONG, .needs = &prompt_client_gets_its_ticket)
{
    tried("held the server before ConnectNamedPipe, ordered and left; let "
          "the server go on, and ordered with \"B\"");
    struct program *server =
        start_ready("server 3", "ConnectNamedPipe:1,DisconnectNamedPipe:2");
    wait_at_gate(server);
    close_peer(order('A'));
    open_gate(server);
    likely("ConnectNamedPipe gives FALSE with error 232, ERROR_NO_DATA, when "
           "a client came and left before the call. What it wrote can still "
           "be read: go on, as after 535");
    expect_ticket(order_next(server, 2, 'B'), "B002");
}

CHECK(
    silent_visitor_does_no_harm, .name = "A silent visitor does no harm (232)",
    .todo = 2, .read = WRONG, .needs = &prompt_client_gets_its_ticket)
{
    tried("held the server before ConnectNamedPipe, came and left without a "
          "word; let the server go on, and ordered with \"B\"");
    struct program *server =
        start_ready("server 3", "ConnectNamedPipe:1,DisconnectNamedPipe:2");
    wait_at_gate(server);
    close_peer(connect_peer(PIPE_NAME));
    open_gate(server);
    likely("ConnectNamedPipe gives error 232 again and again, until the "
           "instance is disconnected or closed");
    expect_ticket(order_next(server, 2, 'B'), "B001");
}

CHECK(
    client_wins_the_race, .name = "A client that comes early is served (535)",
    .todo = 2, .read = WRONG, .needs = &prompt_client_gets_its_ticket)
{
    tried("held the server before ConnectNamedPipe, ordered with \"A\" "
          "meanwhile, and let it go on");
    struct program *server = start_with(
        "server 1",
        &(struct conditions){
            .gate = "ConnectNamedPipe:1,DisconnectNamedPipe:1"});
    wait_at_gate(server);
    struct peer *client = order('A');
    open_gate(server);
    likely("ConnectNamedPipe gives FALSE with error 535, "
           "ERROR_PIPE_CONNECTED, when the client came first: go on");
    expect_ticket(client, "A001");
}

CHECK(
    success_is_a_success, .name = "A success of ConnectNamedPipe is one",
    .todo = 2, .read = WRONG, .needs = &prompt_client_gets_its_ticket)
{
    tried("let ConnectNamedPipe succeed, with an old code, 997, behind it");
    struct program *server = start_with(
        "server 1",
        &(struct conditions){
            .fault = NO_RACE ",ConnectNamedPipe:*:leave=997",
            .gate = "DisconnectNamedPipe:1"});
    expect_line(server, "ready", 1);
    struct peer *client = order('A');
    likely("the server asks GetLastError without looking at the result: after "
           "a success the code means nothing");
    expect_ticket(client, "A001");
}

CHECK(
    other_connect_errors_count,
    .name = "Any other error of ConnectNamedPipe is reported", .todo = 2,
    .read = WRONG)
{
    expect_reported(
        "server 1",
        "ConnectNamedPipe",
        "1",
        "only 535 and 232 mean that a client came: every other error has to be reported, by die(\"ConnectNamedPipe\")");
}

CHECK(
    impatient_client_does_no_harm,
    .name = "A client that leaves early does no harm (232)", .read = WRONG,
    .needs = &prompt_client_gets_its_ticket)
{
    tried("held the server before WriteFile, closed the client's end "
          "meanwhile, and came with a second client");
    struct program *server =
        start_ready("server 3", "WriteFile:1,DisconnectNamedPipe:2");
    struct peer *client = order('A');
    wait_at_gate(server);
    close_peer(client);
    open_gate(server);
    likely("a client that leaves before its ticket makes WriteFile fail with "
           "error 232: the server goes on with the next one");
    expect_ticket(order_next(server, 2, 'B'), "B002");
}

CHECK(
    ends_cleanly, .name = "The server ends, and leaves nothing open", .todo = 3,
    .read = READ_IT, .needs = &last_client_gets_its_ticket)
{
    tried("started `server 3` and came with three clients, one after another");
    struct program *server = start_ready("server 3", NULL);
    static const char *const tickets[] = {"A001", "B002", "C003"};
    for (uint32_t i = 0; i < 3; i++) {
        struct peer *client = order_next(server, i + 1, tickets[i][0]);
        expect_ticket(client, tickets[i]);
        close_peer(client);
        /* A thread of its own may close the instance: before the end comes. */
        if (i == 1) {
            wait_inside(server, "ConnectNamedPipe", 3);
            wait_until_settled(server);
        }
    }
    expect_good_end(server, "the server does not count right, or does not end");
    likely("an instance is not closed: that is due when its client has its "
           "ticket");
    expect_no_leak(server);
    likely("an instance is closed once, when its client has its ticket");
    expect_no_bad_close(server);
    expect_no_bad_handle(server);
    no_cause();
    expect_right_on_windows(server);
    likely("an instance is created for which no client is awaited, behind the "
           "last one perhaps: a client can open it, and is never served");
    if (count_calls(server, "CreateNamedPipeW") > 3)
        fail_check(
            "no more than 3 instances for 3 clients",
            "%u instances",
            count_calls(server, "CreateNamedPipeW"));
}

CHECK(
    remote_clients_are_refused,
    .name = "Clients on other computers are refused", .read = READ_IT,
    .needs = &says_ready_in_time)
{
    struct program *server = start_ready("server 1", NULL);
    unsigned long long mode = 0;
    expect_local_only(server);
    no_cause();
    call_argument(find_call(server, "CreateNamedPipeW", 1), "mode", &mode);
    if ((mode & (PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE)) != 0)
        fail_check("a byte pipe (PIPE_TYPE_BYTE)", "mode is 0x%llx", mode);
}

CHECK(
    wrong_count_is_refused, .name = "A wrong number of clients is refused",
    .slow = true)
{
    expect_refused("server many,server -1,server 0");
}

/* What follows is the lesson's own: its other goodbyes, and its client. */

CHECK(
    disconnect_loses, .name = "`disconnect` loses the ticket of a late client",
    .program = "client", .read = WRONG)
{
    tried("let a client read when `server disconnect` had disconnected it");
    likely("the client is late, so it must be told 233 and count a loss");
    struct program *server = start_ready("server disconnect 1", NULL);
    struct program *client = start_with(
        "client prompt A",
        &(struct conditions){.gate = "ReadFile:1"});
    wait_at_gate(client);
    wait_called(server, "DisconnectNamedPipe", 1);
    open_gate(client);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "A: lost (error 233)\n1 ordered, 1 lost\n");
    expect_end(server, EXIT_SUCCESS);
}

/** A goodbye that waits: nobody is served until the first client moves. */
static void expect_waiting(
    const char *command_line, const char *call, uint32_t nth)
{
    struct program *server = start_ready(command_line, NULL);
    struct peer *mute = order('A');
    wait_inside(server, call, nth);
    DWORD error = try_connect(PIPE_NAME, GENERIC_READ | GENERIC_WRITE);
    if (error != ERROR_PIPE_BUSY)
        fail_check("error 231, ERROR_PIPE_BUSY", "error %lu", error);
    if (find_call(server, call, nth)->t1 != 0)
        fail_check("the server is inside the call", "it has returned");
    close_peer(mute);
    struct program *client = start("client prompt B");
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "B002\n1 ordered, 0 lost\n");
    expect_end(server, EXIT_SUCCESS);
    expect_no_leak(server);
}

CHECK(
    flush_waits, .name = "`flush` waits until the client reads or leaves",
    .program = "client", .read = WRONG)
{
    tried("ordered from `server flush 2`, read nothing, closed the client's "
          "end, and let `client prompt B` come");
    likely("the server does not wait in FlushFileBuffers, or does not go on "
           "when the client leaves");
    expect_waiting("server flush 2", "FlushFileBuffers", 1);
}

CHECK(
    acknowledge_waits, .name = "`acknowledge` waits for a byte of thanks",
    .program = "client", .read = WRONG)
{
    tried("ordered from `server acknowledge 2`, thanked for nothing, closed "
          "the client's end, and let `client prompt B` come");
    likely("the server does not wait for a byte of thanks, or does not go on "
           "when the client leaves");
    expect_waiting("server acknowledge 2", "ReadFile", 2);
}

CHECK(
    client_puts_pieces_together, .name = "The client puts a ticket together",
    .program = "client", .read = READ_IT)
{
    tried("answered `client prompt A` in two pieces, \"A0\" and \"01\"");
    likely("the client takes one ReadFile for a whole ticket, or does not "
           "say thanks");
    struct peer *server = create_peer(PIPE_NAME);
    struct program *client = start_with(
        "client prompt A",
        &(struct conditions){.gate = "ReadFile:2"});
    accept_peer(server);
    expect_bytes(server, "A", 1);
    send_bytes(server, "A0", 2);
    wait_at_gate(client);
    send_bytes(server, "01", 2);
    open_gate(client);
    const char thanks = THANKS;
    expect_bytes(server, &thanks, 1);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "A001\n1 ordered, 0 lost\n");
    expect_no_leak(client);
    expect_right_on_windows(client);
}

CHECK(
    client_counts_a_close, .name = "The client counts a lost ticket (109)",
    .program = "client", .read = WRONG)
{
    tried("closed the server's end without a ticket for `client prompt A`");
    likely("the client does not know 109 for the end of the conversation");
    struct peer *server = create_peer(PIPE_NAME);
    struct program *client = start("client prompt A");
    accept_peer(server);
    expect_bytes(server, "A", 1);
    close_peer(server);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "A: lost (error 109)\n1 ordered, 1 lost\n");
}

CHECK(
    client_waits_its_turn, .name = "The client waits for its turn (231)",
    .program = "client", .read = READ_IT)
{
    tried("let `client prompt B` come while the only instance was taken");
    likely("the client does not take 231 for a reason to wait");
    struct peer *server =
        create_peer_as(PIPE_NAME, &(struct peer_pipe){.timeout_ms = 1000});
    struct peer *first = connect_peer(PIPE_NAME);
    struct program *client = start("client prompt B");
    wait_inside(client, "WaitNamedPipeW", 1);
    close_peer(first);
    disconnect_peer(server);
    accept_peer(server);
    expect_bytes(server, "B", 1);
    send_bytes(server, "B001", 4);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "B001\n1 ordered, 0 lost\n");
}

CHECK(
    client_names_the_missing_server,
    .name = "The client says so when there is no server (2)",
    .program = "client", .read = WRONG)
{
    expect_missing_server("client prompt A");
}

CHECK(
    client_refuses_nonsense, .name = "The client refuses what it does not know",
    .program = "client")
{
    tried("started `client`, `client soon A`, `client late` and "
          "`client late a`");
    likely("the client does not look at its arguments");
    expect_end(start("client"), 2);
    expect_end(start("client soon A"), 2);
    expect_end(start("client late"), 2);
    expect_end(start("client late a"), 2);
}

static const struct check *const CHECKS[] = {
    &says_ready_in_time,
    &prompt_client_gets_its_ticket,
    &there_is_room,
    &ticket_fits_the_buffer,
    &order_of_the_gone_counts,
    &silent_visitor_does_no_harm,
    &client_wins_the_race,
    &success_is_a_success,
    &other_connect_errors_count,
    &late_client_gets_its_ticket,
    &last_client_gets_its_ticket,
    &mute_client_stops_nobody,
    &last_mute_client_stops_nothing,
    &all_late_clients_get_theirs,
    &name_is_always_there,
    &ends_cleanly,
    &impatient_client_does_no_harm,
    &remote_clients_are_refused,
    &wrong_count_is_refused,
    &disconnect_loses,
    &flush_waits,
    &acknowledge_waits,
    &client_puts_pieces_together,
    &client_counts_a_close,
    &client_waits_its_turn,
    &client_names_the_missing_server,
    &client_refuses_nonsense,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "03-goodbye", CHECKS);
}
