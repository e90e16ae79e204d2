/* SPDX-License-Identifier: BSD-3-Clause */
/* size_sanity.c - lwIP's own conditions between options: those under which its init.c refuses to
 * compile. */
#include <stdio.h>

#include "size.h"

typedef struct sanity {
    const int64_t *value;
    size_say_t *say;
    void *context;
    int broken;
} sanity_t;

/* Says a condition that does not hold. */
static void require(sanity_t *sanity, bool holds, const char *condition, const char *what)
{
    char line[SIZE_VERDICT];
    if (!holds) {
        snprintf(line, sizeof line, "%s: %s", condition, what);
        sanity->say(sanity->context, line);
        ++sanity->broken;
    }
}

static void check_tcp(sanity_t *sanity)
{
    const int64_t *const v = sanity->value;
    const int64_t mss = v[OPTION_TCP_MSS] == 0 ? 1 : v[OPTION_TCP_MSS];
    const int64_t headers = v[OPTION_PBUF_LINK_ENCAPSULATION_HLEN] + v[OPTION_PBUF_LINK_HLEN] +
                            (v[OPTION_LWIP_IPV6] != 0 ? 40 : 20) + 20;
    const int64_t window = v[OPTION_TCP_WND];
    require(sanity, v[OPTION_LWIP_WND_SCALE] != 0 || window <= 0xffff, "TCP_WND <= 65535",
            "a larger window needs LWIP_WND_SCALE");
    require(sanity, v[OPTION_TCP_SND_QUEUELEN] <= 0xffff, "TCP_SND_QUEUELEN <= 65535", "16 bits");
    require(sanity, v[OPTION_TCP_SND_QUEUELEN] >= 2, "TCP_SND_QUEUELEN >= 2", "no-copy writes");
    if (v[OPTION_LWIP_DISABLE_TCP_SANITY_CHECKS] != 0) {
        return;
    }
    require(sanity,
            v[OPTION_MEMP_MEM_MALLOC] != 0 ||
                v[OPTION_MEMP_NUM_TCP_SEG] >= v[OPTION_TCP_SND_QUEUELEN],
            "MEMP_NUM_TCP_SEG >= TCP_SND_QUEUELEN", "one connection can fill its queue");
    require(sanity, v[OPTION_TCP_SND_BUF] >= 2 * mss, "TCP_SND_BUF >= 2 * TCP_MSS",
            "sending would stall");
    require(sanity, v[OPTION_TCP_SND_QUEUELEN] >= 2 * (v[OPTION_TCP_SND_BUF] / mss),
            "TCP_SND_QUEUELEN >= 2 * TCP_SND_BUF / TCP_MSS", "sending would stall");
    require(sanity, v[OPTION_TCP_SNDLOWAT] < v[OPTION_TCP_SND_BUF], "TCP_SNDLOWAT < TCP_SND_BUF",
            "a connection would never be writable");
    require(sanity, v[OPTION_TCP_SNDLOWAT] < 0xffff - 4 * mss, "TCP_SNDLOWAT < 65535 - 4 * TCP_MSS",
            "16 bits");
    require(sanity, v[OPTION_TCP_SNDQUEUELOWAT] < v[OPTION_TCP_SND_QUEUELEN],
            "TCP_SNDQUEUELOWAT < TCP_SND_QUEUELEN", "a connection would never be writable");
    require(sanity, v[OPTION_PBUF_POOL_BUFSIZE] > headers, "PBUF_POOL_BUFSIZE > headers",
            "link, IP and TCP header must fit one element");
    require(sanity,
            v[OPTION_MEMP_MEM_MALLOC] != 0 ||
                window <= v[OPTION_PBUF_POOL_SIZE] * (v[OPTION_PBUF_POOL_BUFSIZE] - headers),
            "TCP_WND <= PBUF_POOL_SIZE * (PBUF_POOL_BUFSIZE - headers)",
            "a peer may fill the window");
    require(sanity, window >= mss, "TCP_WND >= TCP_MSS", "no full segment would fit");
}

static void check_pools(sanity_t *sanity)
{
    const int64_t *const v = sanity->value;
    require(sanity, v[OPTION_LWIP_TCP] == 0 || v[OPTION_MEMP_NUM_TCP_PCB] >= 1,
            "MEMP_NUM_TCP_PCB >= 1", "LWIP_TCP is on");
    require(sanity, v[OPTION_LWIP_UDP] == 0 || v[OPTION_MEMP_NUM_UDP_PCB] >= 1,
            "MEMP_NUM_UDP_PCB >= 1", "LWIP_UDP is on");
    require(sanity, v[OPTION_LWIP_RAW] == 0 || v[OPTION_MEMP_NUM_RAW_PCB] >= 1,
            "MEMP_NUM_RAW_PCB >= 1", "LWIP_RAW is on");
    require(sanity, v[OPTION_LWIP_IGMP] == 0 || v[OPTION_MEMP_NUM_IGMP_GROUP] > 1,
            "MEMP_NUM_IGMP_GROUP > 1", "LWIP_IGMP is on");
    require(sanity,
            v[OPTION_LWIP_ARP] == 0 || v[OPTION_ARP_QUEUEING] == 0 ||
                v[OPTION_MEMP_NUM_ARP_QUEUE] >= 1,
            "MEMP_NUM_ARP_QUEUE >= 1", "ARP_QUEUEING is on");
    require(sanity,
            v[OPTION_IP_REASSEMBLY] == 0 || v[OPTION_MEMP_MEM_MALLOC] != 0 ||
                v[OPTION_MEMP_NUM_REASSDATA] <= v[OPTION_IP_REASS_MAX_PBUFS],
            "MEMP_NUM_REASSDATA <= IP_REASS_MAX_PBUFS", "a datagram in parts has two at least");
    const int64_t control_blocks = v[OPTION_MEMP_NUM_TCP_PCB] + v[OPTION_MEMP_NUM_TCP_PCB_LISTEN] +
                                   v[OPTION_MEMP_NUM_UDP_PCB] + v[OPTION_MEMP_NUM_RAW_PCB];
    const bool api = v[OPTION_NO_SYS] == 0 && v[OPTION_LWIP_NETCONN] != 0;
    require(sanity,
            !api || v[OPTION_LWIP_DISABLE_MEMP_SANITY_CHECKS] != 0 ||
                v[OPTION_MEMP_NUM_NETCONN] <= control_blocks,
            "MEMP_NUM_NETCONN <= MEMP_NUM_{TCP,RAW,UDP}_PCB + MEMP_NUM_TCP_PCB_LISTEN",
            "the rest could never be used");
    require(sanity, !(v[OPTION_MEM_LIBC_MALLOC] != 0 && v[OPTION_MEM_USE_POOLS] != 0),
            "MEM_LIBC_MALLOC or MEM_USE_POOLS", "not both");
    require(sanity, !(v[OPTION_MEMP_MEM_MALLOC] != 0 && v[OPTION_MEM_USE_POOLS] != 0),
            "MEMP_MEM_MALLOC or MEM_USE_POOLS", "not both");
}

/* The options as recommended: those judged, with the counts that are needed. */
static void recommend(const size_result_t *result, lwip_options_t *options)
{
    *options = result->now;
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        options->value[resource_option((resource_t)i)] = 0;
    }
    for (int i = 0; i < RESOURCE_HEAP; ++i) {
        int64_t *const value = &options->value[resource_option((resource_t)i)];
        const int64_t needed = size_needed(result, (resource_t)i);
        const int64_t least = i >= RESOURCE_TCPIP_MBOX ? 0 : i == RESOURCE_IGMP_GROUP ? 2 : 1;
        *value = needed > *value ? needed : *value;
        *value = least > *value ? least : *value;
    }
    options->value[OPTION_MEM_SIZE] = (int64_t)size_needed_heap(result, result->options->heap);
}

int size_sanity(const size_result_t *result, bool recommended, size_say_t *say, void *context)
{
    lwip_options_t options = result->now;
    if (recommended) {
        recommend(result, &options);
    }
    sanity_t sanity = {.value = options.value, .say = say, .context = context};
    if (options.value[OPTION_LWIP_TCP] != 0) {
        check_tcp(&sanity);
    }
    check_pools(&sanity);
    return sanity.broken;
}
