/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the lens's table says of a call.
 */
#include <stdlib.h>
#include <string.h>

#include "checks/sweep/calls.h"

/** A row of the table: name, errors. */
static const struct {
    const char *name, *errors;
} TABLE[LENS_CALL_COUNT] = {
#define LENS_CALL(                                                             \
    result,                                                                    \
    name,                                                                      \
    parameters,                                                                \
    arguments,                                                                 \
    failure,                                                                   \
    does,                                                                      \
    before,                                                                    \
    shows,                                                                     \
    errors)                                                                    \
    {#name, errors},
#include "lens/calls.h"
};

uint32_t call_find(const char *name, size_t length)
{
    uint32_t call = 0;
    while (call < LENS_CALL_COUNT
           && (strlen(TABLE[call].name) != length
               || memcmp(TABLE[call].name, name, length) != 0))
        call++;
    return call;
}

const char *call_errors(uint32_t call)
{
    return TABLE[call].errors;
}
