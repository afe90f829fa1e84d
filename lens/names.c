/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief LENS_SUFFIX: other names for pipes, mailslots and named objects.
 *
 * The names of Windows objects belong to all programs of a session. With a
 * suffix of its own, each run of a lesson has names of its own, and many can
 * go side by side.
 */
#include "lens/lens.h"
#include <string.h>

static WCHAR suffix[LENS_NAME_MAX / 4];

void lens_suffix_set(const WCHAR *text)
{
    if (wcslen(text) >= sizeof suffix / sizeof suffix[0])
        lens_stop("LENS_SUFFIX is too long", "", "");
    wcscpy(suffix, text);
}

bool lens_name_is_pipe(LPCWSTR name)
{
    return name != NULL && _wcsnicmp(name, L"\\\\.\\pipe\\", 9) == 0;
}

/** Whether the path names a pipe or mailslot; upper and lower case are alike.
 */
static bool is_pipe_or_mailslot(LPCWSTR path)
{
    return lens_name_is_pipe(path)
           || _wcsnicmp(path, L"\\\\.\\mailslot\\", 13) == 0;
}

LPCWSTR lens_name_object(LPCWSTR name, WCHAR room[LENS_NAME_MAX])
{
    /* An object without a name stays without; a name that is too long stays
       as it is, and Windows will say so. */
    if (name == NULL || *name == L'\0' || suffix[0] == L'\0'
        || wcslen(name) + wcslen(suffix) >= LENS_NAME_MAX)
        return name;
    wcscpy(room, name);
    wcscat(room, suffix);
    return room;
}

LPCWSTR lens_name_path(LPCWSTR name, WCHAR room[LENS_NAME_MAX])
{
    if (name == NULL || !is_pipe_or_mailslot(name))
        return name;
    return lens_name_object(name, room);
}
