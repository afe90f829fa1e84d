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

#define CACHE_LINE 64
#define PAGE       4096

static struct lens_file *file;

bool lens_recording(void)
{
    return file != NULL;
}

/** Maps the file, made longer where it is new. */
static struct lens_file *map_file(HANDLE handle)
{
    struct lens_file *view;
    HANDLE mapping = lens_real.CreateFileMappingW(
        handle,
        NULL,
        PAGE_READWRITE,
        0,
        sizeof(struct lens_file),
        NULL);

    if (mapping == NULL)
        return NULL;
    view = lens_real.MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
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

/**
 * Touches each page, or the first call that writes into it would wait for the
 * system. Others may be writing: the touch changes nothing.
 */
static void touch_pages(void)
{
    for (size_t i = 0; i < LENS_RECORDS; i += PAGE / sizeof file->record[0])
        atomic_fetch_or(&file->record[i].flags, 0);
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
    touch_pages();
}

/** The next free record below the limit; NULL if there is none. */
static struct lens_record *next_record(uint32_t limit)
{
    struct lens_header *header = &file->header;
    uint32_t next = atomic_load_explicit(&header->used, memory_order_relaxed);

    /* When another thread took it meanwhile, `next` is read anew. */
    do {
        if (next >= limit) {
            header->lost++;
            return NULL;
        }
    } while (!atomic_compare_exchange_weak(&header->used, &next, next + 1));
    return &file->record[next];
}

/** Fetches a record's memory while the program does something else. */
static void fetch_record(const struct lens_record *record)
{
    if (record < file->record + LENS_RECORDS)
        for (size_t i = 0; i < sizeof *record; i += CACHE_LINE)
            __builtin_prefetch((const char *)record + i, 1);
}

/** Whether programs may make that many that the record is full. */
static bool is_frequent(enum lens_kind kind)
{
    return kind == LENS_KIND_CALL || kind == LENS_KIND_ROUTINE
           || kind == LENS_KIND_WARNING || kind == LENS_KIND_MEMORY;
}

struct lens_record *lens_take(enum lens_kind kind)
{
    struct lens_record *record;

    if (file == NULL)
        return NULL;
    record = next_record(
        is_frequent(kind) ? LENS_RECORDS - LENS_RESERVED : LENS_RECORDS);
    if (record == NULL)
        return NULL;
    fetch_record(record + 1);
    record->pid = GetCurrentProcessId();
    record->tid = GetCurrentThreadId();
    return record;
}

int64_t lens_now(void)
{
    LARGE_INTEGER now;

    QueryPerformanceCounter(&now);
    return now.QuadPart;
}

/* Release: whoever sees the value sees all that was written before it. It
   costs nothing on x64, where the strongest order would wait for the memory. */

void lens_publish(struct lens_record *record, enum lens_kind kind)
{
    record->t0 = lens_now();
    atomic_store_explicit(&record->kind, kind, memory_order_release);
}

void lens_note(struct lens_record *record, uint32_t flag)
{
    uint32_t flags = atomic_load_explicit(&record->flags, memory_order_relaxed);

    atomic_store_explicit(&record->flags, flags | flag, memory_order_release);
}

void lens_finish_at(struct lens_record *record, int64_t time)
{
    atomic_store_explicit(&record->t1, time, memory_order_release);
}

void lens_finish(struct lens_record *record)
{
    lens_finish_at(record, lens_now());
}

uint32_t lens_number_of(const struct lens_record *record)
{
    return (uint32_t)(record - file->record) + 1;
}

struct lens_record *lens_record_number(uint32_t number)
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
