/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The keyboard: what is typed, and Ctrl+C.
 */
#ifndef KEYBOARD_10_H
#define KEYBOARD_10_H

#include <windows.h>

/**
 * From now on Ctrl+C does not end the process, but sets an event.
 *
 * @param event stays open until release_ctrl_c()
 */
void catch_ctrl_c(HANDLE event);

/** From now on Ctrl+C ends the process again. */
void release_ctrl_c(void);

/**
 * Waits until something is typed, and reads it: a line, or a part of a longer
 * one. Where standard input is no console, it is read as UTF-8.
 *
 * Nobody can end this wait: it lasts until somebody types, or the process ends.
 *
 * @param text  gets it, in UTF-8, each line with its `\n`
 * @param room  the room of @p text in bytes, at most TEXT_MAX
 * @return how many bytes, or 0 at the end of the input
 */
DWORD read_keyboard(char *text, DWORD room);

#endif
