/* SPDX-License-Identifier: BSD-3-Clause */
/* connections.c - TCP connections by their addresses and ports: a hash table with chains.
 *
 *   bucket[hash] --> the latest connection --> an earlier one of the same bucket --> 0 */
#include "connections.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "bytes.h"

static uint64_t hash_end(const address_t *address, uint16_t port)
{
    return (address_hash(address) ^ port) * 0x94d049bb133111ebU;
}

/* Of both ends alike, whoever sends. */
static uint64_t hash_packet(const parsed_t *parsed)
{
    const uint64_t sum = hash_end(&parsed->source, parsed->source_port) +
                         hash_end(&parsed->destination, parsed->destination_port);
    return sum ^ sum >> 31;
}

static uint64_t load_u64(const uint8_t *bytes)
{
    return (uint64_t)load_u32(bytes) << 32 | load_u32(bytes + 4);
}

/* The order of the sides: that of the families, the bytes of the addresses, the ports. */
static bool source_is_first(const parsed_t *parsed)
{
    const address_t *const a = &parsed->source;
    const address_t *const b = &parsed->destination;
    if (a->family != b->family) {
        return a->family < b->family;
    }
    for (size_t i = 0; i < ADDRESS_BYTES; i += 8) {
        const uint64_t x = load_u64(a->bytes + i);
        const uint64_t y = load_u64(b->bytes + i);
        if (x != y) {
            return x < y;
        }
    }
    return parsed->source_port < parsed->destination_port;
}

static bool is_of(const connection_t *connection, const parsed_t *parsed, int side)
{
    return connection->port[side] == parsed->source_port &&
           connection->port[1 - side] == parsed->destination_port &&
           address_equal(&connection->address[side], &parsed->source) &&
           address_equal(&connection->address[1 - side], &parsed->destination);
}

static void rehash(connections_t *connections)
{
    const size_t mask = connections->buckets - 1;
    memset(connections->bucket, 0, connections->buckets * sizeof *connections->bucket);
    for (size_t i = 0; i < connections->connections; ++i) {
        connection_t *const connection = &connections->connection[i];
        const parsed_t ends = {.source = connection->address[0],
                               .destination = connection->address[1],
                               .source_port = connection->port[0],
                               .destination_port = connection->port[1]};
        uint32_t *const bucket = &connections->bucket[hash_packet(&ends) & mask];
        connection->next = *bucket;
        *bucket = (uint32_t)i + 1U;
    }
}

static bool make_buckets(connections_t *connections)
{
    if (connections->connections < connections->buckets) {
        return true;
    }
    const size_t wanted = connections->buckets == 0 ? 256 : connections->buckets * 4;
    uint32_t *const grown = realloc(connections->bucket, wanted * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    connections->bucket = grown;
    connections->buckets = wanted;
    rehash(connections);
    return true;
}

/* The first connection between the ends of a packet from a number on. */
static uint32_t number_from(const connections_t *connections, const parsed_t *parsed, int side,
                            uint32_t least)
{
    uint32_t found = UINT32_MAX;
    uint32_t at = connections->buckets == 0
                      ? 0
                      : connections->bucket[hash_packet(parsed) & (connections->buckets - 1)];
    while (at > least) { /* the latest are first */
        const connection_t *const connection = &connections->connection[at - 1];
        found = is_of(connection, parsed, side) ? at - 1 : found;
        at = connection->next;
    }
    return found;
}

/* The hardware addresses as side 0 sends them. */
static void set_mac(connection_t *connection, const parsed_t *parsed, int side)
{
    memcpy(connection->mac, side == 0 ? parsed->mac_destination : parsed->mac_source, MAC_BYTES);
    memcpy(connection->mac + MAC_BYTES, side == 0 ? parsed->mac_source : parsed->mac_destination,
           MAC_BYTES);
    connection->has_mac = parsed->has_mac;
}

static bool has_moved(const connection_t *connection, const parsed_t *parsed, int side)
{
    const uint8_t *const first = side == 0 ? parsed->mac_destination : parsed->mac_source;
    const uint8_t *const second = side == 0 ? parsed->mac_source : parsed->mac_destination;
    return connection->has_mac != parsed->has_mac ||
           memcmp(connection->mac, first, MAC_BYTES) != 0 ||
           memcmp(connection->mac + MAC_BYTES, second, MAC_BYTES) != 0;
}

static size_t add(connections_t *connections, const parsed_t *parsed, int file, int side,
                  uint32_t least)
{
    if (!make_buckets(connections) || !ARRAY_GROW(connections, connection)) {
        return SIZE_MAX;
    }
    const size_t index = connections->connections++;
    const uint32_t number = connections->first == NULL
                                ? (uint32_t)index
                                : number_from(connections->first, parsed, side, least);
    connection_t *const connection = &connections->connection[index];
    uint32_t *const bucket = &connections->bucket[hash_packet(parsed) & (connections->buckets - 1)];
    *connection = (connection_t){.synchronized = (parsed->flags & TCP_SYN) != 0,
                                 .syn = (parsed->flags & TCP_ACK) == 0 ? parsed->sequence
                                                                       : parsed->acknowledged - 1U,
                                 .file = file,
                                 .number = number,
                                 .next = *bucket};
    set_mac(connection, parsed, side);
    connection->address[side] = parsed->source;
    connection->address[1 - side] = parsed->destination;
    connection->port[side] = parsed->source_port;
    connection->port[1 - side] = parsed->destination_port;
    *bucket = (uint32_t)index + 1U;
    return number;
}

/* A SYN without ACK whose number is not that of the connection begins another. */
static bool begins_anew(const connection_t *connection, const parsed_t *parsed, int file)
{
    const bool opens = (parsed->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
    return connection->file != file ||
           (opens && (!connection->synchronized || connection->syn != parsed->sequence));
}

/* The latest connection between the ends of a packet, + 1, or 0. Often it is that of the packet
 * before. */
static uint32_t find_latest(const connections_t *connections, const parsed_t *parsed, int side)
{
    if (connections->last != 0 &&
        is_of(&connections->connection[connections->last - 1], parsed, side)) {
        return connections->last;
    }
    if (connections->buckets == 0) {
        return 0;
    }
    uint32_t at = connections->bucket[hash_packet(parsed) & (connections->buckets - 1)];
    while (at != 0 && !is_of(&connections->connection[at - 1], parsed, side)) {
        at = connections->connection[at - 1].next;
    }
    return at;
}

size_t connections_find(connections_t *connections, const parsed_t *parsed, int file, int *side)
{
    uint32_t least = 0;
    *side = source_is_first(parsed) ? 0 : 1;
    const uint32_t at = find_latest(connections, parsed, *side);
    if (at != 0) {
        const connection_t *const found = &connections->connection[at - 1];
        connections->moved = connections->moved || has_moved(found, parsed, *side);
        if (!begins_anew(found, parsed, file)) {
            connections->last = at;
            return found->number;
        }
        least = found->number + 1U;
    }
    connections->last = 0;
    return add(connections, parsed, file, *side, least);
}

void connections_free(connections_t *connections)
{
    free(connections->connection);
    free(connections->bucket);
    *connections = (connections_t){.connection = NULL};
}
