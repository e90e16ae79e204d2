/* bench.h - timing of one case: the least mean of several batches, in nanoseconds. */
#ifndef CISTERN_BENCH_H
#define CISTERN_BENCH_H

#include <stdio.h>
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

/* Prints "name<TAB>nanoseconds". */
static inline void bench_run(const char *name, bench_case_t *volatile call)
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
    printf("%s\t%.3f\n", name, least);
}

#endif
