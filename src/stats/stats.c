/* SPDX-License-Identifier: BSD-3-Clause */
/* stats.c - the statistics of heap, pools and OS layer, and how they are printed.
 *
 *   lwip_stats   | mem | memp[0] .. memp[MEMP_MAX-1] | sys |    memp[i] --> counters of pool i,
 * kept beside the pool, from memp_init on
 *
 * | option                 | default | effect                                                       |
 * |------------------------|---------|--------------------------------------------------------------|
 * | IGMP_STATS, MLD6_STATS | lwIP's  | with lwIP's tree: stats_display shows those of the protocol  |
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

#    if !defined CISTERN_STANDALONE
/* With lwIP's tree: the statistics of its protocols. */
void stats_display_proto(struct stats_proto *proto, const char *name)
{
    LWIP_PLATFORM_DIAG(("\n%s\n", name));
    show("xmit", (unsigned long)proto->xmit);
    show("recv", (unsigned long)proto->recv);
    show("fw", (unsigned long)proto->fw);
    show("drop", (unsigned long)proto->drop);
    show("chkerr", (unsigned long)proto->chkerr);
    show("lenerr", (unsigned long)proto->lenerr);
    show("memerr", (unsigned long)proto->memerr);
    show("rterr", (unsigned long)proto->rterr);
    show("proterr", (unsigned long)proto->proterr);
    show("opterr", (unsigned long)proto->opterr);
    show("err", (unsigned long)proto->err);
    show("cachehit", (unsigned long)proto->cachehit);
    LWIP_UNUSED_ARG(name);
}

#        if IGMP_STATS || MLD6_STATS
void stats_display_igmp(struct stats_igmp *igmp, const char *name)
{
    LWIP_PLATFORM_DIAG(("\n%s\n", name));
    show("xmit", (unsigned long)igmp->xmit);
    show("recv", (unsigned long)igmp->recv);
    show("drop", (unsigned long)igmp->drop);
    show("chkerr", (unsigned long)igmp->chkerr);
    show("lenerr", (unsigned long)igmp->lenerr);
    show("memerr", (unsigned long)igmp->memerr);
    show("proterr", (unsigned long)igmp->proterr);
    show("rx_v1", (unsigned long)igmp->rx_v1);
    show("rx_group", (unsigned long)igmp->rx_group);
    show("rx_general", (unsigned long)igmp->rx_general);
    show("rx_report", (unsigned long)igmp->rx_report);
    show("tx_join", (unsigned long)igmp->tx_join);
    show("tx_leave", (unsigned long)igmp->tx_leave);
    show("tx_report", (unsigned long)igmp->tx_report);
    LWIP_UNUSED_ARG(name);
}
#        endif

static void display_protocols(void)
{
    LINK_STATS_DISPLAY();
    ETHARP_STATS_DISPLAY();
    IPFRAG_STATS_DISPLAY();
    IP6_FRAG_STATS_DISPLAY();
    IP_STATS_DISPLAY();
    ND6_STATS_DISPLAY();
    IP6_STATS_DISPLAY();
    IGMP_STATS_DISPLAY();
    MLD6_STATS_DISPLAY();
    ICMP_STATS_DISPLAY();
    ICMP6_STATS_DISPLAY();
    UDP_STATS_DISPLAY();
    TCP_STATS_DISPLAY();
}
#    else
static void display_protocols(void) {}
#    endif

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
    display_protocols();
    MEM_STATS_DISPLAY();
    display_pools();
    SYS_STATS_DISPLAY();
}

#endif
