/* SPDX-License-Identifier: BSD-3-Clause */
/* account.h - the second reading: what each packet makes the device take and give back.
 *
 *   packet --> sent by the device      TCP: its data until acknowledged; others for their moment
 *          --> received by the device  in hand until processed; then data until read, fragments
 *                                      until whole, or nothing
 *
 * What a received frame says counts when the device processes it: its service time after it came, one
 * frame after the other; or when something that the device sends shows that it was.
 *
 * One file for each kind: account.c (what is none of the others), account_tcp.c, account_udp.c,
 * account_fragments.c, account_mailbox.c. All take and give through the ledger. */
#ifndef CISTERN_TOOL_ACCOUNT_H
#define CISTERN_TOOL_ACCOUNT_H

#include "ledger.h"
#include "lwip_options.h"
#include "survey.h"
#include "traffic.h"

enum {
    FRAME_HOLDS = 64,
    ARP_PENDING = 32,
    DATAGRAMS = 64,
    GROUPS = 64,
    WAITING_LEAST = 8,
    WAITING = 1024, /* at most; a power of two times the least */
    MAILBOX_PLACES = 1024
};

/* What the user asked for beyond the capture. */
typedef struct account_settings {
    uint64_t service; /* nanoseconds from a frame's arrival to the end of its processing */
    uint64_t rtt;     /* nanoseconds that acknowledgements come later */
    double loss;      /* of segments, 0 to 1 */
} account_settings_t;

/* What a connection held at once, at most. */
typedef struct connection_peak {
    int64_t segments;
    int64_t heap;
    int64_t elements;
} connection_peak_t;

/* A frame that is in hand: the elements that it takes, one hold each of its wire frames. */
typedef struct in_hand {
    hold_t hold[FRAME_HOLDS];
    int holds;
    int64_t elements; /* of one of them */
    uint64_t done;    /* when it is processed */
} in_hand_t;

/* A frame that was received and waits for the device to process it. */
typedef struct waiting {
    parsed_t parsed;
    in_hand_t frame;
} waiting_t;

typedef struct neighbour {
    address_t target; /* family 0: free */
    hold_t hold;
    uint64_t until; /* packets to it count up to then; 0 while it does not answer */
    unsigned left;  /* packets sent to it since the answer */
} neighbour_t;

/* All mailboxes of a kind: account_mailbox.c. */
typedef struct mailboxes {
    uint32_t deep[MAILBOX_PLACES];
    hold_t hold[MAILBOX_PLACES];
} mailboxes_t;

enum { MAILBOX_RESOURCES = RESOURCE_ACCEPTMBOX - RESOURCE_TCPIP_MBOX + 1 };

struct tcp_state;
struct udp_state;
struct datagram_state;

typedef struct account {
    survey_t *survey;
    const device_t *device;
    const lwip_options_t *options;
    const target_t *target;
    account_settings_t settings;
    ledger_t ledger;
    connections_again_t connections;
    struct tcp_state **tcp; /* for each connection of the survey; NULL: it did not begin */
    struct datagram_state *datagram;
    uint64_t busy;      /* the device processes frames until then */
    waiting_t *waiting; /* a ring: those that it has not processed yet */
    size_t waiting_room;
    size_t first_waiting;
    size_t waiting_count;
    struct udp_state *udp;
    mailboxes_t mailboxes[MAILBOX_RESOURCES];
    uint32_t *accepting; /* of each TCP port: connections that the application did not accept yet */
    neighbour_t neighbour[ARP_PENDING];
    address_t group[GROUPS];
    int groups;
    hold_t raw;
    hold_t dhcp;
    int file;
    uint64_t sent;     /* frames by the device */
    uint64_t received; /* frames toward the device */
    uint64_t passed;   /* frames of others */
    uint64_t super;    /* longer than the MSS allows: split */
    uint64_t lost;     /* counts toward the next segment that is taken as lost */
    connection_peak_t peak;
    ledger_watch_t *watch; /* sees every change of a level; NULL: none */
    void *watcher;
} account_t;

/* Called when a packet is processed and all levels stand, before the next. */
typedef void account_observer_t(void *context, const account_t *account, uint64_t packet);

/* Reads all traffic again. False if memory is short. `observer` may be NULL. */
bool account_read(account_t *account, traffic_t *traffic, account_observer_t *observer,
                  void *context);

void account_free(account_t *account);

/* --- between the files of the accounting
 * ---------------------------------------------------------- */

int64_t account_option(const account_t *account, lwip_option_t option);

/* Keeps a frame's elements beyond its processing: they are certain from now on. */
void account_keep(account_t *account, hold_t hold, cause_t cause);

/* Takes and gives back a PBUF_RAM of the heap, for a moment. */
void account_touch_ram(account_t *account, size_t headroom, size_t length, cause_t cause);

/* A message more, or less, in a mailbox that has so many. */
void account_post(account_t *account, resource_t resource, uint32_t *messages, cause_t cause);
void account_fetch(account_t *account, resource_t resource, uint32_t *messages);
void account_mailboxes_clear(account_t *account);

bool account_udp_open(account_t *account);
void account_udp_file(account_t *account);
void account_udp_sent(account_t *account, const parsed_t *parsed);
void account_udp_received(account_t *account, const parsed_t *parsed, in_hand_t *frame);

/* Datagrams that found no answer wait no longer. */
void account_udp_expire(account_t *account);
void account_udp_free(account_t *account);

bool account_tcp_open(account_t *account);

/* Numbers the connection of a packet: once for each, in their order. */
void account_tcp_number(account_t *account, parsed_t *parsed);
void account_tcp_file(account_t *account, int file);
void account_tcp_end_file(account_t *account);
void account_tcp_sent(account_t *account, const parsed_t *parsed);
void account_tcp_received(account_t *account, const parsed_t *parsed, in_hand_t *frame);
void account_tcp_free(account_t *account);

/* Whether what the device sends shows that it processed what it received. */
bool account_tcp_shows(const parsed_t *sent, const parsed_t *received);

/* A segment that waits may be processed already: what it acknowledges is in doubt. */
void account_tcp_preview(account_t *account, const parsed_t *parsed);

/* Whether the device could send this only after it processed what waits: its send buffer was full. */
bool account_tcp_overflows(account_t *account, const parsed_t *parsed);

/* The largest segment between the sides: what a longer frame is split into. */
uint32_t account_tcp_mss(const account_t *account, const parsed_t *parsed);

bool account_fragments_open(account_t *account);

/* Takes a fragment over. */
void account_fragment_received(account_t *account, const parsed_t *parsed, in_hand_t *frame);
void account_fragments_free(account_t *account);

#endif
