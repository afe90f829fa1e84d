/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The record: what every process of a run writes down, in one file.
 *
 * The file is a header and LENS_RECORDS records of one size. All processes map
 * it at the same time, so a record is there at once, stays when a program is
 * killed, and needs no merging. Nothing here needs Windows: a record can be
 * read anywhere.
 */
#ifndef LENS_RECORD_H
#define LENS_RECORD_H

#include <stdint.h>

#define LENS_MAGIC   0x534E454Cu  // "LENS"
#define LENS_VERSION 2u
#define LENS_RECORDS 4096u
/** The last records are kept for what is not a call: starts, leaks, ends. */
#define LENS_RESERVED 128u

/** The calls of the table: LENS_CreateNamedPipeW, LENS_ReadFile and so on. */
enum lens_call_id {
#define LENS_CALL(result, name, ...) LENS_##name,
#include "lens/calls.h"
    LENS_CALL_COUNT
};

/** What a record tells. */
enum lens_kind {
    LENS_KIND_UNWRITTEN,  ///< taken, but not written yet: skip it
    LENS_KIND_CALL,       ///< a call; still inside it while t1 is 0
    LENS_KIND_START,      ///< a process started; `in` is the program's name
    LENS_KIND_EXIT,       ///< it returned from main, or called exit or
                          ///< ExitProcess
    LENS_KIND_LEAK,       ///< at its exit `handle` was open; call, nth and
                          ///< caller say where it was opened
    LENS_KIND_CRASH,      ///< an exception nobody handled: `error` is its
                          ///< code, `caller` the place in the program
    LENS_KIND_ROUTINE,    ///< a run of a completion routine, from t0 to t1;
                          ///< `caller` is the routine, `error` and `bytes`
                          ///< are what it was given, `call` and `nth` tell
                          ///< which call asked for it
    LENS_KIND_WARNING,    ///< a call that did no harm, and is wrong: `call`,
                          ///< `nth` and `caller` say which, `in` says why
    LENS_KIND_MEMORY,     ///< memory is used wrongly at `caller`: `in` says
                          ///< how, `handle2` and `other` are the places where
                          ///< the block was made and freed, `error` is 1 where
                          ///< it was only not freed
};

/** Notes on a record. */
enum lens_flag {
    LENS_FLAG_FAILED = 1,    ///< the call failed; `error` says why
    LENS_FLAG_INJECTED = 2,  ///< made to fail, come short or come late
    LENS_FLAG_AT_GATE = 4,   ///< held at a gate now: the call has not begun
    LENS_FLAG_GATED = 8,     ///< was held at a gate, and let go
    LENS_FLAG_OPENS = 16,    ///< opened `handle` (and `handle2`, if not 0)
    LENS_FLAG_CLOSES = 32,   ///< closed `handle`
    LENS_FLAG_PENDING = 64,  ///< returned while its operation went on
    LENS_FLAG_CLOSES_OTHER = 128,  ///< closed `other`
    LENS_FLAG_DELAYED = 256,       ///< held up by a fault now: not begun
};

/** The beginning of the file. */
struct lens_header {
    _Atomic uint32_t magic;  ///< written last; 0 in a file just made
    uint32_t version;
    uint32_t records;       ///< LENS_RECORDS
    uint32_t record_size;   ///< sizeof(struct lens_record)
    int64_t frequency;      ///< ticks of t0 and t1 in a second
    _Atomic uint32_t used;  ///< records taken so far
    _Atomic uint32_t lost;  ///< calls that found no room: the record is full
    char spare[224];
};

/**
 * One thing that happened. `kind` is written when the first half is there, and
 * `t1` when the second half is; both are atomic, so a reader who has seen them
 * sees the rest.
 *
 * An overlapped operation lasts from its call (ReadFile and others) to the
 * record in which the program was told of its end: GetOverlappedResult,
 * GetQueuedCompletionStatus, or the run of a routine. `link` leads from one to
 * the other and back. The operation's bytes stand in both; its data are added
 * to `out` of the call. They are there when `link` is. A program that looks at
 * its OVERLAPPED itself leaves `link` at 0.
 */
struct lens_record {
    int64_t t0;             ///< before the call; QueryPerformanceCounter
    _Atomic int64_t t1;     ///< after it; 0 while it is inside
    uint64_t result;        ///< what the call returned
    uint64_t overlapped;    ///< address of the OVERLAPPED, or 0
    _Atomic uint32_t kind;  ///< enum lens_kind
    uint32_t pid;
    uint32_t tid;
    uint32_t call;           ///< enum lens_call_id
    uint32_t nth;            ///< this process's calls of it, counted from 1
    uint32_t error;          ///< the last error, if it failed; else 0
    _Atomic uint32_t flags;  ///< enum lens_flag
    uint32_t caller;   ///< where it was called: offset in the .exe's image
    uint32_t handle;   ///< the handle it works on, opened or closed
    uint32_t handle2;  ///< CreateProcessW: the thread's
    uint32_t bytes;    ///< how many bytes it moved, as far as it said so
    /** The number, from 1, of the record that belongs to this one: the end of
     *  an operation or a posted packet, or its start; 0 if there is none. A
     *  call that collects several has the first one's. */
    _Atomic uint32_t link;
    uint32_t other;  ///< another handle: DuplicateHandle's source, or the file
                     ///< that CreateIoCompletionPort binds
    uint32_t peer;   ///< the process at the other end of a pipe (CreateFileW,
                     ///< ConnectNamedPipe); the process that was made; the
                     ///< thread that was made. 0: not known
    _Atomic uint32_t told;  ///< 1 when `bytes` and `out` have a writer
    uint32_t spare;
    char in[144];  ///< the arguments; UTF-8, ends with 0
    char out[80];  ///< what came back; UTF-8, ends with 0
};

_Static_assert(sizeof(struct lens_header) == 256, "the header's size");
_Static_assert(sizeof(struct lens_record) == 320, "a record's size");

/** The whole file. */
struct lens_file {
    struct lens_header header;
    struct lens_record record[LENS_RECORDS];
};

/** Makes a file of zeros a record; whoever does it writes the same. */
static inline void lens_header_write(
    struct lens_header *header, int64_t frequency)
{
    header->version = LENS_VERSION;
    header->records = LENS_RECORDS;
    header->record_size = sizeof(struct lens_record);
    header->frequency = frequency;
    header->magic = LENS_MAGIC;
}

#endif
