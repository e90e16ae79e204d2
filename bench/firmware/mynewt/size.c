/* SPDX-License-Identifier: BSD-3-Clause */
/* size.c - the smallest use of Mynewt's pools, to see how much code it brings along: init, get,
 * put.
 *
 * With BENCH_NO_REPORTER the report of a fault ends here, as every engine of a program shares it.
 */
#include "os/mynewt.h"

#define BLOCKS 8
#define SIZE   32

struct os_mempool bench_pool;
os_membuf_t bench_memory[OS_MEMPOOL_SIZE(BLOCKS, SIZE)];
void footprint(void *block);

#ifdef BENCH_NO_REPORTER
#    include "cistern/fault.h"
void cistern_fault_raise(const cistern_fault_t *fault)
{
    (void)fault;
}
#endif

void footprint(void *block)
{
    (void)os_mempool_init(&bench_pool, BLOCKS, SIZE, bench_memory, "bench");
    (void)os_memblock_put(&bench_pool, block);
    (void)os_memblock_put(&bench_pool, os_memblock_get(&bench_pool));
}
