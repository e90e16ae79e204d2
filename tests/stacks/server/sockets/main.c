/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - lwIP's sockets over its loop interface: for some seconds a stream, then letters there and
 * back; each byte is compared. Prints KiB/s, rounds/s and what the memory was used for, as JSON.
 *
 *     sockets SECONDS     half of them for each part
 *
 *   client --> core --> TCP/IP thread --> core --> server     three threads that share the core's lock
 *
 * Content is a text of TEXT bytes over and over; TEXT is prime, so that a piece that is lost,
 * doubled or out of place differs. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../memory.h"
#include "lwip/memp.h"
#include "lwip/sockets.h"
#include "lwip/stats.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"

enum { PORT = 7, CHUNK = 16384, LETTER = 64, TEXT = 65521 };

static char text[TEXT + CHUNK];
static sys_sem_t ready;

static void check(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "sockets: %s\n", what);
        exit(1);
    }
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void make_text(void)
{
    uint32_t random = 1;
    for (size_t i = 0; i < TEXT; ++i) {
        random = random * 1664525U + 1013904223U;
        text[i] = (char)(random >> 24);
    }
    memcpy(text + TEXT, text, CHUNK);
}

/* The content from that place of a stream on; CHUNK bytes can be read. */
static const char *content(uint64_t place)
{
    return text + place % TEXT;
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

static void send_at_once(int s)
{
    const int on = 1;
    check(lwip_setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "TCP_NODELAY");
}

/* --- server ------------------------------------------------------------------------------------ */

/* Takes a stream to its end; how long it was. */
static uint64_t sink(int s)
{
    static char buffer[CHUNK];
    uint64_t place = 0;
    for (ssize_t length; (length = lwip_recv(s, buffer, CHUNK, 0)) > 0; place += (uint64_t)length) {
        check(memcmp(buffer, content(place), (size_t)length) == 0, "the stream's bytes differ");
    }
    return place;
}

static void echo(int s)
{
    char buffer[LETTER];
    for (ssize_t length; (length = lwip_recv(s, buffer, LETTER, 0)) > 0;) {
        check(lwip_send(s, buffer, (size_t)length, 0) == length, "the server cannot send");
    }
}

/* One connection each: the stream, whose length is the answer, and the letters. */
static void serve(void *unused)
{
    const struct sockaddr_in address = loop_address();
    const int listener = lwip_socket(AF_INET, SOCK_STREAM, 0);
    (void)unused;
    check(lwip_bind(listener, (const struct sockaddr *)&address, sizeof address) == 0, "bind");
    check(lwip_listen(listener, 1) == 0, "listen");
    sys_sem_signal(&ready);

    int s = lwip_accept(listener, NULL, NULL);
    const uint64_t length = sink(s);
    check(lwip_send(s, &length, sizeof length, 0) == (ssize_t)sizeof length,
          "the sink cannot answer");
    lwip_close(s);

    s = lwip_accept(listener, NULL, NULL);
    send_at_once(s);
    echo(s);
    lwip_close(s);
    lwip_close(listener);
    sys_sem_signal(&ready);
}

/* --- client ------------------------------------------------------------------------------------ */

static int connect_to_server(void)
{
    const struct sockaddr_in address = loop_address();
    const int s = lwip_socket(AF_INET, SOCK_STREAM, 0);
    check(lwip_connect(s, (const struct sockaddr *)&address, sizeof address) == 0, "connect");
    send_at_once(s);
    return s;
}

/* Sends for that long; KiB per second. */
static double stream(double length)
{
    const int s = connect_to_server();
    const double start = seconds();
    uint64_t place = 0;
    uint64_t arrived = 0;
    while (seconds() < start + length) {
        check(lwip_send(s, content(place), CHUNK, 0) == CHUNK, "the client cannot send");
        place += CHUNK;
    }
    check(lwip_shutdown(s, SHUT_WR) == 0, "shutdown");
    check(lwip_recv(s, &arrived, sizeof arrived, MSG_WAITALL) == (ssize_t)sizeof arrived,
          "no answer");
    check(arrived == place, "a part of the stream is lost");
    const double speed = (double)place / 1024.0 / (seconds() - start);
    lwip_close(s);
    return speed;
}

/* Letters there and back for that long; rounds per second. */
static double letters(double length)
{
    const int s = connect_to_server();
    const double start = seconds();
    char letter[LETTER];
    uint64_t rounds = 0;
    for (; seconds() < start + length; ++rounds) {
        const char *const sent = content(rounds * LETTER);
        check(lwip_send(s, sent, LETTER, 0) == LETTER, "the client cannot send a letter");
        check(lwip_recv(s, letter, LETTER, MSG_WAITALL) == LETTER, "a letter is lost");
        check(memcmp(letter, sent, LETTER) == 0, "a letter's bytes differ");
    }
    const double speed = (double)rounds / (seconds() - start);
    lwip_close(s);
    return speed;
}

/* --- the end ----------------------------------------------------------------------------------- */

/* Blocks of data: no connection is open, and those in TIME-WAIT hold none. */
static unsigned leaked(void)
{
    static const memp_t kinds[] = {MEMP_PBUF_POOL, MEMP_PBUF,    MEMP_TCP_SEG,
                                   MEMP_NETBUF,    MEMP_NETCONN, MEMP_TCPIP_MSG_INPKT};
    unsigned sum = (unsigned)lwip_stats.mem.used;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; ++i) {
        sum += (unsigned)lwip_stats.memp[kinds[i]]->used;
    }
    return sum;
}

/* What an allocation failed of is named for whoever looks for the cause. */
static unsigned failures_of(const char *name, unsigned count)
{
    if (count > 0) {
        fprintf(stderr, "sockets: %u allocations of %s failed\n", count, name);
    }
    return count;
}

static unsigned failures(void)
{
    unsigned sum = failures_of("the heap", (unsigned)lwip_stats.mem.err);
    for (int i = 0; i < MEMP_MAX; ++i) {
        sum += failures_of(lwip_stats.memp[i]->name, (unsigned)lwip_stats.memp[i]->err);
    }
    return sum;
}

static void started(void *unused)
{
    (void)unused;
    sys_sem_signal(&ready);
}

int main(int argc, char **argv)
{
    const double each = (argc > 1 ? strtod(argv[1], NULL) : 10.0) / 2.0;
    make_text();
    check(sys_sem_new(&ready, 0) == ERR_OK, "semaphore");
    tcpip_init(started, NULL);
    (void)sys_arch_sem_wait(&ready, 0);
    const unsigned held = leaked();
    (void)sys_thread_new("server", serve, NULL, 0, 0);
    (void)sys_arch_sem_wait(&ready, 0);
    const double kib = stream(each);
    const double rounds = letters(each);
    (void)sys_arch_sem_wait(&ready, 0);
    sys_msleep(1500); /* acknowledgements that are delayed, and the listener's end */
    printf("{\"kib\": %.1f, \"rounds\": %.1f, \"leaked\": %d, \"failures\": %u, \"faults\": %u}\n",
           kib, rounds, (int)(leaked() - held), failures(), memory_faults());
    return 0;
}
