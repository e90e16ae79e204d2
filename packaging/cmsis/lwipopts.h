/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - this project's options: docs/options.md lists them. */
#ifndef LWIP_LWIPOPTS_H
#define LWIP_LWIPOPTS_H

#define MEM_SIZE       8192
#define PBUF_POOL_SIZE 8

#endif
