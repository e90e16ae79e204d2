/* SPDX-License-Identifier: BSD-3-Clause */
/* Packet buffers that were freed, chains that are damaged, and fragments that others hold: what
 * each call answers, and what it leaves alone. Built at check levels 1 to 3. */
#include "lwip_memory.h"

#include <stdbool.h>

#include "cistern/heap.h"
#include "cistern/pbuf.h"
#include "lwip/inet_chksum.h"

#define MANY_BYTES 32U

static const pbuf_type all_types[] = {PBUF_RAM, PBUF_ROM, PBUF_REF, PBUF_POOL};
static uint8_t bytes[MANY_BYTES];

static void ignore(struct pbuf *p)
{
    (void)p;
}

static void free_nothing(void *context, void *memory)
{
    (void)context;
    (void)memory;
}

static struct pbuf *made(pbuf_type type)
{
    struct pbuf *const p = pbuf_alloc(PBUF_LINK, 8, type);
    assert_non_null(p);
    if (p->payload == NULL) {
        p->payload = bytes;
    }
    return p;
}

static struct pbuf *chain_of(pbuf_type first, pbuf_type second)
{
    struct pbuf *const p = made(first);
    pbuf_cat(p, made(second));
    return p;
}

/* --- calls ------------------------------------------------------------------------------------ */

static struct pbuf *other;  /* a sound packet for the calls that need two */
static struct pbuf *target; /* one that is long enough to be copied to */

static bool add_header(struct pbuf *p)
{
    return pbuf_add_header(p, 4) == 1;
}

static bool add_header_by_address(struct pbuf *p)
{
    u8_t (*volatile call)(struct pbuf *, size_t) = pbuf_add_header;
    return call(p, 4) == 1;
}

static bool add_header_force(struct pbuf *p)
{
    return pbuf_add_header_force(p, 4) == 1;
}

static bool remove_header(struct pbuf *p)
{
    return pbuf_remove_header(p, 4) == 1;
}

static bool remove_header_by_address(struct pbuf *p)
{
    u8_t (*volatile call)(struct pbuf *, size_t) = pbuf_remove_header;
    return call(p, 4) == 1;
}

static bool header(struct pbuf *p)
{
    return pbuf_header(p, -4) == 1;
}

static bool header_force(struct pbuf *p)
{
    return pbuf_header_force(p, 4) == 1;
}

static bool free_header(struct pbuf *p)
{
    return pbuf_free_header(p, 4) == NULL;
}

static bool shorten(struct pbuf *p)
{
    pbuf_realloc(p, 1);
    return true;
}

static bool free_it(struct pbuf *p)
{
    return pbuf_free(p) == 0;
}

static bool refer(struct pbuf *p)
{
    pbuf_ref(p);
    return true;
}

static bool count(struct pbuf *p)
{
    return pbuf_clen(p) == 0;
}

static bool cat(struct pbuf *p)
{
    pbuf_cat(p, other);
    return other->ref == 1;
}

static bool cat_to(struct pbuf *p)
{
    pbuf_cat(other, p);
    return other->next == NULL && other->tot_len == 8;
}

static bool chain(struct pbuf *p)
{
    pbuf_chain(p, other);
    return other->ref == 1;
}

static bool chain_to(struct pbuf *p)
{
    pbuf_chain(other, p);
    return other->next == NULL && other->tot_len == 8;
}

static bool dechain(struct pbuf *p)
{
    return pbuf_dechain(p) == NULL;
}

static bool split(struct pbuf *p)
{
    struct pbuf *rest = p;
    pbuf_split_64k(p, &rest);
    return rest == NULL;
}

static bool skip_bytes(struct pbuf *p)
{
    pbuf_len_t rest = 77;
    return pbuf_skip(p, 2, &rest) == NULL && rest == 77;
}

static bool copy_from(struct pbuf *p)
{
    return pbuf_copy(other, p) == ERR_ARG;
}

static bool copy_to(struct pbuf *p)
{
    return pbuf_copy(p, other) == ERR_ARG;
}

static bool copy_part_from(struct pbuf *p)
{
    return pbuf_copy_partial_pbuf(other, p, 4, 1) == ERR_ARG;
}

static bool copy_part_to(struct pbuf *p)
{
    return pbuf_copy_partial_pbuf(p, other, 4, 1) == ERR_ARG;
}

static bool copy_out(struct pbuf *p)
{
    uint8_t out[8] = "........";
    return pbuf_copy_partial(p, out, 8, 0) == 0 && memcmp(out, "........", 8) == 0;
}

static bool get_contiguous(struct pbuf *p)
{
    uint8_t out[8];
    return pbuf_get_contiguous(p, out, sizeof out, 8, 0) == NULL;
}

static bool take(struct pbuf *p)
{
    return pbuf_take(p, "12345678", 8) == ERR_ARG;
}

static bool take_at(struct pbuf *p)
{
    return pbuf_take_at(p, "12345678", 4, 2) == ERR_ARG;
}

static bool coalesce(struct pbuf *p)
{
    return pbuf_coalesce(p, PBUF_RAW) == NULL;
}

static bool clone(struct pbuf *p)
{
    return pbuf_clone(PBUF_RAW, PBUF_RAM, p) == NULL;
}

static bool fill_chksum(struct pbuf *p)
{
    u16_t sum = 1;
    return pbuf_fill_chksum(p, 0, "12345678", 8, &sum) == ERR_ARG && sum == 1;
}

static bool get_at(struct pbuf *p)
{
    return pbuf_get_at(p, 1) == 0;
}

static bool try_get_at(struct pbuf *p)
{
    return pbuf_try_get_at(p, 1) == -1;
}

static bool put_at(struct pbuf *p)
{
    pbuf_put_at(p, 1, 0xff);
    return true;
}

static bool compare(struct pbuf *p)
{
    return pbuf_memcmp(p, 0, "12345678", 8) == PBUF_NOT_FOUND;
}

static bool find(struct pbuf *p)
{
    return pbuf_memfind(p, "1", 1, 0) == PBUF_NOT_FOUND;
}

static bool find_string(struct pbuf *p)
{
    return pbuf_strstr(p, "1") == PBUF_NOT_FOUND;
}

static bool headroom(struct pbuf *p)
{
    return cistern_pbuf_headroom(p) == 0;
}

static bool tailroom(struct pbuf *p)
{
    return cistern_pbuf_tailroom(p) == 0;
}

static bool insert(struct pbuf *p)
{
    return !cistern_pbuf_insert(p, p, other);
}

static bool insert_it(struct pbuf *p)
{
    return !cistern_pbuf_insert(other, other, p) && other->next == NULL;
}

static bool remove_from(struct pbuf *p)
{
    return !cistern_pbuf_remove(p, other);
}

static bool remove_it(struct pbuf *p)
{
    return !cistern_pbuf_remove(other, p);
}

static bool pull(struct pbuf *p)
{
    return cistern_pbuf_pull(p, PBUF_RAW, 4) == NULL;
}

static bool get_number(struct pbuf *p)
{
    uint32_t value = 5;
    return !cistern_pbuf_get_be(p, 0, 4, &value) && !cistern_pbuf_get_le(NULL, 0, 0, NULL) &&
           value == 5;
}

static bool put_number(struct pbuf *p)
{
    return !cistern_pbuf_put_be(p, 0, 4, 1);
}

static bool to_pieces(struct pbuf *p)
{
    cistern_piece_t piece;
    size_t described = 9;
    return cistern_pbuf_to_pieces(p, 0, 8, &piece, 1, &described) == 0;
}

static bool copy_sum(struct pbuf *p)
{
    uint8_t out[8];
    uint16_t sum = 3;
    return cistern_pbuf_copy_sum(p, out, 8, 0, &sum) == 0 && sum == 3;
}

static bool sum_chain(struct pbuf *p)
{
    return inet_chksum_pbuf(p) == 0;
}

static bool sum_with_ip4(struct pbuf *p)
{
    static const ip4_addr_t from = {1}, to = {2};
    return inet_chksum_pseudo(p, 17, 8, &from, &to) == 0;
}

static bool sum_with_ip6(struct pbuf *p)
{
    static const ip6_addr_t from = {{1, 2, 3, 4}}, to = {{5, 6, 7, 8}};
    return ip6_chksum_pseudo_partial(p, 17, 8, 4, &from, &to) == 0;
}

typedef struct call {
    const char *name;
    bool (*answers_as_documented)(struct pbuf *p);
    unsigned faults; /* of the call: 1, but for two calls at once */
} call_t;

static const call_t calls[] = {
    {"add_header", add_header, 1},
    {"add_header by address", add_header_by_address, 1},
    {"add_header_force", add_header_force, 1},
    {"remove_header", remove_header, 1},
    {"remove_header by address", remove_header_by_address, 1},
    {"header", header, 1},
    {"header_force", header_force, 1},
    {"free_header", free_header, 1},
    {"realloc", shorten, 1},
    {"free", free_it, 1},
    {"ref", refer, 1},
    {"clen", count, 1},
    {"cat", cat, 1},
    {"cat as tail", cat_to, 1},
    {"chain", chain, 1},
    {"chain as tail", chain_to, 1},
    {"dechain", dechain, 1},
    {"split_64k", split, 1},
    {"skip", skip_bytes, 1},
    {"copy from", copy_from, 1},
    {"copy to", copy_to, 1},
    {"copy_partial_pbuf from", copy_part_from, 1},
    {"copy_partial_pbuf to", copy_part_to, 1},
    {"copy_partial", copy_out, 1},
    {"get_contiguous", get_contiguous, 1},
    {"take", take, 1},
    {"take_at", take_at, 1},
    {"coalesce", coalesce, 1},
    {"clone", clone, 1},
    {"fill_chksum", fill_chksum, 1},
    {"get_at", get_at, 1},
    {"try_get_at", try_get_at, 1},
    {"put_at", put_at, 1},
    {"memcmp", compare, 1},
    {"memfind", find, 1},
    {"strstr", find_string, 1},
    {"headroom", headroom, 1},
    {"tailroom", tailroom, 1},
    {"insert", insert, 1},
    {"insert it", insert_it, 1},
    {"remove", remove_from, 1},
    {"remove it", remove_it, 1},
    {"pull", pull, 1},
    {"get_be", get_number, 2},
    {"put_be", put_number, 1},
    {"to_pieces", to_pieces, 1},
    {"copy_sum", copy_sum, 1},
    {"inet_chksum_pbuf", sum_chain, 1},
    {"inet_chksum_pseudo", sum_with_ip4, 1},
    {"ip6_chksum_pseudo_partial", sum_with_ip6, 1},
};

#define CALLS (sizeof calls / sizeof calls[0])

/* One call on a fragment that was freed: refused, once, with nothing written. */
static void assert_refused(const call_t *call, struct pbuf *p, cistern_fault_kind_t kind)
{
    uint8_t before[sizeof(struct pbuf) + 8];
    faults = (faults_t){0};
    memcpy(before, p, sizeof before);
    const bool answered = call->answers_as_documented(p);
    if (!answered || faults.count != call->faults ||
        (call->faults == 1 && (faults.last.kind != kind || faults.last.address != p)) ||
        memcmp(before, p, sizeof before) != 0) {
        fail_msg("%s: answer %d, %u faults, last %s of %p, not %p", call->name, answered,
                 faults.count, cistern_fault_text(faults.last.kind), faults.last.address,
                 (void *)p);
    }
    faults = (faults_t){0};
}

static void assert_every_call_refuses(struct pbuf *p)
{
    other = made(PBUF_REF);
    for (size_t i = 0; i < CALLS; ++i) {
        assert_refused(&calls[i], p, CISTERN_FAULT_REFERENCE);
    }
    assert_int_equal(pbuf_free(other), 1);
    assert_true(cistern_heap_check(mem_heap()));
    assert_int_equal(free_elements(MEMP_PBUF), MEMP_NUM_PBUF);
    assert_int_equal(free_elements(MEMP_PBUF_POOL), PBUF_POOL_SIZE);
}

static void a_freed_pbuf_of_any_type_is_refused_by_every_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all_types / sizeof all_types[0]; ++i) {
        struct pbuf *const keep = made(PBUF_REF); /* so that the next REF is another element */
        struct pbuf *const p = made(all_types[i]);
        pbuf_free(keep);
        pbuf_free(p);
        struct pbuf *const first = pbuf_alloc(PBUF_RAW, 1, PBUF_REF);
        if (first == p) { /* the element that was freed last is used next: take another one */
            struct pbuf *const second = pbuf_alloc(PBUF_RAW, 1, PBUF_REF);
            pbuf_free(first);
            pbuf_free(second);
        } else {
            pbuf_free(first);
        }
        other = NULL;
        assert_every_call_refuses(p);
    }
}

static void a_freed_heap_pbuf_is_refused_between_blocks_in_use_and_merged(void **state)
{
    (void)state;
    struct pbuf *const before = made(PBUF_RAM);
    struct pbuf *const p = made(PBUF_RAM);
    struct pbuf *const behind = made(PBUF_RAM);
    pbuf_free(p);
    other = made(PBUF_REF);
    for (size_t i = 0; i < CALLS; ++i) {
        if (strcmp(calls[i].name, "coalesce") != 0) {
            assert_refused(&calls[i], p, CISTERN_FAULT_REFERENCE);
        }
    }
    pbuf_free(behind);
    pbuf_free(before); /* p lies in the middle of a free block now */
    for (size_t i = 0; i < CALLS; ++i) {
        assert_refused(&calls[i], p, CISTERN_FAULT_REFERENCE);
    }
    pbuf_free(other);
}

static void a_freed_custom_pbuf_is_refused_by_every_call(void **state)
{
    (void)state;
    struct {
        struct pbuf_custom custom;
        uint8_t memory[MANY_BYTES];
    } own = {.custom.custom_free_function = ignore};
    static const pbuf_type types[] = {PBUF_RAM, PBUF_POOL, PBUF_REF};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; ++i) {
        struct pbuf *const p =
            pbuf_alloced_custom(PBUF_RAW, 8, types[i], &own.custom, own.memory, MANY_BYTES);
        assert_int_equal(pbuf_free(p), 1);
        assert_every_call_refuses(p);
    }
}

static void a_misaligned_address_is_refused_by_every_call(void **state)
{
    (void)state;
    static struct pbuf two[2];
    struct pbuf *const p = (struct pbuf *)(void *)((uint8_t *)two + 1);
    other = made(PBUF_REF);
    for (size_t i = 0; i < CALLS; ++i) {
        assert_refused(&calls[i], p, CISTERN_FAULT_MISALIGNED);
    }
    pbuf_free(other);
}

/* From level 2 on a high count is looked at more closely. */
static void a_pbuf_with_many_references_is_none_that_was_freed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all_types / sizeof all_types[0]; ++i) {
        struct pbuf *const p = made(all_types[i]);
        for (unsigned k = 0; k < 200; ++k) {
            pbuf_ref(p);
        }
        assert_int_equal(pbuf_clen(p), 1);
        assert_int_equal(pbuf_remove_header(p, 4), 0);
        assert_int_equal(pbuf_take(p, "1234", 4), ERR_OK);
        for (unsigned k = 0; k < 200; ++k) {
            assert_int_equal(pbuf_free(p), 0);
        }
        assert_int_equal(pbuf_free(p), 1);
    }
    assert_no_fault();
}

/* --- a chain whose tail was freed ---------------------------------------------------------------
 */

static void dechain_of_a_tail_that_was_freed_is_a_fault_and_gives_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all_types / sizeof all_types[0]; ++i) {
        struct pbuf *const p = chain_of(PBUF_RAM, all_types[i]);
        struct pbuf *const tail = p->next;
        pbuf_free(tail);
        assert_null(pbuf_dechain(p));
        assert_one_fault(CISTERN_FAULT_REFERENCE, tail);
        assert_int_equal(p->tot_len, 8);
        assert_int_equal(pbuf_free(p), 1);
    }
}

/* Each reads the whole chain, or changes it at its end. */
static bool reads_all(struct pbuf *p)
{
    uint8_t out[16];
    return pbuf_copy_partial(p, out, 16, 0) == 8;
}

static bool fills_all(struct pbuf *p)
{
    return pbuf_take(p, "1234567812345678", 16) == ERR_VAL;
}

static bool counts_all(struct pbuf *p)
{
    return pbuf_clen(p) == 1;
}

static bool appends(struct pbuf *p)
{
    pbuf_cat(p, other);
    return other->ref == 1 && p->tot_len == 16;
}

static bool cuts(struct pbuf *p)
{
    pbuf_realloc(p, 12);
    return p->tot_len == 16;
}

static bool clones(struct pbuf *p)
{
    return pbuf_clone(PBUF_RAW, PBUF_RAM, p) == NULL;
}

static bool coalesces(struct pbuf *p)
{
    return pbuf_coalesce(p, PBUF_RAW) == p;
}

static bool copies_from(struct pbuf *p)
{
    return pbuf_copy(target, p) == ERR_VAL;
}

static bool takes_off_the_front(struct pbuf *p)
{
    return pbuf_free_header(p, 12) == p && p->tot_len == 16;
}

static bool compares(struct pbuf *p)
{
    return pbuf_memcmp(p, 8, "12345678", 8) != 0;
}

static bool finds(struct pbuf *p)
{
    return pbuf_memfind(p, "\xff\xfe\xfd", 3, 0) == PBUF_NOT_FOUND;
}

static bool pulls(struct pbuf *p)
{
    return cistern_pbuf_pull(p, PBUF_RAW, 12) == NULL;
}

static bool describes(struct pbuf *p)
{
    cistern_piece_t pieces[2];
    return cistern_pbuf_to_pieces(p, 0, 16, pieces, 2, NULL) == 1;
}

static bool gets_behind(struct pbuf *p)
{
    return pbuf_try_get_at(p, 9) == -1;
}

static bool skips(struct pbuf *p)
{
    return pbuf_skip(p, 9, NULL) == NULL;
}

static bool inserts(struct pbuf *p)
{
    return !cistern_pbuf_insert(p, p, other);
}

static bool (*const walks[])(struct pbuf *p) = {
    reads_all, fills_all,   counts_all,
    appends,   cuts,        clones,
    coalesces, copies_from, takes_off_the_front,
    compares,  finds,       pulls,
    describes, gets_behind, skips,
    inserts,
};

#define WALKS (sizeof walks / sizeof walks[0])

static void a_walk_ends_with_a_fault_in_front_of_a_fragment_that_was_freed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all_types / sizeof all_types[0]; ++i) {
        target = pbuf_alloc(PBUF_RAW, 16, PBUF_RAM);
        struct pbuf *const p = chain_of(PBUF_RAM, all_types[i]);
        struct pbuf *const tail = p->next;
        struct pbuf *const dummy = made(PBUF_REF);
        other = made(PBUF_REF);
        pbuf_free(dummy);
        pbuf_free(tail);
        memset(p->payload, 0, p->len);
        for (size_t k = 0; k < WALKS; ++k) {
            faults = (faults_t){0};
            if (!walks[k](p) || faults.count < 1 || faults.last.address != tail ||
                faults.last.kind != CISTERN_FAULT_REFERENCE) {
                fail_msg("walk %zu of type %zu: %u faults, last %s", k, i, faults.count,
                         cistern_fault_text(faults.last.kind));
            }
        }
        faults = (faults_t){0};
        (void)pbuf_dechain(p);
        faults = (faults_t){0};
        assert_int_equal(pbuf_free(other), 1);
        assert_int_equal(pbuf_free(target), 1);
        assert_int_equal(pbuf_free(p), 1);
        (void)memory_is_back(NULL);
    }
}

/* --- rings ------------------------------------------------------------------------------------ */

static void a_chain_is_not_put_behind_a_part_of_itself_in_either_direction(void **state)
{
    (void)state;
    struct pbuf *const p = chain_of(PBUF_RAM, PBUF_POOL);
    pbuf_cat(p, made(PBUF_REF));
    struct pbuf *parts[] = {p, p->next, p->next->next};
    for (size_t head = 0; head < 3; ++head) {
        for (size_t tail = 0; tail < 3; ++tail) {
            pbuf_cat(parts[head], parts[tail]);
            assert_one_fault(CISTERN_FAULT_ARGUMENT, parts[tail]);
            pbuf_chain(parts[head], parts[tail]);
            assert_one_fault(CISTERN_FAULT_ARGUMENT, parts[tail]);
            assert_false(cistern_pbuf_insert(parts[head], parts[head], parts[tail]));
            assert_one_fault(CISTERN_FAULT_ARGUMENT, parts[tail]);
        }
    }
    struct pbuf *const longer = made(PBUF_ROM); /* another chain with the same end */
    longer->next = parts[2];
    pbuf_cat(p, longer);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, longer);
    longer->next = NULL;
    assert_int_equal(p->tot_len, 24);
    assert_int_equal(parts[2]->ref, 1);
    assert_int_equal(pbuf_free(longer), 1);
    assert_int_equal(pbuf_free(p), 3);
}

static void a_packet_is_not_copied_to_a_part_of_itself(void **state)
{
    (void)state;
    struct pbuf *const p = chain_of(PBUF_RAM, PBUF_POOL);
    struct pbuf *const tail = p->next;
    memcpy(p->payload, "abcdefgh", 8);
    memcpy(tail->payload, "ijklmnop", 8);
    assert_int_equal(pbuf_copy(p, p), ERR_ARG);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, p);
    assert_int_equal(pbuf_copy(p, tail), ERR_ARG);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, tail);
    assert_int_equal(pbuf_copy_partial_pbuf(p, p, 10, 1), ERR_ARG);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, p);
    assert_int_equal(pbuf_copy_partial_pbuf(tail, p, 8, 0), ERR_ARG);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, p);
    assert_int_equal(pbuf_copy(tail, tail), ERR_ARG);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, tail);
    assert_int_equal(pbuf_memcmp(p, 0, "abcdefghijklmnop", 16), 0);
    assert_int_equal(pbuf_free(p), 2);
}

/* A ring of `length` fragments that the chain leads into after `lead` others; all of them empty or
 * none. */
static struct pbuf *ring(struct pbuf *fragments, unsigned lead, unsigned length,
                         pbuf_len_t bytes_in)
{
    const unsigned all = lead + length;
    for (unsigned i = 0; i < all; ++i) {
        fragments[i] = (struct pbuf){.next = &fragments[i + 1 < all ? i + 1 : lead],
                                     .payload = bytes,
                                     .tot_len = (pbuf_len_t)(bytes_in * 200U),
                                     .len = bytes_in,
                                     .type_internal = (u8_t)PBUF_REF,
                                     .ref = 2};
    }
    return fragments;
}

static void no_call_walks_a_ring_for_ever(void **state)
{
    (void)state;
    static struct pbuf fragments[24];
    for (unsigned lead = 0; lead < 9; ++lead) {
        for (unsigned length = 1; length < 9; ++length) {
            for (pbuf_len_t bytes_in = 0; bytes_in < 2; ++bytes_in) {
                struct pbuf *const p = ring(fragments, lead, length, bytes_in);
                uint8_t out[400];
                struct pbuf *rest;
                uint16_t sum;
                cistern_piece_t pieces[4];
                other = made(PBUF_REF);
                (void)pbuf_clen(p);
                assert_one_fault(CISTERN_FAULT_CHAIN, faults.last.address);
                pbuf_cat(p, other);
                assert_one_fault(CISTERN_FAULT_CHAIN, faults.last.address);
                pbuf_cat(other, p);
                assert_one_fault(CISTERN_FAULT_CHAIN, faults.last.address);
                assert_int_equal(p->tot_len, bytes_in * 200U);
                faults = (faults_t){0};
                (void)pbuf_copy_partial(p, out, sizeof out, 0);
                (void)pbuf_take(p, out, 150);
                (void)pbuf_copy(other, p);
                (void)pbuf_copy_partial_pbuf(p, other, 1, 0);
                (void)pbuf_get_contiguous(p, out, sizeof out, 100, 0);
                struct pbuf *const copy = pbuf_clone(PBUF_RAW, PBUF_RAM, p);
                (void)(copy != NULL && pbuf_free(copy)); /* where all are empty, it can be made */
                struct pbuf *const whole = pbuf_coalesce(p, PBUF_RAW);
                (void)(whole != p && pbuf_free(whole));
                pbuf_split_64k(p, &rest);
                pbuf_realloc(p, 199);
                (void)pbuf_skip(p, 300, NULL);
                (void)pbuf_try_get_at(p, 300);
                (void)pbuf_memcmp(p, 0, out, 150);
                (void)pbuf_memfind(p, "abc", 3, 0);
                (void)cistern_pbuf_insert(p, p, other);
                (void)cistern_pbuf_remove(p, other);
                (void)cistern_pbuf_pull(p, PBUF_RAW, 100);
                (void)cistern_pbuf_to_pieces(p, 0, 200, pieces, 4, NULL);
                (void)cistern_pbuf_copy_sum(p, out, 200, 0, &sum);
                faults = (faults_t){0};
                (void)inet_chksum_pbuf(p);
                assert_one_fault(CISTERN_FAULT_CHAIN, faults.last.address);
                (void)sum_with_ip4(p);
                assert_one_fault(CISTERN_FAULT_CHAIN, faults.last.address);
                (void)cistern_pbuf_hold(p, "ring");
                (void)pbuf_free_header(p, 150);
                (void)pbuf_dechain(ring(fragments, lead, length, bytes_in));
                (void)pbuf_free(ring(fragments, lead, length, bytes_in));
                assert_int_equal(pbuf_free(other), 1);
                (void)memory_is_back(NULL);
                faults = (faults_t){0};
            }
        }
    }
}

/* What a call cuts off or takes out leads back to the head, by a ring that a write of the program
 * closed: it would give up the caller's own fragment. */
static bool cuts_off_all_but_one(struct pbuf *p)
{
    pbuf_realloc(p, 4);
    return true;
}

static bool takes_one_off(struct pbuf *p)
{
    return pbuf_free_header(p, 9) == p;
}

static bool takes_out_the_second(struct pbuf *p)
{
    return !cistern_pbuf_remove(p, p->next);
}

static bool pulls_two_together(struct pbuf *p)
{
    return cistern_pbuf_pull(p, PBUF_RAW, 9) == NULL;
}

static bool (*const cutting[])(struct pbuf *p) = {
    dechain, cuts_off_all_but_one, takes_one_off, takes_out_the_second, pulls_two_together,
};

#define CUTTING (sizeof cutting / sizeof cutting[0])

static void a_ring_is_refused_where_it_would_be_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < CUTTING; ++i) {
        for (size_t back = 0; back < 3; ++back) { /* where the ring leads to */
            struct pbuf *const parts[] = {made(PBUF_RAM), made(PBUF_POOL), made(PBUF_REF)};
            pbuf_cat(parts[0], parts[1]);
            pbuf_cat(parts[0], parts[2]);
            parts[2]->next = parts[back];
            if (!cutting[i](parts[0]) || faults.count != 1 ||
                faults.last.kind != CISTERN_FAULT_CHAIN) {
                fail_msg("call %zu, ring to %zu: %u faults, last %s", i, back, faults.count,
                         cistern_fault_text(faults.last.kind));
            }
            faults = (faults_t){0};
            for (size_t k = 0; k < 3; ++k) {
                assert_int_equal(parts[k]->ref, 1);
                assert_int_equal(parts[k]->len, 8);
                assert_int_equal(parts[k]->tot_len, 24 - 8 * k);
            }
            parts[2]->next = NULL;
            assert_int_equal(pbuf_free(parts[0]), 3);
            (void)memory_is_back(NULL);
        }
    }
    struct pbuf *const alone = made(PBUF_POOL);
    alone->next = alone;
    assert_null(pbuf_dechain(alone));
    assert_one_fault(CISTERN_FAULT_CHAIN, alone);
    assert_int_equal(alone->ref, 1);
    alone->next = NULL;
    assert_int_equal(pbuf_free(alone), 1);
}

static void splitting_a_ring_is_refused(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc_reference(bytes, PBUF_NOT_FOUND, PBUF_REF);
    struct pbuf *const second = pbuf_alloc_reference(bytes, PBUF_NOT_FOUND, PBUF_REF);
    struct pbuf *rest = p;
    pbuf_cat(p, second);
    second->next = p;
    pbuf_split_64k(p, &rest);
    assert_null(rest);
    assert_one_fault(CISTERN_FAULT_CHAIN, faults.last.address);
    assert_ptr_equal(p->next, second);
    second->next = NULL;
    assert_int_equal(pbuf_free(p), 2);
}

/* The third fragment was freed: what is cut in front of it or behind stays in one piece. */
static void what_lies_in_front_of_damage_is_neither_cut_nor_lost(void **state)
{
    (void)state;
    for (size_t i = 0; i < CUTTING; ++i) {
        struct pbuf *const p = chain_of(PBUF_RAM, PBUF_RAM);
        struct pbuf *const second = p->next;
        struct pbuf *const third = made(PBUF_REF);
        pbuf_cat(p, third);
        assert_int_equal(pbuf_free(third), 1);
        if (!cutting[i](p) || faults.count != 1 || faults.last.kind != CISTERN_FAULT_REFERENCE) {
            fail_msg("call %zu: %u faults, last %s", i, faults.count,
                     cistern_fault_text(faults.last.kind));
        }
        faults = (faults_t){0};
        assert_ptr_equal(p->next, second);
        assert_ptr_equal(second->next, third);
        second->next = NULL;
        assert_int_equal(pbuf_free(p), 2);
        (void)memory_is_back(NULL);
    }
}

static void nothing_is_put_behind_a_fragment_that_was_freed(void **state)
{
    (void)state;
    struct pbuf *const p = made(PBUF_RAM);
    struct pbuf *const after = made(PBUF_POOL);
    struct pbuf *const chain_in = made(PBUF_REF);
    pbuf_free(after);
    assert_false(cistern_pbuf_insert(p, after, chain_in));
    assert_one_fault(CISTERN_FAULT_REFERENCE, after);
    assert_false(cistern_pbuf_insert(p, (struct pbuf *)((mem_ptr_t)p + 1U), chain_in));
    assert_one_fault(CISTERN_FAULT_MISALIGNED, faults.last.address);
    assert_int_equal(pbuf_free(p), 1);
    assert_int_equal(pbuf_free(chain_in), 1);
}

/* --- lengths ---------------------------------------------------------------------------------- */

/* Payload that was set to memory outside says nothing of what the block can do without. */
static void shortening_data_that_lies_elsewhere_leaves_the_block_as_it_is(void **state)
{
    (void)state;
    for (int distance = -70000; distance < 70000; distance += 3) {
        struct pbuf *const p = pbuf_alloc(PBUF_RAW, 200, PBUF_RAM);
        void *const own = p->payload;
        const size_t before = cistern_heap_usable_size(mem_heap(), p);
        p->payload = (void *)((mem_ptr_t)p + (mem_ptr_t)(long)distance);
        pbuf_realloc(p, 100);
        p->payload = own;
        assert_int_equal(p->len, 100);
        const size_t after = cistern_heap_usable_size(mem_heap(), p);
        if (distance < (int)PBUF_STRUCT_SIZE || (size_t)distance + 100 > before) {
            assert_int_equal(after, before);
        }
        assert_true(distance < 0 || after >= LWIP_MIN(before, (size_t)distance + 100));
        assert_int_equal(pbuf_free(p), 1);
    }
    assert_no_fault();
}

/* tot_len of what pbuf_cat has made counts modulo 65536. */
static void pulling_out_of_a_chain_of_more_than_a_length_leaves_others_theirs(void **state)
{
    (void)state;
    static uint8_t many[65500];
    for (unsigned shared = 0; shared < 2; ++shared) {
        struct pbuf *const p = pbuf_alloc_reference(many, 100, PBUF_REF);
        struct pbuf *const second = pbuf_alloc_reference(many, 65500, PBUF_REF);
        pbuf_cat(p, second);
        pbuf_cat(p, pbuf_alloc_reference(many, 1000, PBUF_REF));
        if (shared != 0) {
            pbuf_ref(second);
        }
        struct pbuf *const pulled = cistern_pbuf_pull(p, PBUF_RAW, 500);
        assert_int_equal(second->len, shared != 0 ? 65500 : 65100);
        pbuf_free(pulled != NULL ? pulled : p);
        if (shared != 0) {
            assert_int_equal(pbuf_free(second), 2);
        }
        (void)memory_is_back(NULL);
    }
    assert_no_fault();
}

static void shortening_a_chain_that_holds_less_than_it_says_is_a_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all_types / sizeof all_types[0]; ++i) {
        struct pbuf *const p = chain_of(PBUF_RAM, all_types[i]);
        struct pbuf *const tail = p->next;
        p->tot_len = 4000;
        tail->tot_len = 3992;
        pbuf_realloc(p, 3000);
        assert_one_fault(CISTERN_FAULT_CHAIN, p);
        assert_int_equal(p->tot_len, 4000);
        assert_int_equal(tail->len, 8);
        pbuf_realloc(p, 10);
        assert_no_fault();
        assert_int_equal(p->tot_len, 10);
        assert_int_equal(tail->len, 2);
        assert_int_equal(tail->tot_len, 2);
        assert_int_equal(pbuf_free(p), 2);
    }
    struct pbuf *const single = made(PBUF_POOL);
    single->tot_len = 100;
    pbuf_realloc(single, 50);
    assert_one_fault(CISTERN_FAULT_CHAIN, single);
    assert_int_equal(single->len, 8);
    assert_int_equal(pbuf_free(single), 1);
}

static bool no_payload_calls(struct pbuf *p)
{
    uint8_t out[16];
    uint16_t sum;
    cistern_piece_t piece;
    uint32_t number;
    struct pbuf *const to = made(PBUF_RAM);
    bool refused = true;
    unsigned seen = 0;
#define REFUSED(answer) (refused = (answer) && refused && faults.count == ++seen)
    REFUSED(pbuf_copy_partial(p, out, 8, 0) == 0);
    REFUSED(pbuf_take(p, out, 8) == ERR_VAL);
    REFUSED(pbuf_take_at(p, out, 4, 1) == ERR_VAL);
    REFUSED(pbuf_copy(to, p) == ERR_VAL);
    REFUSED(pbuf_copy(p, to) == ERR_VAL);
    REFUSED(pbuf_get_contiguous(p, out, sizeof out, 8, 0) == NULL);
    REFUSED(pbuf_clone(PBUF_RAW, PBUF_RAM, p) == NULL);
    REFUSED(pbuf_fill_chksum(p, 0, out, 8, &sum) == ERR_ARG);
    REFUSED(pbuf_get_at(p, 1) == 0);
    REFUSED(pbuf_try_get_at(p, 1) == -1);
    REFUSED((pbuf_put_at(p, 1, 1), true));
    REFUSED(pbuf_memcmp(p, 0, out, 4) == PBUF_NOT_FOUND);
    REFUSED(pbuf_memfind(p, "x", 1, 0) == PBUF_NOT_FOUND);
    REFUSED(pbuf_remove_header(p, 1) == 1);
    REFUSED(pbuf_add_header_force(p, 1) == 1);
    REFUSED(!cistern_pbuf_get_be(p, 0, 2, &number));
    REFUSED(!cistern_pbuf_put_be(p, 0, 2, 1));
    REFUSED(cistern_pbuf_to_pieces(p, 0, 8, &piece, 1, NULL) == 0);
    REFUSED(cistern_pbuf_copy_sum(p, out, 8, 0, &sum) == 0);
    REFUSED(inet_chksum_pbuf(p) == 0xffffU);
#undef REFUSED
    faults = (faults_t){0};
    pbuf_free(to);
    return refused;
}

static void a_payload_that_was_never_set_is_a_fault_where_it_is_needed(void **state)
{
    (void)state;
    static const pbuf_type types[] = {PBUF_REF, PBUF_ROM};
    for (size_t i = 0; i < 2; ++i) {
        struct pbuf *const p = pbuf_alloc(PBUF_RAW, 8, types[i]);
        assert_true(no_payload_calls(p));
        assert_int_equal(pbuf_remove_header(p, 0), 0);
        assert_int_equal(pbuf_clen(p), 1);
        assert_int_equal(pbuf_free(p), 1);
        assert_no_fault();
    }
    struct pbuf_custom custom = {.custom_free_function = ignore};
    struct pbuf *const p = pbuf_alloced_custom(PBUF_RAW, 8, PBUF_REF, &custom, NULL, 8);
    assert_true(no_payload_calls(p));
    assert_int_equal(pbuf_free(p), 1);
}

static void a_custom_struct_at_a_misaligned_address_is_refused(void **state)
{
    (void)state;
    static cistern_pbuf_external_t externals[2];
    void *const odd = (uint8_t *)externals + 1;
    assert_null(pbuf_alloced_custom(PBUF_RAW, 4, PBUF_REF, odd, bytes, 8));
    assert_one_fault(CISTERN_FAULT_MISALIGNED, odd);
    assert_null(cistern_pbuf_external(odd, bytes, 8, free_nothing, NULL));
    assert_one_fault(CISTERN_FAULT_MISALIGNED, odd);
}

/* Two chains of half the length in one, and so on: the number of steps is that of a sort. */
static struct pbuf *empties(struct pbuf_custom *customs, size_t number)
{
    struct pbuf *parts[20];
    size_t count_of = 0;
    for (size_t i = 0; i < number; ++i) {
        customs[i].custom_free_function = ignore;
        parts[count_of++] = pbuf_alloced_custom(PBUF_RAW, 0, PBUF_REF, &customs[i], bytes, 0);
        for (size_t k = i + 1; k % 2 == 0; k /= 2) {
            --count_of;
            pbuf_cat(parts[count_of - 1], parts[count_of]);
        }
    }
    while (count_of > 1) {
        --count_of;
        pbuf_cat(parts[count_of - 1], parts[count_of]);
    }
    return parts[0];
}

static void counts_beyond_16_bits_are_right_or_the_highest(void **state)
{
    (void)state;
    static struct pbuf_custom customs[65538];
    const size_t numbers[] = {65534, 65535, 65536, 65537, 65538};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; ++i) {
        const pbuf_len_t most =
            (pbuf_len_t)(numbers[i] < PBUF_NOT_FOUND ? numbers[i] : PBUF_NOT_FOUND);
        struct pbuf *const p = empties(customs, numbers[i]);
        assert_int_equal(pbuf_clen(p), most);
        assert_int_equal(pbuf_free(p), most);
        struct pbuf *const q = empties(customs, numbers[i]);
        assert_null(pbuf_dechain(q));
        assert_int_equal(pbuf_free(q), 1);
    }
    assert_no_fault();
}

/* --- custom fragments --------------------------------------------------------------------------
 */

static struct {
    uint8_t below[256];
    struct pbuf_custom custom;
    uint8_t behind[256];
    uint8_t unrelated[64];
    uint8_t above[256];
} memory;

static void a_custom_pbuf_has_the_headroom_that_its_memory_gives(void **state)
{
    (void)state;
    static const pbuf_type types[] = {PBUF_RAM, PBUF_POOL};
    static const pbuf_layer layers[] = {PBUF_RAW, PBUF_LINK, PBUF_IP, PBUF_TRANSPORT};
    uint8_t *const places[] = {memory.below, memory.behind, memory.above};
    memory.custom.custom_free_function = ignore;
    for (unsigned i = 0; i < 2 * 4 * 3; ++i) {
        uint8_t *const place = places[i % 3];
        const pbuf_layer layer = layers[i / 3 % 4];
        const size_t room = LWIP_MEM_ALIGN_SIZE((size_t)layer);
        struct pbuf *const p =
            pbuf_alloced_custom(layer, 20, types[i / 12], &memory.custom, place, 256);
        assert_int_equal(cistern_pbuf_headroom(p), room);
        assert_int_equal(pbuf_add_header(p, room + 1), 1);
        assert_int_equal(pbuf_add_header_force(p, room + 1), 1);
        assert_int_equal(pbuf_add_header(p, room), 0);
        assert_ptr_equal(p->payload, place);
        assert_int_equal(pbuf_add_header(p, 1), 1);
        assert_int_equal(pbuf_remove_header(p, 5), 0);
        assert_int_equal(cistern_pbuf_headroom(p), 5);
        assert_int_equal(pbuf_header(p, 6), 1);
        assert_int_equal(pbuf_header(p, 5), 0);
        assert_int_equal(pbuf_free(p), 1);
    }
    assert_ptr_equal(memory.custom.custom_free_function, ignore);
    assert_no_fault();
}

static void a_custom_pbuf_on_memory_that_is_not_known_has_no_headroom(void **state)
{
    (void)state;
    struct pbuf *p = pbuf_alloced_custom(PBUF_RAW, 20, PBUF_RAM, &memory.custom, NULL, 256);
    memory.custom.custom_free_function = ignore;
    p->payload = memory.above;
    assert_int_equal(cistern_pbuf_headroom(p), 0);
    assert_int_equal(pbuf_add_header(p, 1), 1);
    p = pbuf_alloced_custom(PBUF_RAW, 20, PBUF_RAM, &memory.custom, memory.above, 256);
    p->payload = memory.below;
    assert_int_equal(pbuf_add_header(p, 1), 1);
    p = pbuf_alloced_custom(PBUF_LINK, 20, PBUF_REF, &memory.custom, memory.above, 256);
    assert_int_equal(pbuf_add_header(p, 1), 1);
    assert_int_equal(cistern_pbuf_headroom(p), 0);
}

/* --- packets that others hold ------------------------------------------------------------------
 */

/* "0123456789abcdefghij" in fragments of these lengths. */
static struct pbuf *text_of(const pbuf_len_t *lengths, size_t number)
{
    struct pbuf *p = NULL;
    for (size_t i = 0; i < number; ++i) {
        struct pbuf *const q = pbuf_alloc(PBUF_RAW, lengths[i], PBUF_RAM);
        if (p == NULL) {
            p = q;
        } else {
            pbuf_cat(p, q);
        }
    }
    assert_int_equal(pbuf_take(p, "0123456789abcdefghij", 20), ERR_OK);
    return p;
}

static void assert_spells(const struct pbuf *p, const char *text)
{
    uint8_t out[32];
    pbuf_len_t left = (pbuf_len_t)strlen(text);
    assert_int_equal(pbuf_copy_partial(p, out, sizeof out, 0), left);
    assert_memory_equal(out, text, left);
    for (; p != NULL; p = p->next) {
        assert_int_equal(p->tot_len, left);
        left = (pbuf_len_t)(left - p->len);
    }
}

static void pulling_leaves_what_others_hold_as_it_is(void **state)
{
    (void)state;
    static const pbuf_len_t lengths[] = {5, 0, 6, 9};
    for (unsigned held = 0; held < 4; ++held) {
        for (pbuf_len_t length = 0; length <= 20; ++length) {
            struct pbuf *const p = text_of(lengths, 4);
            struct pbuf *kept = p;
            for (unsigned i = 0; i < held; ++i) {
                kept = kept->next;
            }
            const pbuf_len_t before = (pbuf_len_t)(20 - kept->tot_len);
            pbuf_ref(kept);
            struct pbuf *const pulled = cistern_pbuf_pull(p, PBUF_LINK, length);
            assert_true(pulled->len >= length);
            assert_spells(pulled, "0123456789abcdefghij");
            assert_spells(kept, &"0123456789abcdefghij"[before]);
            pbuf_free(pulled);
            assert_spells(kept, &"0123456789abcdefghij"[before]);
            pbuf_free(kept);
            (void)memory_is_back(NULL);
        }
    }
    assert_no_fault();
}

static void taking_off_the_front_leaves_others_their_fragments(void **state)
{
    (void)state;
    static const pbuf_len_t lengths[] = {5, 6, 9};
    static const pbuf_len_t sizes[] = {5, 11}; /* whole fragments */
    for (unsigned i = 0; i < 2; ++i) {
        struct pbuf *const p = text_of(lengths, 3);
        pbuf_ref(p);
        struct pbuf *const rest = pbuf_free_header(p, sizes[i]);
        assert_spells(rest, &"0123456789abcdefghij"[sizes[i]]);
        assert_spells(p, "0123456789abcdefghij");
        pbuf_free(rest);
        assert_spells(p, "0123456789abcdefghij");
        assert_int_equal(pbuf_free(p), 3);
    }
    assert_no_fault();
}

static void taking_off_the_front_counts_no_reference_in_passing(void **state)
{
    (void)state;
    struct pbuf *const p = chain_of(PBUF_RAM, PBUF_POOL);
    struct pbuf *const tail = p->next;
    const LWIP_PBUF_REF_T most = (LWIP_PBUF_REF_T)((LWIP_PBUF_REF_T)-1 - 1U);
    tail->ref = most; /* one more would pin it */
    assert_ptr_equal(pbuf_free_header(p, 8), tail);
    assert_no_fault();
    assert_int_equal(tail->ref, most);
    tail->ref = 1;
    assert_int_equal(pbuf_free(tail), 1);
}

static void coalescing_leaves_what_others_hold_as_it_is(void **state)
{
    (void)state;
    static const pbuf_len_t lengths[] = {5, 6, 9};
    struct pbuf *const p = text_of(lengths, 3);
    pbuf_ref(p);
    struct pbuf *const whole = pbuf_coalesce(p, PBUF_RAW);
    assert_spells(whole, "0123456789abcdefghij");
    assert_spells(p, "0123456789abcdefghij");
    pbuf_free(whole);
    assert_int_equal(pbuf_free(p), 3);
}

#ifdef LWIP_PBUF_CUSTOM_DATA
#    define MARK(p)          ((p)->mark = 7)
#    define assert_marked(p) assert_int_equal((p)->mark, 7)
#else
#    define MARK(p)          ((void)(p))
#    define assert_marked(p) ((void)(p))
#endif

static void what_takes_the_place_of_a_packet_keeps_its_marks(void **state)
{
    (void)state;
    static const pbuf_len_t lengths[] = {5, 6, 9};
    for (unsigned i = 0; i < 2; ++i) {
        struct pbuf *p = text_of(lengths, 3);
        p->flags = PBUF_FLAG_PUSH | PBUF_FLAG_LLMCAST;
        p->if_idx = 3;
        MARK(p);
        p = i == 0 ? pbuf_coalesce(p, PBUF_LINK) : cistern_pbuf_pull(p, PBUF_LINK, 7);
        assert_int_equal(p->flags, PBUF_FLAG_PUSH | PBUF_FLAG_LLMCAST);
        assert_int_equal(p->if_idx, 3);
        assert_int_equal(p->ref, 1);
        assert_marked(p);
        pbuf_free(p);
    }
    struct pbuf_custom custom = {.custom_free_function = ignore};
    struct pbuf *p = pbuf_alloced_custom(PBUF_RAW, 8, PBUF_REF, &custom, bytes, 8);
    p->flags |= PBUF_FLAG_TCP_FIN;
    pbuf_cat(p, made(PBUF_POOL));
    p = pbuf_coalesce(p, PBUF_RAW);
    assert_int_equal(p->flags, PBUF_FLAG_TCP_FIN); /* custom it is not */
    assert_int_equal(pbuf_free(p), 1);
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_freed_pbuf_of_any_type_is_refused_by_every_call),
        test(a_freed_heap_pbuf_is_refused_between_blocks_in_use_and_merged),
        test(a_freed_custom_pbuf_is_refused_by_every_call),
        test(a_misaligned_address_is_refused_by_every_call),
        test(a_pbuf_with_many_references_is_none_that_was_freed),
        test(dechain_of_a_tail_that_was_freed_is_a_fault_and_gives_none),
        test(a_walk_ends_with_a_fault_in_front_of_a_fragment_that_was_freed),
        test(a_chain_is_not_put_behind_a_part_of_itself_in_either_direction),
        test(a_packet_is_not_copied_to_a_part_of_itself),
        test(no_call_walks_a_ring_for_ever),
        test(a_ring_is_refused_where_it_would_be_cut),
        test(splitting_a_ring_is_refused),
        test(what_lies_in_front_of_damage_is_neither_cut_nor_lost),
        test(nothing_is_put_behind_a_fragment_that_was_freed),
        test(shortening_data_that_lies_elsewhere_leaves_the_block_as_it_is),
        test(pulling_out_of_a_chain_of_more_than_a_length_leaves_others_theirs),
        test(shortening_a_chain_that_holds_less_than_it_says_is_a_fault),
        test(a_payload_that_was_never_set_is_a_fault_where_it_is_needed),
        test(a_custom_struct_at_a_misaligned_address_is_refused),
        test(counts_beyond_16_bits_are_right_or_the_highest),
        test(a_custom_pbuf_has_the_headroom_that_its_memory_gives),
        test(a_custom_pbuf_on_memory_that_is_not_known_has_no_headroom),
        test(pulling_leaves_what_others_hold_as_it_is),
        test(taking_off_the_front_leaves_others_their_fragments),
        test(taking_off_the_front_counts_no_reference_in_passing),
        test(coalescing_leaves_what_others_hold_as_it_is),
        test(what_takes_the_place_of_a_packet_keeps_its_marks),
    };
    return cmocka_run_group_tests(tests, memory_start, memory_is_back);
}
