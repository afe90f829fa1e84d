/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A gate: holds the program before a call until the check lets it go.
 *
 * A race that happens once in a thousand runs happens each time when one side
 * is held at the right call. Two events do it: the program sets "reached" and
 * waits for "open"; the check does the opposite.
 *
 * @see "Using Event Objects" on Microsoft Learn
 */
#include "lens/lens.h"

enum { GATE_WAIT_MS = 600000 };

/** Opens one of the gate's events; stops if the check has not made it. */
static HANDLE open_event(const char *gate, const char *which)
{
    char name[64] = {0};
    struct lens_text text = LENS_TEXT(name);
    WCHAR plain[64];
    WCHAR room[LENS_NAME_MAX];
    HANDLE event;

    lens_put(&text, "pipework-gate-");
    lens_put(&text, gate);
    lens_put(&text, which);
    MultiByteToWideChar(CP_UTF8, 0, name, -1, plain, 64);
    event = lens_real.OpenEventW(
        EVENT_MODIFY_STATE | SYNCHRONIZE,
        FALSE,  // not inherited
        lens_name_object(plain, room));
    if (event == NULL)
        lens_stop("the gate's event is missing: ", name, "");
    return event;
}

void lens_gate_wait(const struct lens_call *call, const char *gate)
{
    HANDLE reached = open_event(gate, "-reached");
    HANDLE open = open_event(gate, "-open");

    lens_real.SetEvent(reached);
    if (lens_real.WaitForSingleObject(open, GATE_WAIT_MS) != WAIT_OBJECT_0)
        lens_stop("nobody opened the gate at ", lens_table[call->id].name, "");
    lens_real.CloseHandle(open);
    lens_real.CloseHandle(reached);

    if (call->record != NULL)
        call->record->flags ^= LENS_FLAG_AT_GATE | LENS_FLAG_GATED;
}
