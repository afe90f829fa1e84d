/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the parts of the lens share. Programs never include this.
 *
 * Two rules hold in all of them. A function of the table is called through
 * `lens_real`, or the call would come back to the lens. And no name is without
 * `lens_`, since the object is linked into other people's programs.
 */
#ifndef LENS_LENS_H
#define LENS_LENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>
#include "lens/record.h"

/** The longest name that LENS_SUFFIX is added to, suffix included. */
#define LENS_NAME_MAX 512
/** Handles are small multiples of four; higher ones than these are not
 *  followed. */
#define LENS_HANDLES 16384

/** What a call does, as far as the lens must know: a column of the table. */
enum lens_does {
    LENS_PLAIN,
    LENS_BLOCKS,
    LENS_OPENS,
    LENS_STARTS,
    LENS_PAIRS,
    LENS_CLOSES,
    LENS_ENDS,
    LENS_ENDS_THREAD,
    LENS_DUPLICATES,
    LENS_BINDS,
    LENS_COLLECTS,
    LENS_CANCELS
};

/** The real functions: lens_real.ReadFile(...) and so on. */
struct lens_real {
#define LENS_CALL(result, name, parameters, ...)                               \
    result(WINAPI *name) parameters;
#include "lens/calls.h"
};
extern struct lens_real lens_real;

/** A row of the table, without the parts that are code. */
struct lens_row {
    const char *name;
    enum lens_does does;
    const char *shows;
    const char *errors;
};
extern const struct lens_row lens_table[LENS_CALL_COUNT];

/** One call on its way through the lens; it lives on the caller's stack. */
struct lens_call {
    enum lens_call_id id;
    uint32_t nth;
    uint32_t caller;
    DWORD last_error;    ///< the last error before the call
    DWORD error;         ///< the last error to leave behind
    DWORD fault;         ///< fail with this instead of calling, if not 0
    DWORD delay;         ///< milliseconds to wait before it
    DWORD pass;          ///< take a failure with this error for a success
    DWORD leave;         ///< the last error to leave behind after a success
    bool shorten;        ///< read or write one byte only
    bool hide;           ///< take a success for an operation that goes on
    bool late;           ///< `fault` strikes after the real call
    bool counts;         ///< it was given a place for the number of bytes
    bool struck;         ///< `pass` or a late `fault` changed the result
    uint32_t opened_by;  ///< when it closes: who opened (handles.c)
    const OVERLAPPED *overlapped;  ///< of its operation (operations.c)
    struct lens_record *record;    ///< NULL: nothing is recorded
};

/* start.c: reads the environment, and switches on what it asks for. */
extern bool lens_started;
extern bool lens_on;
void lens_start(void);

/** Lets a process that is made now inherit the settings, and no longer. */
void lens_settings_lend(void);
void lens_settings_take_back(void);

/** Whether anything is switched on; if not, calls go straight through. */
static inline bool lens_is_on(void)
{
    if (!lens_started)
        lens_start();
    return lens_on;
}

/** Writes "lens: ", the three texts and a line end to stderr; ends with 2. */
_Noreturn void lens_stop(
    const char *first, const char *second, const char *third);

/* call.c: what happens before and after each real call. */
void lens_enter(
    struct lens_call *call, enum lens_call_id id, const void *caller,
    const void *stack_end, const ULONG_PTR *values);
/** Whether to make the real call. */
static inline bool lens_goes(const struct lens_call *call)
{
    return call->fault == 0 || call->late;
}
/** What the program is told after the real call. */
enum lens_verdict { LENS_AS_IT_IS, LENS_FAILURE, LENS_SUCCESS };
enum lens_verdict lens_judge(
    struct lens_call *call, bool failed, const ULONG_PTR *values);
void lens_leave(
    struct lens_call *call, ULONG_PTR result, bool failed,
    const ULONG_PTR *values);

/* image.c: places in the program. */
void lens_image_find(void);
const char *lens_program(void);
/** A place as its offset in the .exe's image; 0 for one outside. */
uint32_t lens_place(const void *address);
struct block;
/** Whether a test is true of one of the program's own variables. */
bool lens_image_has(
    const struct block *block,
    bool (*test)(const struct block *block, const char *from, const char *to));

/* recorder.c: the mapped file. */
void lens_recorder_open(const WCHAR *path);
bool lens_recording(void);
/** Takes the next record; NULL if there is none or no room. */
struct lens_record *lens_take(enum lens_kind kind);
/** Shows the first half to readers: it begins now. */
void lens_publish(struct lens_record *record, enum lens_kind kind);
/** Adds a flag. Only the thread whose call it is may do so. */
void lens_note(struct lens_record *record, uint32_t flag);
/** The time, as t0 and t1 have it. */
int64_t lens_now(void);
/** Shows the second half: it was over at that time, or is over now. */
void lens_finish_at(struct lens_record *record, int64_t time);
void lens_finish(struct lens_record *record);
/** A record's number, from 1, and back. */
uint32_t lens_number_of(const struct lens_record *record);
struct lens_record *lens_record_number(uint32_t number);
void lens_record_start(void);

/* handles.c: which handles are open, and who opened them. */
void lens_handle_opened(uint32_t handle, uint32_t record_number);
/** Forgets a handle; returns the number of the record that opened it, or 0. */
uint32_t lens_handle_closed(uint32_t handle);
/** Records what is still open, and the exit; only the first time. */
void lens_record_exit(void);
/** Records that a CloseHandle closed nothing. */
void lens_warn_of_close(const struct lens_call *call, ULONG_PTR handle);

/* operations.c: overlapped operations, from the call to the end. */
/** Follows an operation: its file, where a read puts bytes and their number;
 *  returns the routine that is to be passed on. */
LPOVERLAPPED_COMPLETION_ROUTINE lens_operation_begin(
    struct lens_call *call, HANDLE file, OVERLAPPED *overlapped,
    const void *data, const DWORD *n, LPOVERLAPPED_COMPLETION_ROUTINE routine);
VOID CALLBACK lens_routine(DWORD error, DWORD n, LPOVERLAPPED overlapped);
/** The call that began an operation has returned. */
void lens_operation_returned(
    const struct lens_call *call, bool failed, const ULONG_PTR *values);
/** A call of the kind LENS_COLLECTS has returned; false if it has collected
 *  nothing. */
bool lens_operation_collected(
    const struct lens_call *call, bool failed, const ULONG_PTR *values);
/** What the packet just dequeued must say; 0: success, as it does. */
DWORD lens_operation_error(
    const struct lens_call *call, const ULONG_PTR *values);

/** Whether an operation that goes on has its OVERLAPPED or its buffer between
 *  two addresses. */
bool lens_operation_inside(const void *from, const void *to);
/** The table, which is no use of the memory that it names. */
void lens_operation_table(const char **from, const char **to);

/* loans.c: memory on the stack that an operation uses. */
/** Whether an address lies on this thread's stack. */
bool lens_is_on_stack(const void *address);
void lens_loan_begin(const struct lens_call *call, const ULONG_PTR *values);
void lens_loan_end(const OVERLAPPED *overlapped);
/** Looks what has been left below the end of this thread's stack. */
void lens_loans_look(const void *stack_end);

/* memory.c: blocks of memory. */
struct lens_mistake {
    const char *what;  ///< a sentence; the size is added
    uint32_t size;
    uint32_t place;
    uint32_t made_at;
    uint32_t freed_at;
    bool is_leak;
};
void lens_memory_watch(void);
void lens_memory_tell(const struct lens_mistake *mistake);
bool lens_memory_is_live(const void *address);
/** Looks at the memory that a call is given; false: it is freed. */
bool lens_memory_look(
    const struct lens_call *call, const void *data, size_t size);
/** An access to this address has failed. */
void lens_memory_crashed(const void *address, uint32_t place);
/** Looks at all blocks once more, and tells which nobody has freed. */
void lens_memory_end(void);

/* ports.c: which handle is bound to which completion port. */
void lens_port_bind(uint32_t file, uint32_t port, ULONG_PTR key);
void lens_port_unbind(uint32_t file);
void lens_port_copy(uint32_t from, uint32_t to);
void lens_port_modes(uint32_t file, uint32_t modes);
/** Whether the program asked for no packet where an operation ends at once. */
bool lens_port_skips(uint32_t file);
/** Queues a packet as a finished operation does, if the file is bound. */
void lens_port_post(uint32_t file, OVERLAPPED *overlapped);

/* pipes.c: the process at the other end; 0 if it is not known. */
uint32_t lens_pipe_client(uint32_t pipe);
uint32_t lens_pipe_server(uint32_t pipe);

/* rules.c: LENS_FAULT and LENS_GATE. */
/** Both change their text. */
void lens_faults_read(char *text);
void lens_gates_read(char *text);
/** Fills in fault, delay and shorten. */
void lens_faults_find(struct lens_call *call);
/** The name of the gate that stands before this call; NULL if none does. */
const char *lens_gate_find(const struct lens_call *call);

/* gate.c */
void lens_gate_wait(const struct lens_call *call, const char *gate);

/* ctrl_c.c: LENS_CTRL_C. */
/** Waits, in a thread of its own, for the event of this name. */
void lens_ctrl_c_watch(const WCHAR *name);
/** Follows SetConsoleCtrlHandler. */
void lens_ctrl_c_handler(PHANDLER_ROUTINE handler, bool add);

/* names.c: LENS_SUFFIX. */
void lens_suffix_set(const WCHAR *suffix);
/** The name with the suffix, made in `room`; or the name itself. */
LPCWSTR lens_name_path(LPCWSTR name, WCHAR room[LENS_NAME_MAX]);
bool lens_name_is_pipe(LPCWSTR name);
LPCWSTR lens_name_object(LPCWSTR name, WCHAR room[LENS_NAME_MAX]);

/* crash.c */
/** Records that the program ends at a place, by an exception. */
void lens_crash_record(DWORD code, uint32_t place);
void lens_crash_watch(void);

/* text.c: writes text into a fixed room; what does not fit is left out. */
struct lens_text {
    char *at;
    char *end;  ///< here the final 0 stands
};
#define LENS_TEXT(room) ((struct lens_text){(room), (room) + sizeof(room) - 1})
void lens_put(struct lens_text *text, const char *string);
void lens_put_part(struct lens_text *text, const char *string, size_t length);
void lens_put_number(struct lens_text *text, uint64_t number);
void lens_put_hex(struct lens_text *text, uint64_t number);
void lens_put_wide(struct lens_text *text, const WCHAR *string);
void lens_put_bytes(struct lens_text *text, const void *bytes, size_t count);

/* show.c: arguments as text, by the table's column. */
/** Takes the column apart; before the first call is shown. */
void lens_show_prepare(void);
enum lens_when { LENS_BEFORE, LENS_AFTER };
void lens_show(
    struct lens_record *record, enum lens_call_id id, enum lens_when when,
    const ULONG_PTR *values);
/** What an operation has brought: the data that were read, the count. */
void lens_show_operation(
    struct lens_text *text, enum lens_call_id id, const void *data, DWORD n);

#endif
