/* SPDX-License-Identifier: BSD-3-Clause */
/* traffic.c - the frames of several captures, parsed, without duplicates.
 *
 *   capture 0 | capture 1 | ...   --> parse --> seen a moment ago elsewhere? --> packet
 *   0 ....... base[1] ... base[2]               packet numbers
 *
 * I1  base[i] is right for every file that was read to its end */
#include "traffic.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DUPLICATE_WITHIN = 1000000 /* nanoseconds */ };

static bool spool_input(traffic_t *traffic)
{
    static char bytes[65536];
    spool_name(traffic->spool_name);
    const int file = mkstemp(traffic->spool_name);
    traffic->spool = file < 0 ? NULL : fdopen(file, "wb");
    if (traffic->spool == NULL) {
        spool_fail("made", traffic->spool_name);
        return false;
    }
    ssize_t got = 0;
    source_catch_signals(true);
    while (!source_stop && (got = read(0, bytes, sizeof bytes)) > 0) {
        if (fwrite(bytes, 1, (size_t)got, traffic->spool) != (size_t)got) {
            break;
        }
    }
    source_catch_signals(false);
    source_stop = 0; /* a signal ended the input; what was read is accounted for */
    const bool kept = fflush(traffic->spool) == 0 && !ferror(traffic->spool);
    if (!kept) {
        spool_fail("written", traffic->spool_name);
    }
    return kept;
}

bool traffic_open(traffic_t *traffic, char **name, int names, const char *filter)
{
    *traffic = (traffic_t){.name = name, .names = names, .filter = filter};
    traffic->base = calloc((size_t)names + 1, sizeof *traffic->base);
    traffic->start = calloc((size_t)names + 1, sizeof *traffic->start);
    if (traffic->base == NULL || traffic->start == NULL) {
        fputs("cistern: out of memory\n", stderr);
        return false;
    }
    for (int i = 0; i < names; ++i) {
        if (strcmp(name[i], "-") == 0 && traffic->spool == NULL && !spool_input(traffic)) {
            return false;
        }
    }
    return true;
}

static void close_capture(traffic_t *traffic)
{
    if (traffic->open) {
        capture_close(&traffic->capture);
        traffic->open = false;
    }
}

void traffic_rewind(traffic_t *traffic)
{
    close_capture(traffic);
    traffic->file = -1;
    traffic->duplicates = 0;
    traffic->backward = 0;
    traffic->started = false;
    traffic->repeats.at = 0;
    traffic->repeats.loaded = UINT64_MAX;
}

/* Opens what was kept of standard input; messages call it so. */
static bool open_kept(traffic_t *traffic)
{
    capture_t *const capture = &traffic->capture;
    const bool ok = capture_open(capture, traffic->spool_name, traffic->filter, true);
    capture->name = "standard input";
    capture->quiet = traffic->quiet;
    if (!ok && !traffic->quiet) {
        fprintf(stderr, "cistern: %s: %s\n", capture->name, capture->error);
    }
    return ok;
}

/* Opens the next capture that can be opened; false when there is none. */
static bool open_next(traffic_t *traffic)
{
    close_capture(traffic);
    while (++traffic->file < traffic->names) {
        const char *const name = traffic->name[traffic->file];
        const bool kept = strcmp(name, "-") == 0;
        if (!traffic->counted) {
            traffic->base[traffic->file + 1] = traffic->base[traffic->file];
        }
        if (kept ? open_kept(traffic)
                 : capture_open(&traffic->capture, name, traffic->filter, traffic->quiet)) {
            traffic->open = true;
            traffic->started = true;
            traffic->last_time = 0;
            memset(traffic->recent, 0, sizeof traffic->recent);
            return true;
        }
        traffic->failed = true;
    }
    return false;
}

/* --- what was recorded twice
 * ---------------------------------------------------------------------- */

static bool same_path(const recent_t *then, const parsed_t *parsed)
{
    return then->interface == parsed->interface && then->hops == parsed->hops &&
           memcmp(then->mac, parsed->mac_source, MAC_BYTES) == 0 &&
           memcmp(then->mac + MAC_BYTES, parsed->mac_destination, MAC_BYTES) == 0;
}

/* The same packet again within a millisecond, on another interface, with other hardware addresses
 * or one hop further: what a bridge, a router or `any` records twice. A host that repeats a packet
 * does so on the same path. */
static bool is_duplicate(traffic_t *traffic, const parsed_t *parsed)
{
    recent_t *const then = &traffic->recent[parsed->digest >> 1 & (TRAFFIC_RECENT - 1)];
    if (then->digest == parsed->digest && parsed->digest != 0 &&
        parsed->time - then->time < DUPLICATE_WITHIN && !same_path(then, parsed)) {
        return true;
    }
    then->digest = parsed->digest;
    then->time = parsed->time;
    then->interface = parsed->interface;
    then->hops = parsed->hops;
    memcpy(then->mac, parsed->mac_source, MAC_BYTES);
    memcpy(then->mac + MAC_BYTES, parsed->mac_destination, MAC_BYTES);
    return false;
}

static void add_repeat(traffic_t *traffic, uint64_t number)
{
    repeats_t *const repeats = &traffic->repeats;
    repeats->part[repeats->count++ % TRAFFIC_REPEATS] = number;
    if (repeats->count % TRAFFIC_REPEATS == 0) {
        const uint64_t offset = spool_take(&repeats->spool, sizeof repeats->part);
        traffic->short_of_memory =
            traffic->short_of_memory ||
            !spool_write(&repeats->spool, offset, repeats->part, sizeof repeats->part);
    }
}

/* The first reading is done: what is in memory joins the rest. */
static void end_repeats(traffic_t *traffic)
{
    while (traffic->repeats.count % TRAFFIC_REPEATS != 0) {
        add_repeat(traffic, UINT64_MAX);
    }
}

/* True if the first reading left the packet out. */
static bool is_repeat(traffic_t *traffic, uint64_t number)
{
    repeats_t *const repeats = &traffic->repeats;
    if (repeats->at == repeats->count) {
        return false;
    }
    const uint64_t place = repeats->at % TRAFFIC_REPEATS;
    const uint64_t start = repeats->at - place;
    if (repeats->loaded != start) { /* parts follow each other in the spool */
        repeats->loaded = start;
        if (!spool_read(&repeats->spool, start * sizeof repeats->part[0], repeats->part,
                        sizeof repeats->part)) {
            traffic->short_of_memory = true;
            return false;
        }
    }
    const bool is = repeats->part[place] == number;
    repeats->at += is ? 1 : 0;
    return is;
}

/* Virtual time never goes back. */
static void keep_order(traffic_t *traffic, parsed_t *parsed)
{
    if (parsed->time < traffic->last_time) {
        parsed->time = traffic->last_time;
        ++traffic->backward;
    }
    traffic->last_time = parsed->time;
}

/* Reads one file on. A file that grows has later readings end where the first did. */
static capture_status_t read_on(traffic_t *traffic, capture_frame_t *frame)
{
    uint64_t *const base = traffic->base + traffic->file;
    if (traffic->counted && traffic->capture.packets >= base[1] - base[0]) {
        return CAPTURE_END;
    }
    const capture_status_t status = capture_next(&traffic->capture, frame);
    if (!traffic->counted) {
        base[1] = base[0] + traffic->capture.packets;
    }
    return status;
}

static bool next_frame(traffic_t *traffic, capture_frame_t *frame)
{
    while (traffic->open || open_next(traffic)) {
        const capture_status_t status = read_on(traffic, frame);
        if (status == CAPTURE_FRAME) {
            return true;
        }
        traffic->failed = traffic->failed || status == CAPTURE_ERROR;
        close_capture(traffic);
    }
    return false;
}

/* Parses a frame; false if it is left out. */
static bool read_frame(traffic_t *traffic, const capture_frame_t *frame, parsed_t *parsed)
{
    const uint64_t number = traffic->base[traffic->file] + traffic->capture.packets;
    bool again = false;
    if (!traffic->counted) {
        parsed_read(parsed, frame, number, true);
        again = is_duplicate(traffic, parsed);
        if (again) {
            add_repeat(traffic, number);
        }
    } else if (is_repeat(traffic, number)) {
        again = true;
    } else if (traffic->only != NULL && parsed_passes(frame, traffic->only)) {
        parsed->number = number;
        parsed->time = frame->nanoseconds;
        parsed->passed = true;
    } else {
        parsed_read(parsed, frame, number, false);
    }
    traffic->duplicates += again ? 1 : 0;
    return !again;
}

bool traffic_next(traffic_t *traffic, parsed_t *parsed)
{
    capture_frame_t frame;
    traffic->started = false;
    bool started = false;
    while (next_frame(traffic, &frame)) {
        started = started || traffic->started;
        if (!read_frame(traffic, &frame, parsed)) {
            continue;
        }
        keep_order(traffic, parsed);
        traffic->started = started;
        if (started) {
            traffic->start[traffic->file] = parsed->time;
        }
        return true;
    }
    if (!traffic->counted) {
        end_repeats(traffic);
    }
    traffic->quiet = true;
    traffic->counted = true;
    return false;
}

int traffic_file(const traffic_t *traffic, uint64_t packet)
{
    int file = 0;
    while (file + 1 < traffic->names && packet > traffic->base[file + 1]) {
        ++file;
    }
    return file;
}

uint64_t traffic_number(const traffic_t *traffic, uint64_t packet)
{
    return packet - traffic->base[traffic_file(traffic, packet)];
}

void traffic_close(traffic_t *traffic)
{
    close_capture(traffic);
    if (traffic->spool != NULL) {
        fclose(traffic->spool);
        unlink(traffic->spool_name);
    }
    spool_free(&traffic->repeats.spool);
    free(traffic->base);
    free(traffic->start);
}
