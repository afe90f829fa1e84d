/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The fast ring: atomic numbers, a short spin, and an event.
 *
 * Read ring_write first, then wake and wait_while.
 *
 * @see https://learn.microsoft.com/windows/win32/sync/using-event-objects
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "common/error.h"
#include "ring.h"

/** An event that wakes one, once. */
static HANDLE make_event(const wchar_t *name, const wchar_t *what)
{
    wchar_t full[80];
    swprintf(full, sizeof full / sizeof full[0], L"%ls-%ls", name, what);
    HANDLE event = CreateEventW(
        NULL,   // default security
        FALSE,  // auto-reset
        FALSE,  // not set
        full);
    if (event == NULL)
        die("CreateEventW");
    return event;
}

struct ring open_ring(const wchar_t *name, unsigned spins)
{
    struct ring ring = {.spins = spins};
    ring.mapping = CreateFileMappingW(
        INVALID_HANDLE_VALUE,  // no file
        NULL,                  // default security
        PAGE_READWRITE,
        0,                           // size, upper half
        sizeof(struct ring_memory),  // size, bytes
        name);
    if (ring.mapping == NULL)
        die("CreateFileMappingW");
    ring.memory = MapViewOfFile(ring.mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    if (ring.memory == NULL)
        die("MapViewOfFile");
    ring.has_data = make_event(name, L"data");
    ring.has_room = make_event(name, L"room");
    return ring;
}

void close_ring(struct ring *ring)
{
    CloseHandle(ring->has_room);
    CloseHandle(ring->has_data);
    if (!UnmapViewOfFile(ring->memory))
        die("UnmapViewOfFile");
    CloseHandle(ring->mapping);
}

/** Waits until the other side's number is another one. */
static void wait_while(
    const struct ring *ring, _Atomic uint32_t *number, uint32_t value,
    _Atomic uint32_t *sleeps, HANDLE event)
{
    for (unsigned i = 0; i < ring->spins; i++) {
        if (atomic_load_explicit(number, memory_order_acquire) != value)
            return;
        YieldProcessor();
    }
    for (;;) {
        atomic_store(sleeps, 1);           // first say so,
        if (atomic_load(number) != value)  // then look once more:
            break;  // who had not seen that we sleep has put it before
        if (WaitForSingleObject(event, INFINITE) == WAIT_FAILED)
            die("WaitForSingleObject");
    }
    atomic_store(sleeps, 0);
}

/** Wakes the other side if it has said that it sleeps. */
static void wake(_Atomic uint32_t *sleeps, HANDLE event)
{
    if (atomic_load(sleeps) == 1 && atomic_exchange(sleeps, 0) == 1
        && !SetEvent(event))
        die("SetEvent");
}

/** The least of three sizes. */
static uint32_t least(size_t a, uint32_t b, uint32_t c)
{
    uint32_t less = b < c ? b : c;
    return a < less ? (uint32_t)a : less;
}

void ring_write(struct ring *ring, const void *data, size_t size)
{
    struct ring_memory *memory = ring->memory;
    const char *from = data;
    uint32_t put = atomic_load_explicit(&memory->put, memory_order_relaxed);
    while (size > 0) {
        uint32_t taken =
            atomic_load_explicit(&memory->taken, memory_order_acquire);
        if (put - taken == RING_SIZE) {
            wait_while(
                ring,
                &memory->taken,
                taken,
                &memory->writer_sleeps,
                ring->has_room);
            continue;
        }
        uint32_t at = put % RING_SIZE;
        uint32_t part = least(size, RING_SIZE - (put - taken), RING_SIZE - at);
        memcpy(memory->data + at, from, part);
        put += part;
        atomic_store(&memory->put, put);  // the bytes first, then the number
        wake(&memory->reader_sleeps, ring->has_data);
        from += part;
        size -= part;
    }
}

void ring_read(struct ring *ring, void *data, size_t size)
{
    struct ring_memory *memory = ring->memory;
    char *to = data;
    uint32_t taken = atomic_load_explicit(&memory->taken, memory_order_relaxed);
    while (size > 0) {
        uint32_t put = atomic_load_explicit(&memory->put, memory_order_acquire);
        if (put == taken) {
            wait_while(
                ring,
                &memory->put,
                put,
                &memory->reader_sleeps,
                ring->has_data);
            continue;
        }
        uint32_t at = taken % RING_SIZE;
        uint32_t part = least(size, put - taken, RING_SIZE - at);
        memcpy(to, memory->data + at, part);
        taken += part;
        atomic_store(&memory->taken, taken);
        wake(&memory->writer_sleeps, ring->has_room);
        to += part;
        size -= part;
    }
}
