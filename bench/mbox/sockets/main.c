/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - lwIP's sockets over its loop interface, with this library under them and with lwIP's own
 * files. Prints "case<TAB>value". Arguments: MiB of the stream, rounds there and back.
 *
 *   client --> core --> TCP/IP thread --> core --> server      three threads that share the core
 * lock
 */
#include <stdlib.h>
#include <string.h>

#include "../usage.h"
#include "lwip/sockets.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"

#define PORT   7
#define CHUNK  16384U
#define LETTER 64U

static sys_sem_t ready;

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
    (void)lwip_setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Takes the stream, then answers each letter. */
static void serve(void *argument)
{
    static char buffer[CHUNK];
    size_t left = *(const size_t *)argument;
    const struct sockaddr_in address = loop_address();
    const int listener = lwip_socket(AF_INET, SOCK_STREAM, 0);
    (void)lwip_bind(listener, (const struct sockaddr *)&address, sizeof address);
    (void)lwip_listen(listener, 1);
    sys_sem_signal(&ready);
    const int s = lwip_accept(listener, NULL, NULL);
    send_at_once(s);
    while (left > 0) {
        const ssize_t length = lwip_recv(s, buffer, (left < CHUNK) ? left : CHUNK, 0);
        left -= (length > 0) ? (size_t)length : left;
    }
    (void)lwip_send(s, buffer, LETTER, 0);
    while (lwip_recv(s, buffer, LETTER, 0) == (ssize_t)LETTER) {
        (void)lwip_send(s, buffer, LETTER, 0);
    }
    (void)lwip_close(s);
    sys_sem_signal(&ready);
}

static int connect_to_server(void)
{
    const struct sockaddr_in address = loop_address();
    const int s = lwip_socket(AF_INET, SOCK_STREAM, 0);
    if (lwip_connect(s, (const struct sockaddr *)&address, sizeof address) != 0) {
        exit(1);
    }
    send_at_once(s);
    return s;
}

static void send_all(int s, size_t bytes)
{
    static char buffer[CHUNK];
    for (size_t sent = 0; sent < bytes;) {
        const ssize_t length = lwip_send(s, buffer, CHUNK, 0);
        if (length <= 0) {
            exit(1);
        }
        sent += (size_t)length;
    }
    (void)lwip_recv(s, buffer, LETTER, 0);
}

static void exchange(int s, unsigned rounds)
{
    char letter[LETTER] = {0};
    for (unsigned i = 0; i < rounds; ++i) {
        (void)lwip_send(s, letter, LETTER, 0);
        if (lwip_recv(s, letter, LETTER, MSG_WAITALL) != (ssize_t)LETTER) {
            exit(1);
        }
    }
}

static void started(void *unused)
{
    (void)unused;
    sys_sem_signal(&ready);
}

int main(int argc, char **argv)
{
    const size_t kib = ((argc > 1) ? strtoul(argv[1], NULL, 10) : 200U) * 1024U;
    const unsigned rounds = (argc > 2) ? (unsigned)strtoul(argv[2], NULL, 10) : 20000U;
    size_t bytes = kib * 1024U;
    (void)sys_sem_new(&ready, 0);
    tcpip_init(started, NULL);
    (void)sys_arch_sem_wait(&ready, 0);
    (void)sys_thread_new("server", serve, &bytes, 0, 0);
    (void)sys_arch_sem_wait(&ready, 0);
    const int s = connect_to_server();

    usage_t before = usage_now();
    send_all(s, bytes);
    usage_print("stream over sockets", usage_each(before, (double)kib));

    before = usage_now();
    exchange(s, rounds);
    usage_print("there and back over sockets", usage_each(before, rounds));

    (void)lwip_close(s);
    (void)sys_arch_sem_wait(&ready, 0);
    return 0;
}
