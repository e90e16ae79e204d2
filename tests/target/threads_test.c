/* SPDX-License-Identifier: BSD-3-Clause */
/* threads_test.c - what the bare port promises beyond the conformance suite. main has the lowest
 * priority, so that a more urgent thread runs at the very point where it becomes ready. */
#include "arch/core_lock.h" /* before the options, as in lwipopts.h */

#include "support.h"

#include "arch/cistern_cpu.h"
#include "cistern/heap.h"
#include "cistern_bare.h"
#include "lwip/mem.h"
#include "lwip/stats.h"
#include "lwip/sys.h"
#include "target/board.h"

#define LOW    1
#define MIDDLE 3
#define HIGH   5

static char trace[32];
static unsigned traced;

static void note(char what)
{
    trace[traced++] = what;
    trace[traced] = '\0';
}

static int start(void **state)
{
    traced = 0;
    trace[0] = '\0';
    return faults_watch(state);
}

static sys_sem_t semaphore;
static sys_mutex_t mutex;
static sys_mutex_t second;

/* --- priorities ------------------------------------------------------------------------------- */

static void note_itself(void *argument)
{
    note(*(const char *)argument);
}

static void more_urgent_thread_runs_before_its_maker_goes_on(void **state)
{
    (void)state;
    note('1');
    assert_non_null(sys_thread_new("A", note_itself, "A", 0, LOW));
    note('2');
    assert_string_equal(trace, "1A2");
}

static void wait_and_note(void *argument)
{
    (void)sys_sem_wait(&semaphore);
    note(*(const char *)argument);
}

static void signal_and_note(void *argument)
{
    (void)argument;
    sys_sem_signal(&semaphore);
    note('i');
}

static void thread_woken_from_an_interrupt_runs_when_the_interrupt_ends(void **state)
{
    (void)state;
    assert_int_equal(sys_sem_new(&semaphore, 0), ERR_OK);
    (void)sys_thread_new("A", wait_and_note, "A", 0, LOW);
    board_call_in_interrupt(signal_and_note, NULL);
    note('m');
    assert_string_equal(trace, "iAm");
    sys_sem_free(&semaphore);
}

static void high_thread(void *argument)
{
    (void)argument;
    note('h');
    sys_mutex_lock(&mutex);
    note('H');
    sys_mutex_unlock(&mutex);
}

static void low_thread(void *argument)
{
    (void)argument;
    sys_mutex_lock(&mutex);
    (void)sys_thread_new("high", high_thread, NULL, 0, HIGH);
    (void)sys_thread_new("middle", note_itself, "M", 0, MIDDLE);
    note('l');
    sys_mutex_unlock(&mutex);
    note('L');
}

/* Without inheritance it would be "hMlHL": the middle thread would keep the high one waiting. */
static void holder_of_a_mutex_runs_at_the_priority_of_its_waiter(void **state)
{
    (void)state;
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    (void)sys_thread_new("low", low_thread, NULL, 0, LOW);
    assert_string_equal(trace, "hlHML");
    sys_mutex_free(&mutex);
    assert_no_fault();
}

static void holder_of_both(void *argument)
{
    (void)argument;
    sys_mutex_lock(&second);
    sys_mutex_lock(&mutex);
    note('b');
    sys_mutex_unlock(&mutex);
    sys_mutex_unlock(&second);
}

static void wants_second(void *argument)
{
    (void)argument;
    sys_mutex_lock(&second);
    note('H');
    sys_mutex_unlock(&second);
}

/* high waits for `second`, whose holder waits for `mutex`, which the lowest thread holds. */
static void priority_passes_along_a_chain_of_mutexes(void **state)
{
    (void)state;
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    assert_int_equal(sys_mutex_new(&second), ERR_OK);
    sys_mutex_lock(&mutex);
    (void)sys_thread_new("both", holder_of_both, NULL, 0, LOW);
    (void)sys_thread_new("high", wants_second, NULL, 0, HIGH);
    (void)sys_thread_new("middle", note_itself, "M", 0, MIDDLE);
    note('m');
    sys_mutex_unlock(&mutex);
    assert_string_equal(trace, "mbHM");
    sys_mutex_free(&mutex);
    sys_mutex_free(&second);
    assert_no_fault();
}

static volatile unsigned long turns[2];
static volatile bool stop;

static void spin(void *argument)
{
    volatile unsigned long *const count = argument;
    while (!stop) {
        *count = *count + 1;
    }
}

static void threads_of_one_priority_take_turns(void **state)
{
    (void)state;
    stop = false;
    (void)sys_thread_new("one", spin, (void *)(uintptr_t)&turns[0], 0, 0);
    (void)sys_thread_new("two", spin, (void *)(uintptr_t)&turns[1], 0, 0);
    sys_msleep(20);
    stop = true;
    sys_msleep(5);
    assert_true(turns[0] > 0 && turns[1] > 0);
}

/* --- waiting ---------------------------------------------------------------------------------- */

static volatile unsigned idles;

void cistern_bare_idle(void)
{
    ++idles;
    cistern_cpu_wait();
}

static void idle_hook_runs_while_every_thread_waits(void **state)
{
    (void)state;
    const unsigned before = idles;
    note('1');
    sys_msleep(5);
    note('2');
    assert_true(idles > before);
    assert_string_equal(trace, "12");
}

/* lwIP's pools may come from the heap, and the heap may wait for a semaphore: an object that came
 * from the heap would close the circle. */
static void objects_and_threads_are_made_with_the_heap_exhausted(void **state)
{
    (void)state;
    cistern_heap_stats_t before;
    cistern_heap_stats_t after;
    sys_mbox_t mailbox;
    mem_init();
    for (mem_size_t size = MEM_SIZE; size > 0; size /= 2U) {
        while (mem_malloc(size) != NULL) {
        }
    }
    cistern_heap_stats(mem_heap(), &before);
    assert_int_equal(sys_sem_new(&semaphore, 0), ERR_OK);
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    assert_int_equal(sys_mbox_new(&mailbox, 4), ERR_OK);
    assert_non_null(sys_thread_new("A", note_itself, "A", 0, LOW));
    assert_int_equal(sys_mbox_trypost(&mailbox, NULL), ERR_OK);
    assert_int_equal(sys_arch_mbox_tryfetch(&mailbox, NULL), 0);
    assert_string_equal(trace, "A");
    sys_mbox_free(&mailbox);
    sys_mutex_free(&mutex);
    sys_sem_free(&semaphore);
    cistern_heap_stats(mem_heap(), &after);
    assert_memory_equal(&before, &after, sizeof before);
    assert_no_fault();
    mem_init();
}

/* --- the core lock ---------------------------------------------------------------------------- */

static void lock_core(void *argument)
{
    (void)argument;
    note('t');
    sys_lock_tcpip_core();
    note('T');
    sys_check_core_locking();
    sys_unlock_tcpip_core();
}

static void core_lock_keeps_other_threads_out(void **state)
{
    (void)state;
    sys_lock_tcpip_core();
    (void)sys_thread_new("other", lock_core, NULL, 0, LOW);
    note('m');
    sys_unlock_tcpip_core();
    assert_string_equal(trace, "tmT");
    assert_no_fault();
}

static void check_core(void *argument)
{
    (void)argument;
    sys_check_core_locking();
}

static void core_is_checked_once_a_core_thread_is_marked(void **state)
{
    (void)state;
    sys_check_core_locking();
    assert_no_fault();
    sys_mark_tcpip_thread();
    sys_check_core_locking();
    assert_int_equal(faults.count, 1);
    sys_lock_tcpip_core();
    sys_check_core_locking();
    assert_int_equal(faults.count, 1);
    (void)sys_thread_new("other", check_core, NULL, 0, LOW);
    assert_int_equal(faults.count, 2);
    sys_lock_tcpip_core();
    assert_int_equal(faults.count, 3);
    sys_unlock_tcpip_core();
    sys_unlock_tcpip_core();
    assert_int_equal(faults.count, 4);
}

static void core_may_not_be_used_in_an_interrupt_even_while_it_is_locked(void **state)
{
    (void)state;
    sys_lock_tcpip_core();
    board_call_in_interrupt(check_core, NULL);
    sys_unlock_tcpip_core();
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.last.owner, "a core function in an interrupt");
}

static void end_with_core(void *argument)
{
    (void)argument;
    sys_lock_tcpip_core();
}

/* The second thread has the slot of the first, which must not make it the holder. */
static void core_lock_of_a_thread_that_ended_is_free(void **state)
{
    (void)state;
    (void)sys_thread_new("ends", end_with_core, NULL, 0, LOW);
    assert_int_equal(faults.count, 1);
    (void)sys_thread_new("other", lock_core, NULL, 0, LOW);
    assert_string_equal(trace, "tT");
    assert_int_equal(faults.count, 1);
}

/* --- misuse ----------------------------------------------------------------------------------- */

static void wait_in_a_protected_section_is_refused(void **state)
{
    (void)state;
    assert_int_equal(sys_sem_new(&semaphore, 0), ERR_OK);
    SYS_ARCH_DECL_PROTECT(level);
    SYS_ARCH_PROTECT(level);
    const u32_t waited = sys_arch_sem_wait(&semaphore, 10);
    SYS_ARCH_UNPROTECT(level);
    assert_int_equal(waited, SYS_ARCH_TIMEOUT);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, &semaphore);
    sys_sem_free(&semaphore);
}

static void wait_here(void *argument)
{
    *(u32_t *)argument = sys_arch_sem_wait(&semaphore, 10);
}

static void wait_in_an_interrupt_is_refused(void **state)
{
    (void)state;
    u32_t waited = 0;
    assert_int_equal(sys_sem_new(&semaphore, 0), ERR_OK);
    board_call_in_interrupt(wait_here, &waited);
    assert_int_equal(waited, SYS_ARCH_TIMEOUT);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, &semaphore);
    sys_sem_free(&semaphore);
}

static void end_inside(void *argument)
{
    (void)argument;
    sys_mutex_lock(&mutex);
}

static void mutex_of_a_thread_that_ends_is_given_back(void **state)
{
    (void)state;
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    (void)sys_thread_new("ends", end_inside, NULL, 0, LOW);
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_ARGUMENT);
    sys_mutex_lock(&mutex);
    sys_mutex_unlock(&mutex);
    sys_mutex_free(&mutex);
    assert_int_equal(faults.count, 1);
}

static void thread_that_needs_more_stack_than_there_is_is_refused(void **state)
{
    (void)state;
    assert_null(sys_thread_new("big", note_itself, "B", CISTERN_BARE_STACK_BYTES + 1, LOW));
    assert_int_equal(faults.last.kind, CISTERN_FAULT_ARGUMENT);
    assert_string_equal(faults.last.name, "big");
    assert_string_equal(trace, "");
}

static void more_threads_than_there_are_slots_are_refused(void **state)
{
    (void)state;
    sys_thread_t last = NULL;
    unsigned made = 0;
    assert_int_equal(sys_sem_new(&semaphore, 0), ERR_OK);
    while ((last = sys_thread_new("A", wait_and_note, "A", 0, LOW)) != NULL) {
        ++made;
    }
    assert_int_equal(faults.count, 1);
    for (unsigned i = 0; i < made; ++i) {
        sys_sem_signal(&semaphore);
    }
    assert_int_equal(traced, made);
    assert_true(made >= 2);
    sys_sem_free(&semaphore);
}

/* --- stacks ----------------------------------------------------------------------------------- */

static sys_thread_t deep;

/* Writes below its own frame until next to nothing of its stack is left, as a deep call does. What
 * lies at the end is the guard. */
static void overflow(void *argument)
{
    volatile unsigned char here = 0;
    volatile unsigned char *below = &here - 64;
    (void)argument;
    (void)sys_sem_wait(&semaphore);
    while (cistern_bare_stack_unused(deep) >= 8) {
        *below-- = 0;
    }
    (void)sys_sem_wait(&semaphore);
    note('X');
}

/* The table is that of every port, with the narrow names. */
static void name_of_a_freed_object_names_none_for_65534_uses_of_its_slot(void **state)
{
    (void)state;
    sys_sem_t freed;
    assert_int_equal(sys_sem_new(&freed, 0), ERR_OK);
    sys_sem_free(&freed);
    bool valid = false;
    bool nameless = false;
    for (u32_t use = 1; use < UINT16_MAX; ++use) {
        assert_int_equal(sys_sem_new(&semaphore, 0), ERR_OK);
        valid = valid || sys_sem_valid(&freed);
        nameless = nameless || semaphore.name.slot != freed.name.slot ||
                   semaphore.name.generation == 0 || !sys_sem_valid(&semaphore);
        sys_sem_free(&semaphore);
    }
    assert_false(valid);
    assert_false(nameless);
    assert_no_fault();
    sys_sem_free(&freed);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_DOUBLE_FREE);
    freed.name.slot = UINT16_MAX;
    sys_sem_free(&freed);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_FOREIGN_FREE);
    freed = SYS_SEM_NULL;
    sys_sem_free(&freed);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_FOREIGN_FREE);
    assert_int_equal(faults.count, 3);
}

static void unused_stack_is_reported(void **state)
{
    (void)state;
    sys_thread_t thread;
    assert_int_equal(sys_sem_new(&semaphore, 0), ERR_OK);
    thread = sys_thread_new("A", wait_and_note, "A", 0, LOW);
    const size_t unused = cistern_bare_stack_unused(thread);
    assert_true(unused > 0 && unused < CISTERN_BARE_STACK_BYTES);
    sys_sem_signal(&semaphore);
    assert_string_equal(trace, "A");
    sys_sem_free(&semaphore);
}

/* Last: the overflowed thread's slot is lost. */
static void stack_overflow_ends_the_thread_and_no_other(void **state)
{
    (void)state;
    assert_int_equal(sys_sem_new(&semaphore, 0), ERR_OK);
    deep = sys_thread_new("deep", overflow, NULL, 0, LOW);
    assert_no_fault();
    sys_sem_signal(&semaphore);
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_OVERFLOW);
    assert_ptr_equal(faults.last.object, deep);
    assert_string_equal(faults.last.name, "deep");

    (void)sys_thread_new("A", note_itself, "A", 0, LOW);
    assert_string_equal(trace, "A");
}

static void overflow_and_want_second(void *argument)
{
    volatile unsigned char here = 0;
    volatile unsigned char *below = &here - 64;
    (void)argument;
    sys_mutex_lock(&mutex);
    while (cistern_bare_stack_unused(deep) >= 8) {
        *below-- = 0;
    }
    sys_mutex_lock(&second);
}

/* Last too: no thread gets `mutex` any more. The thread holds it, and does not want `second` any more,
 * which main has and gives back. */
static void thread_that_overflowed_while_it_waited_passes_no_priority_on(void **state)
{
    (void)state;
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    assert_int_equal(sys_mutex_new(&second), ERR_OK);
    sys_mutex_lock(&second);
    deep = NULL;
    SYS_ARCH_DECL_PROTECT(level);
    SYS_ARCH_PROTECT(level);
    deep = sys_thread_new("deep", overflow_and_want_second, NULL, 0, LOW);
    SYS_ARCH_UNPROTECT(level);
    sys_msleep(1);
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_OVERFLOW);

    (void)sys_thread_new("high", high_thread, NULL, 0, HIGH);
    (void)sys_thread_new("A", note_itself, "A", 0, MIDDLE);
    note('m');
    assert_string_equal(trace, "hAm");
    sys_mutex_unlock(&second);
    sys_mutex_free(&second);
    (void)sys_thread_new("high", high_thread, NULL, 0, HIGH + 1);
    assert_string_equal(trace, "hAmh");
    assert_int_equal(faults.count, 1);
}

#define thread_test(function) cmocka_unit_test_setup(function, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        thread_test(more_urgent_thread_runs_before_its_maker_goes_on),
        thread_test(thread_woken_from_an_interrupt_runs_when_the_interrupt_ends),
        thread_test(holder_of_a_mutex_runs_at_the_priority_of_its_waiter),
        thread_test(priority_passes_along_a_chain_of_mutexes),
        thread_test(threads_of_one_priority_take_turns),
        thread_test(idle_hook_runs_while_every_thread_waits),
        thread_test(objects_and_threads_are_made_with_the_heap_exhausted),
        thread_test(core_lock_keeps_other_threads_out),
        thread_test(core_is_checked_once_a_core_thread_is_marked),
        thread_test(core_may_not_be_used_in_an_interrupt_even_while_it_is_locked),
        thread_test(core_lock_of_a_thread_that_ended_is_free),
        thread_test(wait_in_a_protected_section_is_refused),
        thread_test(wait_in_an_interrupt_is_refused),
        thread_test(mutex_of_a_thread_that_ends_is_given_back),
        thread_test(thread_that_needs_more_stack_than_there_is_is_refused),
        thread_test(more_threads_than_there_are_slots_are_refused),
        thread_test(name_of_a_freed_object_names_none_for_65534_uses_of_its_slot),
        thread_test(unused_stack_is_reported),
        thread_test(stack_overflow_ends_the_thread_and_no_other),
        thread_test(thread_that_overflowed_while_it_waited_passes_no_priority_on),
    };
    sys_init();
    board_start_ticks();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
