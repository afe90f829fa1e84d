/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 04: a server with a thread for each client.
 *
 * Usage: `04-threads FOLDER [LESSON-FOLDER]`
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/describe.h"
#include "checks/harness/expect.h"
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"
#include "checks/harness/servers.h"
#include "checks/harness/values.h"
#include "checks/harness/where.h"
#include "lens/table.h"
#include "lessons/04-threads/protocol.h"

/** What a process ends with when nobody has handled Ctrl+C. */
#define CTRL_C_EXIT 0xC000013Au

/** How many come at a time, and how long at most threads get to settle. */
enum { GOOD = 6, HASTY = 12, VISITS = 8, SETTLE_MS = 1500 };

/** How often a server tries to end a thread that is held; one that tries
 * seldom gets that many milliseconds. */
enum { ATTEMPTS = 10, ATTEMPTS_MS = 1500 };

/** Starts the server and waits until a client may come. */
static struct program *start_ready(const char *command_line)
{
    return start_until_ready(
        command_line,
        &(struct conditions){.fault = NO_RACE});
}

/** Tells whether the server has ended as if all were well. */
static bool has_ended_well(struct program *server)
{
    DWORD code = EXIT_FAILURE;
    return !is_running(server) && wait_for_scene_end(server, &code) == IN_TIME
           && code == EXIT_SUCCESS;
}

/** Tells whether a thread of the server is inside ConnectNamedPipe: then it is
 * about to return, or an instance is free. */
static bool is_accepting(const struct program *server)
{
    const struct lens_record *call;
    for (uint32_t at = 0;
         (call = next_call(server, "ConnectNamedPipe", &at)) != NULL;)
        if (call->t1 == 0)
            return true;
    return false;
}

/**
 * Opens the pipe as one more client. Ends the check as soon as there is no
 * hope: no instance is free, and the server has ended.
 * @param silent the clients that are there say nothing and stay; so it is in
 *               vain, too, when all threads of the server wait for something
 *               else than a client
 */
static struct peer *connect_next(struct program *server, bool silent)
{
    for (;;) {
        /* In this order: the server may come to ConnectNamedPipe meanwhile. */
        bool waits = silent && where_all_wait(scene_view(), server->id, false)
                     && !is_accepting(server);
        bool in_vain =
            waits || !is_running(server) || ms_until(scene_deadline()) == 0;
        if (WaitNamedPipeW(scene_name(PIPE_NAME), 20))
            return connect_peer_waiting(PIPE_NAME);
        DWORD error = GetLastError();
        if (in_vain && has_ended_well(server))
            likely("the server ends by itself. Without a number `client_limit` "
                   "is 0, and there is no last client; and no thread may be "
                   "ended before Ctrl+C");
        if (in_vain)
            fail_scene(
                "an instance waits for the next client",
                error == ERROR_SEM_TIMEOUT ? "all instances are taken (231)"
                                           : "there is no instance (2)");
        if (error != ERROR_SEM_TIMEOUT)
            Sleep(1);
    }
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
    static const char data[] = "\0zero\0bytes\0\0";
    tried(
        "opened the pipe, sent \"%s\" and, when it was back, %zu bytes "
        "with zeros among them",
        other_word(),
        sizeof data);
    start_ready("server");
    struct peer *client = connect_peer(PIPE_NAME);
    likely("the server does not send back what it read, or more than that; or "
           "its thread was given something else than the handle of the pipe");
    expect_echo(client, other_word(), strlen(other_word()));
    expect_echo(client, data, sizeof data);  // and nothing came between
}

CHECK(
    early_client_is_served, .name = "A client that comes early is served (535)",
    .todo = 1, .read = WRONG, .needs = &echoes)
{
    tried("held the server before ConnectNamedPipe, opened its pipe "
          "meanwhile, let it go on and sent \"hello\"");
    struct program *server = start_with(
        "server",
        &(struct conditions){.gate = "ConnectNamedPipe:1"});
    wait_at_gate(server);
    struct peer *client = connect_peer(PIPE_NAME);
    open_gate(server);
    likely("error 535, ERROR_PIPE_CONNECTED, means that the client came "
           "first: the pipe is connected");
    expect_echo(client, "hello", 5);
}

CHECK(
    hasty_client_does_no_harm,
    .name = "A client that has left does no harm (232)", .todo = 1,
    .read = WRONG, .needs = &echoes)
{
    tried("held the server before ConnectNamedPipe, opened its pipe and closed "
          "it again meanwhile, and came with another client");
    struct program *server = start_with(
        "server",
        &(struct conditions){.gate = "ConnectNamedPipe:1"});
    wait_at_gate(server);
    close_peer(connect_peer(PIPE_NAME));
    open_gate(server);
    likely("error 232, ERROR_NO_DATA, means that the client came and has left "
           "again: nothing is wrong with the server. Go on with this instance "
           "as with any other, and its thread will notice the end");
    wait_called(server, "ConnectNamedPipe", 1);
    struct peer *client = connect_next(server, false);
    expect_echo(client, "hello", 5);
}

CHECK(
    last_words_are_not_lost, .name = "What such a client wrote is read",
    .todo = 1, .read = WRONG, .needs = &hasty_client_does_no_harm)
{
    tried("held the server before ConnectNamedPipe, opened its pipe, wrote "
          "\"hello\" and closed it again meanwhile");
    struct program *server = start_with(
        "server",
        &(struct conditions){.gate = "ConnectNamedPipe:1"});
    wait_at_gate(server);
    struct peer *client = connect_peer(PIPE_NAME);
    send_bytes(client, "hello", 5);
    close_peer(client);
    open_gate(server);
    likely("what a client wrote before it left can still be read after "
           "ConnectNamedPipe has failed with 232: serve it like any other");
    const struct lens_record *read = wait_called(server, "ReadFile", 1);
    if (read->bytes != 5)
        fail_check(
            "the server's first ReadFile gives 5 bytes",
            "it gave %u, with error %u",
            read->bytes,
            read->error);
}

CHECK(
    other_connect_errors_count,
    .name = "Any other error of ConnectNamedPipe is reported", .todo = 1,
    .read = WRONG)
{
    expect_reported(
        "server 1",
        "ConnectNamedPipe",
        "1",
        "only 535 and 232 tell of a client: every other error has to be reported, by die(\"ConnectNamedPipe\")");
}

/** Tells whether a handle is a thread's that the program has started. */
static bool is_thread(const struct program *program, uint32_t handle)
{
    static const char *const makers[] = {"CreateThread", "_beginthreadex"};
    for (size_t i = 0; i < ARRAYSIZE(makers); i++) {
        const struct lens_record *call;
        for (uint32_t at = 0;
             (call = next_call(program, makers[i], &at)) != NULL;)
            if ((call->flags & LENS_FLAG_OPENS) != 0 && call->handle == handle)
                return true;
    }
    return false;
}

/**
 * Expects that the thread which accepts clients has waited for no thread, not
 * even for a while: by a time-out a client comes, and too late.
 */
static void expect_no_wait_for_a_thread(struct program *server)
{
    const struct lens_record *accept = find_call(server, "ConnectNamedPipe", 1);
    const struct lens_record *wait;
    for (uint32_t at = 0;
         (wait = next_call(server, "WaitForSingleObject", &at)) != NULL;) {
        unsigned long long ms = 0;
        call_argument(wait, "wait", &ms);
        if (accept != NULL && wait->tid == accept->tid && wait->t1 != 0
            && ms > 0 && wait->result == WAIT_TIMEOUT
            && is_thread(server, wait->handle))
            fail_check(
                "the accepting thread waits for no client's thread",
                "it waited for one for %llu ms; with 0 it only looks",
                ms);
    }
}

CHECK(
    slow_client_keeps_nobody, .name = "A slow client keeps nobody waiting",
    .todo = 2, .read = READ_IT, .needs = &echoes)
{
    tried("came with a first client, that said nothing, and a second one; sent "
          "\"second\" from the second, then \"first\" from the first");
    struct program *server = start_ready("server");
    struct peer *slow = connect_peer(PIPE_NAME);
    wait_called(server, "ConnectNamedPipe", 1);
    likely("the server waits for the end of one client, or of its thread, "
           "before it takes the next");
    struct peer *quick = connect_next(server, true);
    expect_echo(quick, "second", 6);
    expect_echo(slow, "first", 5);
    expect_no_wait_for_a_thread(server);
}

/** Waits until the server has printed `ready` or is held at its gate. */
static void wait_for_ready_or_gate(struct program *server)
{
    while (wait_for_line(server, &server->out, "ready", 1, now_ms() + 5)
           != IN_TIME) {
        if (WaitForSingleObject(server->gates[0].reached, 0) == WAIT_OBJECT_0)
            return;
        if (!is_running(server))
            fail_program(server, "server prints the line \"ready\"");
        if (ms_until(scene_deadline()) == 0) {
            expect_line(server, "ready", 1);  // looks once more
            return;
        }
    }
}

/**
 * Gives all threads the time to come to the calls in which they wait, or to the
 * gate. An answer that does not wait so is given a moment.
 */
static void wait_until_settled(struct program *program)
{
    unsigned long long late = now_ms() + SETTLE_MS;
    while (!where_all_wait(scene_view(), program->id, true)
           && ms_until(late) > 0)
        Sleep(1);
}

CHECK(
    next_instance_comes_first, .name = "One more instance is always there",
    .todo = 2, .read = READ_IT, .needs = &slow_client_keeps_nobody)
{
    tried("held the server before it creates the second instance, while the "
          "first client had sent \"hello\"");
    likely("the client's thread is started before the next instance is there. "
           "A client that comes meanwhile gets 231, and 2 as soon as the first "
           "has left: create the next instance first");
    struct program *server = start_with(
        "server",
        &(struct conditions){.gate = "CreateNamedPipeW:2", .fault = NO_RACE});
    wait_for_ready_or_gate(server);
    if (WaitForSingleObject(server->gates[0].reached, 0) == WAIT_OBJECT_0)
        open_gate(server);  // it makes several before anybody comes
    struct peer *client = connect_peer_waiting(PIPE_NAME);
    send_bytes(client, "hello", 5);
    wait_at_gate(server);
    wait_until_settled(server);  // a thread that should not be there, too
    const struct lens_record *read = find_call(server, "ReadFile", 1);
    const struct lens_record *second = find_call(server, "CreateNamedPipeW", 2);
    if (read != NULL && second->t1 == 0) {
        char seen[100];
        close_peer(client);
        unsigned long long late = now_ms() + SETTLE_MS;
        while (try_connect(PIPE_NAME, GENERIC_READ) != ERROR_FILE_NOT_FOUND
               && ms_until(late) > 0)
            Sleep(1);
        snprintf(
            seen,
            sizeof seen,
            "the first was being served; now a client gets error %lu",
            try_connect(PIPE_NAME, GENERIC_READ));
        fail_scene("nobody is served before the next can come", seen);
    }
    open_gate(server);
    expect_bytes(client, "hello", 5);
}

CHECK(
    each_gets_its_own, .name = "Each client gets its own bytes back", .todo = 2,
    .read = WRONG, .needs = &slow_client_keeps_nobody)
{
    tried("held the first client's thread before its WriteFile, sent \"other\" "
          "as a second client, let the first thread go on");
    struct program *server = start_with(
        "server",
        &(struct conditions){.gate = "WriteFile:1", .fault = NO_RACE});
    expect_line(server, "ready", 1);
    struct peer *first = connect_peer(PIPE_NAME);
    send_bytes(first, "first", 5);
    wait_at_gate(server);
    struct peer *second = connect_next(server, true);
    likely("the threads share a buffer or a handle: what each of them needs "
           "has to be its own, in a local variable");
    expect_echo(second, "other", 5);
    open_gate(server);
    expect_bytes(first, "first", 5);
    expect_echo(first, "again", 5);
}

CHECK(
    crowd_is_served, .name = "Slow, good and hasty clients are served",
    .todo = 2, .read = WRONG, .needs = &slow_client_keeps_nobody)
{
    struct peer *good[GOOD] = {0};
    char text[20];
    tried(
        "came with a slow client, %d good ones and %d that left without a "
        "word, then sent a line from each, the slow one last",
        GOOD,
        HASTY);
    struct program *server = start_ready("server");
    likely("a client that leaves without a word stops the server, or disturbs "
           "the others");
    struct peer *slow = connect_peer_waiting(PIPE_NAME);
    for (uint32_t i = 0, k = 0, count = 1; i < HASTY; i++) {
        struct peer *hasty = connect_peer_waiting(PIPE_NAME);
        /* That one leaves before it is accepted is another check's matter. */
        wait_called(server, "ConnectNamedPipe", ++count);
        close_peer(hasty);
        if (i * GOOD / HASTY < k)
            continue;
        good[k++] = connect_peer_waiting(PIPE_NAME);
        count++;
    }
    for (int i = GOOD - 1; i >= 0; i--) {
        int length = snprintf(text, sizeof text, "this is %d", i);
        expect_echo(good[i], text, (size_t)length);
    }
    expect_echo(slow, "at last", 7);
    expect_no_errors(server);
}

/** Says that the server waits for all of several objects, if it does so. */
static void find_wait_for_all(const struct program *server)
{
    const struct lens_record *wait;
    for (uint32_t at = 0;
         (wait = next_call(server, "WaitForMultipleObjects", &at)) != NULL;) {
        unsigned long long all = 0;
        if (wait->t1 == 0 && call_argument(wait, "all", &all) && all != 0)
            likely("WaitForMultipleObjects waits for all of its objects: the "
                   "end of the thread and Ctrl+C. One of them is enough: its "
                   "third argument is FALSE");
    }
}

CHECK(
    waits_for_its_last_client, .name = "The server waits for its last client",
    .todo = 3, .read = READ_IT, .needs = &slow_client_keeps_nobody)
{
    tried("started `server 2`, came with two clients, closed the second and "
          "sent \"still here\" from the first");
    likely("the server ends, or stops its threads, when the last client has "
           "come: it has to wait until the last one has left");
    struct program *server = start_ready("server 2");
    struct peer *first = connect_peer(PIPE_NAME);
    struct peer *second = connect_next(server, true);
    expect_echo(second, "hello", 5);
    close_peer(second);
    wait_until_settled(server);
    if (count_calls(server, "ConnectNamedPipe") > 2)
        likely("the server waits for a third client, or takes a handle that is "
               "none for an instance: when n is client_limit, there is no "
               "next one, and `next` has to be NULL");
    expect_echo(first, "still here", 10);
    find_wait_for_all(server);
    close_peer(first);
    expect_end(server, EXIT_SUCCESS);
    no_cause();
    expect_no_errors(server);
}

CHECK(
    one_failure_harms_one, .name = "One client's failure harms no other",
    .read = READ_IT, .needs = &slow_client_keeps_nobody)
{
    tried(
        "made the first client's ReadFile fail with error %lu, and came with "
        "a second client",
        other_error());
    likely("a failure in one client's thread ends the process: report it, "
           "close this client's pipe, and let the others go on");
    struct program *server = start_with(
        "server",
        &(struct conditions){.fault = NO_RACE ",ReadFile:1:other"});
    expect_line(server, "ready", 1);
    expect_close(connect_peer(PIPE_NAME));
    struct peer *second = connect_next(server, false);
    expect_echo(second, "hello", 5);
    while (server->err.length == 0 && ms_until(scene_deadline()) > 0)
        Sleep(1);
    expect_error(server, "ReadFile", other_error());
}

/** How many handles of threads the program has open, by the record. */
static int open_threads(const struct program *program)
{
    static uint32_t open[256];
    int count = 0;
    for (uint32_t i = 0; i < lens_view_count(scene_view()); i++) {
        const struct lens_record *record = lens_view_at(scene_view(), i);
        if (record->kind != LENS_KIND_CALL || record->pid != program->id
            || record->t1 == 0)
            continue;
        const char *name = lens_call_name(record->call);
        bool makes = strcmp(name, "CreateThread") == 0
                     || strcmp(name, "_beginthreadex") == 0;
        if (makes && (record->flags & LENS_FLAG_OPENS) != 0 && count < 256)
            open[count++] = record->handle;
        for (int k = 0; k < count; k++)
            if ((record->flags & LENS_FLAG_CLOSES) != 0
                && open[k] == record->handle)
                open[k--] = open[--count];
    }
    return count;
}

/** Waits until the thread that wrote the nth reply has ended, or goes on. */
static void wait_for_thread(struct program *server, uint32_t nth)
{
    const struct lens_record *wrote = wait_called(server, "WriteFile", nth);
    HANDLE thread = OpenThread(SYNCHRONIZE, FALSE, wrote->tid);
    if (thread == NULL)
        return;
    WaitForSingleObject(thread, SETTLE_MS);
    CloseHandle(thread);
}

CHECK(
    all_who_came_count, .name = "Clients that have left count, too", .todo = 2,
    .read = READ_IT, .needs = &waits_for_its_last_client)
{
    tried("came to `server 3` with three clients, each after the thread of the "
          "one before had ended");
    struct program *server = start_ready("server 3");
    for (uint32_t i = 1; i <= 3; i++) {
        struct peer *client = connect_next(server, false);
        expect_echo(client, "hello", 5);
        close_peer(client);
        wait_for_thread(server, i);
    }
    likely("a client that has left counts, too: the limit is a number of "
           "clients, and threads that have ended are no longer kept");
    expect_end(server, EXIT_SUCCESS);
}

CHECK(
    ended_threads_are_closed, .name = "The handles of ended threads are closed",
    .read = WRONG, .needs = &slow_client_keeps_nobody)
{
    int before = 0, after = 0;
    tried(
        "came with %d clients, each after the thread of the one before had "
        "ended, and counted the server's handles of threads",
        VISITS);
    struct program *server = start_ready("server");
    for (uint32_t i = 1; i <= VISITS; i++) {
        struct peer *client = connect_next(server, false);
        expect_echo(client, "hello", 5);
        after = open_threads(server);
        if (i == 2)
            before = after;
        close_peer(client);
        wait_for_thread(server, i);
    }
    likely("a thread's handle stays open, and the thread in the system's "
           "books, until CloseHandle: also when the thread has ended");
    if (after > before + 2)
        fail_check(
            "about as many after the last as after the second",
            "%d after the second client, %d after number %d",
            before,
            after,
            VISITS);
}

CHECK(
    any_number_of_instances, .name = "There is no limit of instances",
    .read = WRONG, .needs = &echoes)
{
    tried("looked at the fourth argument of each CreateNamedPipeW");
    struct program *server = start_ready("server");
    struct peer *client = connect_peer(PIPE_NAME);
    expect_echo(client, "hello", 5);
    likely("PIPE_UNLIMITED_INSTANCES (255) means no limit; 1 to 254 is a "
           "limit, and Windows refuses what is above 255");
    for (uint32_t i = 1; find_call(server, "CreateNamedPipeW", i) != NULL;
         i++) {
        const struct lens_record *call =
            find_call(server, "CreateNamedPipeW", i);
        unsigned long long most = 0, mode = 0;
        call_argument(call, "max", &most);
        call_argument(call, "mode", &mode);
        if (most != PIPE_UNLIMITED_INSTANCES)
            fail_check(
                "PIPE_UNLIMITED_INSTANCES (255)",
                "%llu in call %u",
                most,
                i);
        if ((mode & PIPE_REJECT_REMOTE_CLIENTS) == 0) {
            likely("PIPE_REJECT_REMOTE_CLIENTS (0x8) is missing: the pipe is "
                   "open to other computers");
            fail_check(
                "PIPE_REJECT_REMOTE_CLIENTS is set",
                "mode is 0x%llx in call %u",
                mode,
                i);
        }
    }
}

/** Presses Ctrl+C and expects a clean end. */
static void expect_clean_end(struct program *server)
{
    DWORD code = 0;
    switch (wait_for_scene_end(server, &code)) {
    case TOO_LATE:
        fail_late("server ends with exit status 0 after Ctrl+C");
    default:
        break;
    }
    if (code == CTRL_C_EXIT)
        fail_check(
            "server ends by itself, with exit status 0",
            "Windows has ended it (0xC000013A), in the midst of its work: "
            "nobody had handled Ctrl+C");
    expect_end(server, EXIT_SUCCESS);
    likely("Ctrl+C is no failure: 995, ERROR_OPERATION_ABORTED, need not be "
           "reported then");
    expect_no_errors(server);
}

/** Expects that the server does not ask CancelIoEx for what is a thread. */
static void expect_no_cancel_by_file(struct program *server)
{
    const struct lens_record *call;
    while (is_running(server) && ms_until(scene_deadline()) > 0) {
        for (uint32_t i = 1; i <= ATTEMPTS; i++)
            if ((call = find_call(server, "CancelIoEx", i)) != NULL
                && is_thread(server, call->handle)) {
                likely("CancelIoEx takes the handle of a pipe or a file. A "
                       "thread's calls are ended by CancelSynchronousIo");
                fail_check(
                    "the call in which the thread waits is cancelled",
                    "CancelIoEx got the handle of a thread, and the thread "
                    "waits on");
            }
        Sleep(1);
    }
}

static const struct check ctrl_c_ends_a_waiting_server;  // stands further down

CHECK(
    failed_wait_is_reported, .name = "A wait that fails is reported", .todo = 3,
    .read = READ_IT, .needs = &ctrl_c_ends_a_waiting_server)
{
    tried("made WaitForMultipleObjects fail with error %s", other_error_text());
    struct program *server = start_with(
        "server",
        &(struct conditions){
            .fault = NO_RACE ",WaitForMultipleObjects:1:other"});
    while (is_running(server)
           && find_call(server, "WaitForMultipleObjects", 1) == NULL
           && !(
               is_accepting(server)
               && where_all_wait(scene_view(), server->id, false))
           && ms_until(scene_deadline()) > 0)
        Sleep(1);
    if (find_call(server, "WaitForMultipleObjects", 1) == NULL)
        return;  // it waits by other means
    likely("the result of WaitForMultipleObjects is not looked at: after "
           "WAIT_FAILED no thread has ended, and nobody has pressed Ctrl+C. "
           "Report it: die(\"WaitForMultipleObjects\")");
    expect_failure(server, "WaitForMultipleObjects", other_error());
}

CHECK(
    ctrl_c_ends_a_waiting_server,
    .name = "Ctrl+C ends a server without clients", .todo = 3, .read = READ_IT,
    .needs = &slow_client_keeps_nobody)
{
    tried("pressed Ctrl+C while the server was inside ConnectNamedPipe, with "
          "no client");
    struct program *server = start_ready("server");
    wait_inside(server, "ConnectNamedPipe", 1);
    wait_until_settled(server);
    likely("the handler has to tell main and return TRUE; main then makes "
           "ConnectNamedPipe return in the accepting thread, by "
           "CancelSynchronousIo");
    find_wait_for_all(server);
    press_ctrl_c(server);
    expect_no_cancel_by_file(server);
    expect_clean_end(server);
}

/**
 * Waits until the server has tried to release the thread that is held, and goes
 * on without it, waits for it, or has tried again and again. One that tries
 * seldom is given a moment.
 */
static void wait_for_attempts(struct program *server)
{
    static const char *const ways[] = {
        "CancelSynchronousIo",
        "CreateFileW",
        "CallNamedPipeW",
        "CancelIoEx"};
    unsigned long long late = 0;
    for (;;) {
        uint32_t attempts = 0;
        /* In this order: it may end between the two looks. */
        bool in_vain = ms_until(scene_deadline()) == 0;
        if (!is_running(server))
            return;
        for (size_t i = 0; i < ARRAYSIZE(ways); i++) {
            const struct lens_record *call = find_call(server, ways[i], 1);
            if (call != NULL && call->t1 != 0)
                attempts += count_calls(server, ways[i]);
        }
        if (attempts > 0 && late == 0)
            late = now_ms() + ATTEMPTS_MS;
        /* In this order: the attempt may come between the two looks. */
        if (attempts >= ATTEMPTS || (late > 0 && ms_until(late) == 0)
            || (attempts > 0 && where_all_wait(scene_view(), server->id, true)))
            return;
        if (in_vain)
            fail_late("the server releases the thread that waits for clients");
        Sleep(1);
    }
}

CHECK(
    ctrl_c_may_come_early, .name = "Ctrl+C may come before the wait (1168)",
    .todo = 3, .read = WRONG, .needs = &ctrl_c_ends_a_waiting_server)
{
    tried("held the server before ConnectNamedPipe, pressed Ctrl+C, and let "
          "it go on when it had tried to end that wait");
    struct program *server = start_with(
        "server",
        &(struct conditions){.gate = "ConnectNamedPipe:1"});
    wait_at_gate(server);
    expect_line(server, "ready", 1);
    likely("CancelSynchronousIo ends only a call that has begun; before, it "
           "fails with error 1168, ERROR_NOT_FOUND. So call it again and "
           "again until the thread has ended");
    press_ctrl_c(server);
    wait_for_attempts(server);
    open_gate(server);
    expect_clean_end(server);
    likely("the process ended while a thread was still at work, or that thread "
           "was ended by force. 1168 does not say that it has ended: cancel, "
           "again and again, until has_ended says so");
    expect_no_leak(server);
}

CHECK(
    ctrl_c_ends_conversations, .name = "Ctrl+C ends the conversations, too",
    .todo = 3, .read = READ_IT, .needs = &ctrl_c_may_come_early)
{
    tried("pressed Ctrl+C while two clients were connected and silent");
    struct program *server = start_ready("server");
    struct peer *first = connect_peer(PIPE_NAME);
    expect_echo(first, "first", 5);
    struct peer *second = connect_next(server, true);
    expect_echo(second, "second", 6);
    wait_until_settled(server);
    likely("the threads of the clients wait in ReadFile: they have to be "
           "released, too, and main has to wait for the end of each");
    press_ctrl_c(server);
    expect_close(first);
    expect_close(second);
    expect_clean_end(server);
}

CHECK(
    nothing_is_left_open, .name = "No handle is left open after Ctrl+C",
    .todo = 3, .read = READ_IT, .needs = &ctrl_c_may_come_early)
{
    tried("came with three clients, closed one, pressed Ctrl+C and looked for "
          "handles that were open at the end");
    struct program *server = start_ready("server");
    struct peer *clients[3];
    for (int i = 0; i < 3; i++) {
        clients[i] = connect_next(server, true);
        expect_echo(clients[i], "hello", 5);
    }
    close_peer(clients[0]);
    wait_until_settled(server);
    press_ctrl_c(server);
    expect_end(server, EXIT_SUCCESS);
    likely("each thread closes its own pipe, the accepting thread the instance "
           "that nobody has opened, main the threads and the event");
    expect_no_leak(server);
    likely("a handle is closed twice, or it never was one");
    expect_no_bad_close(server);
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
    .program = "client", .read = READ_IT)
{
    tried("answered `client hello` in two pieces, \"hel\" and \"lo\"");
    likely("the client takes one ReadFile for one reply: on a byte pipe it "
           "reads until it has as many bytes as it sent");
    struct peer *server = create_peer(PIPE_NAME);
    struct program *client =
        start_with("client hello", &(struct conditions){.gate = "ReadFile:2"});
    accept_peer(server);
    expect_bytes(server, "hello", 5);
    send_bytes(server, "hel", 3);
    wait_at_gate(client);
    send_bytes(server, "lo", 2);
    open_gate(client);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "hello\n");
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
    &says_ready_in_time,
    &echoes,
    &early_client_is_served,
    &hasty_client_does_no_harm,
    &last_words_are_not_lost,
    &other_connect_errors_count,
    &slow_client_keeps_nobody,
    &next_instance_comes_first,
    &each_gets_its_own,
    &crowd_is_served,
    &waits_for_its_last_client,
    &all_who_came_count,
    &one_failure_harms_one,
    &ended_threads_are_closed,
    &any_number_of_instances,
    &ctrl_c_ends_a_waiting_server,
    &failed_wait_is_reported,
    &ctrl_c_may_come_early,
    &ctrl_c_ends_conversations,
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
    return run_checks(argc, argv, "04-threads", CHECKS);
}
