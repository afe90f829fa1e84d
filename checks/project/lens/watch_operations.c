/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Tests of the lens with overlapped operations, ports and handles.
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "checks/project/lens/stage.h"
#include "checks/project/lens/watch_operations.h"
#include "lens/ends.h"
#include "lens/table.h"

#define SUBJECT "operations.exe"

/** What belongs to a record by its link; never NULL. */
static const struct lens_record *expect_link(const struct lens_record *record)
{
    static const struct lens_record none;
    const struct lens_record *other;

    expect(
        record->link != 0 && record->link <= lens_view_count(&view),
        "%s %u has the link %u",
        lens_call_name(record->call),
        record->nth,
        record->link);
    if (record->link == 0 || record->link > lens_view_count(&view))
        return &none;
    other = lens_view_at(&view, record->link - 1);
    expect(
        lens_view_at(&view, other->link - 1) == record
            || other->call == LENS_GetQueuedCompletionStatusEx,
        "%s %u is linked with one that is not linked with it",
        lens_call_name(record->call),
        record->nth);
    return other;
}

/** Expects that an operation was found to have ended in a certain call. */
static const struct lens_record *expect_operation(
    const char *call, uint32_t nth, const char *out, const char *end,
    uint32_t end_nth)
{
    const struct lens_record *begun = expect_call(call, nth);
    const struct lens_record *found = expect_link(begun);

    expect_equal(call, begun->out, out);
    expect(
        strcmp(lens_call_name(found->call), end) == 0 && found->nth == end_nth,
        "%s %u ended in %s %u",
        call,
        nth,
        lens_call_name(found->call),
        found->nth);
    expect(
        begun->t1 != 0 && begun->t1 <= found->t1,
        "%s %u ended before it began",
        call,
        nth);
    return begun;
}

static void expect_flags(const struct lens_record *record, uint32_t flags)
{
    expect(
        record->flags == flags,
        "%s %u has the flags %u, not %u",
        lens_call_name(record->call),
        record->nth,
        record->flags,
        flags);
}

/** All of it, with the lens and without, then once more by the record. */
static void test_all(void)
{
    struct run run;

    expect_same(SUBJECT, "all");
    new_record();
    set("LENS_SUFFIX", "-all");
    expect_same(SUBJECT, "all");
    run = run_program(SUBJECT, "all");
    expect_status(&run, 5);
    for (uint32_t id = 0; id < LENS_CALL_COUNT; id++) {
        static const char *const elsewhere =
            " CreateProcessW LoadLibraryW FreeLibrary FormatMessageW"
            " ExitProcess WaitNamedPipeW SetEvent GetOverlappedResult"
            " ReadFileEx WriteFileEx CreateIoCompletionPort"
            " GetQueuedCompletionStatus GetQueuedCompletionStatusEx"
            " PostQueuedCompletionStatus DuplicateHandle _beginthreadex"
            " ExitThread GetExitCodeThread CancelIoEx ";
        const char *name = lens_call_name(id);
        const char *found = strstr(elsewhere, name);
        char after = found != NULL ? found[strlen(name)] : '\0';

        if (found == NULL || found[-1] != ' ' || after != ' ')
            expect_call(name, 1);
    }
}

static void test_shown(void)
{
    char objects[LINE];

    new_record();
    run_program(SUBJECT, "all");
    expect_equal(
        "state",
        strchr(expect_call("SetNamedPipeHandleState", 1)->in, ' '),
        " mode=0x2 bytes=NULL time=NULL");
    expect_equal(
        "info",
        expect_call("GetNamedPipeInfo", 1)->out,
        "flags=5 out=4096 in=4096 max=1");
    expect_equal(
        "peek",
        expect_call("PeekNamedPipe", 1)->out,
        "data=\"pe\" n=2 total=4 left=2");
    expect(expect_call("PeekNamedPipe", 1)->bytes == 0, "a peek moved bytes");
    expect_equal("peek", expect_call("PeekNamedPipe", 2)->out, "total=4");
    expect_equal(
        "reply",
        expect_call("TransactNamedPipe", 1)->out,
        "reply=\"reply\" n=5");
    expect(
        strstr(expect_call("CallNamedPipeW", 1)->in, "request=\"ask2\" size=4")
            != NULL,
        "the request is missing");
    snprintf(
        objects,
        sizeof objects,
        "count=2 objects=%#x,%#x all=1 wait=0",
        expect_call("CreateSemaphoreW", 1)->handle,
        expect_call("CreateEventW", 1)->handle);
    expect_equal(
        "objects",
        expect_call("WaitForMultipleObjects", 1)->in,
        objects);
    expect_equal(
        "mailslot",
        expect_call("GetMailslotInfo", 1)->out,
        "next=4294967295 count=0 wait=70");
    expect(expect_call("TerminateProcess", 1)->t1 == 0, "it outlived its end");
    expect(count(LENS_KIND_EXIT) == 0, "a killed program has an exit");
    expect(count(LENS_KIND_WARNING) == 0, "a warning for nothing");
}

static void test_overlapped(void)
{
    const struct lens_record *call;

    new_record();
    expect_same(SUBJECT, "overlapped");
    call =
        expect_operation("ConnectNamedPipe", 1, "", "GetOverlappedResult", 1);
    expect_flags(call, LENS_FLAG_FAILED | LENS_FLAG_PENDING);
    expect(call->error == ERROR_IO_PENDING, "error %u", call->error);
    expect(call->peer == call->pid, "the client is %u", call->peer);
    expect(
        expect_call("CreateFileW", 1)->peer == call->pid,
        "the server is %u",
        expect_call("CreateFileW", 1)->peer);

    /* The second result is asked for too early. */
    call = expect_operation(
        "ReadFile",
        1,
        "data=\"hello\" n=5",
        "GetOverlappedResult",
        3);
    expect_flags(call, LENS_FLAG_FAILED | LENS_FLAG_PENDING);
    expect(call->bytes == 5, "bytes are %u", call->bytes);
    call = expect_call("GetOverlappedResult", 2);
    expect(call->link == 0 && call->error == 996, "a link while it goes on");

    call = expect_operation(
        "ReadFile",
        2,
        "data=\"world!\" n=6",
        "GetOverlappedResult",
        4);
    expect_flags(call, 0);
    call = expect_call("ReadFile", 3);
    expect_equal("ReadFile 3", call->out, "data=\"with count\" n=10");
    expect_operation(
        "ReadFile",
        4,
        "data=\"abc\" n=3",
        "GetOverlappedResult",
        5);
    expect_operation("WriteFile", 5, "n=6", "GetOverlappedResult", 6);
}

static void test_cancel(void)
{
    const struct lens_record *call;

    new_record();
    expect_same(SUBJECT, "cancel");
    call = expect_operation("ReadFile", 1, "", "GetOverlappedResult", 1);
    expect(call->bytes == 0, "bytes of a read that was cancelled");
    call = expect_link(call);
    expect(call->error == ERROR_OPERATION_ABORTED, "error %u", call->error);
}

static void test_routine(void)
{
    const struct lens_record *wait;
    const struct lens_record *run;
    const struct lens_record *inside;
    const struct lens_record *call;

    expect_same(SUBJECT, "routine");
    new_record();
    expect_same(SUBJECT, "routine");
    call = expect_operation(
        "ReadFileEx",
        1,
        "data=\"hello\" n=5",
        "ReadFileEx",
        1);
    expect_flags(call, LENS_FLAG_PENDING);
    run = find(LENS_KIND_ROUTINE, NULL, 1);
    expect(run != NULL && expect_link(call) == run, "the routine's run");
    if (run == NULL)
        return;
    wait = expect_call("SleepEx", 1);
    inside = expect_call("SetEvent", 1);
    expect(
        wait->t0 <= run->t0 && run->t1 <= wait->t1 && run->tid == wait->tid,
        "the routine does not run inside the wait");
    expect(
        run->t0 <= inside->t0 && inside->t1 <= run->t1 && run->t1 != 0,
        "what the routine calls is not inside it");
    expect(run->bytes == 5 && run->error == 0, "what it was given");
    expect(run->caller != 0, "the routine's place");
    expect(run->handle == call->handle, "the routine's handle");
    expect_operation("WriteFileEx", 1, "n=5", "WriteFileEx", 1);
    expect(count(LENS_KIND_ROUTINE) == 2, "not two runs");

    /* Also when only faults are on. */
    set("LENS_RECORD", NULL);
    set("LENS_FAULT", "FreeLibrary:1:5");
    expect_same(SUBJECT, "routine");
}

static void test_port(void)
{
    const struct lens_record *call;

    new_record();
    expect_same(SUBJECT, "port");
    call = expect_operation(
        "ReadFile",
        1,
        "data=\"hello\" n=5",
        "GetQueuedCompletionStatus",
        1);
    expect(
        expect_link(call)->overlapped == call->overlapped,
        "the packet's OVERLAPPED");
    expect_operation(
        "ReadFile",
        2,
        "data=\"again\" n=5",
        "GetQueuedCompletionStatusEx",
        1);
    expect_operation(
        "PostQueuedCompletionStatus",
        2,
        "",
        "GetQueuedCompletionStatusEx",
        1);
    call = expect_call("GetQueuedCompletionStatus", 2);
    expect(call->link == 0, "a link of a packet without an OVERLAPPED");
    call = expect_call("GetQueuedCompletionStatus", 3);
    expect_equal("nothing", call->out, "");

    call = expect_call("CreateIoCompletionPort", 1);
    expect_flags(call, LENS_FLAG_OPENS);
    call = expect_call("CreateIoCompletionPort", 2);
    expect_flags(call, 0);
    expect(
        call->other == expect_call("CreateNamedPipeW", 1)->handle,
        "the file is %#x",
        call->other);
    expect(count(LENS_KIND_LEAK) == 0, "a leak");
}

/** An injected 234 must come out of the port, or right code would hang. */
static void test_more(void)
{
    struct run run;

    expect_same(SUBJECT, "more");
    new_record();
    set("LENS_FAULT", "ReadFile:1:234,ReadFile:3:234");
    run = run_program(SUBJECT, "more");
    expect_status(&run, 0);
    expect_equal(
        "its output",
        run.text,
        "0 bytes, and more\r\n4 bytes, and more\r\n0 bytes, and more\r\n"
        "4 bytes, and more\r\n1 bytes, the end\r\n");
    expect_flags(
        expect_call("ReadFile", 1),
        LENS_FLAG_FAILED | LENS_FLAG_INJECTED);
    expect(
        expect_call("GetQueuedCompletionStatus", 1)->error == ERROR_MORE_DATA,
        "the packet does not say it");
    expect_operation(
        "ReadFile",
        1,
        "data=\"\" n=0",
        "GetQueuedCompletionStatus",
        1);

    /* Without a record, and without a port. */
    set("LENS_RECORD", NULL);
    run = run_program(SUBJECT, "more");
    expect_status(&run, 0);
    expect_text(&run, "0 bytes, and more\r\n4 bytes");
    run = run_program(SUBJECT, "more-by-event");
    expect_text(&run, "ReadFile: error 234");
    expect_text(&run, "GetOverlappedResult: error 234\r\nn=0");

    /* Any other failure queues nothing. */
    set("LENS_FAULT", "ReadFile:1:5");
    run = run_program(SUBJECT, "more");
    expect_text(&run, "ReadFile: error 5");
}

/** Faults of calls that are made all the same. */
static void test_late(void)
{
    const struct lens_record *call;
    struct run run;

    new_record();
    set("LENS_FAULT", "GetOverlappedResult:3:109");
    run = run_program(SUBJECT, "overlapped");
    expect_text(&run, "error 996\r\nGetOverlappedResult: error 109\r\n");
    expect_text(&run, "n=6\r\nReadFile: TRUE\r\nn=10");
    call = expect_call("GetOverlappedResult", 3);
    expect_flags(call, LENS_FLAG_FAILED | LENS_FLAG_INJECTED);
    expect(call->error == ERROR_BROKEN_PIPE, "error %u", call->error);
    expect(expect_link(call) == expect_call("ReadFile", 1), "another read");

    /* What fails by itself is not made to fail. */
    new_record();
    set("LENS_FAULT", "GetOverlappedResult:2:109");
    run_program(SUBJECT, "overlapped");
    call = expect_call("GetOverlappedResult", 2);
    expect_flags(call, LENS_FLAG_FAILED);
    expect(call->error == ERROR_IO_INCOMPLETE, "error %u", call->error);

    new_record();
    set("LENS_FAULT", "GetQueuedCompletionStatus:1:995");
    run = run_program(SUBJECT, "port");
    expect_text(&run, "GetQueuedCompletionStatus: error 995\r\nn=0 key=77");

    new_record();
    set("LENS_FAULT", "CancelIoEx:1:1168");
    run = run_program(SUBJECT, "cancel");
    expect_text(&run, "CancelIoEx: error 1168");
    expect_text(&run, "GetOverlappedResult: error 995");
}

static void test_pass(void)
{
    const struct lens_record *call;
    struct run run;

    new_record();
    set("LENS_FAULT", "ConnectNamedPipe:*:pass=535");
    run = run_subject("echo");
    expect_status(&run, 0);
    expect(
        strstr(run.text, "ConnectNamedPipe") == NULL,
        "it said %s",
        run.text);
    call = expect_call("ConnectNamedPipe", 1);
    expect_flags(call, LENS_FLAG_INJECTED);
    expect(call->result == TRUE && call->error == 0, "it is no success");
    expect(call->peer == call->pid, "the client is %u", call->peer);

    /* Another failure stays one. */
    new_record();
    run = run_program(SUBJECT, "overlapped");
    expect_text(&run, "ConnectNamedPipe: error 997");
    expect_flags(
        expect_call("ConnectNamedPipe", 1),
        LENS_FLAG_FAILED | LENS_FLAG_PENDING);
    unset_all();
    set("LENS_FAULT", "ReadFile:1:pass=109");
    run = run_subject("echo");
    expect_status(&run, 2);
    expect_text(&run, "only ConnectNamedPipe can pass");
}

static void test_handles(void)
{
    const struct lens_record *call;

    new_record();
    run_program(SUBJECT, "duplicate");
    call = expect_call("DuplicateHandle", 1);
    expect_flags(call, LENS_FLAG_OPENS);
    expect(
        call->other == expect_call("CreateEventW", 1)->handle,
        "the source is %#x",
        call->other);
    expect_flags(
        expect_call("DuplicateHandle", 2),
        LENS_FLAG_OPENS | LENS_FLAG_CLOSES_OTHER);
    expect(
        (expect_call("DuplicateHandle", 3)->flags & LENS_FLAG_CLOSES_OTHER)
            != 0,
        "the third source is not closed");
    expect(count(LENS_KIND_LEAK) == 2, "%d leaks", count(LENS_KIND_LEAK));
    call = find(LENS_KIND_LEAK, "DuplicateHandle", 1);
    expect(call != NULL && call->nth == 2, "not the second duplicate");
    call = find(LENS_KIND_LEAK, "CreateIoCompletionPort", 1);
    expect(call != NULL && call->nth == 3, "not the last port");
    expect(count(LENS_KIND_WARNING) == 0, "a warning for nothing");

    new_record();
    run_program(SUBJECT, "threads");
    call = expect_call("CreateThread", 1);
    expect(call->peer != 0 && call->peer != call->tid, "the thread's id");
    expect(
        expect_call("ExitThread", 1)->tid == call->peer
            && expect_call("ExitThread", 1)->t1 != 0,
        "the thread's end");
    expect(count(LENS_KIND_LEAK) == 1, "%d leaks", count(LENS_KIND_LEAK));
    expect(
        find(LENS_KIND_LEAK, "_beginthreadex", 1) != NULL,
        "not the thread of _beginthreadex");

    new_record();
    run_program(SUBJECT, "closed-unseen");
    expect(count(LENS_KIND_LEAK) == 0, "a handle that is not open leaked");
}

static void test_warnings(void)
{
    const struct lens_record *warning;

    new_record();
    expect_same("subject.exe", "close-wrongly");
    expect(count(LENS_KIND_WARNING) == 2, "not two warnings");
    warning = find(LENS_KIND_WARNING, "CloseHandle", 1);
    expect(
        warning != NULL && warning->handle == UINT32_MAX && warning->nth == 1
            && warning->caller == expect_call("CloseHandle", 1)->caller
            && strstr(warning->in, "INVALID_HANDLE_VALUE") != NULL,
        "not the first");
    expect_flags(expect_call("CloseHandle", 1), 0);
    warning = find(LENS_KIND_WARNING, "CloseHandle", 2);
    expect(
        warning != NULL && warning->nth == 3
            && warning->handle == expect_call("CreateEventW", 1)->handle
            && strstr(warning->in, "not open") != NULL,
        "not the last");
}

static void test_full_of_warnings(void)
{
    new_record();
    expect_same(SUBJECT, "fill");
    expect(lens_view_full(&view), "the record is not full");
    expect(count(LENS_KIND_LEAK) == 0, "a leak that nobody can know of");
    expect(count(LENS_KIND_EXIT) == 1, "the exit is missing");
}

/** Runs the two reads, the first with a fault; expects what it says first. */
static void expect_faked(const char *fault, const char *text)
{
    struct run run;

    set("LENS_FAULT", fault);
    new_record();
    run = run_program(SUBJECT, "faked");
    expect_status(&run, 0);
    expect(
        strncmp(run.text, text, strlen(text)) == 0,
        "%s: it said %s",
        fault,
        run.text);
}

static void test_faked(void)
{
    /* What a real read does that has its message at once. */
    expect_faked(
        "Sleep:1:delay=1",
        "ReadFile: TRUE\r\nevent set, status 0\r\npacket: TRUE\r\nhello");
    expect_faked(
        "ReadFile:1:109",
        "ReadFile: error 109\r\nevent reset, status 0x103\r\n"
        "packet: error 258");
    expect_faked(
        "ReadFile:1:234",
        "ReadFile: error 234\r\nevent set, status 0x80000005\r\n"
        "packet: error 234");
    expect_faked(
        "ReadFile:1:997",
        "ReadFile: error 997\r\nevent set, status 0\r\npacket: TRUE");
    expect(
        (expect_call("ReadFile", 1)->flags & LENS_FLAG_PENDING) != 0,
        "it does not seem to go on");
    expect_faked(
        "ReadFile:1:pending",
        "ReadFile: error 997\r\nevent set, status 0\r\npacket: TRUE\r\n"
        "hello");
    expect(
        (expect_call("ReadFile", 1)->flags & LENS_FLAG_PENDING) != 0
            && (expect_call("ReadFile", 1)->flags & LENS_FLAG_INJECTED) != 0,
        "it does not seem to go on");
}

/** What the ends of pipes in the record are: one in a line, with the calls by
 * which they came and went. */
static void tell_ends(char *text, size_t size)
{
    static struct lens_end ends[LENS_ENDS_MAX];
    uint32_t number = lens_view_count(&view);
    size_t found = lens_ends_find(lens_view_at(&view, 0), number, ends);
    DWORD first = found > 0 ? ends[0].pid : 0;
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < found && used < size; i++) {
        const struct lens_record *came = lens_view_at(&view, ends[i].from - 1);
        const struct lens_record *went =
            ends[i].to != 0 ? lens_view_at(&view, ends[i].to - 1) : NULL;
        used += (size_t)snprintf(
            text + used,
            size - used,
            "%s %s: %s to %s\n",
            ends[i].pid == first ? "parent" : "child",
            ends[i].writes ? "writes" : "reads",
            lens_call_name(came->call),
            went == NULL                   ? "-"
            : went->kind == LENS_KIND_EXIT ? "end"
                                           : lens_call_name(went->call));
    }
}

static void expect_ends(const char *action, const char *ends)
{
    char text[1000];
    struct run run;

    new_record();
    run = run_program("inherit.exe", action);
    expect_status(&run, 0);
    tell_ends(text, sizeof text);
    expect(strcmp(text, ends) == 0, "%s:\n%s", action, text);
}

static void test_ends(void)
{
    expect_ends(
        "all",
        "parent reads: CreatePipe to CloseHandle\n"
        "parent writes: CreatePipe to CloseHandle\n"
        "child reads: CreateProcessW to end\n"
        "child writes: CreateProcessW to CloseHandle\n");
    expect_ends(
        "none",
        "parent reads: CreatePipe to CloseHandle\n"
        "parent writes: CreatePipe to CloseHandle\n");
    expect_ends(
        "one",
        "parent reads: CreatePipe to CloseHandle\n"
        "parent writes: CreatePipe to CloseHandle\n"
        "child writes: CreateProcessW to CloseHandle\n");
    expect_ends(
        "list",
        "parent reads: CreatePipe to CloseHandle\n"
        "parent writes: CreatePipe to CloseHandle\n"
        "child writes: CreateProcessW to CloseHandle\n");
    expect_ends(
        "copy",
        "parent reads: CreatePipe to CloseHandle\n"
        "parent writes: CreatePipe to CloseHandle\n"
        "child writes: DuplicateHandle to TerminateProcess\n");
}

void test_operations(void)
{
    test("each call of the table does what it does without", test_all);
    test("a call shows what it was given and what it gave", test_shown);
    test("an overlapped operation is followed to its end", test_overlapped);
    test("a cancelled one, too", test_cancel);
    test("a routine's run is recorded inside the wait", test_routine);
    test("a packet leads back to its operation", test_port);
    test("an injected 234 comes out of the port", test_more);
    test("what fails as asked leaves its event as real ones do", test_faked);
    test("a result fails after the real call", test_late);
    test("535 passes for a success, and no other failure", test_pass);
    test("handles of duplicates, ports and threads are followed", test_handles);
    test("closing what is not open is a warning", test_warnings);
    test("warnings leave room for the exit", test_full_of_warnings);
    test("it is known who holds the ends of a pipe without a name", test_ends);
}
