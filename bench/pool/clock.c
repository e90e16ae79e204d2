/* SPDX-License-Identifier: BSD-3-Clause */
/* clock.c - prints the clock of the processor in MHz: a chain of additions takes a cycle for each. */
#define _POSIX_C_SOURCE 200809L
#include "../bench.h"

enum { ROUNDS = 1000000, EACH = 8, TRIALS = 20 };

int main(void)
{
    double least = 1e18;
    unsigned long sum = 0;
    for (unsigned trial = 0; trial < TRIALS; ++trial) {
        const double start = bench_now();
        for (unsigned i = 0; i < ROUNDS; ++i) {
            for (unsigned j = 0; j < EACH; ++j) {
                __asm__ volatile("" : "+r"(sum)); /* so that the compiler adds one at a time */
                sum += i;
            }
        }
        const double each = (bench_now() - start) / ((double)ROUNDS * EACH);
        least = each < least ? each : least;
    }
    printf("%.0f\n", 1000.0 / least);
    return 0;
}
