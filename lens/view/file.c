/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Files by names in UTF-8, and text that a format would misunderstand.
 */
#include <string.h>
#include <windows.h>

#include "lens/view/file.h"
#include "lens/view/text.h"

FILE *file_open(const char *path_utf8, const wchar_t *mode)
{
    wchar_t path[MAX_PATH];
    if (MultiByteToWideChar(CP_UTF8, 0, path_utf8, -1, path, MAX_PATH) == 0)
        return NULL;
    return _wfopen(path, mode);
}

/** The next character, or NULL for a byte that belongs to none. */
static const char *next_character(const char **text, size_t *length)
{
    const char *at = *text;
    unsigned char first = (unsigned char)*at;
    *length = text_character(at);
    *text += *length;
    return first < ' ' || first == 0x7F || (first >= 0x80 && *length == 1)
               ? NULL
               : at;
}

void write_xml(FILE *file, const char *text)
{
    while (*text != '\0') {
        size_t length;
        const char *at = next_character(&text, &length);
        if (at == NULL)
            fputc('?', file);
        else if (strchr("<>&\"'", *at) != NULL)
            fprintf(file, "&#%d;", *at);
        else
            fwrite(at, 1, length, file);
    }
}

void write_json(FILE *file, const char *text)
{
    fputc('"', file);
    while (*text != '\0') {
        size_t length;
        const char *at = next_character(&text, &length);
        if (at == NULL)
            fputc('?', file);
        else if (strchr("<>&", *at) != NULL)  // no page ends a script by it
            fprintf(file, "\\u%04x", (unsigned)*at);
        else if (*at == '"' || *at == '\\')
            fprintf(file, "\\%c", *at);
        else
            fwrite(at, 1, length, file);
    }
    fputc('"', file);
}
