/* SPDX-License-Identifier: BSD-3-Clause */
/* sys.c (lwip) - what lwIP's own sys.c has, in place of which this library is built: sys_msleep by
 * a semaphore that is never signalled. Without state. */
#include "lwip/sys.h"

#if !NO_SYS && !defined sys_msleep

void sys_msleep(u32_t ms)
{
    sys_sem_t never;
    if (ms > 0 && sys_sem_new(&never, 0) == ERR_OK) {
        (void)sys_arch_sem_wait(&never, ms);
        sys_sem_free(&never);
    }
}

#endif
