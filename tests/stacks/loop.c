/* SPDX-License-Identifier: BSD-3-Clause */
/* loop.c - lwIP with a vendor's options: TCP and UDP through a driver whose wire is a mirror.
 *
 *   stack -> output: addresses swapped, copied into PBUF_POOL buffers -> queue -> input -> stack
 *
 * What this host sends to its peer comes back as if the peer had sent it: a client that connects to
 * the peer's port 7 reaches the server on this host's port 7. So every packet passes through a
 * driver and the pool of its buffers, whatever the options say of a loop interface. Checksums need
 * no change: they sum both addresses.
 *
 * It runs without threads (NO_SYS 1: the program is the main loop) and with them (the driver is a
 * thread and gives its packets to the TCP/IP thread); then also through the sockets or netconns
 * that the options enable. In the end every pool, the heap and the C library's heap hold what they
 * held before, and neither a fault nor a failed allocation was seen. */
#define _GNU_SOURCE /* MAP_FIXED_NOREPLACE */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "cistern/fault.h"
#include "cistern/heap.h"
#include "cistern/pool.h"
#include "lwip/init.h"
#include "lwip/ip.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/prot/ip4.h"
#include "lwip/prot/ip6.h"
#include "lwip/sys.h"
#include "lwip/tcp.h"
#include "lwip/tcpip.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"
#if LWIP_SOCKET
#    include "lwip/sockets.h"
#elif LWIP_NETCONN
#    include "lwip/api.h"
#endif

#define PORT   7
#define ROUNDS 100U
#define QUEUE  32U
#define SHORT  400U /* bytes of a datagram */

static unsigned rounds; /* that were answered */

static void check(bool condition, const char *what)
{
    if (!condition) {
        printf("FAILED: %s, after %u rounds\n", what, rounds);
        exit(1);
    }
}

static char byte_at(size_t offset)
{
    return (char)(offset * 31U >> 3);
}

/* --- the C library's heap: what is in use of it ------------------------------------------------
 * Linked with --wrap, so that the allocations of every object of this program are counted. */

static long libc_blocks;
static unsigned long libc_calls;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void __real_free(void *memory);

static void *counted(void *memory)
{
    if (memory != NULL) {
        __atomic_add_fetch(&libc_blocks, 1, __ATOMIC_RELAXED);
        __atomic_add_fetch(&libc_calls, 1, __ATOMIC_RELAXED);
    }
    return memory;
}

void *__wrap_malloc(size_t size)
{
    return counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return counted(__real_calloc(count, size));
}

void __wrap_free(void *memory)
{
    __atomic_sub_fetch(&libc_blocks, memory != NULL, __ATOMIC_RELAXED);
    __real_free(memory);
}

/* --- what is in use, and what failed ----------------------------------------------------------- */

typedef struct account {
    size_t blocks[MEMP_MAX + 2]; /* of each pool; of the heap; of the C library's */
    size_t failures;
} account_t;

#if MEM_CUSTOM_ALLOCATOR || MEM_USE_POOLS
static void account_heap(account_t *account)
{
    account->blocks[MEMP_MAX] = 0;
}
#else
static void account_heap(account_t *account)
{
    cistern_heap_stats_t stats;
    cistern_heap_stats(mem_heap(), &stats);
    account->blocks[MEMP_MAX] = stats.blocks;
    account->failures += stats.failures;
    check(cistern_heap_check(mem_heap()), "the heap's invariants hold");
}
#endif

static account_t account_now(void)
{
    account_t account = {.failures = 0};
    for (size_t i = 0; i < MEMP_MAX; ++i) {
        cistern_pool_stats_t stats;
        memp_pool_stats(memp_pools[i], &stats);
        account.blocks[i] = stats.count - stats.free;
        account.failures += stats.failures;
        check(stats.quarantined == 0 && memp_pool_check(memp_pools[i]), "a pool's invariants hold");
    }
    account_heap(&account);
    account.blocks[MEMP_MAX + 1] = (size_t)__atomic_load_n(&libc_blocks, __ATOMIC_RELAXED);
    return account;
}

static void print_difference(const account_t *before, const account_t *after)
{
    for (size_t i = 0; i < MEMP_MAX + 2; ++i) {
        if (before->blocks[i] != after->blocks[i]) {
            printf("%s: %zu blocks in use before, %zu after\n",
                   i < MEMP_MAX ? memp_pools[i]->desc : "heap", before->blocks[i],
                   after->blocks[i]);
        }
    }
}

/* --- the wire ---------------------------------------------------------------------------------- */

static struct netif wire;
static struct pbuf *wire_queue[QUEUE];
static unsigned wire_first;
static unsigned wire_count;
static unsigned wire_packets;
static unsigned wire_dropped;

static void wire_put(struct pbuf *p)
{
    SYS_ARCH_DECL_PROTECT(level);
    SYS_ARCH_PROTECT(level);
    const bool fits = wire_count < QUEUE;
    if (fits) {
        wire_queue[(wire_first + wire_count) % QUEUE] = p;
        ++wire_count;
    }
    SYS_ARCH_UNPROTECT(level);
    if (!fits) {
        ++wire_dropped;
        pbuf_free(p);
    }
}

static struct pbuf *wire_get(void)
{
    struct pbuf *p = NULL;
    SYS_ARCH_DECL_PROTECT(level);
    SYS_ARCH_PROTECT(level);
    if (wire_count > 0) {
        p = wire_queue[wire_first];
        wire_first = (wire_first + 1) % QUEUE;
        --wire_count;
    }
    SYS_ARCH_UNPROTECT(level);
    return p;
}

/* Receives what is on the wire; true if there was something. */
static bool wire_poll(void)
{
    struct pbuf *const p = wire_get();
    if (p != NULL && wire.input(p, &wire) != ERR_OK) {
        ++wire_dropped;
        pbuf_free(p);
    }
    return p != NULL;
}

static void swap(u8_t *packet, size_t first, size_t second, size_t length)
{
    u8_t saved[16];
    memcpy(saved, packet + first, length);
    memcpy(packet + first, packet + second, length);
    memcpy(packet + second, saved, length);
}

/* The first bytes of a packet lie in its first buffer: a pool's buffer holds a header. */
static void wire_mirror(struct pbuf *p)
{
    u8_t *const packet = p->payload;
    if (packet[0] >> 4 == 4) {
        swap(packet, 12, 16, 4);
    } else {
        swap(packet, 8, 24, 16);
    }
}

static bool is_multicast(const u8_t *packet)
{
    return (packet[0] >> 4 == 4) ? packet[16] >= 0xe0U : packet[24] == 0xffU;
}

static err_t wire_send(struct pbuf *p)
{
    u8_t header[40];
    const u16_t length = pbuf_copy_partial(p, header, sizeof header, 0);
    check(length >= 20, "a packet has a header");
    if (is_multicast(header)) {
        return ERR_OK;
    }
    struct pbuf *const received = pbuf_alloc(PBUF_RAW, p->tot_len, PBUF_POOL);
    check(received != NULL, "the pool has buffers for a packet");
    check(pbuf_copy(received, p) == ERR_OK, "the packet is copied");
    wire_mirror(received);
    ++wire_packets;
    wire_put(received);
    return ERR_OK;
}

#if LWIP_IPV4
static err_t wire_output(struct netif *netif, struct pbuf *p, const ip4_addr_t *to)
{
    (void)netif;
    (void)to;
    return wire_send(p);
}
#endif

#if LWIP_IPV6
static err_t wire_output_ip6(struct netif *netif, struct pbuf *p, const ip6_addr_t *to)
{
    (void)netif;
    (void)to;
    return wire_send(p);
}
#endif

static err_t wire_init(struct netif *netif)
{
    netif->name[0] = 'm';
    netif->name[1] = 'i';
    netif->mtu = 1500;
#if LWIP_IPV4
    netif->output = wire_output;
#endif
#if LWIP_IPV6
    netif->output_ip6 = wire_output_ip6;
#endif
    return ERR_OK;
}

static ip_addr_t peer;

#if LWIP_IPV4
static void wire_add(netif_input_fn input)
{
    ip4_addr_t own;
    ip4_addr_t mask;
    ip4_addr_t gateway;
    IP4_ADDR(&own, 10, 0, 0, 1);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 10, 0, 0, 2);
    check(netif_add(&wire, &own, &mask, &gateway, NULL, wire_init, input) != NULL, "netif_add");
    IP_ADDR4(&peer, 10, 0, 0, 2);
}
#else
static void wire_add(netif_input_fn input)
{
    static const u32_t prefix = PP_HTONL(0x20010db8U);
    ip6_addr_t own;
    IP6_ADDR(&own, prefix, 0, 0, PP_HTONL(1));
    check(netif_add(&wire, NULL, wire_init, input) != NULL, "netif_add");
    netif_ip6_addr_set(&wire, 0, &own);
    netif_ip6_addr_set_state(&wire, 0, IP6_ADDR_PREFERRED);
    IP_ADDR6(&peer, prefix, 0, 0, PP_HTONL(2));
}
#endif

static void wire_up(void)
{
    netif_set_default(&wire);
    netif_set_up(&wire);
    netif_set_link_up(&wire);
}

/* --- the world around the stack: a main loop, or threads ---------------------------------------- */

#if NO_SYS

#    if LWIP_TIMERS
#        define world_time sys_check_timeouts
#    elif LWIP_TCP
#        define world_time tcp_tmr /* the project has a timer of its own */
#    else
#        define world_time()
#    endif

static void world_start(void)
{
    lwip_init();
    wire_add(ip_input);
    wire_up();
}

static void in_core(void (*function)(void *), void *argument)
{
    function(argument);
}

static void world_step(void)
{
    if (!wire_poll()) {
        world_time();
    }
}

#else

static sys_sem_t started;
static sys_sem_t done;

static void driver(void *unused)
{
    (void)unused;
    for (;;) {
        if (!wire_poll()) {
            sys_msleep(1);
        }
    }
}

static void start_in_core(void *unused)
{
    (void)unused;
    wire_add(tcpip_input);
    wire_up();
    sys_sem_signal(&started);
}

static void world_start(void)
{
    check(sys_sem_new(&started, 0) == ERR_OK && sys_sem_new(&done, 0) == ERR_OK, "semaphores");
    tcpip_init(start_in_core, NULL);
    (void)sys_arch_sem_wait(&started, 0);
    sys_thread_new("driver", driver, NULL, DEFAULT_THREAD_STACKSIZE, DEFAULT_THREAD_PRIO);
}

typedef struct job {
    void (*function)(void *);
    void *argument;
} job_t;

static void run_job(void *argument)
{
    const job_t *const job = argument;
    job->function(job->argument);
    sys_sem_signal(&done);
}

static void in_core(void (*function)(void *), void *argument)
{
    job_t job = {function, argument};
    check(tcpip_callback(run_job, &job) == ERR_OK, "tcpip_callback");
    (void)sys_arch_sem_wait(&done, 0);
}

static void world_step(void)
{
    sys_msleep(1);
}

#endif

/* Lets the world go on until a condition holds, in the core, or seconds have passed. */
static bool world_until(void (*condition)(void *result), time_t seconds)
{
    const time_t end = time(NULL) + seconds;
    bool holds = false;
    do {
        world_step();
        in_core(condition, &holds);
    } while (!holds && time(NULL) < end);
    return holds;
}

/* --- UDP --------------------------------------------------------------------------------------- */

#if LWIP_UDP

static struct udp_pcb *udp_server;
static struct udp_pcb *udp_client;

static void udp_echo(void *unused, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                     u16_t port)
{
    (void)unused;
    check(udp_sendto(pcb, p, from, port) == ERR_OK, "the server answers a datagram");
    pbuf_free(p);
}

static void udp_answered(void *unused, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                         u16_t port)
{
    (void)unused;
    (void)pcb;
    (void)from;
    (void)port;
    check(p->tot_len == SHORT, "a datagram has its length");
    for (u16_t i = 0; i < SHORT; ++i) {
        check((char)pbuf_get_at(p, i) == byte_at(i + rounds), "a datagram has its bytes");
    }
    pbuf_free(p);
    ++rounds;
}

static void udp_open(void *unused)
{
    (void)unused;
    udp_server = udp_new();
    udp_client = udp_new();
    check(udp_server != NULL && udp_client != NULL, "udp_new");
    check(udp_bind(udp_server, IP_ANY_TYPE, PORT) == ERR_OK, "udp_bind");
    check(udp_connect(udp_client, &peer, PORT) == ERR_OK, "udp_connect");
    udp_recv(udp_server, udp_echo, NULL);
    udp_recv(udp_client, udp_answered, NULL);
}

static void udp_ask(void *unused)
{
    char datagram[SHORT];
    (void)unused;
    for (size_t i = 0; i < sizeof datagram; ++i) {
        datagram[i] = byte_at(i + rounds);
    }
    struct pbuf *const p = pbuf_alloc(PBUF_TRANSPORT, sizeof datagram, PBUF_RAM);
    check(p != NULL, "memory for a datagram");
    check(pbuf_take(p, datagram, sizeof datagram) == ERR_OK, "pbuf_take");
    check(udp_send(udp_client, p) == ERR_OK, "udp_send");
    pbuf_free(p);
}

static void udp_close(void *unused)
{
    (void)unused;
    udp_remove(udp_client);
    udp_remove(udp_server);
}

static unsigned udp_asked;

static void udp_is_answered(void *result)
{
    *(bool *)result = rounds == udp_asked;
}

static void talk_over_udp(void)
{
    in_core(udp_open, NULL);
    rounds = 0;
    for (udp_asked = 1; udp_asked <= ROUNDS; ++udp_asked) {
        in_core(udp_ask, NULL);
        check(world_until(udp_is_answered, 10), "a datagram is answered");
    }
    in_core(udp_close, NULL);
}

#else
static void talk_over_udp(void) {}
#endif

/* --- TCP, by callbacks -------------------------------------------------------------------------- */

#if LWIP_TCP

/* A round fits what either side can hold, and several times into a small heap. */
#    if MEM_CUSTOM_ALLOCATOR || MEM_USE_POOLS || MEMP_MEM_MALLOC
#        define ROUND_OF_HEAP TCP_MSS
#    else
#        define ROUND_OF_HEAP ((MEM_SIZE) / 8)
#    endif
#    define ROUND                                                                                  \
        ((u16_t)LWIP_MIN(LWIP_MIN(TCP_WND, TCP_SND_BUF), LWIP_MIN(TCP_MSS, ROUND_OF_HEAP)))

static struct tcp_pcb *tcp_listener;
static struct tcp_pcb *tcp_client;
static bool tcp_is_connected;
static u16_t tcp_received; /* bytes of the round */

static err_t tcp_echo(void *unused, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    (void)unused;
    check(error == ERR_OK, "the server receives");
    if (p == NULL) {
        return tcp_close(pcb);
    }
    for (const struct pbuf *q = p; q != NULL; q = q->next) {
        check(tcp_write(pcb, q->payload, q->len, TCP_WRITE_FLAG_COPY) == ERR_OK,
              "the server writes");
    }
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return tcp_output(pcb);
}

static err_t tcp_taken(void *unused, struct tcp_pcb *pcb, err_t error)
{
    (void)unused;
    check(error == ERR_OK && pcb != NULL, "accept");
    tcp_nagle_disable(pcb);
    tcp_recv(pcb, tcp_echo);
    return ERR_OK;
}

static err_t tcp_answered(void *unused, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    (void)unused;
    check(error == ERR_OK, "the client receives");
    if (p == NULL) {
        return ERR_OK; /* the server has closed as well */
    }
    for (u16_t i = 0; i < p->tot_len; ++i) {
        check((char)pbuf_get_at(p, i) == byte_at(tcp_received + i + rounds), "a byte came back");
    }
    tcp_received = (u16_t)(tcp_received + p->tot_len);
    rounds += (tcp_received == ROUND);
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return ERR_OK;
}

static err_t tcp_connected_now(void *unused, struct tcp_pcb *pcb, err_t error)
{
    (void)unused;
    (void)pcb;
    check(error == ERR_OK, "connect");
    tcp_is_connected = true;
    return ERR_OK;
}

static void tcp_open(void *unused)
{
    struct tcp_pcb *const bound = tcp_new();
    (void)unused;
    check(bound != NULL && tcp_bind(bound, IP_ANY_TYPE, PORT) == ERR_OK, "tcp_bind");
    tcp_listener = tcp_listen(bound);
    check(tcp_listener != NULL, "tcp_listen");
    tcp_accept(tcp_listener, tcp_taken);
    tcp_client = tcp_new();
    check(tcp_client != NULL, "tcp_new");
    tcp_nagle_disable(tcp_client);
    tcp_recv(tcp_client, tcp_answered);
    tcp_is_connected = false;
    check(tcp_connect(tcp_client, &peer, PORT, tcp_connected_now) == ERR_OK, "tcp_connect");
}

static void tcp_ask(void *unused)
{
    static char data[ROUND];
    (void)unused;
    for (size_t i = 0; i < sizeof data; ++i) {
        data[i] = byte_at(i + rounds);
    }
    tcp_received = 0;
    check(tcp_write(tcp_client, data, ROUND, TCP_WRITE_FLAG_COPY) == ERR_OK, "the client writes");
    check(tcp_output(tcp_client) == ERR_OK, "tcp_output");
}

static void tcp_end(void *unused)
{
    (void)unused;
    check(tcp_close(tcp_client) == ERR_OK && tcp_close(tcp_listener) == ERR_OK, "tcp_close");
}

static unsigned tcp_asked;

static void tcp_is_open(void *result)
{
    *(bool *)result = tcp_is_connected;
}

static void tcp_is_answered(void *result)
{
    *(bool *)result = rounds == tcp_asked;
}

/* Connections that wait for late packets are ended: none can come. */
static void tcp_is_quiet(void *result)
{
    while (tcp_tw_pcbs != NULL) {
        tcp_abort(tcp_tw_pcbs);
    }
    *(bool *)result = tcp_active_pcbs == NULL;
}

static void talk_over_tcp(void)
{
    in_core(tcp_open, NULL);
    check(world_until(tcp_is_open, 10), "a connection opens");
    rounds = 0;
    for (tcp_asked = 1; tcp_asked <= ROUNDS; ++tcp_asked) {
        in_core(tcp_ask, NULL);
        check(world_until(tcp_is_answered, 10), "a round is answered");
    }
    in_core(tcp_end, NULL);
    check(world_until(tcp_is_quiet, 10), "connections end");
}

#else
static void talk_over_tcp(void) {}
static void tcp_is_quiet(void *result)
{
    *(bool *)result = true;
}
#endif

/* --- TCP, by the calls that wait ----------------------------------------------------------------- */

#if !NO_SYS && LWIP_TCP && LWIP_SOCKET && LWIP_IPV4

static sys_sem_t api_turn;

static struct sockaddr_in api_address(u32_t address)
{
    struct sockaddr_in to;
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = lwip_htons(PORT);
    to.sin_addr.s_addr = lwip_htonl(address);
    return to;
}

static void api_serve(void *unused)
{
    char buffer[300];
    ssize_t length;
    const struct sockaddr_in own = api_address(0);
    const int listener = lwip_socket(AF_INET, SOCK_STREAM, 0);
    (void)unused;
    check(lwip_bind(listener, (const struct sockaddr *)&own, sizeof own) == 0, "bind");
    check(lwip_listen(listener, 1) == 0, "listen");
    sys_sem_signal(&api_turn);
    const int s = lwip_accept(listener, NULL, NULL);
    check(s >= 0, "accept");
    while ((length = lwip_recv(s, buffer, sizeof buffer, 0)) > 0) {
        check(lwip_send(s, buffer, (size_t)length, 0) == length, "send");
    }
    check(lwip_close(s) == 0 && lwip_close(listener) == 0, "close");
    sys_sem_signal(&api_turn);
}

static void api_talk(void)
{
    char buffer[256];
    const struct sockaddr_in to = api_address(0x0a000002U);
    const int s = lwip_socket(AF_INET, SOCK_STREAM, 0);
    check(lwip_connect(s, (const struct sockaddr *)&to, sizeof to) == 0, "connect");
    for (rounds = 0; rounds < ROUNDS; ++rounds) {
        memset(buffer, byte_at(rounds), sizeof buffer);
        check(lwip_send(s, buffer, sizeof buffer, 0) == (ssize_t)sizeof buffer, "send");
        for (size_t received = 0; received < sizeof buffer;) {
            const ssize_t length = lwip_recv(s, buffer, sizeof buffer - received, 0);
            check(length > 0 && buffer[length - 1] == byte_at(rounds), "recv");
            received += (size_t)length;
        }
    }
    check(lwip_close(s) == 0, "close");
}

#elif !NO_SYS && LWIP_TCP && LWIP_NETCONN && MEMP_NUM_NETCONN >= 3

static sys_sem_t api_turn;

static void api_serve(void *unused)
{
    struct netconn *connection = NULL;
    struct netbuf *buffer = NULL;
    struct netconn *const listener = netconn_new(NETCONN_TCP);
    (void)unused;
    check(listener != NULL && netconn_bind(listener, IP_ADDR_ANY, PORT) == ERR_OK, "bind");
    check(netconn_listen(listener) == ERR_OK, "listen");
    sys_sem_signal(&api_turn);
    check(netconn_accept(listener, &connection) == ERR_OK, "accept");
    while (netconn_recv(connection, &buffer) == ERR_OK) {
        void *data;
        u16_t length;
        netbuf_data(buffer, &data, &length);
        check(netconn_write(connection, data, length, NETCONN_COPY) == ERR_OK, "write");
        netbuf_delete(buffer);
    }
    check(netconn_delete(connection) == ERR_OK && netconn_delete(listener) == ERR_OK, "delete");
    sys_sem_signal(&api_turn);
}

static void api_talk(void)
{
    char data[256];
    struct netconn *const connection = netconn_new(NETCONN_TCP);
    check(connection != NULL && netconn_connect(connection, &peer, PORT) == ERR_OK, "connect");
    for (rounds = 0; rounds < ROUNDS; ++rounds) {
        memset(data, byte_at(rounds), sizeof data);
        check(netconn_write(connection, data, sizeof data, NETCONN_COPY) == ERR_OK, "write");
        for (size_t received = 0; received < sizeof data;) {
            struct netbuf *buffer = NULL;
            char first = 0;
            check(netconn_recv(connection, &buffer) == ERR_OK, "recv");
            check(netbuf_copy(buffer, &first, 1) == 1 && first == byte_at(rounds), "bytes");
            received += netbuf_len(buffer);
            netbuf_delete(buffer);
        }
    }
    check(netconn_delete(connection) == ERR_OK, "delete");
}

#else
#    define NO_API
#endif

#ifndef NO_API
static const char *talk_by_api(void)
{
    check(sys_sem_new(&api_turn, 0) == ERR_OK, "semaphore");
    sys_thread_new("server", api_serve, NULL, DEFAULT_THREAD_STACKSIZE, DEFAULT_THREAD_PRIO);
    (void)sys_arch_sem_wait(&api_turn, 0);
    api_talk();
    (void)sys_arch_sem_wait(&api_turn, 0);
    sys_sem_free(&api_turn);
    check(world_until(tcp_is_quiet, 10), "connections end");
    return LWIP_SOCKET ? ", sockets" : ", netconns";
}
#else
static const char *talk_by_api(void)
{
    return "";
}
#endif

/* The project's sdk.c may say how often its functions were called. */
extern unsigned sdk_calls(void) __attribute__((weak));

/* --- all of it ----------------------------------------------------------------------------------- */

static account_t before;

/* Timers of connections end some time after these. */
static void all_is_as_before(void *result)
{
    const account_t now = account_now();
    *(bool *)result = memcmp(before.blocks, now.blocks, sizeof now.blocks) == 0;
}

static account_t after;

static void measure(void *account)
{
    *(account_t *)account = account_now();
}

/* What the start leaves behind is gone after a while: a thread's argument, say. */
static void settle(void)
{
    for (unsigned i = 0; i < 100; ++i) {
        world_step();
    }
}

/* A heap at an address of the vendor's board lies there on this host too. */
#if defined LOOP_HEAP_ADDRESS
static void place_heap(void)
{
    void *const page = (void *)(uintptr_t)(LOOP_HEAP_ADDRESS & ~0xfffffUL);
    check(mmap(page, 0x200000, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == page,
          "the heap's address is free");
}
#else
static void place_heap(void) {}
#endif

#ifndef LOOP_DRAIN
#    define LOOP_DRAIN 8 /* seconds that timers may take to end */
#endif

int main(void)
{
    place_heap();
    world_start();
    settle();
    in_core(measure, &before);
    talk_over_udp();
    talk_over_tcp();
    const char *const api = talk_by_api();
    const bool same = world_until(all_is_as_before, LOOP_DRAIN);
    in_core(measure, &after);
    print_difference(&before, &after);
    check(same, "every pool and heap holds what it held before");
    check(wire_dropped == 0, "no packet is lost");
    check(cistern_fault_count() == 0, "no misuse is seen");
    check(after.failures == 0, "no allocation fails");
    check(sdk_calls == NULL || sdk_calls() > 0, "the project's own functions are used");
    printf("%u packets%s; 0 errors, 0 leaks\n", wire_packets, api);
    return 0;
}
