/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the table says of each call, for those who read a record: the
 * graders, the sweep and the viewer.
 */
#ifndef LENS_TABLE_H
#define LENS_TABLE_H

#include <stddef.h>
#include <stdint.h>

/** A call's name, for instance "ReadFile"; "?" for what is not in the table. */
const char *lens_call_name(uint32_t call);

/** The number of a call, from its name; LENS_CALL_COUNT: not in the table. */
uint32_t lens_call_find(const char *name, size_t length);

/** What the call does, as the table has it: "LENS_BLOCKS". */
const char *lens_call_does(uint32_t call);

/** How its arguments and results are shown, as the table has it. */
const char *lens_call_shows(uint32_t call);

/** The errors with which it can fail: "109,ERROR_NO_DATA", or "". */
const char *lens_call_errors(uint32_t call);

#endif
