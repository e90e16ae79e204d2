/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/inet_chksum.h - the Internet checksum (RFC 1071): lwIP's interface.
 *
 * Sums are 16 bits in memory order: on either byte order they are stored with memcpy, and compared
 * with a header field as it is. "Sum" is the folded ones' complement sum, "checksum" its
 * complement.
 *
 * | option                      | effect                                                          |
 * |-----------------------------|-----------------------------------------------------------------|
 * | LWIP_CHKSUM(data, len)      | the user's own sum of a piece of memory, in place of every sum  |
 * |                             | below; gets u16_t lengths below 32 KiB; default: the engine's   |
 * | LWIP_CHKSUM_ALGORITHM       | which of the engine's, see cistern/chksum.h; 0: none, the      |
 * |                             | program has lwip_standard_chksum, and sums are by that         |
 * | LWIP_CHKSUM_COPY(d, s, len) | the user's own copy-and-sum; default: lwip_chksum_copy          |
 * | LWIP_CHKSUM_COPY_ALGORITHM  | with a LWIP_CHKSUM_COPY of the user's: not 0: lwip_chksum_copy  |
 * |                             | exists too; default 0                                           |
 * | SWAP_BYTES_IN_WORD(w)       | the user's own; default: shifts                                 |
 * | FOLD_U32T(u)                | the user's own; default: shifts                                 |
 */
#ifndef LWIP_HDR_INET_CHKSUM_H
#define LWIP_HDR_INET_CHKSUM_H

#include "lwip/opt.h" /* of include/standalone, or of lwIP's tree: docs/from-lwip.md */

#include "cistern/chksum.h"
#include "lwip/def.h"
#include "lwip/ip_addr.h"
#include "lwip/pbuf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Swaps the two low bytes of a word; the others become 0. */
#ifndef SWAP_BYTES_IN_WORD
#    define SWAP_BYTES_IN_WORD(w) ((((w)&0xff) << 8) | (((w)&0xff00) >> 8))
#endif

/* Adds the halves of a 32-bit sum: the result has 17 bits at most. */
#ifndef FOLD_U32T
#    define FOLD_U32T(u) ((u32_t)(((u) >> 16) + ((u)&0xffffU)))
#endif

/* The sum of `len` bytes, of any length and alignment, by the engine; with LWIP_CHKSUM_ALGORITHM 0
 * by the program, as lwIP declares it. Linear in len. Any context. */
#if defined LWIP_CHKSUM_ALGORITHM && LWIP_CHKSUM_ALGORITHM == 0 && !defined LWIP_CHKSUM
#    define LWIP_CHKSUM             lwip_standard_chksum
#    define LWIP_CHKSUM_IS_STANDARD 1
u16_t lwip_standard_chksum(const void *dataptr, int len);
#else
u16_t lwip_standard_chksum(const void *dataptr, size_t len);
#endif

#ifndef LWIP_CHKSUM
#    define LWIP_CHKSUM           cistern_chksum_sum
#    define LWIP_CHKSUM_OF_ENGINE 1
#endif

#ifndef LWIP_CHKSUM_COPY
#    define LWIP_CHKSUM_COPY(dst, src, len) lwip_chksum_copy(dst, src, len)
#    define LWIP_CHKSUM_COPY_ALGORITHM      1
#endif
#ifndef LWIP_CHKSUM_COPY_ALGORITHM
#    define LWIP_CHKSUM_COPY_ALGORITHM 0
#endif

/* Checksum of `len` bytes; 0 for a packet that holds its right checksum. Linear in len. Any
 * context. */
u16_t inet_chksum(const void *dataptr, u16_t len);

/* Checksum of a whole chain, whose fragments may have odd lengths. A fault (0) if p is NULL or has
 * no references; a damaged chain is a fault, and is summed up to the damage: see lwip/pbuf.h, also
 * for check level 0, which counts no fault. Linear in the data. */
u16_t inet_chksum_pbuf(struct pbuf *p);

/* Copies `len` bytes and returns their sum, not inverted. A fault (0) if a pointer is NULL.
 * Linear in len. The two must not overlap. */
u16_t lwip_chksum_copy(void *dst, const void *src, pbuf_len_t len);

/* Checksum of a chain with the pseudo header of its IP packet (RFC 793, RFC 768, RFC 8200) before
 * it: protocol number, payload length in host order, addresses in network order. The _partial forms
 * sum only the first chksum_len bytes of the chain (UDP-Lite, RFC 3828), all of it if it is
 * shorter. A fault (0) if a pointer is NULL or p has no references; damage as above. Linear in the
 * data. */
#if LWIP_IPV4
u16_t inet_chksum_pseudo(struct pbuf *p, u8_t proto, u16_t proto_len, const ip4_addr_t *src,
                         const ip4_addr_t *dest);
u16_t inet_chksum_pseudo_partial(struct pbuf *p, u8_t proto, u16_t proto_len, u16_t chksum_len,
                                 const ip4_addr_t *src, const ip4_addr_t *dest);
#endif
#if LWIP_IPV6 || defined CISTERN_STANDALONE
/* As those of IPv4 above. */
u16_t ip6_chksum_pseudo(struct pbuf *p, u8_t proto, u16_t proto_len, const ip6_addr_t *src,
                        const ip6_addr_t *dest);
u16_t ip6_chksum_pseudo_partial(struct pbuf *p, u8_t proto, u16_t proto_len, u16_t chksum_len,
                                const ip6_addr_t *src, const ip6_addr_t *dest);
#endif

/* The same for addresses of either kind; that of `dest` decides. */
u16_t ip_chksum_pseudo(struct pbuf *p, u8_t proto, u16_t proto_len, const ip_addr_t *src,
                       const ip_addr_t *dest);
u16_t ip_chksum_pseudo_partial(struct pbuf *p, u8_t proto, u16_t proto_len, u16_t chksum_len,
                               const ip_addr_t *src, const ip_addr_t *dest);

#ifdef __cplusplus
}
#endif

#endif
