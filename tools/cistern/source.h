/* SPDX-License-Identifier: BSD-3-Clause */
/* source.h - bytes of a file or pipe, plain or gzip, as they come. */
#ifndef CISTERN_TOOL_SOURCE_H
#define CISTERN_TOOL_SOURCE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SOURCE_BUFFER = 131072 };

/* Set by a signal handler: every source ends at its next read from the system. */
extern volatile sig_atomic_t source_stop;

/* From now on SIGINT and SIGTERM set it; with `on` false they end the program again. */
void source_catch_signals(bool on);

typedef struct source {
    int file;
    uint64_t position;      /* bytes read from the system */
    struct source_gzip *gz; /* NULL: plain */
    bool ended;
    const char *error; /* NULL while nothing failed */
    size_t start;      /* what is read and not yet delivered: [start, end) of buffer */
    size_t end;
    uint8_t *piece; /* what is longer than the buffer, put together; or NULL */
    size_t piece_room;
    uint8_t buffer[SOURCE_BUFFER];
} source_t;

/* Starts reading `file`, which the source closes. False if memory is short. */
bool source_open(source_t *source, int file);

/* Reads `length` bytes; fewer only at the end, at a signal or after an error. A pipe is read as far
 * as it has bytes, so that a live capture is not held back. */
size_t source_read(source_t *source, void *bytes, size_t length);

/* The next `length` bytes in one piece, where they lie if they can stay there: valid until the next
 * call. NULL if fewer were left, or memory for them is short; then `*got` is how many there were.
 * Memory grows only with bytes that are there. */
const uint8_t *source_gather(source_t *source, size_t length, size_t *got);

static inline const uint8_t *source_view(source_t *source, size_t length, size_t *got)
{
    if (source->end - source->start >= length) {
        const uint8_t *const bytes = source->buffer + source->start;
        source->start += length;
        return bytes;
    }
    return source_gather(source, length, got);
}

/* The same in memory of its own: what is read past or as bytes later leaves it as it is. */
const uint8_t *source_piece(source_t *source, size_t length, size_t *got);

/* Reads past `length` bytes. False if fewer were left. */
bool source_skip(source_t *source, uint64_t length);

void source_close(source_t *source);

#endif
