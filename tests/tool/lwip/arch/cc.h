/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h - what lwIP asks of a compiler, for the simulated stations. */
#ifndef CISTERN_TRUTH_CC_H
#define CISTERN_TRUTH_CC_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#define LWIP_TIMEVAL_PRIVATE  0
#define LWIP_ERRNO_STDINCLUDE 1

unsigned world_random(void);
#define LWIP_RAND() ((u32_t)world_random())

#define LWIP_PLATFORM_DIAG(x)                                                                      \
    do {                                                                                           \
        printf x;                                                                                  \
    } while (0)
#define LWIP_PLATFORM_ASSERT(x)                                                                    \
    do {                                                                                           \
        fprintf(stderr, "%s at %s:%d\n", x, __FILE__, __LINE__);                                   \
        abort();                                                                                   \
    } while (0)

#endif
