/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Opens, guards and repairs the board of notes.
 *
 * Read open_board first, then take_lock and repair_board.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/memory/creating-named-shared-memory
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "board.h"
#include "common/error.h"

/** Ends the program: the memory is not the board that it knows. */
static _Noreturn void refuse(const char *why, size_t number)
{
    fprintf(stderr, "this is another board: %s %zu\n", why, number);
    exit(EXIT_FAILURE);
}

/** Makes a memory of zeros a board. The caller has the lock. */
static void prepare_board(struct board *board)
{
    board->notes_max = NOTES_MAX;

    /* Last of all: whoever sees the version sees the rest, too. */
    atomic_store(&board->version, BOARD_VERSION);
}

struct access open_board(void)
{
    struct access access;
    access.lock = CreateMutexW(
        NULL,   // default security
        FALSE,  // not ours from the start: it may be there already
        LOCK_NAME);
    if (access.lock == NULL)
        die("CreateMutexW");

    access.mapping = CreateFileMappingW(
        INVALID_HANDLE_VALUE,  // no file
        NULL,                  // default security
        PAGE_READWRITE,
        0,                     // size, upper half
        sizeof(struct board),  // lower half; void if it is there already
        BOARD_NAME);
    if (access.mapping == NULL)
        die("CreateFileMappingW");

    access.board = MapViewOfFile(
        access.mapping,
        FILE_MAP_WRITE,
        0,   // from its beginning, upper half
        0,   // lower half
        0);  // up to its end
    if (access.board == NULL)
        die("MapViewOfFile");

    /* Who came first has chosen the size. */
    MEMORY_BASIC_INFORMATION view;
    if (VirtualQuery(access.board, &view, sizeof view) == 0)
        die("VirtualQuery");
    if (view.RegionSize < sizeof(struct board))
        refuse("its size is", view.RegionSize);

    /* Who finds it ready need not wait; who does not looks again inside. */
    if (atomic_load(&access.board->version) == 0) {
        take_lock(access.lock);
        if (atomic_load(&access.board->version) == 0)
            prepare_board(access.board);
        release_lock(access.lock);
    }
    if (access.board->version != BOARD_VERSION)
        refuse("its version is", access.board->version);
    return access;
}

void close_board(struct access *access)
{
    if (!UnmapViewOfFile(access->board))
        die("UnmapViewOfFile");
    CloseHandle(access->mapping);
    CloseHandle(access->lock);
}

bool take_lock(HANDLE lock)
{
    switch (WaitForSingleObject(lock, INFINITE)) {
    case WAIT_OBJECT_0:
        return false;
    case WAIT_ABANDONED:
        return true;
    default:
        die("WaitForSingleObject");
    }
}

void release_lock(HANDLE lock)
{
    if (!ReleaseMutex(lock))
        die("ReleaseMutex");
}

uint32_t repair_board(struct board *board)
{
    uint32_t number = board->changing;
    bool half = number > board->written;
    if (half)
        memset(&board->notes[number % NOTES_MAX], 0, sizeof(struct note));
    atomic_store(&board->changing, 0);
    return half ? number : 0;
}
