/* SPDX-License-Identifier: BSD-3-Clause */
/* subject_lwip.c - mem.c of lwIP, from its own source tree. */
#define _GNU_SOURCE 1
#include "subject.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "lwip/mem.h"
#include "lwip/opt.h"

unsigned char *bench_arena;
long bench_less; /* what MEM_SIZE is less than its largest */

bool subject_start(size_t bytes)
{
    const size_t most = BENCH_MEM_SIZE;
    if (bench_arena == NULL) {
        bench_arena = mmap(NULL, most + 4096, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    }
    if (bench_arena == MAP_FAILED || bytes > most) {
        abort();
    }
    bench_less = (long)(most - bytes);
    mem_init();
    return true;
}

void *subject_malloc(size_t size)
{
    return mem_malloc((mem_size_t)size);
}

void subject_free(void *memory)
{
    mem_free(memory);
}
