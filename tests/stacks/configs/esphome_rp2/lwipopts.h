/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of esphome/esphome at cd1cf3ee6938, esphome/components/rp2: what it
 * redefines of arduino_pico's, for the least number of sockets. */
#ifndef ESPHOME_LWIPOPTS_H
#define ESPHOME_LWIPOPTS_H

#include "../arduino_pico/lwipopts.h"

#undef TCP_SND_BUF
#define TCP_SND_BUF (4 * TCP_MSS)
#undef TCP_WND
#define TCP_WND (4 * TCP_MSS)
#undef TCP_SND_QUEUELEN
#define TCP_SND_QUEUELEN 17
#undef MEM_SIZE
#define MEM_SIZE 32768
#undef MEMP_NUM_TCP_SEG
#define MEMP_NUM_TCP_SEG 34
#undef PBUF_POOL_SIZE
#define PBUF_POOL_SIZE 16
#undef MEMP_NUM_TCP_PCB
#define MEMP_NUM_TCP_PCB 8
#undef MEMP_NUM_TCP_PCB_LISTEN
#define MEMP_NUM_TCP_PCB_LISTEN 2
#undef MEMP_NUM_UDP_PCB
#define MEMP_NUM_UDP_PCB 6
#undef TCP_DEFAULT_LISTEN_BACKLOG
#define TCP_DEFAULT_LISTEN_BACKLOG 2

#endif
