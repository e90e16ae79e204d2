/* SPDX-License-Identifier: BSD-3-Clause */
/* wire.c - the TAP device, its bad link, and recordings of it.
 *
 *   link     one direction; a frame's fate is drawn from its own seeded numbers
 *   held     copies of frames that are late, or are a second copy, until their time
 *   recording   time (4 bytes), length (4), frame; as the host orders its bytes */
#include "wire.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { HELD = 128, LATE_LEAST = 2, LATE_MORE = 8, WAIT = 10 /* ms */ };

typedef struct held {
    uint32_t due;
    size_t length; /* 0: free */
    uint8_t frame[WIRE_FRAME_BYTES];
} held_t;

typedef struct link {
    uint32_t random;
    unsigned lost, doubled, late;
    held_t held[HELD];
} link_t;

static struct {
    wire_options_t options;
    int tap;
    FILE *replay;
    FILE *record;
    uint32_t start;
    uint32_t time; /* of the latest event that was one of time */
    link_t in;
    link_t out;
} wire = {.tap = -1};

/* --- the bad link ------------------------------------------------------------------------------ */

static uint32_t link_random(link_t *link)
{
    link->random ^= link->random << 13;
    link->random ^= link->random >> 17;
    link->random ^= link->random << 5;
    return link->random;
}

/* False if there is no place for it. */
static bool link_hold(link_t *link, const void *frame, size_t length, uint32_t due)
{
    for (size_t i = 0; i < HELD; ++i) {
        held_t *const held = &link->held[i];
        if (held->length == 0) {
            held->due = due;
            held->length = length;
            memcpy(held->frame, frame, length);
            return true;
        }
    }
    return false;
}

/* Whether the frame passes now; if not, it is lost or will pass later. */
static bool link_passes(link_t *link, const void *frame, size_t length, uint32_t now)
{
    const unsigned lost = wire.options.lost;
    const unsigned doubled = lost + wire.options.doubled;
    const unsigned late = doubled + wire.options.late;
    const unsigned fate = link_random(link) % 1000U;
    if (fate < lost) {
        ++link->lost;
        return false;
    }
    if (fate < doubled) {
        link->doubled += link_hold(link, frame, length, now + 1) ? 1 : 0;
        return true;
    }
    const uint32_t due = now + LATE_LEAST + link_random(link) % LATE_MORE;
    if (fate < late && link_hold(link, frame, length, due)) {
        ++link->late;
        return false;
    }
    return true;
}

/* The length of a held frame whose time has come, which is copied to `frame`; 0: there is none. */
static size_t link_due(link_t *link, uint8_t *frame, uint32_t now)
{
    for (size_t i = 0; i < HELD; ++i) {
        held_t *const held = &link->held[i];
        if (held->length != 0 && (int32_t)(now - held->due) >= 0) {
            const size_t length = held->length;
            memcpy(frame, held->frame, length);
            held->length = 0;
            return length;
        }
    }
    return 0;
}

/* --- the device -------------------------------------------------------------------------------- */

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static uint32_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000) - wire.start;
}

static void tap_open(const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    wire.tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    if (wire.tap < 0) {
        fail("/dev/net/tun");
    }
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (ioctl(wire.tap, TUNSETIFF, &request) != 0) {
        fail(name);
    }
}

/* A frame that the device's queue refuses is one more that is lost. */
static void tap_write(const void *frame, size_t length)
{
    if (write(wire.tap, frame, length) != (ssize_t)length) {
        ++wire.out.lost;
    }
}

static void tap_send_due(uint32_t now)
{
    uint8_t frame[WIRE_FRAME_BYTES];
    for (size_t length; (length = link_due(&wire.out, frame, now)) != 0;) {
        tap_write(frame, length);
    }
}

/* A frame from the device that passes; false if none is there. */
static bool tap_read(wire_event_t *event)
{
    for (ssize_t length; (length = read(wire.tap, event->frame, sizeof event->frame)) > 0;) {
        event->length = (size_t)length;
        if (link_passes(&wire.in, event->frame, event->length, event->time)) {
            return true;
        }
    }
    return false;
}

static void tap_wait(void)
{
    struct pollfd file = {.fd = wire.tap, .events = POLLIN};
    (void)poll(&file, 1, WAIT);
}

static bool tap_next(wire_event_t *event)
{
    for (;;) {
        event->time = clock_ms();
        if (event->time != wire.time) {
            wire.time = event->time;
            event->length = 0;
            tap_send_due(event->time);
            return true;
        }
        event->length = link_due(&wire.in, event->frame, event->time);
        if (event->length != 0 || tap_read(event)) {
            return true;
        }
        tap_wait();
    }
}

/* --- recordings -------------------------------------------------------------------------------- */

static void record(const wire_event_t *event)
{
    const uint32_t head[] = {event->time, (uint32_t)event->length};
    if (wire.record != NULL &&
        (fwrite(head, sizeof head, 1, wire.record) != 1 ||
         fwrite(event->frame, 1, event->length, wire.record) != event->length)) {
        fail("recording");
    }
}

static bool replay(wire_event_t *event)
{
    uint32_t head[2];
    if (fread(head, sizeof head, 1, wire.replay) != 1) {
        return false;
    }
    event->time = head[0];
    event->length = head[1];
    return event->length <= sizeof event->frame &&
           fread(event->frame, 1, event->length, wire.replay) == event->length;
}

/* --- both -------------------------------------------------------------------------------------- */

static FILE *file_open(const char *path, const char *mode)
{
    FILE *const file = fopen(path, mode);
    if (file == NULL) {
        fail(path);
    }
    return file;
}

void wire_open(const wire_options_t *options)
{
    wire.options = *options;
    wire.in.random = 2463534242U ^ options->seed;
    wire.out.random = 88675123U ^ options->seed;
    if (options->replay != NULL) {
        wire.replay = file_open(options->replay, "rb");
        return;
    }
    wire.start = clock_ms();
    tap_open(options->tap);
    if (options->record != NULL) {
        wire.record = file_open(options->record, "wb");
    }
}

bool wire_next(wire_event_t *event)
{
    if (wire.replay != NULL) {
        return replay(event);
    }
    const bool ok = tap_next(event);
    record(event);
    return ok;
}

void wire_send(const void *frame, size_t length)
{
    if (wire.replay == NULL && link_passes(&wire.out, frame, length, clock_ms())) {
        tap_write(frame, length);
    }
}

void wire_calm(void)
{
    wire.options.lost = 0;
    wire.options.doubled = 0;
    wire.options.late = 0;
}

void wire_report(void)
{
    if (wire.record != NULL && fclose(wire.record) != 0) {
        fail("recording");
    }
    printf("\"lost\": %u, \"doubled\": %u, \"late\": %u", wire.in.lost + wire.out.lost,
           wire.in.doubled + wire.out.doubled, wire.in.late + wire.out.late);
}
