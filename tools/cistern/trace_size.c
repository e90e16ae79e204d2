/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_size.c - `cistern size` from traces.
 *
 *   traces --> trace_account --> ledger --> rows, proofs and outputs of size.c
 *                            --> events of other pools --> fit.c, here */
#include "trace_size.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "options.h"

/* --- reading ---------------------------------------------------------------------------------- */

/* Other options that follow from this one do not matter here. */
static void say(lwip_options_t *options, lwip_option_t option, int64_t value)
{
    if (options->source[option] != OPTION_FILE) {
        options->value[option] = value;
        options->source[option] = OPTION_TRACE;
    }
}

/* Geometry of the device: from the first trace that says it. */
static void set_target(trace_log_t *log, size_result_t *result, const trace_file_t *trace)
{
    uint64_t alignment = 0;
    for (size_t i = 0; i < trace->objects; ++i) {
        const trace_object_t *const object = &trace->object[i];
        const bool plausible =
            object->count != 0 && object->count <= 64 && (object->count & (object->count - 1)) == 0;
        alignment = object->heap && object->described && plausible ? object->count : alignment;
    }
    log->pointer = trace->pointer;
    if (alignment != 0) {
        say(&result->device, OPTION_MEM_ALIGNMENT, (int64_t)alignment);
        say(&result->now, OPTION_MEM_ALIGNMENT, (int64_t)alignment);
    }
    target_init(&result->target, trace->pointer * 8, &result->device);
}

static void add_gaps(trace_log_t *log, size_result_t *result, const trace_file_t *trace)
{
    ++log->traces;
    log->memory += trace->memory ? 1 : 0;
    log->lost += trace->lost;
    log->missing += trace->missing;
    log->damaged += trace->damaged;
    log->torn += trace->torn ? 1 : 0;
    log->undescribed += trace->undescribed;
    if (trace_is_whole(trace)) {
        return;
    }
    result->complete = false;
    fprintf(stderr,
            "cistern: %s: not whole%s: %" PRIu64 " events dropped by the program, %" PRIu64
            " missing, %" PRIu64 " damaged chunks: more may have been held than is shown\n",
            trace->name, trace->torn ? ", it ends within a chunk" : "", trace->lost, trace->missing,
            trace->damaged);
}

static int read_one(trace_log_t *log, size_result_t *result, ledger_t *ledger, const char *file)
{
    static trace_file_t trace;
    if (!trace_open(&trace, file)) {
        return STATUS_INPUT;
    }
    int status = STATUS_OK;
    if (log->traces == 0) {
        set_target(log, result, &trace);
        ledger_watch_t *const watch = ledger->watch;
        void *const watcher = ledger->watcher;
        ledger_init(ledger, &result->target);
        ledger->watch = watch;
        ledger->watcher = watcher;
        trace_account_init(&log->account, ledger, &result->target);
        log->account.record = log->record;
    }
    if (trace.pointer != log->pointer) {
        fprintf(stderr,
                "cistern: %s: a trace of another processor than those before: it has "
                "pointers of %u bits\n",
                file, trace.pointer * 8);
        status = STATUS_INPUT;
    } else if (!trace_account_add(&log->account, &trace)) {
        status = size_fail_memory();
    }
    add_gaps(log, result, &trace);
    trace_close(&trace);
    return status;
}

/* A number that options and tables can have. */
static int64_t plausible(uint64_t number)
{
    return number < INT64_C(0x100000000) ? (int64_t)number : 0;
}

/* What the program has now, as if its options said it; and the bytes of an element. */
static void set_options(const trace_log_t *log, size_result_t *result)
{
    for (size_t i = 0; i < log->account.pools; ++i) {
        const trace_pool_t *const pool = &log->account.pool[i];
        const uint64_t now = pool->heap ? pool->size : pool->count;
        if (pool->resource == RESOURCE_COUNT || !pool->described) {
            continue;
        }
        say(&result->now, resource_option(pool->resource), plausible(now));
        if (!pool->heap && pool->stride != 0) {
            result->target.size[pool->resource] = (size_t)plausible(pool->stride);
        }
    }
}

int trace_size_read(trace_log_t *log, size_result_t *result, ledger_t *ledger, char **file,
                    int files, uint64_t *base)
{
    int status = STATUS_OK;
    for (int i = 0; i < files && status == STATUS_OK; ++i) {
        base[i] = log->account.base;
        status = read_one(log, result, ledger, file[i]);
        base[i + 1] = log->account.base;
    }
    if (status == STATUS_OK) {
        set_options(log, result);
        result->trace = log;
    }
    return status;
}

void trace_size_free(trace_log_t *log)
{
    trace_account_free(&log->account);
    *log = (trace_log_t){.traces = 0};
}

/* --- proof ------------------------------------------------------------------------------------ */

static bool is_other(const trace_pool_t *pool)
{
    return pool->resource == RESOURCE_COUNT;
}

static bool prove_pool(trace_log_t *log, size_t index)
{
    const trace_pool_t *const pool = &log->account.pool[index];
    const trace_t trace = trace_account_events(&log->account, index);
    const replayed_t below = fit_pool(&trace, (size_t)pool->peak.amount - 1);
    bool ok = below.ok;
    log->proof[index].one_less = below.packet;
    if (pool->described && pool->count < (uint64_t)pool->peak.amount) {
        const replayed_t now = fit_pool(&trace, (size_t)pool->count);
        log->proof[index].now_fails = now.packet;
        ok = ok && now.ok;
    }
    return ok;
}

static bool prove_heap(trace_log_t *log, const size_result_t *result, size_t index)
{
    const trace_pool_t *const pool = &log->account.pool[index];
    const trace_t trace = trace_account_events(&log->account, index);
    trace_proof_t *const proof = &log->proof[index];
    for (int kind = 0; kind < HEAP_KINDS; ++kind) {
        replayed_t below = {.ok = true};
        proof->heap[kind] = fit_heap_least(&trace, &result->target, (heap_kind_t)kind, 1, &below);
        proof->below[kind] = (size_t)below.packet;
        if (!below.ok) {
            return false;
        }
    }
    proof->one_less = proof->below[HEAP_CISTERN];
    if (pool->size != 0 && pool->size < proof->heap[HEAP_CISTERN]) {
        const replayed_t now =
            fit_heap(&trace, &result->target, HEAP_CISTERN, (size_t)pool->size, 1);
        proof->now_fails = now.packet;
        return now.ok;
    }
    return true;
}

static void say_cause(const trace_pool_t *pool, char text[SIZE_TEXT])
{
    snprintf(text, SIZE_TEXT, "taken by the call that returns to 0x%" PRIx64, pool->peak_owner);
}

bool trace_size_prove(trace_log_t *log, size_result_t *result)
{
    bool ok = true;
    size_demand_t *const demand = &result->demand;
    demand->packets = log->account.base;
    demand->pointer = log->pointer * 8;
    snprintf(demand->device, sizeof demand->device, "%" PRIu64 " trace%s", log->traces,
             log->traces == 1 ? "" : "s");
    for (size_t i = 0; ok && i < log->account.pools; ++i) {
        const trace_pool_t *const pool = &log->account.pool[i];
        if (!is_other(pool)) {
            size_peak_t *const peak = &demand->row[pool->resource].peak;
            peak->seconds = (double)pool->peak.time / 1e9;
            say_cause(pool, peak->cause);
        } else if (pool->peak.amount > 0) {
            ok = pool->heap ? prove_heap(log, result, i) : prove_pool(log, i);
        }
        if (pool->resource == RESOURCE_HEAP && pool->size == 0) { /* no arena: nothing to judge */
            say(&result->now, OPTION_MEM_SIZE, (int64_t)demand->heap[result->options->heap]);
        }
    }
    return ok;
}

/* --- what is there ---------------------------------------------------------------------------- */

bool trace_has(const trace_log_t *log, resource_t resource)
{
    for (size_t i = 0; i < log->account.pools; ++i) {
        if (log->account.pool[i].resource == resource) {
            return true;
        }
    }
    return false;
}

/* A heap whose arena is unknown is never too small. */
static bool is_short(const trace_log_t *log, size_t index)
{
    const trace_pool_t *const pool = &log->account.pool[index];
    const uint64_t now = pool->heap ? pool->size : pool->count;
    return is_other(pool) && pool->described && now != 0 &&
           (log->proof[index].now_fails != 0 || pool->failures != 0);
}

const char *trace_first_short(const trace_log_t *log, uint64_t *event)
{
    const char *name = NULL;
    for (size_t i = 0; i < log->account.pools; ++i) {
        const trace_pool_t *const pool = &log->account.pool[i];
        const uint64_t at =
            pool->first_failure != 0 ? pool->first_failure : log->proof[i].now_fails;
        if (is_short(log, i) && (name == NULL || at < *event)) {
            name = pool->name;
            *event = at;
        }
    }
    return name;
}

static int64_t blocks_needed(const trace_log_t *log, size_t index)
{
    return log->account.pool[index].heap ? (int64_t)log->proof[index].heap[HEAP_CISTERN]
                                         : log->account.pool[index].peak.amount;
}

/* What has an unknown number has what it needs. */
void trace_add_bytes(const trace_log_t *log, int64_t *now, int64_t *needed)
{
    for (size_t i = 0; i < log->account.pools; ++i) {
        const trace_pool_t *const pool = &log->account.pool[i];
        if (!is_other(pool)) {
            continue;
        }
        const int64_t bytes = (int64_t)trace_block_bytes(pool);
        const int64_t there = (int64_t)plausible(pool->heap ? pool->size : pool->count);
        *now += (there == 0 ? blocks_needed(log, i) : there) * bytes;
        *needed += blocks_needed(log, i) * bytes;
    }
}

/* --- text ------------------------------------------------------------------------------------- */

static void print_count(uint64_t count, const char *what)
{
    if (count != 0) {
        printf("  %" PRIu64 " %s\n", count, what);
    }
}

void trace_print_source(const size_result_t *result)
{
    const trace_log_t *const log = result->trace;
    const trace_account_t *const account = &log->account;
    printf("%" PRIu64 " events of %zu pools and heaps, from %" PRIu64
           " trace%s with pointers of %u bits.\n",
           account->base, account->pools, log->traces, log->traces == 1 ? "" : "s",
           log->pointer * 8);
    print_count(log->lost, "events were dropped by the program, since its ring was full: give it "
                           "more CISTERN_TRACE_EVENTS, or drain it more often");
    print_count(log->missing, "events are missing");
    print_count(log->damaged, "chunks are damaged");
    print_count(log->torn, "traces end within a chunk");
    print_count(account->unknown, "blocks were given back that were taken before the trace began, "
                                  "or in a gap: what was held is more by these");
    print_count(account->repeated, "blocks were taken anew before their put was recorded, by an "
                                   "interrupt or another thread, or in a gap");
    print_count(account->strange, "events make no sense: they were left out");
    print_count(log->undescribed, "pools were not described: give the program more "
                                  "CISTERN_TRACE_OBJECTS");
    print_count(account->left, "blocks were not given back before the end");
    if (account->faults != 0) {
        printf("  %" PRIu64 " faults, the first at event %" PRIu64 "\n", account->faults,
               account->first_fault);
    }
    if (trace_is_exact(log)) {
        printf("  The trace is whole: what follows is exact.\n");
    }
}

bool trace_is_exact(const trace_log_t *log)
{
    const trace_account_t *const account = &log->account;
    return log->lost == 0 && log->missing == 0 && log->damaged == 0 && log->torn == 0 &&
           account->unknown == 0 && account->strange == 0;
}

static void print_pool(const trace_log_t *log, size_t index)
{
    const trace_pool_t *const pool = &log->account.pool[index];
    const trace_proof_t *const proof = &log->proof[index];
    const int64_t now = plausible(pool->heap ? pool->size : pool->count);
    const int64_t needed = pool->heap ? (int64_t)proof->heap[HEAP_CISTERN] : pool->peak.amount;
    const int64_t bytes = trace_block_bytes(pool);
    printf("  %-20s%c %9" PRId64 " %14" PRId64 " %9" PRId64 " %9" PRId64 " %9" PRId64, pool->name,
           is_short(log, index) ? '!' : ' ', now, pool->peak.amount, needed, now * bytes,
           needed * bytes);
    if (pool->peak.amount != 0) {
        printf("  %" PRIu64 " (%.3f s) taken by 0x%" PRIx64 "; %s fails at event %" PRIu64,
               pool->peak.packet, (double)pool->peak.time / 1e9, pool->peak_owner,
               pool->heap ? "a step less" : "one less", proof->one_less);
    }
    if (pool->failures != 0) {
        printf("; %" PRIu64 " failed, first at event %" PRIu64, pool->failures,
               pool->first_failure);
    }
    printf("\n");
}

void trace_print_pools(const size_result_t *result)
{
    const trace_log_t *const log = result->trace;
    bool any = false;
    for (size_t i = 0; i < log->account.pools; ++i) {
        if (is_other(&log->account.pool[i])) {
            printf("%s", any ? "" : "\nThe program's other pools and heaps\n");
            any = true;
            print_pool(log, i);
        }
    }
    for (size_t i = 0; i < log->account.pools; ++i) {
        const trace_pool_t *const pool = &log->account.pool[i];
        if (!is_other(pool) && pool->failures != 0) {
            printf("  %s: %" PRIu64 " requests failed, the first at event %" PRIu64
                   ": how long they would have held memory is unknown, so that a trace with what "
                   "is needed here may show more\n",
                   pool->name, pool->failures, pool->first_failure);
        }
    }
}

/* NimBLE's and Mynewt's own pools have settings of their own. */
static const char *setting_of(const char *name)
{
    return strcmp(name, "msys_1") == 0   ? "MSYS_1_BLOCK_COUNT"
           : strcmp(name, "msys_2") == 0 ? "MSYS_2_BLOCK_COUNT"
                                         : NULL;
}

void trace_print_syscfg(FILE *out, const trace_log_t *log)
{
    for (size_t i = 0; i < log->account.pools; ++i) {
        const trace_pool_t *const pool = &log->account.pool[i];
        const char *const setting = setting_of(pool->name);
        if (!is_other(pool) || pool->heap) {
            continue;
        }
        fprintf(out, "    # %s: at most %" PRId64 ", at event %" PRIu64 "\n", pool->name,
                pool->peak.amount, pool->peak.packet);
        if (setting != NULL) {
            fprintf(out, "    %s: %" PRId64 "\n", setting, pool->peak.amount);
        }
    }
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *pool_json(const trace_log_t *log, size_t index)
{
    const trace_pool_t *const pool = &log->account.pool[index];
    const trace_proof_t *const proof = &log->proof[index];
    const bool heap = pool->heap;
    char cause[SIZE_TEXT];
    say_cause(pool, cause);
    return json_pack(
        "{s:s, s:s, s:b, s:I, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
        "s:I}",
        "name", pool->name, "peak_cause", cause, "short", (int)is_short(log, index), "block_bytes",
        (json_int_t)trace_block_bytes(pool), "heap", (int)heap, "lwip", (int)!is_other(pool), "now",
        (json_int_t)plausible(heap ? pool->size : pool->count), "held",
        (json_int_t)pool->peak.amount, "needed", (json_int_t)blocks_needed(log, index),
        "peak_event", (json_int_t)pool->peak.packet, "peak_owner", (json_int_t)pool->peak_owner,
        "gets", (json_int_t)pool->gets, "puts", (json_int_t)pool->puts, "failures",
        (json_int_t)pool->failures, "first_failure", (json_int_t)pool->first_failure,
        "one_less_fails_at", (json_int_t)proof->one_less);
}

json_t *trace_json(const trace_log_t *log)
{
    if (log == NULL) {
        return json_null();
    }
    json_t *const pools = json_array();
    for (size_t i = 0; i < log->account.pools; ++i) {
        json_array_append_new(pools, pool_json(log, i));
    }
    return json_pack("{s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "events",
                     (json_int_t)log->account.base, "traces", (json_int_t)log->traces, "exact",
                     (int)trace_is_exact(log), "lost", (json_int_t)log->lost, "missing",
                     (json_int_t)log->missing, "damaged", (json_int_t)log->damaged, "torn",
                     (json_int_t)log->torn, "unknown", (json_int_t)log->account.unknown, "repeated",
                     (json_int_t)log->account.repeated, "left", (json_int_t)log->account.left,
                     "faults", (json_int_t)log->account.faults, "pools", pools);
}
