/* SPDX-License-Identifier: BSD-3-Clause */
/* Damage in pools of every strategy, at every level: what finds it, what is said, and that no block is
 * lost or handed out twice. */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <time.h>

#include "support.h"

#include "cistern/pool.h"

enum { COUNT = 6, SIZE = 48, CACHES = 2, LINK_AND_KEY = 2 * sizeof(void *) };
#include "shared_pool.h"

static bool can_wait;  /* a thread, for its blocks */
static bool has_links; /* in its blocks: others keep them apart, where users cannot write */

static int make(void **state)
{
    const cistern_pool_strategy_t strategy = *(const cistern_pool_strategy_t *)*state;
    const cistern_pool_config_t config = config_for(strategy, "damaged");
    has_links = strategy != CISTERN_POOL_LOCK_FREE;
    can_wait = strategy != CISTERN_POOL_LOCK_FREE && strategy != CISTERN_POOL_UNLOCKED;
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_OK);
    return faults_watch(state);
}

static size_t index_of(const unsigned char *block)
{
    assert_true(cistern_pool_owns(&pool, block));
    return (size_t)(block - memory.bytes) / cistern_pool_stride(&pool);
}

/* Takes all blocks that the pool gives, each once, and puts them back: as many as are not quarantined.
 * What is still damaged is reported on the way. */
static void assert_no_block_is_lost(size_t quarantined)
{
    unsigned char *held[COUNT];
    bool seen[COUNT] = {false};
    size_t n = 0;
    for (unsigned attempt = 0; attempt < 2U * COUNT; ++attempt) {
        unsigned char *const block = cistern_pool_get(&pool);
        if (block != NULL) {
            assert_false(seen[index_of(block)]);
            seen[index_of(block)] = true;
            memset(block, 0xA5, SIZE);
            held[n++] = block;
        }
    }
    assert_int_equal(n, COUNT - quarantined);
    assert_int_equal(stats_now().quarantined, quarantined);
    assert_int_equal(stats_now().free, 0);
    faults.count = 0;
    while (n > 0) {
        assert_int_equal(cistern_pool_put(&pool, held[--n]), CISTERN_OK);
    }
    assert_int_equal(stats_now().free, COUNT - quarantined);
    assert_true(cistern_pool_check(&pool));
    assert_no_fault();
}

static unsigned char *freed_block(void)
{
    unsigned char *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    return block;
}

/* --- links and keys ---------------------------------------------------------------------------- */

/* A free block that was overwritten is handed out at most once, and no get follows what it holds. */
static void overwritten_start_of_a_free_block_costs_that_block_at_most(void **state)
{
    (void)state;
    unsigned char *const block = freed_block();
    memset(block, 0x5A, LINK_AND_KEY);
    assert_true(!has_links || !cistern_pool_check(&pool));
    void *const got = cistern_pool_get(&pool);
    if (got != NULL) {
        assert_int_equal(cistern_pool_put(&pool, got), CISTERN_OK);
    }
    assert_int_equal(faults.count, has_links || CISTERN_CHECK >= 2 ? 1 : 0);
    assert_true(faults.count == 0 ||
                faults.last.kind == (has_links ? CISTERN_FAULT_LINK : CISTERN_FAULT_POISON));
    assert_true(faults.count == 0 || faults.last.object == &pool);
    assert_true(cistern_pool_check(&pool));
    assert_true(stats_now().quarantined <= 1);
    assert_no_block_is_lost(stats_now().quarantined);
}

static void
overwritten_start_is_found_by_a_get_of_several_and_the_others_are_handed_out(void **state)
{
    (void)state;
    void *blocks[COUNT];
    memset(freed_block(), 0x5A, LINK_AND_KEY);
    const size_t got = cistern_pool_get_bulk(&pool, blocks, COUNT);
    assert_true(faults.count > 0 || got == COUNT);
    for (size_t i = 0; i < got; ++i) {
        assert_true(cistern_pool_uses(&pool, blocks[i]));
    }
    assert_int_equal(cistern_pool_put_bulk(&pool, blocks, got), got);
    assert_true(stats_now().quarantined <= 1);
    assert_no_block_is_lost(stats_now().quarantined);
}

static bool count_visit(void *block, size_t index, void *argument)
{
    ((unsigned char *)argument)[index] = 1;
    return block != NULL;
}

/* Only the block that is damaged may be shown wrongly. */
static void walk_of_a_damaged_pool_shows_the_blocks_in_use_and_ends(void **state)
{
    (void)state;
    unsigned char seen[COUNT] = {0};
    unsigned char *const used = cistern_pool_get(&pool);
    unsigned char *const damaged = freed_block();
    memset(damaged, 0x5A, LINK_AND_KEY);
    const size_t visited = cistern_pool_walk(&pool, count_visit, seen);
    assert_true(visited == 1 || (visited == 2 && seen[index_of(damaged)] == 1));
    assert_int_equal(seen[index_of(used)], 1);
    assert_int_equal(cistern_pool_put(&pool, used), CISTERN_OK);
}

static void clear_of_a_damaged_pool_makes_every_block_free_again(void **state)
{
    (void)state;
    void *const used = cistern_pool_get(&pool);
    memset(freed_block(), 0x5A, LINK_AND_KEY);
    (void)cistern_pool_get(&pool);
    faults.count = 0;
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    assert_int_equal(stats_now().free, COUNT);
    assert_int_equal(cistern_pool_put(&pool, used), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, used);
    assert_no_block_is_lost(0);
}

/* --- guards and poison ------------------------------------------------------------------------ */

#if CISTERN_CHECK >= 2

static void write_after_free_is_reported_by_the_get_and_repaired(void **state)
{
    (void)state;
    unsigned char *const block = freed_block();
    block[SIZE / 2] ^= 1U;
    assert_false(cistern_pool_check(&pool));
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_POISON, block);
    assert_true(cistern_pool_check(&pool));
    assert_no_block_is_lost(0);
}

static void write_to_any_byte_of_a_free_block_is_reported(void **state)
{
    (void)state;
    for (size_t i = 0; i < LINK_AND_KEY + 8; ++i) {
        unsigned char *const block = cistern_pool_get(&pool);
        assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
        block[i] = (unsigned char)(block[i] ^ 0x5aU);
        assert_false(cistern_pool_check(&pool));
        assert_null(cistern_pool_get(&pool));
        assert_one_fault(faults.last.kind, block);
        assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
        assert_no_block_is_lost(0);
    }
}

static void write_after_free_is_reported_by_a_get_of_several_which_gives_the_rest(void **state)
{
    (void)state;
    void *blocks[COUNT];
    unsigned char *const block = freed_block();
    block[SIZE / 2] ^= 1U;
    const size_t got = cistern_pool_get_bulk(&pool, blocks, COUNT);
    assert_one_fault(CISTERN_FAULT_POISON, block);
    assert_int_equal(cistern_pool_put_bulk(&pool, blocks, got), got);
    assert_no_fault();
    assert_no_block_is_lost(0);
}

static void write_past_a_free_block_is_reported_with_that_into_it_and_repaired(void **state)
{
    (void)state;
    unsigned char *const block = freed_block();
    block[SIZE / 2] ^= 1U;
    block[SIZE] ^= 1U;
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_POISON, block);
    assert_no_block_is_lost(0);
}

/* A repair makes the pool whole: what else it finds written it writes anew. */
static void repair_of_a_lost_block_repairs_the_guards_of_the_others(void **state)
{
    (void)state;
    unsigned char *const other = cistern_pool_get(&pool);
    unsigned char *const lost = freed_block();
    assert_int_equal(cistern_pool_put(&pool, other), CISTERN_OK);
    void *const first =
        cistern_pool_get(&pool); /* the one that is next is the one that is damaged */
    unsigned char *const damaged = (first == lost) ? other : lost;
    assert_int_equal(cistern_pool_put(&pool, first), CISTERN_OK);
    if (has_links) {
        damaged[SIZE] ^= 1U;
        memset(first, 0x5A, LINK_AND_KEY);
        void *const got = cistern_pool_get(&pool);
        assert_one_fault(CISTERN_FAULT_LINK, first);
        assert_true(got == NULL || cistern_pool_put(&pool, got) == CISTERN_OK);
        assert_true(cistern_pool_check(&pool));
        void *blocks[COUNT];
        const size_t n = cistern_pool_get_bulk(&pool, blocks, COUNT);
        assert_int_equal(cistern_pool_put_bulk(&pool, blocks, n), n);
        assert_no_fault();
        assert_no_block_is_lost(stats_now().quarantined);
    }
}

/* Damages both guards of a block, one after the other, and gives it back by `put`. */
static void assert_guards_are_reported(cistern_error_t (*put)(void *block))
{
    unsigned char *const first = cistern_pool_get(&pool);
    unsigned char *const second = cistern_pool_get(&pool);
    unsigned char *const higher = (first < second) ? second : first;
    higher[SIZE] ^= 1U;
    assert_int_equal(cistern_pool_put(&pool, (first < second) ? first : second), CISTERN_OK);
    assert_no_fault();
    assert_int_equal(put(higher), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, higher);
    assert_no_block_is_lost(0);
    unsigned char *again = cistern_pool_get(&pool);
    unsigned char *const other = cistern_pool_get(&pool);
    again = (again < other) ? other : again;
    again[-1] ^= 1U;
    assert_int_equal(put(again), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_UNDERFLOW, again);
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    assert_no_block_is_lost(0);
}

/* Between two blocks stand the guard after the one and the guard before the other. */
static void written_guard_is_that_of_its_own_block_to_the_byte(void **state)
{
    (void)state;
    unsigned char *const first = cistern_pool_get(&pool);
    unsigned char *const second = cistern_pool_get(&pool);
    unsigned char *const lower = (first < second) ? first : second;
    unsigned char *const higher = (first < second) ? second : first;
    higher[-(ptrdiff_t)(CISTERN_POOL_GUARD / 2U)] ^= 1U;
    assert_int_equal(cistern_pool_put(&pool, lower), CISTERN_OK);
    assert_no_fault();
    assert_int_equal(cistern_pool_put(&pool, higher), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_UNDERFLOW, higher);
    assert_no_block_is_lost(0);
}

static cistern_error_t put_alone(void *block)
{
    return cistern_pool_put(&pool, block);
}

static cistern_error_t put_with_others(void *block)
{
    void *blocks[3];
    assert_int_equal(cistern_pool_get_bulk(&pool, blocks, 2), 2);
    blocks[2] = blocks[1];
    blocks[1] = block;
    return cistern_pool_put_bulk(&pool, blocks, 3) == 3 ? CISTERN_OK : CISTERN_ERROR_FAULT;
}

/* Two are damaged: one of them, at least, is reported, and nothing that was not there. */
static void written_guards_among_several_do_not_keep_the_others_from_being_put(void **state)
{
    (void)state;
    void *blocks[COUNT];
    assert_int_equal(cistern_pool_get_bulk(&pool, blocks, COUNT), COUNT);
    ((unsigned char *)blocks[1])[SIZE] ^= 1U;
    ((unsigned char *)blocks[3])[SIZE] ^= 1U;
    assert_int_equal(cistern_pool_put_bulk(&pool, blocks, COUNT), COUNT);
    assert_in_range(faults.count, 1, 2);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_OVERFLOW);
    assert_true(faults.last.address == blocks[1] || faults.last.address == blocks[3]);
    faults.count = 0;
    assert_int_equal(stats_now().free, COUNT);
    assert_int_equal(cistern_pool_get_bulk(&pool, blocks, 2), 2);
    ((unsigned char *)blocks[0])[SIZE] ^= 1U;
    void *const mixed[] = {blocks[0], blocks[1], blocks[1]};
    assert_int_equal(cistern_pool_put_bulk(&pool, mixed, 3), 2);
    assert_int_equal(faults.count, 2); /* the guard, and the block that was put twice */
    assert_no_block_is_lost(0);
}

static cistern_error_t put_verified(void *block)
{
    const cistern_error_t error = cistern_pool_verify(&pool, block);
    const unsigned reported = faults.count;
    assert_int_equal(cistern_pool_put(&pool, block), error);
    assert_int_equal(faults.count, reported);
    return error;
}

static void written_guards_are_reported_once_and_the_block_taken_back(void **state)
{
    (void)state;
    assert_guards_are_reported(put_alone);
    assert_guards_are_reported(put_with_others);
    assert_guards_are_reported(put_verified);
}

#endif

/* --- history ---------------------------------------------------------------------------------- */

#if CISTERN_CHECK >= 3

static void every_way_to_get_and_put_is_in_the_history(void **state)
{
    (void)state;
    cistern_pool_event_t event[4];
    void *block = NULL;
    assert_int_equal(cistern_pool_get_bulk(&pool, &block, 1), 1);
    assert_int_equal(cistern_pool_put_bulk(&pool, &block, 1), 1);
    assert_ptr_equal(cistern_pool_get_at(&pool, "get", 7), block);
    assert_int_equal(cistern_pool_put_at(&pool, block, "put", 8), CISTERN_OK);
    assert_int_equal(cistern_pool_history(&pool, block, event, 4), 4);
    assert_int_equal(event[0].action, CISTERN_POOL_PUT);
    assert_int_equal(event[0].line, 8);
    assert_int_equal(event[1].action, CISTERN_POOL_GET);
    assert_string_equal(event[1].file, "get");
    assert_int_equal(event[2].action, CISTERN_POOL_PUT);
    assert_int_equal(event[3].action, CISTERN_POOL_GET);
}

static void *wait_for_a_block(void *block)
{
    assert_int_equal(cistern_pool_get_wait(&pool, 10000, block), CISTERN_OK);
    return NULL;
}

/* The put gives the block to who waits, and that is a get. */
static void block_that_goes_to_a_waiter_was_got_by_its_history(void **state)
{
    (void)state;
    cistern_pool_event_t event[2];
    pthread_t waiter;
    void *blocks[COUNT];
    void *block = NULL;
    if (!can_wait) {
        skip();
    }
    assert_int_equal(cistern_pool_get_bulk(&pool, blocks, COUNT), COUNT);
    assert_int_equal(pthread_create(&waiter, NULL, wait_for_a_block, &block), 0);
    (void)nanosleep(&(const struct timespec){0, 30000000}, NULL); /* time to stand in line */
    assert_int_equal(cistern_pool_put(&pool, blocks[2]), CISTERN_OK);
    assert_int_equal(pthread_join(waiter, NULL), 0);
    assert_ptr_equal(block, blocks[2]);
    assert_int_equal(cistern_pool_history(&pool, block, event, 2), 2);
    assert_int_equal(event[0].action, CISTERN_POOL_GET);
    assert_int_equal(event[1].action, CISTERN_POOL_PUT);
    assert_int_equal(cistern_pool_put_bulk(&pool, blocks, COUNT), COUNT);
    assert_no_fault();
}

static void damage_names_the_last_user_of_the_block(void **state)
{
    (void)state;
    unsigned char *const block = cistern_pool_get_at(&pool, "driver.c", 1);
    block[SIZE] ^= 1U;
    assert_int_equal(cistern_pool_put_at(&pool, block, "stack.c", 2), CISTERN_OK);
    assert_string_equal(faults.last.file, "driver.c");
    assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
    block[SIZE / 2] ^= 1U;
    assert_null(cistern_pool_get(&pool));
    assert_string_equal(faults.last.file, "stack.c");
    assert_one_fault(CISTERN_FAULT_POISON, block);
}

#endif

#define damage_test(function)                                                                      \
    {                                                                                              \
#        function, function, make, forget, NULL                                                    \
    }

static int run_with(cistern_pool_strategy_t strategy, const char *name)
{
    struct CMUnitTest tests[] = {
        damage_test(overwritten_start_of_a_free_block_costs_that_block_at_most),
        damage_test(overwritten_start_is_found_by_a_get_of_several_and_the_others_are_handed_out),
        damage_test(walk_of_a_damaged_pool_shows_the_blocks_in_use_and_ends),
        damage_test(clear_of_a_damaged_pool_makes_every_block_free_again),
#if CISTERN_CHECK >= 2
        damage_test(write_after_free_is_reported_by_the_get_and_repaired),
        damage_test(write_to_any_byte_of_a_free_block_is_reported),
        damage_test(write_after_free_is_reported_by_a_get_of_several_which_gives_the_rest),
        damage_test(write_past_a_free_block_is_reported_with_that_into_it_and_repaired),
        damage_test(repair_of_a_lost_block_repairs_the_guards_of_the_others),
        damage_test(written_guard_is_that_of_its_own_block_to_the_byte),
        damage_test(written_guards_among_several_do_not_keep_the_others_from_being_put),
        damage_test(written_guards_are_reported_once_and_the_block_taken_back),
#endif
#if CISTERN_CHECK >= 3
        damage_test(every_way_to_get_and_put_is_in_the_history),
        damage_test(block_that_goes_to_a_waiter_was_got_by_its_history),
        damage_test(damage_names_the_last_user_of_the_block),
#endif
    };
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; ++i) {
        tests[i].initial_state = &strategy;
    }
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void)
{
    int failed = run_with(CISTERN_POOL_CRITICAL, "critical section");
    failed += run_with(CISTERN_POOL_UNLOCKED, "unlocked");
    failed += run_with(CISTERN_POOL_MUTEX, "mutex");
    failed += run_with(CISTERN_POOL_LOCK_FREE, "lock-free");
    failed += run_with(CISTERN_POOL_CACHED, "cached");
    return failed;
}
