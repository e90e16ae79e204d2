/* SPDX-License-Identifier: BSD-3-Clause */
/* tally.c - names of what is counted. */
#include "tally.h"

const char *protocol_name(protocol_t protocol)
{
    static const char *const names[PROTOCOLS] = {
        [PROTOCOL_VLAN] = "vlan",         [PROTOCOL_MPLS] = "mpls",
        [PROTOCOL_LLC] = "llc",           [PROTOCOL_SNAP] = "snap",
        [PROTOCOL_STP] = "stp",           [PROTOCOL_LLDP] = "lldp",
        [PROTOCOL_EAPOL] = "eapol",       [PROTOCOL_PPPOE] = "pppoe",
        [PROTOCOL_LOOPBACK] = "loopback", [PROTOCOL_OTHER_LINK] = "other link",
        [PROTOCOL_ARP] = "arp",           [PROTOCOL_IPV4] = "ipv4",
        [PROTOCOL_IPV6] = "ipv6",         [PROTOCOL_FRAGMENT] = "fragment",
        [PROTOCOL_ICMP] = "icmp",         [PROTOCOL_ICMPV6] = "icmpv6",
        [PROTOCOL_IGMP] = "igmp",         [PROTOCOL_TCP] = "tcp",
        [PROTOCOL_UDP] = "udp",           [PROTOCOL_SCTP] = "sctp",
        [PROTOCOL_IPIP] = "ip in ip",     [PROTOCOL_GRE] = "gre",
        [PROTOCOL_ESP] = "esp",           [PROTOCOL_AH] = "ah",
        [PROTOCOL_EIGRP] = "eigrp",       [PROTOCOL_OSPF] = "ospf",
        [PROTOCOL_PIM] = "pim",           [PROTOCOL_VRRP] = "vrrp",
        [PROTOCOL_OTHER_IP] = "other ip",
    };
    return names[protocol];
}

const char *checksum_name(checksum_t checksum)
{
    static const char *const names[CHECKSUMS] = {
        [CHECKSUM_IPV4] = "ipv4", [CHECKSUM_ICMP] = "icmp", [CHECKSUM_ICMPV6] = "icmpv6",
        [CHECKSUM_IGMP] = "igmp", [CHECKSUM_TCP] = "tcp",   [CHECKSUM_UDP] = "udp",
    };
    return names[checksum];
}

const char *answer_name(answer_t answer)
{
    static const char *const names[ANSWERS] = {
        [ANSWER_ARP] = "arp",
        [ANSWER_ICMP_ECHO] = "icmp echo",
        [ANSWER_ICMPV6_ECHO] = "icmpv6 echo",
        [ANSWER_UDP_ECHO] = "udp echo",
        [ANSWER_FAILED] = "failed",
    };
    return names[answer];
}

void incident_count(incident_t *incident, uint64_t number)
{
    ++incident->count;
    if (incident->first == 0) {
        incident->first = number;
    }
}
