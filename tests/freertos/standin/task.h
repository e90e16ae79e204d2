/* SPDX-License-Identifier: BSD-3-Clause */
/* task.h (stand-in): see FreeRTOS.h. */
#ifndef STANDIN_TASK_H
#define STANDIN_TASK_H

typedef struct tskTaskControlBlock *TaskHandle_t;

#define taskSCHEDULER_RUNNING ((BaseType_t)2)
#define taskENTER_CRITICAL()  standin_enter()
#define taskEXIT_CRITICAL()   standin_leave()

void standin_enter(void);
void standin_leave(void);
TickType_t xTaskGetTickCountFromISR(void);
void vTaskDelay(TickType_t ticks);
BaseType_t xTaskCreate(void (*function)(void *argument), const char *name,
                       configSTACK_DEPTH_TYPE words, void *argument, UBaseType_t priority,
                       TaskHandle_t *task);
void vTaskDelete(TaskHandle_t task);
TaskHandle_t xTaskGetCurrentTaskHandle(void);
BaseType_t xTaskGetSchedulerState(void);
void *pvTaskGetThreadLocalStoragePointer(TaskHandle_t task, BaseType_t index);
void vTaskSetThreadLocalStoragePointer(TaskHandle_t task, BaseType_t index, void *value);

#endif
