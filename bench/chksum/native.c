/* SPDX-License-Identifier: BSD-3-Clause */
/* native.c - the peers that the compiler may turn into whatever this machine has. */
#include "peers.h"

#include <string.h>

#include <rte_ip.h>

uint16_t peer_dpdk(const void *data, size_t length)
{
    return rte_raw_cksum(data, length);
}

/* The limit: every byte is read and enters one addition, and no carry is kept. */
uint16_t peer_read(const void *data, size_t length)
{
    const unsigned char *const bytes = data;
    uint64_t sum = 0;
    for (size_t i = 0; i + sizeof sum <= length; i += sizeof sum) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        sum += word;
    }
    return (uint16_t)(sum >> 48);
}
