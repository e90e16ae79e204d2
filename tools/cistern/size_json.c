/* SPDX-License-Identifier: BSD-3-Clause */
/* size_json.c - the result as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "size.h"
#include "trace_size.h"

/* A string that is no UTF-8 keeps its ASCII. */
static json_t *ascii_text(const char *value)
{
    char *const copy = strdup(value);
    for (char *at = copy; at != NULL && *at != '\0'; ++at) {
        *at = (unsigned char)*at < 0x80 ? *at : '?';
    }
    json_t *const string = copy != NULL ? json_string(copy) : NULL;
    free(copy);
    return string;
}

json_t *size_json_text(const char *value)
{
    json_t *const string = json_string(value);
    return string != NULL ? string : ascii_text(value);
}

static json_t *text(const char *value)
{
    return size_json_text(value);
}

static json_t *number(int64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *row_object(const size_result_t *result, resource_t resource)
{
    const size_row_t *const row = &result->demand.row[resource];
    const bool heap = resource == RESOURCE_HEAP;
    const int64_t now = result->now.value[resource_option(resource)];
    const int64_t needed = heap ? (int64_t)size_needed_heap(result, result->options->heap)
                                : size_needed(result, resource);
    return json_pack("{s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:o, s:o, s:o, s:o}",
                     "name", resource_name(resource), "option",
                     lwip_option_name(resource_option(resource)), "short",
                     (int)size_is_short(result, resource), "now", number(now), "least",
                     number(row->least), "most", number(row->peak.amount), "needed", number(needed),
                     "bytes_now", number(size_bytes(result, resource, now)), "bytes_needed",
                     number(size_bytes(result, resource, needed)), "peak_packet",
                     number((int64_t)row->peak.packet), "peak_second", row->peak.seconds,
                     "peak_file", text(row->peak.file), "peak_cause", text(row->peak.cause),
                     "one_less_fails_at", number((int64_t)result->proof[resource].packet),
                     "now_fails_at", number((int64_t)result->proof[resource].now_packet));
}

static json_t *rows_array(const size_result_t *result)
{
    json_t *const array = json_array();
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        if (size_shows(result, (resource_t)i)) {
            json_array_append_new(array, row_object(result, (resource_t)i));
        }
    }
    return array;
}

static json_t *classes_array(const size_choice_t *choice)
{
    json_t *const array = json_array();
    for (size_t i = 0; i < choice->classes; ++i) {
        json_array_append_new(
            array, json_pack("{s:o, s:o, s:o}", "size", number((int64_t)choice->class[i].size),
                             "count", number((int64_t)choice->class[i].count), "one_less_fails_at",
                             number((int64_t)choice->packet[i])));
    }
    return array;
}

static json_t *assumptions_object(const lwip_options_t *options)
{
    json_t *const object = json_object();
    for (int i = 0; i < OPTION_COUNT; ++i) {
        json_object_set_new(object, lwip_option_name((lwip_option_t)i),
                            json_pack("{s:o, s:s}", "value", number(options->value[i]), "source",
                                      lwip_option_source(options->source[i])));
    }
    return object;
}

static void collect(void *context, const char *line)
{
    json_array_append_new(context, text(line));
}

json_t *size_json(const size_result_t *result)
{
    char verdict[SIZE_VERDICT];
    const bool suffices = size_verdict(result, verdict);
    json_t *const broken = json_array();
    size_sanity(result, false, collect, broken);
    return json_pack(
        "{s:o, s:b, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:o, "
        "s:o, s:o}",
        "verdict", text(verdict), "suffices", (int)suffices, "device", text(result->demand.device),
        "complete", (int)result->complete, "packets", number((int64_t)result->demand.packets),
        "sent", number((int64_t)result->sent), "received", number((int64_t)result->received),
        "others", number((int64_t)result->passed), "duplicates",
        number((int64_t)result->duplicates), "joined", number((int64_t)result->super), "service_us",
        number((int64_t)result->service), "connections", number(result->demand.connections),
        "pools", rows_array(result), "pointer",
        (int)(result->trace != NULL ? result->demand.pointer : result->options->pointer), "heap",
        json_pack("{s:o, s:o}", "lwip", number((int64_t)size_needed_heap(result, HEAP_LWIP)),
                  "cistern", number((int64_t)size_needed_heap(result, HEAP_CISTERN))),
        "malloc_pools",
        json_pack("{s:o, s:o}", "bytes", number((int64_t)result->choice.bytes), "classes",
                  classes_array(&result->choice)),
        "broken_conditions", broken, "options", assumptions_object(&result->device), "trace",
        trace_json(result->trace));
}

bool size_print_json(const size_result_t *result)
{
    json_t *const object = size_json(result);
    const bool ok =
        object != NULL && json_dumpf(object, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF;
    json_decref(object);
    return ok;
}
