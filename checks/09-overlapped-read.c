/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 09: reads with a deadline.
 *
 * Usage: `09-overlapped-read FOLDER [LESSON-FOLDER]`
 */
#include <stdio.h>
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
#include "checks/harness/waits.h"
#include "lens/table.h"
#include "lessons/09-overlapped-read/protocol.h"

/* Deadlines of the server: one that always comes at once, and one that never
 * comes while a check runs. */
#define SOON      "server 30 "
#define SOON_NAME "server 30"
#define NEVER     "server 2000000000 "

/** Opens the pipe as a client that tells one message from the next. */
static struct peer *connect_reader(void)
{
    return connect_peer_as(
        PIPE_NAME,
        GENERIC_READ | GENERIC_WRITE,
        PIPE_READMODE_MESSAGE);
}

/** Expects the server's question. */
static void expect_reminder(struct peer *client)
{
    expect_message(client, REMINDER, strlen(REMINDER));
}

/* Where the server is held: before its first read; with the client there before
 * ConnectNamedPipe, which gives 535, so that the first operation is the first
 * read; and before it hangs up: what nobody has read by then is lost, and a
 * busy machine may give us no time. */
#define HELD     "ReadFile:1"
#define EARLY    "ConnectNamedPipe:1,ReadFile:1"
#define HANGS_UP "DisconnectNamedPipe:1"

/** Starts the server, opens its pipe, and waits until it is at its first gate.
 */
static struct peer *meet(
    struct program **server, const char *command_line, const char *gates,
    const char *fault)
{
    *server = start_serving(command_line, gates, fault);
    struct peer *client = connect_reader();
    wait_at_gate(*server);
    return client;
}

/** As meet(), from EARLY on to the first read: that is gate number 1. */
static struct peer *meet_early(
    struct program **server, const char *command_line, const char *gates,
    const char *fault)
{
    struct peer *client = meet(server, command_line, gates, fault);
    open_gate(*server);
    wait_at_gate_number(*server, 1);
    return client;
}

/** Lets it hang up. */
static void let_hang_up(struct program *server)
{
    for (size_t i = 0; i < ARRAYSIZE(server->gates); i++)
        if (strcmp(server->gates[i].call, HANGS_UP) == 0)
            open_gate_number(server, i);
}

/** The last time that the server has asked for a result so far, or NULL. */
static const struct lens_record *last_result(const struct program *server)
{
    const struct lens_record *one = last_call(server, "GetOverlappedResult");
    const struct lens_record *other =
        last_call(server, "GetOverlappedResultEx");
    if (one == NULL || other == NULL)
        return one != NULL ? one : other;
    return other->t0 > one->t0 ? other : one;
}

/** Whether a wait has this handle among its objects. */
static bool waits_for(const struct lens_record *wait, uint32_t handle)
{
    const char *objects = strstr(wait->in, "objects=");
    if (objects == NULL)
        return wait->handle == handle;
    char *end = (char *)objects + strlen("objects");
    do
        if (strtoul(end + 1, &end, 0) == handle)
            return true;
    while (*end == ',');
    return false;
}

CHECK(
    waits_for_the_event, .name = "Each wait is for an event, not the pipe",
    .todo = 2, .read = READ_IT)
{
    tried("opened the pipe of `" SOON "1`, said nothing, and looked for what "
          "the server waits");
    struct program *server;
    meet_early(&server, SOON "1", EARLY, NULL);
    open_gate_number(server, 1);
    DWORD code;
    wait_for_scene_end(server, &code);
    const struct lens_record *pipe = find_call(server, "CreateNamedPipeW", 1);
    const struct lens_record *call;
    likely("an operation that has an event sets that one, and not the handle "
           "of the pipe: wait for the event");
    for (uint32_t at = 0; (call = next_wait(server, &at)) != NULL;)
        if (waits_for(call, pipe->handle))
            fail_check(
                "each wait is for an event",
                "%s waits for the handle of the pipe",
                lens_call_name(call->call));
}

CHECK(
    echoes, .name = "The server sends back what it reads", .read = READ_IT,
    .needs = &waits_for_the_event)
{
    tried("held the server before ReadFile, sent \"early\" meanwhile");
    struct program *server;
    struct peer *client = meet(&server, NEVER, HELD, NULL);
    send_bytes(client, "early", 5);
    open_gate(server);
    likely("the data were there: ReadFile may return TRUE at once, and the "
           "count is asked of GetOverlappedResult all the same");
    expect_message(client, "early", 5);
}

CHECK(
    pending_then_done, .name = "A read that is pending is waited for (997)",
    .todo = 1, .read = WRONG, .needs = &waits_for_the_event)
{
    tried("waited until the server waits for data, then sent \"later\"");
    struct program *server;
    struct peer *client = meet(&server, NEVER, HELD, NULL);
    open_gate(server);
    wait_called(server, "ReadFile", 1);
    send_bytes(client, "later", 5);
    likely("ReadFile gives FALSE with 997, ERROR_IO_PENDING: it has begun, and "
           "GetOverlappedResult tells how it ended, with the count");
    expect_message(client, "later", 5);
    const struct lens_record *read = find_call(server, "ReadFile", 1);
    const struct lens_record *result = last_result(server);
    likely("the first argument of GetOverlappedResult is the handle for which "
           "the operation was begun: the pipe's, not the event's");
    if (result != NULL && result->handle != read->handle)
        fail_check(
            "the result is asked of the pipe's handle",
            "%s",
            result->in);
}

CHECK(
    done_at_once, .name = "A read that is done at once needs no code",
    .todo = 1, .read = WRONG, .needs = &waits_for_the_event)
{
    tried(
        "held the server before ReadFile and sent \"early\"; let ReadFile's "
        "success leave the last error %lu",
        other_error());
    struct program *server;
    struct peer *client = meet(&server, NEVER, HELD, "ReadFile:1:leave=other");
    send_bytes(client, "early", 5);
    open_gate(server);
    likely("after TRUE the last error means nothing, it is an older call's: "
           "ask for it only when ReadFile has returned FALSE");
    expect_message(client, "early", 5);
}

CHECK(
    failed_at_once, .name = "A read that fails at once is not waited for",
    .todo = 1, .read = WRONG, .needs = &waits_for_the_event)
{
    static const struct {
        const char *fault, *name;
    } LEFT[] = {
        {"ReadFile:1:109", "109, ERROR_BROKEN_PIPE"},
        {"ReadFile:1:232", "232, ERROR_NO_DATA"},
        {"ReadFile:1:233", "233, ERROR_PIPE_NOT_CONNECTED"},
    };
    for (size_t i = 0; i < ARRAYSIZE(LEFT); i++) {
        tried("made ReadFile fail at once with error %s", LEFT[i].name);
        likely("the read has not begun, so nobody will ever set its event: "
               "don't wait, use the code that ReadFile left");
        struct program *server;
        struct peer *client = meet(&server, SOON "1", HELD, LEFT[i].fault);
        open_gate(server);
        expect_line(server, "the client has left", 1);
        expect_end(server, EXIT_SUCCESS);
        close_peer(client);
    }
}

CHECK(
    other_errors_count, .name = "Any other error of ReadFile is reported",
    .todo = 1, .read = WRONG, .needs = &waits_for_the_event)
{
    tried("made ReadFile fail at once with error %s", other_error_text());
    struct program *server;
    meet(&server, SOON "1", HELD, "ReadFile:1:other");
    open_gate(server);
    likely("of a read that has not begun only 109, 232 and 233 mean that the "
           "client has left: report the others by die(\"ReadFile\")");
    expect_failure(server, "ReadFile", other_error());
}

CHECK(
    more_data, .name = "A long message comes in two parts (234)", .todo = 1,
    .read = WRONG, .needs = &waits_for_the_event, .limit_ms = 2500)
{
    char data[MESSAGE_MAX + 88];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)('a' + i % 26);
    tried(
        "held the server before ReadFile, sent a message of %zu bytes",
        sizeof data);
    struct program *server;
    struct peer *client = meet(&server, NEVER, HELD, NULL);
    begin_send(client, data, sizeof data);
    open_gate(server);
    likely("FALSE with 234, ERROR_MORE_DATA, is a read that has ended, with "
           "valid data: ask GetOverlappedResult for them, and read on. The "
           "buffer has MESSAGE_MAX bytes");
    finish_send(client);
    expect_message(client, data, MESSAGE_MAX);
    expect_message(client, data + MESSAGE_MAX, sizeof data - MESSAGE_MAX);
}

CHECK(
    empty_message, .name = "An empty message is no goodbye", .todo = 2,
    .read = WRONG, .needs = &waits_for_the_event)
{
    tried("waited until a read was pending, then sent a message of 0 bytes");
    struct program *server;
    struct peer *client = meet(&server, NEVER, HELD, NULL);
    open_gate(server);
    wait_called(server, "ReadFile", 1);
    send_bytes(client, "", 0);
    likely("0 bytes are no goodbye: a success with the count 0 is an empty "
           "message. Only an error says that the client has left");
    expect_message(client, "", 0);
}

static const struct check deadline_is_not_early;  // stands further down

CHECK(
    asks_the_silent, .name = "A silent client is asked, then left", .todo = 2,
    .read = WRONG, .needs = &deadline_is_not_early)
{
    tried("opened the pipe of `" SOON "1` and said nothing");
    struct program *server;
    struct peer *client = meet(&server, SOON "1", HELD "," HANGS_UP, NULL);
    open_gate(server);
    likely("a read that is cancelled ends with 995, ERROR_OPERATION_ABORTED: "
           "here it means that the time is over, not a failure");
    expect_reminder(client);
    let_hang_up(server);
    expect_close(client);
    expect_line(server, "silent: asked", 1);
    expect_line(server, "silent again: hung up", 1);
    expect_no_errors(server);
}

CHECK(
    nothing_is_left_in_flight,
    .name = "A read is over when its function returns", .todo = 2,
    .read = WRONG, .needs = &asks_the_silent)
{
    tried("let the first read of `" SOON_NAME "` run out of time, and held the "
          "server before the WriteFile that follows");
    struct program *server;
    meet(&server, SOON, HELD ",WriteFile:1", NULL);
    open_gate(server);
    wait_at_gate_number(server, 1);
    likely("CancelIoEx only asks. Until GetOverlappedResult(..., TRUE) has "
           "returned, the system may still write into structure and buffer");
    const struct lens_record *read = find_call(server, "ReadFile", 1);
    if (read == NULL || is_pending(read))
        fail_check(
            "the read is over before the function that began it returns",
            "nobody has asked for its result: it may still be under way");
}

/**
 * Whether the server has waited since that moment until it was told of the end:
 * without a limit, or so long that the object was set.
 */
static bool has_waited_since(const struct program *server, int64_t moment)
{
    const struct lens_record *call;
    for (uint32_t at = 0; (call = next_wait(server, &at)) != NULL;) {
        unsigned long long ms = wait_time(call);
        bool told = call->t1 != 0 && call->result == WAIT_OBJECT_0;
        if (call->t0 > moment && (ms == INFINITE || (ms > 0 && told)))
            return true;
    }
    return false;
}

/** Lets the first read run out of time, and holds the server before WriteFile,
 * as gate number 2. */
static struct peer *run_out_of_time(
    struct program **server, const char *command_line)
{
    struct peer *client =
        meet_early(server, command_line, EARLY ",WriteFile:1", NULL);
    open_gate_number(*server, 1);
    wait_at_gate_number(*server, 2);
    return client;
}

CHECK(
    end_is_waited_for, .name = "The end of a cancelled read is waited for",
    .todo = 2, .read = WRONG, .needs = &nothing_is_left_in_flight)
{
    tried("let the first read of `" SOON_NAME "` run out of time, held the "
          "server before WriteFile and looked at its calls");
    struct program *server;
    struct peer *client = run_out_of_time(&server, SOON "1");
    likely("a cancelled operation may go on for a while: "
           "GetOverlappedResult with FALSE then says 996, ERROR_IO_INCOMPLETE. "
           "With TRUE it waits for the end");
    const struct lens_record *cancel = find_call(server, "CancelIoEx", 1);
    const struct lens_record *result = last_result(server);
    if (cancel == NULL || result == NULL || result->t0 < cancel->t0) {
        fail_check(
            "CancelIoEx, then GetOverlappedResult",
            "%u and %u calls",
            count_calls(server, "CancelIoEx"),
            count_calls(server, "GetOverlappedResult"));
        return;
    }
    bool has_time_out = result->call == LENS_GetOverlappedResultEx;
    unsigned long long wait = 0;
    call_argument(result, "wait", &wait);
    if ((has_time_out ? wait == INFINITE : wait != 0)
        || has_waited_since(server, cancel->t0))
        return;

    /* It only looks; that is right if it looks again. */
    open_gate_number(server, 2);
    expect_end(server, EXIT_SUCCESS);
    close_peer(client);
    char fault[80];
    snprintf(
        fault,
        sizeof fault,
        has_time_out ? "GetOverlappedResultEx:%u:258"
                     : "GetOverlappedResult:%u:996",
        (unsigned)result->nth);
    tried(
        "let the result after CancelIoEx be %s, which it may be",
        has_time_out ? "258, WAIT_TIMEOUT" : "996, ERROR_IO_INCOMPLETE");
    client = meet_early(&server, SOON "1", EARLY ",CancelIoEx:1", fault);
    open_gate_number(server, 1);
    wait_at_gate_number(server, 2);
    send_bytes(client, "just in time", 12);
    open_gate_number(server, 2);
    expect_message(client, "just in time", 12);
}

CHECK(
    deadline_is_the_argument,
    .name = "The deadline is that of the command line", .todo = 2,
    .read = WRONG, .needs = &asks_the_silent)
{
    tried("let the first read of `" SOON_NAME "` run out of time, held the "
          "server before WriteFile and looked at its calls");
    struct program *server;
    run_out_of_time(&server, SOON);
    const struct lens_record *cancel = find_call(server, "CancelIoEx", 1);
    likely("the deadline is an argument of the function: wait_ms");
    const struct lens_record *call;
    for (uint32_t at = 0; (call = next_record(server, &at)) != NULL;)
        if ((is_wait(call) || is_call(call, "GetOverlappedResultEx"))
            && wait_time(call) > 30
            && (cancel == NULL || call->t0 < cancel->t0))
            fail_check(
                "no wait before CancelIoEx is longer than 30 ms",
                "%s may wait for %llu ms",
                lens_call_name(call->call),
                wait_time(call));
}

/* A busy machine makes the cancel later, and nothing makes it earlier, but for
 * a wait that ends with a tick of the clock, 16 ms before its time. */
CHECK(
    deadline_is_not_early, .name = "The deadline is not over early",
    .slow = true, .todo = 2, .read = WRONG, .needs = &waits_for_the_event)
{
    tried(
        "opened the pipe of `server 300 1`, said nothing, and looked when the "
        "read was cancelled");
    struct program *server;
    meet_early(&server, "server 300 1", EARLY, NULL);
    open_gate_number(server, 1);
    DWORD code;
    wait_for_scene_end(server, &code);
    const struct lens_record *cancel = find_call(server, "CancelIoEx", 1);
    likely("wait_ms are milliseconds, as the waits count them: don't divide");
    LARGE_INTEGER frequency;
    QueryPerformanceFrequency(&frequency);
    const struct lens_record *read = find_call(server, "ReadFile", 1);
    if (cancel == NULL || read == NULL)
        return;
    long long ms = (cancel->t0 - read->t0) * 1000 / frequency.QuadPart;
    if (ms < 280)
        fail_check("the read has 300 ms", "it was cancelled after %lld ms", ms);
}

CHECK(
    late_data_stay_outside, .name = "What comes late overwrites nothing",
    .todo = 2, .read = WRONG, .needs = &asks_the_silent)
{
    tried("let the first read of `" SOON_NAME
          "` run out of time, held the server "
          "before WriteFile and sent \"SORRY, I AM LATE\" meanwhile");
    struct program *server;
    struct peer *client =
        meet(&server, SOON, HELD ",WriteFile:1," HANGS_UP, NULL);
    open_gate(server);
    wait_at_gate_number(server, 1);
    send_bytes(client, "SORRY, I AM LATE", 16);
    open_gate_number(server, 1);
    likely("a read that was given up is still under way: what comes later "
           "goes into its buffer, over what stands there by then. Cancel it, "
           "and wait for its end");
    expect_reminder(client);
    expect_message(client, "SORRY, I AM LATE", 16);
}

CHECK(
    last_minute_data_count, .name = "Last-minute data count (1168)", .todo = 2,
    .read = WRONG, .needs = &asks_the_silent)
{
    tried("let the first read of `" SOON_NAME
          "` run out of time, held the server "
          "before CancelIoEx and sent \"just in time\" meanwhile");
    struct program *server;
    struct peer *client =
        meet(&server, SOON "1", HELD ",CancelIoEx:1," HANGS_UP, NULL);
    open_gate(server);
    wait_at_gate_number(server, 1);
    send_bytes(client, "just in time", 12);
    open_gate_number(server, 1);
    likely("CancelIoEx finds nothing to cancel (1168, ERROR_NOT_FOUND) when "
           "the read has ended meanwhile: its result is a success, with data");
    expect_message(client, "just in time", 12);
}

CHECK(
    last_minute_part_counts, .name = "A last-minute part counts, too (234)",
    .todo = 2, .read = WRONG, .needs = &last_minute_data_count)
{
    char data[MESSAGE_MAX + 88];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)('a' + i % 26);
    tried(
        "let the first read of `" SOON_NAME "` run out of time, held the "
        "server before CancelIoEx and sent a message of %zu bytes meanwhile",
        sizeof data);
    struct program *server;
    struct peer *client =
        meet(&server, SOON "1", HELD ",CancelIoEx:1," HANGS_UP, NULL);
    open_gate(server);
    wait_at_gate_number(server, 1);
    send_bytes(client, data, sizeof data);
    open_gate_number(server, 1);
    likely("a pending read, too, may end with 234, ERROR_MORE_DATA, late or "
           "not: GetOverlappedResult says so, and its data are valid");
    expect_message(client, data, MESSAGE_MAX);
}

CHECK(
    last_minute_goodbye_counts,
    .name = "A last-minute goodbye is no silence (109)", .todo = 2,
    .read = WRONG, .needs = &last_minute_data_count)
{
    tried("let two reads of `" SOON_NAME "` run out of time, held the server "
          "before the second CancelIoEx and closed the client's end meanwhile");
    struct program *server;
    struct peer *client =
        meet(&server, SOON "1", HELD ",CancelIoEx:2," HANGS_UP, NULL);
    open_gate(server);
    likely("late or not, the result has the last word: 109, "
           "ERROR_BROKEN_PIPE. Only 995 after your cancel is WAIT_TIMEOUT");
    expect_reminder(client);
    wait_at_gate_number(server, 1);
    close_peer(client);
    let_hang_up(server);
    open_gate_number(server, 1);
    expect_line(server, "the client has left", 1);
    expect_end(server, EXIT_SUCCESS);
}

CHECK(
    failed_wait_counts, .name = "A wait that fails is reported", .todo = 2,
    .read = WRONG, .needs = &asks_the_silent)
{
    tried("looked by which call `" SOON_NAME "` waits");
    struct program *server;
    struct peer *client = meet_early(&server, SOON "1", EARLY, NULL);
    open_gate_number(server, 1);
    likely("a wait that fails, WAIT_FAILED, has not waited: report it by "
           "die(\"WaitForSingleObject\"), or the next call waits without a "
           "deadline");
    expect_end(server, EXIT_SUCCESS);
    close_peer(client);
    uint32_t at = 0;
    const struct lens_record *wait = next_wait(server, &at);
    if (wait == NULL)
        return; /* It waits by GetOverlappedResultEx, say. */

    const char *name = lens_call_name(wait->call);
    tried("made the first %s fail with error %s", name, other_error_text());
    char fault[80];
    snprintf(fault, sizeof fault, "%s:1:other", name);
    meet_early(&server, SOON "1", EARLY, fault);
    open_gate_number(server, 1);
    expect_failure(server, name, other_error());
}

CHECK(
    failed_cancel_counts, .name = "Any other error of CancelIoEx is reported",
    .todo = 2, .read = WRONG, .needs = &asks_the_silent)
{
    tried("made CancelIoEx fail with error %s", other_error_text());
    struct program *server;
    meet(&server, SOON "1", HELD, "CancelIoEx:1:other");
    open_gate(server);
    likely("only 1168 means that there was nothing to cancel: report the "
           "others by die(\"CancelIoEx\")");
    expect_failure(server, "CancelIoEx", other_error());
}

/** Every result that would be a success: an answer may ask twice. */
#define FAILED_RESULTS                                                         \
    "GetOverlappedResult:*:other,GetOverlappedResultEx:*:other"

/** Expects the report of FAILED_RESULTS, before anything else is done. */
static void expect_result_reported(struct program *server)
{
    expect_failure(server, "GetOverlappedResult", other_error());
    if (count_calls(server, "WriteFile") > 0)
        fail_check(
            "the server ends before it writes anything",
            "%u calls of WriteFile",
            count_calls(server, "WriteFile"));
}

CHECK(
    failed_result_counts, .name = "Any other end of a read is reported",
    .todo = 2, .read = WRONG, .needs = &waits_for_the_event)
{
    tried("let the first read end with error %s", other_error_text());
    struct program *server;
    likely("how an operation ended is what GetOverlappedResult says: report "
           "what you don't expect by die(\"GetOverlappedResult\")");
    /* With the data there, the read does not run out of time. */
    struct peer *client = meet_early(&server, SOON "1", EARLY, FAILED_RESULTS);
    send_bytes(client, "hello", 5);
    open_gate_number(server, 1);
    expect_result_reported(server);
}

CHECK(
    failed_late_result_counts,
    .name = "Any other end of a late read is reported", .todo = 2,
    .read = WRONG, .needs = &last_minute_data_count)
{
    tried(
        "let the first read of `" SOON_NAME
        "` run out of time, and end with error %s, before CancelIoEx",
        other_error_text());
    struct program *server;
    likely("late or not, how an operation ended is what GetOverlappedResult "
           "says: only 995 after your cancel is WAIT_TIMEOUT");
    struct peer *client =
        meet_early(&server, SOON "1", EARLY ",CancelIoEx:1", FAILED_RESULTS);
    open_gate_number(server, 1);
    wait_at_gate_number(server, 2);
    send_bytes(client, "hello", 5);
    open_gate_number(server, 2);
    expect_result_reported(server);
}

CHECK(
    leaving_is_no_silence, .name = "A client that leaves ends a read (109)",
    .todo = 2, .read = WRONG, .needs = &waits_for_the_event)
{
    tried("waited until a read was pending, then closed the client's end");
    struct program *server;
    struct peer *client = meet(&server, NEVER "1", HELD, NULL);
    open_gate(server);
    wait_called(server, "ReadFile", 1);
    close_peer(client);
    likely("a pending read ends with 109, ERROR_BROKEN_PIPE, when the client "
           "leaves: GetOverlappedResult says so");
    expect_line(server, "the client has left", 1);
    expect_success(server);
    expect_tidy(server);
    expect_right_on_windows(server);
}

CHECK(
    events_are_right, .name = "Events are manual-reset and have no name",
    .read = WRONG, .needs = &asks_the_silent)
{
    tried("looked at the arguments of each CreateEventW");
    struct program *server;
    struct peer *client = meet(&server, SOON "1", HELD "," HANGS_UP, NULL);
    open_gate(server);
    likely("the event of an operation is manual-reset, or one wait resets it "
           "before the next looks; and it has no name, or others share it");
    expect_reminder(client);
    expect_good_events(server);
}

CHECK(
    next_client_is_served,
    .name = "The next client finds nothing of the last one", .read = READ_IT,
    .needs = &asks_the_silent)
{
    tried("let `" SOON "2` hang up on a silent client, and came with another");
    struct program *server;
    /* The fourth read: so it keeps the second client until we have read. */
    struct peer *silent =
        meet(&server, SOON "2", HELD ",ReadFile:3,ReadFile:4," HANGS_UP, NULL);
    open_gate(server);
    likely("what the first client left behind disturbs the second");
    expect_reminder(silent);
    let_hang_up(server);
    expect_close(silent);
    close_peer(silent);
    wait_called(server, "ConnectNamedPipe", 2);
    struct peer *client = connect_reader();
    wait_at_gate_number(server, 1);
    send_bytes(client, "hello", 5);
    open_gate_number(server, 1);
    expect_message(client, "hello", 5);
}

CHECK(
    unread_reply, .name = "A client that does not read is left",
    .read = READ_IT, .needs = &asks_the_silent)
{
    char data[MESSAGE_MAX];
    memset(data, 'a', sizeof data);
    tried("sent %zu bytes and then one more, and read nothing", sizeof data);
    struct program *server;
    struct peer *client = meet(&server, SOON "1", HELD ",ReadFile:2", NULL);
    send_bytes(client, data, sizeof data);
    open_gate(server);
    wait_at_gate_number(server, 1);
    send_bytes(client, "b", 1);
    open_gate_number(server, 1);
    likely("the pipe holds one reply, so the second WriteFile is pending: a "
           "write has the same deadline as a read");
    expect_line(server, "the client does not read: hung up", 1);
    expect_success(server);
}

CHECK(
    hit_and_run, .name = "A client that came and left is served", .read = WRONG,
    .needs = &failed_at_once)
{
    tried("held the server before ConnectNamedPipe; a client came, and left");
    struct program *server =
        start_serving(SOON "1", "ConnectNamedPipe:1", NULL);
    wait_at_gate(server);
    close_peer(connect_reader());
    open_gate(server);
    likely("ConnectNamedPipe then fails with 232, ERROR_NO_DATA: that client "
           "is served like any other, its first read or write fails");
    expect_line(server, "the client has left", 1);
    expect_success(server);
}

CHECK(
    wrong_arguments_are_refused, .name = "Wrong arguments are refused",
    .slow = true)
{
    expect_refused("server,server soon,server 0,server -1,server 9 none");
}

CHECK(
    client_talks, .name = "The client prints each reply", .program = "client",
    .read = READ_IT)
{
    tried("let `client one - two` talk to the server");
    start_serving("server 100 1", NULL, NULL);
    struct program *client = start("client one - two");
    likely("the client does not print each reply on a line of its own");
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "one\n" REMINDER "\ntwo\n");
    expect_no_leak(client);
    expect_right_on_windows(client);
}

CHECK(
    client_gives_up, .name = "The client gives up in an orderly way",
    .program = "client", .read = READ_IT)
{
    tried("let the client's GetOverlappedResultEx end with 258, WAIT_TIMEOUT");
    struct program *server = start_serving(SOON "1", NULL, NULL);
    struct program *client =
        start_as("client -", NULL, "GetOverlappedResultEx:1:258");
    likely("the client does not cancel what it began, or does not wait for "
           "its end before it leaves");
    expect_end(client, EXIT_FAILURE);
    if (count_calls(client, "CancelIoEx") != 1
        || count_calls(client, "GetOverlappedResult") != 1)
        fail_check(
            "CancelIoEx, then GetOverlappedResult",
            "%u and %u calls",
            count_calls(client, "CancelIoEx"),
            count_calls(client, "GetOverlappedResult"));
    expect_end(server, EXIT_SUCCESS);
}

static const struct check *const CHECKS[] = {
    &waits_for_the_event,
    &echoes,
    &pending_then_done,
    &done_at_once,
    &failed_at_once,
    &other_errors_count,
    &more_data,
    &empty_message,
    &leaving_is_no_silence,
    &deadline_is_not_early,
    &asks_the_silent,
    &nothing_is_left_in_flight,
    &end_is_waited_for,
    &deadline_is_the_argument,
    &late_data_stay_outside,
    &last_minute_data_count,
    &last_minute_part_counts,
    &last_minute_goodbye_counts,
    &failed_wait_counts,
    &failed_cancel_counts,
    &failed_result_counts,
    &failed_late_result_counts,
    &next_client_is_served,
    &unread_reply,
    &hit_and_run,
    &events_are_right,
    &wrong_arguments_are_refused,
    &client_talks,
    &client_gives_up,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "09-overlapped-read", CHECKS);
}
