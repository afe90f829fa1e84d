/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Tests the lens: runs the subject, reads the record. Prints TAP.
 *
 * Usage: watch FOLDER [measure]. The subject with the lens is
 * FOLDER/subject.exe, the one without is FOLDER/plain/subject.exe; the record
 * is made in FOLDER, under a Korean name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/project/lens/stage.h"
#include "checks/project/lens/watch_operations.h"

/* ---- the tests ---------------------------------------------------------- */

static void test_off(void)
{
    expect_same("subject.exe", "echo");
    expect_same("subject.exe", "last-error");
}

static void test_last_error(void)
{
    new_record();
    expect_same("subject.exe", "last-error");
    set("LENS_SUFFIX", "-x");
    set("LENS_FAULT", "FreeLibrary:1:5");
    expect_same("subject.exe", "last-error");
}

static void test_record(void)
{
    const struct lens_record *call;
    struct run run;

    new_record();
    run = run_subject("echo");
    expect_status(&run, 0);

    call = expect_call("CreateNamedPipeW", 1);
    expect_equal(
        "CreateNamedPipeW",
        call->in,
        "name=\"\\\\.\\pipe\\pipework-lens\" open=0x3 mode=0x8 max=1 "
        "out=4096 in=4096 wait=0");
    expect(call->flags == LENS_FLAG_OPENS, "flags are %u", call->flags);
    expect(call->result == call->handle, "the handle is not the result");
    expect(call->pid == run.pid, "the pid is %lu", (DWORD)call->pid);
    expect(call->caller != 0, "the caller is unknown");
    expect(call->t0 != 0 && call->t1 > call->t0, "the times are wrong");

    call = expect_call("ConnectNamedPipe", 1);
    expect(call->error == ERROR_PIPE_CONNECTED, "error %u", call->error);
    expect(call->flags == LENS_FLAG_FAILED, "flags are %u", call->flags);

    call = expect_call("ReadFile", 1);
    expect_equal("ReadFile", call->out, "data=\"hello\" n=5");
    expect(call->bytes == 5, "bytes are %u", call->bytes);
    expect(call->error == 0 && call->result == 1, "it seems to have failed");

    call = expect_call("WriteFile", 2);
    expect(
        strstr(
            call->in,
            " data=\"\xEC\x95\x88 \\\"x\\\"\\x0a\\xff\\xe0\\x80\\x80\" size=12")
            != NULL,
        "WriteFile 2 is %s",
        call->in);
    expect_equal("WriteFile 2", call->out, "n=12");
    expect(call->nth == 2, "nth is %u", call->nth);

    call = expect_call("CloseHandle", 2);
    expect(call->flags == LENS_FLAG_CLOSES, "flags are %u", call->flags);
    expect(
        call->handle == expect_call("CreateNamedPipeW", 1)->handle,
        "closed %#x",
        call->handle);
}

static void test_life(void)
{
    const struct lens_record *start_record;

    new_record();
    run_subject("echo");
    start_record = find(LENS_KIND_START, NULL, 1);
    expect(start_record == lens_view_at(&view, 0), "the start is not first");
    expect_equal("the program", start_record->in, "subject");
    expect(count(LENS_KIND_START) == 1, "it did not start once");
    expect(count(LENS_KIND_EXIT) == 1, "it did not end once");
    expect(count(LENS_KIND_LEAK) == 0, "a handle leaked");
    expect(count(LENS_KIND_CRASH) == 0, "it crashed");
    expect(
        lens_view_at(&view, lens_view_count(&view) - 1)->kind == LENS_KIND_EXIT,
        "the exit is not last");
}

static void test_others(void)
{
    const struct lens_record *call;
    struct run run;

    new_record();
    run = run_subject("others");
    expect_status(&run, 0);
    expect(expect_call("SetEvent", 1)->result == 1, "SetEvent");
    call = expect_call("LoadLibraryW", 1);
    expect_equal("LoadLibraryW", call->in, "name=\"version.dll\"");
    expect_call("FreeLibrary", 1);
    expect_call("FormatMessageW", 1);
    call = expect_call("WaitNamedPipeW", 1);
    expect(call->error == ERROR_FILE_NOT_FOUND, "error %u", call->error);

    new_record();
    start(&run, "without_pointer.exe", "");
    finish(&run);
    expect_status(&run, 0);
    expect(expect_call("CloseHandle", 1)->handle == 0xDEAC, "CloseHandle");
}

static void test_leak(void)
{
    const struct lens_record *leak;
    const struct lens_record *second;
    const struct lens_record *made;
    struct run run;

    new_record();
    run = run_subject("leak");
    expect_status(&run, 0);
    expect(count(LENS_KIND_START) == 2, "not two processes");
    expect(count(LENS_KIND_EXIT) == 2, "not two ends");
    expect(count(LENS_KIND_LEAK) == 4, "%d leaks", count(LENS_KIND_LEAK));

    leak = find(LENS_KIND_LEAK, "CreateEventW", 1);
    expect(
        leak != NULL && leak->nth == 2
            && leak->caller == expect_call("CreateEventW", 2)->caller
            && strstr(leak->in, "pipework-lens-leak") != NULL,
        "not the second event");
    leak = find(LENS_KIND_LEAK, "CreateFileW", 1);
    expect(
        leak != NULL && leak->handle == expect_call("CreateFileW", 1)->handle,
        "not the client's handle");
    made = expect_call("CreateProcessW", 1);
    leak = find(LENS_KIND_LEAK, "CreateProcessW", 1);
    second = find(LENS_KIND_LEAK, "CreateProcessW", 2);
    expect(
        leak != NULL && second != NULL
            && (leak->handle == made->handle || leak->handle == made->handle2)
            && leak->handle + second->handle == made->handle + made->handle2,
        "not the process and its thread");

    new_record();
    run_subject("reuse");
    expect(count(LENS_KIND_LEAK) == 0, "closed handles leaked");
}

static void test_exit(void)
{
    struct run run;

    new_record();
    run = run_subject("leave");
    expect_status(&run, 7);
    expect(expect_call("ExitProcess", 1)->t1 != 0, "ExitProcess has no end");
    expect(count(LENS_KIND_LEAK) == 1, "the leak is missing");
    expect(count(LENS_KIND_EXIT) == 1, "the exit is missing");
}

static void test_fault(void)
{
    const struct lens_record *call;
    struct run run;

    new_record();
    set("LENS_FAULT", "ConnectNamedPipe:1:1450,ReadFile:2:234");
    run = run_subject("echo");
    expect_text(&run, "ConnectNamedPipe: error 1450");
    expect_text(&run, "read 5");
    expect_text(&run, "ReadFile: error 234, 0 bytes");
    call = expect_call("ReadFile", 2);
    expect(
        call->error == 234
            && call->flags == (LENS_FLAG_FAILED | LENS_FLAG_INJECTED),
        "error %u, flags %u",
        call->error,
        call->flags);

    set("LENS_FAULT", "Subject/ReadFile:*:109,other/ReadFile:*:1");
    run = run_subject("echo");
    expect_text(&run, "ReadFile: error 109, 0 bytes\r\nReadFile: error 109");

    set("LENS_RECORD", NULL);
    set("LENS_FAULT", "ReadFile:*:5");
    run = run_subject("echo");
    expect_text(&run, "ReadFile: error 5");
}

static void test_short(void)
{
    const struct lens_record *call;
    struct run run;

    new_record();
    set("LENS_FAULT", "ReadFile:1:short,CloseHandle:1:delay=60");
    run = run_subject("echo");
    expect_text(&run, "read 1");
    expect(
        expect_call("ReadFile", 1)->flags == LENS_FLAG_INJECTED,
        "the short read is not noted");
    call = expect_call("CloseHandle", 1);
    expect(
        (call->t1 - call->t0) * 1000 >= 60 * view.record->header.frequency,
        "the delay was shorter");
    expect(
        call->flags == (LENS_FLAG_INJECTED | LENS_FLAG_CLOSES),
        "flags are %u",
        call->flags);

    new_record();
    set("LENS_FAULT", "WriteFile:1:short");
    run = run_subject("echo");
    expect_text(&run, "read 1");
    call = expect_call("WriteFile", 1);
    expect(call->flags == LENS_FLAG_INJECTED, "the short write is not noted");
    expect(strstr(call->in, " size=5 ") != NULL, "what was asked for is lost");
    expect_equal("WriteFile", call->out, "n=1");
}

/** Makes one of the gate's events. */
static HANDLE gate_event(const WCHAR *name)
{
    return CreateEventW(NULL, TRUE, FALSE, name);
}

static void test_gate(void)
{
    const struct lens_record *call;
    struct run run;
    HANDLE client;
    HANDLE reached = gate_event(L"pipework-gate-1-reached-g");
    HANDLE open = gate_event(L"pipework-gate-1-open-g");

    new_record();
    set("LENS_SUFFIX", "-g");
    set("LENS_GATE", "other/ReadFile:1,subject/ConnectNamedPipe:1");
    start(&run, "subject.exe", "serve");
    expect(
        WaitForSingleObject(reached, DEADLINE_MS) == WAIT_OBJECT_0,
        "the gate was not reached");
    call = wait_inside("ConnectNamedPipe", 1, LENS_FLAG_AT_GATE);
    expect(call->t1 == 0, "the call has ended");
    expect(call->flags == LENS_FLAG_AT_GATE, "flags are %u", call->flags);

    client = CreateFileW(
        L"\\\\.\\pipe\\pipework-lens-g",
        GENERIC_READ,
        0,
        NULL,
        OPEN_EXISTING,
        0,
        NULL);
    expect(client != INVALID_HANDLE_VALUE, "the pipe was not there");
    /* With its client there, it would come to its end if nothing held it. */
    expect(
        WaitForSingleObject(run.process, 200) == WAIT_TIMEOUT,
        "nothing held it");
    SetEvent(open);
    finish(&run);
    expect_text(&run, "ConnectNamedPipe: error 535");
    expect(
        call->flags == (LENS_FLAG_GATED | LENS_FLAG_FAILED),
        "after the gate, flags are %u",
        call->flags);
    CloseHandle(client);
    CloseHandle(reached);
    CloseHandle(open);
}

/** The same, with a name in the place of a number, and two gates in a row. */
static void test_named_gates(void)
{
    struct run run;
    HANDLE events[] = {
        gate_event(L"pipework-gate-before-reached"),
        gate_event(L"pipework-gate-before-open"),
        gate_event(L"pipework-gate-after-reached"),
        gate_event(L"pipework-gate-after-open")};

    new_record();
    set("LENS_GATE", "CreateNamedPipeW:1=before,CreateFileW:1=after");
    start(&run, "subject.exe", "echo");
    for (int i = 0; i < 4; i += 2) {
        expect(
            WaitForSingleObject(events[i], DEADLINE_MS) == WAIT_OBJECT_0,
            "gate %d was not reached",
            i / 2);
        wait_inside(
            i == 0 ? "CreateNamedPipeW" : "CreateFileW",
            1,
            LENS_FLAG_AT_GATE);
        SetEvent(events[i + 1]);
    }
    finish(&run);
    expect_status(&run, 0);
    for (int i = 0; i < 4; i++)
        CloseHandle(events[i]);
}

static void test_ctrl_c(void)
{
    struct run run;
    HANDLE pressed = CreateEventW(NULL, FALSE, FALSE, L"pipework-pressed-c");

    new_record();
    set("LENS_SUFFIX", "-c");
    set("LENS_CTRL_C", "pipework-pressed");
    start(&run, "subject.exe", "wait-for-ctrl-c");
    wait_inside("WaitForSingleObject", 1, 0);
    SetEvent(pressed);
    finish(&run);
    expect_status(&run, 0);
    expect_text(&run, "second: 0\r\nfirst: 0\r\n");
    expect(strstr(run.text, "third") == NULL, "a handler that was taken back");

    new_record();
    set("LENS_SUFFIX", "-c");
    set("LENS_CTRL_C", "pipework-pressed");
    start(&run, "subject.exe", "serve");
    wait_inside("ConnectNamedPipe", 1, 0);
    SetEvent(pressed);
    finish(&run);
    expect_status(&run, (DWORD)STATUS_CONTROL_C_EXIT);
    CloseHandle(pressed);
}

static void test_suffix(void)
{
    struct run first;
    struct run second;
    HANDLE event;

    new_record();
    set("LENS_SUFFIX", "-1");
    start(&first, "subject.exe", "names");
    wait_inside("WaitForSingleObject", 1, 0);
    expect(
        WaitNamedPipeW(L"\\\\.\\pipe\\pipework-lens-\uAC00-1", 1),
        "there is no pipe of that name: error %lu",
        GetLastError());
    set("LENS_SUFFIX", "-2");
    start(&second, "subject.exe", "names");
    wait_inside("WaitForSingleObject", 2, 0);
    expect(
        strstr(
            expect_call("CreateNamedPipeW", 1)->in,
            "name=\"\\\\.\\pipe\\pipework-lens-\xEA\xB0\x80\"")
            != NULL,
        "the record does not have the program's own name");

    event = OpenEventW(EVENT_MODIFY_STATE, FALSE, L"pipework-lens-event-2");
    expect(event != NULL && SetEvent(event), "there is no event of that name");
    finish(&second);
    expect_status(&second, 0);
    CloseHandle(event);
    event = OpenEventW(EVENT_MODIFY_STATE, FALSE, L"pipework-lens-event-1");
    expect(event != NULL && SetEvent(event), "the first event is not there");
    finish(&first);
    expect_status(&first, 0);
    CloseHandle(event);
}

/** Runs a crashing action, and prints the place for lens.t to look up. */
static void expect_crash(const char *action, DWORD code)
{
    const struct lens_record *crash;
    struct run plain;
    struct run run;

    new_record();
    run = run_subject(action);
    /* The code, but for a stack overflow in Wine, which makes it 0. */
    start(&plain, "plain/subject.exe", action);
    finish(&plain);
    expect_status(&run, plain.status);
    expect(
        plain.status == code || code == EXCEPTION_STACK_OVERFLOW,
        "%s: without the lens it ended with %#lx",
        action,
        plain.status);
    crash = find(LENS_KIND_CRASH, NULL, 1);
    expect(crash != NULL, "%s has no record", action);
    if (crash == NULL)
        return;
    expect(crash->error == code, "%s: code %#x", action, crash->error);
    expect(crash->caller != 0, "%s: no place", action);
    expect(count(LENS_KIND_EXIT) == 0, "%s: an exit", action);
    expect(count(LENS_KIND_LEAK) == 0, "%s: a leak", action);
    printf("# place %s %#x\n", action, crash->caller);
}

static void test_crash(void)
{
    expect_crash("crash", EXCEPTION_ACCESS_VIOLATION);
    expect_crash("crash-inside", EXCEPTION_ACCESS_VIOLATION);
    expect_crash("overflow", EXCEPTION_STACK_OVERFLOW);
}

static void test_kill(void)
{
    const struct lens_record *call;
    struct run run;

    new_record();
    start(&run, "subject.exe", "hang");
    call = wait_inside("ConnectNamedPipe", 1, 0);
    TerminateProcess(run.process, 3);
    finish(&run);
    expect_status(&run, 3);
    expect(call->t1 == 0, "the call has ended");
    expect(count(LENS_KIND_EXIT) == 0, "the exit is recorded");
}

/** Whether all parts of a FreeLibrary(NULL) are there. */
static bool is_whole(const struct lens_record *call)
{
    return call->t0 != 0 && call->t1 >= call->t0 && call->tid != 0
           && call->nth >= 1 && call->nth <= 3200 && call->result == 0
           && call->error != 0 && call->flags == LENS_FLAG_FAILED
           && strcmp(call->in, "library=NULL") == 0;
}

static void test_threads(void)
{
    static int seen[3201];
    struct run run;

    new_record();
    run = run_subject("threads");
    expect_status(&run, 0);
    for (uint32_t i = 0; i < lens_view_count(&view); i++) {
        const struct lens_record *call = lens_view_at(&view, i);
        if (call->kind != LENS_KIND_CALL || call->call != LENS_FreeLibrary)
            continue;
        if (is_whole(call))
            seen[call->nth]++;
        else
            expect(false, "record %u is torn: %s", i, call->in);
    }
    for (int nth = 1; nth <= 3200; nth++)
        if (seen[nth] != 1)
            expect(false, "call %d is there %d times", nth, seen[nth]);
    expect(!lens_view_full(&view), "the record is full");
}

static void test_full(void)
{
    struct run run;

    new_record();
    run = run_subject("fill");
    expect_status(&run, 0);
    expect_text(&run, "done");
    expect(lens_view_full(&view), "the record is not full");
    expect(
        lens_view_count(&view) <= LENS_RECORDS,
        "more records than there are");
    expect(count(LENS_KIND_LEAK) == 0, "a wrong leak");
    expect(count(LENS_KIND_EXIT) == 1, "the exit is missing");
}

/** Expects one clear line and exit status 2. */
static void expect_refusal(const char *name, const char *value, const char *why)
{
    struct run run;
    size_t line;

    unset_all();
    set(name, value);
    run = run_subject("echo");
    line = strcspn(run.text, "\n");
    expect_status(&run, 2);
    expect_text(&run, why);
    expect(strncmp(run.text, "lens: ", 6) == 0, "it said %s", run.text);
    expect(run.text[line] && !run.text[line + 1], "not one line");
}

static void test_refusals(void)
{
    char lots[LINE * 3] = "";
    static const char form[] = "LENS_FAULT is not [program/]Function:N:WHAT";
    static const char *const malformed[] = {
        "ReadFile",
        "ReadFile:1",
        "ReadFile:0:5",
        "ReadFile:x:5",
        "ReadFile:1:",
        "ReadFile:1:5x",
        "ReadFile:1:delay",
        "ReadFile::5",
        "ReadFile:1:delay=",
        "ReadFile:-1:5",
        "ReadFile:1:0",
        "ReadFile:1:99999999999",
        "ReadFile:1:5:6",
        "ReadFile:*:Short"};

    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++)
        expect_refusal("LENS_FAULT", malformed[i], form);
    expect_refusal("LENS_FAULT", "Foo:1:5", "not in the table: Foo");
    expect_refusal("LENS_FAULT", "x/Foo:1:5", "not in the table: Foo");
    expect_refusal("LENS_FAULT", "ReadFile:1:5,", "not in the table");
    expect_refusal("LENS_FAULT", "CloseHandle:1:6", "cannot be made to fail");
    expect_refusal("LENS_FAULT", "CloseHandle:1:short", "only ReadFile");
    expect_refusal("LENS_GATE", "Foo:1", "not in the table: Foo");
    expect_refusal("LENS_GATE", "ReadFile", "LENS_GATE is not");
    expect_refusal("LENS_GATE", "ReadFile:*", "LENS_GATE is not");
    expect_refusal("LENS_GATE", "ReadFile:1=", "LENS_GATE is not");
    expect_refusal("LENS_GATE", "CreateFileW:1", "missing: pipework-gate-0-");
    expect_refusal("LENS_CTRL_C", "pipework-none", "event of LENS_CTRL_C");
    for (int i = 0; i < 33; i++)
        strcat(lots, i == 0 ? "ReadFile:1:5" : ",ReadFile:1:5");
    expect_refusal("LENS_FAULT", lots, "too many");
    memset(lots, 'x', 200);
    lots[200] = '\0';
    expect_refusal("LENS_SUFFIX", lots, "too long");
}

/** A file of somebody's own must stay as it was. */
static void expect_untouched(void)
{
    char path[LINE];
    WCHAR wide[LINE];
    HANDLE file;
    DWORD n;

    snprintf(path, sizeof path, "%s-other", record_path());
    MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, LINE);
    file = CreateFileW(
        wide,
        GENERIC_WRITE,
        FILE_SHARE_READ,
        NULL,
        CREATE_ALWAYS,
        0,
        NULL);
    WriteFile(file, "diary", 5, &n, NULL);
    CloseHandle(file);
    expect_refusal("LENS_RECORD", path, "no record");
    file = CreateFileW(wide, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    expect(GetFileSize(file, NULL) == 5, "the file has another size now");
    CloseHandle(file);
    DeleteFileW(wide);
}

static void test_other_files(void)
{
    expect_refusal("LENS_RECORD", "no/such/folder/record", "cannot be made");
    expect_untouched();

    new_record();
    view.record->header.version++;
    expect_refusal("LENS_RECORD", record_path(), "another version");
    view.record->header.version--;
    view.record->header.magic++;
    expect_refusal("LENS_RECORD", record_path(), "no record");
}

/** By hand there is no reader: the lens makes the file itself. */
static void test_by_hand(void)
{
    char path[LINE];
    WCHAR wide[LINE];
    struct lens_file *made = calloc(1, sizeof *made);
    DWORD n = 0;
    HANDLE file;
    struct run run;

    snprintf(path, sizeof path, "%s-by-hand", record_path());
    MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, LINE);
    DeleteFileW(wide);
    set("LENS_RECORD", path);
    run_subject("nothing");
    run = run_subject("nothing");
    expect_status(&run, 0);
    file = CreateFileW(wide, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (made != NULL)
        ReadFile(file, made, sizeof *made, &n, NULL);
    expect(
        made != NULL && n == sizeof *made && made->header.magic == LENS_MAGIC
            && made->header.used == 4 && made->header.frequency > 0,
        "the file is not a record of two starts and two ends");
    CloseHandle(file);
    DeleteFileW(wide);
    free(made);
}

/** What is right only where it is recorded shall not know. */
static void test_hidden(void)
{
    struct run run;

    new_record();
    set("LENS_SUFFIX", "-hidden");
    set("LENS_GATE", "Sleep:1");
    run = run_subject("settings");
    expect_equal(
        "the environment",
        run.text,
        "LENS_RECORD: 0 0\r\nLENS_SUFFIX: 0 0\r\nLENS_GATE: 0 0\r\n"
        "PATH: 1 1\r\n");
    expect(count(LENS_KIND_START) == 1, "it is not recorded");
}

/* ---- all of them -------------------------------------------------------- */

/** Prints what recording costs: nanoseconds of a call and a round trip. */
static void measure(void)
{
    struct run run;

    unset_all();
    start(&run, "plain/subject.exe", "measure");
    finish(&run);
    printf("# ns for a call and a round trip without the lens: %s", run.text);
    run = run_subject("measure");
    printf("# with it, nothing switched on: %s", run.text);
    new_record();
    run = run_subject("measure");
    printf("# recording: %s", run.text);
}

int main(int argc, char *argv[])
{
    if (argc < 2) {
        fprintf(stderr, "usage: watch FOLDER [measure]\n");
        return 2;
    }
    stage_open(argv[1]);
    if (argc > 2) {
        measure();
        return 0;
    }
    test("switched off, a program does what it does without", test_off);
    test("the last error is what it would be without", test_last_error);
    test("a call is recorded with arguments and results", test_record);
    test("a process is recorded from start to exit", test_life);
    test("calls by pointer and without one are seen", test_others);
    test("a handle that stays open is a leak", test_leak);
    test("ExitProcess is an exit, too", test_exit);
    test("the Nth call fails as asked", test_fault);
    test("a read or a write comes short, a call comes late", test_short);
    test("a gate holds the call until it is opened", test_gate);
    test("gates have names, if they are given any", test_named_gates);
    test("Ctrl+C calls the handlers, or ends the program", test_ctrl_c);
    test("a suffix keeps two runs apart", test_suffix);
    test("a crash is recorded, its exit code kept", test_crash);
    test("a killed program stays inside its call", test_kill);
    test("eight threads leave no torn record", test_threads);
    test("a full record says so, without a wrong leak", test_full);
    test("settings that make no sense are refused", test_refusals);
    test("other files are refused as records", test_other_files);
    test("used by hand, it makes the record itself", test_by_hand);
    test("its settings are hidden from the program", test_hidden);
    test_operations();
    test_memory();
    return stage_close();
}
