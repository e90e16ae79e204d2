/* SPDX-License-Identifier: BSD-3-Clause */
/* transport.h - what IP carries: TCP, UDP, ICMP, ICMPv6, IGMP, others by name. */
#ifndef CISTERN_TOOL_TRANSPORT_H
#define CISTERN_TOOL_TRANSPORT_H

#include "frame.h"

/* IP protocol numbers that are parsed. */
enum { IP_ICMP = 1, IP_IGMP = 2, IP_TCP = 6, IP_UDP = 17, IP_ICMPV6 = 58 };

/* Counts, verifies and answers the payload of a whole datagram. */
void transport_parse(frame_t *frame, uint8_t protocol);

/* Counts the checksum of a datagram that will never be whole as absent. */
void transport_give_up(tally_t *tally, uint8_t protocol);

#endif
