/* SPDX-License-Identifier: BSD-3-Clause */
/* progress.h - a bar on stderr for runs that take longer than a second. */
#ifndef CISTERN_TOOL_PROGRESS_H
#define CISTERN_TOOL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
    double start; /* seconds, on the monotonic clock */
    double next;  /* when to draw again */
    bool terminal;
    bool drawn;
} progress_t;

/* Seconds on a clock that never goes back. */
double progress_clock(void);

void progress_begin(progress_t *progress);

/* Draws the bar if it is time to; `done` is 0 to 1000, `packets` those read so far. */
void progress_show(progress_t *progress, unsigned done, uint64_t packets);

/* Wipes the bar. Returns the seconds since begin. */
double progress_end(progress_t *progress);

#endif
