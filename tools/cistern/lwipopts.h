/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - how `cistern replay` configures the library: threads, statistics, check level 1.
 *
 * The number and size of PBUF_POOL elements and the size of the heap are chosen at run time, on the
 * command line; memory.c says how. */
#ifndef CISTERN_TOOL_LWIPOPTS_H
#define CISTERN_TOOL_LWIPOPTS_H

#include <stddef.h>
#include <stdint.h>

#define NO_SYS               0
#define SYS_LIGHTWEIGHT_PROT 1
#define CISTERN_CHECK        1

#define MEM_ALIGNMENT 8
#define LWIP_IPV4     1
#define LWIP_IPV6     1

/* --- heap: an arena of the size given by --heap ----------------------------------------------- */

/* The largest arena that --heap accepts; decides the width of mem_size_t. */
#define MEM_SIZE              1073741824L
#define LWIP_RAM_HEAP_POINTER memory_heap_arena
#define LWIP_RAM_HEAP_SIZE    memory_heap_size
extern uint8_t *memory_heap_arena;
extern size_t memory_heap_size;

/* --- packet buffers: elements of the count and size given by --pool-count and --pool-size ----- */

/* What memp_init sets up is replaced before the first packet, so it is as small as can be. */
#define CISTERN_MEMP_LAID_OUT 1
#define PBUF_POOL_SIZE        1
#define PBUF_POOL_BUFSIZE     8
/* Bytes of payload of one element. */
#define PBUF_POOL_PAYLOAD_SIZE() memory_pool_payload
extern uint16_t memory_pool_payload;

/* Room for the link header of an answer: Ethernet and up to four tags. */
#define PBUF_LINK_HLEN 30

/* What the receiver tells the worker about a frame: its number in the capture, from 1; the second
 * in which it was captured; its length on the wire, which the snap length may have cut; its link
 * type, which may differ from frame to frame; whether it is outside the device: not received. */
#define LWIP_PBUF_CUSTOM_DATA                                                                      \
    uint64_t frame_number;                                                                         \
    uint32_t frame_seconds;                                                                        \
    uint32_t wire_length;                                                                          \
    uint8_t frame_link;                                                                            \
    uint8_t frame_outside;

/* --- statistics ------------------------------------------------------------------------------- */

#define LWIP_STATS         1
#define LWIP_STATS_DISPLAY 0
#define MEM_STATS          1
#define MEMP_STATS         1
#define SYS_STATS          1

#endif
