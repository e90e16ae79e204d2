/* SPDX-License-Identifier: BSD-3-Clause */
/* report_page.c - the page of `cistern size --report`.
 *
 *   result  --> JSON of --json, configurations, sizes --+
 *   record  --> curves, connections --------------------+--> | head | JSON, escaped | tail |
 *   replay  --> heap map -------------------------------+
 *
 * I1  the JSON in the page is ASCII and has no '<': no name in a capture ends its element */
#define _GNU_SOURCE /* open_memstream, under any -std */
#include "report_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cistern/version.h"

#include "report_heap.h"
#include "report_pack.h"
#include "report_template.h"
#include "trace_size.h"

enum { CONNECTIONS_SHOWN = 100 };

bool report_page_available(void)
{
    if (report_head_bytes == 0) {
        fputs("cistern: --report: this program was built without the chart library dygraphs; "
              "install it (Debian: libjs-dygraphs) and build again\n",
              stderr);
    }
    return report_head_bytes != 0;
}

/* --- time ---------------------------------------------------------------------------------------
 * Captures follow each other without the time between them. */

typedef struct page_clock {
    const report_source_t *source;
    uint64_t *gap; /* of each capture: nanoseconds that it is moved back */
    uint64_t end;  /* of the last one, moved */
} page_clock_t;

static const record_curve_t *curve_of_all(const report_source_t *source)
{
    return &source->record->curve[RESOURCE_COUNT];
}

/* A trace has no packets before its first event. */
static uint64_t first_time(const report_source_t *source)
{
    const record_curve_t *const all = curve_of_all(source);
    return source->survey->packets != 0 || all->points == 0 ? source->survey->first_time
                                                            : all->point[0].time;
}

static bool open_clock(page_clock_t *clock, const report_source_t *source)
{
    const record_curve_t *const all = curve_of_all(source);
    const uint64_t *const base = source->traffic->base;
    *clock = (page_clock_t){.source = source,
                            .gap = calloc((size_t)source->traffic->names + 1, sizeof *clock->gap)};
    if (clock->gap == NULL) {
        return false;
    }
    int file = 0;
    uint64_t last = first_time(source);
    clock->gap[0] = last;
    for (size_t i = 0; i < all->points; ++i) {
        const record_point_t *const point = &all->point[i];
        while (file + 1 < source->traffic->names && point->packet > base[file + 1]) {
            ++file;
            clock->gap[file] = clock->gap[file - 1] + (point->time - last);
            last = point->time;
        }
        last = point->time;
    }
    while (++file < source->traffic->names) {
        clock->gap[file] = clock->gap[file - 1];
    }
    clock->end = last - clock->gap[source->traffic->names - 1];
    return true;
}

/* A capture may be older than the one before it: its gap is negative, modulo 2^64. */
static uint64_t moved(const page_clock_t *clock, uint64_t packet, uint64_t time)
{
    const uint64_t moved = time - clock->gap[traffic_file(clock->source->traffic, packet)];
    return moved <= INT64_MAX ? moved : 0;
}

/* When a packet was there: the time of the first point of the heap's curve that is not before. A
 * frame that waits for its processing makes the order of packets loose by as much. */
static uint64_t time_of_packet(const void *context, uint64_t packet)
{
    const page_clock_t *const clock = context;
    const record_curve_t *const curve = &clock->source->record->curve[RESOURCE_HEAP];
    size_t low = 0;
    size_t high = curve->points;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (curve->point[middle].packet < packet) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == curve->points ? clock->end : moved(clock, packet, curve->point[low].time);
}

/* --- curves
 * --------------------------------------------------------------------------------------- */

/* Each point's distance from the one before: time, packet, least, most. */
static json_t *points_text(const record_curve_t *curve, const page_clock_t *clock)
{
    pack_t pack = {.byte = NULL};
    uint64_t time = 0;
    record_point_t before = {.time = 0};
    for (size_t i = 0; i < curve->points; ++i) {
        const record_point_t *const point = &curve->point[i];
        const uint64_t now = moved(clock, point->packet, point->time);
        pack_number(&pack, now > time ? now - time : 0);
        pack_signed(&pack, (int64_t)(point->packet - before.packet));
        pack_signed(&pack, point->least - before.least);
        pack_signed(&pack, point->most - before.most);
        time = now > time ? now : time;
        before = *point;
    }
    return pack_end(&pack);
}

static json_t *causes_array(const int64_t causes[CAUSE_COUNT])
{
    json_t *const array = json_array();
    for (int i = 0; i < CAUSE_COUNT; ++i) {
        if (causes[i] != 0) {
            json_array_append_new(array, json_pack("{s:s, s:I}", "cause", cause_text((cause_t)i),
                                                   "amount", (json_int_t)causes[i]));
        }
    }
    return array;
}

static json_t *curve_object(const record_curve_t *curve, const page_clock_t *clock)
{
    return json_pack("{s:I, s:I, s:o}", "points", (json_int_t)curve->points, "changes",
                     (json_int_t)curve->changes, "data", points_text(curve, clock));
}

static void name_curve(const report_source_t *source, int index, json_t *object)
{
    const bool one = index < RESOURCE_COUNT;
    json_object_set_new(object, "name",
                        json_string(one ? resource_name((resource_t)index) : "all"));
    json_object_set_new(object, "at_peak",
                        one ? causes_array(source->record->cause_peak[index]) : json_array());
}

static json_t *curves_array(const report_source_t *source, const page_clock_t *clock)
{
    json_t *const array = json_array();
    for (int i = 0; i < RECORD_CURVES; ++i) {
        if (source->record->curve[i].points != 0) {
            json_t *const object = curve_object(&source->record->curve[i], clock);
            name_curve(source, i, object);
            json_array_append_new(array, object);
        }
    }
    return array;
}

/* Of pools and heaps that a traced program has of its own, by their place in the result's trace:
 * two may have one name, or a name that lwIP has. */
static json_t *own_curves_array(const report_source_t *source, const page_clock_t *clock)
{
    const trace_log_t *const log = source->result->trace;
    json_t *const array = json_array();
    for (size_t i = 0; log != NULL && i < log->account.pools; ++i) {
        if (log->account.pool[i].curve.points != 0) {
            json_t *const object = curve_object(&log->account.pool[i].curve, clock);
            json_object_set_new(object, "pool", json_integer((json_int_t)i));
            json_array_append_new(array, object);
        }
    }
    return array;
}

static json_t *files_array(const report_source_t *source)
{
    json_t *const array = json_array();
    for (int i = 0; i < source->traffic->names; ++i) {
        json_array_append_new(
            array, json_pack("{s:o, s:I}", "name", size_json_text(source->traffic->name[i]),
                             "packets_before", (json_int_t)source->traffic->base[i]));
    }
    return array;
}

/* --- heap
 * ----------------------------------------------------------------------------------------- */

static json_t *blocks_text(const heap_map_t *map)
{
    pack_t pack = {.byte = NULL};
    uint64_t from = 0;
    for (size_t i = 0; i < map->blocks; ++i) {
        const heap_block_t *const block = &map->block[i];
        pack_signed(&pack, (int64_t)(block->from - from));
        pack_number(&pack, block->until - block->from);
        pack_number(&pack, block->offset);
        pack_number(&pack, block->bytes);
        pack_number(&pack, block->cause);
        from = block->from;
    }
    return pack_end(&pack);
}

static json_t *heap_object(const report_source_t *source, const page_clock_t *clock)
{
    const size_result_t *const result = source->result;
    const heap_kind_t kind = result->options->heap;
    const size_t bytes = size_needed_heap(result, kind);
    heap_map_t map = {.clock = time_of_packet, .clock_context = clock};
    trace_t trace = source->heap;
    trace.watch = heap_map_event;
    trace.watcher = &map;
    const replayed_t replayed =
        fit_heap(&trace, &result->target, kind, bytes, (size_t)result->now.value[OPTION_MIN_SIZE]);
    json_t *const causes = json_array();
    for (int i = 0; i < CAUSE_COUNT; ++i) {
        json_array_append_new(causes, json_string(cause_text((cause_t)i)));
    }
    json_t *const object = json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:o, s:o}", "kind", heap_kind_name(kind), "bytes",
        (json_int_t)bytes, "blocks", (json_int_t)map.blocks, "left_out", (json_int_t)map.left_out,
        "shortest", (json_int_t)map.shortest, "causes", causes, "data", blocks_text(&map));
    const bool ok = replayed.ok && !map.short_of_memory;
    heap_map_free(&map);
    if (!ok) {
        json_decref(object);
    }
    return ok ? object : NULL;
}

/* --- connections
 * ---------------------------------------------------------------------------------- */

/* Which connections are shown: those with most bytes at once. */
typedef struct ranked {
    uint32_t index; /* of a share */
    int64_t weight;
} ranked_t;

static int compare_ranked(const void *a, const void *b)
{
    const ranked_t *const x = a;
    const ranked_t *const y = b;
    if (x->weight != y->weight) {
        return x->weight < y->weight ? 1 : -1;
    }
    return x->index < y->index ? -1 : 1;
}

static int64_t weight_of(const report_source_t *source, const record_share_t *share)
{
    int64_t bytes = 0;
    for (int i = 0; i < RECORD_SHARES; ++i) {
        bytes += size_bytes(source->result, record_share_resource(i), share->most[i]);
    }
    return bytes;
}

static json_t *amounts_object(const int64_t amount[RECORD_SHARES])
{
    json_t *const object = json_object();
    for (int i = 0; i < RECORD_SHARES; ++i) {
        json_object_set_new(object, resource_name(record_share_resource(i)),
                            json_integer((json_int_t)amount[i]));
    }
    return object;
}

static void name_connection(const report_source_t *source, uint32_t index, json_t *object)
{
    char peer[ADDRESS_TEXT];
    if (index == 0) {
        return; /* holds of no connection */
    }
    const connection_t *const connection = &source->survey->connections.connection[index - 1];
    const int own = device_has(source->device, &connection->address[0]) ? 0 : 1;
    json_object_set_new(object, "port", json_integer(connection->port[own]));
    json_object_set_new(object, "peer",
                        json_string(address_text(&connection->address[1 - own], peer)));
    json_object_set_new(object, "peer_port", json_integer(connection->port[1 - own]));
}

static json_t *connection_object(const report_source_t *source, const page_clock_t *clock,
                                 uint32_t index)
{
    const record_share_t *const share = &source->record->share[index];
    json_t *const object =
        json_pack("{s:I, s:I, s:o, s:o}", "first",
                  (json_int_t)moved(clock, share->first_packet, share->first), "last",
                  (json_int_t)moved(clock, share->last_packet, share->last), "most",
                  amounts_object(share->most), "at_peak", amounts_object(share->peak));
    name_connection(source, index, object);
    return object;
}

/* All that held anything, the largest first. NULL if memory is short. */
static ranked_t *rank(const report_source_t *source, size_t *count)
{
    const record_t *const record = source->record;
    ranked_t *const ranked = calloc(record->shares + 1, sizeof *ranked);
    for (uint32_t i = 0; ranked != NULL && i < record->shares; ++i) {
        const int64_t weight = weight_of(source, &record->share[i]);
        if (weight != 0) {
            ranked[(*count)++] = (ranked_t){.index = i, .weight = weight};
        }
    }
    if (ranked != NULL) {
        qsort(ranked, *count, sizeof *ranked, compare_ranked);
    }
    return ranked;
}

/* What a connection beyond those shown held at the peaks counts in one sum. */
static json_t *rest_object(const report_source_t *source, const ranked_t *ranked, size_t count)
{
    int64_t sum[RECORD_SHARES] = {0};
    for (size_t i = CONNECTIONS_SHOWN; i < count; ++i) {
        for (int k = 0; k < RECORD_SHARES; ++k) {
            sum[k] += source->record->share[ranked[i].index].peak[k];
        }
    }
    return amounts_object(sum);
}

static json_t *connections_object(const report_source_t *source, const page_clock_t *clock)
{
    size_t count = 0;
    ranked_t *const ranked = rank(source, &count);
    json_t *const array = json_array();
    for (size_t i = 0; ranked != NULL && i < count && i < CONNECTIONS_SHOWN; ++i) {
        json_array_append_new(array, connection_object(source, clock, ranked[i].index));
    }
    const size_t more = count > CONNECTIONS_SHOWN ? count - CONNECTIONS_SHOWN : 0;
    json_t *const object =
        ranked == NULL ? NULL
                       : json_pack("{s:O, s:I, s:o}", "shown", array, "more", (json_int_t)more,
                                   "rest_at_peak", rest_object(source, ranked, count));
    json_decref(array);
    free(ranked);
    return object;
}

json_t *report_page_traffic(const report_source_t *source)
{
    page_clock_t clock;
    json_t *object = NULL;
    if (!source->record->short_of_memory && open_clock(&clock, source)) {
        object =
            json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "first_time",
                      (json_int_t)first_time(source), "end", (json_int_t)clock.end, "files",
                      files_array(source), "curves", curves_array(source, &clock), "own_curves",
                      own_curves_array(source, &clock), "heap_map", heap_object(source, &clock),
                      "connections", connections_object(source, &clock));
        free(clock.gap);
    }
    return object;
}

/* --- the result
 * ----------------------------------------------------------------------------------- */

typedef void print_configuration_t(FILE *out, const size_result_t *result);

static json_t *configuration_object(const char *name, print_configuration_t *print,
                                    const size_result_t *result)
{
    char *text = NULL;
    size_t length = 0;
    FILE *const out = open_memstream(&text, &length);
    if (out == NULL) {
        return NULL;
    }
    print(out, result);
    const bool ok = fclose(out) == 0;
    json_t *const object =
        ok ? json_pack("{s:s, s:o}", "name", name, "text", size_json_text(text)) : NULL;
    free(text);
    return object;
}

static json_t *configurations_array(const size_result_t *result)
{
    return json_pack("[o, o, o, o]",
                     configuration_object("lwipopts.h", size_print_lwipopts, result),
                     configuration_object("lwippools.h", size_print_lwippools, result),
                     configuration_object("syscfg.yml", size_print_syscfg, result),
                     configuration_object("sdkconfig", size_print_sdkconfig, result));
}

/* Requests of each size that were held at once. */
static json_t *sizes_array(const demand_t *demand)
{
    json_t *const array = json_array();
    for (size_t i = 0; i < demand->sizes; ++i) {
        json_array_append_new(array, json_pack("[I, I]", (json_int_t)demand->size[i],
                                               (json_int_t)demand->peak[i * demand->sizes + i]));
    }
    return array;
}

/* --- the file
 * ------------------------------------------------------------------------------------- */

/* JSON has '<' in strings only, where it may be written so. */
static int put_escaped(const char *text, size_t length, void *context)
{
    FILE *const out = context;
    while (length > 0) {
        const char *const found = memchr(text, '<', length);
        const size_t plain = found == NULL ? length : (size_t)(found - text);
        fwrite(text, 1, plain, out);
        if (found != NULL) {
            fputs("\\u003c", out);
        }
        const size_t done = plain + (found != NULL ? 1 : 0);
        text += done;
        length -= done;
    }
    return ferror(out) ? -1 : 0;
}

static bool write_file(const char *path, const json_t *json)
{
    FILE *const out = fopen(path, "wb");
    if (out == NULL) {
        return false;
    }
    fwrite(report_head, 1, report_head_bytes, out);
    const bool dumped =
        json_dump_callback(json, put_escaped, out, JSON_ENSURE_ASCII | JSON_COMPACT) == 0;
    fwrite(report_tail, 1, report_tail_bytes, out);
    const bool written = !ferror(out);
    return fclose(out) == 0 && dumped && written;
}

bool report_page_write(const char *path, const size_result_t *result, json_t *traffic)
{
    json_t *const json = size_json(result);
    json_t *const page =
        json_pack("{s:s, s:o, s:o, s:o, s:O?}", "version", CISTERN_VERSION_STRING, "result", json,
                  "configurations", configurations_array(result), "sizes",
                  sizes_array(&result->demand.malloc), "traffic", traffic);
    if (page == NULL) {
        fputs("cistern: out of memory\n", stderr);
        return false;
    }
    const bool written = write_file(path, page);
    json_decref(page);
    if (!written) {
        fprintf(stderr, "cistern: %s could not be written\n", path);
    }
    return written;
}
