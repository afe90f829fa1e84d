/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 17: a queue of jobs that can be closed.
 *
 * Usage: `jobs put JOB...` adds jobs, `jobs take` takes them until the end,
 * `jobs close` says that no more will come. `jobs keep` keeps the queue, which
 * lives as long as somebody has it open, until Ctrl+C.
 *
 * Read struct board first, then open_queue, put, take and close_for_good.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjects
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

/* One name space for all kinds of objects: five names. */
#define BOARD_NAME  L"Local\\pipework-17-jobs-board"
#define LOCK_NAME   L"Local\\pipework-17-jobs-lock"
#define FREE_NAME   L"Local\\pipework-17-jobs-free"
#define FILLED_NAME L"Local\\pipework-17-jobs-filled"
#define CLOSED_NAME L"Local\\pipework-17-jobs-closed"

/** How many jobs wait at most, and the size of one, with its final 0. */
enum { SLOTS = 4, JOB_SIZE = 64 };

/** What all processes see, once they have the lock. All zero, it is an open
 * queue without a job. */
struct board {
    uint32_t put;     // jobs put so far
    uint32_t taken;   // jobs taken so far; the others are there
    uint32_t closed;  // 1: no more jobs may come
    char jobs[SLOTS][JOB_SIZE];
};

static struct board *board;
static HANDLE mapping;  // kept: the name goes with the last handle
static HANDLE lock;     // mutex: for the board
static HANDLE room;     // semaphore: slots that a producer may fill
static HANDLE filled;   // semaphore: jobs that a consumer may take
static HANDLE closed;   // what tells all who wait that the queue is closed

static void lock_board(void)
{
    DWORD result = WaitForSingleObject(lock, INFINITE);
    if (result == WAIT_FAILED)
        die("WaitForSingleObject");
    if (result == WAIT_ABANDONED)
        fprintf(stderr, "jobs: somebody has ended with the lock\n");
}

static void unlock_board(void)
{
    if (!ReleaseMutex(lock))
        die("ReleaseMutex");
}

/** Makes or opens all that the queue is made of. */
static void open_queue(void)
{
    mapping = CreateFileMappingW(
        INVALID_HANDLE_VALUE,  // no file
        NULL,                  // default security
        PAGE_READWRITE,
        0,              // size, upper half
        sizeof *board,  // size, bytes
        BOARD_NAME);
    if (mapping == NULL)
        die("CreateFileMappingW");
    board = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    if (board == NULL)
        die("MapViewOfFile");
    lock = CreateMutexW(NULL, FALSE, LOCK_NAME);
    if (lock == NULL)
        die("CreateMutexW");
    room = CreateSemaphoreW(NULL, SLOTS, SLOTS, FREE_NAME);
    if (room == NULL)
        die("CreateSemaphoreW");
    filled = CreateSemaphoreW(NULL, 0, SLOTS, FILLED_NAME);
    if (filled == NULL)
        die("CreateSemaphoreW");
    /* TODO(1): make `closed`, not set, of the name CLOSED_NAME. How many does
     * it wake, and what is told to somebody who comes later? */
    closed = CreateEventW(
        NULL,   // default security
        TRUE,   // manual-reset: set is set, for all
        FALSE,  // not set
        CLOSED_NAME);
    if (closed == NULL)
        die("CreateEventW");
    /* END TODO(1) */
}

/** Adds a job; waits for room. Tells whether it was accepted: an accepted job
 * is taken by somebody, one that is refused by nobody. */
static bool put(const char *job)
{
    bool accepted = false;
    /* TODO(2): wait until there is room or the queue is closed, then put the
     * job, if the queue is still open. */
    HANDLE either[] = {closed, room};
    if (WaitForMultipleObjects(2, either, FALSE, INFINITE) == WAIT_FAILED)
        die("WaitForMultipleObjects");
    lock_board();
    accepted = !board->closed;  // who has the lock knows
    if (accepted) {
        snprintf(board->jobs[board->put % SLOTS], JOB_SIZE, "%s", job);
        board->put++;
    }
    unlock_board();
    if (accepted && !ReleaseSemaphore(filled, 1, NULL))
        die("ReleaseSemaphore");
    /* END TODO(2) */
    return accepted;
}

/** Takes the first job; waits for one. Returns false at the end: the queue is
 * closed, and no job will ever be there again. */
static bool take(char job[JOB_SIZE])
{
    bool taken = false;
    /* TODO(3): wait until there is a job or the queue is closed, then take the
     * job, if there is one. */
    HANDLE either[] = {filled, closed};
    if (WaitForMultipleObjects(2, either, FALSE, INFINITE) == WAIT_FAILED)
        die("WaitForMultipleObjects");
    lock_board();
    taken = board->taken != board->put;  // also one whose token comes later
    if (taken) {
        snprintf(job, JOB_SIZE, "%s", board->jobs[board->taken % SLOTS]);
        board->taken++;
    }
    unlock_board();
    if (taken && !ReleaseSemaphore(room, 1, NULL))
        die("ReleaseSemaphore");
    /* END TODO(3) */
    return taken;
}

/** Closes the queue, for good; a second time is no mistake. */
static void close_for_good(void)
{
    /* TODO(4): from now on no job is accepted. Wake all who wait. */
    lock_board();
    board->closed = 1;
    unlock_board();
    if (!SetEvent(closed))
        die("SetEvent");
    /* END TODO(4) */
}

/** Puts all jobs; tells whether all were accepted. */
static bool put_all(char *const *jobs)
{
    bool well = true;
    for (; *jobs != NULL; jobs++) {
        bool accepted = put(*jobs);
        printf("%s %s\n", accepted ? "put" : "refused", *jobs);
        fflush(stdout);
        well = well && accepted;
    }
    return well;
}

/** Takes jobs up to the end. */
static void take_all(void)
{
    char job[JOB_SIZE];
    printf("ready\n");
    fflush(stdout);
    while (take(job)) {
        printf("took %s\n", job);
        fflush(stdout);
    }
    printf("end\n");
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    const char *role = argc > 1 ? argv[1] : "";
    bool puts_jobs = argc > 2 && strcmp(role, "put") == 0;
    bool takes = argc == 2 && strcmp(role, "take") == 0;
    bool closes = argc == 2 && strcmp(role, "close") == 0;
    bool keeps = argc == 2 && strcmp(role, "keep") == 0;
    if (!puts_jobs && !takes && !closes && !keeps) {
        fprintf(stderr, "usage: jobs put JOB... | take | close | keep\n");
        return EXIT_USAGE;
    }
    open_queue();
    bool well = true;
    if (puts_jobs)
        well = put_all(argv + 2);
    else if (takes)
        take_all();
    else if (closes)
        close_for_good();
    else {
        printf("ready\n");
        fflush(stdout);
        Sleep(INFINITE);
    }
    CloseHandle(closed);
    CloseHandle(filled);
    CloseHandle(room);
    CloseHandle(lock);
    if (!UnmapViewOfFile(board))
        die("UnmapViewOfFile");
    CloseHandle(mapping);
    return well ? EXIT_SUCCESS : EXIT_FAILURE;
}
