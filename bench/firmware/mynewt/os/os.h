/* SPDX-License-Identifier: BSD-3-Clause */
/* os/os.h - for a tree of Mynewt's that is measured: what its os_mempool.c needs of its OS. The
 * section masks interrupts in line on a board, as ours does, and is that of bench/firmware/port on
 * the host. */
#ifndef BENCH_OS_H
#define BENCH_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "os/os_error.h"
#include "os/queue.h"
#include "syscfg/syscfg.h"

#define OS_ALIGN(n, alignment) (((n) + ((alignment)-1)) & ~((alignment)-1))
typedef uint32_t os_sr_t;

#ifdef __arm__
#    define OS_ALIGNMENT 4
static inline os_sr_t bench_mask(void)
{
    os_sr_t before;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before) : : "memory");
    return before;
}
static inline void bench_restore(os_sr_t before)
{
    __asm__ volatile("msr primask, %0" : : "r"(before) : "memory");
}
#    define OS_ENTER_CRITICAL(sr) ((sr) = bench_mask())
#    define OS_EXIT_CRITICAL(sr)  bench_restore(sr)
#else
#    define OS_ALIGNMENT          8
os_sr_t sys_arch_protect(void);
void sys_arch_unprotect(os_sr_t before);
#    define OS_ENTER_CRITICAL(sr) ((sr) = sys_arch_protect())
#    define OS_EXIT_CRITICAL(sr)  sys_arch_unprotect(sr)
#endif

#define os_trace_api_u32(id, a)      ((void)0)
#define os_trace_api_u32x2(id, a, b) ((void)0)
#define os_trace_api_ret_u32(id, a)  ((void)0)

#include "os/os_mempool.h"

#endif
