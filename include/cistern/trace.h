/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/trace.h - a record of what every pool and heap gave and took back, for `cistern size`.
 *
 *   get, put, alloc ... --hook--> ring in memory --drain--> file, semihosting, any writer
 *                                      +--dump by a debugger--> file
 *
 * Vocabulary: an event is one call that an engine served or could not serve; an object is the pool
 * or heap that it concerns, under an address of its own; the owner is the address that the call
 * returns to; a ticket is the number of an event, from 0 on; a sink is what drains the ring.
 *
 * | CISTERN_TRACE | hooks                                     | memory                             |
 * |---------------|-------------------------------------------|------------------------------------|
 * | 0 (default)   | expand to nothing: the objects are those  | none                               |
 * |               | of a source without them                  |                                    |
 * | 1             | a call of at most 20 instructions; none   | cistern_trace_memory: a slot of 24 |
 * |               | is recorded before cistern_trace_start    | bytes (64-bit: 40) for each event  |
 *
 * The ring has any number of producers, threads and interrupts alike, and one consumer. A full ring
 * drops the newest event and counts it, so that what was recorded before is complete. It has no
 * lock on hosts and on ARMv7-M and ARMv8-M; other processors mask interrupts for some ten
 * instructions, as a get does.
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

/* What happened, in the low bits of a slot's `what`; the bytes asked for are above them. */
typedef enum cistern_trace_kind {
    CISTERN_TRACE_INIT,  /* all blocks of the object are free */
    CISTERN_TRACE_GET,   /* of a pool; without a block: it was empty */
    CISTERN_TRACE_PUT,   /* to a pool, accepted */
    CISTERN_TRACE_ALLOC, /* of a heap, with its bytes; without a block: none was large enough */
    CISTERN_TRACE_FREE,  /* to a heap, accepted */
    CISTERN_TRACE_TRIM,  /* a heap's block has another size now */
    CISTERN_TRACE_FAULT, /* misuse or damage; the bytes are its cistern_fault_kind_t */
    CISTERN_TRACE_KINDS
} cistern_trace_kind_t;

#define CISTERN_TRACE_KIND_BITS 3U

#ifndef CISTERN_TRACE_OWNER
#    define CISTERN_TRACE_OWNER NULL
#endif

#if CISTERN_TRACE

/* Takes note of one event: one call for each of the hooks below. Drops it, and counts that, if and
 * only if the ring is full. Constant time but for retries, at most one for each event of another
 * context that came in between. Any context. */
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

/* The hooks. They stand where a public call ends, so that an event is recorded after it happened. */
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

/* A pool or heap, as events name it; also its entry in a trace. */
typedef struct cistern_trace_object {
    uintptr_t id;     /* its address in events */
    uintptr_t size;   /* pool: bytes of a block; heap: bytes that blocks can take, or 0 */
    uintptr_t stride; /* pool: from block to block; heap: header before each block */
    uintptr_t count;  /* pool: blocks; heap: alignment of blocks */
    uint8_t kind;     /* cistern_trace_object_kind_t */
    char name[CISTERN_TRACE_NAME_BYTES]; /* zeros behind it; cut where it is longer */
} cistern_trace_object_t;

/* Describes an object, in place of what was known under the same id; `name` is copied, and may be
 * NULL. Counted, and left out, if and only if CISTERN_TRACE_OBJECTS others are described. Linear in
 * their number. Thread context. */
void cistern_trace_describe(const cistern_trace_object_t *object, const char *name);

/* The same for a pool, whose init or enlist does it; for all pools of the registry, for those that were made
 * when compiling; and for a heap, whose init does it. */
struct cistern_pool;
struct cistern_heap;
void cistern_trace_pool(const struct cistern_pool *pool);
void cistern_trace_pools(void);
void cistern_trace_heap(const struct cistern_heap *heap);
void cistern_trace_describe_malloc(void);

/* The object of lwIP's heap where it stands on pools or on another allocator. */
extern const char cistern_trace_malloc[1];

/* --- use -------------------------------------------------------------------------------------- */

/* Empties the ring and begins to record. Before it, and after stop, events are neither recorded nor
 * counted. Linear in the number of slots. Thread context, while no other context is in a hook. */
void cistern_trace_start(void);
void cistern_trace_stop(void);

/* Events that were dropped since start, as the ring was full. Constant time. Any context. */
uint32_t cistern_trace_lost(void);

/* Sets the time of the events to come, in ticks of CISTERN_TRACE_HZ; it may wrap. A program whose
 * counter can be read in one instruction defines CISTERN_TRACE_TIME() instead. Constant time. Any
 * context. */
void cistern_trace_tick(uint32_t now);

/* Takes bytes of a trace; false if it cannot. */
typedef bool cistern_trace_write_t(void *context, const void *bytes, size_t length);

/* Writes what a trace begins with. False if and only if `write` failed. Thread context. */
bool cistern_trace_begin(cistern_trace_write_t *write, void *context);

/* Moves the events out of the ring: descriptions that changed, then the events, in order, as far as
 * they are recorded whole. False if and only if `write` failed; what it was given is then lost.
 * Linear in the number of events. One thread at a time; producers go on meanwhile. */
bool cistern_trace_drain(cistern_trace_write_t *write, void *context);

/* The memory of the ring and the descriptions: as a file it is a trace too, of what was not drained.
 * A debugger knows it as cistern_trace_memory. Constant time. */
const void *cistern_trace_image(size_t *bytes);

/* --- sinks of ports ----------------------------------------------------------------------------- */

/* posix: opens a file and drains the ring into it, every millisecond, by a thread of its own, which
 * advances the clock as well. False if the file or the thread cannot be made. */
bool cistern_trace_file_open(const char *path);

/* Drains what is left and closes the file. False if not all events could be written, or some were
 * dropped. */
bool cistern_trace_file_close(void);

/* bare, under a debugger or emulator with semihosting: a file of the host. `drain` moves into it
 * what the ring has, at any time; `close` does so a last time. False if the host refuses, and for
 * close as above. Thread context; the processor stands still while the host writes. */
bool cistern_trace_semihosting_open(const char *path);
bool cistern_trace_semihosting_drain(void);
bool cistern_trace_semihosting_close(void);

#endif

#ifdef __cplusplus
}
#endif

#endif
