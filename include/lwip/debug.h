/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/debug.h - assertions, argument errors and debug messages.
 *
 * LWIP_ASSERT(message, ok)           if not ok, a defect of the program: runs
 *                                    LWIP_PLATFORM_ASSERT(message); nothing with LWIP_NOASSERT
 * LWIP_ERROR(message, ok, handler)   if not ok, a wrong argument: runs `handler`, a statement, in
 *                                    every build; with LWIP_DEBUG it prints the message before
 * LWIP_DEBUGF(flags, (printf list))  prints a message if its flags are on; nothing without
 * LWIP_DEBUG
 *
 * | option                    | default | effect                                                     |
 * |---------------------------|---------|------------------------------------------------------------|
 * | LWIP_NOASSERT             | off     | defined: LWIP_ASSERT is nothing                            |
 * | LWIP_DEBUG                | off     | defined: LWIP_DEBUGF and LWIP_ERROR print; the statistics  |
 * |                           |         | of heap and pools have names                               |
 * | LWIP_ERROR(text, ok, run) | above   | the user's own                                             |
 */
#ifndef LWIP_HDR_DEBUG_H
#define LWIP_HDR_DEBUG_H

#include "lwip/arch.h" /* and lwip/opt.h, once lwipopts.h is complete */

/* What cc.h defines of the macros below is kept, also where arch.h, which is being read, has not come to
 * it yet. */
#ifndef LWIP_HDR_CC_H
#    define LWIP_HDR_CC_H
#    include "arch/cc.h"
#endif

#define LWIP_DBG_LEVEL_ALL     0x00
#define LWIP_DBG_LEVEL_WARNING 0x01
#define LWIP_DBG_LEVEL_SERIOUS 0x02
#define LWIP_DBG_LEVEL_SEVERE  0x03
#define LWIP_DBG_MASK_LEVEL    0x03
#define LWIP_DBG_LEVEL_OFF     LWIP_DBG_LEVEL_ALL

#define LWIP_DBG_ON    0x80U
#define LWIP_DBG_OFF   0x00U
#define LWIP_DBG_TRACE 0x40U
#define LWIP_DBG_STATE 0x20U
#define LWIP_DBG_FRESH 0x10U
#define LWIP_DBG_HALT  0x08U

#ifndef LWIP_NOASSERT
#    define LWIP_ASSERT(message, assertion)                                                        \
        do {                                                                                       \
            if (!(assertion)) {                                                                    \
                LWIP_PLATFORM_ASSERT(message);                                                     \
            }                                                                                      \
        } while (0)
#else
#    define LWIP_ASSERT(message, assertion)
#endif

#ifndef LWIP_ERROR
#    ifdef LWIP_DEBUG
#        define LWIP_PLATFORM_ERROR(message) LWIP_PLATFORM_DIAG((message))
#    else
#        define LWIP_PLATFORM_ERROR(message)
#    endif
#    define LWIP_ERROR(message, expression, handler)                                               \
        do {                                                                                       \
            if (!(expression)) {                                                                   \
                LWIP_PLATFORM_ERROR(message);                                                      \
                handler;                                                                           \
            }                                                                                      \
        } while (0)
#endif

#ifdef LWIP_DEBUG
#    define LWIP_DEBUG_ENABLED(flags)                                                              \
        (((flags)&LWIP_DBG_ON) && ((flags)&LWIP_DBG_TYPES_ON) &&                                   \
         ((int)((flags)&LWIP_DBG_MASK_LEVEL) >= LWIP_DBG_MIN_LEVEL))
#    define LWIP_DEBUGF(flags, message)                                                            \
        do {                                                                                       \
            if (LWIP_DEBUG_ENABLED(flags)) {                                                       \
                LWIP_PLATFORM_DIAG(message);                                                       \
                if ((flags)&LWIP_DBG_HALT) {                                                       \
                    while (1) {                                                                    \
                    }                                                                              \
                }                                                                                  \
            }                                                                                      \
        } while (0)
#else
#    define LWIP_DEBUG_ENABLED(flags) 0
#    define LWIP_DEBUGF(flags, message)
#endif

#endif

/* lwIP's opt.h includes this header behind lwipopts.h and before its defaults. What it finds then is for
 * cistern/config.h, which must not take these defaults for the user's. Earlier findings, where
 * lwipopts.h includes this header itself, are replaced. */
#if defined LWIP_HDR_OPT_H && !defined LWIP_PERF
#undef CISTERN_MEM_SIZE_IS_LWIPS
#undef CISTERN_MEM_ALIGNMENT_IS_LWIPS
#ifndef MEM_SIZE
#    define CISTERN_MEM_SIZE_IS_LWIPS
#endif
#ifndef MEM_ALIGNMENT
#    define CISTERN_MEM_ALIGNMENT_IS_LWIPS
#endif
#endif
