/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_arch.h (freertos) - what names a semaphore, mutex, mailbox and thread.
 *
 * A name is that of a slot in a table (ports/oslayer/sys_name.h), so that the variable of a freed
 * object does not name the next one. The slot holds the kernel's own object, created statically where
 * configSUPPORT_STATIC_ALLOCATION is 1, else from the kernel's heap. Only a mailbox's messages and
 * a thread's stack come from the kernel's heap (pvPortMalloc) in either case; with
 * configSUPPORT_DYNAMIC_ALLOCATION 0 they are taken from the slot and from cistern_freertos_stack.
 *
 * Options, for lwipopts.h:
 * | option                       | default | range    | effect                                     |
 * |------------------------------|---------|----------|--------------------------------------------|
 * | CISTERN_FREERTOS_SEMAPHORES  | 16      | 1..65535 | semaphores that can live at once           |
 * | CISTERN_FREERTOS_MUTEXES     | 8       | 1..65535 | mutexes                                    |
 * | CISTERN_FREERTOS_MAILBOXES   | 16      | 1..65535 | mailboxes                                  |
 * | CISTERN_FREERTOS_THREADS     | 8       | 1..65535 | threads of sys_thread_new                  |
 * | CISTERN_FREERTOS_MBOX_SIZE   | 16      | 1..65535 | messages in a mailbox made with size <= 0; |
 * |                              |         |          | the most without dynamic allocation        |
 * | CISTERN_FREERTOS_STACK_BYTES | minimal | 1..      | stack of a thread made with size 0:        |
 * |                              |         |          | configMINIMAL_STACK_SIZE words             |
 * | CISTERN_FREERTOS_TLS_INDEX   | none    | 0..      | a thread-local pointer of the kernel's for |
 * |                              |         |          | LWIP_NETCONN_SEM_PER_THREAD                |
 */
#ifndef LWIP_ARCH_SYS_ARCH_H
#define LWIP_ARCH_SYS_ARCH_H

#include "FreeRTOS.h"

#include "../../oslayer/sys_name.h"

#ifndef CISTERN_FREERTOS_SEMAPHORES
#    define CISTERN_FREERTOS_SEMAPHORES 16
#endif
#ifndef CISTERN_FREERTOS_MUTEXES
#    define CISTERN_FREERTOS_MUTEXES 8
#endif
#ifndef CISTERN_FREERTOS_MAILBOXES
#    define CISTERN_FREERTOS_MAILBOXES 16
#endif
#ifndef CISTERN_FREERTOS_THREADS
#    define CISTERN_FREERTOS_THREADS 8
#endif
#ifndef CISTERN_FREERTOS_MBOX_SIZE
#    define CISTERN_FREERTOS_MBOX_SIZE 16
#endif
#if CISTERN_FREERTOS_SEMAPHORES < 1 || CISTERN_FREERTOS_SEMAPHORES > 65535
#    error "CISTERN_FREERTOS_SEMAPHORES must be 1 to 65535"
#endif
#if CISTERN_FREERTOS_MUTEXES < 1 || CISTERN_FREERTOS_MUTEXES > 65535
#    error "CISTERN_FREERTOS_MUTEXES must be 1 to 65535"
#endif
#if CISTERN_FREERTOS_MAILBOXES < 1 || CISTERN_FREERTOS_MAILBOXES > 65535
#    error "CISTERN_FREERTOS_MAILBOXES must be 1 to 65535"
#endif
#if CISTERN_FREERTOS_THREADS < 1 || CISTERN_FREERTOS_THREADS > 65535
#    error "CISTERN_FREERTOS_THREADS must be 1 to 65535"
#endif
#if CISTERN_FREERTOS_MBOX_SIZE < 1 || CISTERN_FREERTOS_MBOX_SIZE > 65535
#    error "CISTERN_FREERTOS_MBOX_SIZE must be 1 to 65535"
#endif

#ifndef CISTERN_FREERTOS_STACK_BYTES
#    define CISTERN_FREERTOS_STACK_BYTES (configMINIMAL_STACK_SIZE * sizeof(StackType_t))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The kernel's handle of a task; NULL names none. */
typedef struct tskTaskControlBlock *sys_thread_t;

#if !configSUPPORT_DYNAMIC_ALLOCATION
/* Defined by the application: returns a stack of `words` words for a thread of sys_thread_new, and
 * sets *task to memory for the kernel's data of it; NULL if there is none. Both are the thread's
 * until it ends. Thread. */
StackType_t *cistern_freertos_stack(const char *name, size_t words, StaticTask_t **task);
#endif

#ifdef CISTERN_FREERTOS_TLS_INDEX
/* The calling thread's own semaphore, made by the first get, or by alloc before; get returns NULL
 * if none is left. free must be called before the thread ends. Thread. */
sys_sem_t *sys_arch_netconn_sem_get(void);
void sys_arch_netconn_sem_alloc(void);
void sys_arch_netconn_sem_free(void);

#    ifndef LWIP_NETCONN_THREAD_SEM_GET
#        define LWIP_NETCONN_THREAD_SEM_GET()   sys_arch_netconn_sem_get()
#        define LWIP_NETCONN_THREAD_SEM_ALLOC() sys_arch_netconn_sem_alloc()
#        define LWIP_NETCONN_THREAD_SEM_FREE()  sys_arch_netconn_sem_free()
#    endif
#endif

#ifdef __cplusplus
}
#endif

#endif
