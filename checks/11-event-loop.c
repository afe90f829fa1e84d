/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 11: one thread for many clients.
 *
 * Usage: `11-event-loop FOLDER [LESSON-FOLDER]`
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
#include "checks/harness/waits.h"
#include "checks/harness/where.h"
#include "lens/table.h"
#include "lessons/11-event-loop/protocol.h"

/** How many clients one thread can serve, beside its stop event. */
enum { FULL = MAXIMUM_WAIT_OBJECTS - 1 };

/** How many messages wait of a client that chats, how many of them may be
 * answered before another client's one; how many waits four messages and
 * visits may take, and a time-out that does no harm. */
enum { CHAT = 200, PATIENCE = 16, WAITS_MAX = 40, LONG_MS = 1000 };

/** How many waits of a program that does nothing else are a loop. */
enum { SPINS_MAX = 1000 };

/** Each read asks for one byte: so each byte is a message. */
#define ONE_BYTE_EACH "ReadFile:*:short"

/** Tells whether the server, which has one thread, is inside its wait. */
static bool is_waiting(const struct program *server)
{
    const struct lens_record *inside = where_inside(scene_view(), server->id);
    return inside != NULL && is_wait(inside);
}

/** Lets the server come to its wait, unless it makes call after call. */
static void let_settle(const struct program *server)
{
    while (!is_waiting(server) && !lens_view_full(scene_view())
           && may_come(server))
        Sleep(1);
}

/** Waits until the server has begun its read number @p nth. */
static void wait_read(struct program *server, uint32_t nth)
{
    while (count_calls(server, "ReadFile") < nth && may_come(server)) {
        uint32_t waits = count_calls(server, "WaitForMultipleObjects");
        if (waits > SPINS_MAX) {
            likely("an event stays set, because its connection gets no turn: "
                   "that of connection i is number i + 1 of the wait, behind "
                   "the stop event");
            fail_check(
                "the client that has come gets a turn",
                "%u waits have ended, and no read has begun",
                waits);
        }
        Sleep(1);
    }
    wait_called(server, "ReadFile", nth);
}

/** Starts the server and waits until it waits for its first client. */
static struct program *start_ready(
    const char *command_line, const char *gate, const char *fault)
{
    struct program *server = start_serving(command_line, gate, fault);
    let_settle(server);
    return server;
}

/** Comes as one more client, whose first read the server has begun. */
static struct peer *come(struct program *server)
{
    uint32_t reads = count_calls(server, "ReadFile");
    let_settle(server);
    struct peer *client = connect_peer_waiting(PIPE_NAME);
    wait_read(server, reads + 1);
    let_settle(server);
    return client;
}

/** Whether a place of a wait's array, as far as it is recorded, is empty. */
static bool has_empty_place(const struct lens_record *wait)
{
    const char *objects = strstr(wait->in, "objects=");
    char *end = (char *)objects + strlen("objects");
    do
        if (strtoul(end + 1, &end, 0) == 0)
            return true;
    while (end[0] == ',' && end[1] == '0');
    return false;
}

/** Expects that a wait for several objects can end as it should. */
static void expect_good_wait(const struct lens_record *wait)
{
    unsigned long long all = 0;
    call_argument(wait, "all", &all);
    likely("bWaitAll is TRUE: then the wait ends when every event is set, and "
           "those of silent clients are not. FALSE: one is enough");
    if (all != 0)
        fail_check("a wait for one of the events", "%s", wait->in);
    likely("nCount is how many handles stand in the array, from the first on: "
           "an empty place is no handle, and the wait fails with 6");
    if (has_empty_place(wait))
        fail_check("a wait for handles that are open", "%s", wait->in);
}

CHECK(
    wait_is_right, .name = "The wait is for one of several events", .todo = 4,
    .read = READ_IT)
{
    tried("started `server`, came with no client, and looked at its wait");
    struct program *server = start("server");
    let_settle(server);
    const struct lens_record *wait;
    for (uint32_t at = 0; (wait = next_wait(server, &at)) != NULL;)
        if (wait->nth == 1 && strstr(wait->in, "objects=") != NULL)
            expect_good_wait(wait);
}

CHECK(
    says_ready_in_time, .name = "`ready` is printed when the pipe is there",
    .needs = &wait_is_right)
{
    expect_ready_in_time("server", PIPE_NAME, GENERIC_READ | GENERIC_WRITE);
}

CHECK(
    echoes, .name = "The server sends back what it reads",
    .needs = &wait_is_right, .read = READ_IT)
{
    static const char data[] = "\0zero\0bytes\0\0";
    tried(
        "opened the pipe, sent \"%s\" and, while the server was held before "
        "its second ReadFile, %zu bytes with zeros among them",
        other_word(),
        sizeof data);
    likely("a turn is given to one whose operation goes on (then its result "
           "is 996), or to nobody when an operation is over");
    struct program *server = start_ready("server", "ReadFile:2", NULL);
    struct peer *client = come(server);
    expect_echo(client, other_word(), strlen(other_word()));
    wait_at_gate(server);
    send_bytes(client, data, sizeof data);
    open_gate(server);
    expect_bytes(client, data, sizeof data);
}

CHECK(
    early_client_is_served, .name = "A client that comes early is served (535)",
    .todo = 2, .needs = &echoes, .read = WRONG)
{
    tried("held the server before ConnectNamedPipe, opened its pipe "
          "meanwhile, let it go on and sent \"hello\"");
    struct program *server = start_held("server", "ConnectNamedPipe:1", NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    open_gate(server);
    likely("535, ERROR_PIPE_CONNECTED, begins nothing and sets no event: the "
           "server has to go on at once, with a read");
    expect_echo(client, "hello", 5);
}

/** Lets a client come, write "hello" and leave before it is accepted. */
static struct program *start_with_hasty_client(void)
{
    struct program *server = start_held("server", "ConnectNamedPipe:1", NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    send_bytes(client, "hello", 5);
    close_peer(client);
    open_gate(server);
    return server;
}

/** Whether a call has begun to wait for the second or a later client. */
static bool is_next_visit(const struct lens_record *call)
{
    return is_call(call, "ConnectNamedPipe") && call->nth > 1 && call->t1 != 0
           && (call->error == ERROR_IO_PENDING
               || (call->flags & LENS_FLAG_PENDING) != 0);
}

/** Waits until an instance waits for a client again, or is closed. */
static void expect_used_again(struct program *server, uint32_t pipe)
{
    for (;;) {
        const struct lens_record *call;
        for (uint32_t at = 0; (call = next_record(server, &at)) != NULL;)
            if (call->handle == pipe
                && (is_call(call, "CloseHandle") || is_next_visit(call)))
                return;
        wait_a_round(server, "the instance is there for the next client");
    }
}

CHECK(
    hasty_client_harms_nobody,
    .name = "One that came and left is no harm (232)", .todo = 2,
    .needs = &echoes, .read = WRONG)
{
    tried("held the server before ConnectNamedPipe, opened its pipe, wrote "
          "\"hello\", closed it again meanwhile, and came with another client");
    struct program *server = start_with_hasty_client();
    likely("232, ERROR_NO_DATA, means that a client came and has left again: "
           "that is a visit like any other. Read, and you are told 109 behind "
           "its last words");
    let_settle(server);
    if (!is_running(server))
        fail_program(server, "the server waits for the next client");
    expect_echo(connect_peer_waiting(PIPE_NAME), "hello", 5);
    expect_no_errors(server);
}

CHECK(
    failure_at_once_strands_nothing,
    .name = "A failure at once strands no instance", .todo = 3,
    .needs = &hasty_client_harms_nobody, .read = WRONG)
{
    tried("held the server before ConnectNamedPipe, opened its pipe, wrote "
          "\"hello\" and closed it again meanwhile");
    struct program *server = start_with_hasty_client();
    likely("the write to one that has left fails at once: nothing is pending, "
           "and no event will be set. Only pending, or a read that is done, "
           "ends a turn; after a failure go on");
    const struct lens_record *first =
        wait_called(server, "ConnectNamedPipe", 1);
    expect_used_again(server, first->handle);
}

CHECK(
    failures_end_no_turn, .name = "A failure at once never ends a turn",
    .todo = 3, .needs = &failure_at_once_strands_nothing, .read = WRONG,
    .limit_ms = 2 * CHECK_MS)
{
    enum { OPERATIONS = 8 };
    likely("the operation that the server was held before fails at once: "
           "nothing is pending, and no event will be set. Only pending, or a "
           "read that is done, ends a turn; after a failure go on");
    for (unsigned k = 1; k <= OPERATIONS; k++) {
        const char *call = k % 2 == 1 ? "WriteFile" : "ReadFile";
        char gate[20];
        snprintf(gate, sizeof gate, "%s:%u", call, k / 2 + 1);
        tried(
            "sent messages of one byte; held the server before its %s number "
            "%u, and let the client leave meanwhile",
            call,
            k / 2 + 1);
        struct program *server = start_ready("server", gate, ONE_BYTE_EACH);
        struct peer *client = come(server);
        send_bytes(client, "1234", (k + 1) / 2);
        wait_at_gate(server);
        close_peer(client);
        open_gate(server);
        expect_used_again(server, wait_called(server, "ReadFile", 1)->handle);
        press_ctrl_c(server);
        expect_end(server, EXIT_SUCCESS);
    }
}

CHECK(
    last_words_are_read, .name = "What it wrote before it left is read",
    .todo = 2, .needs = &hasty_client_harms_nobody, .read = WRONG)
{
    tried("held the server before ConnectNamedPipe, opened its pipe, wrote "
          "\"hello\" and closed it again meanwhile");
    struct program *server = start_with_hasty_client();
    likely("what a client wrote before it left can still be read after "
           "ConnectNamedPipe has failed with 232: read as from any other");
    const struct lens_record *read = wait_called(server, "ReadFile", 1);
    uint32_t bytes = read->bytes;
    if (bytes == 0 && (read->flags & LENS_FLAG_FAILED) == 0)
        bytes = wait_called(server, "GetOverlappedResult", 1)->bytes;
    if (bytes != 5)
        fail_check(
            "the server's first read gives 5 bytes",
            "it gave %u, with error %u",
            bytes,
            read->error);
}

CHECK(
    other_connect_errors_count,
    .name = "Other ConnectNamedPipe codes are reported", .todo = 2,
    .needs = &echoes, .read = WRONG)
{
    tried(
        "made ConnectNamedPipe fail, first with error %s, then with 536, "
        "ERROR_PIPE_LISTENING",
        other_error_text());
    struct program *server =
        start_as("server", NULL, "ConnectNamedPipe:1:other");
    likely("only 535 and 232 tell of a client: every other error has to be "
           "reported, and the server ends with EXIT_FAILURE");
    expect_failure(server, "ConnectNamedPipe", other_error());
    server = start_as("server", NULL, "ConnectNamedPipe:1:536");
    expect_failure(server, "ConnectNamedPipe", ERROR_PIPE_LISTENING);
}

CHECK(
    late_connect_errors_count,
    .name = "A failure that is told later is reported", .todo = 2,
    .needs = &other_connect_errors_count, .read = WRONG)
{
    tried(
        "came with a client, and made GetOverlappedResult say that the "
        "server's ConnectNamedPipe, which was pending, has failed with %lu",
        other_error());
    struct program *server =
        start_ready("server", NULL, "GetOverlappedResult:*:other");
    connect_peer(PIPE_NAME);
    likely("what has become of a pending ConnectNamedPipe is told later: look "
           "at the code that finish() gave, `error`, not only at `begun`");
    expect_end(server, EXIT_FAILURE);
    if (!has_number(server->err.text, other_error()))
        fail_program(server, "an error message with the code of the failure");
}

CHECK(
    silent_client_keeps_nobody, .name = "A silent client keeps nobody waiting",
    .needs = &echoes, .read = READ_IT)
{
    tried("came with a client that said nothing and with a second one; sent "
          "\"second\" from the second, then \"first\" from the first");
    struct program *server = start_ready("server", NULL, NULL);
    struct peer *silent = come(server);
    struct peer *quick = come(server);
    likely("the server waits for one client alone: it has to wait for the "
           "events of all");
    expect_echo(quick, "second", 6);
    expect_echo(silent, "first", 5);
}

/** Tells whether the program has waited for anything between two calls. */
static bool waited_between(
    const struct program *program, const struct lens_record *one,
    const struct lens_record *two)
{
    const struct lens_record *wait;
    for (uint32_t at = 0; (wait = next_wait(program, &at)) != NULL;)
        if (wait->t0 > one->t0 && wait->t0 < two->t0)
            return true;
    return false;
}

/** Lets a client send some messages while the server is held before it
 * sends the first one back: then they all lie ready. */
static void let_chat(struct program *server, struct peer *client)
{
    char chat[CHAT];
    memset(chat, 'c', sizeof chat);
    send_bytes(client, chat, 1);
    wait_at_gate(server);
    send_bytes(client, chat + 1, sizeof chat - 1);
}

/** How many messages the first client that wrote has got back before another
 * client got one. */
static uint32_t count_first(const struct program *server)
{
    const struct lens_record *one = find_call(server, "WriteFile", 1);
    const struct lens_record *next;
    uint32_t count = 1;
    while ((next = find_call(server, "WriteFile", count + 1)) != NULL
           && next->handle == one->handle)
        count++;
    return count;
}

/**
 * Expects that a client's one message is not kept waiting by all those of a
 * client that chats, which lie ready, one byte each.
 * @param number which client chats: 1 or 2
 */
static void expect_fair(int number)
{
    tried(
        "held the server before WriteFile to client %d; meanwhile %d more "
        "messages of it came, and one of client %d",
        number,
        CHAT - 1,
        3 - number);
    char chat[CHAT];
    memset(chat, 'c', sizeof chat);
    struct program *server =
        start_ready("server", "WriteFile:1", ONE_BYTE_EACH);
    struct peer *first = come(server);
    struct peer *second = come(server);
    struct peer *chatty = number == 1 ? first : second;
    struct peer *modest = number == 1 ? second : first;
    let_chat(server, chatty);
    send_bytes(modest, "m", 1);
    open_gate(server);
    expect_bytes(modest, "m", 1);
    expect_bytes(chatty, chat, sizeof chat);

    uint32_t count = count_first(server);
    if (count <= PATIENCE)
        return;
    if (waited_between(
            server,
            find_call(server, "WriteFile", 1),
            find_call(server, "WriteFile", count)))
        likely("WaitForMultipleObjects names the lowest index of those that "
               "are set. Who only serves that one keeps the others waiting: "
               "look at all behind it, too, or let the array's order move on");
    else
        likely("the server goes on with a client for as long as its reads are "
               "done at once. A turn has to end: the event is set, and the "
               "next wait will name this client again");
    fail_check(
        "the other client's turn comes soon",
        "%u messages of the one that chats were sent back before the one "
        "message of the other, which was there when the second was read",
        count);
}

static const struct check idle_server_waits;  // stands further down

CHECK(
    turns_end, .name = "A turn ends after one message", .todo = 3,
    .needs = &idle_server_waits, .read = WRONG)
{
    expect_fair(2);
}

CHECK(
    turns_go_round, .name = "The lowest index does not starve others",
    .todo = 4, .needs = &turns_end, .read = WRONG)
{
    expect_fair(1);
}

/** The place among all writes of the first one to the client that came as
 * number @p nth: each client's first read is begun before the next one comes,
 * and a read and a write that belong together have the same handle. */
static uint32_t find_write_to(const struct program *server, uint32_t nth)
{
    uint32_t pipe = find_call(server, "ReadFile", nth)->handle;
    uint32_t k = 1;
    const struct lens_record *write;
    while ((write = find_call(server, "WriteFile", k)) != NULL
           && write->handle != pipe)
        k++;
    return k;
}

CHECK(
    crowds_starve_nobody, .name = "Three who chat do not starve a fourth",
    .todo = 4, .needs = &turns_go_round, .read = WRONG)
{
    enum { CLIENTS = 4, MODEST = 2, MANY = 50 };
    tried(
        "held the server before its first WriteFile; meanwhile %d messages of "
        "clients 1, 2 and 4 came, and one of client 3",
        3 * MANY);
    char chat[MANY];
    struct peer *clients[CLIENTS];
    memset(chat, 'c', sizeof chat);
    struct program *server =
        start_ready("server", "WriteFile:1", ONE_BYTE_EACH);
    likely("everybody who is ready has a turn before anybody has a second one: "
           "not the first two only, nor the first and the last");
    for (size_t i = 0; i < CLIENTS; i++)
        clients[i] = come(server);
    send_bytes(clients[0], chat, 1);
    wait_at_gate(server);
    send_bytes(clients[0], chat + 1, sizeof chat - 1);
    for (size_t i = 1; i < CLIENTS; i++)
        send_bytes(clients[i], chat, i == MODEST ? 1 : sizeof chat);
    open_gate(server);
    for (size_t i = 0; i < CLIENTS; i++)
        expect_bytes(clients[i], chat, i == MODEST ? 1 : sizeof chat);

    uint32_t before = find_write_to(server, 1 + MODEST) - 1;
    if (before > (CLIENTS - 1) * PATIENCE)
        fail_check(
            "the third client's turn comes soon",
            "%u messages of the three others were sent back before its one",
            before);
}

CHECK(
    ctrl_c_is_not_starved, .name = "Ctrl+C comes before chatty clients",
    .todo = 4, .needs = &turns_end, .read = WRONG)
{
    tried(
        "held the server before its first WriteFile; meanwhile %d more "
        "messages of this client came, and Ctrl+C was pressed",
        CHAT - 1);
    struct program *server =
        start_ready("server", "WriteFile:1", ONE_BYTE_EACH);
    likely("the stop event comes behind the clients' events: as long as one "
           "of those is set, the wait does not name it. Put it first");
    let_chat(server, come(server));
    press_ctrl_c(server);
    wait_called(server, "SetEvent", 1);
    open_gate(server);
    expect_end(server, EXIT_SUCCESS);
    uint32_t count = count_first(server);
    if (count > PATIENCE)
        fail_check(
            "the server ends soon",
            "%u messages were sent back before it did",
            count);
}

CHECK(
    failed_wait_is_reported, .name = "A failed wait is reported", .todo = 4,
    .read = WRONG)
{
    tried("made the wait fail with error %s", other_error_text());
    struct program *server = start_as(
        "server",
        NULL,
        "WaitForMultipleObjects:1:other,WaitForMultipleObjectsEx:1:other");
    likely("WAIT_FAILED is 0xFFFFFFFF, no index: test it before you subtract "
           "WAIT_OBJECT_0, and report it");
    expect_failure(server, "WaitForMultipleObjects", other_error());
}

/** Expects that the server comes to a wait that does not end by itself. */
static void expect_rest(struct program *server)
{
    for (;;) {
        if (count_calls(server, "Sleep") + count_calls(server, "SleepEx") > 0)
            fail_check(
                "the server waits for events only",
                "it sleeps: what comes meanwhile has to wait");
        const struct lens_record *inside =
            where_inside(scene_view(), server->id);
        if (inside != NULL && is_wait(inside) && wait_time(inside) > 0)
            return;
        if (lens_view_full(scene_view()))
            fail_program(server, "the server is inside its wait");
        wait_a_round(server, "the server is inside its wait");
    }
}

CHECK(
    idle_server_waits, .name = "When nothing happens, the server waits",
    .todo = 4, .needs = &echoes, .read = WRONG)
{
    tried("came with two clients, sent a message from each, and looked what "
          "the server does when nobody says anything");
    struct program *server = start_ready("server", NULL, NULL);
    struct peer *first = come(server);
    struct peer *second = come(server);
    likely("the server looks again and again, because its wait has a time-out, "
           "or waits for an event that stays set");
    expect_echo(first, "one", 3);
    expect_echo(second, "two", 3);
    expect_rest(server);
    uint32_t waits = count_calls(server, "WaitForMultipleObjects");
    if (waits > WAITS_MAX)
        fail_check(
            "a wait for each time that something has happened",
            "%u waits for four messages and visits",
            waits);
    const struct lens_record *wait;
    for (uint32_t at = 0; (wait = next_wait(server, &at)) != NULL;)
        if (wait_time(wait) > 0 && wait_time(wait) < LONG_MS)
            fail_check(
                "waits without a time-out",
                "%s ends after %llu ms, even if nothing has happened",
                lens_call_name(wait->call),
                wait_time(wait));
}

/**
 * Starts the client so that it stops before it leaves: whether the server's
 * next read has begun by then is luck, and no matter of most checks.
 */
static struct program *start_client(const char *command_line)
{
    return start_as(command_line, "CloseHandle:1", NULL);
}

/** Lets the client leave when the server waits for its next message. */
static void let_leave(struct program *client, struct program *server)
{
    wait_at_gate(client);
    let_settle(server);
    open_gate(client);
}

/** Opens the pipe as one more client of those that a thread can serve. */
static struct peer *connect_next(struct program *server)
{
    for (;;) {
        /* In this order: the server may make an instance meanwhile. */
        bool in_vain = is_waiting(server) || ms_until(scene_deadline()) == 0;
        if (WaitNamedPipeW(scene_name(PIPE_NAME), 20))
            return connect_peer_waiting(PIPE_NAME);
        DWORD error = GetLastError();
        if (!is_running(server))
            fail_program(server, "63 clients can come");
        if (in_vain && error == ERROR_SEM_TIMEOUT)
            fail_scene("63 clients can come", "all instances are taken (231)");
    }
}

/** What client number @p i sends; valid until the next call. */
static const char *text_of(int i)
{
    static char text[20];
    snprintf(text, sizeof text, "this is %d", i);
    return text;
}

CHECK(
    all_are_served, .name = "63 are served, the 64th waits (87)", .todo = 1,
    .needs = &idle_server_waits, .read = WRONG)
{
    struct peer *clients[FULL];
    tried(
        "came with %d clients, sent a message from each while the server was "
        "held before a WriteFile, and started one more; then another one left",
        FULL);
    struct program *server = start_ready("server", "WriteFile:1", NULL);
    likely("one thread waits for MAXIMUM_WAIT_OBJECTS handles at most, 64, and "
           "one of them is the stop event; with more the wait fails with 87");
    for (uint32_t i = 0; i < FULL; i++) {
        clients[i] = connect_next(server);
        wait_called(server, "ReadFile", i + 1);
    }
    let_settle(server);
    if (!is_running(server))
        fail_program(server, "the server serves 63 clients");
    /* All at once: a server that asks for each event in each round makes 63
     * calls for a round, and the record has room for some 60 rounds. */
    for (int i = FULL - 1; i >= 0; i--) {
        send_bytes(clients[i], text_of(i), strlen(text_of(i)));
        if (i == FULL - 1)
            wait_at_gate(server);
    }
    open_gate(server);
    for (int i = FULL - 1; i >= 0; i--)
        expect_bytes(clients[i], text_of(i), strlen(text_of(i)));
    DWORD error = try_connect(PIPE_NAME, GENERIC_READ);
    if (error != ERROR_PIPE_BUSY)
        fail_check(
            "client number 64 is told 231, ERROR_PIPE_BUSY, and waits",
            "it gets error %lu",
            error);
    struct program *client = start_client("client \"at last\"");
    wait_inside(client, "WaitNamedPipeW", 1);
    let_settle(server);
    close_peer(clients[FULL / 2]);
    let_leave(client, server);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "at last\n");
    expect_echo(clients[0], "still here", 10);
    press_ctrl_c(server);
    expect_end_by_ctrl_c(server);
}

CHECK(
    unread_echoes_harm_one, .name = "One that never reads harms no other",
    .needs = &echoes, .read = READ_IT)
{
    static char data[3 * MESSAGE_MAX];
    tried(
        "sent %zu bytes from a client that read nothing, a message from "
        "another client, and then read the %zu bytes",
        sizeof data,
        sizeof data);
    likely("a write that is pending is one more state: the server has to wait "
           "for its event like for any other");
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)('a' + i / 7 % 26);
    struct program *server = start_ready("server", NULL, NULL);
    struct peer *mute = come(server);
    struct peer *other = come(server);
    send_bytes(mute, data, sizeof data);
    expect_echo(other, "hello", 5);
    expect_bytes(mute, data, sizeof data);
    expect_echo(mute, "and now", 7);
}

CHECK(
    leaving_harms_nobody, .name = "One that leaves harms no other (109)",
    .needs = &echoes, .read = WRONG)
{
    static const char data[3 * MESSAGE_MAX];
    tried("let one client leave while the server reads from it, one while it "
          "writes to it, and sent \"hello\" from a third one, then from a new "
          "one");
    struct program *server = start_ready("server", NULL, NULL);
    struct peer *reading = come(server);
    struct peer *writing = come(server);
    struct peer *other = come(server);
    send_bytes(writing, data, sizeof data);
    let_settle(server);  // now both operations are pending
    close_peer(reading);
    wait_called(server, "DisconnectNamedPipe", 1);
    let_settle(server);
    close_peer(writing);
    wait_called(server, "DisconnectNamedPipe", 2);
    likely("109, 232 and 233 mean that this client has left: disconnect its "
           "instance and wait for the next one on it");
    expect_echo(other, "hello", 5);
    expect_echo(connect_peer_waiting(PIPE_NAME), "hello", 5);
    expect_no_errors(server);
}

CHECK(
    one_failure_harms_one, .name = "One that fails harms no other",
    .needs = &echoes, .read = READ_IT)
{
    tried(
        "made the read of the first client fail with error %lu, and sent "
        "\"hello\" from a second one",
        other_error());
    struct program *server = start_ready("server", NULL, "ReadFile:1:other");
    struct peer *first = come(server);
    likely("a failure ends one conversation, not the server: report it, hang "
           "up, go on with the others");
    expect_close(first);
    expect_echo(connect_peer_waiting(PIPE_NAME), "hello", 5);
    press_ctrl_c(server);
    expect_end(server, EXIT_SUCCESS);
    expect_error(server, "ReadFile", other_error());
}

/** Expects that the program was told the end of each operation. */
static void expect_all_collected(const struct program *program)
{
    const struct lens_record *call;
    for (uint32_t at = 0; (call = next_record(program, &at)) != NULL;)
        if (is_pending(call))
            fail_check(
                "the result of each operation is asked for before the end",
                "nobody asked how %s number %u has ended",
                lens_call_name(call->call),
                call->nth);
}

CHECK(
    ctrl_c_ends_all_states, .name = "Ctrl+C ends it in every state",
    .needs = &echoes, .read = READ_IT)
{
    static const char data[3 * MESSAGE_MAX];
    tried("pressed Ctrl+C while one instance waited for a client, one read, "
          "and one wrote to a client that read nothing");
    struct program *server = start_ready("server", NULL, NULL);
    struct peer *reading = come(server);
    struct peer *writing = come(server);
    send_bytes(writing, data, sizeof data);
    likely("the stop event is the first handle of the wait. Behind the loop, "
           "cancel each operation by CancelIoEx and wait for its end by "
           "GetOverlappedResult before you close pipe and event");
    let_settle(server);
    press_ctrl_c(server);
    expect_end_by_ctrl_c(server);
    expect_close(reading);
    expect_all_collected(server);
    expect_tidy(server);
    expect_right_on_windows(server);
}

CHECK(
    ends_after_its_clients, .name = "`server 2` ends when two have left",
    .needs = &echoes, .read = READ_IT)
{
    tried("started `server 2`, came with two clients and closed one after the "
          "other");
    struct program *server = start_ready("server 2", NULL, NULL);
    struct peer *first = come(server);
    struct peer *second = come(server);
    close_peer(second);
    wait_called(server, "DisconnectNamedPipe", 1);
    likely("the server has to end when its second client has left: not before, "
           "and with exit status 0");
    uint32_t reads = count_calls(server, "ReadFile");
    expect_echo(first, "still here", 10);
    wait_read(
        server,
        reads + 1);  // a failure at once is another check's matter
    let_settle(server);
    close_peer(first);
    expect_success(server);
    expect_all_collected(server);
    likely("a handle is not closed, or closed twice");
    expect_no_leak(server);
}

CHECK(
    events_are_right, .name = "Events are manual-reset and have no name",
    .needs = &echoes, .read = WRONG)
{
    tried("looked at the arguments of each CreateEventW");
    struct program *server = start_ready("server", NULL, NULL);
    likely("the event of an operation is manual-reset, so that it stays set "
           "until the next operation begins; and it has no name");
    come(server);
    expect_good_events(server);
}

CHECK(wrong_count_is_refused, .name = "Wrong arguments are refused")
{
    expect_refused("server many,server 0,server 1 2");
}

CHECK(
    client_gets_its_replies, .name = "The client prints each reply",
    .program = "client", .read = READ_IT)
{
    tried("let `client one two` talk to the server");
    struct program *server = start_ready("server 1", NULL, NULL);
    struct program *client = start_client("client one two");
    likely("the client does not print each reply on a line of its own");
    let_leave(client, server);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "one\ntwo\n");
    expect_end(server, EXIT_SUCCESS);
    likely("a handle is not closed, or closed twice");
    expect_no_leak(client);
    expect_right_on_windows(client);
}

CHECK(
    client_puts_pieces_together,
    .name = "The client puts a reply in pieces together", .program = "client",
    .read = READ_IT)
{
    tried("let each WriteFile of the server take one byte only, for `client "
          "message`");
    struct program *server = start_ready("server 1", NULL, "WriteFile:*:short");
    struct program *client = start_client("client message");
    likely("on a byte pipe a reply may come in pieces: the client reads until "
           "it has as many bytes as it sent");
    let_leave(client, server);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "message\n");
}

static const struct check *const CHECKS[] = {
    &wait_is_right,
    &says_ready_in_time,
    &echoes,
    &silent_client_keeps_nobody,
    &idle_server_waits,
    &all_are_served,
    &early_client_is_served,
    &hasty_client_harms_nobody,
    &last_words_are_read,
    &other_connect_errors_count,
    &late_connect_errors_count,
    &turns_end,
    &failure_at_once_strands_nothing,
    &failures_end_no_turn,
    &turns_go_round,
    &crowds_starve_nobody,
    &ctrl_c_is_not_starved,
    &failed_wait_is_reported,
    &unread_echoes_harm_one,
    &leaving_harms_nobody,
    &one_failure_harms_one,
    &ctrl_c_ends_all_states,
    &ends_after_its_clients,
    &events_are_right,
    &wrong_count_is_refused,
    &client_gets_its_replies,
    &client_puts_pieces_together,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "11-event-loop", CHECKS);
}
