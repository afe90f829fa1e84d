/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief LENS_CTRL_C: Ctrl+C for a program that has no console.
 *
 * Without a console nobody can press it (under Wine, GenerateConsoleCtrlEvent
 * fails there). An event takes its place: each time it is set, the program's
 * handlers are called as Windows calls them, the last registered one first, on
 * a thread of its own, until one of them says that it has handled it. If none
 * does, the process ends, as it would.
 *
 * @see "SetConsoleCtrlHandler" and "HandlerRoutine" on Microsoft Learn
 */
#include "lens/lens.h"

enum { HANDLERS_MAX = 16 };

static SRWLOCK lock = SRWLOCK_INIT;
static PHANDLER_ROUTINE handlers[HANDLERS_MAX];
static int handler_count;
static bool ignored;  // by SetConsoleCtrlHandler(NULL, TRUE)

/** Forgets a handler: the last one of these, if it was added twice. */
static void forget(PHANDLER_ROUTINE handler)
{
    int i = handler_count - 1;

    while (i >= 0 && handlers[i] != handler)
        i--;
    if (i < 0)
        return;
    handler_count--;
    for (; i < handler_count; i++)
        handlers[i] = handlers[i + 1];
}

void lens_ctrl_c_handler(PHANDLER_ROUTINE handler, bool add)
{
    AcquireSRWLockExclusive(&lock);
    if (handler == NULL)
        ignored = add;
    else if (!add)
        forget(handler);
    else if (handler_count < HANDLERS_MAX)
        handlers[handler_count++] = handler;
    ReleaseSRWLockExclusive(&lock);
}

/** Calls the handlers; ends the process if none of them takes it. */
static void press(void)
{
    PHANDLER_ROUTINE now[HANDLERS_MAX];
    int count;
    bool nobody_cares;

    /* A handler may change the list: it is not locked while one runs. */
    AcquireSRWLockShared(&lock);
    count = handler_count;
    for (int i = 0; i < count; i++)
        now[i] = handlers[i];
    nobody_cares = ignored;
    ReleaseSRWLockShared(&lock);

    if (nobody_cares)
        return;
    while (count-- > 0)
        if (now[count](CTRL_C_EVENT))
            return;
    lens_real.ExitProcess((UINT)STATUS_CONTROL_C_EXIT);
}

/** Waits for the event, again and again. */
static DWORD WINAPI watch(void *event)
{
    while (lens_real.WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0)
        press();
    return 0;
}

void lens_ctrl_c_watch(const WCHAR *name)
{
    WCHAR room[LENS_NAME_MAX];
    HANDLE thread;
    HANDLE event = lens_real.OpenEventW(
        SYNCHRONIZE,
        FALSE,  // not inherited
        lens_name_object(name, room));

    if (event == NULL)
        lens_stop("the event of LENS_CTRL_C is missing", "", "");
    thread = lens_real.CreateThread(NULL, 0, watch, event, 0, NULL);
    if (thread == NULL)
        lens_stop("there is no thread for LENS_CTRL_C", "", "");
    lens_real.CloseHandle(thread);
}
