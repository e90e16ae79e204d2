/* SPDX-License-Identifier: BSD-3-Clause */
/* ethernet.h - a station's network interface: its driver copies each frame. */
#ifndef CISTERN_TRUTH_ETHERNET_H
#define CISTERN_TRUTH_ETHERNET_H

#include <string.h>

#include "lwip/etharp.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "netif/ethernet.h"

#include "world.h"

#define ETHERNET_LONGEST 1514

/* `own` is the station that sends. */
static err_t ethernet_send(const station_t *own, struct pbuf *p)
{
    uint8_t bytes[1600];
    const u16_t length = pbuf_copy_partial(p, bytes, sizeof bytes, 0);
    world_send(own, bytes, length);
    return ERR_OK;
}

/* A frame in elements of PBUF_POOL; NULL when they ran out. */
static struct pbuf *ethernet_copy(const void *frame, size_t length)
{
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_POOL);
    if (p != NULL) {
        pbuf_take(p, frame, (u16_t)length);
    }
    return p;
}

static void ethernet_init(struct netif *netif, unsigned char host)
{
    const unsigned char address[6] = {2, 0, 0, 0, 0x77, host};
    netif->name[0] = 'e';
    netif->name[1] = 'n';
    netif->mtu = 1500;
    netif->hwaddr_len = 6;
    memcpy(netif->hwaddr, address, sizeof address);
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
    netif->output = etharp_output;
}

#endif
