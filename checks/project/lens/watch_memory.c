/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Tests what the lens finds of mistakes with memory.
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "checks/project/lens/stage.h"
#include "checks/project/lens/watch_operations.h"

/** Does one thing; expects what is found, or NULL: nothing. */
static void expect_found(const char *action, DWORD status, const char *found)
{
    struct run run;
    const struct lens_record *record;

    new_record();
    run = run_program("memory.exe", action);
    expect(run.status == status, "%s: it ended with %lx", action, run.status);
    record = find(LENS_KIND_MEMORY, NULL, 1);
    if (found == NULL)
        expect(
            record == NULL && run.text[0] == '\0',
            "%s: %s %s",
            action,
            record != NULL ? record->in : "",
            run.text);
    else
        expect(
            record != NULL && strcmp(record->in, found) == 0
                && record->caller != 0 && count(LENS_KIND_MEMORY) == 1,
            "%s: %d, %s",
            action,
            count(LENS_KIND_MEMORY),
            record != NULL ? record->in : "nothing");
}

static void test_right(void)
{
    expect_found("right", 0, NULL);
    expect_found("stack-right", 0, NULL);
    expect_found("leak-once", 0, NULL);
    expect_found("leak-none", 0, NULL);
}

static void test_blocks(void)
{
    expect_found(
        "behind",
        0,
        "something is written behind a block of 10 bytes");
    expect_found(
        "behind-and-kept",
        0,
        "something is written behind a block of 10 bytes");
    expect_found(
        "before",
        0,
        "something is written in front of a block of 10 bytes");
    expect_found(
        "copy-of-text",
        0,
        "something is written behind a block of 10 bytes");
    expect_found(
        "free-inside",
        0,
        "free gets no beginning of a block of 10 bytes");
    expect_found(
        "far-behind",
        0xC0000005,
        "it goes beyond a block of 32 bytes");
    expect_found("leak", 0, "nobody has freed a block of 10 bytes");
    expect(
        find(LENS_KIND_MEMORY, NULL, 1) != NULL
            && find(LENS_KIND_MEMORY, NULL, 1)->error == 1,
        "it is no leak");
}

static void test_variable(void)
{
    new_record();
    run_program("memory.exe", "free-variable");
    for (unsigned nth = 1; nth <= 2; nth++) {
        const struct lens_record *record = find(LENS_KIND_MEMORY, NULL, nth);
        expect(
            record != NULL
                && strcmp(
                       record->in,
                       "free or realloc gets what malloc has not given, a "
                       "variable")
                       == 0,
            "%u: %s",
            nth,
            record != NULL ? record->in : "nothing");
    }
}

static void test_freed(void)
{
    expect_found(
        "after-free",
        0xC0000005,
        "it uses memory that it has freed, a block of 10 bytes");
    expect_found(
        "twice",
        0,
        "free gets what is freed already, a block of 10 bytes");
    expect_found("call-after-free", 0, "a call gets a freed block of 10 bytes");
    expect_found(
        "call-beyond",
        0,
        "a call gets more than its block of 10 bytes");
    expect_found(
        "freed-structure",
        0,
        "an operation goes on in a freed block of 32 bytes");
}

static void test_stack(void)
{
    expect_found(
        "stack",
        0xC0000409,
        "something is written behind an array on the stack");
    expect_found(
        "stack-buffer",
        0,
        "its buffer lies on the stack of a function that returns while the "
        "operation goes on");
    expect_found(
        "stack-structure",
        0,
        "its OVERLAPPED lies on the stack of a function that returns while "
        "the operation goes on");
    expect_found(
        "not-zero",
        0,
        "the OVERLAPPED is not set to 0: its Offset is none for a pipe");
}

void test_memory(void)
{
    test("what is right with memory is no mistake", test_right);
    test("what is beside a block, and a lost one, is told", test_blocks);
    test("a variable is not freed", test_variable);
    test("what is freed must not be used, nor be in use", test_freed);
    test("arrays, buffers and structures on the stack", test_stack);
}
