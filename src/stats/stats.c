/* stats.c - the statistics of heap, pools and OS layer, and how they are printed.
 *
 *   lwip_stats   | mem | memp[0] .. memp[MEMP_MAX-1] | sys |    memp[i] --> counters of pool i,
 * kept beside the pool, from memp_init on
 */
#include "lwip/opt.h"

#include "lwip/stats.h"

#if LWIP_STATS

struct stats_ lwip_stats;

#    if MEM_STATS && (defined LWIP_DEBUG || LWIP_STATS_DISPLAY)
static void name_heap(void)
{
    lwip_stats.mem.name = "MEM";
}
#    else
static void name_heap(void) {}
#    endif

/* The counters are static and start at zero. */
void stats_init(void)
{
    name_heap();
}

#else

/* Nothing is counted: ISO C wants a translation unit to hold something. */
typedef int stats_are_off_t;

#endif

#if LWIP_STATS_DISPLAY

#    include "lwip/debug.h"

static void show(const char *label, unsigned long value)
{
    LWIP_PLATFORM_DIAG(("\t%s: %lu\n", label, value));
    LWIP_UNUSED_ARG(label);
    LWIP_UNUSED_ARG(value);
}

void stats_display_mem(struct stats_mem *mem, const char *name)
{
    LWIP_PLATFORM_DIAG(("\nMEM %s\n", name));
    show("avail", (unsigned long)mem->avail);
    show("used", (unsigned long)mem->used);
    show("max", (unsigned long)mem->max);
    show("err", (unsigned long)mem->err);
    show("illegal", (unsigned long)mem->illegal);
    LWIP_UNUSED_ARG(name);
}

#    if MEMP_STATS
void stats_display_memp(struct stats_mem *mem, int index)
{
    if (mem != NULL && index >= 0 && index < (int)MEMP_MAX) {
        stats_display_mem(mem, mem->name);
    }
}

static void display_pools(void)
{
    for (int i = 0; i < (int)MEMP_MAX; ++i) {
        stats_display_memp(lwip_stats.memp[i], i);
    }
}
#    else
static void display_pools(void) {}
#    endif

#    if SYS_STATS
static void display_element(const char *name, const struct stats_syselem *element)
{
    LWIP_PLATFORM_DIAG(("\nSYS %s\n", name));
    show("used", (unsigned long)element->used);
    show("max", (unsigned long)element->max);
    show("err", (unsigned long)element->err);
    LWIP_UNUSED_ARG(name);
}

void stats_display_sys(struct stats_sys *sys)
{
    display_element("sem", &sys->sem);
    display_element("mutex", &sys->mutex);
    display_element("mbox", &sys->mbox);
}
#    endif

void stats_display(void)
{
    MEM_STATS_DISPLAY();
    display_pools();
    SYS_STATS_DISPLAY();
}

#endif
