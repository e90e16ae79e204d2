/* SPDX-License-Identifier: BSD-3-Clause */
/* trace.c - the ring that events go into, and what takes them out of it.
 *
 *   cistern_trace_memory, which as a file is a trace
 *   | header | head | head limit clock lost tail .. | slot 0 | slot 1 | .. | head | object 0 | .. |
 *
 *   slots     | free | tail: recorded | ... | recorded | head: free | ... | limit |
 *                      ^ the consumer                    ^ the producers
 *
 *   drained   | header | chunk: descriptions | chunk: events, packed | chunk: events, packed | ..
 *
 * Vocabulary: to claim is to take the slot at `head`; to publish is to write the event's object into
 * it, last of all; to drain is to read the slot at `tail` and to free it. A batch is one chunk of
 * events. trace_ring.h has how contexts share the ring.
 *
 * Invariants
 *   (T1) no slot from `limit` on is claimed: a slot is claimed again only after it was drained, so
 *        that two events never share one
 *   (T2) a slot's object is 0 unless the whole event is in it
 *   (T3) since start, events recorded + lost are all calls of the hook
 *   (T4) a batch can be read by itself: differences in it begin at 0
 */
#include "cistern/trace.h"

const char cistern_trace_malloc[1] = {0};

#if CISTERN_TRACE

#    include <string.h>

#    include "trace_ring.h"

enum {
    TRACE_VERSION = 1,
    TRACE_ORDER = 0x4321,
    TRACE_OBJECTS = 'D',      /* descriptions */
    TRACE_EVENTS = 'E',       /* a batch */
    TRACE_OBJECTS_LIVE = 'd', /* the same in memory, without a check */
    TRACE_RING_LIVE = 'r'     /* the ring in memory */
};

#    define TRACE_MARK UINT32_C(0x4b6e4843)

typedef struct trace_header {
    uint8_t magic[4];
    uint16_t order;
    uint8_t version;
    uint8_t pointer;
    uint32_t hz;
    uint32_t zero;
} trace_header_t;

typedef struct trace_chunk {
    uint32_t mark;
    uint8_t type;
    uint8_t zero[3];
    uint32_t bytes; /* behind this head */
    uint32_t check; /* of type and bytes; 0 in memory */
} trace_chunk_t;

typedef struct trace_memory {
    trace_header_t header;
    trace_chunk_t ring_head;
    trace_ring_t ring;
    trace_chunk_t objects_head;
    cistern_trace_object_t object[CISTERN_TRACE_OBJECTS];
} trace_memory_t;

_Static_assert(sizeof(trace_chunk_t) == 16, "a chunk's head has 16 bytes");
_Static_assert(sizeof(cistern_trace_object_t) == 4 * sizeof(uintptr_t) + 24, "no padding");

static const trace_header_t trace_header = {.magic = {'C', 'T', 'R', 0x1a},
                                            .order = TRACE_ORDER,
                                            .version = TRACE_VERSION,
                                            .pointer = sizeof(uintptr_t),
                                            .hz = CISTERN_TRACE_HZ};

/* All zero, it costs no flash, and records nothing: start makes a trace of it. */
static trace_memory_t cistern_trace_memory;

static bool trace_objects_changed;
static uint32_t trace_drained;   /* events, since start */
static uint32_t trace_said_lost; /* in the latest batch */

/* --- producers -------------------------------------------------------------------------------- */

#    ifndef CISTERN_TRACE_TIME
#        define CISTERN_TRACE_TIME() trace_read(&cistern_trace_memory.ring.clock)
#    endif

/* A function of its own, so that the hook saves no register for it. */
static void trace_lose(trace_guard_t guard)
{
    trace_leave(guard);
    if (!trace_is_off(&cistern_trace_memory.ring)) {
        trace_count(&cistern_trace_memory.ring.lost); /* (T3) */
    }
}

void cistern_trace_event(const void *object, const void *block, size_t what, const void *owner)
{
    const trace_guard_t guard = trace_enter();
    trace_slot_t *slot;
    if (!trace_claim(&cistern_trace_memory.ring, &slot)) {
        trace_lose(guard);
        return;
    }
    slot->block = (uintptr_t)block;
    slot->what = what;
    slot->owner = (uintptr_t)owner;
    slot->time = CISTERN_TRACE_TIME();
    trace_publish(&slot->object, (uintptr_t)object); /* (T2) */
    trace_leave(guard);
}

void cistern_trace_tick(uint32_t now)
{
    trace_write(&cistern_trace_memory.ring.clock, now);
}

uint32_t cistern_trace_lost(void)
{
    return trace_read_outside(&cistern_trace_memory.ring.lost);
}

/* --- life ------------------------------------------------------------------------------------- */

/* What makes the memory a trace. */
static void trace_write_heads(void)
{
    trace_memory_t *const memory = &cistern_trace_memory;
    memory->header = trace_header;
    memory->ring_head = (trace_chunk_t){.mark = TRACE_MARK,
                                        .type = TRACE_RING_LIVE,
                                        .bytes = offsetof(trace_memory_t, objects_head) -
                                                 offsetof(trace_memory_t, ring)};
    memory->objects_head = (trace_chunk_t){
        .mark = TRACE_MARK, .type = TRACE_OBJECTS_LIVE, .bytes = sizeof memory->object};
    memory->ring.first = memory->ring.slot;
    memory->ring.slots = CISTERN_TRACE_EVENTS;
    memory->ring.slot_bytes = sizeof(trace_slot_t);
}

static void trace_restart(bool on)
{
    trace_ring_t *const ring = &cistern_trace_memory.ring;
    trace_reset(ring, false);
    for (size_t i = 0; on && i < CISTERN_TRACE_EVENTS; ++i) {
        trace_publish(&ring->slot[i].object, 0);
    }
    if (on) {
        trace_write_heads();
        trace_write(&ring->lost, 0);
        trace_drained = 0;
        trace_said_lost = 0;
        trace_objects_changed = true;
        trace_reset(ring, true);
    }
}

void cistern_trace_start(void)
{
    trace_restart(true);
}

void cistern_trace_stop(void)
{
    trace_restart(false);
}

const void *cistern_trace_image(size_t *bytes)
{
    *bytes = sizeof cistern_trace_memory;
    return &cistern_trace_memory;
}

/* --- objects ---------------------------------------------------------------------------------- */

/* The entry of an id, or the first that is free; CISTERN_TRACE_OBJECTS if there is neither. */
static size_t trace_entry_for(uintptr_t id)
{
    const cistern_trace_object_t *const object = cistern_trace_memory.object;
    size_t i = 0;
    while (i < CISTERN_TRACE_OBJECTS && object[i].id != id && object[i].id != 0) {
        ++i;
    }
    return i;
}

void cistern_trace_describe(const cistern_trace_object_t *object, const char *name)
{
    cistern_trace_object_t entry = *object;
    memset(entry.name, 0, sizeof entry.name);
    for (size_t i = 0; name != NULL && i + 1U < sizeof entry.name && name[i] != '\0'; ++i) {
        entry.name[i] = name[i];
    }
    const cistern_critical_t state = cistern_critical_enter();
    const size_t at = trace_entry_for(entry.id);
    if (at < CISTERN_TRACE_OBJECTS) {
        cistern_trace_memory.object[at] = entry;
        trace_objects_changed = true;
    } else {
        ++cistern_trace_memory.ring.undescribed;
    }
    cistern_critical_leave(state);
}

/* --- packing ---------------------------------------------------------------------------------- */

enum {
    TRACE_SAME_OBJECT = 0x08, /* as in the event before, in the batch */
    TRACE_SAME_OWNER = 0x10,
    TRACE_SAME_TIME = 0x20,
    TRACE_HAS_SIZE = 0x40,
    TRACE_BATCH_BYTES = 244,
    TRACE_EVENT_MOST = 1 + 5 + 4 * 10 /* bytes of an event, packed */
};

typedef struct trace_batch {
    trace_chunk_t head;
    uint32_t first;  /* number of the first event */
    uint32_t events; /* in this batch */
    uint32_t lost;   /* since start */
    uint8_t bytes[TRACE_BATCH_BYTES];
    size_t length;
    trace_slot_t before;
} trace_batch_t;

/* Seven bits a byte, the lowest first; the highest bit says that more follow. */
static void trace_pack(trace_batch_t *batch, uintptr_t value)
{
    while (value > 0x7fU) {
        batch->bytes[batch->length++] = (uint8_t)(value | 0x80U);
        value >>= 7;
    }
    batch->bytes[batch->length++] = (uint8_t)value;
}

/* A difference, signed: 0, -1, 1, -2 as 0, 1, 2, 3. */
static void trace_pack_difference(trace_batch_t *batch, uintptr_t now, uintptr_t before)
{
    const uintptr_t up = (uintptr_t)(now - before);
    const uintptr_t down = (uintptr_t)(before - now);
    trace_pack(batch, up <= UINTPTR_MAX / 2U ? (uintptr_t)(up * 2U) : (uintptr_t)(down * 2U - 1U));
}

/* Time has 32 bits on every processor: two halves, so that no processor needs a longer type. */
static void trace_pack_time(trace_batch_t *batch, uint32_t passed)
{
    while (passed > 0x7fU) {
        batch->bytes[batch->length++] = (uint8_t)(passed | 0x80U);
        passed >>= 7;
    }
    batch->bytes[batch->length++] = (uint8_t)passed;
}

static void trace_pack_event(trace_batch_t *batch, const trace_slot_t *slot)
{
    const trace_slot_t *const before = &batch->before;
    const uintptr_t size = slot->what >> CISTERN_TRACE_KIND_BITS;
    unsigned head = (unsigned)(slot->what & ((1U << CISTERN_TRACE_KIND_BITS) - 1U));
    head |= (slot->object == before->object) ? (unsigned)TRACE_SAME_OBJECT : 0U;
    head |= (slot->owner == before->owner) ? (unsigned)TRACE_SAME_OWNER : 0U;
    head |= (slot->time == before->time) ? (unsigned)TRACE_SAME_TIME : 0U;
    head |= (size != 0) ? (unsigned)TRACE_HAS_SIZE : 0U;
    batch->bytes[batch->length++] = (uint8_t)head;
    if ((head & TRACE_SAME_TIME) == 0) {
        trace_pack_time(batch, slot->time - before->time);
    }
    if ((head & TRACE_SAME_OBJECT) == 0) {
        trace_pack_difference(batch, slot->object, before->object);
    }
    trace_pack_difference(batch, slot->block, before->block);
    if ((head & TRACE_SAME_OWNER) == 0) {
        trace_pack_difference(batch, slot->owner, before->owner);
    }
    if ((head & TRACE_HAS_SIZE) != 0) {
        trace_pack(batch, size);
    }
    batch->before = *slot;
    ++batch->events;
}

/* --- the consumer ----------------------------------------------------------------------------- */

/* Fletcher's sums: a changed byte changes the lower half, an exchange of bytes the upper one. */
static uint32_t trace_check(uint8_t type, const void *bytes, size_t length)
{
    const uint8_t *const byte = (const uint8_t *)bytes;
    uint32_t sum = type;
    uint32_t sums = type;
    for (size_t i = 0; i < length; ++i) {
        sum += byte[i];
        sums += sum;
    }
    return (uint32_t)(sums << 16) ^ sum;
}

static trace_chunk_t trace_chunk_for(uint8_t type, const void *bytes, size_t length)
{
    return (trace_chunk_t){.mark = TRACE_MARK,
                           .type = type,
                           .bytes = (uint32_t)length,
                           .check = trace_check(type, bytes, length)};
}

static bool trace_write_objects(cistern_trace_write_t *write, void *context)
{
    trace_objects_changed = false; /* before they are read: what changes now is written again */
    size_t objects = 0;
    while (objects < CISTERN_TRACE_OBJECTS && cistern_trace_memory.object[objects].id != 0) {
        ++objects;
    }
    const size_t length = objects * sizeof cistern_trace_memory.object[0];
    const trace_chunk_t head = trace_chunk_for(TRACE_OBJECTS, cistern_trace_memory.object, length);
    return write(context, &head, sizeof head) &&
           write(context, cistern_trace_memory.object, length);
}

static void trace_open_batch(trace_batch_t *batch)
{
    *batch = (trace_batch_t){.first = trace_drained, .before = {.object = 0}};
}

static bool trace_send_batch(trace_batch_t *batch, cistern_trace_write_t *write, void *context)
{
    const size_t prefix = offsetof(trace_batch_t, bytes) - sizeof batch->head;
    batch->lost = cistern_trace_lost();
    trace_said_lost = batch->lost;
    batch->head = trace_chunk_for(TRACE_EVENTS, &batch->first, prefix + batch->length);
    return write(context, batch, sizeof batch->head + prefix + batch->length);
}

/* Moves the event at the tail into a batch; false if there is none that is whole (T2). */
static bool trace_drain_slot(trace_batch_t *batch)
{
    trace_ring_t *const ring = &cistern_trace_memory.ring;
    trace_slot_t *const slot = &ring->slot[ring->tail];
    trace_slot_t event;
    event.object = trace_published(&slot->object);
    if (event.object == 0) {
        return false;
    }
    event.block = slot->block;
    event.what = slot->what;
    event.owner = slot->owner;
    event.time = slot->time;
    trace_publish(&slot->object, 0);
    trace_free_slot(ring);
    ring->tail = (ring->tail + 1U) % CISTERN_TRACE_EVENTS;
    ++trace_drained;
    trace_pack_event(batch, &event);
    return true;
}

bool cistern_trace_begin(cistern_trace_write_t *write, void *context)
{
    return write(context, &trace_header, sizeof trace_header);
}

bool cistern_trace_drain(cistern_trace_write_t *write, void *context)
{
    trace_batch_t batch;
    bool ok = !trace_objects_changed || trace_write_objects(write, context);
    bool more = true;
    while (ok && more) {
        trace_open_batch(&batch);
        do {
            more = trace_drain_slot(&batch);
        } while (more && batch.length + TRACE_EVENT_MOST <= TRACE_BATCH_BYTES);
        if (batch.events != 0 || trace_said_lost != cistern_trace_lost()) {
            ok = trace_send_batch(&batch, write, context);
        }
    }
    return ok;
}

#endif
