/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h - what a port for gcc and a C library leaves to it: nothing. */
#ifndef ARCH_CC_H
#define ARCH_CC_H
#define LWIP_TIMEVAL_PRIVATE  0
#define LWIP_ERRNO_STDINCLUDE 1
#include <sys/time.h>
#endif
