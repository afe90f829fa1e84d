/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Takes texts from the queue and prints them.
 *
 * Usage: `consumer [COUNT]`: ends after that many texts, or at Ctrl+C.
 *
 * Read queue.h first.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "queue.h"

int main(int argc, char *argv[])
{
    use_utf8_console();
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : LONG_MAX;
    if (count < 1 || argc > 2) {
        fprintf(stderr, "usage: consumer [COUNT]\n");
        return EXIT_USAGE;
    }
    struct queue queue = open_queue();
    printf("ready\n");
    fflush(stdout);

    char text[TEXT_SIZE];
    for (long i = 0; i < count; i++) {
        uint32_t number = take(&queue, text);
        printf("took number %u: %s\n", number, text);
        fflush(stdout);
    }
    close_queue(&queue);
    return EXIT_SUCCESS;
}
