/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/trace.h - the events of all pools and heaps, for `cistern size`.
 *
 *   get, put, alloc ... --hook--> ring in memory --drain--> file, semihosting, any writer
 *                                      +--dump by a debugger--> file
 *
 * Vocabulary: an event is one call that an engine served or could not serve; an object is the pool
 * or heap that it concerns, named by an address; the event's owner is the address that the call
 * returns to; a slot is the memory of one event; a sink is what drains the ring.
 *
 * | CISTERN_TRACE | hooks                                     | memory                             |
 * |---------------|-------------------------------------------|------------------------------------|
 * | 0 (default)   | expand to nothing: the machine code is    | none                               |
 * |               | that of a source without them             |                                    |
 * | 1             | a call of at most 20 instructions;        | CISTERN_TRACE_EVENTS slots of 24   |
 * |               | nothing is recorded before                | bytes (64-bit: 40), and a table of |
 * |               | cistern_trace_start                       | CISTERN_TRACE_OBJECTS              |
 *
 * The ring has any number of producers, threads and interrupts alike, and one consumer. A full ring
 * drops the newest event and counts it, so that what was recorded before is complete. Producers
 * take no lock where the port has threads and C11's atomics need none, nor where it has load-linked
 * (cistern/port.h: ARMv7-M and ARMv8-M); elsewhere they enter the critical section for some ten
 * instructions, and one slot always stays free.
 *
 * docs/trace.md has the format and how to get a trace out of a device. */
#ifndef CISTERN_TRACE_H
#define CISTERN_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cistern/config.h"
#include "cistern/critical.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- hooks ------------------------------------------------------------------------------------ */

/* What happened: the low CISTERN_TRACE_KIND_BITS of a slot's `what`. The bytes that were asked for
 * are in the bits above. */
typedef enum cistern_trace_kind {
    CISTERN_TRACE_INIT,  /* all blocks of the object are free */
    CISTERN_TRACE_GET,   /* of a pool; block NULL: it failed */
    CISTERN_TRACE_PUT,   /* to a pool, accepted */
    CISTERN_TRACE_ALLOC, /* of a heap, with the bytes; block NULL: it failed */
    CISTERN_TRACE_FREE,  /* to a heap, accepted */
    CISTERN_TRACE_TRIM,  /* a block of a heap has another size, the bytes, in place */
    CISTERN_TRACE_FAULT, /* misuse or damage; the bytes are its cistern_fault_kind_t */
    CISTERN_TRACE_KINDS
} cistern_trace_kind_t;

#define CISTERN_TRACE_KIND_BITS 3U

/* The owner of an event: by default the port's, else NULL. */
#ifndef CISTERN_TRACE_OWNER
#    define CISTERN_TRACE_OWNER NULL
#endif

#if CISTERN_TRACE

/* The addresses that an event gets are recorded, never read through. */
#    if defined __GNUC__ && !defined __clang__ && __GNUC__ >= 11
#        define CISTERN_TRACE_ADDRESSES __attribute__((access(none, 1), access(none, 2)))
#    else
#        define CISTERN_TRACE_ADDRESSES
#    endif

/* Records one event; the hooks below call it. An event that finds the ring full is dropped and
 * counted; before start and after stop it is neither recorded nor counted. Constant time but for
 * retries, at most one for each event of another context that came in between. Any context that the
 * critical section covers. */
CISTERN_TRACE_ADDRESSES
void cistern_trace_event(const void *object, const void *block, size_t what, const void *owner);

#    define CISTERN_TRACE_WHAT(kind, size) ((size_t)(size) << CISTERN_TRACE_KIND_BITS | (kind))
#    define CISTERN_TRACE_NOTE(kind, object, block, size)                                          \
        cistern_trace_event((object), (block), CISTERN_TRACE_WHAT((kind), (size)),                 \
                            CISTERN_TRACE_OWNER)
#    define CISTERN_TRACE_NOTE_IF(condition, kind, object, block, size)                            \
        do {                                                                                       \
            if (condition) {                                                                       \
                CISTERN_TRACE_NOTE(kind, object, block, size);                                     \
            }                                                                                      \
        } while (false)
#    define CISTERN_TRACE_NOTE_EACH(kind, object, blocks, count)                                   \
        do {                                                                                       \
            for (size_t trace_i = 0; trace_i < (count); ++trace_i) {                               \
                CISTERN_TRACE_NOTE(kind, object, (blocks)[trace_i], 0);                            \
            }                                                                                      \
        } while (false)
#    define CISTERN_TRACE_NOTE_LISTED(described) described
#    define CISTERN_TRACE_NOTE_MADE(described, object)                                             \
        do {                                                                                       \
            described;                                                                             \
            CISTERN_TRACE_NOTE(CISTERN_TRACE_INIT, object, NULL, 0);                               \
        } while (false)

#else

#    define CISTERN_TRACE_NOTE(kind, object, block, size)               ((void)0)
#    define CISTERN_TRACE_NOTE_IF(condition, kind, object, block, size) ((void)0)
#    define CISTERN_TRACE_NOTE_EACH(kind, object, blocks, count)        ((void)0)
#    define CISTERN_TRACE_NOTE_LISTED(described)                        ((void)0)
#    define CISTERN_TRACE_NOTE_MADE(described, object)                  ((void)0)

#endif

/* The hooks, at the end of each public call: an event is recorded after what it records. */
#define CISTERN_TRACE_ON_GET(pool, block) CISTERN_TRACE_NOTE(CISTERN_TRACE_GET, pool, block, 0)
#define CISTERN_TRACE_ON_PUT(pool, block, accepted)                                                \
    CISTERN_TRACE_NOTE_IF(accepted, CISTERN_TRACE_PUT, pool, block, 0)
#define CISTERN_TRACE_ON_GETS(pool, blocks, count, wanted)                                         \
    CISTERN_TRACE_NOTE_EACH(CISTERN_TRACE_GET, pool, blocks, count);                               \
    CISTERN_TRACE_NOTE_IF((count) < (wanted), CISTERN_TRACE_GET, pool, NULL, 0)
#define CISTERN_TRACE_ON_WAIT(pool, block, in_time)                                                \
    CISTERN_TRACE_NOTE_IF((block) != NULL || !(in_time), CISTERN_TRACE_GET, pool, block, 0)
#define CISTERN_TRACE_ON_PUTS(pool, blocks, count)                                                 \
    CISTERN_TRACE_NOTE_EACH(CISTERN_TRACE_PUT, pool, blocks, count)
#define CISTERN_TRACE_ON_ALLOC(heap, block, size)                                                  \
    CISTERN_TRACE_NOTE_IF((size) != 0, CISTERN_TRACE_ALLOC, heap, block, size)
#define CISTERN_TRACE_ON_FREE(heap, block, accepted)                                               \
    CISTERN_TRACE_NOTE_IF((accepted) && (block) != NULL, CISTERN_TRACE_FREE, heap, block, 0)
#define CISTERN_TRACE_ON_TRIM(heap, block, size, accepted)                                         \
    CISTERN_TRACE_NOTE_IF(accepted, CISTERN_TRACE_TRIM, heap, block, size)
#define CISTERN_TRACE_ON_FAULT(object, address, kind)                                              \
    CISTERN_TRACE_NOTE(CISTERN_TRACE_FAULT, object, address, kind)
#define CISTERN_TRACE_ON_POOL(pool) CISTERN_TRACE_NOTE_MADE(cistern_trace_pool(pool), pool)
/* A pool that was made when compiling: its blocks may be in use already. */
#define CISTERN_TRACE_ON_LISTED(pool) CISTERN_TRACE_NOTE_LISTED(cistern_trace_pool(pool))
#define CISTERN_TRACE_ON_HEAP(heap)   CISTERN_TRACE_NOTE_MADE(cistern_trace_heap(heap), heap)
#define CISTERN_TRACE_ON_MALLOC()                                                                  \
    CISTERN_TRACE_NOTE_MADE(cistern_trace_describe_malloc(), cistern_trace_malloc)
#define CISTERN_TRACE_ON_CLEAR(pool) CISTERN_TRACE_NOTE(CISTERN_TRACE_INIT, pool, NULL, 0)

#if CISTERN_TRACE

/* --- objects ---------------------------------------------------------------------------------- */

typedef enum cistern_trace_object_kind {
    CISTERN_TRACE_OBJECT_NONE,
    CISTERN_TRACE_OBJECT_POOL,
    CISTERN_TRACE_OBJECT_HEAP
} cistern_trace_object_kind_t;

#    define CISTERN_TRACE_NAME_BYTES 23U

/* Describes a pool or heap; also the form of its entry in a trace. */
typedef struct cistern_trace_object {
    uintptr_t id;     /* the address that names it in events, not 0 */
    uintptr_t size;   /* pool: bytes of a block; heap: bytes that blocks can take, or 0 */
    uintptr_t stride; /* pool: from block to block; heap: header before each block */
    uintptr_t count;  /* pool: blocks; heap: alignment of blocks */
    uint8_t kind;     /* cistern_trace_object_kind_t */
    char name[CISTERN_TRACE_NAME_BYTES]; /* padded with zeros; at most 22 characters are kept */
} cistern_trace_object_t;

/* Enters the description of an object into the table, in place of an earlier one with the same id.
 * `name` is copied, and may be NULL. It is left out, and counted, if CISTERN_TRACE_OBJECTS others
 * are in the table, which no call empties. Linear in their number, with the critical section held.
 * Thread context. */
void cistern_trace_describe(const cistern_trace_object_t *object, const char *name);

struct cistern_pool;
struct cistern_heap;

/* Describes a pool, a heap, or lwIP's heap where that is no cistern_heap_t. Their inits call these;
 * of a pool that was made when compiling, cistern_pool_enlist does. Failure, time and context as
 * cistern_trace_describe. */
void cistern_trace_pool(const struct cistern_pool *pool);
void cistern_trace_heap(const struct cistern_heap *heap);
void cistern_trace_describe_malloc(void);

/* Describes all pools of the registry: for each of them as cistern_trace_describe. */
void cistern_trace_pools(void);

/* Its address names lwIP's heap where that takes its memory from pools or from another allocator.
 */
extern const char cistern_trace_malloc[1];

/* --- use -------------------------------------------------------------------------------------- */

/* Start empties the ring and begins to record. Stop ends that; events that were not drained are
 * lost. Linear in the number of slots. Thread context, while no other context is in a hook or
 * drains. */
void cistern_trace_start(void);
void cistern_trace_stop(void);

/* Events that were dropped since start because the ring was full; wraps. Constant time. Any
 * context. */
uint32_t cistern_trace_lost(void);

/* Sets the time of the events to come, in ticks of CISTERN_TRACE_HZ; it may wrap. A program whose
 * counter can be read in one instruction defines CISTERN_TRACE_TIME() instead. Constant time. Any
 * context that the critical section covers. */
void cistern_trace_tick(uint32_t now);

/* Takes the next `length` bytes of a trace; false if it cannot. `context` is the caller's. */
typedef bool cistern_trace_write_t(void *context, const void *bytes, size_t length);

/* Writes the header of a trace, once for each file. False if `write` failed. Constant time but for
 * `write`. Thread context. */
bool cistern_trace_begin(cistern_trace_write_t *write, void *context);

/* Writes all descriptions, if one has changed, then moves the events out of the ring, in order, up
 * to the first that is not yet recorded whole. False if `write` failed; what it was given is then
 * lost. Linear in the number of events. One thread at a time; other contexts may record meanwhile.
 */
bool cistern_trace_drain(cistern_trace_write_t *write, void *context);

/* The memory of ring and descriptions, and its size. Written to a file as it is, it is a trace of
 * the events that were not drained. In a debugger its name is cistern_trace_memory. Constant time,
 * any context. */
const void *cistern_trace_image(size_t *bytes);

/* --- sinks of ports -----------------------------------------------------------------------------
 */

/* The port posix: opens a file, describes all pools of the registry, starts to record, and starts a
 * thread that drains the ring into the file and sets the time every millisecond. False if the file
 * or the thread cannot be made. Thread context. */
bool cistern_trace_file_open(const char *path);

/* Drains what is left, closes the file and stops. False if no file is open, not all events could be
 * written, or some were dropped. Thread context. */
bool cistern_trace_file_close(void);

/* The port bare, under a debugger or emulator with semihosting: the same with a file of the host
 * and without a thread. The program calls drain from time to time; close drains a last time. False
 * if the host refuses, and of close also if events were dropped. Thread context; the processor
 * stands still while the host writes. */
bool cistern_trace_semihosting_open(const char *path);
bool cistern_trace_semihosting_drain(void);
bool cistern_trace_semihosting_close(void);

#endif

#ifdef __cplusplus
}
#endif

#endif
