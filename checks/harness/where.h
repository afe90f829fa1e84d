/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Where a program is: which call, which line of its source.
 */
#ifndef CHECKS_WHERE_H
#define CHECKS_WHERE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checks/harness/program.h"
#include "lens/reader.h"

/** The call that a process is inside now, or NULL. */
const struct lens_record *where_inside(
    const struct lens_view *view, DWORD process_id);

/**
 * The calls that the threads of a process are inside now: one for each thread,
 * in the order in which the threads made their first call.
 * @param inside gets them
 * @param room   how many it takes
 * @return how many there are, @p room at most
 */
size_t where_threads(
    const struct lens_view *view, DWORD process_id,
    const struct lens_record **inside, size_t room);

/**
 * Tells whether the program is inside a call that ends only when somebody else
 * does something: it waits, and for as long as it takes.
 */
bool where_waits(const struct lens_record *record);

/**
 * Tells whether every thread that the process has made, and its first one, has
 * ended or is inside a call that waits for as long as it takes: then it does
 * nothing until somebody else does something.
 * @param held whether a thread that is held at a gate counts as one that waits
 */
bool where_all_wait(const struct lens_view *view, DWORD process_id, bool held);

/** How many threads of a process the lens knows that have not ended. */
size_t where_alive(const struct lens_view *view, DWORD process_id);

/** How long a program has computed, in milliseconds of a processor. */
unsigned long long where_computed_ms(
    const struct lens_view *view, const struct program *program);

/** The name of a process's program, as it has recorded it itself; "another
 * program" for one that was built without the lens. */
const char *where_name(const struct lens_view *view, DWORD process_id);

/** The call that a process made last, or NULL. */
const struct lens_record *where_last(
    const struct lens_view *view, DWORD process_id);

/**
 * Tells whether a process has one thread, is inside ReadFile, and has read so
 * many bytes before: then it can't do anything until more come.
 */
bool where_waits_to_read(
    const struct lens_view *view, DWORD process_id, unsigned long long bytes);

/** The record of a process's crash, or NULL. */
const struct lens_record *where_crashed(
    const struct lens_view *view, DWORD process_id);

/**
 * Names the source line of an address, from the list that the build made
 * beside the program (`server.lines`).
 * @param address  bytes from the start of the program's image
 * @param text     gets ` (server.c:52)`, or nothing where the address is not
 *                 in the program's own source
 * @param size     the size of @p text in bytes
 * @return @p text
 */
const char *where_line(
    const struct program *program, uint32_t address, char *text, size_t size);

/**
 * Says who holds the other end of the pipe without a name on which a call
 * waits: "; its writing end is open in parent: CreatePipe (parent.c:31)".
 * @param program the program that is inside the call; others are taken to lie
 *                in the same folder
 * @param text    gets it; nothing where the handle is no such end
 * @param size    the size of @p text in bytes
 * @return @p text
 */
const char *where_holders(
    const struct lens_view *view, const struct program *program,
    const struct lens_record *inside, char *text, size_t size);

/**
 * Says what a program has done wrong with memory: "a call gets a freed block of
 * 8 bytes (server.c:52), made at (server.c:41), freed at (server.c:48)".
 * @param record one of LENS_KIND_MEMORY
 * @param text   gets it, or nothing where no place is in the program's own
 *               source
 * @return @p text
 */
const char *where_memory(
    const struct program *program, const struct lens_record *record, char *text,
    size_t size);

#endif
