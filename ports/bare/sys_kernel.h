/* sys_kernel.h (bare) - what the rest of the port asks of the thread kernel. With NO_SYS 1 there is
 * no kernel, and each call compiles to nothing. */
#ifndef CISTERN_BARE_SYS_KERNEL_H
#define CISTERN_BARE_SYS_KERNEL_H

#include "lwip/sys.h"

static inline void kernel_start(void) {}

static inline void kernel_tick(u32_t now)
{
    (void)now;
}

#endif
