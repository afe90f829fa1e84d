/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Questions to the record of a program that looks again and again.
 */
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/looks.h"
#include "checks/harness/scene.h"
#include "checks/harness/waits.h"

/** Whether this call was a look in vain: the pipe had nothing to give, or took
 * nothing. */
static bool is_in_vain(const struct lens_record *call, const char *name)
{
    if (strcmp(name, "ReadFile") == 0)
        return call->error == ERROR_NO_DATA;
    if (strcmp(name, "PeekNamedPipe") == 0)
        return call->error == 0 && strstr(call->out, "total=0") != NULL;
    return call->error == 0 && call->bytes == 0;
}

unsigned count_in_vain(const struct program *program, const char *name)
{
    unsigned count = 0;
    const struct lens_record *call;
    for (uint32_t at = 0; (call = next_call(program, name, &at)) != NULL;)
        count += call->t1 != 0 && is_in_vain(call, name);
    return count;
}

/** What lies between two looks. */
struct between {
    bool pauses;            // by a call that the lens has seen
    unsigned long long ms;  // how long, in all
};

/** How much time has passed from one moment of the record to another, in ms. */
static unsigned long long passed_ms(int64_t from, int64_t to)
{
    LARGE_INTEGER per_second;
    QueryPerformanceFrequency(&per_second);
    return to > from
               ? (unsigned long long)((to - from) * 1000 / per_second.QuadPart)
               : 0;
}

/** How long a call between two looks has paused, of one that is known to
 * pause. Where its time did not pass, it waited for an object, perhaps a timer
 * that was set before: what lies between the looks counts, up to what is
 * allowed, for on a busy machine it may be longer. A wait for the pipe itself
 * is none. */
static unsigned long long pause_of(
    const struct lens_record *call, uint32_t pipe, unsigned long long gap_ms)
{
    if (call->result == (is_sleep(call) ? 0 : WAIT_TIMEOUT))
        return wait_time(call);
    if (call->result == WAIT_OBJECT_0 && call->handle != pipe)
        return gap_ms < LONGEST_MS ? gap_ms : LONGEST_MS;
    return 0;
}

/** The pause between two calls. */
static struct between look_between(
    const struct program *program, const struct lens_record *one,
    const struct lens_record *other)
{
    struct between all = {false, 0};
    unsigned long long gap_ms = passed_ms(one->t1, other->t0);
    const struct lens_record *call;
    for (uint32_t at = 0; (call = next_record(program, &at)) != NULL;)
        if (takes_time(call) && call->t0 > one->t0 && call->t0 < other->t0) {
            all.pauses = true;
            all.ms += pause_of(call, one->handle, gap_ms);
        }
    return all;
}

/** Expects a pause between two looks, the first of which was in vain; returns
 * whether there is one that the lens has not seen. */
static bool is_unseen_pause(
    const struct program *program, const char *name,
    const struct lens_record *one, const struct lens_record *next)
{
    static const char expected[] =
        "a pause of 1 to 100 ms between each two looks";
    if (!is_in_vain(one, name))
        return false;
    struct between pause = look_between(program, one, next);
    if (!pause.pauses && passed_ms(one->t1, next->t0) > 0)
        return true;
    if (pause.ms == 0)
        fail_check(
            expected,
            "%s number %u was in vain, and number %u came without a pause",
            name,
            one->nth,
            next->nth);
    if (pause.ms > LONGEST_MS)
        fail_check(
            expected,
            "%llu ms between %s number %u and %u",
            pause.ms,
            name,
            one->nth,
            next->nth);
    return false;
}

bool expect_pauses(const struct program *program, const char *name)
{
    bool unseen = false;
    uint32_t at = 0;
    const struct lens_record *one = next_call(program, name, &at), *next;
    for (; (next = next_call(program, name, &at)) != NULL; one = next)
        unseen |= is_unseen_pause(program, name, one, next);
    return unseen;
}
