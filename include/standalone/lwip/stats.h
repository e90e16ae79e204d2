/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/stats.h (standalone) - statistics of heap, pools and OS layer, when lwIP itself is absent.
 *
 * Counters have 32 bits: they do not wrap within a device's life at any plausible rate of failure.
 * lwip_stats may be read from any context; a single counter is always consistent.
 */
#ifndef LWIP_HDR_STATS_H
#define LWIP_HDR_STATS_H

#include "lwip/opt.h"

#include "lwip/mem.h"
#include "lwip/memp.h"

#ifdef __cplusplus
extern "C" {
#endif

#if LWIP_STATS

#    define STAT_COUNTER   u32_t
#    define STAT_COUNTER_F U32_F

struct stats_mem {
#    if defined LWIP_DEBUG || LWIP_STATS_DISPLAY
    const char *name;
#    endif
    STAT_COUNTER err;     /* requests that failed */
    mem_size_t avail;     /* heap: bytes; pool: elements */
    mem_size_t used;      /* in use now, same unit */
    mem_size_t max;       /* high-water mark of used */
    STAT_COUNTER illegal; /* frees that were refused; of a pool that is not lock-free also those
                             that found a broken guard */
};

struct stats_syselem {
    STAT_COUNTER used;
    STAT_COUNTER max;
    STAT_COUNTER err;
};

struct stats_sys {
    struct stats_syselem sem;
    struct stats_syselem mutex;
    struct stats_syselem mbox;
};

struct stats_ {
#    if !MEM_STATS && !MEMP_STATS && !SYS_STATS
    u8_t none; /* C has no empty struct */
#    endif
#    if MEM_STATS
    struct stats_mem mem;
#    endif
#    if MEMP_STATS
    struct stats_mem *memp[MEMP_MAX];
#    endif
#    if SYS_STATS
    struct stats_sys sys;
#    endif
};

extern struct stats_ lwip_stats;

/* Prepares the statistics. Called once, before mem_init and memp_init. */
void stats_init(void);

#    define STATS_INC(x) ++lwip_stats.x
#    define STATS_DEC(x) --lwip_stats.x
#    define STATS_INC_USED(x, y, type)                                                             \
        do {                                                                                       \
            lwip_stats.x.used = (type)(lwip_stats.x.used + (y));                                   \
            if (lwip_stats.x.max < lwip_stats.x.used) {                                            \
                lwip_stats.x.max = lwip_stats.x.used;                                              \
            }                                                                                      \
        } while (0)
#    define STATS_GET(x) lwip_stats.x

#else

#    define stats_init()
#    define STATS_INC(x)
#    define STATS_DEC(x)
#    define STATS_INC_USED(x, y, type)
#    define STATS_GET(x) 0

#endif

#if MEM_STATS
#    define MEM_STATS_AVAIL(x, y)    lwip_stats.mem.x = (y)
#    define MEM_STATS_INC(x)         STATS_INC(mem.x)
#    define MEM_STATS_INC_USED(x, y) STATS_INC_USED(mem, y, mem_size_t)
#    define MEM_STATS_DEC_USED(x, y) lwip_stats.mem.x = (mem_size_t)(lwip_stats.mem.x - (y))
#    define MEM_STATS_DISPLAY()      stats_display_mem(&lwip_stats.mem, "HEAP")
#else
#    define MEM_STATS_AVAIL(x, y)
#    define MEM_STATS_INC(x)
#    define MEM_STATS_INC_USED(x, y)
#    define MEM_STATS_DEC_USED(x, y)
#    define MEM_STATS_DISPLAY()
#endif

#if MEMP_STATS
#    define MEMP_STATS_DEC(x, i)  STATS_DEC(memp[i]->x)
#    define MEMP_STATS_DISPLAY(i) stats_display_memp(lwip_stats.memp[i], i)
#    define MEMP_STATS_GET(x, i)  STATS_GET(memp[i]->x)
#else
#    define MEMP_STATS_DEC(x, i)
#    define MEMP_STATS_DISPLAY(i)
#    define MEMP_STATS_GET(x, i) 0
#endif

#if SYS_STATS
#    define SYS_STATS_INC(x)      STATS_INC(sys.x)
#    define SYS_STATS_DEC(x)      STATS_DEC(sys.x)
#    define SYS_STATS_INC_USED(x) STATS_INC_USED(sys.x, 1, STAT_COUNTER)
#    define SYS_STATS_DISPLAY()   stats_display_sys(&lwip_stats.sys)
#else
#    define SYS_STATS_INC(x)
#    define SYS_STATS_DEC(x)
#    define SYS_STATS_INC_USED(x)
#    define SYS_STATS_DISPLAY()
#endif

/* Print through LWIP_PLATFORM_DIAG; empty unless LWIP_STATS_DISPLAY. Thread context. */
#if LWIP_STATS_DISPLAY
void stats_display(void);
void stats_display_mem(struct stats_mem *mem, const char *name);
void stats_display_memp(struct stats_mem *mem, int index);
void stats_display_sys(struct stats_sys *sys);
#else
#    define stats_display()
#    define stats_display_mem(mem, name)
#    define stats_display_memp(mem, index)
#    define stats_display_sys(sys)
#endif

#ifdef __cplusplus
}
#endif

#endif
