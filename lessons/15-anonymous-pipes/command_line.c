/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Makes a command line that a program takes apart into the same words.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "command_line.h"
#include "common/error.h"

/** Adds a word in quotes; returns where it ends. Only backslashes in front of a
 * quote count as more than themselves: there they are doubled. */
static char *add_quoted(char *at, const char *word)
{
    *at++ = '"';
    while (*word != '\0') {
        size_t backslashes = strspn(word, "\\");
        bool before_quote =
            word[backslashes] == '"' || word[backslashes] == '\0';
        memset(at, '\\', 2 * backslashes);
        at += before_quote ? 2 * backslashes : backslashes;
        word += backslashes;
        if (*word == '"')
            *at++ = '\\';
        if (*word != '\0')
            *at++ = *word++;
    }
    *at++ = '"';
    return at;
}

wchar_t *make_command_line(char *const *words)
{
    size_t room = 1;
    for (size_t i = 0; words[i] != NULL; i++)
        room += 2 * strlen(words[i]) + 3;  // all doubled, quotes, a blank
    char *text = malloc(room);
    wchar_t *wide = malloc(room * sizeof *wide);
    if (text == NULL || wide == NULL)
        die("malloc");

    char *at = text;
    for (size_t i = 0; words[i] != NULL; i++) {
        if (i > 0)
            *at++ = ' ';
        at = add_quoted(at, words[i]);
    }
    *at = '\0';
    if (!MultiByteToWideChar(
            CP_UTF8,
            MB_ERR_INVALID_CHARS,
            text,
            -1,  // with its zero
            wide,
            (int)room))
        die("MultiByteToWideChar");
    free(text);
    return wide;
}
