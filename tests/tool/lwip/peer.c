/* SPDX-License-Identifier: BSD-3-Clause */
/* peer.c - the device's clients, on an lwIP of their own with more memory than they need.
 *
 *   get=N,N,...   downloads of so many bytes, `clients` at once; `read` bytes each `each` us
 *   put=N,N,...   uploads of so many bytes to the sink, all at once
 *   udp=N,N,...   datagrams of so many bytes to the echo port, `burst` of them each `every` us
 *   ping=N,N,...  echo requests alike */
#include <stdlib.h>

#include "lwip/icmp.h"
#include "lwip/inet_chksum.h"
#include "lwip/init.h"
#include "lwip/prot/ip4.h"
#include "lwip/raw.h"
#include "lwip/tcp.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"

#include "device.h"
#include "ethernet.h"

enum { TASKS = 512, PIECE = 1024, MILLISECOND = 1000 };

typedef struct task {
    bool put;
    bool started;
    bool finished;
    bool failed;
    bool wrong; /* a byte was not as it must be */
    bool ended; /* the device closed */
    size_t length;
    size_t done; /* bytes that arrived, or were acknowledged */
    size_t written;
    struct tcp_pcb *pcb;
    struct pbuf *unread;
    uint64_t next_read;
} task_t;

/* Datagrams and echo requests. */
typedef struct probes {
    long length[TASKS];
    size_t count;
    size_t sent;
    size_t answered;
    size_t bytes;
    uint64_t next;
} probes_t;

static struct {
    struct netif interface;
    ip_addr_t device;
    task_t task[TASKS];
    size_t tasks;
    probes_t udp;
    probes_t ping;
    struct udp_pcb *udp_pcb;
    struct raw_pcb *raw_pcb;
} peer;

u32_t sys_now(void)
{
    return (u32_t)(world_time() / 1000U);
}

static err_t send_frame(struct netif *netif, struct pbuf *p)
{
    (void)netif;
    return ethernet_send(&peer_station, p);
}

static err_t init_interface(struct netif *netif)
{
    ethernet_init(netif, 1);
    netif->linkoutput = send_frame;
    return ERR_OK;
}

static void receive(const void *frame, size_t length)
{
    struct pbuf *const p = ethernet_copy(frame, length);
    if (p == NULL || peer.interface.input(p, &peer.interface) != ERR_OK) {
        fputs("the peers' memory is too small\n", stderr);
        exit(1);
    }
}

/* --- streams */

static void finish(task_t *task)
{
    task->finished = true;
    if (task->pcb != NULL) {
        tcp_arg(task->pcb, NULL);
        tcp_recv(task->pcb, NULL);
        tcp_sent(task->pcb, NULL);
        tcp_err(task->pcb, NULL);
        tcp_close(task->pcb);
        task->pcb = NULL;
    }
}

static void stream_failed(void *context, err_t error)
{
    task_t *const task = context;
    (void)error;
    if (task != NULL) {
        task->pcb = NULL;
        task->failed = task->done != task->length;
        task->finished = true;
    }
}

static void write_more(task_t *task)
{
    uint8_t piece[PIECE];
    while (task->written < task->length && tcp_sndbuf(task->pcb) > 0) {
        size_t length = task->length - task->written;
        length = length > PIECE ? PIECE : length;
        length = length > tcp_sndbuf(task->pcb) ? tcp_sndbuf(task->pcb) : length;
        for (size_t i = 0; i < length; ++i) {
            piece[i] = world_byte(task->written + i);
        }
        if (tcp_write(task->pcb, piece, (u16_t)length, TCP_WRITE_FLAG_COPY) != ERR_OK) {
            break;
        }
        task->written += length;
    }
    tcp_output(task->pcb);
}

static err_t stream_sent(void *context, struct tcp_pcb *pcb, u16_t length)
{
    task_t *const task = context;
    (void)pcb;
    if (!task->put) {
        return ERR_OK;
    }
    task->done += length;
    if (task->done == task->length) {
        finish(task);
    } else {
        write_more(task);
    }
    return ERR_OK;
}

/* Reads up to `length` bytes of what waits. */
static void read_some(task_t *task, size_t length)
{
    while (task->unread != NULL && length > 0) {
        struct pbuf *const p = task->unread;
        const u16_t part = (u16_t)(p->len < length ? p->len : length);
        for (u16_t i = 0; i < part; ++i) {
            task->wrong |= ((const uint8_t *)p->payload)[i] != world_byte(task->done + i);
        }
        task->done += part;
        length -= part;
        task->unread = pbuf_free_header(p, part);
        tcp_recved(task->pcb, part);
    }
}

/* The device closed, and all that came was read. */
static void finish_read(task_t *task)
{
    if (task->ended && task->unread == NULL) {
        task->failed = task->done != task->length;
        finish(task);
    }
}

static err_t stream_received(void *context, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    task_t *const task = context;
    (void)pcb;
    (void)error;
    if (p == NULL) {
        task->ended = true;
        finish_read(task);
        return ERR_OK;
    }
    if (task->unread == NULL) {
        task->unread = p;
    } else {
        pbuf_cat(task->unread, p);
    }
    if (world_parameter("read", 0) == 0) {
        read_some(task, SIZE_MAX);
    }
    return ERR_OK;
}

static err_t stream_connected(void *context, struct tcp_pcb *pcb, err_t error)
{
    task_t *const task = context;
    char text[32];
    (void)error;
    if (task->put) {
        write_more(task);
        return ERR_OK;
    }
    const int length = snprintf(text, sizeof text, "GET %zu\r\n", task->length);
    tcp_write(pcb, text, (u16_t)length, TCP_WRITE_FLAG_COPY);
    return tcp_output(pcb);
}

static void start_task(task_t *task)
{
    task->started = true;
    task->pcb = tcp_new();
    task->next_read = world_time();
    tcp_arg(task->pcb, task);
    tcp_recv(task->pcb, stream_received);
    tcp_sent(task->pcb, stream_sent);
    tcp_err(task->pcb, stream_failed);
    tcp_connect(task->pcb, &peer.device, task->put ? PORT_SINK : PORT_HTTP, stream_connected);
}

static void start_tasks(void)
{
    long running = 0;
    for (size_t i = 0; i < peer.tasks; ++i) {
        running += !peer.task[i].put && peer.task[i].started && !peer.task[i].finished ? 1 : 0;
    }
    for (size_t i = 0; i < peer.tasks; ++i) {
        task_t *const task = &peer.task[i];
        if (!task->started && (task->put || running < world_parameter("clients", 1))) {
            running += task->put ? 0 : 1;
            start_task(task);
        }
    }
}

static void read_slowly(void)
{
    const size_t bytes = (size_t)world_parameter("read", 0);
    for (size_t i = 0; i < peer.tasks; ++i) {
        task_t *const task = &peer.task[i];
        if (bytes != 0 && task->pcb != NULL && task->next_read <= world_time()) {
            task->next_read = world_time() + (uint64_t)world_parameter("each", 30000);
            read_some(task, bytes);
            finish_read(task);
        }
    }
}

/* --- datagrams and echo requests */

static void udp_answered(void *context, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                         u16_t port)
{
    (void)context;
    (void)pcb;
    (void)from;
    (void)port;
    ++peer.udp.answered;
    peer.udp.bytes += p->tot_len;
    pbuf_free(p);
}

static u8_t ping_answered(void *context, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
    (void)context;
    (void)pcb;
    (void)from;
    ++peer.ping.answered;
    peer.ping.bytes += p->tot_len;
    pbuf_free(p);
    return 1;
}

static void send_udp(size_t length)
{
    struct pbuf *const p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)length, PBUF_RAM);
    memset(p->payload, 0x55, length);
    udp_sendto(peer.udp_pcb, p, &peer.device, PORT_ECHO);
    pbuf_free(p);
}

static void send_ping(size_t length)
{
    struct pbuf *const p =
        pbuf_alloc(PBUF_IP, (u16_t)(length + sizeof(struct icmp_echo_hdr)), PBUF_RAM);
    struct icmp_echo_hdr *const echo = p->payload;
    memset(p->payload, 0, p->len);
    ICMPH_TYPE_SET(echo, ICMP_ECHO);
    echo->seqno = lwip_htons((u16_t)peer.ping.sent);
    echo->chksum = inet_chksum(p->payload, p->len);
    raw_sendto(peer.raw_pcb, p, &peer.device);
    pbuf_free(p);
}

static void probe(probes_t *probes, void (*send)(size_t length))
{
    if (probes->sent == probes->count || world_time() < probes->next) {
        return;
    }
    probes->next = world_time() + (uint64_t)world_parameter("every", 50000);
    for (long i = world_parameter("burst", 1); i > 0 && probes->sent < probes->count; --i) {
        send((size_t)probes->length[probes->sent++]);
    }
}

/* --- the station */

static void poll(void)
{
    sys_check_timeouts();
    if (world_time() < (uint64_t)world_parameter("begin", 100000)) {
        return;
    }
    start_tasks();
    read_slowly();
    probe(&peer.udp, send_udp);
    probe(&peer.ping, send_ping);
}

static void add_tasks(const char *name, bool put)
{
    long length[TASKS];
    const size_t count = world_list(name, length, TASKS);
    for (size_t i = 0; i < count && peer.tasks < TASKS; ++i) {
        peer.task[peer.tasks++] = (task_t){.put = put, .length = (size_t)length[i]};
    }
}

static void start(void)
{
    ip4_addr_t own;
    ip4_addr_t mask;
    lwip_init();
    IP4_ADDR(&own, 10, 77, 0, 1);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP_ADDR4(&peer.device, 10, 77, 0, 2);
    netif_add(&peer.interface, &own, &mask, &own, NULL, init_interface, ethernet_input);
    netif_set_default(&peer.interface);
    netif_set_up(&peer.interface);
    add_tasks("put", true);
    add_tasks("get", false);
    peer.udp.count = world_list("udp", peer.udp.length, TASKS);
    peer.ping.count = world_list("ping", peer.ping.length, TASKS);
    peer.udp_pcb = udp_new();
    udp_recv(peer.udp_pcb, udp_answered, NULL);
    peer.raw_pcb = raw_new(IP_PROTO_ICMP);
    raw_recv(peer.raw_pcb, ping_answered, NULL);
}

static bool done(void)
{
    bool done = peer.udp.sent == peer.udp.count && peer.ping.sent == peer.ping.count;
    for (size_t i = 0; i < peer.tasks; ++i) {
        done = done && peer.task[i].finished;
    }
    return done;
}

static void report(void)
{
    size_t bytes = 0;
    size_t finished = 0;
    size_t wrong = 0;
    for (size_t i = 0; i < peer.tasks; ++i) {
        const task_t *const task = &peer.task[i];
        bytes += task->done;
        finished += task->finished && !task->failed && task->done == task->length ? 1 : 0;
        wrong += task->wrong ? 1 : 0;
    }
    printf("streams %zu\nstreams.finished %zu\nstreams.wrong %zu\nstreams.bytes %zu\n", peer.tasks,
           finished, wrong, bytes);
    printf("udp %zu\nudp.answered %zu\nudp.bytes %zu\n", peer.udp.count, peer.udp.answered,
           peer.udp.bytes);
    printf("ping %zu\nping.answered %zu\nping.bytes %zu\n", peer.ping.count, peer.ping.answered,
           peer.ping.bytes);
}

static uint64_t due(void)
{
    return UINT64_MAX;
}

const station_t peer_station = {
    .start = start, .receive = receive, .poll = poll, .due = due, .done = done, .report = report};
