/* SPDX-License-Identifier: BSD-3-Clause */
/* sdk.c - the project drives TCP by a timer of its own (NO_SYS_NO_TIMERS). lwIP's applications are linked
 * and have timeouts, but none of them is started. */
#include <stdlib.h>

#include "lwip/arch.h"

void sys_timeout(u32_t ms, void (*handler)(void *argument), void *argument);
void sys_untimeout(void (*handler)(void *argument), void *argument);

void sys_timeout(u32_t ms, void (*handler)(void *argument), void *argument)
{
    (void)ms;
    (void)handler;
    (void)argument;
    abort();
}

void sys_untimeout(void (*handler)(void *argument), void *argument)
{
    (void)handler;
    (void)argument;
    abort();
}
