/* SPDX-License-Identifier: BSD-3-Clause */
/* sdk.c - what the board's SDK has. */
#include <stdint.h>
#include <stdlib.h>

uint32_t lwip_rand(void)
{
    return (uint32_t)rand();
}

void sys_check_core_locking(void) {}
