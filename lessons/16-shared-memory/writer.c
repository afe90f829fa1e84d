/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Writes notes on the board.
 *
 * Usage: `writer TEXT...` writes each text as a note. `writer -x TEXT` ends in
 * the middle of it, as a program does that crashes or is killed.
 *
 * @see https://learn.microsoft.com/windows/win32/sync/mutex-objects
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "board.h"
#include "common/console.h"
#include "common/error.h"

/** Writes a note, or a half of it. The caller has the lock. */
static uint32_t write_note(struct board *board, const char *text, bool half)
{
    uint32_t number = board->written + 1;
    struct note *note = &board->notes[number % NOTES_MAX];

    /* From here on nobody shall trust this place, whatever becomes of us. */
    atomic_store(&board->changing, number);
    atomic_thread_fence(memory_order_seq_cst);

    note->number = number;
    memset(note->text, 0, sizeof note->text);
    memcpy(note->text, text, strlen(text) / (half ? 2 : 1));
    if (half && !TerminateProcess(GetCurrentProcess(), EXIT_SUCCESS))
        die("TerminateProcess");  // else ended: nobody gives the lock back

    atomic_store(&board->written, number);  // behind it, the note is whole
    atomic_store(&board->changing, 0);
    return number;
}

/** Adds a note to the board, whoever has been there before. */
static void add_note(struct access *access, const char *text, bool half)
{
    bool abandoned = take_lock(access->lock);

    /* The memory says whether something is half done. "Abandoned" is told only
     * to the next owner, and that may have been a reader. */
    uint32_t lost = repair_board(access->board);
    uint32_t number = write_note(access->board, text, half);
    release_lock(access->lock);

    if (abandoned)
        printf("the last owner of the lock ended inside\n");
    if (lost != 0)
        printf("half of note %u thrown away\n", lost);
    printf("%u: %s\n", number, text);
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    bool half = argc > 1 && strcmp(argv[1], "-x") == 0;
    int first = half ? 2 : 1;
    for (int i = first; i < argc; i++)
        if (strlen(argv[i]) >= TEXT_MAX)
            argc = 0;
    if (argc <= first || (half && argc != 3)) {
        fprintf(
            stderr,
            "usage: writer [-x] TEXT...   (up to %d bytes each)\n",
            TEXT_MAX - 1);
        return EXIT_USAGE;
    }
    struct access access = open_board();
    for (int i = first; i < argc; i++)
        add_note(&access, argv[i], half);
    close_board(&access);
    return EXIT_SUCCESS;
}
