/* pool_shared.h - blocks whose states threads read and write at once.
 *
 *   (I18) a block's state is FREE from the step that claims it for a put, which one put alone can
 *         do, to the get that takes it out. So a block is in one place only, and each put of the
 *         same block but one is refused, from whatever threads and at whatever moments they come
 */
#ifndef CISTERN_SRC_POOL_SHARED_H
#define CISTERN_SRC_POOL_SHARED_H

#include "pool_core.h"
#include "pool_store.h"

#if CISTERN_CHECK >= 1

static inline bool state_is_shared(const cistern_pool_t *pool, const void *block, unsigned state)
{
    const size_t index = index_of(pool, block);
    return index < pool->count && cistern_port_byte_load(&states_of(pool)[index]) == state;
}

static inline void mark_used(const cistern_pool_t *pool, const void *block)
{
    cistern_port_byte_store(&states_of(pool)[index_of(pool, block)], BLOCK_USED);
}

/* Makes a used block's state FREE; false if it is no block in use (I18). */
static inline bool claim(const cistern_pool_t *pool, const void *block)
{
    const size_t index = index_of(pool, block);
    return index < pool->count &&
           cistern_port_byte_exchange(&states_of(pool)[index], BLOCK_FREE) == BLOCK_USED;
}

#else

static inline bool state_is_shared(const cistern_pool_t *pool, const void *block, unsigned state)
{
    (void)pool;
    (void)block;
    (void)state;
    return true;
}

static inline void mark_used(const cistern_pool_t *pool, const void *block)
{
    (void)pool;
    (void)block;
}

static inline bool claim(const cistern_pool_t *pool, const void *block)
{
    (void)pool;
    return block != NULL;
}

#endif

/* --- taking out and giving back -------------------------------------------------------------- */

/* A free block is damaged: repairs it and puts it back. */
static inline void reject(cistern_pool_t *pool, void *block, cistern_fault_kind_t kind)
{
    trail_set_free(pool, block);
    trail_repair_guards(pool, block);
    (void)store_put_one(pool, block);
    (void)pool_report(pool, kind, block, pool->name);
}

/* Makes a block that came out the caller's; false if it is damaged. */
static inline bool accept(cistern_pool_t *pool, void *block, const char *file, int line)
{
    const cistern_fault_kind_t kind = trail_of_free(pool, block);
    if (kind != CISTERN_FAULT_NONE) {
        reject(pool, block, kind);
        return false;
    }
    mark_used(pool, block);
    trail_note(pool, block, CISTERN_POOL_GET, file, line);
    return true;
}

/* What is wrong with a block that is put; if nothing, makes it look free. */
static inline cistern_fault_kind_t retire_shared(cistern_pool_t *pool, void *block,
                                                 const char *file, int line)
{
    if (!claim(pool, block)) {
        return CISTERN_FAULT_DOUBLE_FREE;
    }
    const cistern_fault_kind_t kind = trail_guards(pool, block);
    if (kind != CISTERN_FAULT_NONE) {
        trail_repair_guards(pool, block);
        mark_used(pool, block);
        return kind;
    }
    trail_set_free(pool, block);
    trail_note(pool, block, CISTERN_POOL_PUT, file, line);
    return CISTERN_FAULT_NONE;
}

#endif
