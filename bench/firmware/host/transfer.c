/* SPDX-License-Identifier: BSD-3-Clause */
/* transfer.c - one transfer through lwIP on the host: transfer bulk | http | udp.
 *
 *   client --tcp, udp--> wire: a copy in PBUF_POOL, as a driver makes --ip4_input--> server, and
 * back
 *
 * The interface sends to its own address, so that both ends are in one stack. bulk: one connection
 * carries BULK bytes one way. http: REQUESTS connections, each with a request of 96 bytes and an
 * answer of ANSWER bytes from constant memory. udp: DATAGRAMS of 512 bytes are sent and answered.
 * callgrind counts inside transfer() only. The status is 0 only when every byte arrived, no memory
 * of the heap is left in use and no fault was seen.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lwip/init.h"
#include "lwip/ip.h"
#include "lwip/mem.h"
#include "lwip/netif.h"
#include "lwip/stats.h"
#include "lwip/tcp.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"

#ifdef BENCH_OURS
#    include "cistern/fault.h"
#else
static unsigned long cistern_fault_count(void)
{
    return 0;
}
#endif

#define PORT      80
#define BULK      (8U * 1024U * 1024U)
#define REQUESTS  200U
#define REQUEST   96U
#define ANSWER    2048U
#define DATAGRAMS 5000U
#define DATAGRAM  512U
#define WIRE      64U
#define ROUNDS    1000000U

static u32_t now;
static u32_t received; /* bytes that arrived at their last user */
static u32_t expected;
static u32_t open_sides;
static u8_t content[ANSWER];
static ip_addr_t address;
static struct netif interface;

u32_t sys_now(void)
{
    return now;
}

uint32_t bench_random(void);
uint32_t bench_random(void)
{
    return 0x12345678U;
}

/* --- wire ------------------------------------------------------------------------------------- */

static struct pbuf *wire[WIRE];
static unsigned wire_first;
static unsigned wire_count;

static err_t wire_send(struct netif *netif, struct pbuf *p, const ip4_addr_t *to)
{
    (void)netif;
    (void)to;
    struct pbuf *const frame = pbuf_alloc(PBUF_RAW, p->tot_len, PBUF_POOL);
    if (frame == NULL || wire_count == WIRE) {
        return ERR_MEM;
    }
    if (pbuf_copy(frame, p) != ERR_OK) {
        return ERR_BUF;
    }
    wire[(wire_first + wire_count++) % WIRE] = frame;
    return ERR_OK;
}

static void wire_deliver(void)
{
    for (unsigned n = wire_count; n > 0; --n) {
        struct pbuf *const frame = wire[wire_first];
        wire_first = (wire_first + 1U) % WIRE;
        --wire_count;
        (void)ip4_input(frame, &interface);
    }
}

static err_t wire_init(struct netif *netif)
{
    netif->output = wire_send;
    netif->mtu = 1500;
    return ERR_OK;
}

static void wire_start(void)
{
    ip4_addr_t mask;
    IP_ADDR4(&address, 10, 0, 0, 1);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    (void)netif_add(&interface, ip_2_ip4(&address), &mask, ip_2_ip4(&address), NULL, wire_init,
                    ip4_input);
    netif_set_default(&interface);
    netif_set_up(&interface);
    netif_set_link_up(&interface);
}

/* Until all that is expected has arrived and both sides of a connection are closed. */
static void go_on(void)
{
    for (u32_t rounds = 0; (received < expected || open_sides > 0) && rounds < ROUNDS; ++rounds) {
        wire_deliver();
        sys_check_timeouts();
        ++now;
    }
}

/* --- TCP -------------------------------------------------------------------------------------- */

/* What a sender has yet to send. */
static u32_t rest;

static err_t send_rest(void *argument, struct tcp_pcb *pcb, u16_t length)
{
    (void)argument;
    (void)length;
    while (rest > 0) {
        const u32_t most = LWIP_MIN(LWIP_MIN(rest, ANSWER), tcp_sndbuf(pcb));
        if (most == 0 || tcp_write(pcb, content, (u16_t)most, TCP_WRITE_FLAG_COPY) != ERR_OK) {
            break;
        }
        rest -= most;
    }
    return tcp_output(pcb);
}

static err_t take(struct tcp_pcb *pcb, struct pbuf *p)
{
    received += p->tot_len;
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return ERR_OK;
}

static err_t close_side(struct tcp_pcb *pcb)
{
    --open_sides;
    tcp_recv(pcb, NULL);
    return tcp_close(pcb);
}

static err_t bulk_arrives(void *argument, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    (void)argument;
    (void)error;
    return (p == NULL) ? close_side(pcb) : take(pcb, p);
}

static err_t bulk_accepted(void *argument, struct tcp_pcb *pcb, err_t error)
{
    (void)argument;
    (void)error;
    tcp_recv(pcb, bulk_arrives);
    return ERR_OK;
}

static err_t bulk_sent(void *argument, struct tcp_pcb *pcb, u16_t length)
{
    if (rest > 0) {
        return send_rest(argument, pcb, length);
    }
    tcp_sent(pcb, NULL);
    return close_side(pcb);
}

static err_t bulk_connected(void *argument, struct tcp_pcb *pcb, err_t error)
{
    (void)error;
    tcp_sent(pcb, bulk_sent);
    return send_rest(argument, pcb, 0);
}

static err_t request_arrives(void *argument, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    (void)argument;
    (void)error;
    if (p == NULL) {
        return close_side(pcb);
    }
    (void)take(pcb, p);
    (void)tcp_write(pcb, content, ANSWER, 0);
    (void)tcp_output(pcb);
    return close_side(pcb);
}

static err_t request_accepted(void *argument, struct tcp_pcb *pcb, err_t error)
{
    (void)argument;
    (void)error;
    tcp_recv(pcb, request_arrives);
    return ERR_OK;
}

static err_t answer_arrives(void *argument, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    (void)argument;
    (void)error;
    return (p == NULL) ? close_side(pcb) : take(pcb, p);
}

static err_t request_connected(void *argument, struct tcp_pcb *pcb, err_t error)
{
    (void)argument;
    (void)error;
    tcp_recv(pcb, answer_arrives);
    (void)tcp_write(pcb, content, REQUEST, TCP_WRITE_FLAG_COPY);
    return tcp_output(pcb);
}

static void listen_for(tcp_accept_fn accepted)
{
    struct tcp_pcb *const pcb = tcp_new();
    (void)tcp_bind(pcb, &address, PORT);
    tcp_accept(tcp_listen(pcb), accepted);
}

static void connect_once(tcp_connected_fn connected)
{
    open_sides = 2;
    (void)tcp_connect(tcp_new(), &address, PORT, connected);
    go_on();
}

static void bulk(void)
{
    listen_for(bulk_accepted);
    rest = BULK;
    expected = BULK;
    connect_once(bulk_connected);
}

static void http(void)
{
    listen_for(request_accepted);
    for (u32_t i = 0; i < REQUESTS; ++i) {
        expected += REQUEST + ANSWER;
        connect_once(request_connected);
    }
}

/* --- UDP -------------------------------------------------------------------------------------- */

static void datagram_arrives(void *argument, struct udp_pcb *pcb, struct pbuf *p,
                             const ip_addr_t *from, u16_t port)
{
    (void)argument;
    received += p->tot_len;
    (void)udp_sendto(pcb, p, from, port);
    pbuf_free(p);
}

static void answer_datagram(void *argument, struct udp_pcb *pcb, struct pbuf *p,
                            const ip_addr_t *from, u16_t port)
{
    (void)argument;
    (void)pcb;
    (void)from;
    (void)port;
    received += p->tot_len;
    pbuf_free(p);
}

static void udp(void)
{
    struct udp_pcb *const server = udp_new();
    struct udp_pcb *const client = udp_new();
    (void)udp_bind(server, &address, PORT);
    udp_recv(server, datagram_arrives, NULL);
    udp_recv(client, answer_datagram, NULL);
    for (u32_t i = 0; i < DATAGRAMS; ++i) {
        struct pbuf *const p = pbuf_alloc(PBUF_TRANSPORT, DATAGRAM, PBUF_RAM);
        (void)pbuf_take(p, content, DATAGRAM);
        (void)udp_sendto(client, p, &address, PORT);
        pbuf_free(p);
        expected += 2U * DATAGRAM;
        go_on();
    }
}

/* --- the program ------------------------------------------------------------------------------ */

void transfer(const char *kind);
void transfer(const char *kind)
{
    if (strcmp(kind, "bulk") == 0) {
        bulk();
    } else if (strcmp(kind, "http") == 0) {
        http();
    } else {
        udp();
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        return 3;
    }
    lwip_init();
    wire_start();
    transfer(argv[1]);
    for (u32_t i = 0; i < 10U; ++i) {
        wire_deliver(); /* the last acknowledgements */
    }
    if (received != expected || expected == 0 || open_sides != 0) {
        return 1;
    }
    return (lwip_stats.mem.used != 0 || lwip_stats.memp[MEMP_PBUF_POOL]->used != 0 ||
            cistern_fault_count() != 0)
               ? 2
               : 0;
}
