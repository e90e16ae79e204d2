/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/pbuf.h - packet buffers: what lwip/pbuf.h does not have.
 *
 * Words, contexts and misuse as in lwip/pbuf.h. All calls but the conversions from and to pieces
 * work on any chain, wherever its fragments are cut.
 */
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

/* Puts `chain` into the packet `head`, behind its fragment `after`, for all who hold the packet.
 * The caller's reference to `chain` becomes the packet's. False, and nothing changes, iff `after`
 * is not part of `head` or the sum of the lengths does not fit; a fault besides iff one is a part
 * of the other. Linear in the number of fragments. */
bool cistern_pbuf_insert(struct pbuf *head, struct pbuf *after, struct pbuf *chain);

/* Takes one fragment out of a packet, for all who hold it: not the head, for that pbuf_dechain is
 * there. The packet's reference to it becomes the caller's. False, and nothing changes, iff it is
 * not behind `head`. Linear in the number of fragments. */
bool cistern_pbuf_remove(struct pbuf *head, struct pbuf *fragment);

/* Makes the first `length` bytes of a packet one piece, in a new PBUF_RAM fragment with the
 * headroom of `layer` if they are not; that has the flags, if_idx and custom data of `p`. Where
 * others hold a fragment that these bytes lie in, theirs stays as it is, and the piece is as much
 * longer as the last of these fragments goes on. Returns the packet; NULL, and it stays as it was,
 * iff it is shorter or memory is short. The caller's reference goes to what is returned. Linear in
 * the bytes of the piece and in fragments. */
struct pbuf *cistern_pbuf_pull(struct pbuf *p, pbuf_layer layer, pbuf_len_t length);

/* --- numbers ---------------------------------------------------------------------------------- */

/* The `bytes` bytes (1 to 4) from byte `offset` on, as a number with its highest (be) or lowest
 * (le) byte first. False iff the packet is shorter, or the width another one; *value is as it was
 * then. A fault besides iff `value` is NULL. Linear in the number of fragments. */
bool cistern_pbuf_get_be(const struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t *value);
bool cistern_pbuf_get_le(const struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t *value);

/* The same, writing. */
bool cistern_pbuf_put_be(struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t value);
bool cistern_pbuf_put_le(struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t value);

/* --- pieces: scatter and gather --------------------------------------------------------------- */

/* A piece of memory, laid out as POSIX's struct iovec: for readv, writev, and lists of DMA
 * descriptors. */
typedef struct cistern_piece {
    void *base;
    size_t length; /* bytes */
} cistern_piece_t;

/* Describes up to `length` bytes of a packet, from byte `offset` on, by at most `count` pieces,
 * leaving out empty fragments. Returns how many it took; *described, which may be NULL, is how many
 * bytes they cover. A fault (0) besides iff pieces is NULL. Linear in the number of fragments. The
 * packet keeps its memory. */
size_t cistern_pbuf_to_pieces(const struct pbuf *p, pbuf_len_t offset, pbuf_len_t length,
                              cistern_piece_t *pieces, size_t count, size_t *described);

/* A chain of PBUF_REF fragments on `count` pieces of memory, which must outlive it; no copy. NULL
 * iff MEMP_PBUF is short, there are none, or the sum of the lengths does not fit; a fault besides
 * iff pieces is NULL. Linear in count. */
struct pbuf *cistern_pbuf_from_pieces(const cistern_piece_t *pieces, size_t count);

/* --- sums ------------------------------------------------------------------------------------- */

/* As pbuf_copy_partial, and *sum becomes the Internet sum (cistern/chksum.h) of the bytes copied,
 * as if they started at an even offset. A fault (0) besides iff target or sum is NULL. Linear in
 * the data. */
pbuf_len_t cistern_pbuf_copy_sum(const struct pbuf *p, void *target, pbuf_len_t length,
                                 pbuf_len_t offset, uint16_t *sum);

/* --- memory with an owner --------------------------------------------------------------------- */

#if LWIP_SUPPORT_CUSTOM_PBUF
/* Called once when nobody refers to a packet's memory any more, in the context of the last
 * pbuf_free. The fragment itself is the callee's again too. */
typedef void cistern_pbuf_destroy_t(void *context, void *memory);

/* A fragment on memory that is given back by a callback. */
typedef struct cistern_pbuf_external {
    struct pbuf_custom custom; /* the first member */
    cistern_pbuf_destroy_t *destroy;
    void *context;
    void *memory;
} cistern_pbuf_external_t;

/* Makes a fragment of `external` on `length` bytes of memory, which stay where they are; at the end
 * `destroy` gets context and memory. A fault (NULL) iff external or destroy is NULL. Constant time.
 * The caller owns the reference. */
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
