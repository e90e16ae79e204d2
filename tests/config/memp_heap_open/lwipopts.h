/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - elements come from the heap, which alone limits them. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEM_ALIGNMENT   8
#define MEM_SIZE        4000
#define MEMP_MEM_MALLOC 1
#define MEMP_STATS      1
#define MEMP_NUM_PBUF   3

#endif
