/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the lens's table says of a call.
 */
#include <stdlib.h>
#include <string.h>

#include "checks/sweep/calls.h"

/** A row of the table: name, what the call does, errors. */
static const struct {
    const char *name, *does, *errors;
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
    {#name, #does, errors},
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

/** The call's time limit, as the record shows it, or NULL. */
static const char *time_limit(const struct lens_record *record)
{
    const char *limit = strstr(record->in, "wait=");
    if (limit == NULL)
        limit = strstr(record->in, "time=");
    return limit != NULL ? limit + strlen("wait=") : NULL;
}

bool call_waits(const struct lens_record *record)
{
    if (record->kind != LENS_KIND_CALL || record->t1 != 0
        || (strcmp(TABLE[record->call].does, "LENS_BLOCKS") != 0
            && strcmp(TABLE[record->call].does, "LENS_COLLECTS") != 0))
        return false;
    /* Here `wait` is no time, but yes or no; data can hold anything. */
    if (record->call == LENS_GetOverlappedResult
        || record->call == LENS_ReadFile || record->call == LENS_WriteFile)
        return true;
    const char *limit = time_limit(record);
    return limit == NULL || strncmp(limit, "INFINITE", 8) == 0;
}
