/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's heap on memory that the program chooses when it starts. */
#include "support.h"

#include <stdlib.h>

#include "cistern/heap.h"
#include "lwip/mem.h"
#include "lwip/stats.h"

unsigned char *heap_memory;
size_t heap_bytes;

static void the_heap_lies_where_and_as_large_as_configured(void **state)
{
    (void)state;
    for (size_t bytes = 1000; bytes < 1000000; bytes *= 3) {
        heap_memory = malloc(bytes);
        heap_bytes = bytes;
        assert_non_null(heap_memory);
        mem_init();
        const mem_size_t all = (mem_size_t)cistern_heap_largest(mem_heap());
        u8_t *const mem = mem_malloc(all);
        assert_true(all > bytes - 64);
        assert_true(mem > heap_memory && mem + all <= heap_memory + bytes);
        memset(mem, 0xff, all);
        assert_true(lwip_stats.mem.avail <= bytes);
        mem_free(mem);
        assert_int_equal(lwip_stats.mem.used, 0);
        free(heap_memory);
    }
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {test(the_heap_lies_where_and_as_large_as_configured)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
