/* arch/sys_arch.h (template) - what names a semaphore, mutex, mailbox and thread.
 *
 * Read with NO_SYS 0 only. Each type is what the user's variable holds and what every call gets the
 * address of: the handle that your operating system gives, or its whole object. There must be a
 * value that names nothing, for set_invalid and valid; let it be zero, so that a variable which was
 * never set is invalid. The functions themselves go into C files of the port; lwip/sys.h says what
 * each must do.
 */
#ifndef LWIP_ARCH_SYS_ARCH_H
#define LWIP_ARCH_SYS_ARCH_H

/* Handles of the operating system. */
typedef struct board_semaphore *sys_sem_t;
typedef struct board_queue *sys_mbox_t;
typedef struct board_task *sys_thread_t;

/* With LWIP_COMPAT_MUTEX a mutex is a semaphore, and lwip/sys.h defines the rest. */
#if !LWIP_COMPAT_MUTEX
typedef struct board_mutex *sys_mutex_t;
#endif

/* valid and set_invalid may be macros; then lwip/sys.h declares no functions. */
#define sys_sem_valid(sem)       (*(sem) != 0)
#define sys_sem_set_invalid(sem) (*(sem) = 0)

#endif
