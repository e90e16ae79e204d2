/* SPDX-License-Identifier: BSD-3-Clause */
/* virtio_net.c - a driver for virtio's network card, whose queues lie in memory.
 *
 *   receive   frame in a descriptor --filled by the card--> custom pbuf --arrivals--> card_fetch --> stack
 *             another free frame takes its place: interrupt                           thread
 *   transmit  pbuf --> pbuf --> pbuf       each piece in a descriptor, from where it lies; the packet has
 *             a reference until the card is done, which card_send and card_fetch look for
 *
 * Vocabulary: a place is what the card fills or reads as one: two descriptors of the receive queue (the
 * card's header, a frame), or a chain of the transmit queue (header, pieces). A queue's driver ring says
 * which places the card may use, its device ring which it has used.
 *
 * Invariants:
 *   (I1) each place of the receive queue has a frame, which is the card's: none, once the pool is empty,
 *        is handed over without another that takes its place
 *   (I2) the interrupt moves the receive queue, one thread the transmit queue
 *   (I3) net_packets[d] is the packet whose chain begins at descriptor d, with a reference, or NULL;
 *        descriptors that are in no chain are linked from net_free on
 *
 * Registers, rings and bits: Virtual I/O Device (VIRTIO) 1.1, chapters 2.6, 4.2 and 5.1. */
#include <stddef.h>
#include <string.h>

#include "arrivals.h"
#include "board.h"
#include "card.h"
#include "frames.h"
#include "lwip/netif.h"

/* --- registers ----------------------------------------------------------------------------------- */

#define NET_MAGIC           0x000U /* "virt" */
#define NET_VERSION         0x004U
#define NET_KIND            0x008U
#define NET_FEATURES        0x020U /* of the driver, those of NET_FEATURES_WORD */
#define NET_FEATURES_WORD   0x024U
#define NET_QUEUE           0x030U /* which queue the following ones are of */
#define NET_QUEUE_SIZE      0x038U
#define NET_QUEUE_READY     0x044U
#define NET_NOTIFY          0x050U
#define NET_INT_STATUS      0x060U
#define NET_INT_ACKNOWLEDGE 0x064U
#define NET_STATUS          0x070U
#define NET_DESCRIPTORS     0x080U /* 64 bits each */
#define NET_DRIVER_RING     0x090U
#define NET_DEVICE_RING     0x0A0U
#define NET_MAC             0x100U

#define NET_IS_VIRTIO    0x74726976U /* NET_MAGIC */
#define NET_IS_MODERN    2U          /* NET_VERSION */
#define NET_IS_A_CARD    1U          /* NET_KIND */
#define NET_HAS_MAC      0x20U       /* features 0 to 31 */
#define NET_VERSION_1    1U          /* features 32 to 63 */
#define NET_ACKNOWLEDGED 1U          /* NET_STATUS */
#define NET_HAS_DRIVER   2U
#define NET_DRIVER_RUNS  4U
#define NET_FEATURES_FIT 8U

static uintptr_t net_base;

static uint32_t net_read(uint32_t offset)
{
    return *(volatile uint32_t *)(net_base + offset);
}

static void net_write(uint32_t offset, uint32_t value)
{
    *(volatile uint32_t *)(net_base + offset) = value;
}

/* --- queues -------------------------------------------------------------------------------------- */

enum { NET_RECEIVE, NET_TRANSMIT };

#define NET_PLACES  8U /* frames that wait for the card; they come from DEVICE_FRAMES */
#define NET_RX_SIZE (2U * NET_PLACES) /* descriptors: a power of two */
#define NET_TX_SIZE 64U
#define NET_NONE    UINT16_MAX /* behind the last free descriptor */
#define NET_WAITS   1000000U   /* looks for a descriptor until a packet is refused */

#define NET_GOES_ON    1U /* flags of a descriptor: another follows; the card writes it */
#define NET_IS_WRITTEN 2U
#define NET_SILENT     1U /* of a driver ring: no interrupts */

_Static_assert(DEVICE_FRAMES > NET_PLACES,
               "DEVICE_FRAMES must be more than the card has places for");

typedef struct net_descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags;
    uint16_t next;
} net_descriptor_t;

typedef struct net_used {
    uint32_t place;
    uint32_t length;
} net_used_t;

/* Rings of the larger size serve both queues. */
typedef struct net_driver_ring {
    uint16_t flags;
    uint16_t index; /* how many were put since start */
    uint16_t places[NET_TX_SIZE];
} net_driver_ring_t;

typedef struct net_device_ring {
    uint16_t flags;
    uint16_t index;
    net_used_t used[NET_TX_SIZE];
} net_device_ring_t;

typedef struct net_queue {
    _Alignas(16) net_descriptor_t descriptors[NET_TX_SIZE];
    net_driver_ring_t offered;
    volatile _Alignas(4) net_device_ring_t done;
    uint16_t size;
    uint16_t seen; /* of done.index */
} net_queue_t;

/* What comes before each frame; zeros when sending: no checksum, no large segments. */
typedef struct net_header {
    uint8_t bytes[12];
} net_header_t;

static net_queue_t net_queues[2];

/* The card sees what was written before, and what it wrote before is seen. */
static void net_fence(void)
{
    __asm__ volatile("fence iorw, iorw" : : : "memory");
}

static net_descriptor_t net_describe(const void *start, uint32_t length, uint16_t flags,
                                     uint16_t next)
{
    return (net_descriptor_t){(uintptr_t)start, length, flags, next};
}

static void net_offer(net_queue_t *queue, uint16_t place)
{
    queue->offered.places[queue->offered.index % queue->size] = place;
    net_fence();
    ++queue->offered.index;
}

/* Takes what the card used first; false if it has used nothing more. */
static bool net_take(net_queue_t *queue, net_used_t *used)
{
    if (queue->seen == queue->done.index) {
        return false;
    }
    net_fence();
    *used = queue->done.used[queue->seen % queue->size];
    ++queue->seen;
    return true;
}

static void net_notify(uint32_t queue)
{
    net_fence();
    net_write(NET_NOTIFY, queue);
}

/* --- reception: the interrupt --------------------------------------------------------------------- */

card_counts_t card_counts;
static void (*net_arrived)(void);
static net_header_t net_headers[NET_PLACES];
static frame_t *net_frames[NET_PLACES];

static void net_offer_frame(unsigned place, frame_t *frame)
{
    net_queue_t *const queue = &net_queues[NET_RECEIVE];
    const uint16_t first = (uint16_t)(2U * place);
    net_frames[place] = frame;
    queue->descriptors[first] = net_describe(&net_headers[place], sizeof(net_header_t),
                                             NET_IS_WRITTEN | NET_GOES_ON, (uint16_t)(first + 1U));
    queue->descriptors[first + 1U] =
        net_describe((uint8_t *)frame->words + FRAME_PAD, FRAME_BYTES, NET_IS_WRITTEN, 0);
    net_offer(queue, first);
}

/* (I1) */
static void net_receive(const net_used_t *used)
{
    const unsigned place = used->place / 2U;
    frame_t *frame = net_frames[place];
    if (used->length <= sizeof(net_header_t) || used->length > sizeof(net_header_t) + FRAME_BYTES) {
        ++card_counts.damaged;
        net_offer_frame(place, frame);
        return;
    }
    frame_t *const next = frames_get();
    if (next == NULL) {
        ++card_counts.dropped;
        net_offer_frame(place, frame);
        return;
    }
    ++card_counts.received;
    arrivals_put(frame, (u16_t)(used->length - sizeof(net_header_t)));
    net_offer_frame(place, next);
}

void card_interrupt(void)
{
    net_used_t used;
    net_write(NET_INT_ACKNOWLEDGE, net_read(NET_INT_STATUS));
    while (net_take(&net_queues[NET_RECEIVE], &used)) {
        net_receive(&used);
    }
    net_notify(NET_RECEIVE);
    if (net_arrived != NULL) {
        net_arrived();
    }
}

/* --- transmission: one thread --------------------------------------------------------------------- */

static const net_header_t net_no_header;
static struct pbuf *net_packets[NET_TX_SIZE];
static uint16_t net_free;
static unsigned net_free_count;

/* Takes a free descriptor: there must be one. */
static uint16_t net_take_descriptor(void)
{
    const uint16_t taken = net_free;
    net_free = net_queues[NET_TRANSMIT].descriptors[taken].next;
    --net_free_count;
    return taken;
}

/* Gives the descriptors of a chain back. */
static void net_free_chain(uint16_t first)
{
    net_descriptor_t *const descriptors = net_queues[NET_TRANSMIT].descriptors;
    uint16_t last = first;
    ++net_free_count;
    for (; (descriptors[last].flags & NET_GOES_ON) != 0; last = descriptors[last].next) {
        ++net_free_count;
    }
    descriptors[last].next = net_free;
    net_free = first;
}

/* Lets go of the packets that the card has read. */
static void net_reclaim(void)
{
    net_used_t used;
    while (net_take(&net_queues[NET_TRANSMIT], &used)) {
        struct pbuf *const p = net_packets[used.place];
        net_packets[used.place] = NULL;
        net_free_chain((uint16_t)used.place);
        (void)pbuf_free(p);
    }
}

static bool net_wait_for_place(unsigned count)
{
    for (uint32_t i = 0; i < NET_WAITS && net_free_count < count; ++i) {
        net_reclaim();
    }
    return net_free_count >= count;
}

static unsigned net_count_pieces(const struct pbuf *p)
{
    unsigned count = 0;
    for (; p != NULL; p = p->next) {
        count += (p->len > 0) ? 1U : 0;
    }
    return count;
}

/* Header and pieces, one behind the other; the first descriptor. */
static uint16_t net_describe_chain(const struct pbuf *p)
{
    net_descriptor_t *const descriptors = net_queues[NET_TRANSMIT].descriptors;
    const uint16_t first = net_take_descriptor();
    uint16_t last = first;
    descriptors[first] = net_describe(&net_no_header, sizeof net_no_header, 0, NET_NONE);
    for (; p != NULL; p = p->next) {
        if (p->len > 0) {
            const uint16_t next = net_take_descriptor();
            descriptors[next] = net_describe(p->payload, p->len, 0, NET_NONE);
            descriptors[last].flags = NET_GOES_ON;
            descriptors[last].next = next;
            last = next;
        }
    }
    return first;
}

err_t card_send(struct netif *netif, struct pbuf *p)
{
    const unsigned pieces = net_count_pieces(p);
    (void)netif;
    net_reclaim();
    if (p->tot_len == 0 || p->tot_len > FRAME_BYTES || pieces >= NET_TX_SIZE) {
        ++card_counts.refused;
        return ERR_ARG;
    }
    if (!net_wait_for_place(pieces + 1U)) {
        ++card_counts.refused;
        return ERR_WOULDBLOCK;
    }
    const uint16_t first = net_describe_chain(p);
    pbuf_ref(p);
    net_packets[first] = p;
    net_offer(&net_queues[NET_TRANSMIT], first);
    net_notify(NET_TRANSMIT);
    ++card_counts.sent;
    return ERR_OK;
}

struct pbuf *card_fetch(void)
{
    net_reclaim();
    return arrivals_take();
}

/* --- start --------------------------------------------------------------------------------------- */

static void net_write_address(uint32_t offset, const volatile void *address)
{
    net_write(offset, (uint32_t)(uintptr_t)address);
    net_write(offset + 4U, 0);
}

static void net_start_queue(uint32_t number, uint16_t size)
{
    net_queue_t *const queue = &net_queues[number];
    queue->size = size;
    net_write(NET_QUEUE, number);
    net_write(NET_QUEUE_SIZE, size);
    net_write_address(NET_DESCRIPTORS, queue->descriptors);
    net_write_address(NET_DRIVER_RING, &queue->offered);
    net_write_address(NET_DEVICE_RING, &queue->done);
    net_write(NET_QUEUE_READY, 1);
}

static void net_link_free_descriptors(void)
{
    net_queues[NET_TRANSMIT].offered.flags = NET_SILENT;
    for (uint16_t i = 0; i < NET_TX_SIZE; ++i) {
        net_queues[NET_TRANSMIT].descriptors[i].next = (uint16_t)(i + 1U);
    }
    net_queues[NET_TRANSMIT].descriptors[NET_TX_SIZE - 1U].next = NET_NONE;
    net_free_count = NET_TX_SIZE;
}

/* The number of the place that holds a card, or BOARD_VIRTIO_COUNT. */
static unsigned net_find(void)
{
    for (unsigned i = 0; i < BOARD_VIRTIO_COUNT; ++i) {
        net_base = BOARD_VIRTIO + i * BOARD_VIRTIO_STEP;
        if (net_read(NET_MAGIC) == NET_IS_VIRTIO && net_read(NET_VERSION) == NET_IS_MODERN &&
            net_read(NET_KIND) == NET_IS_A_CARD) {
            return i;
        }
    }
    return BOARD_VIRTIO_COUNT;
}

static bool net_agree(void)
{
    net_write(NET_STATUS, 0);
    net_write(NET_STATUS, NET_ACKNOWLEDGED | NET_HAS_DRIVER);
    net_write(NET_FEATURES_WORD, 0);
    net_write(NET_FEATURES, NET_HAS_MAC);
    net_write(NET_FEATURES_WORD, 1);
    net_write(NET_FEATURES, NET_VERSION_1);
    net_write(NET_STATUS, NET_ACKNOWLEDGED | NET_HAS_DRIVER | NET_FEATURES_FIT);
    return (net_read(NET_STATUS) & NET_FEATURES_FIT) != 0;
}

bool card_start(uint8_t mac[6], void (*notify)(void))
{
    const unsigned found = net_find();
    if (found == BOARD_VIRTIO_COUNT || !net_agree()) {
        return false;
    }
    net_arrived = notify;
    net_link_free_descriptors();
    net_start_queue(NET_RECEIVE, NET_RX_SIZE);
    net_start_queue(NET_TRANSMIT, NET_TX_SIZE);
    for (unsigned i = 0; i < NET_PLACES; ++i) {
        net_offer_frame(i, frames_get());
    }
    for (unsigned i = 0; i < 6U; ++i) {
        mac[i] = *(volatile uint8_t *)(net_base + NET_MAC + i);
    }
    net_write(NET_STATUS, NET_ACKNOWLEDGED | NET_HAS_DRIVER | NET_FEATURES_FIT | NET_DRIVER_RUNS);
    net_notify(NET_RECEIVE);
    board_enable_card(BOARD_VIRTIO_IRQ + found);
    return true;
}
