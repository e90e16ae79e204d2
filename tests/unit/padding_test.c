/* SPDX-License-Identifier: BSD-3-Clause */
/* ETH_PAD_SIZE: bytes before a frame, so that what follows its header of 14 bytes is aligned. */
#include "lwip_memory.h"

#include "lwip/def.h"
#include "lwip/pbuf.h"

PACK_STRUCT_BEGIN
struct ethernet_header {
    PACK_STRUCT_FLD_8(u8_t padding[ETH_PAD_SIZE]);
    PACK_STRUCT_FLD_8(u8_t to[6]);
    PACK_STRUCT_FLD_8(u8_t from[6]);
    PACK_STRUCT_FIELD(u16_t type);
} PACK_STRUCT_STRUCT;
PACK_STRUCT_END

static const pbuf_type types[] = {PBUF_RAM, PBUF_POOL};

static void room_for_headers_includes_the_padding(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct ethernet_header), 16);
    assert_int_equal(PBUF_LINK_HLEN, sizeof(struct ethernet_header));
    for (size_t i = 0; i < LWIP_ARRAYSIZE(types); ++i) {
        struct pbuf *const p = pbuf_alloc(PBUF_LINK, 40, types[i]);
        assert_int_equal(pbuf_add_header(p, sizeof(struct ethernet_header)), 0);
        assert_int_equal(p->len, 40 + sizeof(struct ethernet_header));
        assert_int_equal(pbuf_add_header(p, MEM_ALIGNMENT), 1);
        pbuf_free(p);
    }
}

static void packet_of_a_padded_frame_is_aligned(void **state)
{
    (void)state;
    for (size_t i = 0; i < LWIP_ARRAYSIZE(types); ++i) {
        struct pbuf *const p = pbuf_alloc(PBUF_RAW, 60, types[i]);
        assert_int_equal((uintptr_t)p->payload % MEM_ALIGNMENT, 0);
        assert_int_equal(pbuf_remove_header(p, sizeof(struct ethernet_header)), 0);
        assert_int_equal((uintptr_t)p->payload % 4, 0);
        pbuf_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(room_for_headers_includes_the_padding),
        test(packet_of_a_padded_frame_is_aligned),
    };
    return cmocka_run_group_tests(tests, memory_start, memory_is_back);
}
