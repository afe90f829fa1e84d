/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The recorder: hands out the records of a file mapped by all processes.
 *
 * Nothing here waits: whoever wants a record moves the counter on with one
 * atomic step and then has the record to itself.
 */
#include "lens/lens.h"
#include <stdatomic.h>

static struct lens_file *file;

bool lens_recording(void)
{
    return file != NULL;
}

/** Maps the file, made longer where it is new. */
static struct lens_file *map_file(HANDLE handle)
{
    struct lens_file *view;
    HANDLE mapping = CreateFileMappingW(
        handle,
        NULL,
        PAGE_READWRITE,
        0,
        sizeof(struct lens_file),
        NULL);

    if (mapping == NULL)
        return NULL;
    view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    lens_real.CloseHandle(mapping);  // the view keeps it alive
    return view;
}

/** Stops unless the file is new, or a record of this version. */
static void check_header(const char *path)
{
    LARGE_INTEGER frequency;
    struct lens_header *header = &file->header;

    if (header->magic == 0) {
        QueryPerformanceFrequency(&frequency);
        lens_header_write(header, frequency.QuadPart);
    }
    if (header->magic != LENS_MAGIC)
        lens_stop("LENS_RECORD names a file that is no record: ", path, "");
    if (header->version != LENS_VERSION || header->records != LENS_RECORDS
        || header->record_size != sizeof(struct lens_record))
        lens_stop("LENS_RECORD is of another version: ", path, "");
}

void lens_recorder_open(const WCHAR *path)
{
    char name[LENS_NAME_MAX] = {0};
    struct lens_text name_text = LENS_TEXT(name);
    LARGE_INTEGER size = {.QuadPart = -1};
    HANDLE handle = lens_real.CreateFileW(
        path,
        GENERIC_READ | GENERIC_WRITE,
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
        NULL,
        OPEN_ALWAYS,
        FILE_ATTRIBUTE_NORMAL,
        NULL);

    lens_put_wide(&name_text, path);
    if (handle == INVALID_HANDLE_VALUE)
        lens_stop("LENS_RECORD cannot be made: ", name, "");

    /* Somebody's own file must not be overwritten. */
    GetFileSizeEx(handle, &size);
    if (size.QuadPart != 0 && size.QuadPart != sizeof(struct lens_file))
        lens_stop("LENS_RECORD names a file that is no record: ", name, "");

    file = map_file(handle);
    lens_real.CloseHandle(handle);
    if (file == NULL)
        lens_stop("LENS_RECORD cannot be mapped: ", name, "");
    check_header(name);
}

/** The next free record below the limit; NULL if there is none. */
static struct lens_record *next_record(uint32_t limit)
{
    struct lens_header *header = &file->header;
    uint32_t next = header->used;

    /* When another thread took it meanwhile, `next` is read anew. */
    do {
        if (next >= limit) {
            header->lost++;
            return NULL;
        }
    } while (!atomic_compare_exchange_weak(&header->used, &next, next + 1));
    return &file->record[next];
}

struct lens_record *lens_take(enum lens_kind kind)
{
    LARGE_INTEGER now;
    struct lens_record *record;
    bool is_call = kind == LENS_KIND_CALL;

    if (file == NULL)
        return NULL;
    record = next_record(is_call ? LENS_RECORDS - LENS_RESERVED : LENS_RECORDS);
    if (record == NULL)
        return NULL;
    record->pid = GetCurrentProcessId();
    record->tid = GetCurrentThreadId();
    QueryPerformanceCounter(&now);
    record->t0 = now.QuadPart;
    return record;
}

void lens_publish(struct lens_record *record, enum lens_kind kind)
{
    record->kind = kind;
}

void lens_finish(struct lens_record *record)
{
    LARGE_INTEGER now;

    QueryPerformanceCounter(&now);
    record->t1 = now.QuadPart;
}

uint32_t lens_number_of(const struct lens_record *record)
{
    return (uint32_t)(record - file->record) + 1;
}

const struct lens_record *lens_record_number(uint32_t number)
{
    return &file->record[number - 1];
}

void lens_record_start(void)
{
    struct lens_record *record = lens_take(LENS_KIND_START);

    if (record == NULL)
        return;
    struct lens_text text = LENS_TEXT(record->in);
    lens_put(&text, lens_program());
    lens_publish(record, LENS_KIND_START);
    lens_finish(record);
}
