/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What is tried of many servers and clients in the same way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/describe.h"
#include "checks/harness/expect.h"
#include "checks/harness/scene.h"
#include "checks/harness/servers.h"
#include "checks/harness/values.h"
#include "common/error.h"

/** What a process ends with when nobody has handled Ctrl+C. */
#define CTRL_C_EXIT 0xC000013Au

struct program *start_until_ready(
    const char *command_line, const struct conditions *conditions)
{
    struct program *server = conditions != NULL
                                 ? start_with(command_line, conditions)
                                 : start(command_line);
    expect_line(server, "ready", 1);
    return server;
}

struct program *start_as(
    const char *command_line, const char *gate, const char *fault)
{
    return start_with(
        command_line,
        &(struct conditions){.gate = gate, .fault = fault});
}

struct program *start_serving(
    const char *command_line, const char *gate, const char *fault)
{
    struct program *server = start_as(command_line, gate, fault);
    expect_line(server, "ready", 1);
    return server;
}

struct program *start_held(
    const char *command_line, const char *gate, const char *fault)
{
    struct program *program = start_as(command_line, gate, fault);
    wait_at_gate(program);
    return program;
}

void expect_echo(struct peer *client, const void *data, size_t size)
{
    send_bytes(client, data, size);
    expect_bytes(client, data, size);
}

void expect_ready_in_time(
    const char *command_line, const wchar_t *pipe, DWORD access)
{
    tried(
        "made CreateNamedPipeW fail with error %lu, then let it succeed and "
        "opened the pipe behind the line `ready`",
        other_error());
    struct program *server = start_with(
        command_line,
        &(struct conditions){.fault = "CreateNamedPipeW:1:other"});
    expect_failure(server, "CreateNamedPipeW", other_error());
    likely(
        "the %s prints `ready` before the pipe is there, or without "
        "fflush(stdout), or never",
        server->name);
    if (strstr(server->out.text, "ready") != NULL)
        fail_program(server, "no `ready` where there is no pipe");
    start_until_ready(command_line, &(struct conditions){.fault = NO_RACE});
    no_cause();
    connect_peer_as(pipe, access, 0);
}

struct program *expect_reported(
    const char *command_line, const char *call, const char *calls,
    const char *cause)
{
    char fault[80];
    tried("made %s fail with error %s", call, other_error_text());
    snprintf(fault, sizeof fault, "%s:%s:other", call, calls);
    struct program *program =
        start_with(command_line, &(struct conditions){.fault = fault});
    likely("%s", cause);
    expect_failure(program, call, other_error());
    return program;
}

void expect_refused(const char *command_lines)
{
    char one[80];
    for (const char *next = command_lines; *next != '\0';) {
        size_t length = strcspn(next, ",");
        snprintf(one, sizeof one, "%.*s", (int)length, next);
        tried("started `%s`", one);
        struct program *program = start(one);
        likely("the %s does not look at its arguments", program->name);
        expect_end(program, EXIT_USAGE);
        next += length;
        next += *next == ',';
    }
}

struct program *expect_missing_server(const char *command_line)
{
    tried("started `%s` without a server", command_line);
    struct program *client = start(command_line);
    likely("the client does not report the error of CreateFileW");
    expect_failure(client, "CreateFileW", ERROR_FILE_NOT_FOUND);
    return client;
}

struct program *expect_replies(struct program *server)
{
    tried("let `client one two` talk to the server");
    struct program *client = start("client one two");
    likely("the client does not print each reply on a line of its own");
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "one\ntwo\n");
    no_cause();
    expect_end(server, EXIT_SUCCESS);
    return client;
}

void expect_wait_while_busy(const wchar_t *pipe)
{
    tried("held the only instance, started `client hello`, and freed the "
          "instance when the client was inside WaitNamedPipeW");
    struct peer *server = create_peer(pipe);
    struct peer *other = connect_peer(pipe);
    likely("231, ERROR_PIPE_BUSY, means that every instance is taken now: wait "
           "for a free one by WaitNamedPipeW, and open again");
    accept_peer(server);
    struct program *client = start("client hello");
    wait_inside(client, "WaitNamedPipeW", 1);
    close_peer(other);
    disconnect_peer(server);
    accept_peer(server);
    expect_bytes(server, "hello", 5);
    send_bytes(server, "hello", 5);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "hello\n");
}

void expect_local_only(const struct program *server)
{
    unsigned long long mode = 0;
    tried("looked at the third argument of CreateNamedPipeW");
    likely("PIPE_REJECT_REMOTE_CLIENTS (0x8) is missing: the pipe is open to "
           "other computers");
    call_argument(find_call(server, "CreateNamedPipeW", 1), "mode", &mode);
    if ((mode & PIPE_REJECT_REMOTE_CLIENTS) == 0)
        fail_check("PIPE_REJECT_REMOTE_CLIENTS is set", "mode is 0x%llx", mode);
}

void expect_success(struct program *program)
{
    expect_end(program, EXIT_SUCCESS);
    expect_no_errors(program);
}

void expect_end_by_ctrl_c(struct program *server)
{
    DWORD code = EXIT_FAILURE;
    if (wait_for_scene_end(server, &code) == TOO_LATE)
        fail_late("server ends with exit status 0 after Ctrl+C");
    if (code == CTRL_C_EXIT)
        fail_check(
            "server ends by itself, with exit status 0",
            "Windows has ended it (0xC000013A): nobody had handled Ctrl+C");
    expect_success(server);
}

void expect_tidy(struct program *program)
{
    likely("a handle is not closed, or closed twice");
    expect_no_leak(program);
    expect_no_bad_close(program);
}

void expect_good_events(const struct program *program)
{
    const struct lens_record *call;
    for (uint32_t at = 0;
         (call = next_call(program, "CreateEventW", &at)) != NULL;) {
        unsigned long long manual = 0;
        call_argument(call, "manual", &manual);
        if (manual == 0 || strstr(call->in, "name=\"") != NULL)
            fail_check("a manual-reset event without a name", "%s", call->in);
    }
}

struct program *expect_reply_in_pieces(const wchar_t *pipe)
{
    tried("answered `client hello` in two pieces, \"hel\" and \"lo\"");
    struct peer *server = create_peer(pipe);
    struct program *client = start_as("client hello", "ReadFile:2", NULL);
    likely("the client takes one ReadFile for one reply: on a byte pipe it "
           "reads until it has as many bytes as it sent");
    accept_peer(server);
    expect_bytes(server, "hello", 5);
    send_bytes(server, "hel", 3);
    wait_at_gate(client);
    send_bytes(server, "lo", 2);
    open_gate(client);
    expect_end(client, EXIT_SUCCESS);
    expect_output(client, "hello\n");
    return client;
}
