/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The programs of one check, and what the check expects of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/peer.h"
#include "checks/harness/scene.h"
#include "checks/harness/where.h"
#include "common/error.h"
#include "lens/reader.h"

/** How long a program may take to end before it is described, in ms. */
enum { PROGRAMS_MAX = 16, LAST_WORDS_MS = 200 };

static struct {
    const char *graded, *lesson;  // folders
    unsigned number;              // of the scene, for fresh names
    HANDLE job;
    struct lens_view view;
    char record[MAX_PATH];  // the record file
    char suffix[40];
    unsigned limit_ms;
    unsigned long long deadline;
    struct program *programs[PROGRAMS_MAX];
    size_t count;
} scene;

bool set_folders(const char *graded, const char *lesson)
{
    char pattern[MAX_PATH];
    wchar_t wide[MAX_PATH];
    WIN32_FIND_DATAW found;
    scene.graded = graded;
    scene.lesson = lesson;
    snprintf(pattern, sizeof pattern, "%s/*.exe", graded);
    HANDLE search = FindFirstFileW(widen(pattern, wide, MAX_PATH), &found);
    if (search == INVALID_HANDLE_VALUE)
        return false;
    FindClose(search);
    return true;
}

bool graded_folder_has(const char *name)
{
    char path[MAX_PATH];
    wchar_t wide[MAX_PATH];
    snprintf(path, sizeof path, "%s/%s.exe", scene.graded, name);
    return GetFileAttributesW(widen(path, wide, MAX_PATH))
           != INVALID_FILE_ATTRIBUTES;
}

void open_scene(unsigned limit_ms)
{
    wchar_t folder[MAX_PATH];
    char narrow[MAX_PATH];
    scene.number++;
    scene.count = 0;
    scene.limit_ms = limit_ms;
    scene.deadline = now_ms() + limit_ms;
    snprintf(
        scene.suffix,
        sizeof scene.suffix,
        "-%lu-%u",
        GetCurrentProcessId(),
        scene.number);

    scene.job = create_job();
    if (scene.job == NULL)
        environment_trouble("CreateJobObjectW", "the job of the programs");
    if (GetTempPathW(MAX_PATH, folder) == 0)
        environment_trouble("GetTempPathW", "the folder of the record");
    WideCharToMultiByte(
        CP_UTF8,
        0,
        folder,
        -1,
        narrow,
        (int)sizeof narrow,
        NULL,
        NULL);
    snprintf(
        scene.record,
        sizeof scene.record,
        "%spipework%s.record",
        narrow,
        scene.suffix);
    if (!lens_view_open(&scene.view, scene.record))
        environment_trouble("CreateFileW", scene.record);
}

void clear_scene(void)
{
    wchar_t wide[MAX_PATH];
    clear_peers();
    if (scene.job != NULL)
        TerminateJobObject(scene.job, EXIT_FAILURE);
    for (size_t i = 0; i < scene.count; i++)
        free_program(scene.programs[i]);
    scene.count = 0;
    if (scene.job != NULL)
        CloseHandle(scene.job);
    scene.job = NULL;
    if (scene.record[0] != '\0') {
        lens_view_close(&scene.view);
        DeleteFileW(widen(scene.record, wide, MAX_PATH));
        scene.record[0] = '\0';
    }
}

unsigned long long scene_deadline(void)
{
    return scene.deadline;
}

const wchar_t *scene_name(const wchar_t *name)
{
    static wchar_t full[300];
    wchar_t suffix[ARRAYSIZE(scene.suffix)];
    _snwprintf(
        full,
        ARRAYSIZE(full),
        L"%ls%ls",
        name,
        widen(scene.suffix, suffix, ARRAYSIZE(suffix)));
    return full;
}

/** Makes one of the two events by which the lens and the check agree. */
static HANDLE make_gate_event(const wchar_t *name)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, scene_name(name));
    if (event == NULL)
        environment_trouble("CreateEventW", "a gate");
    return event;
}

/** Adds `NAME=value` and its ending zero to an environment. */
static size_t add_variable(
    char *all, size_t size, size_t used, const char *name, const char *value)
{
    int length = snprintf(all + used, size - used, "%s=%s", name, value);
    return used + (size_t)length + 1;
}

/** Starts a program, suspended; that it does not start is nobody's fault. */
static struct program *start_or_stop(
    const char *command_line, const char *environment)
{
    struct program *program = start_suspended(
        command_line,
        &(struct launch){
            .folders = {scene.graded, scene.lesson},
            .environment = environment,
            .job = scene.job,
        });
    if (program != NULL)
        return program;
    environment_trouble("CreateProcessW", command_line);
}

struct program *start_with(
    const char *command_line, const struct conditions *conditions)
{
    char environment[1024] = {0};
    size_t used = 0, size = sizeof environment - 1;
    used = add_variable(environment, size, used, "LENS_RECORD", scene.record);
    used = add_variable(environment, size, used, "LENS_SUFFIX", scene.suffix);
    if (conditions->gate != NULL)
        used = add_variable(
            environment,
            size,
            used,
            "LENS_GATE",
            conditions->gate);
    if (conditions->fault != NULL)
        add_variable(environment, size, used, "LENS_FAULT", conditions->fault);

    if (scene.count == PROGRAMS_MAX)
        fail_check("at most 16 programs in one check", "one more");
    HANDLE reached = NULL, open = NULL;
    if (conditions->gate != NULL) {
        reached = make_gate_event(L"pipework-gate-0-reached");
        open = make_gate_event(L"pipework-gate-0-open");
    }
    struct program *program = start_or_stop(command_line, environment);
    program->gate_reached = reached;
    program->gate_open = open;
    scene.programs[scene.count++] = program;
    resume_program(program);
    return program;
}

struct program *start(const char *command_line)
{
    return start_with(command_line, &(struct conditions){0});
}

/** Says in one sentence what a program is doing, or how it ended. */
static void describe_program(struct program *program, char *text, size_t size)
{
    char place[80];
    DWORD code;
    /* A program that is about to end says more when it has ended. */
    wait_for_end(program, now_ms() + LAST_WORDS_MS, &code);
    if (is_running(program)) {
        const struct lens_record *inside =
            where_inside(&scene.view, program->id);
        if (inside == NULL)
            snprintf(
                text,
                size,
                "%s still runs, outside any call that the lens sees",
                program->name);
        else
            snprintf(
                text,
                size,
                "%s is inside %s%s",
                program->name,
                lens_call_name(inside->call),
                where_line(program, inside->caller, place, sizeof place));
        return;
    }
    GetExitCodeProcess(program->process, &code);
    const struct lens_record *crash = where_crashed(&scene.view, program->id);
    if (crash != NULL || code >= 0xC0000000)
        snprintf(
            text,
            size,
            "%s crashed: exception 0x%08lX%s%s",
            program->name,
            code,
            code == EXCEPTION_ACCESS_VIOLATION ? ", access violation" : "",
            crash == NULL
                ? ""
                : where_line(program, crash->caller, place, sizeof place));
    else
        snprintf(
            text,
            size,
            "%s ended with exit status %lu",
            program->name,
            code);
}

/** Adds what a stream says last, in one line, if it says anything. */
static void describe_output(
    struct output *output, const char *how, char *text, size_t size)
{
    static char all[OUTPUT_LIMIT + 1];
    size_t length = copy_output(output, all);
    while (length > 0 && all[length - 1] == '\n')
        all[--length] = '\0';
    if (length == 0)
        return;
    const char *last = strrchr(all, '\n');
    last = last == NULL ? all : last + 1;
    size_t used = strlen(text);
    snprintf(
        text + used,
        size - used,
        "; %s %s%.300s%s",
        how,
        last != all ? "... " : "",
        last,
        output->lost > 0 ? " (and more than can be kept)" : "");
}

/** Adds the last line of a program's error output, if there is one. */
static void describe_errors(struct program *program, char *text, size_t size)
{
    describe_output(&program->err, "its error output:", text, size);
}

_Noreturn void fail_program(struct program *program, const char *expected)
{
    char text[1000];
    describe_program(program, text, sizeof text);
    describe_errors(program, text, sizeof text);
    describe_output(&program->out, "its output:", text, sizeof text);
    if (program->out.length == 0 && program->err.length == 0)
        strncat(text, "; it printed nothing", sizeof text - strlen(text) - 1);
    fail_check(expected, "%s", text);
}

bool all_read_and_wait(unsigned long long sent)
{
    for (size_t i = 0; i < scene.count; i++)
        if (!where_waits_to_read(&scene.view, scene.programs[i]->id, sent))
            return false;
    return true;
}

_Noreturn void fail_late(const char *expected)
{
    char text[40];
    snprintf(text, sizeof text, "nothing within %u ms", scene.limit_ms);
    fail_scene(expected, text);
}

_Noreturn void fail_scene(const char *expected, const char *seen)
{
    char text[1000] = "";
    if (seen != NULL)
        snprintf(text, sizeof text, "%s", seen);
    for (size_t i = 0; i < scene.count; i++) {
        size_t used = strlen(text);
        if (used > 0)
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s", "\n");
        describe_program(scene.programs[i], text + used, sizeof text - used);
        describe_errors(scene.programs[i], text, sizeof text);
    }
    fail_check(expected, "%s", text);
}

void expect_line(struct program *program, const char *line, unsigned times)
{
    char expected[200];
    snprintf(
        expected,
        sizeof expected,
        "%s prints the line \"%s\"%s",
        program->name,
        line,
        times > 1 ? " again" : "");
    switch (
        wait_for_line(program, &program->out, line, times, scene.deadline)) {
    case IN_TIME:
        return;
    case TOO_LATE:
        fail_late(expected);
    case ENDED_FIRST:
        fail_program(program, expected);
    }
}

void wait_at_gate(struct program *program)
{
    HANDLE either[] = {program->gate_reached, program->process};
    switch (
        WaitForMultipleObjects(2, either, FALSE, ms_until(scene.deadline))) {
    case WAIT_OBJECT_0:
        return;
    case WAIT_TIMEOUT:
        fail_late("it comes to the call at which the check holds it");
    default:
        fail_program(
            program,
            "it comes to the call at which the check holds it");
    }
}

void open_gate(struct program *program)
{
    SetEvent(program->gate_open);
}

/** Tells whether a process runs that the check itself did not start. */
static bool is_someone_left(void)
{
    unsigned long long deadline = now_ms() + LAST_WORDS_MS;
    for (;;) {
        DWORD ours = 0;
        for (size_t i = 0; i < scene.count; i++)
            ours += is_running(scene.programs[i]);
        /* A process that has just ended may still be counted for a moment. */
        if (processes_in(scene.job) <= ours)
            return false;
        if (ms_until(deadline) == 0)
            return true;
        Sleep(1);
    }
}

void expect_end(struct program *program, DWORD status)
{
    char expected[200];
    DWORD code;
    snprintf(
        expected,
        sizeof expected,
        "%s ends with exit status %lu",
        program->name,
        status);
    switch (wait_for_end(program, scene.deadline, &code)) {
    case TOO_LATE:
        fail_late(expected);
    case ENDED_FIRST:
        fail_check(
            "no process is left behind",
            "%s ended with exit status %lu, but a process that it started "
            "still holds its output",
            program->name,
            code);
    case IN_TIME:
        if (code != status)
            fail_program(program, expected);
        if (is_someone_left())
            fail_check(
                "no process is left behind",
                "%s has ended, but a process that it started still runs",
                program->name);
    }
}

void expect_no_errors(struct program *program)
{
    if (program->err.length > 0)
        fail_program(program, "nothing on standard error");
}

void expect_output(struct program *program, const char *lines)
{
    static char text[OUTPUT_LIMIT + 1], expected[400];
    copy_output(&program->out, text);
    if (strcmp(text, lines) == 0)
        return;
    snprintf(expected, sizeof expected, "%s prints:\n%s", program->name, lines);
    fail_check(expected, "it printed:\n%s", text[0] != '\0' ? text : "nothing");
}

/** Tells whether a number stands in a text, not as part of a longer one. */
static bool has_number(const char *text, DWORD number)
{
    char digits[16];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%lu", number);
    for (const char *p = text; (p = strstr(p, digits)) != NULL; p++)
        if ((p == text || strchr("0123456789", p[-1]) == NULL)
            && (p[length] == '\0' || strchr("0123456789", p[length]) == NULL))
            return true;
    return false;
}

void expect_error(struct program *program, const char *call, DWORD code)
{
    static char text[OUTPUT_LIMIT + 1];
    char expected[200];
    copy_output(&program->err, text);
    if (strstr(text, call) != NULL && has_number(text, code))
        return;
    snprintf(
        expected,
        sizeof expected,
        "an error message that names %s and the number %lu",
        call,
        code);
    fail_program(program, expected);
}

void expect_no_leak(struct program *program)
{
    char place[80];
    for (uint32_t i = 0; i < lens_view_count(&scene.view); i++) {
        const struct lens_record *leak = lens_view_at(&scene.view, i);
        if (leak->kind == LENS_KIND_LEAK && leak->pid == program->id)
            fail_check(
                "every handle is closed",
                "%s ended with a handle open that %s gave it%s",
                program->name,
                lens_call_name(leak->call),
                where_line(program, leak->caller, place, sizeof place));
    }
}

const struct lens_record *find_call(
    const struct program *program, const char *call, uint32_t nth)
{
    for (uint32_t i = 0; i < lens_view_count(&scene.view); i++) {
        const struct lens_record *record = lens_view_at(&scene.view, i);
        if (record->kind == LENS_KIND_CALL && record->pid == program->id
            && record->nth == nth
            && strcmp(lens_call_name(record->call), call) == 0)
            return record;
    }
    return NULL;
}
