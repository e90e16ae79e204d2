/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - what both libraries are built with for the mailbox benchmark. */
#define MEM_ALIGNMENT           8
#define LWIP_TCPIP_CORE_LOCKING 0
