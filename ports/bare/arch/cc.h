/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h (bare) - compiler and target, for processors without an operating system.
 *
 * What is not defined here gets lwip/arch.h's default, which suits gcc and clang. No console, file
 * or debugger is assumed: messages go to hooks of the user's (cistern_bare.h). */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include "cistern_bare.h"

#include "arch/cistern_cpu.h"

#define LWIP_ERRNO_STDINCLUDE 1

/* Debug messages and statistics. */
#ifndef LWIP_PLATFORM_DIAG
#    define LWIP_PLATFORM_DIAG(x)                                                                  \
        do {                                                                                       \
            cistern_bare_diag x;                                                                   \
        } while (0)
#endif

/* An assertion that failed stops the device; a hook of the user's may reset it instead. */
#ifndef LWIP_PLATFORM_ASSERT
#    define LWIP_PLATFORM_ASSERT(message) cistern_bare_assert_failed((message), __FILE__, __LINE__)
#endif

/* From the user's generator: see cistern_bare_random. */
#ifndef LWIP_RAND
#    define LWIP_RAND() cistern_bare_random()
#endif

/* What SYS_ARCH_PROTECT remembers. It stands here and not in sys_arch.h because programs without
 * threads (NO_SYS 1) need it too. */
typedef cistern_cpu_mask_t sys_prot_t;

#endif
