/* SPDX-License-Identifier: BSD-3-Clause */
/* inet_chksum.c - the Internet checksum of memory, of chains and of pseudo headers: lwIP's
 * interface.
 *
 *   pseudo header   | source | destination | 0 | protocol | length |
 *   chain           | fragment, 3 bytes | fragment, 4 bytes | ...
 *                     ab cd e.            .f gh ij k.
 *
 * A fragment that starts at an odd offset of the packet has its bytes in the other halves: its sum
 * is swapped before it is added. Each sum of memory is one by LWIP_CHKSUM.
 *
 * I1  sums between steps have 16 bits: carries are folded at each step.
 */
#include "lwip/inet_chksum.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "pbuf_priv.h"
#include "cistern/chksum.h"
#include "cistern/fault.h"

#ifdef LWIP_CHKSUM_ALGORITHM
#    if LWIP_CHKSUM_ALGORITHM != 0 && LWIP_CHKSUM_ALGORITHM != CISTERN_CHKSUM_ALGORITHM
#        error "LWIP_CHKSUM_ALGORITHM and CISTERN_CHKSUM_ALGORITHM differ: set one of them"
#    endif
#endif

/* --- memory ----------------------------------------------------------------------------------- */

#ifdef LWIP_CHKSUM_OF_ENGINE
#    define chksum_memory cistern_chksum_sum
#    define chksum_copy   cistern_chksum_copy
#else
/* What every LWIP_CHKSUM can count, with an int of 16 bits too; even, so that no piece is swapped.
 */
#    define CHKSUM_PIECE 0x7ffeU

static u16_t chksum_memory(const void *data, size_t length)
{
    const u8_t *bytes = data;
    u16_t sum = 0;
    for (; length > CHKSUM_PIECE; length -= CHKSUM_PIECE, bytes += CHKSUM_PIECE) {
        sum = cistern_chksum_add(sum, LWIP_CHKSUM(bytes, (u16_t)CHKSUM_PIECE));
    }
    return cistern_chksum_add(sum, LWIP_CHKSUM(bytes, (u16_t)length));
}

static u16_t chksum_copy(void *target, const void *source, size_t length)
{
    memcpy(target, source, length);
    return chksum_memory(target, length);
}
#endif

#ifndef LWIP_CHKSUM_IS_STANDARD
u16_t lwip_standard_chksum(const void *dataptr, size_t len)
{
    return cistern_chksum_sum(dataptr, len);
}
#endif

u16_t inet_chksum(const void *dataptr, u16_t len)
{
    return (u16_t)~chksum_memory(dataptr, len);
}

static u16_t chksum_refuse(const void *address)
{
    const cistern_fault_t fault = {.kind = CISTERN_FAULT_ARGUMENT,
                                   .object = address,
                                   .address = address,
                                   .name = "inet_chksum"};
    cistern_fault_raise(&fault);
    return 0;
}

u16_t lwip_chksum_copy(void *dst, const void *src, pbuf_len_t len)
{
    if (dst == NULL || src == NULL) {
        return chksum_refuse(dst);
    }
    return chksum_copy(dst, src, len);
}

/* --- chains ----------------------------------------------------------------------------------- */

/* More bytes than a chain has, also one of more than tot_len can tell. */
#define CHKSUM_WHOLE_CHAIN SIZE_MAX

/* The sum of the first `length` bytes of a usable chain, or of all of a shorter one, added to `sum`. */
static u16_t chksum_add_chain(u16_t sum, const struct pbuf *p, size_t length)
{
    bool odd = false;
    for (pbuf_walk_t walk = pbuf_walk_from(p); walk.at != NULL && length > 0; pbuf_walk_on(&walk)) {
        const pbuf_len_t piece = (pbuf_len_t)LWIP_MIN(walk.at->len, length);
        if (piece != 0 && !pbuf_has_payload(walk.at)) {
            break;
        }
        CISTERN_ASSERT(piece <= walk.at->len && piece <= length);
        const u16_t part = chksum_memory(walk.at->payload, piece);
        sum = cistern_chksum_add(sum, odd ? cistern_chksum_swap(part) : part);
        odd = odd != ((piece & 1U) != 0);
        length -= piece;
    }
    return sum;
}

u16_t inet_chksum_pbuf(struct pbuf *p)
{
    return pbuf_is_usable(p) ? (u16_t)~chksum_add_chain(0, p, CHKSUM_WHOLE_CHAIN) : (u16_t)0;
}

/* --- pseudo headers --------------------------------------------------------------------------- */

/* True if the chain is usable and both addresses are there; else false, after a fault. */
static bool chksum_is_given(const struct pbuf *p, const void *src, const void *dest)
{
    return pbuf_is_given(p, src != NULL ? dest : NULL);
}

/* The sum of a pseudo header, but for the addresses. */
static u16_t chksum_pseudo(u8_t proto, u16_t proto_len)
{
    return cistern_chksum_add(lwip_htons(proto), lwip_htons(proto_len));
}

/* `addresses` is the sum of both addresses. */
static u16_t chksum_with_pseudo(const struct pbuf *p, u8_t proto, u16_t proto_len, size_t length,
                                u16_t addresses)
{
    const u16_t header = cistern_chksum_add(addresses, chksum_pseudo(proto, proto_len));
    return (u16_t)~chksum_add_chain(header, p, length);
}

#if LWIP_IPV4
static u16_t chksum_ip4(const struct pbuf *p, u8_t proto, u16_t proto_len, size_t length,
                        const ip4_addr_t *src, const ip4_addr_t *dest)
{
    if (!chksum_is_given(p, src, dest)) {
        return 0;
    }
    const u16_t addresses =
        cistern_chksum_add(cistern_chksum_fold(src->addr), cistern_chksum_fold(dest->addr));
    return chksum_with_pseudo(p, proto, proto_len, length, addresses);
}

u16_t inet_chksum_pseudo(struct pbuf *p, u8_t proto, u16_t proto_len, const ip4_addr_t *src,
                         const ip4_addr_t *dest)
{
    return chksum_ip4(p, proto, proto_len, CHKSUM_WHOLE_CHAIN, src, dest);
}

u16_t inet_chksum_pseudo_partial(struct pbuf *p, u8_t proto, u16_t proto_len, u16_t chksum_len,
                                 const ip4_addr_t *src, const ip4_addr_t *dest)
{
    return chksum_ip4(p, proto, proto_len, chksum_len, src, dest);
}
#endif

#if LWIP_IPV6 || defined CISTERN_STANDALONE
static u16_t chksum_ip6(const struct pbuf *p, u8_t proto, u16_t proto_len, size_t length,
                        const ip6_addr_t *src, const ip6_addr_t *dest)
{
    if (!chksum_is_given(p, src, dest)) {
        return 0;
    }
    const u16_t addresses = cistern_chksum_add(chksum_memory(src->addr, sizeof(src->addr)),
                                               chksum_memory(dest->addr, sizeof(dest->addr)));
    return chksum_with_pseudo(p, proto, proto_len, length, addresses);
}

u16_t ip6_chksum_pseudo(struct pbuf *p, u8_t proto, u16_t proto_len, const ip6_addr_t *src,
                        const ip6_addr_t *dest)
{
    return chksum_ip6(p, proto, proto_len, CHKSUM_WHOLE_CHAIN, src, dest);
}

u16_t ip6_chksum_pseudo_partial(struct pbuf *p, u8_t proto, u16_t proto_len, u16_t chksum_len,
                                const ip6_addr_t *src, const ip6_addr_t *dest)
{
    return chksum_ip6(p, proto, proto_len, chksum_len, src, dest);
}
#endif

/* --- by the kind of address ------------------------------------------------------------------- */

#if LWIP_IPV4 && LWIP_IPV6
static u16_t chksum_ip(const struct pbuf *p, u8_t proto, u16_t proto_len, size_t length,
                       const ip_addr_t *src, const ip_addr_t *dest)
{
    if (!chksum_is_given(p, src, dest)) {
        return 0;
    }
    return IP_IS_V6(dest) ? chksum_ip6(p, proto, proto_len, length, ip_2_ip6(src), ip_2_ip6(dest))
                          : chksum_ip4(p, proto, proto_len, length, ip_2_ip4(src), ip_2_ip4(dest));
}
#elif LWIP_IPV6
#    define chksum_ip chksum_ip6
#else
#    define chksum_ip chksum_ip4
#endif

u16_t ip_chksum_pseudo(struct pbuf *p, u8_t proto, u16_t proto_len, const ip_addr_t *src,
                       const ip_addr_t *dest)
{
    return chksum_ip(p, proto, proto_len, CHKSUM_WHOLE_CHAIN, src, dest);
}

u16_t ip_chksum_pseudo_partial(struct pbuf *p, u8_t proto, u16_t proto_len, u16_t chksum_len,
                               const ip_addr_t *src, const ip_addr_t *dest)
{
    return chksum_ip(p, proto, proto_len, chksum_len, src, dest);
}
