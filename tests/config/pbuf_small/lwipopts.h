/* SPDX-License-Identifier: BSD-3-Clause */
/* Packet buffers where memory is short: elements that a board with 16 KB can have many of. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

/* A board may have its own sizes on the command line. */
#undef PBUF_POOL_SIZE
#undef MEMP_NUM_PBUF
#define PBUF_POOL_SIZE      6
#define PBUF_POOL_BUFSIZE   96
#define MEMP_NUM_PBUF       6
#define MEM_SIZE            600
#define PBUF_TEST_FRAGMENTS 80

#endif
