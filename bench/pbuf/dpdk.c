/* SPDX-License-Identifier: BSD-3-Clause */
/* The cases of main.c that DPDK's packet buffers have, by the same names. */
#define _POSIX_C_SOURCE 200809L
#include <rte_eal.h>
#include <rte_mbuf.h>

#include "../bench.h"

static struct rte_mempool *pool;
static struct rte_mbuf *packet;

static void nothing(void) {}

static void pool_1514(void)
{
    struct rte_mbuf *const m = rte_pktmbuf_alloc(pool);
    (void)rte_pktmbuf_append(m, 1514);
    rte_pktmbuf_free(m);
}

static void header(void)
{
    (void)rte_pktmbuf_prepend(packet, 20);
    (void)rte_pktmbuf_adj(packet, 20);
}

int main(void)
{
    char *arguments[] = {(char *)"bench",
                         (char *)"--no-huge",
                         (char *)"--no-pci",
                         (char *)"-m",
                         (char *)"64",
                         (char *)"--no-telemetry",
                         (char *)"--no-shconf",
                         (char *)"--log-level=1",
                         NULL};
    if (rte_eal_init(8, arguments) < 0) {
        return 1;
    }
    pool = rte_pktmbuf_pool_create("bench", 1023, 256, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
    if (pool == NULL) {
        return 1;
    }
    packet = rte_pktmbuf_alloc(pool);
    (void)rte_pktmbuf_append(packet, 1460);
    bench_run("nothing", nothing);
    bench_run("pool 1514 alloc+free", pool_1514);
    bench_run("header add+remove", header);
    return 0;
}
