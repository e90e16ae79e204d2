/* SPDX-License-Identifier: BSD-3-Clause */
/* Packet buffers: what a user can see of them, and what happens to wrong calls. Built with several
 * configurations; the data functions are compared with a model in tests/model/pbuf_model_test.c. */
#include "lwip_memory.h"

#include <stdbool.h>

#include "lwip/pbuf.h"

#define ELEMENT ((pbuf_len_t)PBUF_POOL_BUFSIZE_ALIGNED)

static const pbuf_type all_types[] = {PBUF_RAM, PBUF_ROM, PBUF_REF, PBUF_POOL};

/* --- custom pbufs ----------------------------------------------------------------------------- */

static unsigned customs_freed;

static void count_custom(struct pbuf *p)
{
    (void)p;
    ++customs_freed;
}

static struct pbuf *custom_pbuf(struct pbuf_custom *custom, void *payload, pbuf_len_t length)
{
    custom->custom_free_function = count_custom;
    struct pbuf *const p = pbuf_alloced_custom(PBUF_RAW, length, PBUF_REF, custom, payload, length);
    assert_non_null(p);
    return p;
}

/* Fragments of the longest chain: fewer where memory is. */
#ifndef PBUF_TEST_FRAGMENTS
#    define PBUF_TEST_FRAGMENTS 30000
#endif

static uint8_t text[PBUF_TEST_FRAGMENTS];

/* A chain of `count` one-byte fragments on `text`. Two chains of half the length are made one, and
 * so on: pbuf_cat walks both. */
static struct pbuf *custom_chain(size_t count)
{
    static struct pbuf_custom customs[PBUF_TEST_FRAGMENTS];
    struct pbuf *parts[20];
    size_t waiting = 0;
    for (size_t i = 0; i < count; ++i) {
        parts[waiting++] = custom_pbuf(&customs[i], &text[i], 1);
        for (size_t k = i + 1; k % 2 == 0; k /= 2) {
            --waiting;
            pbuf_cat(parts[waiting - 1], parts[waiting]);
        }
    }
    for (; waiting > 1; --waiting) {
        pbuf_cat(parts[waiting - 2], parts[waiting - 1]);
    }
    return parts[0];
}

/* --- struct ----------------------------------------------------------------------------------- */

static void a_fragment_takes_two_pointers_and_eight_bytes(void **state)
{
    (void)state;
#if !CISTERN_PBUF_LEN_32 && !defined LWIP_PBUF_CUSTOM_DATA
    assert_int_equal(sizeof(struct pbuf), 2 * sizeof(void *) + 8);
#endif
    assert_int_equal(offsetof(struct pbuf_custom, pbuf), 0);
    assert_int_equal(offsetof(struct pbuf_rom, payload), offsetof(struct pbuf, payload));
}

static void types_and_layers_have_their_documented_values(void **state)
{
    (void)state;
    assert_int_equal(PBUF_RAM, 0x280);
    assert_int_equal(PBUF_ROM, 0x01);
    assert_int_equal(PBUF_REF, 0x41);
    assert_int_equal(PBUF_POOL, 0x182);
    assert_int_equal(PBUF_RAW, 0);
    assert_int_equal(PBUF_LINK - PBUF_RAW_TX, PBUF_LINK_HLEN);
    assert_int_equal(PBUF_IP - PBUF_LINK, PBUF_IP_HLEN);
    assert_int_equal(PBUF_TRANSPORT - PBUF_IP, 20);
}

/* --- making ----------------------------------------------------------------------------------- */

static void a_new_pbuf_of_any_type_has_its_length_and_one_reference(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all_types / sizeof all_types[0]; ++i) {
        struct pbuf *const p = pbuf_alloc(PBUF_TRANSPORT, 20, all_types[i]);
        assert_non_null(p);
        assert_null(p->next);
        assert_int_equal(p->tot_len, 20);
        assert_int_equal(p->len, 20);
        assert_int_equal(p->ref, 1);
        assert_int_equal(p->flags, 0);
        assert_true(pbuf_match_type(p, all_types[i]));
        assert_int_equal(PBUF_NEEDS_COPY(p) != 0, all_types[i] == PBUF_REF);
        assert_int_equal(pbuf_free(p), 1);
    }
    assert_no_fault();
}

static void a_pbuf_of_length_0_is_legal_for_every_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all_types / sizeof all_types[0]; ++i) {
        struct pbuf *const p = pbuf_alloc(PBUF_RAW, 0, all_types[i]);
        assert_non_null(p);
        assert_int_equal(p->tot_len, 0);
        assert_int_equal(pbuf_clen(p), 1);
        assert_int_equal(pbuf_free(p), 1);
    }
}

static void payload_in_own_memory_is_aligned_behind_its_header_room(void **state)
{
    (void)state;
    static const pbuf_layer layers[] = {PBUF_RAW, PBUF_RAW_TX, PBUF_LINK, PBUF_IP, PBUF_TRANSPORT};
    for (size_t i = 0; i < 2 * sizeof layers / sizeof layers[0]; ++i) {
        const pbuf_layer layer = layers[i / 2];
        struct pbuf *const p = pbuf_alloc(layer, 1, i % 2 == 0 ? PBUF_RAM : PBUF_POOL);
        assert_int_equal((uintptr_t)p->payload % LWIP_ALIGNMENT, 0);
        assert_int_equal(pbuf_add_header(p, (size_t)layer), 0);
        assert_int_equal(p->tot_len, 1 + (int)layer);
        assert_true((uint8_t *)p->payload >= (uint8_t *)p + sizeof *p);
        assert_int_equal(pbuf_free(p), 1);
    }
}

static void only_the_first_fragment_of_a_pool_chain_has_header_room(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_IP, (pbuf_len_t)(3 * ELEMENT), PBUF_POOL);
    assert_int_equal(pbuf_clen(p), 4);
    assert_int_equal(p->tot_len, 3 * ELEMENT);
    assert_int_equal(p->len, ELEMENT - LWIP_MEM_ALIGN_SIZE((size_t)PBUF_IP));
    assert_int_equal(p->next->len, ELEMENT);
    assert_int_equal(p->next->tot_len, p->tot_len - p->len);
    assert_int_equal(pbuf_add_header(p, PBUF_IP), 0);
    assert_int_equal(pbuf_add_header(p->next, 1), 1);
    assert_int_equal(pbuf_free(p), 4);
}

static void a_pool_chain_that_cannot_be_completed_gives_everything_back(void **state)
{
    (void)state;
    const size_t before = free_elements(MEMP_PBUF_POOL);
    assert_null(pbuf_alloc(PBUF_RAW, (pbuf_len_t)(ELEMENT * (before + 1)), PBUF_POOL));
    assert_int_equal(free_elements(MEMP_PBUF_POOL), before);
    assert_no_fault();
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, (pbuf_len_t)(ELEMENT * before), PBUF_POOL);
    assert_non_null(p);
    assert_int_equal(pbuf_free(p), before);
}

static void references_run_out_with_their_pool_and_come_back(void **state)
{
    (void)state;
    struct pbuf *taken[MEMP_NUM_PBUF];
    for (size_t i = 0; i < MEMP_NUM_PBUF; ++i) {
        taken[i] = pbuf_alloc(PBUF_RAW, 1, i % 2 == 0 ? PBUF_ROM : PBUF_REF);
        assert_non_null(taken[i]);
    }
    assert_null(pbuf_alloc(PBUF_RAW, 1, PBUF_REF));
    for (size_t i = 0; i < MEMP_NUM_PBUF; ++i) {
        assert_int_equal(pbuf_free(taken[i]), 1);
    }
    assert_no_fault();
}

static void a_ram_pbuf_that_the_heap_cannot_hold_is_refused_and_counted(void **state)
{
    (void)state;
#if MEM_STATS
    const unsigned long before = lwip_stats.mem.err;
#endif
    assert_null(pbuf_alloc(PBUF_TRANSPORT, 0xf000, PBUF_RAM));
#if MEM_STATS
    assert_int_equal(lwip_stats.mem.err - before, 1);
#endif
    assert_null(pbuf_alloc(PBUF_TRANSPORT, 0xffff, PBUF_RAM)); /* more than a mem_size_t may hold */
    assert_no_fault();
}

static void an_unknown_type_is_refused(void **state)
{
    (void)state;
    assert_null(pbuf_alloc(PBUF_RAW, 1, (pbuf_type)3));
    assert_one_fault(CISTERN_FAULT_ARGUMENT, NULL);
    assert_null(pbuf_alloc_reference("x", 1, PBUF_RAM));
    assert_one_fault(CISTERN_FAULT_ARGUMENT, NULL);
}

static void header_room_beyond_a_pool_element_is_refused(void **state)
{
    (void)state;
    const size_t before = free_elements(MEMP_PBUF_POOL);
    if ((size_t)(pbuf_layer)(ELEMENT + 1) != ELEMENT + 1) {
        skip(); /* enumerations are as short as they can be: the layer cannot be that large */
    }
    assert_null(pbuf_alloc((pbuf_layer)(ELEMENT + 1), 1, PBUF_POOL));
    assert_one_fault(CISTERN_FAULT_ARGUMENT, NULL);
    assert_int_equal(free_elements(MEMP_PBUF_POOL), before);
}

static void a_custom_pbuf_is_made_only_if_it_fits_and_is_freed_by_its_owner(void **state)
{
    (void)state;
    uint8_t payload[64];
    struct pbuf_custom custom = {.custom_free_function = count_custom};
    customs_freed = 0;
    assert_null(pbuf_alloced_custom(PBUF_RAW, 65, PBUF_REF, &custom, payload, 64));
    assert_null(pbuf_alloced_custom(PBUF_LINK, 64, PBUF_REF, &custom, payload, 64));
    assert_null(pbuf_alloced_custom(PBUF_TRANSPORT, 0, PBUF_REF, &custom, payload, 8));

    struct pbuf *const p = pbuf_alloced_custom(PBUF_LINK, 40, PBUF_REF, &custom, payload, 64);
    assert_ptr_equal(p, &custom.pbuf);
    assert_ptr_equal(p->payload, payload + LWIP_MEM_ALIGN_SIZE((size_t)PBUF_LINK));
    assert_true((p->flags & PBUF_FLAG_IS_CUSTOM) != 0);
    pbuf_ref(p);
    assert_int_equal(pbuf_free(p), 0);
    assert_int_equal(customs_freed, 0);
    assert_int_equal(pbuf_free(p), 1);
    assert_int_equal(customs_freed, 1);
    assert_no_fault();
}

static void a_custom_pbuf_may_get_its_payload_later(void **state)
{
    (void)state;
    struct pbuf_custom custom = {.custom_free_function = count_custom};
    struct pbuf *const p = pbuf_alloced_custom(PBUF_RAW, 10, PBUF_ROM, &custom, NULL, 10);
    assert_non_null(p);
    assert_null(p->payload);
    assert_null(pbuf_alloced_custom(PBUF_RAW, 10, PBUF_ROM, NULL, NULL, 10));
    assert_one_fault(CISTERN_FAULT_ARGUMENT, NULL);
}

/* --- headers ---------------------------------------------------------------------------------- */

static void headers_are_added_in_the_room_there_is_and_no_further(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_LINK, 10, PBUF_RAM);
    uint8_t *const payload = p->payload;
    const size_t room = LWIP_MEM_ALIGN_SIZE((size_t)PBUF_LINK);
    assert_int_equal(pbuf_add_header(p, room + 1), 1);
    assert_int_equal(pbuf_add_header_force(p, room + 1), 1);
    assert_int_equal(pbuf_add_header(p, 0), 0);
    assert_int_equal(pbuf_add_header(p, room), 0);
    assert_ptr_equal(p->payload, payload - room);
    assert_int_equal(p->len, 10 + room);
    assert_int_equal(p->tot_len, 10 + room);
    assert_int_equal(pbuf_remove_header(p, room), 0);
    assert_int_equal(pbuf_remove_header(p, 11), 1);
    assert_int_equal(pbuf_remove_header(p, 10), 0);
    assert_int_equal(p->tot_len, 0);
    pbuf_free(p);
}

static void headers_before_foreign_payload_are_added_only_by_force(void **state)
{
    (void)state;
    uint8_t memory[20];
    struct pbuf *const p = pbuf_alloc_reference(memory + 8, 12, PBUF_REF);
    assert_int_equal(pbuf_add_header(p, 8), 1);
    assert_int_equal(pbuf_add_header(p, 0), 0);
    assert_int_equal(pbuf_add_header_force(p, 8), 0);
    assert_ptr_equal(p->payload, memory);
    assert_int_equal(p->tot_len, 20);
    pbuf_free(p);
}

static void a_header_that_would_overflow_the_length_is_refused(void **state)
{
    (void)state;
    static uint8_t memory[8];
    struct pbuf *const p = pbuf_alloc_reference(memory, (pbuf_len_t)(PBUF_NOT_FOUND - 7), PBUF_REF);
    assert_int_equal(pbuf_add_header_force(p, 8), 1);
    assert_int_equal(pbuf_add_header_force(p, (size_t)-1), 1);
    assert_ptr_equal(p->payload, memory);
    assert_int_equal(p->tot_len, PBUF_NOT_FOUND - 7);
    pbuf_free(p);
}

/* With optimisation the calls above are compiled in place. */
static void header_functions_can_be_called_by_address(void **state)
{
    (void)state;
    u8_t (*volatile add)(struct pbuf *, size_t) = pbuf_add_header;
    u8_t (*volatile remove)(struct pbuf *, size_t) = pbuf_remove_header;
    struct pbuf *const p = pbuf_alloc(PBUF_LINK, 10, PBUF_RAM);
    assert_int_equal(add(p, 4), 0);
    assert_int_equal(remove(p, 14), 0);
    assert_int_equal(remove(p, 1), 1);
    assert_int_equal(p->tot_len, 0);
    pbuf_free(p);
}

static void signed_header_sizes_add_and_remove(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_LINK, 10, PBUF_RAM);
    assert_int_equal(pbuf_header(p, 14), 0);
    assert_int_equal(p->tot_len, 24);
    assert_int_equal(pbuf_header(p, -20), 0);
    assert_int_equal(p->tot_len, 4);
    assert_int_equal(pbuf_header(p, -5), 1);
    assert_int_equal(pbuf_header(p, -32768), 1);
    assert_int_equal(pbuf_header(p, 0), 0);
    pbuf_free(p);

    uint8_t memory[8];
    struct pbuf *const q = pbuf_alloc_reference(memory + 4, 4, PBUF_REF);
    assert_int_equal(pbuf_header(q, 4), 1);
    assert_int_equal(pbuf_header_force(q, 4), 0);
    assert_ptr_equal(q->payload, memory);
    pbuf_free(q);
}

/* --- references ------------------------------------------------------------------------------- */

static void a_shared_tail_outlives_the_head_that_is_freed(void **state)
{
    (void)state;
    struct pbuf *const head = pbuf_alloc(PBUF_RAW, 4, PBUF_RAM);
    struct pbuf *const tail = pbuf_alloc(PBUF_RAW, 6, PBUF_POOL);
    pbuf_chain(head, tail);
    assert_int_equal(head->tot_len, 10);
    assert_int_equal(tail->ref, 2);
    assert_int_equal(pbuf_free(head), 1);
    assert_int_equal(tail->ref, 1);
    assert_int_equal(pbuf_free(tail), 1);
}

static void dechain_answers_the_tail_only_while_it_is_held(void **state)
{
    (void)state;
    struct pbuf *const head = pbuf_alloc(PBUF_RAW, 4, PBUF_RAM);
    struct pbuf *const tail = pbuf_alloc(PBUF_RAW, 6, PBUF_RAM);
    assert_null(pbuf_dechain(head));
    pbuf_chain(head, tail);
    assert_ptr_equal(pbuf_dechain(head), tail);
    assert_int_equal(head->tot_len, 4);
    assert_int_equal(tail->tot_len, 6);
    assert_int_equal(tail->ref, 1);
    pbuf_cat(head, tail);
    assert_null(pbuf_dechain(head));
    assert_int_equal(pbuf_free(head), 1);
    assert_no_fault();
}

#if PBUF_TEST_FRAGMENTS > 256
static void a_tail_of_256_fragments_is_gone_after_dechain(void **state)
{
    (void)state;
    struct pbuf *const chain = custom_chain(257);
    customs_freed = 0;
    assert_null(pbuf_dechain(chain));
    assert_int_equal(customs_freed, 256);
    assert_int_equal(pbuf_free(chain), 1);
}

static void more_than_255_freed_fragments_are_counted_right(void **state)
{
    (void)state;
    struct pbuf *const chain = custom_chain(PBUF_TEST_FRAGMENTS);
    assert_int_equal(pbuf_clen(chain), PBUF_TEST_FRAGMENTS);
    assert_int_equal(pbuf_free(chain), PBUF_TEST_FRAGMENTS);
}
#endif

static void too_many_references_pin_a_pbuf_instead_of_wrapping(void **state)
{
    (void)state;
    struct pbuf_custom custom;
    struct pbuf *const p = custom_pbuf(&custom, &custom, 1);
    const unsigned long highest = (LWIP_PBUF_REF_T) ~(LWIP_PBUF_REF_T)0;
    customs_freed = 0;
    for (unsigned long count = 1; count < highest - 1; ++count) {
        pbuf_ref(p);
    }
    assert_no_fault();
    pbuf_ref(p);
    assert_one_fault(CISTERN_FAULT_REFERENCES, p);
    for (unsigned i = 0; i < 10; ++i) {
        pbuf_ref(p);
    }
    for (unsigned long count = 0; count < 2 * highest; ++count) {
        assert_int_equal(pbuf_free(p), 0);
    }
    assert_int_equal(customs_freed, 0);
    assert_no_fault();
}

static void referring_to_nothing_is_nothing(void **state)
{
    (void)state;
    pbuf_ref(NULL);
    assert_int_equal(pbuf_clen(NULL), 0);
    assert_null(pbuf_free_header(NULL, 5));
    assert_no_fault();
}

/* --- misuse: refused, reported once, nothing damaged --------------------------------------------
 */

static void freeing_nothing_is_a_fault(void **state)
{
    (void)state;
    assert_int_equal(pbuf_free(NULL), 0);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, NULL);
}

static void freeing_twice_is_a_fault_that_names_the_pool(void **state)
{
    (void)state;
    static const pbuf_type types[] = {PBUF_POOL, PBUF_REF, PBUF_ROM};
    static const char *const owners[] = {"PBUF_POOL", "PBUF_REF/ROM", "PBUF_REF/ROM"};
    for (size_t i = 0; i < 3; ++i) {
        const memp_t pool = types[i] == PBUF_POOL ? MEMP_PBUF_POOL : MEMP_PBUF;
        const size_t before = free_elements(pool);
        struct pbuf *const p = pbuf_alloc(PBUF_RAW, 8, types[i]);
        assert_int_equal(pbuf_free(p), 1);
        assert_int_equal(pbuf_free(p), 0);
        assert_string_equal(faults.last.owner, owners[i]);
        assert_one_fault(CISTERN_FAULT_REFERENCE, p);
        assert_int_equal(free_elements(pool), before);
        assert_true(memp_pool_check(memp_pools[pool]));
    }
}

static void freeing_a_heap_pbuf_twice_is_a_fault(void **state)
{
    (void)state;
    struct pbuf *const keep = pbuf_alloc(PBUF_RAW, 8, PBUF_RAM);
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 8, PBUF_RAM);
    assert_int_equal(pbuf_free(p), 1);
    assert_int_equal(pbuf_free(p), 0);
    assert_one_fault(CISTERN_FAULT_REFERENCE, p);
    assert_int_equal(pbuf_free(keep), 1);
}

static void freeing_a_heap_pbuf_that_is_none_stops_there(void **state)
{
    (void)state;
    struct pbuf *const behind = pbuf_alloc(PBUF_RAW, 8, PBUF_POOL);
    struct pbuf own = {.type_internal = (u8_t)PBUF_RAM, .ref = 1, .next = behind};
    assert_int_equal(pbuf_free(&own), 0);
    assert_one_fault(CISTERN_FAULT_FOREIGN_FREE, &own);
    assert_int_equal(own.ref, 1);
    assert_int_equal(pbuf_free(behind), 1);
}

static void referring_to_a_freed_pbuf_is_a_fault(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 8, PBUF_POOL);
    pbuf_free(p);
    pbuf_ref(p);
    assert_one_fault(CISTERN_FAULT_REFERENCE, p);
    assert_true(memp_pool_check(memp_pools[MEMP_PBUF_POOL])); /* nothing was written */
}

static void freeing_what_is_no_pbuf_is_a_fault(void **state)
{
    (void)state;
    struct pbuf on_the_stack[2] = {{.type_internal = (u8_t)PBUF_POOL, .ref = 1}};
    assert_int_equal(pbuf_free(on_the_stack), 0);
    assert_one_fault(CISTERN_FAULT_FOREIGN_FREE, on_the_stack);
    on_the_stack[0].type_internal = (u8_t)PBUF_REF;
    assert_int_equal(pbuf_free(on_the_stack), 0);
    assert_one_fault(CISTERN_FAULT_FOREIGN_FREE, on_the_stack);
    on_the_stack[0].type_internal = 7;
    assert_int_equal(pbuf_free(on_the_stack), 0);
    assert_one_fault(CISTERN_FAULT_FOREIGN_FREE, on_the_stack);
    assert_int_equal(on_the_stack[0].ref, 1);

    struct pbuf *const misaligned = (struct pbuf *)(void *)((uint8_t *)on_the_stack + 1);
    assert_int_equal(pbuf_free(misaligned), 0);
    assert_one_fault(CISTERN_FAULT_MISALIGNED, misaligned);
}

static void a_pbuf_of_one_pool_that_says_it_is_of_another_is_a_fault(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 8, PBUF_REF);
    p->type_internal = (u8_t)PBUF_POOL;
    assert_int_equal(pbuf_free(p), 0);
#if CISTERN_MEMP_LOCK_FREE /* a put takes no section, and so does not search the other pools */
    assert_one_fault(CISTERN_FAULT_FOREIGN_FREE, p);
#else
    assert_string_equal(faults.last.owner, "PBUF_REF/ROM");
    assert_one_fault(CISTERN_FAULT_WRONG_POOL, p);
#endif
    assert_int_equal(p->ref, 1);
    pbuf_ref(p);
    assert_int_equal(pbuf_free(p), 0);
    assert_string_equal(faults.last.owner, "PBUF_REF/ROM");
    assert_one_fault(CISTERN_FAULT_FOREIGN_FREE, p);
    assert_int_equal(p->ref, 2);
    p->type_internal = (u8_t)PBUF_REF;
    assert_int_equal(pbuf_free(p), 0);
    assert_int_equal(pbuf_free(p), 1);
}

static void a_custom_pbuf_without_a_function_is_a_fault_when_freed(void **state)
{
    (void)state;
    struct pbuf_custom custom = {.custom_free_function = NULL};
    struct pbuf *const p = pbuf_alloced_custom(PBUF_RAW, 0, PBUF_REF, &custom, NULL, 0);
    assert_int_equal(pbuf_free(p), 0);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, p);
    assert_int_equal(p->ref, 1);
}

static void a_chain_put_behind_itself_is_refused(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 1, PBUF_RAM);
    struct pbuf *const q = pbuf_alloc(PBUF_RAW, 2, PBUF_RAM);
    pbuf_cat(p, q);
    pbuf_cat(p, p);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, p);
    pbuf_chain(p, q);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, q);
    assert_int_equal(p->tot_len, 3);
    assert_int_equal(q->ref, 1);
    assert_int_equal(pbuf_free(p), 2);
}

/* One call: it answered as documented, and was a fault. */
static void refused(bool as_documented)
{
    assert_true(as_documented);
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_ARGUMENT);
    faults = (faults_t){0};
}

static void calls_without_a_pbuf_are_faults_that_change_nothing(void **state)
{
    (void)state;
    uint8_t byte = 0x5a;
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 1, PBUF_RAM);
    refused(pbuf_add_header(NULL, 1) == 1);
    refused(pbuf_add_header_force(NULL, 1) == 1);
    refused(pbuf_remove_header(NULL, 1) == 1);
    refused(pbuf_header(NULL, 1) == 1);
    refused(pbuf_header_force(NULL, -1) == 1);
    refused((pbuf_realloc(NULL, 1), true));
    refused((pbuf_cat(NULL, p), true));
    refused((pbuf_cat(p, NULL), true));
    refused((pbuf_chain(p, NULL), true));
    refused(pbuf_dechain(NULL) == NULL);
    refused((pbuf_split_64k(p, NULL), true));
    refused(pbuf_copy(NULL, p) == ERR_ARG);
    refused(pbuf_copy(p, NULL) == ERR_ARG);
    refused(pbuf_copy_partial_pbuf(p, NULL, 0, 0) == ERR_ARG);
    refused(pbuf_copy_partial(NULL, &byte, 1, 0) == 0);
    refused(pbuf_copy_partial(p, NULL, 1, 0) == 0);
    refused(pbuf_get_contiguous(NULL, &byte, 1, 1, 0) == NULL);
    refused(pbuf_take(p, NULL, 1) == ERR_ARG);
    refused(pbuf_take(NULL, &byte, 1) == ERR_ARG);
    refused(pbuf_take_at(NULL, &byte, 1, 0) == ERR_ARG);
    refused(pbuf_coalesce(NULL, PBUF_RAW) == NULL);
    refused(pbuf_clone(PBUF_RAW, PBUF_RAM, NULL) == NULL);
    refused(pbuf_clone(PBUF_RAW, PBUF_REF, p) == NULL);
    refused(pbuf_get_at(NULL, 0) == 0);
    refused(pbuf_try_get_at(NULL, 0) == -1);
    refused((pbuf_put_at(NULL, 0, 1), true));
    refused(pbuf_memcmp(NULL, 0, &byte, 1) == PBUF_NOT_FOUND);
    refused(pbuf_memcmp(p, 0, NULL, 1) == PBUF_NOT_FOUND);
    refused(pbuf_memfind(NULL, &byte, 1, 0) == PBUF_NOT_FOUND);
    refused(pbuf_strstr(NULL, "x") == PBUF_NOT_FOUND);
    assert_int_equal(byte, 0x5a);
    assert_int_equal(p->tot_len, 1);
    assert_int_equal(pbuf_free(p), 1);
}

/* --- data: cases that are easy to get wrong -----------------------------------------------------
 */

static void a_partial_copy_starts_in_the_fragment_that_holds_the_offset(void **state)
{
    (void)state;
    uint8_t first[4] = "....";
    uint8_t guard[4] = "####";
    uint8_t second[4] = "....";
    struct pbuf *const to = pbuf_alloc_reference(first, 4, PBUF_REF);
    struct pbuf *const from = pbuf_alloc_reference("ab", 2, PBUF_ROM);
    pbuf_cat(to, pbuf_alloc_reference(second, 4, PBUF_REF));
    assert_int_equal(pbuf_copy_partial_pbuf(to, from, 2, 5), ERR_OK);
    assert_memory_equal(first, "....", 4);
    assert_memory_equal(guard, "####", 4);
    assert_memory_equal(second, ".ab.", 4);
    assert_int_equal(pbuf_copy_partial_pbuf(to, from, 2, 7), ERR_ARG);
    assert_int_equal(pbuf_copy_partial_pbuf(to, from, 3, 0), ERR_ARG);
    assert_memory_equal(second, ".ab.", 4);
    pbuf_free(to);
    pbuf_free(from);
}

/* A queue: `p` and behind it a second packet, which p's tot_len does not count. */
static void queue_behind(struct pbuf *p, struct pbuf *second)
{
    p->next = second;
}

static void copying_to_or_from_a_queue_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[4] = "....";
    struct pbuf *const queue = pbuf_alloc_reference(bytes, 4, PBUF_REF);
    struct pbuf *const single = pbuf_alloc_reference("abcd", 4, PBUF_ROM);
    queue_behind(queue, pbuf_alloc_reference("efgh", 4, PBUF_ROM));
    assert_int_equal(pbuf_copy(queue, single), ERR_VAL);
    assert_int_equal(pbuf_copy(single, queue), ERR_VAL);
    assert_memory_equal(bytes, "....", 4);
    assert_null(pbuf_clone(PBUF_RAW, PBUF_RAM, queue));
    assert_ptr_equal(pbuf_coalesce(queue, PBUF_RAW), queue);
    assert_int_equal(pbuf_free(queue), 2);
    pbuf_free(single);
}

static void repeating_patterns_are_found_across_fragments(void **state)
{
    (void)state;
    memcpy(text, "abaabaababaabaabaabababbaabaabaabaabaabb", 40);
    struct pbuf *const p = custom_chain(40);
    for (pbuf_len_t start = 0; start < 40; ++start) {
        for (pbuf_len_t length = 1; start + length <= 40; ++length) {
            pbuf_len_t first = 0;
            while (memcmp(text + first, text + start, length) != 0) {
                ++first;
            }
            assert_int_equal(pbuf_memfind(p, text + start, length, 0), first);
            assert_int_equal(pbuf_memfind(p, text + start, length, start), start);
        }
    }
    assert_int_equal(pbuf_strstr(p, "abb"), 21);
    assert_int_equal(pbuf_strstr(p, "abbb"), PBUF_NOT_FOUND);
    assert_int_equal(pbuf_free(p), 40);
}

static void nothing_is_found_wherever_it_is_looked_for(void **state)
{
    (void)state;
    struct pbuf *const p = custom_chain(20);
    for (pbuf_len_t start = 0; start <= 20; ++start) {
        assert_int_equal(pbuf_memfind(p, "", 0, start), start);
    }
    assert_int_equal(pbuf_memfind(p, "", 0, 21), PBUF_NOT_FOUND);
    assert_int_equal(pbuf_free(p), 20);
}

/* In chains of bytes and in one piece. */
static void memcmp_returns_where_the_first_byte_that_differs_is(void **state)
{
    (void)state;
    enum { LENGTH = 20 };
    struct pbuf *const chain = custom_chain(LENGTH);
    struct pbuf *const whole = pbuf_alloc(PBUF_RAW, LENGTH, PBUF_RAM);
    assert_non_null(whole);
    for (unsigned i = 0; i < LENGTH; ++i) {
        text[i] = (uint8_t)(7U * i);
    }
    assert_int_equal(pbuf_take(whole, text, LENGTH), ERR_OK);
    for (unsigned from = 0; from < LENGTH; ++from) {
        for (unsigned at = from; at < LENGTH; ++at) {
            uint8_t other[LENGTH];
            memcpy(other, text, LENGTH);
            other[at] ^= 1U;
            const pbuf_len_t rest = (pbuf_len_t)(LENGTH - from);
            assert_int_equal(pbuf_memcmp(chain, (pbuf_len_t)from, other + from, rest),
                             at - from + 1U);
            assert_int_equal(pbuf_memcmp(whole, (pbuf_len_t)from, other + from, rest),
                             at - from + 1U);
        }
    }
    assert_int_equal(pbuf_free(chain), LENGTH);
    assert_int_equal(pbuf_free(whole), 1);
}

static void a_clone_is_of_the_type_that_was_asked_for(void **state)
{
    (void)state;
    static const pbuf_type types[] = {PBUF_RAM, PBUF_POOL};
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 10, PBUF_RAM);
    assert_int_equal(pbuf_take(p, "0123456789", 10), ERR_OK);
    for (unsigned i = 0; i < 2; ++i) {
        struct pbuf *const clone = pbuf_clone(PBUF_TRANSPORT, types[i], p);
        assert_non_null(clone);
        assert_true(pbuf_match_type(clone, types[i]));
        assert_int_equal(clone->tot_len, 10);
        assert_int_equal(pbuf_memcmp(clone, 0, "0123456789", 10), 0);
        assert_true(pbuf_free(clone) > 0);
    }
    assert_int_equal(pbuf_free(p), 1);
}

enum { LETTERS_IN_TEXT = 9, LETTERS_IN_PATTERN = 6 };

/* The letters a and b in the order of the bits of `number`. */
static void spell(uint8_t *letters, unsigned number, unsigned length)
{
    for (unsigned i = 0; i < length; ++i) {
        letters[i] = ((number >> i) & 1U) != 0 ? 'b' : 'a';
    }
}

static pbuf_len_t place_in_text(const uint8_t *pattern, unsigned length)
{
    for (unsigned i = 0; i + length <= LETTERS_IN_TEXT; ++i) {
        if (memcmp(text + i, pattern, length) == 0) {
            return (pbuf_len_t)i;
        }
    }
    return PBUF_NOT_FOUND;
}

static void every_pattern_of_two_letters_is_found_where_it_is_first(void **state)
{
    (void)state;
    uint8_t pattern[LETTERS_IN_PATTERN];
    struct pbuf *const p = custom_chain(LETTERS_IN_TEXT);
    for (unsigned number = 0; number < 1U << LETTERS_IN_TEXT; ++number) {
        spell(text, number, LETTERS_IN_TEXT);
        for (unsigned length = 1; length <= LETTERS_IN_PATTERN; ++length) {
            for (unsigned which = 0; which < 1U << length; ++which) {
                spell(pattern, which, length);
                assert_int_equal(pbuf_memfind(p, pattern, (pbuf_len_t)length, 0),
                                 place_in_text(pattern, length));
            }
        }
    }
    assert_int_equal(pbuf_free(p), LETTERS_IN_TEXT);
}

/* Would take minutes if each place were tried from its start again: 30000 * 15000 steps through a
 * chain of single bytes. */
static void a_long_search_takes_linear_time(void **state)
{
    (void)state;
    enum { LENGTH = PBUF_TEST_FRAGMENTS / 2 };
    static uint8_t pattern[LENGTH];
    memset(text, 'a', sizeof text);
    memset(pattern, 'a', sizeof pattern);
    struct pbuf *const p = custom_chain(PBUF_TEST_FRAGMENTS);
    pattern[LENGTH - 1] = 'b';
    assert_int_equal(pbuf_memfind(p, pattern, LENGTH, 0), PBUF_NOT_FOUND);
    pattern[LENGTH - 1] = 'a';
    pattern[0] = 'b';
    assert_int_equal(pbuf_memfind(p, pattern, LENGTH, 0), PBUF_NOT_FOUND);
    text[LENGTH / 3] = 'b';
    assert_int_equal(pbuf_memfind(p, pattern, LENGTH, 0), LENGTH / 3);
    assert_int_equal(pbuf_free(p), PBUF_TEST_FRAGMENTS);
}

/* Each would take minutes if a call looked for a byte from the head on: then these are 100 times
 * 30000 * 30000 / 2 steps. */
static void data_functions_walk_a_long_chain_once(void **state)
{
    (void)state;
    enum { LENGTH = PBUF_TEST_FRAGMENTS };
    static uint8_t flat[LENGTH];
    struct pbuf *const p = custom_chain(LENGTH);
    struct pbuf *const whole = pbuf_alloc_reference(flat, LENGTH, PBUF_REF);
    memset(text, 'a', sizeof text);
    for (unsigned i = 0; i < 100; ++i) {
        assert_int_equal(pbuf_copy_partial(p, flat, LENGTH, 0), LENGTH);
        assert_int_equal(pbuf_take(p, flat, LENGTH), ERR_OK);
        assert_int_equal(pbuf_take_at(p, flat, LENGTH - 1, 1), ERR_OK);
        assert_int_equal(pbuf_copy(p, whole), ERR_OK);
        assert_int_equal(pbuf_copy_partial_pbuf(whole, p, LENGTH, 0), ERR_OK);
        assert_ptr_equal(pbuf_get_contiguous(p, flat, LENGTH, LENGTH, 0), flat);
        assert_int_equal(pbuf_memcmp(p, 0, flat, LENGTH), 0);
        assert_int_equal(pbuf_memfind(p, "ab", 2, 0), PBUF_NOT_FOUND);
        assert_int_equal(pbuf_strstr(p, "aab"), PBUF_NOT_FOUND);
    }
    pbuf_free(whole);
    assert_int_equal(pbuf_free(p), LENGTH);
}

static void a_chain_above_64_kib_is_split_into_packets_that_fit(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc_reference(NULL, 40000, PBUF_REF);
    struct pbuf *const q = pbuf_alloc_reference(NULL, 30000, PBUF_REF);
    struct pbuf *const r = pbuf_alloc_reference(NULL, 25000, PBUF_REF);
    struct pbuf *rest = p;
    pbuf_cat(p, q);
    pbuf_cat(p, r);
    p->flags = PBUF_FLAG_TCP_FIN;
#if CISTERN_PBUF_LEN_32
    pbuf_split_64k(p, &rest);
    assert_null(rest);
    assert_int_equal(p->tot_len, 95000);
    assert_int_equal(pbuf_free(p), 3);
#else
    pbuf_split_64k(p, &rest);
    assert_ptr_equal(rest, q);
    assert_int_equal(p->tot_len, 40000);
    assert_null(p->next);
    assert_int_equal(q->tot_len, 55000);
    assert_int_equal(q->flags, PBUF_FLAG_TCP_FIN);
    pbuf_split_64k(q, &rest);
    assert_null(rest);
    assert_int_equal(pbuf_free(p), 1);
    assert_int_equal(pbuf_free(q), 2);
#endif
}

#if CISTERN_PBUF_LEN_32
static void a_chain_above_64_kib_is_one_packet_with_32_bit_lengths(void **state)
{
    (void)state;
    static uint8_t bytes[100000];
    uint8_t out[4] = "....";
    memcpy(bytes + 99990, "needle", 6);
    struct pbuf *const p = pbuf_alloc_reference(bytes, 60000, PBUF_REF);
    pbuf_cat(p, pbuf_alloc_reference(bytes + 60000, 40000, PBUF_REF));
    assert_int_equal(p->tot_len, 100000);
    assert_int_equal(pbuf_strstr(p, "needle"), 99990);
    assert_int_equal(pbuf_copy_partial(p, out, 4, 99990), 4);
    assert_memory_equal(out, "need", 4);
    pbuf_realloc(p, 70000);
    assert_int_equal(p->tot_len, 70000);
    assert_int_equal(p->next->len, 10000);
    assert_int_equal(pbuf_free(p), 2);
}
#endif

#ifdef LWIP_PBUF_CUSTOM_DATA
static void a_users_own_members_are_set_in_each_new_pbuf(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all_types / sizeof all_types[0]; ++i) {
        struct pbuf *const p = pbuf_alloc(PBUF_RAW, 20, all_types[i]);
        assert_int_equal(p->mark, 42);
        p->mark = 1;
        pbuf_free(p);
    }
}
#endif

#if CISTERN_PBUF_OOSEQ
static unsigned ooseq_freed;

void pbuf_free_ooseq(void)
{
    pbuf_free_ooseq_pending = 0;
    ++ooseq_freed;
}

static void an_empty_pool_asks_the_stack_for_its_out_of_order_segments(void **state)
{
    (void)state;
    pbuf_free_ooseq_pending = 0;
    PBUF_CHECK_FREE_OOSEQ();
    assert_int_equal(ooseq_freed, 0);
    assert_null(pbuf_alloc(PBUF_RAW, (pbuf_len_t)(ELEMENT * (PBUF_POOL_SIZE + 1)), PBUF_POOL));
    assert_int_equal(pbuf_free_ooseq_pending, 1);
    PBUF_CHECK_FREE_OOSEQ();
    assert_int_equal(ooseq_freed, 1);
    PBUF_CHECK_FREE_OOSEQ();
    assert_int_equal(ooseq_freed, 1);
}
#endif

#if MEM_STATS && !MEM_LIBC_MALLOC && !MEM_USE_POOLS

static void realloc_of_a_packet_in_ram_gives_what_it_cuts_off_back_to_the_heap(void **state)
{
    (void)state;
    const size_t before = lwip_stats.mem.used;
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 300, PBUF_RAM);
    assert_non_null(p);
    const size_t whole = lwip_stats.mem.used;
    pbuf_realloc(p, 40);
    assert_int_equal(p->tot_len, 40);
    assert_int_equal(p->len, 40);
    assert_true(lwip_stats.mem.used + 200U <= whole);
    assert_true(lwip_stats.mem.used >= before + 40U);
    assert_int_equal(pbuf_free(p), 1);
    assert_int_equal(lwip_stats.mem.used, before);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#if MEM_STATS && !MEM_LIBC_MALLOC && !MEM_USE_POOLS
        test(realloc_of_a_packet_in_ram_gives_what_it_cuts_off_back_to_the_heap),
#endif
        test(a_fragment_takes_two_pointers_and_eight_bytes),
        test(types_and_layers_have_their_documented_values),
        test(a_new_pbuf_of_any_type_has_its_length_and_one_reference),
        test(a_pbuf_of_length_0_is_legal_for_every_type),
        test(payload_in_own_memory_is_aligned_behind_its_header_room),
        test(only_the_first_fragment_of_a_pool_chain_has_header_room),
        test(a_pool_chain_that_cannot_be_completed_gives_everything_back),
        test(references_run_out_with_their_pool_and_come_back),
        test(a_ram_pbuf_that_the_heap_cannot_hold_is_refused_and_counted),
        test(an_unknown_type_is_refused),
        test(header_room_beyond_a_pool_element_is_refused),
        test(a_custom_pbuf_is_made_only_if_it_fits_and_is_freed_by_its_owner),
        test(a_custom_pbuf_may_get_its_payload_later),
        test(headers_are_added_in_the_room_there_is_and_no_further),
        test(headers_before_foreign_payload_are_added_only_by_force),
        test(a_header_that_would_overflow_the_length_is_refused),
        test(header_functions_can_be_called_by_address),
        test(signed_header_sizes_add_and_remove),
        test(a_shared_tail_outlives_the_head_that_is_freed),
        test(dechain_answers_the_tail_only_while_it_is_held),
#if PBUF_TEST_FRAGMENTS > 256
        test(a_tail_of_256_fragments_is_gone_after_dechain),
        test(more_than_255_freed_fragments_are_counted_right),
#endif
        test(too_many_references_pin_a_pbuf_instead_of_wrapping),
        test(referring_to_nothing_is_nothing),
        test(freeing_nothing_is_a_fault),
        test(freeing_twice_is_a_fault_that_names_the_pool),
        test(freeing_a_heap_pbuf_twice_is_a_fault),
        test(freeing_a_heap_pbuf_that_is_none_stops_there),
        test(referring_to_a_freed_pbuf_is_a_fault),
        test(freeing_what_is_no_pbuf_is_a_fault),
        test(a_pbuf_of_one_pool_that_says_it_is_of_another_is_a_fault),
        test(a_custom_pbuf_without_a_function_is_a_fault_when_freed),
        test(a_chain_put_behind_itself_is_refused),
        test(calls_without_a_pbuf_are_faults_that_change_nothing),
        test(a_partial_copy_starts_in_the_fragment_that_holds_the_offset),
        test(copying_to_or_from_a_queue_is_refused),
        test(repeating_patterns_are_found_across_fragments),
        test(nothing_is_found_wherever_it_is_looked_for),
        test(memcmp_returns_where_the_first_byte_that_differs_is),
        test(a_clone_is_of_the_type_that_was_asked_for),
        test(every_pattern_of_two_letters_is_found_where_it_is_first),
        test(a_long_search_takes_linear_time),
        test(data_functions_walk_a_long_chain_once),
        test(a_chain_above_64_kib_is_split_into_packets_that_fit),
#if CISTERN_PBUF_LEN_32
        test(a_chain_above_64_kib_is_one_packet_with_32_bit_lengths),
#endif
#ifdef LWIP_PBUF_CUSTOM_DATA
        test(a_users_own_members_are_set_in_each_new_pbuf),
#endif
#if CISTERN_PBUF_OOSEQ
        test(an_empty_pool_asks_the_stack_for_its_out_of_order_segments),
#endif
    };
    return cmocka_run_group_tests(tests, memory_start, memory_is_back);
}
