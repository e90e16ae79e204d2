/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h (freertos) - compiler and target, under FreeRTOS.
 *
 * What is not defined here gets lwip/arch.h's default, which suits gcc and clang; what lwipopts.h
 * defines stays as it is.
 */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <stdint.h>

#include "FreeRTOS.h"

#ifndef LWIP_ERRNO_STDINCLUDE
#    define LWIP_ERRNO_STDINCLUDE 1
#endif

/* An assertion of lwIP's goes where the kernel's own go. */
#ifndef LWIP_PLATFORM_ASSERT
#    define LWIP_PLATFORM_ASSERT(message) configASSERT((message) == NULL)
#endif

/* 32 bits that cannot be guessed, from the application: lwIP makes port numbers and initial
 * sequence numbers of them. */
#ifndef LWIP_RAND
#    ifdef __cplusplus
extern "C"
#    endif
    uint32_t
    cistern_freertos_random(void);
#    define LWIP_RAND() cistern_freertos_random()
#endif

/* What SYS_ARCH_PROTECT remembers; programs without threads (NO_SYS 1) need it too. */
typedef UBaseType_t sys_prot_t;

#endif
