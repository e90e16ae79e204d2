/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/pbuf.h - packet buffers: what lwip/pbuf.h does not have.
 *
 * Words, contexts and misuse are those of lwip/pbuf.h: misuse of a call is a fault, and the call
 * answers as for a failure. The result of a call does not depend on where a packet is cut into
 * fragments, except for headroom, tailroom and pieces. */
#ifndef CISTERN_PBUF_H
#define CISTERN_PBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cistern/pbuf_history.h"
#include "lwip/pbuf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- headroom and tailroom -------------------------------------------------------------------- */

/* Bytes that pbuf_add_header can add to this fragment: 0 for foreign payload; of a custom fragment
 * of type PBUF_RAM or PBUF_POOL those from payload_mem (see pbuf_alloced_custom) to the payload.
 * Misuse gives 0. Constant time. */
size_t cistern_pbuf_headroom(const struct pbuf *p);

/* Bytes behind the data of this fragment that are its own, so that they may be written and `len`
 * may grow by them (and tot_len, of this fragment and those before it): the rest of a PBUF_POOL
 * element; for PBUF_RAM the rest of the heap's block, of which pbuf_realloc gives back what the
 * heap can use. 0 for foreign payload, custom fragments, and PBUF_RAM where the heap is not
 * cistern/heap.h. Misuse gives 0. Constant time. */
size_t cistern_pbuf_tailroom(const struct pbuf *p);

/* --- fragments -------------------------------------------------------------------------------- */

/* Puts `chain` into the packet `head`, behind its fragment `after`, for all holders of the packet.
 * The caller's reference to `chain` becomes the packet's. Fails (false, and nothing changes) if
 * `after` is not part of `head`, or the sum of the lengths does not fit pbuf_len_t; with a fault if
 * the two have a fragment in common. Linear in the number of fragments of both. */
bool cistern_pbuf_insert(struct pbuf *head, struct pbuf *after, struct pbuf *chain);

/* Takes one fragment out of a packet, for all holders of the packet. The packet's reference to it
 * becomes the caller's. Fails (false, and nothing changes) if `fragment` is not behind `head`: the
 * head itself is taken off by pbuf_dechain; with a fault if the chain is damaged. Linear in the
 * number of fragments. */
bool cistern_pbuf_remove(struct pbuf *head, struct pbuf *fragment);

/* Makes the first `length` bytes of a packet contiguous and returns the packet. If they are not in
 * one fragment already, they are moved to a new PBUF_RAM fragment, which has the headroom of
 * `layer` and the flags, if_idx and custom data of `p`. If one of the fragments that they come from
 * has other holders, those keep it unchanged; the new fragment then takes the last of them to its
 * end. Fails (NULL, and the packet is as it was) if the packet is shorter, memory is short, or what
 * is to be moved is more than a length holds; with a fault if the chain is damaged. The caller's
 * reference goes to the packet that is returned. Linear in the bytes that are moved and in the
 * number of fragments. */
struct pbuf *cistern_pbuf_pull(struct pbuf *p, pbuf_layer layer, pbuf_len_t length);

/* --- numbers ---------------------------------------------------------------------------------- */

/* Reads a number of 1 to 4 bytes at byte `offset`, its highest (be) or lowest (le) byte first.
 * Fails (false, and *value is as it was) if the packet is shorter, or `bytes` is not 1 to 4; with a
 * fault if `value` is NULL. Linear in the number of fragments. */
bool cistern_pbuf_get_be(const struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t *value);
bool cistern_pbuf_get_le(const struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t *value);

/* Writes a number of 1 to 4 bytes. Fails as above, and nothing is written. Linear in the number of
 * fragments. */
bool cistern_pbuf_put_be(struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t value);
bool cistern_pbuf_put_le(struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t value);

/* --- pieces: scatter and gather --------------------------------------------------------------- */

/* A piece of memory, laid out as POSIX's struct iovec: for readv, writev, and lists of DMA
 * descriptors. */
typedef struct cistern_piece {
    void *base;
    size_t length; /* bytes */
} cistern_piece_t;

/* Describes up to `length` bytes of a packet, from byte `offset` on, by at most `count` pieces;
 * empty fragments have none. Returns how many pieces it wrote; *described, which may be NULL,
 * becomes the number of bytes that they cover. A fault (0, *described is as it was) if pieces is
 * NULL. Linear in the number of fragments. The memory stays the packet's. */
size_t cistern_pbuf_to_pieces(const struct pbuf *p, pbuf_len_t offset, pbuf_len_t length,
                              cistern_piece_t *pieces, size_t count, size_t *described);

/* Makes a chain of PBUF_REF fragments on `count` pieces of memory, without a copy; the memory must
 * outlive it. Fails (NULL) if the pool MEMP_PBUF is empty, count is 0, or the sum of the lengths
 * does not fit pbuf_len_t; with a fault if pieces is NULL. Linear in count. The caller owns the
 * reference. */
struct pbuf *cistern_pbuf_from_pieces(const cistern_piece_t *pieces, size_t count);

/* --- sums ------------------------------------------------------------------------------------- */

/* As pbuf_copy_partial, and *sum becomes the Internet sum (cistern/chksum.h) of the bytes copied,
 * the first of which counts as at an even offset. A fault (0) if target or sum is NULL. Linear in
 * the data. */
pbuf_len_t cistern_pbuf_copy_sum(const struct pbuf *p, void *target, pbuf_len_t length,
                                 pbuf_len_t offset, uint16_t *sum);

/* --- memory with an owner --------------------------------------------------------------------- */

#if LWIP_SUPPORT_CUSTOM_PBUF
/* Called once, when the last reference to a fragment is given up, in the context of that pbuf_free.
 * The memory and the fragment's struct are the callee's again. */
typedef void cistern_pbuf_destroy_t(void *context, void *memory);

/* A fragment on memory that a hook gives back. */
typedef struct cistern_pbuf_external {
    struct pbuf_custom custom; /* the first member */
    cistern_pbuf_destroy_t *destroy;
    void *context;
    void *memory;
} cistern_pbuf_external_t;

/* Makes a fragment of `external` on `length` bytes of memory, without a copy. When its last
 * reference is given up, destroy(context, memory) is called; `external` and the memory must live
 * until then. A fault (NULL) if external or destroy is NULL, or external misaligned. Constant time.
 * Any context. The caller owns the reference. */
struct pbuf *cistern_pbuf_external(cistern_pbuf_external_t *external, void *memory,
                                   pbuf_len_t length, cistern_pbuf_destroy_t *destroy,
                                   void *context);
#endif

/* From check level 3 on callers are recorded: see cistern/pbuf_history.h. */
#if CISTERN_CHECK >= 3
#    define cistern_pbuf_pull(p, layer, length)                                                    \
        cistern_pbuf_taken_at(cistern_pbuf_pull((p), (layer), (length)), __FILE__, __LINE__)
#    define cistern_pbuf_from_pieces(pieces, count)                                                \
        cistern_pbuf_taken_at(cistern_pbuf_from_pieces((pieces), (count)), __FILE__, __LINE__)
#    if LWIP_SUPPORT_CUSTOM_PBUF
#        define cistern_pbuf_external(external, memory, length, destroy, context)                  \
            cistern_pbuf_taken_at(                                                                 \
                cistern_pbuf_external((external), (memory), (length), (destroy), (context)),       \
                __FILE__, __LINE__)
#    endif
#endif

#ifdef __cplusplus
}
#endif

#endif
