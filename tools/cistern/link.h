/* SPDX-License-Identifier: BSD-3-Clause */
/* link.h - the link layers that captures carry. */
#ifndef CISTERN_TOOL_LINK_H
#define CISTERN_TOOL_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

typedef enum link_type {
    LINK_UNKNOWN,
    LINK_ETHERNET,
    LINK_RAW_IP, /* the IP version is in the packet */
    LINK_RAW_IPV4,
    LINK_RAW_IPV6,
    LINK_LINUX_COOKED, /* tcpdump -i any */
    LINK_LINUX_COOKED_2,
    LINK_NULL,          /* BSD loopback: the address family in the recording host's byte order */
    LINK_LOOP,          /* the same in network byte order */
    LINK_PPP,           /* with or without address and control */
    LINK_PPP_DIRECTION, /* the same behind a byte that says which way it went */
    LINK_PPPOE,         /* PPPoE session without Ethernet before it */
    LINK_CISCO_HDLC,
    LINK_SLIP,     /* 16 bytes of direction and original header, then IP */
    LINK_WIRELESS, /* IEEE 802.11 */
    LINK_RADIOTAP, /* the same behind a radiotap header */
    LINK_802154,   /* IEEE 802.15.4, with uncompressed 6LoWPAN */
    LINK_802154_TAP,
    LINK_NFLOG,        /* Linux netfilter */
    LINK_HCI,          /* Bluetooth HCI, H4: only of cistern size --hci */
    LINK_HCI_DIRECTION /* the same behind four bytes that say which way it went */
} link_type_t;

/* The Ethertypes that are parsed further. */
enum {
    ETHERTYPE_NONE = 0,
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_ARP = 0x0806,
    ETHERTYPE_IPV6 = 0x86dd
};

/* The link layer of a libpcap data link type; LINK_UNKNOWN for one that is not parsed. */
link_type_t link_from_dlt(int dlt);

/* The same of Bluetooth HCI, which no frame parser takes. */
link_type_t link_from_hci_dlt(int dlt);

/* An English name, never NULL. */
const char *link_name(link_type_t link);

/* Writes the names of all link types that link_from_dlt knows, with commas between. */
void link_list(char *text, size_t size);

/* Takes the link header, tags and labels off the frame, counting what it meets. Returns the
 * Ethertype of what follows, or ETHERTYPE_NONE when there is nothing to parse further. */
uint16_t link_parse(frame_t *frame, link_type_t link);

#endif
