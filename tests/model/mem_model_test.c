/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's heap against a model: seeded random calls of mem.h. Built once for each backend: an arena
 * with either fit, the C library, the user's allocator, and the pools.
 *
 * The model knows of each live block its address, size and content, which is compared whenever the
 * block is met. Statistics, where there are any, never count less than the model, and nothing at the
 * end; an arena is verified as a whole in the first CHECKED calls.
 *
 * usage: mem_model_test [calls], default 20000
 */
#include "mem_support.h"

#include <stdlib.h>

#include "cistern/heap.h"
#include "content.h"

#define SLOTS   24U
#define CHECKED 100000UL

typedef struct slot {
    unsigned char *memory;
    mem_size_t size;
    uint32_t seed; /* of the content */
} slot_t;

static unsigned long calls = 20000;
static slot_t slots[SLOTS];
static size_t served;
static size_t failed;
static uint64_t random_state = 88172645463325252U;

#if MEM_CUSTOM_ALLOCATOR && !MEM_LIBC_MALLOC
void *user_malloc(size_t size)
{
    return malloc(size);
}

void user_free(void *memory)
{
    free(memory);
}

void *user_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}
#endif

static unsigned random_below(unsigned limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)((random_state >> 16) % limit);
}

/* Mostly small, sometimes a packet. */
static mem_size_t random_size(void)
{
    return (mem_size_t)(1U + random_below(random_below(4) == 0 ? 1512 : 200));
}

static void expect_content(const slot_t *slot, mem_size_t size)
{
    for (mem_size_t i = 0; i < size; ++i) {
        if (slot->memory[i] != content_byte(slot->seed, i)) {
            fail_msg("byte %u of a block of %u was changed", (unsigned)i, (unsigned)slot->size);
        }
    }
}

/* Takes note of what a call gave: a block of `size`, aligned, or NULL. */
static void note(slot_t *slot, void *memory, mem_size_t size)
{
    if (memory == NULL) {
        ++failed;
        return;
    }
    ++served;
    assert_int_equal((mem_ptr_t)memory % MEM_ALIGNMENT, 0);
    slot->memory = memory;
    slot->size = size;
    slot->seed = random_below(UINT32_MAX);
    for (mem_size_t i = 0; i < size; ++i) {
        slot->memory[i] = content_byte(slot->seed, i);
    }
}

static void get_zeroed(slot_t *slot)
{
    const mem_size_t count = (mem_size_t)(1U + random_below(8));
    const mem_size_t size = (mem_size_t)(1U + random_below(64));
    const unsigned char *const memory = mem_calloc(count, size);
    for (mem_size_t i = 0; memory != NULL && i < count * size; ++i) {
        assert_int_equal(memory[i], 0);
    }
    note(slot, (void *)(uintptr_t)memory, (mem_size_t)(count * size));
}

static void put(slot_t *slot)
{
    expect_content(slot, slot->size);
    mem_free(slot->memory);
    slot->memory = NULL;
}

static void trim(slot_t *slot)
{
    const mem_size_t size = (mem_size_t)(1U + random_below((unsigned)slot->size));
    assert_ptr_equal(mem_trim(slot->memory, size), slot->memory);
    slot->size = size;
    expect_content(slot, size);
}

/* Frees an address inside a live block, where that can be known. */
#if MEM_CUSTOM_ALLOCATOR
static void misuse(const slot_t *slot)
{
    expect_content(slot, slot->size);
}
#else
static void misuse(const slot_t *slot)
{
    const unsigned before = refused;
    mem_free(slot->memory + 1U + random_below((unsigned)slot->size));
    assert_true(refused > before || faults.count > 0);
    faults.count = 0;
    expect_content(slot, slot->size);
}
#endif

static void call(void)
{
    slot_t *const slot = &slots[random_below(SLOTS)];
    const unsigned kind = random_below(100);
    if (slot->memory == NULL && kind < 85) {
        const mem_size_t size = random_size();
        note(slot, mem_malloc(size), size);
    } else if (slot->memory == NULL) {
        get_zeroed(slot);
    } else if (kind < 70) {
        put(slot);
    } else if (kind < 95) {
        trim(slot);
    } else {
        misuse(slot);
    }
}

#if MEM_CUSTOM_ALLOCATOR || MEM_USE_POOLS
static void expect_whole(void) {}
#else
static void expect_whole(void)
{
    assert_true(cistern_heap_check(mem_heap()));
}
#endif

#if MEM_STATS
static void expect_stats(void)
{
    size_t live = 0;
    for (size_t i = 0; i < SLOTS; ++i) {
        live += slots[i].memory != NULL ? slots[i].size : 0;
    }
    assert_true(lwip_stats.mem.used >= live);
    assert_true(live != 0 || lwip_stats.mem.used == 0);
    assert_true(lwip_stats.mem.max >= lwip_stats.mem.used);
    assert_int_equal(lwip_stats.mem.err, (STAT_COUNTER)failed);
}
#else
static void expect_stats(void) {}
#endif

static void mem_agrees_with_the_model(void **state)
{
    (void)state;
    for (unsigned long i = 0; i < calls; ++i) {
        call();
        expect_stats();
        if (i < CHECKED) {
            expect_whole();
        }
    }
    for (size_t i = 0; i < SLOTS; ++i) {
        if (slots[i].memory != NULL) {
            put(&slots[i]);
        }
    }
    expect_stats();
    expect_whole();
    assert_no_fault();
    assert_true(served > calls / 10U);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {mem_test(mem_agrees_with_the_model)};
    if (argc > 1) {
        calls = strtoul(argv[1], NULL, 10);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
