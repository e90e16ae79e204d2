/* SPDX-License-Identifier: BSD-3-Clause */
/* source.c - bytes of a file or pipe, plain or gzip.
 *
 *   plain   file --read--> buffer --> reader
 *   gzip    file --read--> input --inflate--> buffer --> reader
 *
 * I1  start <= end <= SOURCE_BUFFER; [start, end) is read and not yet delivered
 * I2  after `ended` nothing is read from the system again */
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

volatile sig_atomic_t source_stop;

static void source_signal(int number)
{
    (void)number;
    source_stop = 1;
}

void source_catch_signals(bool on)
{
    const struct sigaction action = {.sa_handler = on ? source_signal : SIG_DFL};
    sigaction(SIGINT, &action, NULL); /* without SA_RESTART: a read ends */
    sigaction(SIGTERM, &action, NULL);
}

typedef struct source_gzip {
    z_stream stream;
    uint8_t input[SOURCE_BUFFER];
} source_gzip_t;

/* One read from the system; 0 at the end, at a signal to stop, and after an error. */
static size_t source_system_read(source_t *source, void *bytes, size_t length)
{
    while (!source->ended && !source_stop) {
        const ssize_t got = read(source->file, bytes, length);
        if (got > 0) {
            source->position += (uint64_t)got;
            return (size_t)got;
        }
        if (got == 0 || errno != EINTR) {
            source->error = got < 0 ? strerror(errno) : NULL;
            source->ended = true;
        }
    }
    source->ended = true;
    return 0;
}

static void source_fill_plain(source_t *source)
{
    source->end +=
        source_system_read(source, source->buffer + source->end, SOURCE_BUFFER - source->end);
}

/* Inflates until there are bytes to deliver. Members that follow each other are one stream. */
static void source_fill_gzip(source_t *source)
{
    z_stream *const stream = &source->gz->stream;
    const uInt room = (uInt)(SOURCE_BUFFER - source->end);
    stream->next_out = source->buffer + source->end;
    stream->avail_out = room;
    while (stream->avail_out == room && source->error == NULL) {
        if (stream->avail_in == 0) {
            stream->next_in = source->gz->input;
            stream->avail_in = (uInt)source_system_read(source, source->gz->input, SOURCE_BUFFER);
            if (stream->avail_in == 0) {
                break;
            }
        }
        const int result = inflate(stream, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            inflateReset(stream);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            source->error = "damaged gzip data";
        }
    }
    source->end = SOURCE_BUFFER - stream->avail_out;
}

/* Reads on behind what is not delivered yet, which moves to the front. False at the end. */
static bool source_fill(source_t *source)
{
    const size_t left = source->end - source->start;
    memmove(source->buffer, source->buffer + source->start, left);
    source->start = 0;
    source->end = left;
    if (source->gz != NULL) {
        source_fill_gzip(source);
    } else {
        source_fill_plain(source);
    }
    return source->end > left;
}

/* The first bytes are in `buffer`: they become the input of inflate. */
static bool source_start_gzip(source_t *source)
{
    source->gz = calloc(1, sizeof *source->gz);
    if (source->gz == NULL || inflateInit2(&source->gz->stream, 15 + 16) != Z_OK) {
        free(source->gz);
        source->gz = NULL;
        return false;
    }
    memcpy(source->gz->input, source->buffer, source->end);
    source->gz->stream.next_in = source->gz->input;
    source->gz->stream.avail_in = (uInt)source->end;
    source->end = 0;
    return true;
}

bool source_open(source_t *source, int file)
{
    source->file = file;
    source->position = 0;
    source->gz = NULL;
    source->ended = false;
    source->error = NULL;
    source->piece = NULL;
    source->piece_room = 0;
    source->start = 0;
    source->end = 0;
    (void)source_fill(source);
    while (source->end < 2 && !source->ended) { /* a pipe may begin with a single byte */
        source->end += source_system_read(source, source->buffer + source->end, 1);
    }
    const bool gz = source->end >= 2 && source->buffer[0] == 0x1f && source->buffer[1] == 0x8b;
    return !gz || source_start_gzip(source);
}

size_t source_read(source_t *source, void *bytes, size_t length)
{
    size_t done = 0;
    while (done < length) {
        if (source->start == source->end && !source_fill(source)) {
            break;
        }
        const size_t left = source->end - source->start;
        const size_t part = left < length - done ? left : length - done;
        memcpy((uint8_t *)bytes + done, source->buffer + source->start, part);
        source->start += part;
        done += part;
    }
    return done;
}

/* Room for `wanted` bytes, at least twice what there was. */
static bool source_grow_piece(source_t *source, size_t wanted)
{
    if (wanted <= source->piece_room) {
        return true;
    }
    const size_t room = wanted > 2 * source->piece_room ? wanted : 2 * source->piece_room;
    uint8_t *const grown = realloc(source->piece, room);
    if (grown == NULL) {
        source->error = "out of memory";
        return false;
    }
    source->piece = grown;
    source->piece_room = room;
    return true;
}

const uint8_t *source_piece(source_t *source, size_t length, size_t *got)
{
    size_t done = 0;
    while (done < length && source_grow_piece(source, done + SOURCE_BUFFER)) {
        const size_t part = length - done < SOURCE_BUFFER ? length - done : SOURCE_BUFFER;
        const size_t more = source_read(source, source->piece + done, part);
        done += more;
        if (more < part) {
            break;
        }
    }
    *got = done;
    return done < length ? NULL : source->piece;
}

const uint8_t *source_gather(source_t *source, size_t length, size_t *got)
{
    if (length > SOURCE_BUFFER) {
        return source_piece(source, length, got);
    }
    while (source->end - source->start < length && source_fill(source)) {
    }
    *got = source->end - source->start;
    return *got < length ? NULL : source_view(source, length, got);
}

bool source_skip(source_t *source, uint64_t length)
{
    while (length > source->end - source->start) {
        length -= source->end - source->start;
        source->start = source->end;
        if (!source_fill(source)) {
            return false;
        }
    }
    source->start += (size_t)length;
    return true;
}

void source_close(source_t *source)
{
    if (source->gz != NULL) {
        inflateEnd(&source->gz->stream);
        free(source->gz);
        source->gz = NULL;
    }
    free(source->piece);
    source->piece = NULL;
    if (source->file > 2) {
        close(source->file);
    }
}
