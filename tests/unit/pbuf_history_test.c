/* SPDX-License-Identifier: BSD-3-Clause */
/* Who holds each packet buffer, and where it was taken and used: check level 3. */
#include "lwip_memory.h"

#include <stdbool.h>

#include "cistern/heap.h"
#include "cistern/pbuf.h"

#define MOST 4

static cistern_pbuf_record_t seen[MOST];
static size_t seen_count;

static bool remember(const cistern_pbuf_record_t *record, void *most)
{
    seen[seen_count++] = *record;
    return seen_count < *(const size_t *)most;
}

/* Fills `seen` with the live fragments, `most` of them at most. */
static size_t look(size_t most)
{
    seen_count = 0;
    return cistern_pbuf_live_each(remember, &most);
}

static void assert_place(cistern_pbuf_place_t place, int line)
{
    assert_string_equal(place.file, __FILE__);
    assert_int_equal(place.line, line);
}

static void a_live_fragment_is_shown_with_the_line_that_took_it(void **state)
{
    (void)state;
    assert_int_equal(look(MOST), 0);
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 10, PBUF_RAM);
    const int line = __LINE__ - 1;
    assert_int_equal(look(MOST), 1);
    assert_ptr_equal(seen[0].pbuf, p);
    assert_null(seen[0].holder);
    assert_true(seen[0].live);
    assert_place(seen[0].taken, line);
    assert_place(seen[0].used, line);
    assert_int_equal(pbuf_free(p), 1);
    assert_int_equal(look(MOST), 0);
}

static void fragments_are_shown_oldest_first_with_their_age(void **state)
{
    (void)state;
    struct pbuf *const first = pbuf_alloc(PBUF_RAW, 1, PBUF_POOL);
    struct pbuf *const second = pbuf_alloc_reference("x", 1, PBUF_ROM);
    struct pbuf *const third = pbuf_alloc(PBUF_RAW, 1, PBUF_RAM);
    pbuf_free(first);
    struct pbuf *const fourth = pbuf_alloc(PBUF_RAW, 1, PBUF_POOL);
    assert_int_equal(look(MOST), 3);
    assert_ptr_equal(seen[0].pbuf, second);
    assert_ptr_equal(seen[1].pbuf, third);
    assert_ptr_equal(seen[2].pbuf, fourth);
    assert_int_equal(seen[0].age, 2);
    assert_int_equal(seen[2].age, 0);
    assert_int_equal(look(2), 2);
    pbuf_free(second);
    pbuf_free(third);
    pbuf_free(fourth);
}

static void each_fragment_of_a_packet_is_held_by_the_module_that_took_it_over(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, PBUF_POOL_BUFSIZE_ALIGNED + 1, PBUF_POOL);
    cistern_pbuf_hold(p, "driver");
    cistern_pbuf_hold(p->next, "queue");
    const int line = __LINE__ - 1;
    assert_int_equal(look(MOST), 2);
    assert_string_equal(seen[0].holder, "driver");
    assert_string_equal(seen[1].holder, "queue");
    assert_place(seen[1].used, line);
    cistern_pbuf_hold(p, NULL);
    assert_int_equal(look(MOST), 2);
    assert_null(seen[1].holder);
    cistern_pbuf_hold(NULL, "holder");
    assert_int_equal(pbuf_free(p), 2);
}

static void a_fragment_that_others_hold_stays_in_sight_when_one_of_them_frees_it(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 1, PBUF_POOL);
    pbuf_ref(p);
    const int shared = __LINE__ - 1;
    assert_int_equal(look(MOST), 1);
    assert_place(seen[0].used, shared);
    assert_int_equal(pbuf_free(p), 0);
    const int freed = __LINE__ - 1;
    assert_int_equal(look(MOST), 1);
    assert_place(seen[0].used, freed);
    pbuf_free(p);
}

static int line_of(const struct pbuf *p)
{
    cistern_pbuf_record_t record;
    assert_true(cistern_pbuf_record_of(p, &record));
    return record.used.line;
}

static void free_is_recorded_at_each_fragment_that_it_comes_to(void **state)
{
    (void)state;
    struct pbuf *const first = pbuf_alloc(PBUF_RAW, 1, PBUF_POOL);
    struct pbuf *const second = pbuf_alloc(PBUF_RAW, 1, PBUF_POOL);
    pbuf_cat(first, second);
    pbuf_ref(first);
    const int shared = line_of(second);
    assert_int_equal(pbuf_free(first), 0);
    assert_int_equal(line_of(second), shared);
    assert_int_equal(pbuf_free(first), 2);
    const int line = __LINE__ - 1;
    assert_int_equal(line_of(first), line);
    assert_int_equal(line_of(second), line);
}

static void freeing_twice_names_the_holder_and_the_line_that_freed_it(void **state)
{
    (void)state;
    static const pbuf_type types[] = {PBUF_POOL, PBUF_REF, PBUF_RAM};
    for (size_t i = 0; i < 3; ++i) {
        struct pbuf *const p = pbuf_alloc(PBUF_RAW, 40, types[i]);
        cistern_pbuf_hold(p, "driver");
        assert_int_equal(pbuf_free(p), 1);
        const int line = __LINE__ - 1;
        assert_int_equal(pbuf_free(p), 0);
        assert_string_equal(faults.last.owner, "driver");
        assert_string_equal(faults.last.file, __FILE__);
        assert_int_equal(faults.last.line, line);
        assert_one_fault(CISTERN_FAULT_REFERENCE, p);
        pbuf_ref(p);
        assert_int_equal(faults.last.line, line);
        assert_one_fault(CISTERN_FAULT_REFERENCE, p);
    }
    assert_true(memp_pool_check(memp_pools[MEMP_PBUF_POOL]));
    assert_true(cistern_heap_check(mem_heap()));
}

static void a_free_that_was_refused_leaves_the_fragment_in_sight(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 1, PBUF_REF);
    p->type_internal = (u8_t)PBUF_POOL;
    assert_int_equal(pbuf_free(p), 0);
    assert_one_fault(CISTERN_FAULT_WRONG_POOL, p);
    assert_int_equal(look(MOST), 1);
    p->type_internal = (u8_t)PBUF_REF;
    assert_int_equal(pbuf_free(p), 1);
}

static void what_a_call_makes_was_taken_by_its_caller(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc_reference("abc", 3, PBUF_ROM);
    const int line = __LINE__ - 1;
    struct pbuf *const q = pbuf_clone(PBUF_RAW, PBUF_RAM, p);
    assert_ptr_equal(pbuf_coalesce(p, PBUF_RAW), p);
    assert_int_equal(look(MOST), 2);
    assert_place(seen[0].taken, line);
    assert_place(seen[1].taken, line + 2);
    assert_place(seen[0].used, line + 3);
    pbuf_free(p);
    pbuf_free(q);
}

static void calls_by_address_are_seen_without_a_line(void **state)
{
    (void)state;
    struct pbuf *(*volatile alloc)(pbuf_layer, pbuf_len_t, pbuf_type) = pbuf_alloc;
    pbuf_len_t (*volatile release)(struct pbuf *) = pbuf_free;
    struct pbuf *const p = alloc(PBUF_RAW, 1, PBUF_POOL);
    assert_int_equal(look(MOST), 1);
    assert_null(seen[0].taken.file);
    assert_int_equal(release(p), 1);
    assert_int_equal(look(MOST), 0);
}

static void ignore(struct pbuf *p)
{
    (void)p;
}

static void the_record_of_a_freed_fragment_stays_until_it_is_needed(void **state)
{
    (void)state;
    cistern_pbuf_record_t record;
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 1, PBUF_RAM);
    pbuf_free(p);
    const int line = __LINE__ - 1;
    assert_true(cistern_pbuf_record_of(p, &record));
    assert_false(record.live);
    assert_place(record.used, line);
    struct pbuf_custom customs[CISTERN_PBUF_HISTORY];
    for (size_t i = 0; i < CISTERN_PBUF_HISTORY; ++i) { /* as many newer ones: the oldest goes */
        customs[i].custom_free_function = ignore;
        pbuf_free(pbuf_alloced_custom(PBUF_RAW, 0, PBUF_REF, &customs[i], NULL, 0));
    }
    assert_false(cistern_pbuf_record_of(p, &record));
}

static void fragments_beyond_the_table_are_counted(void **state)
{
    (void)state;
    struct pbuf *taken[CISTERN_PBUF_HISTORY + 2];
    const size_t before = cistern_pbuf_unrecorded();
    for (size_t i = 0; i < CISTERN_PBUF_HISTORY + 2; ++i) {
        taken[i] = pbuf_alloc(PBUF_RAW, 1, PBUF_RAM);
    }
    assert_int_equal(cistern_pbuf_unrecorded() - before, 2);
    assert_false(cistern_pbuf_record_of(taken[CISTERN_PBUF_HISTORY + 1], &seen[0]));
    for (size_t i = 0; i < CISTERN_PBUF_HISTORY + 2; ++i) {
        assert_int_equal(pbuf_free(taken[i]), 1);
    }
    assert_int_equal(look(MOST), 0);
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_live_fragment_is_shown_with_the_line_that_took_it),
        test(fragments_are_shown_oldest_first_with_their_age),
        test(each_fragment_of_a_packet_is_held_by_the_module_that_took_it_over),
        test(a_fragment_that_others_hold_stays_in_sight_when_one_of_them_frees_it),
        test(free_is_recorded_at_each_fragment_that_it_comes_to),
        test(freeing_twice_names_the_holder_and_the_line_that_freed_it),
        test(a_free_that_was_refused_leaves_the_fragment_in_sight),
        test(what_a_call_makes_was_taken_by_its_caller),
        test(calls_by_address_are_seen_without_a_line),
        test(the_record_of_a_freed_fragment_stays_until_it_is_needed),
        test(fragments_beyond_the_table_are_counted),
    };
    return cmocka_run_group_tests(tests, memory_start, memory_is_back);
}
