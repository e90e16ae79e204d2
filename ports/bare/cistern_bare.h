/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern_bare.h - what a program without an operating system must call and may define for the
 * port.
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
 * is the clock of that timer in Hz: the processor's, for SysTick. Refused, with a fault, if the
 * timer would never tick:
 *   - a tick takes fewer cycles of that clock than the timer needs (SysTick 2, mtime 1), or more than it
 *     counts (2^24; 2^32 - 1), which a greater CISTERN_BARE_TICKS_PER_SECOND remedies
 *   - the vector table has a default handler of the startup file for SysTick, which
 *     CISTERN_BARE_SYSTICK_WEAK 0 remedies
 * It links the timer's handler, weakly: a program with a SysTick_Handler of its own must call
 * cistern_bare_tick there. A program without this call has the timer to itself. Thread. */
void cistern_bare_tick_start(uint32_t clock_hz);

/* --- hooks ------------------------------------------------------------------------------------ */

/* Called repeatedly while no thread can run, with interrupts enabled. The default sleeps until the
 * next interrupt (WFI). A program without threads calls it in its main loop. It must not wait for
 * an object of the library. */
void cistern_bare_idle(void);

/* Called for a fault if the program has set no handler (cistern_fault_set_handler), after the fault
 * was written to cistern_bare_last_fault; in the context of the fault, and not inside a critical
 * section. The default stops the device: it calls cistern_bare_assert_failed. After a hook that
 * returns, the operation that was at fault is refused, and the program goes on. A product should
 * have a hook that logs or counts and returns, or set a handler that does. */
void cistern_bare_fault_hook(const cistern_fault_t *fault);

/* Called when an assertion failed, and by the default of the hook above; `message` then names
 * cistern_bare_last_fault, and `file` is NULL unless the check level knows the block's last user.
 * The default masks interrupts and loops for ever, for a watchdog or a debugger. Must not return.
 */
void cistern_bare_assert_failed(const char *message, const char *file, int line);

/* Prints debug messages and statistics, with printf's arguments. The default prints nothing, and
 * links no printf. Thread, and interrupt if debug messages of interrupt code are switched on. */
void cistern_bare_diag(const char *format, ...);

/* 32 bits that an attacker cannot guess, for port numbers and initial sequence numbers. There is no
 * default, since their source differs by device; a program that needs none need not define it. */
uint32_t cistern_bare_random(void);

/* --- faults ----------------------------------------------------------------------------------- */

/* The last fault that was given to cistern_bare_fault_hook; kind CISTERN_FAULT_NONE if there was
 * none. For a debugger, and for hooks. Its strings are constants of the program. */
extern cistern_fault_t cistern_bare_last_fault;

#ifdef __cplusplus
}
#endif

#endif
