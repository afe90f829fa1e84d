/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief A clock for deadlines: it counts what the machine gave.
 *
 * @see "GetSystemTimes" and "QueryPerformanceCounter" on Microsoft Learn
 */
#include <windows.h>

#include "checks/harness/clock.h"

/** All in microseconds. */
enum {
    LOOK_US = 200000, /**< how often the processors are asked whether they rest;
                         Wine counts their rest in steps of 10 ms */
    STALL_US = 250000, /**< who looks later than this was held up, where all
                         processors are busy; and where they are not: */
    REST_US = 1000000,
    SPIN_US = 10000, /**< how long it takes to see what a processor gives */
    GAP_US = 300,    /**< who computes, and misses more, has been stopped */
    SPIN_MOST_US = 400000
};

/** How long a wait goes on before the clock is looked at again, in ms. */
enum { SLICE_MS = 15 };

static SRWLOCK lock = SRWLOCK_INIT;
static struct {
    unsigned long long us;         // what now_ms() tells, a thousandth
    unsigned long long seen;       // when it was read last, on the wall
    unsigned long long asked;      // when the processors were, on the wall
    unsigned long long idle, all;  // what they had rested, and been there
    double rate;  // how fast it goes: 1, as the one on the wall
} patient;

/** The time on the wall, in microseconds. */
static unsigned long long wall_us(void)
{
    LARGE_INTEGER now, frequency;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    return (unsigned long long)(now.QuadPart / frequency.QuadPart) * 1000000
           + (unsigned long long)(now.QuadPart % frequency.QuadPart) * 1000000
                 / (unsigned long long)frequency.QuadPart;
}

unsigned long long wall_ms(void)
{
    return wall_us() / 1000;
}

static unsigned long long whole(FILETIME time)
{
    return (unsigned long long)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

/** Whether all processors were busy since this was asked last. */
static BOOL are_busy(void)
{
    FILETIME idle, kernel, user;
    if (!GetSystemTimes(&idle, &kernel, &user))
        return FALSE;
    /* The time of the kernel has the rest in it. */
    unsigned long long all = whole(kernel) + whole(user);
    unsigned long long rested = whole(idle) - patient.idle;
    unsigned long long there = all - patient.all;
    patient.idle = whole(idle);
    patient.all = all;
    return rested * 20 < there;
}

/** Computes for a moment: the part of a processor that it gets. */
static double part_of_a_processor(void)
{
    unsigned long long begin = wall_us(), before = begin, given = 0, now;
    do {
        now = wall_us();
        if (now - before < GAP_US)
            given += now - before;
        before = now;
    } while (given < SPIN_US && now - begin < SPIN_MOST_US);
    return given == 0 ? 0.01 : (double)given / (double)(now - begin);
}

unsigned long long now_ms(void)
{
    AcquireSRWLockExclusive(&lock);
    unsigned long long now = wall_us();
    if (patient.asked == 0 || now - patient.asked > LOOK_US) {
        BOOL first = patient.asked == 0, busy = are_busy();
        patient.rate = busy && !first ? part_of_a_processor() : 1;
        now = patient.asked = wall_us();
    }
    /* While processors rest, who looks late was at work elsewhere. To find out
     * how fast the clock goes takes time, too, and others get on meanwhile. */
    unsigned long long passed = patient.seen == 0 ? 0 : now - patient.seen;
    unsigned long long most = patient.rate < 1 ? STALL_US : REST_US;
    if (passed > most)
        passed = most;
    patient.us += (unsigned long long)((double)passed * patient.rate);
    patient.seen = now;
    unsigned long long ms = patient.us / 1000;
    ReleaseSRWLockExclusive(&lock);
    return ms;
}

DWORD ms_until(unsigned long long deadline)
{
    unsigned long long now = now_ms();
    return now < deadline ? (DWORD)(deadline - now) : 0;
}

DWORD wait_some(const HANDLE *objects, DWORD count, DWORD ms)
{
    unsigned long long deadline = now_ms() + ms;
    for (;;) {
        DWORD left = ms_until(deadline);
        DWORD which = WaitForMultipleObjects(
            count,
            objects,
            FALSE,  // any of them
            left < SLICE_MS ? left : SLICE_MS);
        if (which != WAIT_TIMEOUT || left == 0)
            return which;
    }
}
