/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - what this program sets; the rest has its default (ports/bare/arch/sys_arch.h lists the
 * port's options). */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define CISTERN_BARE_THREADS     1 /* beside main */
#define CISTERN_BARE_STACK_BYTES 768
#define CISTERN_BARE_MAILBOXES   1
#define CISTERN_BARE_MBOX_SIZE   4
#define CISTERN_BARE_MAIN_STACK  board_bss_end /* main has all that the linker script leaves */

/* startup.c defines a weak SysTick_Handler, as most vendors' files do: the port's must not be weak. A
 * program that has a handler of its own leaves this out. */
#ifndef CISTERN_BARE_SYSTICK_WEAK
#    define CISTERN_BARE_SYSTICK_WEAK 0
#endif

#endif
