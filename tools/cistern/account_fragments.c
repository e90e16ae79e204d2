/* SPDX-License-Identifier: BSD-3-Clause */
/* account_fragments.c - datagrams of which fragments are missing.
 *
 *   fragment --> PBUF_POOL elements and, for the first, REASSDATA   held until the datagram is
 * whole, or its time is over
 *
 * As lwIP does: at most IP_REASS_MAX_PBUFS elements in all; for a new datagram the oldest give way,
 * and a fragment that still does not fit is dropped. */
#include <stdlib.h>
#include <string.h>

#include "account.h"

enum { FRAGMENTS = 128, TICK = 1000000000 /* nanoseconds of the reassembly timer */ };

typedef struct datagram_state {
    address_t source;
    address_t destination;
    uint32_t id;
    uint64_t began;
    hold_t header;
    hold_t hold[FRAGMENTS];
    uint32_t offset[FRAGMENTS];
    int64_t elements;
    uint32_t total; /* bytes; 0 until the last fragment is there */
    uint32_t bytes;
    int fragments;
} datagram_state_t;

bool account_fragments_open(account_t *account)
{
    account->datagram = calloc(DATAGRAMS, sizeof *account->datagram);
    return account->datagram != NULL;
}

void account_fragments_free(account_t *account)
{
    free(account->datagram);
}

/* Its header is given back last, and also when its time is over. */
static bool is_live(const account_t *account, const datagram_state_t *datagram)
{
    return ledger_holds(&account->ledger, datagram->header);
}

static void drop_datagram(account_t *account, datagram_state_t *datagram)
{
    for (int i = 0; i < datagram->fragments; ++i) {
        ledger_give(&account->ledger, datagram->hold[i]);
    }
    ledger_give(&account->ledger, datagram->header);
}

static int64_t elements_held(const account_t *account)
{
    int64_t elements = 0;
    for (int i = 0; i < DATAGRAMS; ++i) {
        elements += is_live(account, &account->datagram[i]) ? account->datagram[i].elements : 0;
    }
    return elements;
}

/* The oldest but `kept`, or NULL. */
static datagram_state_t *oldest(account_t *account, const datagram_state_t *kept)
{
    datagram_state_t *found = NULL;
    for (int i = 0; i < DATAGRAMS; ++i) {
        datagram_state_t *const datagram = &account->datagram[i];
        if (datagram != kept && is_live(account, datagram) &&
            (found == NULL || datagram->began < found->began)) {
            found = datagram;
        }
    }
    return found;
}

static bool is_of(const datagram_state_t *datagram, const parsed_t *parsed)
{
    return datagram->id == parsed->id && address_equal(&datagram->source, &parsed->source) &&
           address_equal(&datagram->destination, &parsed->destination);
}

/* The time that a datagram has, in nanoseconds. */
static uint64_t age(const account_t *account, const parsed_t *parsed)
{
    const bool v4 = parsed->source.family == 4;
    const int64_t ticks =
        account_option(account, v4 ? OPTION_IP_REASS_MAXAGE : OPTION_IPV6_REASS_MAXAGE);
    return (uint64_t)ticks * TICK;
}

static void expire(account_t *account, const datagram_state_t *datagram, hold_t hold,
                   const parsed_t *parsed)
{
    const uint64_t end = datagram->began + age(account, parsed);
    ledger_doubt_at(&account->ledger, hold, end - TICK);
    ledger_give_at(&account->ledger, hold, end + TICK);
}

static datagram_state_t *find(account_t *account, const parsed_t *parsed)
{
    datagram_state_t *unused = NULL;
    for (int i = 0; i < DATAGRAMS; ++i) {
        datagram_state_t *const datagram = &account->datagram[i];
        if (!is_live(account, datagram)) {
            unused = datagram;
        } else if (is_of(datagram, parsed)) {
            return datagram;
        }
    }
    if (unused == NULL) {
        unused = oldest(account, NULL);
        drop_datagram(account, unused);
    }
    const resource_t resource =
        parsed->source.family == 4 ? RESOURCE_REASSDATA : RESOURCE_IP6_REASSDATA;
    *unused = (datagram_state_t){.source = parsed->source,
                                 .destination = parsed->destination,
                                 .id = parsed->id,
                                 .began = parsed->time};
    unused->header = ledger_take(&account->ledger, resource, 1, 1, CAUSE_FRAGMENT);
    expire(account, unused, unused->header, parsed);
    return unused;
}

static bool has_offset(const datagram_state_t *datagram, uint32_t offset)
{
    for (int i = 0; i < datagram->fragments; ++i) {
        if (datagram->offset[i] == offset) {
            return true;
        }
    }
    return false;
}

/* Makes room as lwIP does; false when there is none. */
static bool make_room(account_t *account, const datagram_state_t *datagram, int64_t elements)
{
    const int64_t limit = account_option(account, OPTION_IP_REASS_MAX_PBUFS);
    while (elements_held(account) + elements > limit) {
        datagram_state_t *const old = oldest(account, datagram);
        if (old == NULL) {
            return false;
        }
        drop_datagram(account, old);
    }
    return true;
}

/* Keeps the elements that are in hand. */
static void keep(account_t *account, datagram_state_t *datagram, const parsed_t *parsed,
                 in_hand_t *frame)
{
    account_keep(account, frame->hold[0], CAUSE_FRAGMENT);
    datagram->hold[datagram->fragments] = frame->hold[0];
    datagram->offset[datagram->fragments++] = parsed->fragment_offset;
    datagram->elements += frame->elements;
    datagram->bytes += parsed->payload;
    if (!parsed->more_fragments) {
        datagram->total = parsed->fragment_offset + parsed->payload;
    }
    expire(account, datagram, frame->hold[0], parsed);
    frame->hold[0] = 0;
}

void account_fragment_received(account_t *account, const parsed_t *parsed, in_hand_t *frame)
{
    const bool v4 = parsed->source.family == 4;
    const resource_t resource = v4 ? RESOURCE_REASSDATA : RESOURCE_IP6_REASSDATA;
    if (!resource_exists(resource, account->options)) {
        return;
    }
    datagram_state_t *const datagram = find(account, parsed);
    if (datagram->fragments == FRAGMENTS || has_offset(datagram, parsed->fragment_offset) ||
        !make_room(account, datagram, frame->elements)) {
        return;
    }
    keep(account, datagram, parsed, frame);
    if (datagram->total != 0 && datagram->bytes >= datagram->total) {
        drop_datagram(account, datagram);
    }
}
