/* SPDX-License-Identifier: BSD-3-Clause */
/* lan9118.h - a driver for SMSC's LAN9118 that copies no frame beyond the chip's own FIFOs. */
#ifndef DEVICE_LAN9118_H
#define DEVICE_LAN9118_H

#include <stdbool.h>
#include <stdint.h>

#include "lwip/err.h"
#include "lwip/pbuf.h"

struct netif;

/* Events since start. Each is written in one context and may be read in any. */
typedef struct lan9118_counts {
    uint32_t received; /* frames handed to the stack */
    uint32_t dropped;  /* received, but no frame was free */
    uint32_t damaged;  /* received with an error, or too long */
    uint32_t sent;
    uint32_t refused; /* not sent: longer than a frame, or the chip's FIFO was full */
} lan9118_counts_t;

extern lan9118_counts_t lan9118_counts;

/* Resets the chip and starts reception; false if there is no LAN9118. `mac` becomes its hardware
 * address. `notify`, which may be NULL, is called in the interrupt after frames have come. Thread, once. */
bool lan9118_start(uint8_t mac[6], void (*notify)(void));

/* Takes the frame that was received first, or NULL; the caller owns the reference. Constant time. One
 * thread. */
struct pbuf *lan9118_fetch(void);

/* True if lan9118_fetch would give a frame. Any context. */
bool lan9118_has_frame(void);

/* lwIP's linkoutput: writes a chain into the chip's FIFO, piece by piece. Fails if it is longer than a
 * frame (ERR_ARG), or the FIFO has no place for it (ERR_WOULDBLOCK); nothing is then sent. Linear in
 * its bytes. One thread. The chain stays the caller's. */
err_t lan9118_send(struct netif *netif, struct pbuf *p);

#endif
