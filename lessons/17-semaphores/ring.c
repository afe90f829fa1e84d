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

/** A name with something behind it. */
static const wchar_t *part_of(const wchar_t *name, const wchar_t *what)
{
    static wchar_t full[80];
    swprintf(full, sizeof full / sizeof full[0], L"%ls-%ls", name, what);
    return full;
}

/** An event that wakes one, once. */
static HANDLE open_event(const wchar_t *name)
{
    HANDLE event = CreateEventW(
        NULL,   // default security
        FALSE,  // auto-reset
        FALSE,  // not set
        name);
    if (event == NULL)
        die("CreateEventW");
    return event;
}

static HANDLE open_mutex(const wchar_t *name)
{
    HANDLE mutex = CreateMutexW(
        NULL,   // default security
        FALSE,  // not mine yet: it may be there already
        name);
    if (mutex == NULL)
        die("CreateMutexW");
    return mutex;
}

/** Takes the mutex that shows that we live; false: another one has it. */
static bool appear(struct ring *ring)
{
    DWORD result = WaitForSingleObject(ring->me, 0);  // only look
    if (result == WAIT_FAILED)
        die("WaitForSingleObject");
    ring->appeared = result != WAIT_TIMEOUT;
    return ring->appeared;
}

static void map(struct ring *ring)
{
    ring->memory = MapViewOfFile(
        ring->mapping,
        FILE_MAP_ALL_ACCESS,
        0,                            // from the beginning, upper half
        0,                            // lower half
        sizeof(struct ring_memory));  // or it fails: too small is no ring
    if (ring->memory == NULL)
        die("MapViewOfFile");
}

static void open_parts(
    struct ring *ring, const wchar_t *name, const wchar_t *me,
    const wchar_t *peer)
{
    ring->me = open_mutex(part_of(name, me));
    ring->peer = open_mutex(part_of(name, peer));
    ring->has_data = open_event(part_of(name, L"data"));
    ring->has_room = open_event(part_of(name, L"room"));
}

static void close_parts(const struct ring *ring)
{
    CloseHandle(ring->has_room);
    CloseHandle(ring->has_data);
    CloseHandle(ring->peer);
    CloseHandle(ring->me);
}

bool make_ring(struct ring *ring, const wchar_t *name, unsigned spins)
{
    *ring = (struct ring){.spins = spins};
    open_parts(ring, name, L"reader", L"writer");
    if (!appear(ring)) {
        close_parts(ring);
        return false;
    }
    if (!ResetEvent(ring->has_data))  // an earlier writer may have set it
        die("ResetEvent");
    /* The memory last: who finds it, finds a reader that lives. */
    ring->mapping = CreateFileMappingW(
        INVALID_HANDLE_VALUE,  // no file
        NULL,                  // default security
        PAGE_READWRITE,
        0,                           // size, upper half
        sizeof(struct ring_memory),  // size, bytes
        name);
    if (ring->mapping == NULL)
        die("CreateFileMappingW");
    if (GetLastError() == ERROR_ALREADY_EXISTS) {  // a writer is left over
        CloseHandle(ring->mapping);
        close_parts(ring);
        return false;
    }
    map(ring);
    return true;
}

bool join_ring(struct ring *ring, const wchar_t *name, unsigned spins)
{
    *ring = (struct ring){.spins = spins, .peer_came = true};
    ring->mapping = OpenFileMappingW(
        FILE_MAP_ALL_ACCESS,
        FALSE,  // a child does not get it
        name);
    if (ring->mapping == NULL) {
        if (GetLastError() != ERROR_FILE_NOT_FOUND)
            die("OpenFileMappingW");
        return false;
    }
    open_parts(ring, name, L"writer", L"reader");
    map(ring);
    /* One writer, ever: another one would go on in the middle of a text. */
    if (!appear(ring) || atomic_load(&ring->memory->put) != 0) {
        close_ring(ring);
        return false;
    }
    /* The reader may wait for this: from now on it waits for our end, too. */
    if (!SetEvent(ring->has_data))
        die("SetEvent");
    return true;
}

void close_ring(struct ring *ring)
{
    if (ring->appeared && !ReleaseMutex(ring->me))
        die("ReleaseMutex");
    close_parts(ring);
    if (!UnmapViewOfFile(ring->memory))
        die("UnmapViewOfFile");
    CloseHandle(ring->mapping);
}

/** Waits for the event, or for the end of the other side. */
static void wait_for_peer(struct ring *ring, HANDLE event)
{
    HANDLE either[] = {event, ring->peer};
    DWORD result = WaitForMultipleObjects(
        ring->peer_came ? 2 : 1,
        either,
        FALSE,  // one of them is enough
        INFINITE);
    if (result == WAIT_FAILED)
        die("WaitForMultipleObjects");
    if (result == WAIT_OBJECT_0)
        ring->peer_came = true;
    else  // it gave its mutex back, or died: WAIT_ABANDONED_0 + 1
        ring->peer_left = true;
}

/** Waits until the other side's number is another one; false: it has left, and
 * will never change it. */
static bool wait_while(
    struct ring *ring, _Atomic uint32_t *number, uint32_t value,
    _Atomic uint32_t *sleeps, HANDLE event)
{
    for (unsigned i = 0; i < ring->spins; i++) {
        if (atomic_load_explicit(number, memory_order_acquire) != value)
            return true;
        YieldProcessor();
    }
    for (;;) {
        bool left = ring->peer_left;
        atomic_store(sleeps, 1);             // first say so,
        if (atomic_load(number) != value) {  // then look once more:
            atomic_store(sleeps, 0);  // who had not seen it, has put it before
            return true;
        }
        if (left)
            return false;
        wait_for_peer(ring, event);
    }
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

bool ring_write(struct ring *ring, const void *data, size_t size)
{
    struct ring_memory *memory = ring->memory;
    const char *from = data;
    uint32_t put = atomic_load_explicit(&memory->put, memory_order_relaxed);
    while (size > 0) {
        uint32_t taken =
            atomic_load_explicit(&memory->taken, memory_order_acquire);
        if (put - taken == RING_SIZE) {
            if (!wait_while(
                    ring,
                    &memory->taken,
                    taken,
                    &memory->writer_sleeps,
                    ring->has_room))
                return false;
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
    return true;
}

void ring_end(struct ring *ring)
{
    atomic_store(&ring->memory->is_whole, 1);
}

bool ring_read(struct ring *ring, void *data, size_t size)
{
    struct ring_memory *memory = ring->memory;
    char *to = data;
    uint32_t taken = atomic_load_explicit(&memory->taken, memory_order_relaxed);
    while (size > 0) {
        uint32_t put = atomic_load_explicit(&memory->put, memory_order_acquire);
        if (put == taken) {
            if (!wait_while(
                    ring,
                    &memory->put,
                    put,
                    &memory->reader_sleeps,
                    ring->has_data))
                return false;
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
    return true;
}
