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
 *   LENS_PAIRS  makes two handles in the places that it is given
 *   LENS_ENDS   ends the process      LENS_ENDS_THREAD  ends the thread
 *   LENS_DUPLICATES  is DuplicateHandle
 *   LENS_BINDS       is CreateIoCompletionPort
 *   LENS_COLLECTS    is told the end of an overlapped operation; it is made
 *                    to fail after the real call, or the system would still
 *                    own the program's buffer
 *   LENS_CANCELS     asks for that end; fails after the real call, too, or
 *                    the program would wait for an end that nobody asked for
 *
 * Before the call: LENS_PATH and LENS_OBJECT add LENS_SUFFIX to a name,
 * LENS_SHORT cuts a size down, LENS_COUNT clears a count as the real call
 * does when it fails, LENS_INHERIT lets the new process find the lens's
 * settings. LENS_OPERATION follows an operation that may go on after the call:
 * its file, OVERLAPPED, buffer to be filled, count; LENS_ROUTINE one that ends
 * with a routine.
 *
 * Arguments, one word for each, in order:
 *   %s name      %h handle     %u number    %x number in hexadecimal
 *   %t time-out  %p pointer    %o OVERLAPPED
 *   %j a standard handle's name
 *   %f function  %w bytes to write, the next argument is their number
 *   %b the record's other handle            %c process
 *   %y whether what is made is inherited; not shown without a structure
 *   %g handles, the next argument is their size in bytes
 *   %a handles, the argument before it is their number
 *   %v the number it points to, in hexadecimal
 *   %. not shown
 * and those that are shown after the call:
 *   %r bytes that were read, the second argument behind it points to their
 *      number (ReadFileEx: the number comes with the end of the operation)
 *   %n the number of bytes it points to
 *   %m another number it points to          %k the same, as wide as a pointer
 *   %d the handle it points to              %i PROCESS_INFORMATION
 *   %l the record's second handle, the same %z STARTUPINFOW or ...EXW
 *   %q the OVERLAPPED it points to          %e the first OVERLAPPED_ENTRY
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
    "name=%s open=%x mode=%x max=%u out=%u in=%u wait=%u inherit=%y",
    "1450 5 231")

LENS_CALL(BOOL, ConnectNamedPipe,
    (HANDLE pipe, LPOVERLAPPED overlapped), (pipe, overlapped),
    FALSE, LENS_BLOCKS, LENS_OPERATION(pipe, overlapped, NULL, NULL),
    "pipe=%h overlapped=%o",
    "1450 535 232")

LENS_CALL(BOOL, DisconnectNamedPipe, (HANDLE pipe), (pipe),
    FALSE, LENS_PLAIN, LENS_AS_IS, "pipe=%h",
    "1450")

LENS_CALL(BOOL, WaitNamedPipeW, (LPCWSTR name, DWORD wait), (name, wait),
    FALSE, LENS_BLOCKS, LENS_PATH(name), "name=%s wait=%t",
    "1450 121 2")

LENS_CALL(BOOL, SetNamedPipeHandleState,
    (HANDLE pipe, LPDWORD mode, LPDWORD bytes, LPDWORD time),
    (pipe, mode, bytes, time),
    FALSE, LENS_PLAIN, LENS_AS_IS, "pipe=%h mode=%v bytes=%v time=%v",
    "1450 87 233")

LENS_CALL(BOOL, GetNamedPipeHandleStateW,
    (HANDLE pipe, LPDWORD state, LPDWORD instances, LPDWORD bytes,
     LPDWORD time, LPWSTR user, DWORD size),
    (pipe, state, instances, bytes, time, user, size),
    FALSE, LENS_PLAIN, LENS_AS_IS,
    "pipe=%h state=%m instances=%m bytes=%m time=%m user=%. size=%.",
    "1450")

LENS_CALL(BOOL, GetNamedPipeInfo,
    (HANDLE pipe, LPDWORD flags, LPDWORD out, LPDWORD in, LPDWORD instances),
    (pipe, flags, out, in, instances),
    FALSE, LENS_PLAIN, LENS_AS_IS,
    "pipe=%h flags=%m out=%m in=%m max=%m",
    "1450")

LENS_CALL(BOOL, PeekNamedPipe,
    (HANDLE pipe, LPVOID data, DWORD size, LPDWORD n, LPDWORD total,
     LPDWORD left),
    (pipe, data, size, n, total, left),
    FALSE, LENS_PLAIN, LENS_COUNT(n),
    "pipe=%h data=%r size=%u n=%m total=%m left=%m",
    "1450 109")

LENS_CALL(BOOL, TransactNamedPipe,
    (HANDLE pipe, LPVOID request, DWORD request_size, LPVOID reply,
     DWORD reply_size, LPDWORD n, LPOVERLAPPED overlapped),
    (pipe, request, request_size, reply, reply_size, n, overlapped),
    FALSE, LENS_BLOCKS,
    LENS_COUNT(n) LENS_OPERATION(pipe, overlapped, reply, n),
    "pipe=%h request=%w size=%u reply=%r room=%u n=%n overlapped=%o",
    "1450 230 109")

LENS_CALL(BOOL, CallNamedPipeW,
    (LPCWSTR name, LPVOID request, DWORD request_size, LPVOID reply,
     DWORD reply_size, LPDWORD n, DWORD wait),
    (name, request, request_size, reply, reply_size, n, wait),
    FALSE, LENS_BLOCKS, LENS_PATH(name) LENS_COUNT(n),
    "name=%s request=%w size=%u reply=%r room=%u n=%n wait=%u",
    "1450 2 121 231")

LENS_CALL(HANDLE, CreateFileW,
    (LPCWSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
     DWORD how, DWORD flags, HANDLE model),
    (name, access, share, security, how, flags, model),
    INVALID_HANDLE_VALUE, LENS_OPENS, LENS_PATH(name),
    "name=%s access=%x share=%x inherit=%y how=%u flags=%x model=%.",
    "1450 2 5 231")

LENS_CALL(BOOL, ReadFile,
    (HANDLE file, LPVOID data, DWORD size, LPDWORD n, LPOVERLAPPED overlapped),
    (file, data, size, n, overlapped),
    FALSE, LENS_BLOCKS,
    LENS_SHORT(size) LENS_COUNT(n) LENS_OPERATION(file, overlapped, data, n),
    "file=%h data=%r size=%u n=%n overlapped=%o",
    "1450 109 234")

LENS_CALL(BOOL, WriteFile,
    (HANDLE file, LPCVOID data, DWORD size, LPDWORD n,
     LPOVERLAPPED overlapped),
    (file, data, size, n, overlapped),
    FALSE, LENS_BLOCKS,
    LENS_SHORT(size) LENS_COUNT(n) LENS_OPERATION(file, overlapped, NULL, n),
    "file=%h data=%w size=%u n=%n overlapped=%o",
    "1450 232 109")

LENS_CALL(BOOL, ReadFileEx,
    (HANDLE file, LPVOID data, DWORD size, LPOVERLAPPED overlapped,
     LPOVERLAPPED_COMPLETION_ROUTINE routine),
    (file, data, size, overlapped, routine),
    FALSE, LENS_PLAIN,
    LENS_SHORT(size) LENS_ROUTINE(file, overlapped, data, routine),
    "file=%h data=%r size=%u overlapped=%o routine=%f",
    "1450 109")

LENS_CALL(BOOL, WriteFileEx,
    (HANDLE file, LPCVOID data, DWORD size, LPOVERLAPPED overlapped,
     LPOVERLAPPED_COMPLETION_ROUTINE routine),
    (file, data, size, overlapped, routine),
    FALSE, LENS_PLAIN,
    LENS_SHORT(size) LENS_ROUTINE(file, overlapped, NULL, routine),
    "file=%h data=%w size=%u overlapped=%o routine=%f",
    "1450 232 109")

LENS_CALL(BOOL, FlushFileBuffers, (HANDLE file), (file),
    FALSE, LENS_BLOCKS, LENS_AS_IS, "file=%h",
    "1450 109")

LENS_CALL(BOOL, CloseHandle, (HANDLE handle), (handle),
    FALSE, LENS_CLOSES, LENS_AS_IS, "handle=%h",
    "")

LENS_CALL(BOOL, DuplicateHandle,
    (HANDLE from, HANDLE source, HANDLE to, LPHANDLE made, DWORD access,
     BOOL inherit, DWORD options),
    (from, source, to, made, access, inherit, options),
    FALSE, LENS_DUPLICATES, LENS_AS_IS,
    "from=%c source=%b to=%c made=%d access=%x inherit=%u options=%x",
    "1450")

/* Pipes without a name, and what a child gets */

LENS_CALL(BOOL, CreatePipe,
    (PHANDLE read, PHANDLE write, LPSECURITY_ATTRIBUTES security, DWORD size),
    (read, write, security, size),
    FALSE, LENS_PAIRS, LENS_AS_IS,
    "read=%d write=%l inherit=%y size=%u",
    "1450")

LENS_CALL(BOOL, SetHandleInformation,
    (HANDLE handle, DWORD mask, DWORD flags), (handle, mask, flags),
    FALSE, LENS_PLAIN, LENS_AS_IS, "handle=%h mask=%x flags=%x",
    "1450")

LENS_CALL(HANDLE, GetStdHandle, (DWORD which), (which),
    INVALID_HANDLE_VALUE, LENS_PLAIN, LENS_AS_IS, "which=%j",
    "1450")

LENS_CALL(BOOL, SetStdHandle, (DWORD which, HANDLE handle), (which, handle),
    FALSE, LENS_PLAIN, LENS_AS_IS, "which=%j handle=%h",
    "1450")

/* Its first call, without a list, fails with 122 and tells the size. */
LENS_CALL(BOOL, InitializeProcThreadAttributeList,
    (LPPROC_THREAD_ATTRIBUTE_LIST list, DWORD count, DWORD flags,
     PSIZE_T size),
    (list, count, flags, size),
    FALSE, LENS_PLAIN, LENS_AS_IS, "list=%p count=%u flags=%x size=%k",
    "1450")

LENS_CALL(BOOL, UpdateProcThreadAttribute,
    (LPPROC_THREAD_ATTRIBUTE_LIST list, DWORD flags, DWORD_PTR attribute,
     PVOID value, SIZE_T size, PVOID previous, PSIZE_T returned),
    (list, flags, attribute, value, size, previous, returned),
    FALSE, LENS_PLAIN, LENS_AS_IS,
    "list=%p flags=%x attribute=%x handles=%g size=%u previous=%. returned=%.",
    "1450")

LENS_VOID(DeleteProcThreadAttributeList, (LPPROC_THREAD_ATTRIBUTE_LIST list),
    (list), LENS_PLAIN, LENS_AS_IS, "list=%p")

/* Mailslots */

LENS_CALL(HANDLE, CreateMailslotW,
    (LPCWSTR name, DWORD size, DWORD wait, LPSECURITY_ATTRIBUTES security),
    (name, size, wait, security),
    INVALID_HANDLE_VALUE, LENS_OPENS, LENS_PATH(name),
    "name=%s size=%u wait=%t security=%.",
    "1450 183 5")

LENS_CALL(BOOL, GetMailslotInfo,
    (HANDLE slot, LPDWORD size, LPDWORD next, LPDWORD count, LPDWORD wait),
    (slot, size, next, count, wait),
    FALSE, LENS_PLAIN, LENS_AS_IS,
    "slot=%h size=%m next=%m count=%m wait=%m",
    "1450")

LENS_CALL(BOOL, SetMailslotInfo, (HANDLE slot, DWORD wait), (slot, wait),
    FALSE, LENS_PLAIN, LENS_AS_IS, "slot=%h wait=%t",
    "1450")

/* Overlapped operations and completion ports */

LENS_CALL(BOOL, GetOverlappedResult,
    (HANDLE file, LPOVERLAPPED overlapped, LPDWORD n, BOOL wait),
    (file, overlapped, n, wait),
    FALSE, LENS_COLLECTS, LENS_AS_IS,
    "file=%h overlapped=%o n=%n wait=%u",
    "1450 109 995")

LENS_CALL(BOOL, GetOverlappedResultEx,
    (HANDLE file, LPOVERLAPPED overlapped, LPDWORD n, DWORD wait, BOOL alert),
    (file, overlapped, n, wait, alert),
    FALSE, LENS_COLLECTS, LENS_AS_IS,
    "file=%h overlapped=%o n=%n wait=%t alertable=%u",
    "1450 109 995 258")

LENS_CALL(BOOL, CancelIo, (HANDLE file), (file),
    FALSE, LENS_CANCELS, LENS_AS_IS, "file=%h",
    "1450")

LENS_CALL(BOOL, CancelIoEx, (HANDLE file, LPOVERLAPPED overlapped),
    (file, overlapped),
    FALSE, LENS_CANCELS, LENS_AS_IS, "file=%h overlapped=%o",
    "1450 1168")

LENS_CALL(BOOL, CancelSynchronousIo, (HANDLE thread), (thread),
    FALSE, LENS_CANCELS, LENS_AS_IS, "thread=%h",
    "1450 1168")

LENS_CALL(HANDLE, CreateIoCompletionPort,
    (HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads),
    (file, port, key, threads),
    NULL, LENS_BINDS, LENS_AS_IS,
    "file=%b port=%h key=%p threads=%u",
    "1450 87")

LENS_CALL(BOOL, GetQueuedCompletionStatus,
    (HANDLE port, LPDWORD n, PULONG_PTR key, LPOVERLAPPED *overlapped,
     DWORD wait),
    (port, n, key, overlapped, wait),
    FALSE, LENS_COLLECTS, LENS_AS_IS,
    "port=%h n=%n key=%k overlapped=%q wait=%t",
    "1450 109 995")

LENS_CALL(BOOL, GetQueuedCompletionStatusEx,
    (HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG size, PULONG count,
     DWORD wait, BOOL alert),
    (port, entries, size, count, wait, alert),
    FALSE, LENS_COLLECTS, LENS_AS_IS,
    "port=%h first=%e size=%u count=%m wait=%t alertable=%u",
    "1450")

LENS_CALL(BOOL, PostQueuedCompletionStatus,
    (HANDLE port, DWORD n, ULONG_PTR key, LPOVERLAPPED overlapped),
    (port, n, key, overlapped),
    FALSE, LENS_PLAIN, LENS_OPERATION(port, overlapped, NULL, NULL),
    "port=%h n=%u key=%p overlapped=%o",
    "1450")

LENS_CALL(BOOL, SetFileCompletionNotificationModes,
    (HANDLE file, UCHAR modes), (file, modes),
    FALSE, LENS_PLAIN, LENS_AS_IS, "file=%h modes=%x",
    "1450 87")

/* Events, mutexes, semaphores, mappings */

LENS_CALL(HANDLE, CreateEventW,
    (LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL set, LPCWSTR name),
    (security, manual, set, name),
    NULL, LENS_OPENS, LENS_OBJECT(name),
    "security=%. manual=%u set=%u name=%s",
    "1450 5")

LENS_CALL(HANDLE, OpenEventW, (DWORD access, BOOL inherit, LPCWSTR name),
    (access, inherit, name),
    NULL, LENS_OPENS, LENS_OBJECT(name), "access=%x inherit=%u name=%s",
    "1450 2 5")

LENS_CALL(BOOL, SetEvent, (HANDLE event), (event),
    FALSE, LENS_PLAIN, LENS_AS_IS, "event=%h",
    "1450")

LENS_CALL(BOOL, ResetEvent, (HANDLE event), (event),
    FALSE, LENS_PLAIN, LENS_AS_IS, "event=%h",
    "1450")

LENS_CALL(BOOL, PulseEvent, (HANDLE event), (event),
    FALSE, LENS_PLAIN, LENS_AS_IS, "event=%h",
    "1450")

LENS_CALL(HANDLE, CreateMutexW,
    (LPSECURITY_ATTRIBUTES security, BOOL owned, LPCWSTR name),
    (security, owned, name),
    NULL, LENS_OPENS, LENS_OBJECT(name), "security=%. owned=%u name=%s",
    "1450 5")

LENS_CALL(HANDLE, OpenMutexW, (DWORD access, BOOL inherit, LPCWSTR name),
    (access, inherit, name),
    NULL, LENS_OPENS, LENS_OBJECT(name), "access=%x inherit=%u name=%s",
    "1450 2 5")

LENS_CALL(BOOL, ReleaseMutex, (HANDLE mutex), (mutex),
    FALSE, LENS_PLAIN, LENS_AS_IS, "mutex=%h",
    "1450 288")

LENS_CALL(HANDLE, CreateSemaphoreW,
    (LPSECURITY_ATTRIBUTES security, LONG first, LONG most, LPCWSTR name),
    (security, first, most, name),
    NULL, LENS_OPENS, LENS_OBJECT(name),
    "security=%. count=%u max=%u name=%s",
    "1450 5")

LENS_CALL(HANDLE, OpenSemaphoreW, (DWORD access, BOOL inherit, LPCWSTR name),
    (access, inherit, name),
    NULL, LENS_OPENS, LENS_OBJECT(name), "access=%x inherit=%u name=%s",
    "1450 2 5")

LENS_CALL(BOOL, ReleaseSemaphore,
    (HANDLE semaphore, LONG count, LPLONG previous),
    (semaphore, count, previous),
    FALSE, LENS_PLAIN, LENS_AS_IS, "semaphore=%h count=%u previous=%m",
    "1450 298")

LENS_CALL(HANDLE, CreateFileMappingW,
    (HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protection, DWORD high,
     DWORD low, LPCWSTR name),
    (file, security, protection, high, low, name),
    NULL, LENS_OPENS, LENS_OBJECT(name),
    "file=%h security=%. protection=%x high=%u low=%u name=%s",
    "1450 5 8")

LENS_CALL(HANDLE, OpenFileMappingW, (DWORD access, BOOL inherit, LPCWSTR name),
    (access, inherit, name),
    NULL, LENS_OPENS, LENS_OBJECT(name), "access=%x inherit=%u name=%s",
    "1450 2 5")

LENS_CALL(LPVOID, MapViewOfFile,
    (HANDLE mapping, DWORD access, DWORD high, DWORD low, SIZE_T size),
    (mapping, access, high, low, size),
    NULL, LENS_PLAIN, LENS_AS_IS,
    "mapping=%h access=%x high=%u low=%u size=%u",
    "1450 5 8")

LENS_CALL(BOOL, UnmapViewOfFile, (LPCVOID view), (view),
    FALSE, LENS_PLAIN, LENS_AS_IS, "view=%p",
    "1450")

/* Waiting */

LENS_VOID(Sleep, (DWORD time), (time),
    LENS_BLOCKS, LENS_AS_IS, "time=%t")

/* It cannot fail, so no result of it means that. */
LENS_CALL(DWORD, SleepEx, (DWORD time, BOOL alert), (time, alert),
    WAIT_FAILED, LENS_BLOCKS, LENS_AS_IS, "time=%t alertable=%u",
    "")

LENS_CALL(DWORD, WaitForSingleObject, (HANDLE object, DWORD wait),
    (object, wait),
    WAIT_FAILED, LENS_BLOCKS, LENS_AS_IS, "object=%h wait=%t",
    "1450")

LENS_CALL(DWORD, WaitForSingleObjectEx,
    (HANDLE object, DWORD wait, BOOL alert), (object, wait, alert),
    WAIT_FAILED, LENS_BLOCKS, LENS_AS_IS, "object=%h wait=%t alertable=%u",
    "1450")

LENS_CALL(DWORD, WaitForMultipleObjects,
    (DWORD count, const HANDLE *objects, BOOL all, DWORD wait),
    (count, objects, all, wait),
    WAIT_FAILED, LENS_BLOCKS, LENS_AS_IS,
    "count=%u objects=%a all=%u wait=%t",
    "1450 87")

LENS_CALL(DWORD, WaitForMultipleObjectsEx,
    (DWORD count, const HANDLE *objects, BOOL all, DWORD wait, BOOL alert),
    (count, objects, all, wait, alert),
    WAIT_FAILED, LENS_BLOCKS, LENS_AS_IS,
    "count=%u objects=%a all=%u wait=%t alertable=%u",
    "1450 87")

LENS_CALL(DWORD, SignalObjectAndWait,
    (HANDLE signal, HANDLE object, DWORD wait, BOOL alert),
    (signal, object, wait, alert),
    WAIT_FAILED, LENS_BLOCKS, LENS_AS_IS,
    "signal=%b object=%h wait=%t alertable=%u",
    "1450 288 298")

/* Threads, processes, libraries, texts */

LENS_CALL(HANDLE, CreateThread,
    (LPSECURITY_ATTRIBUTES security, SIZE_T stack,
     LPTHREAD_START_ROUTINE start, LPVOID argument, DWORD flags, LPDWORD id),
    (security, stack, start, argument, flags, id),
    NULL, LENS_OPENS, LENS_AS_IS,
    "security=%. stack=%u start=%f argument=%p flags=%x id=%.",
    "1450")

/* Of the C library: it makes a thread by calling CreateThread, unseen. */
LENS_CALL(uintptr_t, _beginthreadex,
    (void *security, unsigned stack, unsigned(__stdcall *start)(void *),
     void *argument, unsigned flags, unsigned *id),
    (security, stack, start, argument, flags, id),
    0, LENS_OPENS, LENS_AS_IS,
    "security=%. stack=%u start=%f argument=%p flags=%x id=%.",
    "")

LENS_VOID(ExitThread, (DWORD status), (status),
    LENS_ENDS_THREAD, LENS_AS_IS, "status=%u")

LENS_CALL(BOOL, GetExitCodeThread, (HANDLE thread, LPDWORD status),
    (thread, status),
    FALSE, LENS_PLAIN, LENS_AS_IS, "thread=%h status=%m",
    "1450")

LENS_CALL(DWORD, ResumeThread, (HANDLE thread), (thread),
    (DWORD)-1, LENS_PLAIN, LENS_AS_IS, "thread=%h",
    "1450")

LENS_CALL(DWORD, QueueUserAPC,
    (PAPCFUNC function, HANDLE thread, ULONG_PTR argument),
    (function, thread, argument),
    0, LENS_PLAIN, LENS_AS_IS, "function=%f thread=%h argument=%p",
    "1450")

LENS_CALL(BOOL, SetConsoleCtrlHandler,
    (PHANDLER_ROUTINE handler, BOOL add), (handler, add),
    FALSE, LENS_PLAIN, LENS_AS_IS, "handler=%f add=%u",
    "1450")

LENS_CALL(BOOL, CreateProcessW,
    (LPCWSTR program, LPWSTR command, LPSECURITY_ATTRIBUTES process,
     LPSECURITY_ATTRIBUTES thread, BOOL inherit, DWORD flags,
     LPVOID environment, LPCWSTR folder, LPSTARTUPINFOW start,
     LPPROCESS_INFORMATION made),
    (program, command, process, thread, inherit, flags, environment, folder,
     start, made),
    FALSE, LENS_STARTS, LENS_INHERIT,
    "program=%s command=%s process=%. thread=%. inherit=%u flags=%x "
    "environment=%. folder=%. start=%z made=%i",
    "1450 2 5")

LENS_CALL(BOOL, TerminateProcess, (HANDLE process, UINT status),
    (process, status),
    FALSE, LENS_PLAIN, LENS_AS_IS, "process=%h status=%u",
    "1450 5")

LENS_CALL(BOOL, GetExitCodeProcess, (HANDLE process, LPDWORD status),
    (process, status),
    FALSE, LENS_PLAIN, LENS_AS_IS, "process=%h status=%m",
    "1450")

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
