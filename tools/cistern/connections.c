/* SPDX-License-Identifier: BSD-3-Clause */
/* connections.c - TCP connections by their addresses and ports: a hash table with chains.
 *
 *   bucket[hash] --> the latest connection --> an earlier one of the same bucket --> 0
 *
 * I1  the connections of a bucket are in the reverse order of their beginnings */
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

static size_t add(connections_t *connections, const parsed_t *parsed, int file, int side)
{
    if (!make_buckets(connections) || !ARRAY_GROW(connections, connection)) {
        return SIZE_MAX;
    }
    const size_t index = connections->connections++;
    connection_t *const connection = &connections->connection[index];
    uint32_t *const bucket = &connections->bucket[hash_packet(parsed) & (connections->buckets - 1)];
    *connection = (connection_t){.synchronized = (parsed->flags & TCP_SYN) != 0,
                                 .syn = (parsed->flags & TCP_ACK) == 0 ? parsed->sequence
                                                                       : parsed->acknowledged - 1U,
                                 .file = file,
                                 .next = *bucket};
    set_mac(connection, parsed, side);
    connection->address[side] = parsed->source;
    connection->address[1 - side] = parsed->destination;
    connection->port[side] = parsed->source_port;
    connection->port[1 - side] = parsed->destination_port;
    *bucket = (uint32_t)index + 1U;
    return index;
}

/* A SYN without ACK whose number is not that of the connection begins another. */
static bool begins_anew(const connection_t *connection, const parsed_t *parsed, int file)
{
    const bool opens = (parsed->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
    return connection->file != file ||
           (opens && (!connection->synchronized || connection->syn != parsed->sequence));
}

/* From the first connection of a packet's bucket, + 1, or 0. */
static uint32_t first_of(const connections_t *connections, const parsed_t *parsed)
{
    return connections->buckets == 0
               ? 0
               : connections->bucket[hash_packet(parsed) & (connections->buckets - 1)];
}

/* Whether that is the connection between the ends of a packet: often it is. */
static bool is_last(const connections_t *connections, uint32_t last, const parsed_t *parsed,
                    int side)
{
    return last != 0 && is_of(&connections->connection[last - 1], parsed, side);
}

/* The latest connection between the ends of a packet, + 1, or 0. */
static uint32_t find_latest(const connections_t *connections, const parsed_t *parsed, int side)
{
    if (is_last(connections, connections->last, parsed, side)) {
        return connections->last;
    }
    uint32_t at = first_of(connections, parsed);
    while (at != 0 && !is_of(&connections->connection[at - 1], parsed, side)) {
        at = connections->connection[at - 1].next;
    }
    return at;
}

size_t connections_find(connections_t *connections, const parsed_t *parsed, int file, int *side)
{
    *side = source_is_first(parsed) ? 0 : 1;
    const uint32_t at = find_latest(connections, parsed, *side);
    if (at != 0) {
        const connection_t *const found = &connections->connection[at - 1];
        connections->moved = connections->moved || has_moved(found, parsed, *side);
        if (!begins_anew(found, parsed, file)) {
            connections->last = at;
            return at - 1U;
        }
    }
    connections->last = 0;
    return add(connections, parsed, file, *side);
}

void connections_free(connections_t *connections)
{
    free(connections->connection);
    free(connections->bucket);
    *connections = (connections_t){.connection = NULL};
}

/* --- a later reading ---------------------------------------------------------------------------- */

bool connections_open_again(connections_again_t *again, const connections_t *first)
{
    *again = (connections_again_t){.first = first, .begun = calloc(first->connections / 8 + 1, 1)};
    return again->begun != NULL;
}

static bool has_begun(const connections_again_t *again, uint32_t at)
{
    return ((unsigned)again->begun[(at - 1U) / 8] >> (at - 1U) % 8 & 1U) != 0;
}

/* The latest connection between the ends of a packet that began, + 1, or 0; and the first that did
 * not. Those of a bucket are in the order in which they begin, the last of them first. */
static uint32_t find_begun(const connections_again_t *again, const parsed_t *parsed, int side,
                           uint32_t *following)
{
    const connections_t *const first = again->first;
    uint32_t at = first_of(first, parsed);
    *following = 0;
    for (; at != 0; at = first->connection[at - 1].next) {
        if (is_of(&first->connection[at - 1], parsed, side)) {
            if (has_begun(again, at)) {
                return at;
            }
            *following = at;
        }
    }
    return 0;
}

size_t connections_find_again(connections_again_t *again, const parsed_t *parsed, int file,
                              int *side)
{
    const connections_t *const first = again->first;
    uint32_t following = 0;
    *side = source_is_first(parsed) ? 0 : 1;
    uint32_t at = again->last;
    if (!is_last(first, at, parsed, *side) ||
        begins_anew(&first->connection[at - 1], parsed, file)) {
        at = find_begun(again, parsed, *side, &following);
        if (at == 0 || begins_anew(&first->connection[at - 1], parsed, file)) {
            at = following;
        }
    }
    again->last = at;
    if (at == 0) {
        return SIZE_MAX;
    }
    again->begun[(at - 1U) / 8] |= (uint8_t)(1U << (at - 1U) % 8);
    return at - 1U;
}

void connections_free_again(connections_again_t *again)
{
    free(again->begun);
    *again = (connections_again_t){.first = NULL};
}
