/* SPDX-License-Identifier: BSD-3-Clause */
/* survey.c - the first reading of the captures.
 *
 * Both sides of everything are followed alike, since the device is known only at the end. */
#include "survey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "bytes.h"
#include "tcp_sequence.h"

enum {
    FRAME_LONGEST = 1522, /* of Ethernet: a longer frame was joined, or its MSS is known */
    QUIET = 5000000,      /* nanoseconds after which a side that could send had nothing to */
    ANSWER = 1000000000,  /* nanoseconds after which a packet is no answer */
    PROTOCOL_TCP_NUMBER = 6,
    PROTOCOL_UDP_NUMBER = 17
};

/* --- tables -------------------------------------------------------------------------------------
 */

/* Makes room for `count` entries; true if the table was made anew and must be filled. */
static bool table_grow(survey_table_t *table, size_t count, bool *anew)
{
    *anew = count >= table->buckets;
    if (!*anew) {
        return true;
    }
    const size_t wanted = table->buckets == 0 ? 256 : table->buckets * 4;
    uint32_t *const grown = realloc(table->bucket, wanted * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    memset(grown, 0, wanted * sizeof *grown);
    table->bucket = grown;
    table->buckets = wanted;
    return true;
}

static uint32_t *table_bucket(const survey_table_t *table, uint64_t hash)
{
    return &table->bucket[(hash ^ hash >> 32) & (table->buckets - 1)];
}

static host_t *find_host(const survey_t *survey, const address_t *address)
{
    if (survey->host_table.buckets == 0) {
        return NULL;
    }
    uint32_t at = *table_bucket(&survey->host_table, address_hash(address));
    while (at != 0 && !address_equal(&survey->host[at - 1].address, address)) {
        at = survey->host[at - 1].next;
    }
    return at == 0 ? NULL : &survey->host[at - 1];
}

static void link_host(survey_t *survey, size_t index)
{
    host_t *const host = &survey->host[index];
    uint32_t *const bucket = table_bucket(&survey->host_table, address_hash(&host->address));
    host->next = *bucket;
    *bucket = (uint32_t)index + 1U;
}

static host_t *get_host(survey_t *survey, const address_t *address)
{
    bool anew = false;
    host_t *const found = find_host(survey, address);
    if (found != NULL) {
        return found;
    }
    if (!ARRAY_GROW(survey, host) || !table_grow(&survey->host_table, survey->hosts, &anew)) {
        survey->short_of_memory = true;
        return NULL;
    }
    for (size_t i = 0; anew && i < survey->hosts; ++i) {
        link_host(survey, i);
    }
    survey->host[survey->hosts] = (host_t){.address = *address};
    link_host(survey, survey->hosts);
    return &survey->host[survey->hosts++];
}

static uint64_t hash_port(const address_t *address, uint16_t port)
{
    return (address_hash(address) + port) * 0x9e3779b97f4a7c15U;
}

static udp_port_t *find_port(const survey_t *survey, const address_t *address, uint16_t number)
{
    if (survey->port_table.buckets == 0) {
        return NULL;
    }
    uint32_t at = *table_bucket(&survey->port_table, hash_port(address, number));
    while (at != 0) {
        udp_port_t *const port = &survey->port[at - 1];
        if (port->port == number && address_equal(&port->address, address)) {
            return port;
        }
        at = port->next;
    }
    return NULL;
}

static void link_port(survey_t *survey, size_t index)
{
    udp_port_t *const port = &survey->port[index];
    uint32_t *const bucket =
        table_bucket(&survey->port_table, hash_port(&port->address, port->port));
    port->next = *bucket;
    *bucket = (uint32_t)index + 1U;
}

static udp_port_t *get_port(survey_t *survey, const address_t *address, uint16_t number)
{
    bool anew = false;
    udp_port_t *const found = find_port(survey, address, number);
    if (found != NULL) {
        return found;
    }
    if (!ARRAY_GROW(survey, port) || !table_grow(&survey->port_table, survey->ports, &anew)) {
        survey->short_of_memory = true;
        return NULL;
    }
    for (size_t i = 0; anew && i < survey->ports; ++i) {
        link_port(survey, i);
    }
    survey->port[survey->ports] = (udp_port_t){.address = *address, .port = number};
    link_port(survey, survey->ports);
    return &survey->port[survey->ports++];
}

const udp_port_t *survey_port(const survey_t *survey, const address_t *address, uint16_t port)
{
    return find_port(survey, address, port);
}

/* --- hosts --------------------------------------------------------------------------------------
 */

/* Puts a pair into an open table; false if it was there. */
static bool put_pair(uint64_t *table, size_t room, uint64_t pair)
{
    size_t at = pair & (room - 1);
    while (table[at] != 0 && table[at] != pair) {
        at = (at + 1) & (room - 1);
    }
    const bool fresh = table[at] == 0;
    table[at] = pair;
    return fresh;
}

static bool grow_pairs(survey_t *survey)
{
    if (survey->pairs * 2 < survey->pair_room) {
        return true;
    }
    const size_t wanted = survey->pair_room == 0 ? 256 : survey->pair_room * 4;
    uint64_t *const grown = calloc(wanted, sizeof *grown);
    if (grown == NULL) {
        survey->short_of_memory = true;
        return false;
    }
    for (size_t i = 0; i < survey->pair_room; ++i) {
        if (survey->pair[i] != 0) {
            put_pair(grown, wanted, survey->pair[i]);
        }
    }
    free(survey->pair);
    survey->pair = grown;
    survey->pair_room = wanted;
    return true;
}

/* True for the first packet between two hosts. */
static bool is_new_pair(survey_t *survey, const parsed_t *parsed)
{
    const uint64_t pair = (address_hash(&parsed->source) + address_hash(&parsed->destination)) | 1U;
    if (!grow_pairs(survey) || !put_pair(survey->pair, survey->pair_room, pair)) {
        return false;
    }
    ++survey->pairs;
    return true;
}

static bool is_near(uint8_t hops)
{
    return hops == 255 || hops == 128 || hops == 64 || hops == 32 || hops == 1;
}

/* A question while another is open is not followed: its answer could be that of the first. */
static void note_question(host_t *host, uint64_t time)
{
    if (host->asked == 0 || time - host->asked >= ANSWER) {
        host->asked = time;
    }
}

static void note_delay(host_t *host, uint64_t time)
{
    if (host->asked != 0 && time - host->asked < ANSWER && host->delays < SURVEY_DELAYS) {
        host->delay[host->delays++] = (uint32_t)((time - host->asked) / 1000U);
    }
    host->asked = 0;
}

static void note_packet(host_t *source, const parsed_t *parsed)
{
    ++source->sent;
    source->near += parsed->kind == PARSED_ARP || is_near(parsed->hops) ? 1 : 0;
    if (parsed->has_mac) {
        source->has_mac = true;
        memcpy(source->mac, parsed->mac_source, MAC_BYTES);
    }
}

/* Returns the source, + 1; 0 if it is none. */
static uint32_t survey_hosts(survey_t *survey, const parsed_t *parsed)
{
    const bool fresh = is_new_pair(survey, parsed) && !address_is_group(&parsed->destination);
    host_t *const source =
        address_is_group(&parsed->source) ? NULL : get_host(survey, &parsed->source);
    const uint32_t number = source == NULL ? 0 : (uint32_t)(source - survey->host) + 1U;
    if (source != NULL) {
        source->conversations += fresh ? 1 : 0;
        note_packet(source, parsed);
    }
    if (fresh) {
        host_t *const destination = get_host(survey, &parsed->destination);
        if (destination != NULL) {
            ++destination->conversations;
        }
    }
    return number;
}

/* Questions that a stack answers itself, at once: an ARP request, an echo request. */
static void survey_answers(survey_t *survey, const parsed_t *parsed)
{
    const bool arp = parsed->kind == PARSED_ARP;
    const bool v4 = parsed->protocol == 1;
    const bool asks = arp ? parsed->operation == 1 && /* one for its own address has no answer */
                                !address_equal(&parsed->source, &parsed->destination)
                          : (v4 && parsed->icmp_type == 8) ||
                                (parsed->protocol == 58 && parsed->icmp_type == 128);
    const bool answers = arp ? parsed->operation == 2
                             : (v4 && parsed->icmp_type == 0) ||
                                   (parsed->protocol == 58 && parsed->icmp_type == 129);
    host_t *const asked = asks ? find_host(survey, &parsed->destination) : NULL;
    host_t *const answerer = answers ? find_host(survey, &parsed->source) : NULL;
    if (asked != NULL && (arp || parsed->transport)) {
        note_question(asked, parsed->time);
    } else if (answerer != NULL) {
        note_delay(answerer, parsed->time);
    }
}

/* --- TCP ----------------------------------------------------------------------------------------
 */

typedef struct burst_part {
    uint64_t next; /* where the part behind it lies */
    uint32_t end[SURVEY_BURSTS];
} burst_part_t;

/* Moves the latest bursts to the spool, and takes the place of the part behind them. */
static bool spill_bursts(survey_t *survey, survey_side_t *side)
{
    burst_part_t part;
    if (side->parts == 0) {
        side->first_part = spool_take(&survey->spool, sizeof part);
        side->next_part = side->first_part;
    }
    const uint64_t offset = side->next_part;
    side->next_part = spool_take(&survey->spool, sizeof part);
    part.next = side->next_part;
    memcpy(part.end, side->burst, sizeof part.end);
    side->bursts = 0;
    ++side->parts;
    return spool_write(&survey->spool, offset, &part, sizeof part);
}

/* Room for one burst more. */
static bool make_burst_room(survey_side_t *side)
{
    const bool few = side->burst == NULL;
    if (few && side->bursts < SURVEY_FEW) {
        return true;
    }
    if (!ARRAY_GROW(side, burst)) {
        return false;
    }
    if (few) {
        memcpy(side->burst, side->few, sizeof side->few);
    }
    return true;
}

static void end_burst(survey_t *survey, survey_side_t *side)
{
    const uint32_t *const end = side->burst != NULL ? side->burst : side->few;
    if (side->bursts > 0 && end[side->bursts - 1] == side->next) {
        return;
    }
    if (side->bursts == SURVEY_BURSTS + 1) { /* the latest stays, to be compared with */
        const uint32_t latest = side->burst[SURVEY_BURSTS];
        survey->short_of_memory = !spill_bursts(survey, side) || survey->short_of_memory;
        side->burst[side->bursts++] = latest;
    }
    if (!make_burst_room(side)) {
        survey->short_of_memory = true;
        return;
    }
    (side->burst != NULL ? side->burst : side->few)[side->bursts++] = side->next;
}

static bool load_part(const survey_t *survey, burst_cursor_t *cursor, uint64_t offset)
{
    if (cursor->part == NULL) {
        cursor->part = malloc(sizeof *cursor->part);
    }
    return cursor->part != NULL &&
           spool_read(&survey->spool, offset, cursor->part, sizeof *cursor->part);
}

const uint32_t *survey_burst(const survey_t *survey, const survey_side_t *side,
                             burst_cursor_t *cursor, bool *failed)
{
    if (cursor->parts < side->parts) {
        bool ok = cursor->part != NULL || load_part(survey, cursor, side->first_part);
        if (ok && cursor->at == SURVEY_BURSTS) {
            cursor->at = 0;
            ok = ++cursor->parts == side->parts || load_part(survey, cursor, cursor->part->next);
        }
        if (!ok || cursor->parts < side->parts) {
            *failed = *failed || !ok;
            return ok ? &cursor->part->end[cursor->at] : NULL;
        }
        free(cursor->part);
        cursor->part = NULL;
    }
    const uint32_t *const end = side->burst != NULL ? side->burst : side->few;
    return cursor->at < side->bursts ? &end[cursor->at] : NULL;
}

/* New data begins a burst when the side was idle with an open window for a while, or was asked for
 * it meanwhile. */
static bool begins_burst(const survey_side_t *side, const survey_side_t *peer,
                         const parsed_t *parsed)
{
    if (side->idle_since == UINT64_MAX || peer->window < parsed->data) {
        return false;
    }
    const uint64_t since = side->idle_since > peer->risen ? side->idle_since : peer->risen;
    return parsed->time - since > QUIET || peer->spoke > since;
}

static void survey_sent(survey_t *survey, survey_side_t *side, const survey_side_t *peer,
                        const parsed_t *parsed)
{
    const uint32_t length = tcp_length(parsed);
    const uint32_t end = parsed->sequence + length;
    if (!side->started || (parsed->flags & TCP_SYN) != 0) {
        side->started = true;
        side->next = parsed->sequence;
        side->acked = parsed->sequence;
        side->idle_since = parsed->time;
    }
    if (length == 0 || tcp_diff(end, side->next) <= 0) {
        return;
    }
    if (begins_burst(side, peer, parsed)) {
        end_burst(survey, side);
    }
    side->next = end;
    side->idle_since = UINT64_MAX;
    if ((parsed->flags & TCP_SYN) != 0) {
        end_burst(survey, side); /* no data is queued before the connection stands */
    }
    if (parsed->data > side->largest_data && parsed->length <= FRAME_LONGEST) {
        const uint32_t limit = peer->mss != 0 ? peer->mss : 65535;
        side->largest_data = parsed->data < limit ? parsed->data : limit;
    }
    side->spoke = parsed->data > 0 ? parsed->time : side->spoke;
}

static void survey_window(survey_side_t *side, survey_side_t *peer, const parsed_t *parsed)
{
    const bool syn = (parsed->flags & TCP_SYN) != 0;
    const uint64_t window = (uint64_t)parsed->window << (syn ? 0 : side->scale);
    if (window > side->window) {
        side->risen = parsed->time;
    }
    side->window = window;
    side->initial = syn ? window : side->initial;
    side->largest_window = window > side->largest_window ? window : side->largest_window;
    if ((parsed->flags & TCP_ACK) != 0 && peer->started &&
        tcp_diff(parsed->acknowledged, peer->acked) > 0) {
        peer->acked = parsed->acknowledged;
        if (tcp_diff(peer->acked, peer->next) >= 0 && peer->idle_since == UINT64_MAX) {
            peer->idle_since = parsed->time;
        }
    }
}

static void survey_syn(survey_side_t *side, survey_side_t *peer, const parsed_t *parsed)
{
    side->synced = true;
    side->accepted = (parsed->flags & TCP_ACK) != 0;
    side->mss = parsed->mss;
    side->scale = parsed->scale < 0 ? 0 : parsed->scale;
    if (side->accepted && (parsed->scale < 0 || !peer->synced)) {
        side->scale = 0; /* scaling needs the option of both */
        peer->scale = 0;
    }
}

static survey_connection_t *get_connection(survey_t *survey, const parsed_t *parsed, int file,
                                           int *side)
{
    const size_t index = connections_find(&survey->connections, parsed, file, side);
    const bool is_new = index == survey->detail.count;
    survey_connection_t *connection = NULL;
    if (is_new) {
        connection = pages_add(&survey->detail);
    } else if (index != SIZE_MAX) {
        connection = pages_change(&survey->detail, index);
    }
    if (is_new && connection != NULL) {
        connection->first_time = parsed->time;
        connection->has_syn = (parsed->flags & TCP_SYN) != 0;
    }
    survey->short_of_memory = survey->short_of_memory || connection == NULL;
    return connection;
}

const survey_connection_t *survey_connection(survey_t *survey, size_t index)
{
    return pages_read(&survey->detail, index);
}

static void survey_tcp(survey_t *survey, const parsed_t *parsed, int file)
{
    int number = 0;
    survey_connection_t *const connection = get_connection(survey, parsed, file, &number);
    if (connection == NULL) {
        return;
    }
    if (connection->host[number] != 0) { /* the pair is known, too */
        note_packet(&survey->host[connection->host[number] - 1], parsed);
    } else {
        connection->host[number] = survey_hosts(survey, parsed);
    }
    survey_side_t *const side = &connection->side[number];
    survey_side_t *const peer = &connection->side[1 - number];
    if ((parsed->flags & TCP_SYN) != 0) {
        host_t *const source = find_host(survey, &parsed->source);
        host_t *const asked = find_host(survey, &parsed->destination);
        if ((parsed->flags & TCP_ACK) == 0 && asked != NULL) {
            note_question(asked, parsed->time);
        } else if (source != NULL && !side->synced) {
            ++source->accepted;
            note_delay(source, parsed->time);
        }
        survey_syn(side, peer, parsed);
    }
    survey_sent(survey, side, peer, parsed);
    survey_window(side, peer, parsed);
}

/* --- UDP ----------------------------------------------------------------------------------------
 */

static void survey_udp(survey_t *survey, const parsed_t *parsed)
{
    udp_port_t *const from = get_port(survey, &parsed->source, parsed->source_port);
    if (from != NULL) {
        from->first_sent = from->first_sent == 0 ? parsed->number : from->first_sent;
        from->last_sent = parsed->number;
    }
    udp_port_t *const to = get_port(survey, &parsed->destination, parsed->destination_port);
    if (to != NULL) {
        to->first_received = to->first_received == 0 ? parsed->number : to->first_received;
        to->last_received = parsed->number;
    }
}

bool survey_read(survey_t *survey, traffic_t *traffic)
{
    parsed_t parsed;
    *survey = (survey_t){.detail = {.size = sizeof(survey_connection_t)}};
    traffic_rewind(traffic);
    while (!survey->short_of_memory && traffic_next(traffic, &parsed)) {
        ++survey->packets;
        survey->first_time = survey->packets == 1 ? parsed.time : survey->first_time;
        survey->last_time = parsed.time;
        if (parsed.kind == PARSED_OTHER) {
            continue;
        }
        if (parsed.transport && parsed.protocol == PROTOCOL_TCP_NUMBER) {
            survey_tcp(survey, &parsed, traffic->file);
            continue;
        }
        survey_hosts(survey, &parsed);
        survey_answers(survey, &parsed);
        if (parsed.transport && parsed.protocol == PROTOCOL_UDP_NUMBER) {
            survey_udp(survey, &parsed);
        }
    }
    /* What was sent last is the end of the last burst. */
    for (size_t i = 0; !survey->short_of_memory && i < survey->detail.count; ++i) {
        survey_connection_t *const connection = pages_change(&survey->detail, i);
        survey->short_of_memory = connection == NULL;
        for (int side = 0; connection != NULL && side < 2; ++side) {
            end_burst(survey, &connection->side[side]);
        }
    }
    return !survey->short_of_memory && !traffic->short_of_memory;
}

/* --- the device ---------------------------------------------------------------------------------
 */

static bool same_mac(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, MAC_BYTES) == 0;
}

bool device_has(const device_t *device, const address_t *address)
{
    for (int i = 0; i < device->addresses; ++i) {
        if (address_equal(&device->address[i], address)) {
            return true;
        }
    }
    return false;
}

bool device_sent(const device_t *device, const parsed_t *parsed)
{
    if (device->has_mac && parsed->has_mac) {
        return same_mac(device->mac, parsed->mac_source);
    }
    return parsed->kind != PARSED_OTHER && device_has(device, &parsed->source);
}

bool device_received(const device_t *device, const parsed_t *parsed)
{
    if (device_sent(device, parsed)) {
        return false;
    }
    if (device->has_mac && parsed->has_mac) {
        return same_mac(device->mac, parsed->mac_destination) ||
               (parsed->mac_destination[0] & 1U) != 0;
    }
    return parsed->kind != PARSED_OTHER &&
           (device_has(device, &parsed->destination) || address_is_group(&parsed->destination));
}

/* How much a host is like the endpoint of conversations; compared from the first key on. */
static bool is_better(const host_t *a, const host_t *b)
{
    const uint64_t keys[][2] = {
        {a->near * 2 > a->sent, b->near * 2 > b->sent},
        {a->conversations, b->conversations},
        {a->accepted, b->accepted},
        {a->sent, b->sent},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; ++i) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] > keys[i][1];
        }
    }
    return false;
}

static const host_t *best_host(const survey_t *survey)
{
    const host_t *best = NULL;
    for (size_t i = 0; i < survey->hosts; ++i) {
        const host_t *const host = &survey->host[i];
        if (host->sent > 0 && (best == NULL || is_better(host, best))) {
            best = host;
        }
    }
    return best;
}

static void add_address(device_t *device, const address_t *address)
{
    if (device->addresses < DEVICE_ADDRESSES && !device_has(device, address)) {
        device->address[device->addresses++] = *address;
    }
}

static bool shares_mac(const device_t *device, const host_t *host)
{
    return host->sent > 0 && host->has_mac && same_mac(host->mac, device->mac);
}

/* Adds the hosts with the device's hardware address: its other addresses. A router's is that of
 * many hosts behind it; then it says nothing, unless the user named it: then its own addresses are
 * those without a router before them. */
static void add_same_mac(const survey_t *survey, device_t *device)
{
    const bool named = device->addresses == 0;
    size_t same = 0;
    for (size_t i = 0; i < survey->hosts && device->has_mac; ++i) {
        same += shares_mac(device, &survey->host[i]) ? 1 : 0;
    }
    if (same > 4 && !named) {
        device->has_mac = false;
        return;
    }
    for (size_t i = 0; i < survey->hosts && device->has_mac; ++i) {
        const host_t *const host = &survey->host[i];
        if (shares_mac(device, host) && (same <= 4 || host->near * 2 > host->sent)) {
            add_address(device, &host->address);
        }
    }
}

static bool read_mac(const char *text, uint8_t mac[MAC_BYTES])
{
    unsigned part[MAC_BYTES];
    char rest = 0;
    const int count = sscanf(text, "%2x%*1[:-]%2x%*1[:-]%2x%*1[:-]%2x%*1[:-]%2x%*1[:-]%2x%c",
                             &part[0], &part[1], &part[2], &part[3], &part[4], &part[5], &rest);
    for (int i = 0; i < MAC_BYTES && count == MAC_BYTES; ++i) {
        mac[i] = (uint8_t)part[i];
    }
    return count == MAC_BYTES;
}

static void use_host(device_t *device, const host_t *host)
{
    add_address(device, &host->address);
    device->has_mac = host->has_mac;
    memcpy(device->mac, host->mac, MAC_BYTES);
    device->conversations = host->conversations;
}

bool device_read(device_t *device, const char *text)
{
    address_t address;
    *device = (device_t){.addresses = 0};
    if (address_read(&address, text)) {
        add_address(device, &address);
        return true;
    }
    device->has_mac = read_mac(text, device->mac);
    if (!device->has_mac) {
        fprintf(stderr, "cistern: --device must be an IP or hardware address, not '%s'\n", text);
    }
    return device->has_mac;
}

bool device_is_address(const char *text)
{
    device_t device;
    return device_read(&device, text);
}

static bool named_device(const survey_t *survey, const char *text, device_t *device)
{
    if (!device_read(device, text)) {
        return false;
    }
    if (device->addresses == 0) {
        return true;
    }
    const host_t *const host = find_host(survey, &device->address[0]);
    if (host == NULL) {
        fprintf(stderr, "cistern: the captures have no packet of %s\n", text);
        return false;
    }
    use_host(device, host);
    return true;
}

bool survey_device(const survey_t *survey, const char *text, device_t *device)
{
    *device = (device_t){.chosen = text == NULL};
    if (text != NULL) {
        if (!named_device(survey, text, device)) {
            return false;
        }
    } else {
        const host_t *const host = best_host(survey);
        if (host == NULL) {
            fputs("cistern: the captures have no host that could be the device\n", stderr);
            return false;
        }
        use_host(device, host);
    }
    add_same_mac(survey, device);
    return true;
}

static int compare_delays(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return x < y ? -1 : x > y ? 1 : 0;
}

uint64_t survey_service(const survey_t *survey, const device_t *device)
{
    uint32_t delay[DEVICE_ADDRESSES * SURVEY_DELAYS];
    size_t delays = 0;
    for (int i = 0; i < device->addresses; ++i) {
        const host_t *const host = find_host(survey, &device->address[i]);
        for (uint32_t j = 0; host != NULL && j < host->delays; ++j) {
            delay[delays++] = host->delay[j];
        }
    }
    if (delays == 0) {
        return 0;
    }
    qsort(delay, delays, sizeof delay[0], compare_delays);
    return delay[delays / 4];
}

void survey_free(survey_t *survey)
{
    for (size_t i = 0; i < survey->detail.count; ++i) {
        const survey_connection_t *const connection = survey_connection(survey, i);
        for (int side = 0; connection != NULL && side < 2; ++side) {
            free(connection->side[side].burst);
        }
    }
    connections_free(&survey->connections);
    spool_free(&survey->spool);
    pages_free(&survey->detail);
    free(survey->host);
    free(survey->host_table.bucket);
    free(survey->port);
    free(survey->port_table.bucket);
    free(survey->pair);
}
