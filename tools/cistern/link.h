/* link.h - the link layers that captures carry. */
#ifndef CISTERN_TOOL_LINK_H
#define CISTERN_TOOL_LINK_H

#include <stdbool.h>
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
    LINK_NULL, /* BSD loopback: the address family in the recording host's byte order */
    LINK_LOOP  /* the same in network byte order */
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

/* An English name, never NULL. */
const char *link_name(link_type_t link);

/* Takes the link header, tags and labels off the frame, counting what it meets. Returns the
 * Ethertype of what follows, or ETHERTYPE_NONE when there is nothing to parse further. */
uint16_t link_parse(frame_t *frame, link_type_t link);

#endif
