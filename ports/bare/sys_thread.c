/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_thread.c (bare) - threads with fixed priorities on a processor without an operating system.
 *
 *   ready 2   --> A --> B            the running thread is A: first of the highest list
 *   ready 0   --> main
 *   semaphore --> C --> D            waiting, each list in the order of arrival
 *   (none)        E                  sleeping
 *   idle                             runs when every ready list is empty
 *
 *   stacks         | idle's | gap 0 | thread 0's | gap 1 | thread 1's | ...
 *   thread's stack | gap            | guard |     never used      | frame |     in use     |
 *                            |  zone  |       ^ lowest + 16         ^ thread.stack, while it
 *                                     ^ lowest                        does not run
 *
 * What a thread writes below its stack falls on its gap, where it hurts no thread, and only below
 * that on the oldest frames of the next; below gap 0 is nothing that counts, as idle can be made anew.
 * Main's stack is the program's own. Where CISTERN_BARE_MAIN_STACK says where it begins, the lower end
 * of it is main's gap, and all of the above holds for main too.
 *
 * Vocabulary: a thread is ready (it runs or could), blocked (it waits), or ended. Its gap belongs to
 * no other thread, and nothing writes there but an overflow. Its guard is the lower end of its stack, its
 * zone that and as many bytes below it. What overflowed is the thread that wrote below
 * its stack, a victim one whose stack was written on.
 *
 * Invariants, outside the critical section:
 *   (I1) a ready thread is on thread_ready[its priority], a blocked one on the list it waits at, or none
 *   (I2) bit p of thread_ready_mask is set exactly while thread_ready[p] is not empty
 *   (I3) if thread_running is not the first thread of the highest ready list, or idle when there is
 *        none, the switch interrupt is pending
 *   (I4) while a thread does not run, its zone holds THREAD_FILL in every byte: a change that is seen
 *        when it stops was its own, one that is seen when it is to go on was another's
 *   (I5) the gap of a thread that lives holds THREAD_FILL in every byte, but for what an overflow wrote
 *        since its scan was there last: each time that the thread stops the scan reads a piece on
 *
 * Every operation is of constant time but the tick, which visits each thread once, in a critical
 * section of its own each.
 */
#include "sys_kernel.h"

#if !NO_SYS

#    include <stdalign.h>
#    include <string.h>

#    include "arch/cistern_port.h"
#    include "cistern/pool.h"
#    include "cistern_bare.h"
#    include "cpu_switch.h"

#    define THREAD_FILL      0xC5U
#    define THREAD_FILL_WORD 0xC5C5C5C5U
/* What runs after an overflow only stays out of the switch. */
#    define THREAD_COLD __attribute__((noinline, cold))

#    define THREAD_GUARD_BYTES 16U  /* of a stack's lower end */
#    define THREAD_SCAN_BYTES  16U  /* of a gap, each time that its thread stops */
#    define THREAD_IN_USE      256U /* of main's stack, below a frame of the port's start, at most */

typedef struct stack {
    alignas(16) unsigned char gap[CISTERN_BARE_GUARD_BYTES];
    unsigned char bytes[CISTERN_BARE_STACK_BYTES];
} thread_stack_t;

/* Four bytes of a stack, whatever was stored there. */
typedef uint32_t __attribute__((may_alias)) thread_word_t;

static thread_t thread_slots[CISTERN_BARE_THREADS];

/* Which slots are free: slot i is taken with block i of a pool. The slot itself is none of the pool's,
 * which from check level 2 on overwrites blocks that are free. */
typedef union ticket {
    void *link;
    unsigned char bytes[CISTERN_POOL_STRIDE(sizeof(void *), 0)];
} thread_ticket_t;

static union {
    thread_ticket_t ticket[CISTERN_BARE_THREADS];
    unsigned char bytes[CISTERN_POOL_BYTES(CISTERN_BARE_THREADS, sizeof(void *), 0)];
} thread_tickets;

static struct {
    alignas(16) unsigned char idle[CISTERN_BARE_IDLE_STACK_BYTES];
    thread_stack_t of[CISTERN_BARE_THREADS];
} thread_stacks;

static cistern_pool_t thread_pool;

#    ifdef CISTERN_BARE_MAIN_STACK
extern unsigned char CISTERN_BARE_MAIN_STACK[];

static inline unsigned char *thread_main_stack(void)
{
    return CISTERN_BARE_MAIN_STACK;
}
#    else
static inline unsigned char *thread_main_stack(void)
{
    return NULL;
}
#    endif

static thread_t thread_main;
static thread_t thread_idle;
static thread_t *thread_running;

static thread_list_t thread_ready[CISTERN_BARE_PRIORITIES];
static u32_t thread_ready_mask;

/* --- lists ------------------------------------------------------------------------------------ */

static void thread_list_append(thread_list_t *list, thread_t *thread)
{
    thread->list = list;
    thread->next = NULL;
    thread->previous = list->last;
    if (list->last != NULL) {
        list->last->next = thread;
    } else {
        list->first = thread;
    }
    list->last = thread;
}

static void thread_list_remove(thread_t *thread)
{
    thread_list_t *const list = thread->list;
    if (list == NULL) {
        return;
    }
    if (thread->previous != NULL) {
        thread->previous->next = thread->next;
    } else {
        list->first = thread->next;
    }
    if (thread->next != NULL) {
        thread->next->previous = thread->previous;
    } else {
        list->last = thread->previous;
    }
    thread->list = NULL;
}

/* --- the ready lists -------------------------------------------------------------------------- */

static void thread_make_ready(thread_t *thread)
{
    thread_list_append(&thread_ready[thread->priority], thread);
    thread_ready_mask |= (u32_t)1 << thread->priority;
}

static void thread_make_unready(thread_t *thread)
{
    thread_list_remove(thread);
    if (thread_ready[thread->priority].first == NULL) {
        thread_ready_mask &= ~((u32_t)1 << thread->priority);
    }
}

/* The thread that should run (I3). */
static thread_t *thread_most_urgent(void)
{
    if (thread_ready_mask == 0) {
        return &thread_idle;
    }
    return thread_ready[31 - __builtin_clzl((unsigned long)thread_ready_mask)].first;
}

static void thread_reschedule(void)
{
    if (thread_most_urgent() != thread_running) {
        bare_cpu_switch_request();
    }
}

/* --- stacks ----------------------------------------------------------------------------------- */

/* Bytes from the lowest on that were never written to, at most `limit`. */
static size_t thread_untouched(const thread_t *thread, size_t limit)
{
    size_t bytes = 0;
    while (bytes < limit && thread->lowest[bytes] == THREAD_FILL) {
        ++bytes;
    }
    return bytes;
}

/* True if a byte from `from` on does not hold THREAD_FILL. Both numbers are multiples of 4. */
static bool thread_is_touched(const unsigned char *from, size_t bytes)
{
    const thread_word_t *const words = (const thread_word_t *)(const void *)from;
    thread_word_t changes = 0;
    for (size_t i = 0; i < bytes / sizeof words[0]; ++i) {
        changes |= words[i] ^ THREAD_FILL_WORD;
    }
    return changes != 0;
}

/* (I4) Of main's stack nothing may be known, and below idle's lies nothing of the port's. */
static bool thread_zone_is_touched(const thread_t *thread)
{
    if (thread->lowest == NULL) {
        return false;
    }
    const size_t below = (thread != &thread_idle) ? THREAD_GUARD_BYTES : 0U;
    return thread_is_touched(thread->lowest - below, below + THREAD_GUARD_BYTES);
}

/* The next piece of a thread's gap, from the lower end on (I5). Idle has none. */
static bool thread_scan_gap(thread_t *thread)
{
    if (thread->lowest == NULL || thread == &thread_idle) {
        return false;
    }
    const unsigned char *const piece = thread->lowest - CISTERN_BARE_GUARD_BYTES + thread->scanned;
    thread->scanned += THREAD_SCAN_BYTES;
    if (thread->scanned == CISTERN_BARE_GUARD_BYTES) {
        thread->scanned = 0;
    }
    CISTERN_ASSERT(thread->scanned < CISTERN_BARE_GUARD_BYTES); /* (I5) */
    return thread_is_touched(piece, THREAD_SCAN_BYTES);
}

/* Of the thread that stops. */
static bool thread_has_overflowed(thread_t *thread)
{
    return (thread->lowest != NULL &&
            (unsigned char *)thread->stack < thread->lowest + THREAD_GUARD_BYTES) ||
           thread_zone_is_touched(thread) || thread_scan_gap(thread);
}

/* True if a thread's overflow went through its gap. */
static bool thread_went_through_gap(const thread_t *thread)
{
    const unsigned char *const gap = thread->lowest - CISTERN_BARE_GUARD_BYTES;
    return (const unsigned char *)thread->stack < gap || thread_is_touched(gap, THREAD_GUARD_BYTES);
}

size_t cistern_bare_stack_unused(sys_thread_t thread)
{
    if (thread == NULL || thread->lowest == NULL) {
        return 0;
    }
    return thread_untouched(thread,
                            thread == &thread_main ? SIZE_MAX : (size_t)CISTERN_BARE_STACK_BYTES);
}

static void thread_raise_fault(cistern_fault_kind_t kind, const thread_t *thread, const char *name,
                               const char *reason)
{
    const cistern_fault_t fault = {.kind = kind,
                                   .object = thread,
                                   .address = (thread != NULL) ? thread->lowest : NULL,
                                   .name = name,
                                   .owner = reason};
    cistern_fault_raise(&fault);
}

/* --- switching -------------------------------------------------------------------------------- */

static void thread_run_idle(void *argument)
{
    (void)argument;
    for (volatile bool forever = true; forever;) {
        cistern_bare_idle();
    }
}

static void thread_frame_idle(void)
{
    memset(thread_stacks.idle, THREAD_FILL, sizeof thread_stacks.idle);
    thread_idle.stack = bare_cpu_switch_frame(thread_stacks.idle + sizeof thread_stacks.idle,
                                              thread_run_idle, NULL);
}

/* (inside) Ends a thread whose stack cannot be used any more and puts it before `ended`, a list by
 * `next`. Idle begins anew instead. */
THREAD_COLD static thread_t *thread_end_broken(thread_t *thread, thread_t *ended)
{
    if (thread == &thread_idle) {
        thread_frame_idle();
    } else {
        thread_make_unready(thread);
        thread->blocked = false;
        thread->wanted = NULL;
        thread->ended = true;
    }
    thread->next = ended;
    return thread;
}

/* (inside) The victim of a thread that overflowed its stack; NULL if there is none. Below the first
 * thread's gap is idle's stack only, below main's is none. */
THREAD_COLD static thread_t *thread_find_victim(const thread_t *overflowed)
{
    if (overflowed == &thread_idle || overflowed == &thread_main ||
        !thread_went_through_gap(overflowed)) {
        return NULL;
    }
    if (overflowed == &thread_slots[0]) {
        thread_frame_idle();
        return NULL;
    }
    thread_t *const below = &thread_slots[overflowed - thread_slots - 1];
    const bool lives = below->lowest != NULL && !below->ended;
    return lives ? below : NULL;
}

/* (inside) Makes the thread that should run the running one. Those that another thread's writes have
 * met do not run again (I4), but are added to `ended`, which is returned. */
static thread_t *thread_run_next(thread_t *ended)
{
    const thread_t *const before = thread_running;
    thread_running = thread_most_urgent();
    while (thread_running != before && thread_zone_is_touched(thread_running)) {
        ended = thread_end_broken(thread_running, ended);
        thread_running = thread_most_urgent();
    }
    return ended;
}

/* After run_next. The thread that overflowed is first, so that the fault which is seen first names it. */
THREAD_COLD static void thread_report_broken(thread_t *overflowed, const thread_t *ended)
{
    if (overflowed != NULL) {
        thread_raise_fault(CISTERN_FAULT_OVERFLOW, overflowed, overflowed->name,
                           "the thread's stack");
    }
    for (; ended != NULL; ended = ended->next) {
        thread_raise_fault(CISTERN_FAULT_OVERFLOW, ended, ended->name,
                           "the stack, by another thread");
    }
}

/* A thread that overflowed its stack cannot go on: it ends, its stack is not used again, and
 * mutexes that it holds stay locked, since what they guard may be half done. A thread that ended by
 * itself gives its slot back here, where its stack is no longer in use. */
void *bare_cpu_switch_next(void *stack)
{
    const cistern_critical_t level = cistern_critical_enter();
    thread_t *const before = thread_running;
    thread_t *overflowed = NULL;
    thread_t *ended = NULL;
    before->stack = stack;
    if (thread_has_overflowed(before)) {
        overflowed = thread_end_broken(before, NULL);
        thread_t *const victim = thread_find_victim(before);
        ended = (victim != NULL) ? thread_end_broken(victim, NULL) : NULL;
    } else if (before->ended) {
        (void)cistern_pool_put(&thread_pool, &thread_tickets.ticket[before - thread_slots]);
    }
    ended = thread_run_next(ended);
    void *const resume = thread_running->stack;
    cistern_critical_leave(level);
    if (overflowed != NULL || ended != NULL) {
        thread_report_broken(overflowed, ended);
    }
    return resume;
}

thread_t *bare_thread_running(void)
{
    return thread_running;
}

bool bare_thread_may_wait(void)
{
    return thread_running != NULL && thread_running != &thread_idle &&
           !cistern_cpu_in_interrupt() && !cistern_cpu_is_masked();
}

/* --- waiting ---------------------------------------------------------------------------------- */

static u32_t thread_ticks_of(u32_t ms)
{
    return ms / CISTERN_BARE_MS_PER_TICK + ((ms % CISTERN_BARE_MS_PER_TICK != 0) ? 1U : 0U);
}

void bare_thread_block(thread_list_t *list, u32_t timeout)
{
    thread_t *const thread = thread_running;
    thread_make_unready(thread);
    thread->blocked = true;
    thread->timed_out = false;
    thread->since = bare_time_ticks();
    thread->timeout = thread_ticks_of(timeout);
    if (list != NULL) {
        thread_list_append(list, thread);
    }
    bare_cpu_switch_request();
}

void bare_thread_wake(thread_t *thread)
{
    thread_list_remove(thread);
    thread->blocked = false;
    thread_make_ready(thread);
    thread_reschedule();
}

/* The switch interrupt comes within a few instructions after the section was left; until then the
 * thread is still here. */
u32_t bare_thread_wait(void)
{
    const thread_t *const thread = thread_running;
    while (thread->blocked) {
    }
    if (thread->timed_out) {
        return SYS_ARCH_TIMEOUT;
    }
    const u32_t waited = (bare_time_ticks() - thread->since) * (u32_t)CISTERN_BARE_MS_PER_TICK;
    return (waited != SYS_ARCH_TIMEOUT) ? waited : SYS_ARCH_TIMEOUT - 1U;
}

void bare_thread_set_priority(thread_t *thread, u8_t priority)
{
    if (thread->blocked || thread->ended || thread->priority == priority) {
        thread->priority = priority;
        return;
    }
    thread_make_unready(thread);
    thread->priority = priority;
    thread_make_ready(thread);
    thread_reschedule();
}

/* A sleep lasts whole ticks, and the one that it begins in is not whole. */
void sys_msleep(u32_t ms)
{
    if (ms == 0) {
        return;
    }
    if (!bare_thread_may_wait()) {
        thread_raise_fault(CISTERN_FAULT_ARGUMENT, thread_running, "sys_msleep",
                           "a wait in an interrupt or a protected section");
        return;
    }
    const cistern_critical_t level = cistern_critical_enter();
    bare_thread_block(NULL, ms);
    thread_running->timeout += (thread_running->timeout != UINT32_MAX) ? 1U : 0U;
    cistern_critical_leave(level);
    (void)bare_thread_wait();
}

/* --- the tick --------------------------------------------------------------------------------- */

static void thread_end_wait_in_time(thread_t *thread, u32_t now)
{
    const cistern_critical_t level = cistern_critical_enter();
    if (thread->blocked && thread->timeout != 0 && now - thread->since >= thread->timeout) {
        thread->timed_out = true;
        bare_thread_wake(thread);
    }
    cistern_critical_leave(level);
}

/* Moves the running thread behind its equals. */
static void thread_take_turns(void)
{
    const cistern_critical_t level = cistern_critical_enter();
    if (thread_running != &thread_idle && !thread_running->blocked && !thread_running->ended) {
        thread_make_unready(thread_running);
        thread_make_ready(thread_running);
        thread_reschedule();
    }
    cistern_critical_leave(level);
}

void bare_kernel_tick(u32_t now)
{
    if (thread_running == NULL) {
        return;
    }
    thread_end_wait_in_time(&thread_main, now);
    for (size_t i = 0; i < CISTERN_BARE_THREADS; ++i) {
        thread_end_wait_in_time(&thread_slots[i], now);
    }
    thread_take_turns();
}

/* --- life ------------------------------------------------------------------------------------- */

static void thread_end_running(void)
{
    sys_arch_netconn_sem_free();
    bare_mutexes_abandon();
    const cistern_critical_t level = cistern_critical_enter();
    thread_make_unready(thread_running);
    thread_running->ended = true;
    bare_cpu_switch_request();
    cistern_critical_leave(level);
}

/* What a thread runs first and last. It never returns: the switch interrupt takes it off. */
static void thread_run(void *argument)
{
    thread_t *const thread = argument;
    thread->function(thread->argument);
    thread_end_running();
    for (volatile bool here = true; here;) {
    }
}

static void thread_set_name(thread_t *thread, const char *name)
{
    (void)strncpy(thread->name, (name != NULL) ? name : "thread", THREAD_NAME_LENGTH - 1);
    thread->name[THREAD_NAME_LENGTH - 1] = '\0';
}

static u8_t thread_clamp_priority(int prio)
{
    const int highest = CISTERN_BARE_PRIORITIES - 1;
    const int at_least_0 = (prio < 0) ? 0 : prio;
    return (u8_t)((at_least_0 > highest) ? highest : at_least_0);
}

static thread_t *thread_prepare(size_t slot, const char *name, int prio)
{
    thread_t *const thread = &thread_slots[slot];
    memset(thread, 0, sizeof *thread);
    thread_set_name(thread, name);
    thread->lowest = thread_stacks.of[slot].bytes;
    memset(&thread_stacks.of[slot], THREAD_FILL, sizeof thread_stacks.of[slot]);
    thread->own_priority = thread_clamp_priority(prio);
    thread->priority = thread->own_priority;
    thread->stack =
        bare_cpu_switch_frame(thread->lowest + CISTERN_BARE_STACK_BYTES, thread_run, thread);
    return thread;
}

/* Why no thread can be made; NULL if one can, if a slot is free. */
static const char *thread_refusal(lwip_thread_fn thread, int stacksize)
{
    if (thread == NULL) {
        return "a thread without a function";
    }
    return (stacksize > CISTERN_BARE_STACK_BYTES) ? "a stack above CISTERN_BARE_STACK_BYTES" : NULL;
}

sys_thread_t sys_thread_new(const char *name, lwip_thread_fn thread, void *arg, int stacksize,
                            int prio)
{
    const char *reason = thread_refusal(thread, stacksize);
    const thread_ticket_t *const ticket = (reason == NULL) ? cistern_pool_get(&thread_pool) : NULL;
    if (ticket == NULL) {
        reason = (reason != NULL) ? reason : "more threads than CISTERN_BARE_THREADS";
        thread_raise_fault(CISTERN_FAULT_ARGUMENT, NULL, (name != NULL) ? name : "thread", reason);
        return NULL;
    }
    thread_t *const made = thread_prepare((size_t)(ticket - thread_tickets.ticket), name, prio);
    made->function = thread;
    made->argument = arg;
    const cistern_critical_t level = cistern_critical_enter();
    thread_make_ready(made);
    thread_reschedule();
    cistern_critical_leave(level);
    return made;
}

/* Fills what main does not use of its stack, which begins at `from`, up to THREAD_IN_USE below the
 * caller's frame. A main that is farther down than its gap is found when it stops. */
static void thread_watch_main(unsigned char *from)
{
    unsigned char *const gap = from + (0U - (uintptr_t)from) % THREAD_GUARD_BYTES;
    const size_t watched = CISTERN_BARE_GUARD_BYTES + THREAD_GUARD_BYTES;
    const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    thread_main.lowest = gap + CISTERN_BARE_GUARD_BYTES;
    if (here >= (uintptr_t)gap + watched + THREAD_IN_USE) {
        memset(gap, THREAD_FILL, here - THREAD_IN_USE - (uintptr_t)gap);
    }
}

static void thread_make_main(void)
{
    if (thread_main_stack() != NULL) {
        thread_watch_main(thread_main_stack());
    }
    thread_main.own_priority = CISTERN_BARE_MAIN_PRIORITY;
    thread_main.priority = CISTERN_BARE_MAIN_PRIORITY;
    thread_set_name(&thread_main, "main");
    thread_make_ready(&thread_main);
}

static void thread_make_idle(void)
{
    thread_set_name(&thread_idle, "idle");
    thread_idle.lowest = thread_stacks.idle;
    thread_frame_idle();
}

void bare_kernel_start(void)
{
    if (thread_running != NULL) {
        return;
    }
    const cistern_pool_config_t config = {.name = "threads",
                                          .count = CISTERN_BARE_THREADS,
                                          .size = sizeof(void *),
                                          .memory = thread_tickets.ticket,
                                          .bytes = sizeof thread_tickets};
    (void)cistern_pool_init(&thread_pool, &config);
    thread_make_main();
    thread_make_idle();
    thread_running = &thread_main;
    bare_cpu_switch_start();
}

/* --- who waits --------------------------------------------------------------------------------- */

/* One that sleeps is on no list. */
static u32_t thread_waits(const thread_t *thread)
{
    return (thread->blocked && thread->list != NULL) ? 1U : 0U;
}

u32_t cistern_bare_waiting(void)
{
    const cistern_critical_t level = cistern_critical_enter();
    u32_t waiting = thread_waits(&thread_main);
    for (size_t i = 0; i < CISTERN_BARE_THREADS; ++i) {
        waiting += thread_waits(&thread_slots[i]);
    }
    cistern_critical_leave(level);
    return waiting;
}

/* --- a thread's semaphore --------------------------------------------------------------------- */

void sys_arch_netconn_sem_alloc(void)
{
    if (thread_running != NULL && !sys_sem_valid(&thread_running->semaphore)) {
        (void)sys_sem_new(&thread_running->semaphore, 0);
    }
}

/* At the end of each thread, of which most have none: that needs no section. */
void sys_arch_netconn_sem_free(void)
{
    if (thread_running != NULL && thread_running->semaphore.name.generation != 0 &&
        sys_sem_valid(&thread_running->semaphore)) {
        sys_sem_free(&thread_running->semaphore);
        sys_sem_set_invalid(&thread_running->semaphore);
    }
}

sys_sem_t *sys_arch_netconn_sem_get(void)
{
    sys_arch_netconn_sem_alloc();
    return (thread_running != NULL && sys_sem_valid(&thread_running->semaphore))
               ? &thread_running->semaphore
               : NULL;
}

#endif
