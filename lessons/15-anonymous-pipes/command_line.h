/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Makes a command line that a program takes apart into the same words.
 */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include <wchar.h>

/**
 * @brief Joins words to a command line for CreateProcessW.
 *
 * Windows hands a program one text, and the program's C library takes it apart.
 * So a word with a blank stands in quotes, and a quote in a word behind a
 * backslash, by the rules of Microsoft's C library.
 *
 * @param words  in UTF-8, up to a NULL; the first is the program
 * @return the command line, to be freed by free(). If memory is short, or a
 *         word is no UTF-8, the program ends with a message.
 *
 * @see
 * https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
 */
wchar_t *make_command_line(char *const *words);

#endif
