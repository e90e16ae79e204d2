/* SPDX-License-Identifier: BSD-3-Clause */
/* switch.c (bare, Cortex-M) - the context switch, in PendSV.
 *
 *   thread's stack  | r4-r11, EXC_RETURN | s16-s31, if used | hardware's frame | ...
 *                   ^ what bare_cpu_switch_next gets and returns
 *
 * Threads run on the process stack, handlers on the main stack. PendSV has the lowest priority, so
 * that it runs after every other handler and interrupts none.
 *
 * Options, for lwipopts.h:
 * | option                             | default        | effect                                  |
 * |------------------------------------|----------------|-----------------------------------------|
 * | CISTERN_BARE_PENDSV_HANDLER        | PendSV_Handler | what the vector table calls the handler |
 * | CISTERN_BARE_INTERRUPT_STACK_BYTES | 1024           | stack of all handlers; a multiple of 8  |
 * | CISTERN_BARE_EXC_RETURN            | 0xFFFFFFFD     | of a new thread; 0xFFFFFFBC in          |
 * |                                    |                | ARMv8-M's non-secure state              |
 */
#include "cpu_switch.h"

#if !NO_SYS

#    include <stdalign.h>
#    include <stddef.h>
#    include <stdint.h>
#    include <string.h>

#    ifndef CISTERN_BARE_PENDSV_HANDLER
#        define CISTERN_BARE_PENDSV_HANDLER PendSV_Handler
#    endif
#    ifndef CISTERN_BARE_INTERRUPT_STACK_BYTES
#        define CISTERN_BARE_INTERRUPT_STACK_BYTES 1024
#    endif
#    if CISTERN_BARE_INTERRUPT_STACK_BYTES < 256 || CISTERN_BARE_INTERRUPT_STACK_BYTES % 8 != 0
#        error "CISTERN_BARE_INTERRUPT_STACK_BYTES must be at least 256 and a multiple of 8"
#    endif
#    ifndef CISTERN_BARE_EXC_RETURN
#        define CISTERN_BARE_EXC_RETURN 0xFFFFFFFDU
#    endif

#    define SCB_ICSR             (*(volatile uint32_t *)0xE000ED04U)
#    define SCB_SHPR3            (*(volatile uint32_t *)0xE000ED20U)
#    define SCB_ICSR_PENDSVSET   0x10000000U
#    define SCB_SHPR3_PENDSV_LOW 0x00FF0000U
#    define SWITCH_XPSR_THUMB    0x01000000U
#    define SWITCH_PC_THUMB      1U /* of a function's address; a return address has none */

/* What a thread that does not run has on its stack, without floating point. The hardware's part,
 * from r0 on, takes 32 bytes below an aligned top, as the architecture wants it aligned to 8. */
typedef struct frame {
    uint32_t r4_to_r11[8];
    uint32_t exc_return;
    uint32_t r0_to_r3[4];
    uint32_t r12;
    uint32_t lr;
    uint32_t pc;
    uint32_t xpsr;
} switch_frame_t;

static alignas(8) unsigned char switch_interrupt_stack[CISTERN_BARE_INTERRUPT_STACK_BYTES];

void CISTERN_BARE_PENDSV_HANDLER(void);

#    if defined __ARM_FP
#        define SWITCH_SAVE_FLOATS    "tst lr, #16\n it eq\n vstmdbeq r0!, {s16-s31}\n"
#        define SWITCH_RESTORE_FLOATS "tst lr, #16\n it eq\n vldmiaeq r0!, {s16-s31}\n"
#    else
#        define SWITCH_SAVE_FLOATS    ""
#        define SWITCH_RESTORE_FLOATS ""
#    endif

#    if defined __ARM_ARCH_6M__ || defined __ARM_ARCH_8M_BASE__

__attribute__((naked)) void CISTERN_BARE_PENDSV_HANDLER(void)
{
    __asm__ volatile(".syntax unified\n"
                     "mrs r0, psp\n"
                     "subs r0, #36\n"
                     "mov r1, r0\n"
                     "stmia r1!, {r4-r7}\n"
                     "mov r4, r8\n"
                     "mov r5, r9\n"
                     "mov r6, r10\n"
                     "mov r7, r11\n"
                     "stmia r1!, {r4-r7}\n"
                     "mov r2, lr\n"
                     "stmia r1!, {r2}\n"
                     "bl bare_cpu_switch_next\n"
                     "mov r1, r0\n"
                     "adds r1, #16\n"
                     "ldmia r1!, {r4-r7}\n"
                     "mov r8, r4\n"
                     "mov r9, r5\n"
                     "mov r10, r6\n"
                     "mov r11, r7\n"
                     "ldmia r1!, {r2}\n"
                     "ldmia r0!, {r4-r7}\n"
                     "msr psp, r1\n"
                     "bx r2\n");
}

#    else

__attribute__((naked)) void CISTERN_BARE_PENDSV_HANDLER(void)
{
    __asm__ volatile(".syntax unified\n"
                     "mrs r0, psp\n" SWITCH_SAVE_FLOATS /* */
                     "stmdb r0!, {r4-r11, lr}\n"
                     "bl bare_cpu_switch_next\n"
                     "ldmia r0!, {r4-r11, lr}\n" SWITCH_RESTORE_FLOATS /* */
                     "msr psp, r0\n"
                     "bx lr\n");
}

#    endif

void bare_cpu_switch_request(void)
{
    SCB_ICSR = SCB_ICSR_PENDSVSET;
}

void *bare_cpu_switch_frame(void *top, void (*entry)(void *argument), void *argument)
{
    switch_frame_t *const frame = (switch_frame_t *)((unsigned char *)top - sizeof(switch_frame_t));
    memset(frame, 0, sizeof *frame);
    frame->exc_return = CISTERN_BARE_EXC_RETURN;
    frame->r0_to_r3[0] = (uint32_t)argument;
    frame->pc = (uint32_t)(uintptr_t)entry & ~SWITCH_PC_THUMB;
    frame->xpsr = SWITCH_XPSR_THUMB;
    return frame;
}

/* Bit 1 of CONTROL selects the process stack. The caller goes on where it is; only the register
 * that its stack pointer lives in changes. Interrupts are masked: in between both stacks end at the
 * same address, and a handler would write over its own frame. */
__attribute__((naked, noinline)) static void
switch_to_process_stack(__attribute__((unused)) void *interrupt_top)
{
    __asm__ volatile(".syntax unified\n"
                     "mrs r3, primask\n"
                     "cpsid i\n"
                     "mrs r1, msp\n"
                     "msr psp, r1\n"
                     "mrs r1, control\n"
                     "movs r2, #2\n"
                     "orrs r1, r2\n"
                     "msr control, r1\n"
                     "isb\n"
                     "msr msp, r0\n"
                     "msr primask, r3\n"
                     "bx lr\n");
}

void bare_cpu_switch_start(void)
{
    SCB_SHPR3 |= SCB_SHPR3_PENDSV_LOW;
    switch_to_process_stack(switch_interrupt_stack + sizeof switch_interrupt_stack);
}

#endif
