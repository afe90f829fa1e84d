/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The queue: two semaphores count, a mutex guards, two numbers tell the
 * truth.
 *
 * Read put first, then enter and leave.
 *
 * @see https://learn.microsoft.com/windows/win32/sync/semaphore-objects
 */
#include <stdio.h>
#include <windows.h>

#include "common/error.h"
#include "queue.h"

/** After so long in vain, look whether somebody has died with a token. */
enum { LOOK_MS = 250 };

struct queue open_queue(void)
{
    struct queue queue;
    queue.mapping = CreateFileMappingW(
        INVALID_HANDLE_VALUE,  // no file
        NULL,                  // default security
        PAGE_READWRITE,
        0,                            // size, upper half
        sizeof(struct queue_memory),  // size, bytes
        MEMORY_NAME);
    if (queue.mapping == NULL)
        die("CreateFileMappingW");
    queue.memory = MapViewOfFile(
        queue.mapping,
        FILE_MAP_ALL_ACCESS,
        0,                             // from the beginning, upper half
        0,                             // lower half
        sizeof(struct queue_memory));  // so many bytes
    if (queue.memory == NULL)
        die("MapViewOfFile");

    /* 183 is welcome: it is there already, and has a count of its own. */
    queue.free = CreateSemaphoreW(
        NULL,   // default security
        SLOTS,  // at first
        SLOTS,  // at most
        FREE_NAME);
    if (queue.free == NULL)
        die("CreateSemaphoreW");
    queue.filled = CreateSemaphoreW(NULL, 0, SLOTS, FILLED_NAME);
    if (queue.filled == NULL)
        die("CreateSemaphoreW");
    queue.lock = CreateMutexW(NULL, FALSE, LOCK_NAME);
    if (queue.lock == NULL)
        die("CreateMutexW");
    return queue;
}

void close_queue(struct queue *queue)
{
    CloseHandle(queue->lock);
    CloseHandle(queue->filled);
    CloseHandle(queue->free);
    if (!UnmapViewOfFile(queue->memory))
        die("UnmapViewOfFile");
    CloseHandle(queue->mapping);
}

/** Takes a token, then the lock: in this order. Tells whether it is a token,
 * and not only time to look. */
static DWORD enter(struct queue *queue, HANDLE semaphore)
{
    DWORD result = WaitForSingleObject(semaphore, LOOK_MS);
    if (result == WAIT_FAILED)
        die("WaitForSingleObject");
    /* WAIT_ABANDONED is as good: a text counts when `put` has counted it, so
     * nothing is ever half done. */
    if (WaitForSingleObject(queue->lock, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    return result;
}

static void leave(struct queue *queue)
{
    if (!ReleaseMutex(queue->lock))
        die("ReleaseMutex");
}

/** Gives one token to whoever waits. */
static void release(HANDLE semaphore)
{
    /* 298: there is one for each slot already. (Somebody was only slow, and has
     * been taken for dead.) */
    if (!ReleaseSemaphore(semaphore, 1, NULL)
        && GetLastError() != ERROR_TOO_MANY_POSTS)
        die("ReleaseSemaphore");
}

bool put(struct queue *queue, const char *text, uint32_t *number)
{
    struct queue_memory *memory = queue->memory;
    DWORD result = enter(queue, queue->free);
    bool has_room = memory->put - memory->taken < SLOTS;  // token or not
    if (has_room) {
        *number = memory->put;
        snprintf(memory->texts[*number % SLOTS], TEXT_SIZE, "%s", text);
        memory->put++;  // last: now it counts
    }
    leave(queue);
    if (!has_room)
        return false;

    release(queue->filled);
    if (result == WAIT_TIMEOUT)
        printf("a slot that nobody told of: number %u\n", *number);
    return true;
}

bool take(struct queue *queue, char text[TEXT_SIZE], uint32_t *number)
{
    struct queue_memory *memory = queue->memory;
    DWORD result = enter(queue, queue->filled);
    bool has_text = memory->put != memory->taken;  // token or not
    if (has_text) {
        *number = memory->taken;
        /* A stranger may have left out the final 0. */
        const char *slot = memory->texts[*number % SLOTS];
        snprintf(text, TEXT_SIZE, "%.*s", TEXT_SIZE - 1, slot);
        memory->taken++;
    }
    leave(queue);
    if (!has_text)
        return false;

    release(queue->free);
    if (result == WAIT_TIMEOUT)
        printf("a text that nobody told of: number %u\n", *number);
    return true;
}
