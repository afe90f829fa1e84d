/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 06: messages of any length, from anybody.
 *
 * Change what stands between each TODO(n) and its END; README.md tells the
 * task, message.h what each function promises, lessons/06-read-modes the way.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-readfile
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/error.h"
#include "message.h"
#include "protocol.h"

/** The memory for a message at first: most messages are short. */
enum { FIRST_ROOM = 4096 };

/** Gives a message memory for @p room bytes, and keeps what it holds. */
static void make_room(struct message *message, DWORD room)
{
    if (room <= message->room)
        return;
    char *data = realloc(message->data, room);
    if (data == NULL) {
        fprintf(stderr, "no memory for a message of %lu bytes\n", room);
        exit(EXIT_FAILURE);
    }
    message->data = data;
    message->room = room;
}

void set_message_mode(HANDLE pipe)
{
    /* TODO(1): set the handle to message read mode. */
    (void)pipe;  // it has the server's mode: the server made the pipe
    /* END TODO(1) */
}

enum outcome read_message(HANDLE pipe, struct message *message)
{
    /* TODO(2): read one message of any length up to MESSAGE_MAX. */
    DWORD bytes_read;
    make_room(message, FIRST_ROOM);
    if (!ReadFile(pipe, message->data, message->room, &bytes_read, NULL)) {
        if (GetLastError() == ERROR_BROKEN_PIPE)
            return READ_END;
        die("ReadFile");
    }
    message->length = bytes_read;
    return bytes_read == 0 ? READ_END : READ_MESSAGE;
    /* END TODO(2) */
}

/** Reads @p size bytes; fewer only if the other side has left. */
static DWORD read_bytes(HANDLE pipe, char *data, DWORD size)
{
    DWORD received = 0;
    while (received < size) {
        DWORD bytes_read;
        if (!ReadFile(
                pipe,
                data + received,
                size - received,
                &bytes_read,
                NULL)) {
            if (GetLastError() == ERROR_BROKEN_PIPE)
                break;
            die("ReadFile");
        }
        received += bytes_read;
    }
    return received;
}

enum outcome read_frame(HANDLE pipe, struct message *message)
{
    /* TODO(3): read one frame: the length in four bytes, then the data. */
    uint32_t length = 0;
    DWORD bytes_read;
    if (!ReadFile(pipe, &length, sizeof length, &bytes_read, NULL)) {
        if (GetLastError() == ERROR_BROKEN_PIPE)
            return READ_END;
        die("ReadFile");
    }
    make_room(message, length);
    message->length = read_bytes(pipe, message->data, length);
    return READ_MESSAGE;
    /* END TODO(3) */
}

bool write_message(HANDLE pipe, const char *data, DWORD length)
{
    DWORD bytes_written;
    if (WriteFile(pipe, data, length, &bytes_written, NULL))
        return true;
    DWORD error = GetLastError();
    if (error != ERROR_NO_DATA && error != ERROR_BROKEN_PIPE)
        die("WriteFile");
    return false;
}

bool write_frame(HANDLE pipe, const char *data, DWORD length)
{
    uint32_t prefix = length;
    return write_message(pipe, (const char *)&prefix, sizeof prefix)
           && (length == 0 || write_message(pipe, data, length));
}
