/* SPDX-License-Identifier: BSD-3-Clause */
/* traffic.h - the frames of several captures, parsed, without duplicates; readable many times.
 *
 * The first reading finds out what is left out, later ones leave out the same.
 *
 * Packets are numbered through all captures: the first of the second file follows the last of the
 * first. Standard input is kept in a temporary file, so that it can be read again. */
#ifndef CISTERN_TOOL_TRAFFIC_H
#define CISTERN_TOOL_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "parsed.h"
#include "spool.h"

enum { TRAFFIC_RECENT = 256, TRAFFIC_REPEATS = 512 };

/* A packet seen a moment ago. */
typedef struct recent {
    uint64_t digest;
    uint64_t time;
    uint32_t interface;
    uint8_t hops;
    uint8_t mac[2 * MAC_BYTES];
} recent_t;

/* The packets that the first reading found recorded twice, in order. */
typedef struct repeats {
    spool_t spool;
    uint64_t part[TRAFFIC_REPEATS]; /* the latest, or those that are compared now */
    uint64_t count;
    uint64_t at;     /* the next of a later reading */
    uint64_t loaded; /* from which on those in `part` are */
} repeats_t;

typedef struct traffic {
    char **name; /* of the captures */
    int names;
    const char *filter;
    uint64_t *base;  /* packets before each capture; of names + 1 elements */
    uint64_t *start; /* time of each capture's first packet */
    FILE *spool;     /* standard input, kept; or NULL */
    char spool_name[SPOOL_NAME];
    capture_t capture;
    bool open;
    int file;                        /* that is read now: an index into `name` */
    bool started;                    /* the packet is the first of its file */
    uint64_t duplicates;             /* left out so far */
    uint64_t last_time;              /* stamps that go back are held at this */
    uint64_t backward;               /* how many did */
    bool failed;                     /* a capture could not be read, or not to its end */
    bool counted;                    /* it was read once: `base` is complete */
    bool quiet;                      /* it was said before */
    const parsed_filter_t *only;     /* frames that pass are not parsed; NULL: all are */
    recent_t recent[TRAFFIC_RECENT]; /* by digest; the latest of each place */
    repeats_t repeats;
    bool short_of_memory; /* what was recorded twice could not be kept */
} traffic_t;

/* False, after a message, if memory is short or standard input cannot be kept. */
bool traffic_open(traffic_t *traffic, char **name, int names, const char *filter);

/* Starts again with the first capture. */
void traffic_rewind(traffic_t *traffic);

/* The next packet; false at the end of the last capture. */
bool traffic_next(traffic_t *traffic, parsed_t *parsed);

/* The capture of a packet, and its number there. */
int traffic_file(const traffic_t *traffic, uint64_t packet);
uint64_t traffic_number(const traffic_t *traffic, uint64_t packet);

void traffic_close(traffic_t *traffic);

#endif
