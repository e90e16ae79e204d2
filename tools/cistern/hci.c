/* SPDX-License-Identifier: BSD-3-Clause */
/* hci.c - what a NimBLE host holds.
 *
 *   controller --> event         EVT pool, or the discardable one: until it is processed
 *              --> ACL fragment  ACL pool: until its L2CAP frame is whole and processed
 *   host       --> ACL fragment  msys: at least for its moment, at most until the controller says
 *                                that it is completed
 *
 * A handle is a connection from its Connection Complete event, or its first data, to its
 * Disconnection Complete. The ledger knows resources by number: those of hci_pool_t, and the heap,
 * in bytes, for msys.
 *
 * I1  fragments of a frame are kept only while it is not whole
 * I2  what was sent is completed in its order */
#include "hci.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "array.h"
#include "capture.h"
#include "options.h"

enum {
    HCI_ACL_DATA = 2,
    HCI_EVENT = 4,
    EVENT_CONNECTED = 0x03,
    EVENT_DISCONNECTED = 0x05,
    EVENT_COMPLETED = 0x13,
    EVENT_LE = 0x3e,
    LE_CONNECTED = 0x01,
    LE_REPORT = 0x02,
    LE_CONNECTED_ENHANCED = 0x0a,
    LE_REPORT_DIRECTED = 0x0b,
    LE_REPORT_EXTENDED = 0x0d,
    FRAGMENT_START_SENT = 0,
    FRAGMENT_CONTINUED = 1,
    ACL_HEADER = 4,
    L2CAP_HEADER = 4,
    DIRECTION = 4,
    SERVICE = 1000, /* microseconds, where --service says nothing */
    MSYS_POOLS = 2
};

typedef enum hci_pool { POOL_ACL, POOL_EVENT, POOL_DISCARDABLE, POOL_CONNECTION, POOLS } hci_pool_t;

static const struct {
    const char *name;
    const char *option;
} pools[POOLS] = {
    [POOL_ACL] = {"ACL from controller", "BLE_TRANSPORT_ACL_FROM_LL_COUNT"},
    [POOL_EVENT] = {"events", "BLE_TRANSPORT_EVT_COUNT"},
    [POOL_DISCARDABLE] = {"discardable events", "BLE_TRANSPORT_EVT_DISCARDABLE_COUNT"},
    [POOL_CONNECTION] = {"connections", "BLE_MAX_CONNECTIONS"},
};

typedef struct hci_link {
    uint16_t handle;
    bool open;
    uint32_t expected; /* bytes of the L2CAP frame under way; 0: none */
    uint32_t got;
    hold_t connection;
    hold_t *piece; /* its fragments */
    size_t pieces;
    size_t piece_room;
    hold_t *sent; /* not completed, the oldest first */
    size_t sents;
    size_t sent_room;
} hci_link_t;

typedef struct hci {
    const size_options_t *options;
    target_t target;
    ledger_t ledger;
    hci_link_t *link;
    size_t links;
    size_t link_room;
    uint64_t busy;
    uint64_t service;
    uint64_t packets;
    uint32_t largest_acl;
    uint32_t largest_event;
    demand_t demand;
    size_class_t msys[MSYS_POOLS];
    size_t msys_pools;
    size_t msys_bytes;
    uint64_t below[POOLS]; /* the packet at which one less fails */
    uint64_t msys_below[MSYS_POOLS];
    bool complete;
} hci_t;

/* One packet behind its type. */
typedef struct hci_packet {
    const uint8_t *bytes;
    uint32_t length;
    uint8_t type;
    int received; /* 1 from the controller, 0 to it, -1 unknown */
} hci_packet_t;

/* A number of the packet; 0 where the packet is too short. */
static uint32_t number_at(const hci_packet_t *packet, uint32_t at, uint32_t bytes)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < bytes && at + bytes <= packet->length; ++i) {
        value |= (uint32_t)packet->bytes[at + i] << 8 * i;
    }
    return value;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* --- connections
 * ---------------------------------------------------------------------------------- */

static hci_link_t *find_link(hci_t *hci, uint16_t handle)
{
    for (size_t i = 0; i < hci->links; ++i) {
        if (hci->link[i].handle == handle) {
            return &hci->link[i];
        }
    }
    if (!ARRAY_GROW(hci, link)) {
        hci->ledger.short_of_memory = true;
        return NULL;
    }
    hci_link_t *const link = &hci->link[hci->links++];
    *link = (hci_link_t){.handle = handle};
    return link;
}

static hci_link_t *open_link(hci_t *hci, uint16_t handle)
{
    hci_link_t *const link = find_link(hci, handle);
    if (link != NULL && !link->open) {
        link->open = true;
        link->connection =
            ledger_take(&hci->ledger, (resource_t)POOL_CONNECTION, 1, 1, CAUSE_CONNECTION);
    }
    return link;
}

static void give_pieces(hci_t *hci, hci_link_t *link, uint64_t time)
{
    for (size_t i = 0; i < link->pieces; ++i) {
        if (time > hci->ledger.time) {
            ledger_doubt(&hci->ledger, link->piece[i]);
            ledger_give_at(&hci->ledger, link->piece[i], time);
        } else {
            ledger_give(&hci->ledger, link->piece[i]);
        }
    }
    link->pieces = 0;
    link->expected = 0;
}

static void complete_sent(hci_t *hci, hci_link_t *link, size_t count)
{
    count = count < link->sents ? count : link->sents;
    if (count == 0) {
        return;
    }
    for (size_t i = 0; i < count; ++i) {
        ledger_give(&hci->ledger, link->sent[i]);
    }
    link->sents -= count;
    memmove(link->sent, link->sent + count, link->sents * sizeof *link->sent);
}

static void close_link(hci_t *hci, uint16_t handle)
{
    hci_link_t *const link = find_link(hci, handle);
    if (link != NULL) {
        give_pieces(hci, link, 0);
        complete_sent(hci, link, link->sents);
        ledger_give(&hci->ledger, link->connection);
        link->open = false;
    }
}

/* --- events
 * --------------------------------------------------------------------------------------- */

/* When the host has processed what arrives now: one after the other. */
static uint64_t processed(hci_t *hci)
{
    hci->busy = (hci->busy > hci->ledger.time ? hci->busy : hci->ledger.time) + hci->service;
    return hci->busy;
}

static bool is_report(const hci_packet_t *packet)
{
    const uint32_t kind = number_at(packet, 2, 1);
    return number_at(packet, 0, 1) == EVENT_LE &&
           (kind == LE_REPORT || kind == LE_REPORT_DIRECTED || kind == LE_REPORT_EXTENDED);
}

static void completed_packets(hci_t *hci, const hci_packet_t *packet)
{
    const uint32_t count = number_at(packet, 2, 1);
    for (uint32_t i = 0; i < count && 7 + 4 * i <= packet->length; ++i) {
        hci_link_t *const link = find_link(hci, number_at(packet, 3 + 4 * i, 2) & 0xfffU);
        if (link != NULL) {
            complete_sent(hci, link, number_at(packet, 5 + 4 * i, 2));
        }
    }
}

static void follow_event(hci_t *hci, const hci_packet_t *packet)
{
    const uint32_t code = number_at(packet, 0, 1);
    const uint32_t kind = number_at(packet, 2, 1);
    const bool le = code == EVENT_LE && (kind == LE_CONNECTED || kind == LE_CONNECTED_ENHANCED);
    if (le && packet->length >= 6 && number_at(packet, 3, 1) == 0) {
        open_link(hci, number_at(packet, 4, 2) & 0xfffU);
    } else if (packet->length >= 5 && code == EVENT_CONNECTED && kind == 0) {
        open_link(hci, number_at(packet, 3, 2) & 0xfffU);
    } else if (packet->length >= 5 && code == EVENT_DISCONNECTED && kind == 0) {
        close_link(hci, number_at(packet, 3, 2) & 0xfffU);
    } else if (code == EVENT_COMPLETED) {
        completed_packets(hci, packet);
    }
}

static void receive_event(hci_t *hci, const hci_packet_t *packet)
{
    ledger_t *const ledger = &hci->ledger;
    const hci_pool_t pool = is_report(packet) ? POOL_DISCARDABLE : POOL_EVENT;
    const hold_t hold = ledger_take(ledger, (resource_t)pool, 1, 1, CAUSE_RECEIVED);
    hci->largest_event = larger(hci->largest_event, number_at(packet, 1, 1) + 2);
    ledger_doubt(ledger, hold);
    ledger_give_at(ledger, hold, processed(hci));
    follow_event(hci, packet);
}

/* --- data
 * ----------------------------------------------------------------------------------------- */

static void receive_data(hci_t *hci, hci_link_t *link, const hci_packet_t *packet)
{
    ledger_t *const ledger = &hci->ledger;
    const uint32_t length = number_at(packet, 2, 2);
    const bool starts = (number_at(packet, 0, 2) >> 12 & 3U) != FRAGMENT_CONTINUED;
    hci->largest_acl = larger(hci->largest_acl, length + ACL_HEADER);
    if (!ARRAY_GROW(link, piece)) {
        ledger->short_of_memory = true;
        return;
    }
    if (starts) {
        give_pieces(hci, link, 0); /* the one before lost its end */
        link->expected = number_at(packet, ACL_HEADER, 2) + L2CAP_HEADER;
        link->got = 0;
    }
    link->got += length;
    link->piece[link->pieces++] =
        ledger_take(ledger, (resource_t)POOL_ACL, 1, 1, starts ? CAUSE_RECEIVED : CAUSE_FRAGMENT);
    if (link->got >= link->expected) {
        give_pieces(hci, link, processed(hci));
    }
}

/* Bytes of a block of msys that holds a fragment: struct os_mbuf, struct os_mbuf_pkthdr, headers,
 * data. */
static uint32_t msys_bytes(const hci_t *hci, uint32_t length)
{
    const uint32_t pointer = hci->target.pointer;
    const uint32_t mbuf = 3 * pointer + (pointer == 2 ? 4 : pointer);
    const uint32_t header = pointer + (pointer == 8 ? 8U : 4U);
    return mbuf + header + ACL_HEADER + length;
}

static void send_data(hci_t *hci, hci_link_t *link, const hci_packet_t *packet)
{
    ledger_t *const ledger = &hci->ledger;
    const int64_t bytes = msys_bytes(hci, number_at(packet, 2, 2));
    if (!ARRAY_GROW(link, sent)) {
        ledger->short_of_memory = true;
        return;
    }
    const hold_t hold = ledger_take(ledger, RESOURCE_HEAP, bytes, bytes, CAUSE_UNACKED);
    ledger_doubt(ledger, hold);
    link->sent[link->sents++] = hold;
}

/* Where the capture has no direction, a start says it: the kinds of both sides differ. */
static bool is_received(const hci_link_t *link, const hci_packet_t *packet)
{
    const uint32_t kind = number_at(packet, 0, 2) >> 12 & 3U;
    return packet->received >= 0        ? packet->received == 1
           : kind == FRAGMENT_CONTINUED ? link->pieces > 0
                                        : kind != FRAGMENT_START_SENT;
}

static void follow_data(hci_t *hci, const hci_packet_t *packet)
{
    if (packet->length < ACL_HEADER) {
        return;
    }
    hci_link_t *const link = open_link(hci, number_at(packet, 0, 2) & 0xfffU);
    if (link == NULL) {
        return;
    }
    if (is_received(link, packet)) {
        receive_data(hci, link, packet);
    } else {
        send_data(hci, link, packet);
    }
}

/* --- reading
 * -------------------------------------------------------------------------------------- */

/* Takes direction and type off a frame; false where it is too short. */
static bool open_packet(hci_packet_t *packet, const capture_frame_t *frame)
{
    const uint32_t before = frame->link == LINK_HCI_DIRECTION ? DIRECTION : 0;
    if (frame->length < before + 1) {
        return false;
    }
    *packet = (hci_packet_t){.bytes = frame->bytes + before + 1,
                             .length = frame->length - before - 1,
                             .type = frame->bytes[before],
                             .received = before == 0 ? -1 : frame->bytes[DIRECTION - 1] & 1};
    return true;
}

static void follow(hci_t *hci, const capture_frame_t *frame)
{
    hci_packet_t packet;
    if (!open_packet(&packet, frame)) {
        return;
    }
    if (packet.type == HCI_EVENT && packet.received != 0) {
        receive_event(hci, &packet);
    } else if (packet.type == HCI_ACL_DATA) {
        follow_data(hci, &packet);
    }
}

/* What the host still holds at the end of a capture says nothing of the next. */
static void end_file(hci_t *hci)
{
    ledger_clear(&hci->ledger);
    hci->ledger.time = 0;
    hci->busy = 0;
    for (size_t i = 0; i < hci->links; ++i) {
        hci->link[i].open = false;
        hci->link[i].pieces = 0;
        hci->link[i].sents = 0;
        hci->link[i].expected = 0;
    }
}

static bool read_file(hci_t *hci, const char *name)
{
    capture_t capture;
    capture_frame_t frame;
    capture_status_t status = CAPTURE_END;
    if (!capture_open_hci(&capture, name)) {
        return false;
    }
    while (!hci->ledger.short_of_memory &&
           (status = capture_next(&capture, &frame)) == CAPTURE_FRAME) {
        ledger_advance(&hci->ledger, ++hci->packets, frame.nanoseconds);
        follow(hci, &frame);
    }
    capture_close(&capture);
    end_file(hci);
    return status != CAPTURE_ERROR;
}

/* --- proof
 * ---------------------------------------------------------------------------------------- */

static trace_t trace_of(const hci_t *hci, int resource)
{
    return trace_of_ledger(&hci->ledger, resource);
}

static int64_t needed(const hci_t *hci, hci_pool_t pool)
{
    return hci->ledger.level[pool].peak_most.amount;
}

/* The sizes of msys that take the least memory; with what is needed nothing fails, with one less
 * something does. */
static bool prove(hci_t *hci)
{
    const trace_t msys = trace_of(hci, RESOURCE_HEAP);
    bool ok = true;
    for (int i = 0; i < POOLS; ++i) {
        const trace_t trace = trace_of(hci, i);
        const int64_t count = needed(hci, (hci_pool_t)i);
        const replayed_t below = fit_pool(&trace, count > 0 ? (size_t)count - 1 : 0);
        hci->below[i] = below.packet;
        ok = ok && below.ok && fit_pool(&trace, (size_t)count).failures == 0;
    }
    if (!classes_measure(&hci->demand, &msys, hci->target.alignment)) {
        return false;
    }
    hci->msys_pools =
        classes_choose(&hci->demand, MSYS_POOLS, &hci->target, 0, hci->msys, &hci->msys_bytes);
    for (size_t i = 0; i < hci->msys_pools; ++i) {
        --hci->msys[i].count;
        const replayed_t below = fit_classes(&msys, hci->msys, hci->msys_pools);
        ++hci->msys[i].count;
        hci->msys_below[i] = below.packet;
        ok = ok && below.ok;
    }
    return ok && fit_classes(&msys, hci->msys, hci->msys_pools).failures == 0;
}

/* --- output
 * --------------------------------------------------------------------------------------- */

static void print_syscfg(const hci_t *hci)
{
    printf("# Made by cistern size: the least that the captures need.\nsyscfg.vals:\n");
    for (int i = 0; i < POOLS; ++i) {
        const peak_t *const peak = &hci->ledger.level[i].peak_most;
        if (peak->amount != 0) {
            printf("    # packet %" PRIu64 ", %s\n    %s: %" PRId64 "\n", peak->packet,
                   cause_text(peak->cause), pools[i].option, peak->amount);
        }
    }
    if (hci->largest_acl != 0) {
        printf("    # the largest fragment received\n    BLE_TRANSPORT_ACL_SIZE: %" PRIu32 "\n",
               hci->largest_acl - ACL_HEADER);
    }
    if (hci->largest_event != 0) {
        printf("    # the largest event\n    BLE_TRANSPORT_EVT_SIZE: %" PRIu32 "\n",
               hci->largest_event);
    }
    for (size_t i = 0; i < hci->msys_pools; ++i) {
        printf("    # data sent until it is completed; one block less fails at packet %" PRIu64
               "\n    MSYS_%zu_BLOCK_COUNT: %zu\n    MSYS_%zu_BLOCK_SIZE: %zu\n",
               hci->msys_below[i], i + 1, hci->msys[i].count, i + 1, hci->msys[i].size);
    }
}

static void print_text(const hci_t *hci)
{
    printf("%" PRIu64 " HCI packets: pools of a NimBLE host.\n\n  %-20s %9s  %s\n", hci->packets,
           "pool", "needed", "peak at packet, cause");
    for (int i = 0; i < POOLS; ++i) {
        const peak_t *const peak = &hci->ledger.level[i].peak_most;
        printf("  %-20s %9" PRId64, pools[i].name, peak->amount);
        if (peak->amount != 0) {
            printf("  %" PRIu64 " %s; one less fails at packet %" PRIu64, peak->packet,
                   cause_text(peak->cause), hci->below[i]);
        }
        printf("\n");
    }
    for (size_t i = 0; i < hci->msys_pools; ++i) {
        printf("  msys_%zu               %9zu  of %zu bytes; one less fails at packet %" PRIu64
               "\n",
               i + 1, hci->msys[i].count, hci->msys[i].size, hci->msys_below[i]);
    }
    printf("\nAssumed\n  pointers                 %u bits (--pointer)\n"
           "  service time             %" PRIu64 " us\n"
           "  What the host sends stays in msys until the controller has completed it, and each\n"
           "  fragment is one block. A host that shares its chip with the controller adds the\n"
           "  controller's header to each, and its own uses of msys.\n\n",
           hci->target.pointer * 8U, hci->service / 1000U);
    print_syscfg(hci);
}

static json_t *json_of_pools(const hci_t *hci)
{
    json_t *const array = json_array();
    for (int i = 0; i < POOLS; ++i) {
        const peak_t *const peak = &hci->ledger.level[i].peak_most;
        json_array_append_new(array, json_pack("{s:s, s:s, s:I, s:I, s:I}", "name", pools[i].name,
                                               "option", pools[i].option, "needed",
                                               (json_int_t)peak->amount, "peak_packet",
                                               (json_int_t)peak->packet, "one_less_fails_at",
                                               (json_int_t)hci->below[i]));
    }
    return array;
}

static json_t *json_of_msys(const hci_t *hci)
{
    json_t *const array = json_array();
    for (size_t i = 0; i < hci->msys_pools; ++i) {
        json_array_append_new(array,
                              json_pack("{s:I, s:I, s:I}", "size", (json_int_t)hci->msys[i].size,
                                        "count", (json_int_t)hci->msys[i].count,
                                        "one_less_fails_at", (json_int_t)hci->msys_below[i]));
    }
    return array;
}

static bool print_json(const hci_t *hci)
{
    json_t *const json =
        json_pack("{s:b, s:I, s:o, s:o, s:I, s:I}", "complete", (int)hci->complete, "packets",
                  (json_int_t)hci->packets, "pools", json_of_pools(hci), "msys", json_of_msys(hci),
                  "largest_acl", (json_int_t)hci->largest_acl, "largest_event",
                  (json_int_t)hci->largest_event);
    const bool ok = json != NULL && json_dumpf(json, stdout, JSON_INDENT(2)) == 0;
    printf("\n");
    json_decref(json);
    return ok;
}

static bool print(const hci_t *hci)
{
    if (hci->options->format == SIZE_FORMAT_JSON) {
        return print_json(hci);
    }
    if (hci->options->format == SIZE_FORMAT_SYSCFG) {
        print_syscfg(hci);
    } else {
        print_text(hci);
    }
    return true;
}

/* --- the command
 * ---------------------------------------------------------------------------------- */

static void free_all(hci_t *hci)
{
    for (size_t i = 0; i < hci->links; ++i) {
        free(hci->link[i].piece);
        free(hci->link[i].sent);
    }
    free(hci->link);
    ledger_free(&hci->ledger);
    classes_free(&hci->demand);
}

int hci_run(const size_options_t *options)
{
    hci_t hci = {.options = options,
                 .target = {.pointer = options->pointer / 8, .alignment = options->pointer / 8},
                 .service = 1000U * (options->service < 0 ? SERVICE : (uint64_t)options->service),
                 .complete = true};
    ledger_init(&hci.ledger, &hci.target);
    for (int i = 0; i < options->files; ++i) {
        hci.complete = read_file(&hci, options->file[i]) && hci.complete;
    }
    int status = hci.complete ? STATUS_OK : STATUS_INPUT;
    if (hci.ledger.short_of_memory || (hci.packets > 0 && (!prove(&hci) || !print(&hci)))) {
        status = size_fail_memory();
    } else if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("cistern: the output could not be written\n", stderr);
        status = STATUS_USAGE;
    }
    free_all(&hci);
    return status;
}
