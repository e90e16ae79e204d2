/* SPDX-License-Identifier: BSD-3-Clause */
/* The heap against a model: seeded random operations, and a list of what must be there.
 *
 * The model knows of each live block its address, size and content. After an operation the content
 * of the block that it concerned is compared; in the first CHECKED operations the heap's own full
 * check must hold and a walk must show exactly the model's blocks.
 *
 * usage: heap_model_test [operations], default 20000, for each alignment. The library is built once
 * for each fit and width of index.
 */
#include "support.h"

#include <stdlib.h>

#include "cistern/heap.h"
#include "content.h"

#define ARENA    48000U
#define SLOTS    96U
#define CHECKED  100000UL
#define MAX_SIZE 1600U

typedef struct slot {
    unsigned char *memory;
    size_t size;
    uint32_t seed; /* of the content */
} slot_t;

static unsigned long operations = 20000;
static max_align_t arena[ARENA / sizeof(max_align_t)];
static cistern_heap_t heap;
static slot_t slots[SLOTS];
static size_t live;
static size_t faults_seen;
static uint64_t random_state;

static unsigned random_below(unsigned limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)((random_state >> 16) % limit);
}

/* Mostly small, sometimes a packet, seldom far too much. */
static size_t random_size(void)
{
    const unsigned kind = random_below(100);
    if (kind < 60) {
        return 1U + random_below(96);
    }
    return kind < 99 ? 1U + random_below(MAX_SIZE) : 1U + random_below(2U * ARENA);
}

static void count_fault(const cistern_fault_t *fault)
{
    assert_ptr_equal(fault->object, &heap);
    ++faults_seen;
}

/* What blocks are filled with beside noise: zeros, ones, guards, poison; and words that have the
 * form of a header's or a link's. */
static const unsigned char constants[] = {0x00, 0xff, 0xb5, 0xdb};

static unsigned char filled_with(uint32_t seed, size_t i)
{
    static const cistern_heap_index_t words[] = {1U, 2U, 3U, 4U, 258U, 1026U};
    const size_t kind = seed % 11U;
    if (kind < sizeof(constants)) {
        return constants[kind];
    }
    if (kind == 4) {
        const cistern_heap_index_t word = words[(seed / 11U + i / sizeof(word)) % 6U];
        return (unsigned char)(word >> i % sizeof(word) * 8U);
    }
    return content_byte(seed, i);
}

static void fill(slot_t *slot, void *memory, size_t size)
{
    slot->memory = memory;
    slot->size = size;
    slot->seed = random_below(UINT32_MAX);
    for (size_t i = 0; i < size; ++i) {
        slot->memory[i] = filled_with(slot->seed, i);
    }
}

static void expect_content(const slot_t *slot, const unsigned char *memory, size_t size)
{
    for (size_t i = 0; i < size; ++i) {
        if (memory[i] != filled_with(slot->seed, i)) {
            fail_msg("byte %zu of a block of %zu was changed", i, slot->size);
        }
    }
}

static void expect_block(const void *memory, size_t alignment, size_t size)
{
    assert_int_equal((uintptr_t)memory % alignment, 0);
    assert_true(cistern_heap_usable_size(&heap, memory) >= size);
}

static void get(slot_t *slot, size_t alignment)
{
    const size_t size = random_size();
    const size_t largest = cistern_heap_largest(&heap);
    void *const memory = cistern_heap_alloc(&heap, size);
    assert_int_equal(memory != NULL, size <= largest);
    if (memory != NULL) {
        expect_block(memory, alignment, size);
        fill(slot, memory, size);
        ++live;
    }
}

static void get_aligned(slot_t *slot, size_t alignment)
{
    const size_t size = random_size();
    const size_t wanted = (size_t)1 << random_below(10);
    void *const memory = cistern_heap_aligned_alloc(&heap, wanted, size);
    if (memory != NULL) {
        expect_block(memory, wanted > alignment ? wanted : alignment, size);
        fill(slot, memory, size);
        ++live;
    }
}

static void get_zeroed(slot_t *slot, size_t alignment)
{
    const size_t count = 1U + random_below(12);
    const size_t size = 1U + random_below(64);
    const unsigned char *const memory = cistern_heap_calloc(&heap, count, size);
    if (memory != NULL) {
        expect_block(memory, alignment, count * size);
        for (size_t i = 0; i < count * size; ++i) {
            assert_int_equal(memory[i], 0);
        }
        fill(slot, (void *)(uintptr_t)memory, count * size);
        ++live;
    }
}

static void put(slot_t *slot)
{
    expect_content(slot, slot->memory, slot->size);
    assert_int_equal(cistern_heap_free(&heap, slot->memory), CISTERN_OK);
    slot->memory = NULL;
    --live;
}

static void resize(slot_t *slot)
{
    const size_t size = random_size();
    unsigned char *const memory = cistern_heap_realloc(&heap, slot->memory, size);
    if (memory == NULL) {
        expect_content(slot, slot->memory, slot->size);
        return;
    }
    expect_content(slot, memory, size < slot->size ? size : slot->size);
    fill(slot, memory, size);
}

static void trim(slot_t *slot)
{
    const size_t usable = cistern_heap_usable_size(&heap, slot->memory);
    const size_t size = 1U + random_below((unsigned)(slot->size * 2U));
    const cistern_error_t error = cistern_heap_trim(&heap, slot->memory, size);
    assert_int_equal(error, size <= usable ? CISTERN_OK : CISTERN_ERROR_SIZE);
    if (error == CISTERN_OK && size < slot->size) {
        slot->size = size;
    }
    expect_content(slot, slot->memory, slot->size);
}

/* Frees an address inside a live block: refused, and reported. */
static void misuse(const slot_t *slot)
{
    if (CISTERN_CHECK == 0) {
        return;
    }
    const size_t before = faults_seen;
    const size_t offset = 1U + random_below((unsigned)slot->size);
    assert_int_equal(cistern_heap_free(&heap, slot->memory + offset), CISTERN_ERROR_FAULT);
    assert_int_equal(faults_seen, before + 1U);
    expect_content(slot, slot->memory, slot->size);
}

static void operate(size_t alignment)
{
    slot_t *const slot = &slots[random_below(SLOTS)];
    const unsigned kind = random_below(100);
    if (slot->memory == NULL) {
        if (kind < 80) {
            get(slot, alignment);
        } else if (kind < 90) {
            get_aligned(slot, alignment);
        } else {
            get_zeroed(slot, alignment);
        }
    } else if (kind < 60) {
        put(slot);
    } else if (kind < 80) {
        resize(slot);
    } else if (kind < 95) {
        trim(slot);
    } else {
        misuse(slot);
    }
}

/* True if the block is live in the model, at least as large as the model has it. */
static bool is_in_model(const cistern_heap_block_t *block)
{
    for (size_t i = 0; i < SLOTS; ++i) {
        if (slots[i].memory == block->address) {
            return block->size >= slots[i].size;
        }
    }
    return false;
}

static bool count_used(const cistern_heap_block_t *block, void *context)
{
    size_t *const used = context;
    if (block->used) {
        ++*used;
        return is_in_model(block);
    }
    return true;
}

static void expect_agreement(void)
{
    size_t used = 0;
    cistern_heap_stats_t stats;
    (void)cistern_heap_walk(&heap, count_used, &used);
    cistern_heap_stats(&heap, &stats);
    assert_int_equal(used, live);
    assert_int_equal(stats.blocks, live);
    assert_true(cistern_heap_check(&heap));
}

static void run_against_model(size_t alignment)
{
    const cistern_heap_config_t config = {
        .name = "model", .memory = arena, .bytes = sizeof(arena), .alignment = alignment};
    cistern_heap_stats_t stats;
    random_state = 88172645463325252U + alignment;
    live = 0;
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_OK);
    for (unsigned long i = 0; i < operations; ++i) {
        operate(alignment);
        if (i < CHECKED) {
            expect_agreement();
        }
    }
    for (size_t i = 0; i < SLOTS; ++i) {
        if (slots[i].memory != NULL) {
            put(&slots[i]);
        }
    }
    expect_agreement();
    cistern_heap_stats(&heap, &stats);
    assert_int_equal(stats.used, 0);
    assert_int_equal(stats.free, stats.bytes);
    assert_non_null(cistern_heap_alloc(&heap, cistern_heap_largest(&heap)));
}

static void heap_agrees_with_the_model(void **state)
{
    (void)state;
    cistern_fault_handler_t *const previous = cistern_fault_set_handler(count_fault);
    for (size_t alignment = 1; alignment <= 16; alignment *= 2) {
        run_against_model(alignment);
    }
    (void)cistern_fault_set_handler(previous);
    assert_int_equal(faults_seen > 0, CISTERN_CHECK > 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(heap_agrees_with_the_model)};
    if (argc > 1) {
        operations = strtoul(argv[1], NULL, 10);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
