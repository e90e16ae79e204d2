/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - lwIP's heap alone, as a release build has it: no checks, no lock, no statistics. */
#ifndef BENCH_LWIPOPTS_H
#define BENCH_LWIPOPTS_H

/* The arena's size can be chosen at run time: an unknown word is 0 to the preprocessor. */
#define BENCH_MEM_SIZE 200000000L
extern unsigned char *bench_arena;
extern long bench_less;
#define MEM_SIZE              (BENCH_MEM_SIZE - bench_less)
#define LWIP_RAM_HEAP_POINTER bench_arena

#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 0
#define MEM_ALIGNMENT        8
#define LWIP_STATS           0
#define LWIP_NETCONN         0
#define LWIP_SOCKET          0
#define LWIP_NOASSERT        1
#define MIN_SIZE             12

#endif
