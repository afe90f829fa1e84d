/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 07: a dictionary server and its client, by transactions.
 *
 * Usage: `07-transactions FOLDER [LESSON-FOLDER]`
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
#include "lessons/07-transactions/protocol.h"

/** The client's buffer, as client.c has it. */
enum { PART_MAX = 32 };

/** A notice that has more than one part. */
static const char LONG_NOTICE[] =
    "! a notice of which one part is not enough..";

/** Sends a text as one message, without its zero byte. */
static void send_text(struct peer *peer, const char *text)
{
    send_bytes(peer, text, strlen(text));
}

/** Expects a text as one message. */
static void expect_text(struct peer *peer, const char *text)
{
    expect_message(peer, text, strlen(text));
}

/** The check's own server: an instance for messages, one of two. */
static struct peer *create_dictionary(void)
{
    return create_peer_as(
        PIPE_NAME,
        &(struct peer_pipe){
            .mode = PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE,
            .instances = 2,
        });
}

/** The check's own client, in message read mode. */
static struct peer *connect_client(void)
{
    return connect_peer_as(
        PIPE_NAME,
        GENERIC_READ | GENERIC_WRITE,
        PIPE_READMODE_MESSAGE);
}

/** An answer of a given length: "= abcd...". */
static const char *make_answer(char *answer, size_t size)
{
    for (size_t i = 0; i < size; i++)
        answer[i] = (char)('a' + i % 26);
    answer[0] = ANSWER;
    answer[1] = ' ';
    answer[size] = '\0';
    return answer;
}

/** Expects the program to end well, and to have printed exactly these lines. */
static void expect_lines(struct program *program, const char *lines)
{
    char line[256];
    expect_end(program, EXIT_SUCCESS);
    /* One by one first: that names the one that is missing. */
    for (const char *next = lines; *next != '\0';) {
        size_t length = strcspn(next, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, next);
        expect_line(program, line, 1);
        next += length + 1;
    }
    expect_output(program, lines);
}

/** Waits until the client has ended; where it has read every byte, what is
 * wrong is how it prints the parts, and not how it reads them. */
static void likely_of_parts(
    struct program *client, unsigned long long sent, const char *cause)
{
    static const char *const CALLS[] = {"TransactNamedPipe", "ReadFile"};
    unsigned long long came = 0;
    bool left_some = false;  // of an answer, when it asked again
    DWORD status;
    wait_for_scene_end(client, &status);
    for (size_t i = 0; i < ARRAYSIZE(CALLS); i++)
        for (uint32_t n = 1; n <= count_calls(client, CALLS[i]); n++) {
            const struct lens_record *call = find_call(client, CALLS[i], n);
            came += call->bytes;
            left_some |= call->error == ERROR_PIPE_BUSY;
        }
    if (came == sent && !left_some && !is_running(client))
        likely("all parts came: each part has the length that its call gave, "
               "and is printed before the next one is read over it. "
               "read_part reads one part");
    else
        likely("%s", cause);
}

/* The client, with a server of the check's. */

CHECK(asks, .name = "The client asks by TransactNamedPipe", .read = WRONG)
{
    tried("answered the question of `client pipe`");
    likely("the client does not ask by TransactNamedPipe, or does not print "
           "the answer. Error 230, ERROR_BAD_PIPE: its handle is not in "
           "message read mode");
    struct peer *server = create_dictionary();
    struct program *client = start("client pipe");
    accept_peer(server);
    expect_text(server, "pipe");
    send_text(server, "= two ends");
    expect_lines(client, "= two ends\n");
    if (count_calls(client, "TransactNamedPipe") == 0)
        fail_program(client, "it asks by TransactNamedPipe");
    likely("a handle is not closed, or closed twice");
    expect_no_leak(client);
    expect_right_on_windows(client);
}

CHECK(
    success_is_a_success, .name = "A success of TransactNamedPipe is one",
    .todo = 1, .read = WRONG, .needs = &asks)
{
    static const char *const FAULTS[] = {
        "TransactNamedPipe:*:leave=234",
        "TransactNamedPipe:*:leave=231",
    };
    tried("let TransactNamedPipe succeed, with an old code behind it: 234, "
          "then 231");
    likely("the client asks GetLastError without looking at the result: after "
           "a success the code means nothing");
    for (size_t i = 0; i < ARRAYSIZE(FAULTS); i++) {
        struct peer *server = create_dictionary();
        struct program *client =
            start_with("client pipe", &(struct conditions){.fault = FAULTS[i]});
        accept_peer(server);
        expect_text(server, "pipe");
        send_text(server, "= two ends");
        expect_lines(client, "= two ends\n");
        close_peer(server);
    }
}

/** Sends greetings before the client's first question, then answers it. */
static struct program *greet_first(
    const char *greeting, const char *second, const char *answer)
{
    struct peer *server = create_dictionary();
    struct program *client = start_with(
        "client pipe",
        &(struct conditions){.gate = "TransactNamedPipe:1"});
    accept_peer(server);
    wait_at_gate(client);
    send_text(server, greeting);
    if (second != NULL)
        send_text(server, second);
    open_gate(client);
    expect_text(server, "pipe");
    send_text(server, answer);
    return client;
}

CHECK(
    greeting_is_read_first, .name = "A greeting that waits is read first (231)",
    .todo = 1, .read = WRONG, .needs = &asks)
{
    tried("held the client before TransactNamedPipe, sent it \"! hello\" and "
          "\"! all is well\", let it go on and waited for its question");
    likely(
        "TransactNamedPipe gives FALSE with 231, ERROR_PIPE_BUSY, as long as "
        "a message lies in the pipe unread, and sends nothing: read and "
        "print that message and ask again, each time");
    struct program *client =
        greet_first("! hello", "! all is well", "= two ends");
    expect_lines(client, "! hello\n! all is well\n= two ends\n");
}

CHECK(
    long_greeting_is_read_whole, .name = "A long greeting is read whole, too",
    .todo = 2, .read = WRONG, .needs = &greeting_is_read_first)
{
    tried(
        "held the client before TransactNamedPipe, sent it a greeting of 44 "
        "bytes and let it go on; its buffer has %d",
        PART_MAX);
    struct program *client = greet_first(LONG_NOTICE, NULL, "= yes");
    likely("a greeting can be longer than the buffer, too: read and print it "
           "as an answer is, to its end");
    expect_lines(
        client,
        "! a notice of which one part is not enough..\n= yes\n");
}

/** Adds a message as the client has to print it. */
static void add_line(char *lines, size_t size, const char *text)
{
    size_t used = strlen(lines);
    snprintf(lines + used, size - used, "%s\n", text);
}

/** Sends @p count notices, each its own, and says how they are printed. */
static void send_notices(
    struct peer *server, unsigned count, char *lines, size_t size)
{
    char notice[] = "! 1st";
    for (unsigned i = 0; i < count; i++) {
        notice[2] = (char)('1' + i);
        send_text(server, notice);
        add_line(lines, size, notice);
    }
}

CHECK(
    many_greetings_are_read, .name = "Any number of greetings is read",
    .todo = 1, .read = WRONG, .needs = &greeting_is_read_first)
{
    char lines[200] = "";
    unsigned count = other_number(5, 9);
    tried(
        "held the client before TransactNamedPipe, sent it %u greetings, and "
        "waited for its question",
        count);
    struct peer *server = create_dictionary();
    struct program *client = start_with(
        "client pipe",
        &(struct conditions){.gate = "TransactNamedPipe:1"});
    accept_peer(server);
    wait_at_gate(client);
    send_notices(server, count, lines, sizeof lines);
    open_gate(client);
    likely("nobody says how many greetings there are: read and print them as "
           "long as TransactNamedPipe says 231");
    expect_text(server, "pipe");
    send_text(server, "= two ends");
    add_line(lines, sizeof lines, "= two ends");
    expect_lines(client, lines);
}

static const struct check notice_is_no_answer;  // stands further down

CHECK(
    many_notices_are_no_answer, .name = "Any number of notices is got past",
    .todo = 1, .read = WRONG, .needs = &notice_is_no_answer)
{
    char lines[200] = "";
    unsigned count = other_number(5, 9);
    tried("read the question, sent %u notices and then the answer", count);
    struct peer *server = create_dictionary();
    struct program *client = start_with(
        "client pipe",
        &(struct conditions){.gate = "CloseHandle:1"});
    accept_peer(server);
    expect_text(server, "pipe");
    send_notices(server, count, lines, sizeof lines);
    send_text(server, "= two ends");
    add_line(lines, sizeof lines, "= two ends");
    open_gate(client);
    likely("nobody says how many notices there are: print them and read on "
           "until a message comes whose first byte is not NOTICE");
    expect_lines(client, lines);
}

CHECK(
    first_byte_tells, .name = "The first byte alone tells a notice", .todo = 1,
    .read = WRONG, .needs = &notice_is_no_answer)
{
    tried("sent \"! hear! hear!\" and the answer \"= yes\", then the answer "
          "\"= so there!\"");
    struct peer *server = create_dictionary();
    struct program *client = start_with(
        "client pipe next",
        &(struct conditions){.gate = "CloseHandle:1"});
    accept_peer(server);
    likely("what a message is, its first byte says: neither one behind it "
           "nor what an older message has left in the buffer behind its end");
    expect_text(server, "pipe");
    send_text(server, "! hear! hear!");
    send_text(server, "= yes");
    expect_text(server, "next");
    send_text(server, "= so there!");
    open_gate(client);
    expect_lines(client, "! hear! hear!\n= yes\n= so there!\n");
}

CHECK(
    notice_is_no_answer, .name = "A notice in the answer's place is not it",
    .todo = 1, .read = WRONG, .needs = &asks)
{
    tried(
        "read the question, sent \"! hello\", \"! all is well\" and then the "
        "answer; a second TransactNamedPipe would fail with %lu",
        other_error());
    likely("what a transaction brings is the next message, not always the "
           "answer: while its first byte is NOTICE, print it and read on; do "
           "not ask again, for the word has been sent");
    struct peer *server = create_dictionary();
    /* Whoever asks again may still be lucky, if the answer has come by then:
     * the fault makes it fail in any case. */
    struct program *client = start_with(
        "client pipe",
        &(struct conditions){
            .gate = "CloseHandle:1",
            .fault = "TransactNamedPipe:2:other",
        });
    accept_peer(server);
    expect_text(server, "pipe");
    send_text(server, "! hello");
    send_text(server, "! all is well");
    send_text(server, "= two ends");
    open_gate(client);
    expect_lines(client, "! hello\n! all is well\n= two ends\n");
    expect_close(server);
}

CHECK(
    notices_of_any_length, .name = "Notices in the answer's place may be long",
    .todo = 1, .read = READ_IT, .needs = &notice_is_no_answer)
{
    char answer[101], lines[sizeof answer + 100];
    tried(
        "sent \"! hello\" and an answer of 100 bytes, then a notice of 44 "
        "bytes and the answer \"= yes\"; the client's buffer has %d",
        PART_MAX);
    struct peer *server = create_dictionary();
    struct program *client = start_with(
        "client pipe next",
        &(struct conditions){.gate = "CloseHandle:1"});
    accept_peer(server);
    expect_text(server, "pipe");
    send_text(server, "! hello");
    send_bytes(server, make_answer(answer, 100), 100);
    expect_text(server, "next");
    send_text(server, LONG_NOTICE);
    send_text(server, "= yes");
    open_gate(client);
    snprintf(
        lines,
        sizeof lines,
        "! hello\n%s\n%s\n= yes\n",
        answer,
        LONG_NOTICE);
    likely_of_parts(
        client,
        7 + 100 + sizeof LONG_NOTICE - 1 + 5,
        "a notice in the answer's place may have more than one part, and "
        "whether the answer has is told by the call that brings it: keep "
        "what read_part returns");
    expect_lines(client, lines);
}

CHECK(
    transact_errors_count, .name = "Other errors of TransactNamedPipe are told",
    .todo = 1, .read = WRONG, .needs = &asks)
{
    tried(
        "made TransactNamedPipe fail with error %s, and with 109, "
        "ERROR_BROKEN_PIPE",
        other_error_text());
    likely("only 231 (ask again) and 234 (read on) are expected: every other "
           "error has to be reported, by die(\"TransactNamedPipe\"); a server "
           "that leaves without an answer is one, too");
    create_dictionary();
    struct program *client = start_with(
        "client pipe",
        &(struct conditions){.fault = "TransactNamedPipe:*:other"});
    expect_failure(client, "TransactNamedPipe", other_error());
    create_dictionary();
    client = start_with(
        "client pipe",
        &(struct conditions){.fault = "TransactNamedPipe:*:109"});
    expect_failure(client, "TransactNamedPipe", ERROR_BROKEN_PIPE);
}

CHECK(
    long_answer_comes_whole, .name = "A long answer comes whole (234)",
    .todo = 2, .read = WRONG, .needs = &asks)
{
    char answer[101], lines[sizeof answer + 10];
    tried("answered with 100 bytes; the client's buffer has %d", PART_MAX);
    struct peer *server = create_dictionary();
    struct program *client = start("client pipe next");
    accept_peer(server);
    expect_text(server, "pipe");
    send_bytes(server, make_answer(answer, 100), 100);
    expect_text(server, "next");
    send_text(server, "= yes");
    snprintf(lines, sizeof lines, "%s\n= yes\n", answer);
    likely_of_parts(
        client,
        105,
        "FALSE with error 234, ERROR_MORE_DATA, means that the first part "
        "is there and more is to come: read on by ReadFile while it says "
        "234; each part has the length that this call gave");
    expect_lines(client, lines);
    likely("ReadFile is told of more room than the buffer has: what a longer "
           "answer brings is written behind its end");
    for (uint32_t n = 1; n <= count_calls(client, "ReadFile"); n++) {
        unsigned long long size = 0;
        call_argument(find_call(client, "ReadFile", n), "size", &size);
        if (size > PART_MAX)
            fail_check(
                "ReadFile gets at most the buffer's size, 32",
                "it gets %llu",
                size);
    }
}

CHECK(
    full_parts_end, .name = "An answer that just fills its parts ends",
    .todo = 2, .read = WRONG, .needs = &long_answer_comes_whole)
{
    char one[PART_MAX + 1], two[2 * PART_MAX + 1];
    char lines[sizeof one + sizeof two + 2];
    tried(
        "answered two questions with %d and with %d bytes: one part, two "
        "parts",
        PART_MAX,
        2 * PART_MAX);
    likely("the end of a message is told by the result, TRUE, and not by a "
           "part that is shorter than the buffer");
    struct peer *server = create_dictionary();
    struct program *client = start("client pipe next");
    accept_peer(server);
    expect_text(server, "pipe");
    send_bytes(server, make_answer(one, PART_MAX), PART_MAX);
    expect_text(server, "next");
    send_bytes(server, make_answer(two, 2 * PART_MAX), 2 * PART_MAX);
    snprintf(lines, sizeof lines, "%s\n%s\n", one, two);
    expect_lines(client, lines);
}

/** Answers `client pipe` with 100 bytes, of which ReadFile gets the rest. */
static struct program *answer_at_length(const char *fault, char *answer)
{
    struct peer *server = create_dictionary();
    struct program *client =
        start_with("client pipe", &(struct conditions){.fault = fault});
    accept_peer(server);
    expect_text(server, "pipe");
    send_bytes(server, make_answer(answer, 100), 100);
    return client;
}

CHECK(
    read_success_is_a_success, .name = "A success of ReadFile is one",
    .todo = 2, .read = WRONG, .needs = &long_answer_comes_whole)
{
    char answer[101], lines[sizeof answer + 1];
    tried("answered with 100 bytes, and let each successful ReadFile leave an "
          "old code, 234, behind it");
    likely("the client asks GetLastError without looking at the result of "
           "ReadFile: after a success the code means nothing");
    struct program *client = answer_at_length("ReadFile:*:leave=234", answer);
    snprintf(lines, sizeof lines, "%s\n", answer);
    expect_lines(client, lines);
}

CHECK(
    read_errors_count, .name = "Other errors of ReadFile are told", .todo = 2,
    .read = WRONG, .needs = &long_answer_comes_whole)
{
    char answer[101];
    tried(
        "answered with 100 bytes, and made ReadFile fail with error %s, then "
        "with 109",
        other_error_text());
    likely("only 234 means that more is to come: every other error has to be "
           "reported, by die(\"ReadFile\"); 109 in the middle of a message is "
           "no end of it");
    struct program *client = answer_at_length("ReadFile:*:other", answer);
    expect_failure(client, "ReadFile", other_error());
    client = answer_at_length("ReadFile:*:109", answer);
    expect_failure(client, "ReadFile", ERROR_BROKEN_PIPE);
}

/** Tells whether the program is inside its last call of a function. */
static bool is_inside(const struct program *program, const char *call)
{
    const struct lens_record *record =
        find_call(program, call, count_calls(program, call));
    return record != NULL && record->t1 == 0;
}

/** Waits until the client, which has asked, waits for the answer, or has
 * peeked. */
static void let_it_wait(const struct program *client)
{
    while (!is_inside(client, "TransactNamedPipe")
           && !is_inside(client, "CallNamedPipeW")
           && !is_inside(client, "ReadFile")
           && (count_calls(client, "PeekNamedPipe") == 0
               || is_inside(client, "PeekNamedPipe"))
           && now_ms() < scene_deadline())
        Sleep(1);
}

/** The two connections of `client -call pipe`. */
struct two_calls {
    struct program *client;
    struct peer *first, *second;
};

/** Answers the first question with 100 bytes, and waits for the second. */
static struct two_calls ask_twice(const struct conditions *conditions)
{
    char answer[101];
    struct two_calls calls = {.first = create_dictionary()};
    calls.client = start_with("client -call pipe", conditions);
    accept_peer(calls.first);
    expect_text(calls.first, "pipe");
    calls.second = create_dictionary();
    send_bytes(calls.first, make_answer(answer, 100), 100);
    accept_peer(calls.second);
    return calls;
}

/** Expects what `client -call` prints when 100 bytes came to the first call. */
static void expect_lost(struct program *client, int lost)
{
    char answer[101], lines[100];
    snprintf(
        lines,
        sizeof lines,
        "%.*s\n%d bytes came\n%d bytes are lost\n",
        PART_MAX,
        make_answer(answer, 100),
        PART_MAX,
        lost);
    expect_lines(client, lines);
}

CHECK(
    loss_is_counted, .name = "The bytes that were lost are counted", .todo = 3,
    .read = WRONG, .needs = &asks)
{
    char answer[101];
    tried("answered `client -call pipe` with 100 bytes, on each connection");
    likely(
        "CallNamedPipeW has closed the pipe; %d of 100 bytes are gone with "
        "it: ask once more on a connection of your own, wait for the answer, "
        "and count there what follows its first part",
        100 - PART_MAX);
    /* A client that closes its second connection at once waits at the gate
     * until the check has seen it. */
    struct two_calls calls =
        ask_twice(&(struct conditions){.gate = "CloseHandle:1"});
    open_gate(calls.client);
    expect_text(calls.second, "pipe");
    /* Who peeks before the answer is there finds nothing. */
    let_it_wait(calls.client);
    send_bytes(calls.second, make_answer(answer, 100), 100);
    expect_lost(calls.client, 100 - PART_MAX);
    likely("the second connection is not closed, or closed twice");
    expect_no_leak(calls.client);
    expect_no_bad_close(calls.client);
    expect_right_on_windows(calls.client);
}

/** How often the client peeks, in a run in which all goes well. */
static unsigned count_peeks(void)
{
    char answer[101];
    struct two_calls calls = ask_twice(&(struct conditions){0});
    expect_text(calls.second, "pipe");
    send_bytes(calls.second, make_answer(answer, 100), 100);
    expect_lost(calls.client, 100 - PART_MAX);
    close_peer(calls.first);
    close_peer(calls.second);
    return count_calls(calls.client, "PeekNamedPipe");
}

CHECK(
    next_message_is_not_lost,
    .name = "Nothing but the answer's rest is counted", .todo = 3,
    .read = READ_IT, .needs = &loss_is_counted)
{
    char answer[101], gates[60];
    tried("answered `client -call pipe` with 100 bytes, and sent \"! hello\" "
          "behind the answer on the second connection");
    likely("all that waits in the pipe is counted, and not only the rest of "
           "the answer: that is the last argument of PeekNamedPipe, not the "
           "one before it");
    /* Its last peek is held until both messages are there. Who never peeks,
     * but calls again, may be gone before the second one. */
    unsigned peeks = count_peeks();
    if (peeks == 0)
        return;
    snprintf(gates, sizeof gates, "CloseHandle:1,PeekNamedPipe:%u", peeks);
    struct two_calls calls = ask_twice(&(struct conditions){.gate = gates});
    expect_text(calls.second, "pipe");
    send_bytes(calls.second, make_answer(answer, 100), 100);
    send_text(calls.second, "! hello");
    open_gate_number(calls.client, 0);
    open_gate_number(calls.client, 1);
    expect_lost(calls.client, 100 - PART_MAX);
}

/** Lets `client -call pipe` get a second answer of @p size bytes. */
static struct program *answer_shorter(size_t size)
{
    char answer[PART_MAX + 1];
    struct two_calls calls =
        ask_twice(&(struct conditions){.gate = "CloseHandle:1"});
    open_gate(calls.client);
    expect_text(calls.second, "pipe");
    send_bytes(calls.second, make_answer(answer, size), size);
    return calls.client;
}

CHECK(
    second_answer_fits, .name = "No loss where the second answer fits",
    .todo = 3, .read = READ_IT, .needs = &loss_is_counted)
{
    tried(
        "answered `client -call pipe` with 100 bytes, and on the second "
        "connection with %d",
        PART_MAX);
    struct program *client = answer_shorter(PART_MAX);
    likely("an answer that fits into one part leaves nothing to count: then "
           "the result is 0, and the connection has to be closed as well");
    expect_lost(client, 0);
    expect_no_leak(client);
}

CHECK(
    second_answer_is_shorter, .name = "No loss where the second one is shorter",
    .todo = 3, .read = READ_IT, .needs = &second_answer_fits)
{
    enum { SHORTER = 20 };
    tried(
        "answered `client -call pipe` with 100 bytes, and on the second "
        "connection with %d",
        SHORTER);
    struct program *client = answer_shorter(SHORTER);
    likely(
        "an answer that is shorter than a part leaves nothing to count, "
        "either: lengths have no sign, and %d less %d wraps around",
        SHORTER,
        PART_MAX);
    expect_lost(client, 0);
}

CHECK(
    peek_errors_count, .name = "An error of PeekNamedPipe is told", .todo = 3,
    .read = READ_IT, .needs = &loss_is_counted)
{
    char answer[101], fault[40];
    tried(
        "answered `client -call pipe` with 100 bytes, and made PeekNamedPipe "
        "fail with error %s",
        other_error_text());
    likely("a peek that has failed has counted nothing: its error has to be "
           "reported, by die(\"PeekNamedPipe\")");
    unsigned peeks = count_peeks();
    if (peeks == 0)
        return;
    snprintf(fault, sizeof fault, "PeekNamedPipe:%u:other", peeks);
    struct two_calls calls = ask_twice(&(struct conditions){.fault = fault});
    expect_text(calls.second, "pipe");
    send_bytes(calls.second, make_answer(answer, 100), 100);
    /* Who peeks until something is there may need fewer of them this time. */
    DWORD status;
    wait_for_scene_end(calls.client, &status);
    if (count_calls(calls.client, "PeekNamedPipe") < peeks)
        return;
    expect_end(calls.client, EXIT_FAILURE);
    expect_error(calls.client, "PeekNamedPipe", other_error());
}

CHECK(
    nothing_is_lost, .name = "Nothing is lost when the answer fits",
    .read = READ_IT)
{
    char answer[PART_MAX + 1], lines[PART_MAX + 60];
    tried("answered `client -call pipe` with %d bytes", PART_MAX);
    likely("the client counts bytes as lost although CallNamedPipeW gave TRUE");
    struct peer *server = create_dictionary();
    struct program *client = start("client -call pipe");
    accept_peer(server);
    expect_text(server, "pipe");
    send_bytes(server, make_answer(answer, PART_MAX), PART_MAX);
    snprintf(
        lines,
        sizeof lines,
        "%s\n%d bytes came\n0 bytes are lost\n",
        answer,
        PART_MAX);
    expect_lines(client, lines);
}

CHECK(
    call_errors_count, .name = "The client says so when there is no server (2)")
{
    tried("started `client pipe` and `client -call pipe` without a server");
    struct program *client = start("client pipe");
    likely("the client does not report the error of CreateFileW or of "
           "CallNamedPipeW");
    expect_failure(client, "CreateFileW", ERROR_FILE_NOT_FOUND);
    client = start("client -call pipe");
    expect_failure(client, "CallNamedPipeW", ERROR_FILE_NOT_FOUND);
}

CHECK(wrong_words_are_refused, .name = "Wrong words are refused", .slow = true)
{
    char command_line[WORD_MAX + 20];
    tried(
        "started `client`, `client -call` and `client` with a word of %d "
        "bytes",
        WORD_MAX + 1);
    likely("the client does not look at its arguments");
    expect_end(start("client"), 2);
    expect_end(start("client -call"), 2);
    memset(command_line, 'x', sizeof command_line);
    memcpy(command_line, "client ", 7);
    command_line[7 + WORD_MAX + 1] = '\0';
    expect_end(start(command_line), 2);
}

/* Both sides. */

/** Starts the server and waits until a client may come. */
static struct program *start_server(const char *command_line)
{
    struct program *server = start(command_line);
    expect_line(server, "ready", 1);
    return server;
}

CHECK(
    both_sides_fit, .name = "Client and server fit together", .read = READ_IT,
    .needs = &long_answer_comes_whole)
{
    tried("let `server 1` serve `client pipe message`");
    likely("the two sides do not fit together");
    struct program *server = start_server("server 1");
    struct program *client = start("client pipe message");
    expect_lines(
        client,
        "= two ends, and bytes between\n"
        "= what one write has put in; one read takes it out, if it has "
        "room\n");
    expect_end(server, EXIT_SUCCESS);
}

/* The server, with clients of the check's. */

/** Asks for a word and expects its answer. */
static void expect_meaning(
    struct peer *client, const char *word, size_t size, const char *meaning)
{
    send_bytes(client, word, size);
    expect_text(client, meaning);
}

static const char PIPE[] = "= two ends, and bytes between";
static const char UNKNOWN[] = "= not in this dictionary";

CHECK(
    says_ready_in_time,
    .name = "The server says `ready` when a client may come",
    .program = "server", .read = READ_IT)
{
    expect_ready_in_time("server 1", PIPE_NAME, GENERIC_READ | GENERIC_WRITE);
}

CHECK(
    answers_words, .name = "The server answers each word", .program = "server",
    .read = READ_IT)
{
    tried("asked for \"pipe\", and for \"pip\", \"pipes\", \"pipe\\0\" and "
          "nothing at all");
    likely("the server does not compare a word by its length, which is the "
           "message's");
    start_server("server 1");
    struct peer *client = connect_client();
    expect_meaning(client, "pipe", 4, PIPE);
    expect_meaning(client, "pip", 3, UNKNOWN);
    expect_meaning(client, "pipes", 5, UNKNOWN);
    expect_meaning(client, "pipe", sizeof "pipe", UNKNOWN);
    expect_meaning(client, "", 0, UNKNOWN);
    expect_meaning(client, "pipe", 4, PIPE);
}

CHECK(
    greets_the_first, .name = "The server greets its first client",
    .program = "server", .read = READ_IT)
{
    tried("started `server -greet 2` and came with two clients");
    likely("the greeting does not come first, or goes to every client");
    start_server("server -greet 2");
    struct peer *client = connect_client();
    expect_text(client, "! welcome; this dictionary knows three words");
    expect_meaning(client, "pipe", 4, PIPE);
    close_peer(client);
    client = connect_client();
    expect_meaning(client, "pipe", 4, PIPE);
}

CHECK(
    serves_the_next, .name = "The server serves as many clients as it is told",
    .program = "server", .read = READ_IT)
{
    tried("started `server 2`; opened the pipe a second time while the first "
          "client was served");
    likely("the next instance is not made before a client is served, or a "
           "handle is not closed, or closed twice");
    struct program *server = start_server("server 2");
    struct peer *first = connect_client();
    expect_meaning(first, "pipe", 4, PIPE);
    struct peer *second = connect_client();
    send_text(second, "pipe");
    close_peer(first);
    expect_text(second, PIPE);
    close_peer(second);
    expect_end(server, EXIT_SUCCESS);
    likely("a handle is not closed, or closed twice");
    expect_no_leak(server);
    expect_no_bad_close(server);
    expect_right_on_windows(server);
}

CHECK(
    hurried_clients_do_no_harm,
    .name = "Clients that leave early do no harm (232)", .program = "server")
{
    tried("held the server before its first ConnectNamedPipe and before its "
          "first WriteFile, and closed the client's end each time");
    struct program *server = start_with(
        "server 3",
        &(struct conditions){.gate = "ConnectNamedPipe:1,WriteFile:1"});
    likely("error 535 or 232 of ConnectNamedPipe, or 232 of WriteFile, is "
           "taken for a failure: the server goes on with the next client");
    wait_at_gate_number(server, 0);
    close_peer(connect_client());
    open_gate_number(server, 0);
    expect_line(server, "the client has left", 1);
    struct peer *client = connect_client();
    send_text(client, "pipe");
    wait_at_gate_number(server, 1);
    close_peer(client);
    open_gate_number(server, 1);
    expect_line(server, "the client has left", 2);
    expect_meaning(connect_client(), "pipe", 4, PIPE);
}

CHECK(
    long_words_are_refused, .name = "A word that is too long is refused",
    .program = "server")
{
    char word[WORD_MAX + 1];
    memset(word, 'x', sizeof word);
    tried(
        "asked for a word of %d bytes, then for one of %d",
        WORD_MAX,
        WORD_MAX + 1);
    likely("the rest of a word that is too long is taken for the next word");
    struct program *server = start_server("server 2");
    struct peer *client = connect_client();
    expect_meaning(client, word, WORD_MAX, UNKNOWN);
    send_bytes(client, word, WORD_MAX + 1);
    expect_close(client);
    expect_meaning(connect_client(), "pipe", 4, PIPE);
    expect_no_errors(server);
}

CHECK(
    server_errors_count, .name = "Other errors of the server are told",
    .program = "server")
{
    tried("made ReadFile fail with error %s", other_error_text());
    struct program *server = start_with(
        "server 1",
        &(struct conditions){.fault = "ReadFile:1:other"});
    expect_line(server, "ready", 1);
    likely("the server takes every failed read for the client's leaving");
    connect_client();
    expect_failure(server, "ReadFile", other_error());
}

CHECK(
    pipe_is_for_messages,
    .name = "The pipe is for messages, and for this computer",
    .program = "server", .read = READ_IT)
{
    tried("looked at the third argument of CreateNamedPipeW");
    likely("PIPE_TYPE_MESSAGE, PIPE_READMODE_MESSAGE or "
           "PIPE_REJECT_REMOTE_CLIENTS is missing");
    struct program *server = start_server("server 1");
    unsigned long long mode = 0;
    call_argument(find_call(server, "CreateNamedPipeW", 1), "mode", &mode);
    if (mode
        != (PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE
            | PIPE_REJECT_REMOTE_CLIENTS))
        fail_check("the mode is 0xe", "it is 0x%llx", mode);
}

CHECK(
    wrong_count_is_refused, .name = "A wrong number of clients is refused",
    .program = "server")
{
    expect_refused("server many,server -1,server -greet many,server 1 2");
}

CHECK(measures, .name = "The measurement runs", .program = "measure")
{
    tried("ran `measure 1`");
    struct program *measure = start("measure 1");
    likely("one of the three ways does not work");
    expect_end(measure, EXIT_SUCCESS);
    if (strstr(measure->out.text, "CallNamedPipeW") == NULL)
        fail_program(measure, "a table with a line for CallNamedPipeW");
}

static const struct check *const CHECKS[] = {
    &asks,
    &greeting_is_read_first,
    &many_greetings_are_read,
    &notice_is_no_answer,
    &many_notices_are_no_answer,
    &first_byte_tells,
    &success_is_a_success,
    &transact_errors_count,
    &long_answer_comes_whole,
    &full_parts_end,
    &long_greeting_is_read_whole,
    &notices_of_any_length,
    &read_success_is_a_success,
    &read_errors_count,
    &loss_is_counted,
    &next_message_is_not_lost,
    &second_answer_fits,
    &second_answer_is_shorter,
    &peek_errors_count,
    &nothing_is_lost,
    &call_errors_count,
    &wrong_words_are_refused,
    &both_sides_fit,
    &says_ready_in_time,
    &answers_words,
    &greets_the_first,
    &serves_the_next,
    &hurried_clients_do_no_harm,
    &long_words_are_refused,
    &server_errors_count,
    &pipe_is_for_messages,
    &wrong_count_is_refused,
    &measures,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "07-transactions", CHECKS);
}
