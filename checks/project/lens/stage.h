/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Starts the programs that the lens's tests look at, and reads the
 *        record.
 */
#ifndef CHECKS_LENS_STAGE_H
#define CHECKS_LENS_STAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

#include "lens/reader.h"

enum { DEADLINE_MS = 10000, LINE = 256 };

/** A program that was started. */
struct run {
    HANDLE process;
    HANDLE output;  ///< the reading end of its stdout and stderr
    DWORD pid;
    DWORD status;
    char text[2048];
};

/** The record that is being written. */
extern struct lens_view view;

/** The programs are in this folder, and the record will be. */
void stage_open(const char *folder);
/** Says how many tests there were; returns the exit status. */
int stage_close(void);
/** The record's file, in UTF-8. */
const char *record_path(void);

/** One thing that a test expects; tells what is not so. */
void expect(bool so, const char *format, ...);
/** Sets an environment variable for the next programs; NULL: unsets it. */
void set(const char *name, const char *value);
/** Unsets all that the lens looks at. */
void unset_all(void);
/** Starts folder/program with one argument, its output caught. */
void start(struct run *run, const char *program, const char *action);
/** Waits for the end, and reads what the program said. */
void finish(struct run *run);
/** Runs folder/program to its end. */
struct run run_program(const char *program, const char *action);
/** Runs the subject with the lens, to its end. */
struct run run_subject(const char *action);
/** Begins a new record, which the next programs write. */
void new_record(void);
/** Expects an exit status. */
void expect_status(const struct run *run, DWORD status);
/** Expects that the program said this, among other things. */
void expect_text(const struct run *run, const char *text);
/** The nth record of a kind and, unless it is NULL, of a function; or NULL. */
const struct lens_record *find(
    enum lens_kind kind, const char *call, uint32_t nth);
/** How many records of a kind there are. */
int count(enum lens_kind kind);
/** Expects that the nth call of a function was recorded; never NULL. */
const struct lens_record *expect_call(const char *call, uint32_t nth);
/** Expects a text. */
void expect_equal(const char *what, const char *is, const char *should);
/** Waits until a program is inside a call, or at a gate before it. */
const struct lens_record *wait_inside(
    const char *call, uint32_t nth, uint32_t flags);
/** What the programs print and how they end, with the lens and without. */
void expect_same(const char *program, const char *action);
/** Runs one test, and says in a sentence whether it is so. */
void test(const char *sentence, void (*action)(void));

#endif
