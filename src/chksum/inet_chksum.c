/* inet_chksum.c - the Internet checksum of memory, of chains and of pseudo headers: lwIP's
 * interface.
 *
 *   pseudo header   | source | destination | 0 | protocol | length |
 *   chain           | fragment, 3 bytes | fragment, 4 bytes | ...
 *                     ab cd e.            .f gh ij k.
 *
 * A fragment that starts at an odd offset of the packet has its bytes in the other halves: its sum
 * is swapped before it is added.
 *
 * I1  sums between steps have 16 bits: carries are folded at each step.
 */
#include "lwip/inet_chksum.h"

#include <stdbool.h>
#include <stdint.h>

#include "cistern/chksum.h"
#include "cistern/fault.h"

#ifdef LWIP_CHKSUM_ALGORITHM
#    if LWIP_CHKSUM_ALGORITHM != CISTERN_CHKSUM_ALGORITHM
#        error "LWIP_CHKSUM_ALGORITHM and CISTERN_CHKSUM_ALGORITHM differ: set one of them"
#    endif
#endif

static u16_t refuse(const void *p)
{
    const cistern_fault_t fault = {
        .kind = CISTERN_FAULT_ARGUMENT, .object = p, .address = p, .name = "inet_chksum"};
    cistern_fault_raise(&fault);
    return 0;
}

/* --- memory ----------------------------------------------------------------------------------- */

u16_t lwip_standard_chksum(const void *dataptr, size_t len)
{
    return cistern_chksum_sum(dataptr, len);
}

u16_t inet_chksum(const void *dataptr, u16_t len)
{
    return (u16_t)~LWIP_CHKSUM(dataptr, len);
}

u16_t lwip_chksum_copy(void *dst, const void *src, pbuf_len_t len)
{
    if (dst == NULL || src == NULL) {
        return refuse(dst);
    }
    return cistern_chksum_copy(dst, src, len);
}

/* --- chains ----------------------------------------------------------------------------------- */

/* More bytes than a chain has, also one of more than tot_len can tell. */
#define WHOLE_CHAIN SIZE_MAX

/* The sum of the first `length` bytes of a chain, or of all of a shorter one, added to `sum`. */
static u16_t add_chain(u16_t sum, const struct pbuf *p, size_t length)
{
    bool odd = false;
    for (; p != NULL && length > 0; p = p->next) {
        const pbuf_len_t piece = (pbuf_len_t)LWIP_MIN(p->len, length);
        const u16_t part = LWIP_CHKSUM(p->payload, piece);
        sum = cistern_chksum_add(sum, odd ? cistern_chksum_swap(part) : part);
        odd = odd != ((piece & 1U) != 0);
        length -= piece;
    }
    return sum;
}

u16_t inet_chksum_pbuf(struct pbuf *p)
{
    return p != NULL ? (u16_t)~add_chain(0, p, WHOLE_CHAIN) : refuse(p);
}

/* --- pseudo headers --------------------------------------------------------------------------- */

/* The sum of a pseudo header, but for the addresses. */
static u16_t pseudo_sum(u8_t proto, u16_t proto_len)
{
    return cistern_chksum_add(lwip_htons(proto), lwip_htons(proto_len));
}

/* `addresses` is the sum of both addresses. */
static u16_t pseudo_checksum(const struct pbuf *p, u8_t proto, u16_t proto_len, size_t length,
                             u16_t addresses)
{
    const u16_t header = cistern_chksum_add(addresses, pseudo_sum(proto, proto_len));
    return (u16_t)~add_chain(header, p, length);
}

#if LWIP_IPV4
static u16_t ip4_checksum(const struct pbuf *p, u8_t proto, u16_t proto_len, size_t length,
                          const ip4_addr_t *src, const ip4_addr_t *dest)
{
    if (p == NULL || src == NULL || dest == NULL) {
        return refuse(p);
    }
    const u16_t addresses =
        cistern_chksum_add(cistern_chksum_fold(src->addr), cistern_chksum_fold(dest->addr));
    return pseudo_checksum(p, proto, proto_len, length, addresses);
}

u16_t inet_chksum_pseudo(struct pbuf *p, u8_t proto, u16_t proto_len, const ip4_addr_t *src,
                         const ip4_addr_t *dest)
{
    return ip4_checksum(p, proto, proto_len, WHOLE_CHAIN, src, dest);
}

u16_t inet_chksum_pseudo_partial(struct pbuf *p, u8_t proto, u16_t proto_len, u16_t chksum_len,
                                 const ip4_addr_t *src, const ip4_addr_t *dest)
{
    return ip4_checksum(p, proto, proto_len, chksum_len, src, dest);
}
#endif

#if LWIP_IPV6 || defined CISTERN_STANDALONE
static u16_t ip6_checksum(const struct pbuf *p, u8_t proto, u16_t proto_len, size_t length,
                          const ip6_addr_t *src, const ip6_addr_t *dest)
{
    if (p == NULL || src == NULL || dest == NULL) {
        return refuse(p);
    }
    const u16_t addresses = cistern_chksum_add(cistern_chksum_sum(src->addr, sizeof(src->addr)),
                                               cistern_chksum_sum(dest->addr, sizeof(dest->addr)));
    return pseudo_checksum(p, proto, proto_len, length, addresses);
}

u16_t ip6_chksum_pseudo(struct pbuf *p, u8_t proto, u16_t proto_len, const ip6_addr_t *src,
                        const ip6_addr_t *dest)
{
    return ip6_checksum(p, proto, proto_len, WHOLE_CHAIN, src, dest);
}

u16_t ip6_chksum_pseudo_partial(struct pbuf *p, u8_t proto, u16_t proto_len, u16_t chksum_len,
                                const ip6_addr_t *src, const ip6_addr_t *dest)
{
    return ip6_checksum(p, proto, proto_len, chksum_len, src, dest);
}
#endif

/* --- by the kind of address ------------------------------------------------------------------- */

#if LWIP_IPV4 && LWIP_IPV6
static u16_t ip_checksum(const struct pbuf *p, u8_t proto, u16_t proto_len, size_t length,
                         const ip_addr_t *src, const ip_addr_t *dest)
{
    if (src == NULL || dest == NULL) {
        return refuse(p);
    }
    return IP_IS_V6(dest)
               ? ip6_checksum(p, proto, proto_len, length, ip_2_ip6(src), ip_2_ip6(dest))
               : ip4_checksum(p, proto, proto_len, length, ip_2_ip4(src), ip_2_ip4(dest));
}
#elif LWIP_IPV6
#    define ip_checksum ip6_checksum
#else
#    define ip_checksum ip4_checksum
#endif

u16_t ip_chksum_pseudo(struct pbuf *p, u8_t proto, u16_t proto_len, const ip_addr_t *src,
                       const ip_addr_t *dest)
{
    return ip_checksum(p, proto, proto_len, WHOLE_CHAIN, src, dest);
}

u16_t ip_chksum_pseudo_partial(struct pbuf *p, u8_t proto, u16_t proto_len, u16_t chksum_len,
                               const ip_addr_t *src, const ip_addr_t *dest)
{
    return ip_checksum(p, proto, proto_len, chksum_len, src, dest);
}
