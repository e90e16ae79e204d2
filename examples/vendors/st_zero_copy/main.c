/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - ST's zero-copy receive driver on this library: frames are written by the DMA into buffers
 * that go through lwIP as they are, and come back to the DMA when the last reference is freed.
 *
 *   RX_POOL   | pbuf_custom | buffer, 32-byte aligned |     one element, RX_COUNT of them
 *                    |               ^
 *                    |               +-- descriptor of the DMA: address, owned by the DMA or not
 *                    +-- custom_free_function: element back to the pool, and to a descriptor
 *
 * The DMA, the MAC and the peer are simulated; the driver is what a device has. The application keeps
 * packets for a while: the pool runs empty, the DMA has no buffer and loses frames, and goes on as soon
 * as the application frees one. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cistern/fault.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/memp.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"
#include "netif/ethernet.h"

#define LINE           32U
#define RX_COUNT       12U  /* buffers */
#define RX_DESCRIPTORS 4U   /* that the DMA may write to at once */
#define RX_BYTES       512U /* of a buffer: a long frame takes several */

static void check(bool condition, const char *what)
{
    if (!condition) {
        printf("FAILED: %s\n", what);
        exit(1);
    }
}

/* --- the pool of receive buffers ----------------------------------------------------------------- */

typedef struct rx_buffer {
    struct pbuf_custom custom;
    _Alignas(LINE) uint8_t bytes[RX_BYTES];
} rx_buffer_t;

LWIP_MEMPOOL_DECLARE(RX_POOL, RX_COUNT, sizeof(rx_buffer_t), "RX_POOL")

/* The cache is invalidated by lines: no line may hold a buffer and something else. */
_Static_assert(MEMP_STRIDE(sizeof(rx_buffer_t)) % LINE == 0 && LWIP_ALIGNMENT % LINE == 0,
               "each element starts at a line: set MEM_ALIGNMENT to 32");

static rx_buffer_t *rx_buffer_of(uint8_t *bytes)
{
    return (rx_buffer_t *)(void *)(bytes - offsetof(rx_buffer_t, bytes));
}

/* --- the DMA and the MAC, simulated -------------------------------------------------------------- */

typedef struct descriptor {
    uint8_t *address;
    uint16_t length;
    bool of_dma; /* the DMA may write there */
    bool first;
    bool last; /* of a frame */
} descriptor_t;

static descriptor_t ring[RX_DESCRIPTORS];
static unsigned dma_next;    /* where the DMA writes next */
static unsigned dma_missed;  /* frames without a buffer */
static unsigned mac_sent;    /* frames that left */
static unsigned mac_answers; /* of them, with the bytes that came in */

static unsigned dma_owned(void)
{
    unsigned owned = 0;
    while (owned < RX_DESCRIPTORS && ring[(dma_next + owned) % RX_DESCRIPTORS].of_dma) {
        ++owned;
    }
    return owned;
}

/* A frame arrives: it is written to as many buffers as it takes, or lost. */
static void dma_receive(const uint8_t *frame, size_t length)
{
    const size_t needed = (length + RX_BYTES - 1) / RX_BYTES;
    if (dma_owned() < needed) {
        ++dma_missed;
        return;
    }
    for (size_t i = 0; i < needed; ++i, dma_next = (dma_next + 1) % RX_DESCRIPTORS) {
        descriptor_t *const d = &ring[dma_next];
        d->length = (uint16_t)LWIP_MIN(length - i * RX_BYTES, RX_BYTES);
        memcpy(d->address, frame + i * RX_BYTES, d->length);
        d->first = i == 0;
        d->last = i + 1 == needed;
        d->of_dma = false;
    }
}

/* --- the driver ---------------------------------------------------------------------------------- */

static unsigned rx_next;  /* descriptor that is read next */
static unsigned rx_fresh; /* descriptor that is given a buffer next */
static unsigned rx_empty; /* descriptors without a buffer */

static void rx_free(struct pbuf *p);

/* Gives buffers to descriptors that have none, as far as the pool has any. */
static void rx_refill(void)
{
    while (rx_empty > 0) {
        rx_buffer_t *const buffer = LWIP_MEMPOOL_ALLOC(RX_POOL);
        if (buffer == NULL) {
            return; /* rx_free comes here again */
        }
        buffer->custom.custom_free_function = rx_free;
        (void)pbuf_alloced_custom(PBUF_RAW, 0, PBUF_REF, &buffer->custom, buffer->bytes, RX_BYTES);
        check((uintptr_t)buffer->bytes % LINE == 0, "a buffer starts at a line of the cache");
        ring[rx_fresh] = (descriptor_t){.address = buffer->bytes, .of_dma = true};
        rx_fresh = (rx_fresh + 1) % RX_DESCRIPTORS;
        --rx_empty;
    }
}

/* The last reference is gone: the buffer is the DMA's again. Runs in the context of pbuf_free. */
static void rx_free(struct pbuf *p)
{
    LWIP_MEMPOOL_FREE(RX_POOL, p);
    rx_refill();
}

/* The next frame as a packet of the buffers that it was written to, or NULL. */
static struct pbuf *rx_take(void)
{
    struct pbuf *packet = NULL;
    for (bool more = true; more;) {
        descriptor_t *const d = &ring[rx_next];
        if (d->of_dma || d->address == NULL) {
            return packet; /* a frame is written whole: only before its first buffer */
        }
        struct pbuf *const p = &rx_buffer_of(d->address)->custom.pbuf;
        p->len = d->length;
        p->tot_len = d->length;
        if (packet == NULL) {
            packet = p;
        } else {
            pbuf_cat(packet, p);
        }
        more = !d->last;
        d->address = NULL;
        rx_next = (rx_next + 1) % RX_DESCRIPTORS;
        ++rx_empty;
    }
    return packet;
}

static void rx_poll(struct netif *netif)
{
    struct pbuf *p;
    while ((p = rx_take()) != NULL) {
        rx_refill();
        if (netif->input(p, netif) != ERR_OK) {
            (void)pbuf_free(p);
        }
    }
}

static bool is_answer(const struct pbuf *p);

/* Sends what a chain refers to, received buffers too: the DMA gathers it. */
static err_t tx_send(struct netif *netif, struct pbuf *p)
{
    (void)netif;
    ++mac_sent;
    mac_answers += is_answer(p) ? 1U : 0U;
    return ERR_OK;
}

static err_t driver_init(struct netif *netif)
{
    static const uint8_t address[] = {2, 0, 0, 0, 0, 1};
    netif->name[0] = 's';
    netif->name[1] = 't';
    netif->mtu = 1500;
    netif->hwaddr_len = sizeof address;
    memcpy(netif->hwaddr, address, sizeof address);
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
    netif->output = etharp_output;
    netif->linkoutput = tx_send;
    LWIP_MEMPOOL_INIT(RX_POOL);
    rx_empty = RX_DESCRIPTORS;
    rx_refill();
    return ERR_OK;
}

/* --- the peer: one that sends datagrams to port 7 -------------------------------------------------- */

#define HEADERS 42U /* Ethernet, IPv4, UDP */

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void peer_sends(unsigned number, uint16_t length)
{
    static const uint8_t start[HEADERS] = {2,    0, 0,  0, 0, 1, 2, 0, 0,  0,  0, 2, 8,  0,
                                           0x45, 0, 0,  0, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0,
                                           0,    2, 10, 0, 0, 1, 0, 9, 0,  7,  0, 0, 0,  0};
    static uint8_t frame[HEADERS + 1400];
    memcpy(frame, start, sizeof start);
    put16(frame + 16, 28U + length);
    put16(frame + 38, 8U + length);
    for (unsigned i = 0; i < length; ++i) {
        frame[HEADERS + i] = (uint8_t)(number + i);
    }
    dma_receive(frame, HEADERS + length);
}

static bool is_answer(const struct pbuf *p)
{
    for (unsigned i = 1; i < p->tot_len - HEADERS; ++i) {
        const uint8_t first = pbuf_get_at(p, HEADERS);
        if (pbuf_get_at(p, (u16_t)(HEADERS + i)) != (uint8_t)(first + i)) {
            return false;
        }
    }
    return p->tot_len > HEADERS;
}

/* --- the application: keeps packets, and answers them later ---------------------------------------- */

static struct pbuf *kept[RX_COUNT];
static unsigned kept_count;
static unsigned received;
static bool patient;

static void answer(struct udp_pcb *pcb, struct pbuf *p)
{
    ip_addr_t peer;
    IP_ADDR4(&peer, 10, 0, 0, 2);
    check(udp_sendto(pcb, p, &peer, 9) == ERR_OK, "an answer is sent");
    (void)pbuf_free(p);
}

static void application(void *unused, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                        u16_t port)
{
    (void)unused;
    (void)from;
    (void)port;
    for (const struct pbuf *q = p; q != NULL; q = q->next) {
        check(memp_pool_uses(&memp_RX_POOL, q), "a packet lies in the buffers of the DMA");
    }
    ++received;
    if (patient) {
        kept[kept_count++] = p;
    } else {
        answer(pcb, p);
    }
}

static void answer_the_kept(struct udp_pcb *pcb)
{
    for (unsigned i = 0; i < kept_count; ++i) {
        answer(pcb, kept[i]);
    }
    kept_count = 0;
}

/* --- all of it ------------------------------------------------------------------------------------- */

static size_t free_buffers(void)
{
    cistern_pool_stats_t stats;
    memp_pool_stats(&memp_RX_POOL, &stats);
    return stats.free;
}

static void frames(struct netif *netif, unsigned count, uint16_t length)
{
    for (unsigned i = 0; i < count; ++i) {
        peer_sends(i, length);
        rx_poll(netif);
        sys_check_timeouts();
    }
}

int main(void)
{
    static struct netif netif;
    ip4_addr_t own;
    ip4_addr_t mask;
    ip4_addr_t peer;
    struct eth_addr peer_address = {{2, 0, 0, 0, 0, 2}};
    IP4_ADDR(&own, 10, 0, 0, 1);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&peer, 10, 0, 0, 2);
    lwip_init();
    check(netif_add(&netif, &own, &mask, &peer, NULL, driver_init, ethernet_input) != NULL,
          "netif");
    netif_set_default(&netif);
    netif_set_up(&netif);
    check(etharp_add_static_entry(&peer, &peer_address) == ERR_OK, "the peer's address");
    struct udp_pcb *const pcb = udp_new();
    check(pcb != NULL && udp_bind(pcb, IP_ADDR_ANY, 7) == ERR_OK, "udp");
    udp_recv(pcb, application, NULL);
    mac_sent = 0;

    frames(&netif, 1000, 100);
    frames(&netif, 1000, 1400); /* three buffers each */
    check(received == 2000 && dma_missed == 0, "a driver that keeps pace loses nothing");
    check(mac_answers == 2000 && mac_sent == 2000, "each is answered, byte for byte");
    check(free_buffers() == RX_COUNT - RX_DESCRIPTORS, "the descriptors have their buffers");
    printf("2000 frames in and out without a copy, %u lost\n", dma_missed);

    patient = true;
    frames(&netif, 20, 100);
    check(received == 2000 + RX_COUNT && dma_missed == 20 - RX_COUNT, "an empty pool loses frames");
    check(free_buffers() == 0 && dma_owned() == 0, "the DMA has no buffer left");
    printf("the application kept %u packets: %u frames lost, none damaged\n", kept_count,
           dma_missed);

    answer_the_kept(pcb);
    check(dma_owned() == RX_DESCRIPTORS, "freed buffers are the DMA's again");
    patient = false;
    const unsigned lost = dma_missed;
    frames(&netif, 1000, 1400);
    check(dma_missed == lost && received == 3000 + RX_COUNT, "and reception goes on");
    check(free_buffers() == RX_COUNT - RX_DESCRIPTORS, "no buffer is lost");
    check(lwip_stats.memp[MEMP_PBUF_POOL]->max == 0, "lwIP's own buffers were never used");
    check(cistern_fault_count() == 0, "no misuse is seen");
    printf("then 1000 more, %u lost; 0 errors, 0 leaks\n", dma_missed - lost);
    return 0;
}
