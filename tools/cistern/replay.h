/* SPDX-License-Identifier: BSD-3-Clause */
/* replay.h - one capture through the library, from receiver to worker. */
#ifndef CISTERN_TOOL_REPLAY_H
#define CISTERN_TOOL_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "capture.h"
#include "memory.h"
#include "options.h"
#include "tally.h"

/* Why the receiver dropped a frame. */
typedef enum drop {
    DROP_POOL,    /* the pool had too few elements */
    DROP_MAILBOX, /* the mailbox was full (only with --drop) */
    DROP_LENGTH,  /* longer than any packet buffer: more than 65535 bytes */
    DROPS
} drop_t;

/* All that one run showed. */
typedef struct replay_result {
    const char *file;
    link_type_t link;
    bool complete;                  /* the capture was read to its end */
    char error[CAPTURE_ERROR_SIZE]; /* why not; empty if it was */
    uint64_t packets;               /* read from the capture */
    uint64_t filtered;              /* of them rejected by the filter */
    char device[48];                /* whose memory; empty: unknown, all frames are received */
    uint64_t service;               /* microseconds for a frame */
    uint64_t received;              /* by the device */
    uint64_t sent;                  /* by the device */
    uint64_t others;                /* between other hosts */
    incident_t dropped[DROPS];
    tally_t tally;
    memory_usage_t memory; /* after the run */
    size_t leaks;          /* pool elements and heap blocks still in use */
    unsigned long faults;  /* misuse that the library saw during the run */
    double seconds;
} replay_result_t;

/* Name of a reason, for tables and JSON keys. */
const char *drop_name(drop_t drop);

/* Replays one capture. False, after a message on stderr, if it cannot be opened or the run cannot
 * be set up; the result has nothing but `file` and `error` then. The library must be open: see
 * memory.h. Frees all it takes. */
bool replay_run(replay_result_t *result, const options_t *options, const char *file);

#endif
