/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/port.h - every name that the library asks of a port: what it is, what happens without it,
 * from which context it is called, and what it costs. For who writes a port (docs/porting.md); a
 * program includes it with the engines.
 *
 * A port is a folder with arch/cistern_port.h, which defines the names of the first two tables, and the
 * function of the third. All the rest is optional. The names of lwIP's interface, which it asks for in
 * arch/cc.h and arch/sys_arch.h, stand in lwip/arch.h and lwip/sys.h, with their contracts.
 *
 * Contexts: any = threads and, on systems that have them, interrupts; thread = threads alone.
 *
 * 1. The critical section. With CISTERN_CRITICAL 0 it is not asked for, and nothing is locked.
 *
 * | name                          | context | it                                                    |
 * |-------------------------------|---------|-------------------------------------------------------|
 * | cistern_critical_t            |         | type: what leave needs to restore the state before    |
 * | cistern_critical_enter()      | any     | enters; nests; returns the state before; keeps out    |
 * |                               |         | every context that calls the library. Never fails     |
 * | cistern_critical_leave(state) | any     | restores it; in reverse order of the enters           |
 *
 * Cost: one pair for a get or a put of a plain pool, a malloc, a free, a pbuf_alloc. Each is held for a
 * constant number of instructions, but for heaps with first fit and walks (docs/bare.md has a table).
 *
 * 2. Options of arch/cistern_port.h. None has a default but absence.
 *
 * | name                              | context | with it; without it                                |
 * |-----------------------------------|---------|----------------------------------------------------|
 * | cistern_port_atomic_read(a)       | any     | macros, all three or none: read, write and replace |
 * | cistern_port_atomic_write(a, v)   |         | if unchanged a count at address a, of 1 to 4       |
 * | cistern_port_atomic_replace(a, e, |         | bytes; e is the address of what is expected, the   |
 * |   v)                              |         | result is true iff it was replaced; acquire and    |
 * |                                   |         | release. Reference counts of packet buffers and    |
 * |                                   |         | the count of faults take no section then           |
 * | CISTERN_PORT_LL                   |         | 1: the three calls below are there: lock-free      |
 * |                                   |         | pools (CISTERN_POOL_LOCK_FREE) use them. Without   |
 * |                                   |         | it they use C11's atomics, where these are without |
 * |                                   |         | a lock, and are refused when compiling elsewhere   |
 * | cistern_port_load_linked(w)       | any     | the 32-bit word at w, linked; one processor        |
 * | cistern_port_store_conditional(w, | any     | stores iff nothing interrupted since the load:     |
 * |   v)                              |         | true iff it stored                                 |
 * | cistern_port_clear_link()         | any     | forgets the link                                   |
 * | CISTERN_PORT_THREADS              |         | 1: arch/cistern_threads.h has all of table 4.      |
 * |                                   |         | Pools may be mutex and cached, and be waited for   |
 * | CISTERN_PORT_EVENTS               |         | 1, instead of it: arch/cistern_events.h has the    |
 * |                                   |         | event of table 4. Pools may be waited for          |
 *
 * 3. A function, in any of the port's files.
 *
 * | name                      | context | it                                                        |
 * |---------------------------|---------|-----------------------------------------------------------|
 * | cistern_port_fault(fault) | any     | makes a fault visible that no handler took, and returns   |
 * |                           |         | to have the call refused, or does not return. It is not   |
 * |                           |         | called inside a section. See cistern/fault.h              |
 *
 * 4. Threads: arch/cistern_threads.h, or of these the event alone: arch/cistern_events.h. Functions may
 *    be inline. Without either no pool can be waited for (cistern_pool_get_wait is not there).
 *
 * | name                                    | context | it                                           |
 * |-----------------------------------------|---------|----------------------------------------------|
 * | cistern_port_event_t                    |         | type: what one thread waits for, once        |
 * | cistern_port_event_init(e)              | thread  | makes it, not set                            |
 * | cistern_port_event_set(e)               | any     | sets it; the waiter may destroy it at once   |
 * | cistern_port_event_wait(e, ms,          | thread  | waits until it is set, at most ms            |
 * |   cancelled, argument)                  |         | milliseconds, UINT32_MAX for ever. A thread  |
 * |                                         |         | that is cancelled here calls                 |
 * |                                         |         | cancelled(argument) and does not return      |
 * | cistern_port_event_destroy(e)           | thread  | ends it                                      |
 * | cistern_port_mutex_t                    |         | type of at most CISTERN_POOL_MUTEX_BYTES     |
 * | cistern_port_mutex_init(m)              | thread  | makes it; it is never ended                  |
 * | cistern_port_mutex_lock(m)              | thread  | takes it, for the length of a pool           |
 * | cistern_port_mutex_unlock(m)            |         | operation; gives it back. Does not nest      |
 * | cistern_port_word_load(w)               | any     | a uintptr_t that several threads read and    |
 * | cistern_port_word_store(w, v)           |         | write at once, without order                 |
 * | cistern_port_thread_slot()              | thread  | a small number that no other living thread   |
 * |                                         |         | has, taken with the first call; UINT32_MAX   |
 * |                                         |         | when none is left                            |
 * | cistern_port_thread_slot_if_any()       | thread  | the number, UINT32_MAX before it is taken:   |
 * |                                         |         | on every get and put of a cached pool        |
 * | cistern_port_on_thread_end(function)    | thread  | has function(slot) called in each thread     |
 * |                                         |         | that ends                                    |
 * | cistern_port_on_fork(before, after)     | section | has before() and after(in_child) called,     |
 * |                                         |         | inside the section, when the process forks;  |
 * |                                         |         | does nothing where none can                  |
 * | cistern_port_fence_available()          | thread  | true iff there is a heavy fence; without it  |
 * |                                         |         | cached pools have no caches                  |
 * | cistern_port_fence_light()              | thread  | orders a store before a later load as far as |
 * |                                         |         | the compiler goes: on every get and put      |
 * | cistern_port_fence_heavy()              | thread  | makes light fences of all other threads real |
 * |                                         |         | ones: of two threads, one that uses this,    |
 * |                                         |         | one sees the other's store                   |
 *
 * 5. Headers that are read where they exist, each for one thing.
 *
 * | name                                 | it                                                        |
 * |--------------------------------------|-----------------------------------------------------------|
 * | arch/cistern_config.h                | the default of CISTERN_CRITICAL, where the port knows     |
 * | arch/cistern_chksum.h                | a checksum of the port's, of a peripheral say:            |
 * |   CISTERN_PORT_CHKSUM(data, length)  | as cistern_chksum_sum                                     |
 * |   CISTERN_PORT_CHKSUM_COPY(target,   | and while it copies                                       |
 * |     source, length)                  |                                                           |
 * | arch/cistern_bits.h                  | bit scans, for a compiler without gcc's builtins; without |
 * |                                      | them, five steps of a loop each:                          |
 * |   CISTERN_PORT_HIGHEST_BIT(value)    | index of the highest bit that is set; value is not 0      |
 * |   CISTERN_PORT_LOWEST_BIT(value)     | of the lowest                                             |
 * | arch/perf.h                          | PERF_START and PERF_STOP, with LWIP_PERF 1                |
 * | arch/bpstruct.h, epstruct.h          | before and after packed structs, with                     |
 * |                                      | PACK_STRUCT_USE_INCLUDES                                  |
 * | arch/cc.h                            | compiler and target: see lwip/arch.h                      |
 * | arch/sys_arch.h                      | types of the OS layer, with NO_SYS 0: see lwip/sys.h      |
 */
#ifndef CISTERN_PORT_H
#define CISTERN_PORT_H

#include "arch/cistern_port.h"

#if defined CISTERN_PORT_THREADS && defined CISTERN_PORT_EVENTS
#    error "arch/cistern_port.h: CISTERN_PORT_THREADS brings events along; define one of the two"
#endif
#if (defined cistern_port_atomic_read) != (defined cistern_port_atomic_replace) ||                 \
    (defined cistern_port_atomic_write) != (defined cistern_port_atomic_replace)
#    error                                                                                         \
        "arch/cistern_port.h: define all of cistern_port_atomic_read, _write and _replace, or none"
#endif

#endif
