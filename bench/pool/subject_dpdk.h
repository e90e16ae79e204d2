/* SPDX-License-Identifier: BSD-3-Clause */
/* subject_dpdk.h - DPDK's mempool with its cache per thread, or with SUBJECT_CACHE 0 without. */
#include <rte_eal.h>
#include <rte_mempool.h>

#ifndef SUBJECT_CACHE
#    define SUBJECT_CACHE 256
#endif

static struct rte_mempool *subject;

static bool subject_start(void)
{
    char *arguments[] = {
        (char *)"bench", (char *)"--no-huge",      (char *)"--no-pci",      (char *)"-m",
        (char *)"64",    (char *)"--no-telemetry", (char *)"--log-level=1", NULL};
    if (rte_eal_init(7, arguments) < 0) {
        return false;
    }
    subject = rte_mempool_create("bench", BLOCKS, BLOCK_SIZE, SUBJECT_CACHE, 0, NULL, NULL, NULL,
                                 NULL, SOCKET_ID_ANY, 0);
    return subject != NULL;
}

#define SUBJECT_KNOWS_THREADS

static void subject_thread_starts(void)
{
    if (rte_lcore_id() == LCORE_ID_ANY) {
        (void)rte_thread_register();
    }
}

/* DPDK leaves what a thread's cache holds in it; trial after trial would lose the pool that way. */
static void subject_thread_ends(void)
{
    struct rte_mempool_cache *const cache = rte_mempool_default_cache(subject, rte_lcore_id());
    if (cache != NULL) {
        rte_mempool_cache_flush(cache, subject);
    }
    rte_thread_unregister();
}

static void *subject_get(void)
{
    void *block;
    return rte_mempool_get(subject, &block) == 0 ? block : NULL;
}

static void subject_put(void *block)
{
    rte_mempool_put(subject, block);
}

static bool subject_get_bulk(void **blocks, unsigned n)
{
    return rte_mempool_get_bulk(subject, blocks, n) == 0;
}

static void subject_put_bulk(void *const *blocks, unsigned n)
{
    rte_mempool_put_bulk(subject, blocks, n);
}
