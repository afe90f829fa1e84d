/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Puts texts into the queue.
 *
 * Usage: `producer TEXT...`
 *
 * Read queue.h first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "queue.h"

int main(int argc, char *argv[])
{
    use_utf8_console();
    if (argc < 2) {
        fprintf(stderr, "usage: producer TEXT...\n");
        return EXIT_USAGE;
    }
    struct queue queue = open_queue();
    for (int i = 1; i < argc; i++) {
        uint32_t number;
        while (!put(&queue, argv[i], &number)) {
            // full: try again
        }
        printf("put number %u\n", number);
        fflush(stdout);
    }
    close_queue(&queue);
    return EXIT_SUCCESS;
}
