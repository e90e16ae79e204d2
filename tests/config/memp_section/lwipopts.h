/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - a pool of lwIP's list and one of the user's own placed in a section of RAM by name;
 * elements zeroed at first, and the pool of each free looked at. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEM_ALIGNMENT         8
#define MEMP_USE_CUSTOM_POOLS 1
#define PBUF_POOL_SIZE        2
#define MEMP_SANITY_CHECK     1
#define MEMP_MEM_INIT         1

#endif
