/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_board.c - a board that records its pools and heaps into a file of the host, by semihosting,
 * with an interrupt's events among them; and what an event costs, between the marks. trace_board.sh
 * runs it and reads both. */
#include <stdio.h>

#include "cistern/heap.h"
#include "cistern/pool.h"
#include "cistern/trace.h"

#include "target/board.h"
#include "target/marks.h"

enum { FRAMES = 8 };

static _Alignas(8) unsigned char memory[CISTERN_POOL_BYTES(FRAMES, 40, 8)];
static _Alignas(8) unsigned char arena[512];
static cistern_pool_t frames;
static cistern_heap_t heap;

/* As cistern_trace_event, without what it does. */
__attribute__((noinline)) void trace_nothing(const void *object, const void *block, size_t what,
                                             const void *owner)
{
    __asm__ volatile("" : : "r"(object), "r"(block), "r"(what), "r"(owner));
}

static void measure(void (*hook)(const void *, const void *, size_t, const void *))
{
    trace_begin();
    hook(&frames, memory, CISTERN_TRACE_GET, NULL);
    trace_end();
}

static void in_interrupt(void *argument)
{
    (void)argument;
    (void)cistern_pool_put(&frames, cistern_pool_get(&frames));
}

/* At most 6 frames at once, one of them the interrupt's, and 2 blocks of the heap. */
static void work(void)
{
    void *frame[5];
    for (unsigned i = 0; i < 5; ++i) {
        frame[i] = cistern_pool_get(&frames);
        board_call_in_interrupt(in_interrupt, NULL);
    }
    void *const first = cistern_heap_alloc(&heap, 100);
    void *const second = cistern_heap_alloc(&heap, 60);
    cistern_heap_free(&heap, first);
    cistern_heap_free(&heap, second);
    for (unsigned i = 0; i < 5; ++i) {
        (void)cistern_pool_put(&frames, frame[i]);
    }
}

int main(int argc, char **argv)
{
    const char *const path = argc > 1 && argv[1][0] != '\0' ? argv[1] : "board.ctr";
    (void)cistern_pool_init(&frames, &(cistern_pool_config_t){.name = "frames",
                                                              .count = FRAMES,
                                                              .size = 40,
                                                              .alignment = 8,
                                                              .memory = memory,
                                                              .bytes = sizeof memory});
    (void)cistern_heap_init(
        &heap, &(cistern_heap_config_t){
                   .name = "HEAP", .memory = arena, .bytes = sizeof arena, .alignment = 8});
    cistern_trace_start();
    measure(trace_nothing);
    measure(cistern_trace_event);
    measure(cistern_trace_event);
    board_start_ticks(); /* which makes the board ready for interrupts */
    bool ok = cistern_trace_semihosting_open(path);
    for (unsigned round = 0; ok && round < 20; ++round) {
        cistern_trace_tick(round);
        work();
        ok = cistern_trace_semihosting_drain();
    }
    ok = cistern_trace_semihosting_close() && ok;
    puts(ok ? "all events are in the trace" : "events are missing");
    return ok ? 0 : 1;
}
