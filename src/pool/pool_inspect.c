/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_inspect.c - the list of all pools, and what can be read of a pool: numbers, blocks in use,
 * history, and the check of every invariant. Vocabulary and invariants (I1) to (I7) are in pool.c.
 *
 *   first --> pool --> pool --> NULL
 *   last -----------------^ its `next`; &first when there is no pool, NULL before the first one
 *
 * (I8) following `next` from first reaches each registered pool once and ends at NULL; last is the
 *      address of the link that holds that NULL
 */
#include "pool_guard.h"

/* --- registry --------------------------------------------------------------------------------- */

#define POOL_REGISTRY CISTERN_POOL_REGISTRY

/* Laid out as a STAILQ_HEAD, which is what Mynewt clients take it for. */
struct pool_registry {
    cistern_pool_t *first;
    cistern_pool_t **last; /* where the next pool's address goes */
};

extern struct pool_registry POOL_REGISTRY;
struct pool_registry POOL_REGISTRY;

/* The link that leads to a pool, or the last one. Bound: the number of pools. */
static cistern_pool_t **pool_link_to(const cistern_pool_t *pool)
{
    cistern_pool_t **link = &POOL_REGISTRY.first;
    while (*link != NULL && *link != pool) {
        link = &(*link)->next;
    }
    return link;
}

bool pool_is_registered(const cistern_pool_t *pool)
{
    return *pool_link_to(pool) != NULL;
}

void pool_register(cistern_pool_t *pool)
{
    cistern_pool_t **const link = pool_link_to(pool);
    if (*link == NULL) {
        pool->next = NULL;
        *link = pool;
        POOL_REGISTRY.last = &pool->next;
    }
    CISTERN_ASSERT(pool_is_registered(pool)); /* (I8) */
}

bool cistern_pool_is_registered(const cistern_pool_t *pool)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool registered = pool != NULL && pool_is_registered(pool);
    cistern_critical_leave(state);
    return registered;
}

cistern_error_t cistern_pool_unregister(cistern_pool_t *pool)
{
    if (pool == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const cistern_critical_t state = cistern_critical_enter();
    cistern_pool_t **const link = pool_link_to(pool);
    const bool found = *link == pool;
    if (found) {
        *link = pool->next;
        if (pool->next == NULL) {
            POOL_REGISTRY.last = link;
        }
        pool->next = NULL;
    }
    CISTERN_ASSERT(!pool_is_registered(pool));
    cistern_critical_leave(state);
    return found ? CISTERN_OK : CISTERN_ERROR_ARGUMENT;
}

void cistern_pool_forget_all(void)
{
    POOL_REGISTRY.first = NULL;
    POOL_REGISTRY.last = &POOL_REGISTRY.first;
}

cistern_pool_t *cistern_pool_next(const cistern_pool_t *pool)
{
    const cistern_critical_t state = cistern_critical_enter();
    cistern_pool_t *const next = (pool == NULL) ? POOL_REGISTRY.first : pool->next;
    cistern_critical_leave(state);
    return next;
}

const cistern_pool_t *cistern_pool_find(const void *address)
{
    const cistern_pool_t *pool = cistern_pool_next(NULL);
    while (pool != NULL && pool_index(pool, address) >= pool->count) {
        pool = cistern_pool_next(pool);
    }
    CISTERN_ASSERT(pool == NULL || cistern_pool_owns(pool, address)); /* (I5) */
    return pool;
}

/* --- reports ---------------------------------------------------------------------------------- */

/* The block's last user, at level 3: of a block that is given back with a damaged guard, that is
 * who got it. */
static void pool_name_user(const cistern_pool_t *pool, cistern_fault_t *fault)
{
    if (CISTERN_CHECK >= 3 && pool_index(pool, fault->address) < pool->count) {
        const bool is_guard =
            fault->kind == CISTERN_FAULT_OVERFLOW || fault->kind == CISTERN_FAULT_UNDERFLOW;
        const cistern_pool_event_t latest = pool_event(pool, fault->address, 0);
        const cistern_pool_event_t last = (is_guard && latest.action == CISTERN_POOL_PUT)
                                              ? pool_event(pool, fault->address, 1)
                                              : latest;
        fault->file = last.file;
        fault->line = last.line;
    }
}

/* No compiler puts this into a call that found nothing, since it is not static. */
void cistern_pool_raise(const cistern_pool_t *owner, const void *object,
                        const cistern_pool_finding_t *finding, const char *name)
{
    CISTERN_ASSERT(finding->kind > CISTERN_FAULT_NONE && finding->kind < CISTERN_FAULT_KINDS);
    cistern_fault_t fault = {
        .kind = finding->kind, .object = object, .address = finding->address, .name = name};
    if (CISTERN_DIAGNOSIS && owner != NULL) {
        const bool foreign = finding->kind == CISTERN_FAULT_FOREIGN_FREE;
        fault.kind = foreign ? CISTERN_FAULT_WRONG_POOL : fault.kind;
        fault.owner = owner->name;
        pool_name_user(owner, &fault);
    }
    cistern_fault_raise(&fault);
}

/* The pool that the address of a finding belongs to, or NULL. Linear in the number of pools if it
 * searches for that of a foreign one. */
static const cistern_pool_t *pool_owner(const cistern_pool_t *pool,
                                        const cistern_pool_finding_t *finding, bool searches)
{
    if (finding->kind != CISTERN_FAULT_FOREIGN_FREE) {
        return pool;
    }
    return (CISTERN_DIAGNOSIS && searches) ? cistern_pool_find(finding->address) : NULL;
}

/* Reports a finding, and answers what a call does that had it. A NULL argument is no fault. */
static inline cistern_error_t pool_answer(const cistern_pool_t *pool,
                                          const cistern_pool_finding_t *finding, bool searches)
{
    if (CISTERN_CHECK == 0 || finding->kind == CISTERN_FAULT_NONE) {
        return CISTERN_OK;
    }
    CISTERN_ASSERT(finding->address != NULL || finding->kind == CISTERN_FAULT_ARGUMENT ||
                   finding->kind == CISTERN_FAULT_LINK);
    if (finding->kind == CISTERN_FAULT_ARGUMENT) {
        return CISTERN_ERROR_ARGUMENT;
    }
    cistern_pool_raise(pool_owner(pool, finding, searches), pool, finding, pool->name);
    return CISTERN_ERROR_FAULT;
}

cistern_error_t pool_report_alone(const cistern_pool_t *pool, const cistern_pool_finding_t *finding)
{
    return pool_answer(pool, finding, false);
}

cistern_error_t cistern_pool_report(const cistern_pool_t *pool,
                                    const cistern_pool_finding_t *finding)
{
    return pool_answer(pool, finding, true);
}

#if CISTERN_CHECK >= 3
void cistern_pool_remember(const cistern_pool_t *pool, const void *block,
                           cistern_pool_action_t action, const cistern_pool_place_t *at)
{
    cistern_pool_record_t *const record = pool_record(pool, block);
    if (record != NULL) {
        const unsigned place = record->next % CISTERN_POOL_HISTORY; /* whatever was written there */
        record->event[place] = (cistern_pool_event_t){.file = (at != NULL) ? at->file : NULL,
                                                      .line = (at != NULL) ? at->line : 0,
                                                      .action = action};
        record->next = (place + 1U) % CISTERN_POOL_HISTORY;
    }
}
#endif

/* --- one block -------------------------------------------------------------------------------- */

size_t cistern_pool_stride(const cistern_pool_t *pool)
{
    return pool_stride(pool);
}

bool cistern_pool_owns(const cistern_pool_t *pool, const void *address)
{
    return pool != NULL && address != NULL && pool_index(pool, address) < pool->count;
}

/* What a put of an address is, at any time. */
static cistern_fault_kind_t pool_judge_now(const cistern_pool_t *pool, const void *address)
{
    if (!pool_is_plain(pool)) {
        return pool_strategy(pool)->uses_now(pool, address) ? CISTERN_FAULT_NONE
                                                            : pool_judge_stranger(pool, address);
    }
    const cistern_critical_t state = cistern_critical_enter();
    const cistern_fault_kind_t kind = pool_judge(pool, address);
    cistern_critical_leave(state);
    return kind;
}

bool cistern_pool_uses(const cistern_pool_t *pool, const void *address)
{
    if (CISTERN_CHECK == 0) {
        return cistern_pool_owns(pool, address);
    }
    return pool != NULL && pool_judge_now(pool, address) == CISTERN_FAULT_NONE;
}

cistern_error_t cistern_pool_verify(const cistern_pool_t *pool, void *block)
{
    if (pool == NULL || block == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    if (CISTERN_CHECK == 0) {
        return CISTERN_OK;
    }
    cistern_pool_finding_t finding = {pool_judge_now(pool, block), block};
    if (finding.kind != CISTERN_FAULT_NONE) {
        return cistern_pool_report(pool, &finding);
    }
    finding.kind = pool_check_guards(pool, block);
    if (finding.kind != CISTERN_FAULT_NONE) {
        pool_write_guards(pool, block);
    }
    (void)cistern_pool_report(pool, &finding);
    return CISTERN_OK;
}

size_t cistern_pool_history(const cistern_pool_t *pool, const void *block,
                            cistern_pool_event_t *events, size_t max)
{
    size_t found = 0;
    if (!cistern_pool_owns(pool, block) || events == NULL) {
        return 0;
    }
    const cistern_critical_t state = pool_stop(pool);
    while (found < max && found < CISTERN_POOL_HISTORY &&
           pool_event(pool, block, (unsigned)found).action != CISTERN_POOL_NOTHING) {
        events[found] = pool_event(pool, block, (unsigned)found);
        ++found;
    }
    CISTERN_ASSERT(found <= max && found <= CISTERN_POOL_HISTORY);
    pool_go(pool, state);
    return found;
}

/* --- one pool --------------------------------------------------------------------------------- */

#if CISTERN_CHECK >= 1
static size_t pool_quarantined(const cistern_pool_t *pool)
{
    return pool->quarantined;
}
#else
static size_t pool_quarantined(const cistern_pool_t *pool)
{
    (void)pool;
    return 0;
}
#endif

void cistern_pool_stats(const cistern_pool_t *pool, cistern_pool_stats_t *stats)
{
    const cistern_critical_t state = pool_stop(pool);
    *stats = (cistern_pool_stats_t){.name = pool->name,
                                    .size = pool->size,
                                    .stride = pool_stride(pool),
                                    .count = pool->count,
                                    .free = pool->free,
                                    .min_free = pool->min_free,
                                    .failures = pool->failures,
                                    .quarantined = pool_quarantined(pool)};
    if (!pool_is_plain(pool) && pool_strategy(pool)->numbers != NULL) {
        pool_strategy(pool)->numbers(pool, stats);
    }
    CISTERN_ASSERT(stats->free <= stats->count && stats->size <= stats->stride); /* (I2), (I4) */
    pool_go(pool, state);
}

void cistern_pool_reset_low_water(cistern_pool_t *pool)
{
    const cistern_critical_t state = pool_stop(pool);
    pool->min_free = pool->free;
    if (!pool_is_plain(pool)) {
        pool_strategy(pool)->reset_low_water(pool);
    }
    pool_go(pool, state);
}

/* Touched blocks that hold their key. */
static size_t pool_count_sound(const cistern_pool_t *pool)
{
    size_t sound = 0;
    for (size_t i = 0; i < pool->touched; ++i) {
        sound += cistern_pool_is_sound(pool_block_at(pool, i)) ? 1U : 0U;
    }
    CISTERN_ASSERT(sound <= pool->touched);
    return sound;
}

/* True if a touched block is in use. Where as many are sound as are listed, no walk is needed. */
static bool pool_is_used(const cistern_pool_t *pool, const void *block, bool keys_suffice)
{
    return (keys_suffice) ? !cistern_pool_is_sound(block)
                          : pool_judge(pool, block) == CISTERN_FAULT_NONE;
}

size_t cistern_pool_walk(const cistern_pool_t *pool, cistern_pool_visit_t *visit, void *argument)
{
    size_t visited = 0;
    bool goes_on = true;
    if (pool == NULL || visit == NULL || CISTERN_CHECK == 0) {
        return 0;
    }
    const cistern_critical_t state = pool_stop(pool);
    const bool plain = pool_is_plain(pool);
    const bool keys_suffice =
        plain && pool_has_keys(pool) && pool_count_sound(pool) == pool_listed(pool);
    for (size_t i = 0; goes_on && i < pool->touched; ++i) {
        void *const block = pool_block_at(pool, i);
        if (plain ? pool_is_used(pool, block, keys_suffice)
                  : pool_strategy(pool)->uses(pool, block)) {
            ++visited;
            goes_on = visit(block, i, argument);
        }
    }
    CISTERN_ASSERT(visited <= pool->touched);
    pool_go(pool, state);
    return visited;
}

/* (I1), (I3), (I7): follows the free list, to each block only after the link to it was verified. */
bool pool_list_is_whole(const cistern_pool_t *pool)
{
    const cistern_block_t *block = pool->free_list;
    for (size_t left = pool_listed(pool); left > 0; --left) {
        if (!pool_has_touched(pool, block) ||
            (pool_has_keys(pool) && !cistern_pool_is_sound(block)) ||
            pool_check_poison(pool, block) != CISTERN_FAULT_NONE) {
            return false;
        }
        block = block->next;
    }
    return block == NULL;
}

/* (I2) */
static bool pool_numbers_are_whole(const cistern_pool_t *pool)
{
    return pool->min_free <= pool->free && pool->free <= pool->count &&
           pool->touched <= pool->count && pool->free >= pool->count - pool->touched &&
           pool_quarantined(pool) <= pool->count - pool->free;
}

/* Nobody wrote past a block, used or free. */
static bool pool_guards_are_whole(const cistern_pool_t *pool)
{
    bool whole = true;
    for (size_t i = 0; whole && CISTERN_CHECK >= 2 && i < pool->touched; ++i) {
        whole = pool_check_guards(pool, pool_block_at(pool, i)) == CISTERN_FAULT_NONE;
    }
    return whole;
}

bool cistern_pool_check(const cistern_pool_t *pool)
{
    if (pool == NULL) {
        return false;
    }
    const cistern_critical_t state = pool_stop(pool);
    const bool whole =
        pool_numbers_are_whole(pool) &&
        (pool_is_plain(pool) ? pool_list_is_whole(pool) : pool_strategy(pool)->is_whole(pool)) &&
        pool_guards_are_whole(pool);
    pool_go(pool, state);
    return whole;
}
