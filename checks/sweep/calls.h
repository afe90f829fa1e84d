/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the lens's table says of a call, as far as the sweep needs it.
 */
#ifndef CHECKS_SWEEP_CALLS_H
#define CHECKS_SWEEP_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lens/record.h"

/** The call of this name, or LENS_CALL_COUNT. */
uint32_t call_find(const char *name, size_t length);

/**
 * The errors worth trying, decimal, parted by blanks; the first is one that
 * must be reported. Empty: the call can't be made to fail.
 */
const char *call_errors(uint32_t call);

#endif
