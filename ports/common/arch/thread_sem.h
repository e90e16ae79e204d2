/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/thread_sem.h (common) - a semaphore of each thread's own, for LWIP_NETCONN_SEM_PER_THREAD.
 * For arch/sys_arch.h, behind the type sys_sem_t. */
#ifndef CISTERN_ARCH_THREAD_SEM_H
#define CISTERN_ARCH_THREAD_SEM_H

#ifdef __cplusplus
extern "C" {
#endif

/* The calling thread's own semaphore. It is made by the first get, or by alloc before, and ended
 * with the thread, or by free before: neither alloc nor free is needed. get returns NULL if no
 * semaphore is left. Thread. */
sys_sem_t *sys_arch_netconn_sem_get(void);
void sys_arch_netconn_sem_alloc(void);
void sys_arch_netconn_sem_free(void);

#ifdef __cplusplus
}
#endif

#ifndef LWIP_NETCONN_THREAD_SEM_ALLOC
#    define LWIP_NETCONN_THREAD_SEM_ALLOC() sys_arch_netconn_sem_alloc()
#endif
#ifndef LWIP_NETCONN_THREAD_SEM_FREE
#    define LWIP_NETCONN_THREAD_SEM_FREE() sys_arch_netconn_sem_free()
#endif
#ifndef LWIP_NETCONN_THREAD_SEM_GET
#    define LWIP_NETCONN_THREAD_SEM_GET() sys_arch_netconn_sem_get()
#endif

#endif
