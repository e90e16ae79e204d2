/* SPDX-License-Identifier: BSD-3-Clause */
/* account_tcp.c - what the device's TCP connections hold.
 *
 *   sent      segment | segment | segment | segment      a segment is a TCP_SEG and heap
 *             <-- sent, unacknowledged --> <- unsent ->   unsent: at most what TCP_SND_BUF leaves
 * and what the burst still shows to come received  piece | piece |  gap  | piece               a
 * piece is a frame's PBUF_POOL elements;
 *             <-- unread -->         <- out of order ->   out of order it has a TCP_SEG, too
 *                  ^ the right edge of the announced window, minus the whole window
 *
 * I1  segments are in order; the first `sent` of them were sent
 * I2  what is unsent, and what is read but not yet announced, is in doubt: its least is 0 */
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "array.h"
#include "tcp_sequence.h"

#define SECOND 1000000000U

enum {
    SYN_TIMEOUT = 20,
    FIN_TIMEOUT = 20,
    MSS_LEAST = 32,
    LATE = 1,       /* seconds by which lwIP's slow timer may be late */
    LOST_FOR = 1500 /* milliseconds until a lost segment is sent again */
};

typedef struct segment {
    uint32_t sequence;
    uint32_t length; /* with SYN and FIN */
    int64_t bytes;   /* of the heap, at most */
    uint32_t data;
    hold_t seg;
    hold_t heap;
    hold_t more; /* a second buffer that the first of a burst may have */
} segment_t;

typedef struct piece {
    uint32_t sequence;
    uint32_t length;
    bool fin;
    hold_t elements;
    bool message; /* in the receive mailbox */
    hold_t seg;   /* only out of order */
} piece_t;

typedef struct tcp_state {
    hold_t pcb;
    hold_t netconn;
    bool accounted;   /* it has, or had, a control block */
    bool ended;       /* it holds nothing but a control block in TIME_WAIT */
    bool started;     /* the device's numbers are known */
    bool heard;       /* the peer's numbers are known */
    bool established; /* the peer answered the SYN of the device */
    bool sent_fin;
    bool fin_acked;
    bool got_fin;
    bool fin_first;    /* the device closed first: TIME_WAIT follows */
    bool accepting;    /* it waits in its listener's mailbox */
    uint16_t port;     /* of the device, while it waits there */
    uint32_t messages; /* in the receive mailbox */
    uint32_t sent_next;
    uint32_t fin_end; /* sequence number behind the device's FIN */
    uint32_t expected;
    uint32_t right;       /* edge of the announced window */
    uint64_t held_until;  /* --loss: acknowledgements count only from then on */
    burst_cursor_t burst; /* of the survey, that is sent now */
    segment_t *segment;
    size_t segments;
    size_t segment_room;
    size_t sent;
    int64_t sent_bytes;
    int64_t heap_bytes;
    piece_t *piece; /* unread, in order */
    size_t pieces;
    size_t piece_room;
    piece_t *early; /* out of order */
    size_t earlys;
    size_t early_room;
} tcp_state_t;

/* A packet of a connection, with all that belongs to it. */
typedef struct tcp_view {
    account_t *account;
    tcp_state_t *state;
    const survey_side_t *own; /* the device's side */
    const survey_side_t *peer;
    const parsed_t *parsed;
} tcp_view_t;

static ledger_t *ledger_of(const tcp_view_t *view)
{
    return &view->account->ledger;
}

static int64_t option(const tcp_view_t *view, lwip_option_t which)
{
    return account_option(view->account, which);
}

bool account_tcp_open(account_t *account)
{
    account->tcp = calloc(account->survey->detail.count + 1, sizeof *account->tcp);
    return account->tcp != NULL;
}

/* What is left of a connection that holds nothing but a control block in TIME_WAIT, which a timer
 * gives back. */
static tcp_state_t ended_state = {.accounted = true, .ended = true};

/* The state of a connection, made when it begins; NULL if memory is short. */
static tcp_state_t *state_of(account_t *account, size_t index)
{
    if (account->tcp[index] == NULL) {
        account->tcp[index] = calloc(1, sizeof **account->tcp);
    }
    return account->tcp[index];
}

static void free_state(account_t *account, size_t index)
{
    tcp_state_t *const state = account->tcp[index];
    if (state != NULL && state != &ended_state) {
        free(state->segment);
        free(state->piece);
        free(state->early);
        free(state->burst.part);
        free(state);
    }
    account->tcp[index] = &ended_state;
}

void account_tcp_free(account_t *account)
{
    for (size_t i = 0; account->tcp != NULL && i < account->survey->detail.count; ++i) {
        free_state(account, i);
    }
    free(account->tcp);
}

/* --- sizes
 * ---------------------------------------------------------------------------------------- */

/* The largest segment that the device sends on a connection. */
static uint32_t send_mss(const tcp_view_t *view)
{
    uint32_t mss = (uint32_t)option(view, OPTION_TCP_MSS);
    if (view->peer->mss != 0 && view->peer->mss < mss) {
        mss = view->peer->mss;
    }
    const uint64_t half = view->peer->largest_window / 2;
    if (half != 0 && half < mss) {
        mss = (uint32_t)half;
    }
    if (view->own->largest_data > mss) {
        mss = view->own->largest_data;
    }
    return mss < MSS_LEAST ? MSS_LEAST : mss;
}

/* Bytes of TCP options that the device's segments carry. */
static size_t options_length(const tcp_view_t *view)
{
    const bool syn = (view->parsed->flags & TCP_SYN) != 0;
    size_t length = option(view, OPTION_LWIP_TCP_TIMESTAMPS) != 0 ? 12 : 0;
    if (syn) {
        length += 4 + (option(view, OPTION_LWIP_WND_SCALE) != 0 ? 4U : 0U) +
                  (option(view, OPTION_LWIP_TCP_SACK_OUT) != 0 ? 4U : 0U);
    }
    return length;
}

static int64_t segment_bytes(const tcp_view_t *view, uint32_t data)
{
    return (int64_t)target_pbuf_ram(view->account->target,
                                    target_transport_room(view->account->options),
                                    data + options_length(view));
}

/* What a segment takes at most: TCP_OVERSIZE adds room for later writes, up to a full segment, but
 * to the first of a burst. */
static int64_t segment_bytes_most(const tcp_view_t *view, uint32_t data, bool first)
{
    const int64_t exact = segment_bytes(view, data);
    if (data == 0 || first || option(view, OPTION_TCP_OVERSIZE) == 0) {
        return exact;
    }
    const uint32_t mss = send_mss(view);
    const int64_t over = (int64_t)data + option(view, OPTION_TCP_OVERSIZE);
    const int64_t full = segment_bytes(view, over < mss ? (uint32_t)over : mss);
    return full > exact ? full : exact;
}

uint32_t account_tcp_mss(const account_t *account, const parsed_t *parsed)
{
    if (parsed->protocol != 6 || !parsed->transport || parsed->fragment || parsed->length <= 1522) {
        return 0;
    }
    const int64_t mss = account_option(account, OPTION_TCP_MSS);
    return parsed->data > mss ? (uint32_t)mss : 0;
}

/* --- peaks of a connection
 * ------------------------------------------------------------------------ */

static void raise_peak(int64_t *peak, int64_t amount)
{
    *peak = amount > *peak ? amount : *peak;
}

static void note_peaks(const tcp_view_t *view)
{
    const tcp_state_t *const state = view->state;
    connection_peak_t *const peak = &view->account->peak;
    raise_peak(&peak->segments, (int64_t)(state->segments + state->earlys));
    raise_peak(&peak->heap, state->heap_bytes);
    raise_peak(&peak->elements, (int64_t)(state->pieces + state->earlys));
}

/* --- sending
 * -------------------------------------------------------------------------------------- */

/* What the first segment of a burst takes beside its data when the application wrote twice: the
 * second write has a buffer of its own, with the room of TCP_OVERSIZE. */
static int64_t chained_bytes(const tcp_view_t *view, uint32_t data)
{
    const target_t *const target = view->account->target;
    const uint32_t mss = send_mss(view);
    const bool over = option(view, OPTION_TCP_OVERSIZE) != 0 && data < mss;
    return (int64_t)target_pbuf_ram(target, 0, target->alignment + (over ? mss - data : 0U));
}

/* A segment behind all others. */
static segment_t *add_segment(const tcp_view_t *view, uint32_t data, bool first, cause_t cause)
{
    tcp_state_t *const state = view->state;
    ledger_t *const ledger = ledger_of(view);
    if (!ARRAY_GROW(state, segment)) {
        ledger->short_of_memory = true;
        return NULL;
    }
    const bool certain = cause == CAUSE_UNACKED;
    const int64_t most = segment_bytes_most(view, data, first);
    const int64_t least = certain ? segment_bytes(view, data) : 0;
    segment_t *const segment = &state->segment[state->segments++];
    *segment =
        (segment_t){.data = data, .bytes = most + (int64_t)view->account->target->heap_header};
    segment->seg = ledger_take(ledger, RESOURCE_TCP_SEG, certain ? 1 : 0, 1, cause);
    segment->heap = ledger_take(ledger, RESOURCE_HEAP, least, most, cause);
    if (first && data > 1) {
        segment->more = ledger_take(ledger, RESOURCE_HEAP, 0, chained_bytes(view, data), cause);
        ledger_join(ledger);
    }
    state->heap_bytes += segment->bytes;
    return segment;
}

static void give_segment(const tcp_view_t *view, const segment_t *segment)
{
    ledger_t *const ledger = ledger_of(view);
    ledger_give(ledger, segment->seg);
    ledger_give(ledger, segment->heap);
    ledger_give(ledger, segment->more);
    view->state->heap_bytes -= segment->bytes;
}

/* --rtt and --loss: the acknowledgement would have come later. */
static void give_segment_late(const tcp_view_t *view, const segment_t *segment)
{
    tcp_state_t *const state = view->state;
    ledger_t *const ledger = ledger_of(view);
    uint64_t time = ledger->time + view->account->settings.rtt;
    time = time < state->held_until ? state->held_until : time;
    if (time <= ledger->time) {
        give_segment(view, segment);
        return;
    }
    state->heap_bytes -= segment->bytes;
    const hold_t holds[] = {segment->seg, segment->heap, segment->more};
    for (size_t i = 0; i < sizeof holds / sizeof holds[0]; ++i) {
        ledger_doubt(ledger, holds[i]);
        ledger_give_at(ledger, holds[i], time);
    }
}

/* Removes the first `count` segments from the list. */
static void shift_segments(tcp_state_t *state, size_t count)
{
    if (count == 0) {
        return;
    }
    memmove(state->segment, state->segment + count,
            (state->segments - count) * sizeof *state->segment);
    state->segments -= count;
    state->sent -= count;
}

/* Every 1 / loss-th data segment is lost: what is acknowledged waits for its second sending. */
static void lose_some(const tcp_view_t *view)
{
    account_t *const account = view->account;
    if (account->settings.loss <= 0 || view->parsed->data == 0) {
        return;
    }
    if ((double)++account->lost * account->settings.loss >= 1.0) {
        account->lost = 0;
        view->state->held_until = account->ledger.time + LOST_FOR * (SECOND / 1000U);
    }
}

/* The peer acknowledged up to here. */
static void acknowledge(const tcp_view_t *view, uint32_t acknowledged)
{
    tcp_state_t *const state = view->state;
    size_t count = 0;
    if (tcp_diff(acknowledged, state->sent_next) > 0) {
        return; /* of what was never sent */
    }
    while (count < state->sent && tcp_diff(acknowledged, state->segment[count].sequence +
                                                             state->segment[count].length) >= 0) {
        state->sent_bytes -= state->segment[count].data;
        give_segment_late(view, &state->segment[count]);
        ++count;
    }
    shift_segments(state, count);
    state->fin_acked =
        state->fin_acked || (state->sent_fin && tcp_diff(acknowledged, state->fin_end) >= 0);
}

/* One segment goes out: one that was queued, or a new one. */
static void send_segment(const tcp_view_t *view, uint32_t sequence, uint32_t length, uint32_t data)
{
    tcp_state_t *const state = view->state;
    segment_t *segment = NULL;
    if (state->sent < state->segments) {
        segment = &state->segment[state->sent];
        ledger_ensure(ledger_of(view), segment->seg, 1, CAUSE_UNACKED);
        ledger_ensure(ledger_of(view), segment->heap, segment_bytes(view, data), CAUSE_UNACKED);
        segment->data = data;
    } else {
        segment = add_segment(view, data, state->segments == 0, CAUSE_UNACKED);
    }
    if (segment != NULL) {
        segment->sequence = sequence;
        segment->length = length;
        state->sent_bytes += data;
        ++state->sent;
    }
}

/* Sends the new part of a frame (what the capture lacks before it is not accounted for), split at
 * the MSS where it is longer. A FIN takes part in the last segment. */
static void send_new(const tcp_view_t *view)
{
    const parsed_t *const parsed = view->parsed;
    tcp_state_t *const state = view->state;
    const uint32_t end = parsed->sequence + tcp_length(parsed);
    uint32_t at =
        tcp_diff(parsed->sequence, state->sent_next) > 0 ? parsed->sequence : state->sent_next;
    uint32_t left = (uint32_t)tcp_diff(end, at);
    const uint32_t control = tcp_length(parsed) - parsed->data;
    const uint32_t mss = send_mss(view);
    while (left > 0) {
        const uint32_t part = left > mss + control ? mss : left;
        const uint32_t data = part == left && part >= control ? part - control : part;
        send_segment(view, at, part, data);
        at += part;
        left -= part;
    }
    state->sent_next = end;
}

/* Data that may wait behind what is unacknowledged: no more than the send buffer leaves and the
 * burst shows. */
static int64_t queued_bytes(const tcp_view_t *view)
{
    tcp_state_t *const state = view->state;
    const survey_side_t *const own = view->own;
    const survey_t *const survey = view->account->survey;
    bool *const failed = &ledger_of(view)->short_of_memory;
    const uint32_t *end = survey_burst(survey, own, &state->burst, failed);
    while (end != NULL && tcp_diff(state->sent_next, *end) > 0) {
        ++state->burst.at;
        end = survey_burst(survey, own, &state->burst, failed);
    }
    if (!state->started || end == NULL) {
        return 0;
    }
    const int64_t to_come = tcp_diff(*end, state->sent_next);
    const int64_t room = option(view, OPTION_TCP_SND_BUF) - state->sent_bytes;
    const int64_t bytes = to_come < room ? to_come : room;
    return bytes < 0 ? 0 : bytes;
}

/* Brings the queue to the length that it may have. */
static void refresh_queue(const tcp_view_t *view)
{
    tcp_state_t *const state = view->state;
    const uint32_t mss = send_mss(view);
    const int64_t bytes = queued_bytes(view);
    const size_t limit = (size_t)option(view, OPTION_TCP_SND_QUEUELEN);
    size_t wanted = (size_t)((bytes + mss - 1) / mss);
    if (state->sent + wanted > limit) {
        wanted = limit > state->sent ? limit - state->sent : 0;
    }
    while (state->segments - state->sent > wanted) {
        give_segment(view, &state->segment[--state->segments]);
    }
    while (state->segments - state->sent < wanted &&
           add_segment(view, mss, state->segments == 0, CAUSE_UNSENT) != NULL) {
    }
}

/* --- receiving
 * ------------------------------------------------------------------------------------ */

static void give_piece(const tcp_view_t *view, const piece_t *piece)
{
    ledger_t *const ledger = ledger_of(view);
    ledger_give(ledger, piece->elements);
    if (piece->message) {
        account_fetch(view->account, RESOURCE_TCP_RECVMBOX, &view->state->messages);
    }
    ledger_give(ledger, piece->seg);
}

/* The window as a whole: what the device announces when all is read. */
static uint64_t whole_window(const tcp_view_t *view)
{
    return view->own->largest_window;
}

/* Bytes that may be read without the device announcing it. */
static uint32_t unannounced(const tcp_view_t *view)
{
    const int64_t threshold = option(view, OPTION_TCP_WND_UPDATE_THRESHOLD);
    const int64_t step = option(view, OPTION_TCP_MSS);
    return (uint32_t)(threshold > step ? threshold : step);
}

/* Gives back what the announced window shows as read, and doubts what may be. */
static void refresh_unread(const tcp_view_t *view)
{
    tcp_state_t *const state = view->state;
    const uint32_t read = state->right - (uint32_t)whole_window(view);
    const uint32_t maybe = read + unannounced(view);
    size_t kept = 0;
    for (size_t i = 0; i < state->pieces; ++i) {
        const piece_t *const piece = &state->piece[i];
        const uint32_t end = piece->sequence + piece->length;
        if (tcp_diff(end, read) <= 0) {
            give_piece(view, piece);
            continue;
        }
        if (tcp_diff(end, maybe) <= 0) {
            ledger_doubt(ledger_of(view), piece->elements);
        }
        state->piece[kept++] = *piece;
    }
    state->pieces = kept;
}

static void deliver(const tcp_view_t *view, const piece_t *piece)
{
    tcp_state_t *const state = view->state;
    ledger_t *const ledger = ledger_of(view);
    ledger_pass(ledger, piece->elements, CAUSE_UNREAD);
    state->expected = piece->sequence + piece->length;
    state->got_fin = state->got_fin || piece->fin;
    ledger_give(ledger, piece->seg);
    account_keep(view->account, piece->elements, CAUSE_UNREAD);
    if (!ARRAY_GROW(state, piece)) {
        ledger->short_of_memory = true;
        return;
    }
    piece_t *const unread = &state->piece[state->pieces++];
    *unread = *piece;
    unread->seg = 0;
    unread->message = true;
    if (unread->fin && unread->length == 1) { /* an end without data is a message only */
        ledger_give(ledger, unread->elements);
    }
    account_post(view->account, RESOURCE_TCP_RECVMBOX, &view->state->messages, CAUSE_UNREAD);
}

/* Delivers what lies behind a gap that is closed now. */
static void close_gap(const tcp_view_t *view)
{
    tcp_state_t *const state = view->state;
    size_t i = 0;
    while (i < state->earlys) {
        const piece_t piece = state->early[i];
        if (tcp_diff(piece.sequence, state->expected) > 0) {
            ++i;
            continue;
        }
        state->early[i] = state->early[--state->earlys];
        if (tcp_diff(piece.sequence + piece.length, state->expected) > 0) {
            deliver(view, &piece);
        } else {
            give_piece(view, &piece);
        }
        i = 0;
    }
}

static bool has_early(const tcp_state_t *state, uint32_t sequence)
{
    for (size_t i = 0; i < state->earlys; ++i) {
        if (state->early[i].sequence == sequence) {
            return true;
        }
    }
    return false;
}

/* Whether the limits of the out-of-order queue leave room for one more. */
static bool fits_early(const tcp_view_t *view, uint32_t length)
{
    const tcp_state_t *const state = view->state;
    const int64_t most_bytes = option(view, OPTION_TCP_OOSEQ_MAX_BYTES);
    const int64_t most_pbufs = option(view, OPTION_TCP_OOSEQ_MAX_PBUFS);
    int64_t bytes = length;
    for (size_t i = 0; i < state->earlys; ++i) {
        bytes += state->early[i].length;
    }
    return option(view, OPTION_TCP_QUEUE_OOSEQ) != 0 && (most_bytes == 0 || bytes <= most_bytes) &&
           (most_pbufs == 0 || (int64_t)state->earlys < most_pbufs);
}

static void keep_early(const tcp_view_t *view, piece_t *piece)
{
    tcp_state_t *const state = view->state;
    ledger_t *const ledger = ledger_of(view);
    if (has_early(state, piece->sequence) || !fits_early(view, piece->length)) {
        return;
    }
    if (!ARRAY_GROW(state, early)) {
        ledger->short_of_memory = true;
        return;
    }
    ledger_pass(ledger, piece->elements, CAUSE_OUT_OF_ORDER);
    piece->seg = ledger_take(ledger, RESOURCE_TCP_SEG, 1, 1, CAUSE_OUT_OF_ORDER);
    account_keep(view->account, piece->elements, CAUSE_OUT_OF_ORDER);
    state->early[state->earlys++] = *piece;
    piece->elements = 0;
}

/* Takes the data of one frame, or of a part of it, over from `hold`. */
static void receive_part(const tcp_view_t *view, piece_t piece, hold_t *hold)
{
    tcp_state_t *const state = view->state;
    piece.elements = *hold;
    if (tcp_diff(piece.sequence, state->expected) > 0) {
        keep_early(view, &piece);
        *hold = piece.elements;
        return;
    }
    if (tcp_diff(piece.sequence + piece.length, state->expected) <= 0) {
        return; /* seen before */
    }
    deliver(view, &piece);
    *hold = 0;
    close_gap(view);
}

/* Data out of order may be dropped again: by lwIP's timer, or when the pool runs out. */
static void receive_data(const tcp_view_t *view, in_hand_t *frame)
{
    const parsed_t *const parsed = view->parsed;
    const uint32_t length = parsed->data + ((parsed->flags & TCP_FIN) != 0 ? 1U : 0U);
    const uint32_t parts = (uint32_t)frame->holds;
    const uint32_t step = parts > 1 ? (uint32_t)option(view, OPTION_TCP_MSS) : length;
    uint32_t done = 0;
    for (uint32_t i = 0; i < parts && done < length; ++i) {
        const bool last = i + 1 == parts;
        const uint32_t part = last || length - done < step ? length - done : step;
        const piece_t piece = {.sequence = parsed->sequence + done,
                               .length = part,
                               .fin = done + part == length && (parsed->flags & TCP_FIN) != 0};
        receive_part(view, piece, &frame->hold[i]);
        done += part;
    }
    refresh_unread(view);
}

/* --- connections
 * ---------------------------------------------------------------------------------- */

static void open_connection(const tcp_view_t *view, int64_t least)
{
    tcp_state_t *const state = view->state;
    ledger_t *const ledger = ledger_of(view);
    if (state->accounted) {
        return;
    }
    state->accounted = true;
    state->pcb = ledger_take(ledger, RESOURCE_TCP_PCB, least, 1, CAUSE_CONNECTION);
    if (resource_exists(RESOURCE_NETCONN, view->account->options)) {
        state->netconn = ledger_take(ledger, RESOURCE_NETCONN, 0, 1, CAUSE_CONNECTION);
    }
}

/* The handshake is done: the connection waits for the application to accept it, until what the device
 * does shows that it did. */
static void begin_accepting(const tcp_view_t *view)
{
    tcp_state_t *const state = view->state;
    if (view->own->accepted && state->started && !state->accepting && !state->established) {
        state->established = true;
        state->accepting = true;
        state->port = view->parsed->destination_port;
        account_post(view->account, RESOURCE_ACCEPTMBOX, &view->account->accepting[state->port],
                     CAUSE_CONNECTION);
    }
}

static void end_accepting(const tcp_view_t *view)
{
    tcp_state_t *const state = view->state;
    if (state->accepting) {
        state->accepting = false;
        account_fetch(view->account, RESOURCE_ACCEPTMBOX, &view->account->accepting[state->port]);
    }
}

/* All but the control block, which may stay in TIME_WAIT. */
static void give_all(const tcp_view_t *view)
{
    tcp_state_t *const state = view->state;
    while (state->segments > 0) {
        give_segment(view, &state->segment[--state->segments]);
    }
    for (size_t i = 0; i < state->pieces; ++i) {
        give_piece(view, &state->piece[i]);
    }
    for (size_t i = 0; i < state->earlys; ++i) {
        give_piece(view, &state->early[i]);
    }
    end_accepting(view);
    state->sent = 0;
    state->sent_bytes = 0;
    state->heap_bytes = 0;
    state->pieces = 0;
    state->earlys = 0;
    state->ended = true;
    ledger_give(ledger_of(view), state->netconn);
}

static void end_connection(const tcp_view_t *view)
{
    give_all(view);
    ledger_give(ledger_of(view), view->state->pcb);
}

/* TIME_WAIT lasts twice the segment lifetime, and lwIP gives it up for a new connection. */
static void wait_time(const tcp_view_t *view)
{
    ledger_t *const ledger = ledger_of(view);
    const uint64_t wait = 2U * (uint64_t)option(view, OPTION_TCP_MSL) * (SECOND / 1000U);
    give_all(view);
    ledger_doubt(ledger, view->state->pcb);
    ledger_give_at(ledger, view->state->pcb, ledger->time + wait + LATE * (uint64_t)SECOND);
}

/* Whether the connection came to its end with this packet: then its state is gone. */
static void check_end(const tcp_view_t *view)
{
    const tcp_state_t *const state = view->state;
    ledger_t *const ledger = ledger_of(view);
    if ((view->parsed->flags & TCP_RST) != 0) {
        end_connection(view);
    } else if (state->sent_fin && state->fin_acked && state->got_fin) {
        if (state->fin_first) {
            wait_time(view);
        } else {
            end_connection(view);
        }
    } else if (state->sent_fin && state->fin_acked) {
        ledger_doubt_at(ledger, state->pcb, ledger->time + FIN_TIMEOUT * (uint64_t)SECOND);
    }
    if (state->ended) {
        free_state(view->account, view->parsed->connection);
    }
}

/* --- packets
 * -------------------------------------------------------------------------------------- */

/* Connections have the survey's numbers: those of all hosts, in the order of their first packets. */
void account_tcp_number(account_t *account, parsed_t *parsed)
{
    if (parsed->transport && parsed->protocol == 6) {
        parsed->connection =
            connections_find_again(&account->connections, parsed, account->file, &parsed->side);
    }
}

/* The view of a packet; false if memory is short. `from` is 1 when the device sent it. */
static bool look_up(account_t *account, const parsed_t *parsed, bool from, tcp_view_t *view)
{
    const size_t index = parsed->connection;
    tcp_state_t *const state =
        index < account->survey->detail.count ? state_of(account, index) : NULL;
    const survey_connection_t *const detail =
        state != NULL ? survey_connection(account->survey, index) : NULL;
    if (detail == NULL) {
        account->ledger.short_of_memory = true;
        return false;
    }
    const int own = from ? parsed->side : 1 - parsed->side;
    account->ledger.connection = (uint32_t)index + 1U;
    *view = (tcp_view_t){.account = account,
                         .state = state,
                         .own = &detail->side[own],
                         .peer = &detail->side[1 - own],
                         .parsed = parsed};
    return true;
}

/* A segment without data, SYN or FIN, or one sent before, which has its memory already. */
static void send_control(const tcp_view_t *view)
{
    if (tcp_length(view->parsed) == 0) {
        account_touch_ram(view->account, target_ip_room(view->account->options),
                          20 + options_length(view), CAUSE_CONTROL);
    }
}

static void announce(const tcp_view_t *view)
{
    const parsed_t *const parsed = view->parsed;
    tcp_state_t *const state = view->state;
    const bool syn = (parsed->flags & TCP_SYN) != 0;
    if ((parsed->flags & TCP_ACK) == 0) {
        return;
    }
    const uint32_t right =
        parsed->acknowledged + (uint32_t)((uint64_t)parsed->window << (syn ? 0 : view->own->scale));
    if (!state->heard) {
        state->heard = true;
        state->expected = parsed->acknowledged;
        state->right = right;
    } else if (tcp_diff(right, state->right) > 0) {
        state->right = right;
        if (!syn) {
            end_accepting(view); /* it read */
        }
    }
    refresh_unread(view);
}

bool account_tcp_shows(const parsed_t *sent, const parsed_t *received)
{
    return sent->transport && received->transport && sent->protocol == received->protocol &&
           sent->protocol == 6 && (sent->flags & TCP_ACK) != 0 && tcp_length(received) > 0 &&
           sent->source_port == received->destination_port &&
           sent->destination_port == received->source_port &&
           address_equal(&sent->destination, &received->source) &&
           tcp_diff(sent->acknowledged, received->sequence + tcp_length(received)) >= 0;
}

void account_tcp_preview(account_t *account, const parsed_t *parsed)
{
    tcp_view_t view;
    if (parsed->kind != PARSED_IP || parsed->fragment || !parsed->transport ||
        parsed->protocol != 6 || (parsed->flags & (TCP_ACK | TCP_RST)) == 0 ||
        !look_up(account, parsed, false, &view)) {
        return;
    }
    const tcp_state_t *const state = view.state;
    for (size_t i = 0; i < state->sent; ++i) {
        const segment_t *const segment = &state->segment[i];
        if (tcp_diff(parsed->acknowledged, segment->sequence + segment->length) >= 0) {
            ledger_doubt(&account->ledger, segment->seg);
            ledger_doubt(&account->ledger, segment->heap);
        }
    }
    const bool last =
        state->sent_fin && state->got_fin && tcp_diff(parsed->acknowledged, state->fin_end) >= 0;
    if (last || (parsed->flags & TCP_RST) != 0) {
        ledger_doubt(&account->ledger, state->pcb);
    }
}

bool account_tcp_overflows(account_t *account, const parsed_t *parsed)
{
    tcp_view_t view;
    if (parsed->kind != PARSED_IP || parsed->fragment || !parsed->transport ||
        parsed->protocol != 6 || parsed->data == 0 || !look_up(account, parsed, true, &view)) {
        return false;
    }
    const tcp_state_t *const state = view.state;
    const int64_t more =
        state->started ? tcp_diff(parsed->sequence + parsed->data, state->sent_next) : 0;
    return state->sent > 0 && more > 0 &&
           state->sent_bytes + more > account_option(account, OPTION_TCP_SND_BUF);
}

static bool is_reset_only(const tcp_view_t *view)
{
    return (view->parsed->flags & TCP_RST) != 0 && !view->state->accounted;
}

void account_tcp_sent(account_t *account, const parsed_t *parsed)
{
    tcp_view_t view;
    if (!look_up(account, parsed, true, &view)) {
        return;
    }
    tcp_state_t *const state = view.state;
    if (state->ended || is_reset_only(&view)) {
        send_control(&view);
        return;
    }
    open_connection(&view, 1);
    if (!state->started || ((parsed->flags & TCP_SYN) != 0 && state->sent == 0)) {
        state->started = true;
        state->sent_next = parsed->sequence;
    }
    lose_some(&view);
    if (parsed->data > 0 || (parsed->flags & (TCP_FIN | TCP_RST)) != 0) {
        end_accepting(&view);
    }
    if (tcp_length(parsed) > 0 &&
        tcp_diff(parsed->sequence + tcp_length(parsed), state->sent_next) > 0) {
        send_new(&view);
        if ((parsed->flags & TCP_FIN) != 0) {
            state->fin_first = !state->got_fin;
            state->sent_fin = true;
            state->fin_end = state->sent_next;
        }
    } else {
        send_control(&view);
    }
    announce(&view);
    refresh_queue(&view);
    note_peaks(&view);
    if ((parsed->flags & TCP_SYN) != 0 && view.own->accepted) {
        ledger_doubt_at(&account->ledger, state->pcb,
                        account->ledger.time + SYN_TIMEOUT * (uint64_t)SECOND);
    }
    check_end(&view);
}

/* A SYN to a port that answers it opens a connection; other packets of none are refused. */
void account_tcp_received(account_t *account, const parsed_t *parsed, in_hand_t *frame)
{
    tcp_view_t view;
    if (!look_up(account, parsed, false, &view)) {
        return;
    }
    tcp_state_t *const state = view.state;
    if (!state->accounted) {
        if ((parsed->flags & TCP_SYN) == 0 || !view.own->accepted || state->ended) {
            return;
        }
        open_connection(&view, 1);
    }
    if (state->ended) {
        return;
    }
    ledger_ensure(&account->ledger, state->pcb, 1, CAUSE_CONNECTION);
    if ((parsed->flags & TCP_SYN) != 0) {
        state->heard = true;
        state->expected = parsed->sequence + 1U;
        state->right = state->expected + (uint32_t)whole_window(&view);
    } else if (!state->heard) {
        state->heard = true;
        state->expected = parsed->sequence;
        state->right = state->expected + (uint32_t)whole_window(&view);
    }
    if ((parsed->flags & TCP_ACK) != 0 && state->started) {
        acknowledge(&view, parsed->acknowledged);
        begin_accepting(&view);
    }
    if (tcp_length(parsed) > 0 && (parsed->flags & (TCP_SYN | TCP_RST)) == 0) {
        receive_data(&view, frame);
    }
    refresh_queue(&view);
    note_peaks(&view);
    check_end(&view);
}

/* --- what was there before the capture began
 * ------------------------------------------------------ */

static int own_side(const account_t *account, size_t index)
{
    const connection_t *const connection = &account->survey->connections.connection[index];
    return device_has(account->device, &connection->address[0])   ? 0
           : device_has(account->device, &connection->address[1]) ? 1
                                                                  : -1;
}

/* Connections of the next capture are others; none of this one is waited for. */
void account_tcp_end_file(account_t *account)
{
    for (size_t i = 0; i < account->survey->detail.count; ++i) {
        const tcp_state_t *const state = account->tcp[i];
        if (state != NULL && state->accepting) {
            account->accepting[state->port] = 0;
        }
        if (state != NULL) {
            free_state(account, i);
        }
    }
}

/* Ports that the device serves are listened on all the time; connections whose SYN is not in the
 * capture were open when it began. */
void account_tcp_file(account_t *account, int file)
{
    static uint8_t served[65536];
    memset(served, 0, sizeof served);
    for (size_t i = 0; i < account->survey->detail.count; ++i) {
        const connection_t *const connection = &account->survey->connections.connection[i];
        const int own = connection->file == file ? own_side(account, i) : -1;
        if (own < 0) {
            continue;
        }
        const survey_connection_t *const detail = survey_connection(account->survey, i);
        if (detail == NULL) {
            account->ledger.short_of_memory = true;
            return;
        }
        uint8_t *const port = &served[connection->port[own]];
        account->ledger.connection = (uint32_t)i + 1U;
        if (detail->side[own].accepted && *port == 0) {
            *port = 1;
            ledger_take(&account->ledger, RESOURCE_TCP_PCB_LISTEN, 1, 1, CAUSE_SERVED_PORT);
            if (resource_exists(RESOURCE_NETCONN, account->options)) {
                ledger_take(&account->ledger, RESOURCE_NETCONN, 0, 1, CAUSE_SERVED_PORT);
            }
        }
        if (!detail->has_syn && detail->side[own].started) {
            const tcp_view_t view = {.account = account, .state = state_of(account, i)};
            account->ledger.short_of_memory |= view.state == NULL;
            if (view.state != NULL) {
                open_connection(&view, 1);
            }
        }
    }
}
