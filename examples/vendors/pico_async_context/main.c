/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - lwIP without threads (NO_SYS 1), run from an interrupt: the Pico W's background
 * architecture, its `async_context`, on this library.
 *
 *   chip's interrupt   pbuf_alloc(PBUF_POOL), fill --> ring --> pending
 *   worker (low priority): takes the context's lock; ring --> netif.input; timeouts
 *   main program           takes the context's lock; udp_send ...
 *
 * The lock keeps lwIP's protocols in one context at a time. It does not keep out the chip's
 * interrupt, which allocates meanwhile: pools and heap are kept by SYS_ARCH_PROTECT of arch/cc.h, the
 * heap too, which lwIP's own code leaves open without threads. On a host the interrupts are threads. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cistern/fault.h"
#include "cistern/heap.h"
#include "lwip/init.h"
#include "lwip/ip.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"

#define PACKETS 5000U /* each way */
#define BYTES   200U  /* of a datagram */

static void check(bool condition, const char *what)
{
    if (!condition) {
        printf("FAILED: %s\n", what);
        exit(1);
    }
}

/* --- the board: interrupts off and on, time, random numbers ------------------------------------------ */

static pthread_mutex_t board_lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local uint32_t board_depth;

uint32_t board_off(void)
{
    if (board_depth == 0) {
        (void)pthread_mutex_lock(&board_lock);
    }
    return board_depth++;
}

void board_on(uint32_t state)
{
    board_depth = state;
    if (state == 0) {
        (void)pthread_mutex_unlock(&board_lock);
    }
}

uint32_t board_random(void)
{
    return (uint32_t)rand();
}

u32_t sys_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (u32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

/* --- the asynchronous context: what cyw43_arch_lwip_begin and _end are -------------------------------- */

static pthread_mutex_t context_lock = PTHREAD_MUTEX_INITIALIZER;
static bool pending; /* the worker has something to do */
static bool ended;
static unsigned context_owners; /* at most 1 */

static void context_begin(void)
{
    (void)pthread_mutex_lock(&context_lock);
    check(++context_owners == 1, "one context at a time");
}

static void context_end(void)
{
    --context_owners;
    (void)pthread_mutex_unlock(&context_lock);
}

/* From any interrupt: the worker runs when the lock is free. */
static void context_set_pending(void)
{
    __atomic_store_n(&pending, true, __ATOMIC_RELEASE);
}

/* --- the chip: its interrupt hands packets over ------------------------------------------------------- */

#define RING 16U

static struct netif chip;
static struct pbuf *ring[RING];
static unsigned ring_first;
static unsigned ring_count;
static unsigned chip_lost; /* no buffer, or no room */
static unsigned chip_sent;

static bool ring_put(struct pbuf *p)
{
    const uint32_t state = board_off();
    const bool fits = ring_count < RING;
    if (fits) {
        ring[(ring_first + ring_count++) % RING] = p;
    }
    board_on(state);
    return fits;
}

static struct pbuf *ring_get(void)
{
    struct pbuf *p = NULL;
    const uint32_t state = board_off();
    if (ring_count > 0) {
        p = ring[ring_first];
        ring_first = (ring_first + 1) % RING;
        --ring_count;
    }
    board_on(state);
    return p;
}

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* A datagram from 10.0.0.2 to port 7; no checksum of UDP, that of IP is made. */
static void chip_write(struct pbuf *p, unsigned number)
{
    uint8_t header[28] = {0x45, 0, 0, 0, 0,  0, 0, 0, 64, 17, 0, 0,
                          10,   0, 0, 2, 10, 0, 0, 1, 0,  9,  0, 7};
    put16(header + 2, 28 + BYTES);
    put16(header + 24, 8 + BYTES);
    unsigned sum = 0;
    for (unsigned i = 0; i < 20; i += 2) {
        sum += (unsigned)header[i] << 8 | header[i + 1];
    }
    put16(header + 10, ~((sum & 0xffffU) + (sum >> 16)));
    check(pbuf_take(p, header, sizeof header) == ERR_OK, "headers");
    for (unsigned i = 0; i < BYTES; ++i) {
        pbuf_put_at(p, (u16_t)(28 + i), (u8_t)(number + i));
    }
}

/* The interrupt: allocates, whatever the main program does in that moment. */
static void chip_interrupt(unsigned number)
{
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 28 + BYTES, PBUF_POOL);
    if (p == NULL) {
        ++chip_lost;
        return;
    }
    chip_write(p, number);
    if (!ring_put(p)) {
        ++chip_lost;
        (void)pbuf_free(p);
    }
    context_set_pending();
}

static err_t chip_output(struct netif *netif, struct pbuf *p, const ip4_addr_t *to)
{
    (void)netif;
    (void)to;
    check(p->next == NULL, "a packet is one buffer: LWIP_NETIF_TX_SINGLE_PBUF");
    ++chip_sent;
    return ERR_OK;
}

static err_t chip_init(struct netif *netif)
{
    netif->name[0] = 'w';
    netif->name[1] = 'l';
    netif->mtu = 1500;
    netif->output = chip_output;
    return ERR_OK;
}

/* --- the contexts ------------------------------------------------------------------------------------- */

static void *interrupts(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < PACKETS; ++i) {
        chip_interrupt(i);
        if (i % 8 == 0) {
            const struct timespec pause = {0, 50000};
            (void)nanosleep(&pause, NULL);
        }
    }
    return NULL;
}

static void worker_step(void)
{
    struct pbuf *p;
    context_begin();
    while ((p = ring_get()) != NULL) {
        if (chip.input(p, &chip) != ERR_OK) {
            (void)pbuf_free(p);
        }
    }
    sys_check_timeouts();
    context_end();
}

static void *worker(void *unused)
{
    (void)unused;
    while (!__atomic_load_n(&ended, __ATOMIC_ACQUIRE)) {
        if (__atomic_exchange_n(&pending, false, __ATOMIC_ACQ_REL)) {
            worker_step();
        } else {
            const struct timespec pause = {0, 10000};
            (void)nanosleep(&pause, NULL);
        }
    }
    worker_step();
    return NULL;
}

static unsigned received;

static void echo(void *unused, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                 u16_t port)
{
    (void)unused;
    const u8_t first = pbuf_get_at(p, 0);
    check(p->tot_len == BYTES, "a datagram has its length");
    for (unsigned i = 0; i < BYTES; ++i) {
        check(pbuf_get_at(p, (u16_t)i) == (u8_t)(first + i), "a datagram has its bytes");
    }
    ++received;
    (void)udp_sendto(pcb, p, from, port);
    (void)pbuf_free(p);
}

/* The main program: packets from the heap, which no interrupt may damage meanwhile. */
static unsigned main_program(struct udp_pcb *pcb, const ip_addr_t *peer)
{
    unsigned sent = 0;
    for (unsigned i = 0; i < PACKETS; ++i) {
        struct pbuf *const p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)(20 + i % 300), PBUF_RAM);
        check(p != NULL, "memory for a datagram");
        memset(p->payload, (int)(i & 0xffU), p->len);
        context_begin();
        sent += udp_sendto(pcb, p, peer, 9) == ERR_OK;
        context_end();
        (void)pbuf_free(p);
    }
    return sent;
}

int main(void)
{
    ip4_addr_t own;
    ip4_addr_t mask;
    ip_addr_t peer;
    pthread_t threads[2];
    IP4_ADDR(&own, 10, 0, 0, 1);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP_ADDR4(&peer, 10, 0, 0, 2);
    lwip_init();
    check(netif_add(&chip, &own, &mask, &own, NULL, chip_init, ip_input) != NULL, "netif");
    netif_set_default(&chip);
    netif_set_up(&chip);
    netif_set_link_up(&chip);
    struct udp_pcb *const pcb = udp_new();
    check(pcb != NULL && udp_bind(pcb, IP_ADDR_ANY, 7) == ERR_OK, "udp");
    udp_recv(pcb, echo, NULL);

    check(pthread_create(&threads[0], NULL, worker, NULL) == 0, "worker");
    check(pthread_create(&threads[1], NULL, interrupts, NULL) == 0, "interrupts");
    const unsigned sent = main_program(pcb, &peer);
    (void)pthread_join(threads[1], NULL);
    __atomic_store_n(&ended, true, __ATOMIC_RELEASE);
    (void)pthread_join(threads[0], NULL);

    cistern_heap_stats_t heap;
    cistern_heap_stats(mem_heap(), &heap);
    check(received + chip_lost == PACKETS && received > 0, "each packet is received or counted");
    check(sent == PACKETS && chip_sent >= sent, "each datagram is sent");
    check(heap.blocks == 0 && cistern_heap_check(mem_heap()), "the heap is whole and empty");
    check(lwip_stats.memp[MEMP_PBUF_POOL]->used == 0, "each buffer is back");
    check(memp_pool_check(memp_pools[MEMP_PBUF_POOL]), "the pool is whole");
    check(cistern_fault_count() == 0, "no misuse is seen");
    printf("%u packets from an interrupt, %u sent beside it; 0 errors, 0 leaks\n", PACKETS,
           chip_sent);
    return 0;
}
