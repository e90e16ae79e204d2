/* SPDX-License-Identifier: BSD-3-Clause */
/* queue.h (stand-in): see FreeRTOS.h. */
#ifndef STANDIN_QUEUE_H
#define STANDIN_QUEUE_H

typedef standin_queue_t *QueueHandle_t;

/* A queue of pointers; without room for any, a semaphore. */
QueueHandle_t standin_queue(UBaseType_t length, UBaseType_t items, void *storage,
                            StaticQueue_t *memory);
BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t ticks);
BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t ticks);
UBaseType_t uxQueueMessagesWaitingFromISR(QueueHandle_t queue);
void vQueueDelete(QueueHandle_t queue);

#define xQueueSendFromISR(queue, item, woken) ((void)(woken), xQueueSend((queue), (item), 0))
#define xQueueCreate(length, size)            ((void)(size), standin_queue((length), 0, NULL, NULL))
#define xQueueCreateStatic(length, size, storage, memory)                                          \
    ((void)(size), standin_queue((length), 0, (storage), (memory)))

#endif
