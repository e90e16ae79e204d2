/* SPDX-License-Identifier: BSD-3-Clause */
/* A program that records what its pools and heaps do, for `cistern size`: build the library and this
 * file with CISTERN_TRACE=1, run it, and ask what it needs.
 *
 *     trace gateway.ctr && cistern size gateway.ctr
 */
#include <stdio.h>

#include "cistern/pool.h"
#include "cistern/trace.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"

struct reading {
    unsigned sensor;
    int value;
};

CISTERN_POOL_DEFINE(readings, struct reading, 40, );

/* A burst of readings waits until its report, a packet of header and data, is sent. */
static void serve_burst(unsigned burst)
{
    struct reading *waiting[8];
    struct pbuf *received[4];
    const unsigned count = 1 + burst * 5 % 8;
    for (unsigned i = 0; i < count; ++i) {
        waiting[i] = readings_get();
        *waiting[i] = (struct reading){.sensor = i, .value = (int)burst};
    }
    for (unsigned i = 0; i < 4; ++i) {
        received[i] = pbuf_alloc(PBUF_RAW, (u16_t)(60 + burst * 90), PBUF_POOL);
    }
    struct pbuf *const report =
        pbuf_alloc(PBUF_TRANSPORT, (u16_t)(count * sizeof(struct reading)), PBUF_RAM);
    for (unsigned i = 0; i < count; ++i) {
        pbuf_take_at(report, waiting[i], sizeof(struct reading),
                     (u16_t)(i * sizeof(struct reading)));
        readings_put(waiting[i]);
    }
    pbuf_free(report);
    for (unsigned i = 0; i < 4; ++i) {
        pbuf_free(received[i]);
    }
}

int main(int argc, char **argv)
{
    mem_init();
    memp_init();
    readings_init();
    if (!cistern_trace_file_open(argc > 1 ? argv[1] : "trace.ctr")) {
        fputs("the trace cannot be written\n", stderr);
        return 1;
    }
    for (unsigned burst = 0; burst < 20; ++burst) {
        serve_burst(burst);
    }
    const bool whole = cistern_trace_file_close();
    printf("%s\n", whole ? "all events are in the trace" : "events are missing");
    return whole ? 0 : 1;
}
