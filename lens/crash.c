/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Records a crash: the exception, and the place in the program.
 *
 * The filter is asked when nobody else wanted the exception. It passes it on,
 * so the program ends as it would have, with the exception as its exit code.
 *
 * @see "SetUnhandledExceptionFilter function", "Vectored Exception Handling",
 *      "SetThreadStackGuarantee function" and "x64 exception handling" on
 *      Microsoft Learn
 */
#include "lens/lens.h"

#define FRAMES_MAX 64

static LPTOP_LEVEL_EXCEPTION_FILTER previous;

/** Leaves one function: the context becomes that of its caller. */
static void leave_function(CONTEXT *context)
{
    DWORD64 base;
    DWORD64 frame;
    PVOID handler_data;
    RUNTIME_FUNCTION *function =
        RtlLookupFunctionEntry(context->Rip, &base, NULL);

    if (function == NULL) {
        /* A function that calls none, or a call to nowhere: the return
           address is on top of the stack. */
        context->Rip = *(const DWORD64 *)context->Rsp;
        context->Rsp += sizeof(DWORD64);
        return;
    }
    RtlVirtualUnwind(
        UNW_FLAG_NHANDLER,
        base,
        context->Rip,
        function,
        context,
        &handler_data,
        &frame,
        NULL);
}

/** The place in the program: its own, or where it called into a library. */
static uint32_t place_of_crash(CONTEXT *context)
{
    for (int i = 0; i < FRAMES_MAX; i++) {
        uint32_t place = lens_place((const void *)context->Rip);
        /* One byte on: like a return address, behind the start of what ran. */
        if (place != 0)
            return i == 0 ? place + 1 : place;
        if (!lens_is_on_stack((const void *)context->Rsp))
            return 0;
        leave_function(context);
    }
    return 0;
}

void lens_crash_record(DWORD code, uint32_t place)
{
    struct lens_record *record = lens_take(LENS_KIND_CRASH);

    if (record == NULL)
        return;
    struct lens_text text = LENS_TEXT(record->in);
    lens_put(&text, "exception ");
    lens_put_hex(&text, code);
    record->error = code;
    record->caller = place;
    lens_publish(record, LENS_KIND_CRASH);
    lens_finish(record);
}

/** Records an exception, and what it says of memory. */
static void record_crash(const EXCEPTION_POINTERS *exception)
{
    /* Not on the stack, of which there may be none left; two threads that
       crash at the same moment may spoil each other's place. */
    static CONTEXT context;
    const EXCEPTION_RECORD *what = exception->ExceptionRecord;
    uint32_t place;

    context = *exception->ContextRecord;
    place = place_of_crash(&context);
    if (what->ExceptionCode == EXCEPTION_ACCESS_VIOLATION
        && what->NumberParameters >= 2)
        lens_memory_crashed((const void *)what->ExceptionInformation[1], place);
    lens_crash_record(what->ExceptionCode, place);
}

static LONG WINAPI on_crash(EXCEPTION_POINTERS *exception)
{
    LONG answer = EXCEPTION_CONTINUE_SEARCH;

    if (previous != NULL)
        answer = previous(exception);
    if (answer != EXCEPTION_CONTINUE_EXECUTION
        && exception->ExceptionRecord->ExceptionCode
               != EXCEPTION_STACK_OVERFLOW)
        record_crash(exception);
    /* The process ends with the exception's code, and no report of the system
       (under Wine a line on stderr) comes between. */
    return answer == EXCEPTION_CONTINUE_SEARCH ? EXCEPTION_EXECUTE_HANDLER
                                               : answer;
}

/**
 * A full stack is recorded at once: C has nobody who could handle it, and the
 * way to the filter needs more stack than may be left.
 */
static LONG WINAPI on_exception(EXCEPTION_POINTERS *exception)
{
    if (exception->ExceptionRecord->ExceptionCode == EXCEPTION_STACK_OVERFLOW)
        record_crash(exception);
    return EXCEPTION_CONTINUE_SEARCH;
}

void lens_crash_watch(void)
{
    /* A stack that overflows must have room left for us. This is for the first
       thread; others have what Windows leaves them. */
    ULONG room = 32768;

    SetThreadStackGuarantee(&room);
    AddVectoredExceptionHandler(TRUE, on_exception);
    previous = SetUnhandledExceptionFilter(on_crash);
}
