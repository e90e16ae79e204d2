/* SPDX-License-Identifier: BSD-3-Clause */
/* sdk.c - what the interpreter and the chip's SDK have. */
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

int lwip_atoi(const char *str)
{
    return (int)strtol(str, NULL, 10);
}

uint32_t rosc_random_u32(void)
{
    return (uint32_t)rand();
}

uint32_t sys_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}
