/* SPDX-License-Identifier: BSD-3-Clause */
/* switch.c (bare, RISC-V) - the context switch, in the machine software interrupt. A frame is what
 * every trap leaves (trap.h); the handler returns another thread's. Without state. */
#include "cpu_switch.h"

#if !NO_SYS

#    include <string.h>

#    include "trap.h"

#    define SWITCH_MIE_SOFTWARE 8U
#    define SWITCH_MSTATUS      0x1880U /* mret goes to machine mode and enables interrupts */

void bare_cpu_switch_request(void)
{
    CLINT_MSIP = 1;
}

void *bare_cpu_switch_frame(void *top, void (*entry)(void *argument), void *argument)
{
    trap_frame_t *const frame = (trap_frame_t *)((unsigned char *)top - sizeof(trap_frame_t));
    memset(frame, 0, sizeof *frame);
    frame->mepc = (uintptr_t)entry;
    frame->a[0] = (uintptr_t)argument;
    frame->mstatus = SWITCH_MSTATUS;
    return frame;
}

void bare_cpu_switch_start(void)
{
    bare_trap_install();
    __asm__ volatile("csrs mie, %0" : : "r"(SWITCH_MIE_SOFTWARE));
    __asm__ volatile("csrsi mstatus, 8");
}

#endif
