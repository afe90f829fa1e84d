/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Finds in a program's calls what Wine forgives and Windows does not.
 *
 * Such a program works here and fails there, so no result shows the mistake:
 * only the calls do. Each rule names the Microsoft Learn page that it is of.
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/diagnosis.h"
#include "checks/harness/forgiven.h"
#include "checks/harness/scene.h"
#include "checks/harness/where.h"
#include "lens/table.h"

enum { PIPES_MAX = 1024 };

/** An open end of a pipe, or a file. */
struct end {
    uint32_t handle;  // 0: free
    const struct lens_record *opened;
};

static struct end ends[PIPES_MAX];

/** What is known of a handle, or NULL. */
static struct end *find_end(uint32_t handle)
{
    for (size_t i = 0; i < PIPES_MAX; i++)
        if (ends[i].handle == handle && handle != 0)
            return &ends[i];
    return NULL;
}

static void keep_end(uint32_t handle, const struct lens_record *opened)
{
    struct end *end = find_end(handle);
    for (size_t i = 0; end == NULL && i < PIPES_MAX; i++)
        if (ends[i].handle == 0)
            end = &ends[i];
    if (end != NULL)
        *end = (struct end){handle, opened};
}

/** An argument's number; 0 if it has none. */
static unsigned long argument(const struct lens_record *call, const char *name)
{
    unsigned long long number = 0;
    call_argument(call, name, &number);
    return (unsigned long)number;
}

/** Whether two calls carry the same name, upper and lower case alike. */
static bool same_name(const struct lens_record *a, const struct lens_record *b)
{
    size_t length = strcspn(a->in, " ");
    return length == strcspn(b->in, " ")
           && _strnicmp(a->in, b->in, length) == 0;
}

/** Ends the check: says what is wrong with a call, and why. */
static _Noreturn void refuse(
    const struct program *program, const struct lens_record *call,
    const char *why)
{
    char place[80];
    likely("Wine lets this pass, Windows does not: %s", why);
    whole_kind(program->name, why, call->caller);
    fail_check(
        "no call that only Wine forgives",
        "%s: %s%s",
        program->name,
        lens_call_name(call->call),
        where_line(program, call->caller, place, sizeof place));
}

/** "CreateNamedPipeW": nMaxInstances, and who must be the first. (That
 * instances differ in maximum, time-out or type is no mistake of this kind:
 * Windows takes it, test_CreateNamedPipe_instances_must_match of Wine's
 * dlls/kernel32/tests/pipe.c (8.0) says.) */
static void look_at_instance(
    const struct program *program, const struct lens_record *call)
{
    unsigned long most = argument(call, "max");
    if (most == 0 || most > PIPE_UNLIMITED_INSTANCES)
        refuse(program, call, "nMaxInstances is a number from 1 to 255");
    for (size_t i = 0; i < PIPES_MAX; i++) {
        const struct lens_record *other = ends[i].opened;
        if (ends[i].handle == 0 || other->call != LENS_CreateNamedPipeW
            || !same_name(call, other))
            continue;
        if ((argument(call, "open") & FILE_FLAG_FIRST_PIPE_INSTANCE) != 0)
            refuse(
                program,
                call,
                "FILE_FLAG_FIRST_PIPE_INSTANCE fails with 5 while there is "
                "another instance");
    }
}

/** "SetNamedPipeHandleState": the rights that the handle must have. */
static void look_at_rights(
    const struct program *program, const struct lens_record *call,
    const struct lens_record *opened)
{
    const unsigned long enough =
        GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_ATTRIBUTES;
    if (opened->call == LENS_CreateFileW
        && (argument(opened, "access") & enough) == 0)
        refuse(
            program,
            call,
            "a handle without GENERIC_WRITE needs FILE_WRITE_ATTRIBUTES");
}

/** "ReadFile", "WriteFile": the flag and the structure belong together. */
static void look_at_structure(
    const struct program *program, const struct lens_record *call,
    const struct lens_record *opened)
{
    const char *flags = opened->call == LENS_CreateFileW ? "flags" : "open";
    bool flag = (argument(opened, flags) & FILE_FLAG_OVERLAPPED) != 0;
    if (flag && call->overlapped == 0)
        refuse(
            program,
            call,
            "a handle opened with FILE_FLAG_OVERLAPPED needs an OVERLAPPED "
            "in each call");
    if (!flag && call->overlapped != 0)
        refuse(
            program,
            call,
            "an OVERLAPPED has no effect on a handle that was opened without "
            "FILE_FLAG_OVERLAPPED: the call waits");
}

/** Whether a call is an operation on the pipe itself, one after another. */
static bool is_operation(const struct lens_record *call)
{
    switch (call->call) {
    case LENS_ReadFile:
    case LENS_WriteFile:
    case LENS_ConnectNamedPipe:
    case LENS_DisconnectNamedPipe:
    case LENS_TransactNamedPipe:
    case LENS_PeekNamedPipe:
    case LENS_FlushFileBuffers:
    case LENS_SetNamedPipeHandleState:
        return true;
    default:
        return false;
    }
}

/**
 * "Synchronous and Asynchronous I/O": an operation on a synchronous handle
 * waits for the one that another thread has under way. Where that one is a
 * wait for the other side, it may wait for ever.
 */
static void look_at_threads(
    const struct program *program, uint32_t at, const struct lens_record *call,
    const struct lens_record *opened)
{
    const char *flags = opened->call == LENS_CreateFileW ? "flags" : "open";
    if ((argument(opened, flags) & FILE_FLAG_OVERLAPPED) != 0)
        return;
    for (uint32_t i = 0; i < at; i++) {
        const struct lens_record *other = lens_view_at(scene_view(), i);
        if (other->kind == LENS_KIND_CALL && other->pid == call->pid
            && other->tid != call->tid && other->handle == call->handle
            && other->t0 >= opened->t0
            && (other->call == LENS_ReadFile
                || other->call == LENS_ConnectNamedPipe)
            && (other->t1 == 0 || other->t1 > call->t0))
            refuse(
                program,
                call,
                "on a synchronous handle it waits until the read of the other "
                "thread is over: open it with FILE_FLAG_OVERLAPPED");
    }
}

/** Looks at one call, and follows what is open. */
static void look_at(
    const struct program *program, uint32_t at, const struct lens_record *call)
{
    bool failed = (call->flags & LENS_FLAG_FAILED) != 0 || call->t1 == 0;
    struct end *end = find_end(call->handle);
    if (call->call == LENS_CreateNamedPipeW && !failed)
        look_at_instance(program, call);
    else if (end != NULL && is_operation(call)) {
        if (call->call == LENS_SetNamedPipeHandleState && !failed)
            look_at_rights(program, call, end->opened);
        if (call->call == LENS_ReadFile || call->call == LENS_WriteFile
            || call->call == LENS_ConnectNamedPipe
            || call->call == LENS_TransactNamedPipe)
            look_at_structure(program, call, end->opened);
        look_at_threads(program, at, call, end->opened);
    }
    if ((call->call == LENS_CreateNamedPipeW || call->call == LENS_CreateFileW)
        && !failed)
        keep_end(call->handle, call);
    if (call->call == LENS_CloseHandle && end != NULL)
        end->handle = 0;
}

void expect_right_on_windows(const struct program *program)
{
    memset(ends, 0, sizeof ends);
    for (uint32_t i = 0; i < lens_view_count(scene_view()); i++) {
        const struct lens_record *call = lens_view_at(scene_view(), i);
        if (call->kind == LENS_KIND_CALL && call->pid == program->id)
            look_at(program, i, call);
    }
}
