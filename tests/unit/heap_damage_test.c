/* SPDX-License-Identifier: BSD-3-Clause */
/* The heap when its own memory was damaged: every bit of every header and link, one at a time.
 *
 * A fixed scene of live and free blocks is made, one bit is flipped, and a fixed script of calls is
 * run. Whatever the bit: nothing outside the arena is written (its bytes around are compared, and
 * an address sanitizer watches), the content of blocks that the script does not touch is unchanged,
 * and either a fault was reported or every call answered just as without the damage.
 */
#include <stdlib.h>

#include "support.h"

#include "cistern/heap.h"

#define ARENA  1536U
#define MARGIN 64U
#define BLOCKS 12U
#define STEPS  24U

typedef struct scene {
    cistern_heap_t heap;
    unsigned char *allocated;
    unsigned char *memory; /* margin, arena, margin, at a multiple of the margin in `allocated` */
    unsigned char *blocks[BLOCKS];
    size_t sizes[BLOCKS];
    ptrdiff_t answers[STEPS]; /* of the script: an offset into memory, or an error */
    size_t steps;
} scene_t;

static bool is_freed(size_t block)
{
    return block == 2 || block == 5 || block == 6 || block == 9;
}

/* Blocks 0 to 11 in order of address; 2, 5 with 6, and 9 are free, and what follows 11. */
static void build(scene_t *scene)
{
    memset(scene->memory, 0xa5, ARENA + 2U * MARGIN);
    const cistern_heap_config_t config = {
        .name = "scene", .memory = scene->memory + MARGIN, .bytes = ARENA, .alignment = 8};
    assert_int_equal(cistern_heap_init(&scene->heap, &config), CISTERN_OK);
    for (size_t i = 0; i < BLOCKS; ++i) {
        scene->sizes[i] = 24U + 8U * (i % 5U);
        scene->blocks[i] = cistern_heap_alloc(&scene->heap, scene->sizes[i]);
        assert_non_null(scene->blocks[i]);
        memset(scene->blocks[i], (int)(0x40U + i), scene->sizes[i]);
    }
    for (size_t i = 0; i < BLOCKS; ++i) {
        if (is_freed(i)) {
            assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[i]), CISTERN_OK);
        }
    }
    scene->steps = 0;
}

static void answer_error(scene_t *scene, cistern_error_t error)
{
    scene->answers[scene->steps++] = -1 - (ptrdiff_t)error;
}

static void answer_block(scene_t *scene, const unsigned char *block)
{
    scene->answers[scene->steps++] = block != NULL ? block - scene->memory : 0;
}

static void expect_untouched(const scene_t *scene, size_t block)
{
    for (size_t i = 0; i < scene->sizes[block]; ++i) {
        assert_int_equal(scene->blocks[block][i], 0x40U + block);
    }
}

/* Blocks 0, 4 and 10 are never touched; the rest is freed, resized, and allocated again. */
static void play(scene_t *scene)
{
    cistern_heap_t *const heap = &scene->heap;
    unsigned char *const *const blocks = scene->blocks;
    answer_block(scene, cistern_heap_alloc(heap, 20));
    answer_error(scene, cistern_heap_free(heap, blocks[1]));
    answer_error(scene, cistern_heap_free(heap, blocks[3]));
    answer_block(scene, cistern_heap_alloc(heap, 300));
    answer_block(scene, cistern_heap_aligned_alloc(heap, 64, 40));
    answer_error(scene, cistern_heap_free(heap, blocks[7]));
    answer_error(scene, cistern_heap_trim(heap, blocks[8], 10));
    answer_block(scene, cistern_heap_realloc(heap, blocks[11], 60));
    for (size_t size = 10; size < 200; size += 37) {
        answer_block(scene, cistern_heap_alloc(heap, size));
    }
    answer_error(scene, cistern_heap_free(heap, blocks[8]));
    answer_block(scene, cistern_heap_alloc(heap, 5000));
    answer_block(scene, cistern_heap_alloc(heap, 8));
    for (size_t i = 0; i < BLOCKS; i += i == 0 ? 4U : 6U) {
        scene->answers[scene->steps++] = (ptrdiff_t)cistern_heap_usable_size(heap, blocks[i]);
    }
    expect_untouched(scene, 0);
    expect_untouched(scene, 4);
    expect_untouched(scene, 10);
}

static void expect_margins(const scene_t *scene)
{
    for (size_t i = 0; i < MARGIN; ++i) {
        assert_int_equal(scene->memory[i], 0xa5);
        assert_int_equal(scene->memory[MARGIN + ARENA + i], 0xa5);
    }
}

/* The heap works on: once every live block was asked for, which met the damage, the heap is whole,
 * and what is left can be had. */
static void expect_working(const scene_t *scene, cistern_heap_t *heap)
{
    (void)cistern_heap_alloc(heap, cistern_heap_largest(heap));
    (void)cistern_heap_free(heap, scene->blocks[0]);
    (void)cistern_heap_free(heap, scene->blocks[4]);
    (void)cistern_heap_free(heap, scene->blocks[10]);
    assert_true(cistern_heap_check(heap));
    faults.count = 0;
    const size_t largest = cistern_heap_largest(heap);
    void *const block = cistern_heap_alloc(heap, largest);
    assert_int_equal(block != NULL, largest != 0);
    assert_int_equal(cistern_heap_free(heap, block), CISTERN_OK);
    assert_no_fault();
}

static void flip_and_play(scene_t *scene, const scene_t *sound, unsigned char *byte, unsigned bit)
{
    const size_t offset = (size_t)(byte - scene->memory);
    memset(scene->answers, 0, sizeof(scene->answers));
    build(scene);
    faults.count = 0;
    *byte = (unsigned char)(*byte ^ (1U << bit));
    play(scene);
    expect_margins(scene);
    if (faults.count == 0 && memcmp(scene->answers, sound->answers, sizeof(sound->answers)) != 0) {
        fail_msg("bit %u of byte %zu: silently another answer", bit, offset - MARGIN);
    }
    if (faults.count != 0) {
        expect_working(scene, &scene->heap);
    }
}

static scene_t *new_scene(void)
{
    scene_t *const scene = calloc(1, sizeof(*scene));
    assert_non_null(scene);
    scene->allocated = malloc(ARENA + 3U * MARGIN);
    assert_non_null(scene->allocated);
    scene->memory = scene->allocated + (MARGIN - (uintptr_t)scene->allocated % MARGIN);
    return scene;
}

static void free_scene(scene_t *scene)
{
    free(scene->allocated);
    free(scene);
}

/* What the heap has written for itself: all of the arena but the payloads of live blocks. */
static bool is_the_heaps(const scene_t *scene, const unsigned char *byte)
{
    for (size_t i = 0; i < BLOCKS; ++i) {
        if (!is_freed(i) && byte >= scene->blocks[i] && byte < scene->blocks[i] + scene->sizes[i]) {
            return false;
        }
    }
    return true;
}

static void any_bit_of_a_header_or_link_is_a_fault_or_of_no_effect(void **state)
{
    (void)state;
    scene_t *const sound = new_scene();
    scene_t *const scene = new_scene();
    size_t flipped = 0;
    build(sound);
    play(sound);
    assert_no_fault();
    assert_true(cistern_heap_check(&sound->heap));
    build(scene);
    for (unsigned char *byte = scene->memory + MARGIN; byte < scene->memory + MARGIN + ARENA;
         ++byte) {
        for (unsigned bit = 0; bit < 8 && is_the_heaps(scene, byte); ++bit) {
            flip_and_play(scene, sound, byte, bit);
            ++flipped;
        }
    }
    assert_true(flipped > 8U * 4U * BLOCKS);
    free_scene(scene);
    free_scene(sound);
}

/* Bytes of a header, whatever the width of index. */
#define HEADER (2U * sizeof(cistern_heap_index_t))

static void an_overrun_into_a_header_names_that_block_and_both_frees_are_served(void **state)
{
    (void)state;
    for (size_t freed = 0; freed < 2; ++freed) {
        scene_t *const scene = new_scene();
        build(scene);
        const size_t usable = cistern_heap_usable_size(&scene->heap, scene->blocks[3]);
        memset(scene->blocks[3], 0xff, usable + HEADER);
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[3 + freed]), CISTERN_OK);
        assert_one_fault(CISTERN_FAULT_HEADER, scene->blocks[4]);
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[4 - freed]), CISTERN_OK);
        assert_no_fault();
        assert_true(cistern_heap_check(&scene->heap));
        expect_margins(scene);
        free_scene(scene);
    }
}

static size_t quarantined(const cistern_heap_t *heap)
{
    cistern_heap_stats_t stats;
    cistern_heap_stats(heap, &stats);
    assert_int_equal(stats.used + stats.free + stats.quarantined, stats.bytes);
    return stats.quarantined;
}

/* Frees what is live in the scene: all of it is accepted, and nothing was lost. */
static void expect_nothing_lost(scene_t *scene)
{
    cistern_heap_stats_t stats;
    for (size_t i = 0; i < BLOCKS; ++i) {
        if (!is_freed(i)) {
            expect_untouched(scene, i);
            assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[i]), CISTERN_OK);
        }
    }
    assert_true(cistern_heap_check(&scene->heap));
    cistern_heap_stats(&scene->heap, &stats);
    assert_int_equal(stats.used, 0);
    assert_int_equal(stats.free, stats.bytes);
    assert_true(cistern_heap_largest(&scene->heap) + HEADER == stats.bytes);
    expect_margins(scene);
}

/* What a header is overwritten with: never one. */
static const unsigned char patterns[] = {0x00, 0xff, 0x55, 0xaa, 0xa5, 0x5a, 0xdb, 0xb5,
                                         0xcc, 0xcd, 0x01, 0x20, 0x03, 0x80, 0x08, 0x10};

/* Each live or free block's, one at a time; 6 merged with 5 and has none; 12 is the top's. */
static void a_header_that_was_destroyed_is_written_anew_and_nothing_is_lost(void **state)
{
    (void)state;
    for (size_t i = 0; i <= BLOCKS; ++i) {
        for (size_t pattern = 0; pattern < sizeof(patterns) && i != 6; ++pattern) {
            scene_t *const scene = new_scene();
            build(scene);
            unsigned char *const payload =
                i < BLOCKS ? scene->blocks[i]
                           : scene->blocks[11] + HEADER +
                                 cistern_heap_usable_size(&scene->heap, scene->blocks[11]);
            memset(payload - HEADER, patterns[pattern], HEADER);
            assert_false(cistern_heap_check(&scene->heap));
            expect_nothing_lost(scene);
            assert_int_equal(faults.count, 1);
            assert_int_equal(faults.last.kind, CISTERN_FAULT_HEADER);
            assert_ptr_equal(faults.last.address, payload);
            free_scene(scene);
            faults.count = 0;
        }
    }
}

/* The places that such a header names are right: it is no witness against itself. */
static void a_header_of_which_only_the_states_were_changed_is_written_anew(void **state)
{
    (void)state;
    for (size_t i = 1; i < BLOCKS; ++i) {
        scene_t *const scene = new_scene();
        build(scene);
        if (!is_freed(i) && !is_freed(i - 1U)) {
            cistern_heap_index_t words[2];
            memcpy(words, scene->blocks[i] - HEADER, sizeof words);
            words[0] &= (cistern_heap_index_t) ~(cistern_heap_index_t)3U;
            words[1] &= (cistern_heap_index_t) ~(cistern_heap_index_t)3U;
            memcpy(scene->blocks[i] - HEADER, words, sizeof words);
            expect_nothing_lost(scene);
            assert_one_fault(CISTERN_FAULT_HEADER, scene->blocks[i]);
        }
        free_scene(scene);
    }
}

/* Its neighbours agree on a place that is as near to each as one can be. */
static void header_between_two_least_blocks_is_written_anew(void **state)
{
    (void)state;
    static max_align_t arena[512 / sizeof(max_align_t)];
    const cistern_heap_config_t config = {
        .name = "least", .memory = arena, .bytes = sizeof arena, .alignment = 8};
    cistern_heap_t heap;
    unsigned char *blocks[4];
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_OK);
    for (size_t i = 0; i < 4; ++i) {
        blocks[i] = cistern_heap_alloc(&heap, 1);
        assert_non_null(blocks[i]);
        *blocks[i] = (unsigned char)i;
    }
    memset(blocks[1] - HEADER, 0xdb, HEADER);
    assert_int_equal(cistern_heap_free(&heap, blocks[3]), CISTERN_OK);
    for (size_t i = 0; i < 3; ++i) {
        assert_int_equal(*blocks[i], i);
        assert_int_equal(cistern_heap_free(&heap, blocks[i]), CISTERN_OK);
    }
    assert_one_fault(CISTERN_FAULT_HEADER, blocks[1]);
    assert_int_equal(quarantined(&heap), 0);
    assert_true(cistern_heap_check(&heap));
}

/* One fault of a header was reported, and the mend lost nothing: the end of a scene. */
static void end_mended(scene_t *scene)
{
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_HEADER);
    assert_true(cistern_heap_check(&scene->heap));
    assert_int_equal(quarantined(&scene->heap), 0);
    expect_margins(scene);
    free_scene(scene);
    faults.count = 0;
}

static void the_sentinel_is_written_anew_too(void **state)
{
    (void)state;
    for (size_t pattern = 0; pattern < sizeof(patterns); ++pattern) {
        scene_t *const scene = new_scene();
        build(scene);
        memset(scene->heap.base + scene->heap.end, patterns[pattern], HEADER);
        assert_false(cistern_heap_check(&scene->heap));
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[0]), CISTERN_OK);
        end_mended(scene);
    }
}

/* What is before the top and becomes free joins it, whatever the top's header says by then. First
 * fit knows no top: it finds the header when it passes it. */
static void a_trim_and_a_free_join_a_top_whose_header_is_destroyed(void **state)
{
    (void)state;
    if (CISTERN_HEAP_FIT_IS_FIRST) {
        skip();
    }
    for (unsigned call = 0; call < 2; ++call) {
        scene_t *const scene = new_scene();
        build(scene);
        unsigned char *const last = scene->blocks[BLOCKS - 1U];
        const size_t usable = cistern_heap_usable_size(&scene->heap, last);
        memset(last + usable + HEADER / 2U, 0xff, HEADER / 2U);
        if (call == 0) {
            assert_int_equal(cistern_heap_trim(&scene->heap, last, 1), CISTERN_OK);
        }
        assert_int_equal(cistern_heap_free(&scene->heap, last), CISTERN_OK);
        assert_true(cistern_heap_check(&scene->heap));
        expect_working(scene, &scene->heap);
        free_scene(scene);
    }
}

static void sound_blocks_between_two_destroyed_headers_stay_blocks(void **state)
{
    (void)state;
    scene_t *const scene = new_scene();
    build(scene);
    memset(scene->blocks[1] - HEADER, 0x41, HEADER);
    memset(scene->blocks[8] - HEADER, 0x42, HEADER);
    expect_nothing_lost(scene);
    assert_int_equal(faults.count, 1);
    free_scene(scene);
}

enum { PREV, NEXT };

/* What a header's word says of a block that is in use at `address`. */
static cistern_heap_index_t names(const scene_t *scene, const unsigned char *address)
{
    return (cistern_heap_index_t)((size_t)(address - HEADER - scene->heap.base) + 2U);
}

static void set_word(const scene_t *scene, size_t block, size_t which, cistern_heap_index_t word)
{
    memcpy(scene->blocks[block] - HEADER + which * sizeof word, &word, sizeof word);
}

static void a_header_that_names_its_own_block_is_written_anew(void **state)
{
    (void)state;
    scene_t *const scene = new_scene();
    build(scene);
    set_word(scene, 4, PREV, names(scene, scene->blocks[4]));
    set_word(scene, 4, NEXT, names(scene, scene->blocks[4]));
    assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[4]), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_HEADER, scene->blocks[4]);
    assert_true(cistern_heap_check(&scene->heap));
    assert_int_equal(quarantined(&scene->heap), 0);
    expect_margins(scene);
    free_scene(scene);
}

/* Block 8 ends where 4 begins, and 4 agrees: the bytes between would be fewer than none. */
static void two_headers_that_name_each_other_in_the_wrong_order_are_written_anew(void **state)
{
    (void)state;
    for (size_t freed = 4; freed <= 8; freed += 4) {
        scene_t *const scene = new_scene();
        build(scene);
        set_word(scene, 8, NEXT, names(scene, scene->blocks[4]));
        set_word(scene, 4, PREV, names(scene, scene->blocks[8]));
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[freed]), CISTERN_OK);
        end_mended(scene);
    }
}

/* The words on either side of block 4 both name a place in it, as a block in use or a free one, and
 * its own header is sound or destroyed. Where the sums or its header contradict, nothing is written
 * there. */
static void a_live_block_is_not_written_where_two_damaged_words_name_a_place_in_it(void **state)
{
    (void)state;
    static const struct {
        cistern_heap_index_t less; /* of a block in use: 1 makes it free */
        bool destroyed;
    } cases[] = {{0, false}, {1, false}, {1, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        scene_t *const scene = new_scene();
        build(scene);
        const cistern_heap_index_t inside = names(scene, scene->blocks[4] + 24);
        set_word(scene, 3, NEXT, inside);
        set_word(scene, 5, PREV, (cistern_heap_index_t)(inside - cases[i].less));
        if (cases[i].destroyed) {
            memset(scene->blocks[4] - HEADER, 0, HEADER);
        }
        (void)cistern_heap_free(&scene->heap, scene->blocks[4]);
        assert_true(faults.count != 0);
        expect_untouched(scene, 4);
        expect_untouched(scene, 3);
        assert_true(cistern_heap_check(&scene->heap));
        expect_margins(scene);
        free_scene(scene);
        faults.count = 0;
    }
}

/* A write over the headers of 3 and 4, and all between them: where 3 ended is not known. */
static void what_is_not_known_is_quarantined_and_no_more(void **state)
{
    (void)state;
    for (size_t pattern = 0; pattern < sizeof(patterns); ++pattern) {
        scene_t *const scene = new_scene();
        build(scene);
        memset(scene->blocks[3] - HEADER, patterns[pattern],
               (size_t)(scene->blocks[4] - scene->blocks[3]) + HEADER);
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[8]), CISTERN_OK);
        assert_int_equal(faults.count, 0);
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[4]), CISTERN_ERROR_FAULT);
        assert_int_equal(faults.last.kind, CISTERN_FAULT_HEADER);
        assert_true(cistern_heap_check(&scene->heap));
        const size_t lost = quarantined(&scene->heap);
        assert_in_range(lost, 1, 256);
        faults.count = 0;
        for (size_t i = 3; i < 5; ++i) {
            assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[i]),
                             CISTERN_ERROR_FAULT);
            assert_one_fault(CISTERN_FAULT_HEADER, scene->blocks[i]);
        }
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[0]), CISTERN_OK);
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[1]), CISTERN_OK);
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[7]), CISTERN_OK);
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[10]), CISTERN_OK);
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[11]), CISTERN_OK);
        assert_no_fault();
        assert_int_equal(quarantined(&scene->heap), lost);
        assert_int_equal(scene->heap.used, 0);
        assert_int_equal(scene->heap.blocks, 0);
        assert_true(cistern_heap_check(&scene->heap));
        expect_margins(scene);
        free_scene(scene);
    }
}

/* Block 4 is given up with its neighbours, as one side of it is damaged, and so is a boundary behind
 * that or before. The other side is sound, and its own word for the damaged one names bytes of a
 * caller, who then happens to write what agrees with it. */
static void a_block_that_was_given_up_is_refused_whatever_a_caller_writes(void **state)
{
    (void)state;
    static const struct {
        size_t side;               /* the word of block 4 that is damaged */
        size_t writer;             /* the block in which it names a header */
        size_t broken;             /* the block whose prev is destroyed */
        size_t low;                /* the first block that is given up */
        cistern_heap_index_t less; /* of a block in use: 1 makes it free */
    } cases[] = {{PREV, 0, 7, 3, 0}, {PREV, 0, 7, 3, 1}, {NEXT, 10, 3, 2, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        scene_t *const scene = new_scene();
        build(scene);
        unsigned char *const bytes = scene->blocks[cases[i].writer];
        const cistern_heap_index_t less = cases[i].less;
        const cistern_heap_index_t word =
            (cistern_heap_index_t)(names(scene, scene->blocks[4]) - less);
        set_word(scene, 4, cases[i].side,
                 (cistern_heap_index_t)(names(scene, bytes + HEADER) - less));
        set_word(scene, cases[i].broken, PREV, 0);
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[4]), CISTERN_ERROR_FAULT);
        assert_one_fault(CISTERN_FAULT_HEADER, scene->blocks[cases[i].low]);
        expect_untouched(scene, 3);
        expect_untouched(scene, 4);
        const size_t lost = quarantined(&scene->heap);
        const size_t used = scene->heap.used;
        assert_true(lost != 0);
        memcpy(bytes + (cases[i].side == PREV ? sizeof word : 0), &word, sizeof word);
        assert_false(cistern_heap_is_in_use(&scene->heap, scene->blocks[4]));
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[4]), CISTERN_ERROR_FAULT);
        assert_one_fault(CISTERN_FAULT_HEADER, scene->blocks[4]);
        assert_int_equal(scene->heap.used, used);
        assert_int_equal(quarantined(&scene->heap), lost);
        assert_true(cistern_heap_check(&scene->heap));
        expect_margins(scene);
        free_scene(scene);
    }
}

/* The bytes of block 3, which is given up, and those of block 10 describe a boundary by chance. */
static void bytes_of_callers_that_resemble_a_boundary_are_not_written(void **state)
{
    (void)state;
    scene_t *const scene = new_scene();
    build(scene);
    unsigned char *const lost = scene->blocks[3] + HEADER; /* as far in as a header can be */
    unsigned char *const live = scene->blocks[10] + HEADER;
    const cistern_heap_index_t next = names(scene, live + HEADER);
    const cistern_heap_index_t prev = names(scene, lost + HEADER);
    memcpy(lost + sizeof next, &next, sizeof next);
    memcpy(live, &prev, sizeof prev);
    set_word(scene, 3, NEXT, 0);
    set_word(scene, 4, PREV, 0);
    assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[3]), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_HEADER, scene->blocks[3]);
    assert_true(quarantined(&scene->heap) != 0);
    assert_memory_equal(lost + sizeof next, &next, sizeof next);
    assert_memory_equal(live, &prev, sizeof prev);
    assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[4]), CISTERN_OK);
    assert_true(cistern_heap_check(&scene->heap));
    expect_margins(scene);
    free_scene(scene);
}

/* Both sides of block 4's end say another state, alike: only the sums are a witness of it. */
static void a_state_that_was_changed_on_both_sides_of_a_boundary_is_found(void **state)
{
    (void)state;
    for (cistern_heap_index_t wrong = 1; wrong <= 3; wrong += 2) { /* free, in quarantine */
        scene_t *const scene = new_scene();
        build(scene);
        const cistern_heap_index_t in_use = 2;
        cistern_heap_index_t word;
        memcpy(&word, scene->blocks[4] - sizeof word, sizeof word);
        set_word(scene, 4, NEXT, (cistern_heap_index_t)(word - in_use + wrong));
        set_word(scene, 5, PREV,
                 (cistern_heap_index_t)(names(scene, scene->blocks[4]) - in_use + wrong));
        assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[4]), CISTERN_ERROR_FAULT);
        assert_one_fault(CISTERN_FAULT_HEADER, scene->blocks[4]);
        assert_true(cistern_heap_check(&scene->heap));
        if (wrong == 1) { /* a free block and the next are one, whose inner header is unmade */
            static const unsigned char none[HEADER];
            assert_memory_equal(scene->blocks[5] - HEADER, none, HEADER);
        }
        for (size_t i = 0; i < BLOCKS; ++i) {
            if (!is_freed(i) && i != 4) {
                assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[i]), CISTERN_OK);
            }
        }
        assert_no_fault();
        assert_int_equal(scene->heap.used, 0);
        assert_true(cistern_heap_check(&scene->heap));
        expect_margins(scene);
        free_scene(scene);
    }
}

/* Bytes of block 3 resemble a header that ends where 4 begins, and what 4 says of its predecessor is
 * damaged and names them. What 3 says leads to 4, and the sums agree. */
static void a_block_whose_bytes_a_damaged_header_names_as_a_block_is_freed_whole(void **state)
{
    (void)state;
    scene_t *const scene = new_scene();
    build(scene);
    unsigned char *const inside = scene->blocks[3] + 32; /* where a payload could be */
    const cistern_heap_index_t next = names(scene, scene->blocks[4]);
    memcpy(inside - sizeof next, &next, sizeof next);
    set_word(scene, 4, PREV, names(scene, inside));
    assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[3]), CISTERN_OK);
    expect_untouched(scene, 4);
    end_mended(scene);
}

/* Block 2, which is free, and block 8 say alike that 2 ends where 8 begins: the headers of the live
 * blocks in between are as they were. A repair finds them there. */
static void
live_blocks_inside_a_free_block_that_damage_made_larger_are_found_by_a_repair(void **state)
{
    (void)state;
    scene_t *const scene = new_scene();
    build(scene);
    set_word(scene, 2, NEXT, (cistern_heap_index_t)(names(scene, scene->blocks[8]) - 1U));
    set_word(scene, 8, PREV, (cistern_heap_index_t)(names(scene, scene->blocks[2]) - 1U));
    assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[7]), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_HEADER, scene->blocks[2]);
    for (size_t i = 0; i < BLOCKS; ++i) {
        if (!is_freed(i) && i != 7) {
            expect_untouched(scene, i);
            assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[i]), CISTERN_OK);
        }
    }
    assert_no_fault();
    assert_int_equal(scene->heap.used, 0);
    assert_int_equal(quarantined(&scene->heap), 0);
    assert_true(cistern_heap_check(&scene->heap));
    expect_margins(scene);
    free_scene(scene);
}

/* Two free blocks of one list. The one that is first says that another is before it, whose link would be
 * the word of the second one's links that names it. */
static void a_link_that_leads_to_the_wrong_word_of_a_blocks_links_is_a_fault(void **state)
{
    (void)state;
    static max_align_t arena[512 / sizeof(max_align_t)];
    const size_t word_bytes = sizeof(cistern_heap_index_t);
    const cistern_heap_config_t config = {
        .name = "links", .memory = arena, .bytes = sizeof arena, .alignment = 8};
    cistern_heap_t heap;
    if (CISTERN_HEAP_FIT_IS_FIRST) {
        skip();
    }
    for (size_t kind = 4; kind <= 6; kind += 2) {
        assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_OK);
        unsigned char *const second = cistern_heap_alloc(&heap, 1);
        assert_non_null(cistern_heap_alloc(&heap, 1));
        unsigned char *const first = cistern_heap_alloc(&heap, 1);
        unsigned char *const behind = cistern_heap_alloc(&heap, 1);
        assert_int_equal(cistern_heap_free(&heap, second), CISTERN_OK);
        assert_int_equal(cistern_heap_free(&heap, first), CISTERN_OK);
        /* Where a block's `after` would be the second one's `before`. */
        const size_t index = (size_t)(second - HEADER - heap.base) + word_bytes;
        const cistern_heap_index_t wrong = (cistern_heap_index_t)(index + kind);
        memcpy(first + word_bytes, &wrong, word_bytes);
        assert_int_equal(cistern_heap_free(&heap, behind), CISTERN_OK);
        assert_int_equal(faults.count, 1);
        assert_true(cistern_heap_check(&heap));
        faults.count = 0;
    }
}

/* It takes the only block that is free: where damage is in the way it asks once more, as alloc does. */
static void aligned_alloc_that_meets_damage_is_served(void **state)
{
    (void)state;
    static max_align_t arena[1024 / sizeof(max_align_t)];
    const cistern_heap_config_t config = {
        .name = "aligned", .memory = arena, .bytes = sizeof arena, .alignment = 8};
    cistern_heap_t heap;
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_OK);
    assert_non_null(cistern_heap_alloc(&heap, 8));
    unsigned char *const hole = cistern_heap_alloc(&heap, 400);
    while (cistern_heap_alloc(&heap, cistern_heap_largest(&heap)) != NULL) {
    }
    assert_int_equal(cistern_heap_free(&heap, hole), CISTERN_OK);
    memset(hole - HEADER, 0x5a, HEADER);
    unsigned char *const block = cistern_heap_aligned_alloc(&heap, 64, 100);
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_HEADER);
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % 64U, 0);
    assert_true(cistern_heap_check(&heap));
    faults.count = 0;
}

#if CISTERN_HEAP_FIT_IS_FIRST
static void largest_of_a_damaged_heap_is_what_lies_before_the_damage(void **state)
{
    (void)state;
    static max_align_t arena[1024 / sizeof(max_align_t)];
    const cistern_heap_config_t config = {
        .name = "largest", .memory = arena, .bytes = sizeof arena, .alignment = 8};
    cistern_heap_t heap;
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_OK);
    unsigned char *const first = cistern_heap_alloc(&heap, 40);
    assert_non_null(cistern_heap_alloc(&heap, 8));
    unsigned char *const damaged = cistern_heap_alloc(&heap, 200);
    const size_t usable = cistern_heap_usable_size(&heap, first);
    assert_non_null(cistern_heap_alloc(&heap, 8));
    assert_int_equal(cistern_heap_free(&heap, first), CISTERN_OK);
    memset(damaged - HEADER, 0x5a, HEADER);
    assert_int_equal(cistern_heap_largest(&heap), usable);
    assert_no_fault();
}
#endif

/* A mark of the first list is before the least free block: it names block 0, to which damage makes it
 * an end. What lies between is not handed out. */
static void a_header_that_leads_to_a_mark_gives_no_live_block_away(void **state)
{
    (void)state;
    static max_align_t arena[512 / sizeof(max_align_t)];
    const cistern_heap_config_t config = {.name = "mark",
                                          .memory = arena,
                                          .bytes = sizeof arena,
                                          .alignment = sizeof(cistern_heap_index_t)};
    cistern_heap_t heap;
    assert_int_equal(cistern_heap_init(&heap, &config), CISTERN_OK);
    unsigned char *const first = cistern_heap_alloc(&heap, 1);
    unsigned char *const live = cistern_heap_alloc(&heap, 100);
    unsigned char *const least = cistern_heap_alloc(&heap, 1);
    assert_non_null(cistern_heap_alloc(&heap, 1));
    assert_int_equal(cistern_heap_free(&heap, least), CISTERN_OK);
    const cistern_heap_index_t word =
        (cistern_heap_index_t)((size_t)(least + sizeof word - heap.base) + 1U);
    memcpy(first - sizeof word, &word, sizeof word);
    (void)cistern_heap_free(&heap, first);
    assert_true(faults.count != 0);
    for (unsigned i = 0; i < 8; ++i) {
        const unsigned char *const block = cistern_heap_alloc(&heap, 24);
        assert_true(block == NULL || block >= live + 100 || block + 24 <= live);
    }
    faults.count = 0;
}

static void damage_is_repaired_and_the_rest_of_the_heap_is_whole_again(void **state)
{
    (void)state;
    scene_t *const scene = new_scene();
    build(scene);
    memset(scene->blocks[2] - HEADER, 0xff, 2U * HEADER);
    while (faults.count == 0) {
        (void)cistern_heap_alloc(&scene->heap, 24);
    }
    assert_true(cistern_heap_check(&scene->heap));
    assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[0]), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[8]), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&scene->heap, scene->blocks[11]), CISTERN_OK);
    assert_true(cistern_heap_check(&scene->heap));
    assert_non_null(cistern_heap_alloc(&scene->heap, 100));
    free_scene(scene);
}

/* The call that finds the damage is served where a block remains, and its block is a sound one. */
static void call_that_finds_damage_is_served_and_the_high_water_mark_stays(void **state)
{
    (void)state;
    scene_t *const scene = new_scene();
    cistern_heap_stats_t before;
    cistern_heap_stats_t after;
    build(scene);
    void *const large = cistern_heap_alloc(&scene->heap, 400);
    assert_non_null(large);
    assert_int_equal(cistern_heap_free(&scene->heap, large), CISTERN_OK);
    cistern_heap_stats(&scene->heap, &before);
    assert_true(before.max_used > before.used + 400U);
    memset(scene->blocks[9] - HEADER, 0xff, HEADER); /* free, and the first to be searched */
    unsigned served = 0;
    for (unsigned i = 0; i < 4; ++i) {
        unsigned char *const block = cistern_heap_alloc(&scene->heap, scene->sizes[9]);
        served += (block != NULL) ? 1U : 0U;
        assert_true(block == NULL ||
                    cistern_heap_usable_size(&scene->heap, block) >= scene->sizes[9]);
    }
    assert_true(faults.count > 0);
    assert_int_equal(served, 4);
    assert_true(cistern_heap_check(&scene->heap));
    cistern_heap_stats(&scene->heap, &after);
    assert_true(after.used < before.max_used);
    assert_int_equal(after.max_used, before.max_used);
    free_scene(scene);
}

static void check_finds_any_bit_of_a_header(void **state)
{
    (void)state;
    scene_t *const scene = new_scene();
    build(scene);
    assert_true(cistern_heap_check(&scene->heap));
    for (size_t i = 0; i < BLOCKS; ++i) {
        for (unsigned bit = 0; bit < 32; ++bit) {
            unsigned char *const byte = scene->blocks[i] - 4 + bit / 8U;
            const bool wiped = i == 6; /* merged with 5: no header any more */
            *byte = (unsigned char)(*byte ^ (1U << bit % 8U));
            assert_int_equal(cistern_heap_check(&scene->heap), wiped);
            *byte = (unsigned char)(*byte ^ (1U << bit % 8U));
        }
    }
    assert_true(cistern_heap_check(&scene->heap));
    free_scene(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(any_bit_of_a_header_or_link_is_a_fault_or_of_no_effect),
        test(an_overrun_into_a_header_names_that_block_and_both_frees_are_served),
        test(a_header_that_was_destroyed_is_written_anew_and_nothing_is_lost),
        test(a_header_of_which_only_the_states_were_changed_is_written_anew),
        test(header_between_two_least_blocks_is_written_anew),
        test(the_sentinel_is_written_anew_too),
        test(a_trim_and_a_free_join_a_top_whose_header_is_destroyed),
        test(sound_blocks_between_two_destroyed_headers_stay_blocks),
        test(a_header_that_names_its_own_block_is_written_anew),
        test(two_headers_that_name_each_other_in_the_wrong_order_are_written_anew),
        test(a_live_block_is_not_written_where_two_damaged_words_name_a_place_in_it),
        test(what_is_not_known_is_quarantined_and_no_more),
        test(a_block_that_was_given_up_is_refused_whatever_a_caller_writes),
        test(bytes_of_callers_that_resemble_a_boundary_are_not_written),
        test(a_state_that_was_changed_on_both_sides_of_a_boundary_is_found),
        test(a_block_whose_bytes_a_damaged_header_names_as_a_block_is_freed_whole),
        test(live_blocks_inside_a_free_block_that_damage_made_larger_are_found_by_a_repair),
        test(a_link_that_leads_to_the_wrong_word_of_a_blocks_links_is_a_fault),
        test(aligned_alloc_that_meets_damage_is_served),
#if CISTERN_HEAP_FIT_IS_FIRST
        test(largest_of_a_damaged_heap_is_what_lies_before_the_damage),
#endif
        test(a_header_that_leads_to_a_mark_gives_no_live_block_away),
        test(damage_is_repaired_and_the_rest_of_the_heap_is_whole_again),
        test(call_that_finds_damage_is_served_and_the_high_water_mark_stays),
        test(check_finds_any_bit_of_a_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
