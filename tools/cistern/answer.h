/* SPDX-License-Identifier: BSD-3-Clause */
/* answer.h - what the replaying host sends: ARP replies, ICMP and UDP echo.
 *
 * The device answers; where it is not known, whoever was asked does. An echo is not copied: a
 * PBUF_RAM fragment with the new headers is chained to the payload as it was received, and the
 * frame's data is empty afterwards.
 *
 *   answer --> | link | IP | ICMP or UDP |  --next-->  | payload in PBUF_POOL elements |
 *               <-------- PBUF_RAM ----->
 *
 * Frames that are incomplete or whose IP header is damaged, that came over a link whose header
 * cannot be turned round, from or to a multicast or broadcast address, or to another host than the
 * device are not answered; neither is an ARP request for the sender's own address. Answers are not
 * fragmented. One that the heap has no room for, or that would be longer than a packet buffer can
 * be, is counted as failed. */
#ifndef CISTERN_TOOL_ANSWER_H
#define CISTERN_TOOL_ANSWER_H

#include "frame.h"

/* Bytes of an echo's header: ICMP's type, code, checksum, identifier, number; or UDP's ports,
 * length, checksum. */
#define ANSWER_ECHO_LENGTH 8

/* Each is given the request's header, which is still in the frame's data. */
void answer_arp(frame_t *frame, const uint8_t *arp);
void answer_icmp_echo(frame_t *frame, const uint8_t *header);
void answer_icmpv6_echo(frame_t *frame, const uint8_t *header);
void answer_udp_echo(frame_t *frame, const uint8_t *header);

#endif
