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
 */
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
    struct program *program;
    size_t shown[2];  // bytes already printed, of its output and its errors
};

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

/** Prints the lines of a stream that are complete and not yet shown. */
static void show_lines(struct part *part, int stream, bool all)
{
    static char text[OUTPUT_LIMIT + 1];
    struct output *output =
        stream == 0 ? &part->program->out : &part->program->err;
    size_t length = copy_output(output, text);
    while (part->shown[stream] < length) {
        const char *line = text + part->shown[stream];
        size_t size = strcspn(line, "\n");
        if (line[size] == '\0' && !all)
            return;
        printf("%-*s | %.*s\n", label_width, part->label, (int)size, line);
        part->shown[stream] += size + (line[size] == '\n');
    }
    fflush(stdout);
}

/** Shows what is new of everyone who has been started. */
static void show_all(bool all)
{
    for (size_t i = 0; i < part_count && parts[i].program != NULL; i++)
        for (int stream = 0; stream < 2; stream++)
            show_lines(&parts[i], stream, all);
}

/** Gives up: says who still runs. The job ends them. */
static _Noreturn void give_up(void)
{
    show_all(true);
    for (size_t i = 0; i < part_count && parts[i].program != NULL; i++)
        if (is_running(parts[i].program))
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
        show_all(false);
        if (result != TOO_LATE)
            return;
        if (ms_until(deadline) == 0)
            give_up();
    }
}

/** Waits for the end of a program; returns whether it ended with 0. */
static bool wait_for_part(struct part *part, unsigned long long deadline)
{
    DWORD code;
    for (;;) {
        unsigned long long soon = now_ms() + 20;
        enum wait_result result = wait_for_end(
            part->program,
            soon < deadline ? soon : deadline,
            &code);
        show_all(false);
        if (result == IN_TIME)
            break;
        if (ms_until(deadline) == 0)
            give_up();
    }
    show_all(true);
    if (code != 0)
        printf(
            "%-*s | (ended with exit status %lu)\n",
            label_width,
            part->label,
            code);
    return code == 0;
}

/** Starts one program after another, and waits for the end of all. */
static bool play(const char *folder, const char *lesson)
{
    unsigned long long deadline = now_ms() + PLAY_MS;
    struct launch how = {.folders = {folder, lesson}, .job = create_job()};
    if (how.job == NULL)
        die("CreateJobObjectW");
    for (size_t i = 0; i < part_count; i++) {
        parts[i].program = start_suspended(parts[i].command_line, &how);
        if (parts[i].program == NULL)
            die(parts[i].command_line);
        resume_program(parts[i].program);
        wait_for_ready(&parts[i], deadline);
    }
    bool good = true;
    for (size_t i = 0; i < part_count; i++)
        good = wait_for_part(&parts[i], deadline) && good;
    return good;
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: play CONVERSATION FOLDER [FOLDER]\n");
        return EXIT_USAGE;
    }
    parse(argv[1]);
    make_labels();
    return play(argv[2], argc == 4 ? argv[3] : NULL) ? EXIT_SUCCESS
                                                     : EXIT_FAILURE;
}
