/* SPDX-License-Identifier: BSD-3-Clause */
/* resource.h - the pools and the heap of a device: their names, the options that set them, and the
 * bytes of an element on the target. */
#ifndef CISTERN_TOOL_RESOURCE_H
#define CISTERN_TOOL_RESOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lwip_options.h"

/* What a device takes and gives back. The heap is counted in bytes, all others in elements. */
typedef enum resource {
    RESOURCE_PBUF_POOL,
    RESOURCE_TCP_SEG,
    RESOURCE_TCP_PCB,
    RESOURCE_TCP_PCB_LISTEN,
    RESOURCE_UDP_PCB,
    RESOURCE_RAW_PCB,
    RESOURCE_PBUF, /* PBUF_REF and PBUF_ROM */
    RESOURCE_REASSDATA,
    RESOURCE_IP6_REASSDATA,
    RESOURCE_FRAG_PBUF,
    RESOURCE_ARP_QUEUE,
    RESOURCE_ND6_QUEUE,
    RESOURCE_IGMP_GROUP,
    RESOURCE_MLD6_GROUP,
    RESOURCE_NETBUF,
    RESOURCE_NETCONN,
    RESOURCE_TCPIP_MSG_INPKT,
    RESOURCE_TCPIP_MBOX,   /* messages in the mailbox of the stack's thread */
    RESOURCE_TCP_RECVMBOX, /* in the mailbox of the connection that has most */
    RESOURCE_UDP_RECVMBOX,
    RESOURCE_ACCEPTMBOX,
    RESOURCE_HEAP,
    RESOURCE_COUNT
} resource_t;

/* Name as in lwIP's statistics. */
const char *resource_name(resource_t resource);

/* The option that sets its count, or for the heap its size. */
lwip_option_t resource_option(resource_t resource);

/* True if the device's options have it at all. */
bool resource_exists(resource_t resource, const lwip_options_t *options);

/* The target's geometry: computed from lwIP's documented structs, never from the host's. */
typedef struct target {
    unsigned pointer;            /* bytes: 2, 4 or 8 */
    unsigned alignment;          /* MEM_ALIGNMENT */
    size_t size[RESOURCE_COUNT]; /* bytes of an element, aligned; of the heap 1 */
    size_t pbuf;                 /* struct pbuf, aligned */
    size_t seg;                  /* struct tcp_seg, not aligned */
    size_t dhcp;                 /* struct dhcp */
    size_t heap_header;          /* of lwIP's heap, for MEM_SIZE of the options */
    size_t pool_header;          /* of an element of pool-based malloc */
} target_t;

/* `pointer` is 16, 32 or 64 bits. */
void target_init(target_t *target, unsigned pointer, const lwip_options_t *options);

size_t target_align(const target_t *target, size_t bytes);

/* The request to the heap for a PBUF_RAM of `length` bytes with `headroom` before them. */
size_t target_pbuf_ram(const target_t *target, size_t headroom, size_t length);

/* Headroom of PBUF_TRANSPORT, PBUF_IP and PBUF_LINK. */
size_t target_transport_room(const lwip_options_t *options);
size_t target_ip_room(const lwip_options_t *options);
size_t target_link_room(const lwip_options_t *options);

/* Elements of PBUF_POOL that a frame of `length` bytes takes. */
size_t target_pool_elements(const target_t *target, const lwip_options_t *options, size_t length);

#endif
