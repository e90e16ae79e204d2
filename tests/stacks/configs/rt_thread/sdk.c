/* SPDX-License-Identifier: BSD-3-Clause */
/* sdk.c - RT-Thread's own copy. */
#include <string.h>

static unsigned calls;

unsigned sdk_calls(void)
{
    return calls;
}

void *rt_memcpy(void *dst, const void *src, unsigned long count);

void *rt_memcpy(void *dst, const void *src, unsigned long count)
{
    __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    return memcpy(dst, src, count);
}
