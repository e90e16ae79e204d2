/* SPDX-License-Identifier: BSD-3-Clause */
/* sweep_memory.c - operations of pools, heap and packet buffers. In each, main holds something and the
 * interrupt something else; the interrupt gives its own back and takes a new one. */
#include "target/sweep.h"

#include <string.h>

#include "arch/cistern_cpu.h"
#include "cistern/heap.h"
#include "cistern/pool.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/stats.h"
#include "os/os_mempool.h"

/* --- a pool ----------------------------------------------------------------------------------- */

#define BLOCKS 4

static _Alignas(8) unsigned char memory[CISTERN_POOL_BYTES(BLOCKS, 16, 8)];
static cistern_pool_t pool;
static void *mine;
static void *theirs;

static void pool_prepare(void)
{
    const cistern_pool_config_t config = {
        .name = "sweep", .count = BLOCKS, .size = 16, .alignment = 8, .memory = memory};
    (void)cistern_pool_init(&pool, &config);
    mine = cistern_pool_get(&pool);
    theirs = cistern_pool_get(&pool);
}

static void pool_run_get(void)
{
    (void)cistern_pool_put(&pool, mine);
    mine = cistern_pool_get(&pool);
}

static void pool_run_stats(void)
{
    cistern_pool_stats_t stats;
    cistern_pool_stats(&pool, &stats);
    (void)cistern_pool_verify(&pool, mine);
    cistern_pool_reset_low_water(&pool);
}

/* Two more blocks, and back. */
static void pool_run_bulk(void)
{
    void *blocks[2];
    const size_t got = cistern_pool_get_bulk(&pool, blocks, 2);
    (void)cistern_pool_put_bulk(&pool, blocks, got);
}

static void pool_interrupt(void)
{
    void *const more = cistern_pool_get(&pool);
    (void)cistern_pool_put(&pool, theirs);
    theirs = cistern_pool_get(&pool);
    (void)cistern_pool_put(&pool, more);
}

static bool pool_sound(void)
{
    return mine != NULL && theirs != NULL && mine != theirs && pool.free == BLOCKS - 2 &&
           cistern_pool_check(&pool);
}

/* With extras, of which the last block is kept for calls that ask for it. */
static unsigned lows;

static void count_low(cistern_pool_t *low, void *argument)
{
    (void)low;
    (void)argument;
    ++lows;
}

static cistern_pool_extras_t reserved = {
    .strategy = CISTERN_POOL_CRITICAL, .reserve = 1, .low_water = 1, .on_low = count_low};

static void reserved_prepare(void)
{
    const cistern_pool_config_t config = {.name = "reserved",
                                          .count = BLOCKS,
                                          .size = 16,
                                          .alignment = 8,
                                          .memory = memory,
                                          .extras = &reserved};
    (void)cistern_pool_init(&pool, &config);
    mine = cistern_pool_get(&pool);
    theirs = cistern_pool_get(&pool);
}

static void reserved_run(void)
{
    void *const more = cistern_pool_get_privileged(&pool);
    (void)cistern_pool_put(&pool, mine);
    mine = more;
}

/* One block more than those that are held may be the reserved one, which a get does not take. */
static void reserved_interrupt(void)
{
    (void)cistern_pool_put(&pool, theirs);
    theirs = cistern_pool_get_privileged(&pool);
}

#if defined CISTERN_PORT_LL || defined __riscv_atomic

/* The same without masking an interrupt. */
static _Alignas(64) unsigned char work[CISTERN_POOL_LOCK_FREE_BYTES(BLOCKS)];
static cistern_pool_extras_t lock_free = {
    .strategy = CISTERN_POOL_LOCK_FREE, .work = work, .work_bytes = sizeof work};

static void lock_free_prepare(void)
{
    const cistern_pool_config_t config = {.name = "lock-free",
                                          .count = BLOCKS,
                                          .size = 16,
                                          .alignment = 8,
                                          .memory = memory,
                                          .extras = &lock_free};
    (void)cistern_pool_init(&pool, &config);
    mine = cistern_pool_get(&pool);
    theirs = cistern_pool_get(&pool);
}

static bool lock_free_sound(void)
{
    cistern_pool_stats_t stats;
    cistern_pool_stats(&pool, &stats);
    return mine != NULL && theirs != NULL && mine != theirs && stats.free == BLOCKS - 2 &&
           cistern_pool_check(&pool);
}

#endif

/* --- Mynewt's pools --------------------------------------------------------------------------- */

static struct os_mempool os_pool;

static void os_prepare(void)
{
    (void)os_mempool_init(&os_pool, BLOCKS, 16, memory, "sweep");
    mine = os_memblock_get(&os_pool);
    theirs = os_memblock_get(&os_pool);
}

static void os_run(void)
{
    (void)os_memblock_put(&os_pool, mine);
    mine = os_memblock_get(&os_pool);
}

static void os_interrupt(void)
{
    void *const more = os_memblock_get(&os_pool);
    (void)os_memblock_put(&os_pool, theirs);
    theirs = os_memblock_get(&os_pool);
    (void)os_memblock_put(&os_pool, more);
}

static bool os_sound(void)
{
    return mine != NULL && theirs != NULL && mine != theirs && os_mempool_is_sane(&os_pool) &&
           os_pool.mp_num_free == BLOCKS - 2;
}

/* --- lwIP's pools ----------------------------------------------------------------------------- */

static void memp_prepare(void)
{
    memp_init();
    mine = memp_malloc(MEMP_PBUF);
    theirs = memp_malloc(MEMP_PBUF);
}

static void memp_run(void)
{
    memp_free(MEMP_PBUF, mine);
    mine = memp_malloc(MEMP_PBUF);
}

/* A free and a malloc of the same element would leave the list as it was. */
static void memp_interrupt(void)
{
    void *const more = memp_malloc(MEMP_PBUF);
    memp_free(MEMP_PBUF, theirs);
    theirs = memp_malloc(MEMP_PBUF);
    memp_free(MEMP_PBUF, more);
}

static bool memp_sound(void)
{
    return mine != NULL && theirs != NULL && mine != theirs &&
           memp_pool_check(memp_pools[MEMP_PBUF]) && lwip_stats.memp[MEMP_PBUF]->used == 2 &&
           lwip_stats.memp[MEMP_PBUF]->err == 0;
}

/* --- the heap --------------------------------------------------------------------------------- */

static void heap_prepare(void)
{
    mem_init();
    mine = mem_malloc(24);
    theirs = mem_malloc(40);
}

static void heap_run_malloc(void)
{
    void *const more = mem_malloc(32);
    mem_free(mine);
    mine = more;
}

static void heap_run_calloc(void)
{
    void *const more = mem_calloc(3, 12);
    mem_free(mine);
    mine = more;
}

static void heap_run_trim(void)
{
    mem_free(mine);
    mine = mem_trim(mem_malloc(100), 20);
}

static void heap_run_realloc(void)
{
    mine = cistern_heap_realloc(mem_heap(), mine, 60);
    mine = cistern_heap_realloc(mem_heap(), mine, 12);
}

static void heap_run_aligned(void)
{
    void *const more = cistern_heap_aligned_alloc(mem_heap(), 32, 20);
    mem_free(mine);
    mine = more;
}

static void heap_run_look(void)
{
    cistern_heap_stats_t stats;
    cistern_heap_stats(mem_heap(), &stats);
    (void)cistern_heap_largest(mem_heap());
    (void)cistern_heap_usable_size(mem_heap(), mine);
    cistern_heap_reset_max_used(mem_heap());
}

static void heap_interrupt(void)
{
    void *const more = mem_malloc(16);
    mem_free(theirs);
    theirs = mem_malloc(56);
    mem_free(more);
}

static bool heap_sound(void)
{
    const bool held = mine != NULL && theirs != NULL && mine != theirs;
    const bool sound = cistern_heap_check(mem_heap());
    mem_free(mine);
    mem_free(theirs);
    return held && sound && lwip_stats.mem.used == 0 && cistern_heap_check(mem_heap());
}

/* --- packet buffers --------------------------------------------------------------------------- */

static struct pbuf *shared;

static void pbuf_prepare(void)
{
    mem_init();
    memp_init();
    shared = pbuf_alloc(PBUF_RAW, 20, PBUF_POOL);
    theirs = pbuf_alloc(PBUF_RAW, 30, PBUF_RAM);
}

static void pbuf_run_pool(void)
{
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 10, PBUF_POOL);
    (void)pbuf_free(p);
}

static void pbuf_run_ram(void)
{
    struct pbuf *const p = pbuf_alloc(PBUF_TRANSPORT, 10, PBUF_RAM);
    (void)pbuf_free(p);
}

static void pbuf_run_reference(void)
{
    struct pbuf *const p = pbuf_alloc_reference(memory, sizeof memory, PBUF_REF);
    (void)pbuf_free(p);
}

static void pbuf_run_ref(void)
{
    pbuf_ref(shared);
    (void)pbuf_free(shared);
}

/* A chain of both kinds, cut short. */
static void pbuf_run_chain(void)
{
    struct pbuf *const head = pbuf_alloc(PBUF_RAW, 16, PBUF_POOL);
    struct pbuf *const tail = pbuf_alloc(PBUF_RAW, 24, PBUF_RAM);
    pbuf_chain(head, tail);
    (void)pbuf_free(tail);
    pbuf_realloc(head, 20);
    (void)pbuf_free(head);
}

static void pbuf_run_copies(void)
{
    struct pbuf *const copy = pbuf_clone(PBUF_RAW, PBUF_RAM, shared);
    struct pbuf *const whole = pbuf_coalesce(copy, PBUF_RAW);
    (void)pbuf_copy(whole, shared);
    (void)pbuf_free(whole);
}

static void pbuf_interrupt(void)
{
    pbuf_ref(shared);
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 8, PBUF_RAM);
    (void)pbuf_free(theirs);
    theirs = p;
    (void)pbuf_free(pbuf_alloc_reference(memory, 1, PBUF_ROM));
    (void)pbuf_free(shared);
}

static bool pbuf_sound(void)
{
    const bool held = shared != NULL && theirs != NULL && shared->ref == 1;
    return held && pbuf_free(theirs) == 1 && pbuf_free(shared) == 1 && lwip_stats.mem.used == 0 &&
           lwip_stats.memp[MEMP_PBUF_POOL]->used == 0 && lwip_stats.memp[MEMP_PBUF]->used == 0 &&
           cistern_heap_check(mem_heap()) && memp_pool_check(memp_pools[MEMP_PBUF_POOL]);
}

/* --- all of them ------------------------------------------------------------------------------ */

const operation_t sweep_memory[] = {
    {"pool put, get", pool_prepare, pool_run_get, pool_interrupt, pool_sound},
    {"pool bulk", pool_prepare, pool_run_bulk, pool_interrupt, pool_sound},
    {"pool stats, verify", pool_prepare, pool_run_stats, pool_interrupt, pool_sound},
    {"pool reserve, notice", reserved_prepare, reserved_run, reserved_interrupt, pool_sound},
#if defined CISTERN_PORT_LL || defined __riscv_atomic
    {"lock-free put, get", lock_free_prepare, pool_run_get, pool_interrupt, lock_free_sound},
    {"lock-free bulk", lock_free_prepare, pool_run_bulk, pool_interrupt, lock_free_sound},
    {"lock-free stats, verify", lock_free_prepare, pool_run_stats, pool_interrupt, lock_free_sound},
#endif
    {"os_memblock put, get", os_prepare, os_run, os_interrupt, os_sound},
    {"memp free, malloc", memp_prepare, memp_run, memp_interrupt, memp_sound},
    {"mem malloc, free", heap_prepare, heap_run_malloc, heap_interrupt, heap_sound},
    {"mem calloc, free", heap_prepare, heap_run_calloc, heap_interrupt, heap_sound},
    {"mem trim", heap_prepare, heap_run_trim, heap_interrupt, heap_sound},
    {"heap realloc", heap_prepare, heap_run_realloc, heap_interrupt, heap_sound},
    {"heap aligned", heap_prepare, heap_run_aligned, heap_interrupt, heap_sound},
    {"heap stats, largest", heap_prepare, heap_run_look, heap_interrupt, heap_sound},
    {"pbuf pool", pbuf_prepare, pbuf_run_pool, pbuf_interrupt, pbuf_sound},
    {"pbuf ram", pbuf_prepare, pbuf_run_ram, pbuf_interrupt, pbuf_sound},
    {"pbuf reference", pbuf_prepare, pbuf_run_reference, pbuf_interrupt, pbuf_sound},
    {"pbuf ref, free", pbuf_prepare, pbuf_run_ref, pbuf_interrupt, pbuf_sound},
    {"pbuf chain, realloc", pbuf_prepare, pbuf_run_chain, pbuf_interrupt, pbuf_sound},
    {"pbuf clone, coalesce", pbuf_prepare, pbuf_run_copies, pbuf_interrupt, pbuf_sound},
};
const size_t sweep_memory_count = sizeof sweep_memory / sizeof sweep_memory[0];
