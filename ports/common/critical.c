/* critical.c (common) - the process-wide critical section, under the engines' name and under
 * lwIP's.
 *
 * Vocabulary: the depth is how many sections the calling thread is inside; the lock is one word;
 * who finds it taken looks again for a moment, then is a waiter in the waiting room, which has a
 * mutex of the system's and a wake-up for all; who leaves and finds a waiter that was woken in vain
 * before hands the lock over instead of freeing it.
 *
 *   thread A   depth 2   |--- holds ---> +------+
 *   thread B   depth 0   looks           | lock |
 *   thread C   depth 0   waits ------+   +------+
 *   thread D   depth 0   waits ------+-> room: waiting 2, hungry, handed
 *
 * Invariants:
 *   I1  A thread holds the lock if and only if its depth is above 0.
 *   I2  A thread that has ever held the lock has its end watched: ending inside a section reports a
 *       fault and gives the lock back, so that no other thread waits for a thread that is gone.
 *   I3  A fork happens with the lock and the room held by the forking thread, so that the child's
 *       copy is whole; both processes go on at the depth they had before.
 *   I4  A waiter counts itself, then looks at the lock; who leaves frees the lock, then looks at
 *       the count. Between its two steps the waiter has a heavy fence and who leaves a light one,
 *       so that one of them sees the other; without a heavy fence all four steps are in one order.
 *   I5  `handed` implies that the lock is taken and that a waiter is in the room, who will have it:
 *       a thread waits twice in vain at most.
 *
 * So a section that nobody waits for costs one atomic instruction. The depth is kept per thread
 * instead of an owner: a forked child's thread has another number.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "arch/cistern_port.h"
#include "arch/cistern_threads.h"
#include "cistern/fault.h"
#include "lwip/sys.h"
#include "sys_host.h"

/* How often to look at a taken lock before waiting, on a machine with several processors. */
#define LOOKS 100

static host_once_t watch_once = HOST_ONCE_INITIALIZER;
static host_watch_t watch;
static bool has_heavy_fence;
static int looks;
static _Thread_local int depth;
static _Thread_local bool watched;

/* --- the lock --------------------------------------------------------------------------------- */

static struct {
    host_lock_t mutex;
    host_wake_t wake;
    bool hungry; /* a waiter was woken in vain */
    bool handed;
} room;

static atomic_bool taken;
static atomic_uint waiting; /* written with the room's mutex held, read without */

static void prepare_lock(void)
{
    host_lock_init(&room.mutex);
    host_wake_init(&room.wake);
    has_heavy_fence = cistern_port_fence_available();
    looks = host_is_parallel() ? LOOKS : 0;
}

static inline bool try_lock(void)
{
    bool expected = false;
    return atomic_compare_exchange_strong(&taken, &expected, true);
}

static bool look_for_lock(void)
{
    bool mine = false;
    for (int i = 0; i < looks && !mine; ++i) {
        host_relax();
        mine = !atomic_load_explicit(&taken, memory_order_relaxed) && try_lock();
    }
    return mine;
}

static void count_waiter(void)
{
    (void)atomic_fetch_add(&waiting, 1U);
    if (has_heavy_fence) {
        cistern_port_fence_heavy();
    }
}

static void wait_for_lock(void)
{
    host_lock(&room.mutex);
    count_waiter();
    while (!room.handed && !try_lock()) {
        host_doze(&room.wake, &room.mutex);
        room.hungry = true;
    }
    room.handed = false;
    room.hungry = false;
    (void)atomic_fetch_sub(&waiting, 1U);
    host_unlock(&room.mutex);
}

static inline void lock(void)
{
    if (!try_lock() && !look_for_lock()) {
        wait_for_lock();
    }
}

/* Frees the lock; true iff somebody may wait for it (I4). */
static inline bool free_and_look(void)
{
    if (!has_heavy_fence) {
        atomic_store(&taken, false);
        return atomic_load(&waiting) != 0;
    }
    atomic_store_explicit(&taken, false, memory_order_release);
    cistern_port_fence_light();
    return atomic_load_explicit(&waiting, memory_order_relaxed) != 0;
}

/* Frees the lock, or hands it over: while it is taken no waiter goes. */
static void unlock_with_waiters(void)
{
    host_lock(&room.mutex);
    room.handed = room.hungry;
    if (!room.handed) {
        atomic_store_explicit(&taken, false, memory_order_release);
    }
    host_wake(&room.wake);
    host_unlock(&room.mutex);
}

static void wake_waiter(void)
{
    host_lock(&room.mutex);
    host_wake(&room.wake);
    host_unlock(&room.mutex);
}

static inline void unlock(void)
{
    if (atomic_load_explicit(&waiting, memory_order_relaxed) != 0) {
        unlock_with_waiters();
    } else if (free_and_look()) {
        wake_waiter();
    }
}

/* --- the section ------------------------------------------------------------------------------ */

static void raise_fault(const char *owner)
{
    const cistern_fault_t fault = {.kind = CISTERN_FAULT_ARGUMENT,
                                   .object = &taken,
                                   .name = "critical section",
                                   .owner = owner};
    cistern_fault_raise(&fault);
}

/* Goes back to a lower depth. */
static void restore(int outer)
{
    depth = outer;
    if (outer == 0) {
        unlock();
    }
}

/* Runs when a watched thread ends. */
static void thread_ends(void)
{
    watched = false;
    if (depth > 0) {
        restore(0);
        raise_fault("a thread that ended inside it");
    }
}

static void before_fork(void)
{
    (void)cistern_critical_enter();
    host_lock(&room.mutex);
}

static void after_fork_in_parent(void)
{
    host_unlock(&room.mutex);
    cistern_critical_leave(depth - 1);
}

/* Who waited does not exist here. */
static void after_fork_in_child(void)
{
    host_wake_init(&room.wake);
    room.hungry = false;
    atomic_store(&waiting, 0U);
    after_fork_in_parent();
}

static void create_watch(void)
{
    prepare_lock();
    host_watch_create(&watch, thread_ends);
    host_watch_forks(before_fork, after_fork_in_parent, after_fork_in_child);
}

static void watch_thread(void)
{
    host_once(&watch_once, create_watch);
    host_watch_thread(&watch);
    watched = true;
}

cistern_critical_t cistern_critical_enter(void)
{
    if (depth == 0) {
        if (!watched) {
            watch_thread();
        }
        lock();
    }
    return depth++;
}

void cistern_critical_leave(cistern_critical_t state)
{
    const int inside = depth;
    if (state >= 0 && state < inside) {
        restore(state);
    }
    if (state != inside - 1) {
        raise_fault("a leave that does not match its enter");
    }
}

sys_prot_t sys_arch_protect(void)
{
    return cistern_critical_enter();
}

void sys_arch_unprotect(sys_prot_t pval)
{
    cistern_critical_leave(pval);
}
