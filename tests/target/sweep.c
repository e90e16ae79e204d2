/* SPDX-License-Identifier: BSD-3-Clause */
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
#include <stdint.h>
#include <stdio.h>

#include "cistern/fault.h"
#include "lwip/sys.h"
#include "target/board.h"
#include "target/marks.h"
#include "target/sweep.h"

static unsigned faults;

static void count_fault(const cistern_fault_t *fault)
{
    (void)fault;
    ++faults;
}

/* --- the planted pool: a free list without protection ----------------------------------------- */

typedef struct planted {
    struct planted *volatile next;
} planted_t;

#define BLOCKS 4

static planted_t planted[BLOCKS];
static planted_t *volatile planted_list;
static void *mine;
static void *theirs;

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

static const operation_t planted_operation = {"planted", planted_prepare, planted_run,
                                              planted_interrupt, planted_sound};

/* One bit for each halfword of the program's first 40 KiB. */
#define CODE_BYTES 0xA000U
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

static unsigned sweep_each(const operation_t *operations, size_t count)
{
    unsigned violations = 0;
    for (size_t i = 0; i < count; ++i) {
        violations += sweep(&operations[i]);
    }
    return violations;
}

static void trace_each(const operation_t *operations, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
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
    unsigned violations;
    unsigned found;
    sys_init();
    (void)cistern_fault_set_handler(count_fault);
    if (argc > 1) {
        trace_each(sweep_memory, sweep_memory_count);
        trace_each(sweep_os, sweep_os_count);
        trace_each(&planted_operation, 1);
        return 0;
    }
    violations = sweep_each(sweep_memory, sweep_memory_count);
    violations += sweep_each(sweep_os, sweep_os_count);
    found = sweep(&planted_operation);
    print_hits();
    (void)printf("%u violations; the planted pool shows %u\n", violations, found);
    return (violations == 0 && found > 0) ? 0 : 1;
}
