/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - mem_malloc is the C library's malloc, and counts. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEM_ALIGNMENT   8
#define MEM_LIBC_MALLOC 1
#define MEM_STATS       1

#endif
