/* pool.c - the pool engine.
 *
 *   cistern_pool_t
 *   base -------> +---------+ stride +---------+     +-----------+---------------+
 *                 | block 0 |        | block 1 | ... | block n-1 | state bytes   |
 *                 +---------+        +---------+     +-----------+---------------+
 *   free_list --> the block freed last --> ... --> the block freed first --> NULL
 *
 * Vocabulary: a block is free (on the free list) or used (its caller's); a link is the pointer in
 * the first word of a free block; a state is a used block's or a free block's byte behind the last
 * block.
 *
 * Invariants, outside the critical section:
 *   (I1) free blocks, and no others, are on the free list, each once; the last link is NULL
 *   (I2) free is the length of the free list; min_free <= free <= count
 *   (I3) the state of a free block is BLOCK_FREE, of a used one BLOCK_USED (level 1 and up)
 *   (I4) block i starts at base + i * stride; stride is a multiple of the alignment and has room
 *        for a link
 *   (I5) stride = odd << stride_shift and odd * inverse = 1 modulo the word size. So
 *        i = rotate_right((address - base) * inverse, stride_shift) maps words one to one, and
 *        exactly the starts of blocks to 0 .. count-1: one comparison tells a block of this pool
 *        from every other address (level 1 and up)
 *   (I6) the states are authoritative: a damaged free list is built anew from them
 *
 * This file makes pools and serves those that have no extras; pool_extras.h shows where the others
 * go. The check ladder is in pool_check.h and pool_trail.h.
 */
#include "cistern/pool.h"

#include "pool_core.h"
#include "pool_extras.h"
#include "registry.h"

/* Functions are defined here whatever macros of the same names do at level 3. */
#undef cistern_pool_get
#undef cistern_pool_put

/* --- the free list --------------------------------------------------------------------------- */

void pool_rebuild(cistern_pool_t *pool)
{
    pool->free_list = NULL;
    pool->free = 0;
    for (size_t i = pool->count; i > 0; --i) {
        void *const block = block_at(pool, i - 1);
        if (state_is(pool, block, BLOCK_FREE)) {
            push(pool, block);
        }
    }
}

/* Makes every block free, so that lower addresses are handed out first. */
static void free_every_block(cistern_pool_t *pool)
{
    pool->free_list = NULL;
    pool->free = 0;
    for (size_t i = pool->count; i > 0; --i) {
        void *const block = block_at(pool, i - 1);
        state_set(pool, block, BLOCK_FREE);
        trail_set_free(pool, block);
        trail_repair_guards(pool, block);
        push(pool, block);
    }
    pool->min_free = pool->free;
    extras_start(pool);
}

/* --- faults ---------------------------------------------------------------------------------- */

cistern_error_t pool_report(const cistern_pool_t *pool, cistern_fault_kind_t kind,
                            const void *address, const char *owner)
{
    cistern_fault_t fault = {
        .kind = kind,
        .object = pool,
        .address = address,
        .name = pool->name,
        .owner = owner,
    };
    if (cistern_pool_owns(pool, address)) {
        const cistern_pool_event_t last = trail_event(pool, address, 0);
        fault.file = last.file;
        fault.line = last.line;
    }
    cistern_fault_raise(&fault);
    return CISTERN_ERROR_FAULT;
}

static bool is_inside(const cistern_pool_t *pool, const void *address)
{
    return (uintptr_t)address - pool->base < pool->count * cistern_pool_stride(pool);
}

static bool is_aligned(uintptr_t address, unsigned alignment_log2)
{
    return (address & (((uintptr_t)1 << alignment_log2) - 1U)) == 0;
}

cistern_error_t pool_refuse(const cistern_pool_t *pool, const void *address)
{
    if (cistern_pool_owns(pool, address)) {
        return pool_report(pool, CISTERN_FAULT_DOUBLE_FREE, address, pool->name);
    }
    if (is_inside(pool, address)) {
        const bool aligned = is_aligned((uintptr_t)address, pool->alignment_log2);
        return pool_report(pool, aligned ? CISTERN_FAULT_INTERIOR_FREE : CISTERN_FAULT_MISALIGNED,
                           address, pool->name);
    }
    const cistern_pool_t *const other = cistern_pool_find(address);
    if (other != NULL) {
        return pool_report(pool, CISTERN_FAULT_WRONG_POOL, address, other->name);
    }
    return pool_report(pool, CISTERN_FAULT_FOREIGN_FREE, address, NULL);
}

/* --- life ------------------------------------------------------------------------------------ */

static bool is_power_of_two(size_t value)
{
    return value != 0 && (value & (value - 1U)) == 0;
}

static uint8_t log2_of(size_t power_of_two)
{
    uint8_t log2 = 0;
    while ((power_of_two >> log2) > 1U) {
        ++log2;
    }
    return log2;
}

/* True iff count blocks with their states end within `bytes`. Multiplies by shifting and adding, so
 * that a product that does not fit is seen and no division routine is linked. Bound: the width of a
 * word. */
static bool geometry_fits(size_t count, size_t stride, size_t bytes)
{
    size_t part = stride + CISTERN_POOL_STATE_BYTES(1);
    bool fits = part >= stride;
    while (fits && count > 0) {
        if ((count & 1U) != 0) {
            fits = part <= bytes;
            bytes -= part;
        }
        count >>= 1;
        fits = fits && (count == 0 || part <= SIZE_MAX / 2U);
        part <<= 1;
    }
    return fits;
}

static cistern_error_t check_geometry(const cistern_pool_config_t *config, size_t alignment)
{
    const size_t to_the_end = (size_t)(UINTPTR_MAX - (uintptr_t)config->memory);
    const size_t bytes = (config->bytes == 0) ? to_the_end : config->bytes;
    const size_t stride = CISTERN_POOL_STRIDE(config->size, alignment);
    if (stride < config->size || bytes > to_the_end) {
        return CISTERN_ERROR_SIZE;
    }
    return geometry_fits(config->count, stride, bytes) ? CISTERN_OK : CISTERN_ERROR_SIZE;
}

static cistern_error_t check_config(const cistern_pool_config_t *config, size_t alignment)
{
    if (config->size == 0 || (config->memory == NULL && config->count > 0)) {
        return CISTERN_ERROR_ARGUMENT;
    }
    if (config->alignment != 0 && !is_power_of_two(config->alignment)) {
        return CISTERN_ERROR_ARGUMENT;
    }
    if (!extras_fit(config)) {
        return CISTERN_ERROR_ARGUMENT;
    }
    if (!is_aligned((uintptr_t)config->memory, log2_of(alignment))) {
        return CISTERN_ERROR_ALIGNMENT;
    }
    return check_geometry(config, alignment);
}

/* Copies what the user asked for into a pool and derives the rest. */
static void describe(cistern_pool_t *pool, const cistern_pool_config_t *config, size_t alignment)
{
    cistern_pool_t *const next = cistern_pool_is_registered(pool) ? pool->next : NULL;
    *pool = (cistern_pool_t){
        .size = config->size,
        .count = config->count,
        .flags = config->flags,
        .alignment_log2 = log2_of(alignment),
        .base = (uintptr_t)config->memory,
        .next = next,
        .name = config->name,
    };
    extras_attach(pool, config);
    checks_init(pool, cistern_pool_stride(pool));
}

static void forget_trails(const cistern_pool_t *pool)
{
    for (size_t i = 0; i < pool->count; ++i) {
        trail_forget(pool, block_at(pool, i));
    }
}

cistern_error_t cistern_pool_init(cistern_pool_t *pool, const cistern_pool_config_t *config)
{
    if (pool == NULL || config == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const size_t alignment = CISTERN_POOL_ALIGNMENT(config->alignment);
    const cistern_error_t error = check_config(config, alignment);
    if (error != CISTERN_OK) {
        return error;
    }
    const cistern_critical_t state = cistern_critical_enter();
    describe(pool, config, alignment);
    forget_trails(pool);
    free_every_block(pool);
    cistern_pool_register(pool);
    cistern_critical_leave(state);
    return CISTERN_OK;
}

cistern_error_t cistern_pool_clear(cistern_pool_t *pool)
{
    if (pool == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const cistern_critical_t state = cistern_critical_enter();
    const size_t failures = pool->failures;
    free_every_block(pool);
    pool->failures = failures;
    cistern_critical_leave(state);
    return CISTERN_OK;
}

/* --- use ------------------------------------------------------------------------------------- */

void *cistern_pool_get_at(cistern_pool_t *pool, const char *file, int line)
{
    void *block = NULL;
    trouble_t trouble = {CISTERN_FAULT_NONE, NULL};
    if (pool == NULL) {
        return NULL;
    }
    if (!is_plain(pool)) {
        return strategy_of(pool)->get(pool, file, line);
    }
    const cistern_critical_t state = cistern_critical_enter();
    block = take(pool, &trouble);
    if (block != NULL) {
        trail_note(pool, block, CISTERN_POOL_GET, file, line);
    }
    cistern_critical_leave(state);
    return get_ended(pool, block, &trouble);
}

void *cistern_pool_get(cistern_pool_t *pool)
{
    return cistern_pool_get_at(pool, NULL, 0);
}

/* Gives a block back to a pool without extras. */
static inline cistern_error_t put_plain(cistern_pool_t *pool, void *block, bool *was_empty,
                                        const char *file, int line)
{
    const cistern_critical_t state = cistern_critical_enter();
    const cistern_fault_kind_t kind = retire(pool, block);
    if (kind != CISTERN_FAULT_NONE) {
        cistern_critical_leave(state);
        return put_refused(pool, block, kind);
    }
    *was_empty = pool->free == 0;
    trail_note(pool, block, CISTERN_POOL_PUT, file, line);
    push(pool, block);
    cistern_critical_leave(state);
    return CISTERN_OK;
}

static inline cistern_error_t put(cistern_pool_t *pool, void *block, bool *was_empty,
                                  const char *file, int line)
{
    if (pool == NULL || block == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    return is_plain(pool) ? put_plain(pool, block, was_empty, file, line)
                          : strategy_of(pool)->put(pool, block, was_empty, file, line);
}

cistern_error_t cistern_pool_put_noting(cistern_pool_t *pool, void *block, bool *was_empty)
{
    return put(pool, block, was_empty, NULL, 0);
}

cistern_error_t cistern_pool_put_at(cistern_pool_t *pool, void *block, const char *file, int line)
{
    bool was_empty;
    return put(pool, block, &was_empty, file, line);
}

cistern_error_t cistern_pool_put(cistern_pool_t *pool, void *block)
{
    bool was_empty;
    return put(pool, block, &was_empty, NULL, 0);
}

size_t cistern_pool_get_bulk(cistern_pool_t *pool, void **blocks, size_t wanted)
{
    if (pool == NULL || blocks == NULL) {
        return 0;
    }
    return strategy_of(pool)->get_many(pool, blocks, wanted, false, NULL, 0);
}

size_t cistern_pool_put_bulk(cistern_pool_t *pool, void *const *blocks, size_t count)
{
    if (pool == NULL || blocks == NULL) {
        return 0;
    }
    return strategy_of(pool)->put_many(pool, blocks, count, NULL, 0);
}

cistern_error_t cistern_pool_verify(const cistern_pool_t *pool, const void *block)
{
    if (pool == NULL || block == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    return strategy_of(pool)->uses_now(pool, block) ? CISTERN_OK : pool_refuse(pool, block);
}
