/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h of one who sums by a function of lwIP's documented prototype. */
#ifndef CHKSUM_OWN_LWIPOPTS_H
#define CHKSUM_OWN_LWIPOPTS_H

#define NO_SYS        1
#define MEM_ALIGNMENT 8
#define MEM_SIZE      200000
#define LWIP_IPV6     1

#ifndef OWN_LENGTH
#    define OWN_LENGTH unsigned short
#endif
#ifdef OWN_STANDARD /* lwIP's name for the sum that a project has */
#    define LWIP_CHKSUM_ALGORITHM 0
#    define own_chksum            lwip_standard_chksum
#else
#    define LWIP_CHKSUM own_chksum
#endif
unsigned short own_chksum(const void *data, OWN_LENGTH length);

#endif
