/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Shows what semaphores and events remember, and what they do not.
 *
 * Usage: `counts`. Each line has what the calls said: 0 is WAIT_OBJECT_0, 258
 * WAIT_TIMEOUT; what a call failed with is its code. Nothing here waits for
 * time: a wait that would stand is one of 0 ms that says 258.
 *
 * Read main first.
 *
 * @see https://learn.microsoft.com/windows/win32/sync/wait-functions
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

#define NAME L"Local\\pipework-17-counts"

/** Looks whether an object is signalled; takes what a wait takes. */
static DWORD look(HANDLE object)
{
    DWORD result = WaitForSingleObject(object, 0);
    if (result == WAIT_FAILED)
        die("WaitForSingleObject");
    return result;
}

/** What a call failed with that should make or open an object. */
static DWORD error_of(HANDLE object)
{
    DWORD error = object == NULL ? GetLastError() : ERROR_SUCCESS;
    if (object != NULL)
        CloseHandle(object);
    return error;
}

/** What a semaphore counts. */
static void show_semaphore(void)
{
    HANDLE semaphore = CreateSemaphoreW(
        NULL,  // default security
        2,     // at first
        2,     // at most
        NULL);
    if (semaphore == NULL)
        die("CreateSemaphoreW");
    DWORD first = look(semaphore), second = look(semaphore);
    DWORD third = look(semaphore);
    printf("three waits on a semaphore of 2         ");
    printf("%lu, %lu, %lu\n", first, second, third);

    LONG before;
    if (!ReleaseSemaphore(semaphore, 2, &before))
        die("ReleaseSemaphore");
    printf("2 released: how many there were before  %ld\n", before);
    DWORD error =
        ReleaseSemaphore(semaphore, 1, NULL) ? ERROR_SUCCESS : GetLastError();
    printf("1 more than at most                     %lu\n", error);
    CloseHandle(semaphore);

    error = error_of(CreateSemaphoreW(NULL, 3, 2, NULL));
    printf("made with 3 of at most 2                %lu\n", error);
}

/** Its name, and what one may do with it. */
static void show_names(void)
{
    DWORD error = error_of(OpenSemaphoreW(
        SYNCHRONIZE,
        FALSE,  // a child does not get it
        NAME));
    printf("opened before it was made               %lu\n", error);

    HANDLE made = CreateSemaphoreW(NULL, 1, 1, NAME);
    if (made == NULL)
        die("CreateSemaphoreW");
    HANDLE opened = OpenSemaphoreW(SEMAPHORE_MODIFY_STATE, FALSE, NAME);
    if (opened == NULL)
        die("OpenSemaphoreW");
    error = WaitForSingleObject(opened, 0) == WAIT_FAILED ? GetLastError()
                                                          : ERROR_SUCCESS;
    printf("opened to release, and waited for       %lu\n", error);
    CloseHandle(opened);

    error = error_of(CreateEventW(NULL, FALSE, FALSE, NAME));
    printf("an event by the semaphore's name        %lu\n", error);
    CloseHandle(made);
}

static HANDLE make_event(BOOL manual_reset)
{
    HANDLE event = CreateEventW(NULL, manual_reset, FALSE, NULL);
    if (event == NULL)
        die("CreateEventW");
    return event;
}

static void set(HANDLE event)
{
    if (!SetEvent(event))
        die("SetEvent");
}

/** An event counts to one: it is set, or it is not. */
static void show_events(void)
{
    HANDLE automatic = make_event(FALSE), manual = make_event(TRUE);
    set(automatic);
    set(automatic);
    DWORD first = look(automatic), second = look(automatic);
    printf("auto-reset, set twice: two waits        ");
    printf("%lu, %lu\n", first, second);
    set(manual);
    first = look(manual);
    second = look(manual);
    printf("manual-reset, set once: two waits       ");
    printf("%lu, %lu\n", first, second);

    if (!ResetEvent(manual))
        die("ResetEvent");
    if (!PulseEvent(manual))  // wakes who waits now, and nobody does
        die("PulseEvent");
    printf("pulsed, then waited for                 %lu\n", look(manual));
    CloseHandle(manual);
    CloseHandle(automatic);
}

/** A thread: tries to lock, as somebody does who would free a slot. */
static DWORD WINAPI try_lock(void *lock)
{
    DWORD result = look(lock);
    if (result == WAIT_OBJECT_0 && !ReleaseMutex(lock))
        die("ReleaseMutex");
    return result;
}

/** What another thread is told that tries to lock now. */
static DWORD others_lock(HANDLE lock)
{
    DWORD result;
    HANDLE thread = CreateThread(NULL, 0, try_lock, lock, 0, NULL);
    if (thread == NULL)
        die("CreateThread");
    if (WaitForSingleObject(thread, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    if (!GetExitCodeThread(thread, &result))
        die("GetExitCodeThread");
    CloseHandle(thread);
    return result;
}

/** No slot is free, and who would free one needs the lock. */
static void show_orders(void)
{
    HANDLE free = CreateSemaphoreW(NULL, 0, 4, NULL);
    if (free == NULL)
        die("CreateSemaphoreW");
    HANDLE lock = CreateMutexW(NULL, FALSE, NULL);
    if (lock == NULL)
        die("CreateMutexW");

    DWORD mine = look(lock), slot = look(free), others = others_lock(lock);
    printf("lock, then slot; who would free one     ");
    printf("%lu, %lu; %lu\n", mine, slot, others);
    if (!ReleaseMutex(lock))
        die("ReleaseMutex");

    HANDLE both[] = {lock, free};
    DWORD result = WaitForMultipleObjects(
        2,
        both,
        TRUE,  // all of them, or none
        0);    // only look
    if (result == WAIT_FAILED)
        die("WaitForMultipleObjects");
    printf("both at once; who would free one        ");
    printf("%lu; %lu\n", result, others_lock(lock));
    CloseHandle(lock);
    CloseHandle(free);
}

/** One who sleeps while there is no text, and the gate that holds it behind its
 * look. */
struct sleeper {
    HANDLE event;       // manual-reset: there is a text
    HANDLE looked, go;  // the gate
    bool resets_first;
    _Atomic int texts;
    DWORD result;  // of its wait
};

/** A thread: looks, and waits if there is nothing. */
static DWORD WINAPI look_and_wait(void *argument)
{
    struct sleeper *me = argument;
    if (me->resets_first && !ResetEvent(me->event))
        die("ResetEvent");
    bool empty = me->texts == 0;
    set(me->looked);
    if (WaitForSingleObject(me->go, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    if (!me->resets_first && !ResetEvent(me->event))  // wipes out what came
        die("ResetEvent");
    me->result = empty ? look(me->event) : WAIT_OBJECT_0;
    return EXIT_SUCCESS;
}

/** Puts a text while a sleeper is held between its look and its wait. */
static void put_in_the_gap(struct sleeper *sleeper)
{
    sleeper->event = make_event(TRUE);
    sleeper->looked = make_event(FALSE);
    sleeper->go = make_event(FALSE);
    HANDLE thread = CreateThread(NULL, 0, look_and_wait, sleeper, 0, NULL);
    if (thread == NULL)
        die("CreateThread");
    if (WaitForSingleObject(sleeper->looked, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    sleeper->texts++;
    set(sleeper->event);
    set(sleeper->go);
    if (WaitForSingleObject(thread, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    CloseHandle(thread);
    CloseHandle(sleeper->go);
    CloseHandle(sleeper->looked);
    CloseHandle(sleeper->event);
}

/** The wake-up that is lost, and how it is not. */
static void show_lost_wakeup(void)
{
    struct sleeper late = {.resets_first = false};
    struct sleeper early = {.resets_first = true};
    put_in_the_gap(&late);
    printf("looked, reset, waited: text, result     ");
    printf("%d, %lu\n", late.texts, late.result);
    put_in_the_gap(&early);
    printf("reset, looked, waited: text, result     ");
    printf("%d, %lu\n", early.texts, early.result);
}

/** The two events of a game of ping-pong. */
struct game {
    HANDLE ping, pong;
};

/** A thread: waits for ping, then sets pong. */
static DWORD WINAPI play(void *argument)
{
    const struct game *game = argument;
    if (WaitForSingleObject(game->ping, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    set(game->pong);
    return EXIT_SUCCESS;
}

/** One call for two: it saves a call, it closes no gap. */
static void show_one_call(void)
{
    struct game game = {make_event(FALSE), make_event(FALSE)};
    HANDLE thread = CreateThread(NULL, 0, play, &game, 0, NULL);
    if (thread == NULL)
        die("CreateThread");
    DWORD result = SignalObjectAndWait(
        game.ping,  // set it,
        game.pong,  // and wait for this one
        INFINITE,
        FALSE);  // run no routine meanwhile
    if (result == WAIT_FAILED)
        die("SignalObjectAndWait");
    printf("ping set, pong waited for, in one call  %lu\n", result);
    if (WaitForSingleObject(thread, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    CloseHandle(thread);
    CloseHandle(game.pong);
    CloseHandle(game.ping);
}

int main(void)
{
    use_utf8_console();
    show_semaphore();
    show_names();
    show_events();
    show_orders();
    show_lost_wakeup();
    show_one_call();
    return EXIT_SUCCESS;
}
