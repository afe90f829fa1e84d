/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Calls a function without windows.h, so not through its pointer.
 *
 * It must link with the lens, and the lens must see the call.
 */
int __stdcall CloseHandle(void *handle);

int main(void)
{
    return CloseHandle((void *)0xDEAC) ? 1 : 0;
}
