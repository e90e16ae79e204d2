/* SPDX-License-Identifier: BSD-3-Clause */
/* device.c - the usual case of a device: two live blocks and the rest in one piece, from which one
 * more is taken and given back; through lwIP's calls, with its statistics. For count.py, which
 * passes arguments that make no difference here. */
#include "lwip/mem.h"

#define CALLS 16

void *counted_malloc(size_t size);
void counted_free(void *memory);

__attribute__((noinline)) void *counted_malloc(size_t size)
{
    return (mem_malloc)((mem_size_t)size);
}

__attribute__((noinline)) void counted_free(void *memory)
{
    (mem_free)(memory);
}

int main(void)
{
    mem_init();
    void *const first = (mem_malloc)(100);
    void *const second = (mem_malloc)(200);
    for (int i = 0; i < CALLS && first != NULL && second != NULL; ++i) {
        counted_free(counted_malloc(600));
    }
    return first == NULL || second == NULL;
}
