/* SPDX-License-Identifier: BSD-3-Clause */
/* network.h - ARP, IPv4 and IPv6. */
#ifndef CISTERN_TOOL_NETWORK_H
#define CISTERN_TOOL_NETWORK_H

#include "frame.h"
#include "link.h"

/* Parses and answers a frame as captured on `link`, and frees it. `data` carries what lwipopts.h
 * adds to a pbuf. */
void network_handle(const frame_host_t *host, link_type_t link, struct pbuf *data);

#endif
