/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The keyboard: what is typed, and Ctrl+C.
 *
 * A console gives UTF-16; anything else gives bytes, which are UTF-8. Read
 * chat.c first.
 *
 * @see https://learn.microsoft.com/windows/console/readconsole
 */
#include <windows.h>

#include "common/error.h"
#include "keyboard.h"
#include "protocol.h"

/* A UTF-16 unit becomes three bytes of UTF-8 at most. */
enum { UNITS_MAX = TEXT_MAX / 3, CTRL_Z = 0x1A };

static HANDLE ctrl_c_event;

/** Windows calls this at Ctrl+C, on a thread of its own. */
static BOOL WINAPI on_ctrl_c(DWORD event)
{
    (void)event;
    if (!SetEvent(ctrl_c_event))
        die("SetEvent");
    return TRUE;  // it is handled: the process goes on
}

void catch_ctrl_c(HANDLE event)
{
    ctrl_c_event = event;
    if (!SetConsoleCtrlHandler(on_ctrl_c, TRUE))
        die("SetConsoleCtrlHandler");
}

void release_ctrl_c(void)
{
    if (!SetConsoleCtrlHandler(on_ctrl_c, FALSE))
        die("SetConsoleCtrlHandler");
}

/** Reads from a console; gives UTF-8. */
static DWORD read_console(HANDLE console, char *text, DWORD room)
{
    static wchar_t half;  // of a character whose other half comes next, or 0
    wchar_t units[UNITS_MAX];
    DWORD kept = 0, count;
    if (half != 0)
        units[kept++] = half;
    if (!ReadConsoleW(
            console,
            units + kept,
            UNITS_MAX - kept,
            &count,
            NULL))  // Enter ends a line, nothing else
        die("ReadConsoleW");
    if (count == 0 || units[kept] == CTRL_Z)
        return 0;  // Ctrl+C; or Ctrl+Z, which is the end of the input

    count += kept;
    half = 0;
    if (IS_HIGH_SURROGATE(units[count - 1]))
        half = units[--count];
    int size = WideCharToMultiByte(
        CP_UTF8,
        0,  // what is no text becomes U+FFFD
        units,
        (int)count,
        text,
        (int)room,
        NULL,
        NULL);
    if (size == 0)
        die("WideCharToMultiByte");
    return (DWORD)size;
}

/** Reads from a pipe or a file. */
static DWORD read_bytes(HANDLE input, char *text, DWORD room)
{
    DWORD size;
    if (ReadFile(input, text, room, &size, NULL))
        return size;  // 0: the end of a file
    if (GetLastError() != ERROR_BROKEN_PIPE)
        die("ReadFile");
    return 0;  // the end of a pipe
}

DWORD read_keyboard(char *text, DWORD room)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    if (input == INVALID_HANDLE_VALUE)
        die("GetStdHandle");
    DWORD mode;
    if (GetConsoleMode(input, &mode))  // it succeeds for a console only
        return read_console(input, text, room);
    return read_bytes(input, text, room);
}
