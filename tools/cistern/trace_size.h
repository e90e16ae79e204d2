/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_size.h - `cistern size` from traces: lwIP's pools and heap as from captures, and all other
 * pools and heaps of the program beside them. */
#ifndef CISTERN_TOOL_TRACE_SIZE_H
#define CISTERN_TOOL_TRACE_SIZE_H

#include "size.h"
#include "trace_account.h"

/* What replays of a pool or heap that lwIP does not have showed. */
typedef struct trace_proof {
    uint64_t one_less;        /* event at which one block less, or a step of bytes, fails */
    uint64_t now_fails;       /* event at which what is there fails; 0: it does not */
    size_t heap[HEAP_KINDS];  /* least bytes */
    size_t below[HEAP_KINDS]; /* event at which a step less fails */
} trace_proof_t;

typedef struct trace_log {
    record_t *record; /* for --report: curves are kept; NULL: none */
    trace_account_t account;
    trace_proof_t proof[TRACE_OBJECTS_MOST];
    unsigned pointer; /* bytes */
    uint64_t traces;
    uint64_t memory; /* dumps of memory among them */
    uint64_t lost;
    uint64_t missing;
    uint64_t damaged;
    uint64_t torn;
    uint64_t undescribed;
} trace_log_t;

/* Accounts for traces of one program, with a log that is all zeros but for its record: pools and heap
 * of lwIP go into the ledger, their sizes and counts into the result's target and options. `base`
 * gets the number of events before each trace. The exit status. */
int trace_size_read(trace_log_t *log, size_result_t *result, ledger_t *ledger, char **file,
                    int files, uint64_t *base);

/* Completes the rows of the result: who took what, and what replays of the other pools show. False
 * if memory is short. */
bool trace_size_prove(trace_log_t *log, size_result_t *result);

void trace_size_free(trace_log_t *log);

/* True if nothing is missing, and all that was given back was seen to be taken. */
bool trace_is_exact(const trace_log_t *log);

/* True if the trace has what the row is about. */
bool trace_has(const trace_log_t *log, resource_t resource);

/* The name of the first other pool or heap that was too small, or NULL. */
const char *trace_first_short(const trace_log_t *log, uint64_t *event);

/* Adds the bytes of the other pools and heaps: those there are, and those needed. */
void trace_add_bytes(const trace_log_t *log, int64_t *now, int64_t *needed);

/* What the outputs say beyond what they say of captures. */
void trace_print_source(const size_result_t *result);
void trace_print_pools(const size_result_t *result);
void trace_print_syscfg(FILE *out, const trace_log_t *log);
struct json_t *trace_json(const trace_log_t *log);

#endif
