/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/priv/options_agree.h - cistern/agree.h for lwIP's options that decide struct layouts and what
 * a call means. The public headers include it where lwip/opt.h is complete.
 */
#ifndef LWIP_PRIV_OPTIONS_AGREE_H
#define LWIP_PRIV_OPTIONS_AGREE_H

#include "cistern/config.h" /* and cistern/agree.h behind its options */
#include "lwip/opt.h"

#if MEM_ALIGNMENT <= 1
#    define CISTERN_AGREE_ALIGNMENT 1
#elif MEM_ALIGNMENT == 2
#    define CISTERN_AGREE_ALIGNMENT 2
#elif MEM_ALIGNMENT == 4
#    define CISTERN_AGREE_ALIGNMENT 4
#elif MEM_ALIGNMENT == 8
#    define CISTERN_AGREE_ALIGNMENT 8
#elif MEM_ALIGNMENT == 16
#    define CISTERN_AGREE_ALIGNMENT 16
#elif MEM_ALIGNMENT == 32
#    define CISTERN_AGREE_ALIGNMENT 32
#else
#    define CISTERN_AGREE_ALIGNMENT larger
#endif
#if MEM_USE_POOLS
#    define CISTERN_AGREE_USE_POOLS 1
#else
#    define CISTERN_AGREE_USE_POOLS 0
#endif
#if MEMP_MEM_MALLOC
#    define CISTERN_AGREE_MEM_MALLOC 1
#else
#    define CISTERN_AGREE_MEM_MALLOC 0
#endif
#if MEM_STATS
#    define CISTERN_AGREE_MEM_STATS 1
#else
#    define CISTERN_AGREE_MEM_STATS 0
#endif
#if MEMP_STATS
#    define CISTERN_AGREE_MEMP_STATS 1
#else
#    define CISTERN_AGREE_MEMP_STATS 0
#endif
#if defined CISTERN_PBUF_LEN_32 && CISTERN_PBUF_LEN_32
#    define CISTERN_AGREE_LEN_32 1
#else
#    define CISTERN_AGREE_LEN_32 0
#endif

#ifdef __cplusplus
extern "C" {
#endif

CISTERN_AGREE(MEM_ALIGNMENT, CISTERN_AGREE_ALIGNMENT);
CISTERN_AGREE(MEM_USE_POOLS, CISTERN_AGREE_USE_POOLS);
CISTERN_AGREE(MEMP_MEM_MALLOC, CISTERN_AGREE_MEM_MALLOC);
CISTERN_AGREE(MEM_STATS, CISTERN_AGREE_MEM_STATS);
CISTERN_AGREE(MEMP_STATS, CISTERN_AGREE_MEMP_STATS);
CISTERN_AGREE(CISTERN_PBUF_LEN_32, CISTERN_AGREE_LEN_32);

#ifdef __cplusplus
}
#endif

#endif
