/* SPDX-License-Identifier: BSD-3-Clause */
/* What cistern/pbuf.h adds to packet buffers. */
#include "lwip_memory.h"

#include "cistern/chksum.h"
#include "cistern/heap.h"
#include "cistern/pbuf.h"

/* A chain on the text, cut into fragments of these lengths; a length of -1 ends the list. */
static struct pbuf *chain_on(char *text, const int *lengths)
{
    struct pbuf *chain = NULL;
    for (; *lengths >= 0; text += *lengths++) {
        struct pbuf *const p = pbuf_alloc_reference(text, (pbuf_len_t)*lengths, PBUF_REF);
        assert_non_null(p);
        if (chain == NULL) {
            chain = p;
        } else {
            pbuf_cat(chain, p);
        }
    }
    return chain;
}

/* The packet is sound and spells the text. */
static void assert_spells(const struct pbuf *p, const char *text)
{
    size_t left = strlen(text);
    for (; p != NULL; text += p->len, p = p->next) {
        assert_int_equal(p->tot_len, left);
        assert_true(memcmp(p->payload, text, p->len) == 0);
        left -= p->len;
    }
    assert_int_equal(left, 0);
}

/* --- room ------------------------------------------------------------------------------------- */

static void headroom_is_what_a_header_may_take(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_IP, 10, PBUF_RAM);
    const size_t room = cistern_pbuf_headroom(p);
    assert_true(room >= PBUF_IP);
    assert_int_equal(pbuf_add_header(p, room), 0);
    assert_int_equal(cistern_pbuf_headroom(p), 0);
    pbuf_free(p);
    struct pbuf *const q = pbuf_alloc_reference("x", 1, PBUF_ROM);
    assert_int_equal(cistern_pbuf_headroom(q), 0);
    pbuf_free(q);
}

static void tailroom_is_the_rest_of_a_pool_element(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_LINK, 10, PBUF_POOL);
    const size_t used = LWIP_MEM_ALIGN_SIZE((size_t)PBUF_LINK) + 10;
    assert_int_equal(cistern_pbuf_tailroom(p), PBUF_POOL_BUFSIZE_ALIGNED - used);
    memset((uint8_t *)p->payload + p->len, 0xff, cistern_pbuf_tailroom(p)); /* all ours */
    assert_int_equal(pbuf_free(p), 1);
    assert_true(memp_pool_check(memp_pools[MEMP_PBUF_POOL]));
}

/* Heap blocks are as long as they must be for their neighbours; trimming leaves what no neighbour
 * can take. */
static void tailroom_of_a_heap_fragment_is_the_rest_of_its_block(void **state)
{
    (void)state;
    for (pbuf_len_t length = 0; length < 60; ++length) {
        struct pbuf *const p = pbuf_alloc(PBUF_LINK, 60, PBUF_RAM);
        struct pbuf *const neighbour = pbuf_alloc(PBUF_LINK, 1, PBUF_RAM);
        pbuf_realloc(p, length);
        const size_t room = cistern_pbuf_tailroom(p);
        memset((uint8_t *)p->payload + p->len, 0xff, room); /* all ours */
        assert_true(cistern_heap_check(mem_heap()));
        assert_ptr_equal((uint8_t *)p->payload + p->len + room,
                         (uint8_t *)p + cistern_heap_usable_size(mem_heap(), p));
        assert_int_equal(pbuf_add_header(p, PBUF_LINK), 0);
        assert_int_equal(cistern_pbuf_tailroom(p), room);
        pbuf_free(neighbour);
        pbuf_free(p);
    }
}

static void foreign_payload_has_no_tailroom(void **state)
{
    (void)state;
    struct pbuf_custom custom;
    struct pbuf *const p = pbuf_alloc_reference("text", 2, PBUF_ROM);
    assert_int_equal(cistern_pbuf_tailroom(p), 0);
    assert_int_equal(
        cistern_pbuf_tailroom(pbuf_alloced_custom(PBUF_RAW, 0, PBUF_RAM, &custom, NULL, 9)), 0);
    pbuf_free(p);
    struct pbuf *const unset = pbuf_alloc(PBUF_RAW, 0, PBUF_REF);
    assert_int_equal(cistern_pbuf_tailroom(unset), 0);
    pbuf_free(unset);
}

static void tailroom_of_what_was_freed_is_a_fault_and_none(void **state)
{
    (void)state;
    static const pbuf_type types[] = {PBUF_RAM, PBUF_ROM, PBUF_REF, PBUF_POOL};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; ++i) {
        struct pbuf *const p = pbuf_alloc(PBUF_RAW, 10, types[i]);
        pbuf_free(p);
        assert_int_equal(cistern_pbuf_tailroom(p), 0);
        assert_one_fault(CISTERN_FAULT_REFERENCE, p);
    }
}

/* --- fragments -------------------------------------------------------------------------------- */

static void a_chain_is_inserted_behind_any_fragment(void **state)
{
    (void)state;
    for (unsigned place = 0; place < 3; ++place) {
        static const char *const expected[] = {"abXYZcdef", "abcdXYZef", "abcdefXYZ"};
        struct pbuf *const p = chain_on((char[]){"abcdef"}, (int[]){2, 2, 2, -1});
        struct pbuf *const insert = chain_on((char[]){"XYZ"}, (int[]){1, 2, -1});
        struct pbuf *after = p;
        for (unsigned i = 0; i < place; ++i) {
            after = after->next;
        }
        assert_true(cistern_pbuf_insert(p, after, insert));
        assert_spells(p, expected[place]);
        assert_int_equal(pbuf_free(p), 5);
    }
}

static void an_insertion_that_would_tangle_chains_is_refused(void **state)
{
    (void)state;
    struct pbuf *const p = chain_on((char[]){"abcd"}, (int[]){2, 2, -1});
    struct pbuf *const other = chain_on((char[]){"ef"}, (int[]){2, -1});
    assert_false(cistern_pbuf_insert(p, other, p));
    assert_one_fault(CISTERN_FAULT_ARGUMENT, p);
    assert_false(cistern_pbuf_insert(p, p, p->next));
    assert_one_fault(CISTERN_FAULT_ARGUMENT, p->next);
    assert_false(cistern_pbuf_insert(p, other, other));
    assert_no_fault();
    assert_spells(p, "abcd");
    assert_false(cistern_pbuf_insert(p, p, NULL));
    assert_one_fault(CISTERN_FAULT_ARGUMENT, NULL);
    assert_int_equal(pbuf_free(p), 2);
    assert_int_equal(pbuf_free(other), 1);
}

static void a_fragment_is_taken_out_of_the_middle(void **state)
{
    (void)state;
    struct pbuf *const p = chain_on((char[]){"abcdefg"}, (int[]){2, 3, 2, -1});
    struct pbuf *const middle = p->next;
    assert_true(cistern_pbuf_remove(p, middle));
    assert_spells(p, "abfg");
    assert_spells(middle, "cde");
    assert_false(cistern_pbuf_remove(p, middle));
    assert_false(cistern_pbuf_remove(p, p));
    assert_int_equal(pbuf_free(middle), 1);
    assert_int_equal(pbuf_free(p), 2);
}

static void pulling_makes_the_front_one_piece(void **state)
{
    (void)state;
    for (pbuf_len_t length = 0; length <= 9; ++length) {
        struct pbuf *p = chain_on((char[]){"abcdefgh"}, (int[]){1, 0, 3, 4, -1});
        struct pbuf *const pulled = cistern_pbuf_pull(p, PBUF_LINK, length);
        if (length > 8) {
            assert_null(pulled);
        } else {
            assert_true(pulled->len >= length);
            p = pulled;
        }
        assert_spells(p, "abcdefgh");
        pbuf_free(p);
    }
}

/* --- numbers ---------------------------------------------------------------------------------- */

static void numbers_are_read_and_written_across_fragments(void **state)
{
    (void)state;
    char text[] = "\x01\x02\x03\x04\x05\x06";
    struct pbuf *const p = chain_on(text, (int[]){1, 2, 3, -1});
    uint32_t value = 0;
    assert_true(cistern_pbuf_get_be(p, 0, 4, &value));
    assert_int_equal(value, 0x01020304);
    assert_true(cistern_pbuf_get_le(p, 0, 2, &value));
    assert_int_equal(value, 0x0201);
    assert_true(cistern_pbuf_get_be(p, 2, 3, &value));
    assert_int_equal(value, 0x030405);
    assert_true(cistern_pbuf_get_le(p, 5, 1, &value));
    assert_int_equal(value, 6);
    assert_false(cistern_pbuf_get_be(p, 3, 4, &value));
    assert_false(cistern_pbuf_get_be(p, 0, 5, &value));
    assert_int_equal(value, 6);
    assert_true(cistern_pbuf_put_be(p, 1, 2, 0xabcd));
    assert_true(cistern_pbuf_put_le(p, 3, 3, 0x112233));
    assert_false(cistern_pbuf_put_be(p, 4, 3, 0));
    assert_memory_equal(text, "\x01\xab\xcd\x33\x22\x11", 6);
    pbuf_free(p);
}

/* --- pieces ----------------------------------------------------------------------------------- */

static void a_packet_is_described_by_its_pieces_and_made_of_them(void **state)
{
    (void)state;
    cistern_piece_t pieces[4];
    size_t described;
    struct pbuf *const p = chain_on((char[]){"abcdef"}, (int[]){2, 0, 3, 1, -1});
    assert_int_equal(cistern_pbuf_to_pieces(p, 1, 4, pieces, 4, &described), 2);
    assert_int_equal(described, 4);
    assert_int_equal(pieces[0].length, 1);
    assert_ptr_equal(pieces[0].base, (char *)p->payload + 1);
    struct pbuf *const q = cistern_pbuf_from_pieces(pieces, 2);
    assert_spells(q, "bcde");
    assert_int_equal(pbuf_free(q), 2);
    assert_int_equal(cistern_pbuf_to_pieces(p, 0, 100, pieces, 2, &described), 2);
    assert_int_equal(described, 5);
    assert_null(cistern_pbuf_from_pieces(pieces, 0));
    pbuf_free(p);
}

static void pieces_that_do_not_fit_leave_nothing_behind(void **state)
{
    (void)state;
    static char byte;
    cistern_piece_t pieces[MEMP_NUM_PBUF + 1];
    for (size_t i = 0; i <= MEMP_NUM_PBUF; ++i) {
        pieces[i] = (cistern_piece_t){&byte, 1};
    }
    assert_null(cistern_pbuf_from_pieces(pieces, MEMP_NUM_PBUF + 1));
    pieces[0].length = PBUF_NOT_FOUND;
    assert_null(cistern_pbuf_from_pieces(pieces, 2));
    assert_int_equal(free_elements(MEMP_PBUF), MEMP_NUM_PBUF);
}

/* --- sums ------------------------------------------------------------------------------------- */

static void copying_sums_what_it_copies(void **state)
{
    (void)state;
    char out[9];
    struct pbuf *const p = chain_on((char[]){"abcdefgh"}, (int[]){1, 2, 5, -1});
    for (pbuf_len_t offset = 0; offset <= 8; ++offset) {
        uint16_t sum = 1;
        const pbuf_len_t length = cistern_pbuf_copy_sum(p, out, 6, offset, &sum);
        assert_int_equal(length, offset <= 2 ? 6 : 8 - offset);
        assert_memory_equal(out, &"abcdefgh"[offset], length);
        assert_int_equal(sum, cistern_chksum_sum(out, length));
    }
    pbuf_free(p);
}

/* --- memory with an owner --------------------------------------------------------------------- */

static void give_back(void *context, void *memory)
{
    *(void **)context = memory;
}

static void an_owner_gets_its_memory_back_with_the_last_reference(void **state)
{
    (void)state;
    char memory[] = "external";
    void *given_back = NULL;
    cistern_pbuf_external_t external;
    struct pbuf *const p = cistern_pbuf_external(&external, memory, 8, give_back, &given_back);
    assert_spells(p, "external");
    pbuf_ref(p);
    (void)pbuf_remove_header(p, 4);
    assert_int_equal(pbuf_free(p), 0);
    assert_null(given_back);
    assert_int_equal(pbuf_free(p), 1);
    assert_ptr_equal(given_back, memory);
    assert_null(cistern_pbuf_external(&external, memory, 8, NULL, NULL));
    assert_one_fault(CISTERN_FAULT_ARGUMENT, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(headroom_is_what_a_header_may_take),
        test(tailroom_is_the_rest_of_a_pool_element),
        test(tailroom_of_a_heap_fragment_is_the_rest_of_its_block),
        test(foreign_payload_has_no_tailroom),
        test(tailroom_of_what_was_freed_is_a_fault_and_none),
        test(a_chain_is_inserted_behind_any_fragment),
        test(an_insertion_that_would_tangle_chains_is_refused),
        test(a_fragment_is_taken_out_of_the_middle),
        test(pulling_makes_the_front_one_piece),
        test(numbers_are_read_and_written_across_fragments),
        test(a_packet_is_described_by_its_pieces_and_made_of_them),
        test(pieces_that_do_not_fit_leave_nothing_behind),
        test(copying_sums_what_it_copies),
        test(an_owner_gets_its_memory_back_with_the_last_reference),
    };
    return cmocka_run_group_tests(tests, memory_start, memory_is_back);
}
