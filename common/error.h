/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Reports failed Windows calls.
 *
 * A call that fails says why by GetLastError, whose value the next call may
 * replace: it is read at once, by `die` or into a variable.
 *
 * @code
 * if (pipe == INVALID_HANDLE_VALUE)
 *     die("CreateNamedPipeW");
 * @endcode
 */
#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

#include <windows.h>

/** The exit status for wrong usage; a failure's is EXIT_FAILURE. */
enum { EXIT_USAGE = 2 };

/**
 * @brief Prints one line to stderr: the call, the system's text, the code.
 *
 * `CreateFileW: The system cannot find the file specified. (error 2,
 * ERROR_FILE_NOT_FOUND)`, on one line. A name that is not known is left out;
 * where the system has no text, the line is `CreateFileW: error 2,
 * ERROR_FILE_NOT_FOUND`. The text is in the user's language, in UTF-8. It may
 * hold inserts such as %1, which nobody has filled in.
 *
 * A line of up to 1,000 bytes is written in one piece, so that the lines of two
 * programs do not mix. May change the last error.
 *
 * @param call  The exact name of the call that failed, in UTF-8.
 * @param code  What GetLastError returned after it.
 *
 * @see
 * https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-formatmessagew
 */
void report_error(const char *call, DWORD code);

/**
 * @brief Reports GetLastError() for a call, then ends the program.
 *
 * The exit status is EXIT_FAILURE. Handles may be open: Windows closes them
 * when the process ends.
 *
 * @param call  The exact name of the call that has just failed, in UTF-8.
 */
_Noreturn void die(const char *call);

/**
 * @brief The symbolic name of an error code.
 *
 * @param code  The code.
 * @return A name from the table in codes.h, or NULL when the code is not
 *         there.
 */
const char *error_name(DWORD code);

#endif
