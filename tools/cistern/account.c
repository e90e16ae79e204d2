/* SPDX-License-Identifier: BSD-3-Clause */
/* account.c - the second reading: frames in hand, and all that is neither TCP nor a fragment. */
#include "account.h"

#include <stdlib.h>
#include <string.h>

enum {
    NUMBER_ICMP = 1,
    NUMBER_IGMP = 2,
    NUMBER_TCP = 6,
    NUMBER_UDP = 17,
    NUMBER_ICMPV6 = 58,
    ARP_LENGTH = 28,
    UDP_HEADER = 8,
    PORTS = 65536,
    PORT_DHCP_CLIENT = 68,
    PORT_DHCP_SERVER = 67,
    ND_SOLICITATION = 135,
    ND_ADVERTISEMENT = 136,
    RESOLVE_FOR = 2000000, /* nanoseconds in which what waited for an answer is sent */
};

#define ARP_TIMEOUT 6000000000U /* nanoseconds that a request is pending, a tick more */

int64_t account_option(const account_t *account, lwip_option_t option)
{
    return account->options->value[option];
}

static bool exists(const account_t *account, resource_t resource)
{
    return resource_exists(resource, account->options);
}

void account_touch_ram(account_t *account, size_t headroom, size_t length, cause_t cause)
{
    const int64_t bytes = (int64_t)target_pbuf_ram(account->target, headroom, length);
    ledger_touch(&account->ledger, RESOURCE_HEAP, bytes, bytes, cause);
}

/* --- frames in hand
 * ------------------------------------------------------------------------------- */

/* Takes the elements of a frame from its arrival on: of each of its parts, when it is one that a
 * host or network card joined from several. */
static void take_in_hand(account_t *account, const parsed_t *parsed, in_hand_t *frame)
{
    ledger_t *const ledger = &account->ledger;
    const uint32_t mss = account_tcp_mss(account, parsed);
    const bool joined = mss != 0 && parsed->data > mss;
    const size_t length = joined ? parsed->headers + mss : parsed->length;
    uint32_t parts = joined ? (parsed->data + mss - 1) / mss : 1;
    parts = parts > FRAME_HOLDS ? FRAME_HOLDS : parts;
    account->super += joined ? 1 : 0;
    frame->holds = 0; /* the rest of the array is never read */
    frame->elements = (int64_t)target_pool_elements(account->target, account->options, length);
    const uint64_t start = account->busy > parsed->time ? account->busy : parsed->time;
    account->busy = start + account->settings.service;
    frame->done = account->busy;
    for (uint32_t i = 0; i < parts; ++i) {
        frame->hold[frame->holds++] = ledger_take(ledger, RESOURCE_PBUF_POOL, frame->elements,
                                                  frame->elements, CAUSE_RECEIVED);
    }
}

void account_keep(account_t *account, hold_t hold, cause_t cause)
{
    ledger_ensure(&account->ledger, hold, INT32_MAX, cause);
}

/* The frame waits: its service time is an estimate. */
static void doubt_in_hand(account_t *account, const in_hand_t *frame)
{
    for (int i = 0; i < frame->holds; ++i) {
        ledger_doubt(&account->ledger, frame->hold[i]);
    }
}

/* What nobody kept is given back. */
static void leave_hand(account_t *account, const in_hand_t *frame)
{
    for (int i = 0; i < frame->holds; ++i) {
        ledger_give(&account->ledger, frame->hold[i]);
    }
}

/* Something that is held as long as the frame waits for its processing; not certain. */
static void hold_while_waiting(account_t *account, resource_t resource, const in_hand_t *frame)
{
    ledger_t *const ledger = &account->ledger;
    if (exists(account, resource)) {
        const hold_t hold = ledger_take(ledger, resource, 0, 1, CAUSE_RECEIVED);
        if (frame->done <= ledger->time) {
            ledger_give(ledger, hold);
        } else {
            ledger_give_in_turn(ledger, hold, frame->done);
        }
    }
}

/* --- neighbours
 * ----------------------------------------------------------------------------------- */

static neighbour_t *find_neighbour(account_t *account, const address_t *target)
{
    for (int i = 0; i < ARP_PENDING; ++i) {
        if (account->neighbour[i].target.family != 0 &&
            address_equal(&account->neighbour[i].target, target)) {
            return &account->neighbour[i];
        }
    }
    return NULL;
}

static neighbour_t *free_neighbour(account_t *account)
{
    for (int i = 0; i < ARP_PENDING; ++i) {
        if (account->neighbour[i].target.family == 0) {
            return &account->neighbour[i];
        }
    }
    return &account->neighbour[0];
}

/* The device asks for a neighbour: at least one packet may wait for the answer. */
static void ask_neighbour(account_t *account, const address_t *target, resource_t resource)
{
    ledger_t *const ledger = &account->ledger;
    if (!exists(account, resource) || device_has(account->device, target) ||
        find_neighbour(account, target) != NULL) {
        return;
    }
    neighbour_t *const neighbour = free_neighbour(account);
    *neighbour = (neighbour_t){.target = *target};
    neighbour->hold = ledger_take(ledger, resource, 0, 1, CAUSE_UNRESOLVED);
    ledger_give_at(ledger, neighbour->hold, ledger->time + ARP_TIMEOUT);
}

/* The answer came: what the device sends there within a moment is what waited. */
static void hear_neighbour(account_t *account, const address_t *target)
{
    neighbour_t *const neighbour = find_neighbour(account, target);
    if (neighbour != NULL && neighbour->until == 0) {
        neighbour->until = account->ledger.time + RESOLVE_FOR + 2 * account->settings.service;
        ledger_give_at(&account->ledger, neighbour->hold, neighbour->until);
    }
}

static void send_to_neighbour(account_t *account, const parsed_t *parsed)
{
    ledger_t *const ledger = &account->ledger;
    for (int i = 0; i < ARP_PENDING; ++i) {
        neighbour_t *const neighbour = &account->neighbour[i];
        if (neighbour->target.family == 0) {
            continue;
        }
        if (!ledger_holds(ledger, neighbour->hold)) {
            neighbour->target.family = 0;
        } else if (neighbour->until != 0 &&
                   address_equal(&neighbour->target, &parsed->destination)) {
            const resource_t resource =
                neighbour->target.family == 4 ? RESOURCE_ARP_QUEUE : RESOURCE_ND6_QUEUE;
            if (neighbour->left++ > 0) { /* the first is what was counted at the request */
                ledger_give_at(ledger, ledger_take(ledger, resource, 0, 1, CAUSE_UNRESOLVED),
                               neighbour->until);
            }
        }
    }
}

/* --- by protocol, sent
 * ---------------------------------------------------------------------------- */

static void take_dhcp(account_t *account)
{
    if (account->dhcp == 0) {
        account->dhcp = ledger_take(&account->ledger, RESOURCE_HEAP, 0,
                                    (int64_t)account->target->dhcp, CAUSE_CLIENT);
    }
}

static void sent_udp(account_t *account, const parsed_t *parsed)
{
    if (parsed->source_port == PORT_DHCP_CLIENT && parsed->destination_port == PORT_DHCP_SERVER) {
        take_dhcp(account);
    }
    account_udp_sent(account, parsed);
}

static void sent_icmp(account_t *account, const parsed_t *parsed)
{
    const bool v4 = parsed->protocol == NUMBER_ICMP;
    const bool asks = parsed->icmp_type == (v4 ? 8 : 128);
    const bool answers = parsed->icmp_type == (v4 ? 0 : 129);
    if (asks && account->raw == 0 && exists(account, RESOURCE_RAW_PCB)) {
        account->raw = ledger_take(&account->ledger, RESOURCE_RAW_PCB, 0, 1, CAUSE_LOCAL_PORT);
    }
    if (!answers) { /* an answer goes out in the elements of the request */
        account_touch_ram(account, target_ip_room(account->options), parsed->payload, CAUSE_SENT);
    }
    if (!v4 && parsed->icmp_type == ND_SOLICITATION) {
        ask_neighbour(account, &parsed->target, RESOURCE_ND6_QUEUE);
    }
}

static void join_group(account_t *account, const address_t *group, resource_t resource)
{
    for (int i = 0; i < account->groups; ++i) {
        if (address_equal(&account->group[i], group)) {
            return;
        }
    }
    if (account->groups < GROUPS && exists(account, resource)) {
        account->group[account->groups++] = *group;
        ledger_take(&account->ledger, resource, 0, 1, CAUSE_GROUP);
    }
}

/* A fragment goes out behind a header of its own, in one or two references to the whole: which is
 * there until the last has gone. */
static void sent_fragment(account_t *account, const parsed_t *parsed)
{
    ledger_t *const ledger = &account->ledger;
    hold_t whole = 0;
    if (!parsed->more_fragments && parsed->protocol == NUMBER_UDP &&
        parsed->fragment_offset + parsed->payload > UDP_HEADER) {
        const int64_t bytes =
            (int64_t)target_pbuf_ram(account->target, target_transport_room(account->options),
                                     parsed->fragment_offset + parsed->payload - UDP_HEADER);
        whole = ledger_take(ledger, RESOURCE_HEAP, 0, bytes, CAUSE_SENT);
    }
    account_touch_ram(account, target_link_room(account->options), 20, CAUSE_SENT);
    if (exists(account, RESOURCE_FRAG_PBUF)) {
        ledger_touch(ledger, RESOURCE_FRAG_PBUF, 0, 2, CAUSE_SENT);
    }
    ledger_give(ledger, whole);
}

static void sent(account_t *account, const parsed_t *parsed)
{
    if (parsed->kind == PARSED_ARP) {
        account_touch_ram(account, target_link_room(account->options), ARP_LENGTH, CAUSE_SENT);
        if (parsed->operation == 1) {
            ask_neighbour(account, &parsed->destination, RESOURCE_ARP_QUEUE);
        }
        return;
    }
    if (parsed->kind != PARSED_IP) {
        return;
    }
    send_to_neighbour(account, parsed);
    if (parsed->fragment) {
        sent_fragment(account, parsed);
    } else if (!parsed->transport) {
        account_touch_ram(account, target_ip_room(account->options), parsed->payload, CAUSE_SENT);
    } else if (parsed->protocol == NUMBER_TCP) {
        account_tcp_sent(account, parsed);
    } else if (parsed->protocol == NUMBER_UDP) {
        sent_udp(account, parsed);
    } else if (parsed->protocol == NUMBER_IGMP) {
        join_group(account, &parsed->target, RESOURCE_IGMP_GROUP);
    } else {
        sent_icmp(account, parsed);
    }
}

/* --- by protocol, received
 * ------------------------------------------------------------------------ */

static void received_ip(account_t *account, const parsed_t *parsed, in_hand_t *frame)
{
    if (parsed->fragment) {
        account_fragment_received(account, parsed, frame);
    } else if (parsed->transport && parsed->protocol == NUMBER_TCP) {
        account_tcp_received(account, parsed, frame);
    } else if (parsed->transport && parsed->protocol == NUMBER_UDP) {
        account_udp_received(account, parsed, frame);
    } else if (parsed->transport && parsed->protocol == NUMBER_ICMPV6 &&
               parsed->icmp_type == ND_ADVERTISEMENT) {
        hear_neighbour(account, &parsed->target);
    }
}

/* --- frames that wait
 * ----------------------------------------------------------------------------- */

/* The device processes a frame. */
static void handle(account_t *account, const parsed_t *parsed, in_hand_t *frame)
{
    account->ledger.connection = 0;
    if (parsed->kind == PARSED_ARP) {
        hear_neighbour(account, &parsed->source);
    } else if (parsed->kind == PARSED_IP) {
        received_ip(account, parsed, frame);
    }
    leave_hand(account, frame);
}

static waiting_t *waiting_at(const account_t *account, size_t index)
{
    return &account->waiting[(account->first_waiting + index) % account->waiting_room];
}

static void handle_first(account_t *account)
{
    waiting_t *const waiting = waiting_at(account, 0);
    account->first_waiting = (account->first_waiting + 1) % account->waiting_room;
    --account->waiting_count;
    account->ledger.packet = waiting->parsed.number;
    handle(account, &waiting->parsed, &waiting->frame);
}

/* Processes what is due by a time, each frame when it is. */
static void handle_due(account_t *account, uint64_t time)
{
    ledger_t *const ledger = &account->ledger;
    while (account->waiting_count > 0 && waiting_at(account, 0)->frame.done <= time) {
        ledger_advance(ledger, ledger->packet, waiting_at(account, 0)->frame.done);
        handle_first(account);
    }
}

static void handle_all(account_t *account)
{
    handle_due(account, UINT64_MAX);
}

/* The device sends: what its packet answers was processed, and all before that. */
static void handle_answered(account_t *account, const parsed_t *parsed)
{
    size_t count = account->waiting_count;
    while (count > 0 && !account_tcp_shows(parsed, &waiting_at(account, count - 1)->parsed)) {
        --count;
    }
    while (count > 0 || (account->waiting_count > 0 && account_tcp_overflows(account, parsed))) {
        handle_first(account);
        count -= count > 0 ? 1 : 0;
    }
    account->ledger.packet = parsed->number;
}

/* A ring of so many slots, which those that wait move to. */
static bool resize_waiting(account_t *account, size_t room)
{
    waiting_t *const waiting = malloc(room * sizeof *waiting);
    if (waiting == NULL) {
        return false;
    }
    for (size_t i = 0; i < account->waiting_count; ++i) {
        waiting[i] = *waiting_at(account, i);
    }
    free(account->waiting);
    account->waiting = waiting;
    account->waiting_room = room;
    account->first_waiting = 0;
    return true;
}

/* The slot behind those that wait, which the next frame can have. The ring is as small as it can be,
 * so that it stays in the processor's cache. */
static waiting_t *next_waiting(account_t *account)
{
    if (account->waiting_count == account->waiting_room && account->waiting_room < WAITING) {
        account->ledger.short_of_memory |= !resize_waiting(account, 2 * account->waiting_room);
    }
    if (account->waiting_count == account->waiting_room) {
        const uint64_t packet = account->ledger.packet;
        handle_first(account);
        account->ledger.packet = packet;
    }
    return waiting_at(account, account->waiting_count);
}

static void received(account_t *account, const parsed_t *parsed)
{
    waiting_t *const slot = next_waiting(account);
    in_hand_t *const frame = &slot->frame;
    take_in_hand(account, parsed, frame);
    hold_while_waiting(account, RESOURCE_TCPIP_MSG_INPKT, frame);
    hold_while_waiting(account, RESOURCE_TCPIP_MBOX, frame);
    if (frame->done > parsed->time) {
        doubt_in_hand(account, frame);
        account_tcp_preview(account, parsed);
        slot->parsed = *parsed;
        ++account->waiting_count;
    } else {
        handle(account, parsed, frame);
    }
}

/* --- the reading
 * ---------------------------------------------------------------------------------- */

/* A capture ends: what the device still holds says nothing of the next. */
static void next_file(account_t *account, int file)
{
    handle_all(account);
    ledger_clear(&account->ledger);
    account->ledger.time = 0;
    account->busy = 0;
    account->groups = 0;
    account->raw = 0;
    account->dhcp = 0;
    memset(account->neighbour, 0, sizeof account->neighbour);
    if (file != account->file) { /* else it is the first */
        account_tcp_end_file(account);
    }
    account_mailboxes_clear(account);
    account->file = file;
}

static void process(account_t *account, const parsed_t *parsed)
{
    account->ledger.connection = 0;
    account_udp_expire(account);
    if (parsed->passed) {
        ++account->passed;
    } else if (device_sent(account->device, parsed)) {
        ++account->sent;
        handle_answered(account, parsed);
        sent(account, parsed);
    } else if (device_received(account->device, parsed)) {
        ++account->received;
        received(account, parsed);
    } else {
        ++account->passed;
    }
}

static bool open_account(account_t *account)
{
    account->accepting = calloc(PORTS, sizeof *account->accepting);
    return account->accepting != NULL && resize_waiting(account, WAITING_LEAST) &&
           connections_open_again(&account->connections, &account->survey->connections) &&
           account_udp_open(account) && account_tcp_open(account) &&
           account_fragments_open(account);
}

/* Time goes on to a packet of the same file. */
static void go_on(account_t *account, const parsed_t *parsed, uint64_t last)
{
    handle_due(account, parsed->time);
    ledger_advance(&account->ledger, last, parsed->time);
}

static void start_file(account_t *account, const parsed_t *parsed, int file)
{
    next_file(account, file);
    ledger_advance(&account->ledger, parsed->number, parsed->time);
    account_tcp_file(account, file);
    account->ledger.connection = 0;
    account_udp_file(account);
}

/* Frames of others need no parsing, unless some of a connection were theirs and some the device's:
 * all of a connection, or none, must be read to number it. */
static bool can_pass(const account_t *account)
{
    return !account->device->has_mac || !account->survey->connections.moved;
}

static void read_all(account_t *account, traffic_t *traffic, account_observer_t *observer,
                     void *context)
{
    parsed_t parsed;
    uint64_t last = 0;
    while (!account->ledger.short_of_memory && traffic_next(traffic, &parsed)) {
        if (traffic->started) {
            start_file(account, &parsed, traffic->file);
        } else {
            go_on(account, &parsed, last);
            if (observer != NULL) {
                observer(context, account, last);
            }
            account->ledger.packet = parsed.number;
        }
        if (!parsed.passed) {
            account_tcp_number(account, &parsed);
        }
        process(account, &parsed);
        if (observer != NULL) {
            ledger_settle(&account->ledger);
        }
        last = parsed.number;
    }
    handle_all(account);
    if (observer != NULL && last != 0) {
        observer(context, account, last);
    }
    ledger_clear(&account->ledger);
}

bool account_read(account_t *account, traffic_t *traffic, account_observer_t *observer,
                  void *context)
{
    ledger_init(&account->ledger, account->target);
    account->ledger.watch = account->watch;
    account->ledger.watcher = account->watcher;
    if (!open_account(account)) {
        return false;
    }
    traffic_rewind(traffic);
    const parsed_filter_t only = {.mac = account->device->has_mac ? account->device->mac : NULL,
                                  .address = account->device->address,
                                  .addresses = account->device->addresses};
    traffic->only = can_pass(account) ? &only : NULL;
    read_all(account, traffic, observer, context);
    traffic->only = NULL;
    return !account->ledger.short_of_memory && !traffic->short_of_memory;
}

void account_free(account_t *account)
{
    account_tcp_free(account);
    account_fragments_free(account);
    connections_free_again(&account->connections);
    ledger_free(&account->ledger);
    account_udp_free(account);
    free(account->accepting);
    free(account->waiting);
}
