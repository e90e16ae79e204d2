/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_arch.h (bare) - what names a semaphore, mutex, mailbox or thread on this port.
 *
 * Everything comes from static tables, so that the library's footprint is known when it is linked
 * and nothing here needs the heap. ports/oslayer/sys_name.h has the names.
 *
 * Options, for lwipopts.h:
 * | option                        | default | range    | effect                                   |
 * |-------------------------------|---------|----------|------------------------------------------|
 * | CISTERN_BARE_THREADS          | 4       | 1..255   | threads that can live at once, beside    |
 * |                               |         |          | main                                     |
 * | CISTERN_BARE_STACK_BYTES      | 1024    | 256..    | stack of each of them, multiple of 16    |
 * | CISTERN_BARE_GUARD_BYTES      | as the  | 16..     | below each stack, beside it: what an     |
 * |                               | stack   |          | overflow may write without hurting       |
 * |                               |         |          | another thread; multiple of 16           |
 * | CISTERN_BARE_IDLE_STACK_BYTES | 384     | 256..    | stack of cistern_bare_idle               |
 * | CISTERN_BARE_MAIN_STACK       | none    | symbol   | the lowest byte of main's stack, which   |
 * |                               |         |          | the linker script defines: as many bytes |
 * |                               |         |          | from there on as CISTERN_BARE_GUARD_BYTES|
 * |                               |         |          | are then main's gap. Without it main's   |
 * |                               |         |          | overflows are not found                  |
 * | CISTERN_BARE_PRIORITIES       | 8       | 1..32    | priorities 0 .. n-1; higher ones are cut |
 * | CISTERN_BARE_MAIN_PRIORITY    | 0       | 0..n-1   | priority of main                         |
 * | CISTERN_BARE_SEMAPHORES       | 8       | 1..65535 | semaphores that can live at once         |
 * | CISTERN_BARE_MUTEXES          | 4       | 1..65535 | mutexes                                  |
 * | CISTERN_BARE_MAILBOXES        | 4       | 1..65535 | mailboxes                                |
 * | CISTERN_BARE_MBOX_SIZE        | 16      | 1..65535 | messages that the largest mailbox holds, |
 * |                               |         |          | and one made with a size <= 0            |
 */
#ifndef LWIP_ARCH_SYS_ARCH_H
#define LWIP_ARCH_SYS_ARCH_H

#if defined __AVR__
#    error "AVR has no threads on this port: set NO_SYS to 1 in lwipopts.h"
#endif

#include "../../oslayer/sys_name.h"
#include "lwip/arch.h"

#ifndef CISTERN_BARE_THREADS
#    define CISTERN_BARE_THREADS 4
#endif
#ifndef CISTERN_BARE_STACK_BYTES
#    define CISTERN_BARE_STACK_BYTES 1024
#endif
#ifndef CISTERN_BARE_GUARD_BYTES
#    define CISTERN_BARE_GUARD_BYTES CISTERN_BARE_STACK_BYTES
#endif
#ifndef CISTERN_BARE_IDLE_STACK_BYTES
#    define CISTERN_BARE_IDLE_STACK_BYTES 384
#endif
#ifndef CISTERN_BARE_PRIORITIES
#    define CISTERN_BARE_PRIORITIES 8
#endif
#ifndef CISTERN_BARE_MAIN_PRIORITY
#    define CISTERN_BARE_MAIN_PRIORITY 0
#endif
#ifndef CISTERN_BARE_SEMAPHORES
#    define CISTERN_BARE_SEMAPHORES 8
#endif
#ifndef CISTERN_BARE_MUTEXES
#    define CISTERN_BARE_MUTEXES 4
#endif
#ifndef CISTERN_BARE_MAILBOXES
#    define CISTERN_BARE_MAILBOXES 4
#endif
#ifndef CISTERN_BARE_MBOX_SIZE
#    define CISTERN_BARE_MBOX_SIZE 16
#endif
#if CISTERN_BARE_THREADS < 1 || CISTERN_BARE_THREADS > 255
#    error "CISTERN_BARE_THREADS must be 1 to 255"
#endif
#if CISTERN_BARE_STACK_BYTES < 256 || CISTERN_BARE_STACK_BYTES % 16 != 0
#    error "CISTERN_BARE_STACK_BYTES must be at least 256 and a multiple of 16"
#endif
#if CISTERN_BARE_GUARD_BYTES < 16 || CISTERN_BARE_GUARD_BYTES % 16 != 0
#    error "CISTERN_BARE_GUARD_BYTES must be at least 16 and a multiple of 16"
#endif
#if CISTERN_BARE_IDLE_STACK_BYTES < 256 || CISTERN_BARE_IDLE_STACK_BYTES % 16 != 0
#    error "CISTERN_BARE_IDLE_STACK_BYTES must be at least 256 and a multiple of 16"
#endif
#if CISTERN_BARE_PRIORITIES < 1 || CISTERN_BARE_PRIORITIES > 32
#    error "CISTERN_BARE_PRIORITIES must be 1 to 32"
#endif
#if CISTERN_BARE_MAIN_PRIORITY < 0 || CISTERN_BARE_MAIN_PRIORITY >= CISTERN_BARE_PRIORITIES
#    error "CISTERN_BARE_MAIN_PRIORITY must be below CISTERN_BARE_PRIORITIES"
#endif
#if CISTERN_BARE_SEMAPHORES < 1 || CISTERN_BARE_SEMAPHORES > 65535
#    error "CISTERN_BARE_SEMAPHORES must be 1 to 65535"
#endif
#if CISTERN_BARE_MUTEXES < 1 || CISTERN_BARE_MUTEXES > 65535
#    error "CISTERN_BARE_MUTEXES must be 1 to 65535"
#endif
#if CISTERN_BARE_MAILBOXES < 1 || CISTERN_BARE_MAILBOXES > 65535
#    error "CISTERN_BARE_MAILBOXES must be 1 to 65535"
#endif
#if CISTERN_BARE_MBOX_SIZE < 1 || CISTERN_BARE_MBOX_SIZE > 65535
#    error "CISTERN_BARE_MBOX_SIZE must be 1 to 65535"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A thread; NULL names none. */
typedef struct bare_thread *sys_thread_t;

/* Bytes at the end of a thread's stack that were never used since it started; 0 for main and NULL.
 * Linear in the bytes. Thread. */
size_t cistern_bare_stack_unused(sys_thread_t thread);

/* The number of threads that wait for a semaphore, mutex or mailbox now, for tests and diagnosis.
 * Linear in the threads. Thread. */
u32_t cistern_bare_waiting(void);

#ifdef __cplusplus
}
#endif

#include "../../common/arch/thread_sem.h" /* its calls take a sys_sem_t */

#endif
