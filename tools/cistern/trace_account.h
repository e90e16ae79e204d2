/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_account.h - what a traced program held, event by event: exact where the trace is whole.
 *
 *   trace --> events --> lwIP's pools and its heap: the ledger, as for captures
 *                    --> all other pools and heaps: events of their own
 */
#ifndef CISTERN_TOOL_TRACE_ACCOUNT_H
#define CISTERN_TOOL_TRACE_ACCOUNT_H

#include "fit.h"
#include "ledger.h"
#include "report_record.h"
#include "trace_file.h"

/* A pool or heap, over all traces that name it. */
typedef struct trace_pool {
    char name[TRACE_NAME];
    bool heap;
    bool described;
    resource_t resource; /* RESOURCE_COUNT: none that lwIP has */
    uint64_t size;       /* of the last description: see trace_object_t */
    uint64_t stride;
    uint64_t count;
    int64_t held; /* blocks, or bytes with headers */
    peak_t peak;
    uint64_t peak_owner;
    uint64_t gets;
    uint64_t puts;
    uint64_t failures; /* gets that were not served */
    uint64_t first_failure;
    uint32_t holds;       /* the latest of its holds, or 0 */
    events_t events;      /* of a pool that lwIP does not have */
    record_curve_t curve; /* of such a pool, if there is a record */
} trace_pool_t;

struct trace_hold;

typedef struct trace_account {
    ledger_t *ledger;
    const target_t *target;
    record_t *record; /* that watches the ledger; NULL: no curves are kept */
    trace_pool_t pool[TRACE_OBJECTS_MOST];
    size_t pools;
    spool_t spool;           /* of their events */
    struct trace_hold *hold; /* entry 0 is none */
    size_t holds;
    size_t hold_room;
    uint32_t free_hold;
    uint32_t *bucket; /* of holds, by pool and block */
    size_t buckets;
    uint64_t held;                 /* blocks that are held now */
    uint64_t time;                 /* of the event, in its trace */
    uint64_t base;                 /* events of the traces before */
    size_t of[TRACE_OBJECTS_MOST]; /* the pool of each object of the trace */
    bool gaps;                     /* events are missing: a block's put may be among them */
    uint64_t unknown;  /* puts of blocks that were not held: taken before the trace began */
    uint64_t repeated; /* gets of blocks that were held */
    uint64_t left;     /* blocks still held at the end of a trace */
    uint64_t faults;
    uint64_t first_fault;
    uint64_t strange; /* sizes that no device has */
    bool short_of_memory;
} trace_account_t;

/* Both are the caller's, and must stay. */
void trace_account_init(trace_account_t *account, ledger_t *ledger, const target_t *target);

/* Accounts for a trace behind those before; all is given back at its end. False if memory is
 * short. */
bool trace_account_add(trace_account_t *account, trace_file_t *trace);

/* Bytes of a block of the pool, or of what is counted of a heap; 0 if the trace does not say it. */
int64_t trace_block_bytes(const trace_pool_t *pool);

/* The events of a pool, by its index. */
trace_t trace_account_events(const trace_account_t *account, size_t index);

void trace_account_free(trace_account_t *account);

#endif
