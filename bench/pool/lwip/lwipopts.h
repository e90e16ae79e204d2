/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - lwIP's pools alone, as a release build has them; SYS_LIGHTWEIGHT_PROT by the builder. */
#ifndef BENCH_LWIPOPTS_H
#define BENCH_LWIPOPTS_H

#define NO_SYS        1
#define MEM_ALIGNMENT 8
#define LWIP_STATS    0
#define LWIP_NETCONN  0
#define LWIP_SOCKET   0
#define LWIP_NOASSERT 1

#endif
