/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 06: messages of any length, on pipes of both types.
 *
 * Usage: `06-read-modes FOLDER [LESSON-FOLDER]`
 */
#include <stdint.h>
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
#include "lessons/06-read-modes/protocol.h"

/* What the server says; it is the lesson's, so nobody words it otherwise. */
#define REFUSED "refused: longer than 1048576 bytes"
#define LEFT    "the client has left"
#define CUT_OFF "the client has left in the middle of a message"

enum {
    PIECE = 32 * 1024,  // a word and the blank behind it, in long lines
    FIRST_ROOM_MAX = 64 * 1024,
    HOSTILE = 8 * MESSAGE_MAX,  // the longest message that a check sends
    FRAME_HEAD = sizeof(uint32_t),
    MANY = 8,            // messages of MESSAGE_MAX bytes
    SHORT_KIB = 512,     // far above FIRST_ROOM, far below MESSAGE_MAX
    LONG_KIB = 4 * 1024  // above the old and the new piece, far below MANY
};

static char big[HOSTILE];

/** Fills the start of `big` with words of PIECE - 1 letters, each its own. */
static void make_words(size_t size)
{
    for (size_t i = 0; i < size; i++)
        big[i] = i % PIECE == PIECE - 1 ? ' ' : (char)('a' + i / PIECE % 26);
}

/** Fills it with one word; no two places within 26 hold the same letter. */
static void make_word(size_t size)
{
    for (size_t i = 0; i < size; i++)
        big[i] = (char)('a' + (i + i / 26) % 26);
}

/** Starts the server and waits until a client may come. */
static struct program *start_ready(const char *command_line, const char *fault)
{
    return start_until_ready(
        command_line,
        &(struct conditions){.fault = fault});
}

/**
 * Expects that the server refuses what a client sends; at once in vain when it
 * has read all and waits for more.
 * @param times how many it has to have refused
 * @param sent  the bytes that the check has sent so far, in all
 */
static void expect_refusal(
    struct program *server, unsigned times, unsigned long long sent)
{
    enum wait_result result = TOO_LATE;
    while (result == TOO_LATE && ms_until(scene_deadline()) > 0
           && !all_read_and_wait(sent))
        result =
            wait_for_line(server, &server->out, REFUSED, times, now_ms() + 20);
    if (result != IN_TIME)
        fail_program(server, "the server prints \"" REFUSED "\"");
}

/** Opens the message pipe, in message read mode. */
static struct peer *connect_reader(void)
{
    return connect_peer_as(
        PIPE_NAME,
        GENERIC_READ | GENERIC_WRITE,
        PIPE_READMODE_MESSAGE);
}

/** Sends a line on the message pipe and expects it back as one word. */
static void expect_word(struct peer *client, const char *word, size_t size)
{
    send_bytes(client, word, size);
    expect_message(client, word, size);
    expect_message(client, "", 0);
}

/** Sends one frame of up to MESSAGE_MAX bytes. */
static void send_frame(struct peer *peer, const void *data, size_t size)
{
    static char frame[FRAME_HEAD + MESSAGE_MAX];
    uint32_t length = (uint32_t)size;
    memcpy(frame, &length, FRAME_HEAD);
    memcpy(frame + FRAME_HEAD, data, size);
    send_bytes(peer, frame, FRAME_HEAD + size);
}

/** Adds a frame to those at @p frames; returns their size. */
static size_t add_frame(
    char *frames, size_t used, const char *data, size_t size)
{
    uint32_t length = (uint32_t)size;
    memcpy(frames + used, &length, FRAME_HEAD);
    memcpy(frames + used + FRAME_HEAD, data, size);
    return used + FRAME_HEAD + size;
}

/** Adds the answer to a line: a frame for each word, and an empty one. */
static size_t add_answer(char *frames, size_t used, const char *words)
{
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        used = add_frame(frames, used, words, length);
        words += length + (words[length] == ' ');
    }
    return add_frame(frames, used, "", 0);
}

/** Expects the answer to a line, and no more. */
static void expect_frames(struct peer *peer, const char *words)
{
    static char frames[4096];
    expect_bytes(peer, frames, add_answer(frames, 0, words));
}

/** The memory that a program has committed for itself, in KiB. */
static size_t committed_kib(const struct program *program)
{
    MEMORY_BASIC_INFORMATION region;
    size_t bytes = 0;
    char *at = NULL;
    while (VirtualQueryEx(program->process, at, &region, sizeof region) != 0) {
        if (region.State == MEM_COMMIT && region.Type == MEM_PRIVATE)
            bytes += region.RegionSize;
        at = (char *)region.BaseAddress + region.RegionSize;
    }
    if (bytes == 0)
        environment_trouble("VirtualQueryEx", "the memory of a program");
    return bytes / 1024;
}

/** Expects that a program holds at most so much more than before. */
static void expect_memory(
    const struct program *program, size_t before_kib, size_t more_kib)
{
    char expected[64];
    size_t now_kib = committed_kib(program);
    snprintf(
        expected,
        sizeof expected,
        "the program takes at most %zu KiB",
        more_kib);
    if (now_kib > before_kib + more_kib)
        fail_check(
            expected,
            "%s took %zu KiB of memory more than it had at first",
            program->name,
            now_kib - before_kib);
}

CHECK(
    answers_word_by_word, .name = "The server answers word by word", .todo = 2,
    .read = READ_IT)
{
    tried("opened the message pipe, sent \"one two three\", then \"again\"");
    start_ready("server 1", NULL);
    struct peer *client = connect_reader();
    likely("read_message does not give a short message as it came");
    send_bytes(client, "one two three", 13);
    expect_message(client, "one", 3);
    expect_message(client, "two", 3);
    expect_message(client, "three", 5);
    expect_message(client, "", 0);
    expect_word(client, "again", 5);
}

/** A server of the check with a client that is about to read its answer. */
static struct program *start_client_at_gate(struct peer **server)
{
    *server = create_peer_as(
        PIPE_NAME,
        &(struct peer_pipe){.mode = PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE});
    struct program *client =
        start_with("client line", &(struct conditions){.gate = "ReadFile:1"});
    accept_peer(*server);
    expect_message(*server, "line", 4);
    wait_at_gate(client);
    return client;
}

CHECK(
    handle_reads_messages, .name = "The client's handle reads messages",
    .todo = 1, .read = WRONG, .program = "client")
{
    tried("sent the client two messages, \"abc\" and \"defg\", before it read");
    struct peer *server;
    struct program *client = start_client_at_gate(&server);
    likely(
        "on this computer, a client's handle reads bytes at first, also from a message pipe: "
        "SetNamedPipeHandleState with PIPE_READMODE_MESSAGE (0x2) changes "
        "that");
    send_bytes(server, "abc", 3);
    send_bytes(server, "defg", 4);
    open_gate(client);
    const struct lens_record *read = wait_called(client, "ReadFile", 1);
    if (read->bytes > 3)
        fail_check(
            "the first read ends with the first message",
            "the first read brought %u bytes",
            read->bytes);
    expect_line(client, "abc", 1);
    expect_line(client, "defg", 1);
}

CHECK(
    handle_still_waits, .name = "The client's handle still waits", .todo = 1,
    .read = WRONG, .needs = &handle_reads_messages, .program = "client")
{
    tried("looked at the second argument of SetNamedPipeHandleState");
    struct peer *server;
    struct program *client = start_client_at_gate(&server);
    unsigned long long mode = 0;
    likely("the call sets the wait mode, too: PIPE_NOWAIT (0x1) makes every "
           "read return at once");
    call_argument(
        find_call(client, "SetNamedPipeHandleState", 1),
        "mode",
        &mode);
    if ((mode & PIPE_NOWAIT) != 0)
        fail_check("PIPE_WAIT", "mode is 0x%llx", mode);
}

CHECK(
    nothing_else_is_set, .name = "Nothing is set besides the mode", .todo = 1,
    .read = READ_IT, .needs = &handle_reads_messages, .program = "client")
{
    static const char *const OTHERS[] = {"bytes", "time"};
    tried("looked at the last two arguments of SetNamedPipeHandleState");
    struct peer *server;
    struct program *client = start_client_at_gate(&server);
    likely("both are for pipes over a network, and must be NULL on one "
           "computer: a pointer to 0 is not NULL");
    const struct lens_record *call =
        find_call(client, "SetNamedPipeHandleState", 1);
    unsigned long long given;
    for (size_t i = 0; i < ARRAYSIZE(OTHERS); i++)
        if (call_argument(call, OTHERS[i], &given))
            fail_check(
                "NULL and NULL",
                "argument %zu points to %llu",
                i + 3,
                given);
}

CHECK(
    mode_errors_count, .name = "A failure to set the mode is reported",
    .todo = 1, .read = WRONG, .needs = &handle_reads_messages,
    .program = "client")
{
    tried("made SetNamedPipeHandleState fail with error %lu", other_error());
    create_peer_as(PIPE_NAME, &(struct peer_pipe){.mode = PIPE_TYPE_MESSAGE});
    struct program *client = start_with(
        "client line",
        &(struct conditions){.fault = "SetNamedPipeHandleState:1:other"});
    likely("the result of the call is not looked at: a failure has to be "
           "reported, by die(\"SetNamedPipeHandleState\")");
    expect_failure(client, "SetNamedPipeHandleState", other_error());
}

CHECK(
    empty_message_is_one, .name = "An empty message is a message", .todo = 2,
    .read = WRONG, .needs = &answers_word_by_word)
{
    tried("sent \"hello\", an empty message, and \"again\"");
    start_ready("server 1", NULL);
    struct peer *client = connect_reader();
    likely("ReadFile gives TRUE with 0 bytes for an empty message, whose "
           "length is 0; the end is FALSE with error 109");
    expect_word(client, "hello", 5);
    send_bytes(client, "", 0);
    expect_message(client, "", 0);
    expect_word(client, "again", 5);
}

CHECK(
    long_message_comes_whole, .name = "A long message comes whole (234)",
    .todo = 2, .read = WRONG, .needs = &answers_word_by_word)
{
    tried("sent a message of 5,000 bytes to the waiting server, then "
          "\"again\"");
    struct program *server = start_ready("server 1", NULL);
    struct peer *client = connect_reader();
    likely("FALSE with error 234, ERROR_MORE_DATA, means that the bytes are "
           "good and that there are more of the same message: read on behind "
           "them");
    wait_inside(server, "ReadFile", 1);
    make_word(5000);
    expect_word(client, big, 5000);
    expect_word(client, "again", 5);
}

CHECK(
    borders_are_kept, .name = "Messages that just fit are whole", .todo = 2,
    .read = WRONG, .needs = &long_message_comes_whole)
{
    static const size_t SIZES[] = {1, 4095, 4096, 4097, 8192, 8193, 40000, 2};
    tried("sent messages of 1, 4,095, 4,096, 4,097, 8,192 ... bytes, in turn");
    start_ready("server 1", NULL);
    struct peer *client = connect_reader();
    likely("a message that just fills the memory is whole, and one that is a "
           "byte longer is not: only the result of ReadFile tells");
    for (size_t i = 0; i < ARRAYSIZE(SIZES); i++) {
        make_word(SIZES[i]);
        expect_word(client, big, SIZES[i]);
    }
}

CHECK(
    longest_message_comes_whole, .name = "The longest message comes whole",
    .todo = 2, .read = READ_IT, .needs = &long_message_comes_whole)
{
    tried("sent a message of 1,048,576 bytes, as many as it may have, then "
          "one of 5,000");
    start_ready("server 1", NULL);
    struct peer *client = connect_reader();
    make_words(MESSAGE_MAX);
    likely("MESSAGE_MAX bytes are allowed: one more is too long; the memory "
           "may be large from the message before, which says nothing of this "
           "one");
    send_bytes(client, big, MESSAGE_MAX);
    for (size_t at = 0; at < MESSAGE_MAX; at += PIECE)
        expect_message(client, big + at, PIECE - 1);
    expect_message(client, "", 0);
    make_word(5000);
    expect_word(client, big, 5000);
}

CHECK(
    longer_message_is_refused, .name = "A message of one byte more is refused",
    .todo = 2, .read = WRONG, .needs = &longest_message_comes_whole)
{
    tried("sent a message of 1,048,577 bytes, one too many, and came with a "
          "second client");
    struct program *server = start_ready("server 2", NULL);
    struct peer *client = connect_reader();
    memset(big, ' ', MESSAGE_MAX + 1);
    likely("read_message returns READ_TOO_LONG when MESSAGE_MAX bytes have "
           "come and ReadFile says 234 still");
    begin_send(client, big, MESSAGE_MAX + 1);
    expect_refusal(server, 1, MESSAGE_MAX + 1);
    close_peer(client);
    expect_line(server, "ready", 2);
    expect_word(connect_reader(), "again", 5);
}

CHECK(
    memory_has_a_limit, .name = "A huge message stays within the limit",
    .todo = 2, .read = WRONG, .needs = &longer_message_is_refused)
{
    tried("sent a message of 8 MiB, and looked at what the server read of it "
          "and how much memory it took");
    likely("the memory grows as long as ReadFile says 234: test against "
           "MESSAGE_MAX before it grows");
    struct program *server =
        start_with("server 1", &(struct conditions){.gate = "CloseHandle:1"});
    expect_line(server, "ready", 1);
    size_t before_kib = committed_kib(server);
    memset(big, ' ', HOSTILE);
    begin_send(connect_reader(), big, HOSTILE);
    wait_at_gate(server);
    unsigned long long bytes_read = 0;
    for (uint32_t i = 1; i <= count_calls(server, "ReadFile"); i++)
        bytes_read += find_call(server, "ReadFile", i)->bytes;
    if (bytes_read > MESSAGE_MAX + PIECE)
        fail_check(
            "the server reads MESSAGE_MAX bytes, and no more",
            "it read %llu bytes of the message",
            bytes_read);
    expect_memory(server, before_kib, LONG_KIB);
}

CHECK(
    short_message_takes_little, .name = "A short message takes little memory",
    .todo = 2, .read = READ_IT, .needs = &long_message_comes_whole)
{
    tried("sent \"hello\", looked at how many bytes the first ReadFile asks "
          "for, and how much memory the server took");
    struct program *server = start_ready("server 1", NULL);
    size_t before_kib = committed_kib(server);
    likely("the server takes MESSAGE_MAX bytes for every message: begin with "
           "FIRST_ROOM, since most are short");
    expect_word(connect_reader(), "hello", 5);
    expect_memory(server, before_kib, SHORT_KIB);
    unsigned long long size = 0;
    call_argument(find_call(server, "ReadFile", 1), "size", &size);
    if (size > FIRST_ROOM_MAX)
        fail_check("4,096 bytes, or some more", "%llu bytes", size);
}

CHECK(
    many_messages_take_no_more, .name = "Many messages take the memory of one",
    .todo = 2, .read = WRONG, .needs = &longest_message_comes_whole)
{
    tried(
        "sent %d messages of 1,048,576 bytes, and looked at how much memory "
        "the server took",
        MANY);
    struct program *server = start_ready("server 1", NULL);
    size_t before_kib = committed_kib(server);
    struct peer *client = connect_reader();
    memset(big, ' ', MESSAGE_MAX);
    likely("the memory of the message before is forgotten, not used again: "
           "read_message keeps data and room, and sets the length to 0");
    for (unsigned i = 0; i < MANY; i++) {
        send_bytes(client, big, MESSAGE_MAX);
        expect_message(client, "", 0);
    }
    expect_memory(server, before_kib, LONG_KIB);
}

CHECK(
    cut_off_message_is_told, .name = "A message that is cut off is no end",
    .todo = 2, .read = WRONG, .needs = &short_message_takes_little)
{
    tried("began to send a message of 256 KiB, and left when the server had "
          "read a part of it");
    likely("error 109 behind a part of a message is no end between two of "
           "them: it is READ_CUT_OFF");
    struct program *server =
        start_with("server 1", &(struct conditions){.gate = "ReadFile:2"});
    expect_line(server, "ready", 1);
    struct peer *client = connect_reader();
    make_word(4 * FIRST_ROOM_MAX);
    begin_send(client, big, 4 * FIRST_ROOM_MAX);
    wait_at_gate(server);
    close_peer(client);
    open_gate(server);
    expect_line(server, CUT_OFF, 1);
    expect_end(server, EXIT_SUCCESS);
}

CHECK(
    end_is_found, .name = "The end between messages is found (109)", .todo = 2,
    .read = WRONG, .needs = &answers_word_by_word)
{
    tried("sent \"hello\" and closed the client's end");
    struct program *server = start_ready("server 1", NULL);
    struct peer *client = connect_reader();
    likely("FALSE with error 109 and no part of a message is the end: "
           "READ_END, which is no failure");
    expect_word(client, "hello", 5);
    close_peer(client);
    expect_line(server, LEFT, 1);
    expect_end(server, EXIT_SUCCESS);
}

CHECK(
    success_is_a_success, .name = "A success of ReadFile is one", .todo = 2,
    .read = WRONG, .needs = &answers_word_by_word)
{
    static const char *const FAULTS[] = {
        "ReadFile:*:leave=234",
        "ReadFile:*:leave=109"};
    tried("let ReadFile succeed, with an old code behind it: 234, then 109");
    likely("the code is asked for without looking at the result: after a "
           "success it means nothing");
    for (size_t i = 0; i < ARRAYSIZE(FAULTS); i++) {
        struct program *server = start_ready("server 1", FAULTS[i]);
        struct peer *client = connect_reader();
        expect_word(client, "hello", 5);
        expect_word(client, "again", 5);
        close_peer(client);
        expect_end(server, EXIT_SUCCESS);
    }
}

CHECK(
    read_errors_count, .name = "Any other error of ReadFile is reported",
    .todo = 2, .read = WRONG, .needs = &short_message_takes_little)
{
    tried(
        "made the first ReadFile of a long message fail with error %lu, then "
        "the second one of another",
        other_error());
    struct program *server = start_ready("server 1", "ReadFile:1:other");
    connect_peer(PIPE_NAME);
    likely("only 234 and 109 are expected: every other error has to be "
           "reported, by die(\"ReadFile\")");
    expect_failure(server, "ReadFile", other_error());
    server = start_ready("server 1", "ReadFile:2:other");
    make_word(4 * FIRST_ROOM_MAX);
    begin_send(connect_reader(), big, 4 * FIRST_ROOM_MAX);
    expect_failure(server, "ReadFile", other_error());
}

/** Waits until the server answers, waits for more, or has ended; names a cause
 * only where it has refused the first frame, which is a short one. */
static void if_short_frame_is_refused(
    struct program *server, unsigned long long sent)
{
    while (is_running(server) && count_calls(server, "WriteFile") == 0
           && !all_read_and_wait(sent) && ms_until(scene_deadline()) > 0)
        Sleep(1);
    if (!is_running(server)
        && wait_for_line(server, &server->out, REFUSED, 1, scene_deadline())
               == IN_TIME)
        likely("a short frame was taken for a long one: the length lies in "
               "the pipe as a uint32_t lies in memory, its lowest byte first");
}

CHECK(
    answers_with_frames, .name = "The server answers with frames", .todo = 3,
    .read = READ_IT)
{
    tried("opened the byte pipe, sent the frame \"one two\", then \"again\"");
    struct program *server = start_ready("server --bytes 1", NULL);
    struct peer *client = connect_peer(BYTE_PIPE_NAME);
    send_frame(client, "one two", 7);
    if_short_frame_is_refused(server, FRAME_HEAD + 7);
    expect_frames(client, "one two");
    send_frame(client, "again", 5);
    expect_frames(client, "again");
}

CHECK(
    empty_frame_is_one, .name = "An empty frame is a message", .todo = 3,
    .read = READ_IT, .needs = &answers_with_frames)
{
    tried("sent the frame \"hello\", one of length 0, and \"again\"");
    start_ready("server --bytes 1", NULL);
    struct peer *client = connect_peer(BYTE_PIPE_NAME);
    likely("a length of 0 is a message without bytes, not the end, nor the "
           "message before");
    send_frame(client, "hello", 5);
    expect_frames(client, "hello");
    send_frame(client, "", 0);
    expect_frames(client, "");
    send_frame(client, "again", 5);
    expect_frames(client, "again");
}

CHECK(
    frame_comes_in_pieces, .name = "A frame may come byte by byte", .todo = 3,
    .read = WRONG, .needs = &answers_with_frames)
{
    static const char FRAME[] = {2, 0, 0, 0, 'h', 'i'};
    tried("sent the frame \"hi\" byte by byte, each when the one before was "
          "read");
    struct program *server = start_ready("server --bytes 1", NULL);
    struct peer *client = connect_peer(BYTE_PIPE_NAME);
    likely("on a byte pipe one read may bring a part of the length, or of the "
           "data: read_bytes reads until all is there");
    for (uint32_t i = 0; i < sizeof FRAME; i++) {
        send_bytes(client, FRAME + i, 1);
        wait_called(server, "ReadFile", i + 1);
    }
    expect_frames(client, "hi");
}

CHECK(
    two_frames_stay_two, .name = "Two frames in one write stay two", .todo = 3,
    .read = WRONG, .needs = &answers_with_frames)
{
    static char frames[64];
    tried("sent the frames \"hi\" and \"you\" in one write");
    start_ready("server --bytes 1", NULL);
    struct peer *client = connect_peer(BYTE_PIPE_NAME);
    likely("a read that asks for more bytes than are left of the frame takes "
           "the start of the next one away");
    size_t used = add_frame(frames, 0, "hi", 2);
    used = add_frame(frames, used, "you", 3);
    send_bytes(client, frames, used);
    used = add_answer(frames, 0, "hi");
    used = add_answer(frames, used, "you");
    expect_bytes(client, frames, used);
}

CHECK(
    longest_frame_comes_whole, .name = "The longest frame comes whole",
    .todo = 3, .read = READ_IT, .needs = &answers_with_frames)
{
    tried("sent a frame of 1,048,576 bytes, as many as it may have");
    start_ready("server --bytes 1", NULL);
    struct peer *client = connect_peer(BYTE_PIPE_NAME);
    likely("MESSAGE_MAX bytes are allowed: one more is too long");
    char words[65 * 4 + 1] = "";
    memset(big, ' ', MESSAGE_MAX);
    for (size_t i = 0; i <= 64; i++) {
        char word[5];
        size_t at = i < 64 ? i * (MESSAGE_MAX / 64) : MESSAGE_MAX - 3;
        snprintf(word, sizeof word, "w%02zu ", i);
        memcpy(big + at, word, 3);
        strcat(words, word);
    }
    send_frame(client, big, MESSAGE_MAX);
    expect_frames(client, words);
}

CHECK(
    long_frames_are_refused, .name = "A hostile length is refused", .todo = 3,
    .read = WRONG, .needs = &answers_with_frames)
{
    static const uint32_t LENGTHS[] = {
        MESSAGE_MAX + 1,
        0x80000000u,
        UINT32_MAX};
    tried("sent the lengths 1,048,577, 2,147,483,648 and 4,294,967,295, each "
          "as another client");
    struct program *server = start_ready("server --bytes 3", NULL);
    likely("a length above MESSAGE_MAX is READ_TOO_LONG; it has no sign, and "
           "a sum with it may wrap around to a small number");
    for (unsigned i = 0; i < ARRAYSIZE(LENGTHS); i++) {
        expect_line(server, "ready", i + 1);
        struct peer *client = connect_peer(BYTE_PIPE_NAME);
        send_bytes(client, &LENGTHS[i], sizeof LENGTHS[i]);
        expect_refusal(server, i + 1, (i + 1) * sizeof LENGTHS[i]);
        close_peer(client);
    }
    expect_end(server, EXIT_SUCCESS);
}

CHECK(
    refused_frame_takes_no_memory, .name = "A hostile length takes no memory",
    .todo = 3, .read = WRONG, .needs = &long_frames_are_refused)
{
    static const uint32_t LENGTH = UINT32_MAX;
    tried("sent the length 4,294,967,295, and looked at how much memory the "
          "server took");
    struct program *server = start_with(
        "server --bytes 1",
        &(struct conditions){.gate = "CloseHandle:1"});
    expect_line(server, "ready", 1);
    size_t before_kib = committed_kib(server);
    struct peer *client = connect_peer(BYTE_PIPE_NAME);
    likely("make_room is called before the length is compared with "
           "MESSAGE_MAX");
    send_bytes(client, &LENGTH, sizeof LENGTH);
    wait_at_gate(server);
    expect_memory(server, before_kib, LONG_KIB);
}

CHECK(
    short_frame_takes_little, .name = "A short frame takes little memory",
    .todo = 3, .read = WRONG, .needs = &answers_with_frames)
{
    tried("sent the frame \"hello\", and looked at how much memory the server "
          "took");
    struct program *server = start_ready("server --bytes 1", NULL);
    size_t before_kib = committed_kib(server);
    struct peer *client = connect_peer(BYTE_PIPE_NAME);
    likely("the server takes MESSAGE_MAX bytes for every frame: the length "
           "says how many it needs");
    send_frame(client, "hello", 5);
    expect_frames(client, "hello");
    expect_memory(server, before_kib, SHORT_KIB);
}

CHECK(
    many_frames_take_no_more, .name = "Many frames take the memory of one",
    .todo = 3, .read = WRONG, .needs = &longest_frame_comes_whole)
{
    tried(
        "sent %d frames of 1,048,576 bytes, and looked at how much memory "
        "the server took",
        MANY);
    struct program *server = start_ready("server --bytes 1", NULL);
    size_t before_kib = committed_kib(server);
    struct peer *client = connect_peer(BYTE_PIPE_NAME);
    memset(big, ' ', MESSAGE_MAX);
    likely("the memory of the message before is forgotten, not used again: "
           "read_frame keeps data and room");
    for (unsigned i = 0; i < MANY; i++) {
        send_frame(client, big, MESSAGE_MAX);
        expect_frames(client, "");
    }
    expect_memory(server, before_kib, LONG_KIB);
}

CHECK(
    cut_off_frame_is_told, .name = "A frame that is cut off is no end",
    .todo = 3, .read = WRONG, .needs = &answers_with_frames)
{
    static const struct {
        char bytes[7];
        size_t size;
    } PARTS[] = {{{0, 0}, 2}, {{5, 0, 0, 0}, 4}, {{5, 0, 0, 0, 'h', 'i'}, 6}};
    tried("left in the middle of a frame: after 2 bytes of its length, after "
          "the length, after 2 bytes of its data");
    likely("read_bytes gives fewer bytes than it was asked for when the other "
           "side has left: with a part of a frame that is READ_CUT_OFF");
    for (size_t i = 0; i < ARRAYSIZE(PARTS); i++) {
        struct program *server = start_ready("server --bytes 1", NULL);
        struct peer *client = connect_peer(BYTE_PIPE_NAME);
        send_bytes(client, PARTS[i].bytes, PARTS[i].size);
        close_peer(client);
        expect_end(server, EXIT_SUCCESS);
        expect_line(server, CUT_OFF, 1);
    }
}

CHECK(
    end_behind_a_frame_is_found,
    .name = "The end between frames is found (109)", .todo = 3, .read = WRONG,
    .needs = &answers_with_frames)
{
    tried("sent the frame \"hello\" and closed the client's end");
    struct program *server = start_ready("server --bytes 1", NULL);
    struct peer *client = connect_peer(BYTE_PIPE_NAME);
    likely("when not one byte of a frame has come, it is the end between two: "
           "READ_END");
    send_frame(client, "hello", 5);
    expect_frames(client, "hello");
    close_peer(client);
    expect_line(server, LEFT, 1);
    expect_end(server, EXIT_SUCCESS);
}

CHECK(
    frame_errors_count, .name = "A failed read of a frame is reported",
    .todo = 3, .read = WRONG, .needs = &answers_with_frames)
{
    tried(
        "made the first ReadFile of a frame fail with error %lu, then the "
        "second one of another",
        other_error());
    struct program *server =
        start_ready("server --bytes 1", "ReadFile:1:other");
    connect_peer(BYTE_PIPE_NAME);
    likely("only 109 is the end, or a cut: every other error has to be "
           "reported, by die(\"ReadFile\")");
    expect_failure(server, "ReadFile", other_error());
    server = start_ready("server --bytes 1", "ReadFile:2:other");
    send_frame(connect_peer(BYTE_PIPE_NAME), "hello", 5);
    expect_failure(server, "ReadFile", other_error());
}

CHECK(
    frame_success_is_one, .name = "A success of ReadFile is one for frames",
    .todo = 3, .read = WRONG, .needs = &answers_with_frames)
{
    tried("let ReadFile succeed on the byte pipe, with an old code, 109, "
          "behind it");
    start_ready("server --bytes 1", "ReadFile:*:leave=109");
    struct peer *client = connect_peer(BYTE_PIPE_NAME);
    likely("the code is asked for without looking at the result: after a "
           "success it means nothing");
    send_frame(client, "hello", 5);
    expect_frames(client, "hello");
}

CHECK(
    serves_the_next, .name = "The server serves as many clients as it is told",
    .read = READ_IT, .needs = &end_is_found)
{
    tried("started `server 2` and came with two clients, one after the other");
    struct program *server = start_ready("server 2", NULL);
    likely("a handle is not closed, or closed twice");
    for (unsigned i = 1; i <= 2; i++) {
        expect_line(server, "ready", i);
        struct peer *client = connect_reader();
        expect_word(client, "hello", 5);
        close_peer(client);
    }
    expect_end(server, EXIT_SUCCESS);
    likely("a handle is not closed, or closed twice");
    expect_no_leak(server);
    expect_no_bad_close(server);
    expect_right_on_windows(server);
}

CHECK(
    hit_and_run_does_no_harm,
    .name = "A client that came and left does no harm (232)", .read = READ_IT,
    .needs = &answers_word_by_word)
{
    tried("held the server before ConnectNamedPipe, came, sent \"hello\" and "
          "left, and came with a second client");
    struct program *server = start_with(
        "server 2",
        &(struct conditions){.gate = "ConnectNamedPipe:1"});
    wait_at_gate(server);
    struct peer *client = connect_reader();
    likely("ConnectNamedPipe fails with error 232, ERROR_NO_DATA, when a "
           "client has come and left: the server goes on with the next one");
    send_bytes(client, "hello", 5);
    close_peer(client);
    open_gate(server);
    expect_line(server, "ready", 2);
    expect_word(connect_reader(), "again", 5);
}

/** Expects the flags of the server's pipe. */
static void expect_mode(struct program *server, unsigned long long expected)
{
    unsigned long long mode = 0;
    call_argument(find_call(server, "CreateNamedPipeW", 1), "mode", &mode);
    if (mode != (expected | PIPE_REJECT_REMOTE_CLIENTS))
        fail_check(
            "the pipe's own type and mode, and PIPE_REJECT_REMOTE_CLIENTS",
            "mode is 0x%llx",
            mode);
}

CHECK(
    pipes_are_what_they_say,
    .name = "The pipes have their types, and no remote client", .read = READ_IT)
{
    tried("looked at the third argument of CreateNamedPipeW");
    likely("a type or a mode is not as protocol.h says, or "
           "PIPE_REJECT_REMOTE_CLIENTS (0x8) is missing");
    expect_mode(
        start_ready("server 1", NULL),
        PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
    expect_mode(start_ready("server --bytes 1", NULL), PIPE_TYPE_BYTE);
}

CHECK(
    wrong_count_is_refused, .name = "Wrong arguments of the server are refused",
    .slow = true)
{
    expect_refused("server many,server -1,server --bytes 0,server 1 2");
}

/** Lets the client talk to the server, on one of the two pipes. */
static void expect_words(const char *server_line, const char *client_line)
{
    tried("let `%s` talk to `%s`", client_line, server_line);
    likely("the client's reads do not end with the messages, or an empty one "
           "is taken for the end");
    /* The server answers only when the client waits already: a read that does
     * not wait has failed by then. */
    struct program *server =
        start_with(server_line, &(struct conditions){.gate = "WriteFile:1"});
    expect_line(server, "ready", 1);
    struct program *client = start(client_line);
    wait_at_gate(server);
    wait_inside(client, "ReadFile", 1);
    open_gate(server);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "one\ntwo\nthree\n");
    expect_end(server, EXIT_SUCCESS);
    likely("a handle is not closed, or closed twice");
    expect_no_leak(client);
    expect_right_on_windows(client);
}

CHECK(
    client_prints_the_words, .name = "The client prints each word",
    .program = "client", .read = READ_IT, .needs = &empty_message_is_one)
{
    expect_words("server 1", "client \"one two\" \"\" three");
}

CHECK(
    client_prints_the_frames,
    .name = "The client prints each word that a frame brings", .slow = true,
    .program = "client", .read = READ_IT, .needs = &two_frames_stay_two)
{
    expect_words("server --bytes 1", "client --bytes \"one two\" \"\" three");
}

CHECK(
    client_tells_a_broken_answer,
    .name = "The client tells a broken answer from a whole",
    .program = "client", .read = READ_IT, .needs = &cut_off_frame_is_told)
{
    tried("answered the client with half a frame, and left");
    struct peer *server = create_peer(BYTE_PIPE_NAME);
    struct program *client = start("client --bytes line");
    accept_peer(server);
    likely("read_frame does not tell READ_CUT_OFF, or the client does not "
           "look at it");
    expect_bytes(server, "\4\0\0\0line", 8);
    send_bytes(server, "\5\0\0\0wo", 6);
    close_peer(server);
    expect_end(client, EXIT_FAILURE);
    expect_output(client, "");
}

CHECK(
    client_names_the_missing_server,
    .name = "The client says so when there is no server (2)",
    .program = "client", .read = WRONG)
{
    expect_missing_server("client hello");
}

CHECK(
    modes_shows_where_reads_end,
    .name = "The table of the modes is as in the notes", .program = "modes",
    .read = "Run it")
{
    tried("started `modes`");
    struct program *modes = start("modes");
    likely("the program, or the system, does not do what the notes say");
    expect_end(modes, EXIT_SUCCESS);
    expect_output(
        modes,
        "pipe      handle    room 16  room 2\n"
        "bytes     bytes     7        2 2 2 1\n"
        "messages  bytes     7        2 2 2 1\n"
        "messages  messages  3 4      2+ 1 2+ 2\n"
        "bytes     bytes     message mode: error 87\n");
    likely("a handle is not closed, or closed twice");
    expect_no_leak(modes);
    expect_right_on_windows(modes);
}

static const struct check *const CHECKS[] = {
    &answers_word_by_word,
    &handle_reads_messages,
    &handle_still_waits,
    &nothing_else_is_set,
    &mode_errors_count,
    &empty_message_is_one,
    &long_message_comes_whole,
    &borders_are_kept,
    &longest_message_comes_whole,
    &longer_message_is_refused,
    &memory_has_a_limit,
    &short_message_takes_little,
    &many_messages_take_no_more,
    &cut_off_message_is_told,
    &end_is_found,
    &success_is_a_success,
    &read_errors_count,
    &answers_with_frames,
    &empty_frame_is_one,
    &frame_comes_in_pieces,
    &two_frames_stay_two,
    &longest_frame_comes_whole,
    &long_frames_are_refused,
    &refused_frame_takes_no_memory,
    &short_frame_takes_little,
    &many_frames_take_no_more,
    &cut_off_frame_is_told,
    &end_behind_a_frame_is_found,
    &frame_success_is_one,
    &frame_errors_count,
    &serves_the_next,
    &hit_and_run_does_no_harm,
    &pipes_are_what_they_say,
    &wrong_count_is_refused,
    &client_prints_the_words,
    &client_prints_the_frames,
    &client_tells_a_broken_answer,
    &client_names_the_missing_server,
    &modes_shows_where_reads_end,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "06-read-modes", CHECKS);
}
