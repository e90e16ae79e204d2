/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - guards around every element, and the caller of each malloc. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEM_ALIGNMENT       8
#define MEMP_OVERFLOW_CHECK 2
#define MEMP_SANITY_CHECK   1
#define MEMP_NUM_PBUF       3

#endif
