/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Starts the programs that the lens's tests look at.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/project/lens/stage.h"
#include "lens/table.h"

static const char *folder;
static char record_file[LINE];
struct lens_view view;
static HANDLE job;  ///< when this program ends, all others end with it
static int tests;
static bool good;

/* ---- reporting ---------------------------------------------------------- */

/** One thing that a test expects; tells what is not so. */
void expect(bool so, const char *format, ...)
{
    va_list arguments;

    if (so)
        return;
    good = false;
    printf("#   ");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}

/* ---- the environment ---------------------------------------------------- */

void set(const char *name, const char *value)
{
    WCHAR wide_name[LINE];
    WCHAR wide[LINE * 4] = L"";

    MultiByteToWideChar(CP_UTF8, 0, name, -1, wide_name, LINE);
    if (value != NULL)
        MultiByteToWideChar(CP_UTF8, 0, value, -1, wide, LINE * 4);
    SetEnvironmentVariableW(wide_name, value != NULL ? wide : NULL);
}

void unset_all(void)
{
    set("LENS_RECORD", NULL);
    set("LENS_SUFFIX", NULL);
    set("LENS_FAULT", NULL);
    set("LENS_GATE", NULL);
    set("LENS_CTRL_C", NULL);
}

/* ---- running ------------------------------------------------------------ */

/** Starts folder/program with one argument, its output caught. */
void start(struct run *run, const char *program, const char *action)
{
    SECURITY_ATTRIBUTES inherit = {
        .nLength = sizeof inherit,
        .bInheritHandle = TRUE};
    STARTUPINFOW info = {.cb = sizeof info, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION made = {0};
    HANDLE writing = NULL;
    char command[LINE * 2];
    WCHAR wide[LINE * 2];

    *run = (struct run){.status = STILL_ACTIVE};
    CreatePipe(&run->output, &writing, &inherit, 0);
    SetHandleInformation(run->output, HANDLE_FLAG_INHERIT, 0);
    info.hStdOutput = writing;
    info.hStdError = writing;
    snprintf(command, sizeof command, "\"%s/%s\" %s", folder, program, action);
    MultiByteToWideChar(CP_UTF8, 0, command, -1, wide, LINE * 2);
    /* Under Wine 8.0 a start fails now and then with 1359, once in some
       thousands: another one is begun. */
    DWORD error = ERROR_INTERNAL_ERROR;
    for (int i = 0; i < 4 && error == ERROR_INTERNAL_ERROR; i++) {
        BOOL created = CreateProcessW(
            NULL,
            wide,
            NULL,
            NULL,
            TRUE,
            0,
            NULL,
            NULL,
            &info,
            &made);
        error = created ? ERROR_SUCCESS : GetLastError();
    }
    if (error != ERROR_SUCCESS) {
        printf("Bail out! %s: error %lu\n", command, error);
        exit(1);
    }
    AssignProcessToJobObject(job, made.hProcess);
    CloseHandle(made.hThread);
    CloseHandle(writing);
    run->process = made.hProcess;
    run->pid = made.dwProcessId;
}

/** Waits for the end, and reads what the program said. */
void finish(struct run *run)
{
    DWORD used = 0;
    DWORD n;

    if (WaitForSingleObject(run->process, DEADLINE_MS) != WAIT_OBJECT_0) {
        expect(false, "the program did not end in time");
        TerminateProcess(run->process, 1);
        WaitForSingleObject(run->process, DEADLINE_MS);
    }
    GetExitCodeProcess(run->process, &run->status);
    while (used < sizeof run->text - 1
           && ReadFile(
               run->output,
               run->text + used,
               (DWORD)sizeof run->text - 1 - used,
               &n,
               NULL))
        used += n;
    run->text[used] = '\0';
    CloseHandle(run->output);
    CloseHandle(run->process);
}

struct run run_program(const char *program, const char *action)
{
    struct run run;

    start(&run, program, action);
    finish(&run);
    return run;
}

struct run run_subject(const char *action)
{
    return run_program("subject.exe", action);
}

/** Begins a new record, which the next programs write. */
void new_record(void)
{
    lens_view_close(&view);
    if (!lens_view_open(&view, record_file)) {
        printf("Bail out! %s: error %lu\n", record_file, GetLastError());
        exit(1);
    }
    set("LENS_RECORD", record_file);
}

void expect_status(const struct run *run, DWORD status)
{
    expect(
        run->status == status,
        "it ended with %#lx, not %#lx; it said: %s",
        run->status,
        status,
        run->text);
}

void expect_text(const struct run *run, const char *text)
{
    expect(
        strstr(run->text, text) != NULL,
        "it said \"%s\", which lacks \"%s\"",
        run->text,
        text);
}

/* ---- looking into the record -------------------------------------------- */

/** The nth record of a kind and, for calls and leaks, of a function. */
const struct lens_record *find(
    enum lens_kind kind, const char *call, uint32_t nth)
{
    for (uint32_t i = 0; i < lens_view_count(&view); i++) {
        const struct lens_record *record = lens_view_at(&view, i);
        if (record->kind != (uint32_t)kind
            || (call != NULL && strcmp(lens_call_name(record->call), call)))
            continue;
        if (--nth == 0)
            return record;
    }
    return NULL;
}

int count(enum lens_kind kind)
{
    int sum = 0;

    for (uint32_t i = 0; i < lens_view_count(&view); i++)
        sum += lens_view_at(&view, i)->kind == (uint32_t)kind;
    return sum;
}

/** Expects that the nth call of a function was recorded; never NULL. */
const struct lens_record *expect_call(const char *call, uint32_t nth)
{
    static const struct lens_record none;
    const struct lens_record *record = find(LENS_KIND_CALL, call, nth);

    expect(record != NULL, "%s %u is not in the record", call, nth);
    return record != NULL ? record : &none;
}

void expect_equal(const char *what, const char *is, const char *should)
{
    expect(strcmp(is, should) == 0, "%s is %s, not %s", what, is, should);
}

/** Waits until a program is inside a call, or at a gate before it. */
const struct lens_record *wait_inside(
    const char *call, uint32_t nth, uint32_t flags)
{
    ULONGLONG end = GetTickCount64() + DEADLINE_MS;

    while (GetTickCount64() < end) {
        const struct lens_record *record = find(LENS_KIND_CALL, call, nth);
        if (record != NULL && record->t1 == 0 && record->flags == flags)
            return record;
        SwitchToThread();
    }
    return expect_call(call, nth);
}

void expect_same(const char *program, const char *action)
{
    char path[LINE];
    struct run lens = run_program(program, action);
    struct run plain;

    snprintf(path, sizeof path, "plain/%s", program);
    plain = run_program(path, action);
    expect(plain.text[0] != '\0', "%s printed nothing", action);
    expect_equal(action, lens.text, plain.text);
    expect_status(&lens, plain.status);
}

/** Makes the job that leaves no program behind. */
static HANDLE make_job(void)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {
        .BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE};
    HANDLE made = CreateJobObjectW(NULL, NULL);

    SetInformationJobObject(
        made,
        JobObjectExtendedLimitInformation,
        &limits,
        sizeof limits);
    return made;
}

/** Runs one test, and says in a sentence whether it is so. */
void test(const char *sentence, void (*action)(void))
{
    unset_all();
    good = true;
    action();
    printf("%sok %d - %s\n", good ? "" : "not ", ++tests, sentence);
    fflush(stdout);
}

void stage_open(const char *where)
{
    folder = where;
    job = make_job();
    view = (struct lens_view){.file = INVALID_HANDLE_VALUE};
    snprintf(
        record_file,
        sizeof record_file,
        "%s/\xEA\xB8\xB0\xEB\xA1\x9D.record",
        folder);
}

const char *record_path(void)
{
    return record_file;
}

int stage_close(void)
{
    printf("1..%d\n", tests);
    lens_view_close(&view);
    return 0;
}
