/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_file.h - reads a trace: the events that a program or device recorded of its own pools and
 * heaps, see docs/trace.md. Any order of bytes, any width of pointers, a stream or a dump of memory.
 *
 * What cannot be read is counted and left out; the events behind it are read on. */
#ifndef CISTERN_TOOL_TRACE_FILE_H
#define CISTERN_TOOL_TRACE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRACE_NAME = 24, TRACE_OBJECTS_MOST = 200 };

/* As in cistern/trace.h; the program has its own copy, since it reads versions, not one build. */
typedef enum trace_kind {
    TRACE_INIT,
    TRACE_GET,
    TRACE_PUT,
    TRACE_ALLOC,
    TRACE_FREE,
    TRACE_TRIM,
    TRACE_FAULT,
    TRACE_KINDS
} trace_kind_t;

/* A pool or heap. Fields as in cistern_trace_object_t. */
typedef struct trace_object {
    uint64_t id;
    uint64_t size;
    uint64_t stride;
    uint64_t count;
    bool heap;
    bool described; /* false: only events name it */
    char name[TRACE_NAME];
} trace_object_t;

typedef struct trace_event {
    uint64_t number; /* from 1 on, of those that were read */
    uint64_t time;   /* nanoseconds since the first */
    uint64_t block;
    uint64_t size;
    uint64_t owner;
    size_t object; /* index in the trace's objects */
    trace_kind_t kind;
    bool gap; /* events before it are missing */
} trace_event_t;

typedef struct trace_file {
    const char *name;
    uint8_t *bytes;
    size_t length;
    bool big_endian;
    bool memory;      /* a dump of memory */
    unsigned pointer; /* bytes */
    uint32_t hz;
    trace_object_t object[TRACE_OBJECTS_MOST];
    size_t objects;
    uint64_t events;
    uint64_t lost;        /* dropped by the program: its ring was full */
    uint64_t missing;     /* recorded, but not in the file, or unreadable */
    uint64_t damaged;     /* chunks whose check is wrong, or that make no sense */
    uint64_t undescribed; /* descriptions for which the program had no place */
    uint64_t strangers;   /* events of objects beyond TRACE_OBJECTS_MOST */
    bool torn;            /* the file ends within a chunk */
} trace_file_t;

/* Called for each event, in order; false ends the reading. */
typedef bool trace_handler_t(void *context, const trace_event_t *event);

/* True if the file begins as a trace does. */
bool trace_is(const char *file);

/* Opens a trace and reads what it describes. False, after a message, if there is no such file, its
 * version is unknown, or memory is short. */
bool trace_open(trace_file_t *trace, const char *file);

/* Reads the events. False if the handler ended it. */
bool trace_read(trace_file_t *trace, trace_handler_t *handler, void *context);

/* True if nothing is missing. */
bool trace_is_whole(const trace_file_t *trace);

void trace_close(trace_file_t *trace);

#endif
