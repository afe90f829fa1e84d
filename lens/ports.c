/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Which handle is bound to which completion port.
 *
 * @see "CreateIoCompletionPort function" and
 *      "SetFileCompletionNotificationModes function" on Microsoft Learn
 */
#include "lens/lens.h"

struct binding {
    uint32_t port;  ///< 0: not bound
    uint32_t modes;
    ULONG_PTR key;
};

static struct binding bindings[LENS_HANDLES];
static SRWLOCK lock = SRWLOCK_INIT;

/** Changes a handle's binding, where it is one that is followed. */
static void change(uint32_t handle, const struct binding *binding)
{
    if (handle / 4 >= LENS_HANDLES)
        return;
    AcquireSRWLockExclusive(&lock);
    bindings[handle / 4] = *binding;
    ReleaseSRWLockExclusive(&lock);
}

/** A handle's binding; that of an unbound handle is all 0. */
static struct binding look(uint32_t handle)
{
    struct binding binding = {0};

    if (handle / 4 >= LENS_HANDLES)
        return binding;
    AcquireSRWLockShared(&lock);
    binding = bindings[handle / 4];
    ReleaseSRWLockShared(&lock);
    return binding;
}

void lens_port_bind(uint32_t file, uint32_t port, ULONG_PTR key)
{
    change(file, &(struct binding){.port = port, .key = key});
}

void lens_port_unbind(uint32_t file)
{
    /* Most handles are not bound; the lock would cost each CloseHandle. */
    if (file / 4 < LENS_HANDLES && bindings[file / 4].port != 0)
        change(file, &(struct binding){0});
}

void lens_port_copy(uint32_t from, uint32_t to)
{
    struct binding binding = look(from);

    change(to, &binding);
}

void lens_port_modes(uint32_t file, uint32_t modes)
{
    struct binding binding = look(file);

    binding.modes |= modes;
    change(file, &binding);
}

bool lens_port_skips(uint32_t file)
{
    struct binding binding = look(file);

    return binding.port != 0
           && (binding.modes & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0;
}

void lens_port_post(uint32_t file, OVERLAPPED *overlapped)
{
    struct binding binding = look(file);

    /* No packet where the program asked for none: by the mode, or for this
       operation by the lowest bit of its event. */
    if (binding.port == 0
        || (binding.modes & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0
        || ((ULONG_PTR)overlapped->hEvent & 1) != 0)
        return;
    lens_real.PostQueuedCompletionStatus(
        (HANDLE)(ULONG_PTR)binding.port,
        0,  // bytes
        binding.key,
        overlapped);
}
