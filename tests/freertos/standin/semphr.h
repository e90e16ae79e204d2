/* SPDX-License-Identifier: BSD-3-Clause */
/* semphr.h (stand-in): see FreeRTOS.h. */
#ifndef STANDIN_SEMPHR_H
#define STANDIN_SEMPHR_H

#include "queue.h"

#define xSemaphoreCreateCounting(most, units) ((void)(most), standin_queue(0, (units), NULL, NULL))
#define xSemaphoreCreateCountingStatic(most, units, memory)                                        \
    ((void)(most), standin_queue(0, (units), NULL, (memory)))
#define xSemaphoreCreateMutex()             standin_queue(0, 1, NULL, NULL)
#define xSemaphoreCreateMutexStatic(memory) standin_queue(0, 1, NULL, (memory))
#define xSemaphoreTake(queue, ticks)        xQueueReceive((queue), NULL, (ticks))
#define xSemaphoreGive(queue)               xQueueSend((queue), NULL, 0)
#define xSemaphoreGiveFromISR(queue, woken) ((void)(woken), xQueueSend((queue), NULL, 0))

#endif
