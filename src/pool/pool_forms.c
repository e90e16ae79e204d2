/* pool_forms.c - get and put in other forms than those of pool.c. */
#include "pool_plain.h"

void *cistern_pool_get_at(cistern_pool_t *pool, const char *file, int line)
{
    return is_given(pool) ? pool_get(pool, file, line, NULL, NULL) : NULL;
}

cistern_error_t cistern_pool_put_at(cistern_pool_t *pool, void *block, const char *file, int line)
{
    return is_given(pool) ? pool_put(pool, block, NULL, file, line, NULL, NULL)
                          : CISTERN_ERROR_ARGUMENT;
}

cistern_error_t cistern_pool_put_noting(cistern_pool_t *pool, void *block, bool *was_empty)
{
    return is_given(pool) ? pool_put(pool, block, was_empty, NULL, 0, NULL, NULL)
                          : CISTERN_ERROR_ARGUMENT;
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
    const strategy_t *const strategy = strategy_of(pool);
    size_t accepted = 0;
    for (size_t i = 0; i < count; ++i) { /* i is past the one that was refused */
        const size_t run = strategy->put_run(pool, &blocks[i], count - i, NULL, 0);
        accepted += run;
        i += run;
    }
    return accepted;
}

cistern_error_t cistern_pool_verify(const cistern_pool_t *pool, const void *block)
{
    if (pool == NULL || block == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    return strategy_of(pool)->uses_now(pool, block) ? CISTERN_OK : pool_refuse(pool, block);
}
