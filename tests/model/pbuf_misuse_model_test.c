/* SPDX-License-Identifier: BSD-3-Clause */
/* Random misuse of every call that takes a packet buffer, in rounds:
 *
 *   sound    packets of 1 to 3 fragments of every type, some shared, some custom, with known bytes
 *   bad      fragments that were freed, NULL, misaligned addresses, rings, a chain that leads into a
 *            freed fragment, a payload that was never set, a tot_len that is not the sum
 *   calls    each gets a bad fragment, with numbers from the edges of their types
 *
 * Whatever is called: it returns, heap and pools stay whole, and packets that were not handed in keep
 * every field and byte. A call on a fragment without references is a fault and takes no memory.
 * At check level 0 the bad ones are what lwip/pbuf.h says that it refuses. MISUSE_ROUNDS is how many. */
#include "lwip_memory.h"

#include <stdbool.h>
#include <stdlib.h>

#include "cistern/heap.h"
#include "cistern/pbuf.h"
#include "lwip/inet_chksum.h"

#ifndef MISUSE_ROUNDS
#    define MISUSE_ROUNDS 3000U
#endif
#define PACKETS   5U
#define PARTS     3U
#define LONGEST   60U
#define STEPS     24U
#define FAR_BYTES 128U

/* --- chance ----------------------------------------------------------------------------------- */

static uint32_t chance_state;

static uint32_t chance(uint32_t below)
{
    chance_state = chance_state * 1664525U + 1013904223U;
    return (uint32_t)(((uint64_t)(chance_state >> 8) * below) >> 24);
}

static pbuf_len_t any_number(void)
{
    static const uint32_t edges[] = {0,   1,      2,      4,      8,      16,      60,         61,
                                     120, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x10000, 0xffffffffU};
    return (pbuf_len_t)(chance(3) == 0 ? edges[chance(sizeof edges / sizeof edges[0])]
                                       : chance(80));
}

/* --- what there is ---------------------------------------------------------------------------- */

typedef struct part {
    struct pbuf *p;
    struct pbuf before; /* as it is to stay */
    uint8_t bytes[LONGEST];
} part_t;

typedef struct packet {
    part_t parts[PARTS];
    unsigned count;
} packet_t;

static packet_t packets[PACKETS];
static uint8_t far_bytes[PACKETS * PARTS][FAR_BYTES];
static struct pbuf_custom customs[PACKETS * PARTS];
static struct pbuf *freed[PACKETS * PARTS]; /* without references, in memory that is not in use */
static unsigned freed_count;
#if CISTERN_CHECK >= 1
static struct pbuf ring[6];
static uint8_t ring_bytes[40];
#endif
static uint8_t outside[256];

static void ignore(struct pbuf *p)
{
    (void)p;
}

static struct pbuf *new_part(unsigned index)
{
    static const pbuf_type types[] = {PBUF_RAM, PBUF_POOL, PBUF_REF, PBUF_ROM};
    const pbuf_len_t length = (pbuf_len_t)(chance(4) == 0 ? chance(2) : chance(LONGEST));
    const pbuf_type type = types[chance(4)];
    struct pbuf *p;
    if (chance(4) == 0) { /* memory of its own, far from its struct */
        customs[index].custom_free_function = ignore;
        p = pbuf_alloced_custom(PBUF_RAW, length, type, &customs[index], far_bytes[index],
                                FAR_BYTES);
    } else {
        p = pbuf_alloc(chance(2) == 0 ? PBUF_RAW : PBUF_TRANSPORT, length, type);
        if (p != NULL && p->payload == NULL) {
            p->payload = far_bytes[index];
        }
    }
    assert_non_null(p);
    return p;
}

static void new_packet(unsigned index)
{
    packet_t *const packet = &packets[index];
    packet->count = 1 + chance(PARTS);
    for (unsigned i = 0; i < packet->count; ++i) {
        struct pbuf *const p = new_part(index * PARTS + i);
        for (unsigned k = 0; k < p->len; ++k) {
            ((uint8_t *)p->payload)[k] = (uint8_t)chance(256);
        }
        packet->parts[i].p = p;
        if (i > 0) {
            pbuf_cat(packet->parts[0].p, p);
        }
        if (chance(6) == 0) {
            pbuf_ref(p); /* of another holder */
        }
    }
}

static void remember(packet_t *packet)
{
    for (unsigned i = 0; i < packet->count; ++i) {
        part_t *const part = &packet->parts[i];
        part->before = *part->p;
        memcpy(part->bytes, part->p->payload, part->p->len);
    }
}

static void assert_untouched(const packet_t *packet)
{
    for (unsigned i = 0; i < packet->count; ++i) {
        const part_t *const part = &packet->parts[i];
        assert_memory_equal(part->p, &part->before, sizeof part->before);
        assert_memory_equal(part->p->payload, part->bytes, part->before.len);
    }
}

/* Gives a packet back, and notes those of its fragments that stay without references. */
static void free_packet(packet_t *packet)
{
    for (unsigned i = 0; i < packet->count; ++i) {
        while (packet->parts[i].p->ref > 1) {
            (void)pbuf_free(packet->parts[i].p);
        }
    }
    assert_int_equal(pbuf_free(packet->parts[0].p), packet->count);
    for (unsigned i = 0; i < packet->count; ++i) {
        freed[freed_count++] = packet->parts[i].p;
    }
    packet->count = 0;
}

/* --- calls ------------------------------------------------------------------------------------ */

typedef struct arguments {
    struct pbuf *p;
    struct pbuf *q;
    pbuf_len_t a;
    pbuf_len_t b;
} arguments_t;

static void release(struct pbuf *p)
{
    (void)(p != NULL && pbuf_free(p));
}

#define CALL(name, ...)                                                                            \
    static void call_##name(const arguments_t *x)                                                  \
    {                                                                                              \
        __VA_ARGS__;                                                                               \
    }

CALL(free, (void)pbuf_free(x->p))
CALL(ref, pbuf_ref(x->p))
CALL(clen, (void)pbuf_clen(x->p))
CALL(realloc, pbuf_realloc(x->p, x->a))
CALL(add, (void)pbuf_add_header(x->p, x->a))
CALL(add_force, (void)pbuf_add_header_force(x->p, x->a))
CALL(remove, (void)pbuf_remove_header(x->p, x->a))
CALL(header, (void)pbuf_header(x->p, (s16_t)x->a))
CALL(header_force, (void)pbuf_header_force(x->p, (s16_t)x->a))
CALL(free_header, (void)pbuf_free_header(x->p, x->a))
CALL(cat, pbuf_cat(x->p, x->q))
CALL(chain, pbuf_chain(x->p, x->q))
CALL(dechain, (void)pbuf_dechain(x->p))
CALL(split, struct pbuf *rest; pbuf_split_64k(x->p, &rest))
CALL(skip, pbuf_len_t rest; (void)pbuf_skip(x->p, x->a, &rest))
CALL(copy, (void)pbuf_copy(x->p, x->q))
CALL(copy_part, (void)pbuf_copy_partial_pbuf(x->p, x->q, x->a, x->b))
CALL(copy_out, (void)pbuf_copy_partial(x->p, outside, (pbuf_len_t)(x->a % 256U), x->b))
CALL(contiguous, (void)pbuf_get_contiguous(x->p, outside, sizeof outside, x->a, x->b))
CALL(take, (void)pbuf_take(x->p, outside, (pbuf_len_t)(x->a % 256U)))
CALL(take_at, (void)pbuf_take_at(x->p, outside, (pbuf_len_t)(x->a % 256U), x->b))
CALL(coalesce, (void)pbuf_coalesce(x->p, PBUF_RAW))
CALL(clone, release(pbuf_clone(PBUF_IP, chance(2) == 0 ? PBUF_RAM : PBUF_POOL, x->p)))
CALL(fill, u16_t sum = 0;
     (void)pbuf_fill_chksum(x->p, x->b, outside, (pbuf_len_t)(x->a % 256U), &sum))
CALL(get_at, (void)pbuf_get_at(x->p, x->a))
CALL(try_get_at, (void)pbuf_try_get_at(x->p, x->a))
CALL(put_at, pbuf_put_at(x->p, x->a, 1))
CALL(compare, (void)pbuf_memcmp(x->p, x->b, outside, (pbuf_len_t)(x->a % 256U)))
CALL(find, (void)pbuf_memfind(x->p, outside, (pbuf_len_t)(x->a % 256U), x->b))
CALL(find_string, (void)pbuf_strstr(x->p, "abc"))
CALL(headroom, (void)cistern_pbuf_headroom(x->p))
CALL(tailroom, (void)cistern_pbuf_tailroom(x->p))
CALL(insert, (void)cistern_pbuf_insert(x->p, x->p, x->q))
CALL(insert_behind, (void)cistern_pbuf_insert(x->q, x->p, x->p))
CALL(take_out, (void)cistern_pbuf_remove(x->p, x->q))
CALL(pull, (void)cistern_pbuf_pull(x->p, PBUF_IP, x->a))
CALL(get_be, uint32_t value; (void)cistern_pbuf_get_be(x->p, x->b, x->a % 6U, &value))
CALL(put_le, (void)cistern_pbuf_put_le(x->p, x->b, x->a % 6U, 7))
CALL(pieces, cistern_piece_t pieces[4];
     (void)cistern_pbuf_to_pieces(x->p, x->b, x->a, pieces, 4, NULL))
CALL(copy_sum, uint16_t sum;
     (void)cistern_pbuf_copy_sum(x->p, outside, (pbuf_len_t)(x->a % 256U), x->b, &sum))
CALL(sum, (void)inet_chksum_pbuf(x->p))
CALL(sum_part, const ip4_addr_t address = {1};
     (void)inet_chksum_pseudo_partial(x->p, 17, 5, (u16_t)x->a, &address, &address))

typedef void call_t(const arguments_t *x);

static call_t *const calls[] = {
    call_free,       call_ref,       call_clen,     call_realloc,       call_add,
    call_add_force,  call_remove,    call_header,   call_header_force,  call_free_header,
    call_cat,        call_chain,     call_dechain,  call_split,         call_skip,
    call_copy,       call_copy_part, call_copy_out, call_contiguous,    call_take,
    call_take_at,    call_coalesce,  call_clone,    call_fill,          call_get_at,
    call_try_get_at, call_put_at,    call_compare,  call_find,          call_find_string,
    call_headroom,   call_tailroom,  call_insert,   call_insert_behind, call_take_out,
    call_pull,       call_get_be,    call_put_le,   call_pieces,        call_copy_sum,
    call_sum,        call_sum_part,
};

#define CALLS (sizeof calls / sizeof calls[0])

/* --- rounds ----------------------------------------------------------------------------------- */

static void start(uint32_t seed)
{
    chance_state = seed * 2654435761U + 1U;
    (void)memory_start(NULL);
    freed_count = 0;
    for (unsigned i = 0; i < PACKETS; ++i) {
        new_packet(i);
    }
}

static void assert_whole(void)
{
    assert_true(cistern_heap_check(mem_heap()));
    assert_true(memp_pool_check(memp_pools[MEMP_PBUF]));
    assert_true(memp_pool_check(memp_pools[MEMP_PBUF_POOL]));
}

static void free_sound(void)
{
    for (unsigned i = 0; i < PACKETS; ++i) {
        if (packets[i].count > 0) {
            free_packet(&packets[i]);
        }
    }
    (void)memory_is_back(NULL);
    assert_whole();
}

/* The calls that refuse a fragment without references at this level. */
static call_t *any_refusing_call(void)
{
    return CISTERN_CHECK == 0 ? calls[chance(2)] : calls[chance(CALLS)];
}

static void what_was_freed_is_refused_and_nothing_changes(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < MISUSE_ROUNDS; ++seed) {
        start(seed);
        free_packet(&packets[0]);
        free_packet(&packets[1]);
        for (unsigned i = 2; i < PACKETS; ++i) {
            remember(&packets[i]);
        }
        for (unsigned step = 0; step < STEPS; ++step) {
            const arguments_t x = {freed[chance(freed_count)],
                                   packets[2 + chance(PACKETS - 2)].parts[0].p, any_number(),
                                   any_number()};
            call_t *const call = any_refusing_call();
            faults = (faults_t){0};
            call(&x);
            if (CISTERN_CHECK >= 1 && faults.count == 0) {
                fail_msg("seed %u: call %p saw no fault of %p", (unsigned)seed,
                         (void *)(size_t)call, (void *)x.p);
            }
            for (unsigned i = 2; i < PACKETS; ++i) {
                assert_untouched(&packets[i]);
            }
            assert_whole();
        }
        free_sound();
    }
}

#if CISTERN_CHECK >= 1

/* Damages packet 0 and returns the fragment that a call gets; its packet is given up. */
static struct pbuf *damaged(void)
{
    packet_t *const packet = &packets[0];
    struct pbuf *const head = packet->parts[0].p;
    struct pbuf *const part = packet->parts[chance(packet->count)].p;
    switch (chance(6)) {
    case 0: /* into what was freed */
        packet->parts[packet->count - 1].p->next = freed[chance(freed_count)];
        return head;
    case 1: /* a ring */
        packet->parts[packet->count - 1].p->next = part;
        return head;
    case 2:
        head->tot_len = any_number();
        return head;
    case 3:
        part->tot_len = any_number();
        return head;
    case 4:
        part->payload = NULL;
        return head;
    default:
        return (struct pbuf *)(void *)((uint8_t *)head + 1 + chance(3));
    }
}

static void a_damaged_packet_harms_no_other_and_no_call_hangs(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < MISUSE_ROUNDS; ++seed) {
        start(seed + 0x10000U);
        free_packet(&packets[1]);
        for (unsigned i = 3; i < PACKETS; ++i) {
            remember(&packets[i]);
        }
        struct pbuf *const bad = damaged();
        struct pbuf *const other = packets[2].parts[0].p;
        const bool first = chance(2) == 0;
        const arguments_t x = {first ? bad : other, first ? other : bad, any_number(),
                               any_number()};
        calls[chance(CALLS)](&x);
        for (unsigned i = 3; i < PACKETS; ++i) {
            assert_untouched(&packets[i]);
        }
        assert_whole();
    }
}

static void a_ring_of_foreign_fragments_ends_every_call(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < MISUSE_ROUNDS; ++seed) {
        start(seed + 0x20000U);
        for (unsigned i = 0; i < PACKETS; ++i) {
            remember(&packets[i]);
        }
        const unsigned length = 1 + chance(6);
        for (unsigned i = 0; i < length; ++i) {
            ring[i] = (struct pbuf){.next = &ring[i + 1 < length ? i + 1 : chance(length)],
                                    .payload = ring_bytes,
                                    .tot_len = any_number(),
                                    .len = (pbuf_len_t)chance(40),
                                    .type_internal = (u8_t)(chance(2) == 0 ? PBUF_REF : PBUF_POOL),
                                    .ref = (LWIP_PBUF_REF_T)(1 + chance(3))};
        }
        const arguments_t x = {ring, packets[0].parts[0].p, any_number(), any_number()};
        calls[chance(CALLS)](&x);
        for (unsigned i = 1; i < PACKETS; ++i) {
            assert_untouched(&packets[i]);
        }
        assert_whole();
    }
}

#endif

static void no_packet_at_all_is_refused_by_every_call(void **state)
{
    (void)state;
    start(1);
    for (unsigned i = 0; i < PACKETS; ++i) {
        remember(&packets[i]);
    }
    for (unsigned i = 0; i < CALLS; ++i) {
        const arguments_t x = {NULL, packets[0].parts[0].p, 1, 0};
        calls[i](&x);
        const arguments_t y = {packets[0].parts[0].p, NULL, 0, 0};
        if (calls[i] == call_cat || calls[i] == call_chain || calls[i] == call_copy ||
            calls[i] == call_insert || calls[i] == call_take_out) {
            calls[i](&y);
        }
    }
    for (unsigned i = 0; i < PACKETS; ++i) {
        assert_untouched(&packets[i]);
    }
    free_sound();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_was_freed_is_refused_and_nothing_changes),
#if CISTERN_CHECK >= 1
        test(a_damaged_packet_harms_no_other_and_no_call_hangs),
        test(a_ring_of_foreign_fragments_ends_every_call),
#endif
        test(no_packet_at_all_is_refused_by_every_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
