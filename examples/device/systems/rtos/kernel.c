/* SPDX-License-Identifier: BSD-3-Clause */
/* kernel.c - threads and semaphores on a Cortex-M3.
 *
 *   ready    main(0) --> echo(2)  --> tcpip(3)       any order: the most urgent is sought
 *   sem      waiters --> tcpip(3) --> main(0)        the most urgent first
 *   stack    | ... | r4 - r11 | r0 - r3 r12 lr pc psr |     of a thread that does not run
 *            ^ top             the processor pushes these
 *
 * Vocabulary: a thread is ready, or waits for a semaphore, for a time, or for both.
 *
 * Invariants, with interrupts masked:
 *   (I1) kernel_running is a thread that was ready when it was chosen; PendSV is pending if it is no
 *        longer the most urgent one that is ready
 *   (I2) a thread is in the list of the semaphore that its `sem` names, and in no other
 *   (I3) a semaphore with units has no waiters
 *
 * PendSV has the lowest level, so that a switch never interrupts an interrupt. */
#include "kernel.h"

#include <stddef.h>
#include <string.h>

#include "board.h"

#define KERNEL_THREADS     4U /* beside main */
#define KERNEL_STACK_BYTES 3072U
#define KERNEL_STACK_WORDS (KERNEL_STACK_BYTES / 4U)

typedef struct kernel_thread {
    uint32_t *top;              /* of its stack, while it does not run */
    struct kernel_thread *next; /* waiter of the same semaphore */
    kernel_sem_t *sem;          /* that it waits for */
    uint32_t priority;
    uint32_t wakes;  /* time at which its wait ends, if it is timed */
    bool is_waiting; /* not ready */
    bool is_timed;
    bool was_served; /* its wait ended with a unit */
} kernel_thread_t;

/* The last is the idle thread, the first is main. */
static kernel_thread_t kernel_threads[KERNEL_THREADS + 2U];
static _Alignas(8) uint32_t kernel_stacks[KERNEL_THREADS][KERNEL_STACK_WORDS];
static _Alignas(8) uint32_t kernel_idle_stack[96];
static unsigned kernel_count; /* of threads, without idle */
static volatile uint32_t kernel_time;

kernel_thread_t *kernel_running; /* PendSV_Handler reads and writes it */
kernel_thread_t *kernel_choose(void);

/* --- the processor ------------------------------------------------------------------------------- */

#define SCB_ICSR (*(volatile uint32_t *)0xE000ED04U)
#define SCB_SHPR ((volatile uint8_t *)0xE000ED18U) /* levels of the exceptions 4 ... */
#define SYST_CSR (*(volatile uint32_t *)0xE000E010U)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014U)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018U)

#define ICSR_PENDSV   (1UL << 28)
#define SYST_RUNS     7U
#define KERNEL_LOWEST 0xFFU
#define KERNEL_TICK   0xC0U /* below the card's level */
#define PSR_THUMB     0x01000000U

void PendSV_Handler(void);
void SysTick_Handler(void);

uint32_t kernel_mask(void)
{
    uint32_t before = 0;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before) : : "memory");
    return before;
}

void kernel_restore(uint32_t mask)
{
    __asm__ volatile("msr primask, %0" : : "r"(mask) : "memory");
}

/* Saves what the processor did not, changes the stack, and restores the same of the next thread. */
__attribute__((naked)) void PendSV_Handler(void)
{
    __asm__ volatile("cpsid i\n\t"
                     "ldr r2, =kernel_running\n\t"
                     "ldr r1, [r2]\n\t"
                     "mrs r0, psp\n\t"
                     "stmdb r0!, {r4-r11}\n\t"
                     "str r0, [r1]\n\t"
                     "push {r2, lr}\n\t"
                     "bl kernel_choose\n\t"
                     "pop {r2, lr}\n\t"
                     "str r0, [r2]\n\t"
                     "ldr r0, [r0]\n\t"
                     "ldmia r0!, {r4-r11}\n\t"
                     "msr psp, r0\n\t"
                     "cpsie i\n\t"
                     "bx lr\n\t"
                     ".ltorg");
}

/* --- which thread runs --------------------------------------------------------------------------- */

/* The most urgent that is ready; of equals one that does not run now, so that they take turns. Idle is
 * always ready. */
__attribute__((used)) kernel_thread_t *kernel_choose(void)
{
    kernel_thread_t *best = &kernel_threads[KERNEL_THREADS + 1U];
    bool has_best = false;
    const unsigned start = (unsigned)(kernel_running - kernel_threads) + 1U;
    for (unsigned i = 0; i < kernel_count; ++i) {
        kernel_thread_t *const thread = &kernel_threads[(start + i) % kernel_count];
        if (!thread->is_waiting && (!has_best || thread->priority > best->priority)) {
            best = thread;
            has_best = true;
        }
    }
    return best;
}

static void kernel_switch(void)
{
    SCB_ICSR = ICSR_PENDSV;
}

/* --- waits --------------------------------------------------------------------------------------- */

static void kernel_enqueue(kernel_sem_t *sem, kernel_thread_t *thread)
{
    kernel_thread_t **place = &sem->waiters;
    while (*place != NULL && (*place)->priority >= thread->priority) {
        place = &(*place)->next;
    }
    thread->next = *place;
    *place = thread;
    thread->sem = sem;
}

static void kernel_dequeue(kernel_thread_t *thread)
{
    if (thread->sem == NULL) {
        return;
    }
    kernel_thread_t **place = &thread->sem->waiters;
    while (*place != thread) {
        place = &(*place)->next;
    }
    *place = thread->next;
    thread->sem = NULL;
}

static void kernel_wake(kernel_thread_t *thread, bool served)
{
    kernel_dequeue(thread);
    thread->was_served = served;
    thread->is_waiting = false;
    kernel_switch();
}

/* With interrupts masked; they are as `mask` says when the switch comes. */
static bool kernel_wait(kernel_sem_t *sem, uint32_t ms, uint32_t mask)
{
    kernel_thread_t *const self = kernel_running;
    self->is_timed = ms != KERNEL_FOREVER;
    self->wakes = kernel_time + ms;
    self->is_waiting = true;
    if (sem != NULL) {
        kernel_enqueue(sem, self);
    }
    kernel_switch();
    kernel_restore(mask);
    __asm__ volatile("isb" : : : "memory"); /* here others run */
    return self->was_served;
}

bool kernel_take(kernel_sem_t *sem, uint32_t ms)
{
    const uint32_t mask = kernel_mask();
    if (sem->units > 0) {
        --sem->units;
        kernel_restore(mask);
        return true;
    }
    if (ms == 0) {
        kernel_restore(mask);
        return false;
    }
    return kernel_wait(sem, ms, mask);
}

void kernel_give(kernel_sem_t *sem)
{
    const uint32_t mask = kernel_mask();
    if (sem->waiters != NULL) {
        kernel_wake(sem->waiters, true);
    } else {
        ++sem->units;
    }
    kernel_restore(mask);
}

void kernel_sleep(uint32_t ms)
{
    (void)kernel_wait(NULL, ms, kernel_mask());
}

uint32_t kernel_now(void)
{
    return kernel_time;
}

void SysTick_Handler(void)
{
    const uint32_t mask = kernel_mask();
    const uint32_t now = kernel_time + 1U;
    kernel_time = now;
    for (unsigned i = 0; i < kernel_count; ++i) {
        kernel_thread_t *const thread = &kernel_threads[i];
        if (thread->is_waiting && thread->is_timed && (int32_t)(now - thread->wakes) >= 0) {
            kernel_wake(thread, false);
        }
    }
    kernel_switch(); /* threads of one priority take turns */
    kernel_restore(mask);
}

/* --- threads ------------------------------------------------------------------------------------- */

static void kernel_ended(void)
{
    board_panic("a thread has returned", __FILE__, __LINE__);
}

/* A stack as if the thread had been interrupted before its first instruction. */
static void kernel_prepare(kernel_thread_t *thread, uint32_t *end, void (*function)(void *argument),
                           void *argument)
{
    uint32_t *const frame = end - 8;
    memset(frame - 8, 0, 16U * sizeof *frame);
    frame[0] = (uint32_t)argument;
    frame[5] = (uint32_t)kernel_ended;
    frame[6] = (uint32_t)function;
    frame[7] = PSR_THUMB;
    thread->top = frame - 8;
}

static void kernel_idle(void *argument)
{
    (void)argument;
    for (;;) {
        board_sleep();
    }
}

bool kernel_start_thread(void (*function)(void *argument), void *argument, uint32_t stack_bytes,
                         uint32_t priority)
{
    const uint32_t mask = kernel_mask();
    const bool starts = kernel_count <= KERNEL_THREADS && stack_bytes <= KERNEL_STACK_BYTES;
    if (starts) {
        kernel_thread_t *const thread = &kernel_threads[kernel_count];
        thread->priority = priority;
        kernel_prepare(thread, kernel_stacks[kernel_count - 1U] + KERNEL_STACK_WORDS, function,
                       argument);
        ++kernel_count;
        kernel_switch();
    }
    kernel_restore(mask);
    return starts;
}

/* main goes on with its stack as the process stack; interrupts get a piece below the top of it. */
static void kernel_split_stack(void)
{
    static _Alignas(8) uint32_t interrupts[512];
    __asm__ volatile("mrs r0, msp\n\t"
                     "msr psp, r0\n\t"
                     "movs r0, #2\n\t"
                     "msr control, r0\n\t"
                     "isb\n\t"
                     "msr msp, %0"
                     :
                     : "r"(interrupts + 512)
                     : "r0", "memory");
}

void kernel_start(uint32_t clock_hz)
{
    kernel_running = &kernel_threads[0];
    kernel_count = 1;
    kernel_prepare(&kernel_threads[KERNEL_THREADS + 1U], kernel_idle_stack + 96, kernel_idle, NULL);
    SCB_SHPR[14 - 4] = KERNEL_LOWEST;
    SCB_SHPR[15 - 4] = KERNEL_TICK;
    kernel_split_stack();
    SYST_RVR = clock_hz / 1000U - 1U;
    SYST_CVR = 0;
    SYST_CSR = SYST_RUNS;
}
