/* SPDX-License-Identifier: BSD-3-Clause */
/* survey.h - the first reading of the captures: which host is the device, and what only the future
 * of a packet shows: how far a burst of data goes, which ports were served, how fast answers came.
 *
 * A *burst* is data that a side may have had in its send queue at once: it ends where the side had
 * nothing unacknowledged and an open window, and yet sent nothing. */
#ifndef CISTERN_TOOL_SURVEY_H
#define CISTERN_TOOL_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "connections.h"
#include "pages.h"
#include "parsed.h"
#include "traffic.h"

enum { DEVICE_ADDRESSES = 16, SURVEY_DELAYS = 64, SURVEY_BURSTS = 256, SURVEY_FEW = 6 };

/* One side of a connection. */
typedef struct survey_side {
    bool started;     /* `next` is known */
    bool synced;      /* it sent a SYN */
    bool accepted;    /* it sent a SYN with ACK: it serves its port */
    int scale;        /* of its windows; 0 until both sides gave one */
    uint16_t mss;     /* the option it sent; 0: none */
    uint32_t next;    /* sequence number behind all it sent */
    uint32_t acked;   /* acknowledged by the other side */
    uint64_t window;  /* that it announced last, in bytes */
    uint64_t initial; /* of its SYN */
    uint64_t largest_window;
    uint32_t largest_data;    /* of a segment that no network card joined, up to the peer's MSS */
    uint64_t idle_since;      /* nothing unacknowledged; UINT64_MAX while there is */
    uint64_t risen;           /* when its window last became larger */
    uint64_t spoke;           /* when it last sent data */
    uint32_t few[SURVEY_FEW]; /* sequence numbers behind each burst, */
    uint32_t *burst;          /* or where they are more, the latest; NULL: they are few */
    size_t bursts;
    size_t burst_room;
    uint32_t parts;      /* of SURVEY_BURSTS each, in the spool, before those */
    uint64_t first_part; /* where it lies */
    uint64_t next_part;  /* where the one will lie that the latest become */
} survey_side_t;

/* Reads the bursts of a side in order. All zeros is before the first. */
typedef struct burst_cursor {
    struct burst_part *part; /* in memory; NULL: none */
    uint32_t parts;          /* passed */
    uint32_t at;             /* in the part, or in the latest */
} burst_cursor_t;

typedef struct survey_connection {
    survey_side_t side[2];
    uint64_t first_time;
    bool has_syn;     /* its start was captured */
    uint32_t host[2]; /* the sides' own, + 1; 0 until they sent */
} survey_connection_t;

/* An IP address that sent or received. */
typedef struct host {
    address_t address;
    bool has_mac;
    uint8_t mac[MAC_BYTES];
    uint64_t sent;
    uint64_t near; /* sent with a hop count as hosts give it: no router was between */
    uint32_t conversations;
    uint32_t accepted; /* connections that it accepted */
    uint64_t asked;    /* when it was asked something that it answers at once; 0: nothing */
    uint32_t delays;
    uint32_t delay[SURVEY_DELAYS]; /* microseconds from question to answer */
    uint32_t next;
} host_t;

/* A UDP port of a host. */
typedef struct udp_port {
    address_t address;
    uint16_t port;
    uint64_t first_sent; /* packets; 0: none */
    uint64_t last_sent;
    uint64_t first_received;
    uint64_t last_received;
    uint32_t next;
} udp_port_t;

/* A table of the above, by hash. */
typedef struct survey_table {
    uint32_t *bucket;
    size_t buckets;
} survey_table_t;

/* Whose memory is accounted for. */
typedef struct device {
    bool has_mac;
    uint8_t mac[MAC_BYTES];
    address_t address[DEVICE_ADDRESSES];
    int addresses;
    bool chosen; /* by the program, not by the user */
    uint32_t conversations;
} device_t;

typedef struct survey {
    connections_t connections;
    pages_t detail; /* a survey_connection_t for each connection */
    host_t *host;
    size_t hosts;
    size_t host_room;
    survey_table_t host_table;
    udp_port_t *port;
    size_t ports;
    size_t port_room;
    survey_table_t port_table;
    uint64_t *pair; /* digests of pairs of hosts that talked; 0: free */
    size_t pairs;
    size_t pair_room; /* a power of two */
    spool_t spool;    /* of bursts */
    uint64_t packets;
    uint64_t first_time;
    uint64_t last_time;
    bool short_of_memory;
} survey_t;

/* Reads all traffic. False if memory is short. */
bool survey_read(survey_t *survey, traffic_t *traffic);

/* Finds the device: the host that `text` names, or with NULL the endpoint of most conversations.
 * False, after a message, if there is none. */
bool survey_device(const survey_t *survey, const char *text, device_t *device);

/* False, after a message, if the text is no address of a device. */
bool device_is_address(const char *text);

/* The device by its address alone, without a survey. False, after a message, if it is none. */
bool device_read(device_t *device, const char *text);

/* True if the device sent the packet; if it received it. */
bool device_sent(const device_t *device, const parsed_t *parsed);
bool device_received(const device_t *device, const parsed_t *parsed);
bool device_has(const device_t *device, const address_t *address);

/* Microseconds that the device takes from a frame to its answer: the lower quartile, since answers
 * also wait for other frames; 0 if it gave none. */
uint64_t survey_service(const survey_t *survey, const device_t *device);

const udp_port_t *survey_port(const survey_t *survey, const address_t *address, uint16_t port);

/* The sequence number behind the burst at the cursor; NULL behind the last, and where memory or the
 * disk is short: then *failed is set. To go on, add one to the cursor's `at`. */
const uint32_t *survey_burst(const survey_t *survey, const survey_side_t *side,
                             burst_cursor_t *cursor, bool *failed);

/* What is known of a connection, until the next is asked for; NULL if it cannot be read. */
const survey_connection_t *survey_connection(survey_t *survey, size_t index);

void survey_free(survey_t *survey);

#endif
