/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief UTF-8 for what a program prints, and arguments as they were typed.
 */
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"

/* mingw-w64 asks for this variable before main.  Unless it is 0, an argument
 * such as * becomes the names of the files in the folder, so that `client *`
 * would not send a star. */
int _dowildcard = 0;

static UINT former_page;

static void restore_page(void)
{
    SetConsoleOutputCP(former_page);
}

void use_utf8_console(void)
{
    DWORD error = GetLastError();

    UINT page = GetConsoleOutputCP();  // 0 without a console
    if (page != 0 && page != CP_UTF8 && SetConsoleOutputCP(CP_UTF8)) {
        former_page = page;
        atexit(restore_page);
    }

    SetLastError(error);
}
