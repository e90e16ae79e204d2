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
 */
#include "cistern/pool.h"

#include "cistern/critical.h"
#include "cistern/fault.h"
#include "pool_check.h"
#include "registry.h"

/* --- blocks ------------------------------------------------------------------------------------
 */

static void *block_at(const cistern_pool_t *pool, size_t index)
{
    return (void *)(pool->base + index * cistern_pool_stride(pool));
}

static void push(cistern_pool_t *pool, void *address)
{
    cistern_block_t *const block = address;
    block->next = pool->free_list;
    pool->free_list = block;
    ++pool->free;
}

/* Frees every block for which `which` holds, so that lower addresses are handed out first. */
static void build_free_list(cistern_pool_t *pool,
                            bool (*which)(const cistern_pool_t *, const void *))
{
    pool->free_list = NULL;
    pool->free = 0;
    for (size_t i = pool->count; i > 0; --i) {
        void *const block = block_at(pool, i - 1);
        if (which(pool, block)) {
            state_set(pool, block, BLOCK_FREE);
            push(pool, block);
        }
    }
}

static bool every_block(const cistern_pool_t *pool, const void *block)
{
    (void)pool;
    (void)block;
    return true;
}

static bool free_block(const cistern_pool_t *pool, const void *block)
{
    return state_is(pool, block, BLOCK_FREE);
}

/* --- faults ------------------------------------------------------------------------------------
 */

static cistern_error_t report(const cistern_pool_t *pool, cistern_fault_kind_t kind,
                              const void *address, const char *owner)
{
    const cistern_fault_t fault = {
        .kind = kind,
        .object = pool,
        .address = address,
        .name = pool->name,
        .owner = owner,
    };
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

/* Says what is wrong with an address that is not a used block of the pool. */
static cistern_error_t refuse(const cistern_pool_t *pool, const void *address)
{
    if (cistern_pool_owns(pool, address)) {
        return report(pool, CISTERN_FAULT_DOUBLE_FREE, address, pool->name);
    }
    if (is_inside(pool, address)) {
        const bool aligned = is_aligned((uintptr_t)address, pool->alignment_log2);
        return report(pool, aligned ? CISTERN_FAULT_INTERIOR_FREE : CISTERN_FAULT_MISALIGNED,
                      address, pool->name);
    }
    const cistern_pool_t *const other = cistern_pool_find(address);
    if (other != NULL) {
        return report(pool, CISTERN_FAULT_WRONG_POOL, address, other->name);
    }
    return report(pool, CISTERN_FAULT_FOREIGN_FREE, address, NULL);
}

/* --- life --------------------------------------------------------------------------------------
 */

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
    if (!is_aligned((uintptr_t)config->memory, log2_of(alignment))) {
        return CISTERN_ERROR_ALIGNMENT;
    }
    return check_geometry(config, alignment);
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
    checks_init(pool, cistern_pool_stride(pool));
    build_free_list(pool, every_block);
    pool->min_free = pool->free;
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
    build_free_list(pool, every_block);
    pool->min_free = pool->free;
    cistern_critical_leave(state);
    return CISTERN_OK;
}

/* --- use ---------------------------------------------------------------------------------------
 */

/* Takes the first free block; *damaged is set to it when its link cannot be followed, and the list
 * is built anew (I6). */
static cistern_block_t *take(cistern_pool_t *pool, const cistern_block_t **damaged)
{
    cistern_block_t *const block = pool->free_list;
    if (block == NULL) {
        pool->failures += (pool->failures < SIZE_MAX) ? 1U : 0U;
        return NULL;
    }
    state_set(pool, block, BLOCK_USED);
    if (!link_is_sound(pool, block->next)) {
        state_set(pool, block, BLOCK_FREE);
        build_free_list(pool, free_block);
        *damaged = block;
        return NULL;
    }
    pool->free_list = block->next;
    --pool->free;
    if (pool->free < pool->min_free) {
        pool->min_free = pool->free;
    }
    return block;
}

void *cistern_pool_get(cistern_pool_t *pool)
{
    if (pool == NULL) {
        return NULL;
    }
    const cistern_block_t *damaged = NULL;
    const cistern_critical_t state = cistern_critical_enter();
    cistern_block_t *const block = take(pool, &damaged);
    cistern_critical_leave(state);
    if (damaged != NULL) {
        (void)report(pool, CISTERN_FAULT_LINK, damaged, pool->name);
    }
    return block;
}

cistern_error_t cistern_pool_put_noting(cistern_pool_t *pool, void *block, bool *was_empty)
{
    if (pool == NULL || block == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const cistern_critical_t state = cistern_critical_enter();
    if (!state_is(pool, block, BLOCK_USED)) {
        cistern_critical_leave(state);
        return refuse(pool, block);
    }
    *was_empty = pool->free == 0;
    state_set(pool, block, BLOCK_FREE);
    push(pool, block);
    cistern_critical_leave(state);
    return CISTERN_OK;
}

cistern_error_t cistern_pool_put(cistern_pool_t *pool, void *block)
{
    bool was_empty;
    return cistern_pool_put_noting(pool, block, &was_empty);
}

cistern_error_t cistern_pool_verify(const cistern_pool_t *pool, const void *block)
{
    if (pool == NULL || block == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const cistern_critical_t state = cistern_critical_enter();
    const bool used = state_is(pool, block, BLOCK_USED);
    cistern_critical_leave(state);
    return used ? CISTERN_OK : refuse(pool, block);
}

/* --- looking -----------------------------------------------------------------------------------
 */

size_t cistern_pool_stride(const cistern_pool_t *pool)
{
    return CISTERN_POOL_STRIDE(pool->size, (size_t)1 << pool->alignment_log2);
}

bool cistern_pool_owns(const cistern_pool_t *pool, const void *address)
{
    return pool != NULL && address != NULL && index_of(pool, address) < pool->count;
}

void cistern_pool_stats(const cistern_pool_t *pool, cistern_pool_stats_t *stats)
{
    const cistern_critical_t state = cistern_critical_enter();
    stats->name = pool->name;
    stats->size = pool->size;
    stats->stride = cistern_pool_stride(pool);
    stats->count = pool->count;
    stats->free = pool->free;
    stats->min_free = pool->min_free;
    stats->failures = pool->failures;
    cistern_critical_leave(state);
}

void cistern_pool_reset_low_water(cistern_pool_t *pool)
{
    const cistern_critical_t state = cistern_critical_enter();
    pool->min_free = pool->free;
    cistern_critical_leave(state);
}

/* (I1), (I3): follows the free list for at most `free` links, each only after it was verified. */
static bool free_list_is_sound(const cistern_pool_t *pool)
{
    const cistern_block_t *block = pool->free_list;
    for (size_t left = pool->free; left > 0; --left) {
        if (!cistern_pool_owns(pool, block) || !state_is(pool, block, BLOCK_FREE)) {
            return false;
        }
        block = block->next;
    }
    return block == NULL;
}

/* (I2), (I3): every state is one of the two, and as many say free as there are free blocks. */
static bool states_are_sound(const cistern_pool_t *pool)
{
    size_t free_states = 0;
    for (size_t i = 0; i < pool->count; ++i) {
        const void *const block = block_at(pool, i);
        const bool is_free = state_is(pool, block, BLOCK_FREE);
        if (!is_free && !state_is(pool, block, BLOCK_USED)) {
            return false;
        }
        free_states += is_free ? 1U : 0U;
    }
    return free_states == pool->free || CISTERN_CHECK == 0;
}

bool cistern_pool_check(const cistern_pool_t *pool)
{
    if (pool == NULL) {
        return false;
    }
    const cistern_critical_t state = cistern_critical_enter();
    const bool sound = pool->min_free <= pool->free && pool->free <= pool->count &&
                       free_list_is_sound(pool) && states_are_sound(pool);
    cistern_critical_leave(state);
    return sound;
}
