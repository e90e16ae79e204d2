/* SPDX-License-Identifier: BSD-3-Clause */
/* reassembly.c - IP datagrams out of fragments, by chaining the fragments.
 *
 *   datagram   data[0] --> chain      data[1] --> chain            data[2] --> chain
 *              offset[0] = 0          offset[1] = 1480   (a gap)   offset[2] = 4440
 *
 * I1  offsets ascend and fragments do not overlap
 * I2  `bytes` is the sum of the fragments' lengths, `elements` that of their packet buffers
 * I3  a datagram is whole if bytes == length: with I1, what has no gap up to the last byte
 * I4  the elements of all datagrams are at most `limit`, so that a device that drops frames when
 *     its pool is empty cannot have its whole pool held by datagrams that never become whole
 */
#include "reassembly.h"

#include <string.h>

#include "transport.h"

enum { TIMEOUT_SECONDS = 60, LENGTH_MAX = 65535 };

void reassembly_init(reassembly_t *reassembly, tally_t *tally, size_t limit)
{
    memset(reassembly, 0, sizeof *reassembly);
    reassembly->tally = tally;
    reassembly->limit = limit;
}

/* --- giving up -------------------------------------------------------------------------------- */

static void give_up(reassembly_t *reassembly, datagram_t *datagram)
{
    ++reassembly->tally->incomplete;
    if (datagram->count > 0 && datagram->offset[0] == 0) { /* the one with the checksum is there */
        transport_give_up(reassembly->tally, datagram->protocol);
    }
    for (uint16_t i = 0; i < datagram->count; ++i) {
        pbuf_free(datagram->data[i]);
    }
    memset(datagram, 0, sizeof *datagram);
}

static datagram_t *oldest(reassembly_t *reassembly)
{
    datagram_t *found = NULL;
    for (size_t i = 0; i < REASSEMBLY_DATAGRAMS; ++i) {
        datagram_t *const datagram = &reassembly->datagram[i];
        if (datagram->age != 0 && (found == NULL || datagram->age < found->age)) {
            found = datagram;
        }
    }
    return found;
}

bool reassembly_give_up_oldest(reassembly_t *reassembly)
{
    datagram_t *const datagram = oldest(reassembly);
    if (datagram == NULL) {
        return false;
    }
    give_up(reassembly, datagram);
    return true;
}

static void give_up_expired(reassembly_t *reassembly, uint32_t now)
{
    for (size_t i = 0; i < REASSEMBLY_DATAGRAMS; ++i) {
        datagram_t *const datagram = &reassembly->datagram[i];
        if (datagram->age != 0 && (int32_t)(now - datagram->seconds) > TIMEOUT_SECONDS) {
            give_up(reassembly, datagram);
        }
    }
}

/* Restores I4, at the cost of the oldest. */
static void keep_limit(reassembly_t *reassembly)
{
    size_t elements = 0;
    for (size_t i = 0; i < REASSEMBLY_DATAGRAMS; ++i) {
        elements += reassembly->datagram[i].elements;
    }
    while (elements > reassembly->limit) {
        elements -= oldest(reassembly)->elements;
        reassembly_give_up_oldest(reassembly);
    }
}

/* --- finding ---------------------------------------------------------------------------------- */

static bool same_address(const ip_addr_t *a, const ip_addr_t *b)
{
    return a->type == b->type &&
           memcmp(ip_2_ip6(a)->addr, ip_2_ip6(b)->addr, sizeof ip_2_ip6(a)->addr) == 0;
}

/* IPv4 tells datagrams apart by protocol too, IPv6 does not. */
static bool is_part_of(const datagram_t *datagram, const frame_t *frame, const fragment_t *fragment)
{
    return datagram->age != 0 && datagram->id == fragment->id &&
           same_address(&datagram->source, &frame->source) &&
           same_address(&datagram->destination, &frame->destination) &&
           (frame->source.type == IPADDR_TYPE_V6 || datagram->protocol == fragment->protocol);
}

/* The datagram that the fragment belongs to, or a free place for it. */
static datagram_t *find(reassembly_t *reassembly, const frame_t *frame, const fragment_t *fragment)
{
    datagram_t *free_place = NULL;
    for (size_t i = 0; i < REASSEMBLY_DATAGRAMS; ++i) {
        datagram_t *const datagram = &reassembly->datagram[i];
        if (is_part_of(datagram, frame, fragment)) {
            return datagram;
        }
        free_place = datagram->age == 0 ? datagram : free_place;
    }
    if (free_place == NULL) {
        free_place = oldest(reassembly);
        give_up(reassembly, free_place);
    }
    return free_place;
}

static void begin(datagram_t *datagram, const frame_t *frame, const fragment_t *fragment)
{
    datagram->age = frame->number;
    datagram->seconds = frame->seconds;
    datagram->source = frame->source;
    datagram->destination = frame->destination;
    datagram->id = fragment->id;
    datagram->protocol = fragment->protocol;
}

/* --- adding ----------------------------------------------------------------------------------- */

typedef enum fit { FIT_NEW, FIT_DUPLICATE, FIT_OVERLAP } fit_t;

/* Where a fragment goes to keep I1, and how it fits there. */
static fit_t place(const datagram_t *datagram, uint16_t offset, uint32_t length, uint16_t *index)
{
    uint16_t i = 0;
    while (i < datagram->count && datagram->offset[i] < offset) {
        ++i;
    }
    *index = i;
    if (i < datagram->count && datagram->offset[i] == offset &&
        datagram->data[i]->tot_len == length) {
        return FIT_DUPLICATE;
    }
    if ((i < datagram->count && offset + length > datagram->offset[i]) ||
        (i > 0 && (uint32_t)datagram->offset[i - 1] + datagram->data[i - 1]->tot_len > offset)) {
        return FIT_OVERLAP;
    }
    return FIT_NEW;
}

/* Does what is known of the whole length allow this fragment? */
static bool fits_length(const datagram_t *datagram, const fragment_t *fragment, uint32_t end)
{
    if (fragment->more) {
        return datagram->length == 0 || end <= datagram->length;
    }
    const uint16_t last = (uint16_t)(datagram->count - 1U);
    const uint32_t highest =
        datagram->count == 0 ? 0 : (uint32_t)datagram->offset[last] + datagram->data[last]->tot_len;
    return (datagram->length == 0 || datagram->length == end) && highest <= end;
}

static void insert(datagram_t *datagram, uint16_t index, frame_t *frame, const fragment_t *fragment)
{
    const size_t behind = (size_t)datagram->count - index;
    memmove(&datagram->data[index + 1], &datagram->data[index], behind * sizeof datagram->data[0]);
    memmove(&datagram->offset[index + 1], &datagram->offset[index],
            behind * sizeof datagram->offset[0]);
    datagram->data[index] = frame->data;
    datagram->offset[index] = fragment->offset;
    ++datagram->count;
    datagram->bytes += frame_length(frame);
    datagram->elements += pbuf_clen(frame->data);
    if (fragment->offset == 0) {
        datagram->protocol = fragment->protocol;
    }
    if (!fragment->more) {
        datagram->length = fragment->offset + (uint32_t)frame_length(frame);
    }
    frame->data = NULL;
}

/* Adds a fragment; false when the datagram has to be given up. */
static bool add(datagram_t *datagram, frame_t *frame, const fragment_t *fragment)
{
    uint16_t index = 0;
    const uint32_t length = frame_length(frame);
    const fit_t fit = place(datagram, fragment->offset, length, &index);
    if (fit == FIT_DUPLICATE) {
        return true;
    }
    if (fit == FIT_OVERLAP || datagram->count == REASSEMBLY_FRAGMENTS ||
        !fits_length(datagram, fragment, fragment->offset + length)) {
        return false;
    }
    insert(datagram, index, frame, fragment);
    return true;
}

/* Hands the fragments of a whole datagram to the frame, as one chain. */
static void complete(reassembly_t *reassembly, datagram_t *datagram, frame_t *frame)
{
    frame_end(frame);
    frame->data = datagram->data[0];
    for (uint16_t i = 1; i < datagram->count; ++i) {
        pbuf_cat(frame->data, datagram->data[i]);
    }
    ++reassembly->tally->reassembled;
    memset(datagram, 0, sizeof *datagram);
}

/* Has the fragment a length that its place allows, and all its bytes? */
static bool is_sound(frame_t *frame, const fragment_t *fragment)
{
    const uint32_t length = frame_length(frame);
    if (frame->incomplete) {
        return false; /* counted already */
    }
    if (length == 0 || (fragment->more && length % 8U != 0) ||
        fragment->offset + length > LENGTH_MAX) {
        return frame_malformed(frame);
    }
    return true;
}

bool reassembly_add(reassembly_t *reassembly, frame_t *frame, const fragment_t *fragment,
                    uint8_t *next)
{
    if (!is_sound(frame, fragment)) {
        if (fragment->offset == 0) {
            transport_give_up(reassembly->tally, fragment->protocol);
        }
        return false;
    }
    give_up_expired(reassembly, frame->seconds);
    datagram_t *const datagram = find(reassembly, frame, fragment);
    if (datagram->age == 0) {
        begin(datagram, frame, fragment);
    }
    if (!add(datagram, frame, fragment)) {
        give_up(reassembly, datagram);
        return false;
    }
    if (datagram->bytes == datagram->length) {
        if (next != NULL) {
            *next = datagram->protocol;
        }
        complete(reassembly, datagram, frame);
        return true;
    }
    keep_limit(reassembly);
    return false;
}
