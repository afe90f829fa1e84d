/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Draws what the lens has recorded.
 *
 * Usage: `view [--stable] [--title TEXT] [--header BYTES]
 *              [--from CALL] [--to CALL] [--without THREAD]...
 *              [--svg FILE] [--html FILE] [--json FILE] [--text FILE]
 *              RECORD [FOLDER...]`
 *
 * The folders are those in which the programs are, with the lists of their
 * source lines. Without an output named, the listing goes to standard output.
 * `--stable` leaves out whatever changes from run to run. `--from`, `--to` (a
 * call is named as server/ReadFile:2) and `--without` choose what the picture
 * shows of the run; only a picture alone can be a part. `--header` says how
 * many bytes stand in front of the text of a message.
 */
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/console.h"
#include "common/error.h"
#include "lens/view/file.h"
#include "lens/view/html.h"
#include "lens/view/json.h"
#include "lens/view/lines.h"
#include "lens/view/listing.h"
#include "lens/view/load.h"
#include "lens/view/svg.h"

/** The forms in which a story can be written. */
enum form { FORM_SVG, FORM_HTML, FORM_JSON, FORM_TEXT, FORMS };

/** What the command line says. */
struct options {
    bool stable;
    const char *title;
    const char *header;
    struct excerpt excerpt;
    const char *output[FORMS];
    const char *record;
    char **folders;
    int folder_count;
};

/** Ends the program. */
static _Noreturn void refuse_usage(void)
{
    fprintf(
        stderr,
        "usage: view [--stable] [--title TEXT] [--header BYTES] [--from CALL] "
        "[--to CALL] [--without THREAD]... [--svg FILE] [--html FILE] "
        "[--json FILE] [--text FILE] RECORD [FOLDER...]\n");
    exit(EXIT_USAGE);
}

/** Reads the command line. */
static struct options read_options(int argc, char *argv[])
{
    static const char *const names[FORMS] = {
        "--svg",
        "--html",
        "--json",
        "--text",
    };
    struct options options = {.title = "A run, seen by the lens"};
    int i = 1, without = 0;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        const char **value = NULL;
        if (strcmp(argv[i], "--stable") == 0) {
            options.stable = true;
            continue;
        }
        if (strcmp(argv[i], "--title") == 0)
            value = &options.title;
        if (strcmp(argv[i], "--header") == 0)
            value = &options.header;
        if (strcmp(argv[i], "--from") == 0)
            value = &options.excerpt.from;
        if (strcmp(argv[i], "--to") == 0)
            value = &options.excerpt.to;
        if (strcmp(argv[i], "--without") == 0 && without < EXCERPT_WITHOUT)
            value = &options.excerpt.without[without++];
        for (int form = 0; form < FORMS; form++)
            if (strcmp(argv[i], names[form]) == 0)
                value = &options.output[form];
        if (value == NULL || i + 1 == argc)
            refuse_usage();
        *value = argv[++i];
    }
    if (i == argc)
        refuse_usage();
    bool part = options.excerpt.from != NULL || options.excerpt.to != NULL
                || options.excerpt.without[0] != NULL;
    if (part
        && (options.excerpt.from == NULL || options.excerpt.to == NULL
            || options.output[FORM_SVG] == NULL
            || options.output[FORM_HTML] != NULL
            || options.output[FORM_JSON] != NULL
            || options.output[FORM_TEXT] != NULL))
        refuse_usage();
    options.record = argv[i++];
    options.folders = argv + i;
    options.folder_count = argc - i;
    return options;
}

/** Writes a story in one form. */
static void write_form(
    FILE *file, enum form form, const struct story *story, const char *title)
{
    switch (form) {
    case FORM_SVG:
        svg_write(file, story, title, SVG_ALONE);
        return;
    case FORM_HTML:
        html_write(file, story, title);
        return;
    case FORM_JSON:
        json_write(file, story);
        return;
    case FORM_TEXT:
    case FORMS:
        listing_write(file, story);
        return;
    }
}

/** Writes a story into a file; ends the program if that fails. */
static void write_file(
    const char *path, enum form form, const struct story *story,
    const char *title)
{
    FILE *file = file_open(path, L"wb");
    bool good = file != NULL;
    if (good) {
        write_form(file, form, story, title);
        good = !ferror(file);
        good = fclose(file) == 0 && good;
    }
    if (!good) {
        fprintf(stderr, "view: %s cannot be written\n", path);
        exit(EXIT_USAGE);
    }
}

int main(int argc, char *argv[])
{
    static struct story story;
    use_utf8_console();
    _setmode(_fileno(stdout), _O_BINARY);  // line ends without `\r`
    struct options options = read_options(argc, argv);

    story.stable = options.stable;
    story.excerpt = options.excerpt;
    if (options.header != NULL)
        story.header = strtoul(options.header, NULL, 10);
    story_read(&story, load_record(options.record));
    story_find_handles(&story);
    lines_find(&story, options.folders, options.folder_count);
    story_find_causes(&story);
    story_find_messages(&story);
    const char *missing = story_lay_out(&story);
    if (missing != NULL) {
        fprintf(stderr, "view: the run has no %s\n", missing);
        return EXIT_USAGE;
    }

    bool written = false;
    for (int form = 0; form < FORMS; form++)
        if (options.output[form] != NULL) {
            write_file(options.output[form], form, &story, options.title);
            written = true;
        }
    if (!written)
        write_form(stdout, FORM_TEXT, &story, options.title);
    return EXIT_SUCCESS;
}
