/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 10: a chat, both ways at once.
 *
 * Usage: `10-duplex FOLDER [LESSON-FOLDER]`
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
#include "checks/harness/waits.h"
#include "checks/harness/where.h"
#include "lens/reader.h"
#include "lens/table.h"
#include "lessons/10-duplex/protocol.h"

/** A server that says nothing, and whose keyboard never comes to its end. */
#define SILENT "server - - - - - - - -"

/** How long it may take until a program does what it must not do, in ms. */
enum { LAPSE_MS = 400 };

/** Lines of which the pipe takes one: the second write stays pending. */
enum { LONG_LINE = 400 };

static char long_line[LONG_LINE + 1];

/** `server`, up to three long lines, and then silence. The third is for one who
 * goes on when the second came to nothing. */
static const char *long_winded(int lines)
{
    static char command[3 * LONG_LINE + 20];
    memset(long_line, 'a', LONG_LINE);
    size_t used = (size_t)snprintf(command, sizeof command, "server");
    for (int i = 0; i < lines; i++)
        used += (size_t)
            snprintf(command + used, sizeof command - used, " %s", long_line);
    snprintf(command + used, sizeof command - used, " - - - -");
    return command;
}

/** Waits until the server waits for a client; that one may also come first is
 * for another check to find. */
static void wait_until_it_waits(struct program *server)
{
    expect_line(server, "ready", 1);
    wait_inside(server, "ConnectNamedPipe", 1);
    if (find_call(server, "ConnectNamedPipe", 1)->overlapped != 0)
        wait_called(server, "ConnectNamedPipe", 1);
}

/** Starts a server and comes as its client. */
static struct peer *meet(
    struct program **server, const char *command_line, const char *gate,
    const char *fault)
{
    *server = start_as(command_line, gate, fault);
    wait_until_it_waits(*server);
    return connect_peer(PIPE_NAME);
}

/** Sends a line. */
static void send_line(struct peer *peer, const char *line)
{
    send_bytes(peer, line, strlen(line));
}

/** Tells whether the program waits for what the other says, by its last read.
 */
static bool is_listening(const struct program *program)
{
    const struct lens_record *read = last_call(program, "ReadFile");
    if (read == NULL)
        return false;
    if (read->overlapped == 0)
        return read->t1 == 0;
    return read->t1 != 0 && read->error == ERROR_IO_PENDING && read->link == 0;
}

/** Closes the check's end while the program has a read under way: then that
 * read ends with 109, and not one that begins later; and the program says so.
 */
static void leave(struct program *program, struct peer *peer)
{
    while (!is_listening(program))
        wait_a_round(program, "the program reads from the pipe");
    close_peer(peer);
    expect_line(program, "the other has left", 1);
}

/** Expects that the program, which has ended, closed what it opened, once. */
static void expect_closed_handles(struct program *program)
{
    likely("each event that a block makes is closed on every way out of it; "
           "and nobody closes what another one closes");
    expect_no_leak(program);
    expect_no_bad_close(program);
}

/** Expects the program to end by itself, with nothing left behind. */
static void expect_clean_end(struct program *program)
{
    expect_success(program);
    expect_closed_handles(program);
}

CHECK(says_ready, .name = "The server says `ready`", .read = READ_IT)
{
    tried("started `server`");
    likely("the server prints `ready` without fflush(stdout), or never");
    struct program *server = start(SILENT);
    expect_line(server, "ready", 1);
}

static const struct check two_of_each;  // stands further down

CHECK(
    shows_lines, .name = "What the other says is shown", .todo = 4,
    .read = READ_IT, .needs = &two_of_each)
{
    tried("sent \"hel\", \"lo\\nand \" and \"more\\n\"");
    struct program *server;
    struct peer *client = meet(&server, SILENT, NULL, NULL);
    send_line(client, "hel");
    send_line(client, "lo\nand ");
    likely("what was read is not shown, or not all of it");
    expect_line(server, "> hello", 1);
    send_line(client, "more\n");
    expect_line(server, "> and more", 1);
}

CHECK(
    says_lines, .name = "Its own lines are said", .todo = 3, .read = READ_IT,
    .needs = &two_of_each)
{
    tried("started `server hello \"are you there?\" -` and read from the pipe");
    struct program *server;
    likely("what is to be said is not written, or not all of it");
    struct peer *client =
        meet(&server, "server hello \"are you there?\" -", NULL, NULL);
    expect_bytes(client, "hello\nare you there?\n", 21);
}

CHECK(
    takes_its_turn, .name = "A line can be an answer to what came",
    .read = READ_IT, .needs = &two_of_each)
{
    tried("started `server - answer -` and sent \"question\\n\"");
    struct program *server;
    struct peer *client = meet(&server, "server - answer -", NULL, NULL);
    send_line(client, "question\n");
    likely("the keyboard's thread is not told that the other has spoken");
    expect_bytes(client, "answer\n", 7);
    expect_line(server, "> question", 1);
}

CHECK(
    hears_while_it_speaks, .name = "It hears while nobody takes what it says",
    .read = READ_IT, .needs = &two_of_each)
{
    tried(
        "read nothing until the server's second line of %d bytes had to wait, "
        "and sent \"are you there?\\n\" meanwhile",
        LONG_LINE);
    struct program *server;
    struct peer *client = meet(&server, long_winded(2), NULL, NULL);
    wait_inside(server, "WriteFile", 2);
    send_line(client, "are you there?\n");
    likely("one thread does everything, or it waits for the write with what "
           "the reading needs: a write may take as long as the other likes");
    expect_line(server, "> are you there?", 1);

    char both[2 * LONG_LINE + 3];
    int size = snprintf(both, sizeof both, "%s\n%s\n", long_line, long_line);
    expect_bytes(client, both, (size_t)size);
}

CHECK(
    flag_is_set, .name = "The pipe is opened for overlapped calls", .todo = 1,
    .read = WRONG, .needs = &says_ready)
{
    tried("looked at the arguments of CreateNamedPipeW");
    struct program *server = start_serving(SILENT, NULL, NULL);
    likely("a handle is synchronous unless it is opened with "
           "FILE_FLAG_OVERLAPPED; on Windows each call on it waits until the "
           "one before is over, also one of another thread");
    const struct lens_record *call = find_call(server, "CreateNamedPipeW", 1);
    unsigned long long open = 0, mode = 0;
    call_argument(call, "open", &open);
    call_argument(call, "mode", &mode);
    if ((open & FILE_FLAG_OVERLAPPED) == 0)
        fail_check(
            "FILE_FLAG_OVERLAPPED (0x40000000) in the open mode",
            "open mode 0x%llx",
            open);
    if ((mode & PIPE_REJECT_REMOTE_CLIENTS) == 0)
        fail_check("PIPE_REJECT_REMOTE_CLIENTS", "pipe mode 0x%llx", mode);
}

/** Expects that a call has an OVERLAPPED. */
static void expect_structure(const struct lens_record *call)
{
    if (call->overlapped == 0)
        fail_check(
            "an OVERLAPPED in each call on the pipe",
            "%s has none",
            lens_call_name(call->call));
}

/** Whether the program has begun to chat. */
static bool chats(const struct program *program)
{
    return find_call(program, "CreateThread", 1) != NULL
           || find_call(program, "_beginthreadex", 1) != NULL
           || find_call(program, "ReadFile", 1) != NULL;
}

/** Whether the program's one thread waits for something. */
static bool is_waiting(const struct program *program)
{
    const struct lens_record *inside = where_inside(scene_view(), program->id);
    return inside != NULL && where_waits(inside);
}

CHECK(
    nobody_is_no_client, .name = "Nobody is no client: it waits (997)",
    .todo = 2, .read = WRONG, .needs = &flag_is_set)
{
    tried("started `server`, came with no client, and looked at what it does "
          "behind ConnectNamedPipe");
    struct program *server = start(SILENT);
    wait_until_it_waits(server);
    likely("FALSE with 997, ERROR_IO_PENDING, is no client yet: the operation "
           "has begun. Wait for its end");
    while (!chats(server) && !is_waiting(server)) {
        if (!is_running(server))
            fail_program(server, "the server waits for a client");
        if (ms_until(scene_deadline()) == 0)
            return; /* It waits where the lens does not see it. */
        Sleep(1);
    }
    if (chats(server))
        fail_check(
            "the server waits for a client",
            "it begins to chat, and nobody has come");
}

CHECK(
    each_call_has_a_structure, .name = "Each call on the pipe has a structure",
    .read = WRONG, .needs = &nobody_is_no_client)
{
    tried("let `server hello -` accept, read and write, and looked at each "
          "call on the pipe");
    struct program *server;
    meet(&server, "server hello -", NULL, NULL);
    likely("a call without an OVERLAPPED on such a handle may say that it is "
           "done when it is not");
    expect_structure(find_call(server, "ConnectNamedPipe", 1));
    wait_inside(server, "WriteFile", 1);
    expect_structure(find_call(server, "WriteFile", 1));
    wait_inside(server, "ReadFile", 1);
    expect_structure(find_call(server, "ReadFile", 1));
    expect_right_on_windows(server);
}

/** Waits until a read and a write are under way at the same time. */
static void wait_for_both(
    struct program *server, const struct lens_record **read,
    const struct lens_record **write)
{
    wait_inside(server, "ReadFile", 1);
    wait_inside(server, "WriteFile", 2);
    *read = find_call(server, "ReadFile", 1);
    *write = find_call(server, "WriteFile", 2);
    expect_structure(*read);
    expect_structure(*write);
    wait_called(server, "ReadFile", 1);
    wait_called(server, "WriteFile", 2);
    if ((*write)->error != ERROR_IO_PENDING)
        fail_scene(
            "the write is pending (997): nobody reads",
            "it was over at once");
}

/** The OVERLAPPED of an operation that is under way, or held by a gate. */
static OVERLAPPED structure_of(
    const struct program *program, const struct lens_record *call)
{
    OVERLAPPED operation = {0};
    SIZE_T size;
    if (!ReadProcessMemory(
            program->process,
            (void *)(ULONG_PTR)call->overlapped,
            &operation,
            sizeof operation,
            &size))
        environment_trouble("ReadProcessMemory", "the program's OVERLAPPED");
    return operation;
}

/** Expects that an event of a structure is a manual-reset one. */
static void expect_manual_reset(const struct program *program, HANDLE event)
{
    const struct lens_record *call, *last = NULL;
    for (uint32_t at = 0;
         (call = next_call(program, "CreateEventW", &at)) != NULL;)
        if (call->handle == (uint32_t)(ULONG_PTR)event)
            last = call;
    unsigned long long manual = TRUE;
    call_argument(last, "manual", &manual);
    if (!manual)
        fail_check(
            "a manual-reset event in each structure",
            "one of them is an auto-reset event");
}

CHECK(
    two_of_each, .name = "Two directions: two structures, two events",
    .read = READ_IT, .needs = &each_call_has_a_structure)
{
    tried("held the keyboard's thread before its WriteFile while a read was "
          "under way, and looked at the OVERLAPPED of both");
    struct program *server;
    meet(&server, "server hello -", "WriteFile:1", NULL);
    wait_at_gate(server);
    likely("each operation under way needs a structure of its own, and in it "
           "an event of its own, or nobody knows which of them is over");
    const struct lens_record *read = wait_called(server, "ReadFile", 1);
    const struct lens_record *write = find_call(server, "WriteFile", 1);
    expect_structure(read);
    expect_structure(write);
    OVERLAPPED of_read = structure_of(server, read);
    OVERLAPPED of_write = structure_of(server, write);
    if (read->overlapped == write->overlapped)
        fail_check("two structures", "both have the same");
    if (of_read.hEvent == NULL || of_write.hEvent == NULL)
        fail_check("an event in each structure", "one has none");
    if (of_read.hEvent == of_write.hEvent)
        fail_check("two events", "both have the same");
    likely("the event of an operation is a manual-reset one that serves "
           "nothing else: `event` for the read, `mine.written` for the write");
    expect_manual_reset(server, of_read.hEvent);
    expect_manual_reset(server, of_write.hEvent);
}

CHECK(
    client_came_first, .name = "A client may have come first (535)", .todo = 2,
    .read = WRONG, .needs = &says_ready)
{
    tried("held the server before ConnectNamedPipe, opened the pipe, let it go "
          "on and sent \"hello\\n\"");
    likely("FALSE with 535, ERROR_PIPE_CONNECTED, is a success: nothing has "
           "begun, and nobody will set the event");
    struct program *server = start_held(SILENT, "ConnectNamedPipe:1", NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    open_gate(server);
    send_line(client, "hello\n");
    expect_line(server, "> hello", 1);
}

static const struct check nothing_stays_open;  // stands further down

CHECK(
    early_client_leaves_nothing, .name = "An early client leaves no event open",
    .todo = 2, .read = WRONG, .needs = &nothing_stays_open)
{
    tried("held the server before ConnectNamedPipe, opened the pipe, let it go "
          "on, said nothing and left");
    struct program *server = start_held(SILENT, "ConnectNamedPipe:1", NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    open_gate(server);
    /* That it serves an early client is another check's matter. */
    while (!is_listening(server)) {
        if (!may_come(server))
            return;
        Sleep(1);
    }
    close_peer(client);
    expect_line(server, "the other has left", 1);
    expect_end(server, EXIT_SUCCESS);
    likely("the event of the ConnectNamedPipe is closed on every way out, also "
           "behind 535 and 232, which begin nothing");
    expect_no_leak(server);
    expect_no_bad_close(server);
}

CHECK(
    client_comes_later, .name = "A client may come later (997)", .todo = 2,
    .read = WRONG, .needs = &two_of_each)
{
    tried("waited until ConnectNamedPipe had returned, then opened the pipe "
          "and sent \"hello\\n\"");
    struct program *server = start(SILENT);
    wait_until_it_waits(server);
    struct peer *client = connect_peer(PIPE_NAME);
    send_line(client, "hello\n");
    likely("FALSE with 997, ERROR_IO_PENDING, is no client yet: wait for the "
           "end of the operation");
    expect_line(server, "> hello", 1);
}

CHECK(
    hasty_client_is_heard, .name = "A client that has left is heard (232)",
    .todo = 2, .read = WRONG, .needs = &says_ready)
{
    tried("held the server before ConnectNamedPipe, sent \"gone\\n\", closed, "
          "and let it go on");
    likely("FALSE with 232, ERROR_NO_DATA: the client has left, and what it "
           "said can still be read");
    struct program *server = start_held(SILENT, "ConnectNamedPipe:1", NULL);
    struct peer *client = connect_peer(PIPE_NAME);
    send_line(client, "gone\n");
    close_peer(client);
    open_gate(server);
    expect_line(server, "> gone", 1);
    expect_line(server, "the other has left", 1);
}

/** Makes a call fail with another code and expects that this is reported. */
static void expect_report(const char *call, const char *command_line)
{
    char fault[80];
    tried("made %s fail with error %s", call, other_error_text());
    snprintf(fault, sizeof fault, "%s:1:other", call);
    likely(
        "an operation that failed at once has not begun, nobody will set its "
        "event; report what you don't expect by die(\"%s\")",
        call);
    struct program *server = start_as(command_line, NULL, fault);
    if (strcmp(call, "ConnectNamedPipe") != 0) {
        wait_until_it_waits(server);
        connect_peer(PIPE_NAME);
    }
    expect_failure(server, call, other_error());
}

CHECK(
    connect_is_reported, .name = "ConnectNamedPipe: other errors count",
    .todo = 2, .read = WRONG, .needs = &says_ready)
{
    expect_report("ConnectNamedPipe", SILENT);
}

CHECK(
    write_is_reported, .name = "WriteFile: other errors count", .todo = 3,
    .read = WRONG, .needs = &two_of_each)
{
    expect_report("WriteFile", "server hello -");
}

CHECK(
    read_is_reported, .name = "ReadFile: other errors count", .todo = 4,
    .read = WRONG, .needs = &two_of_each)
{
    expect_report("ReadFile", SILENT);
}

CHECK(
    failed_read_is_no_wait, .name = "A read that fails is not waited for",
    .todo = 4, .read = WRONG, .needs = &nothing_stays_open)
{
    tried("made ReadFile fail at once with error 109, ERROR_BROKEN_PIPE");
    struct program *server;
    meet(&server, SILENT, NULL, "ReadFile:1:109");
    likely("a read that fails at once has not begun: nobody will set its "
           "event. 109 means that the other has left");
    expect_line(server, "the other has left", 1);
    expect_clean_end(server);
}

CHECK(
    failed_write_is_no_wait, .name = "A write that fails is not waited for",
    .todo = 3, .read = WRONG, .needs = &nothing_stays_open)
{
    tried("made WriteFile fail at once with error 232, ERROR_NO_DATA, then "
          "sent \"bye\\n\" and closed");
    struct program *server;
    likely("a write that fails at once has not begun: there is nothing to wait "
           "for. 232 means that the other has left; what it said before is "
           "still to be read");
    struct peer *client =
        meet(&server, "server hello -", NULL, "WriteFile:1:232");
    const struct lens_record *write = wait_called(server, "WriteFile", 1);
    send_line(client, "bye\n");
    expect_line(server, "> bye", 1);
    leave(server, client);
    expect_success(server);
    const struct lens_record *cancel;
    for (uint32_t at = 0; (cancel = next_call(server, "CancelIoEx", &at));)
        if (write->overlapped != 0 && cancel->overlapped == write->overlapped
            && cancel->tid == write->tid)
            fail_check(
                "nobody waits for a write that has not begun",
                "it was waited for until the end, and then cancelled");
    expect_closed_handles(server);
}

CHECK(
    ctrl_c_while_alone, .name = "Ctrl+C ends the wait for a client", .todo = 2,
    .read = READ_IT, .needs = &each_call_has_a_structure)
{
    tried("pressed Ctrl+C while the server waited for a client");
    struct program *server = start(SILENT);
    wait_until_it_waits(server);
    likely("a wait in ConnectNamedPipe itself can't be ended: begin it with an "
           "OVERLAPPED, and let finish() wait for it or for `stop`");
    expect_structure(find_call(server, "ConnectNamedPipe", 1));
    press_ctrl_c(server);
    expect_clean_end(server);
    likely("what finish() gives tells whether somebody came: 0, or 995 when "
           "the wait was cancelled");
    if (find_call(server, "CreateThread", 1) != NULL)
        fail_check(
            "nobody came, so no chat begins",
            "the server began to chat, without a client");
}

CHECK(
    ctrl_c_while_silent, .name = "Ctrl+C ends the chat", .todo = 4,
    .read = READ_IT, .needs = &nothing_stays_open)
{
    tried("pressed Ctrl+C while nobody spoke");
    struct program *server;
    struct peer *client = meet(&server, SILENT, NULL, NULL);
    wait_inside(server, "ReadFile", 1);
    likely("a wait in ReadFile itself can't be ended: begin it with an "
           "OVERLAPPED, and let finish() wait for it or for `stop`. When that "
           "gives 995, the read was cancelled, which is no failure");
    expect_structure(find_call(server, "ReadFile", 1));
    wait_called(server, "ReadFile", 1);
    press_ctrl_c(server);
    expect_close(client);
    expect_clean_end(server);
}

/** The nth-last call that closed this handle, or NULL. */
static const struct lens_record *closing_of(
    const struct program *program, uint32_t handle)
{
    const struct lens_record *call, *last = NULL;
    for (uint32_t at = 0;
         (call = next_call(program, "CloseHandle", &at)) != NULL;)
        if (call->handle == handle)
            last = call;
    return last;
}

/** Expects that an operation had ended, as the program knows, before its
 * handle was closed. */
static void expect_collected(
    const struct program *program, const struct lens_record *operation)
{
    const struct lens_record *closed = closing_of(program, operation->handle);
    const char *name = lens_call_name(operation->call);
    if (operation->link == 0)
        fail_check(
            "GetOverlappedResult tells the end of each operation",
            "nobody asked how a %s ended that was pending",
            name);
    const struct lens_record *end =
        lens_view_at(scene_view(), operation->link - 1);
    if (closed != NULL && end->t1 > closed->t0)
        fail_check(
            "the pipe is closed when no operation is under way",
            "it was closed before the end of a %s was known",
            name);
}

/** Expects that the server ends, that both operations had ended before, and
 * that nothing was said after the second line, which was not taken. */
static void expect_both_collected(
    struct program *server, const struct lens_record *read,
    const struct lens_record *write)
{
    expect_success(server);
    expect_collected(server, read);
    expect_collected(server, write);
    likely("say() gives true only when everything is written: then the next "
           "line is said");
    if (find_call(server, "WriteFile", 3) != NULL)
        fail_check(
            "nothing is said after a write that came to nothing",
            "WriteFile was called once more");
    expect_closed_handles(server);
}

CHECK(
    ctrl_c_while_writing, .name = "Ctrl+C ends a write that nobody takes",
    .todo = 3, .read = READ_IT, .needs = &nothing_stays_open)
{
    tried("pressed Ctrl+C while a write was pending, since the client read "
          "nothing");
    struct program *server;
    likely("the keyboard's thread has to cancel its write and to collect it "
           "before main closes the pipe, and main has to wait for that");
    const struct lens_record *read, *write;
    meet(&server, long_winded(3), NULL, NULL);
    wait_for_both(server, &read, &write);
    press_ctrl_c(server);
    expect_both_collected(server, read, write);
}

CHECK(
    leaving_while_writing, .name = "Leaving ends a write that nobody takes",
    .todo = 3, .read = READ_IT, .needs = &nothing_stays_open)
{
    tried("closed the client's end while the server's write was pending");
    struct program *server;
    likely("both operations end with 109 or 232, and both have to be "
           "collected before the pipe is closed");
    const struct lens_record *read, *write;
    struct peer *client = meet(&server, long_winded(3), NULL, NULL);
    wait_for_both(server, &read, &write);
    leave(server, client);
    expect_both_collected(server, read, write);
}

/** How long the program's main thread waits at most in the call that it is
 * inside now, in ms; 0: it waits without a limit, or not at all. The other
 * thread is held by a gate. */
static unsigned long long limit_of_wait(const struct program *program)
{
    const struct lens_record *call;
    for (uint32_t at = 0; (call = next_record(program, &at)) != NULL;)
        if (takes_time(call) && call->t1 == 0 && wait_time(call) != INFINITE)
            return wait_time(call);
    return 0;
}

/** Looks whether main closes the pipe while the keyboard's thread is held. A
 * wait that has a limit is looked at until it is over. */
static void expect_main_to_wait(struct program *server)
{
    uint32_t pipe = find_call(server, "CreateNamedPipeW", 1)->handle;
    unsigned long long late = now_ms() + LAPSE_MS;
    while (is_running(server) && ms_until(late) > 0
           && closing_of(server, pipe) == NULL) {
        unsigned long long limit = limit_of_wait(server);
        if (limit > scene_limit_ms() / 2)
            fail_check(
                "main waits as long as the keyboard's thread needs the pipe",
                "it waits %llu ms at most",
                limit);
        if (limit > LAPSE_MS)
            late = now_ms() + limit + LAPSE_MS;
        Sleep(1);
    }
    if (closing_of(server, pipe) != NULL)
        fail_check(
            "main waits until the keyboard's thread is done with the pipe",
            "main closed the pipe before the thread's WriteFile");
    if (is_running(server))
        return;
    likely("the end of the process ends the keyboard's thread wherever it is, "
           "in the middle of a line, too. Let it finish what it says, by the "
           "lock `handles`");
    fail_program(
        server,
        "main waits until the keyboard's thread has said its line");
}

CHECK(
    main_waits_for_the_speaker, .name = "Handles in use are not closed",
    .slow = true, .todo = 5, .read = READ_IT, .needs = &two_of_each)
{
    tried("held the keyboard's thread before its WriteFile, closed the "
          "client's end, and looked whether main closes the pipe");
    struct program *server;
    likely("the thread may be about to use the handles: main may close them "
           "only when it has made sure that the thread does not. The lock "
           "`handles` is for that");
    struct peer *client =
        meet(&server, "server hello - -", "WriteFile:1", NULL);
    wait_at_gate(server);
    leave(server, client);
    expect_main_to_wait(server);
    open_gate(server);
}

/** Lets a server say `hello`, and leaves when its thread is at the keyboard.
 * The first two gates are `WriteFile:1,ReadFile:2`. */
static struct program *leave_at_the_keyboard(const char *gates)
{
    struct program *server;
    struct peer *client = meet(&server, "server hello", gates, NULL);
    wait_at_gate(server);
    /* So main's read is the first one, and that of the keyboard the second. */
    wait_called(server, "ReadFile", 1);
    open_gate(server);
    expect_bytes(client, "hello\n", 6);
    wait_at_gate_number(server, 1);
    close_peer(client);
    expect_line(server, "the other has left", 1);
    return server;
}

static const struct check chat_ends;  // stands further down

CHECK(
    nobody_waits_for_the_keyboard,
    .name = "The end does not wait for the keyboard", .todo = 5,
    .read = READ_IT, .needs = &chat_ends)
{
    tried("held the keyboard's thread at the keyboard, and closed the client's "
          "end");
    struct program *server = leave_at_the_keyboard("WriteFile:1,ReadFile:2");
    likely("main waits for the keyboard's thread, which stays until somebody "
           "types: wait for the lock instead, and let the end of the process "
           "end the thread");
    expect_success(server);
}

/** Lets the keyboard's thread go on, which is held as the second gate's, and
 * expects that it does not come as far as its next call. */
static void expect_thread_to_wait(struct program *server)
{
    const struct lens_record *read = find_call(server, "ReadFile", 2), *call;
    open_gate_number(server, 1);
    unsigned long long late = now_ms() + LAPSE_MS;
    while (read->t1 == 0)
        if (ms_until(scene_deadline()) == 0)
            fail_check(
                "the end of the process ends the keyboard's thread",
                "it has been ended, wherever it was");
        else {
            Sleep(1);
            late = now_ms() + LAPSE_MS;
        }
    for (; ms_until(late) > 0; Sleep(1))
        for (uint32_t at = 0; (call = next_call(server, "SetEvent", &at));)
            if (call->tid == read->tid)
                fail_check(
                    "the keyboard's thread waits for the lock for ever",
                    "it got the lock, and called SetEvent");
}

CHECK(
    handles_are_kept, .name = "The lock is not given back", .slow = true,
    .todo = 5, .read = READ_IT, .needs = &nobody_waits_for_the_keyboard)
{
    tried("held the keyboard's thread at the keyboard until main had left "
          "chat(), then let it go on");
    likely("main closes the handles when it has the lock. Whoever gets the "
           "lock behind it uses handles that are closed: main keeps it until "
           "the process ends. TerminateThread is no way: the thread may hold a "
           "lock");
    struct program *server =
        leave_at_the_keyboard("WriteFile:1,ReadFile:2,SetConsoleCtrlHandler:2");
    wait_at_gate_number(server, 2);
    expect_thread_to_wait(server);
    open_gate_number(server, 2);
    expect_success(server);
}

CHECK(
    input_ends, .name = "The end of the input ends the chat", .todo = 4,
    .read = READ_IT, .needs = &nothing_stays_open)
{
    tried("started `server hello` with an input that is at its end, and read "
          "from the pipe when the server had ended");
    struct program *server;
    struct peer *client = meet(&server, "server hello", NULL, NULL);
    likely("at the end of the input `stop` is set; main's read has to be "
           "cancelled then (995 is no failure), and to be collected");
    expect_clean_end(server);
    likely("what was said is the other's to read when the pipe is closed; "
           "DisconnectNamedPipe throws it away");
    expect_bytes(client, "hello\n", 6);
    expect_close(client);
}

/** Hears `hello` from a server that then waits for an answer, says `bye` and
 * leaves. */
static struct program *say_goodbye(void)
{
    tried(
        "let `server hello - - -` say its line, sent \"bye\\n\" and closed the "
        "client's end");
    struct program *server;
    struct peer *client = meet(&server, "server hello - - -", NULL, NULL);
    expect_bytes(client, "hello\n", 6);
    send_line(client, "bye\n");
    expect_line(server, "> bye", 1);
    leave(server, client);
    return server;
}

CHECK(
    other_leaves, .name = "The other's leaving ends the chat (109)", .todo = 4,
    .read = WRONG, .needs = &main_waits_for_the_speaker)
{
    likely("a pending read ends with 109, ERROR_BROKEN_PIPE, when the other "
           "leaves: the end of the chat, no failure");
    say_goodbye();
}

CHECK(
    chat_ends, .name = "The end of the chat ends the program", .todo = 5,
    .read = READ_IT, .needs = &other_leaves)
{
    struct program *server = say_goodbye();
    likely("the keyboard's thread holds the lock while it waits for the other: "
           "set `stop` first, so that it lets go, and then ask for the lock");
    expect_success(server);
}

CHECK(
    nothing_stays_open, .name = "Every handle is closed, and only once",
    .read = READ_IT, .needs = &handles_are_kept)
{
    struct program *server = say_goodbye();
    expect_end(server, EXIT_SUCCESS);
    expect_closed_handles(server);
}

CHECK(
    long_lines_are_refused, .name = "A line that is too long is refused",
    .slow = true)
{
    char command_line[TEXT_MAX + 20] = "server ";
    tried("started `server` with a line of %d bytes", TEXT_MAX);
    likely("the server does not look at its arguments");
    size_t length = strlen(command_line);
    memset(command_line + length, 'a', TEXT_MAX);
    expect_end(start(command_line), 2);
    memcpy(command_line, "client ", length);
    expect_end(start(command_line), 2);
}

CHECK(
    both_talk, .name = "Server and client talk with each other",
    .read = READ_IT, .needs = &failed_read_is_no_wait)
{
    tried("let `client hello - bye` talk to `server - \"안녕!\" - -`");
    struct program *server =
        start_serving("server - \"안녕!\" - -", NULL, NULL);
    struct program *client = start("client hello - bye");
    likely("a line is lost, or comes twice");
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "> 안녕!\n");
    expect_end(server, EXIT_SUCCESS);
    expect_output(server, "ready\n> hello\n> bye\nthe other has left\n");
    expect_no_leak(client);
    expect_no_bad_close(client);
    expect_right_on_windows(client);
}

CHECK(
    client_ends_well, .name = "The client ends when the server leaves",
    .read = READ_IT, .program = "client")
{
    tried("held the check's own end for `client - -`, then closed it");
    struct peer *server = create_peer(PIPE_NAME);
    struct program *client = start("client - -");
    likely("the client does not take 109 for the end");
    accept_peer(server);
    send_line(server, "hello\n");
    expect_line(client, "> hello", 1);
    leave(client, server);
    expect_clean_end(client);
}

CHECK(
    client_hears_ctrl_c, .name = "Ctrl+C ends the client", .read = READ_IT,
    .program = "client")
{
    tried("pressed Ctrl+C in the client while nobody spoke");
    struct peer *server = create_peer(PIPE_NAME);
    struct program *client = start("client - -");
    likely("the client does not cancel its read");
    accept_peer(server);
    wait_called(client, "ReadFile", 1);
    press_ctrl_c(client);
    expect_close(server);
    expect_clean_end(client);
}

CHECK(
    typed_text_is_said, .name = "The client says what is typed",
    .read = READ_IT, .program = "client")
{
    static const char text[] = "안녕하세요\n\nand no end of line";
    tried("typed two lines and a half at the client's keyboard, Korean among "
          "them, and ended the input");
    struct peer *server = create_peer(PIPE_NAME);
    struct program *client =
        start_with("client", &(struct conditions){.keyboard = true});
    likely("what is typed is not passed on as it is, as UTF-8");
    accept_peer(server);
    type_text(client, text);
    expect_bytes(server, text, sizeof text - 1);
    end_input(client);
    expect_close(server);
    expect_end(client, EXIT_SUCCESS);
}

CHECK(
    keyboard_may_stay, .name = "The client ends though nobody types",
    .read = READ_IT, .program = "client")
{
    tried("closed the server's end while the client waited at its keyboard");
    struct peer *server = create_peer(PIPE_NAME);
    struct program *client =
        start_with("client", &(struct conditions){.keyboard = true});
    likely("the client waits for its keyboard's thread, which stays until "
           "somebody types");
    accept_peer(server);
    type_text(client, "hello\n");
    expect_bytes(server, "hello\n", 6);
    close_peer(server);
    expect_end(client, EXIT_SUCCESS);
}

/* Whoever has not got the first ones right yet has a race in all the others. */
static const struct check *const CHECKS[] = {
    &says_ready,
    &flag_is_set,
    &nobody_is_no_client,
    &each_call_has_a_structure,
    &two_of_each,
    &main_waits_for_the_speaker,
    &other_leaves,
    &chat_ends,
    &nobody_waits_for_the_keyboard,
    &handles_are_kept,
    &nothing_stays_open,
    &shows_lines,
    &says_lines,
    &takes_its_turn,
    &hears_while_it_speaks,
    &client_comes_later,
    &client_came_first,
    &early_client_leaves_nothing,
    &hasty_client_is_heard,
    &connect_is_reported,
    &ctrl_c_while_alone,
    &failed_write_is_no_wait,
    &write_is_reported,
    &failed_read_is_no_wait,
    &read_is_reported,
    &ctrl_c_while_silent,
    &input_ends,
    &ctrl_c_while_writing,
    &leaving_while_writing,
    &long_lines_are_refused,
    &both_talk,
    &client_ends_well,
    &client_hears_ctrl_c,
    &typed_text_is_said,
    &keyboard_may_stay,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "10-duplex", CHECKS);
}
