/* SPDX-License-Identifier: BSD-3-Clause */
/* wire.h - where the server's frames and its time come from: a TAP device whose frames are lost,
 * doubled and late on purpose, or the recording of such a run.
 *
 *   TAP --> link: lost, doubled, late --> events --> server --> link: the same --> TAP
 *                                           |
 *                                           +--> recording: time, length, frame
 *
 * The server does nothing but in answer to an event, and knows no other time than the event's: a
 * recording that is replayed makes the same server do the same again, and any other memory code
 * must make it send the same frames. */
#ifndef CISTERN_STACKS_WIRE_H
#define CISTERN_STACKS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WIRE_FRAME_BYTES = 1600 };

/* One thing that happens: a frame came, or (length 0) a millisecond or more went by. */
typedef struct wire_event {
    uint32_t time; /* milliseconds */
    size_t length;
    uint8_t frame[WIRE_FRAME_BYTES];
} wire_event_t;

typedef struct wire_options {
    const char *tap;    /* name of the device; NULL: the events are of `replay` */
    const char *replay; /* a recording */
    const char *record; /* where a recording is made; NULL: none */
    unsigned lost;      /* frames of 1000, in each direction */
    unsigned doubled;
    unsigned late;
    uint32_t seed;
} wire_options_t;

/* Ends the program, with a message, if device or files cannot be had. */
void wire_open(const wire_options_t *options);

/* Waits for the next event; false at the end of a recording. */
bool wire_next(wire_event_t *event);

/* A frame that the server sends. */
void wire_send(const void *frame, size_t length);

/* From now on no frame is lost, doubled or late. */
void wire_calm(void);

/* Frames that were lost, doubled and late, as members of a JSON object. */
void wire_report(void);

#endif
