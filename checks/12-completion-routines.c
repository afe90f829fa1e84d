/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 12: a server that is called back.
 *
 * Usage: `12-completion-routines FOLDER [LESSON-FOLDER]`
 */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/describe.h"
#include "checks/harness/expect.h"
#include "checks/harness/forgiven.h"
#include "checks/harness/peer.h"
#include "checks/harness/routines.h"
#include "checks/harness/scene.h"
#include "checks/harness/servers.h"
#include "checks/harness/values.h"
#include "checks/harness/waits.h"
#include "lens/table.h"
#include "lessons/12-completion-routines/protocol.h"

/** How often a client talks without a pause: as many as a program has gates.
 */
enum { TURNS = GATES_MAX };
#define AT_EACH_TURN                                                           \
    "WriteFileEx:1,WriteFileEx:2,WriteFileEx:3,WriteFileEx:4,"                 \
    "WriteFileEx:5,WriteFileEx:6,WriteFileEx:7,WriteFileEx:8"

/** How many clients come one behind another, each to an instance of its own.
 */
enum { NEWCOMERS = 7 };
#define AT_EACH_INSTANCE                                                       \
    "ConnectNamedPipe:2,ConnectNamedPipe:3,ConnectNamedPipe:4,"                \
    "ConnectNamedPipe:5,ConnectNamedPipe:6,ConnectNamedPipe:7,"                \
    "ConnectNamedPipe:8"

/** More clients than a thread can have events to wait for. */
enum { CROWD = MAXIMUM_WAIT_OBJECTS + 6 };

/** A shorter wait only looks, again and again, in milliseconds. */
enum { LONG_WAIT_MS = 100 };

/** Sends bytes and expects the very same back, or tells of a deaf server. */
static void expect_heard(
    struct program *server, struct peer *client, const void *data, size_t size)
{
    send_bytes(client, data, size);
    while (peek_peer(client) == 0 && may_come(server)) {
        if (is_deaf(server)) {
            likely("a routine runs only while its thread is inside SleepEx or "
                   "a wait function ...Ex whose last argument, bAlertable, is "
                   "TRUE. Sleep is no such wait, however long");
            fail_check(
                "an alertable wait: then on_read runs",
                "no routine runs: the server's waits are not alertable");
        }
        Sleep(1);
    }
    expect_bytes(client, data, size);
}

CHECK(
    echoes, .name = "The server sends back what it reads", .todo = 1,
    .read = READ_IT)
{
    static const char data[] = "\0zero\0bytes\0\0";
    tried(
        "opened the pipe, sent \"%s\" and, when it was back, %zu bytes "
        "with zeros among them",
        other_word(),
        sizeof data);
    struct program *server = start_serving("server", NULL, NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    likely("the wait ends when one of the two events is set: bWaitAll is FALSE "
           "then. The second one, WAIT_OBJECT_0 + 1, says that a client has "
           "come: accept_client()");
    wait_called(server, "ReadFileEx", 1);
    likely("the server does not send back what it read, or more than that; or "
           "it takes WAIT_IO_COMPLETION (192) for a failure or for the end: it "
           "says that routines have run, and to wait again");
    expect_heard(server, client, other_word(), strlen(other_word()));
    settle_routines(server);
    expect_heard(server, client, data, sizeof data);
    settle_routines(server);
}

CHECK(
    early_client_is_served, .name = "A client that comes early is served (535)",
    .read = WRONG, .needs = &echoes)
{
    tried("held the server before ConnectNamedPipe and opened its pipe");
    struct program *server = start_held("server", "ConnectNamedPipe:1", NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    open_gate(server);
    likely("535, ERROR_PIPE_CONNECTED: the client is there, nothing has begun, "
           "and nobody sets the event");
    expect_heard(server, client, "hello", 5);
    expect_heard(server, connect_peer_waiting(PIPE_NAME), "hello", 5);
}

static const struct check ends_with_its_last_client;  // stands further down

CHECK(
    hasty_client_does_no_harm,
    .name = "A client that left at once harms nobody", .todo = 2, .read = WRONG,
    .needs = &ends_with_its_last_client)
{
    tried("held the server before ConnectNamedPipe, opened its pipe and closed "
          "it again meanwhile, and came with another client");
    struct program *server = start_held("server 2", "ConnectNamedPipe:1", NULL);
    close_peer(connect_peer(PIPE_NAME));
    open_gate(server);
    struct peer *client = connect_peer_waiting(PIPE_NAME);
    likely("232, ERROR_NO_DATA: the client came and has left again. Go on as "
           "with any other");
    expect_heard(server, client, "hello", 5);
    close_peer(client);
    expect_success(server);
}

CHECK(
    next_instance_comes_first, .name = "One more instance is always there",
    .read = READ_IT)
{
    tried("held the server before its first ReadFileEx, and came with a "
          "second client");
    struct program *server = start_serving("server", "ReadFileEx:1", NULL);
    connect_peer(PIPE_NAME);
    wait_at_gate(server);
    likely("the next instance is made before the client is served, or for a "
           "moment there is none");
    connect_peer(PIPE_NAME);
}

CHECK(
    routines_have_a_turn, .name = "Newcomers leave the routines a turn",
    .todo = 1, .read = READ_IT, .needs = &echoes)
{
    tried(
        "sent \"hello\", and came with %d newcomers, each while the server was "
        "about to wait for the next one",
        NEWCOMERS);
    struct program *server = start_serving("server", AT_EACH_INSTANCE, NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    wait_at_gate_number(server, 0);
    send_bytes(client, "hello", 5);
    likely("an event that is set ends the wait before a routine has run: while "
           "clients come one behind another, none does. Give them a turn "
           "behind each client: SleepEx with 0, alertable");
    for (size_t i = 0; i + 1 < NEWCOMERS; i++) {
        wait_at_gate_number(server, i);
        connect_peer(PIPE_NAME);
        open_gate_number(server, i);
    }
    wait_at_gate_number(server, NEWCOMERS - 1);
    if (count_routines(server, false) == 0)
        fail_check(
            "the routine of the first read has run",
            "%d clients have been accepted, and no routine has run",
            NEWCOMERS);
    open_gate_number(server, NEWCOMERS - 1);
    expect_bytes(client, "hello", 5);
}

CHECK(
    crowd_is_served, .name = "More clients than a wait has handles", .todo = 1,
    .read = READ_IT, .needs = &echoes)
{
    static struct peer *crowd[CROWD];
    tried("came with %d clients at a time", CROWD);
    struct program *server = start_serving("server", NULL, NULL);
    likely("a wait takes 64 handles at most; routines need none");
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = connect_peer_waiting(PIPE_NAME);
        expect_heard(server, crowd[i], "first", 5);
    }
    for (int i = 0; i < CROWD; i++)
        expect_heard(server, crowd[i], "second", 6);
}

static const struct check routines_do_not_nest;  // stands further down

CHECK(
    mute_client_harms_nobody,
    .name = "A client that reads nothing harms nobody", .todo = 2,
    .read = READ_IT, .needs = &routines_do_not_nest)
{
    static char data[3 * MESSAGE_MAX];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)(i % 251);  // no two pieces are alike
    tried(
        "sent %zu bytes and read nothing of what came back, and came with "
        "another client",
        sizeof data);
    struct program *server = start_serving("server", NULL, NULL);
    struct peer *mute = connect_peer(PIPE_NAME);
    begin_send(mute, data, sizeof data);
    wait_called(server, "WriteFileEx", 2);
    struct peer *client = connect_peer_waiting(PIPE_NAME);
    likely("the server waits for one client's write, and for nobody else");
    expect_heard(server, client, "hello", 5);
    expect_bytes(mute, data, sizeof data);
    finish_send(mute);
}

CHECK(
    failed_read_calls_nobody, .name = "A read that fails at once calls nobody",
    .read = WRONG, .needs = &ends_with_its_last_client)
{
    tried("made the first ReadFileEx fail with 109, and came with another "
          "client");
    struct program *server =
        start_serving("server 2", NULL, "ReadFileEx:1:109");
    likely("a read that fails at once has not begun: its routine will not be "
           "called, so close the pipe there");
    expect_close(connect_peer(PIPE_NAME));
    struct peer *client = connect_peer_waiting(PIPE_NAME);
    expect_heard(server, client, "hello", 5);
    close_peer(client);
    expect_success(server);
    likely("a handle is not closed, or closed twice");
    expect_no_bad_close(server);
}

CHECK(
    one_failure_harms_one, .name = "One client's failure harms no other",
    .read = READ_IT, .needs = &ends_with_its_last_client)
{
    tried(
        "made the first client's ReadFileEx fail with error %lu, and came "
        "with another client",
        other_error());
    struct program *server =
        start_serving("server 2", NULL, "ReadFileEx:1:other");
    likely("report it, close this client's pipe, and let the others go on");
    expect_close(connect_peer(PIPE_NAME));
    struct peer *client = connect_peer_waiting(PIPE_NAME);
    expect_heard(server, client, "hello", 5);
    close_peer(client);
    expect_end(server, EXIT_SUCCESS);
    expect_error(server, "ReadFileEx", other_error());
}

CHECK(
    ends_with_its_last_client, .name = "The server ends with its last client",
    .todo = 2, .read = READ_IT, .needs = &routines_do_not_nest)
{
    tried("came to `server 2` with two clients, one of which stayed longer");
    struct program *server = start_serving("server 2", NULL, NULL);
    struct peer *first = connect_peer(PIPE_NAME);
    likely("the server ends when the last of its clients has left, and closes "
           "whatever it has opened, once. While no client is left, no routine "
           "will come: a wait for one never returns");
    expect_heard(server, first, "first", 5);
    struct peer *second = connect_peer_waiting(PIPE_NAME);
    close_peer(first);
    expect_heard(server, second, "second", 6);
    close_peer(second);
    expect_success(server);
    expect_tidy(server);
    expect_right_on_windows(server);
}

CHECK(
    error_ends_the_client, .name = "After an error nothing is begun again",
    .todo = 2, .read = WRONG, .needs = &ends_with_its_last_client)
{
    tried("left the server while it read, and looked at what its routine did");
    struct program *server = start_serving("server 1", NULL, NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    likely("`error` is not 0 when the operation has failed, here since the "
           "client has left (109): hand it to go_on, which frees the client. "
           "To read again fails again, and nobody learns why");
    expect_heard(server, client, "hello", 5);
    wait_called(server, "ReadFileEx", 2);
    close_peer(client);
    expect_end(server, EXIT_SUCCESS);
    bool failed = false;
    const struct lens_record *record;
    for (uint32_t at = 0; (record = next_record(server, &at)) != NULL;)
        if (record->kind == LENS_KIND_ROUTINE)
            failed = failed || record->error != 0;
        else if (failed && has_routine(record))
            fail_check(
                "a routine that is told an error begins nothing",
                "%s number %u, after a routine was told error 109",
                lens_call_name(record->call),
                record->nth);
}

CHECK(
    waits_after_the_last, .name = "After the last client the loop waits",
    .todo = 1, .read = WRONG, .needs = &echoes)
{
    tried("sent ten messages to `server 1`");
    struct program *server = start_serving("server 1", NULL, NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    likely("the event of ConnectNamedPipe stays set until the next one begins. "
           "After the last client nothing begins: don't wait for it then");
    for (int i = 0; i < 10; i++)
        expect_heard(server, client, "hello", 5);
    unsigned woken = 0;
    const struct lens_record *record;
    for (uint32_t at = 0; (record = next_record(server, &at)) != NULL;)
        woken += takes_time(record) && record->t1 != 0
                 && record->result == WAIT_OBJECT_0 + 1;
    if (woken > 3)
        fail_check(
            "one client wakes the server for a new client once",
            "the waits gave WAIT_OBJECT_0 + 1 %u times: the loop spins",
            woken);
}

CHECK(
    idle_server_waits, .name = "A server without clients does not poll",
    .todo = 1, .read = READ_IT, .needs = &echoes)
{
    tried("left the server alone, without a client");
    struct program *server = start_serving("server", NULL, NULL);
    likely("to wait for a moment only, again and again, is to poll: the events "
           "and the routines end an alertable wait without a limit (INFINITE) "
           "as well, and at once");
    while (count_waits(server) < DEAF_WAITS) {
        if (waits_unseen(server))
            return;
        const struct lens_record *record;
        for (uint32_t at = 0; (record = next_record(server, &at)) != NULL;)
            if (takes_time(record) && record->t1 == 0
                && wait_time(record) >= LONG_WAIT_MS)
                return;
        wait_a_round(server, "the server waits");
    }
    fail_check(
        "one wait, until an event is set or a routine is queued",
        "%d waits, and nothing has happened",
        DEAF_WAITS);
}

CHECK(
    only_events_and_routines, .name = "A silent client keeps nobody out",
    .todo = 1, .read = READ_IT, .needs = &echoes)
{
    tried("came with a client that says nothing, and looked at the waits");
    struct program *server = start_serving("server", NULL, NULL);
    connect_peer(PIPE_NAME);
    wait_called(server, "ReadFileEx", 1);
    likely("SleepEx with more than 0 ms ends at a routine only: meanwhile the "
           "server hears neither a newcomer nor Ctrl+C. Wait for the events");
    settle_routines(server);
    const struct lens_record *record;
    for (uint32_t at = 0; (record = next_record(server, &at)) != NULL;)
        if (is_sleep(record) && wait_time(record) != 0)
            fail_check(
                "the server waits for its events in each wait",
                "%s, which no event ends",
                lens_call_name(record->call));
}

CHECK(
    failed_wait_is_reported, .name = "A failed wait is reported", .todo = 1,
    .read = READ_IT)
{
    tried("made the first wait fail with error %s", other_error_text());
    struct program *server = start_as(
        "server",
        NULL,
        "WaitForMultipleObjectsEx:1:other,WaitForSingleObjectEx:1:other,"
        "WaitForMultipleObjects:1:other,WaitForSingleObject:1:other");
    likely("WAIT_FAILED is no event and no routine: report it by die");
    while (may_come(server) && count_waits(server) < 3 && !waits_unseen(server))
        Sleep(1);
    if (waits_unseen(server))
        return; /* The lens can't make fail what it does not see. */
    if (is_running(server))
        fail_program(server, "the failure is reported, and the server ends");
    expect_failure(server, "WaitFor", other_error());
}

/** Expects that no routine has waited; one that only looks may. */
static void expect_no_wait_inside(const struct program *server)
{
    int64_t end = 0;  // of the last routine; this server has one thread
    const struct lens_record *record;
    for (uint32_t at = 0; (record = next_record(server, &at)) != NULL;)
        if (record->kind == LENS_KIND_ROUTINE)
            end = record->t1 != 0 ? record->t1 : INT64_MAX;
        else if (
            takes_time(record) && record->t0 < end && wait_time(record) != 0)
            fail_check(
                "a routine begins what comes next, and returns at once",
                "%s inside a routine: all other clients wait meanwhile",
                lens_call_name(record->call));
}

/**
 * Sends one message after another so that the next one is always there when
 * the server has read the last; leaves it held before the last WriteFileEx.
 */
static void talk_without_pause(struct program *server, struct peer *client)
{
    for (size_t turn = 0; turn + 1 < TURNS; turn++) {
        wait_at_gate_number(server, turn);
        send_bytes(client, "more!", 5);
        open_gate_number(server, turn);
    }
    wait_at_gate_number(server, TURNS - 1);
}

CHECK(
    routines_do_not_nest, .name = "No routine waits, or runs inside another",
    .todo = 2, .read = WRONG, .needs = &echoes)
{
    tried(
        "sent %d messages, each while the server was about to write the one "
        "before",
        TURNS);
    struct program *server = start_serving("server", AT_EACH_TURN, NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    send_bytes(client, "hello", 5);
    likely("a routine that waits alertably lets other routines run inside "
           "itself, and those the next: the stack grows until it is full. "
           "Return; main waits");
    talk_without_pause(server, client);
    unsigned inside = count_routines(server, true);
    if (inside > 1)
        fail_check(
            "one routine at a time, each returns before the next runs",
            "%u routines are inside each other",
            inside);
    expect_no_wait_inside(server);
}

CHECK(
    newcomer_gets_in, .name = "A talkative client keeps nobody out", .todo = 2,
    .read = WRONG, .needs = &routines_do_not_nest)
{
    tried(
        "opened the pipe while another client, which sends one message after "
        "another without a pause, was served %d times",
        TURNS);
    struct program *server = start_serving("server", AT_EACH_TURN, NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    send_bytes(client, "hello", 5);
    wait_at_gate_number(server, 0);
    struct peer *newcomer = connect_peer(PIPE_NAME);
    likely("the alertable wait does not return while a routine is queued, and "
           "main never sees the event: look for a client in on_read, too "
           "(accept_client)");
    talk_without_pause(server, client);
    if (count_calls(server, "CreateNamedPipeW") < 3)
        fail_check(
            "the newcomer is accepted, and there is an instance more",
            "nobody has looked for it: it would wait for ever");
    open_gate_number(server, TURNS - 1);
    expect_heard(server, newcomer, "hello", 5);
}

CHECK(
    ctrl_c_without_clients, .name = "Ctrl+C ends a server without clients",
    .todo = 1, .read = READ_IT)
{
    tried("pressed Ctrl+C while no client was there");
    struct program *server = start_serving("server", NULL, NULL);
    likely("the event of Ctrl+C has to end the wait, and the loop; and where "
           "no client is left, no routine will come: a wait for one never "
           "returns");
    settle_routines(server);
    press_ctrl_c(server);
    expect_end_by_ctrl_c(server);
    likely("a handle is not closed, or closed twice");
    expect_no_leak(server);
}

/** Expects of a server that does not end that nothing goes on in it which
 * nobody has cancelled. */
static void expect_all_cancelled(struct program *server)
{
    DWORD code;
    if (wait_for_scene_end(server, &code) != TOO_LATE)
        return;
    const struct lens_record *operation = find_uncancelled(server);
    if (operation == NULL)
        return;
    likely("an operation that nobody cancels goes on, and its routine "
           "does not run: cancel that of each client in the list");
    fail_check(
        "after Ctrl+C each operation is cancelled",
        "%s number %lu goes on, and nobody has cancelled it",
        lens_call_name(operation->call),
        (unsigned long)operation->nth);
}

CHECK(
    all_are_called_back, .name = "After Ctrl+C every routine runs (995)",
    .todo = 3, .read = WRONG, .needs = &ctrl_c_without_clients)
{
    static char data[3 * MESSAGE_MAX];
    tried("pressed Ctrl+C while the server read from two clients, and wrote "
          "to one that reads nothing");
    struct program *server = start_serving("server", NULL, NULL);
    struct peer *silent = connect_peer(PIPE_NAME);
    struct peer *other = connect_peer_waiting(PIPE_NAME);
    wait_called(server, "ReadFileEx", 2);
    struct peer *mute = connect_peer_waiting(PIPE_NAME);
    wait_called(server, "ReadFileEx", 3);
    likely("a cancelled operation calls its routine as well, with error 995. "
           "Until that has run, the structure is the system's: go on waiting "
           "alertably until no client is left");
    settle_routines(server);
    begin_send(mute, data, sizeof data);
    while (count_calls(server, "WriteFileEx") < 2 && !is_deaf(server)
           && is_running(server)
           && ms_until(scene_deadline()) > scene_limit_ms() / 2)
        Sleep(1);
    settle_routines(server);
    press_ctrl_c(server);
    expect_all_cancelled(server);
    expect_close(silent);
    expect_close(other);
    expect_end_by_ctrl_c(server);
    expect_all_called_back(server);
    likely("a handle is not closed, or closed twice");
    expect_no_bad_close(server);
}

CHECK(
    nothing_is_left_open, .name = "No handle is left open after Ctrl+C",
    .todo = 3, .read = READ_IT, .needs = &ctrl_c_without_clients)
{
    tried("came with three clients, closed one, pressed Ctrl+C and looked for "
          "handles that were open at the end");
    struct program *server = start_serving("server", NULL, NULL);
    connect_peer(PIPE_NAME);
    wait_called(server, "ReadFileEx", 1);
    struct peer *second = connect_peer_waiting(PIPE_NAME);
    wait_called(server, "ReadFileEx", 2);
    connect_peer_waiting(PIPE_NAME);
    wait_called(server, "ReadFileEx", 3);
    likely("a client is freed and its pipe closed once: by its last routine");
    settle_routines(server);
    close_peer(second);
    wait_called_back(server, 2);
    settle_routines(server);
    press_ctrl_c(server);
    expect_all_cancelled(server);
    expect_end_by_ctrl_c(server);
    expect_tidy(server);
    expect_right_on_windows(server);
}

CHECK(
    last_minute_data, .name = "Data in the last moment do no harm (1168)",
    .todo = 3, .read = WRONG, .needs = &ctrl_c_without_clients)
{
    static struct peer *clients[3];
    tried("pressed Ctrl+C, held the server before its first CancelIoEx, and "
          "sent \"hello\" from three clients meanwhile");
    struct program *server = start_serving("server", "CancelIoEx:1", NULL);
    likely("1168, ERROR_NOT_FOUND, is no failure: the read is over, its "
           "routine is queued. The next alertable wait runs all of them, and "
           "each frees its client: cancel all, then wait");
    for (uint32_t i = 0; i < ARRAYSIZE(clients); i++) {
        clients[i] = connect_peer_waiting(PIPE_NAME);
        wait_called(server, "ReadFileEx", i + 1);
    }
    settle_routines(server);
    press_ctrl_c(server);
    wait_at_gate(server);
    if (count_calls(server, "CancelIo") > 0)
        fail_check(
            "CancelIoEx, with the client's structure",
            "the server calls CancelIo");

    /* The newest is the first of the list, and now the first to be freed. */
    for (size_t i = ARRAYSIZE(clients); i-- > 0;)
        send_bytes(clients[i], "hello", 5);
    open_gate(server);
    expect_end_by_ctrl_c(server);
    expect_all_called_back(server);
    likely("a handle is not closed, or closed twice");
    expect_no_bad_close(server);
}

CHECK(
    failed_cancel_counts, .name = "Any other error of CancelIoEx is reported",
    .todo = 3, .read = WRONG, .needs = &ctrl_c_without_clients)
{
    tried(
        "pressed Ctrl+C and made CancelIoEx fail with error %s",
        other_error_text());
    struct program *server =
        start_serving("server", NULL, "CancelIoEx:1:other");
    connect_peer(PIPE_NAME);
    wait_called(server, "ReadFileEx", 1);
    likely("only 1168 means that there was nothing to cancel: report the "
           "others by die(\"CancelIoEx\")");
    settle_routines(server);
    press_ctrl_c(server);
    expect_all_cancelled(server);
    expect_failure(server, "CancelIoEx", other_error());
}

CHECK(wrong_count_is_refused, .name = "A wrong number is refused", .slow = true)
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
    client_puts_pieces_together,
    .name = "The client puts a reply together from two reads",
    .program = "client", .read = READ_IT)
{
    struct program *client = expect_reply_in_pieces(PIPE_NAME);
    likely("a handle is not closed, or closed twice");
    expect_no_leak(client);
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
    .name = "The client says so when there is no server (2)",
    .program = "client", .read = WRONG)
{
    expect_missing_server("client hello");
}

static const struct check *const CHECKS[] = {
    &echoes,
    &early_client_is_served,
    &next_instance_comes_first,
    &crowd_is_served,
    &routines_have_a_turn,
    &idle_server_waits,
    &only_events_and_routines,
    &failed_wait_is_reported,
    &routines_do_not_nest,
    &newcomer_gets_in,
    &mute_client_harms_nobody,
    &ends_with_its_last_client,
    &error_ends_the_client,
    &failed_read_calls_nobody,
    &one_failure_harms_one,
    &hasty_client_does_no_harm,
    &waits_after_the_last,
    &ctrl_c_without_clients,
    &all_are_called_back,
    &last_minute_data,
    &failed_cancel_counts,
    &nothing_is_left_open,
    &wrong_count_is_refused,
    &client_gets_its_replies,
    &client_puts_pieces_together,
    &client_waits_while_busy,
    &client_names_the_missing_server,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "12-completion-routines", CHECKS);
}
