/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Texts through the fast ring.
 *
 * Usage: `fast read COUNT` prints so many texts; `fast write TEXT...` puts
 * them. One reader and one writer at a time.
 *
 * Read ring.h first.
 */
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

static void read_texts(long count)
{
    char text[TEXT_SIZE];
    struct ring ring = open_ring(RING_NAME, SPINS);
    printf("ready\n");
    fflush(stdout);
    for (long i = 0; i < count; i++) {
        ring_read(&ring, text, sizeof text);
        printf("%.*s\n", TEXT_SIZE, text);
        fflush(stdout);
    }
    close_ring(&ring);
}

static void write_texts(char *const *texts)
{
    struct ring ring = open_ring(RING_NAME, SPINS);
    for (; *texts != NULL; texts++) {
        char text[TEXT_SIZE] = {0};
        snprintf(text, sizeof text, "%s", *texts);
        ring_write(&ring, text, sizeof text);
    }
    close_ring(&ring);
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    if (count > 0 && strcmp(argv[1], "read") == 0)
        read_texts(count);
    else if (argc > 2 && strcmp(argv[1], "write") == 0)
        write_texts(argv + 2);
    else {
        fprintf(stderr, "usage: fast read COUNT | write TEXT...\n");
        return EXIT_USAGE;
    }
    return EXIT_SUCCESS;
}
