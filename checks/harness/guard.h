/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Keeps the graded programs out of the grader.
 */
#ifndef CHECKS_GUARD_H
#define CHECKS_GUARD_H

#include <windows.h>

/**
 * Refuses everybody who asks for a handle to this process or to its first
 * thread: nobody can then end it, write into its memory or take a copy of its
 * handles, its standard output among them. What the same user can do by other
 * means remains, outside Wine above all.
 * @return false if that could not be done; GetLastError() tells why
 */
BOOL guard_this_process(void);

#endif
