/* SPDX-License-Identifier: BSD-3-Clause */
/* FreeRTOSConfig.h - the kernel's options for the conformance suite: on the host (the kernel's
 * POSIX port) and on QEMU's mps2-an385 (its Cortex-M3 port). */
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
#define INCLUDE_xTaskGetSchedulerState          1
#define configUSE_MUTEXES                       1
#define configUSE_COUNTING_SEMAPHORES           1
#define configUSE_TICK_HOOK                     1
#define configUSE_IDLE_HOOK                     0
#define configUSE_TIMERS                        0
#define configCHECK_FOR_STACK_OVERFLOW          0
#define configSUPPORT_DYNAMIC_ALLOCATION        1
#ifndef configSUPPORT_STATIC_ALLOCATION
#    define configSUPPORT_STATIC_ALLOCATION 1
#endif
#define configKERNEL_PROVIDED_STATIC_MEMORY     1
#define configNUM_THREAD_LOCAL_STORAGE_POINTERS 1
#define INCLUDE_vTaskDelay                      1
#define INCLUDE_vTaskDelete                     1

#ifdef __arm__
#    define configMINIMAL_STACK_SIZE             256
#    define configTOTAL_HEAP_SIZE                (512 * 1024)
#    define configPRIO_BITS                      3
#    define configKERNEL_INTERRUPT_PRIORITY      0xE0
#    define configMAX_SYSCALL_INTERRUPT_PRIORITY 0x40
/* picolibc's names of the vectors. */
#    define vPortSVCHandler                  arm_svc_isr
#    define xPortPendSVHandler               arm_pendsv_isr
#    define xPortSysTickHandler              arm_systick_isr
#    define configCHECK_HANDLER_INSTALLATION 0
#else
#    define configMINIMAL_STACK_SIZE 16384
#    define configTOTAL_HEAP_SIZE    (16 * 1024 * 1024)
#endif

void freertos_assert_failed(const char *file, int line);
#define configASSERT(x) ((x) ? (void)0 : freertos_assert_failed(__FILE__, __LINE__))

#endif
