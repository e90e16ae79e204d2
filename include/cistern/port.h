/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/port.h - every name that the engines take from a port: what it is, what happens without
 * it, from which context it is called, and what it costs. For authors of ports; docs/porting.md is
 * the way through it.
 *
 * A port must have arch/cistern_port.h with the critical section (table 1), and the function of
 * table 3 in one of its sources. All else is optional. What lwIP's interface takes from a port, in
 * arch/cc.h and arch/sys_arch.h, is in lwip/arch.h and lwip/sys.h.
 *
 * Contexts: any = threads and, on systems that have them, interrupts; thread = threads alone.
 *
 * 1. The critical section, in arch/cistern_port.h. With CISTERN_CRITICAL 0 that header is not read,
 *    and nothing is locked.
 *
 * | name                          | context | meaning                                               |
 * |-------------------------------|---------|-------------------------------------------------------|
 * | cistern_critical_t            |         | type: what leave needs to restore the state before    |
 * | cistern_critical_enter()      | any     | enters; nests; returns the state before; keeps every  |
 * |                               |         | other context that calls the library out. Never fails |
 * | cistern_critical_leave(state) | any     | restores that state; in reverse order of the enters   |
 *
 * Cost: one enter and leave for a get or a put of a plain pool, a malloc, a free, a pbuf_alloc. A
 * section has a constant number of instructions, except in heaps with first fit, in init, clear and
 * walks, and after damage (docs/bare.md has a table).
 *
 * 2. Optional names of arch/cistern_port.h. A port that does not define one is without it.
 *
 * | name                              | context | with it; without it                                |
 * |-----------------------------------|---------|----------------------------------------------------|
 * | cistern_port_atomic_read(a)       | any     | macros, all three or none: read, write, and        |
 * | cistern_port_atomic_write(a, v)   |         | replace if unchanged an unsigned count at address  |
 * | cistern_port_atomic_replace(a, e, |         | a: LWIP_PBUF_REF_T or unsigned long. e is the      |
 * |   v)                              |         | address of the expected value. replace is true if  |
 * |                                   |         | it replaced, with acquire and release order; else  |
 * |                                   |         | it may store the value found in *e. With them      |
 * |                                   |         | reference counts of packet buffers and the count   |
 * |                                   |         | of faults take no section                          |
 * | CISTERN_PORT_LL                   |         | 1: the next three are there, on one processor;     |
 * |                                   |         | lock-free pools (CISTERN_POOL_LOCK_FREE) and the   |
 * |                                   |         | ring of cistern/trace.h use them. Without it       |
 * |                                   |         | lock-free pools use C11's atomics where these need |
 * |                                   |         | no lock; elsewhere init refuses such a pool, and   |
 * |                                   |         | CISTERN_MEMP_LOCK_FREE 1 does not compile          |
 * | cistern_port_load_linked(w)       | any     | reads the 32-bit word at w and links it            |
 * | cistern_port_store_conditional(w, | any     | stores v if no interrupt came since the load;      |
 * |   v)                              |         | true if it stored                                  |
 * | cistern_port_clear_link()         | any     | ends the link without a store                      |
 * | CISTERN_PORT_THREADS              |         | 1: arch/cistern_threads.h has all of table 4.      |
 * |                                   |         | The strategies mutex and cached exist, and threads |
 * |                                   |         | can wait for a block                               |
 * | CISTERN_PORT_EVENTS               |         | 1, instead: arch/cistern_events.h has the event of |
 * |                                   |         | table 4. Threads can wait for a block              |
 * | CISTERN_TRACE_OWNER               | any     | expression: the address that the current function  |
 * |                                   |         | returns to, for cistern/trace.h; without it NULL   |
 *
 * 3. A function, in any of the port's sources.
 *
 * | name                      | context | meaning                                                   |
 * |---------------------------|---------|-----------------------------------------------------------|
 * | cistern_port_fault(fault) | any     | makes a fault visible for which the program has set no    |
 * |                           |         | handler. It returns, and the call is refused, or does     |
 * |                           |         | not return. It is not called inside a section. See        |
 * |                           |         | cistern/fault.h                                           |
 *
 * 4. Threads: all in arch/cistern_threads.h, or the event alone in arch/cistern_events.h. Functions
 *    may be inline. Without either, cistern_pool_get_wait fails (CISTERN_ERROR_ARGUMENT).
 *
 * | name                                    | context | meaning                                      |
 * |-----------------------------------------|---------|----------------------------------------------|
 * | cistern_port_event_t                    |         | type: what one thread waits for, once        |
 * | cistern_port_event_init(e)              | thread  | makes it, not set                            |
 * | cistern_port_event_set(e)               | any     | sets it, and must not read it afterwards:    |
 * |                                         |         | the thread that waits may destroy it at once |
 * | cistern_port_event_wait(e, ms,          | thread  | waits until it is set, at most ms            |
 * |   cancelled, argument)                  |         | milliseconds, UINT32_MAX for ever. If the    |
 * |                                         |         | system cancels the thread here, the port     |
 * |                                         |         | calls cancelled(argument) and does not       |
 * |                                         |         | return                                       |
 * | cistern_port_event_destroy(e)           | thread  | ends it                                      |
 * | cistern_port_mutex_t                    |         | type of at most CISTERN_POOL_MUTEX_BYTES     |
 * | cistern_port_mutex_init(m)              | thread  | makes it; it is never destroyed              |
 * | cistern_port_mutex_lock(m)              | thread  | locks it, for one operation of a pool; does  |
 * |                                         |         | not nest                                     |
 * | cistern_port_mutex_unlock(m)            | thread  | unlocks it                                   |
 * | cistern_port_word_load(w)               | any     | reads, writes a uintptr_t that several       |
 * | cistern_port_word_store(w, v)           |         | threads use at once, in relaxed order        |
 * | cistern_port_thread_slot()              | thread  | a small number that no other living thread   |
 * |                                         |         | has, taken with the first call; UINT32_MAX   |
 * |                                         |         | when none is left                            |
 * | cistern_port_thread_slot_if_any()       | thread  | the number, UINT32_MAX before it is taken:   |
 * |                                         |         | on every get and put of a cached pool        |
 * | cistern_port_on_thread_end(function)    | section | each thread that ends calls function(slot)   |
 * |                                         |         | from now on                                  |
 * | cistern_port_on_fork(before, after)     | section | a fork of the process calls before(), and    |
 * |                                         |         | after(in_child) in both processes, inside    |
 * |                                         |         | the section; does nothing on systems that    |
 * |                                         |         | do not fork                                  |
 * | cistern_port_fence_available()          | thread  | true if there is a heavy fence; without it   |
 * |                                         |         | cached pools have no caches                  |
 * | cistern_port_fence_light()              | thread  | keeps the compiler from moving a later load  |
 * |                                         |         | before a store: on every get and put         |
 * | cistern_port_fence_heavy()              | thread  | a full fence in every thread of the process: |
 * |                                         |         | if thread A stores, light fence, loads, and  |
 * |                                         |         | B stores, heavy fence, loads, then A loads   |
 * |                                         |         | what B stored, or B what A stored, or both   |
 *
 * 5. Headers that are read where they exist, each for one thing.
 *
 * | name                                 | meaning                                                   |
 * |--------------------------------------|-----------------------------------------------------------|
 * | arch/cistern_config.h                | the port's default of CISTERN_CRITICAL                    |
 * | arch/cistern_chksum.h                | a checksum of the port's own, such as a peripheral's:     |
 * |   CISTERN_PORT_CHKSUM(data, length)  | as cistern_chksum_sum                                     |
 * |   CISTERN_PORT_CHKSUM_COPY(target,   | as cistern_chksum_copy                                    |
 * |     source, length)                  |                                                           |
 * | arch/cistern_bits.h                  | bit scans, for a compiler without gcc's builtins; without |
 * |                                      | them, five steps of a loop each:                          |
 * |   CISTERN_PORT_HIGHEST_BIT(value)    | index of the highest bit that is set; value is not 0      |
 * |   CISTERN_PORT_LOWEST_BIT(value)     | index of the lowest bit that is set; value is not 0       |
 * | arch/perf.h                          | PERF_START and PERF_STOP, with LWIP_PERF 1                |
 * | arch/bpstruct.h, epstruct.h          | before and after packed structs, with                     |
 * |                                      | PACK_STRUCT_USE_INCLUDES                                  |
 * | arch/cc.h                            | compiler and target: see lwip/arch.h                      |
 * | arch/sys_arch.h                      | types of the OS layer, with NO_SYS 0: see lwip/sys.h      |
 */
#ifndef CISTERN_PORT_H
#define CISTERN_PORT_H

#include "arch/cistern_port.h" /* of the port, behind one for lwIP of ports/lwip: docs/porting.md */

#if defined CISTERN_PORT_THREADS && defined CISTERN_PORT_EVENTS
#    error "arch/cistern_port.h: CISTERN_PORT_THREADS brings events along; define one of the two"
#endif
#if (defined cistern_port_atomic_read) != (defined cistern_port_atomic_replace) ||                 \
    (defined cistern_port_atomic_write) != (defined cistern_port_atomic_replace)
#    error                                                                                         \
        "arch/cistern_port.h: define all of cistern_port_atomic_read, _write and _replace, or none"
#endif

#endif
