/* SPDX-License-Identifier: BSD-3-Clause */
/* sdk.c - the section that the linker script of the board places, and random numbers. */
#include <stdlib.h>

_Alignas(8) unsigned char lwip_ram_heap[1600 + 64];

unsigned int lwip_get_random(void)
{
    return (unsigned int)rand();
}
