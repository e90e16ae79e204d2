/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - the cases of the pool benchmark for one subject, which the file SUBJECT defines:
 *   subject_start()                    makes a pool of BLOCKS blocks of BLOCK_SIZE bytes
 *   subject_thread_starts(), ..ends()  called by each thread before its first and after its last
 *                                      call, if the file defines SUBJECT_KNOWS_THREADS
 *   subject_get(), subject_put(p)      one block
 *   subject_get_bulk(p, n), ..put_bulk many; false when that failed
 *
 *   main single    times the cases of one thread
 *   main threads   also those of two threads, each on a processor of its own
 *   main count     runs each case of one thread once, in the function counted, for callgrind
 * Times are "case<TAB>nanoseconds per get and put of one block"; with threads, per pair of all
 * together. Counting prints "case<TAB>number of pairs".
 */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench.h"

enum { BLOCKS = 4095, BLOCK_SIZE = 256, MOST = 1024, SHORT = 32 };

#include SUBJECT

#ifndef SUBJECT_KNOWS_THREADS
static void subject_thread_starts(void) {}
static void subject_thread_ends(void) {}
#endif

/* --- one thread ----------------------------------------------------------------------------------- */

static void *held[MOST];
static unsigned order[MOST];

static void pair(void)
{
    subject_put(subject_get());
}

static void bulk(void)
{
    if (subject_get_bulk(held, SHORT)) {
        subject_put_bulk(held, SHORT);
    }
}

/* Gets `n` blocks and puts them in the order of `order`. */
static void burst(unsigned n)
{
    for (unsigned i = 0; i < n; ++i) {
        held[i] = subject_get();
    }
    for (unsigned i = 0; i < n; ++i) {
        subject_put(held[order[i]]);
    }
}

static void burst_short(void)
{
    burst(SHORT);
}

static void burst_long(void)
{
    burst(MOST);
}

static void order_first_in_first_out(unsigned n)
{
    for (unsigned i = 0; i < n; ++i) {
        order[i] = i;
    }
}

static void order_random(unsigned n)
{
    order_first_in_first_out(n);
    for (unsigned i = n - 1; i > 0; --i) {
        const unsigned j = (unsigned)rand() % (i + 1U);
        const unsigned other = order[i];
        order[i] = order[j];
        order[j] = other;
    }
}

static const struct {
    const char *name;
    bench_case_t *run;
    void (*arrange)(unsigned n);
    unsigned pairs; /* of one run */
} cases[] = {
    {"pair", pair, order_random, 1},
    {"bulk of 32", bulk, order_random, SHORT},
    {"burst of 32, first in first out", burst_short, order_first_in_first_out, SHORT},
    {"burst of 32, random", burst_short, order_random, SHORT},
    {"burst of 1024, first in first out", burst_long, order_first_in_first_out, MOST},
    {"burst of 1024, random", burst_long, order_random, MOST},
};

enum { CASES = sizeof cases / sizeof cases[0], PAIRS_TIMED = 8192, BATCHES = 100 };

/* Prints the least mean of several batches. */
static void time_case(unsigned number)
{
    bench_case_t *volatile run = cases[number].run;
    const unsigned runs = PAIRS_TIMED / cases[number].pairs;
    double least = 1e18;
    cases[number].arrange(cases[number].pairs);
    for (unsigned batch = 0; batch < BATCHES; ++batch) {
        const double start = bench_now();
        for (unsigned i = 0; i < runs; ++i) {
            run();
        }
        const double each = (bench_now() - start) / PAIRS_TIMED;
        least = each < least ? each : least;
    }
    printf("%s\t%.3f\n", cases[number].name, least);
}

void counted(bench_case_t *volatile run, unsigned runs);

/* Not static, so that callgrind finds it by name. */
void counted(bench_case_t *volatile run, unsigned runs)
{
    for (unsigned i = 0; i < runs; ++i) {
        run();
    }
}

static void count_case(unsigned number)
{
    void (*volatile count)(bench_case_t *volatile, unsigned) = counted;
    const unsigned runs = 2U * MOST / cases[number].pairs;
    cases[number].arrange(cases[number].pairs);
    for (unsigned i = 0; i < runs; ++i) { /* what is done once only is done */
        cases[number].run();
    }
    count(cases[number].run, runs);
    printf("%s\t%u\n", cases[number].name, runs * cases[number].pairs);
}

/* --- two threads ---------------------------------------------------------------------------------- */

/* One thread passes blocks on to the other by way of a ring of places, a batch in each, so that the
 * ring costs little of what is measured. A place is full from the store of its number on. */
enum { PAIRS = 500000, BATCH = 32, PLACES = 32, PASSED = 500000 / BATCH, TRIALS = 5 };

typedef struct place {
    _Alignas(64) atomic_uint full;
    void *block[BATCH];
} place_t;

static pthread_barrier_t together;
static double thread_start[2];
static double thread_end[2];
static place_t ring[PLACES];

/* Waits until a place is full, or empty; for a while without giving up the processor. */
static void wait_for(place_t *place, unsigned full)
{
    for (unsigned i = 1; atomic_load_explicit(&place->full, memory_order_acquire) != full; ++i) {
        if (i % 4096U == 0) {
            (void)sched_yield();
        }
    }
}

static void own_pairs(unsigned me)
{
    (void)me;
    for (unsigned i = 0; i < PAIRS; ++i) {
        subject_put(subject_get());
    }
}

static void fill(place_t *place)
{
    for (unsigned j = 0; j < BATCH; ++j) {
        while ((place->block[j] = subject_get()) == NULL) {
            (void)sched_yield();
        }
    }
}

static void pass_on(unsigned me)
{
    for (unsigned i = 0; i < PASSED; ++i) {
        place_t *const place = &ring[i % PLACES];
        wait_for(place, me);
        if (me == 0) {
            fill(place);
        }
        for (unsigned j = 0; me == 1 && j < BATCH; ++j) {
            subject_put(place->block[j]);
        }
        atomic_store_explicit(&place->full, 1U - me, memory_order_release);
    }
}

/* Keeps the calling thread on one of the processors that the program may use. */
static void stay_on(unsigned number, const cpu_set_t *allowed)
{
    cpu_set_t own;
    CPU_ZERO(&own);
    for (int i = 0; i < CPU_SETSIZE; ++i) {
        if (CPU_ISSET(i, allowed) && number-- == 0) {
            CPU_SET(i, &own);
        }
    }
    (void)pthread_setaffinity_np(pthread_self(), sizeof own, &own);
}

static cpu_set_t processors;
static void (*threads_do)(unsigned me);

static void *thread_runs(void *argument)
{
    const unsigned me = (unsigned)(uintptr_t)argument;
    stay_on(me, &processors);
    subject_thread_starts();
    (void)pthread_barrier_wait(&together);
    thread_start[me] = bench_now();
    threads_do(me);
    thread_end[me] = bench_now();
    subject_thread_ends();
    return NULL;
}

static double time_both(double pairs)
{
    pthread_t thread[2];
    (void)pthread_barrier_init(&together, NULL, 2);
    for (uintptr_t i = 0; i < 2; ++i) {
        (void)pthread_create(&thread[i], NULL, thread_runs, (void *)i);
    }
    (void)pthread_join(thread[0], NULL);
    (void)pthread_join(thread[1], NULL);
    const double start = thread_start[0] < thread_start[1] ? thread_start[0] : thread_start[1];
    const double end = thread_end[0] > thread_end[1] ? thread_end[0] : thread_end[1];
    return (end - start) / pairs;
}

static void time_threads(const char *name, void (*function)(unsigned), double pairs)
{
    double least = 1e18;
    threads_do = function;
    for (unsigned trial = 0; trial < TRIALS; ++trial) {
        const double each = time_both(pairs);
        least = each < least ? each : least;
    }
    printf("%s\t%.3f\n", name, least);
}

int main(int argc, char **argv)
{
    const char *const mode = argc > 1 ? argv[1] : "single";
    (void)sched_getaffinity(0, sizeof processors, &processors);
    if (!subject_start()) {
        return 1;
    }
    subject_thread_starts();
    for (unsigned i = 0; i < CASES; ++i) {
        (strcmp(mode, "count") == 0 ? count_case : time_case)(i);
    }
    if (strcmp(mode, "threads") == 0) {
        time_threads("two threads, own pairs", own_pairs, 2.0 * PAIRS);
        time_threads("one gets, another puts", pass_on, (double)PASSED * BATCH);
    }
    return 0;
}
