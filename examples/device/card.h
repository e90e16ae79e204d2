/* SPDX-License-Identifier: BSD-3-Clause */
/* card.h - what the firmware asks of its network card's driver, which copies no frame in memory.
 *
 *   boards/mps2/lan9118.c      a chip with FIFOs: the interrupt reads a frame
 *   boards/virt/virtio_net.c   a card with descriptors in memory: frames wait in them to be filled */
#ifndef DEVICE_CARD_H
#define DEVICE_CARD_H

#include <stdbool.h>
#include <stdint.h>

#include "lwip/err.h"
#include "lwip/pbuf.h"

struct netif;

/* Events since start. Each is written in one context and may be read in any. */
typedef struct card_counts {
    uint32_t received; /* frames handed to the stack */
    uint32_t dropped;  /* received, but no frame was free */
    uint32_t damaged;  /* received with an error, or too long */
    uint32_t sent;
    uint32_t refused; /* not sent: longer than a frame, or the card had no place for it */
} card_counts_t;

extern card_counts_t card_counts;

/* Resets the card and starts reception; false if there is none. `mac` becomes its hardware address.
 * `notify`, which may be NULL, is called in the interrupt after frames have come. Thread, once. */
bool card_start(uint8_t mac[6], void (*notify)(void));

/* Takes the frame that was received first, or NULL; the caller owns the reference. Constant time. One
 * thread. */
struct pbuf *card_fetch(void);

/* lwIP's linkoutput: hands a chain to the card, piece by piece. Fails if it is longer than a frame
 * (ERR_ARG), or the card has no place for it (ERR_WOULDBLOCK); nothing is then sent. Linear in its
 * bytes. One thread, that of card_fetch. The chain stays the caller's; a driver that reads it later
 * takes a reference of its own. */
err_t card_send(struct netif *netif, struct pbuf *p);

#endif
