/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the table says of each call.
 */
#include <string.h>
#include <windows.h>

#include "lens/record.h"
#include "lens/table.h"

static const struct {
    const char *name, *does, *shows, *errors;
} ROWS[LENS_CALL_COUNT] = {
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
    {#name, #does, shows, errors},
#include "lens/calls.h"
};

const char *lens_call_name(uint32_t call)
{
    return call < LENS_CALL_COUNT ? ROWS[call].name : "?";
}

uint32_t lens_call_find(const char *name, size_t length)
{
    uint32_t call = 0;
    while (call < LENS_CALL_COUNT
           && (strlen(ROWS[call].name) != length
               || memcmp(ROWS[call].name, name, length) != 0))
        call++;
    return call;
}

const char *lens_call_does(uint32_t call)
{
    return ROWS[call].does;
}

const char *lens_call_shows(uint32_t call)
{
    return ROWS[call].shows;
}

const char *lens_call_errors(uint32_t call)
{
    return ROWS[call].errors;
}
