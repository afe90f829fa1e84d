/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The programs of one check, and what the check expects of them.
 *
 * Each step below ends the check by fail_check() when it does not succeed
 * before the check's deadline; the report then says what every program was
 * doing. Programs are built with the lens, so that a check can hold them at a
 * call, make a call fail and see what they called.
 */
#ifndef CHECKS_SCENE_H
#define CHECKS_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>

#include "checks/harness/program.h"
#include "lens/reader.h"
#include "lens/record.h"

/** What a program is started with, besides its command line. */
struct conditions {
    const char *gate;  /**< where it halts: `ConnectNamedPipe:1`, or NULL;
                            several are parted by commas */
    const char *fault; /**< what fails: `ReadFile:1:109`, or NULL; `other` is
                            other_error(): `ReadFile:1:other` */
    bool keyboard;     /**< somebody sits there: type_text(); else its input
                            is empty */
};

/**
 * Names the folder of the graded programs, and the lesson's (or NULL), where
 * those are looked for that the graded folder does not have.
 * @return false if the graded folder has no program at all
 */
bool set_folders(const char *graded, const char *lesson);

/** Tells whether the graded folder itself has this program. */
bool graded_folder_has(const char *name);

/**
 * A program of the lesson, as a word of a command line: in quotes, with its
 * path; for programs that start it.
 * @return valid until the fourth call from now
 */
const char *lesson_program(const char *name);

/**
 * Makes everything ready for a check: a job, a record, a fresh suffix.
 * @param limit_ms how long the check may take, in milliseconds
 */
void open_scene(unsigned limit_ms);

/** Ends all programs of the check and releases what belongs to it. */
void clear_scene(void);

/**
 * When the running check has to be done, as of now_ms(). To be asked again in
 * each round of a wait: it is over as soon as nothing can come any more, since
 * all programs stand or one computes without an end.
 */
unsigned long long scene_deadline(void);

/**
 * The name of an object as the programs of this check know it.
 * @param name   the lesson's, for instance PIPE_NAME
 * @return @p name with the check's suffix, valid until the next call
 */
const wchar_t *scene_name(const wchar_t *name);

/** Starts a program: `server 2`. It belongs to the check. */
struct program *start(const char *command_line);

/** Starts a program under conditions: with a gate or a fault. */
struct program *start_with(
    const char *command_line, const struct conditions *conditions);

/**
 * The record of a call that the program made.
 * @param call the function's name
 * @param nth  which one, from 1
 * @return the record, or NULL when there was no such call
 */
const struct lens_record *find_call(
    const struct program *program, const char *call, uint32_t nth);

/**
 * The record of the next call that the program made of a function: for loops
 * over all of them.
 * @param call   the function's name
 * @param cursor where to go on, 0 at first; set behind the record
 * @return the record, or NULL when there is no more, so far
 */
const struct lens_record *next_call(
    const struct program *program, const char *call, uint32_t *cursor);

/** How often the program has called a function so far. */
uint32_t count_calls(const struct program *program, const char *call);

/**
 * A number among the arguments of a call.
 * @param record a call, or NULL
 * @param name   the argument's name in the lens's table: "mode"
 * @param number gets it
 * @return false if there is no such argument
 */
bool call_argument(
    const struct lens_record *record, const char *name,
    unsigned long long *number);

/**
 * Tells whether waiting for a reply is in vain: every program has one thread,
 * is inside ReadFile, and has read all that the check sent.
 * @param sent how many bytes the check sent in all
 */
bool all_read_and_wait(unsigned long long sent);

/* What follows is of use to the harness itself, and where a check looks at the
 * record as a whole. */

/** How long a program may take to end before it is described, and between two
 * looks of a check that waits, in ms. */
enum { LAST_WORDS_MS = 200, LOOK_AGAIN_MS = 15 };

/** The cause of what a program has done with memory that is not its own. */
#define WRONG_MEMORY                                                           \
    "memory is used that is not, or no longer, its own: count its bytes, and " \
    "ask who needs it how long"

/** The programs of the running check, in the order of their start, or NULL. */
struct program *scene_program(size_t index);

/** What the lens records of them. */
const struct lens_view *scene_view(void);

/** How long the check may take in all, in milliseconds. */
unsigned scene_limit_ms(void);

/** The job of the programs. */
HANDLE scene_job(void);

/** Tells whether the check has started programs, and all have ended. */
bool all_have_ended(void);

/** Tells whether a process runs that the check itself did not start. */
bool someone_is_left(void);

#endif
