/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - of the conformance suite on FreeRTOS. */
#define CISTERN_FREERTOS_SEMAPHORES 32
#define CISTERN_FREERTOS_MUTEXES    8
#define CISTERN_FREERTOS_MAILBOXES  8
#define CISTERN_FREERTOS_THREADS    16
#define CISTERN_FREERTOS_TLS_INDEX  0

#ifndef __arm__
/* The simulator's interrupt is its tick, at whose end it switches threads by itself. */
extern int freertos_in_tick;
#    define CISTERN_FREERTOS_IN_ISR()              freertos_in_tick
#    define CISTERN_FREERTOS_YIELD_FROM_ISR(woken) ((void)(woken))
#endif
