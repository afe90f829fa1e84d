/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The program's image in memory: its name, and places in it.
 *
 * Windows loads a program at another address each time. An offset from the
 * image's beginning stays the same, and addr2line turns it into a source line.
 */
#include "lens/lens.h"
#include <string.h>

static const char *image;
static uint32_t image_size;
static char program[64];

/** Takes the name from the path: without folders and ".exe". */
static void name_from_path(const WCHAR *path)
{
    struct lens_text text = LENS_TEXT(program);
    const WCHAR *slash = wcsrchr(path, L'\\');
    char *dot;

    lens_put_wide(&text, slash != NULL ? slash + 1 : path);
    dot = strrchr(program, '.');
    if (dot != NULL)
        *dot = '\0';
}

void lens_image_find(void)
{
    WCHAR path[LENS_NAME_MAX] = L"";
    const IMAGE_DOS_HEADER *dos;
    const IMAGE_NT_HEADERS *headers;

    image = (const char *)GetModuleHandleW(NULL);
    dos = (const IMAGE_DOS_HEADER *)image;
    headers = (const IMAGE_NT_HEADERS *)(image + dos->e_lfanew);
    image_size = headers->OptionalHeader.SizeOfImage;

    if (GetModuleFileNameW(NULL, path, LENS_NAME_MAX) > 0)
        name_from_path(path);
}

const char *lens_program(void)
{
    return program;
}

uint32_t lens_place(const void *address)
{
    uintptr_t offset = (uintptr_t)address - (uintptr_t)image;

    return offset < image_size ? (uint32_t)offset : 0;
}

bool lens_image_has(
    const struct block *block,
    bool (*test)(const struct block *block, const char *from, const char *to))
{
    const IMAGE_DOS_HEADER *dos = (const IMAGE_DOS_HEADER *)image;
    const IMAGE_NT_HEADERS *headers =
        (const IMAGE_NT_HEADERS *)(image + dos->e_lfanew);
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);
    const char *from;
    const char *to;

    lens_operation_table(&from, &to);
    for (int i = 0; i < headers->FileHeader.NumberOfSections; i++) {
        const char *start = image + section[i].VirtualAddress;
        const char *end = start + section[i].Misc.VirtualSize;
        if ((section[i].Characteristics & IMAGE_SCN_MEM_WRITE) == 0)
            continue;
        if (from < start || from >= end) {
            if (test(block, start, end))
                return true;
        } else if (test(block, start, from) || test(block, to, end)) {
            return true;
        }
    }
    return false;
}
