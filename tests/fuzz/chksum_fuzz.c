/* SPDX-License-Identifier: BSD-3-Clause */
/* chksum_fuzz.c - the checksum under libFuzzer: every algorithm and every way of the port, sums of
 * copies, chains and incremental updates, against the byte-wise reference of the tests.
 *
 *   input   start | target | 8 lengths of fragments | offset, 2 bytes | length, 2 bytes | data
 *
 * The data ends where a block of memory ends, so that the sanitizer sees a byte too many. */
#define _POSIX_C_SOURCE 200112L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chksum_reference.h"
#include "cistern/chksum.h"
#include "cistern/fault.h"
#include "lwip/inet_chksum.h"
#include "lwip/mem.h"
#include "lwip/memp.h"

enum { ALIGNMENTS = 64, FRAGMENTS = 8, HEADER = 2 + FRAGMENTS + 4, DATA_MAX = 0xffff };

/* A block of memory that ends with its bytes. */
typedef struct piece {
    void *block;
    uint8_t *bytes;
} piece_t;

/* An input, taken apart. */
typedef struct input {
    size_t start, target;     /* distances from an aligned address */
    const uint8_t *fragments; /* lengths of fragments */
    size_t offset, changed;   /* the bytes that an update changes */
    const uint8_t *data;
    size_t length;
} input_t;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    mem_init();
    memp_init();
    return 0;
}

static void require(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
}

static piece_t piece_of(size_t start, size_t length)
{
    piece_t piece = {0};
    require(posix_memalign(&piece.block, ALIGNMENTS, start + length) == 0, "out of memory");
    piece.bytes = (uint8_t *)piece.block + start;
    return piece;
}

/* --- memory ----------------------------------------------------------------------------------- */

static void check_sums(const input_t *in, const uint8_t *data)
{
    const unsigned expected = reference(data, in->length);
    require(value_of(cistern_chksum_bytes(data, in->length)) == expected, "algorithm 1");
    require(value_of(cistern_chksum_halfwords(data, in->length)) == expected, "algorithm 2");
    require(value_of(cistern_chksum_words(data, in->length)) == expected, "algorithm 3");
    require(value_of(cistern_chksum_sum(data, in->length)) == expected, "the chosen algorithm");
    require(value_of(inet_chksum(data, (u16_t)in->length)) == (0xffffU ^ expected), "inet_chksum");
    for (unsigned i = 0; cistern_chksum_strategy(i) != NULL; ++i) {
        const cistern_chksum_strategy_t *const strategy = cistern_chksum_strategy(i);
        require(value_of(strategy->sum(data, in->length)) == expected, strategy->name);
    }
}

static void check_copy(const input_t *in, const uint8_t *data,
                       uint16_t (*copy)(void *target, const void *source, size_t length))
{
    const piece_t target = piece_of(in->target, in->length);
    require(value_of(copy(target.bytes, data, in->length)) == reference(data, in->length),
            "the sum of a copy");
    require(memcmp(target.bytes, data, in->length) == 0, "a copy");
    free(target.block);
}

static void check_copies(const input_t *in, const uint8_t *data)
{
    check_copy(in, data, cistern_chksum_copy);
    for (unsigned i = 0; cistern_chksum_strategy(i) != NULL; ++i) {
        check_copy(in, data, cistern_chksum_strategy(i)->copy);
    }
}

/* --- chains ----------------------------------------------------------------------------------- */

static struct pbuf *reference_to(uint8_t *data, size_t length)
{
    struct pbuf *const p = pbuf_alloc_reference(data, (pbuf_len_t)length, PBUF_REF);
    require(p != NULL, "no pbuf");
    return p;
}

/* Fragments as long as the input says, the last one with all that is left. */
static struct pbuf *chain_of(const input_t *in, uint8_t *data)
{
    size_t done = in->length < in->fragments[0] ? in->length : in->fragments[0];
    struct pbuf *const chain = reference_to(data, done);
    for (size_t i = 1; i <= FRAGMENTS; ++i) {
        const size_t left = in->length - done;
        const size_t length = i < FRAGMENTS && in->fragments[i] < left ? in->fragments[i] : left;
        pbuf_cat(chain, reference_to(data + done, length));
        done += length;
    }
    return chain;
}

/* The pseudo header of protocol 17 between addresses 1.2.3.4 and 5.6.7.8, and some of the data. */
static unsigned reference_behind_header(const input_t *in, const uint8_t *data, size_t covered)
{
    const uint8_t header[] = {
        1, 2, 3, 4, 5, 6, 7, 8, 0, 17, (uint8_t)(in->length >> 8), (uint8_t)in->length};
    unsigned sum = reference(header, sizeof header);
    for (size_t i = 0; i < covered; ++i) {
        sum = reference_step(sum, data[i], i);
    }
    return sum;
}

static void check_chain(const input_t *in, uint8_t *data)
{
    static const ip4_addr_t from = {PP_HTONL(0x01020304U)};
    static const ip4_addr_t to = {PP_HTONL(0x05060708U)};
    struct pbuf *const chain = chain_of(in, data);
    const size_t covered = in->offset < in->length ? in->offset : in->length;
    require(value_of(inet_chksum_pbuf(chain)) == (0xffffU ^ reference(data, in->length)),
            "inet_chksum_pbuf");
    require(value_of(inet_chksum_pseudo(chain, 17, (u16_t)in->length, &from, &to)) ==
                (0xffffU ^ reference_behind_header(in, data, in->length)),
            "inet_chksum_pseudo");
    require(value_of(inet_chksum_pseudo_partial(chain, 17, (u16_t)in->length, (u16_t)covered, &from,
                                                &to)) ==
                (0xffffU ^ reference_behind_header(in, data, covered)),
            "inet_chksum_pseudo_partial");
    pbuf_free(chain);
}

/* --- updates ---------------------------------------------------------------------------------- */

/* Bytes of the data become others. A packet of nothing but zeros has no checksum that an update
 * could tell from its negative. */
static void check_update(const input_t *in, uint8_t *data)
{
    const size_t offset = in->offset % (in->length + 1);
    const size_t changed = in->changed % (in->length - offset + 1);
    const uint16_t before = inet_chksum(data, (u16_t)in->length);
    const piece_t old = piece_of(in->target, changed);
    memcpy(old.bytes, data + offset, changed);
    for (size_t i = 0; i < changed; ++i) {
        data[offset + i] = (uint8_t)(data[offset + i] * 5U + in->fragments[i % FRAGMENTS]);
    }
    const uint16_t after = cistern_chksum_update(before, old.bytes, data + offset, changed, offset);
    const unsigned expected = reference(data, in->length);
    require(value_of(after) == (0xffffU ^ expected) || expected == 0, "cistern_chksum_update");
    free(old.block);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < HEADER || length > HEADER + DATA_MAX) {
        return 0;
    }
    const uint8_t *const numbers = bytes + 2 + FRAGMENTS;
    const input_t in = {.start = bytes[0] % ALIGNMENTS,
                        .target = bytes[1] % ALIGNMENTS,
                        .fragments = bytes + 2,
                        .offset = numbers[0] * 256U + numbers[1],
                        .changed = numbers[2] * 256U + numbers[3],
                        .data = bytes + HEADER,
                        .length = length - HEADER};
    const piece_t data = piece_of(in.start, in.length);
    memcpy(data.bytes, in.data, in.length);
    check_sums(&in, data.bytes);
    check_copies(&in, data.bytes);
    check_chain(&in, data.bytes);
    check_update(&in, data.bytes);
    free(data.block);
    require(cistern_fault_count() == 0, "the library saw misuse");
    return 0;
}
