/* SPDX-License-Identifier: BSD-3-Clause */
/* `cistern size --report`: what is recorded for the page, and the file as it is written. How a
 * browser shows it is page_test.py's to say. */
#define _GNU_SOURCE /* memmem, under any -std */
#include "support.h"

#include <sys/stat.h>

#include "report_heap.h"
#include "report_pack.h"
#include "report_record.h"

#include "tool/program.h"

/* --- packed numbers -------------------------------------------------------------------------- */

/* Decodes base64 and 7 bits a byte, as the page does. */
static size_t unpack(const char *text, uint64_t *number, size_t room)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    unsigned have = 0;
    unsigned shift = 0;
    size_t count = 0;
    number[0] = 0;
    for (; *text != '\0' && *text != '='; ++text) {
        bits = bits << 6 | (uint32_t)(strchr(digit, *text) - digit);
        have += 6;
        if (have < 8) {
            continue;
        }
        have -= 8;
        const uint64_t byte = bits >> have & 255U;
        number[count] |= (byte & 127U) << shift;
        shift += 7;
        if (byte < 128) {
            assert_in_range(++count, 1, room - 1);
            number[count] = 0;
            shift = 0;
        }
    }
    return count;
}

static void packed_numbers_are_read_back(void **state)
{
    (void)state;
    static const int64_t numbers[] = {0,      1,         -1,        63,           64,    -64,
                                      -65,    127,       128,       16383,        16384, INT32_MAX,
                                      -70000, INT64_MAX, INT64_MIN, 1234567890123};
    enum { COUNT = sizeof numbers / sizeof numbers[0] };
    uint64_t read[2 * COUNT + 2];
    for (size_t used = 0; used <= COUNT; ++used) { /* every length of the last three bytes */
        pack_t pack = {.byte = NULL};
        for (size_t i = 0; i < used; ++i) {
            pack_signed(&pack, numbers[i]);
            pack_number(&pack, (uint64_t)numbers[i]);
        }
        json_t *const string = pack_end(&pack);
        assert_int_equal(unpack(json_string_value(string), read, 2 * COUNT + 2), 2 * used);
        for (size_t i = 0; i < used; ++i) {
            const uint64_t doubled = read[2 * i];
            const int64_t value = (int64_t)(doubled & 1U ? ~(doubled >> 1) : doubled >> 1);
            assert_true(value == numbers[i]);
            assert_true(read[2 * i + 1] == (uint64_t)numbers[i]);
        }
        json_decref(string);
    }
}

/* --- the record ------------------------------------------------------------------------------ */

typedef struct fixture {
    target_t target;
    ledger_t ledger;
    record_t record;
} fixture_t;

static void open_fixture(fixture_t *fixture)
{
    *fixture = (fixture_t){.target = {.pointer = 4, .alignment = 4, .heap_header = 8}};
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        fixture->target.size[i] = 10;
    }
    fixture->target.size[RESOURCE_HEAP] = 1;
    ledger_init(&fixture->ledger, &fixture->target);
    fixture->ledger.watch = record_change;
    fixture->ledger.watcher = &fixture->record;
}

static void close_fixture(fixture_t *fixture)
{
    assert_false(fixture->record.short_of_memory);
    ledger_free(&fixture->ledger);
    record_free(&fixture->record);
}

static const record_point_t *last_point(const record_curve_t *curve)
{
    assert_in_range(curve->points, 1, RECORD_POINTS);
    return &curve->point[curve->points - 1];
}

static void a_curve_follows_least_and_most_at_their_times(void **state)
{
    (void)state;
    fixture_t fixture;
    open_fixture(&fixture);
    ledger_t *const ledger = &fixture.ledger;
    const record_curve_t *const curve = &fixture.record.curve[RESOURCE_TCP_SEG];
    ledger_advance(ledger, 1, 100);
    const hold_t a = ledger_take(ledger, RESOURCE_TCP_SEG, 1, 3, CAUSE_UNACKED);
    ledger_touch(ledger, RESOURCE_TCP_SEG, 2, 2, CAUSE_CONTROL);
    ledger_give_at(ledger, a, 250);
    ledger_advance(ledger, 2, 300);
    assert_int_equal(curve->points, 4); /* taken, the highest of the moment, its end, given */
    assert_int_equal(curve->point[1].most, 5);
    assert_int_equal(curve->point[1].least, 3);
    assert_int_equal(curve->point[2].most, 3);
    assert_int_equal(last_point(curve)->most, 0);
    assert_int_equal(last_point(curve)->time, 250);
    assert_int_equal(fixture.record.curve[RESOURCE_COUNT].point[1].most, 50);
    close_fixture(&fixture);
}

/* More changes than points: as many stay as fit, the highest and the lowest among them. */
static void a_long_curve_is_thinned_and_keeps_its_peak(void **state)
{
    (void)state;
    fixture_t fixture;
    open_fixture(&fixture);
    ledger_t *const ledger = &fixture.ledger;
    const record_curve_t *const curve = &fixture.record.curve[RESOURCE_PBUF_POOL];
    const uint64_t peak_at = 54321;
    for (uint64_t i = 1; i <= RECORD_POINTS; ++i) {
        ledger_advance(ledger, i, 10 * i);
        const int64_t amount = i == peak_at ? 9 : 1 + (int64_t)(i % 3);
        const hold_t hold = ledger_take(ledger, RESOURCE_PBUF_POOL, amount, amount, CAUSE_RECEIVED);
        ledger_give_at(ledger, hold, 10 * i + 5);
    }
    assert_int_equal(curve->changes, 2 * RECORD_POINTS - 1);
    assert_in_range(curve->points, RECORD_POINTS / 3, RECORD_POINTS);
    size_t peaks = 0;
    for (size_t i = 0; i < curve->points; ++i) {
        assert_true(i == 0 || (curve->point[i].time >= curve->point[i - 1].time &&
                               curve->point[i].packet >= curve->point[i - 1].packet));
        peaks += curve->point[i].most == 9 && curve->point[i].packet == peak_at;
    }
    assert_int_equal(peaks, 1);
    assert_int_equal(last_point(curve)->packet, RECORD_POINTS);
    close_fixture(&fixture);
}

static void shares_and_causes_are_those_of_the_highest_moment(void **state)
{
    (void)state;
    fixture_t fixture;
    open_fixture(&fixture);
    ledger_t *const ledger = &fixture.ledger;
    const record_t *const record = &fixture.record;
    ledger_advance(ledger, 1, 100);
    ledger->connection = 1;
    const hold_t one = ledger_take(ledger, RESOURCE_TCP_SEG, 0, 2, CAUSE_UNSENT);
    ledger->connection = 2;
    const hold_t two = ledger_take(ledger, RESOURCE_TCP_SEG, 5, 5, CAUSE_UNACKED);
    ledger_ensure(ledger, one, 2, CAUSE_UNACKED); /* afterwards: the peak was before */
    ledger_give(ledger, two);
    ledger->connection = 1;
    const hold_t three = ledger_take(ledger, RESOURCE_TCP_SEG, 4, 4, CAUSE_UNACKED);
    ledger_give(ledger, three);
    ledger_give(ledger, one);
    const int share = 1;
    assert_int_equal(record_share_resource(share), RESOURCE_TCP_SEG);
    assert_int_equal(record->shares, 3);
    assert_int_equal(record->share[1].peak[share], 2);
    assert_int_equal(record->share[1].most[share], 6);
    assert_int_equal(record->share[2].peak[share], 5);
    assert_int_equal(record->share[1].now[share] + record->share[2].now[share], 0);
    assert_int_equal(record->cause_peak[RESOURCE_TCP_SEG][CAUSE_UNSENT], 2);
    assert_int_equal(record->cause_peak[RESOURCE_TCP_SEG][CAUSE_UNACKED], 5);
    close_fixture(&fixture);
}

/* A frame is no connection's until its data is a connection's. */
static void a_hold_that_is_passed_on_counts_for_its_new_connection(void **state)
{
    (void)state;
    fixture_t fixture;
    open_fixture(&fixture);
    ledger_t *const ledger = &fixture.ledger;
    ledger_advance(ledger, 1, 100);
    const hold_t frame = ledger_take(ledger, RESOURCE_PBUF_POOL, 3, 3, CAUSE_RECEIVED);
    ledger->connection = 1;
    ledger_pass(ledger, frame, CAUSE_UNREAD);
    assert_int_equal(ledger->level[RESOURCE_PBUF_POOL].most, 3);
    assert_int_equal(fixture.record.share[0].now[0], 0);
    assert_int_equal(fixture.record.share[1].now[0], 3);
    assert_int_equal(fixture.record.cause_now[RESOURCE_PBUF_POOL][CAUSE_UNREAD], 3);
    ledger_give(ledger, frame);
    assert_int_equal(fixture.record.share[1].now[0], 0);
    close_fixture(&fixture);
}

/* Nor does it become another's when it is in doubt while others are at work. */
static void a_hold_in_doubt_stays_with_its_connection(void **state)
{
    (void)state;
    fixture_t fixture;
    open_fixture(&fixture);
    ledger_t *const ledger = &fixture.ledger;
    ledger_advance(ledger, 1, 100);
    ledger->connection = 1;
    const hold_t hold = ledger_take(ledger, RESOURCE_PBUF_POOL, 0, 3, CAUSE_UNREAD);
    ledger->connection = 2;
    ledger_doubt(ledger, hold);
    ledger_ensure(ledger, hold, 0, CAUSE_OUT_OF_ORDER);
    assert_int_equal(fixture.record.share[1].now[0], 3);
    assert_int_equal(fixture.record.cause_now[RESOURCE_PBUF_POOL][CAUSE_OUT_OF_ORDER], 3);
    ledger_give(ledger, hold);
    close_fixture(&fixture);
}

/* A pool that the ledger does not have: a curve of its own, and bytes among those of all. */
static void a_pool_that_the_ledger_does_not_have_counts_among_all(void **state)
{
    (void)state;
    fixture_t fixture;
    open_fixture(&fixture);
    record_t *const record = &fixture.record;
    record_curve_t curve = {.point = NULL};
    ledger_advance(&fixture.ledger, 1, 100);
    const hold_t hold = ledger_take(&fixture.ledger, RESOURCE_TCP_SEG, 1, 2, CAUSE_UNACKED);
    const record_point_t taken = {.time = 150, .packet = 2, .least = 3, .most = 3};
    record_other(record, &curve, &taken, 24);
    ledger_advance(&fixture.ledger, 3, 200);
    ledger_give(&fixture.ledger, hold);
    assert_int_equal(curve.points, 1);
    assert_int_equal(last_point(&curve)->most, 3);
    const record_curve_t *const all = &record->curve[RESOURCE_COUNT];
    assert_int_equal(all->points, 3);
    assert_int_equal(all->point[1].least, 10 + 24);
    assert_int_equal(all->point[1].most, 20 + 24);
    assert_int_equal(all->point[1].time, 150);
    assert_int_equal(last_point(all)->most, 24);
    free(curve.point);
    close_fixture(&fixture);
}

/* --- the heap map ----------------------------------------------------------------------------- */

static uint64_t packet_is_time(const void *context, uint64_t packet)
{
    (void)context;
    return packet;
}

static void live(heap_map_t *map, uint32_t slot, uint32_t from, uint32_t until)
{
    const event_t take = {.packet = from, .slot = slot, .amount = 8, .cause = CAUSE_SENT};
    const event_t give = {.packet = until, .slot = slot};
    heap_map_event(map, &take, slot * 8U, 8);
    heap_map_event(map, &give, slot * 8U, 0);
}

static void a_full_heap_map_leaves_the_shortest_lived_blocks_out(void **state)
{
    (void)state;
    heap_map_t map = {.clock = packet_is_time};
    const uint32_t count = HEAP_BLOCKS + 1000;
    live(&map, 1, 0, 1000000);
    for (uint32_t i = 0; i < count; ++i) {
        live(&map, i % 7, i, i + i % 5);
    }
    assert_false(map.short_of_memory);
    assert_in_range(map.blocks, 1, HEAP_BLOCKS);
    assert_int_equal(map.blocks + map.left_out, count + 1);
    assert_int_equal(map.block[0].until, 1000000);
    assert_in_range(map.shortest, 1, 4);
    for (size_t i = 0; i < map.blocks; ++i) {
        assert_true(map.block[i].until - map.block[i].from >= map.shortest);
    }
    heap_map_free(&map);
}

/* --- the file --------------------------------------------------------------------------------- */

/* The page's text; the caller's. */
static char *page_text(const char *name)
{
    FILE *const file = fopen(path_of(name), "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const size_t length = (size_t)ftell(file);
    rewind(file);
    char *const text = malloc(length + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, length, file), length);
    text[length] = '\0';
    fclose(file);
    return text;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        ++count;
    }
    return count;
}

/* The JSON of a page, which has only ASCII and no '<': nothing in it ends its element. */
static json_t *page_json(const char *name)
{
    static const char open[] = "<script type=\"application/json\" id=\"data\">";
    char *const text = page_text(name);
    char *const start = strstr(text, open) + sizeof open - 1;
    char *const end = strstr(start, "</script>");
    assert_non_null(end);
    assert_int_equal(count_of(text, "</script>"), 3);
    *end = '\0';
    for (const char *at = start; *at != '\0'; ++at) {
        assert_true((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f && *at != '<');
    }
    json_error_t error;
    json_t *const json = json_loads(start, 0, &error);
    assert_non_null(json);
    free(text);
    return json;
}

static void a_page_has_the_result_of_the_command(void **state)
{
    (void)state;
    run("size --json --report out.html " CISTERN_SAMPLES "/http.pcap");
    assert_status(0);
    json_t *const printed = report();
    json_t *const page = page_json("out.html");
    assert_true(json_equal(json_object_get(page, "result"), printed));
    const json_t *const traffic = json_object_get(page, "traffic");
    const json_t *curve = NULL;
    size_t i = 0;
    size_t pools = 0;
    json_array_foreach(json_object_get(traffic, "curves"), i, curve)
    {
        assert_in_range(number(curve, "points", NULL), 1, RECORD_POINTS);
        ++pools;
    }
    assert_in_range(pools, 6, RECORD_CURVES);
    assert_in_range(
        json_array_size(json_object_get(json_object_get(traffic, "connections"), "shown")), 10,
        100);
    assert_in_range(number(traffic, "heap_map", "blocks", NULL), 100, HEAP_BLOCKS);
    assert_int_equal(json_array_size(json_object_get(page, "configurations")), 4);
    json_decref(printed);
    json_decref(page);
}

static void a_configuration_in_the_page_is_what_the_command_prints(void **state)
{
    (void)state;
    run("size --format lwipopts --report out.html " CISTERN_SAMPLES "/mqtt.pcap");
    json_t *const page = page_json("out.html");
    const json_t *const first = json_array_get(json_object_get(page, "configurations"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "text")), last.out);
    json_decref(page);
}

/* Names that would end the element, the line or the encoding, were they not escaped. */
static void hostile_file_names_stay_text(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *pattern; /* for a shell */
        const char *shown;
    } files[] = {
        {"a</script><script>alert(1)<!--.pcap", "a*/*pcap", "a</script><script>alert(1)<!--.pcap"},
        {"b\xe2\x80\xa8 \xe2\x80\xa9.pcap", "b*pcap", "b\xe2\x80\xa8 \xe2\x80\xa9.pcap"},
        {"c\xff\xfe\"'&.pcap", "c*pcap", "c??\"'&.pcap"},
        {"d* ]]> \\u003c.pcap", "d*pcap", "d* ]]> \\u003c.pcap"},
    };
    assert_int_equal(mkdir(path_of("a<"), 0700), 0);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; ++i) {
        char arguments[256];
        assert_int_equal(symlink(CISTERN_SAMPLES "/dns.pcap", path_of(files[i].name)), 0);
        snprintf(arguments, sizeof arguments, "size --report out.html %s", files[i].pattern);
        run(arguments);
        assert_status(0);
        json_t *const page = page_json("out.html");
        const json_t *const names = json_object_get(json_object_get(page, "traffic"), "files");
        const json_t *const name = json_object_get(json_array_get(names, 0), "name");
        assert_string_equal(json_string_value(name), files[i].shown);
        json_decref(page);
    }
}

/* The highest level of a packed curve, and where it is. */
typedef struct highest {
    int64_t amount;
    int64_t packet;
    int64_t last; /* level at the end */
} highest_t;

static int64_t with_sign(uint64_t doubled)
{
    return (int64_t)(doubled & 1U ? ~(doubled >> 1) : doubled >> 1);
}

static highest_t highest_of(const json_t *curve)
{
    static uint64_t read[4096];
    const size_t count =
        unpack(json_string_value(json_object_get(curve, "data")), read, sizeof read / sizeof *read);
    highest_t highest = {.amount = 0};
    int64_t packet = 0;
    assert_int_equal(count, 4 * number(curve, "points", NULL));
    for (size_t i = 0; i < count; i += 4) { /* time, packet, least, most */
        packet += with_sign(read[i + 1]);
        highest.last += with_sign(read[i + 3]);
        if (highest.last > highest.amount) {
            highest.amount = highest.last;
            highest.packet = packet;
        }
    }
    return highest;
}

/* On every processor, of a stream and of a dump of memory: the peak of each curve is the table's. */
static void each_pool_of_a_trace_has_its_curve(void **state)
{
    (void)state;
    static const char *const traces[] = {"i686.ctr", "powerpc-memory.ctr", "s390x.ctr",
                                         "full64.ctr"};
    for (size_t i = 0; i < sizeof traces / sizeof traces[0]; ++i) {
        char arguments[256];
        size_t own = 0;
        size_t k = 0;
        const json_t *pool = NULL;
        snprintf(arguments, sizeof arguments, "size --report out.html %s/%s", CISTERN_TRACES,
                 traces[i]);
        run(arguments);
        json_t *const page = page_json("out.html");
        const json_t *const curves =
            json_object_get(json_object_get(page, "traffic"), "own_curves");
        const json_t *const result = json_object_get(page, "result");
        json_array_foreach(json_object_get(json_object_get(result, "trace"), "pools"), k, pool)
        {
            if (json_is_true(json_object_get(pool, "lwip")) || number(pool, "held", NULL) == 0) {
                continue;
            }
            const json_t *const curve = json_array_get(curves, own++);
            const highest_t highest = highest_of(curve);
            assert_int_equal(number(curve, "pool", NULL), k);
            assert_int_equal(highest.amount, number(pool, "held", NULL));
            assert_int_equal(highest.packet, number(pool, "peak_event", NULL));
            assert_int_equal(highest.last, 0);
        }
        assert_int_equal(own, 2); /* frames and words */
        assert_int_equal(json_array_size(curves), own);
        json_decref(page);
    }
}

/* In bytes: 8 words of 4, 9 frames of 64, 3 elements of 608, and the heap. */
static void the_bytes_of_all_have_those_of_a_trace_too(void **state)
{
    (void)state;
    run("size --report out.html " CISTERN_TRACES "/i686.ctr");
    json_t *const page = page_json("out.html");
    const json_t *const curves = json_object_get(json_object_get(page, "traffic"), "curves");
    const json_t *const all = json_array_get(curves, json_array_size(curves) - 1);
    const json_t *const own = json_object_get(json_object_get(page, "traffic"), "own_curves");
    assert_string_equal(json_string_value(json_object_get(all, "name")), "all");
    assert_int_equal(highest_of(all).amount, 8 * 4 + 9 * 64 + 3 * 608 + 368); /* last round */
    assert_int_equal(highest_of(all).last, 0);
    assert_int_equal(json_array_size(own), 2);
    json_decref(page);
}

/* The names of a dump of memory have no check: these would end their element, or their string. */
static void hostile_names_of_pools_stay_text(void **state)
{
    (void)state;
    static const char hostile[] = "</script><b>\"&'\\*\xff";
    FILE *const file = fopen(CISTERN_TRACES "/i686-memory.ctr", "rb");
    assert_non_null(file);
    static char bytes[1 << 16];
    const size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    char *const name = memmem(bytes, length, "frames", 7);
    assert_non_null(name);
    memcpy(name, hostile, sizeof hostile);
    write_file("hostile.ctr", bytes, length);
    run("size --report out.html hostile.ctr");
    assert_status(0);
    json_t *const page = page_json("out.html");
    const json_t *const trace = json_object_get(json_object_get(page, "result"), "trace");
    const json_t *const pool = json_array_get(json_object_get(trace, "pools"), 3);
    assert_string_equal(json_string_value(json_object_get(pool, "name")), "</script><b>\"&'\\??");
    json_decref(page);
}

static void summaries_and_several_devices_have_no_curves(void **state)
{
    (void)state;
    run("size --summary one.summary " CISTERN_SAMPLES "/http.pcap");
    run("size --report out.html one.summary");
    assert_status(0);
    json_t *page = page_json("out.html");
    assert_true(json_is_null(json_object_get(page, "traffic")));
    json_decref(page);
    run("size --each --report out.html " CISTERN_SAMPLES "/http.pcap " CISTERN_SAMPLES "/dns.pcap");
    assert_status(0);
    page = page_json("out.html");
    assert_true(json_is_null(json_object_get(page, "traffic")));
    json_decref(page);
}

/* The second capture starts where the first ended, whatever the time between them was. */
static void captures_follow_each_other_on_the_axis(void **state)
{
    (void)state;
    json_int_t end[4];
    static const char *const files[] = {CISTERN_SAMPLES "/http.pcap", CISTERN_SAMPLES "/vlan.pcap",
                                        CISTERN_SAMPLES "/http.pcap " CISTERN_SAMPLES "/vlan.pcap",
                                        CISTERN_SAMPLES "/vlan.pcap " CISTERN_SAMPLES "/http.pcap"};
    for (size_t i = 0; i < 4; ++i) {
        char arguments[512];
        snprintf(arguments, sizeof arguments, "size --device 192.0.2.1 --report out.html %s",
                 files[i]);
        run(arguments);
        assert_status(0);
        json_t *const page = page_json("out.html");
        end[i] = number(page, "traffic", "end", NULL);
        size_t k = 0;
        const json_t *one = NULL;
        const json_t *const traffic = json_object_get(page, "traffic");
        json_array_foreach(json_object_get(json_object_get(traffic, "connections"), "shown"), k,
                           one)
        {
            assert_in_range(number(one, "last", NULL), number(one, "first", NULL), end[i]);
        }
        json_decref(page);
    }
    const json_int_t both = end[0] + end[1];
    assert_in_range(end[2], both - 50000000, both + 50000000);
    assert_in_range(end[3], both - 50000000, both + 50000000);
}

static void a_page_that_cannot_be_written_is_said_so(void **state)
{
    (void)state;
    run("size --json --report nowhere/out.html " CISTERN_SAMPLES "/dns.pcap");
    assert_status(1);
    assert_message("nowhere/out.html could not be written");
    run("size --json --report /dev/full " CISTERN_SAMPLES "/dns.pcap");
    assert_status(1);
    assert_message("/dev/full could not be written");
}

/* Bluetooth has pools of its own, which the page does not know. */
static void a_page_of_bluetooth_is_refused(void **state)
{
    (void)state;
    run("size --hci --report out.html " CISTERN_SAMPLES "/dns.pcap");
    assert_status(1);
    assert_message("--hci goes with");
}

static void without_the_chart_library_the_option_names_what_is_missing(void **state)
{
    (void)state;
    run_program(CISTERN_PLAIN, "size --report out.html " CISTERN_SAMPLES "/dns.pcap");
    assert_status(1);
    assert_message("libjs-dygraphs");
    run_program(CISTERN_PLAIN, "size " CISTERN_SAMPLES "/dns.pcap");
    assert_status(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_numbers_are_read_back),
        cmocka_unit_test(a_curve_follows_least_and_most_at_their_times),
        cmocka_unit_test(a_long_curve_is_thinned_and_keeps_its_peak),
        cmocka_unit_test(shares_and_causes_are_those_of_the_highest_moment),
        cmocka_unit_test(a_hold_that_is_passed_on_counts_for_its_new_connection),
        cmocka_unit_test(a_hold_in_doubt_stays_with_its_connection),
        cmocka_unit_test(a_pool_that_the_ledger_does_not_have_counts_among_all),
        cmocka_unit_test(a_full_heap_map_leaves_the_shortest_lived_blocks_out),
        cmocka_unit_test(a_page_has_the_result_of_the_command),
        cmocka_unit_test(a_configuration_in_the_page_is_what_the_command_prints),
        cmocka_unit_test(hostile_file_names_stay_text),
        cmocka_unit_test(each_pool_of_a_trace_has_its_curve),
        cmocka_unit_test(the_bytes_of_all_have_those_of_a_trace_too),
        cmocka_unit_test(hostile_names_of_pools_stay_text),
        cmocka_unit_test(summaries_and_several_devices_have_no_curves),
        cmocka_unit_test(captures_follow_each_other_on_the_axis),
        cmocka_unit_test(a_page_that_cannot_be_written_is_said_so),
        cmocka_unit_test(a_page_of_bluetooth_is_refused),
        cmocka_unit_test(without_the_chart_library_the_option_names_what_is_missing),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
