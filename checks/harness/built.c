/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Whether programs were built with the lens.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/built.h"
#include "checks/harness/program.h"

/** A text that each program with the lens has in it. */
static const char MARK[] = "LENS_RECORD";

/** Reads a whole file; NULL if that fails. The caller frees it. */
static char *read_file(const char *path, size_t *size)
{
    wchar_t wide[MAX_PATH];
    char *bytes = NULL;
    FILE *file = _wfopen(widen(path, wide, MAX_PATH), L"rb");
    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && ftell(file) >= 0) {
        *size = (size_t)ftell(file);
        rewind(file);
        bytes = malloc(*size + 1);
        if (bytes != NULL && fread(bytes, 1, *size, file) != *size) {
            free(bytes);
            bytes = NULL;
        }
    }
    fclose(file);
    return bytes;
}

/** Tells whether a file has the mark in it, or can't be read. */
static bool has_mark(const char *path)
{
    size_t size = 0;
    char *bytes = read_file(path, &size);
    bool found = bytes == NULL;
    for (const char *at = bytes; !found && at != NULL;) {
        at = memchr(at, MARK[0], size - (size_t)(at - bytes));
        if (at == NULL || (size_t)(at - bytes) + sizeof MARK > size)
            break;
        found = memcmp(at++, MARK, sizeof MARK) == 0;
    }
    free(bytes);
    return found;
}

bool find_plain_program(const char *folder, char *path, size_t size)
{
    char pattern[MAX_PATH], name[MAX_PATH];
    wchar_t wide[MAX_PATH];
    WIN32_FIND_DATAW entry;
    bool found = false;
    snprintf(pattern, sizeof pattern, "%s/*.exe", folder);
    HANDLE search = FindFirstFileW(widen(pattern, wide, MAX_PATH), &entry);
    if (search == INVALID_HANDLE_VALUE)
        return false;
    do {
        WideCharToMultiByte(
            CP_UTF8,
            0,
            entry.cFileName,
            -1,  // up to its end
            name,
            sizeof name,
            NULL,
            NULL);
        snprintf(path, size, "%s/%s", folder, name);
        found = !has_mark(path);
    } while (!found && FindNextFileW(search, &entry));
    FindClose(search);
    return found;
}
