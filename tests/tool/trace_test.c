/* SPDX-License-Identifier: BSD-3-Clause */
/* Traces: what is read of them, whole or damaged, and what follows from it. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fit.h"
#include "trace_size.h"

enum { BYTES = 1 << 16, SLOTS = 512, POOL = 0x1000, HEAP = 0x2000 };

static char name[] = "/tmp/cistern-trace-XXXXXX";

/* --- traces made here: the ring of a device as it lies in memory ------------------------------- */

static uint8_t image[BYTES];
static size_t length;
static unsigned width;
static bool big;

static void put(uint64_t value, unsigned bytes)
{
    assert_true(length + bytes <= sizeof image);
    for (unsigned i = 0; i < bytes; ++i) {
        image[length + (big ? bytes - 1 - i : i)] = (uint8_t)(value >> (8 * i));
    }
    length += bytes;
}

static void put_chunk(char type, size_t bytes)
{
    put(0x4b6e4843U, 4);
    put((uint64_t)type, 1);
    put(0, 3);
    put(bytes, 4);
    put(0, 4);
}

static unsigned slot_bytes(void)
{
    return 4 * width + (width == 8 ? 8 : 4);
}

static void begin(unsigned pointer, bool big_endian, size_t slots)
{
    length = 0;
    width = pointer;
    big = big_endian;
    memcpy(image, "CTR\x1a", 4);
    length = 4;
    put(0x4321, 2);
    put(1, 1);
    put(pointer, 1);
    put(1000, 4);
    put(0, 4);
    put_chunk('r', 3 * width + 24 + slots * slot_bytes());
    put(0, width); /* head, limit, first */
    put(0, width);
    put(0, width);
    put(0, 4); /* clock */
    put(0, 4); /* lost */
    put(0, 4); /* tail */
    put(slots, 4);
    put(slot_bytes(), 4);
    put(0, 4);
}

static void event(trace_kind_t kind, unsigned object, unsigned block, unsigned size)
{
    put(object, width);
    put(block, width);
    put(size << 3 | (unsigned)kind, width);
    put(0x77, width);
    put(5, 4);
    put(0, slot_bytes() - 4 * width - 4);
}

static void object(unsigned id, unsigned kind, unsigned size, unsigned stride, unsigned count,
                   const char *called)
{
    put(id, width);
    put(size, width);
    put(stride, width);
    put(count, width);
    put(kind, 1);
    assert_true(length + 23 <= sizeof image);
    memset(image + length, 0, 23);
    memcpy(image + length, called, strlen(called));
    length += 23;
}

static void finish(void)
{
    put_chunk('d', 2 * (4 * width + 24));
    object(POOL, 1, 16, 24, 4, "pool");
    object(HEAP, 2, 1000, 4, 4, "HEAP");
}

/* --- reading ---------------------------------------------------------------------------------- */

static trace_log_t traced;
static size_result_t result;
static ledger_t ledger;

static void forget(void)
{
    ledger_free(&ledger);
    trace_size_free(&traced);
}

static int read_file(char *file)
{
    uint64_t base[2];
    forget();
    result = (size_result_t){.complete = true};
    lwip_options_defaults(&result.device);
    lwip_options_defaults(&result.now);
    return trace_size_read(&traced, &result, &ledger, &file, 1, base);
}

static int read_bytes(const uint8_t *bytes, size_t count)
{
    FILE *const file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
    return read_file(name);
}

static const trace_pool_t *pool_called(const char *called)
{
    for (size_t i = 0; i < traced.account.pools; ++i) {
        if (strcmp(traced.account.pool[i].name, called) == 0) {
            return &traced.account.pool[i];
        }
    }
    fail_msg("no pool %s", called);
    return NULL;
}

static void assert_tight(const trace_pool_t *pool)
{
    const trace_t trace =
        trace_account_events(&traced.account, (size_t)(pool - traced.account.pool));
    assert_int_equal(fit_pool(&trace, (size_t)pool->peak.amount).failures, 0);
    assert_true(fit_pool(&trace, (size_t)pool->peak.amount - 1).failures > 0);
}

/* --- whole traces ----------------------------------------------------------------------------- */

/* tests/tool/trace_sample.c ran on four processors; see there for the numbers. */
static void traces_of_four_processors_give_the_same_answer(void **state)
{
    (void)state;
    static const char *const files[] = {
        "x86_64.ctr",        "i686.ctr",        "powerpc.ctr",        "s390x.ctr",
        "x86_64-memory.ctr", "i686-memory.ctr", "powerpc-memory.ctr", "s390x-memory.ctr"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; ++i) {
        char file[256];
        snprintf(file, sizeof file, "%s/%s", CISTERN_TRACES, files[i]);
        assert_int_equal(read_file(file), 0);
        assert_true(result.complete);
        assert_true(trace_is_exact(&traced));
        assert_int_equal(traced.account.base, 155);
        assert_int_equal(traced.account.faults, 1);
        assert_int_equal(traced.account.left, 8); /* words */
        assert_int_equal(pool_called("frames")->peak.amount, 9);
        assert_int_equal(pool_called("frames")->count, 12);
        assert_int_equal(pool_called("words")->peak.amount, 9); /* one more than there are */
        assert_int_equal(pool_called("words")->failures, 1);
        assert_int_equal(pool_called("words")->first_failure, 9);
        assert_int_equal(ledger.level[RESOURCE_PBUF_POOL].peak_most.amount, 3);
        assert_int_equal(pool_called("HEAP")->gets, 20);
        assert_tight(pool_called("frames"));
        assert_tight(pool_called("PBUF_POOL"));
    }
}

static void every_width_and_order_of_bytes_is_read(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 6; ++i) {
        begin(2U << i / 2, i % 2 != 0, 8);
        event(TRACE_GET, POOL, 0x100, 0);
        event(TRACE_GET, POOL, 0x118, 0);
        event(TRACE_ALLOC, HEAP, 0x204, 100);
        event(TRACE_TRIM, HEAP, 0x204, 40);
        event(TRACE_PUT, POOL, 0x100, 0);
        event(TRACE_ALLOC, HEAP, 0x280, 60);
        event(TRACE_INIT, 0, 0, 0); /* not written */
        event(TRACE_INIT, 0, 0, 0);
        finish();
        assert_int_equal(read_bytes(image, length), 0);
        assert_int_equal(traced.account.base, 6);
        assert_true(trace_is_exact(&traced));
        assert_int_equal(pool_called("pool")->peak.amount, 2);
        assert_int_equal(pool_called("pool")->peak.packet, 2);
        assert_int_equal(pool_called("pool")->stride, 24);
        assert_int_equal(pool_called("pool")->peak_owner, 0x77);
        assert_int_equal(ledger.level[RESOURCE_HEAP].peak_most.amount,
                         100 + 2 * result.target.heap_header);
    }
}

/* --- what a trace does not say ---------------------------------------------------------------- */

static void block_taken_before_its_put_was_recorded_is_two_for_the_moment(void **state)
{
    (void)state;
    begin(4, false, 4);
    event(TRACE_GET, POOL, 0x100, 0);
    event(TRACE_GET, POOL, 0x100, 0); /* an interrupt between the put and its event */
    event(TRACE_PUT, POOL, 0x100, 0);
    event(TRACE_PUT, POOL, 0x100, 0);
    finish();
    assert_int_equal(read_bytes(image, length), 0);
    assert_int_equal(pool_called("pool")->peak.amount, 2);
    assert_int_equal(traced.account.repeated, 1);
    assert_int_equal(traced.account.left, 0);
}

static void put_of_a_block_that_was_never_taken_is_counted(void **state)
{
    (void)state;
    begin(4, false, 2);
    event(TRACE_PUT, POOL, 0x100, 0);
    event(TRACE_FREE, HEAP, 0x200, 0);
    finish();
    assert_int_equal(read_bytes(image, length), 0);
    assert_int_equal(traced.account.unknown, 2);
    assert_false(trace_is_exact(&traced));
}

static void init_of_a_pool_gives_all_its_blocks_back(void **state)
{
    (void)state;
    begin(4, false, 4);
    event(TRACE_GET, POOL, 0x100, 0);
    event(TRACE_GET, POOL, 0x118, 0);
    event(TRACE_INIT, POOL, 0, 0);
    event(TRACE_GET, POOL, 0x118, 0);
    finish();
    assert_int_equal(read_bytes(image, length), 0);
    assert_int_equal(pool_called("pool")->peak.amount, 2);
    assert_int_equal(traced.account.left, 1);
    assert_int_equal(traced.account.repeated, 0);
}

static void slot_that_is_being_written_is_missing(void **state)
{
    (void)state;
    begin(4, false, 4);
    event(TRACE_GET, POOL, 0x100, 0);
    event(TRACE_INIT, 0, 0, 0);
    event(TRACE_GET, POOL, 0x118, 0);
    event(TRACE_INIT, 0, 0, 0);
    finish();
    assert_int_equal(read_bytes(image, length), 0);
    assert_int_equal(traced.missing, 1);
    assert_false(result.complete);
}

static void two_pools_of_one_name_stay_two(void **state)
{
    (void)state;
    begin(4, false, 2);
    event(TRACE_GET, POOL, 0x100, 0);
    event(TRACE_GET, POOL + 4, 0x200, 0);
    put_chunk('d', 2 * (4 * width + 24));
    object(POOL, 1, 16, 16, 4, "PBUF_POOL");
    object(POOL + 4, 1, 32, 32, 4, "PBUF_POOL");
    assert_int_equal(read_bytes(image, length), 0);
    assert_int_equal(traced.account.pools, 2);
    assert_int_equal(ledger.level[RESOURCE_PBUF_POOL].peak_most.amount, 1);
}

/* Naive counting of what is held, against the events' replay in real pools. */
static void peaks_of_random_traces_are_those_of_a_model_and_tight(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 200; ++seed) {
        bool held[40] = {false};
        int64_t now = 0;
        int64_t peak = 0;
        srand(seed);
        begin(seed % 2 != 0 ? 4 : 8, seed % 3 == 0, 300);
        for (unsigned i = 0; i < 300; ++i) {
            const unsigned block = (unsigned)rand() % 40U;
            event(held[block] ? TRACE_PUT : TRACE_GET, POOL, 0x100 + 24 * block, 0);
            now += held[block] ? -1 : 1;
            held[block] = !held[block];
            peak = now > peak ? now : peak;
        }
        finish();
        assert_int_equal(read_bytes(image, length), 0);
        assert_int_equal(pool_called("pool")->peak.amount, peak);
        assert_int_equal(traced.account.left, now);
        assert_tight(pool_called("pool"));
    }
}

/* --- damage ----------------------------------------------------------------------------------- */

static size_t load(const char *file, uint8_t *bytes)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", CISTERN_TRACES, file);
    FILE *const opened = fopen(path, "rb");
    assert_non_null(opened);
    const size_t count = fread(bytes, 1, BYTES, opened);
    fclose(opened);
    return count;
}

static void torn_trace_is_read_up_to_its_end(void **state)
{
    (void)state;
    const size_t whole = load("i686.ctr", image);
    uint64_t before = 0;
    for (size_t bytes = 16; bytes <= whole; ++bytes) {
        assert_int_equal(read_bytes(image, bytes), 0);
        assert_in_range(traced.account.base, before, 155);
        before = traced.account.base;
    }
    assert_int_equal(before, 155);
    assert_int_equal(read_bytes(image, whole - 1), 0);
    assert_int_equal(traced.torn, 1);
    assert_false(result.complete);
    assert_int_not_equal(read_bytes(image, 15), 0);
}

/* Behind the header every byte of a drained trace has a check. */
static void flipped_bit_is_seen(void **state)
{
    (void)state;
    static const char *const files[] = {"i686.ctr", "s390x.ctr"};
    for (size_t i = 0; i < 2; ++i) {
        const size_t whole = load(files[i], image);
        for (size_t at = 0; at < whole; ++at) {
            image[at] ^= (uint8_t)(1U << at % 8);
            const bool refused = read_bytes(image, whole) != 0;
            const bool unused = at >= 8 && at < 16; /* the clock's rate, and zeros */
            image[at] ^= (uint8_t)(1U << at % 8);
            assert_true(refused || !result.complete || unused);
            assert_true(traced.account.base <= 155);
        }
    }
}

static void full_ring_is_named_and_what_it_has_is_used(void **state)
{
    (void)state;
    static const char *const files[] = {"full32.ctr", "full64.ctr", "full32-memory.ctr",
                                        "full64-memory.ctr"};
    for (size_t i = 0; i < 4; ++i) {
        char file[256];
        snprintf(file, sizeof file, "%s/%s", CISTERN_TRACES, files[i]);
        assert_int_equal(read_file(file), 0);
        assert_int_equal(traced.account.base, 32);
        assert_int_equal(traced.lost, 155 - 32);
        assert_false(trace_is_exact(&traced));
        assert_false(result.complete);
        assert_int_equal(traced.undescribed > 0, i >= 2); /* only the memory has the number */
    }
}

static void trace_of_another_version_is_refused(void **state)
{
    (void)state;
    const size_t whole = load("i686.ctr", image);
    image[6] = 2;
    assert_int_not_equal(read_bytes(image, whole), 0);
    image[6] = 1;
    image[7] = 3;
    assert_int_not_equal(read_bytes(image, whole), 0);
}

static int make_file(void **state)
{
    (void)state;
    const int file = mkstemp(name);
    assert_true(file >= 0);
    return close(file) == 0 && freopen("/dev/null", "w", stderr) != NULL ? 0 : -1;
}

static int remove_file(void **state)
{
    (void)state;
    forget();
    return unlink(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traces_of_four_processors_give_the_same_answer),
        cmocka_unit_test(every_width_and_order_of_bytes_is_read),
        cmocka_unit_test(block_taken_before_its_put_was_recorded_is_two_for_the_moment),
        cmocka_unit_test(put_of_a_block_that_was_never_taken_is_counted),
        cmocka_unit_test(init_of_a_pool_gives_all_its_blocks_back),
        cmocka_unit_test(slot_that_is_being_written_is_missing),
        cmocka_unit_test(two_pools_of_one_name_stay_two),
        cmocka_unit_test(peaks_of_random_traces_are_those_of_a_model_and_tight),
        cmocka_unit_test(torn_trace_is_read_up_to_its_end),
        cmocka_unit_test(flipped_bit_is_seen),
        cmocka_unit_test(full_ring_is_named_and_what_it_has_is_used),
        cmocka_unit_test(trace_of_another_version_is_refused),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
