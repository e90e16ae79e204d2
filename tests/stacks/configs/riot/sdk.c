/* SPDX-License-Identifier: BSD-3-Clause */
/* sdk.c - what RIOT's port has. */
#include <stdbool.h>

bool sys_check_core_locked(void);

bool sys_check_core_locked(void)
{
    return true;
}
