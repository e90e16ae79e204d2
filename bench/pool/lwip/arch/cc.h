/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h - for lwIP's own headers in the benchmark. */
#ifndef BENCH_ARCH_CC_H
#define BENCH_ARCH_CC_H

#include <stdlib.h>

#define LWIP_RAND() ((u32_t)rand())

typedef int sys_prot_t;
sys_prot_t sys_arch_protect(void);
void sys_arch_unprotect(sys_prot_t state);

#endif
