/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What happens before and after each real call.
 *
 * The program must not notice the lens: the last error is what it was before
 * the call, and what the call made it after.
 */
#include "lens/lens.h"

/** How often each function was called. */
static _Atomic uint32_t counts[LENS_CALL_COUNT];

/** Writes the first half of the call's record. */
static void record_before(
    struct lens_call *call, bool gate, const ULONG_PTR *values)
{
    struct lens_record *record = lens_take(LENS_KIND_CALL);

    call->record = record;
    if (record == NULL)
        return;
    record->call = (uint32_t)call->id;
    record->nth = call->nth;
    record->caller = call->caller;
    lens_show(record, lens_table[call->id].shows, LENS_BEFORE, values);
    if (gate)
        record->flags = LENS_FLAG_AT_GATE;
    lens_publish(record, LENS_KIND_CALL);
}

/** Writes its second half. */
static void record_after(
    const struct lens_call *call, ULONG_PTR result, bool failed,
    const ULONG_PTR *values)
{
    struct lens_record *record = call->record;

    record->result = result;
    record->error = failed ? call->error : 0;
    if (failed)
        record->flags |= LENS_FLAG_FAILED;

    /* "More data" is a failure that brings data all the same. */
    if (!failed || (call->error == ERROR_MORE_DATA && call->fault == 0))
        lens_show(record, lens_table[call->id].shows, LENS_AFTER, values);
}

/** Notes the handles that a call has opened. */
static void note_opened(const struct lens_call *call, ULONG_PTR result)
{
    struct lens_record *record = call->record;

    if (lens_table[call->id].does == LENS_OPENS)
        record->handle = (uint32_t)result;
    record->flags |= LENS_FLAG_OPENS;
    lens_handle_opened(record->handle, lens_number_of(record));
    if (record->handle2 != 0)
        lens_handle_opened(record->handle2, lens_number_of(record));
}

/** Follows the handles through a call that has been recorded. */
static void follow_handles(
    const struct lens_call *call, ULONG_PTR result, bool failed)
{
    enum lens_does does = lens_table[call->id].does;

    if ((does == LENS_OPENS || does == LENS_STARTS) && !failed)
        note_opened(call, result);
    if (does == LENS_CLOSES && !failed)
        call->record->flags |= LENS_FLAG_CLOSES;
}

/** Delays or spoils the call, where that was asked for. */
static void interfere(struct lens_call *call)
{
    lens_faults_find(call);
    call->error = call->fault;
    if (call->record != NULL
        && (call->fault != 0 || call->delay != 0 || call->shorten))
        call->record->flags |= LENS_FLAG_INJECTED;
    if (call->delay != 0)
        SleepEx(call->delay, FALSE);
}

void lens_enter(
    struct lens_call *call, enum lens_call_id id, const void *caller,
    const ULONG_PTR *values)
{
    DWORD last_error = GetLastError();
    int gate;

    *call = (struct lens_call){
        .id = id,
        .nth = ++counts[id],
        .caller = lens_place(caller),
    };
    gate = lens_gate_find(call);
    record_before(call, gate >= 0, values);
    if (gate >= 0)
        lens_gate_wait(call, gate);
    interfere(call);

    /* Now, since after the real close another thread may be given a new
       handle of the same number. */
    if (lens_table[id].does == LENS_CLOSES)
        call->opened_by = lens_handle_closed((uint32_t)values[0]);
    if (lens_table[id].does == LENS_ENDS) {
        if (call->record != NULL)
            lens_finish(call->record);
        lens_record_exit();
    }
    SetLastError(last_error);
}

void lens_leave(
    struct lens_call *call, ULONG_PTR result, bool failed,
    const ULONG_PTR *values)
{
    if (failed && call->opened_by != 0)
        lens_handle_opened((uint32_t)values[0], call->opened_by);
    if (call->record != NULL) {
        record_after(call, result, failed, values);
        follow_handles(call, result, failed);
        lens_finish(call->record);
    }
    SetLastError(call->error);
}
