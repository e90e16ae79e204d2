/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - measures one allocator: the program is linked with one subject.
 *
 *   main time   LIVE OPERATIONS SEED   nanoseconds of one operation: mean
 *   main count  LIVE OPERATIONS SEED   runs for callgrind to count instructions; prints nothing
 *   main pack   LIVE OPERATIONS SEED   smallest arena that serves the trace / peak of live bytes
 *   main replay FILE OPERATIONS SEED   as pack, with the frame sizes of a pcap file, 64 live
 *
 * The trace: sizes of 16 to 1536 bytes, uniform; LIVE blocks are allocated, then in each round a
 * random one is freed and another allocated in its place. Prints one line of JSON.
 */
#define _GNU_SOURCE 1
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "subject.h"

void *counted_malloc(size_t size);
void counted_free(void *memory);

#define SMALLEST 16U
#define LARGEST  1536U
#define REPLAYED 64U

#define MOST_SETTLING 1000000U

typedef struct trace {
    size_t live;       /* blocks at a time */
    size_t operations; /* rounds of one free and one malloc */
    uint16_t *sizes;   /* of the first `live` blocks, then of each round's */
    uint32_t *slots;   /* which block a round replaces */
} trace_t;

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(((random_state >> 32) * limit) >> 32);
}

static void *must(void *memory)
{
    if (memory == NULL) {
        perror("bench_heap");
        exit(2);
    }
    return memory;
}

static trace_t make_trace(size_t live, size_t operations, uint64_t seed)
{
    trace_t trace = {.live = live, .operations = operations};
    trace.sizes = must(calloc(live + operations, sizeof(*trace.sizes)));
    trace.slots = must(calloc(operations + 1U, sizeof(*trace.slots)));
    random_state = seed * 2654435761U + 1U;
    for (size_t i = 0; i < live + operations; ++i) {
        trace.sizes[i] = (uint16_t)(SMALLEST + random_below(LARGEST - SMALLEST + 1U));
    }
    for (size_t i = 0; i < operations; ++i) {
        trace.slots[i] = random_below((uint32_t)live);
    }
    return trace;
}

static uint32_t word_at(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/* The sizes become those of the frames of a little-endian pcap file, again and again. */
static void take_sizes(trace_t *trace, const char *path)
{
    unsigned char header[24];
    unsigned char record[16];
    size_t frames = 0;
    const size_t wanted = trace->live + trace->operations;
    FILE *const file = must(fopen(path, "rb"));
    if (fread(header, sizeof(header), 1, file) != 1 || word_at(header) != 0xa1b2c3d4U) {
        fprintf(stderr, "bench_heap: %s is no little-endian pcap file\n", path);
        exit(2);
    }
    while (frames < wanted && fread(record, sizeof(record), 1, file) == 1) {
        trace->sizes[frames++] = (uint16_t)word_at(record + 8);
        (void)fseek(file, (long)word_at(record + 8), SEEK_CUR);
    }
    (void)fclose(file);
    for (size_t i = frames; frames != 0 && i < wanted; ++i) {
        trace->sizes[i] = trace->sizes[i - frames];
    }
}

/* Most bytes that the trace has live at once. */
static size_t peak_live(const trace_t *trace)
{
    uint16_t *const held = must(calloc(trace->live, sizeof(*held)));
    size_t bytes = 0;
    for (size_t i = 0; i < trace->live; ++i) {
        held[i] = trace->sizes[i];
        bytes += held[i];
    }
    size_t peak = bytes;
    for (size_t i = 0; i < trace->operations; ++i) {
        bytes -= held[trace->slots[i]];
        held[trace->slots[i]] = trace->sizes[trace->live + i];
        bytes += held[trace->slots[i]];
        peak = bytes > peak ? bytes : peak;
    }
    free(held);
    return peak;
}

/* True if an arena of `bytes` serves the whole trace. */
static bool serves(const trace_t *trace, size_t bytes, void **blocks)
{
    (void)subject_start(bytes);
    for (size_t i = 0; i < trace->live; ++i) {
        blocks[i] = subject_malloc(trace->sizes[i]);
        if (blocks[i] == NULL) {
            return false;
        }
    }
    for (size_t i = 0; i < trace->operations; ++i) {
        void **const block = &blocks[trace->slots[i]];
        subject_free(*block);
        *block = subject_malloc(trace->sizes[trace->live + i]);
        if (*block == NULL) {
            return false;
        }
    }
    return true;
}

static void measure_packing(const trace_t *trace)
{
    void **const blocks = must(calloc(trace->live, sizeof(*blocks)));
    const size_t peak = peak_live(trace);
    size_t low = peak;
    size_t high = peak * 3U;
    while (high - low > peak / 4096U + 8U) {
        const size_t middle = low + (high - low) / 2U;
        if (serves(trace, middle, blocks)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    printf("{\"ratio\": %.4f}\n", (double)high / (double)peak);
    free(blocks);
}

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static size_t ample_arena(const trace_t *trace)
{
    return trace->live * LARGEST * 2U + 65536U;
}

static void fill(const trace_t *trace, void **blocks)
{
    (void)subject_start(ample_arena(trace));
    for (size_t i = 0; i < trace->live; ++i) {
        blocks[i] = must(subject_malloc(trace->sizes[i]));
    }
}

static void measure_time(const trace_t *trace)
{
    void **const blocks = must(calloc(trace->live, sizeof(*blocks)));
    double best = 1e9;
    for (unsigned run = 0; run < 3; ++run) {
        fill(trace, blocks);
        const double start = seconds();
        for (size_t i = 0; i < trace->operations; ++i) {
            void **const block = &blocks[trace->slots[i]];
            subject_free(*block);
            *block = subject_malloc(trace->sizes[trace->live + i]);
        }
        const double taken = seconds() - start;
        best = taken < best ? taken : best;
        for (size_t i = 0; i < trace->live; ++i) {
            subject_free(blocks[i]);
        }
    }
    printf("{\"ns\": %.2f}\n", best * 1e9 / (double)(2U * trace->operations));
    free(blocks);
}

/* --- instructions ------------------------------------------------------------------------------
 * Counted by callgrind, which is told to collect inside these two functions only and to write its
 * counts at the end of each call: see count.py. */

__attribute__((noinline)) void *counted_malloc(size_t size)
{
    return subject_malloc(size);
}

__attribute__((noinline)) void counted_free(void *memory)
{
    subject_free(memory);
}

/* Rounds before the counted ones, so that the heap has settled: ten for each live block, up to what
 * callgrind runs in some seconds. */
static void settle(const trace_t *trace, void **blocks)
{
    const size_t wanted = trace->live * 10U;
    for (size_t i = 0; i < (wanted < MOST_SETTLING ? wanted : MOST_SETTLING); ++i) {
        void **const block = &blocks[random_below((uint32_t)trace->live)];
        subject_free(*block);
        *block = must(subject_malloc(SMALLEST + random_below(LARGEST - SMALLEST + 1U)));
    }
}

static void run_counted(const trace_t *trace)
{
    void **const blocks = must(calloc(trace->live, sizeof(*blocks)));
    fill(trace, blocks);
    settle(trace, blocks);
    for (size_t i = 0; i < trace->operations; ++i) {
        void **const block = &blocks[trace->slots[i]];
        counted_free(*block);
        *block = counted_malloc(trace->sizes[trace->live + i]);
    }
    free(blocks);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: %s time|count|pack|replay LIVE|FILE OPERATIONS SEED\n", argv[0]);
        return 1;
    }
    const bool replay = strcmp(argv[1], "replay") == 0;
    const size_t live = replay ? REPLAYED : strtoul(argv[2], NULL, 10);
    trace_t trace = make_trace(live, strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
    if (replay) {
        take_sizes(&trace, argv[2]);
    }
    if (strcmp(argv[1], "time") == 0) {
        measure_time(&trace);
    } else if (strcmp(argv[1], "count") == 0) {
        run_counted(&trace);
    } else {
        measure_packing(&trace);
    }
    free(trace.sizes);
    free(trace.slots);
    return 0;
}
