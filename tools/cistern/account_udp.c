/* SPDX-License-Identifier: BSD-3-Clause */
/* account_udp.c - what the device's UDP ports hold.
 *
 *   port      served: it received before it sent   it may exist as long as the capture goes on
 *             else a client's                      from its first packet to its last
 *   datagram  without threads   processed at once, by the application's callback
 *             with threads      waits in the port's mailbox until the application answers
 *
 * I1  datagrams wait in the order of their arrival
 * I2  an answer shows that the oldest datagram of that peer was read, and all before it at the port */
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "array.h"

#define UNANSWERED 1000000000U /* nanoseconds after which no answer is expected */

typedef struct port_state {
    hold_t pcb;
    hold_t netconn;
    uint32_t messages;
} port_state_t;

typedef struct datagram {
    size_t port; /* of the survey */
    address_t peer;
    uint16_t peer_port;
    uint64_t end; /* it waits no longer */
    hold_t elements;
    hold_t netbuf;
} datagram_t;

typedef struct udp_state {
    port_state_t *port; /* one for each of the survey */
    datagram_t *datagram;
    size_t datagrams;
    size_t datagram_room;
} udp_state_t;

static bool is_served(const udp_port_t *port)
{
    return port->first_received != 0 && port->first_sent > port->first_received;
}

static bool has_threads(const account_t *account)
{
    return resource_exists(RESOURCE_UDP_RECVMBOX, account->options);
}

bool account_udp_open(account_t *account)
{
    account->udp = calloc(1, sizeof *account->udp);
    if (account->udp == NULL) {
        return false;
    }
    account->udp->port = calloc(account->survey->ports + 1, sizeof *account->udp->port);
    return account->udp->port != NULL;
}

void account_udp_free(account_t *account)
{
    if (account->udp != NULL) {
        free(account->udp->port);
        free(account->udp->datagram);
        free(account->udp);
    }
}

/* --- ports
 * ---------------------------------------------------------------------------------------- */

/* Takes what a port needs; `least` is 1 once it is certain. */
static void open_port(account_t *account, port_state_t *state, int64_t least)
{
    ledger_t *const ledger = &account->ledger;
    if (ledger_holds(ledger, state->pcb)) {
        ledger_ensure(ledger, state->pcb, least, CAUSE_LOCAL_PORT);
        return;
    }
    if (resource_exists(RESOURCE_UDP_PCB, account->options)) {
        state->pcb = ledger_take(ledger, RESOURCE_UDP_PCB, least, 1, CAUSE_LOCAL_PORT);
    }
    if (resource_exists(RESOURCE_NETCONN, account->options)) {
        state->netconn = ledger_take(ledger, RESOURCE_NETCONN, 0, 1, CAUSE_LOCAL_PORT);
    }
}

static void use_port(account_t *account, const udp_port_t *port)
{
    ledger_t *const ledger = &account->ledger;
    port_state_t *const state = &account->udp->port[port - account->survey->port];
    open_port(account, state, 1);
    if (ledger->packet < port->last_sent || ledger->packet < port->last_received) {
        return;
    }
    if (is_served(port)) {
        ledger_doubt(ledger, state->pcb);
    } else {
        ledger_give(ledger, state->pcb);
        ledger_give(ledger, state->netconn);
    }
}

/* Ports that are served were there before their first datagram. */
void account_udp_file(account_t *account)
{
    const survey_t *const survey = account->survey;
    account->udp->datagrams = 0;
    memset(account->udp->port, 0, survey->ports * sizeof *account->udp->port);
    for (size_t i = 0; i < survey->ports; ++i) {
        if (is_served(&survey->port[i]) && device_has(account->device, &survey->port[i].address)) {
            open_port(account, &account->udp->port[i], 0);
        }
    }
}

/* --- datagrams that wait
 * -------------------------------------------------------------------------- */

static void read_datagram(account_t *account, const datagram_t *datagram)
{
    ledger_give(&account->ledger, datagram->elements);
    ledger_give(&account->ledger, datagram->netbuf);
    account_fetch(account, RESOURCE_UDP_RECVMBOX, &account->udp->port[datagram->port].messages);
}

/* Reads the datagrams of a port up to one of them. */
static void read_up_to(account_t *account, size_t port, size_t last)
{
    udp_state_t *const udp = account->udp;
    size_t kept = 0;
    for (size_t i = 0; i < udp->datagrams; ++i) {
        const datagram_t datagram = udp->datagram[i];
        if (i <= last && datagram.port == port) {
            read_datagram(account, &datagram);
        } else {
            udp->datagram[kept++] = datagram;
        }
    }
    udp->datagrams = kept;
}

void account_udp_expire(account_t *account)
{
    udp_state_t *const udp = account->udp;
    while (udp->datagrams > 0 && udp->datagram[0].end <= account->ledger.time) {
        read_up_to(account, udp->datagram[0].port, 0);
    }
}

static void answer(account_t *account, const parsed_t *parsed, size_t port)
{
    const udp_state_t *const udp = account->udp;
    for (size_t i = 0; i < udp->datagrams; ++i) {
        const datagram_t *const datagram = &udp->datagram[i];
        if (datagram->port == port && datagram->peer_port == parsed->destination_port &&
            address_equal(&datagram->peer, &parsed->destination)) {
            read_up_to(account, port, i);
            return;
        }
    }
}

static void queue_datagram(account_t *account, const parsed_t *parsed, size_t port, hold_t *hold)
{
    udp_state_t *const udp = account->udp;
    ledger_t *const ledger = &account->ledger;
    if (!ARRAY_GROW(udp, datagram)) {
        ledger->short_of_memory = true;
        return;
    }
    datagram_t *const datagram = &udp->datagram[udp->datagrams++];
    *datagram = (datagram_t){.port = port,
                             .peer = parsed->source,
                             .peer_port = parsed->source_port,
                             .end = ledger->time + UNANSWERED,
                             .elements = *hold};
    ledger_doubt(ledger, *hold);
    datagram->netbuf = ledger_take(ledger, RESOURCE_NETBUF, 0, 1, CAUSE_UNREAD);
    account_post(account, RESOURCE_UDP_RECVMBOX, &udp->port[port].messages, CAUSE_UNREAD);
    *hold = 0;
}

/* --- packets
 * -------------------------------------------------------------------------------------- */

/* The API refers to the application's data, or to a network buffer with it. */
static void touch_api(account_t *account)
{
    ledger_t *const ledger = &account->ledger;
    if (!has_threads(account)) {
        return;
    }
    ledger_touch(ledger, RESOURCE_PBUF, 0, 1, CAUSE_SENT);
    if (account_option(account, OPTION_LWIP_SOCKET) == 0) {
        ledger_touch(ledger, RESOURCE_NETBUF, 0, 1, CAUSE_SENT);
    }
}

void account_udp_sent(account_t *account, const parsed_t *parsed)
{
    const udp_port_t *const port =
        survey_port(account->survey, &parsed->source, parsed->source_port);
    if (port != NULL) {
        use_port(account, port);
        answer(account, parsed, (size_t)(port - account->survey->port));
    }
    const int64_t bytes = (int64_t)target_pbuf_ram(
        account->target, target_transport_room(account->options), parsed->data);
    ledger_touch(&account->ledger, RESOURCE_HEAP, 0, bytes, CAUSE_SENT);
    touch_api(account);
}

void account_udp_received(account_t *account, const parsed_t *parsed, in_hand_t *frame)
{
    const udp_port_t *const port =
        survey_port(account->survey, &parsed->destination, parsed->destination_port);
    if (port == NULL || port->first_sent == 0) {
        return; /* nobody answered there: no port, or one that only listens */
    }
    use_port(account, port);
    if (has_threads(account)) {
        queue_datagram(account, parsed, (size_t)(port - account->survey->port), &frame->hold[0]);
    }
}
