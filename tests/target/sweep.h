/* SPDX-License-Identifier: BSD-3-Clause */
/* sweep.h - what sweep.c puts an interrupt on every instruction of. */
#ifndef CISTERN_TESTS_TARGET_SWEEP_H
#define CISTERN_TESTS_TARGET_SWEEP_H

#include <stdbool.h>
#include <stddef.h>

typedef struct operation {
    const char *name;
    void (*prepare)(void);
    void (*run)(void);
    void (*interrupt)(void);
    bool (*sound)(void);
} operation_t;

extern const operation_t sweep_memory[]; /* pools, heap, packet buffers */
extern const size_t sweep_memory_count;
extern const operation_t sweep_os[]; /* semaphores, mutexes, mailboxes, threads */
extern const size_t sweep_os_count;

#endif
