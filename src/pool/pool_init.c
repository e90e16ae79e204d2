/* pool_init.c - makes pools. The invariants (I1) to (I6) are stated in pool.c. */
#include "pool_core.h"
#include "pool_extras.h"
#include "registry.h"

/* --- geometry -------------------------------------------------------------------------------- */

static bool is_power_of_two(size_t value)
{
    return value != 0 && (value & (value - 1U)) == 0;
}

/* How often 2 divides a number that is not 0. */
static uint8_t shift_of(size_t number)
{
    uint8_t shift = 0;
    while ((number >> shift & 1U) == 0) {
        ++shift;
    }
    return shift;
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
    if (!pool_is_aligned((uintptr_t)config->memory, alignment)) {
        return CISTERN_ERROR_ALIGNMENT;
    }
    return check_geometry(config, alignment);
}

/* --- life ------------------------------------------------------------------------------------ */

void pool_free_every_block(cistern_pool_t *pool)
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
    extras_fill(pool);
}

static void forget_trails(const cistern_pool_t *pool)
{
    for (size_t i = 0; i < pool->count; ++i) {
        trail_forget(pool, block_at(pool, i));
    }
}

/* Copies what the user asked for into a pool and derives the rest. */
static void describe(cistern_pool_t *pool, const cistern_pool_config_t *config, size_t alignment)
{
    cistern_pool_t *const next = cistern_pool_is_registered(pool) ? pool->next : NULL;
    *pool = (cistern_pool_t){
        .size = config->size,
        .count = config->count,
        .flags = config->flags,
        .stride_shift = shift_of(CISTERN_POOL_STRIDE(config->size, alignment)),
        .base = (uintptr_t)config->memory,
        .next = next,
        .name = config->name,
    };
    extras_attach(pool, config);
    checks_init(pool);
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
    pool_free_every_block(pool);
    cistern_pool_register(pool);
    cistern_critical_leave(state);
    return CISTERN_OK;
}

cistern_error_t cistern_pool_clear(cistern_pool_t *pool)
{
    if (pool == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const strategy_t *const strategy = strategy_of(pool);
    const cistern_critical_t state = strategy->stop(pool);
    const bool was_empty = pool->free == 0;
    pool_free_every_block(pool);
    const bool is_available = was_empty && pool->free > 0;
    strategy->go(pool, state);
    if (is_available) {
        extras_announce_available(pool, NULL);
    }
    return CISTERN_OK;
}

cistern_error_t cistern_pool_enlist(cistern_pool_t *pool)
{
    if (pool == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const cistern_critical_t state = cistern_critical_enter();
    if (CISTERN_CHECK >= 2 && !cistern_pool_is_registered(pool)) {
        forget_trails(pool);
        pool_free_every_block(pool);
    }
    cistern_pool_register(pool);
    cistern_critical_leave(state);
    return CISTERN_OK;
}
