/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Exercise 16: a ledger of accounts in shared memory.
 *
 * Usage: `ledger FROM TO AMOUNT` moves money from one account to another,
 * `ledger in TO AMOUNT` pays money in, `ledger show` prints all accounts.
 * `ledger keep` keeps the book until `ledger end`. `ledger -x FROM TO AMOUNT`
 * ends in the middle of the transfer.
 *
 * Read main first, then transfer, take_lock and repair.
 *
 * @see https://learn.microsoft.com/windows/win32/sync/mutex-objects
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "common/console.h"
#include "common/error.h"

#define BOOK_NAME L"Local\\pipework-16-book"
#define LOCK_NAME L"Local\\pipework-16-book-lock"
#define END_NAME  L"Local\\pipework-16-book-end"

/** The book has a page for each account, and page 0. A real one is larger than
 * anybody wants to map: so an account's page is mapped when it is needed. */
enum { VERSION = 1, ACCOUNTS = 8, OPENING = 100, PAGE_SIZE = 65536 };

/** Page 0, all zero at first. Each program has it mapped as long as it runs. */
struct front {
    _Atomic uint32_t version;  // written last: the accounts are ready then

    /* TODO(1): what somebody else must know to repair a transfer whose program
     * has been killed, wherever that was. */
    /* END TODO(1) */
};

/** The beginning of an account's page. */
struct account {
    int64_t balance;
};

/** What a program has that uses the book. */
struct book {
    HANDLE lock;
    HANDLE mapping;
    struct front *front;
};

/** What the user asks for. */
struct order {
    uint32_t from;  // 0: money is paid in
    uint32_t to;
    int64_t amount;
    bool half;  // the program shall end between the two changes
};

/** Maps one page of the book. */
static void *open_page(const struct book *book, uint32_t page)
{
    void *view = MapViewOfFile(
        book->mapping,
        FILE_MAP_WRITE,
        0,                 // offset, upper half
        page * PAGE_SIZE,  // lower half: a multiple of 64 KiB
        PAGE_SIZE);
    if (view == NULL)
        die("MapViewOfFile");
    return view;
}

static void close_page(const void *view)
{
    if (!UnmapViewOfFile(view))
        die("UnmapViewOfFile");
}

/** What an account has. */
static int64_t balance_of(const struct book *book, uint32_t number)
{
    const struct account *account = open_page(book, number);
    int64_t balance = account->balance;
    close_page(account);
    return balance;
}

/** Changes what an account has. */
static void set_balance(
    const struct book *book, uint32_t number, int64_t balance)
{
    struct account *account = open_page(book, number);
    account->balance = balance;
    close_page(account);
}

/** Makes the book whole again, if somebody was killed in the middle of a
 * transfer: afterwards all of it is done, or nothing. The caller has the lock,
 * and may be killed as well. */
static void repair(const struct book *book)
{
    struct front *front = book->front;

    /* TODO(2): make it whole. */
    (void)front;
    /* END TODO(2) */
}

/** Waits until the lock is ours and the book is whole. */
static void take_lock(const struct book *book)
{
    /* TODO(3): who had the lock before may have been killed. */
    if (WaitForSingleObject(book->lock, INFINITE) == WAIT_OBJECT_0)
        return;
    repair(book);
    die("WaitForSingleObject");
    /* END TODO(3) */
}

static void release_lock(const struct book *book)
{
    if (!ReleaseMutex(book->lock))
        die("ReleaseMutex");
}

/** Moves money; tells whether there is enough. */
static bool transfer(const struct book *book, const struct order *order)
{
    struct front *front = book->front;
    take_lock(book);
    int64_t from_balance = balance_of(book, order->from);
    int64_t to_balance = balance_of(book, order->to);
    bool enough = from_balance >= order->amount;
    if (enough) {
        /* TODO(4): leave behind what repair needs. */
        (void)front;
        /* END TODO(4) */

        set_balance(book, order->from, from_balance - order->amount);
        if (order->half && !TerminateProcess(GetCurrentProcess(), EXIT_SUCCESS))
            die("TerminateProcess");
        set_balance(book, order->to, to_balance + order->amount);

        /* TODO(5): what has to be known from here on? */
        /* END TODO(5) */
    }
    release_lock(book);
    return enough;
}

/** Pays money in. There is one change only: it is done or not. */
static void pay_in(const struct book *book, uint32_t to, int64_t amount)
{
    take_lock(book);
    set_balance(book, to, balance_of(book, to) + amount);
    release_lock(book);
}

/** Fills a book that nobody has filled yet. */
static void prepare(const struct book *book)
{
    take_lock(book);
    if (book->front->version == 0) {
        for (uint32_t number = 1; number <= ACCOUNTS; number++)
            set_balance(book, number, OPENING);
        book->front->version = VERSION;  // last of all
    }
    release_lock(book);
}

static struct book open_book(void)
{
    struct book book;
    book.lock = CreateMutexW(NULL, FALSE, LOCK_NAME);
    if (book.lock == NULL)
        die("CreateMutexW");
    book.mapping = CreateFileMappingW(
        INVALID_HANDLE_VALUE,  // no file
        NULL,                  // default security
        PAGE_READWRITE,
        0,                           // size, upper half
        (ACCOUNTS + 1) * PAGE_SIZE,  // lower half
        BOOK_NAME);
    if (book.mapping == NULL)
        die("CreateFileMappingW");
    book.front = open_page(&book, 0);
    if (book.front->version == 0)
        prepare(&book);
    return book;
}

static void close_book(const struct book *book)
{
    close_page(book->front);
    CloseHandle(book->mapping);
    CloseHandle(book->lock);
}

/** Prints all accounts. */
static void show(const struct book *book)
{
    int64_t balances[ACCOUNTS + 1], sum = 0;
    take_lock(book);
    for (uint32_t number = 1; number <= ACCOUNTS; number++)
        balances[number] = balance_of(book, number);
    release_lock(book);
    for (uint32_t number = 1; number <= ACCOUNTS; number++) {
        printf("%u: %lld\n", number, (long long)balances[number]);
        sum += balances[number];
    }
    printf("sum: %lld\n", (long long)sum);
}

/** Keeps the book open until somebody sets the event. */
static void keep(void)
{
    HANDLE end = CreateEventW(NULL, TRUE, FALSE, END_NAME);
    if (end == NULL)
        die("CreateEventW");
    printf("ready\n");
    fflush(stdout);
    if (WaitForSingleObject(end, INFINITE) == WAIT_FAILED)
        die("WaitForSingleObject");
    CloseHandle(end);
}

/** Opens the event by which the keeper is told to end. */
static HANDLE open_end(void)
{
    HANDLE end = OpenEventW(EVENT_MODIFY_STATE, FALSE, END_NAME);
    if (end == NULL)
        die("OpenEventW");
    return end;
}

static int end_keeper(void)
{
    HANDLE end = open_end();
    if (!SetEvent(end))
        die("SetEvent");
    CloseHandle(end);
    return EXIT_SUCCESS;
}

/** Does what the user asks for; returns the exit status. */
static int carry_out(const struct book *book, const struct order *order)
{
    if (order->from == 0) {
        pay_in(book, order->to, order->amount);
    } else if (!transfer(book, order)) {
        fprintf(stderr, "there is not enough on account %u\n", order->from);
        return EXIT_FAILURE;
    }
    printf("%lld for account %u\n", (long long)order->amount, order->to);
    return EXIT_SUCCESS;
}

static _Noreturn void usage(void)
{
    fprintf(
        stderr,
        "usage: ledger FROM TO AMOUNT | in TO AMOUNT | show | keep | end\n"
        "       (accounts are 1 to %d, FROM is not TO)\n",
        ACCOUNTS);
    exit(EXIT_USAGE);
}

/** Reads the number of an account; ends the program if it is none. */
static uint32_t account_number(const char *text)
{
    unsigned long number = strtoul(text, NULL, 10);
    if (number < 1 || number > ACCOUNTS)
        usage();
    return (uint32_t)number;
}

/** Reads the three or four words of an order. */
static struct order read_order(char **words, int count)
{
    struct order order = {.half = count == 4 && strcmp(words[0], "-x") == 0};
    if (count != 3 && !order.half)
        usage();
    if (order.half)
        words++;
    if (order.half || strcmp(words[0], "in") != 0)
        order.from = account_number(words[0]);
    order.to = account_number(words[1]);
    order.amount = strtol(words[2], NULL, 10);
    if (order.from == order.to || order.amount < 1)
        usage();
    return order;
}

int main(int argc, char *argv[])
{
    use_utf8_console();
    const char *action = argc == 2 ? argv[1] : "";
    if (strcmp(action, "end") == 0)
        return end_keeper();
    bool keeps = strcmp(action, "keep") == 0;
    bool shows = strcmp(action, "show") == 0;
    struct order order = {0};
    if (!keeps && !shows)
        order = read_order(argv + 1, argc - 1);

    int status = EXIT_SUCCESS;
    struct book book = open_book();
    if (keeps)
        keep();
    else if (shows)
        show(&book);
    else
        status = carry_out(&book, &order);
    close_book(&book);
    return status;
}
