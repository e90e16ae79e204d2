/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - lwIP's pools and heap on the system's heap, as ESP-IDF has them (MEMP_MEM_MALLOC and
 * MEM_LIBC_MALLOC), on this library.
 *
 *   memp_malloc(pool) --> mem_malloc --> caps_malloc (internal RAM, external RAM)
 *
 * A pool is a name and its statistics: its number is no limit, as in lwIP. The heap's end is: then
 * an allocation fails, is counted, and all goes on. The program fills a socket with more datagrams
 * than MEMP_NUM_NETBUF, reads them, lets the heap fail for a while, and compares what is in use. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cistern/fault.h"
#include "lwip/memp.h"
#include "lwip/sockets.h"
#include "lwip/stats.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"

#define DATAGRAMS 12U

static void check(bool condition, const char *what)
{
    if (!condition) {
        printf("FAILED: %s\n", what);
        exit(1);
    }
}

/* --- the system's heap, with capabilities: heap_caps_malloc_prefer on the device ---------------------- */

static long caps_blocks;
static bool caps_exhausted;

static void *caps_count(void *memory)
{
    __atomic_add_fetch(&caps_blocks, memory != NULL, __ATOMIC_RELAXED);
    return memory;
}

void *caps_malloc(size_t size)
{
    return __atomic_load_n(&caps_exhausted, __ATOMIC_RELAXED) ? NULL : caps_count(malloc(size));
}

void *caps_calloc(size_t count, size_t size)
{
    return __atomic_load_n(&caps_exhausted, __ATOMIC_RELAXED) ? NULL
                                                              : caps_count(calloc(count, size));
}

void caps_free(void *memory)
{
    __atomic_sub_fetch(&caps_blocks, memory != NULL, __ATOMIC_RELAXED);
    free(memory);
}

static long blocks_in_use(void)
{
    return __atomic_load_n(&caps_blocks, __ATOMIC_RELAXED);
}

/* --- the program ------------------------------------------------------------------------------------- */

static struct sockaddr_in loop_address(void)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = lwip_htons(7);
    address.sin_addr.s_addr = lwip_htonl(0x7f000001U);
    return address;
}

static void send_all(int s)
{
    for (unsigned i = 0; i < DATAGRAMS; ++i) {
        check(lwip_send(s, &i, sizeof i, 0) == (ssize_t)sizeof i, "a datagram is sent");
    }
}

static void receive_all(int s)
{
    for (unsigned i = 0; i < DATAGRAMS; ++i) {
        unsigned number = 0;
        check(lwip_recv(s, &number, sizeof number, 0) == (ssize_t)sizeof number && number == i,
              "each datagram is received, in order");
    }
}

/* Waits until what was freed elsewhere is free. */
static void wait_for_blocks(long expected)
{
    for (unsigned i = 0; i < 200 && blocks_in_use() != expected; ++i) {
        sys_msleep(10);
    }
    check(blocks_in_use() == expected, "every block is back in the system's heap");
}

static void started(void *ready)
{
    sys_sem_signal(ready);
}

int main(void)
{
    sys_sem_t ready;
    const struct sockaddr_in address = loop_address();
    check(sys_sem_new(&ready, 0) == ERR_OK, "semaphore");
    tcpip_init(started, &ready);
    (void)sys_arch_sem_wait(&ready, 0);

    const int server = lwip_socket(AF_INET, SOCK_DGRAM, 0);
    const int client = lwip_socket(AF_INET, SOCK_DGRAM, 0);
    check(lwip_bind(server, (const struct sockaddr *)&address, sizeof address) == 0, "bind");
    check(lwip_connect(client, (const struct sockaddr *)&address, sizeof address) == 0, "connect");
    const long before = blocks_in_use();
    check(before > 0, "pools and heap take from the system's");

    send_all(client);
    sys_msleep(50);
    const unsigned long netbufs = lwip_stats.memp[MEMP_NETBUF]->used;
    check(netbufs == DATAGRAMS, "more netbufs than MEMP_NUM_NETBUF wait");
    receive_all(server);
    wait_for_blocks(before);
    printf("%lu datagrams waited, MEMP_NUM_NETBUF is %d\n", netbufs, MEMP_NUM_NETBUF);

    __atomic_store_n(&caps_exhausted, true, __ATOMIC_RELAXED);
    const unsigned number = 0;
    check(lwip_send(client, &number, sizeof number, 0) < 0, "without memory nothing is sent");
    check(lwip_stats.memp[MEMP_NETBUF]->err + lwip_stats.mem.err > 0, "which is counted");
    __atomic_store_n(&caps_exhausted, false, __ATOMIC_RELAXED);
    send_all(client);
    receive_all(server);
    wait_for_blocks(before);
    check(cistern_fault_count() == 0, "no misuse is seen");
    printf("a heap that failed, and went on; 0 errors, 0 leaks\n");
    return 0;
}
