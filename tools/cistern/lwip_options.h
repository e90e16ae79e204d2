/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip_options.h - the values of lwIP's options on the device.
 *
 * A value comes from the device's lwipopts.h, read through the C preprocessor; else from what the
 * capture shows; else it is lwIP's default, which may depend on other options. */
#ifndef CISTERN_TOOL_LWIP_OPTIONS_H
#define CISTERN_TOOL_LWIP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Every option that decides what a device holds, with lwIP's default. */
#define LWIP_OPTIONS(X)                                                                            \
    X(NO_SYS, "0")                                                                                 \
    X(LWIP_IPV4, "1")                                                                              \
    X(LWIP_IPV6, "0")                                                                              \
    X(LWIP_TCP, "1")                                                                               \
    X(LWIP_UDP, "1")                                                                               \
    X(LWIP_UDPLITE, "0")                                                                           \
    X(LWIP_RAW, "0")                                                                               \
    X(LWIP_ARP, "1")                                                                               \
    X(LWIP_ICMP, "1")                                                                              \
    X(LWIP_IGMP, "0")                                                                              \
    X(LWIP_DHCP, "0")                                                                              \
    X(LWIP_AUTOIP, "0")                                                                            \
    X(LWIP_DNS, "0")                                                                               \
    X(LWIP_SOCKET, "1")                                                                            \
    X(LWIP_NETCONN, "1")                                                                           \
    X(LWIP_NETCONN_FULLDUPLEX, "0")                                                                \
    X(LWIP_NETCONN_SEM_PER_THREAD, "0")                                                            \
    X(LWIP_SO_SNDTIMEO, "0")                                                                       \
    X(LWIP_SO_RCVTIMEO, "0")                                                                       \
    X(LWIP_SO_RCVBUF, "0")                                                                         \
    X(LWIP_SO_LINGER, "0")                                                                         \
    X(LWIP_TCPIP_CORE_LOCKING, "1")                                                                \
    X(LWIP_TCPIP_CORE_LOCKING_INPUT, "0")                                                          \
    X(LWIP_CALLBACK_API, "1")                                                                      \
    X(LWIP_NETIF_TX_SINGLE_PBUF, "0")                                                              \
    X(LWIP_NETBUF_RECVINFO, "0")                                                                   \
    X(LWIP_CHECKSUM_ON_COPY, "0")                                                                  \
    X(LWIP_MULTICAST_TX_OPTIONS, "LWIP_IGMP")                                                      \
    X(LWIP_NETIF_HWADDRHINT, "0")                                                                  \
    X(LWIP_IPV6_SCOPES, "LWIP_IPV6")                                                               \
    X(LWIP_IPV6_REASS, "LWIP_IPV6")                                                                \
    X(LWIP_IPV6_FRAG, "1")                                                                         \
    X(LWIP_IPV6_MLD, "LWIP_IPV6")                                                                  \
    X(LWIP_ND6_QUEUEING, "LWIP_IPV6")                                                              \
    X(PPP_NUM_TIMEOUTS, "0")                                                                       \
    X(MEM_LIBC_MALLOC, "0")                                                                        \
    X(MEM_USE_POOLS, "0")                                                                          \
    X(MEMP_MEM_MALLOC, "0")                                                                        \
    X(MEM_ALIGNMENT, "1")                                                                          \
    X(MEM_SIZE, "1600")                                                                            \
    X(MIN_SIZE, "12")                                                                              \
    X(MEM_OVERFLOW_CHECK, "0")                                                                     \
    X(MEMP_OVERFLOW_CHECK, "0")                                                                    \
    X(MEMP_NUM_PBUF, "16")                                                                         \
    X(MEMP_NUM_RAW_PCB, "4")                                                                       \
    X(MEMP_NUM_UDP_PCB, "4")                                                                       \
    X(MEMP_NUM_TCP_PCB, "5")                                                                       \
    X(MEMP_NUM_TCP_PCB_LISTEN, "8")                                                                \
    X(MEMP_NUM_TCP_SEG, "16")                                                                      \
    X(MEMP_NUM_REASSDATA, "5")                                                                     \
    X(MEMP_NUM_FRAG_PBUF, "15")                                                                    \
    X(MEMP_NUM_ARP_QUEUE, "30")                                                                    \
    X(MEMP_NUM_ND6_QUEUE, "20")                                                                    \
    X(MEMP_NUM_IGMP_GROUP, "8")                                                                    \
    X(MEMP_NUM_MLD6_GROUP, "4")                                                                    \
    X(MEMP_NUM_SYS_TIMEOUT, "LWIP_NUM_SYS_TIMEOUT_INTERNAL")                                       \
    X(MEMP_NUM_NETBUF, "2")                                                                        \
    X(MEMP_NUM_NETCONN, "4")                                                                       \
    X(MEMP_NUM_TCPIP_MSG_API, "8")                                                                 \
    X(MEMP_NUM_TCPIP_MSG_INPKT, "8")                                                               \
    X(TCPIP_MBOX_SIZE, "0")                                                                        \
    X(DEFAULT_UDP_RECVMBOX_SIZE, "0")                                                              \
    X(DEFAULT_TCP_RECVMBOX_SIZE, "0")                                                              \
    X(DEFAULT_ACCEPTMBOX_SIZE, "0")                                                                \
    X(ETH_PAD_SIZE, "0")                                                                           \
    X(PBUF_LINK_HLEN, "14 + ETH_PAD_SIZE")                                                         \
    X(PBUF_LINK_ENCAPSULATION_HLEN, "0")                                                           \
    X(PBUF_POOL_SIZE, "16")                                                                        \
    X(PBUF_POOL_BUFSIZE, "LWIP_MEM_ALIGN_SIZE(TCP_MSS + PBUF_IP_HLEN + PBUF_TRANSPORT_HLEN + "     \
                         "PBUF_LINK_ENCAPSULATION_HLEN + PBUF_LINK_HLEN)")                         \
    X(IP_REASSEMBLY, "LWIP_IPV4")                                                                  \
    X(IP_FRAG, "LWIP_IPV4")                                                                        \
    X(IP_REASS_MAXAGE, "15")                                                                       \
    X(IPV6_REASS_MAXAGE, "60")                                                                     \
    X(IP_REASS_MAX_PBUFS, "10")                                                                    \
    X(ARP_QUEUEING, "0")                                                                           \
    X(ARP_QUEUE_LEN, "3")                                                                          \
    X(TCP_MSS, "536")                                                                              \
    X(TCP_WND, "4 * TCP_MSS")                                                                      \
    X(LWIP_WND_SCALE, "0")                                                                         \
    X(TCP_RCV_SCALE, "0")                                                                          \
    X(LWIP_TCP_TIMESTAMPS, "0")                                                                    \
    X(LWIP_TCP_SACK_OUT, "0")                                                                      \
    X(LWIP_TCP_MAX_SACK_NUM, "4")                                                                  \
    X(LWIP_TCP_KEEPALIVE, "0")                                                                     \
    X(LWIP_TCP_PCB_NUM_EXT_ARGS, "0")                                                              \
    X(TCP_SND_BUF, "2 * TCP_MSS")                                                                  \
    X(TCP_SND_QUEUELEN, "(4 * TCP_SND_BUF + TCP_MSS - 1) / TCP_MSS")                               \
    X(TCP_SNDLOWAT, "LWIP_MIN(LWIP_MAX(TCP_SND_BUF / 2, 2 * TCP_MSS + 1), TCP_SND_BUF - 1)")       \
    X(TCP_SNDQUEUELOWAT, "LWIP_MAX(TCP_SND_QUEUELEN / 2, 5)")                                      \
    X(TCP_OVERSIZE, "TCP_MSS")                                                                     \
    X(TCP_QUEUE_OOSEQ, "LWIP_TCP")                                                                 \
    X(TCP_OOSEQ_MAX_BYTES, "0")                                                                    \
    X(TCP_OOSEQ_MAX_PBUFS, "0")                                                                    \
    X(TCP_WND_UPDATE_THRESHOLD, "LWIP_MIN(TCP_WND / 4, TCP_MSS * 4)")                              \
    X(TCP_LISTEN_BACKLOG, "0")                                                                     \
    X(TCP_MSL, "60000")                                                                            \
    X(TCP_MAXRTX, "12")                                                                            \
    X(TCP_SYNMAXRTX, "6")                                                                          \
    X(LWIP_DISABLE_TCP_SANITY_CHECKS, "0")                                                         \
    X(LWIP_DISABLE_MEMP_SANITY_CHECKS, "0")

#define LWIP_OPTION_ENUM(name, value) OPTION_##name,
typedef enum lwip_option { LWIP_OPTIONS(LWIP_OPTION_ENUM) OPTION_COUNT } lwip_option_t;
#undef LWIP_OPTION_ENUM

typedef enum option_source {
    OPTION_DEFAULT, /* lwIP's */
    OPTION_CAPTURE, /* seen in the traffic */
    OPTION_TRACE,   /* what the traced program has */
    OPTION_TARGET,  /* what the target's pointers need */
    OPTION_FILE     /* lwipopts.h */
} option_source_t;

typedef struct lwip_options {
    int64_t value[OPTION_COUNT];
    option_source_t source[OPTION_COUNT];
} lwip_options_t;

/* lwIP's defaults. */
void lwip_options_defaults(lwip_options_t *options);

/* Reads `file` with `compiler` (a program and its options, separated by spaces). False, after a
 * message on stderr, if the preprocessor fails or a value is no constant. */
bool lwip_options_read(lwip_options_t *options, const char *file, const char *compiler);

/* The same of what the preprocessor printed: a line "@cistern NUMBER VALUE" for each option that the
 * file defines. */
bool lwip_options_expanded(lwip_options_t *options, const char *file, FILE *text);

/* Sets what the capture or the target shows, unless the file said it; those that depend on it
 * follow. */
void lwip_options_observe(lwip_options_t *options, lwip_option_t option, int64_t value,
                          option_source_t source);

const char *lwip_option_name(lwip_option_t option);
const char *lwip_option_source(option_source_t source);

#endif
