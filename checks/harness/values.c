/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Values that are others in each grade.
 */
#include <stdio.h>

#include "checks/harness/values.h"

/* Any call may fail so: the system has not got what it needs. */
static const struct {
    DWORD code;
    const char *name;
} OTHERS[] = {
    {ERROR_NO_SYSTEM_RESOURCES, "ERROR_NO_SYSTEM_RESOURCES"},
    {ERROR_NONPAGED_SYSTEM_RESOURCES, "ERROR_NONPAGED_SYSTEM_RESOURCES"},
    {ERROR_PAGED_SYSTEM_RESOURCES, "ERROR_PAGED_SYSTEM_RESOURCES"},
    {ERROR_WORKING_SET_QUOTA, "ERROR_WORKING_SET_QUOTA"},
    {ERROR_PAGEFILE_QUOTA, "ERROR_PAGEFILE_QUOTA"},
    {ERROR_COMMITMENT_LIMIT, "ERROR_COMMITMENT_LIMIT"},
};

static size_t chosen;
static char word[10] = "hello";
static unsigned number;

void choose_values(unsigned seed)
{
    chosen = seed % ARRAYSIZE(OTHERS);
    number = seed;
    if (seed == 0)
        return;
    size_t length = 3 + seed / ARRAYSIZE(OTHERS) % 7;
    for (size_t i = 0; i < length; i++) {
        seed = seed * 1103515245u + 12345u;
        word[i] = (char)('a' + seed / 65536u % 26u);
    }
    word[length] = '\0';
}

const char *other_word(void)
{
    return word;
}

unsigned other_number(unsigned least, unsigned most)
{
    return least + number % (most - least + 1);
}

DWORD other_error(void)
{
    return OTHERS[chosen].code;
}

const char *other_error_text(void)
{
    static char text[60];
    snprintf(
        text,
        sizeof text,
        "%lu, %s",
        OTHERS[chosen].code,
        OTHERS[chosen].name);
    return text;
}
