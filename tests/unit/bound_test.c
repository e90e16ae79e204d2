/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE 1
/* What a call looks at: no more of the pool or heap than its bound allows.
 *
 * Everything that the call has no business with is forbidden memory (AddressSanitizer's poison), so
 * that a walk through it stops the program. Without that sanitizer the calls are made all the same,
 * and only their results are looked at.
 */
#include "support.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "cistern/heap.h"
#include "cistern/pool.h"
#include "os/os_mempool.h"

#if defined __SANITIZE_ADDRESS__
#    define FORBIDS_MEMORY 1
#elif defined __has_feature
#    if __has_feature(address_sanitizer)
#        define FORBIDS_MEMORY 1
#    endif
#endif

#ifdef FORBIDS_MEMORY
#    include <sanitizer/asan_interface.h>
#else
#    define ASAN_POISON_MEMORY_REGION(address, bytes)   ((void)(address), (void)(bytes))
#    define ASAN_UNPOISON_MEMORY_REGION(address, bytes) ((void)(address), (void)(bytes))
#endif

/* HEADER: of a block in an arena of more than 64 KiB. */
enum { HOLES = 5000, HOLE = 32, HEADER = 8 };

static void alloc_past_thousands_of_small_holes_does_not_look_at_them(void **state)
{
    (void)state;
    const size_t bytes = 2UL * HOLES * (HOLE + 32) + 100000;
    void *const memory = malloc(bytes);
    void *taken[2 * HOLES];
    cistern_heap_t heap;
    const cistern_heap_config_t config = {.memory = memory, .bytes = bytes};
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_OK);
    for (unsigned i = 0; i < 2 * HOLES; ++i) {
        taken[i] = cistern_heap_alloc(&heap, HOLE);
    }
    for (unsigned i = 0; i < 2 * HOLES; i += 2) {
        assert_int_equal(cistern_heap_free(&heap, taken[i]), CISTERN_OK);
    }
    for (unsigned i = 2; i < 2 * HOLES; i += 2) {
        ASAN_POISON_MEMORY_REGION((char *)taken[i] - HEADER, HEADER + HOLE);
    }
    void *const block = cistern_heap_alloc(&heap, 128);
    assert_non_null(block);
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    assert_no_fault();
    ASAN_UNPOISON_MEMORY_REGION(memory, bytes);
    assert_true(cistern_heap_check(&heap));
    free(memory);
}

/* Only a block that holds a free one's key, which a double free does, costs a walk. */
static void put_and_get_look_at_no_other_block(void **state)
{
    (void)state;
    enum { COUNT = 1000, SIZE = 64 };
    const size_t bytes = CISTERN_POOL_BYTES(COUNT, SIZE, 16);
    unsigned char *const memory = malloc(bytes);
    void *taken[COUNT];
    cistern_pool_t pool;
    const cistern_pool_config_t config = {
        .name = "pool", .count = COUNT, .size = SIZE, .alignment = 16, .memory = memory};
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_OK);
    const size_t stride = cistern_pool_stride(&pool);
    for (unsigned i = 0; i < COUNT; ++i) {
        taken[i] = cistern_pool_get(&pool);
    }
    for (unsigned i = 1; i < COUNT; ++i) {
        assert_int_equal(cistern_pool_put(&pool, taken[i]), CISTERN_OK);
    }
    ASAN_POISON_MEMORY_REGION(memory, COUNT * stride);
    ASAN_UNPOISON_MEMORY_REGION(taken[0], stride);
    assert_int_equal(cistern_pool_put(&pool, taken[0]), CISTERN_OK);
    assert_ptr_equal(cistern_pool_get(&pool), taken[0]);
    assert_no_fault();
    ASAN_UNPOISON_MEMORY_REGION(memory, bytes);
    assert_int_equal(cistern_pool_put(&pool, taken[0]), CISTERN_OK);
    assert_int_equal(cistern_pool_put(&pool, taken[1]), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, taken[1]);
    assert_true(cistern_pool_check(&pool));
    assert_int_equal(cistern_pool_unregister(&pool), CISTERN_OK);
    free(memory);
}

#if SIZE_MAX > 0xffffffffUL
static void blocks_of_a_pool_beyond_4_gib_are_distinguished(void **state)
{
    (void)state;
    const size_t size = (size_t)1 << 30;
    const size_t bytes = OS_MEMPOOL_BYTES(6, (size_t)1 << 30);
    char *const memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct os_mempool mp;
    assert_true(memory != MAP_FAILED);
    assert_int_equal(os_mempool_init(&mp, 6, (uint32_t)size, memory, "huge"), OS_OK);
    assert_int_equal(os_memblock_from(&mp, memory + 5 * size), 1);
    assert_int_equal(os_memblock_from(&mp, memory + 4 * size + 64), 0);
    assert_int_equal(os_memblock_from(&mp, memory + 6 * size), 0);
    assert_int_equal(os_mempool_unregister(&mp), OS_OK);
    munmap(memory, bytes);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(alloc_past_thousands_of_small_holes_does_not_look_at_them),
        test(put_and_get_look_at_no_other_block),
#if SIZE_MAX > 0xffffffffUL
        test(blocks_of_a_pool_beyond_4_gib_are_distinguished),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
