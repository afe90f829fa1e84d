/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Grades lesson 14: a log service over a mailslot.
 *
 * Usage: `14-mailslots FOLDER [LESSON-FOLDER]`
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "checks/harness/check.h"
#include "checks/harness/expect.h"
#include "checks/harness/forgiven.h"
#include "checks/harness/scene.h"
#include "checks/harness/servers.h"
#include "checks/harness/values.h"
#include "lessons/14-mailslots/protocol.h"

/** Between these a slot's time-out must be, in milliseconds. */
enum { LEAST_MS = 100, MOST_MS = 1000 };

/** Two runs of writers. */
enum { FAN = 7001, DISK = 7002 };

/** Starts the collector under conditions, and holds it before its first read,
 * when its slot is there. */
static struct program *hold(const char *command_line, const char *fault)
{
    struct program *collector =
        start_serving(command_line, "ReadFile:1", fault);
    wait_at_gate(collector);
    return collector;
}

/** Writes a message into a slot; tells whether the slot has taken it. */
static bool try_put(HANDLE slot, const void *message, DWORD size)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED operation = {.hEvent = event};
    DWORD bytes_written, error = ERROR_SUCCESS;
    if (!WriteFile(slot, message, size, NULL, &operation))
        error = GetLastError();
    bool pending = error == ERROR_IO_PENDING;
    if (pending && WaitForSingleObject(event, 100) == WAIT_TIMEOUT)
        CancelIoEx(slot, &operation);
    if (pending || error == ERROR_SUCCESS)
        error = GetOverlappedResult(slot, &operation, &bytes_written, TRUE)
                    ? ERROR_SUCCESS
                    : GetLastError();
    CloseHandle(event);
    return error == ERROR_SUCCESS;
}

/** Opens the collector's slot for writing, beside other writers. */
static HANDLE open_slot(void)
{
    HANDLE slot = CreateFileW(
        scene_name(LOG_SLOT),
        GENERIC_WRITE,
        FILE_SHARE_READ | FILE_SHARE_WRITE,
        NULL,           // default security
        OPEN_EXISTING,  // the collector makes it
        FILE_FLAG_OVERLAPPED,
        NULL);  // no template
    if (slot == INVALID_HANDLE_VALUE)
        fail_check(
            "the mailslot is there",
            "the check's CreateFileW failed with error %lu",
            GetLastError());
    return slot;
}

/** Puts a message into the collector's slot: open, write, close. */
static void put(const void *message, size_t size)
{
    HANDLE slot = open_slot();
    bool taken = try_put(slot, message, (DWORD)size);
    CloseHandle(slot);
    if (!taken)
        fail_check(
            "the slot takes a message",
            "the check's WriteFile had no success");
}

/** Puts a note into the collector's slot. */
static void put_note(
    unsigned run, const char *name, uint32_t number, const char *text)
{
    static union {
        struct note note;
        char room[NOTE_MAX];
    } message;
    message.note.run = run;
    message.note.number = number;
    snprintf(message.note.name, sizeof message.note.name, "%s", name);
    memcpy(message.note.text, text, strlen(text));
    put(&message, sizeof message.note + strlen(text));
}

/** Holds the collector before its first read, and puts up to three notes into
 * its slot. */
static struct program *hold_with_notes(
    const char *command_line, const char *fault, uint32_t count)
{
    static const char *const TEXTS[] = {"one", "two", "three"};
    struct program *collector = hold(command_line, fault);
    for (uint32_t i = 0; i < count; i++)
        put_note(FAN, "fan", i + 1, TEXTS[i]);
    return collector;
}

/** Presses Ctrl+C at a collector that is held, and lets it go on. */
static void stop(struct program *collector)
{
    press_ctrl_c(collector);
    expect_line(collector, "stopping", 1);
    open_gate(collector);
}

/** Expects the collector to have all its notes, and this as its last line. */
static void expect_sum(struct program *collector, const char *sum)
{
    expect_line(collector, sum, 1);
    expect_end(collector, EXIT_SUCCESS);
}

CHECK(prints_notes, .name = "The collector prints each note", .read = READ_IT)
{
    tried("held the collector before ReadFile, put three notes into its slot, "
          "and let it go on");
    struct program *collector = hold("collector", NULL);
    put_note(FAN, "fan", 1, "too hot");
    put_note(FAN, "fan", 2, "");
    put_note(FAN, "fan", 3, "\xEC\x95\x88\xEB\x85\x95");
    open_gate(collector);
    likely("the collector does not make its slot, or does not read it");
    expect_line(collector, "fan 1: too hot", 1);
    expect_line(collector, "fan 2: ", 1);
    expect_line(collector, "fan 3: \xEC\x95\x88\xEB\x85\x95", 1);
}

CHECK(
    ends_after_its_notes, .name = "The collector ends after its notes",
    .todo = 4, .read = READ_IT, .needs = &prints_notes)
{
    tried("held `collector 2` before ReadFile, put two notes into its slot, "
          "and let it go on");
    struct program *collector = hold_with_notes("collector 2", NULL, 2);
    open_gate(collector);
    likely("the limit is not looked at; or, when the slot is empty at the end, "
           "121 is taken for a failure");
    expect_end(collector, EXIT_SUCCESS);
    expect_output(
        collector,
        "ready\nfan 1: one\nfan 2: two\n"
        "2 notes, 0 lost, 0 repeated, 0 unheard\n");
    expect_no_errors(collector);
    expect_tidy(collector);
    expect_right_on_windows(collector);
}

CHECK(
    slot_has_a_limit, .name = "The slot's messages have a largest size",
    .todo = 1, .read = READ_IT)
{
    tried("looked at the second argument of CreateMailslotW");
    struct program *collector = start_serving("collector", NULL, NULL);
    likely("anybody may write into the slot: with 0, a message may have any "
           "size, and no buffer is large enough");
    unsigned long long size = 0;
    call_argument(find_call(collector, "CreateMailslotW", 1), "size", &size);
    if (size != NOTE_MAX)
        fail_check("NOTE_MAX, 4096", "CreateMailslotW got %llu", size);
}

CHECK(
    taken_name_is_reported, .name = "A slot that is there already (183)",
    .todo = 1, .read = WRONG)
{
    tried("started `collector` a second time");
    hold("collector", NULL);
    struct program *second = start("collector");
    likely("a mailslot has one owner: CreateMailslotW fails (under Wine with "
           "183, ERROR_ALREADY_EXISTS), and returns INVALID_HANDLE_VALUE, not "
           "NULL");
    expect_end(second, EXIT_FAILURE);
    const struct lens_record *call = find_call(second, "CreateMailslotW", 1);
    expect_error(
        second,
        "CreateMailslotW",
        call != NULL && call->error != 0 ? call->error : ERROR_ALREADY_EXISTS);
}

/**
 * The time-out that the slot has when a call begins (NULL: now): what
 * CreateMailslotW and SetMailslotInfo have said before.
 */
static unsigned long long time_out_at(
    const struct program *program, const struct lens_record *call)
{
    unsigned long long wait_ms = INFINITE;
    call_argument(find_call(program, "CreateMailslotW", 1), "wait", &wait_ms);
    const struct lens_record *set;
    for (uint32_t at = 0; (set = next_call(program, "SetMailslotInfo", &at));)
        if (call == NULL || set->t0 <= call->t0)
            call_argument(set, "wait", &wait_ms);
    return wait_ms;
}

CHECK(
    waits_but_not_for_ever, .name = "A read waits, but not for ever", .todo = 1,
    .read = READ_IT)
{
    tried("held the collector before ReadFile, and looked at the slot's "
          "time-out");
    struct program *collector = hold("collector", NULL);
    likely("with a time-out of 0 the collector asks again and again; with "
           "MAILSLOT_WAIT_FOREVER it can't look at its flag");
    unsigned long long wait_ms = time_out_at(collector, NULL);
    if (wait_ms == MAILSLOT_WAIT_FOREVER)
        fail_check("100 to 1000 ms", "MAILSLOT_WAIT_FOREVER");
    if (wait_ms < LEAST_MS || wait_ms > MOST_MS)
        fail_check("100 to 1000 ms", "%llu ms", wait_ms);
}

CHECK(
    long_note_comes_whole, .name = "A note of the largest size comes whole",
    .todo = 2, .read = WRONG, .needs = &prints_notes)
{
    tried(
        "put a note into the slot that has the largest size, %d bytes",
        NOTE_MAX);
    likely("the buffer is shorter than what the slot takes (Windows: error "
           "122, and no note; Wine: the rest is lost)");
    static char text[NOTE_MAX - sizeof(struct note) + 1];
    static char line[sizeof text + 10];
    memset(text, 'x', sizeof text - 1);
    snprintf(line, sizeof line, "fan 1: %s", text);
    struct program *collector = hold("collector", NULL);
    put_note(FAN, "fan", 1, text);
    put_note(FAN, "fan", 2, "next");
    open_gate(collector);
    expect_line(collector, "fan 2: next", 1);
    char *end = strchr(collector->out.text, 'x');
    size_t length = end == NULL ? 0 : strspn(end, "x");
    if (strstr(collector->out.text, line) == NULL)
        fail_check(
            "the note's text as it was written, 4064 bytes",
            "%zu bytes of it",
            length);
}

CHECK(
    buffer_is_the_slots, .name = "The buffer has the size the slot says",
    .todo = 2, .read = READ_IT)
{
    tried("looked at GetMailslotInfo and at the size that ReadFile is given");
    struct program *collector = hold("collector", NULL);
    likely("the slot knows how large a message may be, and it may be more "
           "than CreateMailslotW asked for");
    unsigned long long room = 0, most = 0;
    const struct lens_record *call;
    for (uint32_t at = 0;
         (call = next_call(collector, "GetMailslotInfo", &at));)
        if (strncmp(call->out, "size=", 5) == 0)
            most = strtoull(call->out + 5, NULL, 10);
    put_note(FAN, "fan", 1, "hello");
    open_gate(collector);
    expect_line(collector, "fan 1: hello", 1);
    call_argument(find_call(collector, "ReadFile", 1), "size", &room);
    if (most == 0)
        fail_check(
            "GetMailslotInfo is asked for the largest message",
            "%u calls of it, none that asks so",
            count_calls(collector, "GetMailslotInfo"));
    if (room < most)
        fail_check(
            "a buffer for the largest message",
            "GetMailslotInfo said %llu, ReadFile was given %llu",
            most,
            room);
}

CHECK(
    failed_info_is_reported, .name = "An error of GetMailslotInfo is reported",
    .todo = 2, .read = READ_IT, .needs = &buffer_is_the_slots)
{
    expect_reported(
        "collector",
        "GetMailslotInfo",
        "1",
        "its result is not looked at: the size is anything then");
}

/** Puts a note into the slot, then lets the collector read, with a fault. */
static struct program *expect_note_in_spite_of(const char *fault)
{
    struct program *collector = hold("collector", fault);
    put_note(FAN, "fan", 1, "at last");
    open_gate(collector);
    expect_line(collector, "fan 1: at last", 1);
    return collector;
}

CHECK(
    silence_is_no_failure, .name = "Silence is no failure (121)", .todo = 3,
    .read = WRONG)
{
    tried("put a note into the slot, but let the first two calls of ReadFile "
          "fail with error 121, ERROR_SEM_TIMEOUT");
    likely("121 says that nothing has come in the slot's time: read again");
    expect_note_in_spite_of("ReadFile:1:121,ReadFile:2:121");
}

CHECK(
    pending_is_no_failure, .name = "A read that is pending is no failure (997)",
    .todo = 3, .read = WRONG)
{
    tried("put a note into the slot, but let the first ReadFile return FALSE "
          "with 997, ERROR_IO_PENDING");
    likely("a slot's handle is an overlapped one: 997 says that the read has "
           "begun, and GetOverlappedResult with TRUE waits for its end");
    struct program *collector = expect_note_in_spite_of("ReadFile:1:997");
    unsigned long long waits = 1;
    call_argument(
        find_call(collector, "GetOverlappedResult", 1),
        "wait",
        &waits);
    if (!waits)
        fail_check(
            "GetOverlappedResult with TRUE, which waits",
            "GetOverlappedResult with FALSE");
}

CHECK(
    pending_may_find_nothing, .name = "A pending read may find nothing (121)",
    .todo = 3, .read = WRONG)
{
    tried("put a note into the slot, but let the first two reads be pending "
          "(997), and GetOverlappedResult give 121, ERROR_SEM_TIMEOUT");
    likely("a read that is pending ends with 121, too, when nothing comes in "
           "the slot's time: read again");
    expect_note_in_spite_of(
        "ReadFile:1:997,ReadFile:2:997,"
        "GetOverlappedResult:1:121,GetOverlappedResult:2:121");
}

CHECK(
    read_errors_count, .name = "Any other error of ReadFile is reported",
    .todo = 3, .read = WRONG)
{
    expect_reported(
        "collector",
        "ReadFile",
        "1",
        "only 121 means silence: report the others by die(\"ReadFile\")");
}

CHECK(
    result_errors_count, .name = "Any other end of a read is reported",
    .todo = 3, .read = WRONG)
{
    tried(
        "let ReadFile return FALSE with 997, and GetOverlappedResult fail "
        "with error %lu",
        other_error());
    struct program *collector = start_serving(
        "collector",
        NULL,
        "ReadFile:1:997,GetOverlappedResult:1:other");
    likely("only 121 means silence: report the others by "
           "die(\"GetOverlappedResult\")");
    expect_failure(collector, "GetOverlappedResult", other_error());
}

CHECK(
    ctrl_c_ends_it, .name = "Ctrl+C ends an idle collector", .slow = true,
    .todo = 4, .read = READ_IT)
{
    tried("held the collector before ReadFile, pressed Ctrl+C, let it go on, "
          "and put nothing into the slot");
    struct program *collector = hold("collector", NULL);
    likely("the handler sets a flag. The read ends when its time is over; "
           "then look at the flag, note or no note");
    stop(collector);
    expect_sum(collector, "0 notes, 0 lost, 0 repeated, 0 unheard");
    expect_no_errors(collector);
    expect_tidy(collector);
}

/** Whether a note was read behind SetMailslotInfo. */
static bool has_read_the_rest(const struct program *collector)
{
    const struct lens_record *set = find_call(collector, "SetMailslotInfo", 1);
    const struct lens_record *read;
    for (uint32_t at = 0; (read = next_call(collector, "ReadFile", &at));)
        if (set != NULL && read->t0 > set->t0 && read->bytes > 0)
            return true;
    return false;
}

/** Says what is likely wrong with a collector that has not counted all. */
static void likely_of_the_rest(struct program *collector)
{
    DWORD code;
    wait_for_scene_end(collector, &code);
    if (has_read_the_rest(collector))
        likely("what is read at the end is a note like any other: hand it to "
               "take_message, which prints and counts it");
    else
        likely("what is unread dies with the slot: read until it is empty, by "
               "SetMailslotInfo without waiting, before the slot is closed");
}

CHECK(
    last_notes_are_read, .name = "Notes that are in the slot are read",
    .todo = 4, .read = READ_IT, .needs = &ctrl_c_ends_it)
{
    tried("held the collector before ReadFile, put three notes into the slot, "
          "pressed Ctrl+C and let it go on");
    struct program *collector = hold_with_notes("collector", NULL, 3);
    stop(collector);
    likely_of_the_rest(collector);
    expect_sum(collector, "3 notes, 0 lost, 0 repeated, 0 unheard");
}

CHECK(
    ctrl_c_beats_the_limit, .name = "Ctrl+C ends it before its limit, too",
    .todo = 4, .read = READ_IT, .needs = &ctrl_c_ends_it)
{
    tried("held `collector 3` before ReadFile, put one note into the slot, "
          "pressed Ctrl+C and let it go on");
    struct program *collector = hold_with_notes("collector 3", NULL, 1);
    likely("the flag ends it, or the limit: with both, `!stopping && (limit "
           "== 0 || notes < limit)`, and the brackets count");
    stop(collector);
    expect_sum(collector, "1 notes, 0 lost, 0 repeated, 0 unheard");
}

CHECK(
    limit_leaves_nothing, .name = "Notes beyond the limit are read, too",
    .todo = 4, .read = READ_IT, .needs = &last_notes_are_read)
{
    tried("held `collector 1` before ReadFile, put three notes into the slot, "
          "and let it go on");
    struct program *collector = hold_with_notes("collector 1", NULL, 3);
    open_gate(collector);
    likely("what is unread dies with the slot, whatever has ended the "
           "collector: Ctrl+C or its limit");
    expect_sum(collector, "3 notes, 0 lost, 0 repeated, 0 unheard");
}

CHECK(
    end_does_not_wait, .name = "The last reads do not wait", .todo = 4,
    .read = READ_IT, .needs = &ends_after_its_notes)
{
    tried("held `collector 2` before ReadFile, put two notes into its slot, "
          "and looked at the slot's time-out after them");
    struct program *collector = hold_with_notes("collector 2", NULL, 2);
    open_gate(collector);
    likely("a writer that is never silent for so long keeps the collector: "
           "SetMailslotInfo with 0 first, or GetMailslotInfo before each read");
    expect_end(collector, EXIT_SUCCESS);
    const struct lens_record *last = find_call(collector, "ReadFile", 3);
    unsigned long long wait_ms =
        last != NULL ? time_out_at(collector, last) : 0;
    if (wait_ms != 0)
        fail_check(
            "no waiting for more than is there",
            "ReadFile number 3 may wait for %llu ms",
            wait_ms);
}

CHECK(
    end_has_an_end, .name = "Quick writers do not keep it from its end",
    .todo = 4, .read = READ_IT, .needs = &ctrl_c_ends_it)
{
    tried("held the collector before ReadFile, pressed Ctrl+C, and let each "
          "ReadFile say that there is a message (of no byte)");
    likely("a writer that is quicker than the collector keeps it: after the "
           "end has come, read LAST_NOTES messages at most");
    /* The second gate, which stays shut, is for a loop that has no end. */
    struct program *collector = start_serving(
        "collector",
        "ReadFile:1,ReadFile:1500",
        "ReadFile:*:109");
    wait_at_gate(collector);
    stop(collector);
    expect_sum(collector, "0 notes, 0 lost, 0 repeated, 0 unheard");
}

/** Starts `collector 1`, puts a note into its slot, and lets it read. */
static struct program *start_for_one(const char *fault)
{
    struct program *collector = hold_with_notes("collector 1", fault, 1);
    open_gate(collector);
    return collector;
}

CHECK(
    failed_set_is_reported, .name = "An error of SetMailslotInfo is reported",
    .todo = 4, .read = READ_IT, .needs = &ends_after_its_notes)
{
    tried(
        "let `collector 1` read a note, and made its last SetMailslotInfo "
        "fail with error %lu",
        other_error());
    struct program *collector = start_for_one(NULL);
    expect_end(collector, EXIT_SUCCESS);
    uint32_t calls = count_calls(collector, "SetMailslotInfo");
    if (calls == 0)
        return;  // it can be done without
    char fault[40];
    snprintf(
        fault,
        sizeof fault,
        "SetMailslotInfo:%lu:other",
        (unsigned long)calls);
    struct program *second = start_for_one(fault);
    likely("its result is not looked at: then the last reads wait");
    expect_failure(second, "SetMailslotInfo", other_error());
}

CHECK(
    gap_is_counted, .name = "What is missing is counted", .todo = 5,
    .read = READ_IT, .needs = &ends_after_its_notes)
{
    tried("put the notes 1, 2, 6 and 8 of one run into the slot");
    struct program *collector = start_serving("collector 4", NULL, NULL);
    put_note(FAN, "fan", 1, "a");
    put_note(FAN, "fan", 2, "b");
    put_note(FAN, "fan", 6, "c");
    put_note(FAN, "fan", 8, "d");
    likely("between the last number and this one there are number - last - 1 "
           "others");
    expect_line(collector, "fan 8: d", 1);
    expect_sum(collector, "4 notes, 4 lost, 0 repeated, 0 unheard");
    expect_output(
        collector,
        "ready\nfan 1: a\nfan 2: b\nfan: 3 lost\nfan 6: c\nfan: 1 lost\n"
        "fan 8: d\n4 notes, 4 lost, 0 repeated, 0 unheard\n");
}

CHECK(
    large_numbers_count, .name = "Large numbers count like small ones",
    .todo = 5, .read = READ_IT, .needs = &gap_is_counted)
{
    tried("put the notes 1, 2147483650 and 3000000000 of one run into the "
          "slot");
    struct program *collector = start_serving("collector 3", NULL, NULL);
    put_note(FAN, "fan", 1, "a");
    put_note(FAN, "fan", 2147483650u, "b");
    put_note(FAN, "fan", 3000000000u, "c");
    likely("a number has 32 bits, and none of them is a sign: compare number "
           "and last as they are, not their difference as an int");
    expect_line(collector, "fan 3000000000: c", 1);
    expect_sum(collector, "3 notes, 2999999997 lost, 0 repeated, 0 unheard");
}

CHECK(
    runs_are_apart, .name = "Each run has its own numbers", .todo = 5,
    .read = READ_IT, .needs = &gap_is_counted)
{
    tried("put the notes fan 1, disk 1, fan 2, disk 2, disk 4 into the slot");
    struct program *collector = start_serving("collector 5", NULL, NULL);
    put_note(FAN, "fan", 1, "a");
    put_note(DISK, "disk", 1, "b");
    put_note(FAN, "fan", 2, "c");
    put_note(DISK, "disk", 2, "d");
    put_note(DISK, "disk", 4, "e");
    likely("each run has its own numbers");
    expect_line(collector, "disk 4: e", 1);
    expect_sum(collector, "5 notes, 1 lost, 0 repeated, 0 unheard");
}

CHECK(
    repeated_note_is_no_loss, .name = "A note that comes again is no loss",
    .todo = 5, .read = READ_IT, .needs = &ends_after_its_notes)
{
    tried("put the notes 1, 3, 2, 3, 4 and 5 of one run into the slot");
    struct program *collector = start_serving("collector 6", NULL, NULL);
    likely("a number that is not above the last one is counted as repeated "
           "and changes nothing else; number - last - 1 would be some four "
           "thousand million");
    static const uint32_t NUMBERS[] = {1, 3, 2, 3, 4, 5};
    for (size_t i = 0; i < ARRAYSIZE(NUMBERS); i++)
        put_note(FAN, "fan", NUMBERS[i], "again");
    expect_line(collector, "fan 5: again", 1);
    expect_sum(collector, "6 notes, 1 lost, 2 repeated, 0 unheard");
}

CHECK(
    new_run_begins_anywhere, .name = "A new run may begin with any number",
    .todo = 5, .read = READ_IT, .needs = &ends_after_its_notes)
{
    tried("put the notes 5 and 7 of a run into the slot that the collector "
          "had never heard of");
    struct program *collector = start_serving("collector 2", NULL, NULL);
    put_note(FAN, "fan", 5, "a");
    put_note(FAN, "fan", 7, "b");
    likely("what a new run has sent before may have reached another "
           "collector: it is unheard, not lost");
    expect_line(collector, "fan 7: b", 1);
    expect_sum(collector, "2 notes, 1 lost, 0 repeated, 4 unheard");
    expect_output(
        collector,
        "ready\nfan 5: a\nfan: 1 lost\nfan 7: b\n"
        "2 notes, 1 lost, 0 repeated, 4 unheard\n");
}

CHECK(
    restarted_writer_loses_nothing,
    .name = "A writer that starts again loses nothing", .read = READ_IT,
    .needs = &ends_after_its_notes)
{
    tried("put fan 1 and fan 2 of one run into the slot, then fan 1 of "
          "another run");
    struct program *collector = start_serving("collector 3", NULL, NULL);
    put_note(FAN, "fan", 1, "a");
    put_note(FAN, "fan", 2, "b");
    put_note(DISK, "fan", 1, "c");
    likely("a run is known by its field `run`, not by its name");
    expect_line(collector, "fan 1: c", 1);
    expect_sum(collector, "3 notes, 0 lost, 0 repeated, 0 unheard");
}

CHECK(
    memory_has_a_limit, .name = "The collector's memory has a limit",
    .read = READ_IT, .needs = &new_run_begins_anywhere)
{
    tried("put a note of each of 100 runs into the slot, then note 2 of the "
          "last and of the first");
    struct program *collector = start_serving("collector 102", NULL, NULL);
    likely("the collector remembers too few runs, or forgets the wrong ones");
    for (unsigned i = 1; i <= 100; i++) {
        put_note(i, "many", 1, "a");
        if (i % 20 == 0)
            expect_line(collector, "many 1: a", i);
    }
    put_note(100, "many", 2, "known");
    put_note(1, "many", 2, "forgotten");
    expect_line(collector, "many 2: forgotten", 1);
    expect_sum(collector, "102 notes, 0 lost, 0 repeated, 1 unheard");
}

CHECK(
    strange_messages_do_no_harm, .name = "Strange messages do no harm",
    .read = WRONG, .needs = &ends_after_its_notes)
{
    tried("put messages into the slot that are no notes: of no byte and of "
          "one, without a run, a number, an end of the name");
    struct program *collector = start_serving("collector 1", NULL, NULL);
    likely("anybody may write into the slot: look at what came first");
    struct note bad = {.run = FAN, .number = 1};
    memset(bad.name, 'b', sizeof bad.name);
    put("", 0);
    put("?", 1);
    put(&bad, sizeof bad);
    put_note(0, "bad", 1, "no run");
    put_note(FAN, "bad", 0, "no number");
    put_note(FAN, "fan", 1, "good");
    expect_line(collector, "fan 1: good", 1);
    expect_sum(collector, "1 notes, 0 lost, 0 repeated, 0 unheard");
}

CHECK(
    wrong_arguments_are_refused, .name = "Wrong arguments are refused",
    .slow = true)
{
    expect_refused("collector some,collector 0,collector 1 2");
}

CHECK(
    note_is_sent, .name = "The writer's notes arrive, numbered",
    .program = "note", .read = READ_IT)
{
    tried("let `note fan one - three` write to `collector 2`");
    struct program *collector = start_serving("collector 2", NULL, NULL);
    struct program *note = start("note fan one - three");
    likely("the writer does not number its notes, or does not share the slot");
    expect_success(note);
    expect_no_leak(note);
    expect_no_bad_close(note);
    expect_right_on_windows(note);
    expect_end(collector, EXIT_SUCCESS);
    expect_output(
        collector,
        "ready\nfan 1: one\nfan: 1 lost\nfan 3: three\n"
        "2 notes, 1 lost, 0 repeated, 0 unheard\n");
}

CHECK(
    two_writers_at_once, .name = "Two writers can have the slot open",
    .program = "note", .read = WRONG, .needs = &note_is_sent)
{
    tried("held `note fan hello` before WriteFile, with the slot open, and let "
          "`note disk hello` write meanwhile");
    struct program *collector = start_serving("collector 2", NULL, NULL);
    struct program *note = start_held("note fan hello", "WriteFile:1", NULL);
    likely("a writer opens the slot with FILE_SHARE_READ | FILE_SHARE_WRITE");
    expect_end(start("note disk hello"), EXIT_SUCCESS);
    expect_line(collector, "disk 1: hello", 1);
    open_gate(note);
    expect_line(collector, "fan 1: hello", 1);
}

CHECK(
    lost_note_is_reported, .name = "A note without a collector is lost (2)",
    .program = "note", .read = WRONG)
{
    tried("started `note fan one two` without a collector");
    struct program *note = start("note fan one two");
    likely("error 2 means that nobody has the slot: the note is lost, and the "
           "next one has its own chance");
    expect_failure(note, "CreateFileW", ERROR_FILE_NOT_FOUND);
    if (count_calls(note, "CreateFileW") != 2)
        fail_check(
            "two tries",
            "%u calls of CreateFileW",
            count_calls(note, "CreateFileW"));
}

CHECK(
    writer_outlives_the_collector, .name = "The writer outlives the collector",
    .program = "note", .read = READ_IT, .needs = &note_is_sent)
{
    tried("let `note fan one two three` write to one collector, and, after "
          "its end, to the next");
    struct program *note = start_held(
        "note fan one two three",
        "CreateFileW:1,CreateFileW:2",
        NULL);
    struct program *first = start_serving("collector 1", NULL, NULL);
    open_gate_number(note, 0);
    likely("a writer that keeps the slot open writes to one that is gone, and "
           "under Wine nobody can make it again (183)");
    expect_end(first, EXIT_SUCCESS);
    wait_at_gate_number(note, 1);
    struct program *second = start_serving("collector 2", NULL, NULL);
    open_gate_number(note, 1);
    expect_end(note, EXIT_SUCCESS);
    expect_end(second, EXIT_SUCCESS);
    expect_output(
        second,
        "ready\nfan 2: two\nfan 3: three\n"
        "2 notes, 0 lost, 0 repeated, 1 unheard\n");
}

CHECK(
    writer_never_hangs, .name = "The writer never hangs", .program = "note",
    .read = READ_IT)
{
    tried("held the collector, put so many messages into its slot that it "
          "takes no more, and started `note fan hello`");
    hold("collector", NULL);
    likely("the writer waits without a deadline: FILE_FLAG_OVERLAPPED, "
           "GetOverlappedResultEx, CancelIoEx");
    HANDLE slot = open_slot();
    bool full = false;
    for (int i = 0; !full && i < 2000; i++)
        full = !try_put(slot, "filler", 6);
    CloseHandle(slot);
    struct program *note = start("note fan hello");
    expect_end(note, full ? EXIT_FAILURE : EXIT_SUCCESS);
    if (full)
        expect_error(note, "GetOverlappedResultEx", WAIT_TIMEOUT);
}

CHECK(
    write_errors_count, .name = "An error of WriteFile is reported",
    .program = "note", .read = READ_IT)
{
    tried(
        "made the WriteFile of `note fan hello` fail with error %lu",
        other_error());
    start_serving("collector", NULL, NULL);
    struct program *note =
        start_as("note fan hello", NULL, "WriteFile:1:other");
    likely("the writer does not look at the result of WriteFile");
    expect_failure(note, "WriteFile", other_error());
}

CHECK(
    wrong_notes_are_refused, .name = "Wrong names of writers are refused",
    .program = "note")
{
    tried("started `note` without a name, and with one of 20 letters");
    likely("the writer does not look at its arguments");
    expect_end(start("note"), 2);
    expect_end(start("note abcdefghijklmnopqrst hello"), 2);
}

CHECK(
    comparison_is_right, .name = "The comparison prints its table",
    .program = "compare", .read = "Run it")
{
    tried("started `compare`");
    struct program *compare = start("compare");
    likely("the table in the notes is another one now");
    expect_end(compare, EXIT_SUCCESS);
    expect_output(
        compare,
        "                two slots    one pipe\n"
        "answered               43          43\n"
        "server left     error 121   error 109\n"
        "a stranger            666          43\n");
    expect_tidy(compare);
    expect_right_on_windows(compare);
}

static const struct check *const CHECKS[] = {
    &prints_notes,
    &waits_but_not_for_ever,
    &slot_has_a_limit,
    &taken_name_is_reported,
    &long_note_comes_whole,
    &buffer_is_the_slots,
    &failed_info_is_reported,
    &silence_is_no_failure,
    &pending_is_no_failure,
    &pending_may_find_nothing,
    &read_errors_count,
    &result_errors_count,
    &ends_after_its_notes,
    &ctrl_c_ends_it,
    &last_notes_are_read,
    &ctrl_c_beats_the_limit,
    &limit_leaves_nothing,
    &end_does_not_wait,
    &end_has_an_end,
    &failed_set_is_reported,
    &gap_is_counted,
    &large_numbers_count,
    &runs_are_apart,
    &repeated_note_is_no_loss,
    &new_run_begins_anywhere,
    &restarted_writer_loses_nothing,
    &memory_has_a_limit,
    &strange_messages_do_no_harm,
    &wrong_arguments_are_refused,
    &note_is_sent,
    &two_writers_at_once,
    &lost_note_is_reported,
    &writer_outlives_the_collector,
    &writer_never_hangs,
    &write_errors_count,
    &wrong_notes_are_refused,
    &comparison_is_right,
    NULL,
};

int main(int argc, char *argv[])
{
    return run_checks(argc, argv, "14-mailslots", CHECKS);
}
