/* SPDX-License-Identifier: BSD-3-Clause */
/* device.c - an Ethernet interface on the card, lwIP's HTTP server on it, and what runs them.
 *
 *   NO_SYS 1   interrupt --ring--> main loop: fetch, ethernet_input, timeouts, sleep
 *   NO_SYS 0   interrupt --ring--> lwIP's thread: fetch, ethernet_input
 *                       \-message--^                                             */
#include "device.h"

#include "arrivals.h"
#include "board.h"
#include "card.h"
#include "frames.h"
#include "lwip/apps/httpd.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"
#include "trace.h"

static struct netif device_netif;

/* --- the interface ------------------------------------------------------------------------------- */

#if NO_SYS

static void (*const device_notify)(void) = NULL;

static void device_prepare_notices(void) {}

#else

/* One message for any number of frames: it is on its way, or may be sent. */
static struct tcpip_callback_msg *device_message;
static volatile bool device_is_notified;

#    define DEVICE_RETRY_MS 20U /* after an interrupt that found lwIP's mailbox full */

static void device_receive(void);

static void device_receive_message(void *argument)
{
    (void)argument;
    device_is_notified = false; /* before the ring is read: a later frame brings its own message */
    device_receive();
}

static void device_receive_late(void *argument)
{
    sys_timeout(DEVICE_RETRY_MS, device_receive_late, argument);
    device_receive();
}

/* Interrupt. */
static void device_notify(void)
{
    if (!device_is_notified) {
        device_is_notified = true;
        device_is_notified = tcpip_callbackmsg_trycallback_fromisr(device_message) == ERR_OK;
    }
}

static void device_prepare_notices(void)
{
    device_message = tcpip_callbackmsg_new(device_receive_message, NULL);
    device_receive_late(NULL);
}

#endif

/* Frames that lie out of order may be all frames there are: the one that all of them wait for could then
 * never come in. What lies out of order is sent again. */
static void device_free_out_of_order(void)
{
    static uint32_t dropped;
    if (dropped == card_counts.dropped) {
        return;
    }
    dropped = card_counts.dropped;
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb != NULL; pcb = pcb->next) {
        tcp_free_ooseq(pcb);
    }
}

/* At most as many frames as there are: those that come meanwhile have an interrupt of their own, and the
 * rest of the firmware has its turn. */
static void device_receive(void)
{
    device_free_out_of_order();
    for (unsigned i = 0; i < DEVICE_FRAMES; ++i) {
        struct pbuf *const p = card_fetch();
        if (p == NULL) {
            return;
        }
        if (device_netif.input(p, &device_netif) != ERR_OK) {
            pbuf_free(p);
        }
    }
}

static err_t device_init_netif(struct netif *netif)
{
    netif->name[0] = 'e';
    netif->name[1] = 'n';
    netif->mtu = 1500;
    netif->hwaddr_len = 6;
    netif->flags =
        NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    netif->output = etharp_output;
    netif->linkoutput = card_send;
    device_prepare_notices();
    if (!card_start(netif->hwaddr, device_notify)) {
        board_panic("there is no network card", __FILE__, __LINE__);
    }
    return ERR_OK;
}

/* --- the firmware -------------------------------------------------------------------------------- */

/* Addresses are those of QEMU's user-mode network. */
static void device_start_servers(void *argument)
{
    ip4_addr_t address, mask, gateway;
    (void)argument;
    IP4_ADDR(&address, 10, 0, 2, 15);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 10, 0, 2, 2);
    frames_start();
    (void)netif_add(&device_netif, &address, &mask, &gateway, NULL, device_init_netif,
                    ethernet_input);
    netif_set_default(&device_netif);
    netif_set_up(&device_netif);
    httpd_init();
    upload_start();
    board_print("ready\n");
}

#if NO_SYS

/* Interrupts are masked between the last test and the sleep, so that none slips in between; a masked
 * one ends the sleep, too. */
static void device_sleep(void)
{
    board_mask();
    if (!arrivals_any()) {
        board_sleep();
    }
    board_unmask();
}

_Noreturn void device_loop(void)
{
    trace_start();
    lwip_init();
    device_start_servers(NULL);
    for (;;) {
        device_receive();
        sys_check_timeouts();
        trace_drain();
        device_sleep();
    }
}

#else

void device_start(void)
{
    trace_start();
    tcpip_init(device_start_servers, NULL);
    echo_start();
}

#endif
