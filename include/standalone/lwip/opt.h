/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/opt.h (standalone) - options of the memory, packet-buffer and OS layer, with lwIP's
 * defaults.
 *
 * Used only when lwIP itself is absent; with lwIP's tree its own opt.h takes this place. A user's
 * lwipopts.h is read first; what it leaves out gets the default below. No lwipopts.h: all defaults.
 *
 * | option                         | default           | range   | effect                            |
 * |--------------------------------|-------------------|---------|-----------------------------------|
 * | NO_SYS                         | 0                 | 0, 1    | 1: no threads, semaphores,        |
 * |                                |                   |         | mailboxes; lwip/sys.h is empty    |
 * |                                |                   |         | macros                            |
 * | SYS_LIGHTWEIGHT_PROT           | 1                 | 0, 1    | 1: SYS_ARCH_PROTECT guards pools, |
 * |                                |                   |         | heap and references; 0: one       |
 * |                                |                   |         | context alone calls               |
 * | LWIP_TCPIP_CORE_LOCKING        | 1                 | 0, 1    | 1: the port's core lock may be    |
 * |                                |                   |         | used                              |
 * | LWIP_NETCONN_SEM_PER_THREAD    | 0                 | 0, 1    | 1: the port keeps a semaphore for |
 * |                                |                   |         | each thread                       |
 * | LOCK_TCPIP_CORE(), UNLOCK_TCPIP_CORE() | the port's | macro | take and give the core lock     |
 * | LWIP_ASSERT_CORE_LOCKED()      | empty             | macro   | what verifies that the caller     |
 * |                                |                   |         | holds the core lock               |
 * | MEMCPY(dst, src, len)          | memcpy            | macro   | how the library copies            |
 * | SMEMCPY(dst, src, len)         | memcpy            | macro   | the same for a small length that  |
 * |                                |                   |         | is known when compiling           |
 * | MEMMOVE(dst, src, len)         | memmove           | macro   | the same for areas that overlap   |
 * | MEM_LIBC_MALLOC                | 0                 | 0, 1    | 1: mem_malloc is the C library's  |
 * |                                |                   |         | malloc                            |
 * | MEM_CUSTOM_ALLOCATOR           | MEM_LIBC_MALLOC   | 0, 1    | 1: mem_malloc is                  |
 * |                                |                   |         | MEM_CUSTOM_MALLOC, _FREE and      |
 * |                                |                   |         | _CALLOC                           |
 * | MEM_ALIGNMENT                  | 1                 | 2^n     | of payloads, elements and         |
 * |                                |                   |         | packets; that of a pointer is     |
 * |                                |                   |         | kept whatever it is               |
 * | MEM_SIZE                       | 1600              | 32..    | bytes of the heap                 |
 * | MEM_OVERFLOW_CHECK             | 0                 | 0, 1    | 1: guards around heap blocks      |
 * | MEM_SANITY_REGION_BEFORE, _AFTER | 16              | 0..     | bytes of these guards             |
 * | MEM_SANITY_CHECK               | 0                 | 0, 1    | 1: each call verifies the whole   |
 * |                                |                   |         | heap, in linear time              |
 * | MEM_USE_POOLS                  | 0                 | 0, 1    | 1: mem_malloc takes from the      |
 * |                                |                   |         | malloc pools of lwippools.h;      |
 * |                                |                   |         | there is no heap                  |
 * | MEM_USE_POOLS_TRY_BIGGER_POOL  | 0                 | 0, 1    | 1: a request takes a larger       |
 * |                                |                   |         | element if its pool is empty      |
 * | LWIP_ALLOW_MEM_FREE_FROM_OTHER_CONTEXT | 0                 | 0, 1    | 1: mem_free may be called where   |
 * |                                |                   |         | mem_malloc may; needs a section,  |
 * |                                |                   |         | which is the default anyway       |
 * | LWIP_RAM_HEAP_POINTER          | own arena         | address | where the heap lies               |
 * | LWIP_RAM_HEAP_SIZE             | MEM_SIZE          | bytes   | how long it is                    |
 * | MEMP_MEM_MALLOC                | 0                 | 0, 1    | 1: elements of all pools come     |
 * |                                |                   |         | from mem_malloc                   |
 * | MEMP_MEM_INIT                  | 0                 | 0, 1    | 1: memp_init fills the pools with |
 * |                                |                   |         | zeros                             |
 * | MEMP_OVERFLOW_CHECK            | 0                 | 0, 1, 2 | 1: check level 2; 2: each call    |
 * |                                |                   |         | also verifies every element of    |
 * |                                |                   |         | every pool                        |
 * | MEMP_SANITY_CHECK              | 0                 | 0, 1    | 1: each memp_free verifies the    |
 * |                                |                   |         | whole pool                        |
 * | MEMP_USE_CUSTOM_POOLS          | 0                 | 0, 1    | 1: lwippools.h lists more pools   |
 * | MEMP_NUM_PBUF                  | 16                | 0..     | PBUF_ROM and PBUF_REF packets     |
 * |                                |                   |         | that can live at once             |
 * | PBUF_POOL_SIZE                 | 16                | 0..     | elements of PBUF_POOL             |
 * | PBUF_POOL_BUFSIZE              | of TCP_MSS        | 1..     | payload bytes of an element of    |
 * |                                |                   |         | PBUF_POOL, headroom included      |
 * | ETH_PAD_SIZE                   | 0                 | 0..     | bytes in front of the Ethernet    |
 * |                                |                   |         | header, so that what follows it   |
 * |                                |                   |         | is aligned                        |
 * | LWIP_IPV4                      | 1                 | 0, 1    | sums of IPv4's pseudo header;     |
 * |                                |                   |         | IPv4's headroom                   |
 * | LWIP_IPV6                      | 0                 | 0, 1    | sums of IPv6's pseudo header;     |
 * |                                |                   |         | IPv6's headroom                   |
 * | LWIP_TCP                       | 0                 | 0, 1    | 1: PBUF_POOL frees segments out   |
 * |                                |                   |         | of order when it is empty         |
 * | TCP_MSS                        | 536               | 1..     | the default of PBUF_POOL_BUFSIZE  |
 * |                                |                   |         | holds so much                     |
 * | PBUF_LINK_HLEN                 | 14 + ETH_PAD_SIZE | 0..     | headroom of the link layer        |
 * | LWIP_HOOK_VLAN_SET             | none              | macro   | defined: PBUF_LINK_HLEN is 18 +   |
 * |                                |                   |         | ETH_PAD_SIZE                      |
 * | PBUF_LINK_ENCAPSULATION_HLEN   | 0                 | 0..     | headroom in front of the link     |
 * |                                |                   |         | layer's header                    |
 * | LWIP_PBUF_REF_T                | u8_t              | type    | unsigned type of a packet's       |
 * |                                |                   |         | reference count                   |
 * | LWIP_SUPPORT_CUSTOM_PBUF       | 1                 | 0, 1    | 0: no pbuf_alloced_custom         |
 * | LWIP_CHECKSUM_ON_COPY          | 0                 | 0, 1    | 1: data is summed while it is     |
 * |                                |                   |         | copied                            |
 * | LWIP_STATS                     | 1                 | 0, 1    | 0: no statistics at all           |
 * | LWIP_STATS_DISPLAY             | 0                 | 0, 1    | 1: stats_display and its like     |
 * |                                |                   |         | print                             |
 * | LWIP_STATS_LARGE               | 0                 | 0, 1    | 1: counters of 32 bits; here they |
 * |                                |                   |         | have 32 bits always               |
 * | MEM_STATS                      | with an arena     | 0, 1    | lwip_stats.mem; off with          |
 * |                                |                   |         | MEM_CUSTOM_ALLOCATOR and          |
 * |                                |                   |         | MEM_USE_POOLS                     |
 * | MEMP_STATS                     | but               | 0, 1    | lwip_stats.memp: 8 or 16 bytes    |
 * |                                | MEMP_MEM_MALLOC   |         | per pool                          |
 * | SYS_STATS                      | but NO_SYS        | 0, 1    | lwip_stats.sys                    |
 * | LWIP_DBG_MIN_LEVEL             | LWIP_DBG_LEVEL_ALL | levels  | the least level of debug          |
 * |                                |                   |         | messages, with LWIP_DEBUG         |
 * | LWIP_DBG_TYPES_ON              | LWIP_DBG_ON       | mask    | the types of debug messages that  |
 * |                                |                   |         | are on                            |
 * | MEM_DEBUG, MEMP_DEBUG,         | LWIP_DBG_OFF      | on, off | debug messages of a module        |
 * | PBUF_DEBUG, SYS_DEBUG,         |                   |         |                                   |
 * | INET_DEBUG                     |                   |         |                                   |
 */
#ifndef LWIP_HDR_OPT_H
#define LWIP_HDR_OPT_H

#if defined __has_include
#    if __has_include("lwipopts.h")
#        include "lwipopts.h"
#    endif
#else
#    include "lwipopts.h"
#endif

/* The options of the engines are those of lwipopts.h, without the defaults below. */
#include "cistern/config.h"

/* Defined where there is no lwIP tree, so that no protocol header can be included. */
#define CISTERN_STANDALONE 1

/* --- OS layer -------------------------------------------------------------------------------- */

#ifndef NO_SYS /* 1: no threads, no semaphores, no mailboxes */
#    define NO_SYS 0
#endif
#ifndef SYS_LIGHTWEIGHT_PROT /* 1: pools, heap and references are guarded by SYS_ARCH_PROTECT */
#    define SYS_LIGHTWEIGHT_PROT 1
#endif
#ifndef LWIP_TCPIP_CORE_LOCKING
#    define LWIP_TCPIP_CORE_LOCKING 1
#endif
#ifndef LWIP_NETCONN_SEM_PER_THREAD
#    define LWIP_NETCONN_SEM_PER_THREAD 0
#endif
#ifndef LWIP_ASSERT_CORE_LOCKED
#    define LWIP_ASSERT_CORE_LOCKED()
#endif

/* --- memory copies --------------------------------------------------------------------------- */

#ifndef MEMCPY
#    define MEMCPY(dst, src, len) memcpy(dst, src, len)
#endif
#ifndef SMEMCPY /* for a small length that is known when compiling */
#    define SMEMCPY(dst, src, len) memcpy(dst, src, len)
#endif
#ifndef MEMMOVE
#    define MEMMOVE(dst, src, len) memmove(dst, src, len)
#endif

/* --- heap ------------------------------------------------------------------------------------ */

#ifndef MEM_LIBC_MALLOC
#    define MEM_LIBC_MALLOC 0
#endif
#ifndef MEM_CUSTOM_ALLOCATOR /* 1: MEM_CUSTOM_MALLOC / FREE / CALLOC */
#    define MEM_CUSTOM_ALLOCATOR MEM_LIBC_MALLOC
#endif
#ifndef MEM_ALIGNMENT /* bytes, a power of two; addresses of pointers are aligned whatever it is   \
                       */
#    define MEM_ALIGNMENT 1
#endif
#ifndef MEM_SIZE /* bytes of the heap */
#    define MEM_SIZE 1600
#endif
#ifndef MEM_OVERFLOW_CHECK
#    define MEM_OVERFLOW_CHECK 0
#endif
#ifndef MEM_SANITY_CHECK
#    define MEM_SANITY_CHECK 0
#endif
#ifndef MEM_USE_POOLS
#    define MEM_USE_POOLS 0
#endif
#ifndef MEM_USE_POOLS_TRY_BIGGER_POOL
#    define MEM_USE_POOLS_TRY_BIGGER_POOL 0
#endif
#ifndef LWIP_ALLOW_MEM_FREE_FROM_OTHER_CONTEXT
#    define LWIP_ALLOW_MEM_FREE_FROM_OTHER_CONTEXT 0
#endif

/* --- pools ----------------------------------------------------------------------------------- */

#ifndef MEMP_MEM_MALLOC
#    define MEMP_MEM_MALLOC 0
#endif
#ifndef MEMP_MEM_INIT /* 1: memp_init fills the pools with zeros */
#    define MEMP_MEM_INIT 0
#endif
#ifndef MEMP_OVERFLOW_CHECK
#    define MEMP_OVERFLOW_CHECK 0
#endif
#ifndef MEMP_SANITY_CHECK
#    define MEMP_SANITY_CHECK 0
#endif
#ifndef MEMP_USE_CUSTOM_POOLS /* 1: lwippools.h lists more pools */
#    define MEMP_USE_CUSTOM_POOLS 0
#endif
#ifndef MEMP_NUM_PBUF /* PBUF_ROM and PBUF_REF headers */
#    define MEMP_NUM_PBUF 16
#endif
#ifndef PBUF_POOL_SIZE /* elements of the PBUF_POOL */
#    define PBUF_POOL_SIZE 16
#endif

/* --- packet buffers -------------------------------------------------------------------------- */

#ifndef ETH_PAD_SIZE
#    define ETH_PAD_SIZE 0
#endif
#ifndef LWIP_IPV4
#    define LWIP_IPV4 1
#endif
#ifndef LWIP_IPV6
#    define LWIP_IPV6 0
#endif
#ifndef LWIP_TCP
#    define LWIP_TCP 0
#endif
#ifndef TCP_MSS
#    define TCP_MSS 536
#endif
#ifndef PBUF_LINK_HLEN
#    ifdef LWIP_HOOK_VLAN_SET /* room for the tag */
#        define PBUF_LINK_HLEN (18 + ETH_PAD_SIZE)
#    else
#        define PBUF_LINK_HLEN (14 + ETH_PAD_SIZE)
#    endif
#endif
#ifndef PBUF_LINK_ENCAPSULATION_HLEN
#    define PBUF_LINK_ENCAPSULATION_HLEN 0
#endif
#ifndef PBUF_POOL_BUFSIZE
#    define PBUF_POOL_BUFSIZE                                                                      \
        LWIP_MEM_ALIGN_SIZE(TCP_MSS + PBUF_IP_HLEN + PBUF_TRANSPORT_HLEN +                         \
                            PBUF_LINK_ENCAPSULATION_HLEN + PBUF_LINK_HLEN)
#endif
#ifndef LWIP_PBUF_REF_T
#    define LWIP_PBUF_REF_T u8_t
#endif
#ifndef LWIP_SUPPORT_CUSTOM_PBUF
#    define LWIP_SUPPORT_CUSTOM_PBUF 1
#endif

/* --- checksum -------------------------------------------------------------------------------- */

#ifndef LWIP_CHECKSUM_ON_COPY
#    define LWIP_CHECKSUM_ON_COPY 0
#endif

/* --- statistics ------------------------------------------------------------------------------ */

#ifndef LWIP_STATS
#    define LWIP_STATS 1
#endif
#ifndef LWIP_STATS_DISPLAY
#    define LWIP_STATS_DISPLAY 0
#endif
#ifndef LWIP_STATS_LARGE
#    define LWIP_STATS_LARGE 0
#endif
#if LWIP_STATS
#    ifndef MEM_STATS
#        define MEM_STATS (MEM_CUSTOM_ALLOCATOR == 0 && MEM_USE_POOLS == 0)
#    endif
#    ifndef MEMP_STATS
#        define MEMP_STATS (MEMP_MEM_MALLOC == 0)
#    endif
#    ifndef SYS_STATS
#        define SYS_STATS (NO_SYS == 0)
#    endif
#else
#    define MEM_STATS  0
#    define MEMP_STATS 0
#    define SYS_STATS  0
#endif

/* --- debug messages -------------------------------------------------------------------------- */

#ifndef LWIP_DBG_MIN_LEVEL
#    define LWIP_DBG_MIN_LEVEL LWIP_DBG_LEVEL_ALL
#endif
#ifndef LWIP_DBG_TYPES_ON
#    define LWIP_DBG_TYPES_ON LWIP_DBG_ON
#endif
#ifndef MEM_DEBUG
#    define MEM_DEBUG LWIP_DBG_OFF
#endif
#ifndef MEMP_DEBUG
#    define MEMP_DEBUG LWIP_DBG_OFF
#endif
#ifndef PBUF_DEBUG
#    define PBUF_DEBUG LWIP_DBG_OFF
#endif
#ifndef SYS_DEBUG
#    define SYS_DEBUG LWIP_DBG_OFF
#endif
#ifndef INET_DEBUG
#    define INET_DEBUG LWIP_DBG_OFF
#endif

/* --- contradictions -------------------------------------------------------------------------- */

#if MEM_ALIGNMENT < 1 || (MEM_ALIGNMENT & (MEM_ALIGNMENT - 1)) != 0
#    error "MEM_ALIGNMENT must be a power of two: set it to 4 or 8 in lwipopts.h"
#endif
#if TCP_MSS < 1
#    error "TCP_MSS is the bytes of a segment: set it to 1 or more"
#endif
#if MEM_LIBC_MALLOC && MEM_USE_POOLS
#    error "MEM_LIBC_MALLOC and MEM_USE_POOLS are both set: choose one source for mem_malloc"
#endif
#if MEM_LIBC_MALLOC && !MEM_CUSTOM_ALLOCATOR
#    error "MEM_LIBC_MALLOC is a custom allocator: leave MEM_CUSTOM_ALLOCATOR out, or set it to 1"
#endif
#if MEM_CUSTOM_ALLOCATOR && MEM_USE_POOLS
#    error "MEM_CUSTOM_ALLOCATOR and MEM_USE_POOLS are both set: choose one source for mem_malloc"
#endif
#if MEM_USE_POOLS && !MEMP_USE_CUSTOM_POOLS
#    error                                                                                         \
        "MEM_USE_POOLS needs malloc pools: set MEMP_USE_CUSTOM_POOLS 1 and list them in lwippools.h"
#endif
#if MEM_USE_POOLS && MEMP_MEM_MALLOC
#    error "MEM_USE_POOLS takes from pools and MEMP_MEM_MALLOC from the heap: set one of them to 0"
#endif
#if MEMP_OVERFLOW_CHECK < 0 || MEMP_OVERFLOW_CHECK > 2
#    error "MEMP_OVERFLOW_CHECK must be 0, 1 or 2"
#endif
#if !LWIP_IPV4 && !LWIP_IPV6
#    error "LWIP_IPV4 and LWIP_IPV6 are both 0: set one of them to 1"
#endif
#if !LWIP_STATS && LWIP_STATS_DISPLAY
#    error "LWIP_STATS_DISPLAY needs LWIP_STATS 1"
#endif

#endif
