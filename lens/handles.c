/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Which handles are open, and which call opened each.
 *
 * Handles are small multiples of four, so the handle itself is the index.
 * A handle beyond the table is not followed, and so never called a leak. Nor
 * is one that a library has closed: at the end, Windows is asked.
 *
 * @see "Kernel Objects" and "Handles and Objects" on Microsoft Learn
 */
#include "lens/lens.h"
#include <stdatomic.h>

/** The number of the record that opened the handle; 0: not open. */
static _Atomic uint32_t opened_by[LENS_HANDLES];

void lens_handle_opened(uint32_t handle, uint32_t record_number)
{
    if (handle / 4 < LENS_HANDLES)
        opened_by[handle / 4] = record_number;
}

uint32_t lens_handle_closed(uint32_t handle)
{
    if (handle / 4 >= LENS_HANDLES)
        return 0;
    return atomic_exchange(&opened_by[handle / 4], 0);
}

/** Records one handle that nobody closed. */
static void record_leak(uint32_t handle, const struct lens_record *opener)
{
    struct lens_record *record = lens_take(LENS_KIND_LEAK);

    if (record == NULL)
        return;
    struct lens_text text = LENS_TEXT(record->in);
    lens_put(&text, opener->in);
    record->handle = handle;
    record->call = opener->call;
    record->nth = opener->nth;
    record->caller = opener->caller;
    lens_publish(record, LENS_KIND_LEAK);
    lens_finish(record);
}

/** Whether Windows knows the handle, too. */
static bool is_open(uint32_t handle)
{
    DWORD flags;

    return GetHandleInformation((HANDLE)(ULONG_PTR)handle, &flags);
}

void lens_warn_of_close(const struct lens_call *call, ULONG_PTR handle)
{
    struct lens_record *record = lens_take(LENS_KIND_WARNING);

    if (record == NULL)
        return;
    struct lens_text text = LENS_TEXT(record->in);
    if (handle == (ULONG_PTR)INVALID_HANDLE_VALUE)
        lens_put(&text, "CloseHandle(INVALID_HANDLE_VALUE) closes nothing");
    else
        lens_put(&text, "CloseHandle of a handle that is not open");
    record->handle = (uint32_t)handle;
    record->call = (uint32_t)call->id;
    record->nth = call->nth;
    record->caller = call->caller;
    lens_publish(record, LENS_KIND_WARNING);
    lens_finish(record);
}

void lens_record_exit(void)
{
    static _Atomic bool done;

    if (!lens_recording() || atomic_exchange(&done, true))
        return;
    for (uint32_t i = 0; i < LENS_HANDLES; i++) {
        uint32_t opener = opened_by[i];  // another thread may close it now
        if (opener != 0 && is_open(i * 4))
            record_leak(i * 4, lens_record_number(opener));
    }

    lens_memory_end();

    struct lens_record *record = lens_take(LENS_KIND_EXIT);
    if (record == NULL)
        return;
    lens_publish(record, LENS_KIND_EXIT);
    lens_finish(record);
}
