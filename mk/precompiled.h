/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The headers that nearly every program includes, compiled once.
 *
 * The build puts this file before each source; the sources include what they
 * use all the same, and the tests compile them without it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
