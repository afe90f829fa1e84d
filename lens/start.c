/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Starts the lens: finds the real functions, reads the environment.
 */
#include "lens/lens.h"
#include <stdlib.h>
#include <string.h>

#define SETTING_MAX 2048

bool lens_started;
bool lens_on;
struct lens_real lens_real;

_Static_assert(
    sizeof lens_real == LENS_CALL_COUNT * sizeof(FARPROC),
    "one pointer for each row of the table, in its order");

void lens_stop(const char *first, const char *second, const char *third)
{
    char line[SETTING_MAX + 256];
    struct lens_text text = LENS_TEXT(line);
    DWORD written;

    lens_put(&text, "lens: ");
    lens_put(&text, first);
    lens_put(&text, second);
    lens_put(&text, third);
    lens_put(&text, "\n");
    lens_real.WriteFile(
        lens_real.GetStdHandle(STD_ERROR_HANDLE),
        line,
        (DWORD)(text.at - line),
        &written,
        NULL);
    lens_real.ExitProcess(2);
    abort();
}

/** Stands for a function that this Windows lacks. */
static void missing(void)
{
    lens_stop("this Windows lacks a function that the program calls", "", "");
}

/** Looks for a function in the libraries that the table's functions are of. */
static FARPROC find_function(const char *name)
{
    static const WCHAR *const libraries[] = {
        L"kernel32.dll",
        L"msvcrt.dll",
        L"ucrtbase.dll"};

    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
        HMODULE library = GetModuleHandleW(libraries[i]);
        FARPROC found = library != NULL ? GetProcAddress(library, name) : NULL;
        if (found != NULL)
            return found;
    }
    return (FARPROC)(void (*)(void))missing;
}

/** Fills lens_real. */
static void find_real_functions(void)
{
    char *place = (char *)&lens_real;

    for (int i = 0; i < LENS_CALL_COUNT; i++) {
        FARPROC address = find_function(lens_table[i].name);
        memcpy(place, &address, sizeof address);
        place += sizeof address;
    }
}

/** Reads one setting; false if it is not set, or empty. */
static bool setting(const char *name, WCHAR value[SETTING_MAX])
{
    WCHAR wide_name[32];
    DWORD length;

    MultiByteToWideChar(CP_UTF8, 0, name, -1, wide_name, 32);
    length = GetEnvironmentVariableW(wide_name, value, SETTING_MAX);
    if (length >= SETTING_MAX)
        lens_stop(name, " is too long", "");
    return length > 0;
}

/** The same, in UTF-8. */
static bool setting_utf8(const char *name, char value[SETTING_MAX])
{
    WCHAR wide[SETTING_MAX];

    if (!setting(name, wide))
        return false;
    if (WideCharToMultiByte(
            CP_UTF8,
            0,
            wide,
            -1,
            value,
            SETTING_MAX,
            NULL,
            NULL)
        == 0)
        lens_stop(name, " is too long", "");
    return true;
}

/** What the environment said; the program does not find it there. */
static struct {
    const char *name;
    WCHAR *value;  ///< NULL: not set
} settings[] = {
    {"LENS_SUFFIX", NULL},
    {"LENS_FAULT", NULL},
    {"LENS_GATE", NULL},
    {"LENS_CTRL_C", NULL},
    {"LENS_RECORD", NULL},
};
#define SETTINGS (sizeof settings / sizeof settings[0])

static SRWLOCK lent = SRWLOCK_INIT;

/** Sets each setting as it was, or takes it out of the environment. */
static void put_settings(bool back)
{
    WCHAR wide_name[32];

    for (size_t i = 0; i < SETTINGS; i++) {
        if (settings[i].value == NULL)
            continue;
        MultiByteToWideChar(CP_UTF8, 0, settings[i].name, -1, wide_name, 32);
        SetEnvironmentVariableW(wide_name, back ? settings[i].value : NULL);
    }
}

void lens_settings_lend(void)
{
    AcquireSRWLockExclusive(&lent);
    put_settings(true);
}

void lens_settings_take_back(void)
{
    put_settings(false);
    ReleaseSRWLockExclusive(&lent);
}

/** Takes the settings out of a list of "NAME=value", as main may get it. */
static void take_out_of(char **list)
{
    char **to = list;

    for (; list != NULL && *list != NULL; list++)
        if (strncmp(*list, "LENS_", 5) != 0)
            *to++ = *list;
    if (to != NULL)
        *to = NULL;
}

/**
 * A program must not be right only where it is looked at, so it does not find
 * the settings: neither in the environment nor in what the C library has
 * copied of it. (Other traces of the lens are left to who looks for them.)
 */
static void hide_settings(void)
{
    WCHAR value[SETTING_MAX];
    char entry[40] = {0};
    FARPROC address;
    char **const *first;

    for (size_t i = 0; i < SETTINGS; i++) {
        struct lens_text text = LENS_TEXT(entry);
        if (!setting(settings[i].name, value))
            continue;
        settings[i].value = HeapAlloc(GetProcessHeap(), 0, sizeof value);
        if (settings[i].value != NULL)
            wcscpy(settings[i].value, value);
        lens_put(&text, settings[i].name);
        lens_put(&text, "=");
        *text.at = '\0';
        _putenv(entry);
    }
    put_settings(false);
    /* The list that main gets is an older copy. */
    address = GetProcAddress(GetModuleHandleW(L"msvcrt.dll"), "__initenv");
    memcpy(&first, &address, sizeof first);
    if (first != NULL)
        take_out_of(*first);
}

/** Switches on what the environment asks for; true if it asks for anything. */
static bool read_environment(void)
{
    WCHAR wide[SETTING_MAX];
    char text[SETTING_MAX];
    bool any = false;

    if (setting("LENS_SUFFIX", wide)) {
        lens_suffix_set(wide);
        any = true;
    }
    if (setting_utf8("LENS_FAULT", text)) {
        lens_faults_read(text);
        any = true;
    }
    if (setting_utf8("LENS_GATE", text)) {
        lens_gates_read(text);
        any = true;
    }
    if (setting("LENS_CTRL_C", wide)) {
        lens_ctrl_c_watch(wide);
        any = true;
    }
    if (setting("LENS_RECORD", wide)) {
        lens_recorder_open(wide);
        any = true;
    }
    return any;
}

/*
 * A constructor runs before main. Should another one be earlier and make a
 * call, that call starts the lens (lens_is_on).
 */
__attribute__((constructor)) void lens_start(void)
{
    DWORD last_error = GetLastError();

    if (lens_started)
        return;
    lens_started = true;
    find_real_functions();
    lens_image_find();
    lens_on = read_environment();
    if (lens_on)
        hide_settings();
    if (lens_recording()) {
        lens_show_prepare();
        lens_memory_watch();
        lens_record_start();
        atexit(lens_record_exit);
        lens_crash_watch();
    }
    SetLastError(last_error);
}
