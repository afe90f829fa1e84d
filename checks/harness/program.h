/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Starting, watching and ending the programs of one conversation.
 *
 * Nothing here judges: each function returns what happened. scene.h turns
 * that into passed and failed checks, play.c into a transcript.
 */
#ifndef CHECKS_PROGRAM_H
#define CHECKS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>

#include "checks/harness/clock.h"

/**
 * How much of a stream is kept, in bytes, and of how many lines the order among
 * all streams is known; what comes later is only counted.
 */
enum { OUTPUT_LIMIT = 64 * 1024, LINES_LIMIT = 4096 };

/** How many gates a program can have. */
enum { GATES_MAX = 8 };

/** Two events that hold a program before a call, and let it go on. */
struct gate {
    HANDLE reached; /**< set by the lens at the gate, or NULL */
    HANDLE open;    /**< to be set to let the program go on, or NULL */
    char call[60];  /**< which call that is: `ReadFile:1` */
};

/** What a program has printed on one stream, read by a thread of its own. */
struct output {
    SRWLOCK lock;                /**< guards what follows */
    char text[OUTPUT_LIMIT + 1]; /**< line ends are `\n`; ends with a zero */
    size_t length;               /**< bytes in text */
    size_t lines;                /**< complete lines in text */
    LONG order[LINES_LIMIT];     /**< when each of them came: 1, 2, 3 ... */
    unsigned long long lost;     /**< bytes that did not fit */
    bool ended;                  /**< the stream is closed */
    HANDLE source;               /**< the pipe that the thread reads */
    HANDLE changed;              /**< auto-reset event: something is new */
    HANDLE reader;               /**< the thread */
};

/** One started program. */
struct program {
    char name[40];         /**< file name without `.exe` */
    char folder[MAX_PATH]; /**< where its file is, UTF-8 */
    HANDLE process;        /**< to wait for, and for the exit code */
    HANDLE thread;         /**< its first thread; suspended at first */
    DWORD id;              /**< process identifier */
    HANDLE changed;        /**< what both outputs signal */
    struct output out;     /**< standard output */
    struct output err;     /**< standard error */
    HANDLE ctrl_c;         /**< set: Ctrl+C is pressed; or NULL */
    HANDLE keyboard;       /**< what is written here it reads; or NULL */
    struct gate gates[GATES_MAX];
};

/** How the waiting for a program ended. */
enum wait_result {
    IN_TIME,     /**< what was waited for happened */
    ENDED_FIRST, /**< the program ended, or its output did, before that */
    TOO_LATE     /**< the deadline passed */
};

/** What a program is started with, besides its command line. */
struct launch {
    const char *folders[2];  /**< searched in this order; the second or NULL */
    const char *environment; /**< `NAME=value` strings, each ended by a zero,
                                  the last by two; or NULL */
    HANDLE job;              /**< the job that it belongs to */
    HANDLE handle;           /**< one that it inherits; or NULL */
    bool keyboard;           /**< its standard input is ours to write; else it
                                  has none */
};

/**
 * What the programs of one job may take: processes, and bytes for each. Windows
 * holds them to it; Wine 8.0 takes the limits and does nothing.
 */
enum { PROCESSES_MAX = 64, MEMORY_MAX = 512 * 1024 * 1024 };

/**
 * Makes a job that ends all its processes when its last handle is closed.
 * @return the job, or NULL (GetLastError tells why)
 */
HANDLE create_job(void);

/**
 * Counts the processes of a job that still run.
 * @param job from create_job()
 */
DWORD processes_in(HANDLE job);

/**
 * Starts a program, suspended, and the threads that read what it prints.
 * @param command_line the program's name and its arguments, UTF-8: `server 2`
 * @param how          where it is and what it gets
 * @return the program, or NULL (GetLastError tells why; 2: there is no such
 *         file). Release it with free_program().
 */
struct program *start_suspended(
    const char *command_line, const struct launch *how);

/** Lets a program run that start_suspended() made. */
void resume_program(struct program *program);

/**
 * Waits until the program has printed a line.
 * @param output   `&program->out` or `&program->err`
 * @param line     the whole line, without its end
 * @param times    how often it must have been printed
 * @param deadline when to give up, as of now_ms()
 */
enum wait_result wait_for_line(
    struct program *program, struct output *output, const char *line,
    unsigned times, unsigned long long deadline);

/**
 * Waits until the program has ended and all its output is read.
 * @param deadline  when to give up, as of now_ms()
 * @param exit_code the true 32-bit exit code, when the result is IN_TIME or
 *                  TOO_LATE with the process ended
 * @return IN_TIME; TOO_LATE: it still runs; ENDED_FIRST: it has ended, but
 *         another process keeps its output open
 */
enum wait_result wait_for_end(
    struct program *program, unsigned long long deadline, DWORD *exit_code);

/** Tells whether the program still runs. */
bool is_running(const struct program *program);

/**
 * Copies what a stream holds.
 * @param text room for OUTPUT_LIMIT + 1 bytes
 * @return the bytes copied, without the ending zero
 */
size_t copy_output(struct output *output, char *text);

/**
 * Counts the open handles of a program from outside, by trying to duplicate
 * each value that a handle can have. (GetProcessHandleCount is always 0 under
 * Wine.)
 * @param highest the highest handle value tried, for instance 4096
 */
unsigned count_handles(const struct program *program, unsigned highest);

/** Ends a program that still runs, and releases all that belongs to it. */
void free_program(struct program *program);

/**
 * Names a record of the lens: a file beside our own program. (Not in the
 * system's folder for such files: under Wine, a program that was graded before
 * can have named another one, for all that come after it.)
 * @param suffix what tells it from others
 * @param size   the room for @p path, in bytes
 * @return false on failure, and GetLastError() says why
 */
bool name_record(const char *suffix, char *path, size_t size);

/**
 * Converts UTF-8 to UTF-16.
 * @param room the size of @p wide in characters
 * @return @p wide, which is empty when the text does not fit
 */
wchar_t *widen(const char *text, wchar_t *wide, int room);

#endif
