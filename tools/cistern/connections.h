/* SPDX-License-Identifier: BSD-3-Clause */
/* connections.h - TCP connections by their addresses and ports.
 *
 * A connection has two sides, 0 and 1, in an order that does not depend on who began. A SYN with a
 * new sequence number between the same ports is a new connection. The same packets give the same
 * numbers, so that what one reading found out about a connection serves the next: which may leave
 * out all packets of some connections, but none of a connection that it reads at all. It has no
 * table of its own, only which connections of the first reading began again. */
#ifndef CISTERN_TOOL_CONNECTIONS_H
#define CISTERN_TOOL_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsed.h"

typedef struct connection {
    address_t address[2];
    uint16_t port[2];
    bool synchronized; /* its SYN was seen */
    uint32_t syn;      /* sequence number of that SYN */
    int file;
    uint32_t next; /* in its bucket, + 1 */
    bool has_mac;
    uint8_t mac[2 * MAC_BYTES]; /* of a packet of side 0: destination, source */
} connection_t;

typedef struct connections {
    connection_t *connection;
    size_t connections;
    size_t connection_room;
    uint32_t *bucket; /* connection + 1 */
    size_t buckets;   /* a power of two */
    uint32_t last;    /* found for the packet before, + 1; or 0 */
    bool moved;       /* some connection had packets of different hardware addresses */
} connections_t;

/* A later reading. All zeros but `first` is one that did not begin. */
typedef struct connections_again {
    const connections_t *first;
    uint8_t *begun; /* a bit for each connection */
    uint32_t last;  /* found for the packet before, + 1; or 0 */
} connections_again_t;

/* The number of a TCP packet's connection, made when it is new; `side` is that of the sender.
 * SIZE_MAX if memory is short. */
size_t connections_find(connections_t *connections, const parsed_t *parsed, int file, int *side);

void connections_free(connections_t *connections);

/* The number that the first reading gave a packet's connection; SIZE_MAX if it had none. */
size_t connections_find_again(connections_again_t *again, const parsed_t *parsed, int file,
                              int *side);

/* False if memory is short. */
bool connections_open_again(connections_again_t *again, const connections_t *first);
void connections_free_again(connections_again_t *again);

#endif
