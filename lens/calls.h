/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The table of the calls that the lens stands in: one entry adds one.
 *
 * There is no include guard on purpose: each use defines LENS_CALL, includes
 * this file and takes from each entry what it needs. The columns:
 *
 *     LENS_CALL(result type, name, parameters, arguments,
 *               value that means failure, what it does, before the call,
 *               how to show the arguments,
 *               errors worth trying)
 *     LENS_VOID(the same without the first, the failure and the errors)
 *
 * What it does:
 *   LENS_PLAIN  nothing special       LENS_BLOCKS  it may wait
 *   LENS_OPENS  returns a handle      LENS_CLOSES  closes its first argument
 *   LENS_STARTS starts a process: two handles
 *   LENS_ENDS   ends the process
 *
 * Before the call: LENS_PATH and LENS_OBJECT add LENS_SUFFIX to a name,
 * LENS_SHORT cuts a size down, LENS_COUNT clears a count as the real call
 * does when it fails.
 *
 * Arguments, one word for each, in order:
 *   %s name      %h handle     %u number    %x number in hexadecimal
 *   %t time-out  %p pointer    %o OVERLAPPED
 *   %f function  %w bytes to write, the next argument is their number
 *   %. not shown
 * and those that are shown after the call:
 *   %r bytes that were read, the second argument behind it points to their
 *      number     %n the number it points to    %i PROCESS_INFORMATION
 *
 * Errors: the first is one that nobody can be ready for, so it must be
 * reported; the others belong to the protocol. None: it can't be made to fail.
 */
#ifndef LENS_VOID
#define LENS_VOID(name, parameters, arguments, does, before, shows)            \
    LENS_CALL(void, name, parameters, arguments, , does, before, shows, "")
#define LENS_VOID_IS_CALL
#endif

/* A table is laid out by hand. */
/* clang-format off */

/* Named pipes and files */

LENS_CALL(HANDLE, CreateNamedPipeW,
    (LPCWSTR name, DWORD open, DWORD mode, DWORD instances, DWORD out,
     DWORD in, DWORD wait, LPSECURITY_ATTRIBUTES security),
    (name, open, mode, instances, out, in, wait, security),
    INVALID_HANDLE_VALUE, LENS_OPENS, LENS_PATH(name),
    "name=%s open=%x mode=%x max=%u out=%u in=%u wait=%u security=%.",
    "1450 5 231")

LENS_CALL(BOOL, ConnectNamedPipe,
    (HANDLE pipe, LPOVERLAPPED overlapped), (pipe, overlapped),
    FALSE, LENS_BLOCKS, LENS_AS_IS, "pipe=%h overlapped=%o",
    "1450 535 232")

LENS_CALL(BOOL, DisconnectNamedPipe, (HANDLE pipe), (pipe),
    FALSE, LENS_PLAIN, LENS_AS_IS, "pipe=%h",
    "1450")

LENS_CALL(BOOL, WaitNamedPipeW, (LPCWSTR name, DWORD wait), (name, wait),
    FALSE, LENS_BLOCKS, LENS_PATH(name), "name=%s wait=%t",
    "1450 121 2")

LENS_CALL(HANDLE, CreateFileW,
    (LPCWSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
     DWORD how, DWORD flags, HANDLE model),
    (name, access, share, security, how, flags, model),
    INVALID_HANDLE_VALUE, LENS_OPENS, LENS_PATH(name),
    "name=%s access=%x share=%x security=%. how=%u flags=%x model=%.",
    "1450 2 5 231")

LENS_CALL(BOOL, ReadFile,
    (HANDLE file, LPVOID data, DWORD size, LPDWORD n, LPOVERLAPPED overlapped),
    (file, data, size, n, overlapped),
    FALSE, LENS_BLOCKS, LENS_SHORT(size) LENS_COUNT(n),
    "file=%h data=%r size=%u n=%n overlapped=%o",
    "1450 109 234")

LENS_CALL(BOOL, WriteFile,
    (HANDLE file, LPCVOID data, DWORD size, LPDWORD n,
     LPOVERLAPPED overlapped),
    (file, data, size, n, overlapped),
    FALSE, LENS_BLOCKS, LENS_COUNT(n),
    "file=%h data=%w size=%u n=%n overlapped=%o",
    "1450 232 109")

LENS_CALL(BOOL, FlushFileBuffers, (HANDLE file), (file),
    FALSE, LENS_BLOCKS, LENS_AS_IS, "file=%h",
    "1450 109")

LENS_CALL(BOOL, CloseHandle, (HANDLE handle), (handle),
    FALSE, LENS_CLOSES, LENS_AS_IS, "handle=%h",
    "")

/* Events and waiting */

LENS_CALL(HANDLE, CreateEventW,
    (LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL set, LPCWSTR name),
    (security, manual, set, name),
    NULL, LENS_OPENS, LENS_OBJECT(name),
    "security=%. manual=%u set=%u name=%s",
    "1450 5")

LENS_CALL(BOOL, SetEvent, (HANDLE event), (event),
    FALSE, LENS_PLAIN, LENS_AS_IS, "event=%h",
    "1450")

LENS_CALL(DWORD, WaitForSingleObject, (HANDLE object, DWORD wait),
    (object, wait),
    WAIT_FAILED, LENS_BLOCKS, LENS_AS_IS, "object=%h wait=%t",
    "1450")

/* Threads, processes, libraries, texts */

LENS_CALL(HANDLE, CreateThread,
    (LPSECURITY_ATTRIBUTES security, SIZE_T stack,
     LPTHREAD_START_ROUTINE start, LPVOID argument, DWORD flags, LPDWORD id),
    (security, stack, start, argument, flags, id),
    NULL, LENS_OPENS, LENS_AS_IS,
    "security=%. stack=%u start=%f argument=%p flags=%x id=%.",
    "1450")

LENS_CALL(BOOL, CreateProcessW,
    (LPCWSTR program, LPWSTR command, LPSECURITY_ATTRIBUTES process,
     LPSECURITY_ATTRIBUTES thread, BOOL inherit, DWORD flags,
     LPVOID environment, LPCWSTR folder, LPSTARTUPINFOW start,
     LPPROCESS_INFORMATION made),
    (program, command, process, thread, inherit, flags, environment, folder,
     start, made),
    FALSE, LENS_STARTS, LENS_AS_IS,
    "program=%s command=%s process=%. thread=%. inherit=%u flags=%x "
    "environment=%. folder=%. start=%. made=%i",
    "1450 2 5")

LENS_CALL(HMODULE, LoadLibraryW, (LPCWSTR name), (name),
    NULL, LENS_PLAIN, LENS_AS_IS, "name=%s",
    "1450 126")

LENS_CALL(BOOL, FreeLibrary, (HMODULE library), (library),
    FALSE, LENS_PLAIN, LENS_AS_IS, "library=%p",
    "1450")

LENS_CALL(DWORD, FormatMessageW,
    (DWORD flags, LPCVOID source, DWORD code, DWORD language, LPWSTR text,
     DWORD size, va_list *inserts),
    (flags, source, code, language, text, size, inserts),
    0, LENS_PLAIN, LENS_AS_IS,
    "flags=%x source=%p code=%u language=%x text=%. size=%u inserts=%.",
    "1450 317")

LENS_VOID(ExitProcess, (UINT status), (status),
    LENS_ENDS, LENS_AS_IS, "status=%u")

/* clang-format on */

#ifdef LENS_VOID_IS_CALL
#undef LENS_VOID_IS_CALL
#undef LENS_VOID
#endif
#undef LENS_CALL
