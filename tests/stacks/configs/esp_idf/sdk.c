/* SPDX-License-Identifier: BSD-3-Clause */
/* sdk.c - what ESP-IDF has beside its port. */
#include <stdlib.h>

static unsigned calls;

unsigned sdk_calls(void)
{
    return calls;
}

unsigned int esp_random(void)
{
    ++calls;
    return (unsigned int)rand();
}

void sys_thread_tcpip(void) {}
