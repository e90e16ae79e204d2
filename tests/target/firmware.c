/* SPDX-License-Identifier: BSD-3-Clause */
/* firmware.c - each operation of the library between the plugin's marks, many times in many states.
 *
 * Prints the name of each stretch as it comes; firmware.py puts it beside the instructions that the
 * plugin counted and keeps the worst of each name. The first one is empty: what the marks cost.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "arch/cistern_cpu.h"
#include "cistern/critical.h"
#include "cistern/pool.h"
#include "cistern_bare.h"
#include "lwip/inet_chksum.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/sys.h"
#include "target/marks.h"

#define MEASURE(name, statement)                                                                   \
    do {                                                                                           \
        (void)puts(name);                                                                          \
        trace_begin();                                                                             \
        statement;                                                                                 \
        trace_end();                                                                               \
    } while (0)

#define ROUNDS 60

/* Time goes on while no thread has anything to do. */
void cistern_bare_idle(void)
{
    cistern_bare_tick();
}

/* Numbers with a long period, the same in each run (xorshift, Marsaglia 2003). */
static uint32_t next_number(void)
{
    static uint32_t state = 2463534242U;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/* --- pools --------------------------------------------------------------------------------------
 */

#define BLOCKS 8

static _Alignas(8) unsigned char memory[CISTERN_POOL_BYTES(BLOCKS, 24, 8)];

static void measure_pool(cistern_pool_t *pool, const cistern_pool_config_t *config,
                         const char *get_name, const char *put_name)
{
    void *blocks[BLOCKS + 1];
    (void)cistern_pool_init(pool, config);
    for (unsigned i = 0; i <= BLOCKS; ++i) {
        MEASURE(get_name, blocks[i] = cistern_pool_get(pool));
    }
    for (unsigned i = 0; i < BLOCKS; ++i) {
        MEASURE(put_name, (void)cistern_pool_put(pool, blocks[i]));
    }
    (void)cistern_pool_unregister(pool);
}

static void measure_locked_pool(void)
{
    static cistern_pool_t pool;
    const cistern_pool_config_t config = {
        .name = "locked", .count = BLOCKS, .size = 24, .alignment = 8, .memory = memory};
    measure_pool(&pool, &config, "pool get", "pool put");
}

#if defined CISTERN_PORT_LL || defined __riscv_atomic
static void measure_lock_free_pool(void)
{
    static cistern_pool_t pool;
    static _Alignas(64) unsigned char work[CISTERN_POOL_LOCK_FREE_BYTES(BLOCKS)];
    static cistern_pool_extras_t extras = {
        .strategy = CISTERN_POOL_LOCK_FREE, .work = work, .work_bytes = sizeof work};
    const cistern_pool_config_t config = {.name = "lock-free",
                                          .count = BLOCKS,
                                          .size = 24,
                                          .alignment = 8,
                                          .memory = memory,
                                          .extras = &extras};
    measure_pool(&pool, &config, "lock-free pool get", "lock-free pool put");
}
#else
static void measure_lock_free_pool(void) {}
#endif

static void measure_memp(void)
{
    void *element;
    MEASURE("memp_malloc", element = memp_malloc(MEMP_PBUF));
    MEASURE("memp_free", memp_free(MEMP_PBUF, element));
}

/* --- the heap: until it is full of holes --------------------------------------------------------
 */

#define SLOTS 16

static void measure_heap(void)
{
    void *slots[SLOTS] = {NULL};
    for (unsigned i = 0; i < ROUNDS; ++i) {
        void **const slot = &slots[next_number() % SLOTS];
        const mem_size_t size = (mem_size_t)(1U + next_number() % 160U);
        if (*slot != NULL) {
            MEASURE("mem_free", mem_free(*slot));
        }
        MEASURE("mem_malloc", *slot = mem_malloc(size));
        if (*slot != NULL && size > 40) {
            MEASURE("mem_trim", (void)mem_trim(*slot, (mem_size_t)(size - 24U)));
        }
    }
    for (unsigned i = 0; i < SLOTS; ++i) {
        mem_free(slots[i]);
    }
}

/* --- packet buffers ------------------------------------------------------------------------------
 */

static void measure_pbuf(void)
{
    struct pbuf *p;
    MEASURE("pbuf_alloc PBUF_POOL, one element", p = pbuf_alloc(PBUF_RAW, 60, PBUF_POOL));
    MEASURE("pbuf_ref", pbuf_ref(p));
    MEASURE("pbuf_free of a shared one", (void)pbuf_free(p));
    MEASURE("pbuf_free PBUF_POOL, one element", (void)pbuf_free(p));
    MEASURE("pbuf_alloc PBUF_RAM", p = pbuf_alloc(PBUF_TRANSPORT, 60, PBUF_RAM));
    MEASURE("pbuf_add_header", (void)pbuf_add_header(p, 20));
    MEASURE("pbuf_free PBUF_RAM", (void)pbuf_free(p));
    MEASURE("pbuf_alloc_reference", p = pbuf_alloc_reference(memory, 60, PBUF_REF));
    MEASURE("pbuf_free PBUF_REF", (void)pbuf_free(p));
    MEASURE("inet_chksum, 60 bytes", (void)inet_chksum(memory, 60));
}

/* --- the OS layer --------------------------------------------------------------------------------
 */

static sys_sem_t semaphore;
static sys_mbox_t mailbox;

static void wait_for_it(void *argument)
{
    (void)argument;
    (void)sys_sem_wait(&semaphore);
}

static void fetch_it(void *argument)
{
    (void)argument;
    (void)sys_mbox_fetch(&mailbox, NULL);
}

static void measure_semaphore(void)
{
    MEASURE("sys_sem_new", (void)sys_sem_new(&semaphore, 0));
    MEASURE("sys_sem_signal", sys_sem_signal(&semaphore));
    MEASURE("sys_sem_wait for a unit", (void)sys_sem_wait(&semaphore));
    (void)sys_thread_new("waits", wait_for_it, NULL, 0, 1);
    MEASURE("sys_sem_signal, switch and back", sys_sem_signal(&semaphore));
    MEASURE("sys_sem_free", sys_sem_free(&semaphore));
}

static void measure_mutex(void)
{
    sys_mutex_t mutex;
    (void)sys_mutex_new(&mutex);
    MEASURE("sys_mutex_lock", sys_mutex_lock(&mutex));
    MEASURE("sys_mutex_unlock", sys_mutex_unlock(&mutex));
    sys_mutex_free(&mutex);
}

static void measure_mailbox(void)
{
    MEASURE("sys_mbox_new", (void)sys_mbox_new(&mailbox, 3));
    for (unsigned i = 0; i < 4; ++i) {
        MEASURE("sys_mbox_trypost", (void)sys_mbox_trypost(&mailbox, memory));
    }
    for (unsigned i = 0; i < 4; ++i) {
        MEASURE("sys_mbox_tryfetch", (void)sys_arch_mbox_tryfetch(&mailbox, NULL));
    }
    (void)sys_thread_new("fetches", fetch_it, NULL, 0, 1);
    MEASURE("sys_mbox_post, switch and back", sys_mbox_post(&mailbox, memory));
    MEASURE("sys_mbox_free", sys_mbox_free(&mailbox));
}

int main(void)
{
    MEASURE("nothing", (void)0);
    sys_init();
    mem_init();
    memp_init();
    MEASURE("critical section", cistern_critical_leave(cistern_critical_enter()));
    measure_locked_pool();
    measure_lock_free_pool();
    measure_memp();
    measure_heap();
    measure_pbuf();
    measure_semaphore();
    measure_mutex();
    measure_mailbox();
    return 0;
}
