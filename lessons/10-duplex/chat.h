/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Two people talk over a pipe, both at any time.
 */
#ifndef CHAT_10_H
#define CHAT_10_H

#include <windows.h>

/** Makes a manual-reset event that is not set; CloseHandle releases it. */
HANDLE create_event(void);

/**
 * Waits until an operation that has begun is over; cancels it when the chat is
 * to end. In both cases it is over then.
 *
 * @param pipe       its handle, opened with FILE_FLAG_OVERLAPPED
 * @param operation  its structure, with an event of its own
 * @param stop       an event that is set when the chat is to end
 * @param bytes      gets how many were moved
 * @return 0; ERROR_OPERATION_ABORTED: it was cancelled; 109, 232, 233: the
 *         other has left. Any other failure ends the program.
 */
DWORD finish(HANDLE pipe, OVERLAPPED *operation, HANDLE stop, DWORD *bytes);

/**
 * Talks until the other leaves, the input ends or the event is set. Then no
 * operation is under way, and nobody begins one: the handles may be closed.
 *
 * @param pipe   connected, opened with FILE_FLAG_OVERLAPPED
 * @param stop   a manual-reset event: the chat is to end
 * @param count  how many lines there are
 * @param lines  are said before the keyboard is read, each shorter than
 *               TEXT_MAX; for `-` nothing is said until the other has said
 *               something
 */
void chat(HANDLE pipe, HANDLE stop, int count, char *lines[]);

#endif
