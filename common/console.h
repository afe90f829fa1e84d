/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief UTF-8 for what a program prints, and arguments as they were typed.
 */
#ifndef COMMON_CONSOLE_H
#define COMMON_CONSOLE_H

/**
 * @brief Lets the console show what the program prints as UTF-8.
 *
 * Called first in main. Sets the console's output code page, and puts the
 * former one back when the program ends by `exit` or by returning from main
 * (not when it is killed or ends on Ctrl+C: the page belongs to the console,
 * and stays). Does nothing without a console. Keeps the last error.
 *
 * A program that is linked with this file also gets its arguments unchanged:
 * `*` and `?` are not replaced by the names of files.
 *
 * @see https://learn.microsoft.com/windows/console/setconsoleoutputcp
 */
void use_utf8_console(void);

#endif
