/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/pbuf.h - packet buffers: lwIP's interface.
 *
 *   chain    p --next--> q --next--> r --> NULL          one packet in three fragments
 *            tot_len = len(p) + len(q) + len(r), at q: len(q) + len(r), at r: len(r)
 *
 *   PBUF_RAM, PBUF_POOL   | struct pbuf | headroom | payload ... |   one piece of memory
 *   PBUF_ROM, PBUF_REF    | struct pbuf |  payload --> memory of the user
 *
 * Words: a *fragment* is one struct pbuf with its data; a *chain* is a list of fragments that make
 * one packet; a *queue* is a list of packets (a fragment with tot_len == len and a successor). A
 * chain's first fragment is the *head*, the others are its *tail*. Lengths and offsets are in
 * bytes.
 *
 * Misuse is a fault of cistern/fault.h: it is counted and reported once, and the call is refused:
 * it answers as documented and writes nothing. Misuse of every call is NULL where a pbuf is needed,
 * a pbuf without references (it was freed, and its memory is not in use again), and a misaligned
 * address. A call that walks a chain stops, with a fault, in front of a fragment without references
 * and when the chain leads back into itself; one that reads or writes data stops at a fragment with
 * a length whose payload was never set. A call that fills or copies then answers ERR_VAL, also where
 * the fragments hold less than tot_len says; what lies before that place may have been written. A
 * call that cuts a chain, or takes a fragment off or out, refuses one that is damaged anywhere
 * behind: nothing changes. Memory that a call copies from must not be memory that it copies to. With
 * a custom allocator (lwip/mem.h) a freed PBUF_RAM is that allocator's, and cannot be detected.
 *
 * Check level 0 detects what costs nothing, and counts no fault: NULL is refused by every call, and
 * pbuf_free and pbuf_ref leave a fragment alone whose count of references is 0. It does not detect
 * a freed pbuf in any other call, a misaligned address, a chain that leads into a freed fragment or
 * back into itself, a tot_len that is not the sum, a payload that was never set, or a pbuf of
 * another pool or heap: these are used as they are.
 *
 * This header differs by option:
 * | option                        | default | effect                                           |
 * |-------------------------------|---------|--------------------------------------------------|
 * | CISTERN_PBUF_LEN_32           | 0       | 1: lengths have 32 bits, for chains above 64 KiB |
 * |                               |         | (see pbuf_skip); needs C11                       |
 * | LWIP_PBUF_REF_T               | u8_t    | unsigned type of the reference count             |
 * | LWIP_PBUF_CUSTOM_DATA         | none    | more members at the end of struct pbuf           |
 * | LWIP_PBUF_CUSTOM_DATA_INIT(p) | none    | sets these members in a new pbuf                 |
 * | PBUF_POOL_PAYLOAD_SIZE()      | below   | bytes for headroom and payload in an element     |
 * | PBUF_NEEDS_COPY(p)            | below   | whether who keeps the data of a pbuf must copy   |
 * |                               |         | it                                               |
 * | LWIP_SUPPORT_CUSTOM_PBUF      | 1       | 0: no pbuf_alloced_custom                        |
 * | CISTERN_CHECK                 | 1       | 0 to 3: see above; 3: callers are recorded, see  |
 * |                               |         | cistern/pbuf_history.h                           |
 *
 * Contexts: a chain belongs to one context at a time. Calls on different chains may be made from
 * every context that the port's critical section covers, interrupts too; reference counts may be
 * changed from several contexts at once. */
#ifndef LWIP_HDR_PBUF_H
#define LWIP_HDR_PBUF_H

#include "lwip/opt.h" /* of include/standalone, or of lwIP's tree: docs/from-lwip.md */
#include "lwip/priv/options_agree.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cistern/config.h"
#include "cistern/critical.h"
#include "lwip/err.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CISTERN_PBUF_LEN_32
#    define CISTERN_PBUF_LEN_32 0
#endif
#if CISTERN_PBUF_LEN_32 != 0 && CISTERN_PBUF_LEN_32 != 1
#    error "CISTERN_PBUF_LEN_32 must be 0 or 1: see lwip/pbuf.h"
#endif
#if CISTERN_PBUF_LEN_32 && SIZE_MAX <= 0xffff
#    error "CISTERN_PBUF_LEN_32 needs a size_t of 32 bits: set it to 0"
#endif
#ifndef LWIP_SUPPORT_CUSTOM_PBUF
#    define LWIP_SUPPORT_CUSTOM_PBUF 1
#endif
#ifndef LWIP_PBUF_REF_T
#    define LWIP_PBUF_REF_T u8_t
#endif

/* Not 0 if the data of `p` may change after the call that is given `p` has returned: who keeps it,
 * in a queue for example, must copy it. */
#ifndef PBUF_NEEDS_COPY
#    define PBUF_NEEDS_COPY(p) ((p)->type_internal & PBUF_TYPE_FLAG_DATA_VOLATILE)
#endif

/* --- types ------------------------------------------------------------------------------------ */

#if CISTERN_PBUF_LEN_32
typedef u32_t pbuf_len_t;
#else
typedef u16_t pbuf_len_t;
#endif

/* What pbuf_memcmp and pbuf_memfind answer when there is no answer: all bits set. */
#define PBUF_NOT_FOUND ((pbuf_len_t) ~(pbuf_len_t)0)

#define PBUF_TRANSPORT_HLEN 20
#if LWIP_IPV6
#    define PBUF_IP_HLEN 40
#else
#    define PBUF_IP_HLEN 20
#endif

/* For which protocol layer a pbuf is made. The value is the headroom: bytes that are kept free
 * before the payload for the headers of this layer and all below it. */
typedef enum {
    PBUF_TRANSPORT =
        PBUF_LINK_ENCAPSULATION_HLEN + PBUF_LINK_HLEN + PBUF_IP_HLEN + PBUF_TRANSPORT_HLEN,
    PBUF_IP = PBUF_LINK_ENCAPSULATION_HLEN + PBUF_LINK_HLEN + PBUF_IP_HLEN,
    PBUF_LINK = PBUF_LINK_ENCAPSULATION_HLEN + PBUF_LINK_HLEN,
    PBUF_RAW_TX = PBUF_LINK_ENCAPSULATION_HLEN,
    PBUF_RAW = 0
} pbuf_layer;

/* Bits of a type. The low byte is kept in pbuf.type_internal. */
#define PBUF_TYPE_FLAG_STRUCT_DATA_CONTIGUOUS 0x80   /* payload follows the struct */
#define PBUF_TYPE_FLAG_DATA_VOLATILE          0x40   /* payload may change: see PBUF_NEEDS_COPY */
#define PBUF_TYPE_ALLOC_SRC_MASK              0x0F   /* where the struct comes from, see below */
#define PBUF_ALLOC_FLAG_RX                    0x0100 /* meant for received data */
#define PBUF_ALLOC_FLAG_DATA_CONTIGUOUS       0x0200 /* payload must be in one fragment */

#define PBUF_TYPE_ALLOC_SRC_MASK_STD_HEAP           0x00
#define PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF      0x01
#define PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF_POOL 0x02
#define PBUF_TYPE_ALLOC_SRC_MASK_APP_MIN            0x03 /* for custom pbufs of the application */
#define PBUF_TYPE_ALLOC_SRC_MASK_APP_MAX            PBUF_TYPE_ALLOC_SRC_MASK

typedef enum {
    /* struct and payload in one block of the heap: for data to send */
    PBUF_RAM = (PBUF_ALLOC_FLAG_DATA_CONTIGUOUS | PBUF_TYPE_FLAG_STRUCT_DATA_CONTIGUOUS |
                PBUF_TYPE_ALLOC_SRC_MASK_STD_HEAP),
    /* payload is memory of the user that does not change: it need not be copied to be kept */
    PBUF_ROM = PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF,
    /* payload is memory of the user that may change: it must be copied to be kept */
    PBUF_REF = (PBUF_TYPE_FLAG_DATA_VOLATILE | PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF),
    /* a chain of pool elements: for received data, also from interrupts */
    PBUF_POOL = (PBUF_ALLOC_FLAG_RX | PBUF_TYPE_FLAG_STRUCT_DATA_CONTIGUOUS |
                 PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF_POOL)
} pbuf_type;

/* Bits of pbuf.flags. */
#define PBUF_FLAG_PUSH      0x01U /* the data should be handed on at once */
#define PBUF_FLAG_IS_CUSTOM 0x02U /* a struct pbuf_custom: freed by its own function */
#define PBUF_FLAG_MCASTLOOP 0x04U /* a UDP multicast to be looped back */
#define PBUF_FLAG_LLBCAST   0x08U /* came as a link-level broadcast */
#define PBUF_FLAG_LLMCAST   0x10U /* came as a link-level multicast */
#define PBUF_FLAG_TCP_FIN   0x20U /* the segment carried a FIN */

/* A fragment. 16 bytes with 32-bit pointers and 12 with 16-bit ones, by default. */
struct pbuf {
    struct pbuf *next;   /* next fragment of the chain, or NULL */
    void *payload;       /* the data */
    pbuf_len_t tot_len;  /* bytes from here to the end of the packet */
    pbuf_len_t len;      /* bytes in this fragment */
    u8_t type_internal;  /* low byte of its pbuf_type */
    u8_t flags;          /* PBUF_FLAG_... */
    LWIP_PBUF_REF_T ref; /* references to this fragment; at its highest value it is never freed */
    u8_t if_idx;         /* number of the interface it came from, 0 for none */
#ifdef LWIP_PBUF_CUSTOM_DATA
    LWIP_PBUF_CUSTOM_DATA
#endif
};

/* The start of a struct pbuf whose payload is constant. */
struct pbuf_rom {
    struct pbuf *next;
    const void *payload;
};

#if LWIP_SUPPORT_CUSTOM_PBUF
/* Frees a custom pbuf whose last reference has gone. It owns `p` from then on. */
typedef void (*pbuf_free_custom_fn)(struct pbuf *p);

/* A pbuf in memory of the application. */
struct pbuf_custom {
    struct pbuf pbuf; /* the first member: a pointer to it is a pointer to the whole */
    pbuf_free_custom_fn custom_free_function;
    void *payload_mem; /* where its headroom begins, or NULL: pbuf_alloced_custom sets it */
};
#endif

/* --- sizes ------------------------------------------------------------------------------------ */

/* Bytes from the start of a PBUF_RAM or PBUF_POOL fragment to its headroom. */
#define PBUF_STRUCT_SIZE LWIP_MEM_ALIGN_SIZE(sizeof(struct pbuf))

#define PBUF_POOL_BUFSIZE_ALIGNED LWIP_MEM_ALIGN_SIZE(PBUF_POOL_BUFSIZE)

/* Bytes for headroom and payload in an element of the PBUF_POOL. A program that lays out the
 * pool at run time defines this in lwipopts.h as an expression that reads the size then in effect.
 */
#ifndef PBUF_POOL_PAYLOAD_SIZE
#    define PBUF_POOL_PAYLOAD_SIZE() PBUF_POOL_BUFSIZE_ALIGNED
#endif

/* --- queries ---------------------------------------------------------------------------------- */

/* Of one fragment: the source of its struct (one of PBUF_TYPE_ALLOC_SRC_MASK_..., or the
 * application's), and whether that is the source of `type`, which is the same for PBUF_ROM and
 * PBUF_REF; pbuf_match_type is the older name. Constant time, any context. */
#define pbuf_get_allocsrc(p)         ((p)->type_internal & PBUF_TYPE_ALLOC_SRC_MASK)
#define pbuf_match_allocsrc(p, type) (pbuf_get_allocsrc(p) == ((type)&PBUF_TYPE_ALLOC_SRC_MASK))
#define pbuf_match_type(p, type)     pbuf_match_allocsrc(p, type)

/* --- an empty PBUF_POOL -------------------------------------------------------------------------
 * When the pool is empty a stack may give back segments that TCP holds out of order.
 *
 * PBUF_POOL_IS_EMPTY() is run by each allocation that found the pool empty, in its context. By
 * default, with TCP_QUEUE_OOSEQ, it sets pbuf_free_ooseq_pending; then, if the application defines
 * PBUF_POOL_FREE_OOSEQ_QUEUE_CALL(), runs that to have pbuf_free_ooseq called from the right
 * thread. pbuf_free_ooseq is the stack's: this library only calls it. Main loops run
 * PBUF_CHECK_FREE_OOSEQ() now and then. */
#ifndef PBUF_POOL_FREE_OOSEQ
#    define PBUF_POOL_FREE_OOSEQ 1
#endif
#if LWIP_TCP && TCP_QUEUE_OOSEQ && PBUF_POOL_FREE_OOSEQ
#    define CISTERN_PBUF_OOSEQ 1
extern volatile u8_t pbuf_free_ooseq_pending;
void pbuf_free_ooseq(void);
void pbuf_pool_is_empty(void);
#    ifndef PBUF_POOL_IS_EMPTY
#        define PBUF_POOL_IS_EMPTY() pbuf_pool_is_empty()
#    endif
#    define PBUF_CHECK_FREE_OOSEQ()                                                                \
        do {                                                                                       \
            if (pbuf_free_ooseq_pending) {                                                         \
                pbuf_free_ooseq();                                                                 \
            }                                                                                      \
        } while (0)
#else
#    define CISTERN_PBUF_OOSEQ 0
#    define PBUF_CHECK_FREE_OOSEQ()
#endif
#ifndef PBUF_POOL_IS_EMPTY
#    define PBUF_POOL_IS_EMPTY() ((void)0)
#endif

/* --- life ------------------------------------------------------------------------------------- */

/* Nothing to prepare: mem_init and memp_init make packet buffers ready too. */
#define pbuf_init()

/* Makes a packet of `length` bytes with a reference count of 1. PBUF_RAM: one fragment from the
 * heap. PBUF_POOL: as many pool elements as it takes; only the first has headroom. PBUF_ROM and
 * PBUF_REF: a struct alone, payload NULL, `layer` has no meaning. Length 0 is valid for every type.
 * Fails (NULL) if memory is short, which the statistics of the heap or pool count, or headroom and
 * length are more than a mem_size_t holds; with a fault if `type` is none of the four or the
 * headroom does not fit a pool element. Time: that of mem_malloc, or linear in the number of
 * fragments. Any context, PBUF_RAM only where the heap may be used. The caller owns the reference;
 * the payload's content is undefined. */
struct pbuf *pbuf_alloc(pbuf_layer layer, pbuf_len_t length, pbuf_type type);

/* Makes a PBUF_ROM or PBUF_REF fragment on memory of the caller, which must outlive it.
 * Fails (NULL) if the pool MEMP_PBUF is empty; a fault if `type` is another one.
 * Constant time. Any context. The caller owns the reference and keeps the payload. */
struct pbuf *pbuf_alloc_reference(void *payload, pbuf_len_t length, pbuf_type type);

#if LWIP_SUPPORT_CUSTOM_PBUF
/* Makes a fragment of `p`, memory of the caller, with `length` bytes at payload_mem plus the
 * headroom of `l`; payload_mem may be NULL, and the payload set later. Of type PBUF_RAM or
 * PBUF_POOL it has the headroom that lies behind payload_mem, wherever that is; none where
 * payload_mem is NULL. Fails (NULL) if headroom and length do not fit payload_mem_len; a fault if p
 * is NULL or misaligned. Constant time. Any context. Set p->custom_free_function before: it gets
 * `p` back at the end. */
struct pbuf *pbuf_alloced_custom(pbuf_layer l, pbuf_len_t length, pbuf_type type,
                                 struct pbuf_custom *p, void *payload_mem,
                                 pbuf_len_t payload_mem_len);
#endif

/* Gives up one reference to the head of a chain. If that was the last one, the fragment is freed,
 * and its reference to the next fragment is given up in the same way; the walk stops at the first
 * fragment that has other references. Returns the number of fragments freed, at most the highest
 * pbuf_len_t. A fault (0, nothing changed) if p is no element of the pool that its type names, or,
 * with its last reference, no block of the heap that its type names. Linear in the number of
 * fragments freed. Any context that may free into heap and pools. */
pbuf_len_t pbuf_free(struct pbuf *p);

/* Adds a reference to one fragment, not to its tail. NULL is ignored. A count that reaches the
 * highest value of LWIP_PBUF_REF_T stays there, after one fault: the fragment is then never freed,
 * since it could be freed too early. Constant time. Any context. */
void pbuf_ref(struct pbuf *p);

/* Number of fragments from `p` on, those of later packets of a queue too, at most the highest
 * pbuf_len_t; 0 for NULL. Linear in that number. Any context. */
pbuf_len_t pbuf_clen(const struct pbuf *p);

/* --- length and headers ----------------------------------------------------------------------- */

/* Shortens a packet to `size` bytes, for all holders of it: gives up its references to the
 * fragments behind, and the unused rest of a PBUF_RAM fragment back to the heap. Does nothing if
 * tot_len is not larger, and, after a fault, if the chain is damaged or the fragments hold less
 * than `size` because tot_len is wrong. Linear in the number of fragments. From where the heap may
 * be used, if any is PBUF_RAM. */
void pbuf_realloc(struct pbuf *p, pbuf_len_t size);

/* Moves payload back over `header_size_increment` bytes of headroom. 0: done; 1: refused, since the
 * headroom is not there (for PBUF_ROM and PBUF_REF: always; with _force: never, but for a payload
 * that was never set) or tot_len would overflow. 0 bytes is always done. Constant time. */
u8_t pbuf_add_header(struct pbuf *p, size_t header_size_increment);
u8_t pbuf_add_header_force(struct pbuf *p, size_t header_size_increment);

/* Moves payload on over `header_size` bytes, which become headroom. 0: done; 1: refused, since this
 * first fragment is shorter. Constant time. */
u8_t pbuf_remove_header(struct pbuf *p, size_t header_size);

/* The older form: pbuf_add_header (_force) of a size of 0 and up, pbuf_remove_header of minus a
 * negative one; answers, faults and time are theirs. */
u8_t pbuf_header(struct pbuf *p, s16_t header_size);
u8_t pbuf_header_force(struct pbuf *p, s16_t header_size);

/* Takes `size` bytes off the front, over as many fragments as it takes, and gives up the caller's
 * reference to those that are used up. Other holders of these keep the whole packet, except for the
 * bytes taken off the fragment that is left first, as pbuf_remove_header does. Returns what is
 * left, or NULL; the caller's reference goes to that. NULL is ignored. A fault (`q`, nothing
 * changed) if the chain is damaged. Linear in the number of fragments. */
struct pbuf *pbuf_free_header(struct pbuf *q, pbuf_len_t size);

/* --- chains ----------------------------------------------------------------------------------- */

/* Puts chain `tail` behind `head`. The caller's reference to `tail` becomes the chain's. tot_len is
 * the sum, modulo 65536 with 16-bit lengths: see pbuf_split_64k. It is a fault, and nothing
 * changes, if the two have a fragment in common. Linear in the number of fragments of both. */
void pbuf_cat(struct pbuf *head, struct pbuf *tail);

/* As pbuf_cat, and the caller keeps a reference to `tail`: it has one more. */
void pbuf_chain(struct pbuf *head, struct pbuf *tail);

/* Cuts the first fragment off. Returns the tail if others hold it; NULL if there was none or if it
 * was freed, since the chain's reference to it is given up, or had been freed before, which is a
 * fault. A fault (NULL, nothing changed) if the chain is damaged behind its tail. Linear in the
 * number of fragments. */
struct pbuf *pbuf_dechain(struct pbuf *p);

/* Cuts a chain of more than 64 KiB, made by pbuf_cat: `p` keeps the longest front whose length fits
 * pbuf_len_t, *rest is the other part, or NULL: the chain's reference to it is the caller's, and
 * PBUF_FLAG_TCP_FIN of `p` is set there too. NULL as p gives NULL. A fault if `rest` is NULL, and
 * (*rest is NULL, nothing else changed) if the chain is damaged.
 * Linear in the number of fragments. */
void pbuf_split_64k(struct pbuf *p, struct pbuf **rest);

/* The fragment that holds byte `in_offset` of the chain, and in *out_offset (which may be NULL) the
 * offset in it. NULL if the chain is not longer; NULL as `in` gives NULL. Linear in the number of
 * fragments. */
struct pbuf *pbuf_skip(struct pbuf *in, pbuf_len_t in_offset, pbuf_len_t *out_offset);

/* lwIP's own code passes a pointer to 16 bits (its SNMP agent): with 32-bit lengths that would be
 * written beyond. It does not compile: this function takes no arguments. */
#if CISTERN_PBUF_LEN_32 && !defined __cplusplus
struct pbuf *cistern_pbuf_skip_needs_a_pointer_to_pbuf_len_t(void);
/* clang-format off */
#    define pbuf_skip(in, in_offset, out_offset)                                                   \
        _Generic((out_offset),                                                                     \
                 u16_t *: cistern_pbuf_skip_needs_a_pointer_to_pbuf_len_t,                         \
                 s16_t *: cistern_pbuf_skip_needs_a_pointer_to_pbuf_len_t,                         \
                 default: pbuf_skip)((in), (in_offset), (out_offset))
/* clang-format on */
#endif

/* --- data ------------------------------------------------------------------------------------- */

/* Copies all of `p_from` to the start of `p_to`. ERR_ARG if either is NULL or p_to is shorter, and,
 * after a fault, if the two have a fragment in common; ERR_VAL if either is a queue, also one of
 * empty fragments alone. Nothing is written then. Linear in the data. */
err_t pbuf_copy(struct pbuf *p_to, const struct pbuf *p_from);

/* Copies the first `copy_len` bytes of `p_from` to byte `offset` and on of `p_to`. ERR_ARG if
 * either is NULL, p_from is shorter, or p_to is too short at that offset, and, after a fault, if the
 * two have a fragment in common; ERR_VAL if either is a queue. Nothing is written then. Linear in
 * the data and in the fragments of p_to up to `offset`. */
err_t pbuf_copy_partial_pbuf(struct pbuf *p_to, const struct pbuf *p_from, pbuf_len_t copy_len,
                             pbuf_len_t offset);

/* Copies up to `len` bytes from byte `offset` on to `dataptr`, and returns how many there were.
 * A fault (0) if dataptr is NULL. Linear in the data. */
pbuf_len_t pbuf_copy_partial(const struct pbuf *p, void *dataptr, pbuf_len_t len,
                             pbuf_len_t offset);

/* Where `len` bytes from byte `offset` on lie in one piece: in the packet itself if they do, else
 * in `buffer`, to which they are copied. NULL if the packet is shorter, or ends at `offset` though
 * len is 0, or a copy is needed and buffer is NULL or bufsize too small. Linear in the data copied
 * and in the fragments up to it. Valid as long as the packet, or the buffer, is. */
void *pbuf_get_contiguous(const struct pbuf *p, void *buffer, size_t bufsize, pbuf_len_t len,
                          pbuf_len_t offset);

/* Fills the packet from `dataptr`, at its start or at byte `offset`. ERR_ARG if a pointer is NULL,
 * ERR_MEM if the packet is shorter, or `offset` is not inside it. Nothing is written then.
 * Linear in the data. */
err_t pbuf_take(struct pbuf *buf, const void *dataptr, pbuf_len_t len);
err_t pbuf_take_at(struct pbuf *buf, const void *dataptr, pbuf_len_t len, pbuf_len_t offset);

/* Makes one PBUF_RAM fragment of a chain, with the headroom of `layer`, and gives up the caller's
 * reference to the chain. The fragment has the flags, if_idx and custom data of `p`. Returns `p` as
 * it is if it is one fragment, is a queue, or memory is short. The caller's reference goes to what
 * is returned. Misuse gives NULL. Linear in the data. */
struct pbuf *pbuf_coalesce(struct pbuf *p, pbuf_layer layer);

/* A copy of a packet in new memory of type PBUF_RAM or PBUF_POOL, which the caller owns; NULL if
 * memory is short or it is a queue. A fault (NULL) if p is NULL or the type is another one. Linear
 * in the data. */
struct pbuf *pbuf_clone(pbuf_layer l, pbuf_type type, struct pbuf *p);

/* Copies `len` bytes to byte `start_offset` of the first fragment and adds their sum to *chksum, a
 * running sum of the packet, not inverted. ERR_ARG if a pointer is NULL, len is 0 or the fragment
 * is too short; nothing is changed then. Linear in the data, in one pass. */
err_t pbuf_fill_chksum(struct pbuf *p, pbuf_len_t start_offset, const void *dataptr, pbuf_len_t len,
                       u16_t *chksum);

/* One byte at an offset. Past the end: pbuf_get_at answers 0, pbuf_try_get_at -1, and pbuf_put_at
 * does nothing; also, after a fault, if p is NULL. Linear in the number of fragments. */
u8_t pbuf_get_at(const struct pbuf *p, pbuf_len_t offset);
int pbuf_try_get_at(const struct pbuf *p, pbuf_len_t offset);
void pbuf_put_at(struct pbuf *p, pbuf_len_t offset, u8_t data);

/* Compares `n` bytes from byte `offset` on with s2. 0: equal; PBUF_NOT_FOUND: the packet is
 * shorter; else 1 + index of the first difference. A fault (PBUF_NOT_FOUND) if a pointer is NULL.
 * Linear in the data. */
pbuf_len_t pbuf_memcmp(const struct pbuf *p, pbuf_len_t offset, const void *s2, pbuf_len_t n);

/* Offset of the first place, from start_offset on, where the packet holds the mem_len bytes of mem,
 * or PBUF_NOT_FOUND. No bytes are found at start_offset. A fault (PBUF_NOT_FOUND) if a pointer is
 * NULL. Linear in packet and mem_len, in constant memory. */
pbuf_len_t pbuf_memfind(const struct pbuf *p, const void *mem, pbuf_len_t mem_len,
                        pbuf_len_t start_offset);

/* pbuf_memfind for a string, without its end, from the start of the packet; an empty one is not
 * found, nor is NULL, which is no fault. */
pbuf_len_t pbuf_strstr(const struct pbuf *p, const char *substr);

/* --- compiled where they are called -------------------------------------------------------------
 * Headers are moved for each layer of each packet: what is nothing but an addition is done in
 * place, the rest by the functions. */

/* A count that other contexts may change. */
#ifdef cistern_port_atomic_read
#    define CISTERN_PBUF_REF(p) cistern_port_atomic_read(&(p)->ref)
#else
#    define CISTERN_PBUF_REF(p) (*(const volatile LWIP_PBUF_REF_T *)&(p)->ref)
#endif

/* Few fragments have more references; the poison of freed memory reads as more. */
#define CISTERN_PBUF_FEW 15U

/* True where address and count alone say that a fragment has references. */
#if CISTERN_CHECK >= 1
static inline bool cistern_pbuf_is_held(const struct pbuf *p)
{
    return p != NULL && ((mem_ptr_t)p & (LWIP_POINTER_ALIGNMENT - 1U)) == 0 &&
           CISTERN_PBUF_REF(p) - 1U < (CISTERN_CHECK >= 2 ? CISTERN_PBUF_FEW : UINT_MAX);
}
#else
static inline bool cistern_pbuf_is_held(const struct pbuf *p)
{
    return p != NULL;
}
#endif

/* Moves the start of the data on by `bytes`, modulo the width of size_t: so it moves back, too. */
static inline void cistern_pbuf_move_start(struct pbuf *p, size_t bytes)
{
    p->payload = (void *)((mem_ptr_t)p->payload + bytes);
    p->len = (pbuf_len_t)(p->len - bytes);
    p->tot_len = (pbuf_len_t)(p->tot_len - bytes);
}

/* Bytes in front of payload that lies behind its struct; 0 for any other. */
static inline size_t cistern_pbuf_own_headroom(const struct pbuf *p)
{
    const mem_ptr_t start = (mem_ptr_t)p + PBUF_STRUCT_SIZE;
    const mem_ptr_t payload = (mem_ptr_t)p->payload;
    const bool own = (p->type_internal & PBUF_TYPE_FLAG_STRUCT_DATA_CONTIGUOUS) != 0 &&
                     (p->flags & PBUF_FLAG_IS_CUSTOM) == 0;
    return own && payload > start ? payload - start : 0;
}

static inline u8_t cistern_pbuf_add_header(struct pbuf *p, size_t bytes)
{
    if (!cistern_pbuf_is_held(p) || bytes > (size_t)(PBUF_NOT_FOUND - p->tot_len) ||
        bytes > cistern_pbuf_own_headroom(p)) {
        return pbuf_add_header(p, bytes);
    }
    cistern_pbuf_move_start(p, (size_t)0 - bytes);
    return 0;
}

static inline u8_t cistern_pbuf_remove_header(struct pbuf *p, size_t bytes)
{
    if (!cistern_pbuf_is_held(p) || bytes > p->len || p->payload == NULL) {
        return pbuf_remove_header(p, bytes);
    }
    cistern_pbuf_move_start(p, bytes);
    return 0;
}

#ifndef __OPTIMIZE_SIZE__
#    define pbuf_add_header(p, bytes)    cistern_pbuf_add_header((p), (bytes))
#    define pbuf_remove_header(p, bytes) cistern_pbuf_remove_header((p), (bytes))
#endif

#ifdef __cplusplus
}
#endif

/* From check level 3 on macros record who makes, shares and frees packet buffers. */
#if CISTERN_CHECK >= 3
#    include "lwip/priv/pbuf_places.h"
#endif

#endif
