/* SPDX-License-Identifier: BSD-3-Clause */
/* resource.c - the pools and the heap of a device, and the bytes of an element on the target.
 *
 * A struct is laid out member by member: each at the next multiple of its own size (up to the
 * target's largest alignment), the whole rounded up to the largest member's. Processors with 16-bit
 * pointers are taken as those with 8-bit buses are: without padding. */
#include "resource.h"

typedef struct resource_entry {
    const char *name;
    lwip_option_t option;
} resource_entry_t;

static const resource_entry_t entries[RESOURCE_COUNT] = {
    [RESOURCE_PBUF_POOL] = {"PBUF_POOL", OPTION_PBUF_POOL_SIZE},
    [RESOURCE_TCP_SEG] = {"TCP_SEG", OPTION_MEMP_NUM_TCP_SEG},
    [RESOURCE_TCP_PCB] = {"TCP_PCB", OPTION_MEMP_NUM_TCP_PCB},
    [RESOURCE_TCP_PCB_LISTEN] = {"TCP_PCB_LISTEN", OPTION_MEMP_NUM_TCP_PCB_LISTEN},
    [RESOURCE_UDP_PCB] = {"UDP_PCB", OPTION_MEMP_NUM_UDP_PCB},
    [RESOURCE_RAW_PCB] = {"RAW_PCB", OPTION_MEMP_NUM_RAW_PCB},
    [RESOURCE_PBUF] = {"PBUF_REF/ROM", OPTION_MEMP_NUM_PBUF},
    [RESOURCE_REASSDATA] = {"REASSDATA", OPTION_MEMP_NUM_REASSDATA},
    [RESOURCE_IP6_REASSDATA] = {"IP6_REASSDATA", OPTION_MEMP_NUM_REASSDATA},
    [RESOURCE_FRAG_PBUF] = {"FRAG_PBUF", OPTION_MEMP_NUM_FRAG_PBUF},
    [RESOURCE_ARP_QUEUE] = {"ARP_QUEUE", OPTION_MEMP_NUM_ARP_QUEUE},
    [RESOURCE_ND6_QUEUE] = {"ND6_QUEUE", OPTION_MEMP_NUM_ND6_QUEUE},
    [RESOURCE_IGMP_GROUP] = {"IGMP_GROUP", OPTION_MEMP_NUM_IGMP_GROUP},
    [RESOURCE_MLD6_GROUP] = {"MLD6_GROUP", OPTION_MEMP_NUM_MLD6_GROUP},
    [RESOURCE_NETBUF] = {"NETBUF", OPTION_MEMP_NUM_NETBUF},
    [RESOURCE_NETCONN] = {"NETCONN", OPTION_MEMP_NUM_NETCONN},
    [RESOURCE_TCPIP_MSG_INPKT] = {"TCPIP_MSG_INPKT", OPTION_MEMP_NUM_TCPIP_MSG_INPKT},
    [RESOURCE_TCPIP_MBOX] = {"tcpip mailbox", OPTION_TCPIP_MBOX_SIZE},
    [RESOURCE_TCP_RECVMBOX] = {"TCP receive mailbox", OPTION_DEFAULT_TCP_RECVMBOX_SIZE},
    [RESOURCE_UDP_RECVMBOX] = {"UDP receive mailbox", OPTION_DEFAULT_UDP_RECVMBOX_SIZE},
    [RESOURCE_ACCEPTMBOX] = {"accept mailbox", OPTION_DEFAULT_ACCEPTMBOX_SIZE},
    [RESOURCE_HEAP] = {"heap", OPTION_MEM_SIZE},
};

const char *resource_name(resource_t resource)
{
    return entries[resource].name;
}

lwip_option_t resource_option(resource_t resource)
{
    return entries[resource].option;
}

bool resource_exists(resource_t resource, const lwip_options_t *options)
{
    const int64_t *const value = options->value;
    const bool api = value[OPTION_NO_SYS] == 0 &&
                     (value[OPTION_LWIP_NETCONN] != 0 || value[OPTION_LWIP_SOCKET] != 0);
    switch (resource) {
    case RESOURCE_TCP_SEG:
    case RESOURCE_TCP_PCB:
    case RESOURCE_TCP_PCB_LISTEN:
        return value[OPTION_LWIP_TCP] != 0;
    case RESOURCE_UDP_PCB:
        return value[OPTION_LWIP_UDP] != 0;
    case RESOURCE_RAW_PCB:
        return value[OPTION_LWIP_RAW] != 0;
    case RESOURCE_REASSDATA:
        return value[OPTION_LWIP_IPV4] != 0 && value[OPTION_IP_REASSEMBLY] != 0;
    case RESOURCE_IP6_REASSDATA:
        return value[OPTION_LWIP_IPV6] != 0 && value[OPTION_LWIP_IPV6_REASS] != 0;
    case RESOURCE_FRAG_PBUF:
        return (value[OPTION_IP_FRAG] != 0 && value[OPTION_LWIP_NETIF_TX_SINGLE_PBUF] == 0) ||
               (value[OPTION_LWIP_IPV6] != 0 && value[OPTION_LWIP_IPV6_FRAG] != 0);
    case RESOURCE_ARP_QUEUE:
        return value[OPTION_LWIP_IPV4] != 0 && value[OPTION_LWIP_ARP] != 0 &&
               value[OPTION_ARP_QUEUEING] != 0;
    case RESOURCE_ND6_QUEUE:
        return value[OPTION_LWIP_IPV6] != 0 && value[OPTION_LWIP_ND6_QUEUEING] != 0;
    case RESOURCE_IGMP_GROUP:
        return value[OPTION_LWIP_IGMP] != 0;
    case RESOURCE_MLD6_GROUP:
        return value[OPTION_LWIP_IPV6] != 0 && value[OPTION_LWIP_IPV6_MLD] != 0;
    case RESOURCE_NETBUF:
    case RESOURCE_NETCONN:
    case RESOURCE_TCP_RECVMBOX:
    case RESOURCE_UDP_RECVMBOX:
    case RESOURCE_ACCEPTMBOX:
        return api;
    case RESOURCE_TCPIP_MSG_INPKT:
        return value[OPTION_NO_SYS] == 0 && value[OPTION_LWIP_TCPIP_CORE_LOCKING_INPUT] == 0;
    case RESOURCE_TCPIP_MBOX:
        return value[OPTION_NO_SYS] == 0;
    default:
        return true;
    }
}

/* --- structs ------------------------------------------------------------------------------------
 */

typedef struct layout {
    size_t size;
    size_t alignment; /* of the largest member */
    size_t most;      /* of the target */
    size_t pointer;
} layout_t;

static size_t round_up(size_t bytes, size_t alignment)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

/* `count` members of `size` bytes each. */
static void member(layout_t *layout, size_t size, size_t count)
{
    const size_t alignment = size < layout->most ? size : layout->most;
    layout->size = round_up(layout->size, alignment) + size * count;
    layout->alignment = alignment > layout->alignment ? alignment : layout->alignment;
}

static void pointers(layout_t *layout, size_t count)
{
    member(layout, layout->pointer, count);
}

static void members_if(layout_t *layout, bool there, size_t size, size_t count)
{
    if (there) {
        member(layout, size, count);
    }
}

static size_t whole(const layout_t *layout)
{
    return round_up(layout->size, layout->alignment);
}

static layout_t begin(unsigned pointer)
{
    return (layout_t){.alignment = 1, .most = pointer == 2 ? 1 : pointer, .pointer = pointer};
}

/* int and enum. */
static size_t word(const layout_t *layout)
{
    return layout->pointer == 2 ? 2 : 4;
}

/* ip_addr_t, `count` times: of both families it is a union and a type. */
static void addresses(layout_t *layout, const int64_t *value, size_t count)
{
    const bool v4 = value[OPTION_LWIP_IPV4] != 0;
    const bool v6 = value[OPTION_LWIP_IPV6] != 0;
    for (size_t i = 0; i < count; ++i) {
        member(layout, 4, v6 ? 4 : 1);
        members_if(layout, v6 && value[OPTION_LWIP_IPV6_SCOPES] != 0, 1, 1);
        if (v6 && layout->most >= 4) {
            layout->size = round_up(layout->size, 4); /* ip6_addr_t is a struct of its own */
        }
        members_if(layout, v4 && v6, 1, 1);
        if (v6 && layout->most >= 4) {
            layout->size = round_up(layout->size, 4);
        }
    }
}

/* A struct by its members: p a pointer, w an int, a digit so many bytes; spaces separate. */
static size_t laid_out(unsigned pointer, const char *members)
{
    layout_t layout = begin(pointer);
    for (const char *at = members; *at != '\0'; ++at) {
        if (*at == 'p') {
            pointers(&layout, 1);
        } else if (*at != ' ') {
            member(&layout, *at == 'w' ? word(&layout) : (size_t)(*at - '0'), 1);
        }
    }
    return whole(&layout);
}

static void ip_pcb(layout_t *layout, const int64_t *value)
{
    addresses(layout, value, 2);
    member(layout, 1, 4);
    members_if(layout, value[OPTION_LWIP_NETIF_HWADDRHINT] != 0, 1, 1);
}

static size_t sizeof_pbuf(unsigned pointer)
{
    return laid_out(pointer, "pp 22 1111");
}

static size_t sizeof_seg(unsigned pointer, const int64_t *value)
{
    return laid_out(pointer, value[OPTION_LWIP_CHECKSUM_ON_COPY] != 0 ? "pp 2 21 1 p" : "pp 2 1 p");
}

static void tcp_common(layout_t *layout, const int64_t *value)
{
    ip_pcb(layout, value);
    pointers(layout, 2);
    pointers(layout, (size_t)(2 * value[OPTION_LWIP_TCP_PCB_NUM_EXT_ARGS]));
    member(layout, word(layout), 1);
    member(layout, 1, 1);
    member(layout, 2, 1);
}

static size_t sizeof_listen(unsigned pointer, const int64_t *value)
{
    layout_t layout = begin(pointer);
    tcp_common(&layout, value);
    if (value[OPTION_LWIP_CALLBACK_API] != 0) {
        pointers(&layout, 1);
    }
    members_if(&layout, value[OPTION_TCP_LISTEN_BACKLOG] != 0, 1, 2);
    return whole(&layout);
}

/* struct tcp_pcb, up to the queues. */
static void tcp_numbers(layout_t *layout, const int64_t *value)
{
    const size_t window = value[OPTION_LWIP_WND_SCALE] != 0 ? 4 : 2;
    member(layout, 2, 2); /* remote_port, flags */
    member(layout, 1, 3);
    member(layout, 4, 2); /* tmr, rcv_nxt */
    member(layout, window, 2);
    member(layout, 4, 1); /* rcv_ann_right_edge */
    members_if(layout, value[OPTION_LWIP_TCP_SACK_OUT] != 0, 4,
               (size_t)(2 * value[OPTION_LWIP_TCP_MAX_SACK_NUM]));
    member(layout, 2, 2); /* rtime, mss */
    member(layout, 4, 2); /* rttest, rtseq */
    member(layout, 2, 3); /* sa, sv, rto */
    member(layout, 1, 2); /* nrtx, dupacks */
    member(layout, 4, 1); /* lastack */
    member(layout, window, 2);
    member(layout, 4, 5); /* rto_end, snd_nxt, snd_wl1, snd_wl2, snd_lbb */
    member(layout, window, 3);
    member(layout, 2, 1); /* snd_queuelen */
    members_if(layout, value[OPTION_TCP_OVERSIZE] != 0, 2, 1);
    member(layout, window, 1); /* bytes_acked */
}

static size_t sizeof_tcp(unsigned pointer, const int64_t *value)
{
    layout_t layout = begin(pointer);
    tcp_common(&layout, value);
    tcp_numbers(&layout, value);
    pointers(&layout, value[OPTION_TCP_QUEUE_OOSEQ] != 0 ? 4 : 3); /* queues, refused_data */
    const bool callback = value[OPTION_LWIP_CALLBACK_API] != 0;
    pointers(&layout,
             (callback || value[OPTION_TCP_LISTEN_BACKLOG] != 0 ? 1U : 0U) + (callback ? 5U : 0U));
    members_if(&layout, value[OPTION_LWIP_TCP_TIMESTAMPS] != 0, 4, 2);
    member(&layout, 4, 1); /* keep_idle */
    members_if(&layout, value[OPTION_LWIP_TCP_KEEPALIVE] != 0, 4, 2);
    member(&layout, 1, 3); /* persist_cnt, persist_backoff, persist_probe */
    member(&layout, 1, 1); /* keep_cnt_sent */
    members_if(&layout, value[OPTION_LWIP_WND_SCALE] != 0, 1, 2);
    return whole(&layout);
}

static size_t sizeof_udp(unsigned pointer, const int64_t *value)
{
    layout_t layout = begin(pointer);
    ip_pcb(&layout, value);
    pointers(&layout, 1);
    member(&layout, 1, 1);
    member(&layout, 2, 2);
    const bool groups = value[OPTION_LWIP_MULTICAST_TX_OPTIONS] != 0;
    members_if(&layout, groups && value[OPTION_LWIP_IPV4] != 0, 4, 1);
    members_if(&layout, groups, 1, 2);
    members_if(&layout, value[OPTION_LWIP_UDPLITE] != 0, 2, 2);
    pointers(&layout, 2);
    return whole(&layout);
}

static size_t sizeof_raw(unsigned pointer, const int64_t *value)
{
    layout_t layout = begin(pointer);
    ip_pcb(&layout, value);
    pointers(&layout, 1);
    member(&layout, 1, 2);
    members_if(&layout, value[OPTION_LWIP_MULTICAST_TX_OPTIONS] != 0, 1, 2);
    pointers(&layout, 2);
    members_if(&layout, value[OPTION_LWIP_IPV6] != 0, 2, 1);
    members_if(&layout, value[OPTION_LWIP_IPV6] != 0, 1, 1);
    return whole(&layout);
}

/* struct ip_hdr: 20 bytes that are packed, but begin aligned. */
static size_t sizeof_reassdata(unsigned pointer)
{
    return laid_out(pointer, "pp 44444 2 11");
}

/* Eight bytes: what the links overwrite of a fragment header. */
static size_t sizeof_reassdata6(unsigned pointer, const int64_t *value)
{
    return laid_out(pointer, value[OPTION_LWIP_IPV6_SCOPES] != 0 ? "ppp 11111111 4 2 11 11"
                                                                 : "ppp 11111111 4 2 11");
}

static size_t sizeof_group(unsigned pointer, bool v6, const int64_t *value)
{
    layout_t layout = begin(pointer);
    pointers(&layout, 1);
    member(&layout, 4, v6 ? 4 : 1);
    if (v6 && value[OPTION_LWIP_IPV6_SCOPES] != 0) {
        member(&layout, 1, 1);
        layout.size = layout.most >= 4 ? round_up(layout.size, 4) : layout.size;
    }
    member(&layout, 1, 2);
    member(&layout, 2, 1);
    member(&layout, 1, 1);
    return whole(&layout);
}

static size_t sizeof_netbuf(unsigned pointer, const int64_t *value)
{
    layout_t layout = begin(pointer);
    pointers(&layout, 2);
    addresses(&layout, value, 1);
    member(&layout, 2, 1);
    if (value[OPTION_LWIP_NETBUF_RECVINFO] != 0 || value[OPTION_LWIP_CHECKSUM_ON_COPY] != 0) {
        member(&layout, 1, 1);
        member(&layout, 2, 1);
    }
    if (value[OPTION_LWIP_NETBUF_RECVINFO] != 0) {
        addresses(&layout, value, 1);
    }
    return whole(&layout);
}

/* Semaphores and mailboxes are the port's: they are taken as a pointer each. */
static size_t sizeof_netconn(unsigned pointer, const int64_t *value)
{
    layout_t layout = begin(pointer);
    const size_t integer = word(&layout);
    const bool tcp = value[OPTION_LWIP_TCP] != 0;
    member(&layout, integer, 2);
    pointers(&layout, 1);
    member(&layout, 1, 1); /* pending_err */
    pointers(&layout, value[OPTION_LWIP_NETCONN_SEM_PER_THREAD] != 0 ? 0 : 1);
    pointers(&layout, tcp ? 2 : 1);
    members_if(&layout, value[OPTION_LWIP_NETCONN_FULLDUPLEX] != 0, integer, 1);
    members_if(&layout, value[OPTION_LWIP_SOCKET] != 0, integer, 1);
    members_if(&layout, value[OPTION_LWIP_SO_SNDTIMEO] != 0, 4, 1);
    members_if(&layout, value[OPTION_LWIP_SO_RCVTIMEO] != 0, 4, 1);
    members_if(&layout, value[OPTION_LWIP_SO_RCVBUF] != 0, integer, 2);
    members_if(&layout, value[OPTION_LWIP_SO_LINGER] != 0, 2, 1);
    member(&layout, 1, 1);
    pointers(&layout, tcp ? 2 : 1);
    return whole(&layout);
}

static size_t sizeof_dhcp(unsigned pointer, const int64_t *value)
{
    layout_t layout = begin(pointer);
    member(&layout, 4, 1);
    member(&layout, 1, 4);
    member(&layout, 2, 7);
    addresses(&layout, value, 1);
    member(&layout, 4, 6);
    return whole(&layout);
}

/* struct mem of lwIP's heap: two offsets and a flag. */
static size_t sizeof_mem(unsigned pointer, const int64_t *value)
{
    return laid_out(pointer, value[OPTION_MEM_SIZE] > 64000 ? "44 1" : "22 1");
}

/* --- the target ---------------------------------------------------------------------------------
 */

size_t target_align(const target_t *target, size_t bytes)
{
    return round_up(bytes, target->alignment);
}

static void set_sizes(target_t *target, const lwip_options_t *options)
{
    const unsigned pointer = target->pointer;
    const int64_t *const value = options->value;
    size_t *const size = target->size;
    size[RESOURCE_PBUF_POOL] =
        target->pbuf + target_align(target, (size_t)value[OPTION_PBUF_POOL_BUFSIZE]);
    size[RESOURCE_TCP_SEG] = target->seg;
    size[RESOURCE_TCP_PCB] = sizeof_tcp(pointer, value);
    size[RESOURCE_TCP_PCB_LISTEN] = sizeof_listen(pointer, value);
    size[RESOURCE_UDP_PCB] = sizeof_udp(pointer, value);
    size[RESOURCE_RAW_PCB] = sizeof_raw(pointer, value);
    size[RESOURCE_PBUF] = sizeof_pbuf(pointer);
    size[RESOURCE_REASSDATA] = sizeof_reassdata(pointer);
    size[RESOURCE_IP6_REASSDATA] = sizeof_reassdata6(pointer, value);
    size[RESOURCE_FRAG_PBUF] = sizeof_pbuf(pointer) + 2U * pointer;
    size[RESOURCE_ARP_QUEUE] = 2U * pointer;
    size[RESOURCE_ND6_QUEUE] = 2U * pointer;
    size[RESOURCE_IGMP_GROUP] = sizeof_group(pointer, false, value);
    size[RESOURCE_MLD6_GROUP] = sizeof_group(pointer, true, value);
    size[RESOURCE_NETBUF] = sizeof_netbuf(pointer, value);
    size[RESOURCE_NETCONN] = sizeof_netconn(pointer, value);
    size[RESOURCE_TCPIP_MSG_INPKT] = 4U * pointer;
    for (resource_t i = RESOURCE_TCPIP_MBOX; i <= RESOURCE_ACCEPTMBOX; ++i) {
        size[i] = pointer;
    }
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        size[i] = target_align(target, size[i]);
    }
    size[RESOURCE_HEAP] = 1;
}

void target_init(target_t *target, unsigned pointer, const lwip_options_t *options)
{
    const int64_t *const value = options->value;
    const int64_t alignment = value[OPTION_MEM_ALIGNMENT];
    *target = (target_t){.pointer = pointer / 8,
                         .alignment = alignment < 1    ? 1
                                      : alignment > 64 ? 64
                                                       : (unsigned)alignment};
    target->pbuf = target_align(target, sizeof_pbuf(target->pointer));
    target->seg = sizeof_seg(target->pointer, value);
    target->dhcp = sizeof_dhcp(target->pointer, value);
    target->heap_header = target_align(target, sizeof_mem(target->pointer, value));
    target->pool_header = target_align(target, target->pointer == 2 ? 2 : 4);
    set_sizes(target, options);
}

size_t target_link_room(const lwip_options_t *options)
{
    return (size_t)(options->value[OPTION_PBUF_LINK_ENCAPSULATION_HLEN] +
                    options->value[OPTION_PBUF_LINK_HLEN]);
}

size_t target_ip_room(const lwip_options_t *options)
{
    return target_link_room(options) + (options->value[OPTION_LWIP_IPV6] != 0 ? 40 : 20);
}

size_t target_transport_room(const lwip_options_t *options)
{
    return target_ip_room(options) + 20;
}

size_t target_pbuf_ram(const target_t *target, size_t headroom, size_t length)
{
    const size_t pbuf = target->pointer == 2 ? sizeof_pbuf(2) : target->pbuf;
    return target_align(target, pbuf + headroom) + target_align(target, length);
}

size_t target_pool_elements(const target_t *target, const lwip_options_t *options, size_t length)
{
    const size_t payload = target_align(target, (size_t)options->value[OPTION_PBUF_POOL_BUFSIZE]);
    const size_t whole_length = length + (size_t)options->value[OPTION_ETH_PAD_SIZE];
    const size_t elements = payload == 0 ? 1 : (whole_length + payload - 1) / payload;
    return elements == 0 ? 1 : elements;
}
