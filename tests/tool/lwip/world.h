/* SPDX-License-Identifier: BSD-3-Clause */
/* world.h - two lwIP stations and the link between them, in virtual time.
 *
 *   peers --> loss, delay, order, rate --> captured --> device
 *   peers <-- loss, delay, order, rate <-- captured <-- device
 *
 * The capture is the device's own: it has each frame as the device sent it, and those that reached
 * it. Each station is an lwIP of its own options, linked into one object whose only public name is
 * its station_t. Nothing depends on the host's speed: a run is the same each time. */
#ifndef CISTERN_TRUTH_WORLD_H
#define CISTERN_TRUTH_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct station {
    void (*start)(void);
    void (*receive)(const void *frame, size_t length);
    void (*poll)(void);                      /* each millisecond, and when due */
    uint64_t (*due)(void);                   /* microseconds; UINT64_MAX: at the next millisecond */
    bool (*done)(void);                      /* nothing is left to do */
    void (*report)(void);                    /* prints what it did, a line each: name and number */
    void (*sample)(char *text, size_t room); /* statistics: " used/max" of each column */
    void (*columns)(char *text, size_t room); /* " name" of each */
} station_t;

extern const station_t device_station;
extern const station_t peer_station;

/* Microseconds since the start. */
uint64_t world_time(void);

/* A parameter of the scenario: NAME=NUMBER on the command line, else `otherwise`. */
long world_parameter(const char *name, long otherwise);

/* Numbers NAME=N,N,... of a parameter; their count. */
size_t world_list(const char *name, long *number, size_t room);

/* Whether the scenario has that parameter. */
bool world_has(const char *name);

/* A station sends a frame to the other one. */
void world_send(const station_t *from, const void *frame, size_t length);

/* Writes a line of statistics, unless nothing changed since the last: after what, as in "rx". */
void world_sample(const char *after);

/* The byte at a place of every stream: what arrives can be checked anywhere. */
static inline uint8_t world_byte(size_t place)
{
    return (uint8_t)(place * 31U + (place >> 8));
}

#endif
