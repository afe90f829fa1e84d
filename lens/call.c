/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What happens before and after each real call.
 *
 * The program must not notice the lens: the last error is what it was before
 * the call, and what the call made it after.
 */
#include "lens/lens.h"
#include <stdatomic.h>

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
    lens_show(record, call->id, LENS_BEFORE, values);
    if (gate)
        lens_note(record, LENS_FLAG_AT_GATE);
    lens_publish(record, LENS_KIND_CALL);
}

/** Whether there is something to show that came back, and to be shown now. */
static bool has_brought(struct lens_call *call, bool failed, bool collected)
{
    /* "More data" is a failure that brings data all the same; a result may
       tell the failure of another call. */
    if (failed && !collected
        && (call->error != ERROR_MORE_DATA || call->fault != 0))
        return false;
    /* Another thread may have taken the packet of this very call already. */
    return call->overlapped == NULL
           || (call->counts && atomic_exchange(&call->record->told, 1) == 0);
}

/** Writes its second half. */
static void record_after(
    struct lens_call *call, ULONG_PTR result, bool failed, bool collected,
    const ULONG_PTR *values)
{
    struct lens_record *record = call->record;

    record->result = result;
    record->error = failed ? call->error : 0;
    if (failed)
        lens_note(record, LENS_FLAG_FAILED);
    if (call->struck)
        lens_note(record, LENS_FLAG_INJECTED);
    if (has_brought(call, failed, collected))
        lens_show(record, call->id, LENS_AFTER, values);
}

/** Notes the handle, or the two, that a call has opened. */
static void note_opened(struct lens_record *record)
{
    lens_note(record, LENS_FLAG_OPENS);
    lens_handle_opened(record->handle, lens_number_of(record));
    if (record->handle2 != 0)
        lens_handle_opened(record->handle2, lens_number_of(record));
}

/** Who is at the other end of what was opened. */
static uint32_t find_peer(
    const struct lens_call *call, uint32_t handle, const ULONG_PTR *values)
{
    switch (call->id) {
    case LENS_CreateFileW:
        return lens_name_is_pipe((LPCWSTR)values[0]) ? lens_pipe_server(handle)
                                                     : 0;
    case LENS_CreateThread:
    case LENS__beginthreadex:
        return GetThreadId((HANDLE)(ULONG_PTR)handle);
    default:
        return 0;
    }
}

/** Whether a handle to a process is one to this process. */
static bool is_self(ULONG_PTR process)
{
    return GetProcessId((HANDLE)process) == GetCurrentProcessId();
}

/** Follows the handles through a call that has been recorded. */
static void follow_handles(
    const struct lens_call *call, ULONG_PTR result, bool failed,
    const ULONG_PTR *values)
{
    struct lens_record *record = call->record;

    if (failed)
        return;
    switch (lens_table[call->id].does) {
    case LENS_OPENS:
        record->handle = (uint32_t)result;
        record->peer = find_peer(call, record->handle, values);
        note_opened(record);
        break;
    case LENS_STARTS:
    case LENS_PAIRS:
        note_opened(record);
        break;
    case LENS_CLOSES:
        if (values[0] != (ULONG_PTR)INVALID_HANDLE_VALUE)
            lens_note(record, LENS_FLAG_CLOSES);
        break;
    case LENS_BINDS:
        record->handle = (uint32_t)result;
        if (values[1] == 0)
            note_opened(record);
        break;
    case LENS_DUPLICATES:
        if (values[3] != 0 && is_self(values[2]))
            note_opened(record);
        break;
    default:
        break;
    }
}

/** Whether DuplicateHandle closes a handle of this process, too. */
static bool closes_source(const ULONG_PTR *values)
{
    return (values[6] & DUPLICATE_CLOSE_SOURCE) != 0 && is_self(values[0]);
}

/**
 * Forgets handles that the call is about to close: now, since after the real
 * call another thread may be given a new handle of the same number.
 */
static void forget_handle(struct lens_call *call, const ULONG_PTR *values)
{
    enum lens_does does = lens_table[call->id].does;

    if (does == LENS_CLOSES) {
        lens_port_unbind((uint32_t)values[0]);
        call->opened_by = lens_handle_closed((uint32_t)values[0]);
    }
    /* It closes the source even when it fails. */
    if (does == LENS_DUPLICATES && call->fault == 0 && closes_source(values)) {
        lens_handle_closed((uint32_t)values[1]);
        if (call->record != NULL)
            lens_note(call->record, LENS_FLAG_CLOSES_OTHER);
    }
}

/** Follows what else a call of the port's family changes. */
static void follow_ports(
    const struct lens_call *call, ULONG_PTR result, const ULONG_PTR *values)
{
    if (call->id == LENS_CreateIoCompletionPort
        && values[0] != (ULONG_PTR)INVALID_HANDLE_VALUE)
        lens_port_bind((uint32_t)values[0], (uint32_t)result, values[2]);
    if (call->id == LENS_SetFileCompletionNotificationModes)
        lens_port_modes((uint32_t)values[0], (uint32_t)values[1]);
    if (call->id == LENS_DuplicateHandle && values[3] != 0
        && is_self(values[2]))
        lens_port_copy((uint32_t)values[1], *(const uint32_t *)values[3]);
    if (call->id == LENS_DuplicateHandle && closes_source(values))
        lens_port_unbind((uint32_t)values[1]);
}

/** Lets some time pass before the call. */
static void hold_up(const struct lens_call *call)
{
    if (call->record != NULL)
        call->record->flags ^= LENS_FLAG_DELAYED;
    lens_real.SleepEx(call->delay, FALSE);
    if (call->record != NULL)
        call->record->flags ^= LENS_FLAG_DELAYED;
}

/** Delays or spoils the call, where that was asked for. */
static void interfere(struct lens_call *call)
{
    enum lens_does does = lens_table[call->id].does;

    lens_faults_find(call);
    call->error = call->fault;
    call->late = does == LENS_COLLECTS || does == LENS_CANCELS;
    if (call->record != NULL
        && ((call->fault != 0 && !call->late) || call->delay != 0
            || call->shorten))
        lens_note(call->record, LENS_FLAG_INJECTED);
    if (call->delay != 0)
        hold_up(call);
}

/** Looks whether the memory that the program gives, or gave, is its own. */
static void look_at_memory(
    const struct lens_call *call, const void *stack_end,
    const ULONG_PTR *values)
{
    lens_loans_look(stack_end);
    if (call->id == LENS_ReadFile || call->id == LENS_WriteFile
        || call->id == LENS_ReadFileEx || call->id == LENS_WriteFileEx)
        lens_memory_look(call, (const void *)values[1], (size_t)values[2]);
}

void lens_enter(
    struct lens_call *call, enum lens_call_id id, const void *caller,
    const void *stack_end, const ULONG_PTR *values)
{
    DWORD last_error = GetLastError();
    const char *gate;

    *call = (struct lens_call){
        .id = id,
        .nth = ++counts[id],
        .caller = lens_place(caller),
        .last_error = last_error,
    };
    gate = lens_gate_find(call);
    record_before(call, gate != NULL, values);
    if (call->record != NULL)
        look_at_memory(call, stack_end, values);
    if (gate != NULL)
        lens_gate_wait(call, gate);
    interfere(call);
    forget_handle(call, values);

    if (lens_table[id].does == LENS_ENDS
        || lens_table[id].does == LENS_ENDS_THREAD) {
        if (call->record != NULL)
            lens_finish(call->record);
        if (lens_table[id].does == LENS_ENDS)
            lens_record_exit();
    }
    SetLastError(last_error);
}

/** A result that is made to fail brings nothing. */
static void clear_count(const struct lens_call *call, const ULONG_PTR *values)
{
    int n = call->id == LENS_GetQueuedCompletionStatusEx ? 3
            : call->id == LENS_GetQueuedCompletionStatus ? 1
                                                         : 2;

    if (lens_table[call->id].does == LENS_COLLECTS && values[n] != 0)
        *(DWORD *)values[n] = 0;
}

enum lens_verdict lens_judge(
    struct lens_call *call, bool failed, const ULONG_PTR *values)
{
    DWORD error;

    if (failed) {
        if (call->late)
            call->fault = 0;
        if (call->pass == 0 || call->error != call->pass)
            return LENS_AS_IT_IS;
        /* A success leaves the last error alone. */
        call->error = call->last_error;
        call->struck = true;
        return LENS_SUCCESS;
    }
    /* The operation has ended, and its event or packet says so: the program
       may just as well be told of it later. */
    if (call->hide && call->overlapped != NULL
        && !lens_port_skips((uint32_t)values[0])) {
        call->error = ERROR_IO_PENDING;
        call->struck = true;
        return LENS_FAILURE;
    }
    if (!call->late)
        return LENS_AS_IT_IS;
    if (call->fault != 0) {
        call->error = call->fault;
        call->struck = true;
        clear_count(call, values);
        return LENS_FAILURE;
    }
    error = lens_operation_error(call, values);
    if (error == 0)
        return LENS_AS_IT_IS;
    call->error = error;
    return LENS_FAILURE;
}

void lens_leave(
    struct lens_call *call, ULONG_PTR result, bool failed,
    const ULONG_PTR *values)
{
    int64_t now = call->record != NULL ? lens_now() : 0;
    enum lens_does does = lens_table[call->id].does;
    bool collected = false;

    if (does == LENS_STARTS)
        lens_settings_take_back();
    if (failed && call->opened_by != 0)
        lens_handle_opened((uint32_t)values[0], call->opened_by);
    if (call->overlapped != NULL)
        lens_operation_returned(call, failed, values);
    if (does == LENS_COLLECTS)
        collected = lens_operation_collected(call, failed, values);
    if (!failed)
        follow_ports(call, result, values);
    if (!failed && call->id == LENS_SetConsoleCtrlHandler)
        lens_ctrl_c_handler((PHANDLER_ROUTINE)values[0], values[1] != 0);
    if (call->record != NULL) {
        record_after(call, result, failed, collected, values);
        follow_handles(call, result, failed, values);
        if (call->id == LENS_ConnectNamedPipe
            && (!failed
                || (call->error == ERROR_PIPE_CONNECTED && call->fault == 0)))
            call->record->peer = lens_pipe_client(call->record->handle);
        lens_finish_at(call->record, now);
    }
    if (does == LENS_CLOSES
        && (values[0] == (ULONG_PTR)INVALID_HANDLE_VALUE
            || (failed && call->error == ERROR_INVALID_HANDLE)))
        lens_warn_of_close(call, values[0]);
    /* After a success the last error means nothing: it may be anything. */
    if (!failed && call->leave != 0)
        call->error = call->leave;
    SetLastError(call->error);
}
