/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP, unmodified, on this library and its posix port: a thread echoes what a client sends over
 * TCP through the loop interface, then a datagram over UDP; at the end no memory is left in use. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cistern/fault.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/sockets.h"
#include "lwip/stats.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"

#define PORT  7
#define ROUND 5000U
#define TOTAL (400U * ROUND) /* bytes over TCP */

static sys_sem_t ready;

static void check(int condition, const char *what)
{
    if (!condition) {
        printf("FAILED: %s\n", what);
        exit(1);
    }
}

static struct sockaddr_in loop_address(void)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = lwip_htons(PORT);
    address.sin_addr.s_addr = lwip_htonl(0x7f000001U);
    return address;
}

static int bound_socket(int type)
{
    const struct sockaddr_in address = loop_address();
    const int s = lwip_socket(AF_INET, type, 0);
    check(s >= 0, "socket");
    check(lwip_bind(s, (const struct sockaddr *)&address, sizeof address) == 0, "bind");
    return s;
}

/* Each piece is sent at once: otherwise a round waits for an acknowledgement that is delayed. */
static void send_at_once(int s)
{
    const int on = 1;
    check(lwip_setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "TCP_NODELAY");
}

/* --- server ----------------------------------------------------------------------------------- */

static void echo_stream(int s)
{
    char buffer[3000];
    ssize_t length;
    send_at_once(s);
    while ((length = lwip_recv(s, buffer, sizeof buffer, 0)) > 0) {
        check(lwip_send(s, buffer, (size_t)length, 0) == length, "server sends");
    }
    lwip_close(s);
}

static void echo_datagram(int s)
{
    char buffer[2000];
    struct sockaddr_in from;
    socklen_t from_length = sizeof from;
    const ssize_t length =
        lwip_recvfrom(s, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &from_length);
    check(length > 0, "server receives a datagram");
    check(lwip_sendto(s, buffer, (size_t)length, 0, (struct sockaddr *)&from, from_length) ==
              length,
          "server sends a datagram");
    lwip_close(s);
}

static void serve(void *unused)
{
    const int datagrams = bound_socket(SOCK_DGRAM);
    const int listener = bound_socket(SOCK_STREAM);
    (void)unused;
    check(lwip_listen(listener, 1) == 0, "listen");
    sys_sem_signal(&ready);
    echo_stream(lwip_accept(listener, NULL, NULL));
    lwip_close(listener);
    echo_datagram(datagrams);
    sys_sem_signal(&ready);
}

/* --- client ----------------------------------------------------------------------------------- */

static char byte_at(size_t offset)
{
    return (char)(offset * 31U >> 3);
}

/* One round: what is sent fits both windows. (Two sides that fill both of them at once make lwIP
 * answer acknowledgements with acknowledgements over its loop interface for ever.) */
static void echo_round(int s, size_t offset)
{
    char buffer[ROUND];
    char echo[ROUND];
    for (size_t i = 0; i < sizeof buffer; ++i) {
        buffer[i] = byte_at(offset + i);
    }
    check(lwip_send(s, buffer, sizeof buffer, 0) == (ssize_t)sizeof buffer, "client sends");
    for (size_t received = 0; received < sizeof echo;) {
        const ssize_t length = lwip_recv(s, echo + received, sizeof echo - received, 0);
        check(length > 0, "client receives");
        received += (size_t)length;
    }
    check(memcmp(buffer, echo, sizeof buffer) == 0, "echoed bytes");
}

static void connect_to(int s)
{
    const struct sockaddr_in address = loop_address();
    check(lwip_connect(s, (const struct sockaddr *)&address, sizeof address) == 0, "connect");
}

static void talk_over_tcp(void)
{
    const int s = lwip_socket(AF_INET, SOCK_STREAM, 0);
    connect_to(s);
    send_at_once(s);
    for (size_t offset = 0; offset < TOTAL; offset += ROUND) {
        echo_round(s, offset);
    }
    lwip_close(s);
}

static void talk_over_udp(void)
{
    char reply[2000];
    static const char question[1400] = "fragments are not needed for this";
    const int s = lwip_socket(AF_INET, SOCK_DGRAM, 0);
    connect_to(s);
    check(lwip_send(s, question, sizeof question, 0) == (ssize_t)sizeof question, "client asks");
    check(lwip_recv(s, reply, sizeof reply, 0) == (ssize_t)sizeof question, "client is answered");
    check(memcmp(reply, question, sizeof question) == 0, "the answer is the question");
    lwip_close(s);
}

static void started(void *unused)
{
    (void)unused;
    sys_sem_signal(&ready);
}

int main(void)
{
    check(sys_sem_new(&ready, 0) == ERR_OK, "semaphore");
    tcpip_init(started, NULL);
    sys_sem_wait(&ready);
    sys_thread_new("server", serve, NULL, 0, 0);
    sys_sem_wait(&ready);
    talk_over_tcp();
    talk_over_udp();
    sys_sem_wait(&ready);
    /* connections in TIME-WAIT hold no packet */
    check(lwip_stats.memp[MEMP_PBUF_POOL]->used == 0, "no pool element is left in use");
    check(lwip_stats.memp[MEMP_TCP_SEG]->used == 0, "no segment is left in use");
    check(cistern_fault_count() == 0, "no misuse was seen");
    printf("echoed %u bytes; heap: at most %lu of %lu bytes, %lu failures\n", TOTAL,
           (unsigned long)lwip_stats.mem.max, (unsigned long)lwip_stats.mem.avail,
           (unsigned long)lwip_stats.mem.err);
    return 0;
}
