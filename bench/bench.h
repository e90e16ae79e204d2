/* SPDX-License-Identifier: BSD-3-Clause */
/* bench.h - one case: timed, as the least mean of several batches, in nanoseconds; or, where the
 * environment has BENCH_COUNT, run once for callgrind, which counts the instructions. */
#ifndef CISTERN_BENCH_H
#define CISTERN_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BENCH_BATCHES 40
#define BENCH_CALLS   5000U

typedef void bench_case_t(void);

static inline double bench_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static inline double bench_time(bench_case_t *volatile call)
{
    double least = 1e18;
    for (unsigned batch = 0; batch < BENCH_BATCHES; ++batch) {
        const double start = bench_now();
        for (unsigned i = 0; i < BENCH_CALLS; ++i) {
            call();
        }
        const double each = (bench_now() - start) / BENCH_CALLS;
        least = each < least ? each : least;
    }
    return least;
}

/* What callgrind looks at: see pbuf/measure.py. */
void bench_counted(bench_case_t *call);
void bench_counted(bench_case_t *call)
{
    call();
}

/* The first call makes ready what is made once; callgrind skips it. */
static inline double bench_count(bench_case_t *call)
{
    void (*volatile counted)(bench_case_t *) = bench_counted;
    call();
    counted(call);
    return 0;
}

/* Prints "name<TAB>nanoseconds". */
static inline void bench_run(const char *name, bench_case_t *call)
{
    printf("%s\t%.3f\n", name,
           getenv("BENCH_COUNT") != NULL ? bench_count(call) : bench_time(call));
}

#endif
