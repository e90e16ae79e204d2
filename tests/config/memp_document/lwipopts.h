/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - the example of lwIP's documentation: three malloc pools, with semaphores and mailboxes
 * from pools of their own; and a fourth that can never be used. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEM_ALIGNMENT         8
#define MEM_USE_POOLS         1
#define MEMP_USE_CUSTOM_POOLS 1

#endif
