/* SPDX-License-Identifier: BSD-3-Clause */
/* The heap at check levels 2 and 3: guards, poison, and who it was. Built for both. */
#include "support.h"

#include "cistern/heap.h"

static max_align_t arena[8192 / sizeof(max_align_t)];
static cistern_heap_t heap;

static int start(void **state)
{
    const cistern_heap_config_t config = {
        .name = "guarded", .memory = arena, .bytes = sizeof(arena), .alignment = 8};
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_OK);
    return faults_watch(state);
}

#define guard_test(function) cmocka_unit_test_setup(function, start)

/* A size that leaves no slack before the next header, and one that leaves some. */
static const size_t sizes[] = {96, 99};

static size_t quarantined(void)
{
    cistern_heap_stats_t stats;
    cistern_heap_stats(&heap, &stats);
    assert_int_equal(stats.used + stats.free + stats.quarantined, stats.bytes);
    return stats.quarantined;
}

/* Frees as many blocks as a block stays in quarantine for. */
static void wait_out_the_quarantine(void)
{
    for (size_t i = 0; i < CISTERN_HEAP_QUARANTINE; ++i) {
        assert_int_equal(cistern_heap_free(&heap, cistern_heap_alloc(&heap, 20)), CISTERN_OK);
    }
}

static void a_byte_past_the_end_is_reported_once_and_the_block_taken_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; ++i) {
        unsigned char *const block = cistern_heap_alloc(&heap, sizes[i]);
        memset(block, 0x11, sizes[i] + 1U);
        assert_false(cistern_heap_check(&heap));
        assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
        assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
        assert_true(cistern_heap_check(&heap));
        assert_true(quarantined() > sizes[i]);
        assert_int_equal(cistern_heap_free(&heap, block), CISTERN_ERROR_FAULT);
        assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
        wait_out_the_quarantine();
        assert_no_fault();
        assert_int_equal(quarantined(), 0);
        assert_true(cistern_heap_check(&heap));
        assert_int_equal(heap.used, 0);
    }
}

static void a_byte_before_the_start_is_reported_once_and_the_block_taken_back(void **state)
{
    (void)state;
    unsigned char *const block = cistern_heap_alloc(&heap, 100);
    block[-1] = 0;
    assert_int_equal(cistern_heap_usable_size(&heap, block), 0);
    assert_one_fault(CISTERN_FAULT_UNDERFLOW, block);
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_UNDERFLOW, block);
    wait_out_the_quarantine();
    assert_no_fault();
    assert_int_equal(heap.used, 0);
}

static void
a_block_whose_guard_was_broken_is_taken_back_after_so_many_frees_and_no_fewer(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 3; ++round) {
        unsigned char *const block = cistern_heap_alloc(&heap, 100);
        block[100] ^= 1U;
        assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
        assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
        for (size_t i = 0; i < CISTERN_HEAP_QUARANTINE; ++i) {
            assert_true(quarantined() > 100);
            assert_int_equal(cistern_heap_free(&heap, cistern_heap_alloc(&heap, 20)), CISTERN_OK);
        }
        assert_int_equal(quarantined(), 0);
        assert_no_fault();
    }
}

static void a_late_write_to_a_block_in_quarantine_is_reported(void **state)
{
    (void)state;
    unsigned char *const block = cistern_heap_alloc(&heap, 100);
    block[100] = 0;
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
    block[70] = 1;
    wait_out_the_quarantine();
    assert_one_fault(CISTERN_FAULT_POISON, block);
    assert_int_equal(quarantined(), 0);
    assert_true(cistern_heap_check(&heap));
}

static void realloc_reports_a_broken_guard_once_and_repairs_it(void **state)
{
    (void)state;
    unsigned char *const block = cistern_heap_alloc(&heap, 100);
    memset(block, 0x33, 101);
    unsigned char *const moved = cistern_heap_realloc(&heap, block, 200);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
    assert_non_null(moved);
    assert_int_equal(moved[99], 0x33);
    assert_true(cistern_heap_check(&heap));
    assert_int_equal(cistern_heap_free(&heap, moved), CISTERN_OK);
    assert_no_fault();
}

static void a_write_to_a_free_block_is_reported_when_it_is_handed_out_again(void **state)
{
    (void)state;
    unsigned char *const block = cistern_heap_alloc(&heap, 100);
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    block[50] = 1;
    assert_false(cistern_heap_check(&heap));
    assert_ptr_equal(cistern_heap_alloc(&heap, 100), block);
    assert_one_fault(CISTERN_FAULT_POISON, block);
    assert_true(cistern_heap_check(&heap));
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    assert_ptr_equal(cistern_heap_alloc(&heap, 100), block);
    assert_no_fault();
}

/* The neighbour behind, then the one before. */
static void a_write_to_a_free_block_is_reported_when_a_neighbour_merges_with_it(void **state)
{
    (void)state;
    for (size_t freed = 0; freed < 2; ++freed) {
        unsigned char *blocks[3];
        for (size_t i = 0; i < 3; ++i) {
            blocks[i] = cistern_heap_alloc(&heap, 100);
        }
        unsigned char *const written = blocks[freed == 0 ? 1 : 0];
        assert_int_equal(cistern_heap_free(&heap, written), CISTERN_OK);
        memset(written, 'x', 100);
        assert_int_equal(cistern_heap_free(&heap, blocks[freed]), CISTERN_OK);
        assert_one_fault(CISTERN_FAULT_POISON, written);
        assert_true(cistern_heap_check(&heap));
        assert_int_equal(cistern_heap_free(&heap, blocks[2]), CISTERN_OK);
        assert_no_fault();
        assert_true(cistern_heap_check(&heap));
    }
}

static void a_write_to_a_free_block_is_reported_when_its_neighbour_grows_into_it(void **state)
{
    (void)state;
    unsigned char *const first = cistern_heap_alloc(&heap, 100);
    unsigned char *const second = cistern_heap_alloc(&heap, 200);
    unsigned char *const third = cistern_heap_alloc(&heap, 100);
    memset(first, 0x33, 100);
    assert_int_equal(cistern_heap_free(&heap, second), CISTERN_OK);
    memset(second + 40, 'x', 20);
    assert_ptr_equal(cistern_heap_realloc(&heap, first, 280), first);
    assert_one_fault(CISTERN_FAULT_POISON, first);
    assert_int_equal(first[99], 0x33);
    assert_true(cistern_heap_check(&heap));
    assert_int_equal(cistern_heap_free(&heap, first), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&heap, third), CISTERN_OK);
    assert_no_fault();
    assert_int_equal(heap.used, 0);
}

static void *claimed; /* what the handler of the next fault frees */
static cistern_error_t answer;
static bool whole;

static void free_it_too(const cistern_fault_t *fault)
{
    void *const memory = claimed;
    faults_remember(fault);
    claimed = NULL;
    if (memory != NULL) {
        whole = cistern_heap_check(&heap);
        answer = cistern_heap_free(&heap, memory);
    }
}

/* The free in the handler of a call's fault was one too many: that call had the block. */
static void assert_free_was_refused(const void *block)
{
    assert_int_equal(answer, CISTERN_ERROR_FAULT);
    assert_int_equal(faults.count, 2);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_DOUBLE_FREE);
    assert_ptr_equal(faults.last.address, block);
    assert_true(whole && cistern_heap_check(&heap));
    faults.count = 0;
    whole = false;
}

static void block_that_a_call_has_cannot_be_freed_meanwhile(void **state)
{
    (void)state;
    unsigned char *const block = cistern_heap_alloc(&heap, 100);
    unsigned char *const next = cistern_heap_alloc(&heap, 100);
    unsigned char *const last = cistern_heap_alloc(&heap, 100);
    (void)cistern_fault_set_handler(free_it_too);
    block[100] ^= 1U;
    claimed = block;
    assert_ptr_equal(cistern_heap_realloc(&heap, block, 90), block);
    assert_free_was_refused(block);
    assert_int_equal(cistern_heap_free(&heap, next), CISTERN_OK);
    next[50] ^= 1U;
    claimed = block;
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    assert_free_was_refused(block);
    block[50] ^= 1U;
    claimed = block;
    assert_ptr_equal(cistern_heap_alloc(&heap, 100), block);
    assert_free_was_refused(block);
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&heap, last), CISTERN_OK);
    assert_no_fault();
    assert_int_equal(heap.used, 0);
}

static void sizes_are_those_asked_for_to_the_byte(void **state)
{
    (void)state;
    unsigned char *const block = cistern_heap_alloc(&heap, 99);
    assert_int_equal(cistern_heap_usable_size(&heap, block), 99);
    assert_int_equal(cistern_heap_trim(&heap, block, 13), CISTERN_OK);
    assert_int_equal(cistern_heap_usable_size(&heap, block), 13);
    assert_int_equal(cistern_heap_trim(&heap, block, 14), CISTERN_ERROR_SIZE);
    assert_ptr_equal(cistern_heap_realloc(&heap, block, 201), block);
    assert_int_equal(cistern_heap_usable_size(&heap, block), 201);
    memset(block, 0xff, 201);
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    assert_no_fault();
}

/* The tag is a size and, at level 3, a file and a line. */
static void guards_take_no_granule_more_than_they_need(void **state)
{
    (void)state;
    const size_t tag = sizeof(size_t) + (CISTERN_CHECK >= 3 ? 2U * sizeof(void *) : 0U);
    const size_t front = (tag + CISTERN_HEAP_GUARD_BEFORE + 7U) & ~(size_t)7U;
    for (size_t size = 1; size < 200; ++size) {
        const size_t bytes =
            2U * sizeof(cistern_heap_index_t) + front + size + CISTERN_HEAP_GUARD_AFTER;
        void *const block = cistern_heap_alloc(&heap, size);
        assert_int_equal(heap.used, (bytes + 7U) & ~(size_t)7U);
        assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    }
}

static void arena_without_space_for_a_byte_between_its_guards_is_refused(void **state)
{
    (void)state;
    unsigned refused = 0;
    for (size_t i = 0; i < 512; ++i) {
        const cistern_heap_config_t config = {
            .name = "small", .memory = arena, .bytes = i / 2U, .alignment = 4U + i % 2U * 4U};
        const cistern_error_t error = cistern_heap_init(&heap, &config);
        if (error == CISTERN_OK) {
            assert_non_null(cistern_heap_alloc(&heap, 1));
        } else {
            assert_int_equal(error, CISTERN_ERROR_SIZE);
            ++refused;
        }
    }
    assert_in_range(refused, 1, 511);
}

static void alignment_holds_behind_the_guard(void **state)
{
    (void)state;
    for (size_t alignment = 1; alignment <= 512; alignment *= 2) {
        unsigned char *const block = cistern_heap_aligned_alloc(&heap, alignment, 60);
        assert_int_equal((uintptr_t)block % alignment, 0);
        memset(block, 0xff, 60);
        assert_true(cistern_heap_check(&heap));
        assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    }
    assert_true(cistern_heap_check(&heap));
}

/* With guards too, what can be made of an arena holds a block of the smallest size. */
static void an_arena_that_holds_no_block_of_the_smallest_size_is_refused(void **state)
{
    (void)state;
    static const size_t smallest[] = {0, 1, 12, 41};
    for (size_t i = 0; i < sizeof(smallest) / sizeof(smallest[0]); ++i) {
        for (size_t alignment = 4; alignment <= 64; alignment *= 2) {
            size_t bytes = 0;
            cistern_heap_config_t config = {
                .memory = arena, .alignment = alignment, .min_size = smallest[i]};
            do {
                config.bytes = ++bytes;
            } while (cistern_heap_init(&heap, &config) != CISTERN_OK && bytes < sizeof(arena));
            void *const block = cistern_heap_alloc(&heap, smallest[i] != 0 ? smallest[i] : 1);
            assert_non_null(block);
            assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
        }
    }
    assert_no_fault();
}

static void an_address_behind_the_arena_is_foreign(void **state)
{
    (void)state;
    unsigned char *const end = (unsigned char *)arena + sizeof(arena);
    for (unsigned distance = 0; distance < 128; distance += 8) {
        assert_int_equal(cistern_heap_free(&heap, end + distance), CISTERN_ERROR_FAULT);
        assert_one_fault(CISTERN_FAULT_FOREIGN_FREE, end + distance);
    }
}

/* The write goes over the tag of the second block as well. */
static void damage_of_a_header_is_repaired(void **state)
{
    (void)state;
    unsigned char *const first = cistern_heap_alloc(&heap, 96);
    unsigned char *const second = cistern_heap_alloc(&heap, 96);
    unsigned char *const third = cistern_heap_alloc(&heap, 96);
    memset(first, 0xff, (size_t)(second - first));
    assert_int_equal(cistern_heap_free(&heap, second), CISTERN_OK);
    assert_int_equal(faults.count, 2);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_UNDERFLOW);
    faults.count = 0;
    assert_int_equal(cistern_heap_free(&heap, third), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&heap, first), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, first);
    wait_out_the_quarantine();
    assert_true(cistern_heap_check(&heap));
    assert_int_equal(heap.used, 0);
    assert_non_null(cistern_heap_alloc(&heap, 1000));
    assert_true(cistern_heap_check(&heap));
    assert_no_fault();
}

#if CISTERN_CHECK >= 3

static bool find_line(const cistern_heap_block_t *block, void *context)
{
    int *const line = context;
    if (block->used) {
        assert_string_equal(block->file, __FILE__);
        *line = block->line;
    }
    return true;
}

static void walk_shows_who_allocated_each_block(void **state)
{
    (void)state;
    int line = 0;
    const int expected = __LINE__ + 1;
    void *const block = cistern_heap_calloc(&heap, 2, 30);
    assert_non_null(block);
    assert_int_equal(cistern_heap_walk(&heap, find_line, &line), 2);
    assert_int_equal(line, expected);
}

static void a_double_free_names_who_freed_first(void **state)
{
    (void)state;
    void *const block = cistern_heap_alloc(&heap, 30);
    const int expected = __LINE__ + 1;
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_ERROR_FAULT);
    assert_string_equal(faults.last.file, __FILE__);
    assert_int_equal(faults.last.line, expected);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
}

static void an_overflow_names_who_allocated_the_block(void **state)
{
    (void)state;
    const int expected = __LINE__ + 1;
    unsigned char *const block = cistern_heap_alloc(&heap, 30);
    block[30] = 0;
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    assert_string_equal(faults.last.file, __FILE__);
    assert_int_equal(faults.last.line, expected);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        guard_test(a_byte_past_the_end_is_reported_once_and_the_block_taken_back),
        guard_test(a_byte_before_the_start_is_reported_once_and_the_block_taken_back),
        guard_test(a_block_whose_guard_was_broken_is_taken_back_after_so_many_frees_and_no_fewer),
        guard_test(a_late_write_to_a_block_in_quarantine_is_reported),
        guard_test(realloc_reports_a_broken_guard_once_and_repairs_it),
        guard_test(a_write_to_a_free_block_is_reported_when_it_is_handed_out_again),
        guard_test(a_write_to_a_free_block_is_reported_when_a_neighbour_merges_with_it),
        guard_test(a_write_to_a_free_block_is_reported_when_its_neighbour_grows_into_it),
        guard_test(block_that_a_call_has_cannot_be_freed_meanwhile),
        guard_test(sizes_are_those_asked_for_to_the_byte),
        guard_test(guards_take_no_granule_more_than_they_need),
        guard_test(arena_without_space_for_a_byte_between_its_guards_is_refused),
        guard_test(alignment_holds_behind_the_guard),
        guard_test(an_arena_that_holds_no_block_of_the_smallest_size_is_refused),
        guard_test(an_address_behind_the_arena_is_foreign),
        guard_test(damage_of_a_header_is_repaired),
#if CISTERN_CHECK >= 3
        guard_test(walk_shows_who_allocated_each_block),
        guard_test(a_double_free_names_who_freed_first),
        guard_test(an_overflow_names_who_allocated_the_block),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
