/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Plays a lesson's conversation and labels each line with who spoke.
 *
 * Usage: `play CONVERSATION FOLDER [FOLDER]`
 *
 * The conversation is what a lesson's makefile declares as PLAY: command lines
 * parted by `|`. Each program is started when the one before it has printed
 * `ready` or has ended. The exit status is 0 when every program ended with 0.
 *
 * `^C server` is no program: Ctrl+C is pressed for the server. Only programs
 * that are built with the lens take it.
 */
#include <limits.h>
#include <stdbool.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/program.h"
#include "common/console.h"
#include "common/error.h"

/** How long a conversation may take, in milliseconds. */
enum { PLAY_MS = 30000, PARTS_MAX = 16, LABEL_MAX = 48 };

/** One program of the conversation. */
struct part {
    char command_line[1024];
    char label[LABEL_MAX];
    struct program *program;  // NULL for a part that presses Ctrl+C
    HANDLE ctrl_c;            // what presses it for this program
    size_t shown[2];  // bytes already printed, of its output and its errors
    size_t lines[2];  // the same in lines
    DWORD status;     // its exit status, once it has ended
};

/** A part that begins so presses Ctrl+C. */
#define CTRL_C "^C "

static struct part parts[PARTS_MAX];
static size_t part_count;
static int label_width;

/** Copies one command line without the blanks around it. */
static void add_part(const char *text, size_t length)
{
    while (length > 0 && *text == ' ')
        text++, length--;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length == 0 || length >= sizeof parts[0].command_line
        || part_count == PARTS_MAX) {
        fprintf(stderr, "play: a part is empty or too long, or too many\n");
        exit(EXIT_USAGE);
    }
    memcpy(parts[part_count++].command_line, text, length);
}

/** Splits the conversation at each `|`. */
static void parse(const char *conversation)
{
    for (;;) {
        size_t length = strcspn(conversation, "|");
        add_part(conversation, length);
        if (conversation[length] == '\0')
            return;
        conversation += length + 1;
    }
}

/** Labels each part by its program; a number tells two of a kind apart. */
static void make_labels(void)
{
    for (size_t i = 0; i < part_count; i++) {
        int same = 0, before = 0;
        size_t length = strcspn(parts[i].command_line, " ");
        for (size_t k = 0; k < part_count; k++)
            if (strcspn(parts[k].command_line, " ") == length
                && strncmp(parts[k].command_line, parts[i].command_line, length)
                       == 0) {
                same++;
                before += k < i;
            }
        int width = snprintf(
            parts[i].label,
            LABEL_MAX,
            same > 1 ? "%.*s %d" : "%.*s",
            (int)length,
            parts[i].command_line,
            before + 1);
        if (width > label_width)
            label_width = width;
    }
}

/** One stream of a part: 0 its output, 1 its errors. */
static struct output *stream_of(struct part *part, int stream)
{
    return stream == 0 ? &part->program->out : &part->program->err;
}

/** Prints the next line of a stream; without its end if it has none. */
static void show_line(struct part *part, int stream)
{
    static char text[OUTPUT_LIMIT + 1];
    size_t length = copy_output(stream_of(part, stream), text);
    const char *line = text + part->shown[stream];
    size_t size = strcspn(line, "\n");
    printf("%-*s | %.*s\n", label_width, part->label, (int)size, line);
    part->shown[stream] += size;
    part->shown[stream] += part->shown[stream] < length;
    part->lines[stream]++;
}

/** Prints all complete lines that are new, in the order in which they came. */
static void show_new(void)
{
    for (;;) {
        struct part *next = NULL;
        int next_stream = 0;
        LONG first = LONG_MAX;
        for (size_t i = 0; i < part_count; i++)
            for (int stream = 0; stream < 2 && parts[i].program != NULL;
                 stream++) {
                struct output *output = stream_of(&parts[i], stream);
                size_t line = parts[i].lines[stream];
                AcquireSRWLockShared(&output->lock);
                if (line < output->lines && output->order[line] < first) {
                    first = output->order[line];
                    next = &parts[i];
                    next_stream = stream;
                }
                ReleaseSRWLockShared(&output->lock);
            }
        if (next == NULL)
            break;
        show_line(next, next_stream);
    }
    fflush(stdout);
}

/** Prints everything that is left, unfinished last lines too. */
static void show_rest(void)
{
    show_new();
    for (size_t i = 0; i < part_count; i++)
        for (int stream = 0; stream < 2 && parts[i].program != NULL; stream++)
            while (parts[i].shown[stream]
                   < stream_of(&parts[i], stream)->length)
                show_line(&parts[i], stream);
    fflush(stdout);
}

/** Whether a part is no program, but Ctrl+C for one. */
static bool is_press(const struct part *part)
{
    return strncmp(part->command_line, CTRL_C, strlen(CTRL_C)) == 0;
}

/** Whether there is such a part. */
static bool has_presses(void)
{
    for (size_t i = 0; i < part_count; i++)
        if (is_press(&parts[i]))
            return true;
    return false;
}

/** Makes the event that the lens of the next program takes for Ctrl+C. */
static HANDLE make_ctrl_c(size_t number)
{
    char name[60];
    wchar_t wide[400];
    snprintf(
        name,
        sizeof name,
        "pipework-ctrl-c-%lu-%zu",
        GetCurrentProcessId(),
        number);
    SetEnvironmentVariableW(L"LENS_CTRL_C", widen(name, wide, 60));

    /* The lens adds the suffix to the names of events. */
    size_t length = wcslen(wide);
    DWORD room = (DWORD)(ARRAYSIZE(wide) - length);
    if (GetEnvironmentVariableW(L"LENS_SUFFIX", wide + length, room) >= room)
        wide[length] = L'\0';
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, wide);
    if (event == NULL)
        die("CreateEventW");
    return event;
}

/** Presses Ctrl+C for the first program of this name. */
static void press(const char *name)
{
    for (size_t i = 0; i < part_count; i++)
        if (parts[i].program != NULL
            && strcmp(parts[i].program->name, name) == 0) {
            SetEvent(parts[i].ctrl_c);
            return;
        }
    fprintf(stderr, "play: there is no program %s to press Ctrl+C for\n", name);
    exit(EXIT_USAGE);
}

/** Gives up: says who still runs. The job ends them. */
static _Noreturn void give_up(void)
{
    show_rest();
    for (size_t i = 0; i < part_count; i++)
        if (parts[i].program != NULL && is_running(parts[i].program))
            fprintf(
                stderr,
                "play: %s has not ended within %d s\n",
                parts[i].label,
                PLAY_MS / 1000);
    exit(EXIT_FAILURE);
}

/** Waits, a little at a time, and shows what is said meanwhile. */
static void wait_for_ready(struct part *part, unsigned long long deadline)
{
    for (;;) {
        unsigned long long soon = now_ms() + 20;
        enum wait_result result = wait_for_line(
            part->program,
            &part->program->out,
            "ready",
            1,
            soon < deadline ? soon : deadline);
        show_new();
        if (result != TOO_LATE)
            return;
        if (ms_until(deadline) == 0)
            give_up();
    }
}

/** Waits for the end of a program. */
static void wait_for_part(struct part *part, unsigned long long deadline)
{
    for (;;) {
        unsigned long long soon = now_ms() + 20;
        enum wait_result result = wait_for_end(
            part->program,
            soon < deadline ? soon : deadline,
            &part->status);
        show_new();
        if (result == IN_TIME)
            return;
        if (ms_until(deadline) == 0)
            give_up();
    }
}

/** Says how a program ended that failed; returns whether it ended well. */
static bool say_status(const struct part *part)
{
    if (part->status != 0)
        printf(
            part->status < 0xC0000000 || part->status >= 0xF0000000
                ? "%-*s | (ended with exit status %lu)\n"
                : "%-*s | (crashed: 0x%lX)\n",
            label_width,
            part->label,
            part->status);
    return part->status == 0;
}

/** Starts one program after another, and waits for the end of all. */
static bool play(const char *folder, const char *lesson)
{
    unsigned long long deadline = now_ms() + PLAY_MS;
    struct launch how = {.folders = {folder, lesson}, .job = create_job()};
    if (how.job == NULL)
        die("CreateJobObjectW");
    for (size_t i = 0; i < part_count; i++) {
        if (is_press(&parts[i])) {
            press(parts[i].command_line + strlen(CTRL_C));
            continue;
        }
        parts[i].ctrl_c = has_presses() ? make_ctrl_c(i) : NULL;
        parts[i].program = start_suspended(parts[i].command_line, &how);
        if (parts[i].program == NULL)
            die(parts[i].command_line);
        resume_program(parts[i].program);
        wait_for_ready(&parts[i], deadline);
    }
    bool good = true;
    for (size_t i = 0; i < part_count; i++)
        if (parts[i].program != NULL)
            wait_for_part(&parts[i], deadline);
    show_rest();
    for (size_t i = 0; i < part_count; i++)
        good = say_status(&parts[i]) && good;
    return good;
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    _setmode(_fileno(stdout), _O_BINARY);  // line ends without `\r`
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: play CONVERSATION FOLDER [FOLDER]\n");
        return EXIT_USAGE;
    }
    parse(argv[1]);
    make_labels();
    return play(argv[2], argc == 4 ? argv[3] : NULL) ? EXIT_SUCCESS
                                                     : EXIT_FAILURE;
}
