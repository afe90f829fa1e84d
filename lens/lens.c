/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The lens: a function of our own in the place of each Windows call.
 *
 * <windows.h> declares ReadFile as imported, so a program calls it through a
 * pointer named __imp_ReadFile. The linker takes that pointer from the first
 * file that defines it; kernel32's import library comes last. This file
 * defines it, and ReadFile itself for those who call without the pointer.
 *
 * @see "Rules and Limitations for dllimport/dllexport" on Microsoft Learn
 */
#include "lens/lens.h"

/* The "before the call" column of the table. */
#define LENS_AS_IS
#define LENS_PATH(name)                                                        \
    WCHAR room[LENS_NAME_MAX];                                                 \
    name = lens_name_path(name, room);
#define LENS_OBJECT(name)                                                      \
    WCHAR room[LENS_NAME_MAX];                                                 \
    name = lens_name_object(name, room);
#define LENS_SHORT(size)                                                       \
    if (call.shorten && size > 1)                                              \
        size = 1;
#define LENS_INHERIT lens_settings_lend();
#define LENS_COUNT(n)                                                          \
    if (call.fault != 0 && n != NULL)                                          \
        *n = 0;
#define LENS_OPERATION(file, overlapped, data, n)                              \
    lens_operation_begin(&call, file, overlapped, data, n, NULL);
#define LENS_ROUTINE(file, overlapped, data, routine)                          \
    routine =                                                                  \
        lens_operation_begin(&call, file, overlapped, data, NULL, routine);

/* The arguments as numbers: ten of them, the missing ones 0. */
#define LENS_VALUES(...)                                                       \
    {                                                                          \
        LENS_TEN(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)                    \
    }
#define LENS_TEN(a, b, c, d, e, f, g, h, i, j, ...)                            \
    (ULONG_PTR)(a), (ULONG_PTR)(b), (ULONG_PTR)(c), (ULONG_PTR)(d),            \
        (ULONG_PTR)(e), (ULONG_PTR)(f), (ULONG_PTR)(g), (ULONG_PTR)(h),        \
        (ULONG_PTR)(i), (ULONG_PTR)(j)

/* The asm label gives lens_ReadFile the name ReadFile for the linker. */
#define LENS_DEFINE(type, name, parameters)                                    \
    type WINAPI lens_##name parameters __asm__(#name);                         \
    extern type(WINAPI *const __imp_##name) parameters;                        \
    type(WINAPI *const __imp_##name) parameters = lens_##name;

#define LENS_CALL(                                                             \
    type,                                                                      \
    name,                                                                      \
    parameters,                                                                \
    arguments,                                                                 \
    failure,                                                                   \
    does,                                                                      \
    before,                                                                    \
    shows,                                                                     \
    errors)                                                                    \
    LENS_DEFINE(type, name, parameters)                                        \
    type WINAPI lens_##name parameters                                         \
    {                                                                          \
        if (!lens_is_on())                                                     \
            return lens_real.name arguments;                                   \
        const ULONG_PTR values[] = LENS_VALUES arguments;                      \
        struct lens_call call;                                                 \
        type result = failure;                                                 \
        lens_enter(                                                            \
            &call,                                                             \
            LENS_##name,                                                       \
            __builtin_return_address(0),                                       \
            __builtin_dwarf_cfa(),                                             \
            values);                                                           \
        before;                                                                \
        if (lens_goes(&call)) {                                                \
            enum lens_verdict verdict;                                         \
            result = lens_real.name arguments;                                 \
            call.error = GetLastError();                                       \
            verdict = lens_judge(&call, result == failure, values);            \
            if (verdict != LENS_AS_IT_IS)                                      \
                result =                                                       \
                    verdict == LENS_FAILURE ? failure : (type)(ULONG_PTR)TRUE; \
        }                                                                      \
        lens_leave(&call, (ULONG_PTR)result, result == failure, values);       \
        return result;                                                         \
    }

#define LENS_VOID(name, parameters, arguments, does, before, shows)            \
    LENS_DEFINE(void, name, parameters)                                        \
    void WINAPI lens_##name parameters                                         \
    {                                                                          \
        if (lens_is_on()) {                                                    \
            const ULONG_PTR values[] = LENS_VALUES arguments;                  \
            struct lens_call call;                                             \
            lens_enter(                                                        \
                &call,                                                         \
                LENS_##name,                                                   \
                __builtin_return_address(0),                                   \
                __builtin_dwarf_cfa(),                                         \
                values);                                                       \
            before;                                                            \
            lens_real.name arguments;                                          \
            call.error = GetLastError();                                       \
            lens_leave(&call, 0, false, values);                               \
        } else {                                                               \
            lens_real.name arguments;                                          \
        }                                                                      \
    }

#include "lens/calls.h"
#undef LENS_VOID

const struct lens_row lens_table[LENS_CALL_COUNT] = {
#define LENS_CALL(                                                             \
    type,                                                                      \
    name,                                                                      \
    parameters,                                                                \
    arguments,                                                                 \
    failure,                                                                   \
    does,                                                                      \
    before,                                                                    \
    shows,                                                                     \
    errors)                                                                    \
    {#name, does, shows, errors},
#include "lens/calls.h"
};
