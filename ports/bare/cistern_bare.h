/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern_bare.h - what a program without an operating system gives to the port and gets from it.
 *
 * Hooks are functions that the port defines weakly: a program that defines one replaces it.
 *
 * Options, for lwipopts.h:
 * | option                        | default | range   | effect                                    |
 * |-------------------------------|---------|---------|-------------------------------------------|
 * | CISTERN_BARE_TICKS_PER_SECOND | 1000    | 1..1000 | how often the program calls               |
 * |                               |         |         | cistern_bare_tick; a divisor of 1000      |
 */
#ifndef CISTERN_BARE_H
#define CISTERN_BARE_H

#include <stdint.h>

#include "cistern/config.h"
#include "cistern/fault.h"

#ifndef CISTERN_BARE_TICKS_PER_SECOND
#    define CISTERN_BARE_TICKS_PER_SECOND 1000
#endif
#if CISTERN_BARE_TICKS_PER_SECOND < 1 || 1000 % CISTERN_BARE_TICKS_PER_SECOND != 0
#    error "CISTERN_BARE_TICKS_PER_SECOND must divide 1000: a tick is a whole number of ms"
#endif
#define CISTERN_BARE_MS_PER_TICK (1000 / CISTERN_BARE_TICKS_PER_SECOND)

#ifdef __cplusplus
extern "C" {
#endif

/* --- time ------------------------------------------------------------------------------------- */

/* Moves the clock of sys_now and sys_jiffies on by one tick, ends waits whose time is over, and
 * lets the next thread of the same priority run. Call it from a timer interrupt,
 * CISTERN_BARE_TICKS_PER_SECOND times a second. Time: bounded by the number of threads. */
void cistern_bare_tick(void);

/* Starts the processor's own timer (SysTick; mtime) so that it calls cistern_bare_tick. `clock_hz`
 * is the clock of that timer in Hz: the processor's, for SysTick. Refused, with a fault, where it
 * would never tick: a tick would take fewer cycles of that clock than the timer needs (2; 1), or more
 * than it counts (2^24; 2^32 - 1), for which a greater CISTERN_BARE_TICKS_PER_SECOND helps; or the
 * vector table sends SysTick to a default handler of the startup file's, for which
 * CISTERN_BARE_SYSTICK_WEAK 0 helps. Links the timer's handler in, weakly: a program with a
 * SysTick_Handler of its own calls cistern_bare_tick there. A program that leaves this call out may
 * use the timer for itself. Thread. */
void cistern_bare_tick_start(uint32_t clock_hz);

/* --- hooks ------------------------------------------------------------------------------------ */

/* Called again and again while no thread has anything to do, with interrupts enabled. The default
 * sleeps until the next interrupt (WFI). A program without threads calls it in its main loop. It
 * must not wait for an object of the library. */
void cistern_bare_idle(void);

/* Called for a fault that no handler took (cistern_fault_set_handler), after it was written to
 * cistern_bare_last_fault; in the context of the fault, and not inside a critical section. The
 * default stops the device: it calls cistern_bare_assert_failed. A program that defines a hook which
 * returns goes on: the operation that was at fault is refused, and nothing else is damaged. A product
 * does so, once the hook logs or counts; so does one that sets a handler. */
void cistern_bare_fault_hook(const cistern_fault_t *fault);

/* Called when an assertion failed, and by the default of the hook above, whose `message` says where
 * the fault is described; `file` is NULL then, unless the check level knows it. The default masks
 * interrupts and stops for ever, so that a watchdog or a debugger finds the device where it went
 * wrong. Never returns. */
void cistern_bare_assert_failed(const char *message, const char *file, int line);

/* Prints as printf does: debug messages and statistics. The default says nothing, and costs no
 * printf. Thread, and interrupt if debug messages of interrupt code are switched on. */
void cistern_bare_diag(const char *format, ...);

/* 32 bits that an attacker cannot guess, for port numbers and initial sequence numbers. There is no
 * default: only the device knows where to find them, and a program that needs none links none. */
uint32_t cistern_bare_random(void);

/* --- what went wrong -------------------------------------------------------------------------- */

/* The last fault that no handler took; kind CISTERN_FAULT_NONE if there was none. For a debugger
 * and for cistern_bare_fault_hook's users; strings in it are constants of the program. */
extern cistern_fault_t cistern_bare_last_fault;

#ifdef __cplusplus
}
#endif

#endif
