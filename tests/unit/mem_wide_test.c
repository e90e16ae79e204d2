/* SPDX-License-Identifier: BSD-3-Clause */
/* Packet buffers on a heap that has more bytes than mem_size_t can ask for. */
#include "lwip_memory.h"

#include "lwip/pbuf.h"

_Alignas(8) unsigned char heap_memory[LWIP_RAM_HEAP_SIZE];

static void longest_payload_that_can_be_asked_for_is_given_whole(void **state)
{
    (void)state;
    const pbuf_len_t longest = (pbuf_len_t)((65535U - PBUF_STRUCT_SIZE) & ~(MEM_ALIGNMENT - 1U));
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, longest, PBUF_RAM);
    assert_non_null(p);
    assert_true(mem_malloc(65535) >= (void *)((u8_t *)p->payload + longest));
    assert_int_equal(lwip_stats.mem.err, 0);
}

static void payload_that_cannot_be_asked_for_is_refused(void **state)
{
    (void)state;
    assert_null(pbuf_alloc(PBUF_RAW, 65535, PBUF_RAM));
    assert_null(pbuf_alloc(PBUF_TRANSPORT, 65500, PBUF_RAM));
    assert_int_equal(lwip_stats.mem.err, 0); /* the heap was never asked */
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_no_fault();
}

static int start(void **state)
{
    lwip_stats.mem.err = 0;
    return memory_start(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(longest_payload_that_can_be_asked_for_is_given_whole, start),
        cmocka_unit_test_setup(payload_that_cannot_be_asked_for_is_refused, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
