/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h (zephyr) - compiler and target, under Zephyr.
 *
 * What is not defined here gets lwip/arch.h's default, which suits gcc and clang; what lwipopts.h
 * defines stays as it is.
 */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <stdint.h>

#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#define LWIP_ERRNO_STDINCLUDE 1

#ifndef LWIP_PLATFORM_DIAG
#    define LWIP_PLATFORM_DIAG(x)                                                                  \
        do {                                                                                       \
            printk x;                                                                              \
        } while (0)
#endif

/* An assertion that failed is a fatal error of the kernel's. */
#ifndef LWIP_PLATFORM_ASSERT
#    define LWIP_PLATFORM_ASSERT(message)                                                          \
        do {                                                                                       \
            printk("cistern: %s\n", (message));                                                    \
            k_panic();                                                                             \
        } while (0)
#endif

/* 32 bits of the kernel's generator. */
#ifdef __cplusplus
extern "C"
#endif
    uint32_t
    cistern_zephyr_random(void);
#ifndef LWIP_RAND
#    define LWIP_RAND() cistern_zephyr_random()
#endif

/* What SYS_ARCH_PROTECT remembers. */
typedef unsigned int sys_prot_t;

#endif
