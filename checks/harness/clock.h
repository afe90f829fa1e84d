/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A clock for deadlines: it counts what the machine gave.
 *
 * A deadline by the wall clock is a verdict on the machine: on a busy one, a
 * program that is right is late. This clock goes slower where programs get less
 * of a processor, and stands still while its own process gets none.
 */
#ifndef CHECKS_CLOCK_H
#define CHECKS_CLOCK_H

#include <windows.h>

/**
 * The time in milliseconds, for deadlines. As long as the processors have
 * nothing to do now and then, it goes as the clock on the wall does. When all
 * are busy it goes as fast as a program that computes gets on: one of nine at
 * one processor sees a ninth. Between two looks it never moves on by more than
 * a moment, so a wait for a deadline has to look again and again.
 */
unsigned long long now_ms(void);

/** Milliseconds from now until @p deadline, as of now_ms(); never negative. */
DWORD ms_until(unsigned long long deadline);

/** The time in milliseconds as on the wall: for figures that are shown. */
unsigned long long wall_ms(void);

/**
 * Waits until one of some objects is signalled, or @p ms of now_ms() are over.
 * @param objects what to wait for, at most MAXIMUM_WAIT_OBJECTS
 * @param count   how many
 * @param ms      in milliseconds
 * @return as WaitForMultipleObjects
 */
DWORD wait_some(const HANDLE *objects, DWORD count, DWORD ms);

#endif
