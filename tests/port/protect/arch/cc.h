/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h of ports that protect by macros of their own, in the kinds that public ports have. The
 * section's state is a depth, as an interrupt mask would be. */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

extern int protect_depth;      /* 0: outside */
extern unsigned protect_count; /* sections entered so far */

static inline int protect_enter(void)
{
    ++protect_count;
    return protect_depth++;
}

typedef struct protect_key {
    int depth;
    int spare;
} protect_key_t;

#if defined PROTECT_int
#    define SYS_ARCH_DECL_PROTECT(lev) int lev
#    define SYS_ARCH_PROTECT(lev)      (lev = protect_enter())
#    define SYS_ARCH_UNPROTECT(lev)    (protect_depth = lev)
#elif defined PROTECT_unused
#    define SYS_ARCH_DECL_PROTECT(lev) int lev
#    define SYS_ARCH_PROTECT(lev)      (void)protect_enter()
#    define SYS_ARCH_UNPROTECT(lev)    --protect_depth
#elif defined PROTECT_empty
#    define SYS_ARCH_DECL_PROTECT(lev)
#    define SYS_ARCH_PROTECT(lev)   (void)protect_enter()
#    define SYS_ARCH_UNPROTECT(lev) --protect_depth
#elif defined PROTECT_statement
#    define SYS_ARCH_DECL_PROTECT(lev)                                                             \
        do {                                                                                       \
        } while (0)
#    define SYS_ARCH_PROTECT(lev)   (void)protect_enter()
#    define SYS_ARCH_UNPROTECT(lev) --protect_depth
#elif defined PROTECT_semicolon
#    define SYS_ARCH_DECL_PROTECT(lev) ;
#    define SYS_ARCH_PROTECT(lev)      (void)protect_enter();
#    define SYS_ARCH_UNPROTECT(lev)    --protect_depth;
#elif defined PROTECT_object
#    define SYS_ARCH_DECL_PROTECT int
#    define SYS_ARCH_PROTECT(lev)                                                                  \
        {                                                                                          \
            lev = protect_enter();                                                                 \
        }
#    define SYS_ARCH_UNPROTECT(lev)                                                                \
        {                                                                                          \
            protect_depth = lev;                                                                   \
        }
#elif defined PROTECT_blocks
#    define SYS_ARCH_DECL_PROTECT(lev) uint8_t lev = 0
#    define SYS_ARCH_PROTECT(lev)                                                                  \
        do {                                                                                       \
            lev = (uint8_t)protect_enter();                                                        \
        } while (0)
#    define SYS_ARCH_UNPROTECT(lev)                                                                \
        {                                                                                          \
            protect_depth = lev;                                                                   \
        }
#elif defined PROTECT_struct
#    define SYS_ARCH_DECL_PROTECT(lev) protect_key_t lev
#    define SYS_ARCH_PROTECT(lev)      (lev.depth = protect_enter())
#    define SYS_ARCH_UNPROTECT(lev)    (protect_depth = lev.depth)
#elif defined PROTECT_register
#    define SYS_ARCH_DECL_PROTECT(lev) register unsigned long lev
#    define SYS_ARCH_PROTECT(lev)      lev = (unsigned long)protect_enter()
#    define SYS_ARCH_UNPROTECT(lev)    protect_depth = (int)lev
#elif defined PROTECT_pointer
#    define SYS_ARCH_DECL_PROTECT(lev) volatile char *volatile lev
#    define SYS_ARCH_PROTECT(lev)      (lev = (volatile char *)(intptr_t)protect_enter())
#    define SYS_ARCH_UNPROTECT(lev)    (protect_depth = (int)(intptr_t)lev)
#elif defined PROTECT_named
#    define SYS_ARCH_DECL_PROTECT(lev) unsigned cpu_sr = 0
#    define SYS_ARCH_PROTECT(lev)      (cpu_sr = (unsigned)protect_enter())
#    define SYS_ARCH_UNPROTECT(lev)    (protect_depth = (int)cpu_sr)
#elif defined PROTECT_large
#    define SYS_ARCH_DECL_PROTECT(lev) long double lev[4]
#    define SYS_ARCH_PROTECT(lev)      (lev[0] = protect_enter())
#    define SYS_ARCH_UNPROTECT(lev)    (protect_depth = (int)lev[0])
#elif defined PROTECT_functions
typedef protect_key_t sys_prot_t;
#endif

#endif
