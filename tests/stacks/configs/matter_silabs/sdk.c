/* SPDX-License-Identifier: BSD-3-Clause */
/* sdk.c - FreeRTOS's heap: not the C library's, which would not take its blocks back. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static const uint64_t mark = 0x5ca1ab1edeadbeefU;

static unsigned calls;

unsigned sdk_calls(void)
{
    return calls;
}

void *pvPortMalloc(size_t size);
void vPortFree(void *memory);

void *pvPortMalloc(size_t size)
{
    uint64_t *const block = malloc(size + 16);
    if (block == NULL) {
        return NULL;
    }
    block[0] = mark;
    __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    return block + 2;
}

void vPortFree(void *memory)
{
    if (memory != NULL) {
        uint64_t *const block = (uint64_t *)memory - 2;
        if (block[0] != mark) {
            abort(); /* memory of another heap */
        }
        block[0] = 0;
        free(block);
    }
}
