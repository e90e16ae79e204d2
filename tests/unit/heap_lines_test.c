/* SPDX-License-Identifier: BSD-3-Clause */
/* The heap with CISTERN_HEAP_CACHE_LINE: what a device writes by DMA shares no line with a header.
 */
#include "support.h"

#include "cistern/heap.h"

#define LINE ((uintptr_t)CISTERN_HEAP_CACHE_LINE)

static _Alignas(64) unsigned char arena[8192];
static cistern_heap_t heap;

static void make(size_t alignment)
{
    const cistern_heap_config_t config = {
        .memory = arena + 5, .bytes = 8000, .alignment = alignment};
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_OK);
}

/* A device invalidates the lines of a payload: what else lies in them would be lost. Here they are
 * overwritten as wholes, while the block is in use. */
static void whole_lines_of_a_payload_can_be_overwritten(void **state)
{
    (void)state;
    for (size_t alignment = 4; alignment <= 128; alignment *= 2) {
        unsigned char *blocks[12];
        make(alignment);
        for (size_t i = 0; i < 12; ++i) {
            const size_t size = 1U + 23U * i;
            blocks[i] = cistern_heap_alloc(&heap, size);
            assert_non_null(blocks[i]);
            assert_int_equal((uintptr_t)blocks[i] % LINE, 0);
#if CISTERN_CHECK < 2
            memset(blocks[i], 0xff, (size + LINE - 1U) & ~(LINE - 1U));
#else
            memset(blocks[i], 0xff, size);
#endif
        }
        for (size_t i = 0; i < 12; ++i) {
            assert_int_equal(cistern_heap_free(&heap, blocks[(i * 5U) % 12U]), CISTERN_OK);
            assert_true(cistern_heap_check(&heap));
        }
        assert_int_equal(heap.used, 0);
    }
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {test(whole_lines_of_a_payload_can_be_overwritten)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
