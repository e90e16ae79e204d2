/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h of a port that was written for lwIP, before there was cistern. */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <stddef.h>

#define LWIP_PLATFORM_DIAG(x)                                                                      \
    do {                                                                                           \
        old_port_print x;                                                                          \
    } while (0)

typedef unsigned long sys_prot_t;

void old_port_print(const char *format, ...);

#endif
