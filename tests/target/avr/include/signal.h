/* SPDX-License-Identifier: BSD-3-Clause */
/* signal.h (AVR) - avr-libc has none, since there are no signals; cmocka wants to catch three. */
#ifndef CISTERN_TESTS_AVR_SIGNAL_H
#define CISTERN_TESTS_AVR_SIGNAL_H

#define SIGFPE  1
#define SIGILL  2
#define SIGSEGV 3

typedef void signal_handler_t(int number);

static inline signal_handler_t *signal(int number, signal_handler_t *handler)
{
    (void)number;
    (void)handler;
    return (signal_handler_t *)0;
}

#endif
