/* SPDX-License-Identifier: BSD-3-Clause */
/* FreeRTOS.h (stand-in) - as much of FreeRTOS' interface as ports/freertos uses, so that its files are
 * compiled and run where no kernel is: on POSIX threads (standin_posix.c), which run at once, on every
 * processor, without priorities, and on the threads of ports/bare (standin_bare.c), with interrupts.
 * tests/freertos/run.sh runs the same files on a kernel.
 */
#ifndef STANDIN_FREERTOS_H
#define STANDIN_FREERTOS_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define configTICK_RATE_HZ                      1000
#define configMAX_PRIORITIES                    5
#define configMINIMAL_STACK_SIZE                16384
#define configSTACK_DEPTH_TYPE                  size_t
#define configSUPPORT_DYNAMIC_ALLOCATION        1
#define configNUM_THREAD_LOCAL_STORAGE_POINTERS 1
#ifndef configSUPPORT_STATIC_ALLOCATION
#    define configSUPPORT_STATIC_ALLOCATION 1
#endif

typedef long BaseType_t;
typedef unsigned long UBaseType_t;
typedef uint32_t TickType_t;
typedef unsigned long StackType_t;

#define pdFALSE                   ((BaseType_t)0)
#define pdTRUE                    ((BaseType_t)1)
#define pdPASS                    pdTRUE
#define portMAX_DELAY             UINT32_MAX
#define configASSERT(x)           standin_assert((x) != 0)
#define portYIELD_FROM_ISR(woken) ((void)(woken))

#define portSET_INTERRUPT_MASK_FROM_ISR()       standin_mask()
#define portCLEAR_INTERRUPT_MASK_FROM_ISR(mask) standin_unmask(mask)

/* On the threads of ports/bare only. */
UBaseType_t standin_mask(void);
void standin_unmask(UBaseType_t mask);
BaseType_t xPortIsInsideInterrupt(void);

static inline void standin_assert(int holds)
{
    if (!holds) {
        abort();
    }
}

static inline void *pvPortMalloc(size_t bytes)
{
    return malloc(bytes);
}

static inline void vPortFree(void *memory)
{
    free(memory);
}

typedef struct standin_queue standin_queue_t;

typedef struct standin_static {
    void *memory[8];
} StaticQueue_t;

#endif
