/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cc.h - lwIP alone on the board: a port as lwIP's users write it. */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <stdint.h>

#include "board.h"

#define LWIP_PLATFORM_ASSERT(message) board_panic((message), __FILE__, __LINE__)
#define LWIP_RAND()                   board_random()

typedef uint32_t sys_prot_t;

uint32_t board_random(void);

#endif
