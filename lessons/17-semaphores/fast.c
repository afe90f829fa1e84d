/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Texts through the fast ring.
 *
 * Usage: `fast read` makes the ring and prints each text until the writer has
 * left; `fast write TEXT...` puts them.
 *
 * Read ring.h first.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "ring.h"

#define RING_NAME L"Local\\pipework-17-ring"

/** Each text goes as so many bytes, the last ones 0. */
enum { TEXT_SIZE = 64 };

/** Prints each text until the writer has left. */
static int read_texts(void)
{
    struct ring ring;
    if (!make_ring(&ring, RING_NAME, SPINS)) {
        fprintf(stderr, "fast read: the ring is in use\n");
        return EXIT_FAILURE;
    }
    printf("ready\n");
    fflush(stdout);
    char text[TEXT_SIZE];
    while (ring_read(&ring, text, sizeof text)) {
        printf("%.*s\n", TEXT_SIZE, text);
        fflush(stdout);
    }
    bool whole = ring.memory->is_whole;
    if (!whole)
        fprintf(stderr, "fast read: the writer has died\n");
    close_ring(&ring);
    return whole ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int write_texts(char *const *texts)
{
    struct ring ring;
    if (!join_ring(&ring, RING_NAME, SPINS)) {
        fprintf(stderr, "fast write: there is no ring that wants a writer\n");
        return EXIT_FAILURE;
    }
    bool written = true;
    for (; written && *texts != NULL; texts++) {
        char text[TEXT_SIZE] = {0};
        snprintf(text, sizeof text, "%s", *texts);
        written = ring_write(&ring, text, sizeof text);
    }
    if (written)
        ring_end(&ring);
    else
        fprintf(stderr, "fast write: the reader has left\n");
    close_ring(&ring);
    return written ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    if (argc == 2 && strcmp(argv[1], "read") == 0)
        return read_texts();
    if (argc > 2 && strcmp(argv[1], "write") == 0)
        return write_texts(argv + 2);
    fprintf(stderr, "usage: fast read | write TEXT...\n");
    return EXIT_USAGE;
}
