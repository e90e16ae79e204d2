/* main.c - the cases of the pool benchmark for one subject, which the file SUBJECT defines:
 *   subject_start()                    makes a pool of BLOCKS blocks of BLOCK_SIZE bytes
 *   subject_thread()                   called by each thread before its first call
 *   subject_get(), subject_put(p)      one block
 *   subject_get_bulk(p, n), ..put_bulk many; false when that failed
 * Prints "case<TAB>nanoseconds per get and put of one block"; with threads, per pair of all together.
 */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench.h"

enum { BLOCKS = 4095, BLOCK_SIZE = 256, MOST = 1024, RING = 1024 };

#include SUBJECT

static void *held[MOST];
static unsigned order[MOST];

static void pair(void)
{
    subject_put(subject_get());
}

static void bulk(void)
{
    if (subject_get_bulk(held, 32)) {
        subject_put_bulk(held, 32);
    }
}

/* Gets `n` blocks and puts them, in the same order or in a random one. */
static void burst(unsigned n, bool random)
{
    for (unsigned i = 0; i < n; ++i) {
        held[i] = subject_get();
    }
    for (unsigned i = 0; i < n; ++i) {
        subject_put(held[random ? order[i] : i]);
    }
}

static void time_burst(const char *name, unsigned n, bool random)
{
    double least = 1e18;
    for (unsigned i = 0; i < n; ++i) {
        order[i] = i;
    }
    for (unsigned i = n - 1; i > 0; --i) {
        const unsigned j = (unsigned)rand() % (i + 1U);
        const unsigned other = order[i];
        order[i] = order[j];
        order[j] = other;
    }
    for (unsigned batch = 0; batch < 200; ++batch) {
        const double start = bench_now();
        for (unsigned i = 0; i < 4096 / n; ++i) {
            burst(n, random);
        }
        const double each = (bench_now() - start) / (4096 / n * n);
        least = each < least ? each : least;
    }
    printf("%s\t%.3f\n", name, least);
}

/* --- two threads ---------------------------------------------------------------------------------- */

enum { PAIRS = 200000, PASSED = 100000 };

static pthread_barrier_t together;
static double thread_start[2];
static double thread_end[2];
static void *_Atomic ring[RING];

static void *own_pairs(void *argument)
{
    const uintptr_t me = (uintptr_t)argument;
    subject_thread();
    (void)pthread_barrier_wait(&together);
    thread_start[me] = bench_now();
    for (unsigned i = 0; i < PAIRS; ++i) {
        subject_put(subject_get());
    }
    thread_end[me] = bench_now();
    return NULL;
}

static void *producer(void)
{
    for (unsigned i = 0; i < PASSED;) {
        void *const block = subject_get();
        if (block == NULL) {
            continue;
        }
        while (atomic_load_explicit(&ring[i % RING], memory_order_relaxed) != NULL) {
        }
        atomic_store_explicit(&ring[i % RING], block, memory_order_release);
        ++i;
    }
    return NULL;
}

static void *consumer(void)
{
    for (unsigned i = 0; i < PASSED; ++i) {
        void *block;
        while ((block = atomic_load_explicit(&ring[i % RING], memory_order_acquire)) == NULL) {
        }
        atomic_store_explicit(&ring[i % RING], NULL, memory_order_relaxed);
        subject_put(block);
    }
    return NULL;
}

static void *pass_on(void *argument)
{
    const uintptr_t me = (uintptr_t)argument;
    subject_thread();
    (void)pthread_barrier_wait(&together);
    thread_start[me] = bench_now();
    (void)(me == 0 ? producer() : consumer());
    thread_end[me] = bench_now();
    return NULL;
}

static void time_threads(const char *name, void *(*function)(void *), double operations)
{
    double least = 1e18;
    for (unsigned batch = 0; batch < 3; ++batch) {
        pthread_t thread[2];
        (void)pthread_barrier_init(&together, NULL, 2);
        for (uintptr_t i = 0; i < 2; ++i) {
            (void)pthread_create(&thread[i], NULL, function, (void *)i);
        }
        (void)pthread_join(thread[0], NULL);
        (void)pthread_join(thread[1], NULL);
        const double start = thread_start[0] < thread_start[1] ? thread_start[0] : thread_start[1];
        const double end = thread_end[0] > thread_end[1] ? thread_end[0] : thread_end[1];
        const double each = (end - start) / operations;
        least = each < least ? each : least;
    }
    printf("%s\t%.3f\n", name, least);
}

int main(int argc, char **argv)
{
    const bool threads = argc > 1 && strcmp(argv[1], "threads") == 0;
    if (!subject_start()) {
        return 1;
    }
    subject_thread();
    bench_run("pair", pair);
    bench_run("bulk of 32", bulk);
    time_burst("burst of 32, first in first out", 32, false);
    time_burst("burst of 32, random", 32, true);
    time_burst("burst of 1024, first in first out", 1024, false);
    time_burst("burst of 1024, random", 1024, true);
    if (threads) {
        time_threads("two threads, own pairs", own_pairs, 2.0 * PAIRS);
        time_threads("one gets, another puts", pass_on, PASSED);
    }
    return 0;
}
