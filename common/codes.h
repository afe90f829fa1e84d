/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The error codes that the course meets, by number.
 *
 * One row for each code. Whoever needs the rows defines what becomes of one:
 *
 * @code
 * #define PRINT_ROW(name, number) printf("%d %s\n", number, #name);
 * ERROR_CODES(PRINT_ROW)
 * @endcode
 *
 * Two are results of waits that GetLastError can return as well: with them
 * GetOverlappedResultEx says that it did not wait to the end. 192 is also
 * ERROR_EXE_MARKED_INVALID, and the system's text is about that one.
 *
 * @see https://learn.microsoft.com/windows/win32/debug/system-error-codes
 */
#ifndef COMMON_CODES_H
#define COMMON_CODES_H

/** Newer than many copies of <winerror.h>. */
#ifndef ERROR_REMOTE_MAILSLOTS_DEPRECATED
#define ERROR_REMOTE_MAILSLOTS_DEPRECATED 3025L
#endif

/** The table: ROW(name, number) for each code. */
#define ERROR_CODES(ROW)                                                       \
    ROW(ERROR_SUCCESS, 0)                                                      \
    ROW(ERROR_INVALID_FUNCTION, 1)                                             \
    ROW(ERROR_FILE_NOT_FOUND, 2)                                               \
    ROW(ERROR_PATH_NOT_FOUND, 3)                                               \
    ROW(ERROR_ACCESS_DENIED, 5)                                                \
    ROW(ERROR_INVALID_HANDLE, 6)                                               \
    ROW(ERROR_NOT_ENOUGH_MEMORY, 8)                                            \
    ROW(ERROR_SHARING_VIOLATION, 32)                                           \
    ROW(ERROR_BAD_NETPATH, 53)                                                 \
    ROW(ERROR_INVALID_PARAMETER, 87)                                           \
    ROW(ERROR_BROKEN_PIPE, 109)                                                \
    ROW(ERROR_SEM_TIMEOUT, 121)                                                \
    ROW(ERROR_INSUFFICIENT_BUFFER, 122)                                        \
    ROW(ERROR_INVALID_NAME, 123)                                               \
    ROW(WAIT_ABANDONED, 128)                                                   \
    ROW(ERROR_ALREADY_EXISTS, 183)                                             \
    ROW(WAIT_IO_COMPLETION, 192)                                               \
    ROW(ERROR_BAD_EXE_FORMAT, 193)                                             \
    ROW(ERROR_BAD_PIPE, 230)                                                   \
    ROW(ERROR_PIPE_BUSY, 231)                                                  \
    ROW(ERROR_NO_DATA, 232)                                                    \
    ROW(ERROR_PIPE_NOT_CONNECTED, 233)                                         \
    ROW(ERROR_MORE_DATA, 234)                                                  \
    ROW(WAIT_TIMEOUT, 258)                                                     \
    ROW(ERROR_NOT_OWNER, 288)                                                  \
    ROW(ERROR_TOO_MANY_POSTS, 298)                                             \
    ROW(ERROR_MR_MID_NOT_FOUND, 317)                                           \
    ROW(ERROR_PIPE_CONNECTED, 535)                                             \
    ROW(ERROR_PIPE_LISTENING, 536)                                             \
    ROW(ERROR_ABANDONED_WAIT_0, 735)                                           \
    ROW(ERROR_OPERATION_ABORTED, 995)                                          \
    ROW(ERROR_IO_INCOMPLETE, 996)                                              \
    ROW(ERROR_IO_PENDING, 997)                                                 \
    ROW(ERROR_NOACCESS, 998)                                                   \
    ROW(ERROR_MAPPED_ALIGNMENT, 1132)                                          \
    ROW(ERROR_NOT_FOUND, 1168)                                                 \
    ROW(ERROR_CANNOT_IMPERSONATE, 1368)                                        \
    ROW(ERROR_REMOTE_MAILSLOTS_DEPRECATED, 3025)                               \
    ROW(WSAEAFNOSUPPORT, 10047)

#endif
