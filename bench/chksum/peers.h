/* SPDX-License-Identifier: BSD-3-Clause */
/* peers.h - what the checksum is measured against, each a file compiled its own way. */
#ifndef CISTERN_BENCH_CHKSUM_PEERS_H
#define CISTERN_BENCH_CHKSUM_PEERS_H

#include <stddef.h>
#include <stdint.h>

/* lwIP's own functions, which measure.py renames. */
uint16_t peer_inet_chksum(const void *data, uint16_t length);
uint16_t peer_lwip_chksum_copy(void *target, const void *source, uint16_t length);
uint16_t peer_lwip_standard_chksum(const void *data, int length);

/* DPDK's rte_raw_cksum, and a plain sum of 64-bit words: compiled for this very machine. */
uint16_t peer_dpdk(const void *data, size_t length);
uint16_t peer_read(const void *data, size_t length);

#endif
