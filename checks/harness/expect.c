/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What a check expects of its programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/describe.h"
#include "checks/harness/diagnosis.h"
#include "checks/harness/expect.h"
#include "checks/harness/scene.h"
#include "checks/harness/still.h"
#include "checks/harness/where.h"
#include "lens/table.h"

#define LEFT_BEHIND "%s starts a process and does not wait for its end"

DWORD wait_for_any(const HANDLE *objects, DWORD count)
{
    DWORD which;
    do
        which = WaitForMultipleObjects(count, objects, FALSE, LOOK_AGAIN_MS);
    while (which == WAIT_TIMEOUT && ms_until(scene_deadline()) > 0);
    if (which != WAIT_TIMEOUT)
        return which;
    return WaitForMultipleObjects(count, objects, FALSE, 0);  // once more
}

void wait_at_gate_number(struct program *program, size_t index)
{
    char expected[160];
    const char *call = program->gates[index].call;
    size_t name = strcspn(call, ":");
    snprintf(
        expected,
        sizeof expected,
        "%s comes to its %.*s number %s, where the check holds it",
        program->name,
        (int)name,
        call,
        call + name + (call[name] == ':'));
    HANDLE either[] = {program->gates[index].reached, program->process};
    switch (wait_for_any(either, 2)) {
    case WAIT_OBJECT_0:
        return;
    case WAIT_TIMEOUT:
        fail_late(expected);
    default:
        fail_program(program, expected);
    }
}

void wait_at_gate(struct program *program)
{
    wait_at_gate_number(program, 0);
}

void open_gate_number(struct program *program, size_t index)
{
    SetEvent(program->gates[index].open);
    still_stir();
}

void open_gate(struct program *program)
{
    open_gate_number(program, 0);
}

/** Waits until a call has come as far as is asked for. */
static const struct lens_record *wait_for_call(
    struct program *program, const char *call, uint32_t nth, bool returned)
{
    char expected[200];
    snprintf(
        expected,
        sizeof expected,
        returned ? "%s number %u of %s returns" : "%s number %u of %s begins",
        call,
        nth,
        program->name);
    for (bool late = false;;) {
        bool ended = !is_running(program);
        const struct lens_record *record = find_call(program, call, nth);
        if (record != NULL
            && (returned ? record->t1 != 0
                         : (record->flags & LENS_FLAG_AT_GATE) == 0))
            return record;
        if (ended)
            fail_program(program, expected);
        if (late)
            fail_late(expected);
        late = ms_until(scene_deadline()) == 0;
        if (!late)
            Sleep(1);
    }
}

void wait_inside(struct program *program, const char *call, uint32_t nth)
{
    wait_for_call(program, call, nth, false);
}

const struct lens_record *wait_called(
    struct program *program, const char *call, uint32_t nth)
{
    return wait_for_call(program, call, nth, true);
}

void press_ctrl_c(struct program *program)
{
    SetEvent(program->ctrl_c);
    still_stir();
}

void type_text(struct program *program, const char *text)
{
    DWORD bytes;
    if (!WriteFile(program->keyboard, text, (DWORD)strlen(text), &bytes, NULL))
        environment_trouble("WriteFile", "the keyboard of a program");
}

void end_input(struct program *program)
{
    CloseHandle(program->keyboard);
    program->keyboard = NULL;
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
    enum wait_result result;
    do
        result = wait_for_line(
            program,
            &program->out,
            line,
            times,
            now_ms() + LOOK_AGAIN_MS);
    while (result == TOO_LATE && ms_until(scene_deadline()) > 0);
    if (result == TOO_LATE)
        result = wait_for_line(program, &program->out, line, times, 0);
    switch (result) {
    case IN_TIME:
        return;
    case TOO_LATE:
        fail_late(expected);
    case ENDED_FIRST:
        fail_program(program, expected);
    }
}

enum wait_result wait_for_scene_end(struct program *program, DWORD *exit_code)
{
    enum wait_result result;
    do
        result = wait_for_end(program, now_ms() + LOOK_AGAIN_MS, exit_code);
    while (result != IN_TIME && ms_until(scene_deadline()) > 0);
    if (result == IN_TIME || is_running(program))
        return result == IN_TIME ? IN_TIME : TOO_LATE;
    /* It has ended just now: its last words may still be on their way. */
    return wait_for_end(program, now_ms() + 5 * LAST_WORDS_MS, exit_code);
}

/** Fails the check for the first of a program's mistakes with memory. */
static void look_at_memory(
    const struct program *program, bool leaks, const char *expected)
{
    char text[300];
    for (uint32_t i = 0; i < lens_view_count(scene_view()); i++) {
        const struct lens_record *record = lens_view_at(scene_view(), i);
        if (record->kind == LENS_KIND_MEMORY && record->pid == program->id
            && (record->error != 0) == leaks
            && where_memory(program, record, text, sizeof text)[0] != '\0') {
            if (leaks)
                likely("the last pointer to memory of malloc is lost: who "
                       "takes it frees it, on each way out");
            else
                also_likely(WRONG_MEMORY);
            whole_kind(program->name, expected, record->caller);
            fail_check(expected, "%s: %s", program->name, text);
        }
    }
}

void expect_right_memory(const struct program *program)
{
    look_at_memory(program, false, "only memory that is its own is used");
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
    switch (wait_for_scene_end(program, &code)) {
    case TOO_LATE:
        fail_late(expected);
    case ENDED_FIRST:
        likely(LEFT_BEHIND, program->name);
        fail_check(
            "no process is left behind",
            "%s ended with exit status %lu, but a process that it started "
            "still holds its output",
            program->name,
            code);
    case IN_TIME:
        if (code != status)
            fail_program(program, expected);
        if (someone_is_left()) {
            likely(LEFT_BEHIND, program->name);
            fail_check(
                "no process is left behind",
                "%s has ended, but a process that it started still runs",
                program->name);
        }
        expect_right_memory(program);
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

bool has_number(const char *text, DWORD number)
{
    for (const char *p = text; *p != '\0';) {
        char *end = (char *)p + 1;
        if (*p >= '0' && *p <= '9' && strtoul(p, &end, 10) == number)
            return true;
        p = end;
    }
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

void expect_failure(struct program *program, const char *call, DWORD code)
{
    expect_end(program, EXIT_FAILURE);
    expect_error(program, call, code);
}

void expect_no_leak(struct program *program)
{
    char place[80];
    for (uint32_t i = 0; i < lens_view_count(scene_view()); i++) {
        const struct lens_record *leak = lens_view_at(scene_view(), i);
        if (leak->kind == LENS_KIND_LEAK && leak->pid == program->id) {
            whole_kind(program->name, "leak", leak->caller);
            fail_check(
                "every handle is closed",
                "%s ended with a handle open that %s gave it%s",
                program->name,
                lens_call_name(leak->call),
                where_line(program, leak->caller, place, sizeof place));
        }
    }
    look_at_memory(program, true, "all memory is freed");
}

void expect_no_bad_close(struct program *program)
{
    char place[80];
    for (uint32_t i = 0; i < lens_view_count(scene_view()); i++) {
        const struct lens_record *warning = lens_view_at(scene_view(), i);
        if (warning->kind == LENS_KIND_WARNING && warning->pid == program->id) {
            whole_kind(program->name, "close", warning->caller);
            fail_check(
                "only open handles are closed",
                "%s: %s%s",
                program->name,
                warning->in,
                where_line(program, warning->caller, place, sizeof place));
        }
    }
}
