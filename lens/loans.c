/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What a program has lent to the system from its stack: the buffers and
 *        OVERLAPPED of operations that go on.
 *
 * Where the function that has them returns, the next call of another function
 * overwrites them, and the system overwrites that function's variables. Each
 * call of the same thread shows how far its stack reaches: what lies below is
 * nobody's any more.
 *
 * @see "Synchronous and Asynchronous I/O" on Microsoft Learn
 */
#include "lens/lens.h"
#include <stdatomic.h>

#define LOANS 64
/** How an OVERLAPPED says that it goes on: STATUS_PENDING. */
#define PENDING_STATUS 0x103u

struct loan {
    const OVERLAPPED *overlapped;  ///< NULL: none
    uint32_t tid;
    uint32_t caller;
    const char *lowest;  ///< of what lies on the stack
    HANDLE file;
    bool is_structure;  ///< the OVERLAPPED lies there, too
    bool hidden;        ///< it has ended; only the program does not know
};

static struct loan loans[LOANS];
static _Atomic int loan_count;
static SRWLOCK lock = SRWLOCK_INIT;

bool lens_is_on_stack(const void *address)
{
    ULONG_PTR low;
    ULONG_PTR high;

    GetCurrentThreadStackLimits(&low, &high);
    return (ULONG_PTR)address >= low && (ULONG_PTR)address < high;
}

/** The buffer of a call, or NULL. */
static const char *buffer_of(
    const struct lens_call *call, const ULONG_PTR *values)
{
    switch (call->id) {
    case LENS_ReadFile:
    case LENS_WriteFile:
    case LENS_ReadFileEx:
    case LENS_WriteFileEx:
        return (const char *)values[1];
    case LENS_TransactNamedPipe:
        return (const char *)values[3];
    default:
        return NULL;
    }
}

void lens_loan_begin(const struct lens_call *call, const ULONG_PTR *values)
{
    const char *buffer = buffer_of(call, values);
    struct loan loan = {
        .overlapped = call->overlapped,
        .tid = GetCurrentThreadId(),
        .caller = call->caller,
        .file = (HANDLE)values[0],
        .is_structure = lens_is_on_stack(call->overlapped),
        .hidden = call->struck,
    };

    if (buffer != NULL && lens_is_on_stack(buffer))
        loan.lowest = buffer;
    if (loan.is_structure
        && (loan.lowest == NULL
            || (const char *)call->overlapped < loan.lowest))
        loan.lowest = (const char *)call->overlapped;
    /* A hidden one with an event may be waited for, unseen, by that. */
    if (loan.lowest == NULL
        || (loan.hidden && call->overlapped->hEvent != NULL))
        return;
    AcquireSRWLockExclusive(&lock);
    for (size_t i = 0; i < LOANS; i++)
        if (loans[i].overlapped == NULL) {
            loans[i] = loan;
            loan_count++;
            break;
        }
    ReleaseSRWLockExclusive(&lock);
}

void lens_loan_end(const OVERLAPPED *overlapped)
{
    if (loan_count == 0)
        return;
    AcquireSRWLockExclusive(&lock);
    for (size_t i = 0; i < LOANS; i++)
        if (loans[i].overlapped == overlapped && overlapped != NULL) {
            loans[i].overlapped = NULL;
            loan_count--;
        }
    ReleaseSRWLockExclusive(&lock);
}

/** Takes a loan of this thread that lies below the stack's end. (A fiber has
 *  another stack: its loans are left alone.) */
static bool take_overdue(const char *stack_end, struct loan *overdue)
{
    uint32_t tid = GetCurrentThreadId();
    bool found = false;

    AcquireSRWLockExclusive(&lock);
    for (size_t i = 0; i < LOANS && !found; i++)
        if (loans[i].overlapped != NULL && loans[i].tid == tid
            && loans[i].lowest < stack_end
            && lens_is_on_stack(loans[i].lowest)) {
            *overdue = loans[i];
            loans[i].overlapped = NULL;
            loan_count--;
            found = true;
        }
    ReleaseSRWLockExclusive(&lock);
    return found;
}

/** Whether memory can be read. */
static bool is_there(const void *address)
{
    MEMORY_BASIC_INFORMATION part;

    return VirtualQuery(address, &part, sizeof part) != 0
           && part.State == MEM_COMMIT
           && (part.Protect & (PAGE_NOACCESS | PAGE_GUARD)) == 0;
}

/** Whether the operation goes on, or the program can't know that it has ended.
 */
static bool goes_on(const struct loan *loan)
{
    if (loan->hidden)
        return true;
    if (!loan->is_structure)
        return is_there(loan->overlapped)
               && loan->overlapped->Internal == PENDING_STATUS;
    /* What the structure says may be overwritten: only the system knows. */
    return lens_real.CancelIoEx(loan->file, (OVERLAPPED *)loan->overlapped);
}

void lens_loans_look(const void *stack_end)
{
    struct loan loan;

    if (loan_count == 0)
        return;
    while (take_overdue(stack_end, &loan))
        if (goes_on(&loan))
            lens_memory_tell(&(struct lens_mistake){
                .what = loan.is_structure
                            ? "its OVERLAPPED lies on the stack of a function "
                              "that returns while the operation goes on"
                            : "its buffer lies on the stack of a function that "
                              "returns while the operation goes on",
                .place = loan.caller,
            });
}
