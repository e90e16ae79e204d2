/* pool_plain.h - get and put as inline functions, for the engine's own calls and for a face that
 * keeps numbers beside the pool's: those are written in the same critical section.
 *
 *   get --+-- plain, and nothing to be said against the first free block --> here, inline
 *         +-- empty, or something is damaged -----------------------------> pool_get_hard
 *         +-- a pool with extras -----------------------------------------> pool_get_shared
 *
 * What is constant in a call, such as that nobody is told, costs nothing once inlined.
 */
#ifndef CISTERN_SRC_POOL_PLAIN_H
#define CISTERN_SRC_POOL_PLAIN_H

#include "pool_core.h"
#include "pool_extras.h"

typedef enum pool_outcome { POOL_GOT, POOL_GOT_NONE, POOL_TAKEN_BACK, POOL_REFUSED } pool_outcome_t;

/* Told of each get and put once the pool's numbers are right, inside the critical section, with
 * what was given to the call. NULL: nobody is told. */
typedef void pool_note_t(const cistern_pool_t *pool, const void *about, pool_outcome_t outcome);

static inline void tell(const cistern_pool_t *pool, pool_note_t *note, const void *about,
                        pool_outcome_t outcome)
{
    if (note != NULL) {
        note(pool, about, outcome);
    }
}

/* The rare ends of get and put: entered with the critical section held, they leave it. The short
 * forms are for calls of which nobody is told, and whose place is not remembered: arguments are
 * code in each of them. */
void *pool_get_hard(cistern_pool_t *pool, cistern_critical_t state);
void *pool_get_hard_told(cistern_pool_t *pool, cistern_critical_t state, const char *file, int line,
                         pool_note_t *note, const void *about);
cistern_error_t pool_put_hard(const cistern_pool_t *pool, cistern_critical_t state,
                              const void *block);
cistern_error_t pool_put_hard_told(const cistern_pool_t *pool, cistern_critical_t state,
                                   const void *block, cistern_fault_kind_t kind, pool_note_t *note,
                                   const void *about);

/* A pool with extras. */
void *pool_get_shared(cistern_pool_t *pool, const char *file, int line, pool_note_t *note,
                      const void *about);
cistern_error_t pool_put_shared(cistern_pool_t *pool, void *block, bool *was_empty,
                                const char *file, int line, pool_note_t *note, const void *about);

/* Whether a pool was given: at level 0 that is the caller's business. */
static inline bool is_given(const cistern_pool_t *pool)
{
    return CISTERN_CHECK == 0 || pool != NULL;
}

/* The end of a get that found no block to be taken at once. */
static inline void *get_ends(cistern_pool_t *pool, cistern_critical_t state, const char *file,
                             int line, pool_note_t *note, const void *about)
{
    if (CISTERN_CHECK == 0) { /* then the pool is empty */
        count_failure(pool);
        tell(pool, note, about, POOL_GOT_NONE);
        cistern_critical_leave(state);
        return NULL;
    }
    return (note == NULL && CISTERN_CHECK <= 2)
               ? pool_get_hard(pool, state)
               : pool_get_hard_told(pool, state, file, line, note, about);
}

/* The end of a put that is refused. */
static inline cistern_error_t put_ends(const cistern_pool_t *pool, cistern_critical_t state,
                                       const void *block, cistern_fault_kind_t kind,
                                       pool_note_t *note, const void *about)
{
    return (note == NULL && CISTERN_CHECK <= 1)
               ? pool_put_hard(pool, state, block)
               : pool_put_hard_told(pool, state, block, kind, note, about);
}

/* Takes a block of a pool that is not NULL. */
static inline void *pool_get(cistern_pool_t *pool, const char *file, int line, pool_note_t *note,
                             const void *about)
{
    if (!is_plain(pool)) {
        return (note == NULL) ? strategy_of(pool)->get(pool, file, line)
                              : pool_get_shared(pool, file, line, note, about);
    }
    const cistern_critical_t state = cistern_critical_enter();
    void *const block = pop(pool);
    if (block == NULL) {
        return get_ends(pool, state, file, line, note, about);
    }
    trail_note(pool, block, CISTERN_POOL_GET, file, line);
    tell(pool, note, about, POOL_GOT);
    cistern_critical_leave(state);
    return block;
}

/* Gives a block back to a pool that is not NULL. Where was_empty is not NULL, it tells whether none
 * was free before, and is written only if the block is accepted. */
static inline cistern_error_t pool_put(cistern_pool_t *pool, void *block, bool *was_empty,
                                       const char *file, int line, pool_note_t *note,
                                       const void *about)
{
    if (!is_plain(pool)) {
        return (note == NULL && was_empty == NULL)
                   ? strategy_of(pool)->put(pool, block, NULL, file, line)
                   : pool_put_shared(pool, block, was_empty, file, line, note, about);
    }
    const cistern_critical_t state = cistern_critical_enter();
    const cistern_fault_kind_t kind = retire(pool, block);
    if (kind != CISTERN_FAULT_NONE) {
        return put_ends(pool, state, block, kind, note, about);
    }
    if (was_empty != NULL) {
        *was_empty = pool->free == 0;
    }
    trail_note(pool, block, CISTERN_POOL_PUT, file, line);
    push(pool, block);
    tell(pool, note, about, POOL_TAKEN_BACK);
    cistern_critical_leave(state);
    return CISTERN_OK;
}

#endif
