/* SPDX-License-Identifier: BSD-3-Clause */
/* pair.c - one get and put of a pool of Mynewt's, and of an extended one whose callback gives the
 * block back. Each case is called once, then once more to be counted: by callgrind on the host,
 * between the marks on a board. "nothing" is what the call alone takes. */
#include "os/mynewt.h"

#ifdef __arm__
#    include "target/marks.h"
typedef void bench_case_t(void);
static void bench_run(const char *name, bench_case_t *volatile call)
{
    (void)name;
    call();
    trace_begin();
    call();
    trace_end();
}
#else
#    include "../../bench.h"
#endif

#define BLOCKS 8
#define SIZE   32

static os_membuf_t memory[2][OS_MEMPOOL_SIZE(BLOCKS, SIZE)];
static struct os_mempool plain;
static struct os_mempool_ext extended;

static os_error_t give_back(struct os_mempool_ext *pool, void *block, void *argument)
{
    (void)argument;
    return os_memblock_put_from_cb(&pool->mpe_mp, block);
}

static void nothing(void) {}

static void pair(void)
{
    (void)os_memblock_put(&plain, os_memblock_get(&plain));
}

static void extended_pair(void)
{
    (void)os_memblock_put(&extended.mpe_mp, os_memblock_get(&extended.mpe_mp));
}

int main(void)
{
    os_mempool_module_init();
    if (os_mempool_init(&plain, BLOCKS, SIZE, memory[0], "plain") != 0 ||
        os_mempool_ext_init(&extended, BLOCKS, SIZE, memory[1], "extended") != 0) {
        return 1;
    }
    extended.mpe_put_cb = give_back;
    bench_run("nothing", nothing);
    bench_run("pair", pair);
    bench_run("extended pair", extended_pair);
    return (plain.mp_num_free == BLOCKS && extended.mpe_mp.mp_num_free == BLOCKS) ? 0 : 2;
}
