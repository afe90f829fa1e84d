/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Where programs play: the job that they are in, the record of their
 * calls, and the suffix by which their names differ from all others.
 *
 * A check's scene plays on one, and so does a run of the sweep.
 */
#ifndef CHECKS_STAGE_H
#define CHECKS_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>

#include "lens/reader.h"

/** A stage; one that is not open has the job NULL. */
struct stage {
    HANDLE job;
    struct lens_view view;
    char record[MAX_PATH]; /**< the record file, UTF-8 */
    char suffix[40];
};

/** What a program is told of the lens in it; what is NULL or "" it is not. */
struct script {
    const char *ctrl_c; /**< the name of the event that presses Ctrl+C */
    const char *gates;  /**< `ConnectNamedPipe:1=NAME` */
    const char *fault;  /**< `ReadFile:1:109` */
};

/**
 * Opens a stage.
 * @param suffix `-` and what no other stage has
 * @return NULL, or the name of the call that failed (GetLastError tells why)
 */
const char *stage_open(struct stage *stage, const char *suffix);

/** Ends the processes of the job. */
void stage_stop(struct stage *stage);

/** Releases all, and removes the record. */
void stage_close(struct stage *stage);

/**
 * The name of an object as the programs on the stage know it.
 * @return @p full
 */
const wchar_t *stage_name(
    const struct stage *stage, const wchar_t *name, wchar_t *full, size_t size);

/** Makes an event by which a program and we agree; NULL on failure. */
HANDLE stage_event(
    const struct stage *stage, const char *name, bool manual_reset);

/** Writes the environment of a program, as struct launch has it. */
void stage_environment(
    const struct stage *stage, const struct script *script, char *environment,
    size_t size);

#endif
