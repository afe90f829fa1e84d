/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Follows overlapped operations from the call to the end.
 *
 * Between the two, an operation is known by its OVERLAPPED, which the program
 * must keep in its place that long. An operation that has ended stays in the
 * table until its OVERLAPPED or its place is needed again: Wine may run a
 * routine for a call that has failed.
 *
 * @see "Synchronization and Overlapped Input and Output" and "ReadFileEx
 *      function" on Microsoft Learn
 */
#include "lens/lens.h"
#include <stdatomic.h>

/** How many there are, and how many places each OVERLAPPED may have. */
#define OPERATIONS 1024
#define PLACES     16
/** How an OVERLAPPED says ERROR_MORE_DATA: STATUS_BUFFER_OVERFLOW. */
#define MORE_DATA_STATUS 0x80000005u
/** And that it goes on: STATUS_PENDING. */
#define PENDING_STATUS 0x103u

struct operation {
    const OVERLAPPED *overlapped;  ///< NULL: never used
    bool ended;
    enum lens_call_id id;
    uint32_t nth;
    uint32_t handle;
    uint32_t number;   ///< of the record of its call; 0: not recorded
    const void *data;  ///< where a read puts its bytes
    LPOVERLAPPED_COMPLETION_ROUTINE routine;
    DWORD error;  ///< what its packet must say, if not 0
};

static struct operation operations[OPERATIONS];
static SRWLOCK lock = SRWLOCK_INIT;
static _Atomic bool any_spoiled;

/** The first of an OVERLAPPED's places. */
static size_t first_place(const OVERLAPPED *overlapped)
{
    uint64_t mixed = (uintptr_t)overlapped * 0x9E3779B97F4A7C15u;

    return (size_t)(mixed >> 32) % OPERATIONS;
}

/** The operation of an OVERLAPPED, or NULL. To be called under the lock. */
static struct operation *find(const OVERLAPPED *overlapped)
{
    size_t first = first_place(overlapped);

    for (size_t i = 0; i < PLACES; i++) {
        struct operation *here = &operations[(first + i) % OPERATIONS];
        if (here->overlapped == overlapped)
            return here;
    }
    return NULL;
}

/** How gladly a place is given to another operation; 0: it isn't. */
static int worth(const struct operation *operation)
{
    if (operation->overlapped == NULL)
        return 3;
    if (operation->ended)
        return 2;
    /* Without its entry, a routine would never be run. */
    return operation->routine == NULL ? 1 : 0;
}

/** A place for a new operation, or NULL. To be called under the lock. */
static struct operation *find_place(const OVERLAPPED *overlapped)
{
    struct operation *best = find(overlapped);
    size_t first = first_place(overlapped);

    for (size_t i = 0; best == NULL && i < PLACES; i++) {
        struct operation *here = &operations[(first + i) % OPERATIONS];
        if (worth(here) == 3)
            best = here;
    }
    for (int least = 2; best == NULL && least > 0; least--)
        for (size_t i = 0; best == NULL && i < PLACES; i++)
            if (worth(&operations[(first + i) % OPERATIONS]) == least)
                best = &operations[(first + i) % OPERATIONS];
    return best;
}

/** Puts an operation into the table; false if there is no room. */
static bool keep(const struct operation *operation)
{
    struct operation *place;

    AcquireSRWLockExclusive(&lock);
    place = find_place(operation->overlapped);
    if (place != NULL)
        *place = *operation;
    ReleaseSRWLockExclusive(&lock);
    return place != NULL;
}

/** Copies an operation, and marks it as ended; false if it is not known. */
static bool take(const OVERLAPPED *overlapped, struct operation *copy)
{
    struct operation *found;

    lens_loan_end(overlapped);
    AcquireSRWLockExclusive(&lock);
    found = find(overlapped);
    if (found != NULL) {
        *copy = *found;
        found->ended = true;
        found->number = 0;
        found->error = 0;
    }
    ReleaseSRWLockExclusive(&lock);
    return found != NULL;
}

void lens_operation_table(const char **from, const char **to)
{
    *from = (const char *)operations;
    *to = *from + sizeof operations;
}

/** Whether an address lies between two others. */
static bool lies(const void *address, const void *from, const void *to)
{
    return (uintptr_t)address >= (uintptr_t)from
           && (uintptr_t)address < (uintptr_t)to;
}

bool lens_operation_inside(const void *from, const void *to)
{
    bool inside = false;

    AcquireSRWLockShared(&lock);
    for (size_t i = 0; i < OPERATIONS && !inside; i++) {
        const struct operation *here = &operations[i];
        /* An OVERLAPPED elsewhere may be no more. */
        bool own = lies(here->overlapped, from, to);
        if (!here->ended && here->overlapped != NULL
            && (own
                || (lies(here->data, from, to)
                    && lens_memory_is_live(here->overlapped))))
            inside = here->overlapped->Internal == PENDING_STATUS;
    }
    ReleaseSRWLockShared(&lock);
    return inside;
}

/** What the program must be told of a packet, instead of success; or 0. */
static DWORD error_of_packet(const OVERLAPPED *overlapped)
{
    const struct operation *found;
    DWORD error = 0;

    if (!any_spoiled)
        return 0;
    AcquireSRWLockShared(&lock);
    found = find(overlapped);
    if (found != NULL)
        error = found->error;
    ReleaseSRWLockShared(&lock);
    return error;
}

/** The event that the end of an operation sets, or NULL. */
static HANDLE event_of(const OVERLAPPED *overlapped)
{
    /* Its lowest bit only says that no packet is to come. */
    return (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1);
}

/** Ends an injected operation without a byte, as a real one ends. */
static void end_without_byte(
    const struct operation *operation, OVERLAPPED *overlapped, ULONG status)
{
    HANDLE event = event_of(overlapped);

    overlapped->Internal = status;
    overlapped->InternalHigh = 0;
    if (event != NULL)
        lens_real.SetEvent(event);
    if (keep(operation))
        lens_port_post(operation->handle, overlapped);
}

/**
 * An injected failure leaves behind what a real one does. "More data" stands
 * in the OVERLAPPED, sets the event and comes out of the port; a pending one
 * has ended when the program looks. Any other failure resets the event, and the
 * structure goes on saying "pending", as the call has put it: read_pipe_test of
 * Wine's dlls/ntdll/tests/pipe.c and test_overlapped_error of its
 * dlls/kernel32/tests/pipe.c (8.0), which run on Windows, say so.
 */
static void fail_as_real_ones(
    struct lens_call *call, struct operation *operation, OVERLAPPED *overlapped)
{
    HANDLE event = event_of(overlapped);

    if (call->fault == ERROR_MORE_DATA) {
        operation->error = ERROR_MORE_DATA;
        any_spoiled = true;
        end_without_byte(operation, overlapped, MORE_DATA_STATUS);
    } else if (call->fault == ERROR_IO_PENDING) {
        if (call->record != NULL)
            lens_note(call->record, LENS_FLAG_PENDING);
        end_without_byte(operation, overlapped, 0);
    } else {
        overlapped->Internal = STATUS_PENDING;
        overlapped->InternalHigh = 0;
        if (event != NULL)
            lens_real.ResetEvent(event);
    }
}

/** "OVERLAPPED structure": an offset is for what can be sought in; all that is
 *  not used must be 0. */
static void look_at_offset(
    const struct lens_call *call, HANDLE file, const OVERLAPPED *overlapped)
{
    if ((overlapped->Offset | overlapped->OffsetHigh) != 0
        && call->id != LENS_PostQueuedCompletionStatus
        && GetFileType(file) == FILE_TYPE_PIPE)
        lens_memory_tell(&(struct lens_mistake){
            .what = "the OVERLAPPED is not set to 0: its Offset is none for a "
                    "pipe",
            .place = call->caller,
        });
}

LPOVERLAPPED_COMPLETION_ROUTINE lens_operation_begin(
    struct lens_call *call, HANDLE file, OVERLAPPED *overlapped,
    const void *data, const DWORD *n, LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct operation operation = {
        .overlapped = overlapped,
        .id = call->id,
        .nth = call->nth,
        .handle = (uint32_t)(ULONG_PTR)file,
        .number = call->record != NULL ? lens_number_of(call->record) : 0,
        .data = data,
        .routine = routine,
    };

    if (overlapped == NULL)
        return routine;
    if (lens_memory_look(call, overlapped, sizeof *overlapped))
        look_at_offset(call, file, overlapped);
    if (call->fault != 0) {
        /* A routine's operation and a posted packet have no use for the
           event. */
        if (routine == NULL && call->id != LENS_PostQueuedCompletionStatus)
            fail_as_real_ones(call, &operation, overlapped);
        return routine;
    }
    call->overlapped = overlapped;
    call->counts = n != NULL;
    return keep(&operation) && routine != NULL ? lens_routine : routine;
}

void lens_operation_returned(
    const struct lens_call *call, bool failed, const ULONG_PTR *values)
{
    struct operation gone;
    bool pending = failed && call->error == ERROR_IO_PENDING;

    if (!failed
        && (call->id == LENS_ReadFileEx || call->id == LENS_WriteFileEx))
        pending = true;
    if (pending && call->record != NULL)
        lens_note(call->record, LENS_FLAG_PENDING);
    if (pending)
        lens_loan_begin(call, values);

    /* Any other failure is the end of it, and no packet will come. */
    if (failed && !pending && call->error != ERROR_MORE_DATA)
        take(call->overlapped, &gone);
}

/** Adds to a call's record what its operation has brought. */
static void complete_start(
    const struct operation *operation, DWORD n, bool brought, uint32_t end)
{
    struct lens_record *start = lens_record_number(operation->number);

    brought = brought && operation->id != LENS_PostQueuedCompletionStatus;
    if (brought && !atomic_exchange(&start->told, 1)) {
        struct lens_text text = LENS_TEXT(start->out);
        if (operation->id == LENS_ConnectNamedPipe) {
            start->peer = lens_pipe_client(operation->handle);
        } else {
            start->bytes = n;
            lens_show_operation(&text, operation->id, operation->data, n);
        }
    }
    atomic_store_explicit(&start->link, end, memory_order_release);
}

/** One operation has ended, as this record tells. */
static void collect(
    const OVERLAPPED *overlapped, DWORD n, DWORD error,
    struct lens_record *record)
{
    struct operation operation;
    bool brought = error == 0 || error == ERROR_MORE_DATA;

    if (overlapped == NULL || !take(overlapped, &operation)
        || operation.number == 0 || record == NULL)
        return;
    complete_start(&operation, n, brought, lens_number_of(record));
    if (record->link == 0)
        record->link = operation.number;
}

/** Whether the call says nothing of the operation's end. */
static bool is_no_end(DWORD error)
{
    return error == ERROR_IO_INCOMPLETE || error == WAIT_TIMEOUT
           || error == WAIT_IO_COMPLETION || error == ERROR_INVALID_HANDLE
           || error == ERROR_INVALID_PARAMETER;
}

static DWORD number_at(ULONG_PTR pointer)
{
    return pointer != 0 ? *(const DWORD *)pointer : 0;
}

/** All packets that GetQueuedCompletionStatusEx took. */
static void collect_packets(
    const OVERLAPPED_ENTRY *entry, ULONG count, struct lens_record *record)
{
    for (ULONG i = 0; i < count; i++) {
        ULONG_PTR status =
            entry[i].lpOverlapped != NULL ? entry[i].lpOverlapped->Internal : 0;
        bool success = (LONG)status >= 0;
        bool more = (ULONG)status == MORE_DATA_STATUS;
        collect(
            entry[i].lpOverlapped,
            entry[i].dwNumberOfBytesTransferred,
            success || more ? 0 : ERROR_OPERATION_ABORTED,
            record);
    }
}

bool lens_operation_collected(
    const struct lens_call *call, bool failed, const ULONG_PTR *values)
{
    DWORD error = failed ? call->error : 0;
    const OVERLAPPED *overlapped;

    switch (call->id) {
    case LENS_GetQueuedCompletionStatusEx:
        if (!failed)
            collect_packets(
                (const OVERLAPPED_ENTRY *)values[1],
                *(const ULONG *)values[3],
                call->record);
        return !failed;
    case LENS_GetQueuedCompletionStatus:
        /* FALSE without an OVERLAPPED: the port itself has failed, and all
           else is garbage. */
        overlapped = *(const OVERLAPPED *const *)values[3];
        if (failed && overlapped == NULL)
            return false;
        collect(overlapped, number_at(values[1]), error, call->record);
        return true;
    default:
        if (failed && is_no_end(error))
            return false;
        collect(
            (const OVERLAPPED *)values[1],
            number_at(values[2]),
            error,
            call->record);
        return true;
    }
}

DWORD lens_operation_error(
    const struct lens_call *call, const ULONG_PTR *values)
{
    if (call->id == LENS_GetQueuedCompletionStatus) {
        const OVERLAPPED *overlapped = *(const OVERLAPPED *const *)values[3];
        return overlapped != NULL ? error_of_packet(overlapped) : 0;
    }
    if (call->id == LENS_GetQueuedCompletionStatusEx) {
        OVERLAPPED_ENTRY *entry = (OVERLAPPED_ENTRY *)values[1];
        for (ULONG i = 0; i < *(const ULONG *)values[3]; i++)
            if (entry[i].lpOverlapped != NULL
                && error_of_packet(entry[i].lpOverlapped) != 0)
                entry[i].Internal = MORE_DATA_STATUS;
    }
    return 0;
}

/** Writes the first half of a routine's record; NULL: not recorded. */
static struct lens_record *record_routine(
    const struct operation *operation, DWORD error, DWORD n)
{
    struct lens_record *record = lens_take(LENS_KIND_ROUTINE);

    if (record == NULL)
        return NULL;
    struct lens_text text = LENS_TEXT(record->in);
    lens_put(&text, "error=");
    lens_put_number(&text, error);
    lens_put(&text, " n=");
    lens_put_number(&text, n);
    lens_put(&text, " overlapped=");
    lens_put_hex(&text, (uintptr_t)operation->overlapped);
    record->call = (uint32_t)operation->id;
    record->nth = operation->nth;
    record->caller = lens_place((const void *)(uintptr_t)operation->routine);
    record->handle = operation->handle;
    record->overlapped = (uintptr_t)operation->overlapped;
    record->error = error;
    record->bytes = n;
    lens_publish(record, LENS_KIND_ROUTINE);
    return record;
}

/** Stands in for every routine: the system calls this one. */
VOID CALLBACK lens_routine(DWORD error, DWORD n, LPOVERLAPPED overlapped)
{
    DWORD last_error = GetLastError();
    struct operation operation;
    struct lens_record *record;

    if (!take(overlapped, &operation) || operation.routine == NULL)
        return;
    record = record_routine(&operation, error, n);
    if (record != NULL && operation.number != 0) {
        record->link = operation.number;
        complete_start(
            &operation,
            n,
            error == 0 || error == ERROR_MORE_DATA,
            lens_number_of(record));
    }
    SetLastError(last_error);
    operation.routine(error, n, overlapped);
    if (record != NULL) {
        last_error = GetLastError();
        lens_finish(record);
        SetLastError(last_error);
    }
}
