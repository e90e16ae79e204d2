/* SPDX-License-Identifier: BSD-3-Clause */
/* The Internet sum of this library, of each way of the port, and of the peers: all in one program,
 * in turn, so that what disturbs one disturbs the others.
 *
 * chksum                prints "case<TAB>nanoseconds" for each case and round
 * chksum count CASE     makes one call of a case inside counted_call, for callgrind
 */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../bench.h"
#include "cistern/chksum.h"
#include "lwip/inet_chksum.h"
#include "peers.h"

#define ROUNDS    300U
#define CALLS     1000U
#define MOST      80U
#define LONGEST   1460U
#define ALIGNMENT 64

typedef uint16_t sum_t(const void *data, size_t length);
typedef uint16_t copy_t(void *target, const void *source, size_t length);

/* A sum, or a sum of what is copied. */
typedef struct bench_sum {
    char name[40];
    sum_t *sum;
    copy_t *copy;
    size_t length;
    size_t start;
} bench_sum_t;

static bench_sum_t cases[MOST];
static unsigned count;
static _Alignas(ALIGNMENT) unsigned char memory[LONGEST + ALIGNMENT];
static _Alignas(ALIGNMENT) unsigned char target[LONGEST + ALIGNMENT];
static volatile uint16_t result;

/* --- whose --------------------------------------------------------------------------------------
 */

static uint16_t ours(const void *data, size_t length)
{
    return inet_chksum(data, (u16_t)length);
}

static uint16_t lwip(const void *data, size_t length)
{
    return peer_inet_chksum(data, (u16_t)length);
}

static uint16_t lwip_copy(void *to, const void *from, size_t length)
{
    return peer_lwip_chksum_copy(to, from, (u16_t)length);
}

static uint16_t copy_only(void *to, const void *from, size_t length)
{
    memcpy(to, from, length);
    return 0;
}

static uint16_t copy_then_sum(void *to, const void *from, size_t length)
{
    memcpy(to, from, length);
    return cistern_chksum_sum(to, length);
}

/* --- cases --------------------------------------------------------------------------------------
 */

static void add(const char *name, sum_t *sum, copy_t *copy, size_t length, size_t start)
{
    bench_sum_t *const one = &cases[count++];
    (void)snprintf(one->name, sizeof one->name, "%s %zu%s", name, length, start == 0 ? "" : " odd");
    one->sum = sum;
    one->copy = copy;
    one->length = length;
    one->start = start;
}

static void add_lengths(const char *name, sum_t *sum)
{
    static const size_t lengths[] = {20, 64, 256, LONGEST};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; ++i) {
        add(name, sum, NULL, lengths[i], 0);
    }
}

static void add_strategies(void)
{
    const cistern_chksum_strategy_t *strategy;
    for (unsigned i = 0; (strategy = cistern_chksum_strategy(i)) != NULL; ++i) {
        char name[24];
        add_lengths(strategy->name, strategy->sum);
        (void)snprintf(name, sizeof name, "%s copy", strategy->name);
        add(name, NULL, strategy->copy, LONGEST, 0);
    }
}

static void add_all(void)
{
    add_lengths("checksum", ours);
    add_lengths("lwip", lwip);
    add("checksum", ours, NULL, LONGEST, 1);
    add("lwip", lwip, NULL, LONGEST, 1);
    add_lengths("sum", CISTERN_CHKSUM_SUM);
    add_strategies();
    add_lengths("algorithm 1", cistern_chksum_bytes);
    add_lengths("algorithm 2", cistern_chksum_halfwords);
    add_lengths("algorithm 3", cistern_chksum_words);
    add_lengths("dpdk", peer_dpdk);
    add_lengths("read", peer_read);
    add("copy", NULL, cistern_chksum_copy, LONGEST, 0);
    add("memcpy", NULL, copy_only, LONGEST, 0);
    add("memcpy, sum", NULL, copy_then_sum, LONGEST, 0);
    add("lwip copy", NULL, lwip_copy, LONGEST, 0);
}

/* --- measuring ----------------------------------------------------------------------------------
 */

static void call(const bench_sum_t *one, unsigned calls)
{
    sum_t *volatile const sum = one->sum;
    copy_t *volatile const copy = one->copy;
    if (copy != NULL) {
        for (unsigned i = 0; i < calls; ++i) {
            result = copy(target, memory + one->start, one->length);
        }
    } else {
        for (unsigned i = 0; i < calls; ++i) {
            result = sum(memory + one->start, one->length);
        }
    }
}

__attribute__((noinline)) static void counted_call(const bench_sum_t *one)
{
    call(one, 1);
}

static void measure_all(void)
{
    for (unsigned round = 0; round < ROUNDS; ++round) {
        for (const bench_sum_t *one = cases; one != cases + count; ++one) {
            call(one, CALLS / 10);
            const double start = bench_now();
            call(one, CALLS);
            printf("%s\t%.3f\n", one->name, (bench_now() - start) / CALLS);
        }
    }
}

static int count_one(const char *name)
{
    for (const bench_sum_t *one = cases; one != cases + count; ++one) {
        if (strcmp(one->name, name) == 0) {
            call(one, 1);
            counted_call(one);
            return 0;
        }
    }
    return 1;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof memory; ++i) {
        memory[i] = (unsigned char)(i * 197U);
    }
    add_all();
    if (argc == 3 && strcmp(argv[1], "count") == 0) {
        return count_one(argv[2]);
    }
    measure_all();
    return 0;
}
