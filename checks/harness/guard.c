/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Keeps the graded programs out of the grader.
 *
 * @see "Security Descriptor Definition Language" and "Process Security and
 * Access Rights" on Microsoft Learn
 */
#include <windows.h>
/* This one needs windows.h. */
#include <sddl.h>

#include "checks/harness/guard.h"

/* An owner may always change the list, unless the list says what the owner's
 * rights are (OW): no more than to be asked for its name. */
#define NOBODY L"D:P(A;;0x1000;;;OW)"

/* Wine 8.0 does not know OW. There, it can be another one's. */
#define NOBODYS_OWN L"O:SYD:P(A;;0x1000;;;OW)"

/** Gives this process and this thread a security descriptor. */
static BOOL protect(const wchar_t *text, SECURITY_INFORMATION what)
{
    PSECURITY_DESCRIPTOR descriptor;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(
            text,
            SDDL_REVISION_1,
            &descriptor,
            NULL))
        return FALSE;
    BOOL done =
        SetKernelObjectSecurity(GetCurrentProcess(), what, descriptor)
        && SetKernelObjectSecurity(GetCurrentThread(), what, descriptor);
    DWORD error = GetLastError();
    LocalFree(descriptor);
    SetLastError(error);
    return done;
}

BOOL guard_this_process(void)
{
    return protect(
               NOBODYS_OWN,
               OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION)
           || protect(NOBODY, DACL_SECURITY_INFORMATION);
}
