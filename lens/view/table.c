/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the viewer knows of each call of the table.
 */
#include <string.h>

#include "lens/record.h"
#include "lens/table.h"
#include "lens/view/table.h"

/** By name, so that the table may have them or not. */
static const struct {
    const char *name;
    enum role role;
} roles[] = {
    {"CreateNamedPipeW", ROLE_CREATE_PIPE},
    {"CreateMailslotW", ROLE_CREATE_MAILSLOT},
    {"CreateFileW", ROLE_OPEN},
    {"CreateEventW", ROLE_CREATE_NAMED},
    {"CreateMutexW", ROLE_CREATE_NAMED},
    {"CreateSemaphoreW", ROLE_CREATE_NAMED},
    {"CreateFileMappingW", ROLE_CREATE_NAMED},
    {"ConnectNamedPipe", ROLE_CONNECT},
    {"DisconnectNamedPipe", ROLE_DISCONNECT},
    {"CloseHandle", ROLE_CLOSE},
    {"ReadFile", ROLE_READ},
    {"ReadFileEx", ROLE_READ},
    {"WriteFile", ROLE_WRITE},
    {"WriteFileEx", ROLE_WRITE},
    {"TransactNamedPipe", ROLE_TRANSACT},
    {"CallNamedPipeW", ROLE_CALL_PIPE},
    {"DuplicateHandle", ROLE_DUPLICATE},
    {"WaitNamedPipeW", ROLE_WAIT_PIPE},
    {"SetEvent", ROLE_SIGNAL},
    {"ReleaseMutex", ROLE_SIGNAL},
    {"ReleaseSemaphore", ROLE_SIGNAL},
    {"WaitForSingleObject", ROLE_WAIT},
    {"WaitForSingleObjectEx", ROLE_WAIT},
    {"WaitForMultipleObjects", ROLE_WAIT},
    {"WaitForMultipleObjectsEx", ROLE_WAIT},
    {"Sleep", ROLE_SLEEP},
    {"SleepEx", ROLE_SLEEP},
    {"PostQueuedCompletionStatus", ROLE_POST},
    {"CreateThread", ROLE_NEW_THREAD},
    {"_beginthreadex", ROLE_NEW_THREAD},
    {"CreateProcessW", ROLE_NEW_PROCESS},
};

enum role table_role(uint32_t call)
{
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(roles[i].name, lens_call_name(call)) == 0)
            return roles[i].role;
    return ROLE_OTHER;
}

bool table_waits(uint32_t call)
{
    return call < LENS_CALL_COUNT && table_role(call) != ROLE_WRITE
           && (strcmp(lens_call_does(call), "LENS_BLOCKS") == 0
               || strcmp(lens_call_does(call), "LENS_COLLECTS") == 0);
}

char table_letter(uint32_t call, const char *key, size_t length)
{
    const char *at = call < LENS_CALL_COUNT ? lens_call_shows(call) : "";
    while (*at != '\0') {
        size_t word = strcspn(at, " ");
        if (word > length + 2 && memcmp(at, key, length) == 0
            && at[length] == '=')
            return at[length + 2];
        at += word;
        at += *at == ' ';
    }
    return '\0';
}
