/* sys_thread.c (bare) - threads with fixed priorities on a processor without an operating system.
 *
 *   ready[2]  --> A --> B            the running thread is A: first of the highest list
 *   ready[0]  --> main
 *   semaphore --> C --> D            waiting, each list in the order of arrival
 *   (none)        E                  sleeping
 *   idle                             runs when every ready list is empty
 *
 *   thread's stack | guard |     never used      | frame |     in use     | guard |
 *                  ^ lowest, filled with FILL            ^ thread.stack, while it does not run
 *   stacks         | idle's | spare | thread 0's | thread 1's | ...
 *
 * What a thread writes below its stack falls on the upper guard of the one below and then on its
 * oldest frames; below thread 0's is nothing that counts, as idle can be made anew.
 *
 * Vocabulary: a thread is ready (it runs or could), blocked (it waits), or ended.
 *
 * Invariants, outside the critical section:
 *   (I1) a ready thread is on ready[its priority], a blocked one on the list it waits at, or none
 *   (I2) bit p of ready_mask is set iff ready[p] is not empty
 *   (I3) if `running` is not the first thread of the highest ready list, or idle when there is
 *        none, the switch interrupt is pending
 *   (I4) the lower guard of a thread that has not overflowed its stack holds FILL in every byte,
 * and so does its upper one unless the thread above has
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

#    define FILL        0xC5U
#    define GUARD_BYTES 16U

typedef union stack {
    alignas(16) unsigned char bytes[CISTERN_BARE_STACK_BYTES];
} stack_t;

static thread_t threads[CISTERN_BARE_THREADS];
static TICKETS(CISTERN_BARE_THREADS) tickets;

/* Below the first thread's stack there is as much as a stack, so that an overflow as large as that
 * meets nothing but idle's. */
static struct {
    union {
        alignas(16) unsigned char idle[CISTERN_BARE_IDLE_STACK_BYTES];
        stack_t spare;
    } below;
    stack_t of[CISTERN_BARE_THREADS];
} stacks;

static cistern_pool_t pool;

static thread_t main_thread;
static thread_t idle_thread;
static thread_t *running;

static thread_list_t ready[CISTERN_BARE_PRIORITIES];
static u32_t ready_mask;

/* --- lists ------------------------------------------------------------------------------------ */

static void list_append(thread_list_t *list, thread_t *thread)
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

static void list_remove(thread_t *thread)
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

static void make_ready(thread_t *thread)
{
    list_append(&ready[thread->priority], thread);
    ready_mask |= (u32_t)1 << thread->priority;
}

static void make_unready(thread_t *thread)
{
    list_remove(thread);
    if (ready[thread->priority].first == NULL) {
        ready_mask &= ~((u32_t)1 << thread->priority);
    }
}

/* The thread that should run (I3). */
static thread_t *most_urgent(void)
{
    if (ready_mask == 0) {
        return &idle_thread;
    }
    return ready[31 - __builtin_clzl((unsigned long)ready_mask)].first;
}

static void reschedule(void)
{
    if (most_urgent() != running) {
        bare_cpu_switch_request();
    }
}

/* --- stacks ----------------------------------------------------------------------------------- */

/* Bytes from the lowest on that were never written to, at most `limit`. */
static size_t untouched(const thread_t *thread, size_t limit)
{
    size_t bytes = 0;
    while (bytes < limit && thread->lowest[bytes] == FILL) {
        ++bytes;
    }
    return bytes;
}

static bool overflowed(const thread_t *thread)
{
    return thread->lowest != NULL &&
           ((unsigned char *)thread->stack < thread->lowest + GUARD_BYTES ||
            untouched(thread, GUARD_BYTES) < GUARD_BYTES);
}

/* True iff the thread above wrote on this one's stack, for certain: it did not get there without
 * the guard in between, or is there. */
static bool is_hit(const thread_t *thread, const thread_t *above)
{
    const unsigned char *const guard = thread->lowest + CISTERN_BARE_STACK_BYTES - GUARD_BYTES;
    bool hit = (unsigned char *)above->stack < above->lowest;
    for (size_t i = 0; i < GUARD_BYTES && !hit; ++i) {
        hit = guard[i] != FILL;
    }
    return hit;
}

size_t cistern_bare_stack_unused(sys_thread_t thread)
{
    if (thread == NULL || thread->lowest == NULL) {
        return 0;
    }
    return untouched(thread, CISTERN_BARE_STACK_BYTES);
}

static void raise_fault(cistern_fault_kind_t kind, const thread_t *thread, const char *name,
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

static void run_idle(void *argument)
{
    (void)argument;
    for (volatile bool forever = true; forever;) {
        cistern_bare_idle();
    }
}

/* Of what an overflow may have met: idle's frame and its guard. */
static void frame_idle(void)
{
    memset(stacks.below.idle, FILL, GUARD_BYTES);
    idle_thread.stack =
        bare_cpu_switch_frame(stacks.below.idle + sizeof stacks.below.idle, run_idle, NULL);
}

/* (inside) Ends a thread whose stack cannot be used any more; returns the one below whose stack it
 * wrote on, which cannot go on either, or NULL. */
static thread_t *end_overflowed(thread_t *thread)
{
    make_unready(thread);
    thread->blocked = false;
    thread->wanted = NULL;
    thread->ended = true;
    thread->next = NULL;
    if (thread == &threads[0]) {
        frame_idle();
    } else if (thread != &idle_thread) {
        thread_t *const below = thread - 1;
        const bool lives = below->lowest != NULL && !below->ended;
        thread->next = (lives && is_hit(below, thread)) ? below : NULL;
    }
    return thread->next;
}

/* After end_overflowed, which linked the threads. */
static void report_overflow(const thread_t *thread)
{
    const char *reason = "the thread's stack";
    for (; thread != NULL; thread = thread->next) {
        raise_fault(CISTERN_FAULT_OVERFLOW, thread, thread->name, reason);
        reason = "the stack, by the thread above it";
    }
}

/* A thread that overflowed its stack cannot go on: it ends, its stack is not used again, and
 * mutexes that it holds stay locked, since what they guard may be half done. A thread that ended by
 * itself gives its slot back here, where its stack is no longer in use. */
void *bare_cpu_switch_next(void *stack)
{
    const cistern_critical_t level = cistern_critical_enter();
    thread_t *const before = running;
    before->stack = stack;
    const bool overflow = overflowed(before);
    if (overflow) {
        for (thread_t *hit = before; hit != NULL;) {
            hit = end_overflowed(hit);
        }
    } else if (before->ended) {
        (void)cistern_pool_put(&pool, &tickets.ticket[before - threads]);
    }
    running = most_urgent();
    void *const resume = running->stack;
    cistern_critical_leave(level);
    report_overflow(overflow ? before : NULL);
    return resume;
}

thread_t *bare_thread_running(void)
{
    return running;
}

bool bare_thread_may_wait(void)
{
    return running != NULL && running != &idle_thread && !cistern_cpu_in_interrupt() &&
           !cistern_cpu_is_masked();
}

/* --- waiting ---------------------------------------------------------------------------------- */

static u32_t ticks_of(u32_t ms)
{
    return ms / CISTERN_BARE_MS_PER_TICK + ((ms % CISTERN_BARE_MS_PER_TICK != 0) ? 1U : 0U);
}

void bare_thread_block(thread_list_t *list, u32_t timeout)
{
    thread_t *const thread = running;
    make_unready(thread);
    thread->blocked = true;
    thread->timed_out = false;
    thread->since = bare_time_ticks();
    thread->timeout = ticks_of(timeout);
    if (list != NULL) {
        list_append(list, thread);
    }
    bare_cpu_switch_request();
}

void bare_thread_wake(thread_t *thread)
{
    list_remove(thread);
    thread->blocked = false;
    make_ready(thread);
    reschedule();
}

/* The switch interrupt comes within a few instructions after the section was left; until then the
 * thread is still here. */
u32_t bare_thread_wait(void)
{
    const thread_t *const thread = running;
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
    make_unready(thread);
    thread->priority = priority;
    make_ready(thread);
    reschedule();
}

/* A sleep lasts whole ticks, and the one that it begins in is not whole. */
void sys_msleep(u32_t ms)
{
    if (ms == 0) {
        return;
    }
    if (!bare_thread_may_wait()) {
        raise_fault(CISTERN_FAULT_ARGUMENT, running, "sys_msleep",
                    "a wait in an interrupt or a protected section");
        return;
    }
    const cistern_critical_t level = cistern_critical_enter();
    bare_thread_block(NULL, ms);
    running->timeout += (running->timeout != UINT32_MAX) ? 1U : 0U;
    cistern_critical_leave(level);
    (void)bare_thread_wait();
}

/* --- the tick --------------------------------------------------------------------------------- */

static void end_wait_in_time(thread_t *thread, u32_t now)
{
    const cistern_critical_t level = cistern_critical_enter();
    if (thread->blocked && thread->timeout != 0 && now - thread->since >= thread->timeout) {
        thread->timed_out = true;
        bare_thread_wake(thread);
    }
    cistern_critical_leave(level);
}

/* Moves the running thread behind its equals. */
static void take_turns(void)
{
    const cistern_critical_t level = cistern_critical_enter();
    if (running != &idle_thread && !running->blocked && !running->ended) {
        make_unready(running);
        make_ready(running);
        reschedule();
    }
    cistern_critical_leave(level);
}

void bare_kernel_tick(u32_t now)
{
    if (running == NULL) {
        return;
    }
    end_wait_in_time(&main_thread, now);
    for (size_t i = 0; i < CISTERN_BARE_THREADS; ++i) {
        end_wait_in_time(&threads[i], now);
    }
    take_turns();
}

/* --- life ------------------------------------------------------------------------------------- */

static void end_running(void)
{
    sys_arch_netconn_sem_free();
    bare_mutexes_abandon();
    const cistern_critical_t level = cistern_critical_enter();
    make_unready(running);
    running->ended = true;
    bare_cpu_switch_request();
    cistern_critical_leave(level);
}

/* What a thread runs first and last. It never returns: the switch interrupt takes it off. */
static void run(void *argument)
{
    thread_t *const thread = argument;
    thread->function(thread->argument);
    end_running();
    for (volatile bool here = true; here;) {
    }
}

static void set_name(thread_t *thread, const char *name)
{
    (void)strncpy(thread->name, (name != NULL) ? name : "thread", THREAD_NAME_LENGTH - 1);
    thread->name[THREAD_NAME_LENGTH - 1] = '\0';
}

static u8_t clamp_priority(int prio)
{
    const int highest = CISTERN_BARE_PRIORITIES - 1;
    const int at_least_0 = (prio < 0) ? 0 : prio;
    return (u8_t)((at_least_0 > highest) ? highest : at_least_0);
}

static thread_t *prepare(size_t slot, const char *name, int prio)
{
    thread_t *const thread = &threads[slot];
    memset(thread, 0, sizeof *thread);
    memset(stacks.of[slot].bytes, FILL, sizeof stacks.of[slot].bytes);
    set_name(thread, name);
    thread->lowest = stacks.of[slot].bytes;
    thread->own_priority = clamp_priority(prio);
    thread->priority = thread->own_priority;
    thread->stack = bare_cpu_switch_frame(
        stacks.of[slot].bytes + CISTERN_BARE_STACK_BYTES - GUARD_BYTES, run, thread);
    return thread;
}

/* Why no thread can be made; NULL iff one can, if a slot is free. */
static const char *refusal(lwip_thread_fn thread, int stacksize)
{
    if (thread == NULL) {
        return "a thread without a function";
    }
    return (stacksize > CISTERN_BARE_STACK_BYTES) ? "a stack above CISTERN_BARE_STACK_BYTES" : NULL;
}

sys_thread_t sys_thread_new(const char *name, lwip_thread_fn thread, void *arg, int stacksize,
                            int prio)
{
    const char *reason = refusal(thread, stacksize);
    const ticket_t *const ticket = (reason == NULL) ? cistern_pool_get(&pool) : NULL;
    if (ticket == NULL) {
        reason = (reason != NULL) ? reason : "more threads than CISTERN_BARE_THREADS";
        raise_fault(CISTERN_FAULT_ARGUMENT, NULL, (name != NULL) ? name : "thread", reason);
        return NULL;
    }
    thread_t *const made = prepare((size_t)(ticket - tickets.ticket), name, prio);
    made->function = thread;
    made->argument = arg;
    const cistern_critical_t level = cistern_critical_enter();
    make_ready(made);
    reschedule();
    cistern_critical_leave(level);
    return made;
}

static void make_main(void)
{
    main_thread.own_priority = CISTERN_BARE_MAIN_PRIORITY;
    main_thread.priority = CISTERN_BARE_MAIN_PRIORITY;
    set_name(&main_thread, "main");
    make_ready(&main_thread);
}

static void make_idle(void)
{
    memset(stacks.below.idle, FILL, sizeof stacks.below.idle);
    set_name(&idle_thread, "idle");
    idle_thread.lowest = stacks.below.idle;
    frame_idle();
}

void bare_kernel_start(void)
{
    if (running != NULL) {
        return;
    }
    const cistern_pool_config_t config = {.name = "threads",
                                          .count = CISTERN_BARE_THREADS,
                                          .size = sizeof(void *),
                                          .memory = tickets.ticket,
                                          .bytes = sizeof tickets};
    (void)cistern_pool_init(&pool, &config);
    bare_objects_start();
    make_main();
    make_idle();
    running = &main_thread;
    bare_cpu_switch_start();
}

/* --- a thread's semaphore --------------------------------------------------------------------- */

void sys_arch_netconn_sem_alloc(void)
{
    if (running != NULL && !sys_sem_valid(&running->semaphore)) {
        (void)sys_sem_new(&running->semaphore, 0);
    }
}

void sys_arch_netconn_sem_free(void)
{
    if (running != NULL && sys_sem_valid(&running->semaphore)) {
        sys_sem_free(&running->semaphore);
        sys_sem_set_invalid(&running->semaphore);
    }
}

sys_sem_t *sys_arch_netconn_sem_get(void)
{
    sys_arch_netconn_sem_alloc();
    return (running != NULL && sys_sem_valid(&running->semaphore)) ? &running->semaphore : NULL;
}

#endif
