/* threads.c (posix) - what arch/cistern_threads.h declares.
 *
 *   slots   | 1 | 1 | 0 | 1 | 0 | ...   bit i: a living thread has number i
 *
 * (I1) a bit is set iff a living thread's cistern_posix_slot is that number + 1
 */
#define _GNU_SOURCE 1
#include "arch/cistern_threads.h"

#include <errno.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#    include <linux/membarrier.h>
#    include <sys/syscall.h>
#endif

/* --- events ---------------------------------------------------------------------------------- */

void cistern_port_event_init(cistern_port_event_t *event)
{
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&event->lock, NULL);
    (void)pthread_cond_init(&event->changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    event->is_set = false;
}

void cistern_port_event_set(cistern_port_event_t *event)
{
    (void)pthread_mutex_lock(&event->lock);
    event->is_set = true;
    (void)pthread_cond_signal(&event->changed);
    (void)pthread_mutex_unlock(&event->lock);
}

static struct timespec deadline_in(uint32_t milliseconds)
{
    struct timespec deadline;
    (void)clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += (time_t)(milliseconds / 1000U);
    deadline.tv_nsec += (long)(milliseconds % 1000U) * 1000000L;
    if (deadline.tv_nsec >= 1000000000L) {
        deadline.tv_nsec -= 1000000000L;
        ++deadline.tv_sec;
    }
    return deadline;
}

void cistern_port_event_wait(cistern_port_event_t *event, uint32_t milliseconds)
{
    const struct timespec deadline = deadline_in(milliseconds);
    int error = 0;
    (void)pthread_mutex_lock(&event->lock);
    while (!event->is_set && error != ETIMEDOUT) {
        error = (milliseconds == UINT32_MAX)
                    ? pthread_cond_wait(&event->changed, &event->lock)
                    : pthread_cond_timedwait(&event->changed, &event->lock, &deadline);
    }
    (void)pthread_mutex_unlock(&event->lock);
}

void cistern_port_event_destroy(cistern_port_event_t *event)
{
    (void)pthread_cond_destroy(&event->changed);
    (void)pthread_mutex_destroy(&event->lock);
}

/* --- threads by number ----------------------------------------------------------------------- */

_Thread_local uint32_t cistern_posix_slot;

static pthread_mutex_t slots_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t slots_once = PTHREAD_ONCE_INIT;
static pthread_key_t slots_key;
static uint64_t slots;
static _Atomic(cistern_port_thread_ended_t *) thread_ended;

static void give_slot_back(void *value)
{
    const uint32_t slot = cistern_posix_slot - 1U;
    cistern_port_thread_ended_t *const ended = atomic_load(&thread_ended);
    (void)value;
    if (ended != NULL) {
        ended(slot);
    }
    cistern_posix_slot = 0;
    (void)pthread_mutex_lock(&slots_lock);
    slots &= ~((uint64_t)1 << slot);
    (void)pthread_mutex_unlock(&slots_lock);
}

static void create_slots(void)
{
    (void)pthread_key_create(&slots_key, give_slot_back);
}

uint32_t cistern_posix_take_slot(void)
{
    uint32_t slot = 0;
    (void)pthread_once(&slots_once, create_slots);
    (void)pthread_mutex_lock(&slots_lock);
    while (slot < 64 && ((slots >> slot) & 1U) != 0) {
        ++slot;
    }
    if (slot < 64) {
        slots |= (uint64_t)1 << slot;
    }
    (void)pthread_mutex_unlock(&slots_lock);
    if (slot == 64) {
        return CISTERN_PORT_NO_SLOT;
    }
    cistern_posix_slot = slot + 1U;
    (void)pthread_setspecific(slots_key, &cistern_posix_slot);
    return slot;
}

void cistern_port_on_thread_end(cistern_port_thread_ended_t *function)
{
    atomic_store(&thread_ended, function);
}

/* --- the heavy fence: the kernel runs a full barrier on every processor that runs this process  */

#if defined __linux__ && defined SYS_membarrier

bool cistern_port_fence_available(void)
{
    return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

void cistern_port_fence_heavy(void)
{
    (void)syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

#else

bool cistern_port_fence_available(void)
{
    return false;
}

void cistern_port_fence_heavy(void) {}

#endif
