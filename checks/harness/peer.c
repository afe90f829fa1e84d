/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The check's own end of a pipe.
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/describe.h"
#include "checks/harness/diagnosis.h"
#include "checks/harness/expect.h"
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"
#include "checks/harness/still.h"
#include "common/error.h"

enum { PEERS_MAX = 512, SHOWN = 12 };

#define CAN_OPEN "a client can open the pipe"
#define TAKES    "the other side takes what the check sends"

struct peer {
    HANDLE pipe;           // NULL: not used
    OVERLAPPED operation;  // the one that is under way
};

/** How often a waiting read looks whether it waits in vain, in ms. */
enum { LOOK_MS = 20 };

/* How many bytes the check has sent in all. */
static unsigned long long sent;

static struct peer peers[PEERS_MAX];

/** Takes a free place and gives it an event. */
static struct peer *new_peer(void)
{
    for (size_t i = 0; i < PEERS_MAX; i++)
        if (peers[i].pipe == NULL) {
            memset(&peers[i], 0, sizeof peers[i]);
            peers[i].operation.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
            if (peers[i].operation.hEvent == NULL)
                environment_trouble("CreateEventW", "the check's own pipe");
            return &peers[i];
        }
    SetLastError(ERROR_TOO_MANY_OPEN_FILES);
    environment_trouble("CreateFileW", "the check's own pipe");
}

/** Ends the check because a call of its own failed. */
static _Noreturn void fail_call(
    const char *expected, const char *call, DWORD code)
{
    char text[200];
    const char *name = error_name(code);
    snprintf(
        text,
        sizeof text,
        "the check's own %s gave error %lu%s%s",
        call,
        code,
        name != NULL ? ", " : "",
        name != NULL ? name : "");
    fail_scene(expected, text);
}

/** Opens a pipe for overlapped operations. Who waits for a client may move. */
static HANDLE open_pipe(const wchar_t *name, DWORD access)
{
    still_stir();
    return CreateFileW(
        scene_name(name),
        access,
        0,              // no sharing
        NULL,           // default security
        OPEN_EXISTING,  // pipes are not created here
        FILE_FLAG_OVERLAPPED,
        NULL);  // no template
}

struct peer *connect_peer_as(const wchar_t *name, DWORD access, DWORD read_mode)
{
    struct peer *peer = new_peer();
    HANDLE pipe = open_pipe(name, access);
    if (pipe == INVALID_HANDLE_VALUE)
        fail_call(CAN_OPEN, "CreateFileW", GetLastError());
    peer->pipe = pipe;
    if (read_mode != 0
        && !SetNamedPipeHandleState(pipe, &read_mode, NULL, NULL))
        fail_call(
            "a client can set its read mode",
            "SetNamedPipeHandleState",
            GetLastError());
    return peer;
}

struct peer *connect_peer(const wchar_t *name)
{
    return connect_peer_as(name, GENERIC_READ | GENERIC_WRITE, 0);
}

struct peer *connect_peer_waiting(const wchar_t *name)
{
    struct peer *peer = new_peer();
    for (;;) {
        HANDLE pipe = open_pipe(name, GENERIC_READ | GENERIC_WRITE);
        if (pipe != INVALID_HANDLE_VALUE) {
            peer->pipe = pipe;
            return peer;
        }
        if (GetLastError() != ERROR_PIPE_BUSY)
            fail_call(CAN_OPEN, "CreateFileW", GetLastError());
        DWORD left = ms_until(scene_deadline());
        if (left == 0)
            fail_late(CAN_OPEN);
        /* Another one may take the instance first: then once more. */
        if (!WaitNamedPipeW(scene_name(name), left)
            && GetLastError() != ERROR_SEM_TIMEOUT)
            fail_call(CAN_OPEN, "WaitNamedPipeW", GetLastError());
    }
}

DWORD try_connect(const wchar_t *name, DWORD access)
{
    HANDLE pipe = open_pipe(name, access);
    if (pipe == INVALID_HANDLE_VALUE)
        return GetLastError();
    CloseHandle(pipe);
    return ERROR_SUCCESS;
}

struct peer *create_peer_as(const wchar_t *name, const struct peer_pipe *how)
{
    struct peer *peer = new_peer();
    DWORD buffer = how->buffer != 0 ? how->buffer : 4096;
    HANDLE pipe = CreateNamedPipeW(
        scene_name(name),
        (how->access != 0 ? how->access : PIPE_ACCESS_DUPLEX)
            | FILE_FLAG_OVERLAPPED,
        how->mode | PIPE_REJECT_REMOTE_CLIENTS,
        how->instances != 0 ? how->instances : 1,
        buffer,
        buffer,
        how->timeout_ms != 0 ? how->timeout_ms : 50,
        NULL);  // default security
    if (pipe == INVALID_HANDLE_VALUE)
        environment_trouble("CreateNamedPipeW", "the check's own pipe");
    peer->pipe = pipe;
    return peer;
}

struct peer *create_peer(const wchar_t *name)
{
    return create_peer_as(name, &(struct peer_pipe){0});
}

/**
 * Waits for the operation that a call has begun.
 * @param begun what the call returned
 * @param bytes gets the count
 * @return 0, or the error with which it ended; WAIT_TIMEOUT: it did not, and
 *         is cancelled
 */
static DWORD finish(struct peer *peer, BOOL begun, DWORD *bytes)
{
    DWORD error = begun ? ERROR_SUCCESS : GetLastError();
    *bytes = 0;
    if (error != ERROR_SUCCESS && error != ERROR_IO_PENDING)
        return error;
    bool late = wait_for_any(&peer->operation.hEvent, 1) == WAIT_TIMEOUT;
    if (late)
        CancelIoEx(peer->pipe, &peer->operation);
    /* Also after a cancel: the structure is the system's until the end. */
    BOOL done = GetOverlappedResult(peer->pipe, &peer->operation, bytes, TRUE);
    error = done ? ERROR_SUCCESS : late ? WAIT_TIMEOUT : GetLastError();
    still_stir();
    return error;
}

void accept_peer(struct peer *peer)
{
    DWORD bytes;
    BOOL begun = ConnectNamedPipe(peer->pipe, &peer->operation);
    DWORD error = begun ? ERROR_SUCCESS : GetLastError();
    /* It came before this call; with 232 it has left again, too. */
    if (error == ERROR_PIPE_CONNECTED || error == ERROR_NO_DATA)
        return;
    while (error == ERROR_IO_PENDING
           && WaitForSingleObject(peer->operation.hEvent, LOOK_MS)
                  == WAIT_TIMEOUT
           && ms_until(scene_deadline()) > 0)
        if (all_have_ended() && !HasOverlappedIoCompleted(&peer->operation))
            fail_scene("a client opens the pipe", "nobody came");
    SetLastError(error);
    error = finish(peer, begun, &bytes);
    if (error == WAIT_TIMEOUT)
        fail_late("a client opens the pipe");
    if (error != ERROR_SUCCESS)
        fail_call("a client opens the pipe", "ConnectNamedPipe", error);
}

/** Waits for data that a read asked for, but not when none can come. */
static DWORD finish_read(struct peer *peer, BOOL begun, DWORD *bytes)
{
    DWORD error = begun ? ERROR_SUCCESS : GetLastError();
    while (error == ERROR_IO_PENDING
           && WaitForSingleObject(peer->operation.hEvent, LOOK_MS)
                  == WAIT_TIMEOUT
           && ms_until(scene_deadline()) > 0 && !all_read_and_wait(sent)) {
    }
    if (error == ERROR_IO_PENDING
        && !HasOverlappedIoCompleted(&peer->operation)) {
        CancelIoEx(peer->pipe, &peer->operation);
        GetOverlappedResult(peer->pipe, &peer->operation, bytes, TRUE);
        return WAIT_TIMEOUT;
    }
    SetLastError(error);
    return finish(peer, begun, bytes);
}

/** Shows bytes as C text: "hello\x00", with their number. */
static const char *show_bytes(
    const void *data, size_t size, char *text, size_t room)
{
    const unsigned char *byte = data;
    size_t used = (size_t)snprintf(text, room, "%zu bytes: \"", size);
    for (size_t i = 0; i < size && i < SHOWN; i++)
        used += (size_t)snprintf(
            text + used,
            room - used,
            byte[i] >= ' ' && byte[i] <= '~' ? "%c" : "\\x%02x",
            byte[i]);
    snprintf(text + used, room - used, "%s", size > SHOWN ? "\"..." : "\"");
    return text;
}

void begin_send(struct peer *peer, const void *data, size_t size)
{
    DWORD error = ERROR_SUCCESS;
    still_stir();
    if (!WriteFile(peer->pipe, data, (DWORD)size, NULL, &peer->operation))
        error = GetLastError();
    if (error != ERROR_SUCCESS && error != ERROR_IO_PENDING)
        fail_call(TAKES, "WriteFile", error);
}

void finish_send(struct peer *peer)
{
    DWORD bytes;
    DWORD error = finish(peer, TRUE, &bytes);
    sent += bytes;
    if (error == WAIT_TIMEOUT)
        fail_late(TAKES);
    if (error != ERROR_SUCCESS)
        fail_call(TAKES, "WriteFile", error);
}

void send_bytes(struct peer *peer, const void *data, size_t size)
{
    begin_send(peer, data, size);
    finish_send(peer);
}

size_t peek_peer(struct peer *peer)
{
    DWORD available;
    if (!PeekNamedPipe(peer->pipe, NULL, 0, NULL, &available, NULL))
        fail_call(
            "the check can look into its pipe",
            "PeekNamedPipe",
            GetLastError());
    return available;
}

/** Where two pieces of data part; at the end of the shorter one at last. */
static size_t first_difference(
    const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t i = 0;
    while (i < a_size && i < b_size && a[i] == b[i])
        i++;
    return i;
}

void expect_bytes(struct peer *peer, const void *data, size_t size)
{
    static char got[OUTPUT_LIMIT];
    char text[SHOWN * 4 + 60], expected[SHOWN * 4 + 100];
    size_t received = 0;
    snprintf(
        expected,
        sizeof expected,
        "the check gets %s",
        show_bytes(data, size, text, sizeof text));
    while (received < size) {
        DWORD bytes;
        BOOL begun = ReadFile(
            peer->pipe,
            got + received,
            (DWORD)(sizeof got - received),
            NULL,
            &peer->operation);
        DWORD error = finish_read(peer, begun, &bytes);
        received += bytes;
        if (error == WAIT_TIMEOUT && received == 0)
            fail_scene(expected, "nothing came");
        if (error != ERROR_SUCCESS && received == 0)
            fail_call(expected, "ReadFile", error);
        if (error != ERROR_SUCCESS)
            break;
    }
    if (received != size || memcmp(got, data, size) != 0)
        fail_check(
            expected,
            "%s\nthe first difference is at byte %zu, counted from 0",
            show_bytes(got, received, text, sizeof text),
            first_difference(got, received, data, size));
}

void expect_message(struct peer *peer, const void *data, size_t size)
{
    static char got[OUTPUT_LIMIT];
    char text[SHOWN * 4 + 60], expected[SHOWN * 4 + 100];
    snprintf(
        expected,
        sizeof expected,
        "the check gets one message of %s",
        show_bytes(data, size, text, sizeof text));
    DWORD bytes;
    BOOL begun = ReadFile(peer->pipe, got, sizeof got, NULL, &peer->operation);
    DWORD error = finish_read(peer, begun, &bytes);
    if (error == WAIT_TIMEOUT)
        fail_scene(expected, "nothing came");
    if (error != ERROR_SUCCESS && error != ERROR_MORE_DATA)
        fail_call(expected, "ReadFile", error);
    if (error == ERROR_MORE_DATA || bytes != size
        || memcmp(got, data, size) != 0)
        fail_check(
            expected,
            "a message of %s%s",
            show_bytes(got, bytes, text, sizeof text),
            error == ERROR_MORE_DATA ? ", and more" : "");
}

void disconnect_peer(struct peer *peer)
{
    still_stir();
    if (!DisconnectNamedPipe(peer->pipe))
        fail_call(
            "the check can disconnect its client",
            "DisconnectNamedPipe",
            GetLastError());
}

void expect_close(struct peer *peer)
{
    char data[256], text[SHOWN * 4 + 60];
    DWORD bytes;
    BOOL begun =
        ReadFile(peer->pipe, data, sizeof data, NULL, &peer->operation);
    DWORD error = finish(peer, begun, &bytes);
    if (error == WAIT_TIMEOUT)
        fail_late("the other side closes its end");
    if (error == ERROR_SUCCESS)
        fail_check(
            "the other side sends nothing more",
            "%s",
            show_bytes(data, bytes, text, sizeof text));
    if (error != ERROR_BROKEN_PIPE && error != ERROR_PIPE_NOT_CONNECTED)
        fail_call("the other side closes its end", "ReadFile", error);
}

void close_peer(struct peer *peer)
{
    still_stir();
    CloseHandle(peer->pipe);
    CloseHandle(peer->operation.hEvent);
    peer->pipe = NULL;
}

void clear_peers(void)
{
    sent = 0;
    for (size_t i = 0; i < PEERS_MAX; i++)
        if (peers[i].pipe != NULL)
            close_peer(&peers[i]);
}
