/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h - a port of lwIP as a user has it, for Cortex-M and for the host: protection by two
 * functions, no console, and an assertion that ends the program. */
#ifndef BENCH_ARCH_CC_H
#define BENCH_ARCH_CC_H

#include <stdint.h>

#define LWIP_PLATFORM_DIAG(x)         ((void)0)
#define LWIP_PLATFORM_ASSERT(message) bench_assert_failed((message), __FILE__, __LINE__)
#define LWIP_RAND()                   bench_random()

typedef uint32_t sys_prot_t;

void bench_assert_failed(const char *message, const char *file, int line);
uint32_t bench_random(void);

#endif
