/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Keeps the board: memory without a file lives as long as somebody has
 * it open.
 *
 * Usage: `keeper` keeps the board until `keeper end` is started.
 *
 * Read board.c first, then this, writer.c and reader.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "board.h"
#include "common/console.h"
#include "common/error.h"

/** Set: the board is no longer needed. */
#define END_NAME L"Local\\pipework-16-end"

/** Holds the board until somebody sets the event. */
static void keep_board(void)
{
    struct access access = open_board();
    HANDLE end = CreateEventW(
        NULL,   // default security
        TRUE,   // manual reset
        FALSE,  // not set
        END_NAME);
    if (end == NULL)
        die("CreateEventW");
    printf("ready\n");
    fflush(stdout);

    if (WaitForSingleObject(end, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    take_lock(access.lock);
    repair_board(access.board);
    uint32_t written = access.board->written;
    release_lock(access.lock);
    printf("%u notes in all\n", written);
    CloseHandle(end);
    close_board(&access);
}

/** Opens the event by which the keeper is told to end. */
static HANDLE open_end(void)
{
    HANDLE end = OpenEventW(EVENT_MODIFY_STATE, FALSE, END_NAME);
    if (end == NULL)
        die("OpenEventW");
    return end;
}

static void end_keeper(void)
{
    HANDLE end = open_end();
    if (!SetEvent(end))
        die("SetEvent");
    CloseHandle(end);
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    if (argc == 1)
        keep_board();
    else if (argc == 2 && strcmp(argv[1], "end") == 0)
        end_keeper();
    else {
        fprintf(stderr, "usage: keeper [end]\n");
        return EXIT_USAGE;
    }
    return EXIT_SUCCESS;
}
