/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - the firmware that is measured: lwIP's TCP echo over its loop interface, in one loop.
 *
 *   client --tcp_write--> loop interface --recv--> server --tcp_write--> loop interface --recv-->
 * client
 *
 * The client connects, sends TOTAL bytes as fast as its send buffer allows, compares what comes
 * back and closes. The transfer is the second stretch between the marks; the first is empty, to be
 * subtracted. main returns 0 only when every byte came back, no memory is left in use and no fault
 * was seen.
 */
#include <stdbool.h>
#include <stdint.h>

#include "lwip/init.h"
#include "lwip/mem.h"
#include "lwip/netif.h"
#include "lwip/stats.h"
#include "lwip/tcp.h"
#include "lwip/timeouts.h"
#include "target/marks.h"

#ifdef BENCH_OURS
#    include "cistern/fault.h"
#else
static unsigned long cistern_fault_count(void)
{
    return 0;
}
#endif

#define PORT   7
#define TOTAL  16384U
#define PIECE  256U
#define ROUNDS 10000U /* the loop gives up */

static u32_t now;
static u32_t sent;
static u32_t received;
static bool differs;
static unsigned closed; /* of the two sides */

/* One loop is one millisecond: the run is the same on every host. */
u32_t sys_now(void)
{
    return now;
}

uint32_t cistern_bare_random(void);
uint32_t cistern_bare_random(void)
{
    return 0x12345678U;
}

uint32_t bench_random(void);
uint32_t bench_random(void)
{
    return 0x12345678U;
}

static u8_t byte_at(u32_t offset)
{
    return (u8_t)(offset * 31U >> 3);
}

/* --- server ----------------------------------------------------------------------------------- */

/* A segment that the send buffer does not hold stays with lwIP, which offers it again. */
static err_t server_receives(void *argument, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    (void)argument;
    (void)error;
    if (p == NULL) {
        ++closed;
        return tcp_close(pcb);
    }
    if (tcp_sndbuf(pcb) < p->tot_len ||
        tcp_write(pcb, p->payload, p->len, TCP_WRITE_FLAG_COPY) != ERR_OK) {
        return ERR_MEM;
    }
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return tcp_output(pcb);
}

static err_t server_accepts(void *argument, struct tcp_pcb *pcb, err_t error)
{
    (void)argument;
    (void)error;
    tcp_recv(pcb, server_receives);
    return ERR_OK;
}

/* --- client ----------------------------------------------------------------------------------- */

static void client_sends(struct tcp_pcb *pcb)
{
    u8_t piece[PIECE];
    while (sent < TOTAL && tcp_sndbuf(pcb) >= PIECE) {
        for (u32_t i = 0; i < PIECE; ++i) {
            piece[i] = byte_at(sent + i);
        }
        if (tcp_write(pcb, piece, PIECE, TCP_WRITE_FLAG_COPY) != ERR_OK) {
            break;
        }
        sent += PIECE;
    }
    (void)tcp_output(pcb);
}

static void compare(const u8_t *bytes, u16_t length)
{
    for (u16_t i = 0; i < length; ++i) {
        differs = differs || bytes[i] != byte_at(received + i);
    }
    received += length;
}

static err_t client_receives(void *argument, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    (void)argument;
    (void)error;
    if (p == NULL) {
        return ERR_OK;
    }
    for (const struct pbuf *q = p; q != NULL; q = q->next) {
        compare(q->payload, q->len);
    }
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    if (received == TOTAL) {
        ++closed;
        return tcp_close(pcb);
    }
    client_sends(pcb);
    return ERR_OK;
}

static err_t client_may_send(void *argument, struct tcp_pcb *pcb, u16_t length)
{
    (void)argument;
    (void)length;
    client_sends(pcb);
    return ERR_OK;
}

static err_t client_connected(void *argument, struct tcp_pcb *pcb, err_t error)
{
    (void)argument;
    (void)error;
    tcp_recv(pcb, client_receives);
    tcp_sent(pcb, client_may_send);
    client_sends(pcb);
    return ERR_OK;
}

/* --- the program ------------------------------------------------------------------------------ */

static void start(void)
{
    ip_addr_t loop;
    struct tcp_pcb *const server = tcp_new();
    IP_ADDR4(&loop, 127, 0, 0, 1);
    (void)tcp_bind(server, &loop, PORT);
    tcp_accept(tcp_listen(server), server_accepts);
    (void)tcp_connect(tcp_new(), &loop, PORT, client_connected);
}

/* Goes on after both sides have closed, until what they sent last has arrived. */
static void transfer(void)
{
    u32_t rest = 10;
    start();
    for (; now < ROUNDS && rest > 0; ++now) {
        netif_poll_all();
        sys_check_timeouts();
        rest -= (closed == 2) ? 1U : 0U;
    }
}

int main(void)
{
    trace_begin();
    trace_end();
    lwip_init();
    trace_begin();
    transfer();
    trace_end();
    if (received != TOTAL || differs || closed != 2) {
        return 1;
    }
    return (lwip_stats.mem.used != 0 || cistern_fault_count() != 0) ? 2 : 0;
}
