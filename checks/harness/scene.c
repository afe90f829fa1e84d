/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The programs of one check, and what the check expects of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/diagnosis.h"
#include "checks/harness/scene.h"
#include "checks/harness/stage.h"
#include "checks/harness/still.h"
#include "checks/harness/values.h"
#include "checks/harness/where.h"
#include "common/error.h"
#include "lens/reader.h"
#include "lens/table.h"

enum { PROGRAMS_MAX = 16, ENVIRONMENT_MAX = 4096 };

static struct {
    const char *graded, *lesson;  // folders
    unsigned number;              // of the scene, for fresh names
    struct stage stage;
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

const char *lesson_program(const char *name)
{
    static char words[4][MAX_PATH];
    static unsigned next;
    char *word = words[next++ % ARRAYSIZE(words)];
    const char *folder = scene.lesson != NULL ? scene.lesson : scene.graded;
    snprintf(word, MAX_PATH, "\"%s/%s.exe\"", folder, name);
    for (char *p = word; *p != '\0'; p++)
        if (*p == '/')
            *p = '\\';
    return word;
}

void open_scene(unsigned limit_ms)
{
    scene.number++;
    scene.count = 0;
    scene.limit_ms = limit_ms;
    scene.deadline = now_ms() + limit_ms;
    still_begin();

    char suffix[40];
    snprintf(
        suffix,
        sizeof suffix,
        "-%lu-%u",
        GetCurrentProcessId(),
        scene.number);
    const char *failed = stage_open(&scene.stage, suffix);
    if (failed != NULL)
        environment_trouble(failed, "the stage of the programs");
}

void clear_scene(void)
{
    stage_stop(&scene.stage);
    for (size_t i = 0; i < scene.count; i++)
        free_program(scene.programs[i]);
    scene.count = 0;
    stage_close(&scene.stage);
}

unsigned long long scene_deadline(void)
{
    return still_look() == MOVES ? scene.deadline : 0;
}

HANDLE scene_job(void)
{
    return scene.stage.job;
}

const wchar_t *scene_name(const wchar_t *name)
{
    static wchar_t full[300];
    return stage_name(&scene.stage, name, full, ARRAYSIZE(full));
}

/** Makes an event by which the lens and the check agree. */
static HANDLE make_event(const char *name, bool manual_reset)
{
    HANDLE event = stage_event(&scene.stage, name, manual_reset);
    if (event == NULL)
        environment_trouble("CreateEventW", name);
    return event;
}

/** What a program and the check agree on, made before the program. */
struct agreement {
    char ctrl_c[40];
    HANDLE ctrl_c_event;
    char gates[1000];  // with the names that the check gives them
    struct gate gate_events[GATES_MAX];
};

/**
 * Gives each gate a name that no other program of the check has, and makes its
 * events.
 */
static void agree_on_gates(struct agreement *with, const char *gates)
{
    size_t used = 0, count = 0;
    while (gates != NULL && *gates != '\0' && count < GATES_MAX) {
        size_t length = strcspn(gates, ",");
        char event[60];
        used += (size_t)snprintf(
            with->gates + used,
            sizeof with->gates - used,
            "%s%.*s=%zu-%zu",
            count > 0 ? "," : "",
            (int)length,
            gates,
            scene.count,
            count);
        snprintf(
            event,
            sizeof event,
            "pipework-gate-%zu-%zu-reached",
            scene.count,
            count);
        with->gate_events[count].reached = make_event(event, true);
        snprintf(
            with->gate_events[count].call,
            sizeof with->gate_events[count].call,
            "%.*s",
            (int)length,
            gates);
        snprintf(
            event,
            sizeof event,
            "pipework-gate-%zu-%zu-open",
            scene.count,
            count);
        with->gate_events[count].open = make_event(event, true);
        count++;
        gates += length + (gates[length] == ',');
    }
    if (gates != NULL && *gates != '\0')
        fail_check("at most 8 gates for a program", "more: %s", gates);
}

/** Makes what the program and the check agree on. */
static void agree(struct agreement *with, const char *gates)
{
    memset(with, 0, sizeof *with);
    agree_on_gates(with, gates);
    snprintf(
        with->ctrl_c,
        sizeof with->ctrl_c,
        "pipework-ctrl-c-%zu",
        scene.count);
    with->ctrl_c_event = make_event(with->ctrl_c, false);
}

/** A fault with the code of this grade where `other` stands. */
static const char *with_code(const char *fault)
{
    static const char other[] = "other";
    static char codes[ENVIRONMENT_MAX];
    codes[0] = '\0';
    for (const char *rest = fault, *next; *rest != '\0'; rest = next) {
        size_t length = strlen(codes);
        next = strstr(rest, other);
        if (next == NULL) {
            snprintf(codes + length, sizeof codes - length, "%s", rest);
            break;
        }
        snprintf(
            codes + length,
            sizeof codes - length,
            "%.*s%lu",
            (int)(next - rest),
            rest,
            other_error());
        next += strlen(other);
    }
    return codes;
}

/** Starts a program, suspended; that it does not start is nobody's fault. */
static struct program *start_or_stop(
    const char *command_line, const char *environment, bool keyboard)
{
    struct program *program = start_suspended(
        command_line,
        &(struct launch){
            .folders = {scene.graded, scene.lesson},
            .environment = environment,
            .job = scene.stage.job,
            .keyboard = keyboard,
        });
    if (program != NULL)
        return program;
    environment_trouble("CreateProcessW", command_line);
}

struct program *start_with(
    const char *command_line, const struct conditions *conditions)
{
    static char environment[ENVIRONMENT_MAX];
    static struct agreement agreed;
    if (scene.count == PROGRAMS_MAX)
        fail_check("at most 16 programs in one check", "one more");
    agree(&agreed, conditions->gate);
    const struct script script = {
        .ctrl_c = agreed.ctrl_c,
        .gates = agreed.gates,
        .fault = conditions->fault != NULL ? with_code(conditions->fault) : "",
    };
    stage_environment(&scene.stage, &script, environment, sizeof environment);

    struct program *program =
        start_or_stop(command_line, environment, conditions->keyboard);
    program->ctrl_c = agreed.ctrl_c_event;
    memcpy(program->gates, agreed.gate_events, sizeof program->gates);
    scene.programs[scene.count++] = program;
    resume_program(program);
    still_stir();
    return program;
}

struct program *start(const char *command_line)
{
    return start_with(command_line, &(struct conditions){0});
}

struct program *scene_program(size_t index)
{
    return index < scene.count ? scene.programs[index] : NULL;
}

const struct lens_view *scene_view(void)
{
    return &scene.stage.view;
}

unsigned scene_limit_ms(void)
{
    return scene.limit_ms;
}

bool all_have_ended(void)
{
    for (size_t i = 0; i < scene.count; i++)
        if (is_running(scene.programs[i]))
            return false;
    return scene.count > 0;
}

bool someone_is_left(void)
{
    unsigned long long deadline = now_ms() + LAST_WORDS_MS;
    for (;;) {
        DWORD ours = 0;
        for (size_t i = 0; i < scene.count; i++)
            ours += is_running(scene.programs[i]);
        /* A process that has just ended may still be counted for a moment. */
        if (processes_in(scene.stage.job) <= ours)
            return false;
        if (ms_until(deadline) == 0)
            return true;
        Sleep(1);
    }
}

bool all_read_and_wait(unsigned long long sent)
{
    for (size_t i = 0; i < scene.count; i++)
        if (!where_waits_to_read(
                &scene.stage.view,
                scene.programs[i]->id,
                sent))
            return false;
    return true;
}

uint32_t count_calls(const struct program *program, const char *call)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < lens_view_count(&scene.stage.view); i++) {
        const struct lens_record *record = lens_view_at(&scene.stage.view, i);
        count += record->kind == LENS_KIND_CALL && record->pid == program->id
                 && strcmp(lens_call_name(record->call), call) == 0;
    }
    return count;
}

bool call_argument(
    const struct lens_record *record, const char *name,
    unsigned long long *number)
{
    size_t length = strlen(name);
    const char *word = record != NULL ? record->in : NULL;
    while (word != NULL) {
        if (strncmp(word, name, length) == 0 && word[length] == '=') {
            char *end;
            if (strncmp(word + length, "=INFINITE", 9) == 0) {
                *number = INFINITE;
                return true;
            }
            *number = strtoull(word + length + 1, &end, 0);
            return end != word + length + 1;
        }
        word = strchr(word, ' ');
        word = word != NULL ? word + 1 : NULL;
    }
    return false;
}

const struct lens_record *find_call(
    const struct program *program, const char *call, uint32_t nth)
{
    for (uint32_t i = 0; i < lens_view_count(&scene.stage.view); i++) {
        const struct lens_record *record = lens_view_at(&scene.stage.view, i);
        if (record->kind == LENS_KIND_CALL && record->pid == program->id
            && record->nth == nth
            && strcmp(lens_call_name(record->call), call) == 0)
            return record;
    }
    return NULL;
}

const struct lens_record *next_call(
    const struct program *program, const char *call, uint32_t *cursor)
{
    while (*cursor < lens_view_count(&scene.stage.view)) {
        const struct lens_record *record =
            lens_view_at(&scene.stage.view, (*cursor)++);
        if (record->kind == LENS_KIND_CALL && record->pid == program->id
            && strcmp(lens_call_name(record->call), call) == 0)
            return record;
    }
    return NULL;
}
