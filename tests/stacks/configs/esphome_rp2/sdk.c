/* SPDX-License-Identifier: BSD-3-Clause */
/* sdk.c - what the Arduino core has: interrupts that are off and on, time, and its own checksum. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static unsigned depth;
static unsigned sections;
static unsigned checksums;

unsigned sdk_calls(void)
{
    return sections != 0 && depth == 0 ? checksums : 0;
}

void noInterrupts(void)
{
    ++depth;
    ++sections;
}

void interrupts(void)
{
    if (depth == 0) {
        abort(); /* an unprotect without its protect */
    }
    --depth;
}

void lwip_assert_core_locked(void) {}

void panic(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    (void)vfprintf(stderr, format, list);
    va_end(list);
    abort();
}

unsigned long __lwip_rand(void)
{
    return (unsigned long)rand();
}

void __setSystemTime(unsigned long long sec, unsigned long us)
{
    (void)sec;
    (void)us;
}

uint32_t sys_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

/* As lwIP declares it: written in assembly there. The halves are added in memory order. */
uint16_t lwip_standard_chksum(const void *data, int length)
{
    const uint8_t *const bytes = data;
    uint32_t sum = 0;
    ++checksums;
    for (int i = 0; i < length; ++i) {
        sum += (i % 2 == 0) ? bytes[i] : (uint32_t)bytes[i] << 8;
    }
    while (sum >> 16) {
        sum = (sum & 0xffffU) + (sum >> 16);
    }
    return (uint16_t)sum;
}
