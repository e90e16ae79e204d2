/* SPDX-License-Identifier: BSD-3-Clause */
/* Damage fuzzer of the heap: damage.h says what a scenario is.
 *
 * The client remembers each block, its size and its content; the content of live blocks is the
 * client's own, and is written anew after the damage. Whatever was damaged: no two live blocks
 * overlap, nothing of a live block and nothing outside the arena is written, every call ends, a
 * refusal or a lost number goes with a fault, no fault blames the caller, `used` and `blocks` are
 * right, and blocks whose own header and neighbours' headers were spared can be freed. At level 1
 * the heap is whole after each fault.
 *
 * One damage is exempt, as no call of constant time can tell it from a sound heap: it writes both words
 * that describe a boundary, or one that then leads to bytes which agree, so that they name one place
 * that was no boundary, or one state that was not the block's. Every word that a call reads then agrees;
 * only the sums do not, which a call of constant time cannot add up. What lies between the two ends of
 * such a forged boundary has no rule, and the heap need not be whole in the end, as no call may have met
 * it; all that lies outside of it has every rule.
 *
 * usage: damage_heap_test [scenarios [first]]
 */
#include "damage.h"

#include "cistern/heap.h"

#define SLOTS     28U
#define BEFORE    40U /* calls before the damage */
#define AFTER     24U
#define MOST      200U
#define ALIGNMENT 8U
#define BLOCKS    (DAMAGE_ANCHORS / 2U)
#define TRIES     4U
#define GUARDS    48 /* bytes before a caller's that hold a tag and a guard, at most */
#define STATES    ((size_t)3)
#define FORGERIES 32U
#define PIECES    64U /* of free memory in the end, at most */

typedef struct slot {
    unsigned char *memory; /* NULL: none */
    size_t size;
    bool sound;      /* the damage spared all headers around it */
    bool tag_met;    /* the damage met its tag: a copy of another tag and its guards is one, and so
                      * is a lesser size before content that is like a guard, so that a size without
                      * a fault may be wrong */
    unsigned failed; /* frees that were refused */
    unsigned char content[MOST];
} slot_t;

static damage_range_t range;
static cistern_heap_t heap;
static slot_t slots[SLOTS];
static size_t live;
static size_t untouchable; /* of the live blocks: their free was refused for good */

/* --- forged boundaries ------------------------------------------------------------------------ */

typedef struct forgery {
    const unsigned char
        *from; /* the block that the damage made end elsewhere, or be of another state */
    const unsigned char *to; /* where it ends since */
} forgery_t;

static forgery_t forgeries[FORGERIES];
static size_t forged;
static unsigned long forged_scenarios;
static bool doubtful_call; /* the call under way is on a block that a forgery meets */

/* A word of a header as it stands in the arena. */
static size_t word_at(size_t index)
{
    cistern_heap_index_t word;
    memcpy(&word, heap.base + index, sizeof word);
    return word;
}

/* What the block at an index says of its end: an index and a state. */
static size_t end_of(size_t block)
{
    return word_at(block + sizeof(cistern_heap_index_t));
}

/* True if the end of a block, which was `before`, is another now, and both sides agree. */
static bool is_forged(size_t block, size_t before)
{
    const size_t word = end_of(block);
    const size_t next = word & ~STATES;
    return word != before && (word & STATES) != 0 && next > block && next <= heap.end &&
           word_at(next) == block + (word & STATES);
}

/* True if a forged boundary meets the slot's block. */
static bool is_doubtful(const slot_t *slot)
{
    for (size_t i = 0; i < forged; ++i) {
        if (slot->memory < forgeries[i].to && forgeries[i].from < slot->memory + slot->size) {
            return true;
        }
    }
    return false;
}

/* --- content ---------------------------------------------------------------------------------- */

static void fill(slot_t *slot)
{
    const unsigned kind = damage_below(8);
    const unsigned char constants[] = {0x00, 0xff, 0xAA, 0xDE,
                                       damage_arena[damage_below(damage_arena_bytes)]};
    if (kind < sizeof constants) {
        memset(slot->content, constants[kind], slot->size);
    } else {
        damage_fill_with_noise(slot->content, slot->size);
    }
    memcpy(slot->memory, slot->content, slot->size);
}

static void expect_content(const slot_t *slot)
{
    damage_expect(memcmp(slot->memory, slot->content, slot->size) == 0 || is_doubtful(slot),
                  "the content of a live block was written");
}

static void expect_contents(void)
{
    for (size_t i = 0; i < SLOTS; ++i) {
        if (slots[i].memory != NULL) {
            expect_content(&slots[i]);
        }
    }
}

/* --- after each call -------------------------------------------------------------------------- */

static void expect_counts(void)
{
    cistern_heap_stats_t stats;
    cistern_heap_stats(&heap, &stats);
    damage_expect(stats.used <= stats.bytes && stats.free <= stats.bytes - stats.used,
                  "used and free exceed the arena");
    damage_expect(stats.blocks <= live, "the heap counts more blocks than are live");
    damage_expect(damage_faults > 0 || stats.blocks == live, "blocks was changed without a fault");
    damage_expect(stats.blocks >= live - untouchable || CISTERN_CHECK > 1 || damage_place_count > 0,
                  "the heap counts fewer blocks than are live");
    damage_expect((stats.blocks == 0) == (stats.used == 0), "used and blocks disagree");
}

/* What only inspects repairs nothing. */
static void after_call(bool repairs)
{
    if (doubtful_call) {
        damage_blame = CISTERN_FAULT_NONE;
        doubtful_call = false;
    }
    damage_end();
    if (damage_is_seen()) {
        expect_contents();
    }
    expect_counts();
    if (CISTERN_CHECK == 1 && damage_call_faults > 0 && repairs) {
        damage_expect(cistern_heap_check(&heap), "the heap is not whole after the report");
    }
}

/* --- calls ------------------------------------------------------------------------------------ */

static void expect_apart(const slot_t *slot)
{
    for (size_t i = 0; i < SLOTS; ++i) {
        const slot_t *const other = &slots[i];
        damage_expect(other == slot || other->memory == NULL || is_doubtful(other) ||
                          slot->memory + slot->size <= other->memory ||
                          other->memory + other->size <= slot->memory,
                      "two live blocks overlap");
    }
}

static void accept(slot_t *slot, void *memory, size_t size, size_t alignment)
{
    slot->memory = memory;
    slot->size = size;
    slot->sound = false;
    slot->tag_met = false;
    slot->failed = 0;
    damage_expect(damage_is_inside(memory, size), "a block lies outside the arena");
    damage_expect((uintptr_t)memory % alignment == 0, "a block is misaligned");
    expect_apart(slot);
    fill(slot);
}

static void take(slot_t *slot, void *memory, size_t size, size_t alignment)
{
    if (memory != NULL) {
        ++live;
        accept(slot, memory, size, alignment);
    }
}

static size_t random_size(void)
{
    return 1U + damage_below(damage_below(4) == 0 ? MOST : 48);
}

static void alloc(slot_t *slot)
{
    const size_t size = random_size();
    damage_begin("alloc", NULL, size);
    take(slot, cistern_heap_alloc(&heap, size), size, ALIGNMENT);
}

static void aligned_alloc_(slot_t *slot)
{
    const size_t size = random_size();
    const size_t alignment = (size_t)16 << damage_below(3);
    damage_begin("aligned_alloc", NULL, size);
    take(slot, cistern_heap_aligned_alloc(&heap, alignment, size), size, alignment);
}

static void calloc_(slot_t *slot)
{
    const size_t size = random_size();
    damage_begin("calloc", NULL, size);
    unsigned char *const memory = cistern_heap_calloc(&heap, 1, size);
    for (size_t i = 0; memory != NULL && i < size; ++i) {
        damage_expect(memory[i] == 0, "memory of calloc is not zero");
    }
    take(slot, memory, size, ALIGNMENT);
}

static void begin_on(const char *call, const slot_t *slot, size_t size)
{
    doubtful_call = is_doubtful(slot);
    damage_begin(call, slot->memory, size);
}

static void free_(slot_t *slot)
{
    expect_content(slot);
    begin_on("free", slot, slot->size);
    if (cistern_heap_free(&heap, slot->memory) == CISTERN_OK) {
        slot->memory = NULL;
        --live;
        return;
    }
    ++slot->failed;
    damage_expect(damage_call_faults > 0, "a free is refused in silence");
}

static void realloc_(slot_t *slot)
{
    const size_t size = random_size();
    unsigned char before[MOST];
    const size_t kept = size < slot->size ? size : slot->size;
    expect_content(slot);
    memcpy(before, slot->content, sizeof before);
    begin_on("realloc", slot, size);
    unsigned char *const memory = cistern_heap_realloc(&heap, slot->memory, size);
    if (memory != NULL) {
        damage_expect(damage_is_inside(memory, size), "a block lies outside the arena");
        damage_expect(memcmp(memory, before, kept) == 0 || doubtful_call, "realloc lost content");
        accept(slot, memory, size, ALIGNMENT);
    }
}

static void trim(slot_t *slot)
{
    const size_t size = 1U + damage_below(slot->size);
    expect_content(slot);
    begin_on("trim", slot, size);
    if (cistern_heap_trim(&heap, slot->memory, size) == CISTERN_OK) {
        slot->size = size;
        slot->sound = false;
    } else {
        damage_expect(damage_call_faults > 0 || slot->tag_met, "a trim is refused in silence");
    }
}

static void measure(slot_t *slot)
{
    begin_on("usable_size", slot, slot->size);
    const size_t usable = cistern_heap_usable_size(&heap, slot->memory);
    damage_expect(usable >= slot->size || (usable == 0 && damage_call_faults > 0) ||
                      slot->tag_met || doubtful_call,
                  "a live block has fewer bytes than it was asked for");
}

static bool visit(const cistern_heap_block_t *block, void *context)
{
    (void)context;
    return damage_is_inside(block->address, block->size);
}

static void inspect(void)
{
    damage_begin("check, walk and largest", NULL, 0);
    (void)cistern_heap_check(&heap);
    (void)cistern_heap_walk(&heap, visit, NULL);
    (void)cistern_heap_largest(&heap);
}

static void call_on(slot_t *slot)
{
    const unsigned kind = damage_below(100);
    if (slot->memory == NULL) {
        (kind < 80 ? alloc : kind < 90 ? aligned_alloc_ : calloc_)(slot);
    } else {
        (kind < 65 ? free_ : kind < 85 ? realloc_ : trim)(slot);
    }
}

static void call_anything(void)
{
    slot_t *const slot = &slots[damage_below(SLOTS)];
    const unsigned kind = damage_below(20);
    if (kind == 0) {
        inspect();
    } else if (kind == 1 && slot->memory != NULL) {
        measure(slot);
    } else if (slot->failed < TRIES) {
        call_on(slot);
    }
    after_call(kind > 1);
}

/* --- damage ----------------------------------------------------------------------------------- */

/* What a walk shows, in order of address. */
typedef struct map {
    unsigned char *start[BLOCKS + 1U]; /* of payloads; the last one is the end of the arena */
    unsigned char *end[BLOCKS + 1U];
    size_t count;
} map_t;

static bool draw(const cistern_heap_block_t *block, void *context)
{
    map_t *const map = context;
    map->start[map->count] = (unsigned char *)(uintptr_t)block->address;
    map->end[map->count] = map->start[map->count] + block->size;
    return ++map->count < BLOCKS;
}

/* How each block ended before the damage. */
typedef struct ends {
    size_t block[BLOCKS];
    size_t word[BLOCKS];
    size_t count;
} ends_t;

static void remember(ends_t *ends)
{
    ends->count = 0;
    for (size_t block = 0; block != heap.end; block = end_of(block) & ~STATES) {
        ends->block[ends->count] = block;
        ends->word[ends->count++] = end_of(block);
    }
}

/* Where the chain of blocks is found again from an index on: there, if a block begins there; else a
 * block's bytes further up. */
static size_t found_again(const ends_t *ends, size_t index)
{
    size_t further = heap.end;
    for (size_t i = ends->count; i-- > 0;) {
        if (ends->block[i] == index) {
            return index;
        }
        further = ends->block[i] >= index + heap.min ? ends->block[i] : further;
    }
    return further;
}

static void find_forgeries(const ends_t *ends)
{
    for (size_t i = 0; i < ends->count && forged < FORGERIES; ++i) {
        if (is_forged(ends->block[i], ends->word[i])) {
            const size_t next = end_of(ends->block[i]) & ~STATES;
            forgeries[forged++] =
                (forgery_t){heap.base + ends->block[i], heap.base + found_again(ends, next)};
        }
    }
}

/* The header of block i lies between the payload before it and its own. */
static bool header_is_damaged(const map_t *map, size_t i)
{
    return i <= map->count && damage_meets(i > 0 ? map->end[i - 1U] : damage_arena, map->start[i]);
}

static void mark_sound(const map_t *map, size_t i)
{
    for (size_t k = 0; k < SLOTS; ++k) {
        if (slots[k].memory == map->start[i]) {
            slots[k].sound = !header_is_damaged(map, i) && !header_is_damaged(map, i + 1U) &&
                             (i == 0 || !header_is_damaged(map, i - 1U));
        }
    }
}

static void damage(void)
{
    map_t map = {.count = 0};
    ends_t ends;
    unsigned char *anchors[DAMAGE_ANCHORS];
    expect_contents();
    remember(&ends);
    (void)cistern_heap_walk(&heap, draw, &map);
    map.start[map.count] = damage_arena + damage_arena_bytes;
    for (size_t i = 0; i < map.count; ++i) {
        anchors[2U * i] = map.start[i];
        anchors[2U * i + 1U] = map.end[i];
    }
    damage_apply(anchors, 2U * map.count);
    for (size_t i = 0; i < map.count; ++i) {
        mark_sound(&map, i);
    }
    for (size_t i = 0; i < SLOTS; ++i) {
        slot_t *const slot = &slots[i];
        if (slot->memory != NULL) {
            slot->tag_met =
                CISTERN_CHECK > 1 && damage_meets(slot->memory - GUARDS, slot->memory + slot->size);
            fill(slot);
        }
    }
    find_forgeries(&ends);
    forged_scenarios += forged > 0 ? 1U : 0U;
    for (size_t i = 0; i < SLOTS; ++i) {
        slots[i].sound = slots[i].sound && !is_doubtful(&slots[i]);
    }
}

/* --- scenario --------------------------------------------------------------------------------- */

static void start(void)
{
    const size_t bytes = 1024U + 8U * damage_below(256);
    const cistern_heap_config_t config = {.name = "damage",
                                          .memory = damage_make_arena(bytes, 1),
                                          .bytes = bytes,
                                          .alignment = ALIGNMENT};
    memset(slots, 0, sizeof slots);
    live = 0;
    untouchable = 0;
    forged = 0;
    doubtful_call = false;
    damage_begin("init", NULL, bytes);
    damage_expect(cistern_heap_init(&heap, &config) == CISTERN_OK, "init failed");
}

/* Every block is freed; those that cannot be, are no sound ones. */
static void free_all(void)
{
    const unsigned from = damage_below(SLOTS);
    for (unsigned i = 0; i < TRIES * SLOTS; ++i) {
        slot_t *const slot = &slots[(from + i) % SLOTS];
        if (slot->memory != NULL) {
            free_(slot);
            after_call(true);
        }
    }
    for (size_t i = 0; i < SLOTS; ++i) {
        damage_expect(slots[i].memory == NULL || !slots[i].sound, "a sound block cannot be freed");
        untouchable += slots[i].memory != NULL ? 1U : 0U;
    }
}

/* Takes all that there is, in pieces, and gives it back. */
static void drain(void)
{
    for (size_t i = 0; i < SLOTS; ++i) {
        if (slots[i].memory == NULL) {
            alloc(&slots[i]);
            after_call(true);
        }
    }
    free_all();
}

/* Takes all that is free as blocks as large as they come, so that every byte of it is verified, and
 * gives them back. How many there were. */
static size_t take_the_largest(void)
{
    void *blocks[PIECES];
    size_t count = 0;
    size_t largest = cistern_heap_largest(&heap);
    while (count < PIECES && largest != 0) {
        void *const block = cistern_heap_alloc(&heap, largest);
        damage_expect(block == NULL || damage_is_inside(block, largest),
                      "a block lies outside the arena");
        damage_expect(block != NULL || damage_call_faults > 0, "largest cannot be had");
        blocks[count++] = block;
        largest = block != NULL ? cistern_heap_largest(&heap) : 0;
    }
    for (size_t i = 0; i < count; ++i) {
        damage_expect(cistern_heap_free(&heap, blocks[i]) == CISTERN_OK || damage_call_faults > 0,
                      "a free is refused in silence");
    }
    return count;
}

/* Once the damage was met, the heap is whole and in silence. First fit does not meet what lies
 * behind the block that it takes: a request that nothing serves makes it pass all blocks. */
static void expect_whole(void)
{
    for (unsigned i = 0; i < TRIES; ++i) {
        damage_begin("alloc of the largest", NULL, 0);
        damage_expect(take_the_largest() < PIECES, "the free memory does not end");
        void *const larger = cistern_heap_alloc(&heap, cistern_heap_largest(&heap) + ALIGNMENT);
        damage_expect(larger == NULL || damage_call_faults > 0, "more than the largest is had");
        (void)cistern_heap_free(&heap, larger);
        damage_end();
        if (damage_call_faults == 0) {
            damage_expect(untouchable > 0 || forged > 0 || cistern_heap_check(&heap),
                          "the heap is not whole in the end");
            return;
        }
    }
    damage_break("faults do not end");
}

static void scenario(void)
{
    cistern_heap_stats_t stats;
    start();
    for (unsigned i = 0; i < BEFORE; ++i) {
        call_anything();
        damage_expect(damage_faults == 0, "a fault without damage");
    }
    damage();
    for (unsigned i = 0; i < AFTER; ++i) {
        call_anything();
    }
    free_all();
    untouchable = 0;
    drain();
    expect_whole();
    damage_expect_margin();
    cistern_heap_stats(&heap, &stats);
    damage_record((double)(stats.bytes - stats.free) / (double)stats.bytes);
}

static void heap_survives_damage_of_its_own_memory(void **state)
{
    (void)state;
    damage_run_all(range, scenario);
    printf("%lu scenarios forged a boundary\n", forged_scenarios);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(heap_survives_damage_of_its_own_memory)};
    range = damage_range_of(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
