/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The checks of lesson @NN@, for the lesson, the solution and the
 * exercise. FILL IN: what is hard about them, in a sentence.
 */
#include <stdlib.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/expect.h"
#include "checks/harness/forgiven.h"
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"
#include "lessons/@NN@-@TOPIC@/protocol.h"

/** Starts the server and waits until a client may come. */
static struct program *start_ready(const char *command_line)
{
    /* Who is first is luck: 535 is for another check to find. */
    struct program *server = start_with(
        command_line,
        &(struct conditions){.fault = "ConnectNamedPipe:*:pass=535"});
    expect_line(server, "ready", 1);
    return server;
}

CHECK(echoes, .name = "The server sends back what it reads", .read = READ_IT)
{
    tried("opened the pipe and sent \"hello\"");
    likely("the server does not send back what it read");
    start_ready("server 1");
    struct peer *client = connect_peer(PIPE_NAME);
    send_bytes(client, "hello", 5);
    expect_bytes(client, "hello", 5);
}

CHECK(
    client_wins_the_race, .name = "A client that comes early is served (535)",
    .todo = 1, .read = WRONG, .needs = &echoes)
{
    tried("held the server before ConnectNamedPipe, opened its pipe "
          "meanwhile, let it go on and sent \"hello\"");
    likely("ConnectNamedPipe gives FALSE with error 535, "
           "ERROR_PIPE_CONNECTED, when the client came first: go on");
    struct program *server = start_with(
        "server 1",
        &(struct conditions){.gate = "ConnectNamedPipe:1"});
    wait_at_gate(server);
    struct peer *client = connect_peer(PIPE_NAME);
    open_gate(server);
    send_bytes(client, "hello", 5);
    expect_bytes(client, "hello", 5);
}

CHECK(
    ends_cleanly, .name = "The server ends cleanly after its client",
    .read = WRONG, .needs = &echoes)
{
    tried("started `server 1`, opened the pipe and closed the client's end");
    likely("ReadFile gives FALSE with error 109, ERROR_BROKEN_PIPE, when the "
           "client has left: that is the end, not a failure");
    struct program *server = start_ready("server 1");
    struct peer *client = connect_peer(PIPE_NAME);
    wait_inside(server, "ReadFile", 1);  // else it may find 232 instead
    close_peer(client);
    expect_end(server, EXIT_SUCCESS);
    likely("a handle is not closed, or closed twice");
    expect_no_leak(server);
    expect_no_bad_close(server);
    expect_right_on_windows(server);
}

static const struct check *const CHECKS[] = {
    &echoes,
    &client_wins_the_race,
    &ends_cleanly,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "@NN@-@TOPIC@", CHECKS);
}
