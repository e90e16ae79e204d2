/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_fuzz.c - the reader of traces and what follows from it under libFuzzer. An input is a trace.
 *
 * What must hold of any input: it is read to its end or refused, all that is held is given back, the
 * peak of each pool serves its events, and one less does not. Of four mutations three get checks that
 * are right, since otherwise no change would come further than these. */
#define _GNU_SOURCE /* memfd_create */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cistern/fault.h"

#include "classes.h"
#include "trace_size.h"

enum { EVENTS_MAX = 2000, PEAK_MAX = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t most, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t length, size_t most);

static void require(int condition, const char *what)
{
    if (!condition) {
        fprintf(stdout, "%s\n", what);
        fflush(stdout);
        abort();
    }
}

/* --- mutations -------------------------------------------------------------------------------- */

static uint32_t load(const uint8_t *bytes, bool big)
{
    const uint32_t little = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
                            (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    return big ? __builtin_bswap32(little) : little;
}

static void store(uint8_t *bytes, uint32_t value, bool big)
{
    const uint32_t ordered = big ? __builtin_bswap32(value) : value;
    memcpy(bytes, &ordered, sizeof ordered);
}

static uint32_t check_of(uint8_t type, const uint8_t *bytes, size_t length)
{
    uint32_t sum = type;
    uint32_t sums = type;
    for (size_t i = 0; i < length; ++i) {
        sum += bytes[i];
        sums += sum;
    }
    return sums << 16 ^ sum;
}

/* Gives every chunk the check of what is in it now. */
static void mend(uint8_t *bytes, size_t length)
{
    const bool big = length > 16 && bytes[4] == 0x43;
    for (size_t at = 16; at + 16 <= length;) {
        const size_t left = length - at - 16;
        const uint32_t said = load(bytes + at + 8, big);
        const size_t inside = said < left ? said : left;
        store(bytes + at, 0x4b6e4843U, big);
        store(bytes + at + 8, (uint32_t)inside, big);
        store(bytes + at + 12, check_of(bytes[at + 4], bytes + at + 16, inside), big);
        at += 16 + inside;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t most, unsigned seed)
{
    const size_t mutated = LLVMFuzzerMutate(bytes, length, most);
    if (seed % 4 != 0) {
        mend(bytes, mutated);
    }
    return mutated;
}

/* --- what must hold --------------------------------------------------------------------------- */

static void fit_pool_of(const trace_log_t *log, size_t index)
{
    const trace_pool_t *const pool = &log->account.pool[index];
    const trace_t trace = trace_account_events(&log->account, index);
    require(pool->held == 0, "something is held at the end");
    if (pool->heap || pool->peak.amount == 0 || pool->peak.amount > PEAK_MAX) {
        return;
    }
    const size_t peak = (size_t)pool->peak.amount;
    require(fit_pool(&trace, peak).failures == 0, "the peak does not serve");
    require(fit_pool(&trace, peak - 1).failures != 0, "less serves");
}

/* Classes of the heap that stands for lwIP's. */
static void fit_heap_of(const size_result_t *result, const ledger_t *ledger)
{
    if (ledger->level[RESOURCE_HEAP].peak_most.amount == 0) {
        return;
    }
    const trace_t heap = trace_of_ledger(ledger, RESOURCE_HEAP);
    demand_t demand;
    size_class_t class[CLASSES_MOST];
    size_t bytes = 0;
    require(classes_measure(&demand, &heap, result->target.alignment), "out of memory");
    const size_t classes = classes_choose(&demand, 4, &result->target, 4, class, &bytes);
    size_t elements = 0;
    for (size_t i = 0; i < classes; ++i) {
        elements += class[i].count;
    }
    if (elements <= PEAK_MAX) {
        require(fit_classes(&heap, class, classes).failures == 0, "the classes do not serve");
    }
    if (classes > 0 && ledger->level[RESOURCE_HEAP].peak_most.amount < 10000) {
        require(fit_heap(&heap, &result->target, HEAP_CISTERN, 1 << 14, 12).ok, "out of memory");
        require(fit_heap(&heap, &result->target, HEAP_LWIP, 5000, 12).ok, "out of memory");
    }
    classes_free(&demand);
}

static void read_one(char *name)
{
    static trace_log_t log;
    static size_result_t result;
    static lwip_options_t defaults;
    record_t record = {.least = 0};
    ledger_t ledger = {.watch = record_change, .watcher = &record};
    uint64_t base[2] = {0, 0};
    log.record = &record;
    result = (size_result_t){.complete = true};
    if (defaults.value[OPTION_TCP_MSS] == 0) {
        lwip_options_defaults(&defaults);
    }
    result.device = defaults;
    result.now = defaults;
    if (trace_is(name) && trace_size_read(&log, &result, &ledger, &name, 1, base) == 0) {
        require(base[1] == log.account.base, "events were counted twice");
        require(record.least == 0 && record.most == 0, "bytes of a curve are held at the end");
        if (log.account.base <= EVENTS_MAX) {
            for (size_t i = 0; i < log.account.pools; ++i) {
                fit_pool_of(&log, i);
            }
            fit_heap_of(&result, &ledger);
        }
    }
    ledger_free(&ledger);
    record_free(&record);
    trace_size_free(&log);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char name[64];
    const int file = memfd_create("input", 0);
    require(file >= 0 && write(file, bytes, length) == (ssize_t)length, "no file");
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    read_one(name);
    close(file);
    require(cistern_fault_count() == 0, "the library saw misuse");
    return 0;
}
