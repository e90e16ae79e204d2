/* SPDX-License-Identifier: BSD-3-Clause */
/* report_json.c - what a run showed, as JSON, through jansson.
 *
 * A value that could not be made is NULL, which every call of jansson passes on as a failure, so
 * that results are checked where a run's object is added. */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

enum { KEY_SIZE = 32 };

struct report_json {
    json_t *runs; /* an array */
};

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

/* A text that may come from outside: bytes that are not UTF-8 make it "?". */
static json_t *text(const char *value)
{
    json_t *const string = json_string(value);
    return string != NULL ? string : json_string("?");
}

/* Sets a key and takes the value over; false if either failed. Keys are the names of the table
 * with underscores for spaces. */
static bool set(json_t *object, const char *name, json_t *value)
{
    char key[KEY_SIZE];
    size_t i = 0;
    for (; i < KEY_SIZE - 1 && name[i] != '\0'; ++i) {
        key[i] = name[i] == ' ' ? '_' : name[i];
    }
    key[i] = '\0';
    return json_object_set_new(object, key, value) == 0;
}

static json_t *options_object(const options_t *options)
{
    return json_pack("{s:I, s:i, s:I, s:i, s:b, s:b, s:I}", "pool_count",
                     (json_int_t)options->pool_count, "pool_size", (int)options->pool_size, "heap",
                     (json_int_t)options->heap, "threads", options->threads ? 1 : 0, "drop",
                     (int)options->drop, "flood", (int)options->flood, "link_rate",
                     (json_int_t)options->link_rate);
}

static json_t *incident_object(const incident_t *incident)
{
    return json_pack("{s:I, s:I}", "count", (json_int_t)incident->count, "first",
                     (json_int_t)incident->first);
}

/* What happened to packets beside being handled. */
static json_t *incidents_object(const replay_result_t *result)
{
    const tally_t *const tally = &result->tally;
    json_t *const object = json_object();
    bool ok = set(object, "cut", incident_object(&tally->cut)) &&
              set(object, "malformed", incident_object(&tally->malformed));
    for (int reason = 0; reason < DROPS && ok; ++reason) {
        ok = set(object, drop_name((drop_t)reason), incident_object(&result->dropped[reason]));
    }
    if (!ok) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *datagrams_object(const tally_t *tally)
{
    return json_pack("{s:I, s:I}", "reassembled", (json_int_t)tally->reassembled, "incomplete",
                     (json_int_t)tally->incomplete);
}

static json_t *protocols_object(const tally_t *tally)
{
    json_t *const object = json_object();
    for (int protocol = 0; protocol < PROTOCOLS; ++protocol) {
        if (!set(object, protocol_name((protocol_t)protocol), number(tally->protocols[protocol]))) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *checksums_object(const tally_t *tally)
{
    json_t *const object = json_object();
    for (int checksum = 0; checksum < CHECKSUMS; ++checksum) {
        const uint64_t *const verdict = tally->checksums[checksum];
        json_t *const counts = json_pack(
            "{s:I, s:I, s:I}", "good", (json_int_t)verdict[VERDICT_GOOD], "bad",
            (json_int_t)verdict[VERDICT_BAD], "absent", (json_int_t)verdict[VERDICT_ABSENT]);
        if (!set(object, checksum_name((checksum_t)checksum), counts)) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *answers_object(const tally_t *tally)
{
    json_t *const object = json_object();
    for (int answer = 0; answer < ANSWERS; ++answer) {
        if (!set(object, answer_name((answer_t)answer), number(tally->answers[answer]))) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *pools_array(const memory_usage_t *usage)
{
    json_t *const array = json_array();
    for (int i = 0; i < MEMP_MAX; ++i) {
        const pool_usage_t *const pool = &usage->pool[i];
        json_t *const object = json_pack(
            "{s:s, s:I, s:I, s:I, s:I, s:I}", "name", pool->name, "size", (json_int_t)pool->size,
            "count", (json_int_t)pool->count, "used", (json_int_t)pool->used, "max",
            (json_int_t)pool->max, "err", (json_int_t)pool->err);
        if (json_array_append_new(array, object) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *heap_object(const heap_usage_t *heap)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "size", (json_int_t)heap->size, "used",
                     (json_int_t)heap->used, "max", (json_int_t)heap->max, "largest",
                     (json_int_t)heap->largest, "blocks", (json_int_t)heap->blocks, "err",
                     (json_int_t)heap->err);
}

report_json_t *report_json_begin(void)
{
    report_json_t *const json = malloc(sizeof *json);
    if (json != NULL) {
        json->runs = json_array();
    }
    return json;
}

/* Adds `run`, which is complete if `ok`, and takes it over. */
static bool add_run(report_json_t *json, json_t *run, bool ok)
{
    if (ok) {
        return json_array_append_new(json->runs, run) == 0;
    }
    json_decref(run);
    return false;
}

/* Why the capture could not be read, or not to its end: a key only then. */
static bool set_error(json_t *run, const replay_result_t *result)
{
    return result->error[0] == '\0' || set(run, "error", text(result->error));
}

bool report_json_add_object(report_json_t *json, json_t *run)
{
    return add_run(json, run, run != NULL);
}

bool report_json_add_error(report_json_t *json, const replay_result_t *result)
{
    json_t *const run = json_object();
    const bool ok = set(run, "file", text(result->file)) && set(run, "complete", json_false()) &&
                    set_error(run, result);
    return add_run(json, run, ok);
}

bool report_json_add(report_json_t *json, const replay_result_t *result, const options_t *options)
{
    const tally_t *const tally = &result->tally;
    json_t *const run = json_object();
    const bool ok =
        set(run, "file", text(result->file)) && set(run, "link", text(link_name(result->link))) &&
        set(run, "complete", json_boolean(result->complete)) && set_error(run, result) &&
        set(run, "options", options_object(options)) && set(run, "device", text(result->device)) &&
        set(run, "service_us", number(result->service)) &&
        set(run, "packets", number(result->packets)) &&
        set(run, "received", number(result->received)) && set(run, "sent", number(result->sent)) &&
        set(run, "others", number(result->others)) &&
        set(run, "filtered", number(result->filtered)) &&
        set(run, "handled", number(tally->handled)) &&
        set(run, "dropped", number(report_dropped(result))) &&
        set(run, "bytes", number(tally->bytes)) &&
        set(run, "incidents", incidents_object(result)) &&
        set(run, "datagrams", datagrams_object(tally)) &&
        set(run, "protocols", protocols_object(tally)) &&
        set(run, "checksums", checksums_object(tally)) &&
        set(run, "answers", answers_object(tally)) &&
        set(run, "pools", pools_array(&result->memory)) &&
        set(run, "heap", heap_object(&result->memory.heap)) &&
        set(run, "leaks", number(result->leaks)) && set(run, "faults", number(result->faults)) &&
        set(run, "seconds", json_real(result->seconds));
    return add_run(json, run, ok);
}

bool report_json_end(report_json_t *json, bool array)
{
    if (json == NULL) {
        return false;
    }
    const json_t *const what = array ? json->runs : json_array_get(json->runs, 0);
    const bool ok = json_dumpf(what, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) == 0 &&
                    putchar('\n') != EOF;
    json_decref(json->runs);
    free(json);
    return ok;
}
