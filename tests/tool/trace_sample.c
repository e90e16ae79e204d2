/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_sample.c - makes the traces in tests/tool/traces: the same calls on any processor, so that
 * what `cistern size` says of each must be the same.
 *
 *     trace_sample STREAM MEMORY     drained while it runs; the ring as it lies in memory
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cistern/fault.h"
#include "cistern/heap.h"
#include "cistern/pool.h"
#include "cistern/trace.h"
#include "lwip/memp.h"

enum { FRAMES = 12, WORDS = 8 };

static _Alignas(16) unsigned char frames_memory[CISTERN_POOL_BYTES(FRAMES, 64, 16)];
static _Alignas(16) unsigned char arena[2048];
static cistern_pool_t frames;
static cistern_heap_t heap;

CISTERN_POOL_DEFINE(words, uint32_t, WORDS, );

static bool write_all(void *context, const void *bytes, size_t length)
{
    return length == 0 || write(*(int *)context, bytes, length) == (ssize_t)length;
}

static void ignore(const cistern_fault_t *fault)
{
    (void)fault;
}

/* Takes up to 10 frames; the words run dry; the heap's blocks are trimmed and freed out of order. */
static void work(unsigned round)
{
    void *frame[10];
    void *block[4];
    void *elements[3];
    cistern_trace_tick(1000U * round);
    for (unsigned i = 0; i < 3; ++i) {
        elements[i] = memp_malloc(MEMP_PBUF_POOL);
    }
    for (unsigned i = 0; i < 5U + round; ++i) {
        frame[i] = cistern_pool_get(&frames);
    }
    for (unsigned i = 0; i < 4; ++i) {
        block[i] = cistern_heap_alloc(&heap, 20U + 40U * i + round);
    }
    (void)cistern_heap_trim(&heap, block[3], 40);
    for (unsigned i = 0; i < 4; ++i) {
        cistern_heap_free(&heap, block[(i * 3U + 1U) % 4U]);
    }
    for (unsigned i = 0; i < 5U + round; ++i) {
        cistern_pool_put(&frames, frame[i]);
    }
    for (unsigned i = 0; i < 3; ++i) {
        memp_free(MEMP_PBUF_POOL, elements[i]);
    }
}

static void run(void)
{
    for (unsigned i = 0; i <= WORDS; ++i) { /* the last one fails; none is given back */
        (void)words_get();
    }
    for (unsigned round = 0; round < 5; ++round) {
        work(round);
    }
    cistern_pool_put(&frames, frames_memory + 1); /* a fault */
}

int main(int argc, char **argv)
{
    const char *const stream = argc > 1 && argv[1][0] != '\0' ? argv[1] : "sample.ctr";
    const char *const memory = argc > 2 ? argv[2] : "sample-memory.ctr";
    int file = open(stream, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    size_t bytes = 0;
    cistern_fault_set_handler(ignore);
    memp_init();
    (void)cistern_pool_init(&frames, &(cistern_pool_config_t){.name = "frames",
                                                              .count = FRAMES,
                                                              .size = 64,
                                                              .alignment = 16,
                                                              .memory = frames_memory,
                                                              .bytes = sizeof frames_memory});
    (void)cistern_heap_init(
        &heap, &(cistern_heap_config_t){
                   .name = "HEAP", .memory = arena, .bytes = sizeof arena, .alignment = 8});
    (void)words_init();
    cistern_trace_start();
    cistern_trace_pools();
    run();
    const void *const image = cistern_trace_image(&bytes);
    const int dump = open(memory, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    bool ok = dump >= 0 && file >= 0 && write(dump, image, bytes) == (ssize_t)bytes;
    ok = ok && cistern_trace_begin(write_all, &file) && cistern_trace_drain(write_all, &file);
    ok = close(file) == 0 && close(dump) == 0 && ok;
    puts(ok && cistern_trace_lost() == 0 ? "all events are in the trace" : "events are missing");
    return ok && cistern_trace_lost() == 0 ? 0 : 1;
}
