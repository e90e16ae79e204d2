/* SPDX-License-Identifier: BSD-3-Clause */
/* CISTERN_TRACE: what the hooks record, and what becomes of it. The ring has 16 slots. */
#include "support.h"

#include "cistern/fault.h"
#include "cistern/heap.h"
#include "cistern/pool.h"
#include "cistern/trace.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "os/mynewt.h"
#include "trace/trace_ring.h"

enum { HEADERS = 16 + 16, WRITTEN = 4096 };

static _Alignas(16) unsigned char blocks[CISTERN_POOL_BYTES(4, 32, 16)];
static _Alignas(16) unsigned char arena[1024];
static cistern_pool_t pool;
static cistern_heap_t heap;

static uint8_t written[WRITTEN];
static size_t length;

/* --- what is in the ring ---------------------------------------------------------------------- */

static const trace_ring_t *ring(void)
{
    size_t bytes;
    const unsigned char *const image = cistern_trace_image(&bytes);
    assert_true(bytes > HEADERS + sizeof(trace_ring_t));
    return (const trace_ring_t *)(const void *)(image + HEADERS);
}

static unsigned recorded(void)
{
    unsigned count = 0;
    for (size_t i = 0; i < CISTERN_TRACE_EVENTS; ++i) {
        count += ring()->slot[i].object != 0 ? 1U : 0U;
    }
    return count;
}

static void assert_event(unsigned index, cistern_trace_kind_t kind, const void *object,
                         const void *block, size_t size)
{
    const trace_slot_t *const slot = &ring()->slot[index];
    assert_ptr_equal((const void *)slot->object, object);
    assert_ptr_equal((const void *)slot->block, block);
    assert_int_equal(slot->what & ((1U << CISTERN_TRACE_KIND_BITS) - 1U), kind);
    assert_int_equal(slot->what >> CISTERN_TRACE_KIND_BITS, size);
}

static void ignore(const cistern_fault_t *fault)
{
    (void)fault;
}

static int make(void **state)
{
    (void)state;
    cistern_fault_set_handler(ignore);
    mem_init();
    memp_init();
    assert_int_equal(cistern_pool_init(&pool, &(cistern_pool_config_t){.name = "blocks",
                                                                       .count = 4,
                                                                       .size = 32,
                                                                       .alignment = 16,
                                                                       .memory = blocks,
                                                                       .bytes = sizeof blocks}),
                     CISTERN_OK);
    assert_int_equal(cistern_heap_init(&heap, &(cistern_heap_config_t){.name = "arena",
                                                                       .memory = arena,
                                                                       .bytes = sizeof arena,
                                                                       .alignment = 8}),
                     CISTERN_OK);
    cistern_trace_start();
    length = 0;
    return 0;
}

static int stop(void **state)
{
    cistern_trace_stop();
    return sections_balanced(state);
}

/* --- events ----------------------------------------------------------------------------------- */

static void get_and_put_are_recorded_with_pool_and_block(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_int_equal(recorded(), 2);
    assert_event(0, CISTERN_TRACE_GET, &pool, block, 0);
    assert_event(1, CISTERN_TRACE_PUT, &pool, block, 0);
}

static void get_of_an_empty_pool_is_recorded_without_a_block(void **state)
{
    (void)state;
    for (int i = 0; i < 5; ++i) {
        (void)cistern_pool_get(&pool);
    }
    assert_int_equal(recorded(), 5);
    assert_event(4, CISTERN_TRACE_GET, &pool, NULL, 0);
}

static void bulk_calls_record_each_block(void **state)
{
    (void)state;
    void *taken[6];
    assert_int_equal(cistern_pool_get_bulk(&pool, taken, 6), 4);
    assert_int_equal(cistern_pool_put_bulk(&pool, taken, 4), 4);
    assert_int_equal(recorded(), 9); /* the get that found fewer than it wanted is one */
    assert_event(3, CISTERN_TRACE_GET, &pool, taken[3], 0);
    assert_event(4, CISTERN_TRACE_GET, &pool, NULL, 0);
    assert_event(8, CISTERN_TRACE_PUT, &pool, taken[3], 0);
}

static void put_noting_is_recorded_once(void **state)
{
    (void)state;
    bool was_empty;
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put_noting(&pool, block, &was_empty), CISTERN_OK);
    assert_int_equal(cistern_pool_put_noting(&pool, NULL, &was_empty), CISTERN_ERROR_ARGUMENT);
    assert_int_equal(recorded(), 2);
    assert_event(1, CISTERN_TRACE_PUT, &pool, block, 0);
}

#if CISTERN_POOL_EXTRAS
static void privileged_get_is_recorded_once(void **state)
{
    (void)state;
    static _Alignas(16) unsigned char memory[32];
    static cistern_pool_t reserved;
    cistern_pool_extras_t extras = {.strategy = CISTERN_POOL_CRITICAL, .reserve = 1};
    const cistern_pool_config_t config = {
        .count = 1, .size = 32, .memory = memory, .tight = true, .extras = &extras};
    assert_int_equal(cistern_pool_init(&reserved, &config), CISTERN_OK);
    cistern_trace_start();
    void *const block = cistern_pool_get_privileged(&reserved);
    assert_non_null(block);
    assert_null(cistern_pool_get_privileged(&reserved));
    assert_int_equal(recorded(), 2);
    assert_event(0, CISTERN_TRACE_GET, &reserved, block, 0);
    assert_event(1, CISTERN_TRACE_GET, &reserved, NULL, 0);
    assert_int_equal(cistern_pool_unregister(&reserved), CISTERN_OK);
}
#endif

static void alloc_trim_and_free_are_recorded_with_the_bytes_asked_for(void **state)
{
    (void)state;
    void *const block = cistern_heap_alloc(&heap, 100);
    assert_int_equal(cistern_heap_trim(&heap, block, 40), CISTERN_OK);
    assert_int_equal(cistern_heap_free(&heap, block), CISTERN_OK);
    assert_null(cistern_heap_alloc(&heap, 5000));
    assert_null(cistern_heap_alloc(&heap, 0));
    assert_int_equal(cistern_heap_free(&heap, NULL), CISTERN_OK);
    assert_int_equal(recorded(), 4);
    assert_event(0, CISTERN_TRACE_ALLOC, &heap, block, 100);
    assert_event(1, CISTERN_TRACE_TRIM, &heap, block, 40);
    assert_event(2, CISTERN_TRACE_FREE, &heap, block, 0);
    assert_event(3, CISTERN_TRACE_ALLOC, &heap, NULL, 5000);
}

static void realloc_that_moves_is_an_alloc_and_a_free(void **state)
{
    (void)state;
    void *const block = cistern_heap_alloc(&heap, 16);
    void *const behind = cistern_heap_alloc(&heap, 16);
    void *const moved = cistern_heap_realloc(&heap, block, 64);
    assert_ptr_not_equal(moved, block);
    assert_non_null(behind);
    assert_int_equal(recorded(), 4);
    assert_event(2, CISTERN_TRACE_ALLOC, &heap, moved, 64);
    assert_event(3, CISTERN_TRACE_FREE, &heap, block, 0);
}

static void refused_put_is_recorded_as_a_fault_and_no_put(void **state)
{
    (void)state;
    assert_int_equal(cistern_pool_put(&pool, arena), CISTERN_ERROR_FAULT);
    assert_int_equal(recorded(), 1);
    assert_event(0, CISTERN_TRACE_FAULT, &pool, arena, CISTERN_FAULT_FOREIGN_FREE);
}

static void init_and_clear_free_all_blocks(void **state)
{
    (void)state;
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    assert_int_equal(recorded(), 1);
    assert_event(0, CISTERN_TRACE_INIT, &pool, NULL, 0);
}

static void faces_record_each_call_once(void **state)
{
    (void)state;
    static os_membuf_t memory[OS_MEMPOOL_SIZE(2, 32)];
    struct os_mempool mynewt;
    assert_int_equal(os_mempool_init(&mynewt, 2, 32, memory, "mynewt"), OS_OK);
    cistern_trace_start();
    void *const block = os_memblock_get(&mynewt);
    assert_int_equal(os_memblock_put(&mynewt, block), OS_OK);
    void *const element = memp_malloc(MEMP_PBUF_POOL);
    memp_free(MEMP_PBUF_POOL, element);
    void *const mem = mem_malloc(20);
    mem_free(mem);
    assert_int_equal(recorded(), 6);
    assert_event(0, CISTERN_TRACE_GET, &mynewt, block, 0);
    assert_event(1, CISTERN_TRACE_PUT, &mynewt, block, 0);
    assert_int_equal(ring()->slot[2].block, (uintptr_t)element);
    assert_event(4, CISTERN_TRACE_ALLOC, mem_heap(), mem, 20);
    assert_event(5, CISTERN_TRACE_FREE, mem_heap(), mem, 0);
    assert_int_equal(os_mempool_unregister(&mynewt), OS_OK);
}

/* The object of an element's events is the pool's own, whatever that is. */
static void packet_buffers_record_each_element_once(void **state)
{
    (void)state;
    static const pbuf_type type[] = {PBUF_POOL, PBUF_REF};
    for (size_t i = 0; i < sizeof type / sizeof type[0]; ++i) {
        cistern_trace_start();
        struct pbuf *const p = pbuf_alloc(PBUF_RAW, 20, type[i]);
        assert_non_null(p);
        const void *const pool_id = (const void *)ring()->slot[0].object;
        assert_int_equal(pbuf_free(p), 1);
        assert_int_equal(recorded(), 2);
        assert_event(0, CISTERN_TRACE_GET, pool_id, p, 0);
        assert_event(1, CISTERN_TRACE_PUT, pool_id, p, 0);
    }
}

static void packet_of_an_empty_pool_is_recorded_once_without_a_block(void **state)
{
    (void)state;
    unsigned taken = 0;
    struct pbuf *queue[MEMP_NUM_PBUF];
    while (taken < MEMP_NUM_PBUF) {
        queue[taken++] = pbuf_alloc(PBUF_RAW, 20, PBUF_REF);
    }
    cistern_trace_start();
    assert_null(pbuf_alloc(PBUF_RAW, 20, PBUF_REF));
    assert_int_equal(recorded(), 1);
    assert_event(0, CISTERN_TRACE_GET, (const void *)ring()->slot[0].object, NULL, 0);
    while (taken != 0) {
        assert_int_equal(pbuf_free(queue[--taken]), 1);
    }
}

static void put_that_says_whether_the_pool_was_empty_is_recorded(void **state)
{
    (void)state;
    bool was_empty = false;
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put_noting(&pool, block, &was_empty), CISTERN_OK);
    assert_int_equal(recorded(), 2);
    assert_event(1, CISTERN_TRACE_PUT, &pool, block, 0);
    assert_int_not_equal(cistern_pool_put_noting(&pool, block, &was_empty), CISTERN_OK);
    assert_int_equal(recorded(), 3);
    assert_event(2, CISTERN_TRACE_FAULT, &pool, block, CISTERN_FAULT_DOUBLE_FREE);
}

#if CISTERN_POOL_EXTRAS
static void privileged_get_is_recorded(void **state)
{
    (void)state;
    cistern_pool_t shared;
    cistern_pool_extras_t extras = {.strategy = CISTERN_POOL_CRITICAL, .reserve = 1};
    const cistern_pool_config_t config = {
        .count = 1, .size = 32, .memory = blocks, .extras = &extras};
    assert_int_equal(cistern_pool_init(&shared, &config), CISTERN_OK);
    cistern_trace_start();
    void *const block = cistern_pool_get_privileged(&shared);
    assert_non_null(block);
    assert_null(cistern_pool_get_privileged(&shared));
    assert_int_equal(recorded(), 2);
    assert_event(0, CISTERN_TRACE_GET, &shared, block, 0);
    assert_event(1, CISTERN_TRACE_GET, &shared, NULL, 0);
    assert_int_equal(cistern_pool_unregister(&shared), CISTERN_OK);
}
#endif

static void time_is_what_the_latest_tick_said(void **state)
{
    (void)state;
    cistern_trace_tick(7);
    (void)cistern_pool_get(&pool);
    cistern_trace_tick(UINT32_MAX);
    (void)cistern_pool_get(&pool);
    assert_int_equal(ring()->slot[0].time, 7);
    assert_int_equal(ring()->slot[1].time, UINT32_MAX);
}

/* --- the ring --------------------------------------------------------------------------------- */

static void nothing_is_recorded_nor_counted_while_it_is_stopped(void **state)
{
    (void)state;
    cistern_trace_stop();
    (void)cistern_pool_get(&pool);
    assert_int_equal(recorded(), 0);
    assert_int_equal(cistern_trace_lost(), 0);
}

/* Linked slots keep one free. */
static unsigned places(void)
{
    return CISTERN_TRACE_EVENTS - (TRACE_LINKED ? 1U : 0U);
}

static void full_ring_drops_the_newest_and_counts_it(void **state)
{
    (void)state;
    void *const first = cistern_pool_get(&pool);
    for (unsigned i = 0; i < places() + 4U; ++i) {
        (void)cistern_heap_alloc(&heap, 5000);
    }
    assert_int_equal(recorded(), places());
    assert_int_equal(cistern_trace_lost(), 5);
    assert_event(0, CISTERN_TRACE_GET, &pool, first, 0);
}

static bool keep(void *context, const void *bytes, size_t count)
{
    assert_null(context);
    assert_true(length + count <= sizeof written);
    memcpy(written + length, bytes, count);
    length += count;
    return true;
}

static bool refuse(void *context, const void *bytes, size_t count)
{
    (void)context;
    (void)bytes;
    return count == 0;
}

static void drained_ring_takes_events_again_for_ever(void **state)
{
    (void)state;
    assert_true(cistern_trace_begin(keep, NULL));
    for (unsigned i = 0; i < 200; ++i) {
        length = 16;
        void *const block = cistern_pool_get(&pool);
        (void)cistern_pool_put(&pool, block);
        assert_true(cistern_trace_drain(keep, NULL));
        assert_true(length > 16);
    }
    assert_int_equal(recorded(), 0);
    assert_int_equal(cistern_trace_lost(), 0);
    assert_memory_equal(written, "CTR\x1a", 4);
}

static void drain_of_nothing_writes_nothing(void **state)
{
    (void)state;
    assert_true(cistern_trace_drain(keep, NULL)); /* descriptions */
    length = 0;
    assert_true(cistern_trace_drain(keep, NULL));
    assert_int_equal(length, 0);
}

static void drain_says_that_the_sink_failed(void **state)
{
    (void)state;
    assert_false(cistern_trace_begin(refuse, NULL));
    assert_false(cistern_trace_drain(refuse, NULL));
    assert_true(cistern_trace_drain(keep, NULL));
    (void)cistern_pool_get(&pool);
    assert_false(cistern_trace_drain(refuse, NULL));
}

/* --- descriptions ----------------------------------------------------------------------------- */

static bool has(const char *text)
{
    size_t bytes;
    const char *const image = cistern_trace_image(&bytes);
    for (size_t i = 0; i + strlen(text) < bytes; ++i) {
        if (memcmp(image + i, text, strlen(text) + 1U) == 0) {
            return true;
        }
    }
    return false;
}

static void pools_and_heaps_are_described_by_init(void **state)
{
    (void)state;
    assert_true(has("blocks"));
    assert_true(has("arena"));
    assert_true(has("PBUF_POOL"));
    assert_false(has("nothing"));
}

CISTERN_POOL_DEFINE(readings, long, 4, );

static void static_pool_is_described_when_it_is_enlisted(void **state)
{
    (void)state;
    assert_int_equal(readings_init(), CISTERN_OK);
    assert_true(has("readings"));
}

static void descriptions_beyond_the_table_are_counted(void **state)
{
    (void)state;
    for (uintptr_t id = 1; id <= CISTERN_TRACE_OBJECTS; ++id) {
        cistern_trace_describe(&(cistern_trace_object_t){.id = id, .kind = 1}, "one of many pools");
    }
    assert_true(ring()->undescribed > 0);
    cistern_trace_pool(&pool); /* is there already */
    const uint32_t before = ring()->undescribed;
    cistern_trace_pool(&pool);
    assert_int_equal(ring()->undescribed, before);
}

int main(void)
{
#define TRACE_TEST(name) cmocka_unit_test_setup_teardown(name, make, stop)
    const struct CMUnitTest tests[] = {
        TRACE_TEST(get_and_put_are_recorded_with_pool_and_block),
        TRACE_TEST(get_of_an_empty_pool_is_recorded_without_a_block),
        TRACE_TEST(bulk_calls_record_each_block),
        TRACE_TEST(put_noting_is_recorded_once),
#if CISTERN_POOL_EXTRAS
        TRACE_TEST(privileged_get_is_recorded_once),
#endif
        TRACE_TEST(alloc_trim_and_free_are_recorded_with_the_bytes_asked_for),
        TRACE_TEST(realloc_that_moves_is_an_alloc_and_a_free),
        TRACE_TEST(refused_put_is_recorded_as_a_fault_and_no_put),
        TRACE_TEST(init_and_clear_free_all_blocks),
        TRACE_TEST(faces_record_each_call_once),
        TRACE_TEST(packet_buffers_record_each_element_once),
        TRACE_TEST(packet_of_an_empty_pool_is_recorded_once_without_a_block),
        TRACE_TEST(put_that_says_whether_the_pool_was_empty_is_recorded),
#if CISTERN_POOL_EXTRAS
        TRACE_TEST(privileged_get_is_recorded),
#endif
        TRACE_TEST(time_is_what_the_latest_tick_said),
        TRACE_TEST(nothing_is_recorded_nor_counted_while_it_is_stopped),
        TRACE_TEST(full_ring_drops_the_newest_and_counts_it),
        TRACE_TEST(drained_ring_takes_events_again_for_ever),
        TRACE_TEST(drain_of_nothing_writes_nothing),
        TRACE_TEST(drain_says_that_the_sink_failed),
        TRACE_TEST(pools_and_heaps_are_described_by_init),
        TRACE_TEST(static_pool_is_described_when_it_is_enlisted),
        TRACE_TEST(descriptions_beyond_the_table_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
