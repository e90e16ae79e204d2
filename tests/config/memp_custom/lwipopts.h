/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - pools of the user's own beside lwIP's, and a hook when an empty one has elements. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEM_ALIGNMENT         8
#define MEMP_USE_CUSTOM_POOLS 1
#define MEMP_NUM_PBUF         3
#define PBUF_POOL_SIZE        2
#define LWIP_NOASSERT         1

#define LWIP_HOOK_FILENAME "memp_hooks.h"

#endif
