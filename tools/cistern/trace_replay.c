/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_replay.c - a trace's events through real pools and heaps.
 *
 *   trace --> trace_account --> events of each pool --> fit.c, with the counts of the trace */
#include "trace_replay.h"

#include <inttypes.h>
#include <stdio.h>

#include "options.h"
#include "trace_size.h"

typedef struct replayed_trace {
    trace_log_t log;
    size_result_t result;
    ledger_t ledger;
} replayed_trace_t;

/* What is there, or where that is unknown, what is needed at least. */
static uint64_t amount_of(const trace_pool_t *pool)
{
    const uint64_t now = pool->heap ? pool->size : pool->count;
    return pool->described && now != 0 && now < UINT32_MAX ? now : (uint64_t)pool->peak.amount;
}

static replayed_t replay_pool(const replayed_trace_t *run, size_t index)
{
    const trace_pool_t *const pool = &run->log.account.pool[index];
    const trace_t trace = trace_account_events(&run->log.account, index);
    return pool->heap
               ? fit_heap(&trace, &run->result.target, HEAP_CISTERN, (size_t)amount_of(pool), 1)
               : fit_pool(&trace, (size_t)amount_of(pool));
}

static void print_row(const trace_pool_t *pool, const replayed_t *replayed)
{
    printf("  %-23s %8" PRIu64 " %8" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRId64 " %9" PRIu64
           " %9" PRIu64,
           pool->name, pool->heap ? 0 : pool->size, amount_of(pool), pool->gets, pool->puts,
           pool->peak.amount, pool->failures, replayed->failures);
    if (replayed->packet != 0) {
        printf("  first at event %" PRIu64, replayed->packet);
    }
    printf("\n");
}

static json_t *row_json(const trace_pool_t *pool, const replayed_t *replayed)
{
    return json_pack("{s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "name", pool->name, "heap",
                     (int)pool->heap, "amount", (json_int_t)amount_of(pool), "gets",
                     (json_int_t)pool->gets, "puts", (json_int_t)pool->puts, "max",
                     (json_int_t)pool->peak.amount, "failed_then", (json_int_t)pool->failures,
                     "failed_now", (json_int_t)replayed->failures, "first_failure",
                     (json_int_t)replayed->packet);
}

static int show(replayed_trace_t *run, const char *file, json_t **json)
{
    json_t *const rows = json_array();
    if (json == NULL) {
        printf("%s\n", file);
        trace_print_source(&run->result);
        printf("  %-23s %8s %8s %9s %9s %9s %9s %9s\n", "pool or heap", "size", "amount", "gets",
               "puts", "max", "failed", "replayed");
    }
    int status = STATUS_OK;
    for (size_t i = 0; i < run->log.account.pools; ++i) {
        const trace_pool_t *const pool = &run->log.account.pool[i];
        const replayed_t replayed = replay_pool(run, i);
        status = replayed.ok ? status : STATUS_USAGE;
        if (json == NULL) {
            print_row(pool, &replayed);
        } else {
            json_array_append_new(rows, row_json(pool, &replayed));
        }
    }
    if (json != NULL) {
        *json = json_pack("{s:o, s:O, s:o}", "file", size_json_text(file), "replayed", rows,
                          "trace", trace_json(&run->log));
    }
    json_decref(rows);
    return status;
}

int trace_replay(char **file, json_t **json)
{
    static replayed_trace_t run;
    uint64_t base[2];
    run = (replayed_trace_t){.result = {.complete = true}};
    lwip_options_defaults(&run.result.device);
    lwip_options_defaults(&run.result.now);
    int status = trace_size_read(&run.log, &run.result, &run.ledger, file, 1, base);
    if (status == STATUS_OK) {
        status = show(&run, *file, json);
        status = status == STATUS_OK && !run.result.complete ? STATUS_INPUT : status;
    }
    ledger_free(&run.ledger);
    trace_size_free(&run.log);
    return status;
}
