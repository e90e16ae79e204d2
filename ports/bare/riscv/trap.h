/* SPDX-License-Identifier: BSD-3-Clause */
/* trap.h (bare, RISC-V) - the trap handler, and the core-local interrupter that drives it.
 *
 * Options, for lwipopts.h:
 * | option                             | default    | effect                                      |
 * |------------------------------------|------------|---------------------------------------------|
 * | CISTERN_BARE_CLINT                 | 0x02000000 | address of the core-local interrupter       |
 * | CISTERN_BARE_INTERRUPT_STACK_BYTES | 1024       | stack of all handlers; a multiple of 16     |
 */
#ifndef CISTERN_BARE_TRAP_H
#define CISTERN_BARE_TRAP_H

#include <stdint.h>

#include "cistern/config.h"

#ifndef CISTERN_BARE_CLINT
#    define CISTERN_BARE_CLINT 0x02000000U
#endif
#ifndef CISTERN_BARE_INTERRUPT_STACK_BYTES
#    define CISTERN_BARE_INTERRUPT_STACK_BYTES 1024
#endif
#if CISTERN_BARE_INTERRUPT_STACK_BYTES < 256 || CISTERN_BARE_INTERRUPT_STACK_BYTES % 16 != 0
#    error "CISTERN_BARE_INTERRUPT_STACK_BYTES must be at least 256 and a multiple of 16"
#endif

/* Hart 0's software interrupt, compare register and the time (CLINT layout of the SiFive parts,
 * which QEMU's virt machine has too). */
#define CLINT_MSIP          (*(volatile uint32_t *)(CISTERN_BARE_CLINT + 0x0U))
#define CLINT_MTIMECMP_LOW  (*(volatile uint32_t *)(CISTERN_BARE_CLINT + 0x4000U))
#define CLINT_MTIMECMP_HIGH (*(volatile uint32_t *)(CISTERN_BARE_CLINT + 0x4004U))
#define CLINT_MTIME_LOW     (*(volatile uint32_t *)(CISTERN_BARE_CLINT + 0xBFF8U))
#define CLINT_MTIME_HIGH    (*(volatile uint32_t *)(CISTERN_BARE_CLINT + 0xBFFCU))

/* What a trap leaves on the stack of the code that it interrupts. */
typedef struct trap_frame {
    uintptr_t mepc;
    uintptr_t ra;
    uintptr_t t[7];
    uintptr_t s[12];
    uintptr_t a[8];
    uintptr_t mstatus;
    uintptr_t unused[2]; /* the stack stays aligned to 16 bytes */
} trap_frame_t;

/* Makes trap_entry the handler of all traps, in direct mode. Thread. */
void bare_trap_install(void);

/* --- hooks ------------------------------------------------------------------------------------ */

/* The machine timer interrupt. tick.c defines it when cistern_bare_tick_start is used; without such a
 * definition the interrupt is switched off. */
void cistern_bare_timer_interrupt(void);

/* Weak: every other interrupt but the software interrupt, which the port uses; `number` is the exception
 * code of mcause, 11 for the external interrupt. The default does nothing. */
void cistern_bare_interrupt(unsigned number);

/* Weak: an exception: illegal instruction, access fault, ecall ... The default stops for ever. If it
 * returns, the instruction at frame->mepc runs next. */
void cistern_bare_exception(unsigned number, trap_frame_t *frame);

#endif
