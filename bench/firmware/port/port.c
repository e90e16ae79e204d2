/* SPDX-License-Identifier: BSD-3-Clause */
/* port.c - the functions of that port: interrupts masked on Cortex-M, nothing on the host. */
#include <stdlib.h>

#include "arch/cc.h"

sys_prot_t sys_arch_protect(void);
void sys_arch_unprotect(sys_prot_t before);

sys_prot_t sys_arch_protect(void)
{
    sys_prot_t before = 0;
#ifdef __arm__
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before) : : "memory");
#endif
    return before;
}

void sys_arch_unprotect(sys_prot_t before)
{
#ifdef __arm__
    __asm__ volatile("msr primask, %0" : : "r"(before) : "memory");
#else
    (void)before;
#endif
}

void bench_assert_failed(const char *message, const char *file, int line)
{
    (void)message;
    (void)file;
    (void)line;
    exit(99);
}
