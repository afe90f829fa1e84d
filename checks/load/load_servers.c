/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A crowd for the servers of lessons 11 to 13.
 *
 * Usage: `load_servers FOLDER NUMBER CLIENTS`: where server.exe is, built with
 * the lens; the lesson's number; how many clients there are at the same time.
 *
 * One client never reads what comes back, one leaves a message half sent until
 * the others are done, and each of the others makes 100 round trips of 1 to
 * 4,096 bytes, every byte compared. This happens twice, for what the server
 * keeps after the first time must be enough for the second. Prints TAP, and
 * how memory and handles grew.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <psapi.h>

#include "checks/load/crowd.h"
#include "common/console.h"
#include "common/error.h"

enum {
    LOOK_MS = 100,  // how often the deadline is looked at
    TRIPS = 100,
    MESSAGE_MAX = 4096,
    MUTE_MAX = 64 * 1024,  // more than a server may take that isn't read from
    QUIET_MS = 300,        // a write that takes so long is stuck
    CLIENTS_MIN = 3,
    CLIENTS_MAX = 4000,
    CROWD_MS = 180000
};

/** A client that makes round trips: one operation at a time. */
struct client {
    OVERLAPPED operation;
    HANDLE pipe;
    unsigned number, trip;
    DWORD size, received;
    bool writing;
    unsigned char sent[MESSAGE_MAX], reply[MESSAGE_MAX];
};

static struct crowded server = {.handles_up_to = 32768};
static HANDLE port;        // where the clients' operations end
static unsigned done;      // how many clients have made all their round trips
static unsigned compared;  // messages that came back as they went
static bool broken;        // some operation failed, or other bytes came back

/** Says what went wrong with a client, the first time. */
static void complain(const struct client *client, const char *what, DWORD error)
{
    if (!broken)
        printf(
            "# client %u, round trip %u of %lu bytes: %s (error %lu)\n",
            client->number,
            client->trip,
            client->size,
            what,
            error);
    broken = true;
}

/** The next of a row of numbers that look random, and are always the same. */
static unsigned next_number(unsigned *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 16;
}

/** Makes the message of a client's round trip: no two are alike. */
static DWORD make_message(unsigned char *data, unsigned client, unsigned trip)
{
    unsigned state = client * 2654435761u + trip * 40503u + 1;
    DWORD size = trip == 0   ? 1
                 : trip == 1 ? MESSAGE_MAX
                             : 1 + next_number(&state) % MESSAGE_MAX;
    for (DWORD i = 0; i < size; i++)
        data[i] = (unsigned char)next_number(&state);
    return size;
}

/** Begins to write a message, or to read what has not come back of it. */
static void begin(struct client *client)
{
    memset(&client->operation, 0, sizeof client->operation);
    BOOL at_once = client->writing ? WriteFile(
                       client->pipe,
                       client->sent,
                       client->size,
                       NULL,  // the count comes with the packet
                       &client->operation)
                                   : ReadFile(
                                       client->pipe,
                                       client->reply + client->received,
                                       client->size - client->received,
                                       NULL,  // the count comes with the packet
                                       &client->operation);
    if (!at_once && GetLastError() != ERROR_IO_PENDING)
        complain(client, "it can not go on", GetLastError());
}

/** The next message, unless it was the last one. */
static void next_message(struct client *client)
{
    if (client->trip == TRIPS) {
        done++;
        return;
    }
    client->size = make_message(client->sent, client->number, client->trip);
    client->received = 0;
    client->writing = true;
    begin(client);
}

/** An operation of a client has ended. */
static void go_on(struct client *client, DWORD bytes)
{
    if (client->writing) {
        if (bytes != client->size)
            complain(client, "a part was written", 0);
        client->writing = false;
    } else {
        client->received += bytes;
    }
    if (client->received < client->size) {
        begin(client);
        return;
    }
    if (memcmp(client->sent, client->reply, client->size) != 0)
        complain(client, "other bytes came back", 0);
    else
        compared++;
    client->trip++;
    next_message(client);
}

/** All round trips of all clients. */
static void make_round_trips(struct client *clients, unsigned count)
{
    unsigned long long deadline = now_ms() + CROWD_MS;
    for (unsigned i = 0; i < count; i++)
        next_message(&clients[i]);
    while (done < count && !broken) {
        DWORD bytes;
        ULONG_PTR key = 0;
        OVERLAPPED *operation = NULL;
        BOOL good =
            GetQueuedCompletionStatus(port, &bytes, &key, &operation, LOOK_MS);
        if (operation == NULL && ms_until(deadline) > 0)
            continue;
        if (operation == NULL) {
            printf("# only %u of %u were done in time\n", done, count);
            return;
        }
        if (good)
            go_on((struct client *)key, bytes);
        else
            complain((struct client *)key, "it failed", GetLastError());
    }
}

/** A client that makes round trips connects. */
static bool come(struct client *client, unsigned number)
{
    memset(client, 0, sizeof *client);
    client->number = number;
    client->pipe = open_pipe(&server, FILE_FLAG_OVERLAPPED);
    if (client->pipe == INVALID_HANDLE_VALUE) {
        complain(client, "it can not connect", GetLastError());
        return false;
    }
    if (CreateIoCompletionPort(client->pipe, port, (ULONG_PTR)client, 0)
        == NULL)
        die("CreateIoCompletionPort");
    return true;
}

/** Writes until a write is stuck, because nobody reads what comes back; returns
 * how many bytes the server took. */
static unsigned write_on(HANDLE pipe, OVERLAPPED *operation)
{
    static char data[MESSAGE_MAX];
    unsigned taken = 0;
    while (taken < MUTE_MAX) {
        DWORD bytes;
        if (!WriteFile(pipe, data, sizeof data, NULL, operation)
            && GetLastError() != ERROR_IO_PENDING)
            break;
        if (WaitForSingleObject(operation->hEvent, QUIET_MS) != WAIT_OBJECT_0)
            break;
        if (!GetOverlappedResult(pipe, operation, &bytes, FALSE))
            break;
        taken += bytes;
    }
    return taken;
}

/** How much memory of the server is resident, in KB. */
static long resident(void)
{
    PROCESS_MEMORY_COUNTERS memory;
    if (!GetProcessMemoryInfo(server.program->process, &memory, sizeof memory))
        die("GetProcessMemoryInfo");
    return (long)(memory.WorkingSetSize / 1024);
}

/** The whole crowd comes, talks, and leaves. */
static void crowd(struct client *clients, unsigned count, const char *which)
{
    char name[80], half[MESSAGE_MAX] = "half a message, and then the rest";
    unsigned long long begun = wall_ms();
    long before = resident();
    done = compared = 0;

    OVERLAPPED operation = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    HANDLE mute = open_pipe(&server, FILE_FLAG_OVERLAPPED);
    HANDLE slow = open_pipe(&server, 0);
    unsigned taken = write_on(mute, &operation);
    DWORD written;
    bool slow_good = WriteFile(slow, half, MESSAGE_MAX / 2, &written, NULL);
    unsigned came = 0;
    while (came < count - 2 && come(&clients[came], came))
        came++;
    snprintf(name, sizeof name, "%s: %u are there at once", which, count);
    test(came == count - 2, name);
    unsigned long long connected = wall_ms();

    if (came == count - 2)
        make_round_trips(clients, came);
    snprintf(name, sizeof name, "%s: each gets its own bytes back", which);
    test(!broken && compared == (count - 2) * TRIPS, name);
    long all = resident();
    unsigned long long served = wall_ms();

    DWORD received = 0;
    while (slow_good && received < MESSAGE_MAX / 2) {
        char reply[MESSAGE_MAX];
        slow_good = ReadFile(slow, reply, sizeof reply, &written, NULL);
        received += written;
    }
    snprintf(name, sizeof name, "%s: the slow one is served, too", which);
    test(
        slow_good && exchange(slow, half + MESSAGE_MAX / 2, MESSAGE_MAX / 2),
        name);
    snprintf(name, sizeof name, "%s: nothing is kept for who reads not", which);
    test(taken < MUTE_MAX, name);

    for (unsigned i = 0; i < came; i++)
        CloseHandle(clients[i].pipe);
    CloseHandle(slow);
    CloseHandle(mute);
    WaitForSingleObject(operation.hEvent, LIMIT_MS);
    CloseHandle(operation.hEvent);
    printf(
        "# %s: %u messages compared; connected in %llu ms, served in %llu "
        "ms; resident memory %ld KB, then %ld KB: %.1f KB a client\n",
        which,
        compared,
        connected - begun,
        served - connected,
        before,
        all,
        (double)(all - before) / count);
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    unsigned count = argc == 4 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    if (count < CLIENTS_MIN || count > CLIENTS_MAX) {
        fprintf(stderr, "usage: load_servers FOLDER NUMBER CLIENTS\n");
        return EXIT_USAGE;
    }
    struct client *clients = calloc(count, sizeof *clients);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (clients == NULL || port == NULL)
        die("CreateIoCompletionPort");

    end_after(8);
    wchar_t name[80];
    _snwprintf(name, ARRAYSIZE(name), L"\\\\.\\pipe\\pipework-%hs", argv[2]);
    start_server(&server, argv[1], name);
    unsigned before = settled_handles(&server, 0);
    crowd(clients, count, "first");
    unsigned between = settled_handles(&server, 0);
    crowd(clients, count, "again");
    unsigned after = settled_handles(&server, between);
    test(after <= between, "the second crowd leaves no more handles");
    printf(
        "# handles: %u before, %u after the first crowd, %u after the second\n",
        before,
        between,
        after);
    return end_server(&server);
}
