/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Tests of the lens with overlapped operations, ports and handles.
 */
#ifndef CHECKS_LENS_WATCH_OPERATIONS_H
#define CHECKS_LENS_WATCH_OPERATIONS_H

/** Runs all of them. */
void test_operations(void);
/** Runs all tests of memory. */
void test_memory(void);

#endif
