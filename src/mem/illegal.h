/* SPDX-License-Identifier: BSD-3-Clause */
/* illegal.h - what lwIP's heap does after it refused a free: the user's hook, or an assertion. */
#ifndef CISTERN_MEM_ILLEGAL_H
#define CISTERN_MEM_ILLEGAL_H

#include "lwip/debug.h"

#ifndef LWIP_MEM_ILLEGAL_FREE
#    define LWIP_MEM_ILLEGAL_FREE(message) LWIP_ASSERT(message, 0)
#endif

#endif
