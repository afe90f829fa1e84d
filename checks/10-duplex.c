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
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"
#include "checks/harness/stage.h"
#include "checks/harness/where.h"
#include "checks/harness/values.h"
#include "lens/reader.h"
#include "lessons/10-duplex/protocol.h"

/** A server that says nothing, and whose keyboard never comes to its end. */
#define SILENT "server - - - - - - - -"

/** How long it may take until a program does what it must not do, in ms. */
enum { LAPSE_MS = 400 };

/** Lines of which the pipe takes one: the second write stays pending. */
enum { LONG_LINE = 400 };

static char long_line[LONG_LINE + 1];
static char long_lines[3 * LONG_LINE + 20];

/** `server`, two long lines, and then silence. */
static const char *long_winded(void)
{
    memset(long_line, 'a', LONG_LINE);
    snprintf(
        long_lines,
        sizeof long_lines,
        "server %s %s - - - -",
        long_line,
        long_line);
    return long_lines;
}

/** `server` and three long lines; the third is for one who goes on when the
 * second came to nothing. */
static const char *stubborn(void)
{
    memset(long_line, 'a', LONG_LINE);
    snprintf(
        long_lines,
        sizeof long_lines,
        "server %s %s %s - - - -",
        long_line,
        long_line,
        long_line);
    return long_lines;
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
    *server = start_with(
        command_line,
        &(struct conditions){.gate = gate, .fault = fault});
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
    uint32_t count = count_calls(program, "ReadFile");
    const struct lens_record *read = find_call(program, "ReadFile", count);
    if (read == NULL)
        return false;
    if (read->overlapped == 0)
        return read->t1 == 0;
    return read->t1 != 0 && read->error == ERROR_IO_PENDING && read->link == 0;
}

/** Closes the check's end while the program has a read under way: then that
 * read ends with 109, and not one that begins later. */
static void leave(struct program *program, struct peer *peer)
{
    while (!is_listening(program)) {
        if (!is_running(program))
            fail_program(program, "the program reads from the pipe");
        if (ms_until(scene_deadline()) == 0)
            fail_late("the program reads from the pipe");
        Sleep(1);
    }
    close_peer(peer);
}

/** Expects that the program, which has ended, closed what it opened, once. */
static void expect_closed_handles(struct program *program)
{
    likely("each event that a block makes is closed on every way out of it; "
           "and nobody closes what another one closes");
    expect_no_leak(program);
    expect_no_bad_close(program);
}

/** Expects the program to end by itself, as it should. */
static void expect_good_end(struct program *program)
{
    expect_end(program, EXIT_SUCCESS);
    expect_no_errors(program);
}

/** Expects the program to end by itself, with nothing left behind. */
static void expect_clean_end(struct program *program)
{
    expect_good_end(program);
    expect_closed_handles(program);
}

static void says_ready(void)
{
    tried("started `server`");
    likely("the server prints `ready` without fflush(stdout), or never");
    struct program *server = start(SILENT);
    expect_line(server, "ready", 1);
}

static void shows_lines(void)
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

static void says_lines(void)
{
    tried("started `server hello \"are you there?\" -` and read from the pipe");
    struct program *server;
    likely("what is to be said is not written, or not all of it");
    struct peer *client =
        meet(&server, "server hello \"are you there?\" -", NULL, NULL);
    expect_bytes(client, "hello\nare you there?\n", 21);
}

static void takes_its_turn(void)
{
    tried("started `server - answer -` and sent \"question\\n\"");
    struct program *server;
    struct peer *client = meet(&server, "server - answer -", NULL, NULL);
    send_line(client, "question\n");
    likely("the keyboard's thread is not told that the other has spoken");
    expect_bytes(client, "answer\n", 7);
    expect_line(server, "> question", 1);
}

static void hears_while_it_speaks(void)
{
    tried(
        "read nothing until the server's second line of %d bytes had to wait, "
        "and sent \"are you there?\\n\" meanwhile",
        LONG_LINE);
    struct program *server;
    struct peer *client = meet(&server, long_winded(), NULL, NULL);
    wait_inside(server, "WriteFile", 2);
    send_line(client, "are you there?\n");
    likely("one thread does everything, or it waits for the write with what "
           "the reading needs: a write may take as long as the other likes");
    expect_line(server, "> are you there?", 1);

    char both[2 * LONG_LINE + 3];
    int size = snprintf(both, sizeof both, "%s\n%s\n", long_line, long_line);
    expect_bytes(client, both, (size_t)size);
}

static void flag_is_set(void)
{
    tried("looked at the arguments of CreateNamedPipeW");
    struct program *server = start(SILENT);
    expect_line(server, "ready", 1);
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

static void nobody_is_no_client(void)
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

static void each_call_has_a_structure(void)
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
    for (uint32_t i = 1; (call = find_call(program, "CreateEventW", i)) != NULL;
         i++)
        if (call->handle == (uint32_t)(ULONG_PTR)event)
            last = call;
    unsigned long long manual = TRUE;
    call_argument(last, "manual", &manual);
    if (!manual)
        fail_check(
            "a manual-reset event in each structure",
            "one of them is an auto-reset event");
}

static void two_of_each(void)
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

static void client_came_first(void)
{
    tried("held the server before ConnectNamedPipe, opened the pipe, let it go "
          "on and sent \"hello\\n\"");
    likely("FALSE with 535, ERROR_PIPE_CONNECTED, is a success: nothing has "
           "begun, and nobody will set the event");
    struct program *server =
        start_with(SILENT, &(struct conditions){.gate = "ConnectNamedPipe:1"});
    wait_at_gate(server);
    struct peer *client = connect_peer(PIPE_NAME);
    open_gate(server);
    send_line(client, "hello\n");
    expect_line(server, "> hello", 1);
}

static void early_client_leaves_nothing(void)
{
    tried("held the server before ConnectNamedPipe, opened the pipe, let it go "
          "on, said nothing and left");
    struct program *server =
        start_with(SILENT, &(struct conditions){.gate = "ConnectNamedPipe:1"});
    wait_at_gate(server);
    struct peer *client = connect_peer(PIPE_NAME);
    open_gate(server);
    /* That it serves an early client is another check's matter. */
    while (!is_listening(server)) {
        if (!is_running(server) || ms_until(scene_deadline()) == 0)
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

static void client_comes_later(void)
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

static void hasty_client_is_heard(void)
{
    tried("held the server before ConnectNamedPipe, sent \"gone\\n\", closed, "
          "and let it go on");
    likely("FALSE with 232, ERROR_NO_DATA: the client has left, and what it "
           "said can still be read");
    struct program *server =
        start_with(SILENT, &(struct conditions){.gate = "ConnectNamedPipe:1"});
    wait_at_gate(server);
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
    struct program *server =
        start_with(command_line, &(struct conditions){.fault = fault});
    if (strcmp(call, "ConnectNamedPipe") != 0) {
        wait_until_it_waits(server);
        connect_peer(PIPE_NAME);
    }
    expect_end(server, EXIT_FAILURE);
    expect_error(server, call, other_error());
}

static void connect_is_reported(void)
{
    expect_report("ConnectNamedPipe", SILENT);
}

static void write_is_reported(void)
{
    expect_report("WriteFile", "server hello -");
}

static void read_is_reported(void)
{
    expect_report("ReadFile", SILENT);
}

static void failed_read_is_no_wait(void)
{
    tried("made ReadFile fail at once with error 109, ERROR_BROKEN_PIPE");
    struct program *server;
    meet(&server, SILENT, NULL, "ReadFile:1:109");
    likely("a read that fails at once has not begun: nobody will set its "
           "event. 109 means that the other has left");
    expect_line(server, "the other has left", 1);
    expect_clean_end(server);
}

static void failed_write_is_no_wait(void)
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
    expect_line(server, "the other has left", 1);
    expect_good_end(server);
    const struct lens_record *cancel;
    for (uint32_t i = 1; write->overlapped != 0
                         && (cancel = find_call(server, "CancelIoEx", i));
         i++)
        if (cancel->overlapped == write->overlapped
            && cancel->tid == write->tid)
            fail_check(
                "nobody waits for a write that has not begun",
                "it was waited for until the end, and then cancelled");
    expect_closed_handles(server);
}

static void ctrl_c_while_alone(void)
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

static void ctrl_c_while_silent(void)
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
    for (uint32_t i = 1; (call = find_call(program, "CloseHandle", i)) != NULL;
         i++)
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

/** Expects that nothing was said after the second line, which was not taken.
 */
static void expect_silence(const struct program *program)
{
    likely("say() gives true only when everything is written: then the next "
           "line is said");
    if (find_call(program, "WriteFile", 3) != NULL)
        fail_check(
            "nothing is said after a write that came to nothing",
            "WriteFile was called once more");
}

static void ctrl_c_while_writing(void)
{
    tried("pressed Ctrl+C while a write was pending, since the client read "
          "nothing");
    struct program *server;
    likely("the keyboard's thread has to cancel its write and to collect it "
           "before main closes the pipe, and main has to wait for that");
    const struct lens_record *read, *write;
    meet(&server, stubborn(), NULL, NULL);
    wait_for_both(server, &read, &write);
    press_ctrl_c(server);
    expect_good_end(server);
    expect_collected(server, read);
    expect_collected(server, write);
    expect_silence(server);
    expect_closed_handles(server);
}

static void leaving_while_writing(void)
{
    tried("closed the client's end while the server's write was pending");
    struct program *server;
    likely("both operations end with 109 or 232, and both have to be "
           "collected before the pipe is closed");
    const struct lens_record *read, *write;
    struct peer *client = meet(&server, stubborn(), NULL, NULL);
    wait_for_both(server, &read, &write);
    leave(server, client);
    expect_line(server, "the other has left", 1);
    expect_good_end(server);
    expect_collected(server, read);
    expect_collected(server, write);
    expect_silence(server);
    expect_closed_handles(server);
}

/** How long the program's main thread waits at most in the call that it is
 * inside now, in ms; 0: it waits without a limit, or not at all. The other
 * thread is held by a gate. */
static unsigned long long limit_of_wait(const struct program *program)
{
    static const char *const waits[] = {
        "WaitForSingleObject",
        "WaitForSingleObjectEx",
        "WaitForMultipleObjects",
        "WaitForMultipleObjectsEx",
        "Sleep",
        "SleepEx",
    };
    for (size_t i = 0; i < ARRAYSIZE(waits); i++) {
        const struct lens_record *call =
            find_call(program, waits[i], count_calls(program, waits[i]));
        unsigned long long limit = INFINITE;
        if (call == NULL || call->t1 != 0)
            continue;
        if (!call_argument(call, "wait", &limit))
            call_argument(call, "time", &limit);
        if (limit != INFINITE)
            return limit;
    }
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

static void main_waits_for_the_speaker(void)
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
    expect_line(server, "the other has left", 1);
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

static void nobody_waits_for_the_keyboard(void)
{
    tried("held the keyboard's thread at the keyboard, and closed the client's "
          "end");
    struct program *server = leave_at_the_keyboard("WriteFile:1,ReadFile:2");
    likely("main waits for the keyboard's thread, which stays until somebody "
           "types: wait for the lock instead, and let the end of the process "
           "end the thread");
    expect_good_end(server);
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
        for (uint32_t i = 1; (call = find_call(server, "SetEvent", i)); i++)
            if (call->tid == read->tid)
                fail_check(
                    "the keyboard's thread waits for the lock for ever",
                    "it got the lock, and called SetEvent");
}

static void handles_are_kept(void)
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
    expect_good_end(server);
}

static void input_ends(void)
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
    expect_line(server, "the other has left", 1);
    return server;
}

static void other_leaves(void)
{
    likely("a pending read ends with 109, ERROR_BROKEN_PIPE, when the other "
           "leaves: the end of the chat, no failure");
    say_goodbye();
}

static void chat_ends(void)
{
    struct program *server = say_goodbye();
    likely("the keyboard's thread holds the lock while it waits for the other: "
           "set `stop` first, so that it lets go, and then ask for the lock");
    expect_good_end(server);
}

static void nothing_stays_open(void)
{
    struct program *server = say_goodbye();
    expect_end(server, EXIT_SUCCESS);
    expect_closed_handles(server);
}

static void long_lines_are_refused(void)
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

static void both_talk(void)
{
    tried("let `client hello - bye` talk to `server - \"안녕!\" - -`");
    struct program *server = start("server - \"안녕!\" - -");
    expect_line(server, "ready", 1);
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

static void client_ends_well(void)
{
    tried("held the check's own end for `client - -`, then closed it");
    struct peer *server = create_peer(PIPE_NAME);
    struct program *client = start("client - -");
    likely("the client does not take 109 for the end");
    accept_peer(server);
    send_line(server, "hello\n");
    expect_line(client, "> hello", 1);
    leave(client, server);
    expect_line(client, "the other has left", 1);
    expect_clean_end(client);
}

static void client_hears_ctrl_c(void)
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

/* The graded folder, for what the harness can't start. */
static const char *graded;

/** A client whose input is a pipe of ours: the harness gives it none. */
static struct {
    HANDLE job, process;
    HANDLE typing;  // what is written here is typed
} typist;

/** Ends the typist, if there is one. */
static void dismiss_typist(void)
{
    if (typist.job != NULL)
        CloseHandle(typist.job);
    if (typist.process != NULL)
        CloseHandle(typist.process);
    if (typist.typing != NULL)
        CloseHandle(typist.typing);
    typist.job = typist.process = typist.typing = NULL;
}

/** Starts a client at a keyboard. */
static void start_typist(void)
{
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    char path[MAX_PATH];
    wchar_t file[MAX_PATH];
    snprintf(path, sizeof path, "%s/client.exe", graded);
    for (char *p = path; *p != '\0'; p++)
        if (*p == '/')
            *p = '\\';

    dismiss_typist();
    HANDLE input;
    HANDLE nothing = CreateFileW(
        L"NUL",
        GENERIC_WRITE,
        FILE_SHARE_WRITE,
        &inherit,
        OPEN_EXISTING,
        0,
        NULL);
    if (nothing == INVALID_HANDLE_VALUE
        || !CreatePipe(&input, &typist.typing, &inherit, 0)
        || !SetHandleInformation(typist.typing, HANDLE_FLAG_INHERIT, 0))
        environment_trouble("CreatePipe", "the client's keyboard");
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = input;
    startup.hStdOutput = startup.hStdError = nothing;

    /* The lens in it adds the check's suffix to the name of the pipe. */
    const wchar_t *suffix = scene_name(PIPE_NAME) + wcslen(PIPE_NAME);
    SetEnvironmentVariableW(L"LENS_SUFFIX", suffix);
    bool started = CreateProcessW(
        widen(path, file, MAX_PATH),
        NULL,
        NULL,
        NULL,
        TRUE,
        CREATE_SUSPENDED,
        NULL,
        NULL,
        &startup,
        &process);
    DWORD error = GetLastError();
    SetEnvironmentVariableW(L"LENS_SUFFIX", NULL);
    CloseHandle(input);
    CloseHandle(nothing);
    SetLastError(error);
    if (!started)
        environment_trouble("CreateProcessW", "the client at a keyboard");
    typist.process = process.hProcess;
    typist.job = create_job();
    AssignProcessToJobObject(typist.job, process.hProcess);
    ResumeThread(process.hThread);
    CloseHandle(process.hThread);
}

/** Types something. */
static void type(const char *text)
{
    DWORD bytes;
    if (!WriteFile(typist.typing, text, (DWORD)strlen(text), &bytes, NULL))
        environment_trouble("WriteFile", "the client's keyboard");
}

/** Expects that the typist ends with exit status 0. */
static void expect_typist_to_end(void)
{
    DWORD code = EXIT_FAILURE;
    if (wait_for_any(&typist.process, 1) != WAIT_OBJECT_0)
        fail_check("client ends", "it still runs");
    GetExitCodeProcess(typist.process, &code);
    if (code != EXIT_SUCCESS)
        fail_check("client ends with exit status 0", "exit status %lu", code);
    dismiss_typist();
}

static void typed_text_is_said(void)
{
    static const char text[] = "안녕하세요\n\nand no end of line";
    tried("typed two lines and a half at the client's keyboard, Korean among "
          "them, and ended the input");
    struct peer *server = create_peer(PIPE_NAME);
    start_typist();
    likely("what is typed is not passed on as it is, as UTF-8");
    accept_peer(server);
    type(text);
    expect_bytes(server, text, sizeof text - 1);
    CloseHandle(typist.typing);
    typist.typing = NULL;
    expect_close(server);
    expect_typist_to_end();
}

static void keyboard_may_stay(void)
{
    tried("closed the server's end while the client waited at its keyboard");
    struct peer *server = create_peer(PIPE_NAME);
    start_typist();
    likely("the client waits for its keyboard's thread, which stays until "
           "somebody types");
    accept_peer(server);
    type("hello\n");
    expect_bytes(server, "hello\n", 6);
    close_peer(server);
    expect_typist_to_end();
}

static const char READY[] = "The server says `ready`";
static const char FLAG[] = "The pipe is opened for overlapped calls";
static const char NOBODY[] = "Nobody is no client: it waits (997)";
static const char STRUCTURES[] = "Each call on the pipe has a structure";
static const char TWO[] = "Two directions: two structures, two events";
static const char HANDLES[] = "Handles in use are not closed";
static const char LEAVING[] = "The other's leaving ends the chat (109)";
static const char ENDS[] = "The end of the chat ends the program";
static const char KEYBOARD[] = "The end does not wait for the keyboard";
static const char KEPT[] = "The lock is not given back";
static const char CLOSED[] = "Every handle is closed, and only once";
static const char FAILED_READ[] = "A read that fails is not waited for";

#define WRONG "What goes wrong"
#define READ  "Read it"

/* Whoever has not got the first ones right yet has a race in all the others. */
static const struct check CHECKS[] = {
    {
        .name = READY,
        .run = says_ready,
        .read = READ,
    },
    {
        .name = FLAG,
        .run = flag_is_set,
        .todo = 1,
        .read = WRONG,
        .needs = READY,
    },
    {
        .name = NOBODY,
        .run = nobody_is_no_client,
        .todo = 2,
        .read = WRONG,
        .needs = FLAG,
    },
    {
        .name = STRUCTURES,
        .run = each_call_has_a_structure,
        .read = WRONG,
        .needs = NOBODY,
    },
    {
        .name = TWO,
        .run = two_of_each,
        .read = READ,
        .needs = STRUCTURES,
    },
    {
        .name = HANDLES,
        .run = main_waits_for_the_speaker,
        .slow = true,
        .todo = 5,
        .read = READ,
        .needs = TWO,
    },
    {
        .name = LEAVING,
        .run = other_leaves,
        .todo = 4,
        .read = WRONG,
        .needs = HANDLES,
    },
    {
        .name = ENDS,
        .run = chat_ends,
        .todo = 5,
        .read = READ,
        .needs = LEAVING,
    },
    {
        .name = KEYBOARD,
        .run = nobody_waits_for_the_keyboard,
        .todo = 5,
        .read = READ,
        .needs = ENDS,
    },
    {
        .name = KEPT,
        .run = handles_are_kept,
        .slow = true,
        .todo = 5,
        .read = READ,
        .needs = KEYBOARD,
    },
    {
        .name = CLOSED,
        .run = nothing_stays_open,
        .read = READ,
        .needs = KEPT,
    },
    {
        .name = "What the other says is shown",
        .run = shows_lines,
        .todo = 4,
        .read = READ,
        .needs = TWO,
    },
    {
        .name = "Its own lines are said",
        .run = says_lines,
        .todo = 3,
        .read = READ,
        .needs = TWO,
    },
    {
        .name = "A line can be an answer to what came",
        .run = takes_its_turn,
        .read = READ,
        .needs = TWO,
    },
    {
        .name = "It hears while nobody takes what it says",
        .run = hears_while_it_speaks,
        .read = READ,
        .needs = TWO,
    },
    {
        .name = "A client may come later (997)",
        .run = client_comes_later,
        .todo = 2,
        .read = WRONG,
        .needs = TWO,
    },
    {
        .name = "A client may have come first (535)",
        .run = client_came_first,
        .todo = 2,
        .read = WRONG,
        .needs = READY,
    },
    {
        .name = "An early client leaves no event open",
        .run = early_client_leaves_nothing,
        .todo = 2,
        .read = WRONG,
        .needs = CLOSED,
    },
    {
        .name = "A client that has left is heard (232)",
        .run = hasty_client_is_heard,
        .todo = 2,
        .read = WRONG,
        .needs = READY,
    },
    {
        .name = "ConnectNamedPipe: other errors count",
        .run = connect_is_reported,
        .todo = 2,
        .read = WRONG,
        .needs = READY,
    },
    {
        .name = "Ctrl+C ends the wait for a client",
        .run = ctrl_c_while_alone,
        .todo = 2,
        .read = READ,
        .needs = STRUCTURES,
    },
    {
        .name = "A write that fails is not waited for",
        .run = failed_write_is_no_wait,
        .todo = 3,
        .read = WRONG,
        .needs = CLOSED,
    },
    {
        .name = "WriteFile: other errors count",
        .run = write_is_reported,
        .todo = 3,
        .read = WRONG,
        .needs = TWO,
    },
    {
        .name = FAILED_READ,
        .run = failed_read_is_no_wait,
        .todo = 4,
        .read = WRONG,
        .needs = CLOSED,
    },
    {
        .name = "ReadFile: other errors count",
        .run = read_is_reported,
        .todo = 4,
        .read = WRONG,
        .needs = TWO,
    },
    {
        .name = "Ctrl+C ends the chat",
        .run = ctrl_c_while_silent,
        .todo = 4,
        .read = READ,
        .needs = CLOSED,
    },
    {
        .name = "The end of the input ends the chat",
        .run = input_ends,
        .todo = 4,
        .read = READ,
        .needs = CLOSED,
    },
    {
        .name = "Ctrl+C ends a write that nobody takes",
        .run = ctrl_c_while_writing,
        .todo = 3,
        .read = READ,
        .needs = CLOSED,
    },
    {
        .name = "Leaving ends a write that nobody takes",
        .run = leaving_while_writing,
        .todo = 3,
        .read = READ,
        .needs = CLOSED,
    },
    {
        .name = "A line that is too long is refused",
        .run = long_lines_are_refused,
        .slow = true,
    },
    {
        .name = "Server and client talk with each other",
        .run = both_talk,
        .read = READ,
        .needs = FAILED_READ,
    },
    {
        .name = "The client ends when the server leaves",
        .run = client_ends_well,
        .read = READ,
        .program = "client",
    },
    {
        .name = "Ctrl+C ends the client",
        .run = client_hears_ctrl_c,
        .read = READ,
        .program = "client",
    },
    {
        .name = "The client says what is typed",
        .run = typed_text_is_said,
        .read = READ,
        .program = "client",
    },
    {
        .name = "The client ends though nobody types",
        .run = keyboard_may_stay,
        .read = READ,
        .program = "client",
    },
};

int main(int argc, char *argv[])
{
    graded = argc > 1 ? argv[1] : ".";
    int status = run_checks(argc, argv, "10-duplex", CHECKS, ARRAYSIZE(CHECKS));
    dismiss_typist();
    return status;
}
