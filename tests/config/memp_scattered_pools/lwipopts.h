/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - mem_malloc from pools, of which lwippools.h has none that would work. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEM_USE_POOLS         1
#define MEMP_USE_CUSTOM_POOLS 1

#endif
