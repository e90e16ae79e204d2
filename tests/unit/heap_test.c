/* SPDX-License-Identifier: BSD-3-Clause */
/* The heap engine: what a user can see of it. Built for each fit and width of index. */
#define _DEFAULT_SOURCE /* mmap */
#include "support.h"

#include <stdlib.h>

#include "cistern/heap.h"

/* 1: an arena can be larger than half the address space, and such memory can be had. */
#if defined __linux__ && SIZE_MAX == UINT32_MAX && CISTERN_HEAP_INDEX_BITS == 32
#    define HEAP_CAN_BE_WIDE 1
#    include <sys/mman.h>
#else
#    define HEAP_CAN_BE_WIDE 0
#endif

#define ARENA                                                                                      \
    5184U /* 9 blocks of 528 bytes, a list that is searched, and smallest ones between them */

static max_align_t arena[ARENA / sizeof(max_align_t)];
static cistern_heap_t heap;
static cistern_fault_t seen;
static unsigned faults_seen;

static void remember(const cistern_fault_t *fault)
{
    seen = *fault;
    ++faults_seen;
}

static void make_heap_of(void *memory, size_t bytes, size_t alignment)
{
    const cistern_heap_config_t config = {
        .name = "test", .memory = memory, .bytes = bytes, .alignment = alignment};
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_OK);
}

static int make_heap(void **state)
{
    (void)state;
    make_heap_of(arena, sizeof(arena), 0);
    faults_seen = 0;
    memset(&seen, 0, sizeof(seen));
    (void)cistern_fault_set_handler(remember);
    return 0;
}

static size_t failures(void)
{
    cistern_heap_stats_t stats;
    cistern_heap_stats(&heap, &stats);
    return stats.failures;
}

static size_t used(void)
{
    cistern_heap_stats_t stats;
    cistern_heap_stats(&heap, &stats);
    return stats.used;
}

/* The free was refused with one fault of this kind, and the heap is whole. */
static void expect_refused(cistern_error_t error, cistern_fault_kind_t kind, const void *address)
{
    assert_int_equal(error, CISTERN_ERROR_FAULT);
    assert_int_equal(faults_seen, 1);
    assert_string_equal(cistern_fault_text(seen.kind), cistern_fault_text(kind));
    assert_ptr_equal(seen.object, &heap);
    assert_ptr_equal(seen.address, address);
    assert_string_equal(seen.name, "test");
    assert_true(cistern_heap_check(&heap));
}

/* --- life ------------------------------------------------------------------------------------- */

static void init_refuses_what_it_cannot_make_a_heap_of(void **state)
{
    (void)state;
    cistern_heap_config_t config = {.memory = arena, .bytes = ARENA, .alignment = 8};
    assert_int_equal(cistern_heap_init(NULL, &config), CISTERN_ERROR_ARGUMENT);
    assert_int_equal(cistern_heap_init(&heap, NULL), CISTERN_ERROR_ARGUMENT);
    config.alignment = 12;
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_ERROR_ARGUMENT);
    config.alignment = (size_t)1 << (sizeof(size_t) * CHAR_BIT - 1U);
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_ERROR_SIZE);
    config.alignment = 8;
    config.min_size = SIZE_MAX;
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_ERROR_SIZE);
    config.min_size = 0;
    config.bytes = 0;
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_ERROR_SIZE);
    config.bytes = 8;
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_ERROR_SIZE);
    if (CISTERN_HEAP_BYTES < SIZE_MAX) {
        config.bytes = (size_t)(CISTERN_HEAP_BYTES) + 1U;
        assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_ERROR_SIZE);
    }
    config.memory = NULL;
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_ERROR_ARGUMENT);
    assert_true(cistern_heap_check(&heap));
    assert_non_null(cistern_heap_alloc(&heap, 100));
}

static void an_arena_of_any_size_and_place_stays_inside_its_bounds(void **state)
{
    (void)state;
    for (size_t bytes = 1; bytes < 200; ++bytes) {
        for (size_t shift = 0; shift < 16; ++shift) {
            unsigned char *const memory = malloc(bytes + shift);
            const cistern_heap_config_t config = {
                .memory = memory + shift, .bytes = bytes, .alignment = 4};
            assert_non_null(memory);
            if (cistern_heap_init(&heap, &config) == CISTERN_OK) {
                const size_t size = cistern_heap_largest(&heap);
                void *const block = cistern_heap_alloc(&heap, size);
                assert_non_null(block);
                memset(block, 0xff, size);
                assert_true(cistern_heap_check(&heap));
                assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
                assert_true(cistern_heap_check(&heap));
            }
            free(memory);
        }
    }
    assert_int_equal(faults_seen, 0);
}

static void arena_bytes_suffice_for_what_they_promise(void **state)
{
    (void)state;
    for (size_t alignment = 1; alignment <= 64; alignment *= 2) {
        for (size_t bytes = 64; bytes < 200; ++bytes) {
            const size_t length = CISTERN_HEAP_ARENA_BYTES(bytes, alignment);
            unsigned char *const memory = malloc(length);
            cistern_heap_stats_t stats;
            assert_non_null(memory);
            make_heap_of(memory, length, alignment);
            cistern_heap_stats(&heap, &stats);
            assert_true(stats.bytes >= bytes);
            free(memory);
        }
    }
}

/* What the header says that a block takes: its payload and two indices, rounded up. */
static size_t block_bytes(size_t payload, size_t alignment)
{
    const size_t unit = alignment > CISTERN_HEAP_UNIT ? alignment : CISTERN_HEAP_UNIT;
    return (payload + 2U * sizeof(cistern_heap_index_t) + unit - 1U) & ~(unit - 1U);
}

static void block_takes_its_payload_and_a_header_and_no_granule_more(void **state)
{
    (void)state;
    for (size_t alignment = 1; alignment <= 64; alignment *= 2) {
        for (size_t size = 2U * sizeof(cistern_heap_index_t); size < 200; ++size) {
            make_heap_of(arena, sizeof(arena), alignment);
            assert_non_null(cistern_heap_alloc(&heap, size));
            assert_int_equal(used(), block_bytes(size, alignment));
        }
    }
}

static void rest_that_is_as_large_as_the_smallest_block_stays_free(void **state)
{
    (void)state;
    for (size_t size = 32; size < 64; ++size) {
        make_heap_of(arena, sizeof(arena), 0);
        assert_non_null(cistern_heap_alloc(&heap, 1));
        const size_t least = used();
        void *const hole = cistern_heap_alloc(&heap, size + least);
        assert_non_null(cistern_heap_alloc(&heap, 1)); /* behind it */
        const size_t before = used() - block_bytes(size + least, sizeof(void *));
        assert_int_equal(cistern_heap_free(&heap, hole), CISTERN_OK);
        assert_ptr_equal(cistern_heap_alloc(&heap, size), hole);
        assert_int_equal(used() - before, block_bytes(size, sizeof(void *)));
    }
}

static void smaller_requests_take_the_smallest_payload(void **state)
{
    (void)state;
    for (size_t least = 16; least <= 64; ++least) {
        const cistern_heap_config_t config = {
            .memory = arena, .bytes = sizeof(arena), .alignment = 4, .min_size = least};
        for (size_t size = 1; size <= least; ++size) {
            assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_OK);
            assert_non_null(cistern_heap_alloc(&heap, size));
            assert_int_equal(used(), block_bytes(least, 4));
        }
    }
}

static void arena_of_the_promised_bytes_holds_as_many_blocks(void **state)
{
    (void)state;
    for (size_t alignment = 1; alignment <= 64; alignment *= 2) {
        for (size_t blocks = 1; blocks <= 12; ++blocks) {
            const size_t bytes = blocks * block_bytes(40, alignment);
            make_heap_of(arena, CISTERN_HEAP_ARENA_BYTES(bytes, alignment), alignment);
            for (size_t i = 0; i < blocks; ++i) {
                assert_non_null(cistern_heap_alloc(&heap, 40));
            }
        }
    }
}

/* Beside the sentinel's header, and what is less than a granule. */
static void block_of_the_whole_arena_leaves_no_granule_out(void **state)
{
    (void)state;
    const size_t header = 2U * sizeof(cistern_heap_index_t);
    for (size_t alignment = CISTERN_HEAP_UNIT; alignment <= 16; alignment *= 2) {
        unsigned char *const first =
            (unsigned char *)arena + (0U - header - (size_t)(uintptr_t)arena) % alignment;
        for (size_t bytes = 200; bytes < 300; ++bytes) {
            cistern_heap_stats_t stats;
            make_heap_of(first, bytes, alignment);
            cistern_heap_stats(&heap, &stats);
            assert_int_equal(stats.bytes, (bytes - header) & ~(alignment - 1U));
        }
    }
}

/* The size that the header says suffices, when there is nothing else. */
static void aligned_alloc_is_served_by_a_hole_for_both_and_the_smallest_block(void **state)
{
    (void)state;
    const size_t unit = CISTERN_HEAP_UNIT;
    const size_t header = 2U * sizeof(cistern_heap_index_t);
    for (size_t alignment = 2U * unit; alignment <= 256; alignment *= 2) {
        make_heap_of(arena, sizeof(arena), unit);
        assert_non_null(cistern_heap_alloc(&heap, 1));
        const size_t bytes = (64U & ~(unit - 1U)) + alignment + used();
        const size_t payload = bytes + (0U - header - bytes) % unit;
        void *const hole = cistern_heap_alloc(&heap, payload);
        while (cistern_heap_alloc(&heap, cistern_heap_largest(&heap)) != NULL) {
        }
        assert_int_equal(cistern_heap_free(&heap, hole), CISTERN_OK);
        assert_int_equal(cistern_heap_largest(&heap), payload);
        assert_non_null(cistern_heap_aligned_alloc(&heap, alignment, payload - bytes + 64U));
    }
}

static void a_heap_of_zeros_serves_nothing(void **state)
{
    (void)state;
    cistern_heap_t none;
    memset(&none, 0, sizeof(none));
    assert_null(cistern_heap_alloc(&none, 1));
    assert_null(cistern_heap_alloc(&none, SIZE_MAX));
    assert_null(cistern_heap_calloc(&none, 2, 2));
    assert_int_equal(cistern_heap_largest(&none), 0);
    assert_int_equal(none.failures, 3);
    assert_true(cistern_heap_check(&none));
    assert_int_equal(cistern_heap_walk(&none, NULL, NULL), 0);
    assert_false(cistern_heap_is_in_use(&none, arena));
    assert_int_equal(cistern_heap_free(&none, arena), CISTERN_ERROR_FAULT);
    assert_int_equal(seen.kind, CISTERN_FAULT_FOREIGN_FREE);
}

static void several_heaps_keep_apart(void **state)
{
    (void)state;
    static max_align_t other_arena[1024 / sizeof(max_align_t)];
    const cistern_heap_config_t config = {.memory = other_arena, .bytes = sizeof(other_arena)};
    cistern_heap_t other;
    assert_int_equal(cistern_heap_init(&other, &config), CISTERN_OK);
    void *const mine = cistern_heap_alloc(&heap, 64);
    void *const others = cistern_heap_alloc(&other, 64);

    expect_refused(cistern_heap_free(&heap, others), CISTERN_FAULT_FOREIGN_FREE, others);

    assert_true(cistern_heap_check(&other));
    assert_int_equal(cistern_heap_free(&other, others), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&heap, mine), CISTERN_OK);
    assert_int_equal(used(), 0);
}

/* --- alloc ------------------------------------------------------------------------------------ */

static void alloc_of_nothing_is_null_and_no_failure(void **state)
{
    (void)state;
    assert_null(cistern_heap_alloc(&heap, 0));
    assert_null(cistern_heap_calloc(&heap, 0, 8));
    assert_null(cistern_heap_calloc(&heap, 8, 0));
    assert_int_equal(failures(), 0);
}

static void alloc_of_more_than_there_can_be_is_null_and_counted(void **state)
{
    (void)state;
    static const size_t sizes[] = {SIZE_MAX,     SIZE_MAX - 1, SIZE_MAX - 7, SIZE_MAX - 16,
                                   SIZE_MAX / 2, 65530,        65536,        ARENA};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); ++i) {
        assert_null(cistern_heap_alloc(&heap, sizes[i]));
        assert_int_equal(failures(), i + 1);
    }
    assert_true(cistern_heap_check(&heap));
}

static void calloc_refuses_a_product_that_overflows(void **state)
{
    (void)state;
    assert_null(cistern_heap_calloc(&heap, SIZE_MAX / 2, 3));
    assert_null(cistern_heap_calloc(&heap, SIZE_MAX / 2 + 1, 2));
    assert_null(cistern_heap_calloc(&heap, SIZE_MAX, SIZE_MAX));
    assert_int_equal(failures(), 3);
}

static void calloc_gives_zeros_where_something_was(void **state)
{
    (void)state;
    unsigned char *const before = cistern_heap_alloc(&heap, 500);
    memset(before, 0xee, 500);
    assert_int_equal(cistern_heap_free(&heap, before), CISTERN_OK);
    const unsigned char *const block = cistern_heap_calloc(&heap, 50, 10);
    assert_ptr_equal(block, before);
    for (size_t i = 0; i < 500; ++i) {
        assert_int_equal(block[i], 0);
    }
}

static void largest_is_what_alloc_will_serve_and_no_byte_more(void **state)
{
    (void)state;
    void *blocks[8];
    for (size_t i = 0; i < 8; ++i) {
        blocks[i] = cistern_heap_alloc(&heap, 40 + 16 * i);
    }
    const size_t rest = cistern_heap_largest(&heap);
    assert_null(cistern_heap_alloc(&heap, rest + 1));
    assert_non_null(cistern_heap_alloc(&heap, rest));
    assert_int_equal(cistern_heap_largest(&heap), 0);
    assert_int_equal(cistern_heap_free(&heap, blocks[2]), CISTERN_OK);
    const size_t hole = cistern_heap_largest(&heap);
    assert_true(hole >= 40 + 16 * 2);
    assert_null(cistern_heap_alloc(&heap, hole + 1));
    assert_ptr_equal(cistern_heap_alloc(&heap, hole), blocks[2]);
}

/* Two free blocks of one class; the smaller one was freed last, and all else is in use. */
static void a_block_that_fits_is_found_behind_one_that_does_not(void **state)
{
    (void)state;
    void *const small = cistern_heap_alloc(&heap, 1024);
    void *const first = cistern_heap_alloc(&heap, 16);
    void *const large = cistern_heap_alloc(&heap, 1100);
    void *const second = cistern_heap_alloc(&heap, 16);
    while (cistern_heap_alloc(&heap, cistern_heap_largest(&heap)) != NULL) {
    }
    assert_int_equal(cistern_heap_free(&heap, large), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&heap, small), CISTERN_OK);
    assert_true(cistern_heap_largest(&heap) >= 1100);
    assert_ptr_equal(cistern_heap_alloc(&heap, 1100), large);
    assert_ptr_equal(cistern_heap_alloc(&heap, 1024), small);
    assert_int_equal(cistern_heap_free(&heap, first), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&heap, second), CISTERN_OK);
}

static void payloads_are_aligned_as_asked_for(void **state)
{
    (void)state;
    for (size_t alignment = 1; alignment <= 64; alignment *= 2) {
        make_heap_of((unsigned char *)arena + 3, sizeof(arena) - 3, alignment);
        for (size_t size = 1; size < 40; ++size) {
            assert_int_equal((uintptr_t)cistern_heap_alloc(&heap, size) % alignment, 0);
        }
    }
}

static void aligned_alloc_gives_back_what_lies_around_it(void **state)
{
    (void)state;
    const size_t largest = cistern_heap_largest(&heap);
    for (size_t alignment = 1; alignment <= 1024; alignment *= 2) {
        void *const first = cistern_heap_alloc(&heap, 24);
        void *const block = cistern_heap_aligned_alloc(&heap, alignment, 100);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % alignment, 0);
        assert_true(cistern_heap_check(&heap));
        assert_true(used() < 24 + 100 + 96);
        assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
        assert_int_equal(cistern_heap_free(&heap, first), CISTERN_OK);
        assert_int_equal(cistern_heap_largest(&heap), largest);
    }
    assert_null(cistern_heap_aligned_alloc(&heap, 24, 8));
    assert_null(cistern_heap_aligned_alloc(&heap, 0, 8));
    assert_null(cistern_heap_aligned_alloc(&heap, 32, SIZE_MAX));
    assert_null(cistern_heap_aligned_alloc(&heap, SIZE_MAX / 2 + 1, 8));
    assert_true(cistern_heap_check(&heap));
}

#if !CISTERN_HEAP_FIT_IS_FIRST
/* `count` free blocks of one list, of `size` but the first that was freed, which has `first`; the list
 * has it last. What else there is is in use. */
static void free_in_one_list(unsigned count, size_t first, size_t size)
{
    void *blocks[CISTERN_HEAP_SEARCH + 1];
    make_heap_of(arena, sizeof(arena), 0);
    for (unsigned i = 0; i < count; ++i) {
        blocks[i] = cistern_heap_alloc(&heap, (i == 0) ? first : size);
        assert_non_null(cistern_heap_alloc(&heap, 1)); /* keeps neighbours apart */
    }
    while (cistern_heap_alloc(&heap, cistern_heap_largest(&heap)) != NULL) {
    }
    for (unsigned i = 0; i < count; ++i) {
        assert_int_equal(cistern_heap_free(&heap, blocks[i]), CISTERN_OK);
    }
}

static void largest_and_alloc_look_at_as_many_blocks_of_a_list_as_they_say(void **state)
{
    (void)state;
    const size_t header = 2U * sizeof(cistern_heap_index_t);
    const size_t first = 528U - header; /* blocks of 528 and of 512 bytes are in one list */
    free_in_one_list(CISTERN_HEAP_SEARCH, first, 512U - header);
    assert_true(cistern_heap_largest(&heap) >= first);
    assert_non_null(cistern_heap_alloc(&heap, first));
    free_in_one_list(CISTERN_HEAP_SEARCH + 1, first, 512U - header);
    assert_true(cistern_heap_largest(&heap) < first);
    assert_null(cistern_heap_alloc(&heap, first));
    assert_int_equal(failures(), 1);
    assert_true(cistern_heap_check(&heap));
}
#endif

/* The search takes more than the block: what goes back is in no figure. */
static void high_water_mark_of_an_aligned_block_counts_that_block_alone(void **state)
{
    (void)state;
    for (size_t alignment = 16; alignment <= 256; alignment *= 2) {
        cistern_heap_stats_t stats;
        cistern_heap_reset_max_used(&heap);
        void *const block = cistern_heap_aligned_alloc(&heap, alignment, 100);
        cistern_heap_stats(&heap, &stats);
        assert_int_equal(stats.max_used, stats.used);
        assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    }
}

/* Fills what lies before an aligned place: the largest block with which it is still had ends there. */
static void aligned_alloc_follows_a_block_that_ends_where_it_begins(void)
{
    unsigned char *const base = cistern_heap_alloc(&heap, 1);
    unsigned char *const next = cistern_heap_alloc(&heap, 1);
    const ptrdiff_t header = next - base - (ptrdiff_t)cistern_heap_usable_size(&heap, base);
    assert_int_equal(cistern_heap_free(&heap, next), CISTERN_OK);
    unsigned char *const first = cistern_heap_aligned_alloc(&heap, 256, 100);
    assert_int_equal(cistern_heap_free(&heap, first), CISTERN_OK);
    unsigned char *second = NULL;
    unsigned char *end = NULL;
    for (size_t size = (size_t)(first - base); size > 0 && second != first; --size) {
        unsigned char *const filler = cistern_heap_alloc(&heap, size);
        second = cistern_heap_aligned_alloc(&heap, 256, 100);
        end = filler + cistern_heap_usable_size(&heap, filler);
        assert_int_equal(cistern_heap_free(&heap, second), CISTERN_OK);
        assert_int_equal(cistern_heap_free(&heap, filler), CISTERN_OK);
    }
    assert_ptr_equal(second, first);
    assert_int_equal(second - end, header);
    assert_int_equal(cistern_heap_free(&heap, base), CISTERN_OK);
}

static void aligned_alloc_leaves_nothing_before_a_block_that_is_aligned_as_it_is(void **state)
{
    (void)state;
    for (size_t alignment = 8; alignment <= 64; alignment *= 2) {
        void *const first = cistern_heap_aligned_alloc(&heap, alignment, 100);
        assert_non_null(first);
        assert_int_equal(cistern_heap_free(&heap, first), CISTERN_OK);
        void *const same = cistern_heap_aligned_alloc(&heap, alignment, 100);
        assert_ptr_equal(same, first);
        assert_int_equal(cistern_heap_free(&heap, same), CISTERN_OK);
    }
    aligned_alloc_follows_a_block_that_ends_where_it_begins();
    void *const plain = cistern_heap_alloc(&heap, 100); /* aligned as the heap is */
    assert_int_equal(cistern_heap_free(&heap, plain), CISTERN_OK);
    assert_ptr_equal(cistern_heap_aligned_alloc(&heap, sizeof(void *), 100), plain);
    assert_int_equal(cistern_heap_free(&heap, plain), CISTERN_OK);
    assert_true(cistern_heap_check(&heap));
}

/* --- free ------------------------------------------------------------------------------------- */

static void free_merges_with_both_neighbours(void **state)
{
    (void)state;
    static const unsigned orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                          {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    const size_t largest = cistern_heap_largest(&heap);
    for (size_t order = 0; order < 6; ++order) {
        void *blocks[3];
        for (size_t i = 0; i < 3; ++i) {
            blocks[i] = cistern_heap_alloc(&heap, 100);
        }
        for (size_t i = 0; i < 3; ++i) {
            assert_int_equal(cistern_heap_free(&heap, blocks[orders[order][i]]), CISTERN_OK);
            assert_true(cistern_heap_check(&heap));
        }
        assert_int_equal(cistern_heap_largest(&heap), largest);
        assert_int_equal(used(), 0);
    }
}

static void free_of_null_does_nothing(void **state)
{
    (void)state;
    assert_int_equal(cistern_heap_free(&heap, NULL), CISTERN_OK);
    assert_int_equal(faults_seen, 0);
}

static void double_free_is_reported_and_refused(void **state)
{
    (void)state;
    void *const first = cistern_heap_alloc(&heap, 32);
    void *const block = cistern_heap_alloc(&heap, 32);
    void *const last = cistern_heap_alloc(&heap, 32);
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);

    expect_refused(cistern_heap_free(&heap, block), CISTERN_FAULT_DOUBLE_FREE, block);

    assert_ptr_equal(cistern_heap_alloc(&heap, 32), block);
    assert_int_equal(cistern_heap_free(&heap, first), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&heap, last), CISTERN_OK);
}

/* The block has merged with its predecessor, and its successor with it: its header is gone. */
static void double_free_after_a_merge_is_reported_and_refused(void **state)
{
    (void)state;
    void *blocks[4];
    for (size_t i = 0; i < 4; ++i) {
        blocks[i] = cistern_heap_alloc(&heap, 48);
    }
    for (size_t i = 0; i < 3; ++i) {
        assert_int_equal(cistern_heap_free(&heap, blocks[i]), CISTERN_OK);
    }
    expect_refused(cistern_heap_free(&heap, blocks[1]), CISTERN_FAULT_DOUBLE_FREE, blocks[1]);
    faults_seen = 0;
    expect_refused(cistern_heap_free(&heap, blocks[2]), CISTERN_FAULT_DOUBLE_FREE, blocks[2]);
}

/* The address was a block once; now it lies inside a larger one, whose owner wrote nothing to it.
 */
static void stale_free_inside_a_later_block_is_reported_and_refused(void **state)
{
    (void)state;
    void *blocks[4];
    for (size_t i = 0; i < 4; ++i) {
        blocks[i] = cistern_heap_alloc(&heap, 48);
    }
    for (size_t i = 0; i < 4; ++i) {
        assert_int_equal(cistern_heap_free(&heap, blocks[3 - i]), CISTERN_OK);
    }
    void *const large = cistern_heap_alloc(&heap, 230);
    assert_ptr_equal(large, blocks[0]);
    for (size_t i = 1; i < 4; ++i) {
        faults_seen = 0;
        expect_refused(cistern_heap_free(&heap, blocks[i]), CISTERN_FAULT_INTERIOR_FREE, blocks[i]);
    }
    assert_int_equal(cistern_heap_free(&heap, large), CISTERN_OK);
}

static void every_address_that_is_no_block_is_refused(void **state)
{
    (void)state;
    unsigned char *const first = cistern_heap_alloc(&heap, 100);
    unsigned char *const block = cistern_heap_alloc(&heap, 100);
    unsigned char *const last = cistern_heap_alloc(&heap, 100);
    memset(first, 0x55, 100);
    memset(block, 0xaa, 100);
    for (unsigned char *address = first - 16; address < last; ++address) {
        if (address != first && address != block) {
            const unsigned before = faults_seen;
            assert_int_equal(cistern_heap_free(&heap, address), CISTERN_ERROR_FAULT);
            assert_int_equal(faults_seen, before + 1);
            assert_int_equal(cistern_heap_usable_size(&heap, address), 0);
            assert_int_equal(faults_seen, before + 2);
        }
    }
    assert_true(cistern_heap_check(&heap));
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
}

/* Also those that the engine uses as signs of its own, with guards and without. */
static void a_free_of_any_low_address_is_foreign(void **state)
{
    (void)state;
    for (uintptr_t address = 1; address < 256; address += 2U) {
        void *const low = (void *)address;
        expect_refused(cistern_heap_free(&heap, low), CISTERN_FAULT_FOREIGN_FREE, low);
        faults_seen = 0;
    }
}

static void foreign_interior_and_misaligned_frees_are_distinguished(void **state)
{
    (void)state;
    static max_align_t elsewhere[8];
    unsigned char *const block = cistern_heap_alloc(&heap, 256);
    memset(block, 0, 256);
    void *const high = (void *)UINTPTR_MAX;
    expect_refused(cistern_heap_free(&heap, elsewhere), CISTERN_FAULT_FOREIGN_FREE, elsewhere);
    faults_seen = 0;
    expect_refused(cistern_heap_free(&heap, high), CISTERN_FAULT_FOREIGN_FREE, high);
    faults_seen = 0;
    expect_refused(cistern_heap_free(&heap, block + 64), CISTERN_FAULT_INTERIOR_FREE, block + 64);
    faults_seen = 0;
    expect_refused(cistern_heap_free(&heap, block + 1), CISTERN_FAULT_MISALIGNED, block + 1);
}

static void in_use_is_what_alloc_gave_and_no_call_has_freed(void **state)
{
    (void)state;
    static max_align_t elsewhere[8];
    unsigned char *const block = cistern_heap_alloc(&heap, 100);
    unsigned char *const other = cistern_heap_alloc(&heap, 100);
    memset(block, 0, 100);
    for (size_t offset = 1; offset < 100; ++offset) {
        assert_false(cistern_heap_is_in_use(&heap, block + offset));
    }
    assert_true(cistern_heap_is_in_use(&heap, block));
    assert_true(cistern_heap_is_in_use(&heap, other));
    assert_false(cistern_heap_is_in_use(&heap, elsewhere));
    assert_false(cistern_heap_is_in_use(&heap, NULL));
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&heap, other), CISTERN_OK);
    assert_false(cistern_heap_is_in_use(&heap, block));
    assert_false(cistern_heap_is_in_use(&heap, other));
    assert_int_equal(faults_seen, 0);
}

/* --- resize ----------------------------------------------------------------------------------- */

static void trim_of_the_last_block_gives_the_rest_back(void **state)
{
    (void)state;
    const size_t all = cistern_heap_largest(&heap);
    unsigned char *const last = cistern_heap_alloc(&heap, all);
    memset(last, 0x3c, all);
    assert_int_equal(cistern_heap_trim(&heap, last, 100), CISTERN_OK);
    assert_true(cistern_heap_check(&heap));
    assert_true(cistern_heap_largest(&heap) + 100 + 64 > all);
    for (size_t i = 0; i < 100; ++i) {
        assert_int_equal(last[i], 0x3c);
    }
    assert_int_equal(faults_seen, 0);
}

static void trim_hands_even_a_few_bytes_to_a_free_successor(void **state)
{
    (void)state;
    unsigned char *const block = cistern_heap_alloc(&heap, 128);
    const size_t before = cistern_heap_largest(&heap);
    const size_t usable = cistern_heap_usable_size(&heap, block);
    assert_int_equal(cistern_heap_trim(&heap, block, usable - 16), CISTERN_OK);
    assert_int_equal(cistern_heap_largest(&heap), before + 16);
}

static void trim_refuses_to_grow(void **state)
{
    (void)state;
    unsigned char *const block = cistern_heap_alloc(&heap, 64);
    const size_t usable = cistern_heap_usable_size(&heap, block);
    assert_int_equal(cistern_heap_trim(&heap, block, usable + 1), CISTERN_ERROR_SIZE);
    assert_int_equal(cistern_heap_trim(&heap, block, SIZE_MAX), CISTERN_ERROR_SIZE);
    assert_int_equal(cistern_heap_trim(&heap, block, 0), CISTERN_ERROR_SIZE);
    assert_int_equal(cistern_heap_usable_size(&heap, block), usable);
    assert_int_equal(faults_seen, 0);
}

static void trim_of_what_is_no_block_is_refused(void **state)
{
    (void)state;
    unsigned char *const block = cistern_heap_alloc(&heap, 64);
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    expect_refused(cistern_heap_trim(&heap, block, 8), CISTERN_FAULT_DOUBLE_FREE, block);
}

static void realloc_grows_in_place_into_a_free_successor(void **state)
{
    (void)state;
    unsigned char *const block = cistern_heap_alloc(&heap, 64);
    memset(block, 0x77, 64);
    assert_ptr_equal(cistern_heap_realloc(&heap, block, 600), block);
    assert_int_equal(block[63], 0x77);
    assert_true(cistern_heap_check(&heap));
}

static void realloc_moves_where_the_successor_is_in_use(void **state)
{
    (void)state;
    unsigned char *const block = cistern_heap_alloc(&heap, 64);
    void *const neighbour = cistern_heap_alloc(&heap, 64);
    memset(block, 0x77, 64);
    unsigned char *const moved = cistern_heap_realloc(&heap, block, 600);
    assert_true(moved > (unsigned char *)neighbour);
    assert_int_equal(moved[0], 0x77);
    assert_int_equal(moved[63], 0x77);
    assert_true(cistern_heap_check(&heap));
    expect_refused(cistern_heap_free(&heap, block), CISTERN_FAULT_DOUBLE_FREE, block);
}

static void realloc_that_fails_leaves_the_block(void **state)
{
    (void)state;
    unsigned char *const block = cistern_heap_alloc(&heap, 64);
    memset(block, 0x77, 64);
    assert_null(cistern_heap_realloc(&heap, block, SIZE_MAX));
    assert_null(cistern_heap_realloc(&heap, block, ARENA));
    assert_int_equal(failures(), 2);
    assert_int_equal(block[63], 0x77);
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
}

static void realloc_of_null_allocates_and_to_nothing_frees(void **state)
{
    (void)state;
    void *const block = cistern_heap_realloc(&heap, NULL, 64);
    assert_non_null(block);
    assert_null(cistern_heap_realloc(&heap, block, 0));
    assert_int_equal(used(), 0);
}

static void aligned_realloc_keeps_the_alignment_where_it_moves(void **state)
{
    (void)state;
    unsigned char *block = cistern_heap_aligned_alloc(&heap, 256, 100);
    void *const neighbour = cistern_heap_alloc(&heap, 500);
    memset(block, 0x66, 100);
    for (size_t size = 100; size < 900; size += 100) {
        block = cistern_heap_aligned_realloc(&heap, block, 256, size);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 256, 0);
        assert_int_equal(block[99], 0x66);
        assert_true(cistern_heap_check(&heap));
    }
    assert_null(cistern_heap_aligned_realloc(&heap, block, 48, 950));
    assert_null(cistern_heap_aligned_realloc(&heap, NULL, 0, 100));
    assert_null(cistern_heap_aligned_realloc(&heap, block, 256, 0));
    assert_int_equal(cistern_heap_free(&heap, neighbour), CISTERN_OK);
    assert_int_equal(used(), 0);
}

/* --- inspection ----------------------------------------------------------------------------------
 */

static bool copy_block(const cistern_heap_block_t *block, void *context)
{
    cistern_heap_block_t **const next = context;
    *(*next)++ = *block;
    return true;
}

static bool stop(const cistern_heap_block_t *block, void *context)
{
    (void)block;
    (void)context;
    return false;
}

static void walk_shows_every_block_in_order(void **state)
{
    (void)state;
    cistern_heap_block_t shown[4];
    cistern_heap_block_t *next = shown;
    void *const first = cistern_heap_alloc(&heap, 40);
    void *const second = cistern_heap_alloc(&heap, 80);
    void *const third = cistern_heap_alloc(&heap, 120);
    assert_int_equal(cistern_heap_free(&heap, second), CISTERN_OK);
    assert_int_equal(cistern_heap_walk(&heap, copy_block, &next), 4);
    assert_ptr_equal(shown[0].address, first);
    assert_true(shown[0].used);
    assert_true(shown[0].size >= 40);
    assert_ptr_equal(shown[1].address, second);
    assert_false(shown[1].used);
    assert_ptr_equal(shown[2].address, third);
    assert_true(shown[2].used);
    assert_false(shown[3].used);
    assert_int_equal(cistern_heap_walk(&heap, stop, NULL), 1);
}

static void stats_add_up_and_the_high_water_mark_can_be_reset(void **state)
{
    (void)state;
    cistern_heap_stats_t stats;
    void *const first = cistern_heap_alloc(&heap, 400);
    void *const second = cistern_heap_alloc(&heap, 300);
    assert_int_equal(cistern_heap_free(&heap, first), CISTERN_OK);
    cistern_heap_stats(&heap, &stats);
    assert_int_equal(stats.blocks, 1);
    assert_int_equal(stats.used + stats.free, stats.bytes);
    assert_true(stats.used >= 300 && stats.used < 400);
    assert_true(stats.max_used >= 700);
    assert_string_equal(stats.name, "test");
    cistern_heap_reset_max_used(&heap);
    cistern_heap_stats(&heap, &stats);
    assert_int_equal(stats.max_used, stats.used);
    assert_int_equal(cistern_heap_free(&heap, second), CISTERN_OK);
    assert_int_equal(used(), 0);
}

/* A hole of `bytes` behind a block of `distance`, from which an aligned block of one byte comes. */
static void assert_hole_serves(size_t alignment, size_t distance, size_t bytes)
{
    void *const before = cistern_heap_alloc(&heap, distance);
    void *const hole = cistern_heap_alloc(&heap, bytes);
    void *const behind = cistern_heap_alloc(&heap, 1U);
    assert_true(before != NULL && hole != NULL && behind != NULL);
    assert_int_equal(cistern_heap_free(&heap, hole), CISTERN_OK);
    void *const block = cistern_heap_aligned_alloc(&heap, alignment, 1U);
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % alignment, 0);
    assert_true(cistern_heap_check(&heap));
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    assert_true(cistern_heap_check(&heap));
    assert_int_equal(cistern_heap_free(&heap, behind), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&heap, before), CISTERN_OK);
    assert_int_equal(used(), 0);
    assert_int_equal(faults_seen, 0);
}

static void aligned_block_of_one_byte_is_as_large_as_the_least(void **state)
{
    (void)state;
    for (size_t i = 0; i < 24U; ++i) {
        const cistern_heap_config_t config = {
            .memory = arena, .bytes = sizeof(arena), .min_size = i % 2U * 40U};
        assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_OK);
        for (size_t bytes = 1; bytes <= 160U; ++bytes) {
            assert_hole_serves((size_t)16 << i % 3U, 1U + i, bytes);
        }
    }
}

#if HEAP_CAN_BE_WIDE

/* Only the pages that hold headers are ever touched. */
static void block_of_over_half_the_addresses_serves_requests(void **state)
{
    (void)state;
    const size_t bytes = 2300000000U;
    void *const memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        skip();
    }
    make_heap_of(memory, bytes, 0);
    void *const huge = cistern_heap_alloc(&heap, 2200000000U);
    assert_non_null(cistern_heap_alloc(&heap, 1U));
    void *const small = cistern_heap_alloc(&heap, 1024U);
    assert_non_null(cistern_heap_alloc(&heap, 1U));
    assert_int_equal(cistern_heap_free(&heap, small), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&heap, huge), CISTERN_OK);
    assert_non_null(cistern_heap_alloc(&heap, 1100U)); /* more than `small`, of the same list */
    assert_int_equal(faults_seen, 0);
    assert_true(cistern_heap_check(&heap));
    assert_int_equal(munmap(memory, bytes), 0);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(init_refuses_what_it_cannot_make_a_heap_of, make_heap),
        cmocka_unit_test_setup(an_arena_of_any_size_and_place_stays_inside_its_bounds, make_heap),
        cmocka_unit_test_setup(arena_bytes_suffice_for_what_they_promise, make_heap),
        cmocka_unit_test_setup(block_takes_its_payload_and_a_header_and_no_granule_more, make_heap),
        cmocka_unit_test_setup(rest_that_is_as_large_as_the_smallest_block_stays_free, make_heap),
        cmocka_unit_test_setup(smaller_requests_take_the_smallest_payload, make_heap),
        cmocka_unit_test_setup(arena_of_the_promised_bytes_holds_as_many_blocks, make_heap),
        cmocka_unit_test_setup(block_of_the_whole_arena_leaves_no_granule_out, make_heap),
        cmocka_unit_test_setup(aligned_alloc_is_served_by_a_hole_for_both_and_the_smallest_block,
                               make_heap),
        cmocka_unit_test_setup(a_heap_of_zeros_serves_nothing, make_heap),
#if HEAP_CAN_BE_WIDE
        cmocka_unit_test_setup(block_of_over_half_the_addresses_serves_requests, make_heap),
#endif
        cmocka_unit_test_setup(aligned_block_of_one_byte_is_as_large_as_the_least, make_heap),
        cmocka_unit_test_setup(several_heaps_keep_apart, make_heap),
        cmocka_unit_test_setup(alloc_of_nothing_is_null_and_no_failure, make_heap),
        cmocka_unit_test_setup(alloc_of_more_than_there_can_be_is_null_and_counted, make_heap),
        cmocka_unit_test_setup(calloc_refuses_a_product_that_overflows, make_heap),
        cmocka_unit_test_setup(calloc_gives_zeros_where_something_was, make_heap),
        cmocka_unit_test_setup(largest_is_what_alloc_will_serve_and_no_byte_more, make_heap),
        cmocka_unit_test_setup(payloads_are_aligned_as_asked_for, make_heap),
        cmocka_unit_test_setup(aligned_alloc_gives_back_what_lies_around_it, make_heap),
        cmocka_unit_test_setup(high_water_mark_of_an_aligned_block_counts_that_block_alone,
                               make_heap),
#if !CISTERN_HEAP_FIT_IS_FIRST
        cmocka_unit_test_setup(largest_and_alloc_look_at_as_many_blocks_of_a_list_as_they_say,
                               make_heap),
#endif
        cmocka_unit_test_setup(aligned_alloc_leaves_nothing_before_a_block_that_is_aligned_as_it_is,
                               make_heap),
        cmocka_unit_test_setup(free_merges_with_both_neighbours, make_heap),
        cmocka_unit_test_setup(free_of_null_does_nothing, make_heap),
        cmocka_unit_test_setup(double_free_is_reported_and_refused, make_heap),
        cmocka_unit_test_setup(double_free_after_a_merge_is_reported_and_refused, make_heap),
        cmocka_unit_test_setup(stale_free_inside_a_later_block_is_reported_and_refused, make_heap),
        cmocka_unit_test_setup(every_address_that_is_no_block_is_refused, make_heap),
        cmocka_unit_test_setup(a_free_of_any_low_address_is_foreign, make_heap),
        cmocka_unit_test_setup(foreign_interior_and_misaligned_frees_are_distinguished, make_heap),
        cmocka_unit_test_setup(in_use_is_what_alloc_gave_and_no_call_has_freed, make_heap),
        cmocka_unit_test_setup(trim_of_the_last_block_gives_the_rest_back, make_heap),
        cmocka_unit_test_setup(trim_hands_even_a_few_bytes_to_a_free_successor, make_heap),
        cmocka_unit_test_setup(trim_refuses_to_grow, make_heap),
        cmocka_unit_test_setup(trim_of_what_is_no_block_is_refused, make_heap),
        cmocka_unit_test_setup(realloc_grows_in_place_into_a_free_successor, make_heap),
        cmocka_unit_test_setup(realloc_moves_where_the_successor_is_in_use, make_heap),
        cmocka_unit_test_setup(realloc_that_fails_leaves_the_block, make_heap),
        cmocka_unit_test_setup(realloc_of_null_allocates_and_to_nothing_frees, make_heap),
        cmocka_unit_test_setup(aligned_realloc_keeps_the_alignment_where_it_moves, make_heap),
        cmocka_unit_test_setup(a_block_that_fits_is_found_behind_one_that_does_not, make_heap),
        cmocka_unit_test_setup(walk_shows_every_block_in_order, make_heap),
        cmocka_unit_test_setup(stats_add_up_and_the_high_water_mark_can_be_reset, make_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
