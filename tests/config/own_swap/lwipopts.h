/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h with byte swaps as documents show them: macros that evaluate twice and count it. */
#ifndef OWN_SWAP_LWIPOPTS_H
#define OWN_SWAP_LWIPOPTS_H

#define MEM_ALIGNMENT 8

#define OWN_SWAP
extern unsigned own_swaps;
#define LWIP_PLATFORM_HTONS(x) (++own_swaps, (u16_t)((((x)&0xffU) << 8) | (((x) >> 8) & 0xffU)))
#define LWIP_PLATFORM_HTONL(x)                                                                     \
    (++own_swaps, (u32_t)((((x)&0xffU) << 24) | (((x)&0xff00U) << 8) | (((x) >> 8) & 0xff00U) |    \
                          (((x) >> 24) & 0xffU)))

#endif
