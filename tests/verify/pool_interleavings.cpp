/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_interleavings.cpp - every interleaving of two contexts that do three operations each on one
 * lock-free pool, under the memory model of C11: a load may see any of the last values that the
 * orders in the source let it see. Exit status 0 if no execution is wrong; else the first wrong one
 * is printed step by step.
 *
 * usage: pool_interleavings FREE      gets and puts, with 0, 1 or 2 blocks free at the start
 *        pool_interleavings double    puts of a block that both contexts put
 *
 * With blocks free at the start, which makes many more executions, one context does two operations.
 * With two operations each, the steps on the counters are interleaved too; else each follows the
 * step before it at once.
 *
 * The code under test is src/pool/pool_lock_free.c itself, whose atomics are the checker's, by
 * relacy/stdatomic.h; the rest of the pool engine is linked as it is.
 *
 * A script says what one context does, a letter each:
 *   g  gets a block and writes to it
 *   p  writes to the oldest block that it holds, and puts it
 *   d  puts the block that both contexts think is theirs: only the first of all puts may succeed
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "state_search.hpp"

/* What C has and C++ has not. */
#define new replacement
#define _Static_assert(...) static_assert(true, "the checker's atomics are larger")
extern "C" {
#include "pool_lock_free.c"
}
#undef new

/* --- what is run ------------------------------------------------------------------------------ */

enum { BLOCKS = 5, CONTEXTS = 2 };

/* Each context holds `held` blocks at the start; `free` more are in the pool. */
struct scenario {
    std::string script[CONTEXTS];
    size_t held;
    size_t free;
    bool shared;   /* one block more, which both put */
    bool counters; /* interleaves the steps on the counters too */
};

static scenario now;

/* The most that a context holds at once; SIZE_MAX if its script puts with empty hands. */
static size_t most_held(const std::string &script, size_t held)
{
    size_t holds = held;
    size_t most = holds;
    for (const char operation : script) {
        if (operation == 'p' && holds == 0) {
            return SIZE_MAX;
        }
        holds += (operation == 'g') ? 1U : (operation == 'p') ? SIZE_MAX : 0U;
        most = (holds > most) ? holds : most;
    }
    return most;
}

/* True if no get may fail. */
static bool enough_for_all()
{
    return most_held(now.script[0], now.held) + most_held(now.script[1], now.held) <=
           CONTEXTS * now.held + now.free;
}

static size_t faults;

static void count_fault(const cistern_fault_t *fault)
{
    faults += (fault->kind == CISTERN_FAULT_DOUBLE_FREE) ? 1U : 1000U;
}

extern "C" void cistern_port_fault(const cistern_fault_t *fault)
{
    (void)fault;
}

/* --- one execution ---------------------------------------------------------------------------- */

/* The contexts take turns on one thread of the system: these are plain variables. */
alignas(64) static unsigned char work[64 + sizeof(pool_lf_t) + BLOCKS * sizeof(pool_cell_atomic_t)];
alignas(64) static unsigned char memory[CISTERN_POOL_BYTES(BLOCKS, 8, 8)];
static cistern_pool_t pool;
static cistern_pool_extras_t extras;

/* What a context holds, longest first. */
struct hand {
    void *block[BLOCKS];
    size_t count;
};

static pool_lf_t *work_memory()
{
    return reinterpret_cast<pool_lf_t *>(work);
}

static size_t number_of(void *block)
{
    return pool_index(&pool, block);
}

struct pool_execution : rl::test_suite<pool_execution, CONTEXTS> {
    rl::var<unsigned> content[BLOCKS]; /* a write of it that is not ordered is a data race */
    bool held[BLOCKS];
    hand hands[CONTEXTS];
    void *shared;
    size_t empty_handed; /* gets that found no block */
    size_t refused;

    /* The checker's atomics are made for each execution, and ended with it. */
    void make_work()
    {
        ::new (&work_memory()->head) pool_word_atomic_t;
        ::new (&work_memory()->min_free) pool_cell_atomic_t;
        ::new (&work_memory()->failures) pool_cell_atomic_t;
        for (size_t i = 0; i < pool.count; ++i) {
            ::new (&work_memory()->link[i]) pool_cell_atomic_t;
        }
    }

    void end_work()
    {
        work_memory()->head.~pool_word_atomic_t();
        work_memory()->min_free.~pool_cell_atomic_t();
        work_memory()->failures.~pool_cell_atomic_t();
        for (size_t i = 0; i < pool.count; ++i) {
            work_memory()->link[i].~pool_cell_atomic_t();
        }
    }

    void make_pool()
    {
        extras = cistern_pool_extras_t();
        extras.strategy = CISTERN_POOL_LOCK_FREE;
        extras.work = work;
        extras.work_bytes = sizeof work;
        cistern_pool_config_t config = cistern_pool_config_t();
        config.count = CONTEXTS * now.held + now.free + (now.shared ? 1U : 0U);
        config.size = 8;
        config.alignment = 8;
        config.memory = memory;
        config.extras = &extras;
        pool.count = config.count;
        make_work();
        RL_ASSERT(cistern_pool_init(&pool, &config) == CISTERN_OK);
    }

    void before()
    {
        faults = 0;
        empty_handed = 0;
        refused = 0;
        memset(held, 0, sizeof held);
        memset(hands, 0, sizeof hands);
        make_pool();
        for (unsigned context = 0; context < CONTEXTS; ++context) {
            for (size_t i = 0; i < now.held; ++i) {
                take(context);
            }
        }
        shared = now.shared ? cistern_pool_get(&pool) : nullptr;
        state_search::quiet_from = &work_memory()->min_free;
        state_search::quiet_to = &work_memory()->failures + (now.counters ? -1 : 1);
        state_search::begin();
    }

    void take(unsigned context)
    {
        void *const block = cistern_pool_get(&pool);
        if (block == nullptr) {
            RL_ASSERT(!enough_for_all());
            ++empty_handed;
            return;
        }
        const size_t number = number_of(block);
        RL_ASSERT(number < pool.count && !held[number]);
        held[number] = true;
        content[number]($) = context;
        hands[context].block[hands[context].count++] = block;
    }

    void give(unsigned context)
    {
        hand &mine = hands[context];
        if (mine.count == 0) {
            return;
        }
        void *const block = mine.block[0];
        --mine.count;
        memmove(&mine.block[0], &mine.block[1], mine.count * sizeof mine.block[0]);
        RL_ASSERT(content[number_of(block)]($) == context);
        held[number_of(block)] = false;
        RL_ASSERT(cistern_pool_put(&pool, block) == CISTERN_OK);
    }

    void give_shared()
    {
        refused += (cistern_pool_put(&pool, shared) == CISTERN_OK) ? 0U : 1U;
    }

    void thread(unsigned context)
    {
        for (const char operation : now.script[context]) {
            if (operation == 'g') {
                take(context);
            } else if (operation == 'p') {
                give(context);
            } else {
                give_shared();
            }
        }
    }

    /* Nothing is lost: what no thread holds can be had, each block once. */
    void check_the_rest(size_t free)
    {
        for (size_t i = 0; i < free; ++i) {
            void *const block = cistern_pool_get(&pool);
            RL_ASSERT(block != nullptr && !held[number_of(block)]);
            held[number_of(block)] = true;
        }
        RL_ASSERT(cistern_pool_get(&pool) == nullptr);
    }

    void after()
    {
        state_search::end();
        size_t free = pool.count - hands[0].count - hands[1].count;
        const size_t double_puts = count_of('d') - (now.shared ? 1U : 0U);
        cistern_pool_stats_t stats;
        RL_ASSERT(cistern_pool_check(&pool));
        cistern_pool_stats(&pool, &stats);
        RL_ASSERT(stats.free == free);
        RL_ASSERT(stats.failures == empty_handed);
        RL_ASSERT(stats.min_free <= free && (empty_handed == 0 || stats.min_free == 0));
        RL_ASSERT(faults == double_puts && refused == double_puts);
        check_the_rest(free);
        end_work();
    }

    static size_t count_of(char operation)
    {
        size_t count = 0;
        for (const std::string &script : now.script) {
            for (const char other : script) {
                count += (other == operation) ? 1U : 0U;
            }
        }
        return count;
    }
};

/* --- all of them ------------------------------------------------------------------------------ */

static unsigned scenarios;
static unsigned long long executions;
static unsigned long long states;

/* Runs every execution of a scenario; says what is wrong with the first wrong one, and ends. */
static void run(const scenario &which)
{
    std::ofstream silence;
    rl::test_params params;
    now = which;
    params.progress_stream = &silence;
    const rl::test_result_e result = state_search::simulate<pool_execution>(params);
    ++scenarios;
    executions += params.stop_iteration + 1U;
    states += state_search::states;
    if (result != rl::test_result_success) {
        (void)std::printf("WRONG: %s | %s, %zu held each, %zu free: %s\n", now.script[0].c_str(),
                          now.script[1].c_str(), now.held, now.free, rl::test_result_str(result));
        std::exit(1);
    }
}

/* All scripts of a length over two letters that never put with empty hands. */
static std::vector<std::string> scripts_of(size_t length, const char *letters, size_t held)
{
    std::vector<std::string> scripts;
    for (unsigned bits = 0; bits < 1U << length; ++bits) {
        std::string script;
        for (size_t i = 0; i < length; ++i) {
            script += letters[(bits >> i) & 1U];
        }
        if (most_held(script, held) != SIZE_MAX) {
            scripts.push_back(script);
        }
    }
    return scripts;
}

/* Every pair of scripts of two lengths; in one order where these are equal: the contexts are alike. */
static void run_pairs(size_t length, size_t other, const char *letters, scenario which)
{
    const std::vector<std::string> scripts = scripts_of(length, letters, which.held);
    const std::vector<std::string> others = scripts_of(other, letters, which.held);
    for (size_t a = 0; a < scripts.size(); ++a) {
        for (size_t b = (length == other) ? a : 0; b < others.size(); ++b) {
            which.script[0] = scripts[a];
            which.script[1] = others[b];
            run(which);
        }
    }
}

int main(int argc, char **argv)
{
    const char *const what = (argc == 2) ? argv[1] : "";
    (void)cistern_fault_set_handler(count_fault);
    if (std::strcmp(what, "double") == 0) {
        run_pairs(3, 3, "pd", {{"", ""}, 2, 0, true, false});
    } else {
        const size_t free = (size_t)std::atoi(what);
        run_pairs(2, 2, "gp", {{"", ""}, 1, free, false, true});
        run_pairs((free == 0) ? 3 : 2, 3, "gp", {{"", ""}, 1, free, false, false});
    }
    (void)std::printf("%u scenarios, %llu states, %llu executions: none is wrong\n", scenarios,
                      states, executions);
    return (scenarios > 0) ? 0 : 1;
}
