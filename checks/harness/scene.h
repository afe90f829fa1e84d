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
#include "lens/record.h"

/** What a program is started with, besides its command line. */
struct conditions {
    const char *gate;  /**< where it halts: `ConnectNamedPipe:1`, or NULL;
                            several are parted by commas */
    const char *fault; /**< what fails: `ReadFile:1:109`, or NULL; `other` is
                            other_error(): `ReadFile:1:other` */
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

/** Expects a line on standard output; @p times counts from the start. */
void expect_line(struct program *program, const char *line, unsigned times);

/** Waits until the program has reached its first gate, before the call. */
void wait_at_gate(struct program *program);

/** Lets the program go on from its first gate. */
void open_gate(struct program *program);

/** The same for one of several gates; @p index counts from 0. */
void wait_at_gate_number(struct program *program, size_t index);
void open_gate_number(struct program *program, size_t index);

/**
 * Waits until the program is inside a call: in its real part, not at a gate.
 * @param call the function's name
 * @param nth  which one, from 1
 */
void wait_inside(struct program *program, const char *call, uint32_t nth);

/**
 * Waits until a call of the program has returned.
 * @return its record
 */
const struct lens_record *wait_called(
    struct program *program, const char *call, uint32_t nth);

/**
 * Presses Ctrl+C: the lens calls the program's handlers as Windows does, or
 * ends the program if there is none.
 */
void press_ctrl_c(struct program *program);

/**
 * Waits until one of some objects is signalled, as long as the check may take.
 * @return as WaitForMultipleObjects
 */
DWORD wait_for_any(const HANDLE *objects, DWORD count);

/**
 * Waits until a program has ended and all its output is read, as wait_for_end()
 * does, as long as the check may take.
 */
enum wait_result wait_for_scene_end(struct program *program, DWORD *exit_code);

/** Expects the program to end with this exit status. */
void expect_end(struct program *program, DWORD status);

/** Expects the program to have printed nothing on standard error. */
void expect_no_errors(struct program *program);

/** Expects exactly these lines on standard output, of a program that ended. */
void expect_output(struct program *program, const char *lines);

/** Tells whether a number stands in a text, not as part of a longer one. */
bool has_number(const char *text, DWORD number);

/**
 * Expects an error message that names the call and the code, in whatever
 * words, on standard error.
 */
void expect_error(struct program *program, const char *call, DWORD code);

/** Expects that the program ends with EXIT_FAILURE, and such a message. */
void expect_failure(struct program *program, const char *call, DWORD code);

/**
 * Expects that the program, which has ended, left no handle open and no memory
 * without a pointer to it.
 * @note The lens sees the handles that the calls of its table opened.
 */
void expect_no_leak(struct program *program);

/**
 * Expects that the program, so far, used only memory that is its own: nothing
 * beside a block or behind an array, nothing that it has freed, and no buffer
 * of an operation that goes on where its function has returned. expect_end()
 * looks, too.
 */
void expect_right_memory(const struct program *program);

/**
 * Expects that the program passed only open handles to CloseHandle: what it
 * closes a second time may be another one's by then.
 */
void expect_no_bad_close(struct program *program);

/**
 * Expects that the program's calls so far hold no mistake that Wine forgives
 * and Windows does not: a maximum that none has, rights that are missing,
 * FILE_FLAG_OVERLAPPED without an OVERLAPPED or the other way round, and a call
 * on a synchronous handle while another thread reads from it.
 */
void expect_right_on_windows(const struct program *program);

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

/**
 * Ends the check: what it expects can't come any more. Says what every program
 * is doing.
 * @param seen what the check itself saw, or NULL
 */
_Noreturn void fail_scene(const char *expected, const char *seen);

/** Ends the check: it waited in vain, until its deadline or until nothing could
 * come any more. */
_Noreturn void fail_late(const char *expected);

/** Ends the check: says what this program is doing or how it ended. */
_Noreturn void fail_program(struct program *program, const char *expected);

#endif
