/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What is tried of many servers and clients in the same way.
 *
 * Each of these says what it tries; what is likely wrong is the lesson's to
 * say, where it is not the same everywhere.
 */
#ifndef CHECKS_SERVERS_H
#define CHECKS_SERVERS_H

#include <stddef.h>

#include "checks/harness/peer.h"
#include "checks/harness/scene.h"

/* Whether the client or the server is first is luck. Where a check is not
 * about that, 535 is taken for a success: it is for another check to find. */
#define NO_RACE "ConnectNamedPipe:*:pass=535"

/** Starts a server under conditions, or (NULL) none, and waits until it says
 * `ready`. */
struct program *start_until_ready(
    const char *command_line, const struct conditions *conditions);

/** Starts a program with a gate and a fault; each may be NULL. */
struct program *start_as(
    const char *command_line, const char *gate, const char *fault);

/** As start_as(), and waits until the program says `ready`. */
struct program *start_serving(
    const char *command_line, const char *gate, const char *fault);

/** As start_as(), and waits until the program is at its first gate. */
struct program *start_held(
    const char *command_line, const char *gate, const char *fault);

/** Sends bytes and expects the very same back. */
void expect_echo(struct peer *client, const void *data, size_t size);

/**
 * Expects that a server says `ready` when its pipe is there, and not when
 * CreateNamedPipeW has failed.
 * @param command_line the server's
 * @param access       how the pipe is opened: GENERIC_READ, GENERIC_WRITE
 */
void expect_ready_in_time(
    const char *command_line, const wchar_t *pipe, DWORD access);

/**
 * Makes a call fail with a code that is another one in each grade, and expects
 * that the program reports it and ends.
 * @param call  the function's name
 * @param calls which of its calls: "1", "2", "*"
 * @param cause what is likely wrong if it does not
 * @return the program, which has ended
 */
struct program *expect_reported(
    const char *command_line, const char *call, const char *calls,
    const char *cause);

/** Expects that each command line is refused, with exit status 2. Commas part
 * them: `server many,server 0`. */
void expect_refused(const char *command_lines);

/** Expects that a client says so when there is no server. */
struct program *expect_missing_server(const char *command_line);

/** Lets `client one two` talk to a server that ends after it, and expects what
 * it prints. */
struct program *expect_replies(struct program *server);

/** Expects that a client waits by WaitNamedPipeW while the only instance is
 * taken, and gets its reply then. */
void expect_wait_while_busy(const wchar_t *pipe);

/** Expects that the first instance refuses clients on other computers. */
void expect_local_only(const struct program *server);

/** Expects that the program ends with exit status 0 and printed nothing on
 * standard error. */
void expect_success(struct program *program);

/** The same of a server at which Ctrl+C was pressed: one that Windows has ended
 * had not handled it. */
void expect_end_by_ctrl_c(struct program *server);

/** Expects of a program that has ended that it closed what it opened, once. */
void expect_tidy(struct program *program);

/** Expects that each event that a program has made so far is a manual-reset one
 * and has no name. */
void expect_good_events(const struct program *program);

/** Expects that a client reads on until it has its reply, where that comes in
 * two pieces. */
struct program *expect_reply_in_pieces(const wchar_t *pipe);

#endif
