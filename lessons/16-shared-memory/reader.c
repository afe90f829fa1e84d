/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Prints the notes on the board. It may only read.
 *
 * Usage: `reader`
 *
 * @see
 * https://learn.microsoft.com/windows/win32/memory/file-mapping-security-and-access-rights
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "board.h"
#include "common/console.h"
#include "common/error.h"

/** Opens the board, if there is one, for reading. */
static struct access open_for_reading(void)
{
    struct access access;
    access.lock = OpenMutexW(
        SYNCHRONIZE,  // to wait for it
        FALSE,        // not inherited
        LOCK_NAME);
    if (access.lock == NULL)
        die("OpenMutexW");

    access.mapping = OpenFileMappingW(
        FILE_MAP_READ,
        FALSE,  // not inherited
        BOARD_NAME);
    if (access.mapping == NULL)
        die("OpenFileMappingW");

    access.board = MapViewOfFile(
        access.mapping,
        FILE_MAP_READ,
        0,                      // from its beginning, upper half
        0,                      // lower half
        sizeof(struct board));  // fails if the board is smaller
    if (access.board == NULL)
        die("MapViewOfFile");
    return access;
}

/** Prints the notes, the oldest first, and leaves out what is half done. */
static void print_notes(const struct board *board)
{
    uint32_t last = board->written;
    uint32_t first = last >= NOTES_MAX ? last - NOTES_MAX + 1 : 1;
    for (uint32_t n = first; n <= last; n++) {
        const struct note *note = &board->notes[n % NOTES_MAX];
        if (note->number == n)
            printf("%u: %s\n", n, note->text);
    }
    if (board->changing > last)
        printf("note %u is not whole\n", board->changing);
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    (void)argv;
    if (argc != 1) {
        fprintf(stderr, "usage: reader\n");
        return EXIT_USAGE;
    }
    struct access access = open_for_reading();
    struct board copy;
    bool abandoned = take_lock(access.lock);
    memcpy(&copy, access.board, sizeof copy);
    release_lock(access.lock);
    close_board(&access);

    if (copy.version != BOARD_VERSION) {
        fprintf(stderr, "the board's version is %u\n", copy.version);
        return EXIT_FAILURE;
    }
    if (abandoned)
        printf("the last owner of the lock ended inside\n");
    print_notes(&copy);
    return EXIT_SUCCESS;
}
