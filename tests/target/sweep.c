/* sweep.c - an interrupt on every instruction of every operation, doing such operations itself.
 *
 *   prepare | run ........................................ | sound?
 *             ^ interrupt after 1 instruction, then 2, ... until it comes after the end
 *
 * With QEMU's -icount an interrupt falls on an exact instruction, and the timer's step is half an
 * instruction, so that none is left out. The program prints each operation with its rounds and its
 * violations, and "hit ADDRESS" for each instruction that an interrupt fell on; sweep.sh compares
 * these with the instructions that the operations execute. With an argument no interrupt is armed:
 * each operation runs once between trace_begin and trace_end, for the plugin to see.
 *
 * Its own planted pool has no protection: the run fails unless violations are found in it, and in
 * no other operation. With SYS_LIGHTWEIGHT_PROT 0 the engines have none either.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "arch/cistern_cpu.h"
#include "cistern/heap.h"
#include "cistern/pool.h"
#include "cistern_bare.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/stats.h"
#include "lwip/sys.h"
#include "target/board.h"
#include "target/marks.h"

typedef struct operation {
    const char *name;
    void (*prepare)(void);
    void (*run)(void);
    void (*interrupt)(void);
    bool (*sound)(void);
} operation_t;

/* Time goes on while no thread has anything to do: the timer is needed for the shots. */
void cistern_bare_idle(void)
{
    cistern_bare_tick();
}

static unsigned faults;

static void count_fault(const cistern_fault_t *fault)
{
    (void)fault;
    ++faults;
}

/* --- a pool: main holds one block, the interrupt another -------------------------------------- */

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

static void memp_interrupt(void)
{
    memp_free(MEMP_PBUF, theirs);
    theirs = memp_malloc(MEMP_PBUF);
}

static bool memp_sound(void)
{
    return mine != NULL && theirs != NULL && mine != theirs &&
           cistern_pool_check(memp_pools[MEMP_PBUF]->pool) &&
           lwip_stats.memp[MEMP_PBUF]->used == 2 && lwip_stats.memp[MEMP_PBUF]->err == 0;
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
           cistern_heap_check(mem_heap()) && cistern_pool_check(memp_pools[MEMP_PBUF_POOL]->pool);
}

/* --- semaphores ------------------------------------------------------------------------------
 * The interrupt signals once; a thread more urgent than main may wait for that, too. */

static sys_sem_t semaphore;
static sys_sem_t go;
static unsigned shots;
static unsigned woken;

static unsigned units_left(void)
{
    unsigned units = 0;
    while (sys_arch_sem_wait(&semaphore, 1) != SYS_ARCH_TIMEOUT) {
        ++units;
    }
    return units;
}

static void semaphore_prepare(void)
{
    shots = 0;
    woken = 0;
    (void)sys_sem_new(&semaphore, 1);
}

static void semaphore_run(void)
{
    sys_sem_signal(&semaphore);
    (void)sys_sem_wait(&semaphore);
}

static void semaphore_interrupt(void)
{
    ++shots;
    sys_sem_signal(&semaphore);
}

static bool semaphore_sound(void)
{
    const unsigned units = units_left();
    sys_sem_free(&semaphore);
    return units == 1 + shots && !sys_sem_valid(&semaphore);
}

/* Waits for the one unit that the interrupt brings; main's last resort is the shot itself, since
 * main goes on waiting with the timer armed. */
static void waiter(void *argument)
{
    (void)argument;
    (void)sys_sem_wait(&semaphore);
    ++woken;
    sys_sem_signal(&go);
}

static void waiter_prepare(void)
{
    semaphore_prepare();
    (void)sys_sem_wait(&semaphore);
    (void)sys_sem_new(&go, 0);
    (void)sys_thread_new("waiter", waiter, NULL, 0, 1);
}

static bool waiter_sound(void)
{
    const unsigned units = units_left();
    const bool right = woken == 1 && units == shots && sys_arch_sem_wait(&go, 1) == 0;
    sys_sem_free(&semaphore);
    sys_sem_free(&go);
    return right;
}

static void waiter_run(void)
{
    sys_sem_signal(&semaphore);
}

/* --- mailboxes -------------------------------------------------------------------------------
 * Main posts and fetches; the interrupt posts 'i'. */

#define PLACES 4

static sys_mbox_t mailbox;
static char letters[PLACES];
static unsigned refused;

static void mailbox_prepare(void)
{
    shots = 0;
    refused = 0;
    (void)sys_mbox_new(&mailbox, PLACES);
    (void)sys_mbox_trypost(&mailbox, &letters[0]);
}

static void mailbox_run(void)
{
    void *first = NULL;
    void *second = NULL;
    (void)sys_mbox_trypost(&mailbox, &letters[1]);
    (void)sys_arch_mbox_fetch(&mailbox, &first, 0);
    sys_mbox_post(&mailbox, &letters[2]);
    (void)sys_arch_mbox_tryfetch(&mailbox, &second);
    mine = first;
    theirs = second;
}

static void mailbox_interrupt(void)
{
    ++shots;
    refused += (sys_mbox_trypost_fromisr(&mailbox, NULL) == ERR_OK) ? 0U : 1U;
}

/* Every message comes out once, those of main in order: letter 0 first, 1 before 2. */
static bool mailbox_sound(void)
{
    unsigned nulls = (theirs == NULL) ? 1U : 0U;
    unsigned next = (theirs == NULL) ? 1U : 2U;
    bool ordered = mine == &letters[0] && (theirs == NULL || theirs == &letters[1]);
    void *msg;
    while (sys_arch_mbox_tryfetch(&mailbox, &msg) == 0) {
        ordered = ordered && (msg == NULL || msg == &letters[next]);
        next += (msg != NULL) ? 1U : 0U;
        nulls += (msg == NULL) ? 1U : 0U;
    }
    sys_mbox_free(&mailbox);
    return ordered && next == 3 && nulls == shots && refused == 0;
}

/* --- the planted pool: a free list without protection ----------------------------------------- */

typedef struct planted {
    struct planted *volatile next;
} planted_t;

static planted_t planted[BLOCKS];
static planted_t *volatile planted_list;

static void *planted_get(void)
{
    planted_t *const block = planted_list;
    planted_list = block->next;
    return block;
}

static void planted_put(void *memory_of_block)
{
    planted_t *const block = memory_of_block;
    block->next = planted_list;
    planted_list = block;
}

static void planted_prepare(void)
{
    planted_list = NULL;
    for (unsigned i = 0; i < BLOCKS; ++i) {
        planted_put(&planted[i]);
    }
    mine = planted_get();
    theirs = planted_get();
}

static void planted_run(void)
{
    planted_put(mine);
    mine = planted_get();
}

static void planted_interrupt(void)
{
    void *const more = planted_get();
    planted_put(theirs);
    theirs = more;
}

/* Two blocks are held, and the two others are all that the list has. */
static bool planted_sound(void)
{
    unsigned seen = 0;
    unsigned length = 0;
    for (const planted_t *block = planted_list; block != NULL && length < BLOCKS; ++length) {
        seen |= 1U << (unsigned)(block - planted);
        block = block->next;
    }
    seen |= 1U << (unsigned)((planted_t *)mine - planted);
    seen |= 1U << (unsigned)((planted_t *)theirs - planted);
    return length == BLOCKS - 2 && seen == (1U << BLOCKS) - 1U;
}

/* --- the sweep -------------------------------------------------------------------------------- */

static const operation_t operations[] = {
    {"pool put, get", pool_prepare, pool_run_get, pool_interrupt, pool_sound},
    {"pool stats, verify", pool_prepare, pool_run_stats, pool_interrupt, pool_sound},
#if defined CISTERN_PORT_LL || defined __riscv_atomic
    {"lock-free put, get", lock_free_prepare, pool_run_get, pool_interrupt, lock_free_sound},
#endif
    {"memp free, malloc", memp_prepare, memp_run, memp_interrupt, memp_sound},
    {"mem malloc, free", heap_prepare, heap_run_malloc, heap_interrupt, heap_sound},
    {"mem calloc, free", heap_prepare, heap_run_calloc, heap_interrupt, heap_sound},
    {"mem trim", heap_prepare, heap_run_trim, heap_interrupt, heap_sound},
    {"pbuf pool", pbuf_prepare, pbuf_run_pool, pbuf_interrupt, pbuf_sound},
    {"pbuf ram", pbuf_prepare, pbuf_run_ram, pbuf_interrupt, pbuf_sound},
    {"pbuf reference", pbuf_prepare, pbuf_run_reference, pbuf_interrupt, pbuf_sound},
    {"pbuf ref, free", pbuf_prepare, pbuf_run_ref, pbuf_interrupt, pbuf_sound},
    {"semaphore signal, wait", semaphore_prepare, semaphore_run, semaphore_interrupt,
     semaphore_sound},
    {"semaphore wakes", waiter_prepare, waiter_run, semaphore_interrupt, waiter_sound},
    {"mailbox", mailbox_prepare, mailbox_run, mailbox_interrupt, mailbox_sound},
    {"planted", planted_prepare, planted_run, planted_interrupt, planted_sound},
};
#define OPERATIONS (sizeof operations / sizeof operations[0])

/* One bit for each halfword of the program's first 64 KiB. */
#define CODE_BYTES 0x10000U
static unsigned char hits[CODE_BYTES / 16];
extern char __flash[];

static const operation_t *current;
static volatile bool fallen;

static void fall(uintptr_t address)
{
    const uintptr_t offset = (address - (uintptr_t)__flash) / 2U;
    fallen = true;
    if (offset / 8U < sizeof hits) {
        hits[offset / 8U] |= (unsigned char)(1U << (offset % 8U));
    }
    current->interrupt();
}

/* One function for both runs, so that they execute the same instructions. */
__attribute__((noinline)) static void run_current(void)
{
    trace_begin();
    current->run();
    trace_end();
}

static bool round_is_sound(uint32_t ticks)
{
    fallen = false;
    faults = 0;
    current->prepare();
    board_shoot(ticks, fall);
    run_current();
    board_hold();
    return current->sound() && faults == 0;
}

/* Violations of one operation. */
static unsigned sweep(const operation_t *operation)
{
    unsigned rounds = 0;
    unsigned violations = 0;
    current = operation;
    uint32_t ticks = board_shot_step();
    do {
        violations += round_is_sound(ticks) ? 0U : 1U;
        ticks += board_shot_step();
        ++rounds;
    } while (fallen);
    (void)printf("%-24s %5u rounds %5u violations\n", operation->name, rounds, violations);
    return violations;
}

static void trace_once(void)
{
    for (size_t i = 0; i < OPERATIONS; ++i) {
        current = &operations[i];
        current->prepare();
        run_current();
        (void)current->sound();
    }
}

static void print_hits(void)
{
    for (size_t i = 0; i < sizeof hits * 8U; ++i) {
        if ((hits[i / 8U] >> (i % 8U) & 1U) != 0) {
            (void)printf("hit %lx\n", (unsigned long)(uintptr_t)__flash + 2UL * i);
        }
    }
}

int main(int argc, char **argv)
{
    (void)argv;
    unsigned violations = 0;
    unsigned found = 0;
    sys_init();
    (void)cistern_fault_set_handler(count_fault);
    if (argc > 1) {
        trace_once();
        return 0;
    }
    for (size_t i = 0; i < OPERATIONS - 1U; ++i) {
        violations += sweep(&operations[i]);
    }
    found = sweep(&operations[OPERATIONS - 1U]);
    print_hits();
    (void)printf("%u violations; the planted pool shows %u\n", violations, found);
    return (violations == 0 && found > 0) ? 0 : 1;
}
