/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Memory: each block that malloc gives stands alone, and is watched.
 *
 * While the lens records, a block ends where its pages end: a step behind it,
 * or a look at it after it was freed, is an exception at the very line. What is
 * too near for that, since a block begins at a multiple of 16, is found by the
 * bytes around it when it is freed, or when the program ends. What the C
 * library has allocated by itself, and what is very large, is not watched.
 *
 * @see "VirtualAlloc function" and "OVERLAPPED structure" on Microsoft Learn
 */
#include "lens/lens.h"
#include <stdatomic.h>
#include <string.h>

#define PAGE     4096
#define PAGES    ((size_t)1 << 17)  // of address space; memory as it is used
#define LARGEST  ((size_t)1 << 24)  // what is larger is not watched
#define BLOCKS   8192               // so many at once: the system has a limit
#define MISTAKES 32                 // that are told, besides leaks
#define ALIGN    16
#define IN_FRONT 64  // bytes that are looked at before a block
#define PLACES   16  // that are asked for what they have lost
#define LOOKS    16  // at blocks of one place
#define SLOTS    (TLS_MINIMUM_AVAILABLE + 1024)
/** What Windows calls a stack buffer overrun. */
#define STACK_SPOILED 0xC0000409u
/** What nobody has written yet, and what nobody may write. */
#define FRESH 0xCD
#define FENCE 0xFD

enum state { NO_BLOCK, LIVE, FREED };

/** A block, in the place of its first page. */
struct block {
    size_t size;
    uint32_t made_at;
    uint32_t freed_at;
    uint32_t state;
};

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void (*free)(void *);
} real;

static char *room;  ///< NULL: nothing is watched
static struct block *blocks;
static _Atomic size_t pages_used;
static _Atomic int live_blocks;
static SRWLOCK lock = SRWLOCK_INIT;

/** A function of the C library that the program is linked with. */
static void find_real(const char *name, void *function)
{
#ifdef _UCRT
    HMODULE library = GetModuleHandleW(L"ucrtbase.dll");
#else
    HMODULE library = GetModuleHandleW(L"msvcrt.dll");
#endif
    FARPROC found = GetProcAddress(library, name);

    memcpy(function, &found, sizeof found);
}

static void find_real_ones(void)
{
    if (real.free != NULL)
        return;
    find_real("malloc", &real.malloc);
    find_real("calloc", &real.calloc);
    find_real("realloc", &real.realloc);
    find_real("free", &real.free);
}

void lens_memory_watch(void)
{
    find_real_ones();
    blocks = VirtualAlloc(
        NULL,
        PAGES * sizeof *blocks,
        MEM_RESERVE | MEM_COMMIT,
        PAGE_READWRITE);
    if (blocks != NULL)
        room = VirtualAlloc(NULL, PAGES * PAGE, MEM_RESERVE, PAGE_NOACCESS);
}

/** The pages that a block takes, without the one behind it. */
static size_t pages_of(size_t size)
{
    return (size + ALIGN + IN_FRONT + PAGE - 1) / PAGE;
}

/** Where a block begins: as far behind in its pages as may be. */
static char *data_of(const struct block *block)
{
    char *first = room + (size_t)(block - blocks) * PAGE;
    size_t size = block->size == 0 ? 1 : block->size;

    return first + pages_of(block->size) * PAGE
           - (size + ALIGN - 1) / ALIGN * ALIGN;
}

/** The block around an address, or the next one before it; NULL if there is
 *  none. */
static struct block *block_at(const void *address)
{
    size_t offset = (size_t)((const char *)address - room);

    if (room == NULL || offset >= PAGES * PAGE)
        return NULL;
    for (size_t i = offset / PAGE + 1; i-- > 0;)
        if (blocks[i].state != NO_BLOCK)
            return &blocks[i];
    return NULL;
}

void lens_memory_tell(const struct lens_mistake *mistake)
{
    static _Atomic int told;
    struct lens_record *record;

    if (!mistake->is_leak && told++ >= MISTAKES)
        return;
    record = lens_take(LENS_KIND_MEMORY);
    if (record == NULL)
        return;
    struct lens_text text = LENS_TEXT(record->in);
    lens_put(&text, mistake->what);
    if (mistake->size != 0) {
        lens_put(&text, " ");
        lens_put_number(&text, mistake->size);
        lens_put(&text, " bytes");
    }
    record->caller = mistake->place;
    record->call = LENS_CALL_COUNT;
    record->handle2 = mistake->made_at;
    record->other = mistake->freed_at;
    record->error = mistake->is_leak;
    lens_publish(record, LENS_KIND_MEMORY);
    lens_finish(record);
}

/** Tells of a block; where, or 0: where it was made. */
static void tell_of(const char *what, const struct block *block, uint32_t place)
{
    lens_memory_tell(&(struct lens_mistake){
        .what = what,
        .size = (uint32_t)block->size,
        .place = place != 0 ? place : block->made_at,
        .made_at = block->made_at,
        .freed_at = block->freed_at,
    });
}

static bool is_fence(const char *from, const char *to)
{
    while (from < to)
        if ((unsigned char)*from++ != FENCE)
            return false;
    return true;
}

/** The end of the bytes behind a block, up to the page that nobody has. */
static char *end_of(const struct block *block)
{
    return room + ((size_t)(block - blocks) + pages_of(block->size)) * PAGE;
}

/** Tells whether somebody has written before or behind a block. */
static void look_at_fences(const struct block *block)
{
    const char *data = data_of(block);

    if (!is_fence(data + block->size, end_of(block)))
        tell_of("something is written behind a block of", block, 0);
    if (!is_fence(data - IN_FRONT, data))
        tell_of("something is written in front of a block of", block, 0);
}

/** Makes a block; NULL where it can't be watched. */
static void *make(size_t size, uint32_t place)
{
    struct block *block;
    size_t first;
    char *data;

    if (room == NULL || size > LARGEST || live_blocks >= BLOCKS)
        return NULL;
    first = atomic_fetch_add(&pages_used, pages_of(size) + 1);
    if (first + pages_of(size) + 1 > PAGES)
        return NULL;
    block = &blocks[first];
    /* cppcheck-suppress leakReturnValNotUsed */
    if (VirtualAlloc(
            room + first * PAGE,
            pages_of(size) * PAGE,
            MEM_COMMIT,
            PAGE_READWRITE)
        == NULL)
        return NULL;
    block->size = size;
    block->made_at = place;
    data = data_of(block);
    memset(data - IN_FRONT, FENCE, IN_FRONT);
    memset(data + size, FENCE, (size_t)(end_of(block) - data) - size);
    AcquireSRWLockExclusive(&lock);
    block->state = LIVE;
    live_blocks++;
    ReleaseSRWLockExclusive(&lock);
    return data;
}

/** Marks a live block as freed; NULL if it is none. */
static struct block *end_block(const void *data, uint32_t place)
{
    struct block *block;

    AcquireSRWLockExclusive(&lock);
    block = block_at(data);
    if (block != NULL && block->state == LIVE && data_of(block) == data) {
        block->state = FREED;
        live_blocks--;
        ReleaseSRWLockExclusive(&lock);
        block->freed_at = place;
        return block;
    }
    ReleaseSRWLockExclusive(&lock);
    if (block != NULL)
        tell_of(
            block->state == FREED
                ? "free gets what is freed already, a block of"
                : "free gets no beginning of a block of",
            block,
            place);
    return NULL;
}

/** Frees a watched block. */
static void let_go(const void *data, uint32_t place)
{
    struct block *block = end_block(data, place);

    if (block == NULL)
        return;
    look_at_fences(block);
    /* The system writes there still: a trap would hit the system. */
    if (lens_operation_inside(data, (const char *)data + block->size)) {
        tell_of("an operation goes on in a freed block of", block, place);
        return;
    }
    VirtualFree(
        room + (size_t)(block - blocks) * PAGE,
        pages_of(block->size) * PAGE,
        MEM_DECOMMIT);
}

/** Whether the C library can't have given this: it is a variable. */
static bool is_variable(const void *data)
{
    return lens_place(data) != 0 || lens_is_on_stack(data);
}

/** Tells of a pointer to a variable that is to be freed; false: it is none. */
static bool refuse_variable(const void *data, uint32_t place)
{
    if (room == NULL || !is_variable(data))
        return false;
    lens_memory_tell(&(struct lens_mistake){
        .what = "free or realloc gets what malloc has not given, a variable",
        .place = place,
    });
    return true;
}

bool lens_memory_is_live(const void *address)
{
    const struct block *block = block_at(address);

    return block != NULL && block->state == LIVE;
}

/** Whether an address lies in a block or so near behind that it is meant. */
static bool is_near(const struct block *block, const void *address)
{
    return (const char *)address < end_of(block) + PAGE;
}

bool lens_memory_look(
    const struct lens_call *call, const void *data, size_t size)
{
    const struct block *block = block_at(data);

    if (block == NULL || !is_near(block, data))
        return true;
    if (block->state == FREED) {
        tell_of("a call gets a freed block of", block, call->caller);
        return false;
    }
    if (size > block->size
        || (const char *)data + size > data_of(block) + block->size)
        tell_of("a call gets more than its block of", block, call->caller);
    return true;
}

void lens_memory_crashed(const void *address, uint32_t place)
{
    const struct block *block = block_at(address);

    if (block == NULL || !is_near(block, address))
        return;
    tell_of(
        block->state == FREED ? "it uses memory that it has freed, a block of"
                              : "it goes beyond a block of",
        block,
        place);
}

/* ---- what nobody freed --------------------------------------------------- */

/** Whether a pointer to the block stands between two addresses. */
static bool stands_in(
    const struct block *block, const char *from, const char *to)
{
    const char *data = data_of(block);

    for (from += -(uintptr_t)from % sizeof(char *); from + sizeof data <= to;
         from += sizeof data) {
        const char *here;
        memcpy(&here, from, sizeof here);
        if (here >= data && here <= data + block->size)
            return true;
    }
    return false;
}

/** Whether one of the other blocks leads to the block. */
static bool stands_in_block(const struct block *block)
{
    for (size_t i = 0; i < pages_used && i < PAGES; i++)
        if (blocks[i].state == LIVE && &blocks[i] != block
            && stands_in(
                block,
                data_of(&blocks[i]),
                data_of(&blocks[i]) + blocks[i].size))
            return true;
    return false;
}

/** Where the stack of the program begins, above the lens's own. */
static const char *stack_end;

/** Whether a thread-local slot leads to the block. */
static bool stands_in_slot(const struct block *block)
{
    for (DWORD i = 0; i < SLOTS; i++) {
        const char *value = TlsGetValue(i);
        if (stands_in(block, (const char *)&value, (const char *)(&value + 1)))
            return true;
    }
    return false;
}

/** Whether a part of the memory is this thread's for the system, and may hold
 *  the arguments of calls that are long over. */
static bool is_systems(const MEMORY_BASIC_INFORMATION *part)
{
    MEMORY_BASIC_INFORMATION teb;
    const void *own;
    ULONG_PTR low;
    ULONG_PTR high;

    /* NtCurrentTeb(), of which the compiler thinks that it reads from NULL. */
    __asm__("movq %%gs:0x30, %0" : "=r"(own));
    VirtualQuery(own, &teb, sizeof teb);
    if (part->AllocationBase == teb.AllocationBase)
        return true;
    /* Wine has a stack for its own side of a call, behind the thread's. */
    GetCurrentThreadStackLimits(&low, &high);
    return (ULONG_PTR)part->AllocationBase == high
           && GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version")
                  != NULL;
}

/**
 * Whether other memory of the process leads to the block: the stacks of all
 * threads, but for what this one has left of its own, and the other heaps.
 */
static bool stands_elsewhere(const struct block *block)
{
    MEMORY_BASIC_INFORMATION part;
    const char *here = NULL;

    while (VirtualQuery(here, &part, sizeof part) != 0) {
        const char *from = part.BaseAddress;
        const char *to = from + part.RegionSize;
        here = to;
        if (stack_end > from && stack_end < to)
            from = stack_end;
        if (part.State == MEM_COMMIT && part.Type == MEM_PRIVATE
            && (part.Protect == PAGE_READWRITE
                || part.Protect == PAGE_EXECUTE_READWRITE)
            && part.AllocationBase != room && !is_systems(&part)
            && stands_in(block, from, to))
            return true;
    }
    return false;
}

/** Whether the system uses the block. */
static bool is_lent(const struct block *block)
{
    const char *data = data_of(block);

    return lens_operation_inside(data, data + block->size);
}

/** Whether something that the program or the system still has leads to it. */
static bool is_reachable(const struct block *block)
{
    return lens_image_has(block, stands_in) || stands_in_block(block)
           || is_lent(block) || stands_in_slot(block)
           || stands_elsewhere(block);
}

/** Whether a block of those that a place has made is lost. */
static bool is_lost(uint32_t place)
{
    int looks = 0;

    for (size_t i = 0; i < pages_used && i < PAGES && looks < LOOKS; i++)
        if (blocks[i].state == LIVE && blocks[i].made_at == place) {
            if (!is_reachable(&blocks[i]))
                return true;
            looks++;
        }
    return false;
}

/** How many blocks of one place nobody has freed. */
static size_t count_live(uint32_t place)
{
    size_t count = 0;

    for (size_t i = 0; i < pages_used && i < PAGES; i++)
        count += blocks[i].state == LIVE && blocks[i].made_at == place;
    return count;
}

/**
 * Tells once of each place that has made blocks which are lost. One that is
 * made only once may be meant for as long as the program runs: it ends with it.
 */
static void tell_leaks(void)
{
    uint32_t looked_at[PLACES] = {0};
    size_t places = 0;

    for (size_t i = 0; i < pages_used && i < PAGES && places < PLACES; i++) {
        uint32_t place = blocks[i].made_at;
        size_t k = 0;
        if (blocks[i].state != LIVE || place == 0)
            continue;
        while (k < places && looked_at[k] != place)
            k++;
        if (k < places)
            continue;
        looked_at[places++] = place;
        if (count_live(place) > 1 && is_lost(place))
            lens_memory_tell(&(struct lens_mistake){
                .what = "nobody has freed a block of",
                .size = (uint32_t)blocks[i].size,
                .place = place,
                .is_leak = true,
            });
    }
}

void lens_memory_end(void)
{
    if (room == NULL)
        return;
    stack_end = __builtin_dwarf_cfa();
    for (size_t i = 0; i < pages_used && i < PAGES; i++)
        if (blocks[i].state == LIVE)
            look_at_fences(&blocks[i]);
    tell_leaks();
}

/* ---- what the program calls ---------------------------------------------- */

/* The asm label gives each the C library's name for the linker. */
#define LENS_MEMORY(type, name, parameters)                                    \
    type lens_##name parameters __asm__(#name);                                \
    extern type(*const __imp_##name) parameters;                               \
    type(*const __imp_##name) parameters = lens_##name;

#define PLACE lens_place(__builtin_return_address(0))

LENS_MEMORY(void *, malloc, (size_t size))
void *lens_malloc(size_t size)
{
    void *data = make(size, PLACE);

    find_real_ones();
    if (data == NULL)
        return real.malloc(size);
    memset(data, FRESH, size);
    return data;
}

LENS_MEMORY(void *, calloc, (size_t count, size_t size))
void *lens_calloc(size_t count, size_t size)
{
    void *data = NULL;

    find_real_ones();
    if (size == 0 || count <= LARGEST / size)
        data = make(count * size, PLACE);
    return data != NULL ? data : real.calloc(count, size);
}

LENS_MEMORY(void, free, (void *data))
void lens_free(void *data)
{
    find_real_ones();
    if (block_at(data) != NULL)
        let_go(data, PLACE);
    else if (data == NULL || !refuse_variable(data, PLACE))
        real.free(data);
}

LENS_MEMORY(void *, realloc, (void *data, size_t size))
void *lens_realloc(void *data, size_t size)
{
    const struct block *block = block_at(data);
    void *moved = NULL;

    find_real_ones();
    if (data != NULL && block == NULL)
        return refuse_variable(data, PLACE) ? NULL : real.realloc(data, size);
    if (size != 0 || data == NULL) {
        moved = make(size, PLACE);
        if (moved != NULL)
            memset(moved, FRESH, size);
        else if ((moved = real.malloc(size)) == NULL)
            return NULL;
    }
    if (block != NULL) {
        if (block->state == LIVE && data_of(block) == data && moved != NULL)
            memcpy(moved, data, size < block->size ? size : block->size);
        let_go(data, PLACE);
    }
    return moved;
}

/** A copy of a text, which ends with an element of 0. */
static void *copy(const void *text, size_t size, uint32_t place)
{
    void *data = make(size, place);

    find_real_ones();
    if (data == NULL)
        data = real.malloc(size);
    return data != NULL ? memcpy(data, text, size) : NULL;
}

LENS_MEMORY(char *, _strdup, (const char *text))
char *lens__strdup(const char *text)
{
    return copy(text, strlen(text) + 1, PLACE);
}

LENS_MEMORY(char *, strdup, (const char *text))
char *lens_strdup(const char *text)
{
    return copy(text, strlen(text) + 1, PLACE);
}

LENS_MEMORY(wchar_t *, _wcsdup, (const wchar_t *text))
wchar_t *lens__wcsdup(const wchar_t *text)
{
    return copy(text, (wcslen(text) + 1) * sizeof *text, PLACE);
}

/* ---- arrays on the stack ------------------------------------------------- */

/* The compiler lays this value behind the arrays of a function, and looks
   whether it is still there when the function returns. */
uintptr_t lens_stack_value __asm__("__stack_chk_guard") = 0x00000AFF0D2A5DB3u;

_Noreturn void lens_stack_spoiled(void) __asm__("__stack_chk_fail");
_Noreturn void lens_stack_spoiled(void)
{
    if (lens_recording()) {
        lens_memory_tell(&(struct lens_mistake){
            .what = "something is written behind an array on the stack",
            .place = PLACE,
        });
        /* No exception: its handler is looked for on the spoiled stack. */
        lens_crash_record(STACK_SPOILED, PLACE);
    }
    lens_real.TerminateProcess(GetCurrentProcess(), STACK_SPOILED);
    for (;;) {
    }
}
