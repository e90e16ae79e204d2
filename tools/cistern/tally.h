/* SPDX-License-Identifier: BSD-3-Clause */
/* tally.h - what the worker counts while it parses frames. */
#ifndef CISTERN_TOOL_TALLY_H
#define CISTERN_TOOL_TALLY_H

#include <stdint.h>

/* The layers that are told apart. A packet counts once for each layer it carries, so the numbers
 * overlap; the transport of a fragmented datagram counts once, when its last fragment is there. */
typedef enum protocol {
    PROTOCOL_VLAN,
    PROTOCOL_MPLS,
    PROTOCOL_LLC,
    PROTOCOL_SNAP,
    PROTOCOL_STP,
    PROTOCOL_LLDP,
    PROTOCOL_EAPOL,
    PROTOCOL_PPPOE,
    PROTOCOL_LOOPBACK,
    PROTOCOL_OTHER_LINK, /* an Ethertype or LLC address that has no name here */
    PROTOCOL_ARP,
    PROTOCOL_IPV4,
    PROTOCOL_IPV6,
    PROTOCOL_FRAGMENT,
    PROTOCOL_ICMP,
    PROTOCOL_ICMPV6,
    PROTOCOL_IGMP,
    PROTOCOL_TCP,
    PROTOCOL_UDP,
    PROTOCOL_SCTP,
    PROTOCOL_IPIP,
    PROTOCOL_GRE,
    PROTOCOL_ESP,
    PROTOCOL_AH,
    PROTOCOL_EIGRP,
    PROTOCOL_OSPF,
    PROTOCOL_PIM,
    PROTOCOL_VRRP,
    PROTOCOL_OTHER_IP, /* an IP protocol number that has no name here */
    PROTOCOLS
} protocol_t;

typedef enum checksum {
    CHECKSUM_IPV4, /* the header's */
    CHECKSUM_ICMP,
    CHECKSUM_ICMPV6,
    CHECKSUM_IGMP,
    CHECKSUM_TCP,
    CHECKSUM_UDP,
    CHECKSUMS
} checksum_t;

typedef enum verdict {
    VERDICT_GOOD,
    VERDICT_BAD,
    VERDICT_ABSENT, /* not sent (UDP's 0), or not all bytes it covers are there */
    VERDICTS
} verdict_t;

typedef enum answer {
    ANSWER_ARP,
    ANSWER_ICMP_ECHO,
    ANSWER_ICMPV6_ECHO,
    ANSWER_UDP_ECHO,
    ANSWER_FAILED, /* the heap had no room for its header, or it does not fit a packet buffer */
    ANSWERS
} answer_t;

/* Something that happened to packets: how often, and to which one first (from 1; 0 when never). */
typedef struct incident {
    uint64_t count;
    uint64_t first;
} incident_t;

typedef struct tally {
    uint64_t handled;
    uint64_t bytes; /* of the frames handled, as captured */
    uint64_t protocols[PROTOCOLS];
    uint64_t checksums[CHECKSUMS][VERDICTS];
    uint64_t answers[ANSWERS];
    incident_t cut;       /* frames cut by the snap length */
    incident_t malformed; /* frames whose lengths or fields contradict each other */
    uint64_t reassembled; /* datagrams put together from fragments */
    uint64_t incomplete;  /* datagrams given up before all their fragments were there */
} tally_t;

/* Names for tables and JSON keys: lower case, never NULL. */
const char *protocol_name(protocol_t protocol);
const char *checksum_name(checksum_t checksum);
const char *answer_name(answer_t answer);

/* Counts an incident; `number` is the packet's, from 1. */
void incident_count(incident_t *incident, uint64_t number);

#endif
