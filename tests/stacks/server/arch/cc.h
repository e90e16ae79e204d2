/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h - what lwIP needs of a host; the same for the server on its own memory code and on
 * this library (behind it: ports/lwip). One context runs, so that nothing is protected. */
#ifndef CISTERN_STACKS_CC_H
#define CISTERN_STACKS_CC_H

#include <stdlib.h>
#include <sys/time.h>

#define LWIP_TIMEVAL_PRIVATE  0
#define LWIP_ERRNO_STDINCLUDE 1
#define SYS_ARCH_DECL_PROTECT(level)
#define SYS_ARCH_PROTECT(level)
#define SYS_ARCH_UNPROTECT(level)

#endif
