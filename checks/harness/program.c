/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Starting, watching and ending the programs of one conversation.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/program.h"

/** What starting a program needs for a moment only. */
struct startup {
    HANDLE out, err, in;  // the child's ends
    wchar_t file[MAX_PATH];
    wchar_t command[8192];
    wchar_t *environment;
};

wchar_t *widen(const char *text, wchar_t *wide, int room)
{
    if (MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, room) == 0)
        wide[0] = L'\0';
    return wide;
}

bool name_record(const char *suffix, char *path, size_t size)
{
    wchar_t own[MAX_PATH] = L"";
    char narrow[MAX_PATH];
    DWORD length = GetModuleFileNameW(NULL, own, MAX_PATH);
    if (length == 0 || length == MAX_PATH)
        return false;
    wcsrchr(own, L'\\')[0] = L'\0';
    if (WideCharToMultiByte(
            CP_UTF8,
            0,
            own,
            -1,  // up to its end
            narrow,
            sizeof narrow,
            NULL,
            NULL)
        == 0)
        return false;
    int used = snprintf(path, size, "%s\\pipework%s.record", narrow, suffix);
    if (used > 0 && (size_t)used < size)
        return true;
    SetLastError(ERROR_FILENAME_EXCED_RANGE);
    return false;
}

HANDLE create_job(void)
{
    HANDLE job = CreateJobObjectW(NULL, NULL);
    if (job == NULL)
        return NULL;

    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limit = {0};
    limit.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
                                             | JOB_OBJECT_LIMIT_ACTIVE_PROCESS
                                             | JOB_OBJECT_LIMIT_PROCESS_MEMORY;
    limit.BasicLimitInformation.ActiveProcessLimit = PROCESSES_MAX;
    limit.ProcessMemoryLimit = MEMORY_MAX;
    if (!SetInformationJobObject(
            job,
            JobObjectExtendedLimitInformation,
            &limit,
            sizeof limit)) {
        DWORD error = GetLastError();
        CloseHandle(job);
        SetLastError(error);
        return NULL;
    }
    return job;
}

DWORD processes_in(HANDLE job)
{
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION count = {0};
    QueryInformationJobObject(
        job,
        JobObjectBasicAccountingInformation,
        &count,
        sizeof count,
        NULL);
    return count.ActiveProcesses;
}

/* Lines are numbered as they come, over all streams of all programs. */
static volatile LONG line_number;

/** Keeps what fits and counts the rest; drops the `\r` of each line end. */
static void append(struct output *output, const char *data, DWORD size)
{
    AcquireSRWLockExclusive(&output->lock);
    for (DWORD i = 0; i < size; i++) {
        if (data[i] == '\r')
            continue;
        if (output->length == OUTPUT_LIMIT) {
            output->lost++;
            continue;
        }
        output->text[output->length++] = data[i];
        if (data[i] == '\n' && output->lines < LINES_LIMIT)
            output->order[output->lines++] = InterlockedIncrement(&line_number);
    }
    output->text[output->length] = '\0';
    ReleaseSRWLockExclusive(&output->lock);
    SetEvent(output->changed);
}

/** The thread of one stream: reads until the last writer has closed it. */
static DWORD WINAPI read_output(void *parameter)
{
    struct output *output = parameter;
    char data[4096];
    DWORD size;
    while (ReadFile(output->source, data, sizeof data, &size, NULL))
        append(output, data, size);

    AcquireSRWLockExclusive(&output->lock);
    output->ended = true;
    ReleaseSRWLockExclusive(&output->lock);
    SetEvent(output->changed);
    return 0;
}

/** Makes the pipe of one stream; @p child_end is for the program. */
static bool open_output(
    struct output *output, HANDLE changed, HANDLE *child_end)
{
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    InitializeSRWLock(&output->lock);
    output->changed = changed;
    if (!CreatePipe(&output->source, child_end, &inherit, 0))
        return false;
    if (!SetHandleInformation(output->source, HANDLE_FLAG_INHERIT, 0))
        return false;
    output->reader = CreateThread(NULL, 0, read_output, output, 0, NULL);
    return output->reader != NULL;
}

/** Makes a program's standard input: nothing, or a pipe that we write. */
static bool open_input(
    struct program *program, HANDLE *child_end, bool keyboard)
{
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    if (keyboard)
        return CreatePipe(child_end, &program->keyboard, &inherit, 0)
               && SetHandleInformation(
                   program->keyboard,
                   HANDLE_FLAG_INHERIT,
                   0);
    *child_end =
        CreateFileW(L"NUL", GENERIC_READ, 0, &inherit, OPEN_EXISTING, 0, NULL);
    return *child_end != INVALID_HANDLE_VALUE;
}

/** Finds FOLDER/NAME.exe in one of the folders. */
static bool find_program(
    struct program *program, const struct launch *how, wchar_t *file)
{
    for (size_t i = 0; i < ARRAYSIZE(how->folders); i++) {
        char path[MAX_PATH];
        if (how->folders[i] == NULL)
            continue;
        snprintf(
            path,
            sizeof path,
            "%s/%s.exe",
            how->folders[i],
            program->name);
        for (char *p = path; *p != '\0'; p++)
            if (*p == '/')
                *p = '\\';
        widen(path, file, MAX_PATH);
        if (GetFileAttributesW(file) != INVALID_FILE_ATTRIBUTES) {
            snprintf(
                program->folder,
                sizeof program->folder,
                "%s",
                how->folders[i]);
            return true;
        }
    }
    SetLastError(ERROR_FILE_NOT_FOUND);
    return false;
}

/** What @p extra says, and behind it our own environment without what the user
 * may have set for the lens; to be freed. */
static wchar_t *make_environment(const char *extra)
{
    wchar_t *own = GetEnvironmentStringsW();
    size_t own_size = 0, extra_size = 0;
    while (own[own_size] != L'\0')
        own_size += wcslen(own + own_size) + 1;
    while (extra != NULL && extra[extra_size] != '\0')
        extra_size += strlen(extra + extra_size) + 1;

    wchar_t *all = calloc(own_size + extra_size + 1, sizeof *all);
    wchar_t *to = all;
    if (all != NULL && extra_size > 0)
        to += MultiByteToWideChar(
            CP_UTF8,
            0,
            extra,
            (int)extra_size,
            to,
            (int)extra_size);
    for (wchar_t *from = own; all != NULL && *from != L'\0';) {
        size_t length = wcslen(from) + 1;
        if (extra_size == 0 || wcsncmp(from, L"LENS_", 5) != 0) {
            memcpy(to, from, length * sizeof *to);
            to += length;
        }
        from += length;
    }
    FreeEnvironmentStringsW(own);
    return all;
}

/* Under Wine 8.0 a start fails now and then with 1359, once in some thousands
 * and on a busy machine: the process ended before it began. Another one begins.
 */
enum { STARTS_MAX = 4 };

/** What a process inherits, and its job; both must last as long as the list.
 * NULL if there is no memory. */
static LPPROC_THREAD_ATTRIBUTE_LIST make_attributes(
    HANDLE *inherited, size_t count, HANDLE *job)
{
    SIZE_T size = 0;
    InitializeProcThreadAttributeList(NULL, 2, 0, &size);
    LPPROC_THREAD_ATTRIBUTE_LIST list = malloc(size);
    if (list != NULL && InitializeProcThreadAttributeList(list, 2, 0, &size)
        && UpdateProcThreadAttribute(
            list,
            0,
            PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
            inherited,
            count * sizeof *inherited,
            NULL,
            NULL)
        && UpdateProcThreadAttribute(
            list,
            0,
            PROC_THREAD_ATTRIBUTE_JOB_LIST,
            job,
            sizeof *job,
            NULL,
            NULL))
        return list;
    free(list);
    return NULL;
}

/** Calls CreateProcessW so that the program inherits its own handles only, and
 * is in the job from the beginning: should we be ended meanwhile, it is. */
static bool create_process(
    struct program *program, struct startup *startup, const struct launch *how)
{
    HANDLE inherited[4] = {
        startup->in,
        startup->out,
        startup->err,
        how->handle};
    HANDLE job = how->job;
    LPPROC_THREAD_ATTRIBUTE_LIST list =
        make_attributes(inherited, how->handle != NULL ? 4 : 3, &job);
    if (list == NULL)
        return false;

    STARTUPINFOEXW info = {0};
    info.StartupInfo.cb = sizeof info;
    info.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    info.StartupInfo.hStdInput = startup->in;
    info.StartupInfo.hStdOutput = startup->out;
    info.StartupInfo.hStdError = startup->err;
    info.lpAttributeList = list;
    PROCESS_INFORMATION process;
    BOOL created = FALSE;
    DWORD error = ERROR_INTERNAL_ERROR;
    for (int i = 0; i < STARTS_MAX && error == ERROR_INTERNAL_ERROR; i++) {
        created = CreateProcessW(
            startup->file,
            startup->command,
            NULL,  // default security
            NULL,  // default security
            TRUE,  // inherit the handles of the list
            CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT
                | EXTENDED_STARTUPINFO_PRESENT,
            startup->environment,
            NULL,  // our current folder
            &info.StartupInfo,
            &process);
        error = created ? ERROR_SUCCESS : GetLastError();
    }
    DeleteProcThreadAttributeList(list);
    free(list);
    if (created) {
        program->process = process.hProcess;
        program->thread = process.hThread;
        program->id = process.dwProcessId;
    }
    SetLastError(error);
    return created;
}

/** Everything that can fail in a start; the caller cleans up. */
static bool start_process(
    struct program *program, struct startup *startup, const char *command_line,
    const struct launch *how)
{
    if (!find_program(program, how, startup->file))
        return false;
    widen(command_line, startup->command, ARRAYSIZE(startup->command));
    if (startup->command[0] == L'\0')
        return false;  // too long: it would be started with another one
    startup->environment = make_environment(how->environment);
    program->changed = CreateEventW(NULL, FALSE, FALSE, NULL);
    if (startup->environment == NULL || program->changed == NULL)
        return false;
    if (!open_input(program, &startup->in, how->keyboard))
        return false;
    if (!open_output(&program->out, program->changed, &startup->out)
        || !open_output(&program->err, program->changed, &startup->err))
        return false;
    return create_process(program, startup, how);
}

static void close_if_open(HANDLE handle)
{
    if (handle != NULL && handle != INVALID_HANDLE_VALUE)
        CloseHandle(handle);
}

struct program *start_suspended(
    const char *command_line, const struct launch *how)
{
    struct program *program = calloc(1, sizeof *program);
    struct startup *startup = calloc(1, sizeof *startup);
    bool started = false;
    if (program != NULL && startup != NULL) {
        snprintf(
            program->name,
            sizeof program->name,
            "%.*s",
            (int)strcspn(command_line, " "),
            command_line);
        started = start_process(program, startup, command_line, how);
    }

    DWORD error = GetLastError();
    if (startup != NULL) {
        close_if_open(startup->in);
        close_if_open(startup->out);
        close_if_open(startup->err);
        free(startup->environment);
    }
    free(startup);
    if (!started) {
        free_program(program);
        program = NULL;
    }
    SetLastError(error);
    return program;
}

void resume_program(struct program *program)
{
    ResumeThread(program->thread);
}

bool is_running(const struct program *program)
{
    return WaitForSingleObject(program->process, 0) == WAIT_TIMEOUT;
}

/** Counts the lines of a text that are equal to @p line. */
static unsigned count_lines(const char *text, const char *line)
{
    size_t length = strlen(line);
    unsigned found = 0;
    for (const char *p = text, *end; (end = strchr(p, '\n')) != NULL;
         p = end + 1)
        if ((size_t)(end - p) == length && memcmp(p, line, length) == 0)
            found++;
    return found;
}

enum wait_result wait_for_line(
    struct program *program, struct output *output, const char *line,
    unsigned times, unsigned long long deadline)
{
    for (;;) {
        AcquireSRWLockExclusive(&output->lock);
        unsigned found = count_lines(output->text, line);
        bool ended = output->ended;
        ReleaseSRWLockExclusive(&output->lock);
        if (found >= times)
            return IN_TIME;
        if (ended)
            return ENDED_FIRST;
        if (wait_some(&program->changed, 1, ms_until(deadline)) == WAIT_TIMEOUT)
            return TOO_LATE;
    }
}

enum wait_result wait_for_end(
    struct program *program, unsigned long long deadline, DWORD *exit_code)
{
    HANDLE readers[] = {program->out.reader, program->err.reader};
    if (wait_some(&program->process, 1, ms_until(deadline)) == WAIT_TIMEOUT)
        return TOO_LATE;
    GetExitCodeProcess(program->process, exit_code);
    for (size_t i = 0; i < ARRAYSIZE(readers); i++)
        if (wait_some(&readers[i], 1, ms_until(deadline)) == WAIT_TIMEOUT)
            return ENDED_FIRST;
    return IN_TIME;
}

size_t copy_output(struct output *output, char *text)
{
    AcquireSRWLockShared(&output->lock);
    size_t length = output->length;
    memcpy(text, output->text, length + 1);
    ReleaseSRWLockShared(&output->lock);
    return length;
}

unsigned count_handles(const struct program *program, unsigned highest)
{
    unsigned found = 0;
    for (ULONG_PTR value = 4; value <= highest; value += 4) {
        HANDLE copy;
        if (DuplicateHandle(
                program->process,
                (HANDLE)value,
                GetCurrentProcess(),
                &copy,
                0,
                FALSE,
                DUPLICATE_SAME_ACCESS)) {
            CloseHandle(copy);
            found++;
        }
    }
    return found;
}

/** Ends the reading thread and releases what belongs to a stream. */
static void close_output(struct output *output)
{
    if (output->reader != NULL) {
        /* A grandchild may hold the other end: don't wait for it.  The request
         * finds nothing while the thread is not inside ReadFile: repeat. */
        while (WaitForSingleObject(output->reader, 1) == WAIT_TIMEOUT)
            CancelSynchronousIo(output->reader);
        CloseHandle(output->reader);
    }
    close_if_open(output->source);
}

void free_program(struct program *program)
{
    if (program == NULL)
        return;
    if (program->process != NULL) {
        TerminateProcess(program->process, EXIT_FAILURE);
        WaitForSingleObject(program->process, INFINITE);
    }
    close_output(&program->out);
    close_output(&program->err);
    close_if_open(program->process);
    close_if_open(program->thread);
    close_if_open(program->changed);
    close_if_open(program->ctrl_c);
    close_if_open(program->keyboard);
    for (size_t i = 0; i < GATES_MAX; i++) {
        close_if_open(program->gates[i].reached);
        close_if_open(program->gates[i].open);
    }
    free(program);
}
