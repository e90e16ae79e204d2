/* SPDX-License-Identifier: BSD-3-Clause */
/* report.c - what a run showed, as a table. */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>

uint64_t report_dropped(const replay_result_t *result)
{
    uint64_t dropped = 0;
    for (int reason = 0; reason < DROPS; ++reason) {
        dropped += result->dropped[reason].count;
    }
    return dropped;
}

static void row(const char *name, uint64_t count)
{
    printf("    %-24s %10" PRIu64 "\n", name, count);
}

/* The same, but only what happened. */
static void row_if(const char *name, uint64_t count)
{
    if (count != 0) {
        row(name, count);
    }
}

static void print_head(const replay_result_t *result, const options_t *options)
{
    printf("%s: %s, %zu elements of %u bytes, heap of %zu bytes, %s%s\n", result->file,
           link_name(result->link), options->pool_count, (unsigned)options->pool_size,
           options->heap, options->threads ? "receiver and worker thread" : "no threads",
           options->drop ? ", dropping" : "");
    if (options->flood) {
        printf("  a flood: every frame received, as fast as this host can\n");
    } else if (result->device[0] != '\0') {
        printf("  device %s, %" PRIu64 " us a frame: %" PRIu64 " received, %" PRIu64
               " sent, %" PRIu64 " of others\n",
               result->device, result->service, result->received, result->sent, result->others);
    } else {
        printf("  device unknown, %" PRIu64 " us a frame: all received\n", result->service);
    }
}

static void print_packets(const replay_result_t *result)
{
    const tally_t *const tally = &result->tally;
    printf("  packets\n");
    row("in the capture", result->packets);
    row("handled", tally->handled);
    row("dropped", report_dropped(result));
    for (int reason = 0; reason < DROPS; ++reason) {
        row_if(drop_name((drop_t)reason), result->dropped[reason].count);
    }
    row_if("cut by the snap length", tally->cut.count);
    row_if("malformed", tally->malformed.count);
    row_if("datagrams reassembled", tally->reassembled);
    row_if("datagrams incomplete", tally->incomplete);
}

static void print_protocols(const tally_t *tally)
{
    printf("  protocols                     packets\n");
    for (int protocol = 0; protocol < PROTOCOLS; ++protocol) {
        row_if(protocol_name((protocol_t)protocol), tally->protocols[protocol]);
    }
}

static void print_checksums(const tally_t *tally)
{
    printf("  checksums                        good        bad     absent\n");
    for (int checksum = 0; checksum < CHECKSUMS; ++checksum) {
        const uint64_t *const verdict = tally->checksums[checksum];
        if (verdict[VERDICT_GOOD] + verdict[VERDICT_BAD] + verdict[VERDICT_ABSENT] == 0) {
            continue;
        }
        printf("    %-24s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n",
               checksum_name((checksum_t)checksum), verdict[VERDICT_GOOD], verdict[VERDICT_BAD],
               verdict[VERDICT_ABSENT]);
    }
}

static void print_answers(const tally_t *tally)
{
    printf("  answers\n");
    for (int answer = 0; answer < ANSWERS; ++answer) {
        row_if(answer_name((answer_t)answer), tally->answers[answer]);
    }
}

static void print_memory(const memory_usage_t *usage)
{
    printf("  pools                            size      count       used        max        err\n");
    for (int i = 0; i < MEMP_MAX; ++i) {
        const pool_usage_t *const pool = &usage->pool[i];
        printf("    %-24s %10zu %10zu %10zu %10zu %10zu\n", pool->name, pool->size, pool->count,
               pool->used, pool->max, pool->err);
    }
    const heap_usage_t *const heap = &usage->heap;
    printf("  heap                             size       used        max    largest        err\n");
    printf("    %-24s %10zu %10zu %10zu %10zu %10zu\n", "bytes", heap->size, heap->used, heap->max,
           heap->largest, heap->err);
}

static double rate(const replay_result_t *result)
{
    return result->seconds > 0 ? (double)result->packets / result->seconds : 0;
}

void report_table(const replay_result_t *result, const options_t *options)
{
    print_head(result, options);
    print_packets(result);
    print_protocols(&result->tally);
    print_checksums(&result->tally);
    print_answers(&result->tally);
    print_memory(&result->memory);
    printf("  leaks %zu, faults %lu, %.0f packets/s\n", result->leaks, result->faults,
           rate(result));
}

static void say(const replay_result_t *result, const incident_t *incident, const char *what)
{
    if (incident->count != 0) {
        fprintf(stderr, "cistern: %s: packet %" PRIu64 ": %s (%" PRIu64 " in all)\n", result->file,
                incident->first, what, incident->count);
    }
}

void report_incidents(const replay_result_t *result)
{
    static const char *const dropped[DROPS] = {
        [DROP_POOL] = "dropped, the pool has too few elements for it",
        [DROP_MAILBOX] = "dropped, the mailbox is full",
        [DROP_LENGTH] = "dropped, longer than 65535 bytes",
    };
    for (int reason = 0; reason < DROPS; ++reason) {
        say(result, &result->dropped[reason], dropped[reason]);
    }
    say(result, &result->tally.cut, "cut by the snap length");
    say(result, &result->tally.malformed, "malformed, its lengths or fields contradict each other");
    if (result->leaks != 0 || result->faults != 0) {
        fprintf(stderr, "cistern: %s: %zu elements and blocks leaked, %lu faults\n", result->file,
                result->leaks, result->faults);
    }
}
