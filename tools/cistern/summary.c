/* SPDX-License-Identifier: BSD-3-Clause */
/* summary.c - what captures need, kept without the captures, and merged.
 *
 *   cistern-summary 1
 *   target POINTER ALIGNMENT
 *   assumed TCP_MSS TCP_WND PBUF_POOL_BUFSIZE
 *   totals PACKETS FILES CONNECTIONS HEAP-LWIP HEAP-CISTERN
 *   device TEXT
 *   row NAME LEAST MOST PER-CONNECTION PACKET MILLISECOND
 *   file TEXT            of the row before it
 *   cause TEXT
 *   size BYTES           one for each, ascending
 *   peak COUNT COUNT ... one for each size i: of the requests from it to each size from it on
 *   end
 *
 * Merging is associative and commutative but for which of two equal peaks is named. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "size.h"

enum { LINE_MAX_BYTES = 8192 };

static const char magic[] = "cistern-summary 1";

bool summary_is(const char *file)
{
    char begin[sizeof magic] = "";
    FILE *const stream = strcmp(file, "-") == 0 ? NULL : fopen(file, "rb");
    if (stream == NULL) {
        return false;
    }
    const size_t got = fread(begin, 1, sizeof begin - 1, stream);
    fclose(stream);
    return got == sizeof begin - 1 && memcmp(begin, magic, got) == 0;
}

/* --- writing
 * -------------------------------------------------------------------------------------- */

static void write_text(FILE *stream, const char *word, const char *text)
{
    fprintf(stream, "%s ", word);
    for (const char *at = text; *at != '\0'; ++at) {
        fputc((unsigned char)*at < 0x20 ? '?' : *at, stream);
    }
    fputc('\n', stream);
}

static void write_demand(FILE *stream, const demand_t *demand)
{
    for (size_t i = 0; i < demand->sizes; ++i) {
        fprintf(stream, "size %zu\n", demand->size[i]);
    }
    for (size_t i = 0; i < demand->sizes; ++i) {
        fprintf(stream, "peak");
        for (size_t j = i; j < demand->sizes; ++j) {
            fprintf(stream, " %" PRIu32, demand->peak[i * demand->sizes + j]);
        }
        fputc('\n', stream);
    }
}

bool summary_write(const size_demand_t *demand, const char *file)
{
    FILE *const stream = strcmp(file, "-") == 0 ? stdout : fopen(file, "wb");
    if (stream == NULL) {
        fprintf(stderr, "cistern: %s: %s\n", file, strerror(errno));
        return false;
    }
    fprintf(stream, "%s\ntarget %u %zu\n", magic, demand->pointer, demand->alignment);
    fprintf(stream, "assumed %" PRId64 " %" PRId64 " %" PRId64 "\n", demand->mss, demand->window,
            demand->element);
    fprintf(stream, "totals %" PRIu64 " %" PRIu64 " %" PRId64 " %zu %zu\n", demand->packets,
            demand->files, demand->connections, demand->heap[HEAP_LWIP],
            demand->heap[HEAP_CISTERN]);
    write_text(stream, "device", demand->device);
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        const size_row_t *const row = &demand->row[i];
        fprintf(stream, "row %d %" PRId64 " %" PRId64 " %" PRId64 " %" PRIu64 " %.0f\n", i,
                row->least, row->peak.amount, row->per_connection, row->peak.packet,
                row->peak.seconds * 1000.0);
        write_text(stream, "file", row->peak.file);
        write_text(stream, "cause", row->peak.cause);
    }
    write_demand(stream, &demand->malloc);
    fprintf(stream, "end\n");
    const bool ok = !ferror(stream) && (stream == stdout ? fflush(stream) : fclose(stream)) == 0;
    if (!ok) {
        fprintf(stderr, "cistern: %s: the summary could not be written\n", file);
    }
    return ok;
}

/* --- reading
 * -------------------------------------------------------------------------------------- */

typedef struct reading {
    size_demand_t *demand;
    int row;      /* that "file" and "cause" belong to; -1 before the first */
    size_t peaks; /* lines read */
    bool ended;
} reading_t;

static bool read_row(reading_t *reading, const char *line)
{
    int index = 0;
    size_row_t row = {.least = 0};
    double milliseconds = 0;
    const int count =
        sscanf(line, "row %d %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNu64 " %lf", &index,
               &row.least, &row.peak.amount, &row.per_connection, &row.peak.packet, &milliseconds);
    const int64_t most = (int64_t)1 << 40;
    if (count != 6 || index < 0 || index >= RESOURCE_COUNT || row.least < 0 ||
        row.least > row.peak.amount || row.peak.amount > most || row.per_connection < 0 ||
        row.per_connection > most || !(milliseconds >= 0) || milliseconds > 1e15) {
        return false;
    }
    row.peak.seconds = milliseconds / 1000.0;
    reading->demand->row[index] = row;
    reading->row = index;
    return true;
}

static bool read_size(demand_t *demand, const char *line)
{
    size_t size = 0;
    const bool ok = sscanf(line, "size %zu", &size) == 1 && size > 0 && size < (size_t)1 << 31 &&
                    demand->sizes < CLASSES_SIZES_MAX && demand->peak == NULL &&
                    (demand->sizes == 0 || size > demand->size[demand->sizes - 1]);
    if (ok) {
        demand->size[demand->sizes++] = size;
    }
    return ok;
}

static bool read_peaks(reading_t *reading, const char *line)
{
    demand_t *const demand = &reading->demand->malloc;
    const size_t i = reading->peaks++;
    if (demand->peak == NULL) {
        demand->peak = calloc(demand->sizes * demand->sizes + 1, sizeof *demand->peak);
    }
    if (demand->peak == NULL || i >= demand->sizes) {
        return false;
    }
    const char *at = line + strlen("peak");
    for (size_t j = i; j < demand->sizes; ++j) {
        char *end = NULL;
        errno = 0;
        const unsigned long peak = strtoul(at, &end, 10);
        if (end == at || errno != 0 || peak > 1000000000UL) {
            return false;
        }
        demand->peak[i * demand->sizes + j] = (uint32_t)peak;
        at = end;
    }
    return true;
}

static void copy_text(char *to, size_t size, const char *from)
{
    const size_t length = strnlen(from, size - 1);
    memcpy(to, from, length);
    to[length] = '\0';
}

static bool read_totals(size_demand_t *demand, const char *line)
{
    return sscanf(line, "totals %" SCNu64 " %" SCNu64 " %" SCNd64 " %zu %zu", &demand->packets,
                  &demand->files, &demand->connections, &demand->heap[HEAP_LWIP],
                  &demand->heap[HEAP_CISTERN]) == 5 &&
           demand->connections >= 0 && demand->connections < 1 << 30 &&
           demand->heap[HEAP_LWIP] < (size_t)1 << 40 &&
           demand->heap[HEAP_CISTERN] < (size_t)1 << 40;
}

static bool read_target(size_demand_t *demand, const char *line)
{
    return sscanf(line, "target %u %zu", &demand->pointer, &demand->alignment) == 2 &&
           (demand->pointer == 16 || demand->pointer == 32 || demand->pointer == 64) &&
           demand->alignment >= 1 && demand->alignment <= 64;
}

static bool read_assumed(size_demand_t *demand, const char *line)
{
    const int64_t most = (int64_t)1 << 30;
    return sscanf(line, "assumed %" SCNd64 " %" SCNd64 " %" SCNd64, &demand->mss, &demand->window,
                  &demand->element) == 3 &&
           demand->mss > 0 && demand->mss < most && demand->window > 0 && demand->window < most &&
           demand->element > 0 && demand->element < most;
}

static bool starts(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

static bool read_line(reading_t *reading, const char *line)
{
    size_demand_t *const demand = reading->demand;
    if (starts(line, "target ")) {
        return read_target(demand, line);
    }
    if (starts(line, "assumed ")) {
        return read_assumed(demand, line);
    }
    if (starts(line, "totals ")) {
        return read_totals(demand, line);
    }
    if (starts(line, "device ")) {
        copy_text(demand->device, sizeof demand->device, line + 7);
        return true;
    }
    if (starts(line, "row ")) {
        return read_row(reading, line);
    }
    if (starts(line, "file ") && reading->row >= 0) {
        copy_text(demand->row[reading->row].peak.file, SIZE_NAME, line + 5);
        return true;
    }
    if (starts(line, "cause ") && reading->row >= 0) {
        copy_text(demand->row[reading->row].peak.cause, SIZE_TEXT, line + 6);
        return true;
    }
    if (starts(line, "size ")) {
        return read_size(&demand->malloc, line);
    }
    if (starts(line, "peak")) {
        return read_peaks(reading, line);
    }
    reading->ended = strcmp(line, "end") == 0;
    return reading->ended;
}

bool summary_read(size_demand_t *demand, const char *file)
{
    static char line[LINE_MAX_BYTES];
    reading_t reading = {.demand = demand, .row = -1};
    FILE *const stream = fopen(file, "rb");
    unsigned number = 1;
    if (stream == NULL) {
        fprintf(stderr, "cistern: %s: %s\n", file, strerror(errno));
        return false;
    }
    bool ok = fgets(line, sizeof line, stream) != NULL;
    while (ok && !reading.ended && fgets(line, sizeof line, stream) != NULL) {
        ++number;
        line[strcspn(line, "\n")] = '\0';
        ok = read_line(&reading, line);
    }
    fclose(stream);
    ok = ok && reading.ended && reading.peaks == demand->malloc.sizes && demand->pointer != 0 &&
         demand->files != 0 && demand->mss != 0;
    if (!ok) {
        fprintf(stderr, "cistern: %s: line %u: damaged summary\n", file, number);
    }
    return ok;
}

/* --- merging
 * -------------------------------------------------------------------------------------- */

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void merge_row(size_row_t *row, const size_row_t *other)
{
    row->least = other->least > row->least ? other->least : row->least;
    row->per_connection =
        other->per_connection > row->per_connection ? other->per_connection : row->per_connection;
    if (other->peak.amount > row->peak.amount) {
        row->peak = other->peak;
    }
}

bool summary_merge(size_demand_t *demand, const size_demand_t *other)
{
    if (demand->files != 0 &&
        (demand->pointer != other->pointer || demand->alignment != other->alignment)) {
        fprintf(stderr, "cistern: summaries of %u-bit and %u-bit targets cannot be merged\n",
                demand->pointer, other->pointer);
        return false;
    }
    if (!classes_merge(&demand->malloc, &other->malloc)) {
        fputs("cistern: out of memory\n", stderr);
        return false;
    }
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        merge_row(&demand->row[i], &other->row[i]);
    }
    for (int kind = 0; kind < HEAP_KINDS; ++kind) {
        const size_t bytes = other->heap[kind];
        demand->heap[kind] = bytes > demand->heap[kind] ? bytes : demand->heap[kind];
    }
    demand->connections =
        other->connections > demand->connections ? other->connections : demand->connections;
    if (demand->device[0] == '\0' || strcmp(demand->device, other->device) == 0) {
        memmove(demand->device, other->device, sizeof demand->device);
    } else {
        snprintf(demand->device, sizeof demand->device, "several devices");
    }
    demand->mss = larger(demand->mss, other->mss);
    demand->window = larger(demand->window, other->window);
    demand->element = larger(demand->element, other->element);
    demand->pointer = other->pointer;
    demand->alignment = other->alignment;
    demand->packets += other->packets;
    demand->files += other->files;
    return true;
}
