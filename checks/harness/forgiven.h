/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Finds in a program's calls what Wine forgives and Windows does not.
 */
#ifndef CHECKS_FORGIVEN_H
#define CHECKS_FORGIVEN_H

#include "checks/harness/program.h"

/**
 * Expects that the program's calls so far hold no mistake that Wine forgives
 * and Windows does not: a maximum that none has, rights that are missing,
 * FILE_FLAG_OVERLAPPED without an OVERLAPPED or the other way round, and a call
 * on a synchronous handle while another thread reads from it.
 */
void expect_right_on_windows(const struct program *program);

#endif
