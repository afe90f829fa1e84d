/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Reads a record file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "lens/view/file.h"
#include "lens/view/load.h"

static struct lens_file record;

/** Ends the program. */
static _Noreturn void refuse(const char *path, const char *why)
{
    fprintf(stderr, "view: %s %s\n", path, why);
    exit(EXIT_USAGE);
}

const struct lens_file *load_record(const char *path)
{
    FILE *file = file_open(path, L"rb");
    if (file == NULL)
        refuse(path, "cannot be opened");
    size_t size = fread(&record, 1, sizeof record, file);
    bool more = fgetc(file) != EOF;
    fclose(file);

    const struct lens_header *header = &record.header;
    if (size < sizeof *header || header->magic != LENS_MAGIC)
        refuse(path, "is no record of the lens");
    if (header->version != LENS_VERSION || header->records != LENS_RECORDS
        || header->record_size != sizeof(struct lens_record))
        refuse(path, "is a record of another version of the lens");
    if (size != sizeof record || more || header->frequency <= 0
        || header->used > LENS_RECORDS)
        refuse(path, "is a damaged record");

    for (uint32_t i = 0; i < LENS_RECORDS; i++) {
        struct lens_record *one = &record.record[i];
        one->in[sizeof one->in - 1] = '\0';
        one->out[sizeof one->out - 1] = '\0';
    }
    return &record;
}
