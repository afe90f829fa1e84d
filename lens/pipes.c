/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Who is at the other end of a pipe.
 *
 * @see "GetNamedPipeClientProcessId function" and "GetNamedPipeServerProcessId
 *      function" on Microsoft Learn
 */
#include "lens/lens.h"

uint32_t lens_pipe_client(uint32_t pipe)
{
    ULONG id = 0;

    return GetNamedPipeClientProcessId((HANDLE)(ULONG_PTR)pipe, &id) ? id : 0;
}

uint32_t lens_pipe_server(uint32_t pipe)
{
    ULONG id = 0;

    return GetNamedPipeServerProcessId((HANDLE)(ULONG_PTR)pipe, &id) ? id : 0;
}
