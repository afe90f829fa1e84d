/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The story of a run: who did what, what led to what, in which row.
 *
 * It is told in steps, each in a file of its own: story_read() makes the
 * processes, threads and items out of the record; story_find_handles() follows
 * the handles; story_find_causes() and story_find_messages() draw the arrows;
 * story_lay_out() gives each item its row, and each thread its column.
 */
#ifndef VIEW_STORY_H
#define VIEW_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lens/ends.h"
#include "lens/record.h"
#include "lens/view/text.h"

/** In the place of an item, a thread, a process that there is not. */
#define NOTHING (-1)

enum {
    ITEMS_MAX = 2 * LENS_RECORDS,
    ARROWS_MAX = 4 * LENS_RECORDS,
    EXCERPT_WITHOUT = 8,
};

/** A process of the run. */
struct process {
    const struct lens_record *start;  ///< NULL: it has no such record
    uint32_t pid;
    char label[80];  ///< its name; with a number where several have the same
    int64_t ended;   ///< when its record ends
    bool is_over;    ///< its end is recorded: an exit or a crash
};

/** A thread: a lifeline of the picture. */
struct thread {
    int process;
    uint32_t tid;
    int number;       ///< within its process, from 1
    int first, last;  ///< rows
    int column;
    bool heads;  ///< the first of its column: its name stands at the top
};

/** What an item is. */
enum item_kind {
    ITEM_CALL,
    ITEM_ROUTINE,
    ITEM_LEAK,
    ITEM_WARNING,
    ITEM_CRASH,
    ITEM_EXIT,
    ITEM_LOST
};

/** One thing that a thread did, or that befell it. */
struct item {
    enum item_kind kind;
    const struct lens_record *record;  ///< NULL: the end is not recorded
    int thread;
    int depth;          ///< inside of how many calls of its thread it is
    int64_t from, to;   ///< ticks; `to` is the process's end if it is inside
    bool inside;        ///< it never returned
    int opener;         ///< the item that opened the handle it works on
    int operation_end;  ///< where its overlapped operation was seen to end
    int operation;      ///< the item whose operation is seen to end here
    bool forgotten;     ///< nobody asked how its overlapped operation ended
    int forgotten_to;   ///< the call that closed its handle, or NOTHING
    int holder;         ///< the wait by which another thread had the mutex
                        ///< that this one waits for, or NOTHING
    bool gets;          ///< an arrow ends here
    bool sends;         ///< a message leaves from here
    bool blocked;       ///< it waited
    bool existed;       ///< what it was to make was there already
    bool hidden;        ///< the picture leaves it out
    bool goes_on;       ///< it ends below the part that the picture shows
    bool ends_apart;    ///< its end is an event of its own row
    int row, end_row;
    char source[64];  ///< "server.c:58", or empty
};

/** Why an arrow is there. */
enum arrow_kind {
    ARROW_MESSAGE,  ///< bytes
    ARROW_CONNECT,  ///< a client opens a pipe
    ARROW_CLOSE,    ///< the other side is told by an error
    ARROW_START,    ///< a thread or a process was made
    ARROW_SIGNAL,   ///< a wait was ended
    ARROW_ORDER,    ///< not drawn: one was there before the other
};

/** From when on a handle's number means which handle. */
struct life {
    int process;
    uint32_t value;
    int64_t from;
    int opener;
    int number;  ///< the name that a stable picture shows: h1, h2 ...
};

/**
 * From one item to another. Messages and the like lead from the beginning of
 * the one to the end of the other, since that is all that is sure: the bytes
 * were not there before, and are there now.
 */
struct arrow {
    enum arrow_kind kind;
    int from, to;
    bool from_end;   ///< from the end of `from`, not from its beginning
    bool to_start;   ///< to the beginning of `to`, not to its end
    char text[160];  ///< UTF-8, shown beside it
};

/** Which part of a run a picture shows: from the beginning of one call to the
 *  end of another, and of what that one has led to. A call is named as
 * `server/ReadFile:2`. */
struct excerpt {
    const char *from, *to;                 ///< NULL: all of it
    const char *without[EXCERPT_WITHOUT];  ///< threads that are left out:
                                           ///< "server, thread 2"
};

/** All of it. */
struct story {
    const struct lens_file *file;
    struct excerpt excerpt;
    unsigned header;  ///< bytes in front of a message's text
    bool stable;      ///< nothing is shown that changes from run to run
    int64_t start, end;
    struct process process[LENS_RECORDS];
    struct thread thread[LENS_RECORDS];
    struct item item[ITEMS_MAX];
    struct arrow arrow[ARROWS_MAX];
    struct life life[2 * LENS_RECORDS + LENS_ENDS_MAX];
    int item_of[LENS_RECORDS];            ///< by the record's place in the file
    struct lens_end held[LENS_ENDS_MAX];  ///< ends of pipes without a name
    size_t helds;
    int processes, threads, items, arrows, lives;
    int by_row[ITEMS_MAX];  ///< the items from top to bottom
    int rank[ITEMS_MAX];    ///< each item's place in that order
    int rows, columns;
    int label_columns;  ///< how long a line of a label may be, in letters
};

/** Step 1. */
void story_read(struct story *story, const struct lens_file *file);
/** Step 2: opener, operation_end and operation of each item. */
void story_find_handles(struct story *story);
/** Step 3: threads and processes that were made, waits that were ended. */
void story_find_causes(struct story *story);
/** Step 4: connections, messages, ends. */
void story_find_messages(struct story *story);
/** Step 5: rows and columns; which calls have waited. Returns NULL, or what the
 *  excerpt names and the run does not have. */
const char *story_lay_out(struct story *story);
/** Step 6: numbers for the handles. */
void story_number_handles(struct story *story);

/** The handle that a process knew by a number at a time, or NOTHING. */
int story_life(
    const struct story *story, int process, uint32_t value, int64_t time);

/** Adds an arrow; `text` may be NULL. Without room it changes nothing that
 *  the story keeps. */
struct arrow *story_add_arrow(
    struct story *story, enum arrow_kind kind, int from, int to,
    const char *text);

/** Microseconds between two times. */
double story_us(const struct story *story, int64_t from, int64_t to);

/** The process in which an item is. */
static inline const struct process *story_process(
    const struct story *story, const struct item *item)
{
    return &story->process[story->thread[item->thread].process];
}

/** Whether the call returned and did not fail. */
bool item_succeeded(const struct item *item);

/** Whether it failed, with this code. */
bool item_failed_with(const struct item *item, uint32_t error);

/** Whether a call took so long that it must have waited. A stable story knows
 *  it only of those whose purpose that is, or that say so. */
bool item_waited_long(const struct story *story, const struct item *item);

/** When its work was over: for an overlapped operation, when its end was
 *  seen. Returns the item that saw it. */
int story_finish(const struct story *story, int index);

#endif
