/* SPDX-License-Identifier: BSD-3-Clause */
/* run_host.c - the runner of the port conformance suite on a host. */
#include "host.h"
#include "port/run_cmocka.h"
#include "port/suite.h"

/* What the port has to say how many threads wait. */
#ifndef SUITE_WAITING
#    define SUITE_WAITING sys_host_waiting
#else
unsigned SUITE_WAITING(void);
#endif

/* Hosts have no interrupts: a thread of the system's stands for one. */
void suite_from_interrupt(void (*function)(void *argument), void *argument)
{
    host_run_in_thread(function, argument);
}

unsigned suite_waiting(void)
{
    return SUITE_WAITING();
}

int main(void)
{
    return run_under_cmocka();
}
