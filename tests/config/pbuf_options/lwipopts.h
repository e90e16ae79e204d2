/* SPDX-License-Identifier: BSD-3-Clause */
/* Packet buffers with every option away from its default, and without assertions. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define LWIP_NOASSERT                 1
#define CISTERN_PBUF_LEN_32           1
#define LWIP_PBUF_REF_T               u16_t
#define LWIP_TCP                      1
#define TCP_QUEUE_OOSEQ               1
#define LWIP_PBUF_CUSTOM_DATA         u32_t mark;
#define LWIP_PBUF_CUSTOM_DATA_INIT(p) ((p)->mark = 42)

#endif
