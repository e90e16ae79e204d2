/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of `cistern size` that do not read captures: the ledger, fits, classes, options. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "classes.h"
#include "fit.h"
#include "ledger.h"
#include "lwip_options.h"
#include "survey.h"

enum { EVENTS = 60, SLOTS = 12, SIZES = 6, TRACES = 10000 };

static uint32_t state_of_random = 1;

static unsigned pick(unsigned below)
{
    state_of_random = state_of_random * 1664525U + 1013904223U;
    return (state_of_random >> 8) % below;
}

static target_t target_of(const char *alignment)
{
    lwip_options_t options;
    target_t target;
    lwip_options_defaults(&options);
    lwip_options_observe(&options, OPTION_MEM_ALIGNMENT, atoi(alignment), OPTION_TARGET);
    target_init(&target, 32, &options);
    return target;
}

/* Takes and gives at random; every hold is given back at the end. */
static size_t random_trace(event_t *event, unsigned sizes, unsigned largest)
{
    uint32_t size[SIZES];
    bool held[SLOTS] = {false};
    size_t events = 0;
    for (unsigned i = 0; i < sizes; ++i) {
        size[i] = 1 + pick(largest);
    }
    while (events < EVENTS) {
        const unsigned slot = pick(SLOTS);
        event[events] = (event_t){.packet = (uint32_t)events + 1,
                                  .slot = slot,
                                  .amount = held[slot] ? 0 : size[pick(sizes)]};
        held[slot] = !held[slot];
        ++events;
    }
    for (unsigned slot = 0; slot < SLOTS; ++slot) {
        if (held[slot]) {
            event[events++] = (event_t){.packet = EVENTS, .slot = slot};
        }
    }
    return events;
}

static trace_t trace_of(const event_t *event, size_t events)
{
    return (trace_t){.event = event, .events = events, .slots = SLOTS};
}

/* --- classes ---------------------------------------------------------------------------------- */

/* Requests above `low` and up to `high` bytes that were held at once, counted anew. */
static size_t count_between(const trace_t *trace, size_t low, size_t high)
{
    uint32_t held[SLOTS] = {0};
    size_t most = 0;
    for (size_t i = 0; i < trace->events; ++i) {
        size_t count = 0;
        held[trace->event[i].slot] = trace->event[i].amount;
        for (size_t slot = 0; slot < SLOTS; ++slot) {
            count += held[slot] > low && held[slot] <= high ? 1 : 0;
        }
        most = count > most ? count : most;
    }
    return most;
}

/* Distinct sizes of a trace, aligned, ascending. */
static size_t distinct_sizes(const trace_t *trace, size_t alignment, size_t *size)
{
    size_t sizes = 0;
    for (size_t bytes = alignment; bytes <= 1024; bytes += alignment) {
        bool there = false;
        for (size_t i = 0; i < trace->events; ++i) {
            const size_t amount = trace->event[i].amount;
            there = there || (amount != 0 && amount <= bytes && amount + alignment > bytes);
        }
        if (there) {
            size[sizes++] = bytes;
        }
    }
    return sizes;
}

/* The least bytes over every set of at most `most` sizes that has the largest. */
static size_t search_all_sets(const trace_t *trace, const target_t *target, size_t most,
                              size_t overhead)
{
    size_t size[SIZES + 1];
    const size_t sizes = distinct_sizes(trace, target->alignment, size);
    size_t best = SIZE_MAX;
    for (unsigned set = 1U << (sizes - 1); set < 1U << sizes; ++set) {
        size_t bytes = 0;
        size_t classes = 0;
        size_t low = 0;
        for (size_t i = 0; i < sizes; ++i) {
            if ((set >> i & 1U) != 0) {
                const size_t count = count_between(trace, low, size[i]);
                bytes += overhead + count * target_align(target, size[i] + target->pool_header);
                low = size[i];
                ++classes;
            }
        }
        best = classes <= most && bytes < best ? bytes : best;
    }
    return best;
}

static void classes_are_the_best_of_all_sets_and_serve_without_failure(void **state)
{
    (void)state;
    event_t event[EVENTS + SLOTS];
    for (unsigned round = 0; round < TRACES; ++round) {
        const target_t target = target_of(round % 2 == 0 ? "4" : "8");
        const trace_t trace = trace_of(event, random_trace(event, 1 + pick(SIZES), 200));
        const size_t most = 1 + pick(4);
        const size_t overhead = pick(3) * 8;
        size_class_t class[CLASSES_MOST];
        size_t bytes = 0;
        demand_t demand;
        assert_true(classes_measure(&demand, &trace, target.alignment));
        const size_t classes = classes_choose(&demand, most, &target, overhead, class, &bytes);
        assert_in_range(classes, 1, most);
        assert_int_equal(bytes, search_all_sets(&trace, &target, most, overhead));
        const replayed_t replayed = fit_classes(&trace, class, classes);
        assert_true(replayed.ok);
        assert_int_equal(replayed.failures, 0);
        classes_free(&demand);
    }
}

static void one_element_less_of_any_class_fails_at_a_packet(void **state)
{
    (void)state;
    event_t event[EVENTS + SLOTS];
    const target_t target = target_of("8");
    for (unsigned round = 0; round < TRACES / 10; ++round) {
        const trace_t trace = trace_of(event, random_trace(event, SIZES, 200));
        size_class_t class[CLASSES_MOST];
        size_t bytes = 0;
        demand_t demand;
        assert_true(classes_measure(&demand, &trace, target.alignment));
        const size_t classes = classes_choose(&demand, 3, &target, 4, class, &bytes);
        for (size_t i = 0; i < classes; ++i) {
            --class[i].count;
            assert_in_range(fit_classes(&trace, class, classes).packet, 1, EVENTS);
            ++class[i].count;
            class[i].size -= target.alignment;
            assert_in_range(fit_classes(&trace, class, classes).packet, 1, EVENTS);
            class[i].size += target.alignment;
        }
        classes_free(&demand);
    }
}

/* The demand of two traces, one after the other, is that of the merged demands. */
static void merged_demands_choose_what_both_traces_need(void **state)
{
    (void)state;
    event_t event[2 * (EVENTS + SLOTS)];
    const target_t target = target_of("4");
    for (unsigned round = 0; round < TRACES / 10; ++round) {
        const size_t first = random_trace(event, 1 + pick(SIZES), 150);
        const size_t second = random_trace(event + first, 1 + pick(SIZES), 250);
        const trace_t traces[3] = {trace_of(event, first), trace_of(event + first, second),
                                   trace_of(event, first + second)};
        demand_t demand[3];
        size_class_t class[2][CLASSES_MOST];
        size_t bytes[2];
        for (int i = 0; i < 3; ++i) {
            assert_true(classes_measure(&demand[i], &traces[i], target.alignment));
        }
        assert_true(classes_merge(&demand[0], &demand[1]));
        const size_t merged = classes_choose(&demand[0], 4, &target, 4, class[0], &bytes[0]);
        const size_t whole = classes_choose(&demand[2], 4, &target, 4, class[1], &bytes[1]);
        assert_int_equal(merged, whole);
        assert_int_equal(bytes[0], bytes[1]);
        for (int i = 0; i < 3; ++i) {
            classes_free(&demand[i]);
        }
    }
}

static void more_sizes_than_can_be_distinguished_are_rounded_up_and_served(void **state)
{
    (void)state;
    enum { MANY = 1000 };
    static event_t event[2 * MANY];
    const target_t target = target_of("4");
    for (uint32_t i = 0; i < MANY; ++i) {
        event[i] = (event_t){.packet = i + 1, .slot = i, .amount = 4 * i + 1};
        event[MANY + i] = (event_t){.packet = MANY, .slot = i};
    }
    const trace_t trace = {.event = event, .events = 2 * MANY, .slots = MANY};
    size_class_t class[CLASSES_MOST];
    size_t bytes = 0;
    demand_t demand;
    assert_true(classes_measure(&demand, &trace, target.alignment));
    assert_true(demand.rounded);
    const size_t classes = classes_choose(&demand, 8, &target, 4, class, &bytes);
    assert_int_equal(fit_classes(&trace, class, classes).failures, 0);
    classes_free(&demand);
}

/* --- heaps and pools -------------------------------------------------------------------------- */

static void the_least_heap_serves_and_a_step_less_does_not(void **state)
{
    (void)state;
    event_t event[EVENTS + SLOTS];
    for (unsigned round = 0; round < TRACES / 20; ++round) {
        const target_t target = target_of(round % 2 == 0 ? "4" : "8");
        const trace_t trace =
            trace_of(event, random_trace(event, 1 + pick(SIZES), round % 7 == 0 ? 20000 : 900));
        for (int kind = 0; kind < HEAP_KINDS; ++kind) {
            replayed_t below;
            const size_t bytes = fit_heap_least(&trace, &target, (heap_kind_t)kind, 12, &below);
            assert_true(bytes > 0);
            assert_int_equal(fit_heap(&trace, &target, (heap_kind_t)kind, bytes, 12).failures, 0);
            assert_true(below.ok);
            assert_in_range(below.packet, 1, EVENTS);
        }
    }
}

/* A device's heap of up to 64 KiB has headers of 4 bytes, a larger one of 8, whatever the host's has. */
static void cisterns_heap_has_the_headers_of_the_target(void **state)
{
    (void)state;
    enum { MANY = 1000, FEW = 10 };
    static event_t event[MANY];
    for (uint32_t i = 0; i < MANY; ++i) {
        event[i] = (event_t){.packet = i + 1, .slot = i, .amount = 100};
    }
    const target_t targets[] = {target_of("4"), target_of("8")};
    for (size_t i = 0; i < 2; ++i) {
        const size_t align = targets[i].alignment;
        const trace_t few = {.event = event, .events = FEW, .slots = FEW};
        const trace_t many = {.event = event, .events = MANY, .slots = MANY};
        replayed_t below;
        const size_t least = fit_heap_least(&few, &targets[i], HEAP_CISTERN, 12, &below);
        const size_t least_wide = fit_heap_least(&many, &targets[i], HEAP_CISTERN, 12, &below);
        const size_t narrow = (100 + 4 + align - 1) / align * align;
        const size_t wide = (100 + 8 + align - 1) / align * align;
        assert_in_range(least, FEW * narrow - 2 * align, FEW * narrow);
        assert_in_range(least_wide, MANY * wide - 2 * align, MANY * wide);
    }
}

/* Three blocks of 100, the middle one freed; lwIP's header is 8 bytes on a 32-bit target. */
static void lwips_heap_takes_the_lowest_hole_that_fits_and_splits_it(void **state)
{
    (void)state;
    const target_t target = target_of("4");
    event_t event[] = {
        {.packet = 1, .slot = 0, .amount = 100}, {.packet = 2, .slot = 1, .amount = 100},
        {.packet = 3, .slot = 2, .amount = 100}, {.packet = 4, .slot = 1, .amount = 0},
        {.packet = 5, .slot = 3, .amount = 40},  {.packet = 6, .slot = 4, .amount = 52},
        {.packet = 7, .slot = 5, .amount = 12},
    };
    const trace_t trace = {.event = event, .events = 7, .slots = 6};
    replayed_t below;
    assert_int_equal(fit_heap_least(&trace, &target, HEAP_LWIP, 12, &below), 3 * 108 + 20);
    assert_int_equal(below.packet, 7);
}

static void a_pool_of_the_peak_serves_and_one_less_names_the_packet(void **state)
{
    (void)state;
    const event_t event[] = {
        {.packet = 3, .slot = 0, .amount = 2},
        {.packet = 5, .slot = 2, .amount = 3},
        {.packet = 6, .slot = 0, .amount = 0},
        {.packet = 7, .slot = 3, .amount = 1},
    };
    const trace_t trace = {.event = event, .events = 4, .slots = 4};
    assert_int_equal(fit_pool(&trace, 5).failures, 0);
    assert_int_equal(fit_pool(&trace, 4).failures, 1);
    assert_int_equal(fit_pool(&trace, 4).packet, 5);
    assert_int_equal(fit_pool(&trace, 0).packet, 3);
}

/* More events than the memory of a spool holds: takes of 1, 2, 3 ... bytes, up to 200 at once. */
static void events_in_a_file_replay_as_those_in_memory_do(void **state)
{
    enum { TAKES = 200000, AT_ONCE = 200 };
    (void)state;
    const target_t target = target_of("4");
    static hold_t hold[AT_ONCE];
    ledger_t ledger;
    ledger_init(&ledger, &target);
    for (int i = 0; i < TAKES; ++i) {
        const int64_t bytes = 1 + i % 97;
        ledger_advance(&ledger, (uint64_t)i + 1, (uint64_t)i);
        ledger_give(&ledger, hold[i % AT_ONCE]);
        hold[i % AT_ONCE] = ledger_take(&ledger, RESOURCE_HEAP, bytes, bytes, CAUSE_SENT);
        if (i % 3 == 1) {
            ledger_join(&ledger);
        } else {
            ledger_touch(&ledger, RESOURCE_HEAP, 8, 8, CAUSE_CONTROL);
        }
    }
    ledger_clear(&ledger);
    const trace_t kept = trace_of_ledger(&ledger, RESOURCE_HEAP);
    const events_t *const events = &ledger.events[RESOURCE_HEAP];
    assert_true(ledger.spool.opened);
    assert_in_range(events->count, 2 * TAKES, 4 * TAKES);
    event_t *const all = malloc(events->count * sizeof *all);
    event_reader_t reader = reader_open(&kept);
    size_t count = 0;
    for (const event_t *event = NULL; (event = reader_next(&reader)) != NULL; ++count) {
        all[count] = *event;
        all[count].moment = 0;
        assert_true(event->part != PART_FIRST || event[1].part == PART_SECOND);
    }
    assert_true(reader_close(&reader));
    assert_int_equal(count, events->count);
    const trace_t plain = {.event = all, .events = count, .slots = ledger.slots};
    for (size_t bytes = 11000; bytes < 13000; bytes += 500) {
        const replayed_t a = fit_heap(&kept, &target, HEAP_LWIP, bytes, 12);
        const replayed_t b = fit_heap(&plain, &target, HEAP_LWIP, bytes, 12);
        assert_int_equal(a.packet, b.packet);
        assert_int_equal(a.bytes, b.bytes);
    }
    demand_t first;
    demand_t second;
    assert_true(classes_measure(&first, &kept, 4) && classes_measure(&second, &plain, 4));
    assert_int_equal(first.sizes, second.sizes);
    assert_memory_equal(first.peak, second.peak, first.sizes * first.sizes * sizeof *first.peak);
    classes_free(&first);
    classes_free(&second);
    free(all);
    ledger_free(&ledger);
}

/* --- survey ----------------------------------------------------------------------------------- */

/* Some parts have numbers that need all their bytes, others have none; packets also go back. */
static void events_come_back_from_the_spool_as_they_were(void **state)
{
    enum { KEPT = 40 * EVENTS_CHUNK };
    static event_t all[KEPT];
    static const unsigned largest[] = {200, 65535, 65536, 1000000};
    (void)state;
    events_t events = {.tail = NULL};
    spool_t spool = {.memory = NULL};
    uint32_t packet = 50000000;
    unsigned packed = 0;
    for (size_t i = 0; i < KEPT; ++i) {
        const unsigned most = largest[i / (4 * EVENTS_CHUNK) % 4];
        packet += pick(most / 2 + 1) - most / 4;
        all[i] = (event_t){.packet = packet,
                           .slot = pick(most + 1),
                           .amount = 1 + pick(most),
                           .cause = (uint8_t)pick(CAUSE_COUNT),
                           .trims = (uint8_t)pick(2)};
        assert_non_null(events_add(&events, &spool, all[i]));
        if (i > 0 && all[i - 1].part == PART_NONE && pick(7) == 0) {
            events_join(&events);
            all[i - 1].part = PART_FIRST;
            all[i].part = PART_SECOND;
        }
    }
    for (size_t i = 0; i < events.chunks; ++i) {
        packed += events.chunk[i].packed ? 1U : 0U;
    }
    assert_in_range(packed, 10, events.chunks - 10);
    const trace_t trace = trace_of_events(&events, &spool, 1);
    event_reader_t reader = reader_open(&trace);
    for (size_t i = 0; i < KEPT; ++i) {
        const event_t *const event = reader_next_whole(&reader);
        assert_memory_equal(event, &all[i], sizeof *event);
    }
    assert_null(reader_next_whole(&reader));
    assert_true(reader_close(&reader));
    events_free(&events);
    spool_free(&spool);
}

static void put_big(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; ++i) {
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

/* More pages than stay in memory, and more bytes than the memory of a spool. */
static void elements_of_pages_are_what_was_written_last(void **state)
{
    enum { ELEMENTS = 6 * PAGE_ELEMENTS * PAGES_IN_MEMORY + 5, CHANGES = 20000 };
    typedef struct element {
        uint32_t value;
        uint8_t more[296];
    } element_t;
    static uint32_t expected[ELEMENTS];
    (void)state;
    pages_t pages = {.size = sizeof(element_t)};
    for (uint32_t i = 0; i < ELEMENTS; ++i) {
        element_t *const element = pages_add(&pages);
        assert_non_null(element);
        assert_int_equal(element->value, 0);
        assert_int_equal(element->more[295], 0);
        element->value = expected[i] = i;
        element->more[295] = (uint8_t)i;
    }
    for (unsigned i = 0; i < CHANGES; ++i) {
        const size_t index = pick(ELEMENTS);
        const element_t *const element = pages_read(&pages, index);
        assert_int_equal(element->value, expected[index]);
        assert_int_equal(element->more[295], (uint8_t)index);
        const size_t other = pick(ELEMENTS);
        ((element_t *)pages_change(&pages, other))->value = expected[other] = pick(100000);
    }
    assert_true(pages.spool.opened);
    assert_int_equal(pages.count, ELEMENTS);
    pages_free(&pages);
}

/* Connections between few ends, ports used again, in two files; the later reading leaves those of some
 * ends out. */
static void a_later_reading_numbers_connections_as_the_first_did(void **state)
{
    enum { PACKETS = 20000, ENDS = 5 };
    static size_t number[PACKETS];
    (void)state;
    connections_t first = {.connection = NULL};
    connections_again_t again;
    for (int reading = 0; reading < 2; ++reading) {
        state_of_random = 7;
        if (reading == 1) {
            assert_true(connections_open_again(&again, &first));
        }
        for (int i = 0; i < PACKETS; ++i) {
            const unsigned a = pick(ENDS);
            const unsigned b = pick(ENDS);
            const bool syn = pick(4) == 0;
            const parsed_t parsed = {.source = {4, {10, 0, 0, (uint8_t)a}},
                                     .destination = {4, {10, 0, 0, (uint8_t)b}},
                                     .source_port = (uint16_t)(1000 + a),
                                     .destination_port = (uint16_t)(1000 + b),
                                     .sequence = pick(3),
                                     .flags = syn ? TCP_SYN : TCP_ACK};
            const int file = i < PACKETS / 2 ? 0 : 1;
            int side = 2;
            if (reading == 0) {
                number[i] = connections_find(&first, &parsed, file, &side);
            } else if ((a + b) % 3 != 0) {
                assert_int_equal(connections_find_again(&again, &parsed, file, &side), number[i]);
            }
        }
    }
    assert_in_range(first.connections, 1000, PACKETS);
    connections_free(&first);
    connections_free_again(&again);
}

/* A TCP segment from 10.0.0.`from`, port `from`, as a record of a capture of raw IP. */
static void write_segment(FILE *file, uint8_t from, uint32_t second, uint32_t sequence,
                          uint32_t acknowledged, uint32_t data)
{
    uint8_t packet[40 + 100] = {0x45, [8] = 64, [9] = 6, [12] = 10, [16] = 10};
    const uint32_t record[4] = {second, from, 40 + data, 40 + data};
    packet[3] = (uint8_t)(40 + data);
    packet[15] = from;
    packet[19] = (uint8_t)(3 - from);
    packet[21] = from;
    packet[23] = (uint8_t)(3 - from);
    put_big(packet + 24, sequence);
    put_big(packet + 28, acknowledged);
    packet[32] = 0x50;
    packet[33] = 0x10;
    packet[34] = 0x20;
    fwrite(record, sizeof record, 1, file);
    fwrite(packet, 40 + data, 1, file);
}

/* Requests of 100 bytes, a second apart: each is a burst, and most of them go to the spool. */
static void every_burst_of_a_long_connection_is_found_again(void **state)
{
    enum { REQUESTS = 4 * SURVEY_BURSTS + 10 };
    static const uint32_t header[6] = {0xa1b2c3d4U, 4U << 16 | 2U, 0, 0, 65535, 101};
    char name[] = "/tmp/cistern-bursts-XXXXXX";
    char *names[] = {name};
    (void)state;
    FILE *const file = fdopen(mkstemp(name), "wb");
    fwrite(header, sizeof header, 1, file);
    for (uint32_t i = 0; i < REQUESTS; ++i) {
        write_segment(file, 1, 10 + i, 1000 + 100 * i, 1, 100);
        write_segment(file, 2, 10 + i, 1, 1100 + 100 * i, 0);
    }
    fclose(file);
    traffic_t traffic;
    survey_t survey;
    assert_true(traffic_open(&traffic, names, 1, NULL));
    assert_true(survey_read(&survey, &traffic));
    assert_int_equal(survey.detail.count, 1);
    const survey_side_t *const side = &survey_connection(&survey, 0)->side[0];
    assert_true(side->parts >= 3);
    burst_cursor_t cursor = {.part = NULL};
    bool failed = false;
    uint32_t expected = 1100;
    const uint32_t *end = NULL;
    while ((end = survey_burst(&survey, side, &cursor, &failed)) != NULL) {
        assert_int_equal(*end, expected);
        expected += 100;
        ++cursor.at;
    }
    assert_false(failed);
    assert_int_equal(expected, 1100 + 100 * REQUESTS);
    survey_free(&survey);
    traffic_close(&traffic);
    remove(name);
}

/* --- ledger ----------------------------------------------------------------------------------- */

static void a_hold_counts_until_it_is_given_back_and_stale_handles_do_nothing(void **state)
{
    (void)state;
    const target_t target = target_of("4");
    ledger_t ledger;
    ledger_init(&ledger, &target);
    ledger_advance(&ledger, 1, 100);
    const hold_t certain = ledger_take(&ledger, RESOURCE_TCP_SEG, 1, 1, CAUSE_UNACKED);
    const hold_t possible = ledger_take(&ledger, RESOURCE_TCP_SEG, 0, 1, CAUSE_UNSENT);
    assert_int_equal(ledger.level[RESOURCE_TCP_SEG].least, 1);
    assert_int_equal(ledger.level[RESOURCE_TCP_SEG].most, 2);
    ledger_give(&ledger, certain);
    ledger_give(&ledger, certain);
    ledger_doubt(&ledger, certain);
    assert_int_equal(ledger.level[RESOURCE_TCP_SEG].least, 0);
    assert_int_equal(ledger.level[RESOURCE_TCP_SEG].most, 1);
    ledger_ensure(&ledger, possible, 5, CAUSE_UNACKED);
    assert_int_equal(ledger.level[RESOURCE_TCP_SEG].least, 1);
    ledger_clear(&ledger);
    assert_int_equal(ledger.level[RESOURCE_TCP_SEG].most, 0);
    assert_int_equal(ledger.level[RESOURCE_TCP_SEG].peak_most.amount, 2);
    ledger_free(&ledger);
}

static void timers_give_back_in_order_of_time_and_stand_between_packets(void **state)
{
    (void)state;
    const target_t target = target_of("4");
    ledger_t ledger;
    ledger_init(&ledger, &target);
    ledger_advance(&ledger, 1, 100);
    for (unsigned i = 0; i < 50; ++i) {
        const hold_t hold = ledger_take(&ledger, RESOURCE_PBUF_POOL, 1, 1, CAUSE_RECEIVED);
        ledger_doubt_at(&ledger, hold, 200 + i * 7 % 50);
        ledger_give_at(&ledger, hold, 300 + i * 11 % 50);
    }
    ledger_settle(&ledger);
    ledger_advance(&ledger, 2, 199);
    assert_int_equal(ledger.level[RESOURCE_PBUF_POOL].standing_least, 50);
    ledger_advance(&ledger, 2, 299);
    assert_int_equal(ledger.level[RESOURCE_PBUF_POOL].standing_least, 0);
    assert_int_equal(ledger.level[RESOURCE_PBUF_POOL].most, 50);
    ledger_advance(&ledger, 2, 324);
    assert_int_equal(ledger.level[RESOURCE_PBUF_POOL].most, 25);
    assert_int_equal(ledger.level[RESOURCE_PBUF_POOL].standing_most, 50);
    ledger_advance(&ledger, 2, 400);
    assert_int_equal(ledger.level[RESOURCE_PBUF_POOL].most, 0);
    ledger_free(&ledger);
}

/* Two ledgers, one with a queue for what is given in turn: the same levels at all times. */
static void what_is_given_in_turn_goes_when_a_timer_would_give_it(void **state)
{
    enum { STEPS = 20000, SERVICE = 40 };
    (void)state;
    const target_t target = target_of("4");
    ledger_t ledger[2];
    uint64_t turn = 0;
    ledger_init(&ledger[0], &target);
    ledger_init(&ledger[1], &target);
    for (uint64_t time = 0; time < STEPS; time += pick(12)) {
        const unsigned later = pick(100);
        const bool early = pick(5) == 0;
        turn = (turn > time ? turn : time) + pick(SERVICE) / 4;
        for (int i = 0; i < 2; ++i) {
            ledger_t *const own = &ledger[i];
            ledger_advance(own, time, time);
            const hold_t hold = ledger_take(own, RESOURCE_PBUF_POOL, 0, 1, CAUSE_RECEIVED);
            (i == 0 ? ledger_give_at : ledger_give_in_turn)(own, hold, turn);
            ledger_give_at(own, ledger_take(own, RESOURCE_TCP_PCB, 1, 1, CAUSE_CONNECTION),
                           time + later);
            if (early) {
                ledger_give(own, hold);
            }
        }
        assert_memory_equal(ledger[0].level, ledger[1].level, sizeof ledger[0].level);
    }
    assert_in_range(ledger[1].turn_room, 1, 64);
    ledger_clear(&ledger[1]);
    assert_int_equal(ledger[1].level[RESOURCE_PBUF_POOL].most, 0);
    ledger_free(&ledger[0]);
    ledger_free(&ledger[1]);
}

/* --- options ---------------------------------------------------------------------------------- */

/* Reads a text as lwipopts.h; false if it is refused. */
static bool read_text(const char *text, lwip_options_t *options)
{
    char name[] = "/tmp/cistern-opts-XXXXXX";
    const int file = mkstemp(name);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
    lwip_options_defaults(options);
    const bool ok = lwip_options_read(options, name, "cc");
    unlink(name);
    return ok;
}

static void options_have_lwips_defaults_and_follow_each_other(void **state)
{
    (void)state;
    lwip_options_t options;
    lwip_options_defaults(&options);
    assert_int_equal(options.value[OPTION_TCP_WND], 4 * 536);
    assert_int_equal(options.value[OPTION_TCP_SND_QUEUELEN], 8);
    assert_int_equal(options.value[OPTION_PBUF_POOL_BUFSIZE], 536 + 54);
    lwip_options_observe(&options, OPTION_TCP_MSS, 1460, OPTION_CAPTURE);
    assert_int_equal(options.value[OPTION_TCP_WND], 5840);
    assert_int_equal(options.value[OPTION_TCP_SNDLOWAT], 2919);
}

static void a_real_options_file_is_read_as_a_compiler_reads_it(void **state)
{
    (void)state;
    lwip_options_t options;
    assert_true(read_text("#define BOARD 3\n"
                          "#if BOARD > 2 && defined(BOARD)\n"
                          "#define TCP_MSS (1500 - 40)\n"
                          "#else\n"
                          "#define TCP_MSS 536\n"
                          "#endif\n"
                          "#define TCP_WND ((u16_t)(4UL * TCP_MSS))\n"
                          "#define MEM_SIZE (0x4 << 10) /* 4 KiB */\n"
                          "#define MEMP_NUM_TCP_SEG (BOARD == 3 ? TCP_SND_QUEUELEN : 1)\n"
                          "#define PBUF_POOL_SIZE LWIP_MAX(TCP_WND / TCP_MSS, 3) + 1\n"
                          "#define NO_SYS\n",
                          &options));
    assert_int_equal(options.value[OPTION_TCP_MSS], 1460);
    assert_int_equal(options.value[OPTION_TCP_WND], 5840);
    assert_int_equal(options.value[OPTION_MEM_SIZE], 4096);
    assert_int_equal(options.value[OPTION_MEMP_NUM_TCP_SEG], 8);
    assert_int_equal(options.value[OPTION_PBUF_POOL_SIZE], 5);
    assert_int_equal(options.value[OPTION_NO_SYS], 0);
    assert_int_equal(options.source[OPTION_TCP_MSS], OPTION_FILE);
    assert_int_equal(options.source[OPTION_TCP_SND_BUF], OPTION_DEFAULT);
    lwip_options_observe(&options, OPTION_TCP_MSS, 100, OPTION_CAPTURE);
    assert_int_equal(options.value[OPTION_TCP_MSS], 1460);
}

/* Names that no lwipopts.h defines, but that real ones refer to. */
static void names_that_lwips_own_headers_define_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        lwip_option_t option;
        int64_t value;
    } known[] = {
        {"#define MEMP_NUM_SYS_TIMEOUT (LWIP_NUM_SYS_TIMEOUT_INTERNAL + 4)\n",
         OPTION_MEMP_NUM_SYS_TIMEOUT, 7},
        {"#define LWIP_DHCP 1\n#define LWIP_IPV6 1\n"
         "#define MEMP_NUM_SYS_TIMEOUT (LWIP_NUM_SYS_TIMEOUT_INTERNAL + (PPP_SUPPORT * 6))\n",
         OPTION_MEMP_NUM_SYS_TIMEOUT, 8},
        {"#define MEMP_NUM_TCP_SEG TCP_SND_QUEUELEN\n#define TCP_SND_BUF (6 * TCP_MSS)\n",
         OPTION_MEMP_NUM_TCP_SEG, 24},
        {"#define LWIP_IPV6 1\n#define PBUF_POOL_BUFSIZE (TCP_MSS + PBUF_LINK_HLEN + "
         "PBUF_LINK_ENCAPSULATION_HLEN + PBUF_IP_HLEN + PBUF_TRANSPORT_HLEN)\n",
         OPTION_PBUF_POOL_BUFSIZE, 536 + 14 + 40 + 20},
        {"#define ETH_PAD_SIZE 2\n#define TCP_MSS (1518 - SIZEOF_ETH_HDR - IP_HLEN - TCP_HLEN)\n",
         OPTION_TCP_MSS, 1462},
        {"#define MEM_ALIGNMENT 4\n#define MEM_SIZE LWIP_MEM_ALIGN_BUFFER(1001)\n", OPTION_MEM_SIZE,
         1004},
        {"#include \"lwip/arch.h\"\n#include \"lwip/debug.h\"\n#define MEM_SIZE 5\n",
         OPTION_MEM_SIZE, 5},
        {"#define MEM_SIZE ((u16_t)-1 - (uint8_t)(256 + 3))\n", OPTION_MEM_SIZE, 65532},
        {"#define MEM_SIZE (20 * sizeof(u32_t))\n", OPTION_MEM_SIZE, 80},
        {"#define MEM_SIZE ((unsigned long)(4UL * 1024))\n", OPTION_MEM_SIZE, 4096},
        {"#define TCP_WND LWIP_MIN(20 * TCP_MSS, UINT16_MAX)\n", OPTION_TCP_WND, 10720},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i) {
        lwip_options_t options;
        assert_true(read_text(known[i].text, &options));
        assert_int_equal(options.value[known[i].option], known[i].value);
    }
}

static void options_that_are_no_number_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "#define TCP_MSS sizeof(int)\n",
        "#define TCP_MSS TCP_WND\n",
        "#define TCP_MSS 1/0\n",
        "#define TCP_MSS -1\n",
        "#define MEM_SIZE 99999999999999999999\n",
        "#define MEM_SIZE 1 << 63\n",
        "#define MEM_SIZE 12 34\n",
        "#define MEM_SIZE ((((\n",
        "#define MEM_SIZE 1.5\n",
        "#include \"missing.h\"\n",
        "#error no\n",
        "#define MEM_SIZE 9223372036854775807 + 1\n",
        "#define MEM_SIZE 2147483647 << 40\n",
        "#define MEM_SIZE -(-9223372036854775807 - 1)\n",
        "#define MEM_SIZE LWIP_MEM_ALIGN_BUFFER(-9223372036854775807 - 1)\n",
        "#define MEM_SIZE LWIP_MEM_ALIGN_SIZE(TCP_NAME)\n",
        "#define MEM_SIZE LWIP_MIN(1, 2, 3)\n",
    };
    lwip_options_t options;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
        if (read_text(texts[i], &options)) {
            fail_msg("accepted: %s", texts[i]);
        }
    }
}

/* Sizes of a real build of lwIP 2.1.3 for 32 and 64 bits, with its defaults and LWIP_RAW,
 * LWIP_IGMP, LWIP_DHCP and LWIP_IPV6 on. */
static void struct_sizes_are_those_of_the_target(void **state)
{
    (void)state;
    static const struct {
        resource_t resource;
        size_t size[2];
    } known[] = {
        {RESOURCE_TCP_SEG, {16, 32}},        {RESOURCE_TCP_PCB, {200, 256}},
        {RESOURCE_TCP_PCB_LISTEN, {72, 88}}, {RESOURCE_UDP_PCB, {80, 96}},
        {RESOURCE_RAW_PCB, {72, 96}},        {RESOURCE_PBUF, {16, 24}},
        {RESOURCE_REASSDATA, {32, 40}},      {RESOURCE_IP6_REASSDATA, {32, 48}},
        {RESOURCE_FRAG_PBUF, {24, 40}},      {RESOURCE_IGMP_GROUP, {16, 24}},
        {RESOURCE_MLD6_GROUP, {32, 40}},     {RESOURCE_NETBUF, {36, 48}},
        {RESOURCE_NETCONN, {44, 72}},        {RESOURCE_TCPIP_MSG_INPKT, {16, 32}},
    };
    lwip_options_t options;
    assert_true(read_text("#define LWIP_RAW 1\n#define LWIP_IGMP 1\n#define LWIP_DHCP 1\n"
                          "#define LWIP_IPV6 1\n",
                          &options));
    for (int i = 0; i < 2; ++i) {
        target_t target;
        target_init(&target, i == 0 ? 32 : 64, &options);
        for (size_t j = 0; j < sizeof known / sizeof known[0]; ++j) {
            assert_int_equal(target.size[known[j].resource], known[j].size[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_the_best_of_all_sets_and_serve_without_failure),
        cmocka_unit_test(one_element_less_of_any_class_fails_at_a_packet),
        cmocka_unit_test(merged_demands_choose_what_both_traces_need),
        cmocka_unit_test(more_sizes_than_can_be_distinguished_are_rounded_up_and_served),
        cmocka_unit_test(the_least_heap_serves_and_a_step_less_does_not),
        cmocka_unit_test(cisterns_heap_has_the_headers_of_the_target),
        cmocka_unit_test(lwips_heap_takes_the_lowest_hole_that_fits_and_splits_it),
        cmocka_unit_test(every_burst_of_a_long_connection_is_found_again),
        cmocka_unit_test(events_in_a_file_replay_as_those_in_memory_do),
        cmocka_unit_test(events_come_back_from_the_spool_as_they_were),
        cmocka_unit_test(what_is_given_in_turn_goes_when_a_timer_would_give_it),
        cmocka_unit_test(elements_of_pages_are_what_was_written_last),
        cmocka_unit_test(a_later_reading_numbers_connections_as_the_first_did),
        cmocka_unit_test(a_pool_of_the_peak_serves_and_one_less_names_the_packet),
        cmocka_unit_test(a_hold_counts_until_it_is_given_back_and_stale_handles_do_nothing),
        cmocka_unit_test(timers_give_back_in_order_of_time_and_stand_between_packets),
        cmocka_unit_test(options_have_lwips_defaults_and_follow_each_other),
        cmocka_unit_test(a_real_options_file_is_read_as_a_compiler_reads_it),
        cmocka_unit_test(names_that_lwips_own_headers_define_are_known),
        cmocka_unit_test(options_that_are_no_number_are_refused),
        cmocka_unit_test(struct_sizes_are_those_of_the_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
