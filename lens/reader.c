/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Makes a record file and reads it.
 */
#include "lens/reader.h"

/** Opens the file, empty, under a name that is given in UTF-8. It goes away
 * with its last handle, also when this process is ended by Ctrl+C. */
static HANDLE create_file(const char *path_utf8)
{
    WCHAR path[MAX_PATH];

    if (MultiByteToWideChar(CP_UTF8, 0, path_utf8, -1, path, MAX_PATH) == 0)
        return INVALID_HANDLE_VALUE;
    return CreateFileW(
        path,
        GENERIC_READ | GENERIC_WRITE,
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
        NULL,
        CREATE_ALWAYS,
        FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE,
        NULL);
}

/** Touches each page, so that no program waits for the system to make it. */
static void make_pages(struct lens_file *record)
{
    volatile char *byte = (volatile char *)record;

    for (size_t i = 0; i < sizeof *record; i += 4096)
        byte[i] = 0;
}

bool lens_view_open(struct lens_view *view, const char *path_utf8)
{
    LARGE_INTEGER frequency;

    *view = (struct lens_view){.file = create_file(path_utf8)};
    if (view->file == INVALID_HANDLE_VALUE)
        return false;

    /* The mapping's size becomes the file's, filled with zeros. */
    view->mapping = CreateFileMappingW(
        view->file,
        NULL,
        PAGE_READWRITE,
        0,
        sizeof(struct lens_file),
        NULL);
    if (view->mapping != NULL)
        view->record = MapViewOfFile(view->mapping, FILE_MAP_WRITE, 0, 0, 0);
    if (view->record == NULL) {
        DWORD error = GetLastError();
        lens_view_close(view);
        SetLastError(error);
        return false;
    }

    make_pages(view->record);
    QueryPerformanceFrequency(&frequency);
    lens_header_write(&view->record->header, frequency.QuadPart);
    return true;
}

void lens_view_close(struct lens_view *view)
{
    if (view->record != NULL)
        UnmapViewOfFile(view->record);
    if (view->mapping != NULL)
        CloseHandle(view->mapping);
    if (view->file != INVALID_HANDLE_VALUE)
        CloseHandle(view->file);
    *view = (struct lens_view){.file = INVALID_HANDLE_VALUE};
}

uint32_t lens_view_count(const struct lens_view *view)
{
    return view->record->header.used;
}

const struct lens_record *lens_view_at(
    const struct lens_view *view, uint32_t index)
{
    return &view->record->record[index];
}

bool lens_view_full(const struct lens_view *view)
{
    return view->record->header.lost != 0;
}

uint64_t lens_view_asked(const struct lens_view *view)
{
    return (uint64_t)view->record->header.used + view->record->header.lost;
}
