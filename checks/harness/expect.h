/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What a check waits for, and what it expects of a program.
 *
 * Each step ends the check by fail_check() when it does not succeed before the
 * check's deadline; the report then says what every program was doing.
 */
#ifndef CHECKS_EXPECT_H
#define CHECKS_EXPECT_H

#include <stdbool.h>
#include <windows.h>

#include "checks/harness/program.h"
#include "lens/record.h"

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

/** Types at the keyboard of a program that was started with one. */
void type_text(struct program *program, const char *text);

/** Ends the input of such a program. */
void end_input(struct program *program);

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

#endif
