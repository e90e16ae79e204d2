/* SPDX-License-Identifier: BSD-3-Clause */
/* board.c - the Internet sum on a board, between the marks of the trace plugin: prints the name of
 * each stretch as it comes. The first one is empty: what the marks cost. */
#include <stdio.h>

#include "cistern/chksum.h"
#include "peers.h"
#include "target/marks.h"

typedef uint16_t sum_t(const void *data, size_t length);

static _Alignas(8) unsigned char memory[1460 + 4];
static volatile uint16_t result;

static void measure(const char *name, sum_t *volatile sum, size_t start, size_t length)
{
    (void)printf("%s %u%s\n", name, (unsigned)length, start == 0 ? "" : " odd");
    trace_begin();
    result = sum(memory + start, length);
    trace_end();
}

static void measure_all(const char *name, sum_t *sum)
{
    measure(name, sum, 0, 20);
    measure(name, sum, 0, 64);
    measure(name, sum, 0, 1460);
    measure(name, sum, 1, 1460);
}

static uint16_t lwip(const void *data, size_t length)
{
    return peer_lwip_standard_chksum(data, (int)length);
}

int main(void)
{
    (void)puts("nothing");
    trace_begin();
    trace_end();
    for (unsigned i = 0; i < sizeof memory; ++i) {
        memory[i] = (unsigned char)(i * 197U);
    }
    measure_all("algorithm 4", cistern_chksum_sum);
    measure_all("algorithm 3", cistern_chksum_words);
    measure_all("algorithm 2", cistern_chksum_halfwords);
    measure_all("algorithm 1", cistern_chksum_bytes);
    measure_all("lwip", lwip);
    return 0;
}
