/* pool_locked.c - pools behind a lock: the port's critical section, none, or a mutex of their own;
 * with a reserve, notices, and threads that wait for a block.
 *
 *   waiters --> longest waiting --> ... --> shortest waiting --> NULL
 *               block: NULL, or the block that a put handed over
 *
 * Vocabulary: a waiter is a thread inside cistern_pool_get_wait, on whose stack it lives; the
 * reserve is the number of free blocks that only a privileged get takes.
 *
 * Invariants, besides those of pool.c:
 *   (I7) while a thread waits, no more blocks are free than the reserve: a block put beyond it goes
 *        straight to the longest waiter and never becomes free
 *   (I8) a waiter is on the list iff it has no block yet
 */
#include "pool_core.h"
#include "pool_extras.h"
#include "pool_threads.h"

/* --- the lock -------------------------------------------------------------------------------- */

#if POOL_THREADS

_Static_assert(sizeof(cistern_port_mutex_t) <= CISTERN_POOL_MUTEX_BYTES, "mutex does not fit");

static inline void mutex_init(const cistern_pool_t *pool)
{
    cistern_port_mutex_init(pool->extras->work);
}

static inline void mutex_lock(const cistern_pool_t *pool)
{
    cistern_port_mutex_lock(pool->extras->work);
}

static inline void mutex_unlock(const cistern_pool_t *pool)
{
    cistern_port_mutex_unlock(pool->extras->work);
}

#elif CISTERN_POOL_EXTRAS

static inline void mutex_init(const cistern_pool_t *pool)
{
    (void)pool;
}

static inline void mutex_lock(const cistern_pool_t *pool)
{
    (void)pool;
}

static inline void mutex_unlock(const cistern_pool_t *pool)
{
    (void)pool;
}

#endif

#if CISTERN_POOL_EXTRAS

static inline bool uses_critical(const cistern_pool_t *pool)
{
    return is_plain(pool) || pool->extras->strategy == CISTERN_POOL_CRITICAL;
}

static inline bool uses_mutex(const cistern_pool_t *pool)
{
    return !is_plain(pool) && pool->extras->strategy == CISTERN_POOL_MUTEX;
}

static cistern_critical_t enter(const cistern_pool_t *pool)
{
    if (uses_critical(pool)) {
        return cistern_critical_enter();
    }
    if (uses_mutex(pool)) {
        mutex_lock(pool);
    }
    return (cistern_critical_t){0};
}

static void leave(const cistern_pool_t *pool, cistern_critical_t state)
{
    if (uses_critical(pool)) {
        cistern_critical_leave(state);
    } else if (uses_mutex(pool)) {
        mutex_unlock(pool);
    }
}

#else

static cistern_critical_t enter(const cistern_pool_t *pool)
{
    (void)pool;
    return cistern_critical_enter();
}

static void leave(const cistern_pool_t *pool, cistern_critical_t state)
{
    (void)pool;
    cistern_critical_leave(state);
}

#endif

static cistern_critical_t stop(cistern_pool_t *pool)
{
    return enter(pool);
}

static void go(cistern_pool_t *pool, cistern_critical_t state)
{
    leave(pool, state);
}

/* --- waiting --------------------------------------------------------------------------------- */

#if POOL_WAITS

typedef struct cistern_pool_waiter {
    struct cistern_pool_waiter *next;
    void *block;
    cistern_port_event_t event;
    cistern_pool_t *pool;
} waiter_t;

/* Under the lock, so that the waiter still lives. */
bool pool_hand_over(cistern_pool_t *pool, void *block)
{
    if (is_plain(pool) || pool->extras->waiters == NULL || pool->free < extras_reserve(pool)) {
        return false;
    }
    waiter_t *const waiter = pool->extras->waiters;
    pool->extras->waiters = waiter->next;
    state_set(pool, block, BLOCK_USED);
    trail_note(pool, block, CISTERN_POOL_GET, NULL, 0);
    waiter->block = block;
    cistern_port_event_set(&waiter->event);
    return true;
}

/* The link that leads to a waiter, or the last one. Bound: the number of waiting threads. */
static waiter_t **link_to(cistern_pool_t *pool, const waiter_t *waiter)
{
    waiter_t **link = &pool->extras->waiters;
    while (*link != NULL && *link != waiter) {
        link = &(*link)->next;
    }
    return link;
}

/* Ends a wait; afterwards nobody knows of the waiter. */
static void leave_line(waiter_t *self)
{
    cistern_pool_t *const pool = self->pool;
    const cistern_critical_t state = strategy_of(pool)->stop(pool);
    if (self->block == NULL) {
        *link_to(pool, self) = self->next;
        count_failure(pool);
    }
    strategy_of(pool)->go(pool, state);
    cistern_port_event_destroy(&self->event);
}

/* The thread that waits is cancelled: a block that was handed over meanwhile is for the next. */
static void cancelled(void *waiter)
{
    waiter_t *const self = waiter;
    leave_line(self);
    if (self->block != NULL) {
        (void)cistern_pool_put(self->pool, self->block);
    }
}

/* Waits in line; the block handed over, or NULL. Enters with the pool stopped and leaves it. */
static void *wait_in_line(cistern_pool_t *pool, cistern_critical_t state, uint32_t milliseconds)
{
    waiter_t self = {.next = NULL, .block = NULL, .pool = pool};
    cistern_port_event_init(&self.event);
    *link_to(pool, &self) = &self;
    strategy_of(pool)->go(pool, state);
    cistern_port_event_wait(&self.event, milliseconds, cancelled, &self);
    leave_line(&self);
    return self.block;
}

static bool can_wait(const cistern_pool_t *pool)
{
    return pool != NULL && !is_plain(pool) && strategy_of(pool) != &strategy_lock_free &&
           pool->extras->strategy != CISTERN_POOL_UNLOCKED;
}

cistern_error_t cistern_pool_get_wait(cistern_pool_t *pool, uint32_t milliseconds, void **block)
{
    if (block == NULL || !can_wait(pool)) {
        return CISTERN_ERROR_ARGUMENT;
    }
    do { /* once more iff another thread took the free block in between, or it was damaged */
        const cistern_critical_t state = strategy_of(pool)->stop(pool);
        if (milliseconds > 0 && pool->free <= extras_reserve(pool)) {
            *block = wait_in_line(pool, state, milliseconds);
            break;
        }
        strategy_of(pool)->go(pool, state);
        *block = cistern_pool_get(pool);
    } while (*block == NULL && milliseconds > 0);
    return (*block != NULL) ? CISTERN_OK : CISTERN_ERROR_TIMEOUT;
}

#else

bool pool_hand_over(cistern_pool_t *pool, void *block)
{
    (void)pool;
    (void)block;
    return false;
}

#    if CISTERN_POOL_EXTRAS
cistern_error_t cistern_pool_get_wait(cistern_pool_t *pool, uint32_t milliseconds, void **block)
{
    (void)pool;
    (void)milliseconds;
    (void)block;
    return CISTERN_ERROR_ARGUMENT;
}
#    endif

#endif

/* --- get and put ----------------------------------------------------------------------------- */

static size_t get_many(cistern_pool_t *pool, void **blocks, size_t wanted, bool privileged,
                       const char *file, int line)
{
    trouble_t trouble = {CISTERN_FAULT_NONE, NULL};
    size_t got = 0;
    const cistern_critical_t state = enter(pool);
    const size_t kept = privileged ? 0 : extras_reserve(pool);
    const size_t before = pool->free;
    void *block = NULL;
    while (got < wanted && pool->free > kept && (block = take(pool, &trouble)) != NULL) {
        trail_note(pool, block, CISTERN_POOL_GET, file, line);
        blocks[got++] = block;
    }
    if (got < wanted && trouble.kind == CISTERN_FAULT_NONE) {
        count_failure(pool);
    }
    const size_t now = pool->free;
    leave(pool, state);
    (void)get_ended(pool, block, &trouble);
    extras_announce_fall(pool, before, now);
    return got;
}

static void *get(cistern_pool_t *pool, const char *file, int line)
{
    void *block = NULL;
    (void)get_many(pool, &block, 1, false, file, line);
    return block;
}

/* Gives one block back under the lock; *was_empty becomes true if the pool had none before. */
static cistern_fault_kind_t give(cistern_pool_t *pool, void *block, bool *was_empty,
                                 const char *file, int line)
{
    const cistern_fault_kind_t kind = retire(pool, block);
    if (kind == CISTERN_FAULT_NONE) {
        trail_note(pool, block, CISTERN_POOL_PUT, file, line);
        if (!pool_hand_over(pool, block)) {
            *was_empty |= pool->free == 0;
            push(pool, block);
        }
    }
    return kind;
}

static cistern_error_t put(cistern_pool_t *pool, void *block, bool *was_empty, const char *file,
                           int line)
{
    bool had_none = false;
    const cistern_critical_t state = enter(pool);
    const cistern_fault_kind_t kind = give(pool, block, &had_none, file, line);
    leave(pool, state);
    if (kind != CISTERN_FAULT_NONE) {
        return put_refused(pool, block, kind);
    }
    if (had_none) {
        extras_announce_available(pool, was_empty);
    }
    return CISTERN_OK;
}

/* Under one lock. */
static size_t put_run(cistern_pool_t *pool, void *const *blocks, size_t count, const char *file,
                      int line)
{
    cistern_fault_kind_t kind = CISTERN_FAULT_NONE;
    bool was_empty = false;
    size_t given = 0;
    const cistern_critical_t state = enter(pool);
    while (given < count && blocks[given] != NULL &&
           (kind = give(pool, blocks[given], &was_empty, file, line)) == CISTERN_FAULT_NONE) {
        ++given;
    }
    leave(pool, state);
    if (was_empty) {
        extras_announce_available(pool, NULL);
    }
    if (kind != CISTERN_FAULT_NONE) {
        (void)put_refused(pool, blocks[given], kind);
    }
    return given;
}

static bool uses(const cistern_pool_t *pool, const void *block)
{
    return state_is(pool, block, BLOCK_USED);
}

static bool uses_now(const cistern_pool_t *pool, const void *block)
{
    const cistern_critical_t state = enter(pool);
    const bool used = uses(pool, block);
    leave(pool, state);
    return used;
}

static void reset_low_water(cistern_pool_t *pool)
{
    pool->min_free = pool->free;
}

/* --- life ------------------------------------------------------------------------------------ */

#if CISTERN_POOL_EXTRAS

static bool fits(const cistern_pool_extras_t *extras, size_t count)
{
    (void)count;
    return extras->strategy != CISTERN_POOL_MUTEX ||
           (POOL_THREADS && extras->work != NULL && extras->work_bytes >= CISTERN_POOL_MUTEX_BYTES);
}

static void prepare(cistern_pool_t *pool)
{
    if (uses_mutex(pool)) {
        mutex_init(pool);
    }
    pool_watch_forks();
}

static void fill(cistern_pool_t *pool)
{
    while (!is_plain(pool) && pool->extras->waiters != NULL &&
           pool->free > extras_reserve(pool)) {
        (void)pool_hand_over(pool, pop(pool));
    }
}

void *cistern_pool_get_privileged(cistern_pool_t *pool)
{
    void *block = NULL;
    if (pool != NULL) {
        (void)strategy_of(pool)->get_many(pool, &block, 1, true, NULL, 0);
    }
    return block;
}

#else

static bool fits(const struct cistern_pool_extras *extras, size_t count)
{
    (void)extras;
    (void)count;
    return true;
}

static void prepare(cistern_pool_t *pool)
{
    (void)pool;
}

static void fill(cistern_pool_t *pool)
{
    (void)pool;
}

#endif

const strategy_t strategy_locked = {
    .fits = fits,
    .prepare = prepare,
    .fill = fill,
    .get = get,
    .get_many = get_many,
    .put = put,
    .put_run = put_run,
    .stop = stop,
    .go = go,
    .uses = uses,
    .uses_now = uses_now,
    .is_sound = pool_list_is_sound,
    .reset_low_water = reset_low_water,
};
