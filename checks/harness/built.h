/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Whether programs were built with the lens.
 */
#ifndef CHECKS_BUILT_H
#define CHECKS_BUILT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * @brief Finds a program of a folder that was built without the lens. Of such
 * a program nothing is recorded, and each diagnosis would be wrong.
 * @param folder     which folder
 * @param[out] path  the program's path, if there is one
 * @param size       the room for it, in bytes
 * @return whether there is one
 */
bool find_plain_program(const char *folder, char *path, size_t size);

#endif
