/* state_search.hpp - a search for the memory model checker that runs every execution but for those
 * that differ from one it ran only in the order of steps which do not touch the same object.
 *
 * The checker's own full search runs each order of all steps: 10^8 and more for two contexts of
 * three operations. But a state is given by its history: which steps each context did, and for each
 * object in which order the steps that touch it came, and what the loads chose to see. That history
 * is kept as two numbers, one for each context, each a hash of its last step and of all that came
 * before that step in program order or on the same object. Where two executions come to the same
 * two numbers, what can happen from there on is the same, and only the first goes on to try it.
 *
 *   context 0   load a --> write a ----------> load b      each step hashes the steps that an arrow
 *                             \              /             leads from
 *   context 1                  --> load a --> write b
 *
 * Two loads of one object may change places; all other steps on one object are ordered.
 */
#ifndef CISTERN_TESTS_VERIFY_STATE_SEARCH_HPP
#define CISTERN_TESTS_VERIFY_STATE_SEARCH_HPP

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <relacy/relacy.hpp>

namespace state_search
{

/* --- the history of the running execution ----------------------------------------------------- */

enum { MOST_OBJECTS = 16, MOST_CONTEXTS = 2 };

struct object_history {
    const void *object;
    uint64_t last_write;
    uint64_t loads_since; /* a sum: in any order */
};

static uint64_t last_step[MOST_CONTEXTS];
static object_history objects[MOST_OBJECTS];
static uint64_t choices; /* of the step that is being done */
static bool running;     /* the contexts run: neither what is before them nor after */

/* Objects of which each step is alone: no context comes between another and its step on one of these, and
 * a load sees the last value. */
static const void *quiet_from;
static const void *quiet_to;
static bool quiet; /* the step that is being done is one on such an object */

static inline uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t hash = (a ^ (b + 0x9E3779B97F4A7C15U + (a << 6) + (a >> 2))) * 0xFF51AFD7ED558CCDU;
    hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53U;
    return hash ^ (hash >> 29);
}

/* To be called when the contexts start, and when they have ended. */
static inline void begin()
{
    last_step[0] = 1;
    last_step[1] = 2;
    std::memset(objects, 0, sizeof objects);
    choices = 0;
    running = true;
}

static inline void end()
{
    running = false;
}

static inline object_history &history_of(const void *object)
{
    size_t i = 0;
    while (objects[i].object != object && objects[i].object != nullptr) {
        if (++i == MOST_OBJECTS) {
            std::abort();
        }
    }
    objects[i].object = object;
    return objects[i];
}

static inline uint64_t step(object_history &history, uint64_t before)
{
    uint64_t &last = last_step[rl::ctx().threadx_->index_];
    last = mix(mix(mix(last, history.last_write), before), choices);
    choices = 0;
    return last;
}

static inline void before(const void *object)
{
    quiet = running && object >= quiet_from && object < quiet_to;
    if (quiet) {
        rl::ctx().disable_preemption();
    }
}

static inline bool counts()
{
    if (quiet) {
        rl::ctx().enable_preemption();
    }
    return running && !quiet;
}

template <typename T> T after_load(const void *object, T value)
{
    if (counts()) {
        object_history &history = history_of(object);
        history.loads_since += step(history, 0);
    }
    return value;
}

static inline bool after_write(const void *object, bool done)
{
    if (!done) {
        return after_load(object, done);
    }
    if (counts()) {
        object_history &history = history_of(object);
        history.last_write = step(history, history.loads_since);
        history.loads_since = 0;
    }
    return done;
}

/* --- the states that were seen ---------------------------------------------------------------- */

enum : size_t { MOST_STATES = size_t(1) << 24 };

static uint64_t seen[MOST_STATES]; /* a hash table; 0: empty */
static size_t states;

static inline void forget_states()
{
    std::memset(seen, 0, sizeof seen);
    states = 0;
}

static inline uint64_t state_now()
{
    return mix(last_step[0], last_step[1]) | 1U;
}

/* Whether a state is a new one; remembers it. */
static inline bool is_new(uint64_t state)
{
    size_t place = (state >> 1) % MOST_STATES;
    while (seen[place] != 0 && seen[place] != state) {
        place = (place + 1U) % MOST_STATES;
    }
    if (seen[place] == state) {
        return false;
    }
    seen[place] = state;
    if (++states > MOST_STATES / 2U) {
        std::abort();
    }
    return true;
}

/* --- the search ------------------------------------------------------------------------------- */

template <rl::thread_id_t contexts>
class scheduler
    : public rl::tree_search_scheduler<scheduler<contexts>,
                                       rl::tree_search_scheduler_thread_info<contexts>, contexts>
{
public:
    typedef rl::tree_search_scheduler<scheduler<contexts>,
                                      rl::tree_search_scheduler_thread_info<contexts>, contexts>
        base_t;
    typedef typename base_t::thread_info_t thread_info_t;
    typedef typename base_t::shared_context_t shared_context_t;

    scheduler(rl::test_params &params, shared_context_t &shared, rl::thread_id_t dynamic)
        : base_t(params, shared, dynamic), decided_(0), known_(false)
    {
        forget_states();
    }

    rl::thread_id_t iteration_begin_impl()
    {
        decided_ = 0;
        known_ = false;
        return base_t::iteration_begin_impl();
    }

    /* One of `limit` ways to go on. */
    unsigned rand_impl(unsigned limit, rl::sched_type type)
    {
        if (running && type == rl::sched_type_sched) {
            return next_context(limit);
        }
        if (!running || quiet || type == rl::sched_type_cas_fail) {
            return (type == rl::sched_type_cas_fail) ? 1U : 0U; /* no failure without a cause */
        }
        const unsigned way = way_on(limit, type);
        choices = mix(choices, way + 1U);
        return way;
    }

    bool can_switch(thread_info_t &)
    {
        return true;
    }

    void on_switch(thread_info_t &)
    {
    }

    double iteration_count_approx()
    {
        return 1.0;
    }

private:
    uint64_t decided_; /* the state in which it was last decided who goes on */
    bool known_;       /* the execution has come to a state that was seen before */

    /* From a known state on it does not matter which. */
    unsigned way_on(unsigned limit, rl::sched_type type)
    {
        return known_ ? 0 : base_t::rand_impl(limit, type);
    }

    /* A context that starts, or goes on, comes to its next step: that it does it is decided. */
    unsigned next_context(unsigned limit)
    {
        const uint64_t state = state_now();
        if (state == decided_) {
            return this->running_threads[0] == this->thread_->index_ ? 0U : 1U;
        }
        decided_ = state;
        if (this->stree_depth_ == this->stree_.size() && !known_) {
            known_ = !is_new(state);
        }
        return way_on(limit, rl::sched_type_sched);
    }
};

/* Runs all executions of a suite: rl::test_result_success if none is wrong. A wrong one is run once
 * more and printed step by step on `params.output_stream`. */
template <typename suite_t> rl::test_result_e simulate(rl::test_params &params)
{
    typedef scheduler<suite_t::params::thread_count> scheduler_t;
    rl::ostringstream path;
    params.search_type = rl::sched_full; /* a compare and swap fails for nothing at most once */
    const rl::test_result_e result = rl::run_test<suite_t, scheduler_t>(params, path, false);
    if (result != rl::test_result_success) {
        rl::ostringstream ignored;
        params.initial_state = path.str();
        params.collect_history = true;
        (void)rl::run_test<suite_t, scheduler_t>(params, ignored, true);
    }
    return result;
}

}

/* For the program behind this header: the checker has proxies for these. */
#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free

using namespace rl; /* the names of the orders */

#endif
