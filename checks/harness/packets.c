/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Questions to the record of a program with a completion port.
 */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/clock.h"
#include "checks/harness/packets.h"
#include "checks/harness/scene.h"
#include "checks/harness/waits.h"

/** How long at most a program gets to settle. */
enum { SETTLE_MS = 1000 };

static const char ONE[] = "GetQueuedCompletionStatus";
static const char SEVERAL[] = "GetQueuedCompletionStatusEx";
static const char POST[] = "PostQueuedCompletionStatus";

/** Whether a call is one that leads to a packet of an operation. */
static bool is_operation(const struct lens_record *call)
{
    return call->overlapped != 0
           && (is_call(call, "ConnectNamedPipe") || is_call(call, "ReadFile")
               || is_call(call, "WriteFile") || is_call(call, POST));
}

/** Whether it has begun its operation. */
static bool is_begun(const struct lens_record *call)
{
    return (call->flags & LENS_FLAG_FAILED) == 0
           || (call->flags & LENS_FLAG_PENDING) != 0
           || call->error == ERROR_IO_PENDING || call->error == ERROR_MORE_DATA;
}

/** How many packets a GetQueuedCompletionStatusEx has taken. */
static unsigned count_several(const struct lens_record *call)
{
    const char *count = strstr(call->out, "count=");
    return count != NULL ? (unsigned)strtoul(count + 6, NULL, 10) : 0;
}

struct packets count_packets(const struct program *server)
{
    struct packets operations = {0}, words = {0};
    unsigned several = 0;
    const struct lens_record *call;
    for (uint32_t at = 0; (call = next_record(server, &at)) != NULL;) {
        if (call->t1 == 0) {
            operations.unfinished += is_call(call, POST);
            continue;
        }
        bool good = (call->flags & LENS_FLAG_FAILED) == 0;
        if (is_operation(call))
            operations.due += is_begun(call);
        else if (is_call(call, POST))
            words.due += good;
        else if (is_call(call, ONE) && call->overlapped != 0)
            operations.taken++;
        else if (is_call(call, ONE))
            words.taken += good;
        else if (is_call(call, SEVERAL) && good)
            several += count_several(call);
    }
    if (several > 0) {
        operations.due += words.due;
        operations.taken += words.taken + several;
    }
    return operations;
}

bool all_are_taken(struct packets packets)
{
    return packets.taken >= packets.due
           && packets.taken <= packets.due + packets.unfinished;
}

void expect_all_taken(const struct program *server)
{
    struct packets packets = count_packets(server);
    if (!all_are_taken(packets))
        fail_check(
            "a packet is dequeued for each operation, before the end",
            "%u packets were to come, %u were dequeued",
            packets.due,
            packets.taken);
}

const struct lens_record *next_pending(
    const struct program *server, const char *name, uint32_t *cursor)
{
    const struct lens_record *call;
    do
        call = next_call(server, name, cursor);
    while (call != NULL && !is_pending(call));
    return call;
}

/** How many operations of a kind are pending, as far as the server knows. */
static unsigned count_pending(const struct program *server, const char *name)
{
    unsigned pending = 0;
    for (uint32_t at = 0; next_pending(server, name, &at) != NULL;)
        pending++;
    return pending;
}

void wait_pending(struct program *server, const char *name, unsigned count)
{
    unsigned long long late = now_ms() + SETTLE_MS;
    while (count_pending(server, name) < count && is_running(server)
           && ms_until(late) > 0)
        Sleep(1);
}

/** Whether the server is inside a wait for a packet now. */
static bool is_waiting(const struct program *server)
{
    return is_inside(server, ONE) || is_inside(server, SEVERAL);
}

/** Whether the server waits for a packet now, and none is in the queue. */
static bool is_quiet(const struct program *server)
{
    if (!is_waiting(server))
        return false;
    struct packets packets = count_packets(server);
    unsigned pending = count_pending(server, "ConnectNamedPipe")
                       + count_pending(server, "ReadFile")
                       + count_pending(server, "WriteFile");
    return packets.due <= packets.taken + pending
           && is_waiting(server);  // it may have returned meanwhile
}

void wait_until_quiet(struct program *server)
{
    unsigned long long late = now_ms() + SETTLE_MS;
    while (!is_quiet(server) && is_running(server) && ms_until(late) > 0)
        Sleep(1);
}
