/* SPDX-License-Identifier: BSD-3-Clause */
/* heap_guard.c - guards, poison, quarantine and history of a heap: check levels 2 and 3. Layout and
 * invariants: see heap_guard.h.
 *
 *   free   | enter: verify guards, to transit | poison it | enter: give |
 *   alloc  | enter: take, to transit          | verify its poison, make guards |
 *
 * What is linear in a block's size happens outside the critical section, on a block in
 * transit. A block whose guard was broken is held: in quarantine, full of poison, until
 * CISTERN_HEAP_QUARANTINE more blocks were freed, so that a late write of who broke it is found. */
#include "heap_guard.h"

#include "heap_calls.h"

#if CISTERN_HEAP_GUARDED

/* What a free verifies of a neighbour with which its block will merge; the rest of it is verified
 * when it is handed out. */
#    define HEAP_VERIFIED ((size_t)256)

#    if SIZE_MAX > UINT32_MAX

/* True if all of `bytes` from `from` on have this value: the first ones have, and each of the others
 * is as the one 16 before it. On large processors no loop is faster than the C library's. */
static bool heap_is_filled(const unsigned char *from, size_t bytes, unsigned char value)
{
    unsigned char sample[16];
    const size_t first = bytes < sizeof(sample) ? bytes : sizeof(sample);
    (void)memset(sample, value, sizeof(sample));
    return memcmp(from, sample, first) == 0 && memcmp(from, from + first, bytes - first) == 0;
}

#    else

/* How many bytes from `from` on, at most `bytes`, lie before the first word's boundary. */
static size_t heap_before_word(const unsigned char *from, size_t bytes)
{
    const size_t before = (size_t)(0U - (uintptr_t)from) % sizeof(size_t);
    return before < bytes ? before : bytes;
}

static size_t heap_bytes_differ(const unsigned char *from, size_t bytes, unsigned char value)
{
    size_t difference = 0;
    for (; bytes != 0; --bytes) {
        difference |= (size_t)(*from++ ^ value);
    }
    return difference;
}

/* True if all of `bytes` from `from` on have this value: by four words at a time, as small C
 * libraries compare by bytes. */
static bool heap_is_filled(const unsigned char *from, size_t bytes, unsigned char value)
{
    const size_t before = heap_before_word(from, bytes);
    const size_t *word = (const size_t *)(const void *)(from + before);
    const size_t pattern = (size_t)-1 / 0xFFU * value;
    size_t difference = heap_bytes_differ(from, before, value);
    size_t left = bytes - before;
    for (; left >= 4U * sizeof(size_t); left -= 4U * sizeof(size_t)) {
        difference |=
            (word[0] ^ pattern) | (word[1] ^ pattern) | (word[2] ^ pattern) | (word[3] ^ pattern);
        word += 4;
    }
    difference |= heap_bytes_differ((const unsigned char *)word, left, value);
    return difference == 0;
}

#    endif

#    if CISTERN_CHECK >= 2
static bool heap_holds_poison(const unsigned char *from, size_t bytes)
{
    return heap_is_filled(from, bytes, HEAP_POISON);
}
#    else
static bool heap_holds_poison(const unsigned char *from, size_t bytes)
{
    (void)from;
    (void)bytes;
    return true;
}
#    endif

bool cistern_heap_is_poisoned(const unsigned char *payload, size_t bytes)
{
    return bytes <= HEAP_LINKS_BYTES ||
           heap_holds_poison(payload + HEAP_LINKS_BYTES, bytes - HEAP_LINKS_BYTES);
}

static void heap_raise(const cistern_heap_t *heap, const void *payload, cistern_fault_kind_t kind)
{
    const heap_outcome_t outcome = {.kind = kind, .address = payload};
    cistern_heap_report(heap, &outcome);
}

/* --- guards -------------------------------------------------------------------------------------
 */

static void heap_set_size(unsigned char *payload, size_t size)
{
    (void)memcpy(payload, &size, sizeof(size));
}

static void heap_set_guards(const cistern_heap_t *heap, unsigned char *payload, size_t size)
{
    (void)memset(payload + sizeof(heap_tag_t), HEAP_GUARD, heap_front(heap) - sizeof(heap_tag_t));
    (void)memset(payload + heap_front(heap) + size, HEAP_GUARD, HEAP_AFTER);
}

cistern_fault_kind_t cistern_heap_guard_kind(const cistern_heap_t *heap,
                                             const unsigned char *payload, size_t bytes)
{
    const heap_tag_t tag = heap_tag_of(payload);
    if (tag.size == HEAP_IN_TRANSIT) {
        return CISTERN_FAULT_DOUBLE_FREE;
    }
    if (tag.size == 0 || tag.size > heap_caller_size(heap, bytes) ||
        !heap_is_filled(payload + sizeof(tag), heap_front(heap) - sizeof(tag), HEAP_GUARD)) {
        return CISTERN_FAULT_UNDERFLOW;
    }
    return heap_is_filled(payload + heap_front(heap) + tag.size, HEAP_AFTER, HEAP_GUARD)
               ? CISTERN_FAULT_NONE
               : CISTERN_FAULT_OVERFLOW;
}

void *cistern_heap_add_guards(cistern_heap_t *heap, void *payload, size_t size)
{
    const heap_tag_t tag = {.size = HEAP_IN_TRANSIT};
    const size_t skipped =
        HEAP_LINKS_BYTES > sizeof(heap_tag_t) ? HEAP_LINKS_BYTES : sizeof(heap_tag_t);
    if (payload == NULL) {
        return NULL;
    }
    unsigned char *const bytes = (unsigned char *)payload;
    const size_t length = heap_payload_bytes(heap, heap_offset(heap, payload));
    if (!heap_holds_poison(bytes + skipped, length - skipped)) {
        heap_raise(heap, payload, CISTERN_FAULT_POISON);
    }
    CISTERN_ASSERT(size <= heap_caller_size(heap, length));
    (void)memcpy(payload, &tag, sizeof(tag));
    heap_set_guards(heap, bytes, size);
    heap_set_size(bytes, size);
    CISTERN_ASSERT(cistern_heap_guard_kind(heap, bytes, length) == CISTERN_FAULT_NONE); /* G1 */
    return bytes + heap_front(heap);
}

/* --- quarantine ---------------------------------------------------------------------------------
 */

bool cistern_heap_is_held(const cistern_heap_t *heap, size_t block)
{
    for (size_t i = 0; i < CISTERN_HEAP_QUARANTINE; ++i) {
        if (heap->held[i] == block + 1U) {
            return true;
        }
    }
    return false;
}

void cistern_heap_unhold(cistern_heap_t *heap, size_t low, size_t high)
{
    for (size_t i = 0; i < CISTERN_HEAP_QUARANTINE; ++i) {
        const size_t held = heap->held[i];
        if (held > low && held <= high) {
            heap->held[i] = 0;
        }
    }
}

/* Moves a live block into quarantine. */
static void heap_quarantine(cistern_heap_t *heap, size_t block)
{
    const size_t next = heap_next(heap, block);
    CISTERN_ASSERT(heap_state(heap, block) == HEAP_USED && heap->blocks != 0); /* I4 */
    heap_join(heap, block, next, HEAP_QUARANTINE);
    heap->used -= next - block;
    --heap->blocks;
    heap->quarantined = (cistern_heap_index_t)(heap->quarantined + (next - block));
    CISTERN_ASSERT(heap->used + heap->quarantined <= heap->end); /* I4 */
}

/* Takes a block out of quarantine. False if damage has changed it meanwhile. */
static bool heap_end_quarantine(cistern_heap_t *heap, size_t block)
{
    if (!heap_ends(heap, block, HEAP_QUARANTINE) || !heap_begins(heap, block)) {
        return false;
    }
    const size_t next = heap_next(heap, block);
    heap_join(heap, block, next, HEAP_USED);
    CISTERN_ASSERT(heap->quarantined >= next - block); /* I4 */
    heap->used += next - block;
    ++heap->blocks;
    heap->quarantined = (cistern_heap_index_t)(heap->quarantined - (next - block));
    CISTERN_ASSERT(heap->used + heap->quarantined <= heap->end); /* I4 */
    return true;
}

/* Puts `held`, a block's index and 1, or 0, in the place of the one that was held longest: that
 * one. */
static size_t heap_hold(cistern_heap_t *heap, size_t held)
{
    CISTERN_ASSERT(heap->holding < CISTERN_HEAP_QUARANTINE);
    const size_t oldest = heap->held[heap->holding];
    heap->held[heap->holding] = (cistern_heap_index_t)held;
    heap->holding = (uint8_t)((heap->holding + 1U) % CISTERN_HEAP_QUARANTINE);
    return oldest;
}

/* Frees a block that was held long enough, and reports who wrote to it. */
static void heap_free_held(cistern_heap_t *heap, size_t block, heap_changed_t *changed)
{
    unsigned char *const payload = heap_payload(heap, block);
    const cistern_critical_t state = cistern_critical_enter();
    const bool ended = heap_end_quarantine(heap, block);
    changed(heap);
    cistern_critical_leave(state);
    if (!ended) {
        return;
    }
    const size_t bytes = heap_payload_bytes(heap, block) - sizeof(size_t);
    if (!heap_holds_poison(payload + sizeof(size_t), bytes)) {
        heap_raise(heap, payload, CISTERN_FAULT_POISON);
        heap_poison(payload + sizeof(size_t), bytes);
    }
    (void)heap_give(heap, payload, changed);
}

/* --- free ---------------------------------------------------------------------------------------
 */

/* True if the free block at `block` was written to, in the bytes that a free verifies: these are
 * poisoned anew, so that it is reported once. */
static bool heap_was_written(const cistern_heap_t *heap, size_t block)
{
    if (!heap_ends(heap, block, HEAP_FREE)) {
        return false;
    }
    const size_t bytes = heap_payload_bytes(heap, block);
    const size_t verified = bytes < HEAP_VERIFIED ? bytes : HEAP_VERIFIED;
    const bool written = !cistern_heap_is_poisoned(heap_payload(heap, block), verified);
    if (written) {
        heap_poison(heap_payload(heap, block) + HEAP_LINKS_BYTES, verified - HEAP_LINKS_BYTES);
    }
    return written;
}

/* A free neighbour of a live block that was written to, or HEAP_NOWHERE. */
static size_t heap_written_neighbour(const cistern_heap_t *heap, size_t block)
{
    CISTERN_ASSERT(heap_state(heap, block) == HEAP_USED); /* I2 */
    const size_t next = heap_next(heap, block);
    if (heap_was_written(heap, next)) {
        return next;
    }
    const size_t prev = heap_prev(heap, block);
    return prev < block && heap_was_written(heap, prev) ? prev : HEAP_NOWHERE;
}

/* What became of a block that was to be freed. */
typedef struct heap_taken_back {
    cistern_fault_kind_t kind; /* what was broken of its guards, or FAULT_NONE */
    size_t written;            /* a free neighbour that was written to, or HEAP_NOWHERE */
    size_t oldest;             /* a block that was held long enough, and 1; or 0 */
} heap_taken_back_t;

/* Puts a block into transit, and into quarantine if its guards are broken. False if it is none
 * in use. */
static bool heap_take_back(cistern_heap_t *heap, unsigned char *payload, heap_taken_back_t *seen,
                           heap_changed_t *changed)
{
    const size_t block = heap_offset(heap, payload);
    const cistern_critical_t state = cistern_critical_enter();
    const bool live = cistern_heap_is_live(heap, payload);
    if (live) {
        seen->kind = cistern_heap_guard_kind(heap, payload, heap_payload_bytes(heap, block));
        seen->written = heap_written_neighbour(heap, block);
        heap_hide(payload);
        CISTERN_ASSERT(heap_tag_of(payload).size == HEAP_IN_TRANSIT); /* G1 */
        const bool broken =
            seen->kind == CISTERN_FAULT_OVERFLOW || seen->kind == CISTERN_FAULT_UNDERFLOW;
        if (broken) {
            heap_quarantine(heap, block);
        }
        seen->oldest = heap_hold(heap, broken ? block + 1U : 0);
    }
    changed(heap);
    cistern_critical_leave(state);
    return live;
}

cistern_error_t cistern_heap_free_guarded(cistern_heap_t *heap, void *memory,
                                          heap_changed_t *changed)
{
    unsigned char *const payload = (unsigned char *)heap_payload_of(heap, memory);
    heap_taken_back_t seen = {CISTERN_FAULT_NONE, HEAP_NOWHERE, 0};
    if (memory == NULL) {
        return CISTERN_OK;
    }
    while (!heap_take_back(heap, payload, &seen, changed)) {
        if (!cistern_heap_repair(heap, payload, false, changed)) {
            return CISTERN_ERROR_FAULT;
        }
    }
    if (seen.written != HEAP_NOWHERE) {
        heap_raise(heap, heap_payload(heap, seen.written), CISTERN_FAULT_POISON);
    }
    if (seen.kind != CISTERN_FAULT_NONE) {
        heap_raise(heap, payload, seen.kind);
    }
    if (seen.kind == CISTERN_FAULT_DOUBLE_FREE) {
        return CISTERN_ERROR_FAULT;
    }
    const size_t bytes = heap_payload_bytes(heap, heap_offset(heap, payload));
    heap_poison(payload + sizeof(size_t), bytes - sizeof(size_t));
    if (seen.oldest != 0) {
        heap_free_held(heap, seen.oldest - 1U, changed);
    }
    return seen.kind == CISTERN_FAULT_NONE ? heap_give(heap, payload, changed) : CISTERN_OK;
}

/* --- resize -------------------------------------------------------------------------------------
 */

/* A live block of which a resize is the owner for a while. */
typedef struct heap_open {
    cistern_fault_kind_t kind; /* what was broken of its guards, or FAULT_NONE */
    size_t size;               /* what its caller may use; with broken guards what the block has */
    size_t bytes;              /* of its payload */
} heap_open_t;

/* Puts a live block into transit. False if it is none in use. */
static bool heap_open(cistern_heap_t *heap, unsigned char *payload, heap_open_t *open)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool live = payload != NULL && cistern_heap_is_live(heap, payload);
    if (live) {
        open->bytes = heap_payload_bytes(heap, heap_offset(heap, payload));
        open->kind = cistern_heap_guard_kind(heap, payload, open->bytes);
        open->size = open->kind == CISTERN_FAULT_NONE ? heap_tag_of(payload).size
                                                      : heap_caller_size(heap, open->bytes);
        heap_hide(payload);
        CISTERN_ASSERT(heap_tag_of(payload).size == HEAP_IN_TRANSIT); /* G1 */
    }
    cistern_critical_leave(state);
    return live;
}

/* Changes the size of an open block: what it gives up is poisoned before, what it gains is
 * verified. */
static cistern_error_t heap_change(cistern_heap_t *heap, unsigned char *payload, size_t size,
                                   const heap_open_t *open, heap_changed_t *changed)
{
    CISTERN_ASSERT(size != 0 && open->size <= open->bytes); /* G1 */
    if (size < open->size) {
        const size_t kept = heap_front(heap) + size;
        heap_poison(payload + kept, open->bytes - kept);
    }
    const cistern_error_t error = heap_fit(heap, payload, heap_raw_size(heap, size), true, changed);
    const size_t bytes = heap_payload_bytes(heap, heap_offset(heap, payload));
    if (error == CISTERN_OK && bytes > open->bytes &&
        !heap_holds_poison(payload + open->bytes, bytes - open->bytes)) {
        heap_raise(heap, payload, CISTERN_FAULT_POISON);
    }
    return error;
}

cistern_error_t cistern_heap_resize_guarded(cistern_heap_t *heap, void *memory, size_t size,
                                            bool may_grow, heap_changed_t *changed)
{
    unsigned char *const payload = (unsigned char *)heap_payload_of(heap, memory);
    heap_open_t open;
    while (!heap_open(heap, payload, &open)) {
        if (!cistern_heap_repair(heap, payload, false, changed)) {
            return CISTERN_ERROR_FAULT;
        }
    }
    if (open.kind != CISTERN_FAULT_NONE) {
        heap_raise(heap, payload, open.kind);
    }
    cistern_error_t error = CISTERN_ERROR_SIZE;
    if (size != 0 && (size <= open.size || may_grow)) {
        error = heap_change(heap, payload, size, &open, changed);
    }
    const size_t now = error == CISTERN_OK ? size : open.size;
    heap_set_guards(heap, payload, now);
    heap_set_size(payload, now);
    return error;
}

#endif

/* --- the last user (level 3)
 * ------------------------------------------------------------------------------
 */

#if CISTERN_CHECK >= 3

void *cistern_heap_tag(cistern_heap_t *heap, void *memory, const char *file, int line)
{
    if (memory != NULL) {
        unsigned char *const payload = (unsigned char *)heap_payload_of(heap, memory);
        const heap_tag_t tag = {.size = heap_tag_of(payload).size, .file = file, .line = line};
        (void)memcpy(payload, &tag, sizeof(tag));
    }
    return memory;
}

void cistern_heap_remember(cistern_heap_t *heap, const void *memory, const char *file, int line)
{
    const cistern_heap_event_t event = {.address = memory, .file = file, .line = line};
    const cistern_critical_t state = cistern_critical_enter();
    heap->history[heap->events % CISTERN_HEAP_HISTORY] = event;
    ++heap->events;
    cistern_critical_leave(state);
}

void cistern_heap_name_user(const cistern_heap_t *heap, cistern_fault_t *fault)
{
    const size_t known =
        heap->events < CISTERN_HEAP_HISTORY ? heap->events : (size_t)CISTERN_HEAP_HISTORY;
    for (size_t ago = 1; ago <= known && fault->address != NULL; ++ago) {
        const cistern_heap_event_t *const event =
            &heap->history[(heap->events - ago) % CISTERN_HEAP_HISTORY];
        if (event->address == fault->address) {
            fault->file = event->file;
            fault->line = event->line;
            return;
        }
    }
    if (fault->kind == CISTERN_FAULT_OVERFLOW) {
        const heap_tag_t tag =
            heap_tag_of((const unsigned char *)heap_payload_of(heap, fault->address));
        fault->file = tag.file;
        fault->line = tag.line;
    }
}

#endif

/* Without guards there is nothing here: ISO C wants a translation unit to hold something. */
typedef int heap_guard_is_optional_t;
