/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_file.c - reads a trace.
 *
 *   | header | chunk | chunk | ...      chunk: | mark type bytes check | ... |
 *
 *   D  descriptions      E  a batch of packed events       as a program drains its ring
 *   d  the same          r  the ring                       as they lie in its memory
 *
 * Vocabulary: a gap is where events are missing. A chunk that is damaged is skipped up to the next
 * mark with a check that is right.
 *
 * Invariants
 *   (I1) nothing is read beyond `length`: each cursor knows its end, and sticks to it when it fails
 *   (I2) the number of events is not above the bytes of the file */
#include "trace_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    HEADER = 16,
    CHUNK = 16,
    PREFIX = 12, /* of a batch: first, events, lost */
    ENTRY_NAME = 24,
    BATCH_MOST = 4096,
    OBJECTS_BYTES_MOST = 1 << 14,
    KIND_MASK = 7,
    KIND_BITS = 3,
    SAME_OBJECT = 0x08,
    SAME_OWNER = 0x10,
    SAME_TIME = 0x20,
    HAS_SIZE = 0x40,
    NOT_PACKED = 0x80
};

#define MARK      0x4b6e4843U
#define FILE_MOST ((size_t)1 << 31)

static const uint8_t magic[4] = {'C', 'T', 'R', 0x1a};

/* --- bytes ------------------------------------------------------------------------------------ */

/* A place in the file up to an end. */
typedef struct cursor {
    const uint8_t *at;
    const uint8_t *end;
    bool big_endian;
    bool failed; /* something was read beyond the end: all values since then are 0 */
} cursor_t;

static uint64_t take_number(cursor_t *cursor, unsigned bytes)
{
    uint64_t value = 0;
    if (cursor->failed || (size_t)(cursor->end - cursor->at) < bytes) {
        cursor->failed = true;
        return 0;
    }
    for (unsigned i = 0; i < bytes; ++i) {
        value |= (uint64_t)cursor->at[cursor->big_endian ? bytes - 1 - i : i] << (8 * i);
    }
    cursor->at += bytes;
    return value;
}

static uint32_t take_u32(cursor_t *cursor)
{
    return (uint32_t)take_number(cursor, 4);
}

static uint64_t take_packed(cursor_t *cursor)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        const uint64_t byte = take_number(cursor, 1);
        value |= shift < 64 ? (byte & 0x7fU) << shift : 0;
        if ((byte & 0x80U) == 0) {
            return value;
        }
    }
    cursor->failed = true;
    return 0;
}

static uint64_t take_difference(cursor_t *cursor, uint64_t before)
{
    const uint64_t packed = take_packed(cursor);
    return before + (packed >> 1 ^ (0 - (packed & 1U)));
}

static cursor_t cursor_at(const trace_file_t *trace, size_t offset, size_t bytes)
{
    return (cursor_t){.at = trace->bytes + offset,
                      .end = trace->bytes + offset + bytes,
                      .big_endian = trace->big_endian};
}

/* --- chunks ----------------------------------------------------------------------------------- */

typedef struct chunk {
    uint8_t type;
    size_t offset; /* of what is behind the head */
    size_t bytes;
} chunk_t;

static uint32_t check_of(uint8_t type, const uint8_t *byte, size_t length)
{
    uint32_t sum = type;
    uint32_t sums = type;
    for (size_t i = 0; i < length; ++i) {
        sum += byte[i];
        sums += sum;
    }
    return (sums << 16) ^ sum;
}

static bool is_live(uint8_t type)
{
    return type == 'd' || type == 'r';
}

/* The chunk whose head is at an offset: 1 if it is sound, 0 if not, -1 if it goes beyond the end. */
static int chunk_at(const trace_file_t *trace, size_t offset, chunk_t *chunk)
{
    cursor_t head = cursor_at(trace, offset, trace->length - offset);
    const uint32_t mark = take_u32(&head);
    const uint8_t type = (uint8_t)take_number(&head, 1);
    const uint64_t zero = take_number(&head, 3);
    const uint32_t bytes = take_u32(&head);
    const uint32_t check = take_u32(&head);
    const bool live = is_live(type);
    if (head.failed) {
        return -1;
    }
    if (mark != MARK || zero != 0 || (type != 'D' && type != 'E' && !live) ||
        (!live && bytes > (type == 'D' ? OBJECTS_BYTES_MOST : BATCH_MOST))) {
        return 0;
    }
    if (bytes > trace->length - offset - CHUNK) {
        return -1;
    }
    *chunk = (chunk_t){.type = type, .offset = offset + CHUNK, .bytes = bytes};
    return live || check == check_of(type, trace->bytes + chunk->offset, bytes) ? 1 : 0;
}

static bool is_marked(const trace_file_t *trace, size_t offset)
{
    static const uint8_t mark[2][4] = {{0x43, 0x48, 0x6e, 0x4b}, {0x4b, 0x6e, 0x48, 0x43}};
    return memcmp(trace->bytes + offset, mark[trace->big_endian ? 1 : 0], sizeof mark[0]) == 0;
}

/* The next sound chunk from an offset on; a live one only where a chunk must begin, since it has no
 * check. False at the end. */
static bool next_chunk(trace_file_t *trace, size_t *offset, chunk_t *chunk)
{
    int found = *offset < trace->length ? chunk_at(trace, *offset, chunk) : 0;
    const bool lost_the_way = found != 1 && *offset < trace->length;
    trace->torn = trace->torn || (lost_the_way && found == -1);
    trace->damaged += lost_the_way && found == 0 ? 1 : 0;
    while (found != 1 && trace->length - *offset > CHUNK) {
        ++*offset;
        found = is_marked(trace, *offset) ? chunk_at(trace, *offset, chunk) : 0;
        found = found == 1 && is_live(chunk->type) ? 0 : found;
    }
    if (found != 1) {
        *offset = trace->length;
        return false;
    }
    *offset = chunk->offset + chunk->bytes;
    return true;
}

/* --- descriptions ----------------------------------------------------------------------------- */

static size_t index_of(const trace_file_t *trace, uint64_t id)
{
    size_t i = 0;
    while (i < trace->objects && trace->object[i].id != id) {
        ++i;
    }
    return i;
}

/* The entry of an object, made if there is none; TRACE_OBJECTS_MOST if there is no place. */
static size_t object_of(trace_file_t *trace, uint64_t id, bool heap)
{
    const size_t index = index_of(trace, id);
    if (index == trace->objects && index < TRACE_OBJECTS_MOST) {
        trace_object_t *const object = &trace->object[trace->objects++];
        *object = (trace_object_t){.id = id, .heap = heap};
        snprintf(object->name, sizeof object->name, "%s 0x%llx", heap ? "heap" : "pool",
                 (unsigned long long)(id & 0xffffffffffU));
    }
    return index;
}

/* Names are shown and become comments: what is no letter of ASCII is shown as '?'. */
static void copy_name(char *name, const uint8_t *bytes)
{
    size_t i = 0;
    for (; i + 1 < TRACE_NAME && i < ENTRY_NAME - 1 && bytes[i] != '\0'; ++i) {
        name[i] = bytes[i] > 0x20 && bytes[i] < 0x7f && bytes[i] != '*' ? (char)bytes[i] : '?';
    }
    name[i] = '\0';
}

static void describe_one(trace_file_t *trace, cursor_t *cursor)
{
    trace_object_t entry = {.described = true};
    entry.id = take_number(cursor, trace->pointer);
    entry.size = take_number(cursor, trace->pointer);
    entry.stride = take_number(cursor, trace->pointer);
    entry.count = take_number(cursor, trace->pointer);
    const uint64_t kind = take_number(cursor, 1);
    if (cursor->failed || entry.id == 0 || kind < 1 || kind > 2) {
        return;
    }
    entry.heap = kind == 2;
    copy_name(entry.name, cursor->at);
    const size_t index = object_of(trace, entry.id, entry.heap);
    if (index < TRACE_OBJECTS_MOST) {
        trace->object[index] = entry;
    }
}

static void describe(trace_file_t *trace, const chunk_t *chunk)
{
    const size_t entry = 4U * trace->pointer + ENTRY_NAME;
    for (size_t i = 0; i + entry <= chunk->bytes; i += entry) {
        cursor_t cursor = cursor_at(trace, chunk->offset + i, entry);
        describe_one(trace, &cursor);
    }
}

static void describe_all(trace_file_t *trace)
{
    size_t offset = HEADER;
    chunk_t chunk;
    while (next_chunk(trace, &offset, &chunk)) {
        if (chunk.type == 'D' || chunk.type == 'd') {
            describe(trace, &chunk);
        }
        trace->memory = trace->memory || chunk.type == 'r';
    }
    trace->torn = false; /* the second reading says it */
    trace->damaged = 0;
}

/* --- events ----------------------------------------------------------------------------------- */

/* An event as it was recorded, and what is needed to go on. */
typedef struct raw {
    uint64_t object;
    uint64_t block;
    uint64_t owner;
    uint64_t size;
    uint32_t time;
    unsigned kind;
} raw_t;

typedef struct reading {
    trace_file_t *trace;
    trace_handler_t *handler;
    void *context;
    uint32_t next; /* number that the next batch should begin with */
    uint32_t last_time;
    int64_t ticks; /* since the first event */
    uint64_t now;  /* in ticks: time that goes back is held */
    bool gap;
} reading_t;

static uint64_t nanoseconds(uint64_t ticks, uint32_t hz)
{
    return ticks / hz * 1000000000U + ticks % hz * 1000000000U / hz;
}

/* The clock has 32 bits: the difference to the event before is the shorter way round. */
static uint64_t time_of(reading_t *reading, uint32_t time)
{
    const bool first = reading->trace->events == 0;
    const uint32_t passed = first ? 0 : time - reading->last_time;
    reading->last_time = time;
    reading->ticks +=
        passed < 0x80000000U ? (int64_t)passed : (int64_t)passed - INT64_C(0x100000000);
    if (reading->ticks > (int64_t)reading->now) {
        reading->now = (uint64_t)reading->ticks;
    }
    return nanoseconds(reading->now, reading->trace->hz);
}

static bool deliver(reading_t *reading, const raw_t *raw)
{
    trace_file_t *const trace = reading->trace;
    const bool heap = raw->kind >= TRACE_ALLOC && raw->kind <= TRACE_TRIM;
    const uint64_t time = time_of(reading, raw->time);
    ++trace->events;
    const size_t object = object_of(trace, raw->object, heap);
    if (object == TRACE_OBJECTS_MOST) {
        ++trace->strangers;
        return true;
    }
    const trace_event_t event = {.number = trace->events,
                                 .time = time,
                                 .block = raw->block,
                                 .size = raw->size,
                                 .owner = raw->owner,
                                 .object = object,
                                 .kind = (trace_kind_t)raw->kind,
                                 .gap = reading->gap};
    reading->gap = false;
    return reading->handler(reading->context, &event);
}

/* Reads one packed event over the one before; false if its bytes make no sense. */
static bool unpack(cursor_t *cursor, raw_t *raw, uint64_t mask)
{
    const unsigned head = (unsigned)take_number(cursor, 1);
    raw->kind = head & KIND_MASK;
    if ((head & SAME_TIME) == 0) {
        raw->time += (uint32_t)take_packed(cursor);
    }
    if ((head & SAME_OBJECT) == 0) {
        raw->object = take_difference(cursor, raw->object) & mask;
    }
    raw->block = take_difference(cursor, raw->block) & mask;
    if ((head & SAME_OWNER) == 0) {
        raw->owner = take_difference(cursor, raw->owner) & mask;
    }
    raw->size = (head & HAS_SIZE) != 0 ? take_packed(cursor) & mask : 0;
    return !cursor->failed && raw->kind < TRACE_KINDS && (head & NOT_PACKED) == 0;
}

static uint64_t mask_of(const trace_file_t *trace)
{
    return UINT64_MAX >> (64 - 8 * trace->pointer);
}

/* Batches say how many events there were before them: what is missing in between is counted. */
static bool read_batch(reading_t *reading, const chunk_t *chunk)
{
    trace_file_t *const trace = reading->trace;
    cursor_t cursor = cursor_at(trace, chunk->offset, chunk->bytes);
    const uint32_t first = take_u32(&cursor);
    const uint32_t events = take_u32(&cursor);
    const uint32_t lost = take_u32(&cursor);
    const uint32_t before = first - reading->next;
    raw_t raw = {.object = 0};
    if (cursor.failed || events > chunk->bytes) { /* (I2) */
        ++trace->damaged;
        return true;
    }
    trace->missing += before < 0x80000000U ? before : 0;
    reading->gap = reading->gap || before != 0;
    for (uint32_t i = 0; i < events; ++i) {
        if (!unpack(&cursor, &raw, mask_of(trace))) {
            ++trace->damaged;
            trace->missing += events - i;
            reading->gap = true;
            break;
        }
        if (!deliver(reading, &raw)) {
            return false;
        }
    }
    reading->gap = reading->gap || lost != trace->lost;
    trace->lost = lost > trace->lost ? lost : trace->lost;
    reading->next = first + events;
    return true;
}

/* The ring as it lies in memory: from the tail on all slots with an object are events. One without
 * between two with is being written. */
static bool read_ring(reading_t *reading, const chunk_t *chunk)
{
    trace_file_t *const trace = reading->trace;
    cursor_t cursor = cursor_at(trace, chunk->offset, chunk->bytes);
    (void)take_number(&cursor, trace->pointer); /* head, limit, first */
    (void)take_number(&cursor, trace->pointer);
    (void)take_number(&cursor, trace->pointer);
    (void)take_u32(&cursor); /* clock */
    trace->lost = take_u32(&cursor);
    const uint32_t tail = take_u32(&cursor);
    const uint32_t slots = take_u32(&cursor);
    const uint32_t bytes = take_u32(&cursor);
    trace->undescribed = take_u32(&cursor);
    const size_t start = (size_t)(cursor.at - trace->bytes);
    const size_t least = 4U * trace->pointer + 4U;
    if (cursor.failed || slots == 0 || tail >= slots || bytes < least ||
        slots > (chunk->bytes - (start - chunk->offset)) / bytes) {
        ++trace->damaged;
        return true;
    }
    uint64_t unwritten = 0;
    for (uint32_t i = 0; i < slots; ++i) {
        const size_t slot = ((size_t)tail + i) % slots;
        cursor_t at = cursor_at(trace, start + slot * bytes, bytes);
        raw_t raw = {.object = take_number(&at, trace->pointer)};
        raw.block = take_number(&at, trace->pointer);
        const uint64_t what = take_number(&at, trace->pointer);
        raw.owner = take_number(&at, trace->pointer);
        raw.time = take_u32(&at);
        raw.kind = (unsigned)(what & KIND_MASK);
        raw.size = what >> KIND_BITS;
        if (raw.object == 0 || raw.kind >= TRACE_KINDS) {
            unwritten += 1;
            trace->damaged += raw.object != 0 ? 1 : 0;
            continue;
        }
        trace->missing += unwritten;
        reading->gap = reading->gap || unwritten != 0;
        unwritten = 0;
        if (!deliver(reading, &raw)) {
            return false;
        }
    }
    return true;
}

bool trace_read(trace_file_t *trace, trace_handler_t *handler, void *context)
{
    reading_t reading = {.trace = trace, .handler = handler, .context = context};
    size_t offset = HEADER;
    chunk_t chunk;
    bool goes_on = true;
    trace->events = 0;
    while (goes_on && next_chunk(trace, &offset, &chunk)) {
        reading.gap = reading.gap || trace->damaged != 0;
        goes_on = chunk.type == 'E'   ? read_batch(&reading, &chunk)
                  : chunk.type == 'r' ? read_ring(&reading, &chunk)
                                      : true;
    }
    return goes_on;
}

bool trace_is_whole(const trace_file_t *trace)
{
    return !trace->torn && trace->lost == 0 && trace->missing == 0 && trace->damaged == 0 &&
           trace->strangers == 0;
}

/* --- files ------------------------------------------------------------------------------------ */

bool trace_is(const char *file)
{
    uint8_t head[sizeof magic];
    struct stat status;
    if (strcmp(file, "-") == 0 || stat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        return false; /* what is read once, such as a pipe, is left whole */
    }
    FILE *const opened = fopen(file, "rb");
    const bool is = opened != NULL && fread(head, sizeof head, 1, opened) == 1 &&
                    memcmp(head, magic, sizeof head) == 0;
    if (opened != NULL) {
        fclose(opened);
    }
    return is;
}

static bool refuse(trace_file_t *trace, const char *why)
{
    fprintf(stderr, "cistern: %s: %s\n", trace->name, why);
    trace_close(trace);
    return false;
}

/* Reads the whole file; memory grows with what is there, not with what a size says. */
static bool load(trace_file_t *trace, FILE *file)
{
    size_t room = 0;
    size_t got = 1;
    while (got > 0 && trace->length < FILE_MOST) {
        if (room - trace->length < 4096) {
            room = room == 0 ? 65536 : 2 * room;
            uint8_t *const grown = realloc(trace->bytes, room);
            if (grown == NULL) {
                return false;
            }
            trace->bytes = grown;
        }
        got = fread(trace->bytes + trace->length, 1, room - trace->length, file);
        trace->length += got;
    }
    return !ferror(file) && trace->length < FILE_MOST;
}

static const char *read_header(trace_file_t *trace)
{
    if (trace->length < HEADER || memcmp(trace->bytes, magic, sizeof magic) != 0) {
        return "this is no trace";
    }
    trace->big_endian = trace->bytes[4] == 0x43;
    cursor_t cursor = cursor_at(trace, sizeof magic, HEADER - sizeof magic);
    const uint64_t order = take_number(&cursor, 2);
    const uint64_t version = take_number(&cursor, 1);
    trace->pointer = (unsigned)take_number(&cursor, 1);
    trace->hz = take_u32(&cursor);
    if (order != 0x4321) {
        return "the header of this trace is damaged: its order of bytes is unknown";
    }
    if (version != 1) {
        return "this trace has a version that is not known here: this program reads version 1";
    }
    if (trace->pointer != 2 && trace->pointer != 4 && trace->pointer != 8) {
        return "the header of this trace is damaged: pointers have 2, 4 or 8 bytes";
    }
    return trace->hz == 0 ? "the header of this trace is damaged: its clock stands still" : NULL;
}

bool trace_open(trace_file_t *trace, const char *name)
{
    *trace = (trace_file_t){.name = name};
    FILE *const file = fopen(name, "rb");
    if (file == NULL) {
        return refuse(trace, "the file cannot be opened");
    }
    const bool loaded = load(trace, file);
    fclose(file);
    const char *const why = loaded ? read_header(trace) : "the file cannot be read, or is too long";
    if (why != NULL) {
        return refuse(trace, why);
    }
    describe_all(trace);
    return true;
}

void trace_close(trace_file_t *trace)
{
    free(trace->bytes);
    trace->bytes = NULL;
    trace->length = 0;
}
