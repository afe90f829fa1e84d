/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the load tests share: the server, its clients' pipes, the tests.
 */
#ifndef LOAD_CROWD_H
#define LOAD_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>

#include "checks/harness/program.h"

/** For whatever may hang, in milliseconds. */
enum { LIMIT_MS = 10000 };

/** The server under load. */
struct crowded {
    struct program *program;
    HANDLE ctrl_c;          /**< set: Ctrl+C is pressed */
    wchar_t pipe[120];      /**< the name of its pipe, with the suffix */
    unsigned handles_up_to; /**< the highest value that a handle may have */
};

/** Ends the load test, as a failed one, when it takes longer. */
void end_after(unsigned minutes);

/**
 * Starts the server and waits until it is ready; ends the test if it is not.
 * @param folder    where server.exe is, built with the lens
 * @param pipe_name the name of its pipe, without a suffix
 */
void start_server(
    struct crowded *server, const char *folder, const wchar_t *pipe_name);

/**
 * Opens the server's pipe, and waits while all instances are taken.
 * @param flags 0 or FILE_FLAG_OVERLAPPED
 * @return the pipe, or INVALID_HANDLE_VALUE: GetLastError tells why
 */
HANDLE open_pipe(const struct crowded *server, DWORD flags);

/** Sends bytes; false if others come back, or none. At most 4,096. */
bool exchange(HANDLE pipe, const void *data, DWORD size);

/** One client that says hello: the server then sees who has left. */
void visit(const struct crowded *server);

/**
 * Counts the server's handles, with visits between, until there are no more
 * than @p wanted or, with 0, until the number stays.
 */
unsigned settled_handles(const struct crowded *server, unsigned wanted);

/** Prints the line of a test, and remembers a failure. */
bool test(bool good, const char *what);

/**
 * The last two tests: no error was reported, and Ctrl+C ends the server with 0.
 * Releases the server and prints the plan.
 * @return the exit status of the load test
 */
int end_server(struct crowded *server);

#endif
