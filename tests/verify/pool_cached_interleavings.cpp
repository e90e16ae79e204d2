/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_cached_interleavings.cpp - every interleaving of two contexts on one cached pool with few switches
 * between them, under the memory model of C11: a load may see any of the last values that the orders in
 * the source let it see. Exit status 0 if no execution is wrong.
 *
 * usage: pool_cached_interleavings SWITCHES      as many switches where a context could have gone on
 *
 * The code under test is src/pool/pool_cached.c and pool_depot.c themselves, whose atomics, mutex and
 * fences are the checker's; the rest of the pool engine is linked as it is.
 *
 * A script says what one context does, a letter each:
 *   g  gets a block and writes to it
 *   b  gets two at once
 *   p  writes to the oldest block that it holds, and puts it
 *   s  reads the pool's statistics, for which every cache is emptied
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "state_search.hpp"

static void clear_depot(void *depot, size_t bytes);
extern "C" {
bool verify_contexts_run;
}

/* What C has and C++ has not. */
#define new replacement
#define _Alignas alignas
#define _Static_assert(...) static_assert(true, "the checker's atomics are larger")
/* The checker's objects are made, not cleared. */
#define memset(where, byte, bytes) clear_depot((where), (bytes))
extern "C" {
#define CISTERN_PORT_THREADS 1
#include "pool_cached.c"
#include "pool_depot.c"
}
#undef new
#undef memset

extern "C" void pool_watch_forks(void) {}

extern "C" void cistern_port_fault(const cistern_fault_t *) {}

/* --- what is run ------------------------------------------------------------------------------ */

enum { BLOCKS = 4, CONTEXTS = 2 };

struct scenario {
    const char *script[CONTEXTS];
    size_t free;    /* blocks in the pool at the start; each context has one more */
    bool announces; /* on_available is set */
};

static scenario now;
static size_t faults;
static size_t announcements;

static void count_fault(const cistern_fault_t *)
{
    ++faults;
}

static void count_announcement(cistern_pool_t *, void *)
{
    ++announcements;
}

/* --- one execution ---------------------------------------------------------------------------- */

/* The contexts take turns on one thread of the system: these are plain variables. */
alignas(64) static unsigned char work[sizeof(pool_depot_t) + CONTEXTS * sizeof(pool_cache_t) +
                                      BLOCKS * sizeof(void *)];
alignas(64) static unsigned char memory[CISTERN_POOL_BYTES(BLOCKS, 24, 8)];
static cistern_pool_t pool;
static cistern_pool_extras_t extras;

static pool_depot_t *depot()
{
    return reinterpret_cast<pool_depot_t *>(work);
}

static void clear_depot(void *, size_t)
{
    std::memset(work, 0, sizeof work);
    ::new (&depot()->mutex) cistern_port_mutex_t();
    for (size_t i = 0; i < CONTEXTS; ++i) {
        ::new (&depot()->cache[i]) pool_cache_t();
    }
}

static void end_depot()
{
    for (size_t i = 0; i < CONTEXTS; ++i) {
        depot()->cache[i].~pool_cache_t();
    }
    depot()->mutex.~cistern_port_mutex_t();
}

/* What a context holds, longest first. */
struct hand {
    void *block[BLOCKS];
    size_t count;
};

struct cached_execution : rl::test_suite<cached_execution, CONTEXTS> {
    rl::var<unsigned> content[BLOCKS]; /* a write of it that is not ordered is a data race */
    bool held[BLOCKS];
    hand hands[CONTEXTS];
    size_t empty_handed;

    void make_pool()
    {
        extras = cistern_pool_extras_t();
        extras.strategy = CISTERN_POOL_CACHED;
        extras.work = work;
        extras.work_bytes = SIZE_MAX;
        extras.threads = CONTEXTS;
        extras.on_available = now.announces ? count_announcement : nullptr;
        cistern_pool_config_t config = cistern_pool_config_t();
        config.count = CONTEXTS + now.free;
        config.size = 24;
        config.alignment = 8;
        config.memory = memory;
        config.bytes = sizeof memory;
        config.extras = &extras;
        RL_ASSERT(cistern_pool_init(&pool, &config) == CISTERN_OK);
    }

    void before()
    {
        faults = 0;
        empty_handed = 0;
        std::memset(held, 0, sizeof held);
        std::memset(hands, 0, sizeof hands);
        verify_contexts_run = false;
        make_pool();
        for (unsigned context = 0; context < CONTEXTS; ++context) {
            take(context, cistern_pool_get(&pool));
        }
        announcements = 0;
        verify_contexts_run = true;
    }

    void take(unsigned context, void *block)
    {
        if (block == nullptr) {
            ++empty_handed;
            return;
        }
        const size_t number = pool_index(&pool, block);
        RL_ASSERT(number < pool.count && !held[number]);
        held[number] = true;
        content[number]($) = context;
        hands[context].block[hands[context].count++] = block;
    }

    void take_two(unsigned context)
    {
        void *blocks[2];
        const size_t got = cistern_pool_get_bulk(&pool, blocks, 2);
        for (size_t i = 0; i < got; ++i) {
            take(context, blocks[i]);
        }
        empty_handed += (got < 2) ? 1U : 0U;
    }

    void give(unsigned context)
    {
        hand &mine = hands[context];
        if (mine.count == 0) {
            return;
        }
        void *const block = mine.block[0];
        const size_t number = pool_index(&pool, block);
        --mine.count;
        memmove(&mine.block[0], &mine.block[1], mine.count * sizeof mine.block[0]);
        RL_ASSERT(content[number]($) == context);
        held[number] = false;
        RL_ASSERT(cistern_pool_put(&pool, block) == CISTERN_OK);
    }

    void thread(unsigned context)
    {
        cistern_pool_stats_t stats;
        for (const char *operation = now.script[context]; *operation != '\0'; ++operation) {
            if (*operation == 'g') {
                take(context, cistern_pool_get(&pool));
            } else if (*operation == 'b') {
                take_two(context);
            } else if (*operation == 'p') {
                give(context);
            } else {
                cistern_pool_stats(&pool, &stats);
            }
        }
    }

    /* Nothing is lost: what no thread holds can be had, each block once. A get that found the
     * pool empty is followed by a notice when there is a block again. */
    void after()
    {
        cistern_pool_stats_t stats;
        const size_t free = pool.count - hands[0].count - hands[1].count;
        verify_contexts_run = false;
        RL_ASSERT(faults == 0);
        RL_ASSERT(!now.announces || empty_handed == 0 || free == 0 || announcements > 0);
        cistern_pool_stats(&pool, &stats);
        RL_ASSERT(stats.free == free && stats.failures == empty_handed);
        RL_ASSERT(cistern_pool_check(&pool));
        for (size_t i = 0; i < free; ++i) {
            void *const block = cistern_pool_get(&pool);
            RL_ASSERT(block != nullptr && !held[pool_index(&pool, block)]);
            held[pool_index(&pool, block)] = true;
        }
        RL_ASSERT(cistern_pool_get(&pool) == nullptr);
        RL_ASSERT(cistern_pool_unregister(&pool) == CISTERN_OK);
        end_depot();
    }
};

static unsigned long long executions;

/* Runs the executions of a scenario; says which is wrong, and ends. */
static void run(const scenario &which, unsigned switches)
{
    std::ofstream silence;
    rl::test_params params;
    now = which;
    params.progress_stream = &silence;
    params.output_stream = &silence;
    params.search_type = rl::sched_bound;
    params.context_bound = switches;
    params.iteration_count = 0; /* all of them */
    const bool right = rl::simulate<cached_execution>(params);
    executions += params.stop_iteration + 1U;
    if (!right) {
        (void)std::printf("WRONG: %s | %s, %zu free: %s\n", now.script[0], now.script[1], now.free,
                          rl::test_result_str(params.test_result));
        std::exit(1);
    }
}

int main(int argc, char **argv)
{
    static const scenario scenarios[] = {
        {{"gpg", "sgs"}, 1, false}, {{"pgpg", "sgs"}, 1, false}, {{"pgg", "gsp"}, 1, false},
        {{"ppb", "gsg"}, 1, false}, {{"pgpg", "ggp"}, 0, false}, {{"p", "ggg"}, 2, true},
        {{"pgp", "gg"}, 1, true},   {{"p", "ggp"}, 1, true},     {{"gp", "gggg"}, 2, true},
    };
    const unsigned switches = (argc == 2) ? (unsigned)std::atoi(argv[1]) : 0;
    (void)cistern_fault_set_handler(count_fault);
    for (const scenario &which : scenarios) {
        run(which, switches);
    }
    (void)std::printf("%zu scenarios, %llu executions of %u switches: none is wrong\n",
                      sizeof scenarios / sizeof scenarios[0], executions, switches);
    return (switches > 0) ? 0 : 1;
}
