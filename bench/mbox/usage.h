/* SPDX-License-Identifier: BSD-3-Clause */
/* usage.h - what a stretch of a program took: time, processor time, switches between threads. */
#ifndef CISTERN_BENCH_MBOX_USAGE_H
#define CISTERN_BENCH_MBOX_USAGE_H

#include <stdio.h>
#include <sys/resource.h>

#include "../bench.h"

typedef struct usage {
    double ns;
    double processor_ns;
    double switches;
} usage_t;

static inline double usage_ns_of(struct timeval time)
{
    return 1e9 * (double)time.tv_sec + 1e3 * (double)time.tv_usec;
}

static inline usage_t usage_now(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (usage_t){.ns = bench_now(),
                     .processor_ns = usage_ns_of(usage.ru_utime) + usage_ns_of(usage.ru_stime),
                     .switches = (double)(usage.ru_nvcsw + usage.ru_nivcsw)};
}

/* What was used since `before`, divided by `count`. */
static inline usage_t usage_each(usage_t before, double count)
{
    const usage_t now = usage_now();
    return (usage_t){.ns = (now.ns - before.ns) / count,
                     .processor_ns = (now.processor_ns - before.processor_ns) / count,
                     .switches = (now.switches - before.switches) / count};
}

static inline void usage_print(const char *name, usage_t each)
{
    printf("%s\t%.1f\n", name, each.ns);
    printf("%s, processor\t%.1f\n", name, each.processor_ns);
    printf("%s, switches\t%.3f\n", name, each.switches);
}

#endif
