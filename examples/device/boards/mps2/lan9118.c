/* SPDX-License-Identifier: BSD-3-Clause */
/* lan9118.c - a driver for SMSC's LAN9118, driven by its interrupt.
 *
 *   receive   chip's FIFO --words--> frame of the pool = custom pbuf --arrivals--> card_fetch --> stack
 *             interrupt                                                            thread
 *                                          ^------------ pbuf_free, any thread <---------------'
 *   transmit  pbuf --> pbuf --> pbuf       each piece with a command of its own, from where it lies
 *               \        \        \
 *                `--words-`--words-`--> chip's FIFO
 *
 * Vocabulary: a word is 32 bits, as wide as both FIFOs; a piece is the payload of one pbuf; a command
 * is the two words before each piece.
 *
 * Invariant:
 *   (I1) a frame is in one place: free, among the arrivals, or a pbuf to which there is a reference
 *
 * Registers and bits: SMSC LAN9118 datasheet, chapters 3 and 5. */
#include "arrivals.h"
#include "board.h"
#include "card.h"
#include "frames.h"
#include "lwip/def.h"
#include "lwip/netif.h"

/* --- the chip ----------------------------------------------------------------------------------- */

#define LAN_REGISTER(offset) (*(volatile uint32_t *)(BOARD_LAN9118 + (offset)))

#define LAN_RX_DATA     LAN_REGISTER(0x00U)
#define LAN_TX_DATA     LAN_REGISTER(0x20U)
#define LAN_RX_STATUS   LAN_REGISTER(0x40U)
#define LAN_TX_STATUS   LAN_REGISTER(0x48U)
#define LAN_ID          LAN_REGISTER(0x50U)
#define LAN_IRQ_CONFIG  LAN_REGISTER(0x54U)
#define LAN_INT_STATUS  LAN_REGISTER(0x58U)
#define LAN_INT_ENABLE  LAN_REGISTER(0x5CU)
#define LAN_FIFO_LEVELS LAN_REGISTER(0x68U)
#define LAN_RX_CONFIG   LAN_REGISTER(0x6CU)
#define LAN_TX_CONFIG   LAN_REGISTER(0x70U)
#define LAN_HW_CONFIG   LAN_REGISTER(0x74U)
#define LAN_RX_FIFO     LAN_REGISTER(0x7CU)
#define LAN_TX_FIFO     LAN_REGISTER(0x80U)
#define LAN_MAC_COMMAND LAN_REGISTER(0xA4U)
#define LAN_MAC_DATA    LAN_REGISTER(0xA8U)

#define LAN_ID_CHIP           0x0118U     /* upper half of LAN_ID */
#define LAN_HW_RESET          1U          /* LAN_HW_CONFIG */
#define LAN_HW_FIFOS          0x00150000U /* 5 KB for sending, and a bit that must be one */
#define LAN_IRQ_LINE          0x00000111U /* LAN_IRQ_CONFIG: enabled, push-pull, active high */
#define LAN_INT_RECEIVED      0x00000008U /* LAN_INT_*: the RX status FIFO is above its level */
#define LAN_TX_ON             2U          /* LAN_TX_CONFIG */
#define LAN_TX_FIRST          0x2000U     /* command A: the first piece of a frame, the last */
#define LAN_TX_LAST           0x1000U
#define LAN_TX_OFFSET         16U /* command A: bytes of the first word that are not sent */
#define LAN_TX_COMMAND_BYTES  8U
#define LAN_RX_IS_DAMAGED     0x8000U                    /* LAN_RX_STATUS */
#define LAN_RX_LENGTH(status) ((status) >> 16 & 0x3FFFU) /* with the checksum */
#define LAN_RX_WAITING(fifo)  ((fifo) >> 16 & 0xFFU)     /* frames */
#define LAN_TX_REPORTS(fifo)  ((fifo) >> 16 & 0xFFU)
#define LAN_TX_FREE(fifo)     ((fifo)&0xFFFFU) /* bytes */

#define LAN_MAC_BUSY      0x80000000U
#define LAN_MAC_READ      0x40000000U
#define LAN_MAC_CONTROL   1U /* registers of the MAC, behind LAN_MAC_COMMAND */
#define LAN_MAC_HIGH      2U
#define LAN_MAC_LOW       3U
#define LAN_MAC_RUNS      0x0010000CU /* full duplex, receives, transmits */
#define LAN_CHECKSUM_SIZE 4U
#define LAN_WAITS         100000U /* reads of a register until the chip is given up */

static bool lan_wait(volatile uint32_t *address, uint32_t bits)
{
    for (uint32_t i = 0; i < LAN_WAITS; ++i) {
        if ((*address & bits) == 0) {
            return true;
        }
    }
    return false;
}

static void lan_mac_write(uint32_t index, uint32_t value)
{
    LAN_MAC_DATA = value;
    LAN_MAC_COMMAND = LAN_MAC_BUSY | index;
    (void)lan_wait(&LAN_MAC_COMMAND, LAN_MAC_BUSY);
}

static uint32_t lan_mac_read(uint32_t index)
{
    LAN_MAC_COMMAND = LAN_MAC_BUSY | LAN_MAC_READ | index;
    (void)lan_wait(&LAN_MAC_COMMAND, LAN_MAC_BUSY);
    return LAN_MAC_DATA;
}

/* --- the interrupt ------------------------------------------------------------------------------- */

card_counts_t card_counts;
static void (*lan_notify)(void);

/* A frame that is not wanted must leave the FIFO all the same. */
static void lan_discard(uint32_t words)
{
    for (; words > 0; --words) {
        (void)LAN_RX_DATA;
    }
}

static void lan_read(frame_t *frame, uint32_t words, uint32_t length)
{
    for (uint32_t i = 0; i < words; ++i) {
        frame->words[i] = LAN_RX_DATA;
    }
    arrivals_put(frame, (u16_t)(length - LAN_CHECKSUM_SIZE));
}

static void lan_receive(uint32_t status)
{
    const uint32_t length = LAN_RX_LENGTH(status);
    const uint32_t words = (FRAME_PAD + length + 3U) / 4U;
    if ((status & LAN_RX_IS_DAMAGED) != 0 || length > FRAME_BYTES || length <= LAN_CHECKSUM_SIZE) {
        ++card_counts.damaged;
        lan_discard(words);
        return;
    }
    frame_t *const frame = frames_get();
    if (frame == NULL) {
        ++card_counts.dropped;
        lan_discard(words);
        return;
    }
    ++card_counts.received;
    lan_read(frame, words, length);
}

/* The cause is taken back first: a frame that comes during the loop sets it again. */
void card_interrupt(void)
{
    LAN_INT_STATUS = LAN_INT_RECEIVED;
    while (LAN_RX_WAITING(LAN_RX_FIFO) > 0) {
        lan_receive(LAN_RX_STATUS);
    }
    if (lan_notify != NULL) {
        lan_notify();
    }
}

struct pbuf *card_fetch(void)
{
    return arrivals_take();
}

/* --- transmission -------------------------------------------------------------------------------- */

/* What the chip says of frames that it sent must be read, or its FIFO fills. */
static void lan_drain_reports(void)
{
    while (LAN_TX_REPORTS(LAN_TX_FIFO) > 0) {
        (void)LAN_TX_STATUS;
    }
}

/* Bytes that the pieces take in the FIFO: a piece begins and ends with a word of its own. */
static uint32_t lan_fifo_bytes(const struct pbuf *p)
{
    uint32_t bytes = 0;
    for (; p != NULL; p = p->next) {
        bytes += (p->len > 0) ? LAN_TX_COMMAND_BYTES + 4U + p->len + 3U : 0;
    }
    return bytes;
}

/* The first pbuf of a chain from p on that has bytes, or NULL. */
static const struct pbuf *lan_next_piece(const struct pbuf *p)
{
    while (p != NULL && p->len == 0) {
        p = p->next;
    }
    return p;
}

/* Whole words from where the piece lies: the chip leaves out what is before and behind it. Such a word
 * holds a byte of the piece, so that no other memory protection or cache line is touched. */
static void lan_write_piece(const struct pbuf *p, uint32_t flags, uint32_t frame_bytes)
{
    const uintptr_t start = (uintptr_t)p->payload;
    const uint32_t offset = start & 3U;
    const volatile uint32_t *word = (const volatile uint32_t *)(start - offset);
    LAN_TX_DATA = flags | offset << LAN_TX_OFFSET | p->len;
    LAN_TX_DATA = frame_bytes << 16 | frame_bytes;
    for (uint32_t words = (offset + p->len + 3U) / 4U; words > 0; --words) {
        LAN_TX_DATA = *word++;
    }
}

err_t card_send(struct netif *netif, struct pbuf *p)
{
    const uint32_t bytes = p->tot_len;
    (void)netif;
    lan_drain_reports();
    if (bytes == 0 || bytes > FRAME_BYTES - LAN_CHECKSUM_SIZE) {
        ++card_counts.refused;
        return ERR_ARG;
    }
    if (lan_fifo_bytes(p) > LAN_TX_FREE(LAN_TX_FIFO)) {
        ++card_counts.refused;
        return ERR_WOULDBLOCK;
    }
    uint32_t flags = LAN_TX_FIRST;
    for (const struct pbuf *piece = lan_next_piece(p); piece != NULL;) {
        const struct pbuf *const next = lan_next_piece(piece->next);
        lan_write_piece(piece, (next == NULL) ? flags | LAN_TX_LAST : flags, bytes);
        flags = 0;
        piece = next;
    }
    ++card_counts.sent;
    return ERR_OK;
}

/* --- start --------------------------------------------------------------------------------------- */

static void lan_read_address(uint8_t mac[6])
{
    const uint32_t low = lan_mac_read(LAN_MAC_LOW);
    const uint32_t high = lan_mac_read(LAN_MAC_HIGH);
    for (unsigned i = 0; i < 4U; ++i) {
        mac[i] = (uint8_t)(low >> (8U * i));
    }
    mac[4] = (uint8_t)high;
    mac[5] = (uint8_t)(high >> 8);
}

bool card_start(uint8_t mac[6], void (*notify)(void))
{
    if (LAN_ID >> 16 != LAN_ID_CHIP) {
        return false;
    }
    LAN_HW_CONFIG = LAN_HW_RESET;
    if (!lan_wait(&LAN_HW_CONFIG, LAN_HW_RESET)) {
        return false;
    }
    lan_notify = notify;
    LAN_HW_CONFIG = LAN_HW_FIFOS;
    LAN_FIFO_LEVELS = 0; /* an interrupt for the first frame */
    LAN_RX_CONFIG = FRAME_PAD << 8;
    LAN_TX_CONFIG = LAN_TX_ON;
    lan_read_address(mac);
    LAN_INT_STATUS = UINT32_MAX;
    LAN_INT_ENABLE = LAN_INT_RECEIVED;
    LAN_IRQ_CONFIG = LAN_IRQ_LINE;
    lan_mac_write(LAN_MAC_CONTROL, LAN_MAC_RUNS);
    board_enable_card(BOARD_LAN9118_IRQ);
    return true;
}
