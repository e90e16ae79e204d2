/* SPDX-License-Identifier: BSD-3-Clause */
/* device.h - the firmware between its board and its system.
 *
 *   systems/bare.c      ports/bare, as main loop or with threads
 *   systems/rtos.c      ports/rtos on a kernel with semaphores and threads (kernel.c)
 *   systems/freertos.c  ports/freertos on FreeRTOS
 *   systems/lwip.c      lwIP's own memory code, as main loop */
#ifndef DEVICE_H
#define DEVICE_H

/* The whole firmware as a main loop, NO_SYS 1. Never returns. */
_Noreturn void device_loop(void);

/* Starts lwIP's thread, and in it the firmware, NO_SYS 0. Thread, once. */
void device_start(void);

/* A server for bytes that a client sends: upload.c. */
void upload_start(void);

/* A server with a thread that sends back what it receives, NO_SYS 0: echo.c. */
void echo_start(void);

#endif
