/* SPDX-License-Identifier: BSD-3-Clause */
/* memp_types.h - the types whose size the list of pools asks for.
 *
 * Standing alone, that is struct pbuf and what lwippools.h includes itself. With lwIP's tree
 * present, its memp_std.h names the types of every protocol.
 *
 * | option      | default | effect                                                  |
 * |-------------|---------|---------------------------------------------------------|
 * | PPP_SUPPORT | lwIP's  | with lwIP's tree: the list of pools may have those of PPP |
 */
#ifndef CISTERN_SRC_MEMP_TYPES_H
#define CISTERN_SRC_MEMP_TYPES_H

#include "lwip/opt.h"

#include "lwip/pbuf.h"
#include "lwip/sys.h"

#ifndef CISTERN_STANDALONE
#    include "lwip/altcp.h"
#    include "lwip/api.h"
#    include "lwip/etharp.h"
#    include "lwip/igmp.h"
#    include "lwip/ip4_frag.h"
#    include "lwip/ip6_frag.h"
#    include "lwip/mld6.h"
#    include "lwip/netbuf.h"
#    include "lwip/netdb.h"
#    include "lwip/dns.h"
#    include "lwip/priv/api_msg.h"
#    include "lwip/priv/nd6_priv.h"
#    include "lwip/priv/sockets_priv.h"
#    include "lwip/priv/tcp_priv.h"
#    include "lwip/priv/tcpip_priv.h"
#    include "lwip/raw.h"
#    include "lwip/sockets.h"
#    include "lwip/tcpip.h"
#    include "lwip/timeouts.h"
#    include "lwip/udp.h"
#    include "netif/ppp/ppp_opts.h"
#    if PPP_SUPPORT
#        include "netif/ppp/ppp.h"
#        include "netif/ppp/pppoe.h"
#        include "netif/ppp/pppol2tp.h"
#        include "netif/ppp/pppos.h"
#    endif
#endif

#endif
