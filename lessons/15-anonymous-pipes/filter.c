/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Reads standard input to its end, and writes it back in capital
 *        letters: an ordinary filter, which knows nothing of its parent.
 *
 * Usage: `filter [BYTES]`: as the child of `parent`, or at a terminal; with
 * BYTES it ends after that many, whatever is still to come.
 *
 * @see https://learn.microsoft.com/windows/console/getstdhandle
 */
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <windows.h>

#include "common/error.h"

/** Reads what is there; tells whether there was anything. The end of a pipe is
 * error 109, that of a file TRUE with 0 bytes. */
static bool read_part(HANDLE input, char *data, DWORD size, DWORD *bytes_read)
{
    if (ReadFile(input, data, size, bytes_read, NULL))
        return *bytes_read > 0;
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
    return false;
}

/** Writes all of it: a write may take only a part. */
static void write_all(HANDLE output, const char *data, DWORD size)
{
    DWORD bytes_written;
    for (DWORD done = 0; done < size; done += bytes_written)
        if (!WriteFile(output, data + done, size - done, &bytes_written, NULL))
            die("WriteFile");
}

int main(int argc, char *argv[])
{
    unsigned long left = argc > 1 ? strtoul(argv[1], NULL, 10) : ULONG_MAX;
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    if (input == INVALID_HANDLE_VALUE || output == INVALID_HANDLE_VALUE)
        die("GetStdHandle");

    char data[4096];
    DWORD bytes_read;
    while (left > 0 && read_part(input, data, sizeof data, &bytes_read)) {
        if (bytes_read > left)
            bytes_read = left;
        left -= bytes_read;
        for (DWORD i = 0; i < bytes_read; i++)
            data[i] = (char)toupper((unsigned char)data[i]);
        write_all(output, data, bytes_read);
    }
    return EXIT_SUCCESS;
}
