/* run_host.c - the runner of the port conformance suite on a host. */
#include "host.h"
#include "port/run_cmocka.h"
#include "port/suite.h"

/* Hosts have no interrupts: a thread of the system's stands for one. */
void suite_from_interrupt(void (*function)(void *argument), void *argument)
{
    host_run_in_thread(function, argument);
}

void suite_settle(void)
{
    host_settle();
}

int main(void)
{
    return run_under_cmocka();
}
