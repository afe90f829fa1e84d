/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Takes texts from the queue and prints them.
 *
 * Usage: `consumer [COUNT]`: ends after that many texts; at Ctrl+C, when it has
 * taken what is there.
 *
 * Read queue.h first.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"
#include "queue.h"

static volatile bool stopping;

/** Windows calls this at Ctrl+C, on a thread of its own. */
static BOOL WINAPI on_ctrl_c(DWORD event)
{
    (void)event;
    stopping = true;
    return TRUE;  // it is handled: nobody dies with a token
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : LONG_MAX;
    if (count < 1 || argc > 2) {
        fprintf(stderr, "usage: consumer [COUNT]\n");
        return EXIT_USAGE;
    }
    if (!SetConsoleCtrlHandler(on_ctrl_c, TRUE))
        die("SetConsoleCtrlHandler");
    struct queue queue = open_queue();
    printf("ready\n");
    fflush(stdout);

    while (count > 0) {
        char text[TEXT_SIZE];
        uint32_t number;
        if (take(&queue, text, &number)) {
            printf("took number %u: %s\n", number, text);
            fflush(stdout);
            count--;
        } else if (stopping)
            break;
    }
    close_queue(&queue);
    return EXIT_SUCCESS;
}
