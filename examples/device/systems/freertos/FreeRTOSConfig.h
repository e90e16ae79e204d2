/* SPDX-License-Identifier: BSD-3-Clause */
/* FreeRTOSConfig.h - the kernel's options on the board. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#define configCPU_CLOCK_HZ                      25000000UL
#define configTICK_RATE_HZ                      1000
#define configUSE_PREEMPTION                    1
#define configUSE_TIME_SLICING                  1
#define configUSE_PORT_OPTIMISED_TASK_SELECTION 0
#define configMAX_PRIORITIES                    5
#define configTICK_TYPE_WIDTH_IN_BITS           TICK_TYPE_WIDTH_32_BITS
#define configMAX_TASK_NAME_LEN                 16
#define configMINIMAL_STACK_SIZE                256
#define configTOTAL_HEAP_SIZE                   (32 * 1024)
#define configSUPPORT_DYNAMIC_ALLOCATION        1
#define configSUPPORT_STATIC_ALLOCATION         1
#define configKERNEL_PROVIDED_STATIC_MEMORY     1
#define configUSE_MUTEXES                       1
#define configUSE_COUNTING_SEMAPHORES           1
#define configUSE_TICK_HOOK                     0
#define configUSE_IDLE_HOOK                     0
#define configUSE_TIMERS                        0
#define configCHECK_FOR_STACK_OVERFLOW          0
#define INCLUDE_xTaskGetSchedulerState          1
#define INCLUDE_vTaskDelay                      1
#define INCLUDE_vTaskDelete                     1

/* The card's interrupt, level 0x80, may call the kernel; see board.c. */
#define configPRIO_BITS                      3
#define configKERNEL_INTERRUPT_PRIORITY      0xE0
#define configMAX_SYSCALL_INTERRUPT_PRIORITY 0x40

/* board.c's names of the vectors. */
#define vPortSVCHandler                  SVC_Handler
#define xPortPendSVHandler               PendSV_Handler
#define xPortSysTickHandler              SysTick_Handler
#define configCHECK_HANDLER_INSTALLATION 0

void freertos_assert_failed(const char *file, int line);
#define configASSERT(x) ((x) ? (void)0 : freertos_assert_failed(__FILE__, __LINE__))

#endif
