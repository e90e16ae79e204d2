/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/ip_addr.h (standalone) - IP addresses as far as checksums need them, when lwIP is absent.
 *
 * The same types as lwIP's, in network byte order; no functions. Differs by option: with both
 * LWIP_IPV4 and LWIP_IPV6 an ip_addr_t carries its kind, with one of them it is that kind.
 */
#ifndef LWIP_HDR_IP_ADDR_H
#define LWIP_HDR_IP_ADDR_H

#include "lwip/arch.h"
#include "lwip/opt.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ip4_addr {
    u32_t addr;
} ip4_addr_t;

typedef struct ip6_addr {
    u32_t addr[4];
} ip6_addr_t;

enum lwip_ip_addr_type { IPADDR_TYPE_V4 = 0, IPADDR_TYPE_V6 = 6, IPADDR_TYPE_ANY = 46 };

#if LWIP_IPV4 && LWIP_IPV6
typedef struct ip_addr {
    union {
        ip6_addr_t ip6;
        ip4_addr_t ip4;
    } u_addr;
    u8_t type; /* of lwip_ip_addr_type */
} ip_addr_t;
#    define IP_IS_V6(ipaddr) ((ipaddr)->type == IPADDR_TYPE_V6)
#    define ip_2_ip6(ipaddr) (&(ipaddr)->u_addr.ip6)
#    define ip_2_ip4(ipaddr) (&(ipaddr)->u_addr.ip4)
#elif LWIP_IPV6
typedef ip6_addr_t ip_addr_t;
#    define IP_IS_V6(ipaddr) 1
#    define ip_2_ip6(ipaddr) (ipaddr)
#else
typedef ip4_addr_t ip_addr_t;
#    define IP_IS_V6(ipaddr) 0
#    define ip_2_ip4(ipaddr) (ipaddr)
#endif

#ifdef __cplusplus
}
#endif

#endif
