/* SPDX-License-Identifier: BSD-3-Clause */
/* trap.c (bare, RISC-V) - from the interrupted code to a handler and back, maybe to other code.
 *
 *   stack of the code      | ... | frame |          frame: every register but gp, tp and sp
 *                                  ^ sp when handlers run, and what a thread is resumed from
 *   interrupt stack        | handlers ............|  one for all; handlers do not nest
 *
 * (I1) trap_handle runs on the interrupt stack with interrupts masked, and so does all it calls
 * (I2) a frame is complete: resuming it needs nothing but its address
 */
#include "trap.h"

#include <stdbool.h>
#include <stddef.h>

#include "arch/cistern_cpu.h"
#include "cpu_switch.h"

#if __riscv_xlen != 32 || defined __riscv_flen
#    error "trap.c saves the registers of RV32 without floating point: extend trap_entry"
#endif

#define TRAP_WEAK __attribute__((weak))

#define TRAP_MCAUSE_INTERRUPT   0x80000000U
#define TRAP_MCAUSE_CODE        0x7FFFFFFFU
#define TRAP_SOFTWARE_INTERRUPT 3U
#define TRAP_TIMER_INTERRUPT    7U
#define TRAP_MIE_TIMER          0x80U

_Static_assert(sizeof(trap_frame_t) == 128, "trap_entry moves the stack by 128 bytes");
_Static_assert(offsetof(trap_frame_t, mstatus) == 116, "trap_entry stores mstatus at 116");

volatile unsigned cistern_bare_interrupt_depth;

/* Its name is known to trap_entry only. */
__attribute__((
    aligned(16),
    used)) unsigned char cistern_bare_interrupt_stack[CISTERN_BARE_INTERRUPT_STACK_BYTES];

void *cistern_bare_trap_handle(trap_frame_t *frame);

/* NULL unless tick.c or the program defines it. */
static void trap_timer(void) __attribute__((weakref("cistern_bare_timer_interrupt")));

static void trap_timer_interrupt(void)
{
    if (trap_timer != NULL) {
        trap_timer();
    } else {
        __asm__ volatile("csrc mie, %0" : : "r"(TRAP_MIE_TIMER));
    }
}

TRAP_WEAK void cistern_bare_interrupt(unsigned number)
{
    (void)number;
}

TRAP_WEAK void cistern_bare_exception(unsigned number, trap_frame_t *frame)
{
    (void)number;
    (void)frame;
    for (volatile bool stopped = true; stopped;) {
    }
}

/* Returns the frame to resume. */
__attribute__((used)) void *cistern_bare_trap_handle(trap_frame_t *frame)
{
    uintptr_t cause;
    __asm__ volatile("csrr %0, mcause" : "=r"(cause));
    const unsigned number = (unsigned)(cause & TRAP_MCAUSE_CODE);
    void *resume = frame;
    if ((cause & TRAP_MCAUSE_INTERRUPT) == 0) {
        cistern_bare_exception(number, frame);
        return frame;
    }
    ++cistern_bare_interrupt_depth;
    if (number == TRAP_SOFTWARE_INTERRUPT) {
        CLINT_MSIP = 0;
        resume = bare_cpu_switch_next(frame);
    } else if (number == TRAP_TIMER_INTERRUPT) {
        trap_timer_interrupt();
    } else {
        cistern_bare_interrupt(number);
    }
    --cistern_bare_interrupt_depth;
    return resume;
}

/* One list for saving and restoring: offsets are those of trap_frame_t. */
#define TRAP_EACH_REGISTER(op)                                                                     \
    op " ra, 4(sp)\n" op " t0, 8(sp)\n" op " t1, 12(sp)\n" op " t2, 16(sp)\n" op                   \
       " t3, 20(sp)\n" op " t4, 24(sp)\n" op " t5, 28(sp)\n" op " t6, 32(sp)\n" op                 \
       " s0, 36(sp)\n" op " s1, 40(sp)\n" op " s2, 44(sp)\n" op " s3, 48(sp)\n" op                 \
       " s4, 52(sp)\n" op " s5, 56(sp)\n" op " s6, 60(sp)\n" op " s7, 64(sp)\n" op                 \
       " s8, 68(sp)\n" op " s9, 72(sp)\n" op " s10, 76(sp)\n" op " s11, 80(sp)\n" op               \
       " a0, 84(sp)\n" op " a1, 88(sp)\n" op " a2, 92(sp)\n" op " a3, 96(sp)\n" op                 \
       " a4, 100(sp)\n" op " a5, 104(sp)\n" op " a6, 108(sp)\n" op " a7, 112(sp)\n"

/* A store-conditional to another word breaks the link of the interrupted code. */
#ifdef __riscv_atomic
#    define TRAP_BREAK_LINK "sc.w zero, zero, (sp)\n"
#else
#    define TRAP_BREAK_LINK ""
#endif

/* (I1), (I2). mstatus is restored with MIE clear and MPIE set: mret sets MIE. */
__attribute__((naked, aligned(4))) static void trap_entry(void)
{
    __asm__ volatile("addi sp, sp, -128\n" TRAP_EACH_REGISTER("sw") /* */
                     "csrr t0, mepc\n"
                     "csrr t1, mstatus\n"
                     "sw t1, 116(sp)\n" TRAP_BREAK_LINK /* */
                     "sw t0, 0(sp)\n"
                     "mv a0, sp\n"
                     "la sp, cistern_bare_interrupt_stack\n"
                     "li t0, %0\n"
                     "add sp, sp, t0\n"
                     "jal cistern_bare_trap_handle\n"
                     "mv sp, a0\n"
                     "lw t0, 0(sp)\n"
                     "lw t1, 116(sp)\n"
                     "csrw mepc, t0\n"
                     "csrw mstatus, t1\n" TRAP_EACH_REGISTER("lw") /* */
                     "addi sp, sp, 128\n"
                     "mret\n"
                     :
                     : "i"(CISTERN_BARE_INTERRUPT_STACK_BYTES));
}

void bare_trap_install(void)
{
    __asm__ volatile("csrw mtvec, %0" : : "r"((uintptr_t)trap_entry));
}
